//! From numbers to levels, box and color: CDE's cut scores and color tables.
//!
//! Levels are 1 to 5 with 5 always the best, 0 for none. Rates and distances are compared after rounding to tenths.

use super::groups::{ALL, Group, SWD, small_is_enough};

/// The state indicators of the Dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Indicator {
    Ela,
    Math,
    Susp,
    Chro,
    Grad,
    Cci,
    Elpi,
}

impl Indicator {
    /// All of them, largest file first.
    pub const ALL: [Indicator; 7] = [Self::Ela, Self::Math, Self::Susp, Self::Chro, Self::Cci, Self::Grad, Self::Elpi];

    /// Results are distances from standard in points, not rates.
    pub fn is_distance(self) -> bool {
        matches!(self, Self::Ela | Self::Math)
    }
}

/// Which cut scores of the suspension rate apply; written in its column `type`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cuts {
    Es,
    Ms,
    Hs,
    Ed,
    Hd,
    Ud,
}

impl Cuts {
    pub fn code(self) -> &'static str {
        match self {
            Self::Es => "ES",
            Self::Ms => "MS",
            Self::Hs => "HS",
            Self::Ed => "ED",
            Self::Hd => "HD",
            Self::Ud => "UD",
        }
    }

    /// Grade 11 alone is tested.
    pub fn grade_11(self) -> bool {
        matches!(self, Self::Hs | Self::Hd)
    }
}

/// A result of one group in one year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cell {
    /// Pupils counted.
    pub n: u32,
    /// Of these with the property; for distances the sum of all pupils' points, in thousandths.
    pub sum: i64,
}

impl Cell {
    /// The status in tenths, rounded half away from zero; `None` where it is not shown.
    pub fn status(self, indicator: Indicator) -> Option<i64> {
        (self.n >= 11)
            .then(|| if indicator.is_distance() { ratio(self.sum, i64::from(self.n) * 100) } else { ratio(self.sum * 1000, self.n.into()) })
    }

    /// The change since `prior` in tenths, from unrounded statuses.
    pub fn change(self, prior: Cell, indicator: Indicator) -> Option<i64> {
        let (n, p) = (i128::from(self.n), i128::from(prior.n));
        (self.n >= 11 && prior.n >= 11).then(|| {
            let cross = i128::from(self.sum) * p - i128::from(prior.sum) * n;
            let (over, under) = if indicator.is_distance() { (cross, n * p * 100) } else { (cross * 1000, n * p) };
            let half = if over < 0 { -under } else { under };
            ((2 * over + half) / (2 * under)) as i64
        })
    }
}

/// Rounded half away from zero.
pub fn ratio(over: i64, under: i64) -> i64 {
    let half = if over < 0 { -under } else { under };
    (2 * over + half) / (2 * under)
}

/// Everything of a row that follows from its numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Judged {
    pub status: Option<i64>,
    pub prior_status: Option<i64>,
    pub change: Option<i64>,
    pub status_level: u8,
    /// As printed; graduation prints the level before the small-population rule.
    pub change_level: u8,
    pub color: u8,
    pub box_number: u16,
    /// The color comes from the three-by-five table.
    pub small: bool,
    pub enough: bool,
    pub enough_before: bool,
}

/// What a row is about.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    pub indicator: Indicator,
    pub year: i32,
    pub cuts: Cuts,
    /// A district or county office, not a school.
    pub agency: bool,
    pub group: Group,
    /// CALPADS data of this indicator were not certified.
    pub uncertified: bool,
}

/// Years and indicators with a status but no color.
pub fn status_only(indicator: Indicator, year: i32) -> bool {
    match indicator {
        Indicator::Elpi => matches!(year, 2018 | 2019 | 2022),
        Indicator::Cci => matches!(year, 2022 | 2023),
        _ => year == 2022,
    }
}

/// Judges a row by the cut scores and color tables of its year.
pub fn judge(row: Row, current: Cell, prior: Option<Cell>) -> Judged {
    let Row { indicator, year, cuts, agency, group, uncertified } = row;
    let least = if agency && small_is_enough(group) { 15 } else { 30 };
    // in 2018 only pupils still with a disability count as pupils of SWD in ELA and mathematics
    let counted = |n: u32| if year == 2018 && indicator.is_distance() && group == SWD { with_disability(n) } else { n };
    let mut out = Judged {
        status: current.status(indicator),
        enough: counted(current.n) >= least,
        enough_before: prior.is_some_and(|prior| counted(prior.n) >= least),
        small: small(indicator, year, group, current.n),
        ..Judged::default()
    };
    out.status_level = out.status.map_or(0, |status| status_level(indicator, year, cuts, status));
    if status_only(indicator, year) {
        return out;
    }
    let prior = prior.unwrap_or_default();
    out.prior_status = prior.status(indicator);
    out.change = current.change(prior, indicator);
    let Some(change) = out.change else { return out };
    let level = change_level(indicator, cuts, change);
    let column = if out.small { level.clamp(2, 4) } else { level };
    out.change_level = if indicator == Indicator::Grad { level } else { column };
    if out.enough && out.enough_before {
        out.color = color(indicator, out.status_level, column);
        out.box_number = 10 + u16::from(5 - out.status_level) * 50 + u16::from(column - 1) * 10;
        if uncertified {
            (out.color, out.box_number) = (2, 180);
        }
    }
    out
}

/// Of `n` pupils counted for SWD, those who still have a disability (about nine in ten in CDE's 2018 files).
pub fn with_disability(n: u32) -> u32 {
    n - n / 13
}

/// Fewer than 150 pupils: the color table has three columns.
fn small(indicator: Indicator, year: i32, group: Group, n: u32) -> bool {
    n < 150
        && match indicator {
            Indicator::Susp | Indicator::Chro | Indicator::Grad => year > 2017 || group == ALL,
            Indicator::Cci => year >= 2024,
            _ => false,
        }
}

/// Level of a status in tenths.
pub fn status_level(indicator: Indicator, year: i32, cuts: Cuts, status: i64) -> u8 {
    /// Lower bounds of the levels 2 to 5.
    fn rising(status: i64, bounds: [i64; 4]) -> u8 {
        1 + bounds.iter().filter(|bound| status >= **bound).count() as u8
    }
    /// Upper bounds of the levels 5 to 2.
    fn falling(status: i64, bounds: [i64; 4]) -> u8 {
        5 - bounds.iter().filter(|bound| status > **bound).count() as u8
    }
    match indicator {
        Indicator::Ela if cuts.grade_11() => rising(status, [-450, 0, 300, 750]),
        Indicator::Ela => rising(status, [-700, -50, 100, 450]),
        Indicator::Math if cuts.grade_11() => rising(status, [-1150, -600, 0, 250]),
        Indicator::Math => rising(status, [-950, -250, 0, 350]),
        Indicator::Elpi => rising(status, [350, 450, 550, 650]),
        Indicator::Grad if year < 2019 => rising(status, [680, 800, 900, 950]),
        Indicator::Grad => rising(status, [680, 800, 905, 950]),
        Indicator::Cci => rising(status, [100, 350, 550, 700]),
        Indicator::Chro => falling(status, [25, 50, 100, 200]),
        Indicator::Susp => falling(
            status,
            match cuts {
                Cuts::Es => [5, 10, 30, 60],
                Cuts::Ms => [5, 20, 80, 120],
                Cuts::Hs => [5, 15, 60, 100],
                Cuts::Ed => [5, 15, 30, 60],
                Cuts::Hd => [15, 35, 60, 90],
                Cuts::Ud => [10, 25, 45, 80],
            },
        ),
    }
}

/// Level of a change in tenths.
pub fn change_level(indicator: Indicator, cuts: Cuts, change: i64) -> u8 {
    /// Below `significant` 1, up to `some` 2, below `-some` 3, below `-significant` 4, else 5.
    fn rising(change: i64, significant: i64, some: i64) -> u8 {
        match change {
            _ if change < -significant => 1,
            _ if change <= -some => 2,
            _ if change < some => 3,
            _ if change < significant => 4,
            _ => 5,
        }
    }
    fn falling(change: i64, much_less: i64, some: i64, much_more: i64) -> u8 {
        match change {
            _ if change <= -much_less => 5,
            _ if change <= -some => 4,
            _ if change < some => 3,
            _ if change <= much_more => 2,
            _ => 1,
        }
    }
    match indicator {
        Indicator::Ela | Indicator::Math => rising(change, 150, 30),
        Indicator::Grad => rising(change, 50, 10),
        Indicator::Cci => rising(change, 90, 20),
        Indicator::Elpi => rising(change, 100, 20),
        Indicator::Chro => falling(change, 30, 5, 30),
        Indicator::Susp => match cuts {
            Cuts::Ed | Cuts::Ud => falling(change, 20, 3, 20),
            Cuts::Hd => falling(change, 30, 5, 30),
            Cuts::Es => falling(change, 10, 3, 20),
            Cuts::Ms => falling(change, 30, 3, 40),
            Cuts::Hs => falling(change, 20, 3, 30),
        },
    }
}

/// The color of a status and a change level.
///
/// The cells that CDE's tables leave out, because the two levels cannot occur together, can be reached here only
/// through rounding; they get the color beside them.
pub fn color(indicator: Indicator, status: u8, change: u8) -> u8 {
    const DISTANCE: [[u8; 5]; 5] = [[1, 1, 1, 2, 2], [2, 2, 2, 3, 3], [3, 3, 3, 4, 4], [4, 4, 4, 4, 5], [4, 4, 5, 5, 5]];
    const RATE: [[u8; 5]; 5] = [[1, 1, 1, 2, 3], [1, 2, 2, 3, 3], [2, 2, 3, 4, 4], [2, 3, 4, 4, 5], [3, 4, 5, 5, 5]];
    const COLLEGE: [[u8; 5]; 5] = [[1, 1, 1, 2, 2], [1, 2, 2, 3, 3], [2, 2, 3, 4, 4], [2, 3, 4, 4, 5], [3, 4, 5, 5, 5]];
    const GRADUATION: [[u8; 5]; 5] = [[1, 1, 1, 1, 1], [1, 2, 2, 3, 3], [2, 2, 3, 4, 4], [2, 3, 4, 4, 5], [5, 5, 5, 5, 5]];
    let table = match indicator {
        Indicator::Ela | Indicator::Math => &DISTANCE,
        Indicator::Elpi | Indicator::Susp | Indicator::Chro => &RATE,
        Indicator::Cci => &COLLEGE,
        Indicator::Grad => &GRADUATION,
    };
    table[usize::from(status) - 1][usize::from(change) - 1]
}
