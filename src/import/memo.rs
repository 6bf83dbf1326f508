//! What texts of cells mean, so that each is read once.

use super::text::Cells;
use rustc_hash::FxHashMap as HashMap;

/// Long texts remembered; they seldom repeat.
const LONG: usize = 4096;
/// Short texts remembered, so that memory does not grow with a file of random numbers.
const SHORT: usize = 1 << 17;

/// Texts found again without a look at the map.
const QUICK: usize = 256;

/// Texts and what they mean.
#[derive(Debug)]
pub(super) struct Memo<V> {
    /// Each packed text has one place here, which the last one that came to it holds.
    quick: Box<[(u64, V)]>,
    short: HashMap<u64, V>,
    long: HashMap<Box<[u8]>, V>,
}

impl<V: Copy + Default> Default for Memo<V> {
    fn default() -> Self {
        Self { quick: vec![(0, V::default()); QUICK].into(), short: HashMap::default(), long: HashMap::default() }
    }
}

impl<V: Copy> Memo<V> {
    pub fn get(&mut self, text: &[u8]) -> Option<V> {
        match packed(text) {
            Some(word) => self.packed(word),
            None => self.long.get(text).copied(),
        }
    }

    /// What a cell means.
    #[inline]
    pub fn of(&mut self, cells: &Cells, at: usize) -> Option<V> {
        match cells.packed(at) {
            Some(word) => self.packed(word),
            None => self.long.get(cells.get(at)).copied(),
        }
    }

    #[inline]
    fn packed(&mut self, word: u64) -> Option<V> {
        let place = word.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - QUICK.trailing_zeros());
        let (last, meaning) = &mut self.quick[place as usize % QUICK];
        if *last != word {
            *meaning = *self.short.get(&word)?;
            *last = word;
        }
        Some(*meaning)
    }

    pub fn insert(&mut self, text: &[u8], meaning: V) {
        match packed(text) {
            Some(word) if self.short.len() < SHORT => drop(self.short.insert(word, meaning)),
            None if self.long.len() < LONG => drop(self.long.insert(text.into(), meaning)),
            _ => {}
        }
    }
}

/// A text of up to seven bytes, with its length and one more in the eighth; never 0.
#[inline]
pub(super) fn packed(text: &[u8]) -> Option<u64> {
    let shift = |bytes: usize| 8 * bytes as u32;
    // two pieces that overlap agree where they do
    let word = match text {
        [] => 0,
        [only] => u64::from(*only),
        [a, b] => u64::from(u16::from_le_bytes([*a, *b])),
        [a, b, c] => u64::from(u32::from_le_bytes([*a, *b, *c, 0])),
        _ if text.len() < 8 => {
            let (first, last) = (text.first_chunk().copied()?, text.last_chunk().copied()?);
            u64::from(u32::from_le_bytes(first)) | u64::from(u32::from_le_bytes(last)) << shift(text.len() - 4)
        }
        _ => return None,
    };
    Some(word | (text.len() as u64 + 1) << 56)
}

/// A packed text without capitals; letters beyond ASCII stay.
#[inline]
pub(super) fn lowered(word: u64) -> u64 {
    const EACH: u64 = u64::MAX / 0xff;
    // the highest bit of each byte says whether it is from A on, and whether it is behind Z
    let low = word & (0x7f * EACH);
    let (from_a, behind_z) = (low + (0x80 - 0x41) * EACH, low + (0x7f - 0x5a) * EACH);
    word | (!word & (from_a ^ behind_z) & (0x80 * EACH)) >> 2
}

/// The text a cell had last.
#[derive(Debug, Default)]
pub(super) struct Last {
    /// Packed, if it is short; 0 where there was none yet.
    word: u64,
    long: Vec<u8>,
}

impl Last {
    #[inline]
    pub fn is(&self, cells: &Cells, at: usize) -> bool {
        match cells.packed(at) {
            Some(word) => word == self.word,
            None => cells.get(at) == self.long.as_slice(),
        }
    }

    pub fn set(&mut self, text: &[u8]) {
        self.long.clear();
        self.word = packed(text).unwrap_or_else(|| {
            self.long.extend_from_slice(text);
            0
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn capitals_are_lowered() {
        for first in 0..=u8::MAX {
            let text = [first, b'Z', b'[', b'@', b'A', 0xc4];
            assert_eq!(packed(&text).map(lowered), packed(&text.to_ascii_lowercase()));
        }
    }

    #[test]
    fn texts_are_told_apart() {
        let texts: [&[u8]; 8] = [b"", b"\0", b"\0\0", b"1", b"01", b"1234567", b"12345678", b"\x011"];
        let mut memo = Memo::default();
        for (at, text) in texts.iter().enumerate() {
            assert_eq!(memo.get(text), None);
            memo.insert(text, at);
        }
        assert!(texts.iter().enumerate().cycle().take(20).all(|(at, text)| memo.get(text) == Some(at)));
    }
}
