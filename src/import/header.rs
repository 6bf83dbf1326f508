//! The header of a file: where it stands, which columns it has, which it lacks.

use super::keys::year_in_name;
use super::rows::FileReader;
use super::table::{HEADER_WITHIN, Sheet};
use crate::diagnostic::closest;
use crate::program::*;
use std::collections::{HashMap, HashSet};

/// Where the columns of a header stand.
pub(super) struct Header {
    pub names: Vec<String>,
    pub at: HashMap<String, usize>,
}

impl Header {
    pub fn new(cells: &[String]) -> Self {
        let names: Vec<String> = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let mut at = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            at.entry(name.clone()).or_insert(index);
        }
        Self { names, at }
    }

    pub fn first(&self, names: &[String]) -> Option<usize> {
        names.iter().find_map(|name| self.at.get(name).copied())
    }
}

/// How many columns were found, in which row, which are missing, the header, the sheet.
type Nearest = (usize, usize, Vec<String>, Header, Option<String>);

impl FileReader<'_> {
    /// Whether any line of the source names this column.
    pub(super) fn reads(&self, name: &str) -> bool {
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

    /// The first row of the first sheet that has the columns no file of this source lacks.
    pub(super) fn find_header<'s>(&mut self, sheets: &'s [Sheet]) -> Option<(&'s Sheet, usize)> {
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
        for sheet in sheets {
            for (at, (number, cells)) in sheet.rows.iter().take(HEADER_WITHIN).enumerate() {
                let header = Header::new(cells);
                let missing: Vec<String> =
                    groups.iter().filter(|names| header.first(names).is_none()).map(|names| names.join("` or `")).collect();
                if missing.is_empty() {
                    return Some((sheet, at));
                }
                let found = groups.len() - missing.len();
                if nearest.as_ref().is_none_or(|(best, ..)| found > *best) {
                    nearest = Some((found, *number, missing, header, sheet.name.clone()));
                }
            }
        }
        let Some((_, number, missing, header, sheet)) = nearest else {
            self.fail("data/empty-file", "this file has no rows".to_owned(), None, None, "an empty list still needs its header line");
            return None;
        };
        self.sheet = sheet;
        let near: Vec<String> = missing
            .iter()
            .flat_map(|names| names.split("` or `"))
            .filter_map(|name| closest(name, header.names.iter().map(String::as_str)).map(|near| format!("`{near}` looks like `{name}`")))
            .collect();
        let help = if near.is_empty() {
            format!(
                "source `{}` reads a file of this name; is it another file, or has its layout changed? Row {number} has: {}",
                self.source.named.name,
                header.names.iter().take(12).cloned().collect::<Vec<_>>().join(", ")
            )
        } else {
            format!("{}; if the publisher renamed it, add the new name to source `{}`", near.join("; "), self.source.named.name)
        };
        self.fail(
            "data/missing-column",
            format!("no header row with column `{}` among the first {HEADER_WITHIN} rows", missing.join("`, `")),
            Some(number),
            None,
            help,
        );
        None
    }

    /// Years of the rows, as far as they can be read without rows in hand.
    pub(super) fn years_ahead(&self, header: &Header, body: &[(usize, Vec<String>)]) -> Vec<i32> {
        let mut years: Vec<i32> = self.input.year.or(self.source.year_fixed).into_iter().collect();
        if years.is_empty()
            && let Some(at) = header.first(&self.source.year_columns)
        {
            let found: HashSet<&str> = body.iter().filter_map(|(_, cells)| cells.get(at)).map(|cell| cell.trim()).collect();
            years.extend(found.into_iter().filter_map(|text| self.year_code(text)));
        }
        if years.is_empty() && self.source.year_from_name {
            years.extend(year_in_name(&self.input.name));
        }
        years
    }

    pub(super) fn year_code(&self, text: &str) -> Option<i32> {
        self.source.year_codes.iter().find(|(code, _)| code.eq_ignore_ascii_case(text)).map(|(_, year)| *year).or_else(|| text.parse().ok())
    }

    pub(super) fn needed_columns(&mut self, header: &Header, header_row: usize, body: &[(usize, Vec<String>)]) -> bool {
        let years = self.years_ahead(header, body);
        let mut missing: Vec<String> = Vec::new();
        let mut need = |name: &str| {
            if !header.at.contains_key(name) && !missing.iter().any(|own| own == name) {
                missing.push(name.to_owned());
            }
        };
        for rule in self.source.rows.iter().flatten() {
            need(&rule.column);
        }
        for fill in &self.source.fills {
            if !years.is_empty() && !years.iter().any(|year| in_years(&fill.years, *year)) {
                continue;
            }
            if let FillFrom::Column(column) = &fill.from {
                need(column);
            }
            for rule in &fill.filter {
                need(&rule.column);
            }
            if let Some(date) = &fill.date {
                need(date);
            }
        }
        for member in &self.source.members {
            match member {
                MemberFrom::Columns(category, columns) => {
                    for (names, member) in columns {
                        let from = member.and_then(|member| self.program.categories[category.0].members[member].from);
                        let exists = from.is_none_or(|from| years.iter().any(|year| *year >= from));
                        if exists && header.first(names).is_none() {
                            need(&names.join("` or `"));
                        }
                    }
                }
                MemberFrom::Column { column, without: Some((_, Some(before))), .. } if years.iter().any(|year| year >= before) => {
                    need(column)
                }
                _ => {}
            }
        }
        if !self.source.year_columns.is_empty() && years.is_empty() && header.first(&self.source.year_columns).is_none() {
            need(&self.source.year_columns.join("` or `"));
        }
        let none = missing.is_empty();
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
            self.fail("data/missing-column", format!("column `{name}` is missing"), Some(header_row), None, help);
        }
        none
    }
}
