//! What the law asks of one agency's cells: a set of student groups for each question, a bit for each group.

/// Student groups. Long-term English learners come last, so that the groups of every year are a prefix.
pub const GROUPS: [&str; 14] = ["AA", "AI", "AS", "EL", "FI", "FOS", "HI", "HOM", "MR", "PI", "SED", "SWD", "WH", "LTEL"];
/// Groups that exist before 2024.
pub const OLD_GROUPS: usize = 13;
/// English learners.
pub const EL: usize = 3;
/// Foster youth.
pub const FOS: usize = 5;
/// Homeless youth.
pub const HOM: usize = 7;
/// Long-term English learners, from 2024 on.
pub const LTEL: usize = 13;
/// Groups in the order in which lists name them.
pub const ORDER: [usize; 14] = [0, 1, 2, 3, 4, 5, 6, 7, LTEL, 8, 9, 10, 11, 12];

/// State indicators, in the order of the questions below.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Indicator {
    /// English language arts.
    Ela,
    /// Mathematics.
    Math,
    /// Graduation rate.
    Grad,
    /// Chronic absenteeism.
    Chro,
    /// Suspension rate.
    Susp,
    /// College/career.
    Cci,
    /// English learner progress.
    Elpi,
}

// Questions, each a set of groups: first question of a block, then one for each indicator in the order of `Indicator`.

/// 2022: status is Level_1 (no college/career).
pub const LOWEST_2022: usize = 0;
/// 2022: enough pupils.
pub const ENOUGH_2022: usize = 7;
/// 2023: color is Red; of college/career status Level_1.
pub const RED_2023: usize = 14;
/// 2024: color is Red.
pub const RED_2024: usize = 21;
/// 2025: color is Red.
pub const RED_2025: usize = 28;
/// 2025: there is a color.
pub const COLOR_2025: usize = 35;
/// 2025: there is a status.
pub const STATUS_2025: usize = 42;
/// 2025: enough pupils.
pub const ENOUGH_2025: usize = 49;
/// 2023: ELA and MATH are Orange or worse.
pub const ORANGE_2023: usize = 56;
/// 2024: ELA and MATH are Orange or worse.
pub const ORANGE_2024: usize = 58;
/// 2025: ELA and MATH are Orange or worse.
pub const ORANGE_2025: usize = 60;
/// 2025: ELPI is Orange or worse.
pub const ELPI_ORANGE_2025: usize = 62;
/// How many questions there are.
pub const QUESTIONS: usize = 63;

/// Priorities with a local indicator: P6 first, then P1, P2, P3, P7, and P9 and P10, which are for county offices only.
pub const LOCAL: [u32; 7] = [6, 1, 2, 3, 7, 9, 10];

/// The kind of agency, by its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// School district.
    District,
    /// County office of education.
    CountyOffice,
    /// Charter school.
    Charter,
}

impl Kind {
    /// By the patterns `??10???0000000` and `???????0000000`.
    pub fn of(key: u64) -> Kind {
        if !key.is_multiple_of(10_000_000) {
            Kind::Charter
        } else if key / 10_000_000_000 % 100 == 10 {
            Kind::CountyOffice
        } else {
            Kind::District
        }
    }

    /// As lists name it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::District => "district",
            Kind::CountyOffice => "county_office",
            Kind::Charter => "charter",
        }
    }
}

/// What the files say of one agency.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    /// A set of groups for each question.
    pub groups: [u16; QUESTIONS],
    /// Local indicators not met for two or more years in 2024 and 2025: bit *i* is for `LOCAL[i]`.
    pub local: [u8; 2],
    /// Whether a file of 2025 has a row of it.
    pub listed: bool,
}

impl Default for Facts {
    fn default() -> Facts {
        Facts { groups: [0; QUESTIONS], local: [0; 2], listed: false }
    }
}

impl Facts {
    /// Adds what another thread read.
    pub fn merge(&mut self, other: &Facts) {
        for (mine, theirs) in self.groups.iter_mut().zip(&other.groups) {
            *mine |= theirs;
        }
        self.local[0] |= other.local[0];
        self.local[1] |= other.local[1];
        self.listed |= other.listed;
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn kinds_follow_the_key() {
        assert_eq!(Kind::of(27_102_720_000_000), Kind::CountyOffice);
        assert_eq!(Kind::of(1_100_170_000_000), Kind::CountyOffice);
        assert_eq!(Kind::of(10_621_170_000_000), Kind::District);
        assert_eq!(Kind::of(1_611_190_119_222), Kind::Charter);
    }
}
