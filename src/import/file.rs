//! One file: opened, its header found, its rows read.
//!
//! What it says is kept in a [`Batch`] of its own, so that files can be read side by side.

use super::header::Header;
use super::plan::Plan;
use super::problems::Problems;
use super::rows::RowReader;
use super::table::{self, Rest};
use super::text::Cells;
use super::{Complete, InputFile};
use crate::diagnostic::Diagnostic;
use crate::facts::{Batch, FileNote};
use crate::program::*;
use indexmap::IndexSet;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A file and the source it is read as.
#[derive(Clone, Copy)]
pub(super) struct Task<'a> {
    pub program: &'a Program,
    pub source: &'a Published,
    pub input: &'a InputFile,
}

/// A file whose rows are read.
pub(super) struct Done {
    pub note: FileNote,
    pub batch: Batch,
    pub years: IndexSet<i32>,
    pub regions: IndexSet<String>,
    pub complete: Option<Complete>,
}

/// Reads every row; no [`Done`] if the file as a whole cannot be used. Problems are ordered by row.
pub(super) fn read(task: Task, first_only: bool) -> (Option<Done>, Vec<Diagnostic>) {
    let mut problems = Problems::new(task.input, first_only);
    let done = task.read(&mut problems).unwrap_or_else(|unreadable| {
        // nothing that was seen before the damage is worth a message of its own
        problems.back_to(0);
        problems.sheet = None;
        let help = "save it again, or fetch it again from its publisher";
        problems.fail("data/unreadable-file", unreadable, None, None, help);
        None
    });
    (done, problems.list)
}

impl Task<'_> {
    fn read(self, problems: &mut Problems) -> Result<Option<Done>, String> {
        let bytes = Arc::new(AtomicU64::new(0));
        let mut table = table::open(&self.input.content, &bytes)?;
        let Some((sheet, at)) = self.find_header(&table.sheets, problems) else {
            // damage further on would explain it
            table.rest.skip()?;
            return Ok(None);
        };
        let sheet = &table.sheets[sheet];
        problems.sheet.clone_from(&sheet.name);
        let header = Header::new(&sheet.rows[at].1, sheet.rows[at].0);
        self.columns_named_twice(&header, problems);
        let plan = Plan::new(self, &header);
        let of_header = problems.list.len();
        let mut rows = RowReader::new(self, &header, &plan, problems);
        let (mut text, mut ends) = (Vec::new(), Vec::new());
        for (number, cells) in &sheet.rows[at + 1..] {
            text.clear();
            ends.clear();
            for cell in cells {
                text.extend_from_slice(cell.as_bytes());
                ends.push(text.len() as u32);
            }
            rows.row(&Cells { number: *number, n: cells.len(), bytes: &text, ends: &ends, gap: 0 });
        }
        match &mut table.rest {
            Rest::Nothing => {}
            Rest::Tabs(lines) => {
                while let Some(line) = lines.next()? {
                    rows.line(line, &mut ends);
                }
            }
            Rest::Quoted(quoted) => {
                while let Some(cells) = quoted.next()? {
                    rows.row(&cells);
                }
            }
        }
        let lacks = rows.columns_lacking();
        let mut done = rows.done();
        if let Some((missing, years)) = lacks {
            // rows cannot be read rightly without them
            problems.back_to(of_header);
            self.columns_missing(&header, missing, &years, problems);
            return Ok(None);
        }
        done.note.file.clone_from(&self.input.name);
        done.note.source.clone_from(&self.source.named.name);
        done.note.sheet.clone_from(&sheet.name);
        done.note.header_row = header.row;
        done.note.bytes = bytes.load(Ordering::Relaxed);
        done.note.unread_columns = header.names.iter().filter(|name| !name.is_empty() && !self.reads(name)).cloned().collect();
        Ok(Some(done))
    }

    fn columns_named_twice(self, header: &Header, problems: &mut Problems) {
        let mut seen = HashSet::new();
        for name in header.names.iter().filter(|name| !name.is_empty()) {
            if !seen.insert(name) && self.reads(name) {
                let message = format!("two columns are called `{name}`");
                problems.fail("data/duplicate-column", message, Some(header.row), None, "remove or rename one of them");
            }
        }
        for member in &self.source.members {
            let MemberFrom::Columns(category, columns) = member else { continue };
            for (names, member) in columns {
                let found: Vec<&String> = names.iter().filter(|name| header.at.contains_key(*name)).collect();
                if let ([first, second, ..], Some(member)) = (found.as_slice(), member) {
                    let what = &self.program.categories[category.0].members[*member].named.name;
                    let message = format!("columns `{first}` and `{second}` both stand for {what}");
                    let help = "remove one of them, so that one column speaks";
                    problems.fail("data/duplicate-column", message, Some(header.row), None, help);
                }
            }
        }
    }
}

impl Rest {
    /// Reads to the end, to learn whether the file as a whole is sound.
    fn skip(&mut self) -> Result<(), String> {
        match self {
            Self::Nothing => {}
            Self::Tabs(lines) => while lines.next()?.is_some() {},
            Self::Quoted(quoted) => while quoted.next()?.is_some() {},
        }
        Ok(())
    }
}
