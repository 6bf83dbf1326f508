//! By which clause a set of facts is enough for an answer.

use super::seen::Seen;
use super::view::View;
use super::would::ClauseNamed;
use super::{PathwayExplanation, Verdict, Why};
use crate::eval::{CellKey, Evaluator};
use crate::facts::Facts;
use crate::program::PathwayId;
use rustc_hash::FxHashSet;

impl View<'_> {
    /// The narrowest clause that holds by these facts, of those that are not asked for some member. Where the facts leave open
    /// which clause holds, but not that one does, these clauses.
    pub(super) fn under(&self, explained: &PathwayExplanation, pathway: PathwayId, year: i32, set: &[CellKey]) -> Vec<ClauseNamed> {
        let holding = explained.why.iter().map(Why::seen).filter(|seen| seen.verdict() == Verdict::Yes);
        match holding.filter_map(|seen| narrowest(seen, set)).next() {
            Some(only) => named(only).into_iter().collect(),
            None => self.under_any(pathway, year, set),
        }
    }

    /// The same for a subject of which nothing else is known: what holds then holds by these facts.
    fn under_any(&self, pathway: PathwayId, year: i32, set: &[CellKey]) -> Vec<ClauseNamed> {
        let own = &self.facts.subjects()[self.subject];
        let mut facts = Facts::default();
        let subject = facts.subject_of_kind(&own.key, &own.name, own.kind);
        for cell in set {
            let mask = self.facts.mask_on(self.program, cell.fact, cell.year, self.subject, cell.offset, self.setting.as_of);
            facts.set(self.program, cell.fact, cell.year, subject, cell.offset, mask, None, None);
        }
        // what is not said here is not missing
        let mut setting = self.setting.clone();
        setting.known = true;
        let mut evaluator = Evaluator::new(&setting, &facts, subject, true);
        let found = evaluator.determine(pathway, year);
        let trace = evaluator.take_trace();
        let view = View { facts: &facts, subject, ..*self };
        let giving: Vec<Seen> = found.holding().map(|finding| Seen::top(&view, trace.at(finding.step.step))).collect();
        possible(giving).into_iter().filter_map(named).collect()
    }
}

fn named(seen: Seen) -> Option<ClauseNamed> {
    Some(ClauseNamed { by: seen.citation()?.to_owned(), title: seen.text() })
}

fn narrowest<'s>(seen: Seen<'s>, set: &[CellKey]) -> Option<Seen<'s>> {
    let mut left = set.iter().copied().collect();
    rests_on(seen, &mut left);
    if !left.is_empty() {
        return None;
    }
    let below = seen.because().filter(|part| part.is_carried()).find_map(|part| narrowest(part, set));
    below.or_else(|| seen.is_whole_clause().then_some(seen))
}

/// Strikes out the facts that a step rests on.
fn rests_on(seen: Seen, left: &mut FxHashSet<CellKey>) {
    if left.is_empty() {
        return;
    }
    if let Some(cell) = seen.cell() {
        left.remove(&cell);
    }
    seen.because().filter(|part| part.is_carried()).for_each(|part| rests_on(part, left));
}

/// Of clauses that may hold, those below one that certainly does; of one that may or may not, itself.
fn possible(clauses: Vec<Seen>) -> Vec<Seen> {
    let Some(sure) = clauses.iter().find(|clause| clause.verdict() == Verdict::Yes) else { return clauses };
    let mut below = Vec::new();
    clauses_below(*sure, &mut below);
    if below.is_empty() { vec![*sure] } else { possible(below) }
}

/// The next clauses below a step that may hold and are not asked for some member.
fn clauses_below<'s>(seen: Seen<'s>, out: &mut Vec<Seen<'s>>) {
    for part in seen.because().filter(|part| part.verdict() != Verdict::No) {
        match part.is_clause() {
            true if part.is_whole_clause() => out.push(part),
            true => {}
            false => clauses_below(part, out),
        }
    }
}
