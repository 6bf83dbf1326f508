//! Whom and what a row is about: its key, its year, its members.

use super::plain_name;
use super::rows::RowReader;
use super::slots::Said;
use super::text::{Cells, holds, shown};
use crate::diagnostic::suggestion;
use crate::program::*;

/// Whose a row is. Rows of one subject mostly follow each other, so the last key is kept.
#[derive(Default)]
pub(super) struct Whose {
    /// As written; empty before the first row.
    raw: Vec<u8>,
    padded: bool,
    pub key: String,
    pub kind: usize,
    /// Why the source has no place for it.
    uncovered: Option<usize>,
    /// Its index in the batch and the year of its row before, once there was one.
    pub met: Option<(usize, usize)>,
    /// Its name in a row that starts as the row before cannot be another.
    pub met_alike: bool,
    /// Its name in that row.
    pub name: Vec<u8>,
}

/// A year that rows name.
pub(super) struct YearSeen {
    pub year: i32,
    /// Index for the batch's lists.
    pub list: usize,
    /// Some row of it was taken.
    pub used: bool,
}

impl RowReader<'_> {
    /// Reads the key; says whether the row is of a subject the source covers.
    #[inline]
    pub(super) fn key(&mut self, cells: &Cells, alike: bool) -> bool {
        // a key that was refused is not kept, so that it is refused again
        let known = alike && self.plan.key < self.plan.cut_to_choose && !self.whose.raw.is_empty();
        if !known && !self.other_key(cells) {
            return false;
        }
        self.note.padded += usize::from(self.whose.padded);
        if let Some(reason) = self.whose.uncovered {
            self.pass_over(reason);
        }
        self.whose.uncovered.is_none()
    }

    fn other_key(&mut self, cells: &Cells) -> bool {
        let raw = cells.get(self.plan.key);
        if raw != self.whose.raw.as_slice() || raw.is_empty() {
            self.whose.raw.clear();
            let Some((key, padded)) = self.new_key(raw, cells.number) else { return false };
            let subject = &self.task.program.subject;
            let Some(kind) = subject.kind_of(&key) else {
                let message = format!("no kind of {} has a key like `{key}`", subject.named.label);
                self.note.padded += usize::from(padded);
                self.problems.fail("data/unknown-kind", message, Some(cells.number), None, "");
                return false;
            };
            let uncovered = (self.task.source.covers & (1 << kind) == 0)
                .then(|| self.reason(format!("the source does not cover a {}", subject.kinds[kind].named.label)));
            self.whose.raw.extend_from_slice(raw);
            let (raw, name) = (std::mem::take(&mut self.whose.raw), std::mem::take(&mut self.whose.name));
            self.whose = Whose { raw, padded, key, kind, uncovered, met: None, met_alike: false, name };
        }
        true
    }

    /// The key, and whether its leading zeros were restored.
    fn new_key(&mut self, raw: &[u8], number: usize) -> Option<(String, bool)> {
        let header = self.header;
        let column = &header.names[self.plan.key];
        let raw = &*shown(raw);
        let digits = self.task.program.subject.key_digits;
        let wanted = digits.saturating_sub(self.task.source.suffix.len());
        let label = &self.task.program.subject.key_label;
        if raw.is_empty() {
            self.problems.fail(
                "data/bad-key",
                format!("the {label} is blank"),
                Some(number),
                Some(column),
                format!("expected {wanted} digits"),
            );
            return None;
        }
        if !raw.bytes().all(|byte| byte.is_ascii_digit()) {
            let help = if raw.contains(['e', 'E']) && raw.contains('.') {
                "a spreadsheet turned the code into a number; fetch the file again and keep the column as text"
            } else {
                ""
            };
            self.problems.fail(
                "data/bad-key",
                format!("`{raw}` is not a {label}: expected {wanted} digits"),
                Some(number),
                Some(column),
                help,
            );
            return None;
        }
        let mut key = raw.to_owned();
        if key.len() < wanted {
            if !self.task.source.padded {
                self.problems.fail(
                    "data/bad-key",
                    format!("`{raw}` has {} digits; a {label} has {wanted}", raw.len()),
                    Some(number),
                    Some(column),
                    "a spreadsheet may have dropped leading zeros; fetch the file again with the column as text, or use a source that says `padded`",
                );
                return None;
            }
            key = format!("{raw:0>wanted$}");
        }
        if key.len() != wanted {
            self.problems.fail(
                "data/bad-key",
                format!("`{raw}` has {} digits; a {label} has {wanted}", raw.len()),
                Some(number),
                Some(column),
                "is this the right column? it may hold another number",
            );
            return None;
        }
        key.push_str(&self.task.source.suffix);
        Some((key, raw.len() < wanted))
    }

    /// Reads the year; the result is an index into `years`.
    #[inline]
    pub(super) fn year(&mut self, cells: &Cells) -> Option<usize> {
        if let Some(at) = self.year_at
            && self.plan.year.is_none_or(|column| self.year_text.is(cells, column))
        {
            return Some(at);
        }
        self.other_year(cells)
    }

    fn other_year(&mut self, cells: &Cells) -> Option<usize> {
        let text = self.plan.year.map_or(&b""[..], |at| cells.get(at));
        let year = self.new_year(text, cells.number)?;
        let at = match self.years.iter().position(|seen| seen.year == year) {
            Some(at) => at,
            None => {
                let list = if year == 0 { 0 } else { self.batch.year(year) };
                self.years.push(YearSeen { year, list, used: false });
                if self.years_ahead.is_none() && !self.task.missing(self.header, &[year]).is_empty() {
                    self.lacking = true;
                }
                self.years.len() - 1
            }
        };
        self.year_text.set(text);
        self.year_at = Some(at);
        Some(at)
    }

    fn new_year(&mut self, text: &[u8], number: usize) -> Option<i32> {
        let (source, header) = (self.task.source, self.header);
        let text = &*shown(text);
        let in_name = year_in_name(&self.task.input.name);
        let column = self.plan.year;
        let own = match column {
            Some(at) if !text.is_empty() => match self.task.year_code(text) {
                Some(year) => Some(year),
                None => {
                    let column = header.names[at].clone();
                    self.problems.fail(
                        "data/bad-year",
                        format!("`{text}` is not a year"),
                        Some(number),
                        Some(&column),
                        "expected a year such as 2024",
                    );
                    return None;
                }
            },
            _ => source.year_fixed,
        };
        let year = own.or(self.task.input.year).or(if source.year_from_name { in_name } else { None });
        let Some(year) = year else {
            if source.fills.iter().all(|fill| !self.task.program.facts[fill.fact.0].yearly) {
                return Some(0);
            }
            let columns = source.year_columns.join("` or `");
            self.problems.fail(
                "data/bad-year",
                if columns.is_empty() {
                    "neither a column nor the file's name says the year".to_owned()
                } else {
                    format!("the row does not say its year (column `{columns}`)")
                },
                Some(number),
                None,
                "name the year in the file's name or in a manifest: `year = 2024`",
            );
            return None;
        };
        let said = [
            ("file name", if source.year_from_name { in_name } else { None }, "rename the file, or fetch the right one"),
            ("manifest", self.task.input.year, "correct `year` in the manifest, or fetch the right file"),
        ];
        for (place, other, help) in said {
            if let Some(other) = other
                && other != year
            {
                let column = column.map(|at| header.names[at].clone());
                self.problems.fail(
                    "data/year-mismatch",
                    format!("the row is for {year}, but the {place} says {other}"),
                    Some(number),
                    column.as_deref(),
                    format!("{help}; a row's own year is never overruled"),
                );
                return None;
            }
        }
        if self.task.program.period.year(year).is_none() {
            let period = &self.task.program.period.named;
            let known: Vec<String> = self.task.program.period.years.iter().map(|entry| entry.year.to_string()).collect();
            self.problems.fail(
                "data/bad-year",
                format!("{year} is not a declared year of the {}", period.label),
                Some(number),
                column.map(|at| header.names[at].clone()).as_deref(),
                format!("declared: {}; a new year needs a line in `period {}` and criteria", known.join(", "), period.name),
            );
            return None;
        }
        Some(year)
    }

    /// Members the row is about: one list per column of a wide file, and per entry of a cell that lists several.
    pub(super) fn members(&mut self, cells: &Cells, year: i32, passed: &mut Vec<usize>) -> Option<Vec<Said>> {
        let header = self.header;
        let mut said: Vec<Said> = vec![Said::default()];
        let mut wide: Vec<(CategoryId, usize, usize)> = Vec::new();
        for from in &self.task.source.members {
            let (category, members) = match from {
                MemberFrom::Always(category, member) => (*category, vec![*member]),
                MemberFrom::Columns(category, columns) => {
                    for (names, member) in columns {
                        let (Some(at), Some(member)) = (header.first(names), member) else { continue };
                        if self.exists(*category, *member, year) {
                            wide.push((*category, *member, at));
                        }
                    }
                    continue;
                }
                MemberFrom::Column { category, column, list, without, codes } => match header.at.get(column) {
                    None => (*category, vec![without.as_ref()?.0]),
                    Some(at) => {
                        let cell = shown(cells.get(*at));
                        let entries: Vec<&str> = if *list { cell.split(',').map(str::trim).collect() } else { vec![&*cell] };
                        let found: Vec<usize> = entries
                            .iter()
                            .filter_map(|entry| self.member(*category, codes, entry, cells.number, column, year, passed))
                            .collect();
                        if found.is_empty() {
                            return None;
                        }
                        (*category, found)
                    }
                },
            };
            said = said.iter().flat_map(|one| members.iter().map(|member| one.with(category, *member, None)).collect::<Vec<_>>()).collect();
        }
        let base = said.clone();
        // a row of a wide file may also fill facts that no column of it names a member for
        said.extend(
            wide.into_iter()
                .flat_map(|(category, member, at)| base.iter().map(move |one| one.with(category, member, Some(at))).collect::<Vec<_>>()),
        );
        Some(said)
    }

    /// The member a code stands for; `None` if it is passed over or wrong, which is noted.
    #[allow(clippy::too_many_arguments, reason = "a code, where it stands, and where it is noted")]
    fn member(
        &mut self,
        category: CategoryId,
        codes: &[(Option<String>, Option<usize>, Option<String>)],
        cell: &str,
        row: usize,
        column: &str,
        year: i32,
        passed: &mut Vec<usize>,
    ) -> Option<usize> {
        let list = &self.task.program.categories[category.0];
        let member = match codes.iter().find(|(code, ..)| holds(cell.as_bytes(), code.as_deref())) {
            Some((_, Some(member), _)) => *member,
            Some((code, None, because)) => {
                let code = code.as_deref().unwrap_or("blank");
                let reason = format!("{} {code}: {}", list.named.label, because.as_deref().unwrap_or("ignored"));
                passed.push(self.reason(reason));
                return None;
            }
            None => match list.member(cell) {
                Some(member) => member,
                None => {
                    let known: Vec<&str> = list
                        .members
                        .iter()
                        .map(|member| member.named.name.as_str())
                        .chain(codes.iter().filter_map(|(code, ..)| code.as_deref()))
                        .collect();
                    let help = suggestion(cell, known).unwrap_or_default();
                    let message = if cell.is_empty() {
                        format!("the {} is blank", list.named.label)
                    } else {
                        format!("`{cell}` is not a {}", list.named.label)
                    };
                    self.problems.fail("data/unknown-code", message, Some(row), Some(column), help);
                    return None;
                }
            },
        };
        if !self.exists(category, member, year) {
            let member = &list.members[member];
            let from = member.from.unwrap_or_default();
            passed.push(self.reason(format!("{} {} exists from {from} on", list.named.label, member.named.name)));
            return None;
        }
        Some(member)
    }

    pub(super) fn exists(&self, category: CategoryId, member: usize, year: i32) -> bool {
        self.task.program.categories[category.0].members[member].from.is_none_or(|from| year == 0 || year >= from)
    }
}

/// A year in a file's name: four digits from 20, or two digits between letters.
pub(super) fn year_in_name(name: &str) -> Option<i32> {
    let name = plain_name(name);
    let bytes = name.as_bytes();
    for at in 0..bytes.len().saturating_sub(3) {
        if bytes[at..].starts_with(b"20")
            && bytes[at + 2..at + 4].iter().all(u8::is_ascii_digit)
            && !bytes.get(at + 4).is_some_and(u8::is_ascii_digit)
        {
            return name[at..at + 4].parse().ok();
        }
    }
    for at in 1..bytes.len().saturating_sub(1) {
        let alone = bytes[at - 1].is_ascii_alphabetic() && !bytes.get(at + 2).is_some_and(u8::is_ascii_digit);
        if alone && bytes[at..at + 2].iter().all(u8::is_ascii_digit) {
            return name[at..at + 2].parse::<i32>().ok().map(|year| 2000 + year);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_found_in_the_names_cde_uses() {
        for (name, year) in [
            ("monterey/2018/eladownload2018.txt.gz", Some(2018)),
            ("Pr12023.xlsx", Some(2023)),
            ("Pr102024.xlsx", Some(2024)),
            ("assistancestatus19-rev.xlsx", Some(2019)),
            ("lowperfleasnonall23data.txt", Some(2023)),
            ("ela38download2017f.txt", Some(2017)),
            ("assistance-status.xls", None),
        ] {
            assert_eq!(year_in_name(name), year, "{name}");
        }
    }
}
