//! Rows, one after the other: passed over, refused, or taken into the batch.

use super::file::{Done, Task};
use super::header::Header;
use super::keys::{Whose, YearSeen};
use super::marks::Line;
use super::memo::{Last, Memo};
use super::plan::Plan;
use super::problems::Problems;
use super::slots::{Line as Filled, Meaning, Slot};
use super::text::{Cells, shown};
use crate::diagnostic::closest;
use crate::facts::{Batch, FileNote, Heard};
use indexmap::{IndexMap, IndexSet};
use rustc_hash::FxHashMap as HashMap;

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
    /// The reason for passing over what is not chosen, and how often it applied.
    not_chosen: Option<usize>,
    n_not_chosen: usize,
    pub regions: IndexSet<String>,
    /// Years of rows that are not passed over as a whole.
    years_used: IndexSet<i32>,
    /// The start of the line before, up to the last cell that decides whether a row is read; empty if unknown.
    before: Vec<u8>,
    before_chosen: bool,
    /// Whose the row before was.
    pub whose: Whose,
    /// The year of the row before, as written, and its place in `years`.
    pub year_text: Last,
    pub year_at: Option<usize>,
    pub years: Vec<YearSeen>,
    /// Years of rows passed over, as long as none was read.
    pub years_passed: Vec<i32>,
    /// The years, where they are known without the rows.
    pub years_ahead: Option<Vec<i32>>,
    /// A column is missing, so that rows are only asked for their years.
    pub lacking: bool,
    /// By check: the text that passed last.
    pub passed: Vec<Last>,
    /// By year: where in `meanings` the texts are that name members.
    pub meaning_at: Vec<Memo<u32>>,
    pub meanings: Vec<Meaning>,
    /// What slots refer to.
    pub lines: Vec<Filled>,
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
            n_not_chosen: 0,
            regions: IndexSet::new(),
            years_used: task.input.year.or(task.source.year_fixed).into_iter().collect(),
            before: Vec::new(),
            before_chosen: false,
            whose: Whose::default(),
            year_text: Last::default(),
            year_at: None,
            years: Vec::new(),
            years_passed: Vec::new(),
            years_ahead,
            lacking,
            passed: plan.checks.iter().map(|_| Last::default()).collect(),
            meaning_at: Vec::new(),
            meanings: Vec::new(),
            lines: Vec::new(),
            tables: HashMap::default(),
            values: Vec::new(),
            values_at: HashMap::default(),
            scratch: Vec::new(),
        }
    }

    /// A line of tab-separated text. `ends` is room to cut it in, and stays as it is between two lines.
    ///
    /// Every line's cells are counted, also where its row is passed over: a row that was broken in two would else pass
    /// for one that the source does not read.
    #[inline]
    pub fn line(&mut self, line: Line, ends: &mut Vec<u32>) {
        let plan = self.plan;
        let n = line.cells();
        // rows of one subject mostly follow each other and start alike
        let alike = n == plan.width && self.like_before(line.bytes);
        if !alike {
            self.whose.met_alike = false;
            let Some(first) = line.bytes.first() else { return };
            ends.resize(n, 0);
            if n != plan.width || !first.is_ascii_graphic() {
                self.before.clear();
                line.cut(ends, 0);
                return self.row(&Cells { number: line.number, n, bytes: line.room, ends, gap: 1 });
            }
            let decide = &mut ends[..plan.cut_to_choose];
            line.cut(decide, 0);
            self.before_chosen = plan.chooses(&Cells { number: line.number, n, bytes: line.room, ends: decide, gap: 1 });
            self.before.clear();
            if let Some(start) = decide.last().and_then(|end| line.bytes.get(..=*end as usize)) {
                self.before.extend_from_slice(start);
            }
        }
        self.note.rows += 1;
        if self.before_chosen {
            self.cut(&line, ends);
            self.chosen(&Cells { number: line.number, n, bytes: line.room, ends, gap: 1 }, alike);
        } else {
            if self.years.is_empty() && self.years_ahead.is_none() {
                self.cut(&line, ends);
                self.year_passed(&Cells { number: line.number, n, bytes: line.room, ends, gap: 1 });
            }
            self.not_chosen();
        }
    }

    /// Cuts what is read of a line; the cells that decide whether it is are known.
    #[inline]
    fn cut(&self, line: &Line, ends: &mut [u32]) {
        let (front, back) = self.plan.cut;
        line.cut(&mut ends[..front], self.plan.cut_to_choose);
        if back > 0 {
            line.cut_last(ends, back);
        }
    }

    /// Whether the cells that decide whether a row is read are those of the line before.
    #[inline]
    fn like_before(&self, line: &[u8]) -> bool {
        let Some(start) = line.get(..self.before.len()) else { return false };
        let (own, own_rest) = start.as_chunks::<16>();
        let (before, rest) = self.before.as_chunks::<16>();
        let equal = |(a, b): (&[u8; 16], &[u8; 16])| u128::from_ne_bytes(*a) == u128::from_ne_bytes(*b);
        if !own.iter().zip(before).all(equal) {
            return false;
        }
        // most starts are longer than a word, so that the last word of both holds the rest
        match (start.last_chunk(), self.before.last_chunk()) {
            (Some(own), Some(before)) => equal((own, before)),
            _ => !rest.is_empty() && own_rest == rest,
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
        if self.plan.chooses(cells) {
            self.chosen(cells, false);
        } else {
            if self.years.is_empty() {
                self.year_passed(cells);
            }
            self.not_chosen();
        }
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

    #[inline]
    fn not_chosen(&mut self) {
        let at = match self.not_chosen {
            Some(at) => at,
            None => {
                let reason = self.task.source.skip.clone().unwrap_or_else(|| "not a row the source reads".to_owned());
                let at = self.reason(reason);
                self.not_chosen = Some(at);
                at
            }
        };
        debug_assert!(at < self.reasons.len());
        self.n_not_chosen += 1;
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

    /// A row the source reads. `alike` says that it starts as the row before, up to the last cell that decides so.
    fn chosen(&mut self, cells: &Cells, alike: bool) {
        if !self.key(cells, alike) {
            return;
        }
        let Some(year_at) = self.year(cells) else { return };
        if self.lacking || !self.is_expected(cells) {
            return;
        }
        let Some(slot) = self.slot(cells, year_at) else { return };
        let subject = self.meet(cells, year_at, alike);
        if let Some(slot) = slot {
            self.fill(slot, cells, subject);
            self.note.used += 1;
        }
    }

    /// Takes the subject of a row into the batch, with its name and the row's year.
    #[inline]
    fn meet(&mut self, cells: &Cells, year_at: usize, alike: bool) -> usize {
        if let Some((subject, year)) = self.whose.met
            && year == year_at
            && alike
            && self.whose.met_alike
        {
            return subject;
        }
        let at = self.plan.names[self.whose.kind];
        self.whose.met_alike = at.is_none_or(|at| at < self.plan.cut_to_choose);
        let name = at.map_or(&b""[..], |at| cells.get(at));
        match self.whose.met {
            Some((subject, year)) if year == year_at && self.whose.name == name => subject,
            _ => self.meet_anew(name, year_at),
        }
    }

    fn meet_anew(&mut self, name: &[u8], year_at: usize) -> usize {
        let Whose { key, kind, .. } = &self.whose;
        let subject = self.batch.subject(key, *kind);
        let region = key.get(..self.task.program.subject.region_digits).unwrap_or(key);
        if self.regions.last().is_none_or(|last| last != region) {
            self.regions.insert(region.to_owned());
        }
        let seen = &mut self.years[year_at];
        if seen.year != 0 {
            if !std::mem::replace(&mut seen.used, true) {
                self.years_used.insert(seen.year);
            }
            self.batch.list(subject, seen.list);
        }
        self.batch.name(subject, &shown(name), seen.year);
        self.whose.name.clear();
        self.whose.name.extend_from_slice(name);
        self.whose.met = Some((subject, year_at));
        subject
    }

    /// Whether the columns that must hold certain codes do.
    fn is_expected(&mut self, cells: &Cells) -> bool {
        for (check, passed) in self.plan.checks.iter().zip(&mut self.passed) {
            if passed.is(cells, check.at) {
                continue;
            }
            let cell = cells.get(check.at);
            if !check.codes.iter().any(|code| super::text::holds(cell, Some(code.as_deref().unwrap_or("")))) {
                let wanted: Vec<String> = check.codes.iter().map(|code| format!("`{}`", code.as_deref().unwrap_or(""))).collect();
                let wanted = match wanted.split_last() {
                    Some((last, most)) if !most.is_empty() => format!("{} or {last}", most.join(", ")),
                    _ => wanted.concat(),
                };
                let help = match closest(&shown(cell), check.codes.iter().filter_map(|code| code.as_deref())) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "the file may be misnamed: its rows say they are something else".to_owned(),
                };
                self.problems.fail(
                    "data/unexpected-value",
                    format!("`{}` where source `{}` expects {wanted}", shown(cell), self.task.source.named.name),
                    Some(cells.number),
                    Some(check.column),
                    help,
                );
                return false;
            }
            passed.set(cell);
        }
        true
    }

    #[inline]
    fn fill(&mut self, slot: Slot, cells: &Cells, subject: usize) {
        let row = cells.number as u32;
        let first = self.batch.row(slot.table, subject, row);
        let (mut repeated, mut compared) = (true, false);
        for at in slot.lines.0..slot.lines.1 {
            let line = self.lines[at];
            let known = match line.plain {
                Some((at, values)) => self.values[values].of(cells, at),
                None => None,
            };
            let Some(state) = known.or_else(|| self.state(&line, cells)) else { continue };
            compared = true;
            match self.batch.say(line.column, subject, row, first && line.at_home, state) {
                Heard::Again => {}
                Heard::New => repeated = false,
                Heard::Against(had, there) => {
                    repeated = false;
                    self.said_otherwise(&line, state, &had, there, cells.number);
                }
            }
        }
        if repeated && compared {
            self.note.repeated += 1;
        }
    }

    pub fn done(mut self) -> Done {
        let mut note = self.note;
        if let Some(at) = self.not_chosen {
            self.reasons[at] += self.n_not_chosen;
        }
        note.skipped = self.reasons;
        note.years = self.years_used.iter().copied().collect();
        note.years.sort_unstable();
        Done { note, batch: self.batch, years: self.years_used, regions: self.regions, complete: self.task.input.complete.clone() }
    }
}
