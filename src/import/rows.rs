//! One file: its header, its rows, its cells.

use super::table::{HEADER_WITHIN, Sheet, sheets};
use super::{Complete, InputFile, plain_name};
use crate::diagnostic::{DataPlace, Diagnostic, closest, suggestion};
use crate::facts::{Facts, FileNote, Origin};
use crate::program::*;
use indexmap::IndexSet;
use rust_decimal::Decimal;
use std::collections::{HashMap, HashSet};

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
    program: &'a Program,
    source: &'a Published,
    input: &'a InputFile,
    file: usize,
    sheet: Option<String>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Where the columns of a header stand.
struct Header {
    names: Vec<String>,
    at: HashMap<String, usize>,
}

impl Header {
    fn new(cells: &[String]) -> Self {
        let names: Vec<String> = cells.iter().map(|cell| cell.trim().to_lowercase()).collect();
        let mut at = HashMap::new();
        for (index, name) in names.iter().enumerate() {
            at.entry(name.clone()).or_insert(index);
        }
        Self { names, at }
    }

    fn first(&self, names: &[String]) -> Option<usize> {
        names.iter().find_map(|name| self.at.get(name).copied())
    }
}

/// How many columns were found, in which row, which are missing, the header, the sheet.
type Nearest = (usize, usize, Vec<String>, Header, Option<String>);

/// Members a row, or one of its columns, is about.
#[derive(Clone, Default)]
struct Said {
    members: Vec<(CategoryId, usize)>,
    /// The column that gave one of them.
    column: Option<usize>,
}

impl Said {
    fn with(&self, category: CategoryId, member: usize, column: Option<usize>) -> Self {
        let mut members = self.members.clone();
        members.push((category, member));
        Self { members, column }
    }
}

/// A row in hand.
struct Row<'r> {
    number: usize,
    cells: &'r [String],
}

impl Row<'_> {
    fn get(&self, at: usize) -> &str {
        self.cells.get(at).map_or("", |cell| cell.trim())
    }
}

impl<'a> FileReader<'a> {
    pub fn new(program: &'a Program, source: &'a Published, input: &'a InputFile, file: usize) -> Self {
        Self { program, source, input, file, sheet: None, diagnostics: Vec::new() }
    }

    fn place(&self, row: Option<usize>, column: Option<&str>) -> DataPlace {
        DataPlace {
            file: self.input.name.clone(),
            sheet: self.sheet.clone(),
            row: row.map(|row| row as u64),
            column: column.map(str::to_owned),
        }
    }

    fn fail(&mut self, code: &'static str, message: String, row: Option<usize>, column: Option<&str>, help: impl Into<String>) {
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
    fn fits_header(&mut self, number: usize, cells: &[String], header: &Header) -> bool {
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

    /// Whether any line of the source names this column.
    fn reads(&self, name: &str) -> bool {
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
    fn find_header<'s>(&mut self, sheets: &'s [Sheet]) -> Option<(&'s Sheet, usize)> {
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
    fn years_ahead(&self, header: &Header, body: &[(usize, Vec<String>)]) -> Vec<i32> {
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

    fn year_code(&self, text: &str) -> Option<i32> {
        self.source.year_codes.iter().find(|(code, _)| code.eq_ignore_ascii_case(text)).map(|(_, year)| *year).or_else(|| text.parse().ok())
    }

    fn needed_columns(&mut self, header: &Header, header_row: usize, body: &[(usize, Vec<String>)]) -> bool {
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

    fn matches(&self, rule: &CodeMatch, row: &Row, header: &Header) -> bool {
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

    fn key(&mut self, row: &Row, header: &Header, done: &mut Done) -> Option<String> {
        let at = header.first(&self.source.key)?;
        let column = header.names[at].clone();
        let raw = row.get(at);
        let digits = self.program.subject.key_digits;
        let wanted = digits.saturating_sub(self.source.suffix.len());
        let label = &self.program.subject.key_label;
        if raw.is_empty() {
            self.fail(
                "data/bad-key",
                format!("the {label} is blank"),
                Some(row.number),
                Some(&column),
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
            self.fail("data/bad-key", format!("`{raw}` is not a {label}: expected {wanted} digits"), Some(row.number), Some(&column), help);
            return None;
        }
        let mut key = raw.to_owned();
        if key.len() < wanted {
            if !self.source.padded {
                self.fail(
                    "data/bad-key",
                    format!("`{raw}` has {} digits; a {label} has {wanted}", raw.len()),
                    Some(row.number),
                    Some(&column),
                    "a spreadsheet may have dropped leading zeros; fetch the file again with the column as text, or use a source that says `padded`",
                );
                return None;
            }
            key = format!("{raw:0>wanted$}");
            done.note.padded += 1;
        }
        if key.len() != wanted {
            self.fail(
                "data/bad-key",
                format!("`{raw}` has {} digits; a {label} has {wanted}", raw.len()),
                Some(row.number),
                Some(&column),
                "is this the right column? it may hold another number",
            );
            return None;
        }
        key.push_str(&self.source.suffix);
        Some(key)
    }

    fn year(&mut self, row: &Row, header: &Header) -> Option<i32> {
        let source = self.source;
        let in_name = year_in_name(&self.input.name);
        let column = header.first(&source.year_columns);
        let own = match column.map(|at| (at, row.get(at))) {
            Some((at, text)) if !text.is_empty() => match self.year_code(text) {
                Some(year) => Some(year),
                None => {
                    let column = header.names[at].clone();
                    self.fail(
                        "data/bad-year",
                        format!("`{text}` is not a year"),
                        Some(row.number),
                        Some(&column),
                        "expected a year such as 2024",
                    );
                    return None;
                }
            },
            _ => source.year_fixed,
        };
        let year = own.or(self.input.year).or(if source.year_from_name { in_name } else { None });
        let Some(year) = year else {
            if source.fills.iter().all(|fill| !self.program.facts[fill.fact.0].yearly) {
                return Some(0);
            }
            let columns = source.year_columns.join("` or `");
            self.fail(
                "data/bad-year",
                if columns.is_empty() {
                    "neither a column nor the file's name says the year".to_owned()
                } else {
                    format!("the row does not say its year (column `{columns}`)")
                },
                Some(row.number),
                None,
                "name the year in the file's name or in a manifest: `year = 2024`",
            );
            return None;
        };
        let said = [
            ("file name", if source.year_from_name { in_name } else { None }, "rename the file, or fetch the right one"),
            ("manifest", self.input.year, "correct `year` in the manifest, or fetch the right file"),
        ];
        for (place, other, help) in said {
            if let Some(other) = other
                && other != year
            {
                let column = column.map(|at| header.names[at].clone());
                self.fail(
                    "data/year-mismatch",
                    format!("the row is for {year}, but the {place} says {other}"),
                    Some(row.number),
                    column.as_deref(),
                    format!("{help}; a row's own year is never overruled"),
                );
                return None;
            }
        }
        if self.program.period.year(year).is_none() {
            let period = &self.program.period.named;
            let known: Vec<String> = self.program.period.years.iter().map(|entry| entry.year.to_string()).collect();
            self.fail(
                "data/bad-year",
                format!("{year} is not a declared year of the {}", period.label),
                Some(row.number),
                column.map(|at| header.names[at].clone()).as_deref(),
                format!("declared: {}; a new year needs a line in `period {}` and criteria", known.join(", "), period.name),
            );
            return None;
        }
        Some(year)
    }

    /// Members the row is about: one list per column of a wide file, and per entry of a cell that lists several.
    fn members(&mut self, row: &Row, header: &Header, year: i32, done: &mut Done) -> Option<Vec<Said>> {
        let mut said: Vec<Said> = vec![Said::default()];
        let mut wide: Vec<(CategoryId, usize, usize)> = Vec::new();
        for from in &self.source.members {
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
                        let cell = row.get(*at);
                        let entries: Vec<&str> = if *list { cell.split(',').map(str::trim).collect() } else { vec![cell] };
                        let found: Vec<usize> = entries
                            .iter()
                            .filter_map(|entry| self.member(*category, codes, entry, row.number, column, year, done))
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
        done: &mut Done,
    ) -> Option<usize> {
        let list = &self.program.categories[category.0];
        let same = |code: &Option<String>| match code {
            None => cell.is_empty(),
            Some(code) => code.eq_ignore_ascii_case(cell),
        };
        let member = match codes.iter().find(|(code, ..)| same(code)) {
            Some((_, Some(member), _)) => *member,
            Some((code, None, because)) => {
                let code = code.as_deref().unwrap_or("blank");
                let reason = format!("{} {code}: {}", list.named.label, because.as_deref().unwrap_or("ignored"));
                *done.note.skipped.entry(reason).or_default() += 1;
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
                    self.fail("data/unknown-code", message, Some(row), Some(column), help);
                    return None;
                }
            },
        };
        if !self.exists(category, member, year) {
            let member = &list.members[member];
            let from = member.from.unwrap_or_default();
            *done.note.skipped.entry(format!("{} {} exists from {from} on", list.named.label, member.named.name)).or_default() += 1;
            return None;
        }
        Some(member)
    }

    fn exists(&self, category: CategoryId, member: usize, year: i32) -> bool {
        self.program.categories[category.0].members[member].from.is_none_or(|from| year == 0 || year >= from)
    }

    /// Fills the cells of one line; says whether they all said the same before, `None` if there was nothing to fill.
    #[allow(clippy::too_many_arguments, reason = "a row, a line of the source, and where both go")]
    fn fill(
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
