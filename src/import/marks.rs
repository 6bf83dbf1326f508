//! Where lines and cells end, found many bytes at a time.
//!
//! Most rows of a published file are somebody else's: lines are found before anything else is known of them, and cells
//! are only counted unless the row is read. Ends of lines and cells are marked in one pass over what was read; all that
//! follows looks at marks.

use wide::{CmpEq, i8x16};

/// Bytes that are searched at once.
pub(super) const BLOCK: usize = 64;

pub(super) type Block = [u8; BLOCK];

/// The ends of lines and the tabs in a buffer, one bit for each byte, a word for each block.
#[derive(Default)]
pub(super) struct Marks {
    lines: Vec<u64>,
    tabs: Vec<u64>,
}

/// A line of tab-separated text, without its end.
#[derive(Clone, Copy)]
pub(super) struct Line<'l> {
    /// Row in the file, counted from 1.
    pub number: usize,
    pub bytes: &'l [u8],
    /// The same and what stands behind it, so that short cells can be looked at eight bytes at once.
    pub room: &'l [u8],
    /// Where it starts in the buffer.
    pub start: usize,
    /// The tabs of the blocks it lies in.
    pub tabs: &'l [u64],
}

/// Bit *i* is set where byte *i* is `wanted`.
#[inline(always)]
fn places(bytes: &Block, wanted: u8) -> u64 {
    let wanted = i8x16::splat(wanted.cast_signed());
    let (sixteens, _) = bytes.as_chunks();
    sixteens.iter().rev().fold(0, |places, bytes: &[u8; 16]| {
        let own = i8x16::from(bytes.map(u8::cast_signed));
        places << 16 | u64::from(own.cmp_eq(wanted).move_mask() as u16)
    })
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

impl Marks {
    /// Marks what was read between `from` and `end`. The buffer is made of whole blocks.
    pub fn read(&mut self, buffer: &[u8], from: usize, end: usize) {
        let range = from / BLOCK..end.div_ceil(BLOCK);
        if self.lines.len() < range.end {
            self.lines.resize(buffer.len() / BLOCK, 0);
            self.tabs.resize(buffer.len() / BLOCK, 0);
        }
        let (lines, tabs) = (&mut self.lines[range.clone()], &mut self.tabs[range.clone()]);
        for ((line, tab), bytes) in lines.iter_mut().zip(tabs).zip(&blocks(buffer)[range]) {
            *line = places(bytes, b'\n');
            *tab = places(bytes, b'\t');
        }
        // what lies behind is left from before
        if !end.is_multiple_of(BLOCK) {
            self.lines[end / BLOCK] &= below(end);
            self.tabs[end / BLOCK] &= below(end);
        }
    }

    /// The tabs of the blocks between `from` and `end`.
    #[inline]
    pub fn tabs(&self, from: usize, end: usize) -> &[u64] {
        self.tabs.get(from / BLOCK..end.div_ceil(BLOCK)).unwrap_or_default()
    }

    /// The first end of a line between `from` and `end`.
    #[inline]
    pub fn line_end(&self, from: usize, end: usize) -> Option<usize> {
        let (first, more) = self.lines.get(from / BLOCK..end.div_ceil(BLOCK))?.split_first()?;
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
        let [tabs @ .., last] = self.tabs else { return 1 };
        let end = self.start + self.bytes.len();
        let last = if end.is_multiple_of(BLOCK) { *last } else { last & below(end) };
        let n = match tabs {
            [] => last & !below(self.start),
            [first, more @ ..] => {
                let first = first & !below(self.start);
                return (more.iter().fold(first.count_ones() + last.count_ones(), |n, tabs| n + tabs.count_ones()) + 1) as usize;
            }
        };
        n.count_ones() as usize + 1
    }

    /// Where its first cells end, from cell `at` on, as far as there is room in `ends`; the ends of those before are known.
    /// Gives back how many there are.
    #[inline]
    pub fn cut(&self, ends: &mut [u32], mut at: usize) -> usize {
        let (first, over) = (self.start / BLOCK, self.start + self.bytes.len());
        let from = self.start + at.checked_sub(1).and_then(|last| ends.get(last)).map_or(0, |end| *end as usize + 1);
        let skipped = from / BLOCK - first;
        for (block, tabs) in self.tabs.iter().enumerate().skip(skipped) {
            let start = (first + block) * BLOCK;
            let mut tabs = *tabs;
            if block == skipped {
                tabs &= !below(from);
            }
            if over - start < BLOCK {
                tabs &= below(over);
            }
            while tabs != 0 {
                let Some(end) = ends.get_mut(at) else { return at };
                *end = (start + tabs.trailing_zeros() as usize - self.start) as u32;
                tabs &= tabs - 1;
                at += 1;
            }
        }
        if let Some(end) = ends.get_mut(at) {
            *end = self.bytes.len() as u32;
            at += 1;
        }
        at
    }

    /// Where its last `n` cells, and the one before them, end. `ends` has as many places as it has cells.
    #[inline]
    pub fn cut_last(&self, ends: &mut [u32], n: usize) {
        let (first, over) = (self.start / BLOCK, self.start + self.bytes.len());
        let mut free = ends.iter_mut().rev().take(n + 1);
        if let Some(end) = free.next() {
            *end = self.bytes.len() as u32;
        }
        for (block, tabs) in self.tabs.iter().enumerate().rev() {
            let start = (first + block) * BLOCK;
            let mut tabs = *tabs;
            if block == 0 {
                tabs &= !below(self.start);
            }
            if over - start < BLOCK {
                tabs &= below(over);
            }
            while tabs != 0 {
                let Some(end) = free.next() else { return };
                let last = 63 - tabs.leading_zeros() as usize;
                *end = (start + last - self.start) as u32;
                tabs ^= 1 << last;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::memo::packed;
    use super::super::text::{Cells, trim};
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn rows_are_cut_where_the_tabs_are(
            row in "[\t\\x08\na\u{89}\u{e9}]{0,40}|[\tab]{0,200}|\t{9000}",
            before in 0usize..150,
            wanted in 0usize..20,
            first in 0usize..20,
            last in 0usize..20,
            rest in 0usize..130,
        ) {
            let row = row.as_bytes();
            let end = before + row.len();
            let mut buffer = [vec![b'\t'; before], row.to_vec(), vec![b'\t'; rest]].concat();
            buffer.resize(buffer.len().next_multiple_of(BLOCK), b'\n');
            let mut marks = Marks::default();
            marks.read(&buffer, 0, before);
            marks.read(&buffer, before, end + rest);
            let line = Line {
                number: 1,
                bytes: row,
                room: &buffer[before..],
                start: before,
                tabs: marks.tabs(before, end),
            };
            let plain: Vec<&[u8]> = row.split(|byte| *byte == b'\t').map(trim).collect();
            prop_assert_eq!(line.cells(), plain.len());
            let mut ends = Vec::new();
            for wanted in [wanted, plain.len()] {
                ends.resize(wanted, 0);
                let known = wanted.min(first).min(plain.len() - 1);
                line.cut(&mut ends[..known], 0);
                let n = line.cut(&mut ends, known);
                prop_assert_eq!(n, wanted.min(plain.len()));
                let cells = Cells { number: 1, n, bytes: line.room, ends: &ends[..n], gap: 1 };
                let own: Vec<&[u8]> = (0..n).map(|at| cells.get(at)).collect();
                prop_assert_eq!(own, &plain[..n]);
                for (at, cell) in plain[..n].iter().enumerate() {
                    prop_assert_eq!(cells.packed(at), packed(cell));
                }
            }
            let last = last.min(plain.len());
            let mut ends = vec![u32::MAX; plain.len()];
            line.cut_last(&mut ends, last);
            let cells = Cells { number: 1, n: ends.len(), bytes: line.room, ends: &ends, gap: 1 };
            for (at, cell) in plain.iter().enumerate().skip(plain.len() - last) {
                prop_assert_eq!(&cells.get(at), cell);
            }
            let newline = row.iter().position(|byte| *byte == b'\n').map(|at| before + at);
            prop_assert_eq!(marks.line_end(before, end), newline);
            prop_assert_eq!(marks.line_end(before, end + rest), newline);
        }
    }
}
