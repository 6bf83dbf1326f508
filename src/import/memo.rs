//! What texts of cells mean, so that each is read once.

use rustc_hash::FxHashMap as HashMap;

/// Long texts remembered; they seldom repeat.
const LONG: usize = 4096;
/// Short texts remembered, so that memory does not grow with a file of random numbers.
const SHORT: usize = 1 << 17;

/// Texts and what they mean.
#[derive(Debug)]
pub(super) struct Memo<V> {
    short: HashMap<u64, V>,
    long: HashMap<Box<[u8]>, V>,
}

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self { short: HashMap::default(), long: HashMap::default() }
    }
}

impl<V> Memo<V> {
    #[inline]
    pub fn get(&self, text: &[u8]) -> Option<&V> {
        match packed(text) {
            Some(word) => self.short.get(&word),
            None => self.long.get(text),
        }
    }

    pub fn insert(&mut self, text: &[u8], meaning: V) {
        match packed(text) {
            Some(word) if self.short.len() < SHORT => drop(self.short.insert(word, meaning)),
            None if self.long.len() < LONG => drop(self.long.insert(text.into(), meaning)),
            _ => {}
        }
    }
}

/// A text of up to seven bytes, with its length in the eighth.
#[inline]
fn packed(text: &[u8]) -> Option<u64> {
    (text.len() < 8).then(|| text.iter().fold(text.len() as u64, |word, byte| word << 8 | u64::from(*byte)))
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
        assert!(texts.iter().enumerate().all(|(at, text)| memo.get(text) == Some(&at)));
    }
}
