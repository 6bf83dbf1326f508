//! What texts of cells mean, so that each is read once.

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
    #[inline]
    pub fn get(&mut self, text: &[u8]) -> Option<V> {
        let Some(word) = packed(text) else { return self.long.get(text).copied() };
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

/// Whether two texts are the same; most are short.
#[inline]
pub(super) fn same(a: &[u8], b: &[u8]) -> bool {
    match (packed(a), packed(b)) {
        (Some(a), Some(b)) => a == b,
        _ => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
