//! The list: every subject, every pathway, one year.

use crate::engine::{Engine, Lane};
use crate::eval::{Answer, Carried, CellKey, Contradiction, Evaluator, Setting};
use crate::facts::Facts;
use crate::program::*;
use crate::threads::threads;
use indexmap::IndexMap;

/// One pathway of one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
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
#[derive(Clone, Debug, PartialEq, Eq)]
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

/// Assesses `subjects` in `year` for `pathways`; `progress` is called for each subject.
///
/// This is the column engine's work; [`one`] gives the same for one subject by the reference evaluator.
pub fn assess(
    setting: &Setting,
    facts: &Facts,
    year: i32,
    subjects: &[usize],
    pathways: &[PathwayId],
    progress: impl Fn() + Sync,
) -> Assessment {
    let engine = Engine::new(setting, year, pathways, &[]);
    let list = engine.run(facts, subjects, threads(), |lane| {
        progress();
        assessed(lane, year)
    });
    Assessment { year, list }
}

/// Everybody the data ever list, by key: whom a year without files of its own is about.
pub fn everybody(facts: &Facts) -> Vec<usize> {
    let mut subjects: Vec<usize> = facts.years().flat_map(|year| facts.listed(year)).collect();
    subjects.sort_by(|a, b| facts.subjects()[*a].key.cmp(&facts.subjects()[*b].key));
    subjects.dedup();
    subjects
}

fn assessed(lane: &Lane, year: i32) -> Assessed {
    let rows = lane
        .pathways()
        .map(|listed| {
            let mut row = Row::new(listed.pathway(), listed.answer);
            row.either = listed.either();
            row.open = listed.open();
            for held in listed.holding() {
                row.add(held.clause(), held.gives(), held.providers(), held.carried());
            }
            row
        })
        .collect();
    let contradictions = lane.contradictions().map(|(check, computed)| Contradiction {
        clause: check.clause,
        members: check.members.clone(),
        year,
        computed,
    });
    Assessed { subject: lane.subject, rows, contradictions: sorted(contradictions.collect()) }
}

/// Assesses one subject with the reference evaluator.
pub fn one(setting: &Setting, facts: &Facts, year: i32, subject: usize, pathways: &[PathwayId]) -> Assessed {
    let mut evaluator = Evaluator::new(setting, facts, subject, true);
    let rows = pathways
        .iter()
        .map(|pathway| {
            let found = evaluator.determine(*pathway, year);
            let mut row = Row::new(*pathway, found.answer);
            row.either = found.either();
            row.open.clone_from(&found.open);
            for finding in found.holding() {
                row.add(finding.clause, finding.gives, finding.providers.iter().copied(), finding.carried.clone());
            }
            row
        })
        .collect();
    let mut contradictions = std::mem::take(&mut evaluator.contradictions);
    contradictions.retain(|contradiction| contradiction.year == year);
    Assessed { subject, rows, contradictions: sorted(contradictions) }
}

fn sorted(mut contradictions: Vec<Contradiction>) -> Vec<Contradiction> {
    contradictions.sort_by(|a, b| (a.clause, &a.members).cmp(&(b.clause, &b.members)));
    contradictions.dedup();
    contradictions
}

impl Row {
    fn new(pathway: PathwayId, answer: Answer) -> Self {
        Self {
            pathway,
            answer,
            statuses: Vec::new(),
            clauses: Vec::new(),
            either: false,
            carried: Vec::new(),
            providers: Vec::new(),
            outcomes: Vec::new(),
            open: Vec::new(),
        }
    }

    /// Adds a clause that holds.
    fn add<'p>(&mut self, clause: ClauseId, gives: &Gives, providers: impl Iterator<Item = &'p Provider>, members: Vec<Carried>) {
        self.clauses.push(clause);
        self.statuses.extend(gives.status.clone());
        self.outcomes.extend(gives.outcome.clone());
        for provider in providers {
            for agency in std::iter::once(&provider.agency).chain(&provider.with) {
                if !self.providers.contains(agency) {
                    self.providers.push(*agency);
                }
            }
        }
        for member in members {
            if !self.carried.contains(&member) {
                self.carried.push(member);
            }
        }
    }
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
