//! A shared graph of gates over tests of cells.
//!
//! Gates are hash-consed: equal gates are one. Constants are folded, tests of one cell are joined, lists are flat.
//! Negation is part of a reference ([`Lit`]) and costs nothing.

mod cases;
mod gate;

pub use cases::classes;
pub use gate::{CellIndex, Gate, Lit};

use crate::eval::CellKey;
use crate::program::Mask;
use indexmap::IndexSet;
use rustc_hash::FxHashMap;

/// A set of cells.
#[derive(Clone, Debug, Default)]
struct Cells(Vec<u64>);

impl Cells {
    fn one(cell: CellIndex) -> Self {
        let mut set = Cells(vec![0; cell.0 as usize / 64 + 1]);
        set.0[cell.0 as usize / 64] |= 1 << (cell.0 % 64);
        set
    }

    fn meets(&self, other: &Cells) -> bool {
        self.0.iter().zip(&other.0).any(|(a, b)| a & b != 0)
    }

    fn add(&mut self, other: &Cells) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (own, other) in self.0.iter_mut().zip(&other.0) {
            *own |= other;
        }
    }

    fn len(&self) -> usize {
        self.0.iter().map(|word| word.count_ones() as usize).sum()
    }

    fn iter(&self) -> impl Iterator<Item = CellIndex> + '_ {
        self.0
            .iter()
            .enumerate()
            .flat_map(|(at, word)| (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| CellIndex((at * 64) as u32 + bit)))
    }
}

#[derive(Clone, Debug)]
struct About {
    /// The cells it can rest on.
    cells: Cells,
    /// Planes settle it exactly when its operands' do.
    exact: bool,
    /// So they do everything below it: where planes leave it open, it is open.
    firm: bool,
    /// Nothing published stands in below it, so that it is a function of its cells.
    pure: bool,
}

/// Gates in an order in which each comes after its operands.
#[derive(Clone, Debug)]
pub struct Circuit {
    gates: Vec<Gate>,
    about: Vec<About>,
    unique: FxHashMap<Gate, u32>,
    cells: IndexSet<CellKey, rustc_hash::FxBuildHasher>,
    /// Every value each cell can have.
    full: Vec<Mask>,
}

impl Default for Circuit {
    fn default() -> Self {
        Circuit {
            gates: vec![Gate::No],
            about: vec![About { cells: Cells::default(), exact: true, firm: true, pure: true }],
            unique: FxHashMap::from_iter([(Gate::No, 0)]),
            cells: IndexSet::default(),
            full: Vec::new(),
        }
    }
}

impl Circuit {
    /// Every gate, operands first. The first is [`Gate::No`].
    pub fn gates(&self) -> &[Gate] {
        &self.gates
    }

    /// For each gate, whether one of `wanted` rests on it.
    pub(super) fn needed(&self, wanted: &[Lit]) -> Vec<bool> {
        let mut needed = vec![false; self.gates.len()];
        wanted.iter().for_each(|lit| needed[lit.gate()] = true);
        for at in (0..needed.len()).rev() {
            if needed[at] {
                self.gates[at].operands().iter().for_each(|operand| needed[operand.gate()] = true);
            }
        }
        needed
    }

    /// The cells that tests ask for.
    pub fn cells(&self) -> impl ExactSizeIterator<Item = CellKey> + '_ {
        self.cells.iter().copied()
    }

    /// Every value a cell can have.
    pub fn full(&self, cell: CellIndex) -> Mask {
        self.full[cell.0 as usize]
    }

    /// Whether planes settle the gate exactly when they do its operands.
    pub fn exact(&self, gate: usize) -> bool {
        self.about[gate].exact
    }

    /// Whether the gate is open wherever planes leave it open.
    pub(super) fn firm(&self, lit: Lit) -> bool {
        self.about[lit.gate()].firm
    }

    /// How many cells can change the gate's answer.
    pub(super) fn n_cells(&self, gate: usize) -> usize {
        self.about[gate].cells.len()
    }

    fn gate(&mut self, gate: Gate, exact: bool) -> Lit {
        if let Some(found) = self.unique.get(&gate) {
            return Lit::of(*found as usize);
        }
        let firm = exact && gate.operands().iter().all(|operand| self.about[operand.gate()].firm);
        let mut about = About { cells: Cells::default(), exact, firm, pure: true };
        match &gate {
            Gate::Test(cell, _) => about.cells = Cells::one(*cell),
            // what is published only ever stands in as a whole: no cell of it can change the answer
            Gate::Recorded { rule, .. } => {
                about.cells = self.about[rule.gate()].cells.clone();
                about.pure = false;
            }
            // always settled: no cell of it can change the answer
            Gate::Settled(_) => about.pure = false,
            _ => {
                for operand in gate.operands() {
                    about.cells.add(&self.about[operand.gate()].cells);
                    about.pure &= self.about[operand.gate()].pure;
                }
            }
        }
        let at = self.gates.len();
        self.unique.insert(gate.clone(), at as u32);
        self.gates.push(gate);
        self.about.push(about);
        Lit::of(at)
    }

    /// The cell's value is one of `yes`, of `full` that it can have.
    pub fn test(&mut self, key: CellKey, yes: Mask, full: Mask) -> Lit {
        let yes = yes & full;
        if yes == 0 || yes == full {
            return Lit::from(yes != 0);
        }
        let (at, new) = self.cells.insert_full(key);
        if new {
            self.full.push(full);
        }
        self.test_at(CellIndex(at as u32), yes)
    }

    fn test_at(&mut self, cell: CellIndex, yes: Mask) -> Lit {
        let full = self.full(cell);
        if yes == 0 || yes == full {
            return Lit::from(yes != 0);
        }
        // a test and its opposite are one gate: the one without the first value
        let first = full & full.wrapping_neg();
        if yes & first != 0 { !self.gate(Gate::Test(cell, full & !yes), true) } else { self.gate(Gate::Test(cell, yes), true) }
    }

    fn as_test(&self, lit: Lit) -> Option<(CellIndex, Mask)> {
        match &self.gates[lit.gate()] {
            Gate::Test(cell, yes) => Some((*cell, if lit.negated() { self.full(*cell) & !yes } else { *yes })),
            _ => None,
        }
    }

    /// All of these.
    pub fn all(&mut self, items: &[Lit]) -> Lit {
        let mut flat = Vec::with_capacity(items.len());
        for item in items {
            match &self.gates[item.gate()] {
                Gate::And(inner) if !item.negated() => flat.extend_from_slice(inner),
                _ => flat.push(*item),
            }
        }
        let mut tests: Vec<(CellIndex, Mask)> = Vec::new();
        let mut kept: Vec<Lit> = Vec::new();
        for item in flat {
            match (item.constant(), self.as_test(item)) {
                (Some(true), _) => {}
                (Some(false), _) => return Lit::NO,
                (None, Some((cell, yes))) => match tests.iter_mut().find(|(own, _)| *own == cell) {
                    Some((_, both)) => *both &= yes,
                    None => tests.push((cell, yes)),
                },
                (None, None) => kept.push(item),
            }
        }
        for (cell, yes) in tests {
            if yes == 0 {
                return Lit::NO;
            }
            kept.push(self.test_at(cell, yes));
        }
        kept.sort_unstable();
        kept.dedup();
        if kept.windows(2).any(|pair| pair[0] == !pair[1]) {
            return Lit::NO;
        }
        match kept.as_slice() {
            [] => return Lit::YES,
            [one] => return *one,
            _ => {}
        }
        let parts = self.parts(&kept);
        if parts.len() == kept.len() {
            return self.gate(Gate::And(kept.into()), true);
        }
        // operands that share cells are decided together where that is possible, and joined with the others
        let mut exact = true;
        let mut joined = Vec::new();
        for part in parts {
            match part.as_slice() {
                [one] => joined.push(*one),
                several => match self.decide(several, |items, circuit, at| items.iter().all(|item| circuit.holds(*item, at))) {
                    Some(decided) => joined.push(decided),
                    None => {
                        exact = false;
                        joined.extend_from_slice(several);
                    }
                },
            }
        }
        if exact {
            return self.all(&joined);
        }
        joined.sort_unstable();
        joined.dedup();
        if joined.contains(&Lit::NO) {
            return Lit::NO;
        }
        joined.retain(|item| *item != Lit::YES);
        self.gate(Gate::And(joined.into()), false)
    }

    /// Any of these.
    pub fn any(&mut self, items: &[Lit]) -> Lit {
        let opposites: Vec<Lit> = items.iter().map(|item| !*item).collect();
        !self.all(&opposites)
    }

    /// At least `n` of these.
    pub fn at_least(&mut self, n: usize, items: &[Lit]) -> Lit {
        let sure = items.iter().filter(|item| **item == Lit::YES).count();
        let mut open: Vec<Lit> = items.iter().copied().filter(|item| item.constant().is_none()).collect();
        if sure >= n {
            return Lit::YES;
        }
        let n = n - sure;
        if n > open.len() {
            return Lit::NO;
        }
        if n == 1 {
            return self.any(&open);
        }
        if n == open.len() {
            return self.all(&open);
        }
        open.sort_unstable();
        let exact = self.apart(&open);
        if !exact
            && let Some(decided) =
                self.decide(&open, |items, circuit, at| items.iter().filter(|item| circuit.holds(**item, at)).count() >= n)
        {
            return decided;
        }
        self.gate(Gate::AtLeast(n as u32, open.into()), exact)
    }

    /// Exactly `n` of these.
    pub fn exactly(&mut self, n: usize, items: &[Lit]) -> Lit {
        let open: Vec<Lit> = items.iter().copied().filter(|item| item.constant().is_none()).collect();
        let enough = self.at_least(n, items);
        let more = self.at_least(n + 1, items);
        if enough.constant().is_some() || more.constant().is_some() || !self.apart(&open) {
            return self.all(&[enough, !more]);
        }
        // every number between the least and the most possible can be reached, so the two bounds do not disturb each other
        let mut both = [enough, !more];
        both.sort_unstable();
        self.gate(Gate::And(both.into()), true)
    }

    /// `then` where `condition` holds, else `otherwise`.
    pub fn choose(&mut self, condition: Lit, then: Lit, otherwise: Lit) -> Lit {
        match condition.constant() {
            Some(true) => return then,
            Some(false) => return otherwise,
            None if then == otherwise => return then,
            None => {}
        }
        let parts = [condition, then, otherwise];
        let exact = self.apart(&parts);
        if !exact
            && let Some(decided) =
                self.decide(
                    &parts,
                    |parts, circuit, at| {
                        if circuit.holds(parts[0], at) { circuit.holds(parts[1], at) } else { circuit.holds(parts[2], at) }
                    },
                )
        {
            return decided;
        }
        self.gate(Gate::Choose(condition, then, otherwise), exact)
    }

    /// `by` where `rule` is open and `only_if` is certain, else `rule`.
    pub fn recorded(&mut self, rule: Lit, by: Lit, only_if: Lit) -> Lit {
        if rule.constant().is_some() || only_if == Lit::NO {
            return rule;
        }
        let firm = [rule, by, only_if].iter().all(|part| self.firm(*part));
        self.gate(Gate::Recorded { rule, by, only_if }, firm)
    }

    /// No where the data leave it open.
    pub fn settled(&mut self, item: Lit) -> Lit {
        if item.constant().is_some() { item } else { self.gate(Gate::Settled(item), self.firm(item)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::FactId;

    fn cell(offset: usize) -> CellKey {
        CellKey { fact: FactId(0), year: 2024, offset }
    }

    #[test]
    fn tests_of_one_cell_are_joined() {
        let mut circuit = Circuit::default();
        let red = circuit.test(cell(0), 0b001, 0b111);
        let orange = circuit.test(cell(0), 0b010, 0b111);
        let green = circuit.test(cell(0), 0b100, 0b111);
        assert_eq!(circuit.any(&[red, orange]), !green);
        assert_eq!(circuit.all(&[red, orange]), Lit::NO);
        assert_eq!(circuit.any(&[red, orange, green]), Lit::YES);
    }

    #[test]
    fn conditions_that_share_cells_are_decided_by_cases() {
        let mut circuit = Circuit::default();
        let [ela, math] = [0, 1].map(|at| circuit.test(cell(at), 0b001, 0b111));
        let [ela_worse, math_worse] = [0, 1].map(|at| circuit.test(cell(at), 0b011, 0b111));
        let one = circuit.all(&[ela, math_worse]);
        let other = circuit.all(&[math, ela_worse]);
        let either = circuit.any(&[one, other]);
        assert!(matches!(circuit.gates()[either.gate()], Gate::Decide(_)));
        assert!(circuit.exact(either.gate()));
    }

    #[test]
    fn what_adds_nothing_is_absorbed() {
        let mut circuit = Circuit::default();
        let [status, size] = [0, 1].map(|at| circuit.test(cell(at), 0b01, 0b11));
        let both = circuit.all(&[status, size]);
        assert_eq!(circuit.any(&[both, size]), size);
    }

    #[test]
    fn counts_fold() {
        let mut circuit = Circuit::default();
        let items: Vec<Lit> = (0..4).map(|at| circuit.test(cell(at), 0b01, 0b11)).collect();
        let with_sure = [items.as_slice(), &[Lit::YES, Lit::NO]].concat();
        assert_eq!(circuit.at_least(3, &with_sure), circuit.at_least(2, &items));
        assert_eq!(circuit.at_least(5, &items), Lit::NO);
        assert_eq!(circuit.at_least(4, &items), circuit.all(&items));
        let twice = circuit.at_least(2, &[items[0], items[0], items[1]]);
        assert!(circuit.exact(twice.gate()), "a count over one cell is decided by cases");
    }
}
