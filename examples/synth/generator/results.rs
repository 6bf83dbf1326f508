//! What each group of an entity achieved in each year.

use super::calibration::{GROUP, LEARNERS_BEFORE_2020, SPREAD, YEAR};
use super::groups::*;
use super::levels::{Cell, Indicator};
use super::maths::{Purpose, Stream, binomial_at, exp, logistic};
use super::plan::{Entity, Grades, Kind};

/// Years that results are drawn for: the Dashboards, and the year before the first.
pub const STEPS: [i32; 8] = [2016, 2017, 2018, 2019, 2022, 2023, 2024, 2025];

/// Results of one entity in one indicator.
pub struct Results {
    cells: [[Cell; GROUPS]; STEPS.len()],
}

impl Results {
    /// Results of `year`; nothing where it is none of [`STEPS`].
    pub fn of(&self, year: i32) -> [Cell; GROUPS] {
        STEPS.iter().position(|step| *step == year).map_or([Cell::default(); GROUPS], |at| self.cells[at])
    }
}

/// Streams of pupils: indicators of one family count the same pupils.
fn family(indicator: Indicator) -> u64 {
    match indicator {
        Indicator::Ela | Indicator::Math => 0,
        Indicator::Susp => 1,
        Indicator::Chro => 2,
        Indicator::Grad | Indicator::Cci => 3,
        Indicator::Elpi => 4,
    }
}

/// Whether a group has rows in an indicator's files at all.
pub fn has_rows(indicator: Indicator, group: Group, year: i32) -> bool {
    if group == LTEL && year < 2024 {
        return false;
    }
    match indicator {
        Indicator::Elpi => matches!(group, EL | LTEL),
        Indicator::Ela | Indicator::Math => true,
        _ => !COMPARISON.contains(&group),
    }
}

/// Draws the results of an entity in an indicator. Only years for which `wanted` says so are worked out; every draw
/// is made in any case, so that a value is the same whatever is wanted.
pub fn results(seed: u64, entity: &Entity, indicator: Indicator, wanted: impl Fn(i32) -> bool) -> Option<Results> {
    let part = entity.grades.share(indicator);
    if part == 0.0 {
        return None;
    }
    let wanted = STEPS.map(wanted);
    let at = indicator as usize;
    let spread = SPREAD[at];
    let mut cells = [[Cell::default(); GROUPS]; STEPS.len()];
    pupils(seed, entity, indicator, part, &mut cells);
    let mut stream = Stream::new(seed, entity.id, Purpose::Results, at as u64);
    // the entity's drift, from step to step
    let mut drift = [0.0; STEPS.len()];
    let mut walk = 0.0;
    for value in &mut drift {
        walk = 0.85 * walk + spread.drift * stream.normal();
        *value = walk;
    }
    let high = if entity.grades == Grades::High { [18.0, -55.0][at.min(1)] } else { 0.0 };
    for group in 0..GROUPS {
        if !has_rows(indicator, group, 2025) || group == ALL {
            continue;
        }
        let gap = spread.gap * stream.normal();
        let own = entity.offsets[at] + gap;
        for step in 0..STEPS.len() {
            let (noise, u) = (stream.normal(), stream.uniform());
            let n = cells[step][group].n;
            if !wanted[step] || n == 0 {
                continue;
            }
            let early = if group == EL && STEPS[step] < 2020 { LEARNERS_BEFORE_2020[at] } else { 0.0 };
            let level = GROUP[at][group] + YEAR[at][step] + early + own + drift[step];
            cells[step][group].sum = if indicator.is_distance() {
                // a mean over pupils whose points have a standard deviation of about 100; most stay from year to year
                let sd = (spread.noise * spread.noise + spread.pupil * spread.pupil / f64::from(n)).sqrt();
                let points = (level + high + sd * noise).clamp(-320.0, 250.0);
                (points * 1000.0).round() as i64 * i64::from(n)
            } else {
                i64::from(binomial_at(n, logistic(level + spread.noise * noise), u))
            };
        }
    }
    // everybody is in one race group, except a few who did not say
    for row in &mut cells {
        row[ALL].sum = RACES.iter().map(|race| row[*race].sum).sum();
        let races: u32 = RACES.iter().map(|race| row[*race].n).sum();
        if indicator.is_distance() && races > 0 {
            row[ALL].sum += row[ALL].sum / i64::from(races) * i64::from(row[ALL].n - races);
        }
    }
    Some(Results { cells })
}

/// How many pupils of each group are counted.
fn pupils(seed: u64, entity: &Entity, indicator: Indicator, part: f64, cells: &mut [[Cell; GROUPS]; STEPS.len()]) {
    let mut stream = Stream::new(seed, entity.id, Purpose::Pupils, family(indicator));
    let growth = -0.006 + 0.01 * stream.normal();
    let open = |year: i32| (entity.opens..=entity.closes).contains(&year);
    let high = matches!(indicator, Indicator::Grad | Indicator::Cci);
    for (group, share) in entity.shares.iter().enumerate() {
        if !has_rows(indicator, group, 2025) && indicator != Indicator::Elpi || group == ALL {
            continue;
        }
        let times = match (group, indicator) {
            (EL, Indicator::Ela | Indicator::Math) => 1.3,
            (EL, Indicator::Grad | Indicator::Cci) => 0.9,
            (FOS | HOM, Indicator::Grad | Indicator::Cci) => 1.8,
            (FOS | HOM, Indicator::Susp) => 1.35,
            (FOS | HOM, Indicator::Chro) => 1.15,
            (SED, _) if high => 1.12,
            (EL | LTEL, Indicator::Elpi) => 0.97,
            _ => 1.0,
        };
        let usual = entity.pupils * part * share * times;
        let (keep, trend) = (stream.uniform(), stream.normal());
        for (step, year) in STEPS.into_iter().enumerate() {
            let change = stream.normal();
            if !open(year) {
                continue;
            }
            let years = f64::from(year - 2022);
            let expected = usual * exp((growth + 0.01 * trend) * years);
            let n = expected + (0.3 * expected.sqrt() + 0.015 * expected) * change + keep;
            cells[step][group].n = n.max(0.0) as u32;
        }
    }
    let unsaid = 0.005 + 0.01 * stream.uniform();
    for row in cells.iter_mut() {
        let races: u32 = RACES.iter().map(|race| row[*race].n).sum();
        row[ALL].n = races + (f64::from(races) * unsaid) as u32;
        let all = row[ALL].n;
        for (group, cell) in row.iter_mut().enumerate() {
            if !RACES.contains(&group) {
                cell.n = cell.n.min(all);
            }
            // a few pupils take one of the two tests
            if indicator == Indicator::Math {
                cell.n += cell.n / 250;
            }
        }
        row[LTEL].n = row[LTEL].n.min(row[EL].n);
        if indicator == Indicator::Elpi {
            for (group, cell) in row.iter_mut().enumerate() {
                if !matches!(group, EL | LTEL) {
                    *cell = Cell::default();
                }
            }
        }
    }
    // college/career counts the class without those who transferred to programs outside
    if indicator == Indicator::Cci && entity.kind != Kind::School {
        for row in cells.iter_mut() {
            for race in RACES {
                let less = row[race].n / 60;
                row[race].n -= less;
                row[ALL].n -= less;
            }
        }
    }
}
