//! Facts to planes: for each cell a plane per class of values, one bit per subject.

use super::plane::{BLOCK, Plane};
use super::schedule::{Input, Schedule};
use crate::eval::Setting;
use crate::facts::{ColumnView, Facts, State, States};
use crate::program::{FactId, Mask};
use rustc_hash::FxHashMap;

/// Planes of all inputs, block by block.
#[derive(Clone, Debug, Default)]
pub struct Planes {
    pub(super) words: Vec<Plane>,
    pub(super) per_block: usize,
    /// The answers of all tests, block by block, for blocks in which nothing is open.
    tests: Vec<Plane>,
    tests_per_block: usize,
    /// Whose bits, in order.
    pub(super) subjects: Vec<usize>,
    /// For each block the inputs of which some subject's cell is open, one bit each.
    open: Vec<u64>,
    open_per_block: usize,
}

impl Planes {
    /// The planes of `subjects` for one schedule.
    pub(super) fn new(setting: &Setting, facts: &Facts, schedule: &Schedule, subjects: &[usize]) -> Self {
        let blocks = subjects.len().div_ceil(BLOCK);
        let open_per_block = schedule.inputs.len().div_ceil(64);
        let mut planes = Planes {
            words: vec![Plane::NONE; blocks * schedule.planes],
            per_block: schedule.planes,
            tests: Vec::new(),
            tests_per_block: schedule.tests.len(),
            subjects: subjects.to_vec(),
            open: vec![0; blocks * open_per_block],
            open_per_block,
        };
        let mut tables: FxHashMap<(FactId, i32, &[Mask]), Vec<u64>> = FxHashMap::default();
        for (at, input) in schedule.inputs.iter().enumerate() {
            let cell = input.cell;
            let unsaid = possible(&input.classes, facts.unsaid_mask(setting.program, cell.fact));
            match facts.column(setting.program, cell.fact, cell.year, cell.offset) {
                None => planes.fill(at, input, |_| unsaid),
                Some(column) => {
                    let table = tables.entry((cell.fact, cell.year, &input.classes)).or_insert_with(|| meanings(setting, input, &column));
                    match column.states {
                        States::U8(states) => {
                            planes.fill(at, input, |subject| states.get(subject).map_or(unsaid, |state| table[*state as usize]))
                        }
                        States::U16(states) => {
                            planes.fill(at, input, |subject| states.get(subject).map_or(unsaid, |state| table[*state as usize]))
                        }
                        States::U32(states) => {
                            planes.fill(at, input, |subject| states.get(subject).map_or(unsaid, |state| table[*state as usize]))
                        }
                    }
                }
            }
        }
        planes.answer(schedule);
        planes
    }

    /// Puts together what the values of each cell answer.
    fn answer(&mut self, schedule: &Schedule) {
        self.tests = Vec::with_capacity(self.blocks() * self.tests_per_block);
        for block in 0..self.blocks() {
            let values = &self.words[block * self.per_block..(block + 1) * self.per_block];
            self.tests.extend(schedule.tests.iter().map(|yes| {
                let planes = &schedule.operands[yes.start as usize..yes.end as usize];
                planes.iter().fold(Plane::NONE, |answer, plane| answer | values[*plane as usize])
            }));
        }
    }

    /// The answers of all tests in a block in which nothing is open.
    pub(super) fn tests(&self, block: usize) -> &[Plane] {
        &self.tests[block * self.tests_per_block..(block + 1) * self.tests_per_block]
    }

    /// Sets the planes of one cell: bit `c` of what `of` says of a subject goes to plane `c`.
    fn fill(&mut self, at: usize, input: &Input, of: impl Fn(usize) -> u64) {
        for (block, subjects) in self.subjects.chunks(BLOCK).enumerate() {
            let first = block * self.per_block + input.plane;
            let open = pack(subjects, &mut self.words[first..first + input.classes.len()], &of);
            self.open[block * self.open_per_block + at / 64] |= u64::from(open) << (at % 64);
        }
    }

    /// Whether in a block every input of `reads` is known; one bit for each input.
    pub(super) fn known(&self, block: usize, reads: &[u64]) -> bool {
        self.open[block * self.open_per_block..][..self.open_per_block].iter().zip(reads).all(|(open, reads)| open & reads == 0)
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

/// Which classes each state of a column leaves possible.
fn meanings(setting: &Setting, input: &Input, column: &ColumnView) -> Vec<u64> {
    let fact = &setting.program.facts[input.cell.fact.0];
    let mask_of = |state: &State| {
        // a dated fact reads as absent before its day
        let early = fact.dated && fact.absent.is_some() && state.date.is_some_and(|date| date > setting.as_of);
        if early { fact.absent_bit(setting.program) } else { state.mask }
    };
    column.table.iter().map(|state| possible(&input.classes, mask_of(state))).collect()
}

/// Bit `c` of what `of` says of a subject goes to plane `c`. Says whether more than one bit was set for somebody.
fn pack(subjects: &[usize], planes: &mut [Plane], of: impl Fn(usize) -> u64) -> bool {
    let mut several = 0;
    for (eight, subjects) in subjects.chunks(8).enumerate() {
        let (word, shift) = (eight / 8, eight % 8 * 8);
        // up to eight classes of eight subjects are a square of bits, turned round at once
        for first in (0..planes.len()).step_by(8) {
            let mut square = 0u64;
            for (lane, subject) in subjects.iter().enumerate() {
                let classes = of(*subject);
                several |= classes & classes.wrapping_sub(1);
                square |= (classes >> first & 0xff) << (lane * 8);
            }
            let turned = transposed(square);
            for (class, plane) in planes[first..].iter_mut().take(8).enumerate() {
                plane[word] |= (turned >> (class * 8) & 0xff) << shift;
            }
        }
    }
    several != 0
}

/// Words of 16 planes turned round: the bits of subject `i` come to stand in word `i % 16`, from bit `i / 16 * 16` on.
///
/// Four squares of 16 by 16 bits lie side by side; halves of each change places, then halves of halves (Warren, "Hacker's
/// Delight", section 7-3).
pub(super) fn turn(words: &mut [u64; 16]) {
    for (half, mask) in [(8, 0x00ff_00ff_00ff_00ff), (4, 0x0f0f_0f0f_0f0f_0f0f), (2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555)] {
        for at in (0..16).filter(|at| at & half == 0) {
            let t = (words[at] >> half ^ words[at + half]) & mask;
            words[at] ^= t << half;
            words[at + half] ^= t;
        }
    }
}

/// Eight rows of eight bits, rows and columns exchanged (Warren, "Hacker's Delight", section 7-3).
fn transposed(mut x: u64) -> u64 {
    for (shift, mask) in [(7, 0x00aa_00aa_00aa_00aa), (14, 0x0000_cccc_0000_cccc), (28, 0x0000_0000_f0f0_f0f0)] {
        let t = (x ^ (x >> shift)) & mask;
        x ^= t ^ (t << shift);
    }
    x
}

/// Which classes a set of values meets, one bit each.
fn possible(classes: &[Mask], mask: Mask) -> u64 {
    classes.iter().enumerate().fold(0, |bits, (at, class)| bits | u64::from(class & mask != 0) << at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_turned_round() {
        let before: [u64; 16] = std::array::from_fn(|at| (at as u64 + 3).wrapping_mul(0x9e37_79b9_7f4a_7c15));
        let mut words = before;
        turn(&mut words);
        for subject in 0..64 {
            for (plane, word) in before.iter().enumerate() {
                assert_eq!(words[subject % 16] >> (subject / 16 * 16 + plane) & 1, word >> subject & 1, "{plane} of {subject}");
            }
        }
    }

    #[test]
    fn bits_go_to_the_plane_of_their_class_and_the_place_of_their_subject() {
        for classes in [1, 6, 8, 13] {
            let of = |subject: usize| (subject as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
            let subjects: Vec<usize> = (0..BLOCK - 3).rev().collect();
            let mut planes = vec![Plane::NONE; classes];
            pack(&subjects, &mut planes, of);
            for (lane, subject) in subjects.iter().enumerate() {
                for (class, plane) in planes.iter().enumerate() {
                    assert_eq!(plane[lane / 64] >> (lane % 64) & 1, of(*subject) >> class & 1, "class {class}, lane {lane}");
                }
            }
        }
    }
}
