//! What is enough for an answer, what a clause still lacks, and what would change an answer, as people and programs read it.

use super::view::{View, member_labels, member_names};
use super::{PathwayExplanation, ShownWith};
use crate::eval::{Answer, CellKey, Setting};
use crate::facts::Facts;
use crate::flip::{Change, Flip, MayChange, NextYear, Of, World, carried_over};
use crate::program::*;
use crate::source::Sources;
use serde::Serialize;
use std::cell::OnceCell;

/// Sets of facts of which each is enough for an answer, whatever all other facts are.
#[derive(Clone, Debug, Serialize)]
pub struct EnoughSeen {
    /// How many there are; none where the answer rests on what is not known.
    pub count: u64,
    /// The smallest first; some of them, where there are many.
    pub sets: Vec<Vec<FactStated>>,
    /// For each of these sets the narrowest clause that holds by it, such as the method; several where it alone leaves open which
    /// of them holds, but not that one does.
    pub under: Vec<Vec<ClauseNamed>>,
}

/// A clause in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClauseNamed {
    /// The clause.
    pub by: String,
    /// Its words.
    pub title: String,
}

/// A fact as an answer rests on it.
#[derive(Clone, Debug, Serialize)]
pub struct FactStated {
    /// The fact's token.
    pub fact: String,
    /// The fact's words.
    pub label: String,
    /// Members.
    pub members: Vec<String>,
    /// The same members in words.
    pub member_labels: Vec<String>,
    /// Year, for yearly facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// The value in words; several words where it is not known exactly.
    pub value: String,
    /// Whether exactly one value is possible.
    pub known: bool,
    /// For how many the value stands, where the rules declare such a number and it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_with: Option<ShownWith>,
    /// File it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Row in the file; absent where a complete file has no row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
}

/// A clause that does not hold, and what it lacks.
#[derive(Clone, Debug, Serialize)]
pub struct Nearest {
    /// The clause.
    pub by: String,
    /// Its words.
    pub title: String,
    /// What would make it hold.
    pub lacks: WouldSeen,
}

/// What would bring an answer about.
#[derive(Clone, Debug, Serialize)]
pub struct WouldSeen {
    /// `already`, `changes`, `never` (no change of the facts that may change does it) or `too-large` (not searched).
    pub outcome: &'static str,
    /// The only year whose facts may change; facts without a year always may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Steps along scales that each set takes; a change of a fact without a scale is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps: Option<u32>,
    /// Facts that each set changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<u32>,
    /// How many sets are as small as this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The sets; some of them, where there are many.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sets: Vec<Vec<ChangeSeen>>,
    /// Where no change of that year's facts does it: what does if facts of other years may change too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub any_year: Option<Box<WouldSeen>>,
}

/// A fact that would be another.
#[derive(Clone, Debug, Serialize)]
pub struct ChangeSeen {
    /// The fact as it is.
    #[serde(flatten)]
    pub now: FactStated,
    /// What it would be, in words.
    pub to: String,
}

/// The year after.
#[derive(Clone, Debug, Serialize)]
pub struct NextSeen {
    /// The year.
    pub year: i32,
    /// The day of its determinations.
    pub on: String,
    /// The rules do not declare it: its day and criteria are taken from the year before.
    pub assumed: bool,
    /// The answer if every fact of the year before stays as it is.
    pub if_unchanged: Answer,
    /// The opposite of that answer, or `not_eligible` where it is open.
    pub to: Answer,
    /// What in the year's own facts brings that about.
    pub would: WouldSeen,
}

/// How much is looked for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Ask {
    /// How changes are weighed, and the year whose facts may change.
    pub may: MayChange,
    /// What would make the answer another.
    pub flip: bool,
    /// What would make the answer another in the year after.
    pub next: bool,
}

/// At most so many sets are kept.
const MOST_SETS: usize = 20;

/// Adds to the explanation of one subject's pathways what is enough, what is nearest, and what is asked for.
pub fn add<'v>(
    explained: &mut [PathwayExplanation],
    world: &World<'v>,
    facts: &'v Facts,
    sources: &'v Sources,
    subject: usize,
    ask: &Ask,
    next: Option<&NextYear>,
) {
    let setting = world.setting;
    let program = setting.program;
    let view = View { program, facts, sources, setting, subject };
    let now = |key: CellKey| facts.mask_on(program, key.fact, key.year, subject, key.offset, setting.as_of);
    let state = world.state(ask.may, now);
    let any_year = OnceCell::new();
    let would = |of: Of, to: bool| {
        let mut seen = view.would(world.flip(&state, of, to, MOST_SETS), ask.may.year, &|change| change.cell);
        if seen.outcome == "never" && ask.may.year.is_some() {
            let state = any_year.get_or_init(|| world.state(MayChange { year: None, ..ask.may }, now));
            seen.any_year = Some(Box::new(view.would(world.flip(state, of, to, MOST_SETS), None, &|change| change.cell)));
        }
        seen
    };
    for (at, pathway) in explained.iter_mut().enumerate() {
        if matches!(pathway.answer, Answer::NotApplicable | Answer::Suspended) {
            continue;
        }
        pathway.enough = match pathway.answer {
            Answer::Eligible => Some(match world.enough(&state, Of::Pathway(at), true, MOST_SETS) {
                None => EnoughSeen { count: 0, sets: Vec::new(), under: Vec::new() },
                Some(enough) => EnoughSeen {
                    count: enough.count,
                    sets: enough.sets.iter().map(|set| set.iter().map(|cell| view.stated(*cell)).collect()).collect(),
                    under: enough.sets.iter().map(|set| view.under(pathway, world.pathways()[at].pathway, world.year, set)).collect(),
                },
            }),
            _ => None,
        };
        pathway.nearest = match pathway.answer {
            Answer::NotEligible => nearest(&view, world, at, &would),
            _ => Vec::new(),
        };
        pathway.flip = ask.flip.then(|| would(Of::Pathway(at), pathway.answer != Answer::Eligible));
    }
    if let Some(next) = next.filter(|_| ask.next) {
        add_next(explained, world, &view, ask, next);
    }
}

/// Clauses in the order of what they lack.
fn nearest(view: &View, world: &World, at: usize, would: &dyn Fn(Of, bool) -> WouldSeen) -> Vec<Nearest> {
    let clauses = world.pathways()[at].giving.iter().enumerate();
    let mut out: Vec<Nearest> = clauses
        .map(|(giving, clause)| Nearest {
            by: view.program.clauses[clause.clause.0].citation.clone(),
            title: view.title(clause.clause),
            lacks: would(Of::Clause(at, giving), true),
        })
        .collect();
    out.sort_by_key(|nearest| (nearest.lacks.steps.unwrap_or(u32::MAX), nearest.lacks.facts));
    out
}

fn add_next(explained: &mut [PathwayExplanation], world: &World, view: &View, ask: &Ask, next: &NextYear) {
    let setting = next.setting(world.setting);
    let pathways: Vec<PathwayId> = world.pathways().iter().map(|asked| asked.pathway).collect();
    let later = World::new(&setting, world.kind, next.year, &pathways);
    let may = MayChange { year: Some(next.year), ..ask.may };
    let state = later.state(may, carried_over(&next.program, next.year, |key| view.mask(key, &setting)));
    for (at, pathway) in explained.iter_mut().enumerate() {
        if later.pathways()[at].giving.is_empty() {
            continue;
        }
        let is = |answer: bool| later.flip(&state, Of::Pathway(at), answer, 0) == Flip::Already;
        let (if_unchanged, to) = match (is(true), is(false)) {
            (true, _) => (Answer::Eligible, Answer::NotEligible),
            (_, true) => (Answer::NotEligible, Answer::Eligible),
            _ => (Answer::Undetermined, Answer::NotEligible),
        };
        let flip = later.flip(&state, Of::Pathway(at), to == Answer::Eligible, MOST_SETS);
        let before = |change: &Change| CellKey { year: change.cell.year.min(world.year), ..change.cell };
        pathway.next = Some(NextSeen {
            year: next.year,
            on: next.on.to_string(),
            assumed: next.assumed,
            if_unchanged,
            to,
            would: view.would(flip, Some(next.year), &before),
        });
    }
}

impl View<'_> {
    fn mask(&self, key: CellKey, setting: &Setting) -> Mask {
        self.facts.mask_on(self.program, key.fact, key.year, self.subject, key.offset, setting.as_of)
    }

    fn title(&self, clause: ClauseId) -> String {
        let clause = &self.program.clauses[clause.0];
        clause.title.clone().unwrap_or_else(|| self.program.texts[clause.text.0].versions[clause.version].title.clone())
    }

    pub(super) fn stated(&self, key: CellKey) -> FactStated {
        let fact = &self.program.facts[key.fact.0];
        let seen = self.fact(key);
        FactStated {
            fact: fact.named.name.clone(),
            label: fact.named.label.clone(),
            members: member_names(self.program, fact, key.offset),
            member_labels: member_labels(self.program, fact, key.offset),
            year: fact.yearly.then_some(key.year),
            value: seen.value,
            known: seen.known,
            shown_with: seen.shown_with,
            file: seen.file,
            row: seen.row,
        }
    }

    /// `known_as` is the cell that tells what the fact is now.
    fn would(&self, flip: Flip, year: Option<i32>, known_as: &dyn Fn(&Change) -> CellKey) -> WouldSeen {
        let mut seen = WouldSeen { outcome: "already", year, steps: None, facts: None, count: None, sets: Vec::new(), any_year: None };
        match flip {
            Flip::Already => {}
            Flip::Never => seen.outcome = "never",
            Flip::TooLarge => seen.outcome = "too-large",
            Flip::By(changes) => {
                seen.outcome = "changes";
                seen.steps = Some(changes.steps);
                seen.facts = Some(changes.facts);
                seen.count = Some(changes.count);
                let one = |change: &Change| {
                    let fact = &self.program.facts[change.cell.fact.0];
                    let mut now = self.stated(known_as(change));
                    now.year = fact.yearly.then_some(change.cell.year);
                    let own = fact.members_at(self.program, change.cell.offset);
                    ChangeSeen { now, to: fact.value_label(self.program, change.to, &own) }
                };
                seen.sets = changes.sets.iter().map(|set| set.iter().map(one).collect()).collect();
            }
        }
        seen
    }
}
