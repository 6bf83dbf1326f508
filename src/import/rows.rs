//! One file: its header, its rows, its cells.

use super::header::Header;
use super::table::sheets;
use super::{Complete, InputFile};
use crate::diagnostic::{DataPlace, Diagnostic};
use crate::facts::{Facts, FileNote};
use crate::program::*;
use indexmap::IndexSet;
use std::collections::HashSet;

/// Cells of a file, so that what it does not list can be told apart.
pub(super) type Touched = HashSet<(FactId, i32, usize, usize)>;

/// A file whose rows are read.
pub(super) struct Done {
    pub file: usize,
    pub note: FileNote,
    pub touched: Touched,
    pub years: IndexSet<i32>,
    pub regions: IndexSet<String>,
    pub complete: Option<Complete>,
}

pub(super) struct FileReader<'a> {
    pub program: &'a Program,
    pub source: &'a Published,
    pub input: &'a InputFile,
    pub file: usize,
    pub sheet: Option<String>,
    pub diagnostics: Vec<Diagnostic>,
}

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

/// A row in hand.
pub(super) struct Row<'r> {
    pub number: usize,
    pub cells: &'r [String],
}

impl Row<'_> {
    pub fn get(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", |cell| cell.trim())
    }
}

impl<'a> FileReader<'a> {
    pub fn new(program: &'a Program, source: &'a Published, input: &'a InputFile, file: usize) -> Self {
        Self { program, source, input, file, sheet: None, diagnostics: Vec::new() }
    }

    pub(super) fn place(&self, row: Option<usize>, column: Option<&str>) -> DataPlace {
        DataPlace {
            file: self.input.name.clone(),
            sheet: self.sheet.clone(),
            row: row.map(|row| row as u64),
            column: column.map(str::to_owned),
        }
    }

    pub(super) fn fail(&mut self, code: &'static str, message: String, row: Option<usize>, column: Option<&str>, help: impl Into<String>) {
        let place = self.place(row, column);
        let help = help.into();
        let mut diagnostic = Diagnostic::error(code, message).in_data(place);
        diagnostic.help = (!help.is_empty()).then_some(help);
        self.diagnostics.push(diagnostic);
    }

    /// Reads every row; `None` if the file as a whole cannot be used.
    pub fn read(&mut self, facts: &mut Facts, keep_going: bool) -> Option<Done> {
        let sheets = match sheets(&self.input.bytes) {
            Ok(sheets) => sheets,
            Err(problem) => {
                self.fail("data/unreadable-file", problem, None, None, "save it again, or fetch it again from its publisher");
                return None;
            }
        };
        let (sheet, header_at) = self.find_header(&sheets)?;
        self.sheet.clone_from(&sheet.name);
        let header = Header::new(&sheet.rows[header_at].1);
        let header_row = sheet.rows[header_at].0;
        let mut seen = HashSet::new();
        for name in header.names.iter().filter(|name| !name.is_empty()) {
            if !seen.insert(name) && self.reads(name) {
                self.fail(
                    "data/duplicate-column",
                    format!("two columns are called `{name}`"),
                    Some(header_row),
                    None,
                    "remove or rename one of them",
                );
            }
        }
        for member in &self.source.members {
            let MemberFrom::Columns(category, columns) = member else { continue };
            for (names, member) in columns {
                let found: Vec<&String> = names.iter().filter(|name| header.at.contains_key(*name)).collect();
                if let ([first, second, ..], Some(member)) = (found.as_slice(), member) {
                    let what = &self.program.categories[category.0].members[*member].named.name;
                    let message = format!("columns `{first}` and `{second}` both stand for {what}");
                    self.fail("data/duplicate-column", message, Some(header_row), None, "remove one of them, so that one column speaks");
                }
            }
        }
        let mut done = Done {
            file: self.file,
            note: FileNote {
                file: self.input.name.clone(),
                source: self.source.named.name.clone(),
                sheet: sheet.name.clone(),
                header_row,
                bytes: self.input.bytes.len() as u64,
                unread_columns: header.names.iter().filter(|name| !name.is_empty() && !self.reads(name)).cloned().collect(),
                ..FileNote::default()
            },
            touched: Touched::new(),
            years: IndexSet::new(),
            regions: IndexSet::new(),
            complete: self.input.complete.clone(),
        };
        let body = &sheet.rows[header_at + 1..];
        if !self.needed_columns(&header, header_row, body) || !self.diagnostics.is_empty() && !keep_going {
            return None;
        }
        if let Some(year) = self.input.year.or(self.source.year_fixed) {
            done.years.insert(year);
        }
        for (number, cells) in body {
            let row = Row { number: *number, cells };
            if cells.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            done.note.rows += 1;
            if self.fits_header(*number, cells, &header) {
                self.row(&row, &header, facts, &mut done);
            }
            if !keep_going && !self.diagnostics.is_empty() {
                return None;
            }
        }
        done.note.years = done.years.iter().copied().collect();
        done.note.years.sort_unstable();
        Some(done)
    }

    /// A row that ends before a column that is read, or runs past the last one, has moved its cells.
    pub(super) fn fits_header(&mut self, number: usize, cells: &[String], header: &Header) -> bool {
        let (n, wanted) = (cells.len(), header.names.len());
        if n < wanted
            && let Some(column) = header.names[n..].iter().find(|name| self.reads(name))
        {
            self.fail(
                "data/short-row",
                format!("this row has {n} cells, the header {wanted}: it ends before column `{column}`"),
                Some(number),
                None,
                "a line break inside a cell may have split the row, or its end is lost; fetch the file again",
            );
            return false;
        }
        if n > wanted && cells[wanted..].iter().any(|cell| !cell.trim().is_empty()) {
            self.fail(
                "data/long-row",
                format!("this row has {n} cells, the header {wanted}"),
                Some(number),
                None,
                "a comma inside a cell must stand in quotation marks, or the cells after it move one column to the right",
            );
            return false;
        }
        true
    }

    pub(super) fn matches(&self, rule: &CodeMatch, row: &Row, header: &Header) -> bool {
        let cell = header.at.get(&rule.column).map_or("", |at| row.get(*at));
        let is = rule.codes.iter().any(|code| match code {
            None => cell.is_empty(),
            Some(code) => cell.eq_ignore_ascii_case(code),
        });
        is != rule.negated
    }

    fn row(&mut self, row: &Row, header: &Header, facts: &mut Facts, done: &mut Done) {
        let source = self.source;
        if !source.rows.is_empty() && !source.rows.iter().any(|rules| rules.iter().all(|rule| self.matches(rule, row, header))) {
            let reason = source.skip.clone().unwrap_or_else(|| "not a row the source reads".to_owned());
            *done.note.skipped.entry(reason).or_default() += 1;
            return;
        }
        let Some(key) = self.key(row, header, done) else { return };
        let Some(kind) = self.program.subject.kind_of(&key) else {
            self.fail(
                "data/unknown-kind",
                format!("no kind of {} has a key like `{key}`", self.program.subject.named.label),
                Some(row.number),
                None,
                "",
            );
            return;
        };
        if source.covers & (1 << kind) == 0 {
            let label = &self.program.subject.kinds[kind].named.label;
            *done.note.skipped.entry(format!("the source does not cover a {label}")).or_default() += 1;
            return;
        }
        let Some(year) = self.year(row, header) else { return };
        for (column, codes) in &source.checks {
            let Some(at) = header.at.get(column) else { continue };
            let cell = row.get(*at);
            if !codes.iter().any(|code| code.as_deref().unwrap_or("").eq_ignore_ascii_case(cell)) {
                let wanted: Vec<String> = codes.iter().map(|code| format!("`{}`", code.as_deref().unwrap_or(""))).collect();
                self.fail(
                    "data/unexpected-value",
                    format!("`{cell}` where source `{}` expects {}", source.named.name, wanted.join(" or ")),
                    Some(row.number),
                    Some(column),
                    "the file may be misnamed: its rows say they are something else",
                );
                return;
            }
        }
        let Some(members) = self.members(row, header, year, done) else { return };
        let Some(subject) = facts.subject(self.program, &key) else { return };
        for (columns, kinds) in &source.names {
            if kinds & (1 << kind) != 0
                && let Some(at) = header.first(columns)
            {
                facts.name(subject, row.get(at), year);
                break;
            }
        }
        if year != 0 {
            facts.list(subject, year);
            done.years.insert(year);
        }
        done.regions.insert(key[..self.program.subject.region_digits].to_owned());
        let (mut repeated, mut compared) = (true, false);
        for fill in &source.fills {
            if !in_years(&fill.years, year) {
                continue;
            }
            if let Some(again) = self.fill(fill, &members, row, header, facts, done, subject, year) {
                repeated &= again;
                compared = true;
            }
        }
        if repeated && compared {
            done.note.repeated += 1;
        }
        done.note.used += 1;
    }
}
