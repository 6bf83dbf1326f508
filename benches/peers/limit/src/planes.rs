//! Facts turned sideways: a bit for each agency, 256 agencies to a block.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, Not};

use crate::facts::{
    COLOR_2025, EL, ELPI_ORANGE_2025, ENOUGH_2022, ENOUGH_2025, Facts, Kind, LOWEST_2022, LTEL, OLD_GROUPS, ORANGE_2023, ORANGE_2024,
    ORANGE_2025, QUESTIONS, RED_2023, RED_2024, RED_2025, STATUS_2025,
};

/// Agencies in a block.
pub const BLOCK: usize = 256;

/// One bit for each agency of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Word(pub [u64; 4]);

impl Word {
    /// No agency.
    pub const NONE: Word = Word([0; 4]);
}

impl BitAnd for Word {
    type Output = Word;
    #[inline(always)]
    fn bitand(self, other: Word) -> Word {
        Word(std::array::from_fn(|i| self.0[i] & other.0[i]))
    }
}

impl BitOr for Word {
    type Output = Word;
    #[inline(always)]
    fn bitor(self, other: Word) -> Word {
        Word(std::array::from_fn(|i| self.0[i] | other.0[i]))
    }
}

impl Not for Word {
    type Output = Word;
    #[inline(always)]
    fn not(self) -> Word {
        Word(std::array::from_fn(|i| !self.0[i]))
    }
}

impl BitAndAssign for Word {
    #[inline(always)]
    fn bitand_assign(&mut self, other: Word) {
        *self = *self & other;
    }
}

impl BitOrAssign for Word {
    #[inline(always)]
    fn bitor_assign(&mut self, other: Word) {
        *self = *self | other;
    }
}

/// Questions that are asked of one group after the other, in the order in which they are asked. English learner progress, which has
/// few groups, is kept apart.
const ASKED: [&[usize]; 5] = [
    &[
        LOWEST_2022,
        ENOUGH_2022,
        LOWEST_2022 + 1,
        ENOUGH_2022 + 1,
        LOWEST_2022 + 2,
        ENOUGH_2022 + 2,
        LOWEST_2022 + 3,
        ENOUGH_2022 + 3,
        LOWEST_2022 + 4,
        ENOUGH_2022 + 4,
    ],
    &[RED_2023, ORANGE_2023, RED_2023 + 1, ORANGE_2023 + 1, RED_2023 + 2, RED_2023 + 3, RED_2023 + 4, RED_2023 + 5],
    &[RED_2024, ORANGE_2024, RED_2024 + 1, ORANGE_2024 + 1, RED_2024 + 2, RED_2024 + 3, RED_2024 + 4, RED_2024 + 5],
    &[RED_2025, ORANGE_2025, RED_2025 + 1, ORANGE_2025 + 1, RED_2025 + 2, RED_2025 + 3, RED_2025 + 4, RED_2025 + 5],
    &[
        ENOUGH_2025,
        ENOUGH_2025 + 1,
        ENOUGH_2025 + 2,
        ENOUGH_2025 + 3,
        ENOUGH_2025 + 4,
        ENOUGH_2025 + 5,
        COLOR_2025,
        COLOR_2025 + 1,
        COLOR_2025 + 2,
        COLOR_2025 + 3,
        COLOR_2025 + 4,
        COLOR_2025 + 5,
        STATUS_2025,
        STATUS_2025 + 1,
        STATUS_2025 + 2,
        STATUS_2025 + 3,
        STATUS_2025 + 4,
        STATUS_2025 + 5,
    ],
];

/// Questions about English learner progress, and of which groups they are asked.
const PROGRESS: [(usize, &[usize]); 9] = [
    (LOWEST_2022 + 6, &[EL]),
    (ENOUGH_2022 + 6, &[EL]),
    (RED_2023 + 6, &[EL]),
    (RED_2024 + 6, &[EL, LTEL]),
    (RED_2025 + 6, &[EL]),
    (ELPI_ORANGE_2025, &[LTEL]),
    (COLOR_2025 + 6, &[EL, LTEL]),
    (STATUS_2025 + 6, &[EL, LTEL]),
    (ENOUGH_2025 + 6, &[EL, LTEL]),
];

/// Where the plane of each question is for the first group that it is kept for, and how far the next one is from there.
const PLACES: ([(usize, usize); QUESTIONS], usize) = {
    let mut places = [(usize::MAX, 0); QUESTIONS];
    let mut next = 0;
    let mut year = 0;
    while year < ASKED.len() {
        let mut i = 0;
        while i < ASKED[year].len() {
            places[ASKED[year][i]] = (next + i, ASKED[year].len());
            i += 1;
        }
        next += ASKED[year].len() * if year < 2 { OLD_GROUPS } else { OLD_GROUPS + 1 };
        year += 1;
    }
    let mut i = 0;
    while i < PROGRESS.len() {
        places[PROGRESS[i].0] = (next, 1);
        next += PROGRESS[i].1.len();
        i += 1;
    }
    (places, next)
};

const LOCAL_2024: usize = PLACES.1;
const LOCAL_2025: usize = LOCAL_2024 + 7;
const DISTRICT: usize = LOCAL_2025 + 7;
const COUNTY_OFFICE: usize = DISTRICT + 1;
/// Planes in a block.
pub const PLANES: usize = COUNTY_OFFICE + 1;

/// Everything the law asks of 256 agencies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block(pub [Word; PLANES]);

impl Block {
    /// Whose answer to `question` about `group` is yes.
    #[inline(always)]
    pub fn ask(&self, question: usize, group: usize) -> Word {
        let (first, step) = PLACES.0[question];
        self.0[first + step * group]
    }

    /// The same for English learner progress; `second` is for LTEL where the question is asked of EL too.
    #[inline(always)]
    pub fn ask_progress(&self, question: usize, second: bool) -> Word {
        self.0[PLACES.0[question].0 + usize::from(second)]
    }

    /// Local indicators not met for two or more years, in the order of [`crate::facts::LOCAL`]; `year` 0 is 2024.
    #[inline(always)]
    pub fn local(&self, year: usize) -> &[Word] {
        &self.0[LOCAL_2024 + 7 * year..][..7]
    }

    /// Districts.
    #[inline(always)]
    pub fn districts(&self) -> Word {
        self.0[DISTRICT]
    }

    /// County offices.
    #[inline(always)]
    pub fn county_offices(&self) -> Word {
        self.0[COUNTY_OFFICE]
    }
}

/// The facts of all agencies, in blocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planes {
    /// How many agencies there are; the rest of the last block is neither.
    pub agencies: usize,
    /// The agencies, 256 each.
    pub blocks: Vec<Block>,
}

impl Planes {
    /// Turns `count` agencies sideways; agency *i* is `agency(i)`.
    pub fn from_facts<'a>(count: usize, agency: impl Fn(usize) -> (u64, &'a Facts)) -> Planes {
        let mut blocks = vec![Block([Word::NONE; PLANES]); count.div_ceil(BLOCK)];
        for (index, block) in blocks.iter_mut().enumerate() {
            for part in 0..4 {
                let first = index * BLOCK + part * 64;
                let agencies: Vec<_> = (first..count.min(first + 64)).map(&agency).collect();
                fill(block, part, &agencies);
            }
        }
        Planes { agencies: count, blocks }
    }
}

fn fill(block: &mut Block, part: usize, agencies: &[(u64, &Facts)]) {
    let mut turn = |question: usize, groups: &[usize]| {
        let mut sets = [0u64; 16];
        for (i, (_, facts)) in agencies.iter().enumerate() {
            sets[i % 16] |= u64::from(facts.groups[question]) << (i / 16 * 16);
        }
        transpose(&mut sets);
        let (first, step) = PLACES.0[question];
        for (i, &group) in groups.iter().enumerate() {
            block.0[first + step * i].0[part] = sets[group];
        }
    };
    let groups: [usize; OLD_GROUPS + 1] = std::array::from_fn(|group| group);
    for (year, questions) in ASKED.iter().enumerate() {
        for &question in *questions {
            turn(question, &groups[..if year < 2 { OLD_GROUPS } else { OLD_GROUPS + 1 }]);
        }
    }
    for (question, groups) in PROGRESS {
        turn(question, groups);
    }
    for (i, (key, facts)) in agencies.iter().enumerate() {
        let kind = Kind::of(*key);
        for (year, local) in facts.local.iter().enumerate() {
            for bit in 0..7 {
                block.0[LOCAL_2024 + 7 * year + bit].0[part] |= u64::from(local >> bit & 1) << i;
            }
        }
        block.0[DISTRICT].0[part] |= u64::from(kind == Kind::District) << i;
        block.0[COUNTY_OFFICE].0[part] |= u64::from(kind == Kind::CountyOffice) << i;
    }
}

/// Transposes four 16 x 16 bit squares at once, one in each 16-bit lane. Its own inverse.
#[inline(always)]
pub fn transpose(rows: &mut [u64; 16]) {
    const STEPS: [(usize, u64); 4] =
        [(8, 0x00ff_00ff_00ff_00ff), (4, 0x0f0f_0f0f_0f0f_0f0f), (2, 0x3333_3333_3333_3333), (1, 0x5555_5555_5555_5555)];
    for (width, mask) in STEPS {
        for i in 0..16 {
            if i & width == 0 {
                let swap = (rows[i] >> width ^ rows[i + width]) & mask;
                rows[i] ^= swap << width;
                rows[i + width] ^= swap;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::transpose;

    #[test]
    fn transposing_swaps_rows_and_columns_of_each_lane() {
        let mut rows: [u64; 16] = std::array::from_fn(|i| 0x9e37_79b9_7f4a_7c15u64.wrapping_mul(i as u64 + 1));
        let before = rows;
        transpose(&mut rows);
        for lane in 0..4 {
            for (i, row) in rows.iter().enumerate() {
                for (j, column) in before.iter().enumerate() {
                    assert_eq!(row >> (lane * 16 + j) & 1, column >> (lane * 16 + i) & 1);
                }
            }
        }
        transpose(&mut rows);
        assert_eq!(rows, before);
    }
}
