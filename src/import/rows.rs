//! Rows, one after the other: passed over, refused, or taken into the batch.

use super::file::{Done, Task};
use super::header::Header;
use super::keys::{Whose, YearSeen};
use super::memo::Memo;
use super::plan::Plan;
use super::problems::Problems;
use super::slots::{Meaning, Slot};
use super::text::{Cells, cut, shown};
use crate::facts::{Batch, FileNote};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxHashMap as HashMap;
use std::rc::Rc;

/// The rows of one file, as far as they are read.
pub(super) struct RowReader<'a> {
    pub task: Task<'a>,
    pub header: &'a Header,
    pub plan: &'a Plan<'a>,
    pub problems: &'a mut Problems,
    pub batch: Batch,
    pub note: FileNote,
    /// Reasons for passing over, with how often each applied.
    pub reasons: IndexMap<String, usize>,
    not_chosen: Option<usize>,
    pub regions: IndexSet<String>,
    /// Years of rows that were used.
    years_used: IndexSet<i32>,
    /// Whose the row before was.
    pub whose: Whose,
    /// The year of the row before, as written, and its place in `years`.
    pub year_text: Vec<u8>,
    pub year_at: Option<usize>,
    pub years: Vec<YearSeen>,
    /// Years of rows passed over, as long as none was read.
    pub years_passed: Vec<i32>,
    /// The years, where they are known without the rows.
    pub years_ahead: Option<Vec<i32>>,
    /// A column is missing, so that rows are only asked for their years.
    pub lacking: bool,
    /// By check: the text that passed last.
    pub passed: Vec<Vec<u8>>,
    pub meanings: Vec<Memo<Rc<Meaning>>>,
    pub tables: HashMap<Vec<usize>, usize>,
    pub values: Vec<Memo<u32>>,
    pub values_at: HashMap<(usize, i32), usize>,
    pub scratch: Vec<u8>,
}

impl<'a> RowReader<'a> {
    pub fn new(task: Task<'a>, header: &'a Header, plan: &'a Plan<'a>, problems: &'a mut Problems) -> Self {
        let years_ahead = task.years_ahead(header);
        let lacking = match &years_ahead {
            Some(years) => !task.missing(header, years).is_empty(),
            None => !task.missing_in_any_year(header).is_empty(),
        };
        Self {
            task,
            header,
            plan,
            problems,
            batch: Batch::default(),
            note: FileNote::default(),
            reasons: IndexMap::new(),
            not_chosen: None,
            regions: IndexSet::new(),
            years_used: task.input.year.or(task.source.year_fixed).into_iter().collect(),
            whose: Whose::default(),
            year_text: Vec::new(),
            year_at: None,
            years: Vec::new(),
            years_passed: Vec::new(),
            years_ahead,
            lacking,
            passed: vec![Vec::new(); plan.checks.len()],
            meanings: Vec::new(),
            tables: HashMap::default(),
            values: Vec::new(),
            values_at: HashMap::default(),
            scratch: Vec::new(),
        }
    }

    /// A line of tab-separated text. `ends` is room to cut it in.
    ///
    /// Every line's tabs are counted, also where its row is passed over: a row that was broken in two would else pass
    /// for one that the source does not read.
    #[inline]
    pub fn line(&mut self, number: usize, line: &[u8], ends: &mut Vec<u32>) {
        let Some(first) = line.first() else { return };
        let plan = self.plan;
        ends.clear();
        cut(line, ends, plan.cut_to_choose);
        let n = ends.len() + ends.last().map_or(Some(line), |end| line.get(*end as usize + 1..)).map_or(0, cells_in);
        if n != plan.width || !first.is_ascii_graphic() {
            cut(line, ends, n);
            return self.row(&Cells { number, n, bytes: line, ends, gap: 1 });
        }
        self.note.rows += 1;
        if plan.chooses(&Cells { number, n, bytes: line, ends, gap: 1 }) {
            cut(line, ends, plan.cut);
            self.chosen(&Cells { number, n, bytes: line, ends, gap: 1 });
        } else {
            if self.years.is_empty() {
                cut(line, ends, plan.cut);
            }
            self.not_chosen(&Cells { number, n, bytes: line, ends, gap: 1 });
        }
    }

    /// A row, cut into all its cells.
    pub fn row(&mut self, cells: &Cells) {
        if cells.is_blank() {
            return;
        }
        self.note.rows += 1;
        if !self.fits_header(cells) {
            return;
        }
        if self.plan.chooses(cells) { self.chosen(cells) } else { self.not_chosen(cells) }
    }

    /// A row that ends before a column that is read, or runs past the last one, has moved its cells.
    fn fits_header(&mut self, cells: &Cells) -> bool {
        let (n, wanted) = (cells.n, self.plan.width);
        if n < wanted
            && let Some(column) = self.header.names[n..].iter().find(|name| self.task.reads(name))
        {
            self.problems.fail(
                "data/short-row",
                format!("this row has {n} cells, the header {wanted}: it ends before column `{column}`"),
                Some(cells.number),
                None,
                "a line break inside a cell may have split the row, or its end is lost; fetch the file again",
            );
            return false;
        }
        if n > wanted && (wanted..n).any(|at| !cells.get(at).is_empty()) {
            self.problems.fail(
                "data/long-row",
                format!("this row has {n} cells, the header {wanted}"),
                Some(cells.number),
                None,
                "a comma inside a cell must stand in quotation marks, or the cells after it move one column to the right",
            );
            return false;
        }
        true
    }

    fn not_chosen(&mut self, cells: &Cells) {
        if self.years.is_empty() {
            self.year_passed(cells);
        }
        let at = match self.not_chosen {
            Some(at) => at,
            None => {
                let reason = self.task.source.skip.clone().unwrap_or_else(|| "not a row the source reads".to_owned());
                let at = self.reason(reason);
                self.not_chosen = Some(at);
                at
            }
        };
        self.pass_over(at);
    }

    /// Index of a reason for passing over.
    pub fn reason(&mut self, reason: String) -> usize {
        let entry = self.reasons.entry(reason);
        let at = entry.index();
        entry.or_default();
        at
    }

    pub fn pass_over(&mut self, reason: usize) {
        self.reasons[reason] += 1;
    }

    /// A row the source reads.
    fn chosen(&mut self, cells: &Cells) {
        if !self.key(cells) {
            return;
        }
        let Some(year_at) = self.year(cells) else { return };
        if self.lacking || !self.is_expected(cells) {
            return;
        }
        let Some(slot) = self.slot(cells, year_at) else { return };
        let subject = match self.whose.subject {
            Some(subject) => subject,
            None => self.meet(),
        };
        let year = self.years[year_at].year;
        if let Some(at) = self.plan.names[self.whose.kind] {
            let (name, cell) = (self.batch.named(subject), cells.get(at));
            if name != (std::str::from_utf8(cell).unwrap_or_default(), year) {
                self.batch.name(subject, &shown(cell), year);
            }
        }
        if year != 0 {
            if !self.years[year_at].used {
                self.years[year_at].used = true;
                self.years_used.insert(year);
            }
            self.batch.list(subject, self.years[year_at].list);
        }
        self.fill(&slot, cells, subject);
        self.note.used += 1;
    }

    /// Takes the subject of a row that is used into the batch.
    fn meet(&mut self) -> usize {
        let Whose { key, kind, .. } = &self.whose;
        let subject = self.batch.subject(key, *kind);
        self.regions.insert(key.get(..self.task.program.subject.region_digits).unwrap_or(key).to_owned());
        self.whose.subject = Some(subject);
        subject
    }

    /// Whether the columns that must hold certain codes do.
    fn is_expected(&mut self, cells: &Cells) -> bool {
        for (check, passed) in self.plan.checks.iter().zip(&mut self.passed) {
            let cell = cells.get(check.at);
            if cell == passed.as_slice() && !cell.is_empty() {
                continue;
            }
            if !check.codes.iter().any(|code| super::text::holds(cell, Some(code.as_deref().unwrap_or("")))) {
                let wanted: Vec<String> = check.codes.iter().map(|code| format!("`{}`", code.as_deref().unwrap_or(""))).collect();
                self.problems.fail(
                    "data/unexpected-value",
                    format!("`{}` where source `{}` expects {}", shown(cell), self.task.source.named.name, wanted.join(" or ")),
                    Some(cells.number),
                    Some(check.column),
                    "the file may be misnamed: its rows say they are something else",
                );
                return false;
            }
            passed.clear();
            passed.extend_from_slice(cell);
        }
        true
    }

    fn fill(&mut self, slot: &Slot, cells: &Cells, subject: usize) {
        let row = cells.number as u32;
        self.batch.row(slot.table, subject, row);
        let (mut repeated, mut compared) = (true, false);
        for line in &slot.lines {
            let Some(state) = self.state(line, cells) else { continue };
            compared = true;
            match self.batch.say(line.column, subject, row, state) {
                crate::facts::Heard::Again => {}
                crate::facts::Heard::New => repeated = false,
                crate::facts::Heard::Against(had, there) => {
                    repeated = false;
                    self.said_otherwise(line, state, &had, there, cells.number);
                }
            }
        }
        if repeated && compared {
            self.note.repeated += 1;
        }
    }

    pub fn done(self) -> Done {
        let mut note = self.note;
        note.skipped = self.reasons;
        note.years = self.years_used.iter().copied().collect();
        note.years.sort_unstable();
        Done { note, batch: self.batch, years: self.years_used, regions: self.regions, complete: self.task.input.complete.clone() }
    }
}

/// Cells of a piece of a tab-separated row.
#[inline]
fn cells_in(piece: &[u8]) -> usize {
    memchr::memchr_iter(b'\t', piece).count() + 1
}
