//! The header of a file: where it stands, which columns it has, which it lacks.

use super::file::Task;
use super::keys::year_in_name;
use super::problems::Problems;
use super::rows::RowReader;
use super::table::{HEADER_WITHIN, Sheet};
use super::text::{Cells, shown};
use crate::diagnostic::closest;
use crate::program::*;
use std::collections::HashMap;

/// Where the columns of a header stand.
pub(super) struct Header {
    /// Its row in the file, counted from 1.
    pub row: usize,
    pub names: Vec<String>,
    pub at: HashMap<String, usize>,
}

impl Header {
    pub fn new(cells: &[String], row: usize) -> Self {
        let names: Vec<String> = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let mut at = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            at.entry(name.clone()).or_insert(index);
        }
        Self { row, names, at }
    }

    pub fn first(&self, names: &[String]) -> Option<usize> {
        names.iter().find_map(|name| self.at.get(name).copied())
    }
}

/// How many columns were found, which are missing, the header, the sheet.
type Nearest = (usize, Vec<String>, Header, Option<String>);

impl Task<'_> {
    /// Whether any line of the source names this column.
    pub(super) fn reads(self, name: &str) -> bool {
        let source = self.source;
        let is = |own: &String| own == name;
        source.key.iter().any(is)
            || source.year_columns.iter().any(is)
            || source.names.iter().any(|(names, _)| names.iter().any(is))
            || source.rows.iter().flatten().any(|rule| rule.column == name)
            || source.checks.iter().any(|(column, _)| column == name)
            || source.members.iter().any(|member| match member {
                MemberFrom::Always(..) => false,
                MemberFrom::Columns(_, columns) => columns.iter().any(|(names, _)| names.iter().any(is)),
                MemberFrom::Column { column, .. } => column == name,
            })
            || source.fills.iter().any(|fill| {
                matches!(&fill.from, FillFrom::Column(column) if column == name)
                    || fill.date.as_deref() == Some(name)
                    || fill.filter.iter().any(|rule| rule.column == name)
            })
    }

    /// Sheet and index of the first row that has the columns no file of this source lacks.
    pub(super) fn find_header(self, sheets: &[Sheet], problems: &mut Problems) -> Option<(usize, usize)> {
        let mut groups: Vec<Vec<String>> = vec![self.source.key.clone()];
        for member in &self.source.members {
            if let MemberFrom::Column { column, without: None, .. } = member {
                groups.push(vec![column.clone()]);
            }
            if let MemberFrom::Columns(_, columns) = member {
                groups.extend(columns.first().map(|(names, _)| names.clone()));
            }
        }
        let mut nearest: Option<Nearest> = None;
        for (index, sheet) in sheets.iter().enumerate() {
            for (at, (number, cells)) in sheet.rows.iter().take(HEADER_WITHIN).enumerate() {
                let header = Header::new(cells, *number);
                let missing: Vec<String> =
                    groups.iter().filter(|names| header.first(names).is_none()).map(|names| names.join("` or `")).collect();
                if missing.is_empty() {
                    return Some((index, at));
                }
                let found = groups.len() - missing.len();
                if nearest.as_ref().is_none_or(|(best, ..)| found > *best) {
                    nearest = Some((found, missing, header, sheet.name.clone()));
                }
            }
        }
        let Some((_, missing, header, sheet)) = nearest else {
            problems.fail("data/empty-file", "this file has no rows".to_owned(), None, None, "an empty list still needs its header line");
            return None;
        };
        problems.sheet = sheet;
        let near: Vec<String> = missing
            .iter()
            .flat_map(|names| names.split("` or `"))
            .filter_map(|name| closest(name, header.names.iter().map(String::as_str)).map(|near| format!("`{near}` looks like `{name}`")))
            .collect();
        let help = if near.is_empty() {
            format!(
                "source `{}` reads a file of this name; is it another file, or has its layout changed? Row {} has: {}",
                self.source.named.name,
                header.row,
                header.names.iter().take(12).cloned().collect::<Vec<_>>().join(", ")
            )
        } else {
            format!("{}; if the publisher renamed it, add the new name to source `{}`", near.join("; "), self.source.named.name)
        };
        problems.fail(
            "data/missing-column",
            format!("no header row with column `{}` among the first {HEADER_WITHIN} rows", missing.join("`, `")),
            Some(header.row),
            None,
            help,
        );
        None
    }

    /// The years, where they are known before any row is read.
    pub(super) fn years_ahead(self, header: &Header) -> Option<Vec<i32>> {
        match self.input.year.or(self.source.year_fixed) {
            Some(year) => Some(vec![year]),
            None if header.first(&self.source.year_columns).is_some() => None,
            None => Some(self.year_of_name()),
        }
    }

    fn year_of_name(self) -> Vec<i32> {
        if self.source.year_from_name { year_in_name(&self.input.name).into_iter().collect() } else { Vec::new() }
    }

    pub(super) fn year_code(self, text: &str) -> Option<i32> {
        self.source.year_codes.iter().find(|(code, _)| code.eq_ignore_ascii_case(text)).map(|(_, year)| *year).or_else(|| text.parse().ok())
    }

    /// Columns without which it is not known which rows to read.
    pub(super) fn missing_in_any_year(self, header: &Header) -> Vec<String> {
        let mut missing: Vec<String> = Vec::new();
        for rule in self.source.rows.iter().flatten() {
            need(header, &rule.column, &mut missing);
        }
        missing
    }

    /// Columns that rows of these years need and the file lacks; no years for what any year needs.
    pub(super) fn missing(self, header: &Header, years: &[i32]) -> Vec<String> {
        let mut missing = self.missing_in_any_year(header);
        for fill in &self.source.fills {
            if !years.is_empty() && !years.iter().any(|year| in_years(&fill.years, *year)) {
                continue;
            }
            if let FillFrom::Column(column) = &fill.from {
                need(header, column, &mut missing);
            }
            for rule in &fill.filter {
                need(header, &rule.column, &mut missing);
            }
            if let Some(date) = &fill.date {
                need(header, date, &mut missing);
            }
        }
        for member in &self.source.members {
            match member {
                MemberFrom::Columns(category, columns) => {
                    for (names, member) in columns {
                        let from = member.and_then(|member| self.program.categories[category.0].members[member].from);
                        let exists = from.is_none_or(|from| years.iter().any(|year| *year >= from));
                        if exists && header.first(names).is_none() {
                            need(header, &names.join("` or `"), &mut missing);
                        }
                    }
                }
                MemberFrom::Column { column, without: Some((_, Some(before))), .. } if years.iter().any(|year| year >= before) => {
                    need(header, column, &mut missing)
                }
                _ => {}
            }
        }
        if !self.source.year_columns.is_empty() && years.is_empty() && header.first(&self.source.year_columns).is_none() {
            need(header, &self.source.year_columns.join("` or `"), &mut missing);
        }
        missing
    }

    pub(super) fn columns_missing(self, header: &Header, missing: Vec<String>, years: &[i32], problems: &mut Problems) {
        for name in missing {
            let near = closest(&name, header.names.iter().map(String::as_str));
            let said = if years.is_empty() {
                String::new()
            } else {
                format!(" in {}", years.iter().map(i32::to_string).collect::<Vec<_>>().join(", "))
            };
            let help = match near {
                Some(near) => {
                    format!("the file has `{near}`; if the publisher renamed the column, say so in source `{}`", self.source.named.name)
                }
                None => format!("source `{}` needs it{said}; the file has: {}", self.source.named.name, header.names.join(", ")),
            };
            problems.fail("data/missing-column", format!("column `{name}` is missing"), Some(header.row), None, help);
        }
    }
}

fn need(header: &Header, name: &str, missing: &mut Vec<String>) {
    if !header.at.contains_key(name) && !missing.iter().any(|own| own == name) {
        missing.push(name.to_owned());
    }
}

impl RowReader<'_> {
    /// Notes the year of a row that is passed over: where no row is read, it says which columns the file should have.
    pub(super) fn year_passed(&mut self, cells: &Cells) {
        if self.years_ahead.is_none()
            && let Some(at) = self.plan.year
            && let Some(year) = self.task.year_code(&shown(cells.get(at)))
            && !self.years_passed.contains(&year)
        {
            self.years_passed.push(year);
        }
    }

    /// Once all rows are read: the columns they need and the file lacks, and the years of the rows.
    pub(super) fn columns_lacking(&self) -> Option<(Vec<String>, Vec<i32>)> {
        let years = match &self.years_ahead {
            Some(years) => years.clone(),
            None => {
                let mut years: Vec<i32> = self.years.iter().map(|seen| seen.year).filter(|year| *year != 0).collect();
                if years.is_empty() {
                    years.clone_from(&self.years_passed);
                }
                if years.is_empty() {
                    years = self.task.year_of_name();
                }
                years.sort_unstable();
                years
            }
        };
        let missing = self.task.missing(self.header, &years);
        (!missing.is_empty()).then_some((missing, years))
    }
}
