//! The cells of a row: codes and numbers to possible values.

use super::header::Header;
use super::rows::{Done, FileReader, Row, Said};
use crate::facts::{Facts, Origin};
use crate::program::*;
use rust_decimal::Decimal;

impl FileReader<'_> {
    /// Fills the cells of one line; says whether they all said the same before, `None` if there was nothing to fill.
    #[allow(clippy::too_many_arguments, reason = "a row, a line of the source, and where both go")]
    pub(super) fn fill(
        &mut self,
        fill: &Fill,
        members: &[Said],
        row: &Row,
        header: &Header,
        facts: &mut Facts,
        done: &mut Done,
        subject: usize,
        year: i32,
    ) -> Option<bool> {
        let program = self.program;
        let declared = &program.facts[fill.fact.0];
        let mut repeated = None;
        for Said { members: given, column: that_column } in members {
            // `that column` is filled once per column, every other line once per row
            if matches!(fill.from, FillFrom::ThatColumn) != that_column.is_some() {
                continue;
            }
            let mut own = Vec::with_capacity(declared.categories.len());
            for category in &declared.categories {
                // members named in the line say which, or narrow what the row says
                let mut named = fill.members.iter().filter(|(other, _)| other == category).map(|(_, member)| *member).peekable();
                let said = given.iter().find(|(other, _)| other == category).map(|(_, member)| *member);
                own.extend(match (said, named.peek()) {
                    (Some(said), None) => Some(said),
                    (Some(said), Some(_)) => named.find(|member| *member == said),
                    (None, _) => named.next(),
                });
            }
            if own.len() != declared.categories.len() {
                continue;
            }
            let offset = declared.offset(program, &own);
            let cell_year = if declared.yearly { year } else { 0 };
            let matched = fill.filter.iter().all(|rule| self.matches(rule, row, header));
            let (mask, number) = if !matched {
                match fill.otherwise {
                    Some(mask) => (mask, None),
                    // the row says nothing of this cell
                    None => continue,
                }
            } else {
                let at = match &fill.from {
                    FillFrom::Constant(_) => None,
                    FillFrom::ThatColumn => *that_column,
                    FillFrom::Column(column) => header.at.get(column).copied(),
                };
                match (&fill.from, at) {
                    (FillFrom::Constant(mask), _) => (*mask, None),
                    (_, None) => continue,
                    (_, Some(at)) => match self.value(fill, row.get(at), row.number, &header.names[at]) {
                        Some(value) => value,
                        None => continue,
                    },
                }
            };
            done.touched.insert((fill.fact, cell_year, subject, offset));
            let date = match &fill.date {
                None => None,
                Some(column) => {
                    let text = header.at.get(column).map_or("", |at| row.get(*at));
                    match text.get(..10).unwrap_or(text).parse::<jiff::civil::Date>() {
                        Ok(date) => Some(date),
                        Err(_) => {
                            self.fail(
                                "data/bad-date",
                                if text.is_empty() { "the date is blank".to_owned() } else { format!("`{text}` is not a date") },
                                Some(row.number),
                                Some(column),
                                "expected year-month-day, such as 2025-02-26",
                            );
                            continue;
                        }
                    }
                }
            };
            let before = facts.cell(program, fill.fact, cell_year, subject, offset);
            let again =
                before.origin.file() == Some(self.file) && before.origin.row_number().is_some() && before.mask & mask == before.mask;
            repeated = Some(again && repeated.unwrap_or(true));
            let origin = Origin::row(self.file, row.number);
            if let Err(contradiction) = facts.narrow(program, fill.fact, cell_year, subject, offset, mask, origin, number, date) {
                let had = contradiction.had;
                let says = |mask: Mask, number: Option<Decimal>| describe(program, declared, mask, number, &own);
                let what = cell_words(program, declared, &own, cell_year);
                let key = &facts.subjects()[subject].key;
                let (old, new) = (says(had.mask, had.number), says(mask, number));
                let same_file = had.origin.file() == Some(self.file);
                let other = had.origin.file().map_or_else(String::new, |file| facts.files[file].clone());
                let there = had.origin.row_number().map_or_else(|| "no row".to_owned(), |row| format!("row {row}"));
                if same_file {
                    self.fail(
                        "data/duplicate-row",
                        format!("{what} of {key} is {new} here, but {old} in {there}"),
                        Some(row.number),
                        None,
                        "one of the rows is wrong; rows that say the same twice are fine",
                    );
                } else {
                    self.fail(
                        "data/contradiction",
                        format!("{what} of {key} is {new} here, but {old} in {other}, {there}"),
                        Some(row.number),
                        None,
                        "leave out one of the files, or correct the one that is wrong; Enact does not choose between them",
                    );
                }
            }
        }
        repeated
    }

    fn value(&mut self, fill: &Fill, cell: &str, row: usize, column: &str) -> Option<(Mask, Option<Decimal>)> {
        let program = self.program;
        let declared = &program.facts[fill.fact.0];
        let coded = fill.codes.iter().find(|(code, _)| match code {
            None => cell.is_empty(),
            Some(code) => code.eq_ignore_ascii_case(cell),
        });
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
        if cell.is_empty() {
            help.push_str("; if blanks are to be expected, add `blank is absent` or `blank is open` to the source");
        } else if cell.contains(',') && cell.replace(',', "").parse::<Decimal>().is_ok() {
            help.push_str("; write numbers without a comma");
        }
        self.fail("data/bad-value", found, Some(row), Some(column), help);
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
