//! The year after: the same law, criteria as they are, and facts as if nothing changed.

use crate::eval::{CellKey, Setting};
use crate::program::*;
use jiff::ToSpan;
use jiff::civil::Date;

/// Rules for the year after one.
#[derive(Clone, Debug)]
pub struct NextYear {
    /// The rules; what they do not yet say of the year is taken from the year before.
    pub program: Program,
    /// The year.
    pub year: i32,
    /// The day of its determinations.
    pub on: Date,
    /// The rules do not declare the year: its day and criteria are those of the year before.
    pub assumed: bool,
}

impl NextYear {
    /// The year after `year`; `None` where `year` itself is not declared.
    pub fn new(program: &Program, year: i32) -> Option<Self> {
        let mut program = program.clone();
        let next = year + 1;
        let day = program.period.year(year)?.on;
        if let Some(entry) = program.period.year(next) {
            return Some(Self { on: entry.on, program, year: next, assumed: false });
        }
        let on = day.checked_add(1.year()).ok()?;
        program.period.years.push(PeriodYear { year: next, on, suspended: None });
        for text in program.texts.iter_mut().filter(|text| text.clock == Clock::Data) {
            if text.version(on, next).is_some() {
                continue;
            }
            for version in &mut text.versions {
                if let Reach::Years(spans) = &mut version.reach
                    && let Some(span) = spans.iter_mut().find(|(_, to)| *to == Some(year))
                {
                    span.1 = Some(next);
                }
            }
        }
        Some(Self { program, year: next, on, assumed: true })
    }

    /// The setting of the year's determinations, with the readings of another.
    pub fn setting(&self, like: &Setting) -> Setting<'_> {
        let mut setting = Setting::new(&self.program, self.on);
        setting.choices.clone_from(&like.choices);
        setting
    }
}

/// What a cell of the year after can be if nothing changes: what it was the year before; of acts and of published
/// determinations nothing is carried over.
pub fn carried_over(program: &Program, next: i32, now: impl Fn(CellKey) -> Mask) -> impl Fn(CellKey) -> Mask {
    move |key| {
        let fact = &program.facts[key.fact.0];
        if !fact.yearly || key.year != next {
            return now(key);
        }
        if fact.dated && fact.absent.is_some() {
            return fact.absent_bit(program);
        }
        now(CellKey { year: next - 1, ..key })
    }
}
