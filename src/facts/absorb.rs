//! Files come together: batches into facts, and what complete files say by having no row.

use super::batch::{Batch, BatchColumn, Place};
use super::columns::Speaker;
use super::state::{State, Subjects};
use super::{Cell, Facts, Origin};
use crate::program::{Mask, Program};
use rustc_hash::FxHashMap as HashMap;

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

impl Facts {
    /// Takes in what a file says. `file` is its index in [`Facts::files`].
    ///
    /// Gives back the cells that contradict what was known, by row, and the cells the file speaks of.
    pub fn absorb(&mut self, program: &Program, batch: &Batch, file: usize) -> (Vec<Clash>, Touched) {
        let to: Vec<usize> = batch.keys.iter().map(|(key, kind)| self.intern(key, *kind)).collect();
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
        for column in &batch.columns {
            touched.0.insert(column.place, self.absorb_column(program, batch, column, file, first, &to, &mut clashes));
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
        clashes: &mut Vec<Clash>,
    ) -> Subjects {
        let (fact, year, offset) = from.place;
        let unsaid = self.unsaid_mask(program, fact);
        let own = self.columns.year_mut(fact, year, unsaid);
        own.reach(offset);
        let values = &batch.values[from.values].1;
        let mut states: Vec<Option<u32>> = vec![None; values.len()];
        let rows = &batch.tables[from.table];
        let mut touched = Subjects::default();
        own.offsets[offset].homes.push((first_speaker + from.table) as u32);
        // cells that were read where the new speaker says need no note of their own
        let alone = own.offsets[offset].homes.len() == 1;
        for (local, subject) in to.iter().enumerate().take(from.states.len()) {
            let said = from.states.get(local);
            if said == 0 {
                continue;
            }
            touched.insert(*subject);
            let elsewhere = if from.elsewhere.is_empty() { None } else { from.elsewhere.get(&(local as u32)) };
            let row = elsewhere.or_else(|| rows.get(local)).copied().unwrap_or(0);
            let origin = Origin::row(file, row as usize);
            let column = &mut own.offsets[offset];
            if column.states.get(*subject) == 0 {
                let state = *states[said as usize].get_or_insert_with(|| own.table.insert_full(values[said as usize]).0 as u32);
                column.states.set(*subject, state);
                if !alone || elsewhere.is_some() {
                    column.set_origin(&self.speakers, *subject, origin);
                }
            } else if let Err(had) = own.narrow(&self.speakers, offset, *subject, &values[said as usize], origin) {
                clashes.push(Clash { place: from.place, subject: *subject, row, says: values[said as usize], had });
            }
        }
        touched
    }

    /// Notes a file that is complete for these subjects; the result is for [`Facts::unlisted`].
    pub fn complete(&mut self, file: usize, covered: Subjects) -> usize {
        self.speakers.push(Speaker::Unlisted { file, covered });
        self.speakers.len() - 1
    }

    /// Narrows a column to `mask` for every subject the file is complete for and does not speak of.
    ///
    /// `complete` comes from [`Facts::complete`]. Contradictions are given back by subject; those cells stay.
    pub fn unlisted(&mut self, program: &Program, place: Place, mask: Mask, complete: usize, touched: &Touched) -> Vec<Clash> {
        let (fact, year, offset) = place;
        let unsaid = self.unsaid_mask(program, fact);
        let own = self.columns.year_mut(fact, year, unsaid);
        own.reach(offset);
        let Speaker::Unlisted { file, covered } = &self.speakers[complete] else { return Vec::new() };
        let origin = Origin::unlisted(*file);
        let touched = touched.0.get(&place);
        let says = State::said(mask, None, None);
        let from_nothing = State::unsaid(unsaid).narrowed(&says);
        let mut from_nothing_at = None;
        let mut clashes = Vec::new();
        own.offsets[offset].homes.push(complete as u32);
        for subject in covered.iter().filter(|subject| touched.is_none_or(|touched| !touched.contains(*subject))) {
            let column = &mut own.offsets[offset];
            if column.states.get(subject) == 0
                && let Some(state) = from_nothing
            {
                column.states.set(subject, *from_nothing_at.get_or_insert_with(|| own.table.insert_full(state).0 as u32));
                column.set_origin(&self.speakers, subject, origin);
            } else if let Err(had) = own.narrow(&self.speakers, offset, subject, &says, origin) {
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
