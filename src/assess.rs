//! The list: every subject, every pathway, one year.

use crate::eval::{Answer, Carried, CellKey, Contradiction, Evaluator, Setting, carried};
use crate::facts::Facts;
use crate::program::*;
use indexmap::IndexMap;

/// One pathway of one subject.
#[derive(Clone, Debug)]
pub struct Row {
    /// The pathway.
    pub pathway: PathwayId,
    /// The answer.
    pub answer: Answer,
    /// `Year 1`, where a clause says so.
    pub statuses: Vec<String>,
    /// Clauses that hold.
    pub clauses: Vec<ClauseId>,
    /// One of the clauses holds in every case, but the data leave open which.
    pub either: bool,
    /// Members that carry it.
    pub carried: Vec<Carried>,
    /// Who provides.
    pub providers: Vec<AgencyId>,
    /// What the clauses say follows.
    pub outcomes: Vec<String>,
    /// Cells that could still change an undetermined answer.
    pub open: Vec<CellKey>,
}

/// One subject.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// Index into the facts' subjects.
    pub subject: usize,
    /// A row per pathway asked for.
    pub rows: Vec<Row>,
    /// Published determinations that the facts contradict.
    pub contradictions: Vec<Contradiction>,
}

/// A whole run.
#[derive(Clone, Debug)]
pub struct Assessment {
    /// The year judged.
    pub year: i32,
    /// Subjects by key.
    pub list: Vec<Assessed>,
}

/// Assesses `subjects` in `year` for `pathways`; `progress` is called before each subject.
pub fn assess(
    setting: &Setting,
    facts: &Facts,
    year: i32,
    subjects: &[usize],
    pathways: &[PathwayId],
    mut progress: impl FnMut(),
) -> Assessment {
    let list = subjects
        .iter()
        .map(|subject| {
            progress();
            one(setting, facts, year, *subject, pathways)
        })
        .collect();
    Assessment { year, list }
}

/// Assesses one subject.
pub fn one(setting: &Setting, facts: &Facts, year: i32, subject: usize, pathways: &[PathwayId]) -> Assessed {
    let mut evaluator = Evaluator::new(setting, facts, subject, true);
    let rows = pathways
        .iter()
        .map(|pathway| {
            let found = evaluator.determine(*pathway, year);
            let mut row = Row {
                pathway: *pathway,
                answer: found.answer,
                statuses: Vec::new(),
                clauses: Vec::new(),
                either: found.either(),
                carried: Vec::new(),
                providers: Vec::new(),
                outcomes: Vec::new(),
                open: found.open.clone(),
            };
            for finding in found.holding() {
                row.clauses.push(finding.clause);
                row.statuses.extend(finding.gives.status.clone());
                row.outcomes.extend(finding.gives.outcome.clone());
                for provider in &finding.providers {
                    for agency in std::iter::once(&provider.agency).chain(&provider.with) {
                        if !row.providers.contains(agency) {
                            row.providers.push(*agency);
                        }
                    }
                }
                for member in carried(&finding.step) {
                    if !row.carried.contains(&member) {
                        row.carried.push(member);
                    }
                }
            }
            row
        })
        .collect();
    let mut contradictions = std::mem::take(&mut evaluator.contradictions);
    contradictions.retain(|contradiction| contradiction.year == year);
    Assessed { subject, rows, contradictions }
}

impl Assessment {
    /// How many subjects got which answer, per pathway.
    pub fn totals(&self, pathways: &[PathwayId]) -> IndexMap<PathwayId, IndexMap<Answer, usize>> {
        let mut totals: IndexMap<PathwayId, IndexMap<Answer, usize>> = IndexMap::new();
        for pathway in pathways {
            let counts = totals.entry(*pathway).or_default();
            for answer in [Answer::Eligible, Answer::NotEligible, Answer::Undetermined, Answer::NotApplicable, Answer::Suspended] {
                counts.insert(answer, 0);
            }
        }
        for row in self.list.iter().flat_map(|assessed| &assessed.rows) {
            *totals.entry(row.pathway).or_default().entry(row.answer).or_default() += 1;
        }
        totals
    }
}
