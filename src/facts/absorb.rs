//! Files come together: batches into facts, and what complete files say by having no row.

use super::batch::{Batch, BatchColumn, Place};
use super::columns::{Speaker, YearColumns};
use super::state::{State, StateTable, Subjects};
use super::{Cell, Facts, Origin};
use crate::program::{FactId, Mask, Program};
use crate::threads::each;
use rustc_hash::FxHashMap as HashMap;
use std::sync::{Mutex, PoisonError};

/// A file says of a cell what leaves no value together with what was known.
#[derive(Clone, Debug)]
pub struct Clash {
    /// Which cell.
    pub place: Place,
    /// Of which subject.
    pub subject: usize,
    /// The row that says so; 0 for no row.
    pub row: u32,
    /// What it says.
    pub says: State,
    /// What was known; it stays.
    pub had: Cell,
}

/// The subjects a file has a statement about, column by column.
#[derive(Clone, Debug, Default)]
pub struct Touched(HashMap<Place, Subjects>);

/// What a file says of a column by having no row.
#[derive(Clone, Copy, Debug)]
pub struct Unlisted<'t> {
    /// The column.
    pub place: Place,
    /// What it means.
    pub mask: Mask,
    /// The file and whom it is complete for, from [`Facts::complete`].
    pub complete: usize,
    /// Whom the file has rows of.
    pub touched: &'t Touched,
}

impl Facts {
    /// Takes in what a file says. `file` is its index in [`Facts::files`].
    ///
    /// Gives back the cells that contradict what was known, by row, and the cells the file speaks of.
    pub fn absorb(&mut self, program: &Program, batch: &Batch, file: usize) -> (Vec<Clash>, Touched) {
        // files tend to list subjects in the same order
        let mut next = 0;
        let of = |(key, kind): (&String, &usize)| {
            let at = if self.subjects.get(next).is_some_and(|info| info.key == *key) { next } else { self.intern(key, *kind) };
            next = at + 1;
            at
        };
        let to: Vec<usize> = batch.keys.iter().map(of).collect();
        for (own, (name, year)) in to.iter().zip(&batch.names) {
            self.name(*own, name, *year);
        }
        for (year, subjects) in &batch.listed {
            let listed = self.listed.entry(*year).or_default();
            subjects.iter().for_each(|own| listed.insert(to[own]));
        }
        let first = self.speakers.len();
        self.speakers.extend(batch.tables.iter().map(|rows| speaker(rows, &to, file)));
        let mut clashes = Vec::new();
        let mut touched = Touched::default();
        // by the batch's states, the same among the facts'; 0 until it is known, as state 0 is never said
        let mut known: Vec<Vec<u32>> = batch.values.iter().map(|(_, values)| vec![0; values.len()]).collect();
        for column in &batch.columns {
            let known = &mut known[column.values];
            touched.0.insert(column.place, self.absorb_column(program, batch, column, file, first, &to, known, &mut clashes));
        }
        clashes.sort_by_key(|clash| clash.row);
        (clashes, touched)
    }

    #[allow(clippy::too_many_arguments, reason = "a column, where it comes from, and where its contradictions go")]
    fn absorb_column(
        &mut self,
        program: &Program,
        batch: &Batch,
        from: &BatchColumn,
        file: usize,
        first_speaker: usize,
        to: &[usize],
        known: &mut [u32],
        clashes: &mut Vec<Clash>,
    ) -> Subjects {
        let (fact, year, offset) = from.place;
        let unsaid = self.unsaid_mask(program, fact);
        let own = self.columns.year_mut(fact, year, unsaid);
        own.reach(offset);
        let values = &batch.values[from.values].1;
        let mut taken = |table: &mut StateTable, said: u32| {
            let state = &mut known[said as usize];
            if *state == 0 {
                *state = table.insert_full(values[said as usize]).0 as u32;
            }
            *state
        };
        let rows = &batch.tables[from.table];
        let mut touched = Subjects::default();
        own.offsets[offset].homes.push((first_speaker + from.table) as u32);
        // cells that were read where the new speaker says need no note of their own
        let alone = own.offsets[offset].homes.len() == 1;
        if alone && from.elsewhere.is_empty() && own.offsets[offset].states.is_empty() {
            // the first to speak of any of these cells, as most columns of a file are
            let (column, table) = (&mut own.offsets[offset], &mut own.table);
            from.states.each_said(to, |_, subject, said| {
                touched.insert(subject);
                column.states.set(subject, taken(table, said));
            });
            return touched;
        }
        from.states.each_said(to, |local, subject, said| {
            touched.insert(subject);
            let elsewhere = if from.elsewhere.is_empty() { None } else { from.elsewhere.get(&(local as u32)) };
            let row = elsewhere.or_else(|| rows.get(local)).copied().unwrap_or(0);
            let origin = Origin::row(file, row as usize);
            let column = &mut own.offsets[offset];
            if column.states.get(subject) == 0 {
                column.states.set(subject, taken(&mut own.table, said));
                if !alone || elsewhere.is_some() {
                    column.set_origin(&self.speakers, subject, origin);
                }
            } else if let Err(had) = own.narrow(&self.speakers, offset, subject, &values[said as usize], origin) {
                clashes.push(Clash { place: from.place, subject, row, says: values[said as usize], had });
            }
        });
        touched
    }

    /// Notes a file that is complete for these subjects; the result is for [`Facts::unlisted`].
    pub fn complete(&mut self, file: usize, covered: Subjects) -> usize {
        self.speakers.push(Speaker::Unlisted { file, covered });
        self.speakers.len() - 1
    }

    /// Narrows columns for every subject that files are complete for and do not speak of, one after the other where they are of
    /// one fact and year, else on `threads` threads.
    ///
    /// Contradictions are given back as `said` stands, each by subject; those cells stay.
    pub fn unlisted(&mut self, program: &Program, said: &[Unlisted], threads: usize) -> Vec<Vec<Clash>> {
        let mut of_year: HashMap<(FactId, i32), Vec<usize>> = HashMap::default();
        for (at, one) in said.iter().enumerate() {
            let (fact, year, offset) = one.place;
            let unsaid = self.unsaid_mask(program, fact);
            self.columns.year_mut(fact, year, unsaid).reach(offset);
            of_year.entry((fact, year)).or_default().push(at);
        }
        let unsaid: Vec<Mask> = said.iter().map(|one| self.unsaid_mask(program, one.place.0)).collect();
        let speakers = &self.speakers;
        let work: Vec<_> = self.columns.each_mut().filter_map(|(key, own)| Some(Mutex::new((own, of_year.remove(&key)?)))).collect();
        let found = each(threads, work.len(), |at| {
            let mut work = work[at].lock().unwrap_or_else(PoisonError::into_inner);
            let (own, said_of) = &mut *work;
            said_of.iter().map(|at| (*at, own.unlisted(speakers, &said[*at], unsaid[*at]))).collect::<Vec<_>>()
        });
        let mut clashes: Vec<Vec<Clash>> = said.iter().map(|_| Vec::new()).collect();
        for (at, own) in found.into_iter().flatten() {
            clashes[at] = own;
        }
        clashes
    }
}

impl YearColumns {
    fn unlisted(&mut self, speakers: &[Speaker], said: &Unlisted, unsaid: Mask) -> Vec<Clash> {
        let Unlisted { place, mask, complete, touched } = *said;
        let offset = place.2;
        let Speaker::Unlisted { file, covered } = &speakers[complete] else { return Vec::new() };
        let origin = Origin::unlisted(*file);
        let nobody = Subjects::default();
        let touched = touched.0.get(&place).unwrap_or(&nobody);
        let says = State::said(mask, None, None);
        let from_nothing = State::unsaid(unsaid).narrowed(&says);
        let mut from_nothing_at = None;
        let mut clashes = Vec::new();
        self.offsets[offset].homes.push(complete as u32);
        let homes = self.offsets[offset].homes.clone();
        // where none of those before speaks of a subject, the cell's origin needs no note
        let before = || homes.iter().map(|home| &speakers[*home as usize]).take(homes.len() - 1);
        for subject in covered.iter_without(touched) {
            let column = &mut self.offsets[offset];
            if column.states.get(subject) == 0
                && let Some(state) = from_nothing
            {
                column.states.set(subject, *from_nothing_at.get_or_insert_with(|| self.table.insert_full(state).0 as u32));
                if before().any(|speaker| speaker.origin(subject).is_some()) {
                    column.set_origin(speakers, subject, origin);
                }
            } else if let Err(had) = self.narrow(speakers, offset, subject, &says, origin) {
                clashes.push(Clash { place, subject, row: 0, says, had });
            }
        }
        clashes
    }
}

/// Rows by the facts' subjects, from rows by the batch's.
fn speaker(rows: &[u32], to: &[usize], file: usize) -> Speaker {
    let pairs = || rows.iter().zip(to).filter(|(row, _)| **row > 0);
    let first = pairs().map(|(_, subject)| *subject).min().unwrap_or(0);
    let end = pairs().map(|(_, subject)| *subject + 1).max().unwrap_or(0);
    let mut own = vec![0; end.saturating_sub(first)];
    for (row, subject) in pairs() {
        own[subject - first] = *row;
    }
    Speaker::Rows { file, first, rows: own }
}
