//! What one file says, before it meets the others.
//!
//! A batch has subjects, states and rows of its own, so that files can be read side by side; [`Facts::absorb`] brings
//! them together in the files' order.
//!
//! [`Facts::absorb`]: super::Facts::absorb

use super::state::{State, StateTable, States, Subjects, room_for, unsaid_table};
use crate::program::{FactId, Mask};
use indexmap::IndexMap;
use rustc_hash::{FxBuildHasher, FxHashMap as HashMap};

/// One fact, one year, one position within the fact's stride.
pub type Place = (FactId, i32, usize);

/// What one file says.
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// Keys with the kind.
    pub(super) keys: IndexMap<String, usize, FxBuildHasher>,
    pub(super) names: Vec<(String, i32)>,
    pub(super) listed: Vec<(i32, Subjects)>,
    /// Rows by subject, counted from 1; a table for each set of members that rows speak of.
    pub(super) tables: Vec<Vec<u32>>,
    pub(super) values: Vec<((FactId, i32), StateTable)>,
    pub(super) columns: Vec<BatchColumn>,
    places: HashMap<Place, usize>,
}

/// One column of a batch.
#[derive(Clone, Debug)]
pub(super) struct BatchColumn {
    pub place: Place,
    /// Index into the batch's `values`.
    pub values: usize,
    /// The table its rows stand in, unless noted elsewhere.
    pub table: usize,
    pub states: States,
    pub elsewhere: HashMap<u32, u32>,
}

/// What became of a statement about a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Heard {
    /// It is the first about the cell, or says more than those before.
    New,
    /// Rows before said as much.
    Again,
    /// It contradicts the state read from this row.
    Against(State, u32),
}

impl Batch {
    /// Index of a subject, added if new. Keys are expected to be right.
    pub fn subject(&mut self, key: &str, kind: usize) -> usize {
        // mostly it is new
        let (at, _) = self.keys.insert_full(key.to_owned(), kind);
        if at == self.names.len() {
            self.names.push((String::new(), i32::MIN));
        }
        at
    }

    /// Notes a name; see [`Facts::name`](super::Facts::name).
    pub fn name(&mut self, subject: usize, name: &str, year: i32) {
        let (old, old_year) = &mut self.names[subject];
        super::better_name(old, old_year, name, year);
    }

    /// Index of a year for [`Batch::list`], added if new.
    pub fn year(&mut self, year: i32) -> usize {
        self.listed.iter().position(|(own, _)| *own == year).unwrap_or_else(|| {
            self.listed.push((year, Subjects::default()));
            self.listed.len() - 1
        })
    }

    /// Notes that the file has a row of that year for the subject.
    pub fn list(&mut self, subject: usize, year: usize) {
        self.listed[year].1.insert(subject);
    }

    /// A new table of rows.
    pub fn table(&mut self) -> usize {
        self.tables.push(Vec::new());
        self.tables.len() - 1
    }

    /// Notes the row that speaks of a subject; the first one stays. Says whether it is this one.
    #[inline]
    pub fn row(&mut self, table: usize, subject: usize, row: u32) -> bool {
        let rows = &mut self.tables[table];
        if subject >= rows.len() {
            rows.resize(room_for(subject), 0);
        }
        if rows[subject] == 0 {
            rows[subject] = row;
        }
        rows[subject] == row
    }

    /// Index of a column, added if new. `unsaid` is the mask of a cell nothing was said of.
    pub fn column(&mut self, place: Place, unsaid: Mask, table: usize) -> usize {
        if let Some(found) = self.places.get(&place) {
            return *found;
        }
        let own = (place.0, place.1);
        let values = self.values.iter().position(|(other, _)| *other == own).unwrap_or_else(|| {
            self.values.push((own, unsaid_table(unsaid)));
            self.values.len() - 1
        });
        let at = self.columns.len();
        self.columns.push(BatchColumn { place, values, table, states: States::default(), elsewhere: HashMap::default() });
        self.places.insert(place, at);
        at
    }

    /// The table its rows stand in.
    pub fn table_of(&self, column: usize) -> usize {
        self.columns[column].table
    }

    /// Where a column stands.
    pub fn place(&self, column: usize) -> Place {
        self.columns[column].place
    }

    /// Index of a state among those of the column's fact and year.
    pub fn state(&mut self, column: usize, state: State) -> u32 {
        self.values[self.columns[column].values].1.insert_full(state).0 as u32
    }

    /// The state behind an index.
    pub fn state_at(&self, column: usize, state: u32) -> State {
        self.values[self.columns[column].values].1[state as usize]
    }

    /// A row says that a cell is in `state`, an index from [`Batch::state`]. `noted` says that the column's table has this
    /// row for the subject.
    #[inline]
    pub fn say(&mut self, column: usize, subject: usize, row: u32, noted: bool, state: u32) -> Heard {
        let own = &mut self.columns[column];
        match own.states.get(subject) {
            0 => {
                own.states.set(subject, state);
                if !noted {
                    own.elsewhere.insert(subject as u32, row);
                }
                Heard::New
            }
            had if had == state => Heard::Again,
            had => self.narrow(column, subject, row, noted, had, state),
        }
    }

    fn narrow(&mut self, column: usize, subject: usize, row: u32, noted: bool, had: u32, state: u32) -> Heard {
        let own = &mut self.columns[column];
        let values = &mut self.values[own.values].1;
        let (had, state) = (values[had as usize], values[state as usize]);
        let Some(left) = had.narrowed(&state) else {
            let there = own.elsewhere.get(&(subject as u32)).copied();
            let there = there.or_else(|| self.tables[own.table].get(subject).copied());
            return Heard::Against(had, there.unwrap_or(0));
        };
        own.states.set(subject, values.insert_full(left).0 as u32);
        if left.mask == had.mask {
            return Heard::Again;
        }
        if noted {
            own.elsewhere.remove(&(subject as u32));
        } else {
            own.elsewhere.insert(subject as u32, row);
        }
        Heard::New
    }
}
