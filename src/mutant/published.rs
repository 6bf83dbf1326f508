//! Slips in what is said of published determinations, which show only where the facts leave the rule open.

use super::asked::{Index, moments};
use super::concrete::{Cells, Search, published_facts};
use super::settle::{LIMIT, Settled, Target, at_moment, cites, facts_of};
use crate::eval::diagram::{Diagram, Node};
use crate::eval::free::Free;
use crate::eval::{CellKey, Evaluator};
use crate::program::*;
use rustc_hash::FxHashSet;

/// So many differences are looked at for a case.
const MAX_SEARCHED: usize = 200;

/// What is published, and where it counts.
fn nodes<'a>(
    evaluator: &mut Evaluator<'a>,
    diagram: &mut Diagram,
    recorded: Option<&'a Recorded>,
    year: i32,
    members: &[(CategoryId, usize)],
) -> (Node, Node) {
    let Some(recorded) = recorded else { return (Node::NO, Node::NO) };
    std::mem::swap(&mut evaluator.diagram, diagram);
    let by = evaluator.condition(&recorded.by, year, members);
    let counts = recorded.only_if.as_ref().map_or(Node::YES, |only_if| evaluator.condition(only_if, year, members));
    std::mem::swap(&mut evaluator.diagram, diagram);
    (by, counts)
}

/// Compares what is published of a clause; for a difference, looks for years of which nothing must be known.
pub(super) fn settle(program: &Program, changed: &Program, index: &Index, cells: &Cells, target: &Target, clause: ClauseId) -> Settled {
    let (declared, other) = (&program.clauses[clause.0], &changed.clauses[clause.0]);
    let unfolded = index.unfold(program, target, 1);
    let free = Free::new(Some(FxHashSet::default()), FxHashSet::default());
    let rests_on: Vec<FactId> = facts_of(program, target.text, target.label);
    let published = published_facts(declared);
    let asked = cites(program, target);
    let (mut same, mut searched) = (true, 0);
    for moment in moments(program, target, &unfolded, declared.kinds) {
        let (own, slip) = (at_moment(program, &moment), at_moment(changed, &moment));
        for (kind, year) in &moment.asked {
            let mut diagram = Diagram::with_limit(LIMIT);
            let facts = &cells.open[*kind];
            let mut before = Evaluator::new(&own, facts, 0, false);
            let mut after = Evaluator::new(&slip, facts, 0, false);
            (before.free, after.free) = (Some((&free, false)), Some((&free, true)));
            for cite in &asked {
                let member = |category: CategoryId| cite.members.iter().find(|(own, _)| *own == category).map(|(_, member)| *member);
                if own.silent(declared, 1 << kind, *year, member).is_some() {
                    continue;
                }
                let (by, counts) = nodes(&mut before, &mut diagram, declared.recorded.as_ref(), *year, &cite.members);
                let (other_by, other_counts) = nodes(&mut after, &mut diagram, other.recorded.as_ref(), *year, &cite.members);
                let differs = |diagram: &mut Diagram, one, other| {
                    let (not_one, not_other) = (diagram.not(one), diagram.not(other));
                    let (more, less) = (diagram.and(one, not_other), diagram.and(not_one, other));
                    diagram.or(more, less)
                };
                let counted = differs(&mut diagram, counts, other_counts);
                let said = differs(&mut diagram, by, other_by);
                let said = diagram.all([said, counts, other_counts]);
                let difference = diagram.or(counted, said);
                if difference == Node::NO && !diagram.overflowed() {
                    continue;
                }
                same = false;
                searched += 1;
                if searched > MAX_SEARCHED || diagram.overflowed() {
                    continue;
                }
                let search = Search { program, changed, cells, free: &free, setting: &own, kind: *kind, year: *year, cite };
                let cell_at = |rank| before.cell_at(rank).or_else(|| after.cell_at(rank));
                if let Some(case) = unknown(&search, &mut diagram, difference, &cell_at, &rests_on, &published) {
                    return Settled::Case(Box::new(case));
                }
            }
        }
    }
    if same { Settled::Equivalent } else { Settled::Open }
}

/// Sets of years of which nothing is known, tried one after the other.
fn unknown(
    search: &Search,
    diagram: &mut Diagram,
    difference: Node,
    cell_at: &dyn Fn(u64) -> Option<CellKey>,
    rests_on: &[FactId],
    published: &[FactId],
) -> Option<Scenario> {
    let mut evaluator = search.evaluator(&search.cells.open[search.kind]);
    std::mem::swap(&mut evaluator.diagram, diagram);
    let stated = search.cells_of(&evaluator, difference, cell_at);
    std::mem::swap(&mut evaluator.diagram, diagram);
    let stated = stated?;
    let all: Vec<i32> = search.program.period.years.iter().map(|entry| entry.year).filter(|year| *year <= search.year).collect();
    let others: Vec<i32> = all.iter().copied().filter(|year| *year != search.year).collect();
    let single = others.iter().rev().map(|year| vec![*year]);
    for years in [vec![search.year], others.clone(), all.clone()].into_iter().chain(single) {
        let facts: Vec<FactId> = rests_on.iter().copied().filter(|fact| !published.contains(fact)).collect();
        for facts in [&facts[..], rests_on] {
            let found = search.with_unknown(facts, &years, Vec::new(), stated.clone());
            if found.is_some() {
                return found;
            }
        }
    }
    None
}
