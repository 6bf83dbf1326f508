//! One row as text.

use super::groups::{ALL, CAA, CODES, COMPARISON, Group, SBA, SWD};
use super::layouts::{Column, Move, When, code, measure_share};
use super::levels::{Cell, Indicator, Judged, Row, judge, ratio, with_disability};
use super::plan::{Entity, Kind};

/// What a row is made from.
pub struct Facts<'a> {
    pub row: Row,
    pub now: Cell,
    /// All pupils, for shares.
    pub everybody: u32,
    /// `None` where the layout has no prior year.
    pub before: Option<Cell>,
    pub uncertified_before: bool,
    pub columns: &'a [Column],
}

/// The first columns, up to `coe_flag`, and the flag of alternative schools.
pub fn first_columns(entity: &Entity) -> (Vec<u8>, &'static str) {
    let kind = match entity.kind {
        Kind::CountyOffice | Kind::District => "D",
        Kind::Charter | Kind::School => "S",
    };
    let flag = |yes: bool| if yes { "Y" } else { "" };
    let text = format!(
        "{}\t{kind}\t{}\t{}\t{}\t{}\t{}",
        entity.cds,
        entity.school_name,
        entity.agency_name,
        entity.county_name,
        flag(entity.kind == Kind::Charter),
        flag(entity.kind == Kind::CountyOffice)
    );
    (text.into_bytes(), flag(entity.dass))
}

fn number(out: &mut Vec<u8>, value: u64) {
    let mut digits = [0; 20];
    let mut at = 20;
    let mut rest = value;
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

/// A number of tenths with one decimal, which some files leave out where it is 0.
fn tenths(out: &mut Vec<u8>, value: i64, always: bool) {
    if value < 0 {
        out.push(b'-');
    }
    let value = value.unsigned_abs();
    number(out, value / 10);
    if always || !value.is_multiple_of(10) {
        out.push(b'.');
        out.push(b'0' + (value % 10) as u8);
    }
}

fn percent(out: &mut Vec<u8>, part: u32, whole: u32) {
    if whole > 0 {
        tenths(out, ratio(i64::from(part) * 1000, whole.into()), false);
    }
}

/// Writes a row, its line end included.
pub fn write(out: &mut Vec<u8>, first: &[u8], dass: &str, facts: &Facts) {
    let Facts { row, now, everybody, before, uncertified_before, columns } = facts;
    let Row { indicator, year, group, .. } = *row;
    let before = before.unwrap_or_default();
    let judged = shown(*row, *now, facts.before);
    out.extend_from_slice(first);
    if year > 2017 {
        out.push(b'\t');
        out.extend_from_slice(dass.as_bytes());
    }
    let points = year >= 2024 && indicator == Indicator::Susp;
    let strict = matches!(indicator, Indicator::Grad | Indicator::Elpi);
    let of = |when: When| if when == When::Now { *now } else { before };
    let flag = |yes: bool, no: &'static str| if yes { "Y" } else { no };
    for column in *columns {
        out.push(b'\t');
        let text: &str = match *column {
            Column::Blank => "",
            Column::Group => CODES[group],
            Column::GroupShare => {
                percent(out, now.n, *everybody);
                ""
            }
            Column::Type => row.cuts.code(),
            Column::Numerator(when) => {
                if of(when).n >= 11 {
                    number(out, of(when).sum as u64);
                }
                ""
            }
            Column::Denominator(when) => {
                if when == When::Now || of(when).n > 0 || indicator.is_distance() {
                    number(out, of(when).n.into());
                }
                ""
            }
            Column::Status(When::Now) => optional(out, judged.status, points),
            Column::Status(When::Before) => optional(out, judged.prior_status, points),
            Column::WithoutLoss(When::Now) => optional(out, judged.status, false),
            Column::WithoutLoss(When::Before) => optional(out, judged.prior_status, false),
            Column::Change => optional(out, judged.change, points),
            Column::StatusLevel => digit(judged.status_level),
            Column::ChangeLevel => digit(judged.change_level),
            Column::Color => digit(judged.color),
            Column::BoxNumber => {
                number(out, judged.box_number.into());
                ""
            }
            Column::Small => flag(now.n < 150, if year < 2020 || indicator == Indicator::Grad { "N" } else { "" }),
            Column::Enough(_) | Column::EnoughInBoth if COMPARISON.contains(&group) => "",
            Column::Enough(When::Now) => flag(judged.enough, if strict { "N" } else { "" }),
            Column::Enough(When::Before) => flag(judged.enough_before, if strict { "N" } else { "" }),
            Column::EnoughInBoth => flag(judged.enough && judged.enough_before, if indicator == Indicator::Grad { "N" } else { "" }),
            Column::Certified(When::Now) => flag(row.uncertified, ""),
            Column::Certified(When::Before) => flag(*uncertified_before, ""),
            Column::HighSchoolCuts => flag(row.cuts.grade_11(), ""),
            Column::FiveYear => {
                number(out, u64::from(now.n / 70));
                ""
            }
            Column::WithDisability(when) => {
                if group == SWD {
                    number(out, with_disability(of(when).n).into());
                }
                ""
            }
            Column::Enrolled(_) | Column::Tested(_) | Column::TestedShare(_) if matches!(group, SBA | CAA) => "",
            Column::Enrolled(when) => {
                number(out, enrolled(of(when).n).into());
                ""
            }
            Column::Tested(when) => {
                number(out, tested(of(when).n).into());
                ""
            }
            Column::TestedShare(when) => {
                let n = of(when).n;
                if n > 0 {
                    number(out, ratio(i64::from(tested(n)) * 100, enrolled(n).into()) as u64);
                }
                ""
            }
            Column::SizeGroup(when) => match of(when).n {
                0..=10 => "0 to 10",
                11..=29 => "11 to 29",
                _ => "30 and Up",
            },
            Column::Moved(when, how, share) => {
                moved(out, of(when), how, share);
                ""
            }
            Column::Measure(when, part, measure, share) => {
                if of(when).n >= 11 {
                    college(out, of(when), part, measure, share);
                }
                ""
            }
            Column::Level(level, share) => {
                if now.n >= 11 {
                    let count = at_level(*now, level);
                    if share { percent(out, count, now.n) } else { number(out, count.into()) }
                }
                ""
            }
            Column::LevelTotal => {
                if now.n >= 11 {
                    number(out, now.n.into());
                }
                ""
            }
            Column::Name => code(indicator),
            Column::Year if year == 2017 => "2017f",
            Column::Year => {
                number(out, year as u64);
                ""
            }
        };
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'\n');
}

/// Levels and color as published: groups shown for comparison have none, except pupils by test taken from 2024 on.
pub fn shown(row: Row, now: Cell, before: Option<Cell>) -> Judged {
    let mut judged = judge(row, now, before);
    if COMPARISON.contains(&row.group) && !(row.year >= 2024 && matches!(row.group, SBA | CAA)) {
        (judged.color, judged.box_number) = (0, 0);
    }
    judged
}

fn optional(out: &mut Vec<u8>, value: Option<i64>, always: bool) -> &'static str {
    if let Some(value) = value {
        tenths(out, value, always);
    }
    ""
}

fn digit(value: u8) -> &'static str {
    ["0", "1", "2", "3", "4", "5"][usize::from(value)]
}

/// Pupils who took the test: some do not count, because they came late in the year.
fn tested(n: u32) -> u32 {
    n + n / 50
}

fn enrolled(n: u32) -> u32 {
    tested(n) + n / 40
}

fn moved(out: &mut Vec<u8>, cell: Cell, how: Move, share: bool) {
    if how == Move::None {
        out.push(b'0');
        return;
    }
    if cell.n < 11 {
        return;
    }
    let (good, n) = (cell.sum as u32, cell.n);
    let top = good / 15;
    let kept = (n - good) * 13 / 20;
    let count = match how {
        Move::Progressed => good - top,
        Move::KeptTop => top,
        Move::KeptOther => kept,
        Move::Declined => n - good - kept,
        Move::None => 0,
    };
    if share { percent(out, count, n) } else { number(out, count.into()) }
}

fn college(out: &mut Vec<u8>, cell: Cell, part: u8, measure: u8, share: bool) {
    let prepared = cell.sum as u32;
    let nearly = (cell.n - prepared) * 3 / 10;
    let whole = [prepared, nearly, cell.n - prepared - nearly][usize::from(part)];
    let count = whole * u32::from(measure_share(part, measure)) / 100;
    if share { percent(out, count, if measure == 0 { cell.n } else { whole }) } else { number(out, count.into()) }
}

/// Pupils at a level of the language test; levels 1 and 2 share those who did not progress.
fn at_level(cell: Cell, level: u8) -> u32 {
    let (good, rest) = (cell.sum as u32, cell.n - cell.sum as u32);
    match level {
        1 => rest / 3,
        2 => rest - rest / 3,
        3 => good - good / 3,
        _ => good / 3,
    }
}

/// The group of all pupils.
pub const EVERYBODY: Group = ALL;
