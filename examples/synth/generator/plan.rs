//! Who there is: county offices, districts, charter schools and schools, with what lasts through the years.

use super::groups::*;
use super::levels::{Cuts, Indicator};
use super::maths::{Purpose, Stream, exp, ln, logistic};
use super::words::{self, COUNTIES};

/// Counties of one California.
pub const N_COUNTIES: usize = COUNTIES.len();
/// Two-digit county codes that may be used.
const COUNTY_CODES: usize = 99;
/// District codes set aside for one county of one copy; the county with most districts has 80.
const BLOCK: usize = 128;
/// Copies of California for which codes suffice: 235 counties share a county code, and 235 * 128 district codes from
/// 60000 on stay below 90100. None begins with 10, which marks county offices.
pub const MOST_COPIES: usize = 400;

/// What an entity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    CountyOffice,
    District,
    Charter,
    School,
}

/// Grades offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grades {
    /// Kindergarten to 8.
    K8,
    /// Kindergarten to 12.
    K12,
    /// 9 to 12.
    High,
    /// Kindergarten to 5.
    Primary,
    /// 6 to 8.
    Middle,
}

impl Grades {
    /// Share of the pupils whom an indicator counts.
    pub fn share(self, indicator: Indicator) -> f64 {
        match indicator {
            Indicator::Susp => 1.03,
            Indicator::Elpi => 0.95,
            Indicator::Ela | Indicator::Math => match self {
                Self::K8 => 0.66,
                Self::K12 => 0.53,
                Self::High => 0.24,
                Self::Primary => 0.50,
                Self::Middle => 0.98,
            },
            Indicator::Chro => match self {
                Self::K8 | Self::Primary | Self::Middle => 1.02,
                Self::K12 => 0.69,
                Self::High => 0.0,
            },
            Indicator::Grad | Indicator::Cci => match self {
                Self::K12 => 0.080,
                Self::High => 0.245,
                _ => 0.0,
            },
        }
    }

    /// Share of English learners who are long-term English learners.
    fn long_term(self) -> f64 {
        match self {
            Self::K8 => 0.24,
            Self::K12 => 0.34,
            Self::High => 0.74,
            Self::Primary => 0.004,
            Self::Middle => 0.58,
        }
    }
}

/// A row's owner.
#[derive(Clone, Debug)]
pub struct Entity {
    /// Unique; streams are drawn from it.
    pub id: u64,
    pub kind: Kind,
    pub grades: Grades,
    /// An alternative school.
    pub dass: bool,
    /// Fourteen digits.
    pub cds: String,
    /// Of the district or county office.
    pub agency_name: String,
    /// Of the school; empty for agencies.
    pub school_name: String,
    pub county_name: &'static str,
    /// Pupils in an ordinary year.
    pub pupils: f64,
    /// Share of the pupils in each group.
    pub shares: [f64; GROUPS],
    /// By how much results differ from the state's, on the scale of each indicator, lasting.
    pub offsets: [f64; 7],
    /// First Dashboard year with rows.
    pub opens: i32,
    /// Last Dashboard year with rows.
    pub closes: i32,
}

impl Entity {
    /// A district or county office.
    pub fn is_agency(&self) -> bool {
        matches!(self.kind, Kind::CountyOffice | Kind::District)
    }

    /// Cut scores that apply.
    pub fn cuts(&self) -> Cuts {
        match (self.is_agency(), self.grades) {
            (true, Grades::High) => Cuts::Hd,
            (true, Grades::K8) => Cuts::Ed,
            (_, Grades::K12) => Cuts::Ud,
            (_, Grades::High) => Cuts::Hs,
            (_, Grades::Middle) => Cuts::Ms,
            _ => Cuts::Es,
        }
    }
}

/// The entities of one county of one copy of California, by CDS code within each agency.
///
/// Without `schools`, schools other than charter schools are left out; everything else stays as it is.
pub fn county(seed: u64, copy: usize, county: usize, schools: bool) -> Vec<Entity> {
    let (name, districts, charters, learners) = COUNTIES[county];
    let place = copy * N_COUNTIES + county;
    let (code, slot) = (place % COUNTY_CODES + 1, place / COUNTY_CODES);
    let id = (place as u64 + 1) << 32;
    let richness = ln((f64::from(learners) + 30.0) / f64::from(districts) / 180.0);
    let mut agencies = vec![agency(seed, id | 1 << 20, Kind::CountyOffice, name, format!("{code:02}{:05}", 10_000 + slot), 0.0)];
    for index in 0..usize::from(districts) {
        let cd = format!("{code:02}{:05}", 60_000 + slot * BLOCK + index);
        let mut district = agency(seed, id | (index as u64 + 2) << 20, Kind::District, name, cd, richness);
        if name == "Los Angeles" && index == 40 {
            district.pupils = 430_000.0;
            district.grades = Grades::K12;
        }
        agencies.push(district);
    }
    // where each charter school belongs: the larger of two agencies drawn
    let mut stream = Stream::new(seed, id, Purpose::Schools, 0);
    let n_charters = (f64::from(charters) * 1.07 + 0.5) as usize;
    let mut homes = vec![Vec::new(); agencies.len()];
    for index in 0..n_charters {
        let (one, other) = (stream.below(agencies.len()), stream.below(agencies.len()));
        homes[if agencies[one].pupils > agencies[other].pupils { one } else { other }].push(index);
    }
    let mut out = Vec::new();
    for (mut agency, charters) in agencies.into_iter().zip(homes) {
        finish(seed, &mut agency);
        let mut below: Vec<Entity> =
            charters.iter().map(|index| charter(seed, &agency, id | 0xfff << 20 | (*index as u64 + 1), *index)).collect();
        if schools {
            below.extend(schools_of(seed, &agency));
        }
        below.sort_by(|a, b| a.cds.cmp(&b.cds));
        out.push(agency);
        out.extend(below);
    }
    out
}

fn agency(seed: u64, id: u64, kind: Kind, county_name: &'static str, cd: String, richness: f64) -> Entity {
    let mut stream = Stream::new(seed, id, Purpose::Entity, 0);
    let draw = stream.uniform();
    let size = stream.normal();
    let place = words::place(&mut stream);
    let (grades, pupils, agency_name) = match kind {
        Kind::CountyOffice => (Grades::K12, exp(5.7 + 1.1 * size), format!("{county_name} County Office of Education")),
        _ if draw < 0.46 => (Grades::K8, exp(5.5 + 0.45 * richness + 1.55 * size), {
            let suffix = ["Elementary", "Union Elementary", "Joint Union Elementary", "Union"][stream.below(4)];
            format!("{place} {suffix}")
        }),
        _ if draw < 0.94 => (Grades::K12, exp(7.7 + 0.45 * richness + 1.35 * size), {
            let suffix = ["Unified", "Unified", "Joint Unified", "City Unified"][stream.below(4)];
            format!("{place} {suffix}")
        }),
        _ => (Grades::High, exp(7.5 + 0.45 * richness + 1.05 * size), {
            let suffix = ["Union High", "Joint Union High", "High"][stream.below(3)];
            format!("{place} {suffix}")
        }),
    };
    let open = stream.uniform();
    Entity {
        id,
        kind,
        grades,
        dass: false,
        cds: cd + "0000000",
        agency_name,
        school_name: String::new(),
        county_name,
        pupils: pupils.clamp(8.0, 70_000.0),
        shares: [0.0; GROUPS],
        offsets: [0.0; 7],
        opens: 0,
        closes: if kind == Kind::District && open < 0.007 { [2018, 2019, 2022, 2023][((open / 0.007) * 4.0) as usize] } else { 9999 },
    }
}

/// Draws groups and quality, once the size is known.
fn finish(seed: u64, entity: &mut Entity) {
    let mut stream = Stream::new(seed, entity.id, Purpose::Entity, 1);
    let need = stream.normal();
    let size = ln(entity.pupils / 1500.0) / 2.0;
    entity.shares = shares(&mut stream, entity.grades, need, size, entity.kind == Kind::CountyOffice);
    entity.offsets = offsets(&mut stream, need);
    let alternative = match entity.kind {
        Kind::CountyOffice => 1.0,
        _ if entity.dass => 1.0,
        _ => 0.0,
    };
    for (offset, add) in entity.offsets.iter_mut().zip([-105.0, -120.0, 0.45, 1.3, -1.9, -2.4, -0.45]) {
        *offset += add * alternative;
    }
}

fn offsets(stream: &mut Stream, need: f64) -> [f64; 7] {
    let [academic, order, attendance, graduation, college, language, mathematics] = std::array::from_fn(|_| stream.normal());
    [
        -15.0 * need + 19.0 * academic,
        -16.0 * need + 18.0 * academic + 8.0 * mathematics,
        0.22 * need + 0.55 * order,
        0.20 * need + 0.34 * attendance,
        -0.25 * need + 0.50 * graduation,
        -0.30 * need + 0.25 * academic + 0.40 * college,
        -0.05 * need + 0.10 * academic + 0.24 * language,
    ]
}

fn shares(stream: &mut Stream, grades: Grades, need: f64, size: f64, alternative: bool) -> [f64; GROUPS] {
    let mut out = [0.0; GROUPS];
    // weight, spread, effect of need, effect of size
    let weights: [(Group, f64, f64, f64, f64); 8] = [
        (AA, -3.4, 0.9, 0.3, 0.5),
        (AI, -5.0, 1.3, 0.3, -0.8),
        (AS, -3.1, 1.1, -0.5, 0.6),
        (FI, -4.6, 0.9, -0.1, 0.55),
        (HI, 0.0, 0.75, 0.7, 0.15),
        (MR, -2.6, 0.5, -0.3, 0.0),
        (PI, -5.4, 0.8, 0.1, 0.3),
        (WH, -0.2, 0.8, -0.4, -0.4),
    ];
    let mut sum = 0.0;
    for (group, base, spread, by_need, by_size) in weights {
        out[group] = exp(base + spread * stream.normal() + by_need * need + by_size * size);
        sum += out[group];
    }
    for group in RACES {
        out[group] /= sum;
    }
    let extra = if alternative { 1.0 } else { 0.0 };
    out[EL] = ((0.36 * out[HI] + 0.12 * out[AS] + 0.02) * exp(0.55 * stream.normal() + 0.3 * size)).min(0.85);
    out[SED] = logistic(0.40 + 1.05 * need + 0.3 * stream.normal() + 1.2 * extra);
    out[SWD] = logistic(-1.87 + 0.22 * stream.normal() + 0.08 * need + 1.1 * extra);
    out[FOS] = 0.0055 * exp(0.6 * stream.normal() + 0.3 * need + 2.2 * extra);
    out[HOM] = (0.025 * exp(0.95 * stream.normal() + 0.4 * need + 1.0 * extra)).min(0.4);
    out[LTEL] = out[EL] * grades.long_term() * exp(0.3 * stream.normal());
    out[ELO] = out[EL] * 0.74;
    out[RFP] = (out[EL] * 0.55).min(0.5);
    out[CAA] = 0.011 * exp(0.3 * stream.normal());
    out[EO] = (1.0 - out[EL] - out[RFP]).max(0.05);
    out[SBA] = 1.0 - out[CAA];
    out
}

fn charter(seed: u64, agency: &Entity, id: u64, index: usize) -> Entity {
    let mut stream = Stream::new(seed, id, Purpose::Entity, 0);
    let grades = match stream.uniform() {
        u if u < 0.36 => Grades::K8,
        u if u < 0.44 => Grades::Primary,
        u if u < 0.52 => Grades::Middle,
        u if u < 0.74 => Grades::K12,
        _ => Grades::High,
    };
    let pupils = exp(6.0 + 0.75 * stream.normal()).clamp(12.0, 6000.0);
    let (open, close) = (stream.uniform(), stream.uniform());
    let dass = grades == Grades::High && stream.uniform() < 0.15;
    let years = [2018, 2019, 2022, 2023, 2024, 2025];
    let mut out = Entity {
        id,
        kind: Kind::Charter,
        grades,
        dass,
        cds: format!("{}{:07}", &agency.cds[..7], 100_016 + 8 * index),
        school_name: words::charter(&mut stream),
        pupils,
        opens: if open < 0.08 { years[(open / 0.08 * 6.0) as usize] } else { 0 },
        closes: if open >= 0.08 && close < 0.06 { years[(close / 0.06 * 5.0) as usize] } else { 9999 },
        ..agency.clone()
    };
    finish(seed, &mut out);
    out
}

/// Schools of a district or county office that are not charter schools.
fn schools_of(seed: u64, agency: &Entity) -> Vec<Entity> {
    let n = ((agency.pupils / 605.0).round() as usize).max(1);
    let part = |share: f64| ((n as f64 * share).round() as usize).max(1);
    // grades, word, how many, share of the pupils
    let parts: Vec<(Grades, &str, bool, usize, f64)> = match (agency.kind, agency.grades) {
        (Kind::CountyOffice, _) => vec![(Grades::K12, "Community", true, n.min(4), 0.7), (Grades::K8, "Special Education", false, 1, 0.3)],
        (_, Grades::K8) if n < 3 => vec![(Grades::K8, "Elementary", false, n, 1.0)],
        (_, Grades::K8) => {
            vec![(Grades::Primary, "Elementary", false, part(0.76), 0.68), (Grades::Middle, "Middle", false, part(0.24), 0.32)]
        }
        (_, Grades::High) => {
            vec![(Grades::High, "High", false, part(0.6), 0.95), (Grades::High, "Continuation High", true, part(0.25), 0.05)]
        }
        (_, _) if n < 2 => vec![(Grades::K12, "School", false, 1, 1.0)],
        (_, _) if n < 4 => vec![(Grades::K8, "Elementary", false, n - 1, 0.68), (Grades::High, "High", false, 1, 0.32)],
        _ => vec![
            (Grades::Primary, "Elementary", false, part(0.63), 0.46),
            (Grades::Middle, "Middle", false, part(0.17), 0.22),
            (Grades::High, "High", false, part(0.12), 0.30),
            (Grades::High, "Continuation High", true, part(0.07), 0.02),
        ],
    };
    let mut out = Vec::new();
    for (grades, word, dass, count, share) in parts {
        let first = out.len();
        let mut sum = 0.0;
        for _ in 0..count {
            let index = out.len();
            let id = agency.id | (index as u64 + 1);
            let mut stream = Stream::new(seed, id, Purpose::Entity, 0);
            let weight = exp(0.4 * stream.normal());
            sum += weight;
            let mut school = Entity {
                id,
                kind: Kind::School,
                grades,
                dass,
                cds: format!("{}{:07}", &agency.cds[..7], 6_000_016 + 8 * index),
                school_name: words::school(&mut stream, word),
                pupils: weight,
                closes: agency.closes.min(if stream.uniform() < 0.02 { 2022 } else { 9999 }),
                ..agency.clone()
            };
            for group in 0..GROUPS {
                let spread = if matches!(group, EO | SBA | CAA) { 0.1 } else { 0.35 };
                school.shares[group] = (school.shares[group] * exp(spread * stream.normal())).min(0.98);
            }
            let races: f64 = RACES.iter().map(|race| school.shares[*race]).sum();
            for race in RACES {
                school.shares[race] /= races;
            }
            school.shares[LTEL] = school.shares[EL] * grades.long_term();
            let kind = match (grades, dass) {
                (_, true) if agency.kind == Kind::CountyOffice => [0.0; 7],
                (_, true) => [-90.0, -100.0, 0.6, 1.2, -1.5, -2.2, -0.4],
                (Grades::Primary, _) => [2.0, 8.0, -0.75, 0.05, 0.0, 0.0, 0.1],
                (Grades::Middle, _) => [-3.0, -12.0, 0.55, -0.1, 0.0, 0.0, -0.15],
                (Grades::High, _) => [0.0, 0.0, 0.25, 0.0, 0.15, 0.1, -0.1],
                _ => [0.0; 7],
            };
            for (at, sd) in [24.0, 24.0, 0.45, 0.32, 0.35, 0.4, 0.25].into_iter().enumerate() {
                school.offsets[at] += sd * stream.normal() + kind[at];
            }
            out.push(school);
        }
        for school in &mut out[first..] {
            school.pupils = (agency.pupils * share * school.pupils / sum).max(4.0);
        }
    }
    out
}
