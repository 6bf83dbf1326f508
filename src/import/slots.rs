//! Which cells a row fills. Rows that name the same members in the same year fill the same columns of the batch.

use super::memo::Memo;
use super::rows::RowReader;
use super::text::Cells;
use crate::facts::State;
use crate::program::*;

/// Members a row, or one of its columns, is about.
#[derive(Clone, Default)]
pub(super) struct Said {
    pub members: Vec<(CategoryId, usize)>,
    /// The column that gave one of them.
    pub column: Option<usize>,
}

impl Said {
    pub fn with(&self, category: CategoryId, member: usize, column: Option<usize>) -> Self {
        let mut members = self.members.clone();
        members.push((category, member));
        Self { members, column }
    }
}

/// What the cells that name a row's members mean in one year.
pub(super) struct Meaning {
    /// Why members are passed over.
    pub reasons: Vec<usize>,
    /// Nothing if no member is left.
    pub slot: Option<Slot>,
}

/// What rows of the same members and year fill.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    /// The batch's table for their row numbers.
    pub table: usize,
    /// From which on, and up to which, of the reader's lines.
    pub lines: (usize, usize),
}

/// One cell that a row fills.
#[derive(Clone, Copy)]
pub(super) struct Line {
    /// Index into the source's fills.
    pub fill: usize,
    /// Column of the batch.
    pub column: usize,
    /// The column's rows stand in the slot's table.
    pub at_home: bool,
    /// Column and meanings, where nothing but the text of the cell decides.
    pub plain: Option<(usize, usize)>,
    pub from: From,
    /// State in rows the fill is not for.
    pub otherwise: Option<u32>,
    /// Column with the day; inside, `None` where the file lacks it.
    pub date: Option<Option<usize>>,
}

/// Where a cell's value stands.
#[derive(Clone, Copy)]
pub(super) enum From {
    /// It is this state.
    State(u32),
    /// In a column, whose texts have these meanings.
    Cell { at: usize, values: usize },
    /// Nowhere in this file.
    Nowhere,
}

impl RowReader<'_> {
    /// What a row fills: nothing if its members are passed over, which is noted. `None` if they are wrong.
    #[inline]
    pub(super) fn slot(&mut self, cells: &Cells, year_at: usize) -> Option<Option<Slot>> {
        if self.meaning_at.len() <= year_at {
            self.meaning_at.resize_with(year_at + 1, Memo::default);
        }
        let plan = self.plan;
        let known = match plan.members.as_slice() {
            [at] => self.meaning_at[year_at].of(cells, *at),
            several => {
                self.scratch.clear();
                for at in several {
                    self.scratch.extend_from_slice(cells.get(*at));
                    self.scratch.push(b'\n');
                }
                self.meaning_at[year_at].get(&self.scratch)
            }
        };
        let Some(at) = known else { return self.new_meaning(cells, year_at) };
        let meaning = &self.meanings[at as usize];
        for reason in &meaning.reasons {
            self.reasons[*reason] += 1;
        }
        Some(meaning.slot)
    }

    fn new_meaning(&mut self, cells: &Cells, year_at: usize) -> Option<Option<Slot>> {
        let text = match self.plan.members.as_slice() {
            [at] => cells.get(*at).to_vec(),
            _ => self.scratch.clone(),
        };
        let before = self.problems.n;
        let mut reasons = Vec::new();
        let year = self.years[year_at].year;
        let members = self.members(cells, year, &mut reasons);
        for reason in &reasons {
            self.pass_over(*reason);
        }
        let slot = members.map(|members| self.new_slot(&members, year));
        // what is wrong is said for every row
        if self.problems.n == before {
            self.meaning_at[year_at].insert(&text, self.meanings.len() as u32);
            self.meanings.push(Meaning { reasons, slot });
        } else if slot.is_none() {
            return None;
        }
        Some(slot)
    }

    fn new_slot(&mut self, members: &[Said], year: i32) -> Slot {
        let base = members.first().map(|said| said.members.as_slice()).unwrap_or_default();
        let name: Vec<usize> =
            [year as usize].into_iter().chain(base.iter().flat_map(|(category, member)| [category.0, *member])).collect();
        let table = match self.tables.get(&name) {
            Some(table) => *table,
            None => {
                let table = self.batch.table();
                self.tables.insert(name, table);
                table
            }
        };
        let first = self.lines.len();
        for (index, fill) in self.task.source.fills.iter().enumerate() {
            if in_years(&fill.years, year) {
                for said in members {
                    let line = self.new_line(index, fill, said, year, table);
                    self.lines.extend(line);
                }
            }
        }
        Slot { table, lines: (first, self.lines.len()) }
    }

    fn new_line(&mut self, index: usize, fill: &Fill, said: &Said, year: i32, table: usize) -> Option<Line> {
        // `that column` is filled once per column, every other line once per row
        if matches!(fill.from, FillFrom::ThatColumn) != said.column.is_some() {
            return None;
        }
        let program = self.task.program;
        let declared = &program.facts[fill.fact.0];
        let own = own_members(fill, declared, said)?;
        let year = if declared.yearly { year } else { 0 };
        let at = match &fill.from {
            FillFrom::Constant(_) => None,
            FillFrom::ThatColumn => said.column,
            FillFrom::Column(column) => self.header.at.get(column).copied(),
        };
        let is_constant = matches!(fill.from, FillFrom::Constant(_));
        if at.is_none() && !is_constant && fill.otherwise.is_none() {
            return None;
        }
        let column = self.batch.column((fill.fact, year, declared.offset(program, &own)), declared.full(program), table);
        let from = match (&fill.from, at) {
            (FillFrom::Constant(mask), _) => From::State(self.batch.state(column, State::said(*mask, None, None))),
            (_, Some(at)) => From::Cell { at, values: self.values_of(index, year) },
            (_, None) => From::Nowhere,
        };
        let otherwise = fill.otherwise.map(|mask| self.batch.state(column, State::said(mask, None, None)));
        let date = fill.date.as_ref().map(|column| self.header.at.get(column).copied());
        let at_home = self.batch.table_of(column) == table;
        let plain = match from {
            From::Cell { at, values } if date.is_none() && fill.filter.is_empty() => Some((at, values)),
            _ => None,
        };
        Some(Line { fill: index, column, at_home, plain, from, otherwise, date })
    }

    /// The memo for the texts of a fill in one year.
    fn values_of(&mut self, fill: usize, year: i32) -> usize {
        let new = self.values.len();
        let at = *self.values_at.entry((fill, year)).or_insert(new);
        if at == new {
            self.values.push(Memo::default());
        }
        at
    }
}

/// The members of the cell, in the order of the fact's categories; `None` if one of them is not said.
fn own_members(fill: &Fill, declared: &Fact, said: &Said) -> Option<Vec<usize>> {
    let member = |category: &CategoryId| {
        // members named in the line say which, or narrow what the row says
        let mut named = fill.members.iter().filter(|(other, _)| other == category).map(|(_, member)| *member).peekable();
        let said = said.members.iter().find(|(other, _)| other == category).map(|(_, member)| *member);
        match (said, named.peek()) {
            (Some(said), None) => Some(said),
            (Some(said), Some(_)) => named.find(|member| *member == said),
            (None, _) => named.next(),
        }
    };
    declared.categories.iter().map(member).collect()
}
