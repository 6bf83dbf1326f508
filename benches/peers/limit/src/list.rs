//! The list as a CSV file: a line for each agency, in the order of keys.

use crate::evaluate::Row;
use crate::facts::{GROUPS, Kind, ORDER};

/// First line.
pub const HEADER: &str = "key,kind,da,da_groups,geolead,geolead_groups,dta,dta_groups\n";

/// Writes the list. `rows` are in the order of `keys`; who has none has an answer of no.
pub fn write<'a>(keys: &[u64], rows: impl IntoIterator<Item = &'a Row>) -> Vec<u8> {
    let mut out = Vec::with_capacity(keys.len() * 80 + HEADER.len());
    out.extend_from_slice(HEADER.as_bytes());
    let mut rows = rows.into_iter().peekable();
    for (agency, &key) in keys.iter().enumerate() {
        let none = Row::default();
        let row = rows.next_if(|row| row.agency as usize == agency).unwrap_or(&none);
        let kind = Kind::of(key);
        let yes = |bit: u16| if row.answers & bit != 0 { "yes" } else { "no" };
        let assisted = match (row.answers & Row::YES != 0, row.answers & Row::SECOND_YEAR != 0) {
            (true, _) if kind == Kind::Charter => "yes",
            (true, _) => "year_1",
            (_, true) => "year_2",
            _ => "no",
        };
        let lead = if kind == Kind::District { yes(Row::LEAD) } else { "" };
        let direct = if kind == Kind::Charter { "" } else { yes(Row::DIRECT) };
        digits(&mut out, key);
        out.push(b',');
        out.extend_from_slice(kind.name().as_bytes());
        for (answer, groups) in [(assisted, row.assisted), (lead, row.lead), (direct, row.direct)] {
            out.push(b',');
            out.extend_from_slice(answer.as_bytes());
            out.push(b',');
            names(&mut out, groups);
        }
        out.push(b'\n');
    }
    out
}

/// Fourteen digits.
fn digits(out: &mut Vec<u8>, key: u64) {
    let mut text = [b'0'; 14];
    let mut rest = key;
    for digit in text.iter_mut().rev() {
        *digit += (rest % 10) as u8;
        rest /= 10;
    }
    out.extend_from_slice(&text);
}

/// Groups in the order of the vocabulary, joined by `+`.
fn names(out: &mut Vec<u8>, groups: u16) {
    let mut first = true;
    for group in ORDER {
        if groups >> group & 1 != 0 {
            if !first {
                out.push(b'+');
            }
            first = false;
            out.extend_from_slice(GROUPS[group].as_bytes());
        }
    }
}
