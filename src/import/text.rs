//! Bytes of cells: cut, trimmed, compared, shown.

use super::memo::packed;
use std::borrow::Cow;

/// A row cut into cells.
#[derive(Clone, Copy)]
pub(super) struct Cells<'r> {
    /// Row in the file, counted from 1.
    pub number: usize,
    /// How many cells the row has; not all of them need to be cut.
    pub n: usize,
    /// What the cells lie in. It may run on behind the last one.
    pub bytes: &'r [u8],
    /// Where each cell ends, at least those that are read and those before them.
    pub ends: &'r [u32],
    /// Bytes between two cells.
    pub gap: usize,
}

impl<'r> Cells<'r> {
    /// A cell without the blanks around it; empty past the last one.
    #[inline]
    pub fn get(&self, at: usize) -> &'r [u8] {
        let Some(end) = self.ends.get(at) else { return b"" };
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize + self.gap };
        self.bytes.get(start..*end as usize).map_or(b"", trim)
    }

    /// The cell as one number, if it is short: [`packed`] of what [`Cells::get`] gives.
    #[inline]
    pub fn packed(&self, at: usize) -> Option<u64> {
        let end = self.ends.get(at).copied().unwrap_or_default() as usize;
        let start = if at == 0 { 0 } else { self.ends.get(at - 1).copied().unwrap_or_default() as usize + self.gap };
        if let Some(length) = end.checked_sub(start)
            && length < 8
            && let Some((eight, _)) = self.bytes.get(start..).and_then(<[u8]>::split_first_chunk)
        {
            // all lengths in one way: the length of a number is hard to foresee
            let bits = 8 * length as u32;
            let word = u64::from_le_bytes(*eight) & ((1 << bits) - 1);
            let (first, last) = (word as u8, (word << 8 >> bits) as u8);
            if length == 0 || first.is_ascii_graphic() && last.is_ascii_graphic() {
                return Some(word | (length as u64 + 1) << 56);
            }
        }
        packed(self.get(at))
    }

    pub fn is_blank(&self) -> bool {
        (0..self.ends.len()).all(|at| self.get(at).is_empty())
    }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, 9..=13 | b' ')
}

/// Without the blanks around it, those beyond ASCII included.
#[inline]
pub(super) fn trim(mut bytes: &[u8]) -> &[u8] {
    while let [first, rest @ ..] = bytes
        && is_blank(*first)
    {
        bytes = rest;
    }
    while let [rest @ .., last] = bytes
        && is_blank(*last)
    {
        bytes = rest;
    }
    match bytes {
        [] => bytes,
        [first, .., last] if first.is_ascii() && last.is_ascii() => bytes,
        [only] if only.is_ascii() => bytes,
        _ => trim_wide(bytes),
    }
}

#[cold]
fn trim_wide(bytes: &[u8]) -> &[u8] {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.trim().as_bytes(),
        Err(_) => {
            // a no-break space of Windows-1252
            let blank = |byte: &u8| is_blank(*byte) || *byte == 0xa0;
            let start = bytes.iter().position(|byte| !blank(byte)).unwrap_or(bytes.len());
            let end = bytes.iter().rposition(|byte| !blank(byte)).map_or(start, |last| last + 1);
            &bytes[start..end]
        }
    }
}

/// A cell as text: UTF-8, else Windows-1252.
pub(super) fn shown(cell: &[u8]) -> Cow<'_, str> {
    match std::str::from_utf8(cell) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => encoding_rs::WINDOWS_1252.decode_without_bom_handling(cell).0,
    }
}

/// Whether a cell holds a code, in capitals or not; `None` stands for an empty cell.
#[inline]
pub(super) fn holds(cell: &[u8], code: Option<&str>) -> bool {
    match code {
        None => cell.is_empty(),
        Some(code) if code.is_ascii() => code.as_bytes().eq_ignore_ascii_case(cell),
        Some(code) => code.eq_ignore_ascii_case(&shown(cell)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cells_are_trimmed_as_text_is(cell in "[ \u{a0}\u{2003}\ta\u{f1}]{0,6}") {
            prop_assert_eq!(trim(cell.as_bytes()), cell.trim().as_bytes());
        }
    }

    #[test]
    fn what_is_not_utf_8_is_windows_1252() {
        assert_eq!(shown(b"Pe\xf1a"), "Peña");
        assert_eq!(trim(b"\xa0 Pe\xf1a \xa0"), b"Pe\xf1a");
        assert!(holds("Peña".as_bytes(), Some("peña")) && holds(b"Pe\xf1a", Some("Peña")) && !holds(b"", Some("x")) && holds(b"", None));
    }
}
