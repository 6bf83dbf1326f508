//! A pathway's answers from year to year, each judged on that year's own day.

use crate::eval::{Answer, Evaluator, Setting};
use crate::facts::Facts;
use crate::program::PathwayId;
use serde::Serialize;

/// One pathway through the years.
#[derive(Debug, Serialize)]
pub struct Strip {
    /// Token.
    pub pathway: String,
    /// Words.
    pub label: String,
    /// From the first year with data on the subject to the last.
    pub years: Vec<StripYear>,
}

impl Strip {
    /// Whether a clause gives the pathway in any of the years.
    pub fn ever_applies(&self) -> bool {
        self.years.iter().any(|year| !matches!(year.answer, Answer::NotApplicable | Answer::Suspended))
    }
}

/// One year of it.
#[derive(Debug, Serialize)]
pub struct StripYear {
    /// The year.
    pub year: i32,
    /// The day whose law applies: that of the year's determinations.
    pub as_of: String,
    /// Whether data of that year list the subject.
    pub data: bool,
    /// The answer.
    pub answer: Answer,
    /// Clauses that carry an eligible answer.
    pub by: Vec<String>,
    /// One of these clauses holds in every case, but the data leave open which.
    pub either: bool,
    /// `Year 1`
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub status: Vec<String>,
}

/// Answers of one subject in every declared year that lies between the first and the last with data on it; `year` is
/// always among them.
pub(super) fn strips(setting: &Setting, facts: &Facts, year: i32, subject: usize, pathways: &[PathwayId]) -> Vec<Strip> {
    let program = setting.program;
    let listed: Vec<i32> = facts.years().filter(|year| facts.is_listed(*year, subject)).collect();
    let first = listed.iter().copied().chain([year]).min().unwrap_or(year);
    let last = listed.iter().copied().chain([year]).max().unwrap_or(year);
    let mut out: Vec<Strip> = pathways
        .iter()
        .map(|pathway| {
            let named = &program.pathways[pathway.0].named;
            Strip { pathway: named.name.clone(), label: named.label.clone(), years: Vec::new() }
        })
        .collect();
    for entry in program.period.years.iter().filter(|entry| (first..=last).contains(&entry.year)) {
        let mut setting = setting.clone();
        setting.as_of = entry.on;
        let mut evaluator = Evaluator::new(&setting, facts, subject, false);
        for (pathway, strip) in pathways.iter().zip(&mut out) {
            let found = evaluator.determine(*pathway, entry.year);
            let mut status: Vec<String> = found.holding().filter_map(|finding| finding.gives.status.clone()).collect();
            status.dedup();
            let carries = found.answer == Answer::Eligible;
            strip.years.push(StripYear {
                year: entry.year,
                as_of: entry.on.to_string(),
                data: listed.contains(&entry.year),
                answer: found.answer,
                by: found.holding().filter(|_| carries).map(|finding| program.clauses[finding.clause.0].citation.clone()).collect(),
                either: found.either(),
                status: if carries { status } else { Vec::new() },
            });
        }
    }
    out
}
