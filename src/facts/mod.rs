//! What is known about every subject: a set of possible values per cell, and where it was read.
//!
//! A cell is one fact of one subject for one member of each of the fact's categories and one year. Known: one value
//! is left. Not loaded: all are. A list that names only the Red cells leaves "anything but Red" elsewhere. Sources
//! that fill the same cell are intersected; an empty intersection is a contradiction, which the caller reports.

mod absorb;
mod batch;
mod columns;
mod notes;
mod state;

pub use absorb::{Clash, Touched, Unlisted};
pub use batch::{Batch, Heard, Place};
pub use columns::ColumnView;
pub use notes::{FileNote, LoadNotes};
pub use state::{State, StateTable, States, Subjects};

use crate::program::{Fact, FactId, Mask, Program};
use columns::{Columns, Speaker};
use jiff::civil::Date;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;

/// Where a cell's value was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Origin {
    /// Index into [`Facts::files`] plus one; 0 for nowhere.
    file: u32,
    /// Row counted from 1 with the header; 0 where the file is complete and has no row.
    row: u32,
}

impl Origin {
    /// A row of a file.
    pub fn row(file: usize, row: usize) -> Self {
        Self { file: file as u32 + 1, row: row as u32 }
    }

    /// A file that is complete and has no row for this cell.
    pub fn unlisted(file: usize) -> Self {
        Self { file: file as u32 + 1, row: 0 }
    }

    /// The file, if any.
    pub fn file(self) -> Option<usize> {
        (self.file as usize).checked_sub(1)
    }

    /// The row, if the file has one for this cell.
    pub fn row_number(self) -> Option<u32> {
        (self.row > 0).then_some(self.row)
    }
}

/// A subject and how it is called.
#[derive(Clone, Debug)]
pub struct SubjectInfo {
    /// The key, all digits.
    pub key: String,
    /// Name as in the latest file that gives one.
    pub name: String,
    /// Index into the subject's kinds.
    pub kind: usize,
    /// The year the name is from.
    name_year: i32,
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cell {
    /// Possible values.
    pub mask: Mask,
    /// Where it was read.
    pub origin: Origin,
    /// The number, where known exactly.
    pub number: Option<Decimal>,
    /// The day, for dated facts.
    pub date: Option<Date>,
}

/// Everything loaded.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// Names of the files read.
    pub files: Vec<String>,
    subjects: Vec<SubjectInfo>,
    index: HashMap<String, usize>,
    columns: Columns,
    speakers: Vec<Speaker>,
    listed: BTreeMap<i32, Subjects>,
    closed: bool,
}

/// Two sources leave no value for a cell.
#[derive(Clone, Debug)]
pub struct Contradiction {
    /// What the cell was before.
    pub had: Cell,
}

impl Facts {
    /// Facts of a stated case: what is not said is absent, where it can be.
    pub fn closed() -> Self {
        Self { closed: true, ..Self::default() }
    }

    /// A subject of a given kind, whatever its key.
    pub fn subject_of_kind(&mut self, key: &str, name: &str, kind: usize) -> usize {
        let at = self.subjects.len();
        self.subjects.push(SubjectInfo { key: key.to_owned(), name: name.to_owned(), kind, name_year: i32::MAX });
        self.index.insert(key.to_owned(), at);
        at
    }

    fn unsaid(&self, program: &Program, fact: &Fact) -> Mask {
        if self.closed && fact.absent.is_some() { fact.absent_bit(program) } else { fact.full(program) }
    }

    /// What it means that nothing was said of a cell of this fact: the mask of state 0, and of a column that is missing.
    pub fn unsaid_mask(&self, program: &Program, fact: FactId) -> Mask {
        self.unsaid(program, &program.facts[fact.0])
    }

    /// The states of one position of a fact's stride in one year, subject by subject.
    ///
    /// `None` where no source speaks of it; then every subject has [`Facts::unsaid_mask`]. The year of a fact that is not
    /// yearly does not matter. A subject beyond the end of the column has state 0. Numbers and dates are as read: a
    /// dated fact is not yet seen from a day, as [`Facts::cell_on`] sees it.
    pub fn column(&self, program: &Program, fact: FactId, year: i32, offset: usize) -> Option<ColumnView<'_>> {
        self.columns.view(fact, if program.facts[fact.0].yearly { year } else { 0 }, offset)
    }

    /// Index of a subject, added if new.
    ///
    /// The kind is that of the key; a key no kind fits is refused.
    pub fn subject(&mut self, program: &Program, key: &str) -> Option<usize> {
        match self.index.get(key) {
            Some(found) => Some(*found),
            None => program.subject.kind_of(key).map(|kind| self.intern(key, kind)),
        }
    }

    fn intern(&mut self, key: &str, kind: usize) -> usize {
        if let Some(found) = self.index.get(key) {
            return *found;
        }
        let at = self.subjects.len();
        self.subjects.push(SubjectInfo { key: key.to_owned(), name: String::new(), kind, name_year: i32::MIN });
        self.index.insert(key.to_owned(), at);
        at
    }

    /// Notes a name; the latest year's stays.
    pub fn name(&mut self, subject: usize, name: &str, year: i32) {
        let info = &mut self.subjects[subject];
        better_name(&mut info.name, &mut info.name_year, name, year);
    }

    /// Notes that a file of `year` has a row for the subject.
    pub fn list(&mut self, subject: usize, year: i32) {
        self.listed.entry(year).or_default().insert(subject);
    }

    /// Whether some file of `year` has a row for the subject.
    pub fn is_listed(&self, year: i32, subject: usize) -> bool {
        self.listed.get(&year).is_some_and(|subjects| subjects.contains(subject))
    }

    /// Subjects with a row in some file of `year`, by key.
    pub fn listed(&self, year: i32) -> Vec<usize> {
        let mut out: Vec<usize> = self.listed.get(&year).into_iter().flat_map(Subjects::iter).collect();
        out.sort_by(|a, b| self.subjects[*a].key.cmp(&self.subjects[*b].key));
        out
    }

    /// Years with rows.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.listed.keys().copied()
    }

    /// Every subject.
    pub fn subjects(&self) -> &[SubjectInfo] {
        &self.subjects
    }

    /// A subject by its whole key.
    pub fn find(&self, key: &str) -> Option<usize> {
        self.index.get(key).copied()
    }

    /// Narrows a cell to `mask`.
    ///
    /// # Errors
    ///
    /// [`Contradiction`] if no value is left; the cell stays as it was.
    #[allow(clippy::too_many_arguments, reason = "the coordinates of a cell and what is said of it")]
    pub fn narrow(
        &mut self,
        program: &Program,
        fact: FactId,
        year: i32,
        subject: usize,
        offset: usize,
        mask: Mask,
        origin: Origin,
        number: Option<Decimal>,
        date: Option<Date>,
    ) -> Result<(), Contradiction> {
        let unsaid = self.unsaid_mask(program, fact);
        let year = if program.facts[fact.0].yearly { year } else { 0 };
        let said = State::said(mask, number, date);
        self.columns.narrow(&self.speakers, (fact, year, offset), unsaid, subject, &said, origin).map_err(|had| Contradiction { had })
    }

    /// Sets a cell, whatever was known of it.
    #[allow(clippy::too_many_arguments, reason = "the coordinates of a cell and what is said of it")]
    pub fn set(
        &mut self,
        program: &Program,
        fact: FactId,
        year: i32,
        subject: usize,
        offset: usize,
        mask: Mask,
        number: Option<Decimal>,
        date: Option<Date>,
    ) {
        let unsaid = self.unsaid_mask(program, fact);
        let year = if program.facts[fact.0].yearly { year } else { 0 };
        self.columns.set((fact, year, offset), unsaid, subject, State::said(mask, number, date));
    }

    /// A cell as loaded.
    pub fn cell(&self, program: &Program, fact: FactId, year: i32, subject: usize, offset: usize) -> Cell {
        let declared: &Fact = &program.facts[fact.0];
        let year = if declared.yearly { year } else { 0 };
        self.columns.cell(&self.speakers, (fact, year, offset), subject).unwrap_or_else(|| Cell {
            mask: self.unsaid(program, declared),
            origin: Origin::default(),
            number: None,
            date: None,
        })
    }

    /// A cell as it stood on `as_of`: a dated fact reads as absent before its day.
    pub fn cell_on(&self, program: &Program, fact: FactId, year: i32, subject: usize, offset: usize, as_of: Date) -> Cell {
        let mut cell = self.cell(program, fact, year, subject, offset);
        let declared = &program.facts[fact.0];
        if declared.dated && declared.absent.is_some() && cell.date.is_some_and(|date| date > as_of) {
            cell.mask = declared.absent_bit(program);
        }
        cell
    }

    /// The possible values of [`Facts::cell_on`], without a look at where they were read.
    pub fn mask_on(&self, program: &Program, fact: FactId, year: i32, subject: usize, offset: usize, as_of: Date) -> Mask {
        let declared = &program.facts[fact.0];
        match self.columns.state((fact, if declared.yearly { year } else { 0 }, offset), subject) {
            None => self.unsaid(program, declared),
            Some(state) if declared.dated && declared.absent.is_some() && state.date.is_some_and(|date| date > as_of) => {
                declared.absent_bit(program)
            }
            Some(state) => state.mask,
        }
    }

    /// Subjects a user may mean: by key, by the key's first digits, or by name.
    pub fn search(&self, text: &str) -> Vec<usize> {
        if let Some(found) = self.find(text) {
            return vec![found];
        }
        let digits = text.chars().all(|c| c.is_ascii_digit()) && !text.is_empty();
        let lower = text.to_lowercase();
        let by = |fits: &dyn Fn(&SubjectInfo) -> bool| -> Vec<usize> {
            self.subjects.iter().enumerate().filter(|(_, subject)| fits(subject)).map(|(at, _)| at).collect()
        };
        if digits {
            let padded =
                |subject: &SubjectInfo| subject.key.starts_with(text) && subject.key[text.len()..].bytes().all(|digit| digit == b'0');
            let exact = by(&padded);
            return if exact.is_empty() { by(&|subject| subject.key.starts_with(text)) } else { exact };
        }
        let exact = by(&|subject| subject.name.to_lowercase() == lower);
        if exact.is_empty() { by(&|subject| subject.name.to_lowercase().contains(&lower)) } else { exact }
    }

    /// Names that are `text` but for a few letters, or begin with as many words that are, for a suggestion.
    pub fn similar(&self, text: &str, most: usize) -> Vec<&SubjectInfo> {
        let lower = text.to_lowercase();
        let n_words = lower.split_whitespace().count();
        let close = |name: &str| {
            let name = name.to_lowercase();
            let begin = name.split_whitespace().take(n_words).collect::<Vec<_>>().join(" ");
            let alike = |other| (strsim::normalized_damerau_levenshtein(&lower, other) * 1e6) as u64;
            alike(&name).max(alike(&begin))
        };
        let mut scored: Vec<(u64, &SubjectInfo)> = self
            .subjects
            .iter()
            .filter(|subject| !subject.name.is_empty())
            .map(|subject| (close(&subject.name), subject))
            .filter(|(score, _)| *score > 700_000)
            .collect();
        scored.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.key.cmp(&b.1.key)));
        scored.into_iter().take(most).map(|(_, subject)| subject).collect()
    }
}

/// Takes over a name that is from a later year, or stands before the other in the alphabet.
fn better_name(old: &mut String, old_year: &mut i32, name: &str, year: i32) {
    let name = name.trim();
    if !name.is_empty() && (old.is_empty() || year > *old_year || (year == *old_year && name < old.as_str())) {
        name.clone_into(old);
        *old_year = year;
    }
}
