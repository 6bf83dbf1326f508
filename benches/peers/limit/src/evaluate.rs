//! The law, for 256 agencies at a time.
//!
//! Counts are bit-sliced: a word for "at least one", "at least two" and "at least three" each.

use crate::facts::{
    COLOR_2025, EL, ELPI_ORANGE_2025, ENOUGH_2022, ENOUGH_2025, Indicator, LOWEST_2022, LTEL, OLD_GROUPS, ORANGE_2023, ORANGE_2024,
    ORANGE_2025, RED_2023, RED_2024, RED_2025, STATUS_2025,
};
use crate::planes::{BLOCK, Block, Planes, Word, transpose};

/// What an agency that is eligible for anything is eligible for. Sets of groups are bits in the order of [`crate::facts::GROUPS`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Which agency.
    pub agency: u32,
    /// Groups that meet the criteria in 2025, of agencies with differentiated assistance.
    pub assisted: u16,
    /// Groups that met them in 2023, 2024 and 2025, of districts.
    pub lead: u16,
    /// Groups that carry direct technical assistance.
    pub direct: u16,
    /// See [`Row::YES`] and the other bits.
    pub answers: u16,
}

impl Row {
    /// Differentiated assistance: first year, or a charter's.
    pub const YES: u16 = 1;
    /// Differentiated assistance: second year.
    pub const SECOND_YEAR: u16 = 2;
    /// Geographic lead assistance.
    pub const LEAD: u16 = 4;
    /// Direct technical assistance.
    pub const DIRECT: u16 = 8;
}

/// Who is eligible for what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers {
    /// For each block: differentiated assistance, its second year, geographic lead assistance, direct technical assistance.
    pub planes: Vec<[Word; 4]>,
    /// The agencies with any of these, in order.
    pub rows: Vec<Row>,
}

/// Answers for all agencies.
pub fn evaluate(planes: &Planes) -> Answers {
    let mut answers = Answers::default();
    evaluate_blocks(&planes.blocks, 0, &mut answers);
    answers
}

/// Answers for a run of blocks, the first of which is block `first`; `answers` is overwritten, and its memory used again.
pub fn evaluate_blocks(blocks: &[Block], first: usize, answers: &mut Answers) {
    answers.planes.clear();
    answers.rows.clear();
    for (index, block) in blocks.iter().enumerate() {
        let found = Found::of(block);
        answers.planes.push(found.answers);
        found.list((first + index) * BLOCK, &mut answers.rows);
    }
}

/// Answers of two threads, half of the blocks each, in order.
pub fn evaluate_halves(planes: &Planes, halves: &mut [Answers; 2]) {
    let middle = planes.blocks.len().div_ceil(2);
    let (left, right) = planes.blocks.split_at(middle);
    let [first, second] = halves;
    std::thread::scope(|scope| {
        scope.spawn(|| evaluate_blocks(right, middle, second));
        evaluate_blocks(left, 0, first);
    });
}

/// Bit-sliced count, up to three.
#[derive(Clone, Copy, Default)]
struct Count {
    one: Word,
    two: Word,
    three: Word,
}

impl Count {
    #[inline(always)]
    fn add(&mut self, word: Word) {
        self.three |= self.two & word;
        self.two |= self.one & word;
        self.one |= word;
    }
}

/// The criteria of one year: the groups that meet them, and whether the agency does.
struct Year {
    groups: [Word; 14],
    met: Word,
}

/// State priorities 4, 5, 6 and 8 that any group meets, while groups are gone through.
#[derive(Default)]
struct Priorities {
    any: [Word; 4],
}

impl Priorities {
    /// SBE criteria.group: two priorities of four.
    #[inline(always)]
    fn group(&mut self, p4: Word, p5: Word, p6: Word, p8: Word) -> Word {
        self.any[0] |= p4;
        self.any[1] |= p5;
        self.any[2] |= p6;
        self.any[3] |= p8;
        (p4 & p5) | (p6 & p8) | ((p4 | p5) & (p6 | p8))
    }
}

/// The groups that meet the criteria of 2022: the lowest status of enough pupils.
#[inline(always)]
fn groups_2022(block: &Block) -> [Word; OLD_GROUPS] {
    let lowest = |indicator: Indicator, group| {
        block.ask(LOWEST_2022 + indicator as usize, group) & block.ask(ENOUGH_2022 + indicator as usize, group)
    };
    std::array::from_fn(|group| {
        let mut p4 = lowest(Indicator::Ela, group) & lowest(Indicator::Math, group);
        if group == EL {
            p4 |= block.ask_progress(LOWEST_2022 + Indicator::Elpi as usize, false)
                & block.ask_progress(ENOUGH_2022 + Indicator::Elpi as usize, false);
        }
        let p5 = lowest(Indicator::Grad, group) | lowest(Indicator::Chro, group);
        let p6 = lowest(Indicator::Susp, group);
        (p4 & p5) | (p4 & p6) | (p5 & p6)
    })
}

/// The criteria of 2023 to 2025, apart from Priority 4 by English learner progress.
#[inline(always)]
fn year(block: &Block, red: usize, orange: usize, groups: usize, progress: impl Fn(usize, Word) -> Word, local: Option<&[Word]>) -> Year {
    let mut priorities = Priorities::default();
    let mut year = Year { groups: [Word::NONE; 14], met: Word::NONE };
    for group in 0..groups {
        let ask = |indicator: Indicator| block.ask(red + indicator as usize, group);
        let tests = (ask(Indicator::Ela) & block.ask(orange + 1, group)) | (ask(Indicator::Math) & block.ask(orange, group));
        let p4 = progress(group, tests);
        let p5 = ask(Indicator::Grad) | ask(Indicator::Chro);
        year.groups[group] = priorities.group(p4, p5, ask(Indicator::Susp), ask(Indicator::Cci));
        year.met |= year.groups[group];
    }
    if let Some(local) = local {
        // Method 2: two local indicators. Method 3: one, and another priority of some group.
        let mut others = Count::default();
        for (i, &word) in local[1..].iter().enumerate() {
            others.add(if i < 4 { word } else { word & block.county_offices() });
        }
        let climate = local[0];
        let [p4, p5, p6, p8] = priorities.any;
        year.met |= others.two | (others.one & climate);
        year.met |= ((p4 | p5 | p8) & (others.one | climate)) | (p6 & others.one);
    }
    year
}

/// What one block comes to.
struct Found {
    /// As in [`Answers::planes`].
    answers: [Word; 4],
    assisted: [Word; 14],
    lead: [Word; 14],
    direct: [Word; 14],
}

impl Found {
    #[inline(always)]
    fn of(block: &Block) -> Found {
        let elpi = |question, second| block.ask_progress(question, second);
        let red = |year: usize| year + Indicator::Elpi as usize;
        let in_2022 = groups_2022(block);
        let in_2023 = year(
            block,
            RED_2023,
            ORANGE_2023,
            OLD_GROUPS,
            |group, tests| if group == EL { tests | elpi(red(RED_2023), false) } else { tests },
            None,
        );
        let in_2024 = year(
            block,
            RED_2024,
            ORANGE_2024,
            14,
            |group, tests| if group == EL || group == LTEL { tests | elpi(red(RED_2024), group == LTEL) } else { tests },
            Some(block.local(0)),
        );
        let in_2025 = year(
            block,
            RED_2025,
            ORANGE_2025,
            14,
            |group, tests| match group {
                EL => tests | elpi(red(RED_2025), false),
                LTEL => elpi(ELPI_ORANGE_2025, false),
                _ => tests,
            },
            Some(block.local(1)),
        );

        let agencies = block.districts() | block.county_offices();
        // EC 52071(c)(1), 52071.5(b), and 47607.3(a) for everyone else.
        let assisted = in_2025.met & (agencies | in_2024.met);
        let second_year = in_2024.met & !in_2025.met & agencies;

        let mut found = Found { answers: [Word::NONE; 4], assisted: [Word::NONE; 14], lead: [Word::NONE; 14], direct: [Word::NONE; 14] };
        let mut lead = Word::NONE;
        let mut hits = [Word::NONE; 14];
        let mut counting = [Word::NONE; 14];
        let mut hit = Count::default();
        let mut counts = Count::default();
        let mut missed = Word::NONE;
        for group in 0..14 {
            found.assisted[group] = in_2025.groups[group] & assisted;
            if group < OLD_GROUPS {
                let (a, b, c, d) = (in_2022[group], in_2023.groups[group], in_2024.groups[group], in_2025.groups[group]);
                // EC 52071(f)
                found.lead[group] = b & c & d & block.districts();
                lead |= found.lead[group];
                // EC 52072(a): three of four years
                hits[group] = (a & b & (c | d)) | (c & d & (a | b));
                hit.add(hits[group]);
            }
            // EC 52052(a)(3).counts
            counting[group] = counts_2025(block, group);
            counts.add(counting[group]);
            missed |= counting[group] & !hits[group];
        }
        let many = hit.three & agencies;
        let few = agencies & !many & counts.one & !counts.three & !missed;
        for group in 0..14 {
            found.direct[group] = (hits[group] & many) | (counting[group] & few);
        }
        found.answers = [assisted, second_year, lead, many | few];
        found
    }

    /// Lists whom the block has an answer for.
    #[inline(always)]
    fn list(&self, first: usize, rows: &mut Vec<Row>) {
        for part in 0..4 {
            let [yes, second_year, lead, direct] = self.answers.map(|word| word.0[part]);
            let mut open = yes | second_year | lead | direct;
            let assisted = sets(&self.assisted, part);
            let leads = sets(&self.lead, part);
            let directs = sets(&self.direct, part);
            while open != 0 {
                let bit = open.trailing_zeros() as usize;
                open &= open - 1;
                let lane = |words: &[u64; 16]| (words[bit % 16] >> (bit / 16 * 16)) as u16;
                let answer = |plane: u64, value: u16| (plane >> bit & 1) as u16 * value;
                rows.push(Row {
                    agency: (first + part * 64 + bit) as u32,
                    assisted: lane(&assisted),
                    lead: lane(&leads),
                    direct: lane(&directs),
                    answers: answer(yes, Row::YES)
                        | answer(second_year, Row::SECOND_YEAR)
                        | answer(lead, Row::LEAD)
                        | answer(direct, Row::DIRECT),
                });
            }
        }
    }
}

/// Whether a group is numerically significant in 2025: a color, a status of enough pupils, or enough pupils enrolled.
#[inline(always)]
fn counts_2025(block: &Block, group: usize) -> Word {
    let mut counts = block.ask(ENOUGH_2025 + Indicator::Susp as usize, group);
    for indicator in 0..6 {
        counts |= block.ask(COLOR_2025 + indicator, group)
            | (block.ask(STATUS_2025 + indicator, group) & block.ask(ENOUGH_2025 + indicator, group));
    }
    if group == EL || group == LTEL {
        let elpi = Indicator::Elpi as usize;
        counts |= block.ask_progress(COLOR_2025 + elpi, group == LTEL)
            | (block.ask_progress(STATUS_2025 + elpi, group == LTEL) & block.ask_progress(ENOUGH_2025 + elpi, group == LTEL));
    }
    counts
}

/// The sets of groups of 64 agencies: agency *i* is in word *i* mod 16, lane *i* / 16.
#[inline(always)]
fn sets(groups: &[Word; 14], part: usize) -> [u64; 16] {
    let mut words = [0; 16];
    let mut any = 0;
    for (word, group) in words.iter_mut().zip(groups) {
        *word = group.0[part];
        any |= *word;
    }
    if any != 0 {
        transpose(&mut words);
    }
    words
}
