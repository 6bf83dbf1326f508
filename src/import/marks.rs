//! Where lines and cells end, found many bytes at a time.
//!
//! Most rows of a published file are somebody else's: lines are found before anything else is known of them, and cells
//! are only counted unless the row is read. All loops here are plain ones that compilers turn into vectors.

/// Bytes that are searched at once.
pub(super) const BLOCK: usize = 64;

pub(super) type Block = [u8; BLOCK];

/// The ends of lines in a buffer, one bit for each byte.
#[derive(Default)]
pub(super) struct Marks(Vec<u64>);

/// A line of tab-separated text, without its end.
#[derive(Clone, Copy)]
pub(super) struct Line<'l> {
    /// Row in the file, counted from 1.
    pub number: usize,
    pub bytes: &'l [u8],
    /// Where it starts in the buffer.
    pub start: usize,
    pub buffer: &'l [Block],
}

/// Bit *i* is set where byte *i* is `wanted`.
#[inline(always)]
fn places(bytes: &Block, wanted: u8) -> u64 {
    let mut found = [0; BLOCK];
    for at in 0..BLOCK {
        found[at] = u8::from(bytes[at] == wanted);
    }
    let (eights, _) = found.as_chunks();
    let mut places = 0;
    for at in (0..BLOCK / 8).rev() {
        // the product moves the lowest bits of eight bytes side by side into the highest byte
        places = places << 8 | u64::from_le_bytes(eights[at]).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    }
    places
}

/// Bits below a place within its block.
#[inline]
fn below(at: usize) -> u64 {
    (1 << (at % BLOCK)) - 1
}

/// The whole blocks of a buffer.
#[inline]
pub(super) fn blocks(buffer: &[u8]) -> &[Block] {
    buffer.as_chunks().0
}

/// How many tabs there are.
#[inline]
fn tabs(bytes: &[u8]) -> usize {
    // counting in single bytes makes for the widest vectors
    bytes.chunks(usize::from(u8::MAX)).map(|bytes| usize::from(bytes.iter().fold(0, |n, byte| n + u8::from(*byte == b'\t')))).sum()
}

impl Marks {
    /// Marks what was read between `from` and `end`. The buffer is made of whole blocks.
    pub fn read(&mut self, buffer: &[u8], from: usize, end: usize) {
        let range = from / BLOCK..end.div_ceil(BLOCK);
        if self.0.len() < range.end {
            self.0.resize(buffer.len() / BLOCK, 0);
        }
        for (own, bytes) in self.0[range.clone()].iter_mut().zip(&blocks(buffer)[range]) {
            *own = places(bytes, b'\n');
        }
        // what lies behind is left from before
        if !end.is_multiple_of(BLOCK) {
            self.0[end / BLOCK] &= below(end);
        }
    }

    /// The first end of a line between `from` and `end`.
    #[inline]
    pub fn line_end(&self, from: usize, end: usize) -> Option<usize> {
        let (first, more) = self.0.get(from / BLOCK..end.div_ceil(BLOCK))?.split_first()?;
        let mut at = from / BLOCK;
        let mut lines = first & !below(from);
        let mut more = more.iter();
        while lines == 0 {
            lines = *more.next()?;
            at += 1;
        }
        Some(at * BLOCK + lines.trailing_zeros() as usize)
    }
}

impl Line<'_> {
    /// How many cells it has.
    #[inline]
    pub fn cells(&self) -> usize {
        tabs(self.bytes) + 1
    }

    /// Where its first cells end.
    #[inline]
    pub fn cut(&self, ends: &mut Vec<u32>, wanted: usize) {
        ends.resize(wanted, 0);
        let (first, over) = (self.start / BLOCK, self.start + self.bytes.len());
        let mut free = ends.iter_mut();
        for (at, block) in self.buffer[first..over.div_ceil(BLOCK)].iter().enumerate() {
            let start = (first + at) * BLOCK;
            let mut tabs = places(block, b'\t');
            if at == 0 {
                tabs &= !below(self.start);
            }
            if over - start < BLOCK {
                tabs &= below(over);
            }
            while tabs != 0 {
                let Some(end) = free.next() else { return };
                *end = (start + tabs.trailing_zeros() as usize - self.start) as u32;
                tabs &= tabs - 1;
            }
        }
        if let Some(end) = free.next() {
            *end = self.bytes.len() as u32;
        }
        let unused = free.len();
        ends.truncate(wanted - unused);
    }
}

#[cfg(test)]
mod tests {
    use super::super::text::{Cells, trim};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_cut_where_the_tabs_are(
            row in "[\t\\x08\na\u{89}\u{e9}]{0,40}|[\tab]{0,200}|\t{9000}",
            before in 0usize..150,
            wanted in 0usize..20,
            rest in 0usize..130,
        ) {
            let row = row.as_bytes();
            let end = before + row.len();
            let mut buffer = [vec![b'\t'; before], row.to_vec(), vec![b'\t'; rest]].concat();
            buffer.resize(buffer.len().next_multiple_of(BLOCK), b'\n');
            let mut marks = Marks::default();
            marks.read(&buffer, 0, before);
            marks.read(&buffer, before, end + rest);
            let line = Line { number: 1, bytes: row, start: before, buffer: blocks(&buffer) };
            let plain: Vec<&[u8]> = row.split(|byte| *byte == b'\t').map(trim).collect();
            prop_assert_eq!(line.cells(), plain.len());
            let mut ends = Vec::new();
            for wanted in [wanted, plain.len()] {
                line.cut(&mut ends, wanted);
                let cells = Cells { number: 1, n: ends.len(), bytes: row, ends: &ends, gap: 1 };
                let own: Vec<&[u8]> = (0..ends.len()).map(|at| cells.get(at)).collect();
                prop_assert_eq!(own, &plain[..wanted.min(plain.len())]);
            }
            let newline = row.iter().position(|byte| *byte == b'\n').map(|at| before + at);
            prop_assert_eq!(marks.line_end(before, end), newline);
            prop_assert_eq!(marks.line_end(before, end + rest), newline);
        }
    }
}
