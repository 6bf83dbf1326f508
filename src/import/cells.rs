//! The cells of a row: codes and numbers to possible values.

use super::rows::RowReader;
use super::slots::{From, Line};
use super::text::{Cells, holds, shown};
use crate::diagnostic::closest;
use crate::facts::State;
use crate::program::*;
use rust_decimal::Decimal;

impl RowReader<'_> {
    /// The state of the cell a line fills, as an index of the batch; `None` if the row says nothing of it, or something
    /// wrong, which is noted.
    pub(super) fn state(&mut self, line: &Line, cells: &Cells) -> Option<u32> {
        let applies = self.plan.filters[line.fill].iter().all(|rule| rule.fits(cells));
        let state = match &line.from {
            _ if !applies => line.otherwise?,
            From::State(state) => *state,
            From::Cell { at, values } => match self.values[*values].of(cells, *at) {
                Some(state) => state,
                None => self.new_state(line, *at, *values, cells.get(*at), cells.number)?,
            },
            From::Nowhere => return None,
        };
        match line.date {
            None => Some(state),
            Some(at) => self.dated(line, state, at, cells),
        }
    }

    fn new_state(&mut self, line: &Line, at: usize, values: usize, cell: &[u8], row: usize) -> Option<u32> {
        let (source, header) = (self.task.source, self.header);
        let (mask, number) = self.value(&source.fills[line.fill], &shown(cell), row, &header.names[at])?;
        let state = self.batch.state(line.column, State::said(mask, number, None));
        self.values[values].insert(cell, state);
        Some(state)
    }

    fn dated(&mut self, line: &Line, state: u32, at: Option<usize>, cells: &Cells) -> Option<u32> {
        let text = shown(at.map_or(b"", |at| cells.get(at)));
        match text.get(..10).unwrap_or(&text).parse::<jiff::civil::Date>() {
            Ok(date) => {
                let State { mask, number, .. } = self.batch.state_at(line.column, state);
                Some(self.batch.state(line.column, State::said(mask, number, Some(date))))
            }
            Err(_) => {
                self.problems.fail(
                    "data/bad-date",
                    if text.is_empty() { "the date is blank".to_owned() } else { format!("`{text}` is not a date") },
                    Some(cells.number),
                    self.task.source.fills[line.fill].date.as_deref(),
                    "expected year-month-day, such as 2025-02-26",
                );
                None
            }
        }
    }

    /// Reports a row that contradicts one before it.
    #[cold]
    pub(super) fn said_otherwise(&mut self, line: &Line, state: u32, had: &State, there: u32, row: usize) {
        let program = self.task.program;
        let (fact, year, offset) = self.batch.place(line.column);
        let declared = &program.facts[fact.0];
        let members = declared.members_at(program, offset);
        let says = self.batch.state_at(line.column, state);
        let message = format!(
            "{} of {} is {} here, but {} in row {there}",
            cell_words(program, declared, &members, year),
            self.whose.key,
            describe(program, declared, says.mask, says.number, &members),
            describe(program, declared, had.mask, had.number, &members),
        );
        let help = "one of the rows is wrong; rows that say the same twice are fine";
        self.problems.fail("data/duplicate-row", message, Some(row), None, help);
    }

    fn value(&mut self, fill: &Fill, cell: &str, row: usize, column: &str) -> Option<(Mask, Option<Decimal>)> {
        let program = self.task.program;
        let declared = &program.facts[fill.fact.0];
        let coded = fill.codes.iter().find(|(code, _)| holds(cell.as_bytes(), code.as_deref()));
        if let Some((_, mask)) = coded {
            return Some((*mask, None));
        }
        if let ValueKind::Number { .. } = declared.kind
            && let Ok(number) = Decimal::from_str_exact(cell.trim_start_matches('+'))
            && let Some(class) = declared.class_of(number)
        {
            return Some((1 << class, Some(number)));
        }
        if fill.as_named {
            let named = (0..declared.n_values(program)).find(|value| {
                let label = match &declared.kind {
                    ValueKind::Values { values, .. } => values[*value].label.clone(),
                    _ => String::new(),
                };
                declared.value_name(program, *value).eq_ignore_ascii_case(cell) || label.eq_ignore_ascii_case(cell)
            });
            if let Some(value) = named {
                return Some((1 << value, None));
            }
        }
        let mut expected: Vec<String> =
            fill.codes.iter().map(|(code, _)| code.as_ref().map_or("blank".to_owned(), |code| format!("`{code}`"))).collect();
        match &declared.kind {
            ValueKind::Number { unit, .. } => expected.insert(0, format!("a number of {unit}")),
            ValueKind::Values { values, .. } if fill.as_named => expected.extend(values.iter().map(|value| format!("`{}`", value.label))),
            ValueKind::Code(codes) if fill.as_named => {
                expected.extend(program.code_tables[codes.0].values.iter().map(|(code, _)| format!("`{code}`")))
            }
            _ => {}
        }
        let found =
            if cell.is_empty() { "the cell is blank".to_owned() } else { format!("`{cell}` is not a value of {}", declared.named.label) };
        let mut help = format!("expected {}", expected.join(", "));
        // a slip in a name is likelier than a new value
        let named = match &declared.kind {
            ValueKind::Values { values, .. } if fill.as_named => {
                closest(cell, values.iter().flat_map(|value| [value.name.as_str(), value.label.as_str()]))
            }
            _ => None,
        };
        let coded = fill.codes.iter().filter_map(|(code, _)| code.as_deref());
        if let Some(near) = named.or_else(|| closest(cell, coded)).filter(|_| !cell.is_empty()) {
            help = format!("did you mean `{near}`? {help}");
        }
        if cell.is_empty() {
            help.push_str("; if blanks are to be expected, add `blank is absent` or `blank is open` to the source");
        } else if cell.contains(',') && cell.replace(',', "").parse::<Decimal>().is_ok() {
            help.push_str("; write numbers without a comma");
        }
        self.problems.fail("data/bad-value", found, Some(row), Some(column), help);
        None
    }
}

/// The possible values of a cell in words.
pub(super) fn describe(program: &Program, fact: &Fact, mask: Mask, number: Option<Decimal>, members: &[usize]) -> String {
    if let (Some(number), ValueKind::Number { unit, .. }) = (number, &fact.kind) {
        return format!("{number} {unit}");
    }
    let full = fact.full(program);
    let names = |mask: Mask| {
        crate::eval::diagram::bits(mask).map(|bit| fact.value_label(program, bit as usize, members)).collect::<Vec<_>>().join(" or ")
    };
    if mask == full {
        "open".to_owned()
    } else if mask.count_ones() * 2 > full.count_ones() && mask.count_ones() > 1 {
        format!("not {}", names(full & !mask))
    } else {
        names(mask)
    }
}

/// `color of SWD, ELA in 2024`
pub(super) fn cell_words(program: &Program, fact: &Fact, members: &[usize], year: i32) -> String {
    let names: Vec<&str> = fact
        .categories
        .iter()
        .zip(members)
        .map(|(category, member)| program.categories[category.0].members[*member].named.name.as_str())
        .collect();
    let of = if names.is_empty() { String::new() } else { format!(" of {}", names.join(", ")) };
    let when = if fact.yearly { format!(" in {year}") } else { String::new() };
    format!("{}{of}{when}", fact.named.name)
}
