//! Bytes of cells: cut, trimmed, compared, shown.

use std::borrow::Cow;

/// A row cut into cells.
#[derive(Clone, Copy)]
pub(super) struct Cells<'r> {
    /// Row in the file, counted from 1.
    pub number: usize,
    /// How many cells the row has; not all of them need to be cut.
    pub n: usize,
    pub bytes: &'r [u8],
    /// Where each cell ends.
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

    pub fn is_blank(&self) -> bool {
        (0..self.ends.len()).all(|at| self.get(at).is_empty())
    }
}

/// Appends where cells of a tab-separated row end, until `ends` holds `wanted` of them or the row is over.
#[inline]
pub(super) fn cut(row: &[u8], ends: &mut Vec<u32>, wanted: usize) {
    const TABS: u64 = 0x0909_0909_0909_0909;
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    let first = ends.len();
    let mut at = ends.last().map_or(0, |end| *end as usize + 1);
    if first >= wanted || at > row.len() {
        return;
    }
    ends.resize(wanted, 0);
    let mut free = ends[first..].iter_mut();
    // eight bytes at a time: a byte's high bit is set where it is a tab
    while let Some(word) = row.get(at..at + 8) {
        let word = u64::from_le_bytes(word.try_into().unwrap_or_default()) ^ TABS;
        let mut tabs = !(((word & LOW) + LOW) | word | LOW);
        while tabs != 0 {
            let Some(end) = free.next() else { return };
            *end = at as u32 + (tabs.trailing_zeros() >> 3);
            tabs &= tabs - 1;
        }
        at += 8;
    }
    for (index, byte) in row.iter().enumerate().skip(at) {
        if *byte == b'\t' {
            let Some(end) = free.next() else { return };
            *end = index as u32;
        }
    }
    if let Some(end) = free.next() {
        *end = row.len() as u32;
    }
    let unused = free.len();
    ends.truncate(wanted - unused);
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
        fn rows_are_cut_where_the_tabs_are(row in "[\t\\x08\na\u{89}\u{e9}]{0,40}", first in 0usize..10) {
            let (row, mut ends) = (row.as_bytes(), Vec::new());
            cut(row, &mut ends, first);
            cut(row, &mut ends, row.len() + 1);
            let cells = Cells { number: 1, n: ends.len(), bytes: row, ends: &ends, gap: 1 };
            let plain: Vec<&[u8]> = row.split(|byte| *byte == b'\t').map(trim).collect();
            let own: Vec<&[u8]> = (0..ends.len()).map(|at| cells.get(at)).collect();
            prop_assert_eq!(own, plain);
        }

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
