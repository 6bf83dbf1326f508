//! Slips in the case in which somebody provides what a clause gives: they show in who is said to provide.

use super::asked::{Index, moments};
use super::case::nowhere;
use super::concrete::{Cells, Search};
use super::settle::{LIMIT, Settled, at_moment, shows, target};
use crate::eval::Evaluator;
use crate::eval::diagram::{Diagram, Node};
use crate::eval::free::Free;
use crate::program::*;
use crate::scenario;
use rustc_hash::FxHashSet;

/// Compares the case; for a difference, looks for facts for which the clause holds.
pub(super) fn settle(
    program: &Program,
    changed: &Program,
    index: &Index,
    cells: &Cells,
    clause: ClauseId,
    gives: usize,
    provider: usize,
) -> Settled {
    let when = |program| -> Option<&Cond> {
        let program: &Program = program;
        match &program.clauses[clause.0].gives.get(gives)?.providers.get(provider)?.when {
            ProviderCase::When(cond) => Some(cond),
            ProviderCase::Always | ProviderCase::Otherwise => None,
        }
    };
    let (Some(own), Some(other)) = (when(program), when(changed)) else { return Settled::Open };
    let declared = &program.clauses[clause.0];
    let target = target(program, declared);
    let unfolded = index.unfold(program, &target, 1);
    let free = Free::new(Some(FxHashSet::default()), FxHashSet::default());
    let cite = Cite { text: declared.text, label: declared.label, members: Vec::new(), at: nowhere() };
    let mut same = true;
    for moment in moments(program, &target, &unfolded, declared.kinds) {
        let (before, after) = (at_moment(program, &moment), at_moment(changed, &moment));
        for (kind, year) in &moment.asked {
            if before.silent(declared, 1 << kind, *year, |_| None).is_some() {
                continue;
            }
            // any answers of other clauses for the proof; what they do answer for a case
            let differ = |any: bool| {
                let free = any.then_some((&free, false));
                let mut diagram = Diagram::with_limit(LIMIT);
                let mut pair = [&before, &after].map(|setting| Evaluator::new(setting, &cells.open[*kind], 0, false));
                (pair[0].free, pair[1].free) = (free, free.map(|(free, _)| (free, true)));
                let mut nodes = [Node::NO; 3];
                for (at, cond) in [own, other].into_iter().enumerate() {
                    std::mem::swap(&mut pair[at].diagram, &mut diagram);
                    nodes[at] = pair[at].condition(cond, *year, &[]);
                    std::mem::swap(&mut pair[at].diagram, &mut diagram);
                }
                if free.is_none() {
                    std::mem::swap(&mut pair[0].diagram, &mut diagram);
                    nodes[2] = pair[0].clause_for(clause, *year, &[]);
                    std::mem::swap(&mut pair[0].diagram, &mut diagram);
                }
                let (not_own, not_other) = (diagram.not(nodes[0]), diagram.not(nodes[1]));
                let (more, less) = (diagram.and(nodes[0], not_other), diagram.and(not_own, nodes[1]));
                let holds = if free.is_none() { nodes[2] } else { Node::YES };
                let ways = [diagram.and(more, holds), diagram.and(less, holds)];
                let [mut evaluator, _] = pair;
                let over = diagram.overflowed();
                evaluator.diagram = diagram;
                (ways, over, evaluator)
            };
            let (ways, over, _) = differ(true);
            if ways == [Node::NO; 2] && !over {
                continue;
            }
            same = false;
            let (ways, over, evaluator) = differ(false);
            let search = Search { program, changed, cells, free: &free, setting: &before, kind: *kind, year: *year, cite: &cite };
            for way in ways.into_iter().filter(|way| *way != Node::NO && !over) {
                let Some(stated) = search.cells_of(&evaluator, way, &|_| None) else { continue };
                let Some(mut case) = super::case::case(program, &search.question(), stated) else { continue };
                let given = &declared.gives[gives];
                for agency in given.providers.iter().map(|provider| provider.agency) {
                    case.expects = vec![Expect { at: nowhere(), kind: ExpectKind::Provider { pathway: given.pathway, agency } }];
                    if scenario::holds(program, &case) && shows(changed, &case) {
                        return Settled::Case(Box::new(case));
                    }
                }
            }
        }
    }
    if same { Settled::Equivalent } else { Settled::Open }
}
