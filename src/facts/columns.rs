//! Cells by fact, year and position, each position a column over all subjects.
//!
//! A cell is the index of its state; where it was read is not kept cell by cell. Most cells of a column stand in the
//! rows of one file, and one row fills cells of several columns, so rows are kept once, in a [`Speaker`] that columns
//! refer to. What was read elsewhere is noted cell by cell.

use super::batch::Place;
use super::state::{State, StateTable, States, Subjects, unsaid_table};
use super::{Cell, Origin};
use crate::program::{FactId, Mask};
use rustc_hash::FxHashMap as HashMap;

/// Who speaks of which subjects.
#[derive(Clone, Debug)]
pub(super) enum Speaker {
    /// Rows of a file by subject, from the subject `first` on; 0 for no row.
    Rows { file: usize, first: usize, rows: Vec<u32> },
    /// A file that is complete for these subjects and has no row for them.
    Unlisted { file: usize, covered: Subjects },
}

impl Speaker {
    #[inline]
    pub fn origin(&self, subject: usize) -> Option<Origin> {
        match self {
            Self::Rows { file, first, rows } => {
                let row = subject.checked_sub(*first).and_then(|at| rows.get(at)).copied().unwrap_or(0);
                (row > 0).then(|| Origin::row(*file, row as usize))
            }
            Self::Unlisted { file, covered } => covered.contains(subject).then(|| Origin::unlisted(*file)),
        }
    }
}

/// A column as others see it.
#[derive(Clone, Copy, Debug)]
pub struct ColumnView<'a> {
    /// By subject, an index into `table`; 0 beyond the end.
    pub states: &'a States,
    /// The distinct states of the fact and year; the first is that of a cell nothing was said of.
    pub table: &'a StateTable,
}

/// One position of a fact's stride.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pub states: States,
    /// Indexes of speakers. A cell was read where the first of them speaks of its subject, unless noted elsewhere.
    pub homes: Vec<u32>,
    pub elsewhere: HashMap<u32, Origin>,
}

impl Column {
    fn derived(&self, speakers: &[Speaker], subject: usize) -> Origin {
        self.homes.iter().find_map(|home| speakers[*home as usize].origin(subject)).unwrap_or_default()
    }

    fn origin(&self, speakers: &[Speaker], subject: usize) -> Origin {
        if !self.elsewhere.is_empty()
            && let Some(noted) = self.elsewhere.get(&(subject as u32))
        {
            return *noted;
        }
        self.derived(speakers, subject)
    }

    pub fn set_origin(&mut self, speakers: &[Speaker], subject: usize, origin: Origin) {
        if self.derived(speakers, subject) != origin {
            self.elsewhere.insert(subject as u32, origin);
        } else if !self.elsewhere.is_empty() {
            self.elsewhere.remove(&(subject as u32));
        }
    }
}

/// One fact in one year.
#[derive(Clone, Debug)]
pub(super) struct YearColumns {
    pub year: i32,
    pub table: StateTable,
    /// By position within the stride, as far as anything was said.
    pub offsets: Vec<Column>,
}

/// All cells, by fact, then year.
#[derive(Clone, Debug, Default)]
pub(super) struct Columns(Vec<Vec<YearColumns>>);

impl Columns {
    fn year(&self, fact: FactId, year: i32) -> Option<&YearColumns> {
        self.0.get(fact.0)?.iter().find(|own| own.year == year)
    }

    pub fn year_mut(&mut self, fact: FactId, year: i32, unsaid: Mask) -> &mut YearColumns {
        if self.0.len() <= fact.0 {
            self.0.resize_with(fact.0 + 1, Vec::new);
        }
        let years = &mut self.0[fact.0];
        let at = years.iter().position(|own| own.year == year).unwrap_or_else(|| {
            years.push(YearColumns { year, table: unsaid_table(unsaid), offsets: Vec::new() });
            years.len() - 1
        });
        &mut years[at]
    }

    /// Every fact and year of which something was said.
    pub fn each_mut(&mut self) -> impl Iterator<Item = ((FactId, i32), &mut YearColumns)> {
        let facts = self.0.iter_mut().enumerate();
        facts.flat_map(|(fact, years)| years.iter_mut().map(move |own| ((FactId(fact), own.year), own)))
    }

    pub fn view(&self, fact: FactId, year: i32, offset: usize) -> Option<ColumnView<'_>> {
        let own = self.year(fact, year)?;
        let column = own.offsets.get(offset).filter(|column| !column.states.is_empty())?;
        Some(ColumnView { states: &column.states, table: &own.table })
    }

    /// The state of a cell, if anything was said of it.
    pub fn state(&self, (fact, year, offset): Place, subject: usize) -> Option<&State> {
        let own = self.year(fact, year)?;
        match own.offsets.get(offset)?.states.get(subject) {
            0 => None,
            state => own.table.get_index(state as usize),
        }
    }

    /// The cell, if anything was said of it.
    pub fn cell(&self, speakers: &[Speaker], (fact, year, offset): Place, subject: usize) -> Option<Cell> {
        let own = self.year(fact, year)?;
        let column = own.offsets.get(offset)?;
        match column.states.get(subject) {
            0 => None,
            state => Some(cell(&own.table[state as usize], column.origin(speakers, subject))),
        }
    }

    /// Narrows a cell; gives back what it was if no value is left.
    pub fn narrow(
        &mut self,
        speakers: &[Speaker],
        (fact, year, offset): Place,
        unsaid: Mask,
        subject: usize,
        said: &State,
        origin: Origin,
    ) -> Result<(), Cell> {
        let own = self.year_mut(fact, year, unsaid);
        own.reach(offset);
        own.narrow(speakers, offset, subject, said, origin)
    }

    /// Sets a cell that was read nowhere.
    pub fn set(&mut self, (fact, year, offset): Place, unsaid: Mask, subject: usize, state: State) {
        let own = self.year_mut(fact, year, unsaid);
        own.reach(offset);
        let column = &mut own.offsets[offset];
        column.states.set(subject, own.table.insert_full(state).0 as u32);
        // noted even where no speaker speaks of it yet: one that comes later must not claim it
        column.elsewhere.insert(subject as u32, Origin::default());
    }
}

impl YearColumns {
    pub fn reach(&mut self, offset: usize) {
        if self.offsets.len() <= offset {
            self.offsets.resize_with(offset + 1, Column::default);
        }
    }

    pub fn narrow(&mut self, speakers: &[Speaker], offset: usize, subject: usize, said: &State, origin: Origin) -> Result<(), Cell> {
        let column = &mut self.offsets[offset];
        let had = self.table[column.states.get(subject) as usize];
        let old = if had.said { column.origin(speakers, subject) } else { Origin::default() };
        let Some(left) = had.narrowed(said) else { return Err(cell(&had, old)) };
        column.states.set(subject, self.table.insert_full(left).0 as u32);
        if left.mask != had.mask || old == Origin::default() {
            column.set_origin(speakers, subject, origin);
        }
        Ok(())
    }
}

fn cell(state: &State, origin: Origin) -> Cell {
    Cell { mask: state.mask, origin, number: state.number, date: state.date }
}
