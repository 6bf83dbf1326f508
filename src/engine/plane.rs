//! Planes: one bit for each of many subjects, and counts over them.

use std::ops::{BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, Index, IndexMut, Not};

/// Words in a plane of a block: 64 subjects each. With more, the planes of a block leave the nearest cache.
pub(super) const WORDS: usize = 4;
/// Subjects in a block.
pub(super) const BLOCK: usize = WORDS * 64;

/// One bit for each subject of a block. Aligned, so that the compiler takes its words in equal parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(align(32))]
pub struct Plane([u64; WORDS]);

impl Plane {
    /// No subject.
    pub const NONE: Plane = Plane([0; WORDS]);
    /// Every subject.
    pub const ALL: Plane = Plane([!0; WORDS]);
}

impl Index<usize> for Plane {
    type Output = u64;

    #[inline]
    fn index(&self, word: usize) -> &u64 {
        &self.0[word]
    }
}

impl IndexMut<usize> for Plane {
    #[inline]
    fn index_mut(&mut self, word: usize) -> &mut u64 {
        &mut self.0[word]
    }
}

impl BitAnd for Plane {
    type Output = Self;

    #[inline]
    fn bitand(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] & other.0[at]))
    }
}

impl BitOr for Plane {
    type Output = Self;

    #[inline]
    fn bitor(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] | other.0[at]))
    }
}

impl BitXor for Plane {
    type Output = Self;

    #[inline]
    fn bitxor(self, other: Self) -> Self {
        Self(std::array::from_fn(|at| self.0[at] ^ other.0[at]))
    }
}

impl Not for Plane {
    type Output = Self;

    #[inline]
    fn not(self) -> Self {
        Self(std::array::from_fn(|at| !self.0[at]))
    }
}

impl BitAndAssign for Plane {
    #[inline]
    fn bitand_assign(&mut self, other: Self) {
        *self = *self & other;
    }
}

impl BitOrAssign for Plane {
    #[inline]
    fn bitor_assign(&mut self, other: Self) {
        *self = *self | other;
    }
}

/// Where at least one, two, ... of the planes counted so far are set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Count<const N: usize>([Plane; N]);

impl<const N: usize> Count<N> {
    pub const NONE: Self = Self([Plane::NONE; N]);

    #[inline]
    pub fn add(&mut self, plane: Plane) {
        for more in (1..N).rev() {
            self.0[more] |= self.0[more - 1] & plane;
        }
        self.0[0] |= plane;
    }

    /// Where at least `N` are set.
    #[inline]
    pub fn reached(self) -> Plane {
        self.0[N - 1]
    }
}

/// Where at least `n` of the planes are set.
#[inline]
pub(super) fn at_least(n: u32, planes: impl Iterator<Item = Plane>) -> Plane {
    match n {
        2 => reached::<2>(planes),
        3 => reached::<3>(planes),
        _ => added(n, planes),
    }
}

#[inline]
fn reached<const N: usize>(planes: impl Iterator<Item = Plane>) -> Plane {
    let mut count = Count::<N>::NONE;
    planes.for_each(|plane| count.add(plane));
    count.reached()
}

/// A bit-sliced counter: plane `b` holds bit `b` of each subject's number.
fn added(n: u32, planes: impl Iterator<Item = Plane>) -> Plane {
    let mut bits: Vec<Plane> = Vec::new();
    for plane in planes {
        let mut carry = plane;
        for bit in &mut bits {
            (*bit, carry) = (*bit ^ carry, *bit & carry);
        }
        if carry != Plane::NONE {
            bits.push(carry);
        }
    }
    // from the highest bit down: greater so far, or equal so far
    let (mut more, mut equal) = (Plane::NONE, Plane::ALL);
    let width = bits.len().max((u32::BITS - n.leading_zeros()) as usize);
    for b in (0..width).rev() {
        let bit = bits.get(b).copied().unwrap_or(Plane::NONE);
        if n >> b & 1 == 1 {
            equal &= bit;
        } else {
            more |= equal & bit;
            equal &= !bit;
        }
    }
    more | equal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_agree_with_counting() {
        let planes: Vec<Plane> = (0..11u64)
            .map(|at| {
                let word = |word| (at + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left((at * 7 + word as u64 * 13) as u32);
                Plane(std::array::from_fn(word))
            })
            .collect();
        for n in 1..=12 {
            let found = at_least(n, planes.iter().copied());
            for lane in 0..BLOCK {
                let set = |plane: &Plane| plane[lane / 64] >> (lane % 64) & 1 == 1;
                let count = planes.iter().filter(|plane| set(plane)).count();
                assert_eq!(set(&found), count >= n as usize, "at least {n}, lane {lane}: {count}");
            }
        }
    }
}
