//! What can be known of one cell, and columns of it.

use crate::program::Mask;
use indexmap::IndexSet;
use jiff::civil::Date;
use rust_decimal::Decimal;
use rustc_hash::FxBuildHasher;
use std::hash::{Hash, Hasher};

/// What is known of a cell.
///
/// Two states are equal if they read the same: `40` and `40.0` are two, because each is shown as it was written.
#[derive(Clone, Copy, Debug)]
pub struct State {
    /// Possible values.
    pub mask: Mask,
    /// The number, where known exactly.
    pub number: Option<Decimal>,
    /// The day, for dated facts.
    pub date: Option<Date>,
    /// Whether anything was said of the cell, be it that every value is possible.
    pub said: bool,
}

impl State {
    /// Nothing was said; `mask` is what that leaves.
    pub fn unsaid(mask: Mask) -> Self {
        Self { mask, number: None, date: None, said: false }
    }

    /// Something was said.
    pub fn said(mask: Mask, number: Option<Decimal>, date: Option<Date>) -> Self {
        Self { mask, number, date, said: true }
    }

    /// What both leave; `None` if that is no value, or two numbers.
    pub fn narrowed(&self, by: &State) -> Option<State> {
        let mask = self.mask & by.mask;
        let two_numbers = matches!((self.number, by.number), (Some(old), Some(new)) if old != new);
        (mask != 0 && !two_numbers).then(|| State::said(mask, by.number.or(self.number), by.date.or(self.date)))
    }

    /// The number as it is written, to tell `40` from `40.0`.
    fn written(&self) -> Option<[u8; 16]> {
        self.number.map(|number| number.serialize())
    }
}

impl PartialEq for State {
    fn eq(&self, other: &Self) -> bool {
        (self.mask, self.date, self.said) == (other.mask, other.date, other.said) && self.written() == other.written()
    }
}

impl Eq for State {}

impl Hash for State {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.mask, self.written(), self.date, self.said).hash(state);
    }
}

/// Distinct states, by index.
pub type StateTable = IndexSet<State, FxBuildHasher>;

/// A table with nothing but the state of a cell nothing was said of.
pub(super) fn unsaid_table(mask: Mask) -> StateTable {
    std::iter::once(State::unsaid(mask)).collect()
}

/// A state per subject, as an index into a table of states; as narrow as the largest index allows.
#[derive(Clone, Debug)]
pub enum States {
    /// Up to 256 states.
    U8(Vec<u8>),
    /// Up to 65,536 states.
    U16(Vec<u16>),
    /// More.
    U32(Vec<u32>),
}

impl Default for States {
    fn default() -> Self {
        Self::U8(Vec::new())
    }
}

impl States {
    /// The state of a subject; 0, nothing said, beyond the end.
    #[inline]
    pub fn get(&self, subject: usize) -> u32 {
        match self {
            Self::U8(states) => states.get(subject).map_or(0, |state| u32::from(*state)),
            Self::U16(states) => states.get(subject).map_or(0, |state| u32::from(*state)),
            Self::U32(states) => states.get(subject).copied().unwrap_or(0),
        }
    }

    /// Sets the state of a subject; subjects before it that have none get 0.
    #[inline]
    pub fn set(&mut self, subject: usize, state: u32) {
        let fits = match self {
            Self::U8(states) => u8::try_from(state).is_ok_and(|state| put(states, subject, state)),
            Self::U16(states) => u16::try_from(state).is_ok_and(|state| put(states, subject, state)),
            Self::U32(states) => put(states, subject, state),
        };
        if !fits {
            self.widen();
            self.set(subject, state);
        }
    }

    /// Calls `each` for every place with a state: the place, what stands there in `to`, and the state.
    pub(super) fn each_said(&self, to: &[usize], mut each: impl FnMut(usize, usize, u32)) {
        fn over<T: Copy + Into<u32>>(states: &[T], to: &[usize], mut each: impl FnMut(usize, usize, u32)) {
            for (at, (state, own)) in states.iter().zip(to).enumerate() {
                let state = (*state).into();
                if state != 0 {
                    each(at, *own, state);
                }
            }
        }
        match self {
            Self::U8(states) => over(states, to, &mut each),
            Self::U16(states) => over(states, to, &mut each),
            Self::U32(states) => over(states, to, &mut each),
        }
    }

    /// Subjects up to the last one with a state, and perhaps some more.
    pub fn len(&self) -> usize {
        match self {
            Self::U8(states) => states.len(),
            Self::U16(states) => states.len(),
            Self::U32(states) => states.len(),
        }
    }

    /// Whether no subject has a state.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn widen(&mut self) {
        *self = match std::mem::take(self) {
            Self::U8(states) => Self::U16(states.into_iter().map(u16::from).collect()),
            Self::U16(states) => Self::U32(states.into_iter().map(u32::from).collect()),
            wide @ Self::U32(_) => wide,
        };
    }
}

#[inline]
fn put<T: Copy + Default>(states: &mut Vec<T>, subject: usize, state: T) -> bool {
    match states.get_mut(subject) {
        Some(own) => *own = state,
        None => {
            states.resize(room_for(subject), T::default());
            states[subject] = state;
        }
    }
    true
}

/// Places to make at once where the one of a subject is missing: subjects mostly come one after the other.
#[inline]
pub(super) fn room_for(subject: usize) -> usize {
    (subject + 1).next_multiple_of(64)
}

/// A set of subjects.
#[derive(Clone, Debug, Default)]
pub struct Subjects(Vec<u64>);

impl Subjects {
    /// Adds one.
    #[inline]
    pub fn insert(&mut self, subject: usize) {
        let word = subject / 64;
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= 1 << (subject % 64);
    }

    /// Whether it is in.
    #[inline]
    pub fn contains(&self, subject: usize) -> bool {
        self.0.get(subject / 64).is_some_and(|word| word >> (subject % 64) & 1 == 1)
    }

    /// All, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        static NOBODY: Subjects = Subjects(Vec::new());
        self.iter_without(&NOBODY)
    }

    /// All that are not in `other`, ascending.
    pub fn iter_without<'s>(&'s self, other: &'s Self) -> impl Iterator<Item = usize> + 's {
        self.0.iter().enumerate().flat_map(|(at, word)| {
            let mut left = *word & !other.0.get(at).copied().unwrap_or_default();
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros() as usize;
                (left != 0).then(|| {
                    left &= left - 1;
                    at * 64 + bit
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_widen_when_a_state_needs_it() {
        let mut states = States::default();
        let wanted: Vec<u32> = vec![0, 255, 7, 256, 65_535, 1, 65_536, 70_000, 0];
        for (subject, state) in wanted.iter().enumerate() {
            states.set(subject, *state);
            assert!((0..=subject).all(|subject| states.get(subject) == wanted[subject]), "after {state}");
        }
        assert!(matches!(states, States::U32(_)));
        states.set(20, 3);
        assert_eq!((states.get(15), states.get(20), states.get(99), states.len()), (0, 3, 0, 64));
    }

    #[test]
    fn a_number_is_kept_as_written() {
        let number = |text: &str| State::said(1, text.parse().ok(), None);
        assert_ne!(number("40"), number("40.0"));
        assert_eq!(number("40").narrowed(&number("40.0")), Some(number("40.0")), "the same number is no contradiction");
        assert_eq!(number("40").narrowed(&number("41")), None);
    }

    #[test]
    fn sets_of_subjects_list_what_was_put_in() {
        let mut set = Subjects::default();
        for subject in [200, 3, 64, 63, 3] {
            set.insert(subject);
        }
        assert_eq!(set.iter().collect::<Vec<_>>(), [3, 63, 64, 200]);
        let other: Subjects = Subjects(vec![1 << 3]);
        assert_eq!(set.iter_without(&other).collect::<Vec<_>>(), [63, 64, 200]);
        assert!(set.contains(64) && !set.contains(65) && !set.contains(9999));
    }
}
