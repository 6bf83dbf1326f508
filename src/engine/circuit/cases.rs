//! Gates whose operands share cells, decided over every combination of what these cells can be.

use super::{CellIndex, Cells, Circuit, Gate, Lit};
use crate::program::Mask;

/// At most so many cells, and so many combinations of their values, are decided together.
const MAX_DECIDED_CELLS: usize = 4;
const MAX_COMBINATIONS: usize = 1024;

impl Circuit {
    pub(super) fn apart(&self, items: &[Lit]) -> bool {
        let mut seen = Cells::default();
        items.iter().all(|item| {
            let own = &self.about[item.gate()].cells;
            let apart = !seen.meets(own);
            seen.add(own);
            apart
        })
    }

    /// Items in groups such that items of different groups share no cell.
    pub(super) fn parts(&self, items: &[Lit]) -> Vec<Vec<Lit>> {
        let mut parts: Vec<(Cells, Vec<Lit>)> = Vec::new();
        for item in items {
            let mut cells = self.about[item.gate()].cells.clone();
            let mut members = vec![*item];
            let mut at = 0;
            while at < parts.len() {
                if parts[at].0.meets(&cells) {
                    let (own, mut others) = parts.swap_remove(at);
                    cells.add(&own);
                    others.append(&mut members);
                    members = others;
                    at = 0;
                } else {
                    at += 1;
                }
            }
            parts.push((cells, members));
        }
        parts.into_iter().map(|(_, members)| members).collect()
    }

    /// The exact answer over the cells of `items`, by cases; `None` if they are too many.
    pub(super) fn decide(&mut self, items: &[Lit], holds: impl Fn(&[Lit], &Circuit, &[(CellIndex, Mask)]) -> bool) -> Option<Lit> {
        let mut cells = Cells::default();
        for item in items {
            let about = &self.about[item.gate()];
            if !about.pure {
                return None;
            }
            cells.add(&about.cells);
        }
        if cells.len() > MAX_DECIDED_CELLS {
            return None;
        }
        let cells: Vec<(CellIndex, Vec<Mask>)> = cells.iter().map(|cell| (cell, self.classes(cell, items))).collect();
        if cells.iter().map(|(_, classes)| classes.len()).product::<usize>() > MAX_COMBINATIONS {
            return None;
        }
        let mut at = Vec::with_capacity(cells.len());
        Some(self.cases(items, &cells, &mut at, &holds))
    }

    fn cases(
        &mut self,
        items: &[Lit],
        cells: &[(CellIndex, Vec<Mask>)],
        at: &mut Vec<(CellIndex, Mask)>,
        holds: &impl Fn(&[Lit], &Circuit, &[(CellIndex, Mask)]) -> bool,
    ) -> Lit {
        let Some(((cell, classes), rest)) = cells.split_first() else { return Lit::from(holds(items, self, at)) };
        let mut arms: Vec<(Mask, Lit)> = Vec::new();
        for class in classes {
            at.push((*cell, *class));
            let then = self.cases(items, rest, at, holds);
            at.pop();
            match arms.iter_mut().find(|(_, own)| *own == then) {
                Some((mask, _)) => *mask |= class,
                None => arms.push((*class, then)),
            }
        }
        if let [(_, then)] = arms.as_slice() {
            return *then;
        }
        if arms.iter().all(|(_, then)| then.constant().is_some()) {
            let yes = arms.iter().filter(|(_, then)| *then == Lit::YES).fold(0, |yes, (mask, _)| yes | mask);
            return self.test_at(*cell, yes);
        }
        let arms: Vec<(Lit, Lit)> = arms.into_iter().map(|(mask, then)| (self.test_at(*cell, mask), then)).collect();
        self.gate(Gate::Decide(arms.into()), true)
    }

    /// Values of a cell that the tests below `items` do not tell apart, joined.
    fn classes(&self, cell: CellIndex, items: &[Lit]) -> Vec<Mask> {
        let mut masks = Vec::new();
        for item in items {
            self.masks(*item, cell, &mut masks);
        }
        classes(self.full(cell), masks.into_iter())
    }

    fn masks(&self, item: Lit, cell: CellIndex, out: &mut Vec<Mask>) {
        match &self.gates[item.gate()] {
            Gate::Test(own, yes) if *own == cell => out.push(*yes),
            gate => gate.operands().into_iter().for_each(|operand| self.masks(operand, cell, out)),
        }
    }

    /// The answer where every cell below is known.
    pub(super) fn holds(&self, item: Lit, at: &[(CellIndex, Mask)]) -> bool {
        let answer = match &self.gates[item.gate()] {
            Gate::No => false,
            Gate::Test(cell, yes) => at.iter().any(|(own, value)| own == cell && value & yes != 0),
            Gate::And(items) => items.iter().all(|item| self.holds(*item, at)),
            Gate::AtLeast(n, items) => items.iter().filter(|item| self.holds(**item, at)).count() >= *n as usize,
            Gate::Choose(condition, then, otherwise) => self.holds(if self.holds(*condition, at) { *then } else { *otherwise }, at),
            Gate::Decide(arms) => arms.iter().any(|(test, then)| self.holds(*test, at) && self.holds(*then, at)),
            // only functions of their cells are decided by cases
            Gate::Recorded { rule, .. } => self.holds(*rule, at),
            Gate::Settled(item) => self.holds(*item, at),
        };
        answer != item.negated()
    }
}

/// The coarsest division of `full` that every mask is a union of parts of.
pub fn classes(full: Mask, masks: impl Iterator<Item = Mask>) -> Vec<Mask> {
    let mut classes = vec![full];
    for mask in masks {
        classes = classes.into_iter().flat_map(|class| [class & mask, class & !mask]).filter(|class| *class != 0).collect();
    }
    classes
}
