//! A shared graph of gates over tests of cells.
//!
//! Gates are hash-consed: equal gates are one. Constants are folded, tests of one cell are joined, lists are flat.
//! Negation is part of a reference ([`Lit`]) and costs nothing.

use crate::eval::CellKey;
use crate::program::Mask;
use indexmap::IndexSet;
use rustc_hash::FxHashMap;

/// At most so many cells, and so many combinations of their values, are decided together.
const MAX_DECIDED_CELLS: usize = 4;
const MAX_COMBINATIONS: usize = 1024;

/// A gate, or its opposite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lit(u32);

impl Lit {
    /// Never.
    pub const NO: Lit = Lit(0);
    /// Always.
    pub const YES: Lit = Lit(1);

    fn of(gate: usize) -> Self {
        Lit((gate as u32) << 1)
    }

    /// Index of the gate.
    pub fn gate(self) -> usize {
        (self.0 >> 1) as usize
    }

    /// Whether the gate's opposite is meant.
    pub fn negated(self) -> bool {
        self.0 & 1 == 1
    }

    /// The answer, where no cell matters.
    pub fn constant(self) -> Option<bool> {
        (self.gate() == 0).then_some(self.negated())
    }
}

impl std::ops::Not for Lit {
    type Output = Lit;

    fn not(self) -> Lit {
        Lit(self.0 ^ 1)
    }
}

impl From<bool> for Lit {
    fn from(answer: bool) -> Self {
        if answer { Lit::YES } else { Lit::NO }
    }
}

/// Index of a cell in [`Circuit::cells`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellIndex(pub u32);

/// What a gate computes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// Never.
    No,
    /// The cell's value is one of these.
    Test(CellIndex, Mask),
    /// All of these. Any of these is the opposite of all their opposites.
    And(Box<[Lit]>),
    /// At least so many of these.
    AtLeast(u32, Box<[Lit]>),
    /// The second where the first holds, else the third.
    Choose(Lit, Lit, Lit),
    /// What follows a test of one cell, of which exactly one holds: the exact answer where conditions share cells.
    Decide(Box<[(Lit, Lit)]>),
    /// The rule where it is settled or nothing is on record, else what is published.
    Recorded {
        /// The rule.
        rule: Lit,
        /// What is published.
        by: Lit,
        /// Only where this holds.
        only_if: Lit,
    },
    /// Holds where this is settled and holds: `a dashboard without data is not a hit`.
    Settled(Lit),
}

impl Gate {
    /// The gates it is made of.
    pub fn operands(&self) -> Vec<Lit> {
        match self {
            Gate::No | Gate::Test(..) => Vec::new(),
            Gate::And(items) | Gate::AtLeast(_, items) => items.to_vec(),
            Gate::Choose(condition, then, otherwise) => vec![*condition, *then, *otherwise],
            Gate::Decide(arms) => arms.iter().flat_map(|(test, then)| [*test, *then]).collect(),
            Gate::Recorded { rule, by, only_if } => vec![*rule, *by, *only_if],
            Gate::Settled(item) => vec![*item],
        }
    }
}

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

    fn apart(&self, items: &[Lit]) -> bool {
        let mut seen = Cells::default();
        items.iter().all(|item| {
            let own = &self.about[item.gate()].cells;
            let apart = !seen.meets(own);
            seen.add(own);
            apart
        })
    }

    /// Items in groups such that items of different groups share no cell.
    fn parts(&self, items: &[Lit]) -> Vec<Vec<Lit>> {
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
    fn decide(&mut self, items: &[Lit], holds: impl Fn(&[Lit], &Circuit, &[(CellIndex, Mask)]) -> bool) -> Option<Lit> {
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
    fn holds(&self, item: Lit, at: &[(CellIndex, Mask)]) -> bool {
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
