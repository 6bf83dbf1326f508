//! Facts to planes: for each cell a plane per class of values, one bit per subject.

use super::run::{BLOCK, Plane, WORDS};
use super::schedule::{Input, Schedule};
use crate::eval::Setting;
use crate::facts::Facts;
use crate::program::Mask;
use rustc_hash::FxHashMap;

/// Planes of all inputs, block by block.
#[derive(Clone, Debug, Default)]
pub struct Planes {
    pub(super) words: Vec<Plane>,
    pub(super) per_block: usize,
    /// Whose bits, in order.
    pub(super) subjects: Vec<usize>,
}

impl Planes {
    /// The planes of `subjects` for one schedule.
    pub(super) fn new(setting: &Setting, facts: &Facts, schedule: &Schedule, subjects: &[usize]) -> Self {
        let blocks = subjects.len().div_ceil(BLOCK);
        let mut planes =
            Planes { words: vec![[0; WORDS]; blocks * schedule.planes], per_block: schedule.planes, subjects: subjects.to_vec() };
        for input in &schedule.inputs {
            planes.fill(setting, facts, input);
        }
        planes
    }

    fn fill(&mut self, setting: &Setting, facts: &Facts, input: &Input) {
        let program = setting.program;
        let mut seen: FxHashMap<Mask, u32> = FxHashMap::default();
        for (at, subject) in self.subjects.iter().enumerate() {
            let cell = facts.cell_on(program, input.cell.fact, input.cell.year, *subject, input.cell.offset, setting.as_of);
            let possible = *seen.entry(cell.mask).or_insert_with(|| possible(&input.classes, cell.mask));
            let (block, lane) = (at / BLOCK, at % BLOCK);
            let first = block * self.per_block + input.plane;
            for class in 0..input.classes.len() {
                self.words[first + class][lane / 64] |= u64::from(possible >> class & 1) << (lane % 64);
            }
        }
    }

    /// How many blocks there are.
    pub(super) fn blocks(&self) -> usize {
        self.subjects.len().div_ceil(BLOCK)
    }

    /// The planes and the subjects of a block.
    pub(super) fn block(&self, at: usize) -> (&[Plane], &[usize]) {
        let end = self.subjects.len().min((at + 1) * BLOCK);
        (&self.words[at * self.per_block..(at + 1) * self.per_block], &self.subjects[at * BLOCK..end])
    }
}

/// Which classes a set of values meets, one bit each.
fn possible(classes: &[Mask], mask: Mask) -> u32 {
    classes.iter().enumerate().fold(0, |bits, (at, class)| bits | u32::from(class & mask != 0) << at)
}
