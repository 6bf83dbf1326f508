//! Instructions over blocks of planes.

use super::schedule::{Instruction, Op, Schedule};

/// Words in a plane of a block: 64 subjects each. With more, the planes of a block leave the nearest cache.
pub(super) const WORDS: usize = 4;
/// Subjects in a block.
pub(super) const BLOCK: usize = WORDS * 64;

/// One bit for each subject of a block.
pub(super) type Plane = [u64; WORDS];

pub(super) const NONE: Plane = [0; WORDS];
pub(super) const ALL: Plane = [!0; WORDS];

#[inline]
pub(super) fn and(a: &mut Plane, b: &Plane) {
    for at in 0..WORDS {
        a[at] &= b[at];
    }
}

#[inline]
fn or(a: &mut Plane, b: &Plane) {
    for at in 0..WORDS {
        a[at] |= b[at];
    }
}

#[inline]
fn both(a: &Plane, b: &Plane) -> Plane {
    std::array::from_fn(|at| a[at] & b[at])
}

#[inline]
fn not(a: &Plane) -> Plane {
    std::array::from_fn(|at| !a[at])
}

/// Slots of a block: the planes *can be yes* and *can be no* of each gate.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    pub planes: Vec<Plane>,
    /// Subjects for which an inexact gate is open.
    pub doubt: Plane,
}

impl Slots {
    /// Runs all instructions on the planes of one block.
    pub fn run(&mut self, schedule: &Schedule, input: &[Plane]) {
        self.planes.resize(schedule.slots() * 2, NONE);
        self.planes[0] = NONE;
        self.planes[1] = ALL;
        for (at, instruction) in schedule.code.iter().enumerate() {
            let Instruction { op, start, len } = *instruction;
            let operands = &schedule.operands[start as usize..(start + len) as usize];
            let (done, rest) = self.planes.split_at_mut((at + 1) * 2);
            let (yes, no) = step(op, operands, done, input);
            rest[0] = yes;
            rest[1] = no;
        }
        self.doubt = NONE;
        for slot in &schedule.inexact {
            let open = both(&self.planes[slot.0 as usize], &self.planes[slot.0 as usize + 1]);
            or(&mut self.doubt, &open);
        }
    }
}

fn step(op: Op, operands: &[u32], done: &[Plane], input: &[Plane]) -> (Plane, Plane) {
    let can = |operand: u32| &done[operand as usize];
    let cannot = |operand: u32| &done[operand as usize ^ 1];
    match op {
        Op::Load { yes: n } => {
            let (mut yes, mut no) = (NONE, NONE);
            let (first, second) = operands.split_at(n as usize);
            first.iter().for_each(|plane| or(&mut yes, &input[*plane as usize]));
            second.iter().for_each(|plane| or(&mut no, &input[*plane as usize]));
            (yes, no)
        }
        Op::And => {
            let (mut yes, mut no) = (ALL, NONE);
            for operand in operands {
                and(&mut yes, can(*operand));
                or(&mut no, cannot(*operand));
            }
            (yes, no)
        }
        Op::AtLeast(n) => {
            let yes = at_least(n, operands.iter().map(|operand| *can(*operand)));
            let sure = at_least(n, operands.iter().map(|operand| not(cannot(*operand))));
            (yes, not(&sure))
        }
        Op::Choose => {
            let &[condition, then, otherwise] = operands else { return (NONE, NONE) };
            let mut yes = both(can(condition), can(then));
            or(&mut yes, &both(cannot(condition), can(otherwise)));
            let mut no = both(can(condition), cannot(then));
            or(&mut no, &both(cannot(condition), cannot(otherwise)));
            (yes, no)
        }
        Op::Decide => {
            let (mut yes, mut no) = (NONE, NONE);
            for pair in operands.chunks_exact(2) {
                or(&mut yes, &both(can(pair[0]), can(pair[1])));
                or(&mut no, &both(can(pair[0]), cannot(pair[1])));
            }
            (yes, no)
        }
        Op::Recorded => {
            let &[rule, by, only_if] = operands else { return (NONE, NONE) };
            let stands: Plane = std::array::from_fn(|at| {
                (can(rule)[at] & cannot(rule)[at]) & (can(only_if)[at] & !cannot(only_if)[at]) & (can(by)[at] ^ cannot(by)[at])
            });
            let pick = |rule: &Plane, by: &Plane| std::array::from_fn(|at| (rule[at] & !stands[at]) | (by[at] & stands[at]));
            (pick(can(rule), can(by)), pick(cannot(rule), cannot(by)))
        }
        Op::Settled => {
            let &[item] = operands else { return (NONE, NONE) };
            let yes: Plane = std::array::from_fn(|at| can(item)[at] & !cannot(item)[at]);
            (yes, not(&yes))
        }
        Op::Same => operands.first().map_or((NONE, ALL), |item| (*can(*item), *cannot(*item))),
    }
}

/// Where at least `n` of the planes, or parts of planes, are set.
#[inline]
pub(super) fn at_least<const W: usize>(n: u32, items: impl Iterator<Item = [u64; W]>) -> [u64; W] {
    match n {
        2 => reached::<2, W>(items),
        3 => reached::<3, W>(items),
        _ => added(n, items),
    }
}

/// `N` planes: at least one, two, ... so far.
#[inline]
fn reached<const N: usize, const W: usize>(items: impl Iterator<Item = [u64; W]>) -> [u64; W] {
    let so_far = items.fold([[0; W]; N], |mut so_far, item| {
        for k in (1..N).rev() {
            for at in 0..W {
                so_far[k][at] |= so_far[k - 1][at] & item[at];
            }
        }
        for at in 0..W {
            so_far[0][at] |= item[at];
        }
        so_far
    });
    so_far[N - 1]
}

/// A bit-sliced counter: plane `b` holds bit `b` of each subject's number.
fn added<const W: usize>(n: u32, items: impl Iterator<Item = [u64; W]>) -> [u64; W] {
    let mut bits: Vec<[u64; W]> = Vec::new();
    for item in items {
        let mut carry = item;
        for bit in &mut bits {
            for at in 0..W {
                (bit[at], carry[at]) = (bit[at] ^ carry[at], bit[at] & carry[at]);
            }
        }
        if carry != [0; W] {
            bits.push(carry);
        }
    }
    // from the highest bit down: greater so far, or equal so far
    let (mut more, mut equal) = ([0; W], [!0; W]);
    let width = bits.len().max((u32::BITS - n.leading_zeros()) as usize);
    for b in (0..width).rev() {
        let bit = bits.get(b).copied().unwrap_or([0; W]);
        for at in 0..W {
            if n >> b & 1 == 1 {
                equal[at] &= bit[at];
            } else {
                more[at] |= equal[at] & bit[at];
                equal[at] &= !bit[at];
            }
        }
    }
    std::array::from_fn(|at| more[at] | equal[at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_counting() {
        let items: Vec<Plane> = (0..11u64)
            .map(|at| {
                std::array::from_fn(|word| (at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left((at * 7 + word as u64 * 13) as u32))
            })
            .collect();
        for n in 1..=12 {
            let plane = at_least(n, items.iter().copied());
            for lane in 0..BLOCK {
                let set = |plane: &Plane| plane[lane / 64] >> (lane % 64) & 1 == 1;
                let count = items.iter().filter(|item| set(item)).count();
                assert_eq!(set(&plane), count >= n as usize, "at least {n}, lane {lane}: {count}");
            }
        }
    }
}
