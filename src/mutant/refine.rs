//! Numbers seen more finely: beside every boundary that rules compare with, the ones a step away.

use crate::program::*;
use rust_decimal::Decimal;

/// More classes of one fact than this do not fit into a mask.
const MOST: usize = 120;

/// A program that says the same and can tell numbers apart that differ by one step at a boundary. What reads and writes
/// files is left out.
pub fn refine(program: &Program) -> Program {
    let mut program = program.clone();
    program.published.clear();
    program.reports.clear();
    for fact in 0..program.facts.len() {
        let ValueKind::Number { boundaries: old, .. } = &program.facts[fact].kind else { continue };
        let old = old.clone();
        let step = |cut: &Boundary| Decimal::new(1, cut.at.scale());
        let near = |cut: &Boundary| [cut.at - step(cut), cut.at, cut.at + step(cut)].map(|at| Boundary { at, ..*cut });
        let mut new: Vec<Boundary> = old.iter().flat_map(near).collect();
        new.sort_unstable();
        new.dedup();
        if new.len() > MOST {
            continue;
        }
        // which old class each new one lies in
        let class_of = |class: usize| match class.checked_sub(1) {
            None => 0,
            Some(below) => old.iter().take_while(|cut| **cut <= new[below]).count(),
        };
        let inside: Vec<usize> = (0..=new.len()).map(class_of).collect();
        let absent = old.len() + 1;
        let finer = |mask: Mask| {
            let classes = inside.iter().enumerate().filter(|(_, old)| mask >> **old & 1 == 1);
            let values = classes.fold(0, |finer, (class, _)| finer | 1 << class);
            if mask >> absent & 1 == 1 { values | 1 << inside.len() } else { values }
        };
        for clause in &mut program.clauses {
            let recorded = clause.recorded.iter_mut().flat_map(|own| std::iter::once(&mut own.by).chain(&mut own.only_if));
            let providers =
                clause.gives.iter_mut().flat_map(|gives| &mut gives.providers).filter_map(|provider| match &mut provider.when {
                    ProviderCase::When(cond) => Some(cond),
                    _ => None,
                });
            for cond in std::iter::once(&mut clause.when).chain(&mut clause.applies).chain(recorded).chain(providers) {
                masks(cond, FactId(fact), &finer);
            }
        }
        for cell in program.scenarios.iter_mut().flat_map(|case| &mut case.cells).filter(|cell| cell.fact.0 == fact) {
            cell.mask = finer(cell.mask);
        }
        if let ValueKind::Number { boundaries, .. } = &mut program.facts[fact].kind {
            *boundaries = new;
        }
        let declared = &program.facts[fact];
        for cell in program.scenarios.iter_mut().flat_map(|case| &mut case.cells).filter(|cell| cell.fact.0 == fact) {
            if let Some(class) = cell.number.and_then(|number| declared.class_of(number)) {
                cell.mask = 1 << class;
            }
        }
    }
    program
}

fn masks(cond: &mut Cond, fact: FactId, finer: &dyn Fn(Mask) -> Mask) {
    match &mut cond.kind {
        CondKind::Test(test) if test.fact == fact => match &mut test.mask {
            TestMask::Fixed(mask) => *mask = finer(*mask),
            TestMask::ByMember(_, masks) => masks.iter_mut().for_each(|mask| *mask = finer(*mask)),
        },
        CondKind::Bracket(own, _, rows) if *own == fact => rows.iter_mut().for_each(|(mask, _)| *mask = finer(*mask)),
        _ => {}
    }
    super::parts_mut(cond).iter_mut().for_each(|part| masks(part, fact, finer));
}
