//! One subject's open gates, exactly: decision diagrams over the cells that are open for it.
//!
//! Only gates that planes leave open are looked at. A gate through which alone its cells reach the answers asked for is
//! a *module*: its parents need not know its cells, only that it can be yes and can be no, so that one question stands
//! for it in their diagrams (Dutuit and Rauzy, "A linear-time algorithm to find modules of fault trees", IEEE
//! Transactions on Reliability 45(3), 1996). What a module's question depends on is its own diagram.

use super::circuit::{Circuit, Gate, Lit};
use super::plane::Plane;
use super::run::Slots;
use super::schedule::Schedule;
use crate::eval::diagram::{Diagram, Node, Rank};
use crate::eval::{CellKey, Setting};
use crate::program::Mask;
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Beyond so many nodes shared between subjects, a new diagram is started.
const SHARED_NODES: usize = 1_500_000;

/// Which gates are modules, and in which order cells are asked.
#[derive(Clone, Debug)]
pub(super) struct Modules {
    /// For each gate: it is a module.
    is_module: Vec<bool>,
    /// For each gate: an answer asked for rests on it.
    in_cone: Vec<bool>,
    /// For each cell of the circuit its input, if it is read.
    input_of: Vec<Option<usize>>,
    /// For each input its place in the order of asking, in steps that leave room for modules.
    ranks: Vec<Rank>,
    /// For each gate the lowest rank among its cells.
    first: Vec<Rank>,
}

impl Modules {
    /// Modules of the gates below `roots`.
    pub fn new(setting: &Setting, circuit: &Circuit, schedule: &Schedule, roots: &[Lit]) -> Self {
        let gates = circuit.gates();
        let input_of = schedule.input_of(circuit);
        let mut order: Vec<(Rank, usize)> = schedule.inputs.iter().enumerate().map(|(at, input)| (setting.rank(input.cell), at)).collect();
        order.sort_unstable();
        let mut ranks = vec![0; schedule.inputs.len()];
        for (place, (_, input)) in order.iter().enumerate() {
            ranks[*input] = (place as Rank + 1) * 2 * gates.len() as Rank;
        }
        let mut in_cone = vec![false; gates.len()];
        roots.iter().for_each(|root| in_cone[root.gate()] = true);
        let mut first = vec![Rank::MAX; gates.len()];
        for (at, gate) in gates.iter().enumerate() {
            first[at] = match gate {
                Gate::Test(cell, _) => input_of[cell.0 as usize].map_or(Rank::MAX, |input| ranks[input]),
                _ => functional(gate).iter().map(|operand| first[operand.gate()]).min().unwrap_or(Rank::MAX),
            };
        }
        let is_module = modules(circuit, &mut in_cone, roots);
        Self { is_module, in_cone, input_of, ranks, first }
    }
}

/// The operands whose cells a gate is a function of. What is published is settled where it counts.
fn functional(gate: &Gate) -> Vec<Lit> {
    match gate {
        Gate::Recorded { rule, .. } => vec![*rule],
        Gate::Settled(_) => Vec::new(),
        _ => gate.operands(),
    }
}

/// A gate is a module if it dominates all its cells in the graph from the roots.
fn modules(circuit: &Circuit, in_cone: &mut [bool], roots: &[Lit]) -> Vec<bool> {
    let gates = circuit.gates();
    let top = gates.len();
    // the nearest gate through which all ways from the roots lead; parents come after their operands
    let mut above: Vec<Option<usize>> = vec![None; top];
    roots.iter().for_each(|root| above[root.gate()] = Some(top));
    let mut cell_above: Vec<Option<usize>> = vec![None; circuit.cells().len()];
    let meet = |above: &[Option<usize>], mut a: usize, mut b: usize| {
        while a != b {
            if a < b {
                a = above[a].unwrap_or(top);
            } else {
                b = above[b].unwrap_or(top);
            }
        }
        a
    };
    for at in (0..top).rev() {
        if !in_cone[at] {
            continue;
        }
        if let Gate::Test(cell, _) = &gates[at] {
            let own = &mut cell_above[cell.0 as usize];
            *own = Some(own.map_or(at, |other| meet(&above, other, at)));
        }
        for operand in functional(&gates[at]) {
            let below = operand.gate();
            in_cone[below] = true;
            above[below] = Some(above[below].map_or(at, |other| meet(&above, other, at)));
        }
    }
    let mut dominated = vec![0usize; top];
    for cell in cell_above.into_iter().flatten() {
        let mut at = cell;
        while at != top {
            dominated[at] += 1;
            at = above[at].unwrap_or(top);
        }
    }
    (0..top).map(|at| in_cone[at] && circuit.n_cells(at) > 1 && circuit.n_cells(at) == dominated[at]).collect()
}

/// Settles gates of one subject after another.
#[derive(Debug, Default)]
pub(super) struct Settler {
    diagram: Diagram,
    nodes: FxHashMap<(usize, bool), Node>,
    /// The module a question stands for, with its own diagram.
    modules: FxHashMap<Rank, Node>,
    cells: FxHashMap<Rank, CellKey>,
    /// Whose gates these are.
    subject: Option<usize>,
    started: usize,
    given_up: u64,
}

/// Where one subject's planes stand.
#[derive(Clone, Copy)]
pub(super) struct At<'s> {
    pub subject: usize,
    pub circuit: &'s Circuit,
    pub schedule: &'s Schedule,
    pub modules: &'s Modules,
    pub slots: &'s Slots,
    pub input: &'s [Plane],
    pub word: usize,
    pub bit: usize,
    pub max_nodes: usize,
}

impl At<'_> {
    fn set(&self, plane: &Plane) -> bool {
        plane[self.word] >> self.bit & 1 == 1
    }

    fn can(&self, lit: Lit) -> (bool, bool) {
        let slot = self.schedule.slot(lit).0 as usize;
        (self.set(&self.slots.planes[slot]), self.set(&self.slots.planes[slot ^ 1]))
    }
}

impl Settler {
    /// Forgets the subject before.
    fn start(&mut self, subject: usize) {
        self.subject = Some(subject);
        self.nodes.clear();
        self.modules.clear();
        self.cells.clear();
        if self.diagram.len() > SHARED_NODES {
            self.diagram = Diagram::default();
        }
        self.started = self.diagram.len();
        self.given_up = 0;
    }

    /// The answer of a gate that planes leave open.
    pub fn node(&mut self, at: &At, lit: Lit) -> Node {
        if self.subject != Some(at.subject) {
            self.start(at.subject);
        }
        self.within(at, lit, at.modules.in_cone[lit.gate()])
    }

    /// `by_modules`: a module below is one question.
    fn within(&mut self, at: &At, lit: Lit, by_modules: bool) -> Node {
        match at.can(lit) {
            (true, false) => return Node::YES,
            (false, true) => return Node::NO,
            _ => {}
        }
        let gate = lit.gate();
        let node = match self.nodes.get(&(gate, by_modules)) {
            Some(node) => *node,
            None => {
                let node = self.open(at, gate, by_modules);
                self.nodes.insert((gate, by_modules), node);
                node
            }
        };
        if lit.negated() { self.diagram.not(node) } else { node }
    }

    fn open(&mut self, at: &At, gate: usize, by_modules: bool) -> Node {
        if self.diagram.len() - self.started > at.max_nodes {
            self.given_up += 1;
            return self.diagram.test(Rank::MAX - self.given_up, 0b11, 0b01);
        }
        let node = self.function(at, gate, by_modules);
        if !by_modules || !at.modules.is_module[gate] || node.settled().is_some() || self.given_up > 0 {
            return node;
        }
        // between the cells, at its first one
        let rank = at.modules.first[gate] + 1 + gate as Rank;
        self.modules.insert(rank, node);
        self.diagram.test(rank, 0b11, 0b01)
    }

    fn function(&mut self, at: &At, gate: usize, by_modules: bool) -> Node {
        match &at.circuit.gates()[gate] {
            Gate::No => Node::NO,
            Gate::Test(cell, yes) => {
                let Some(input) = at.modules.input_of[cell.0 as usize] else { return Node::NO };
                let read = &at.schedule.inputs[input];
                let (mut possible, mut answer): (Mask, Mask) = (0, 0);
                for (class, values) in read.classes.iter().enumerate() {
                    possible |= Mask::from(at.set(&at.input[read.plane + class])) << class;
                    answer |= Mask::from(values & yes != 0) << class;
                }
                let rank = at.modules.ranks[input];
                self.cells.insert(rank, read.cell);
                self.diagram.test(rank, possible, answer)
            }
            Gate::And(items) => {
                let nodes = self.all_within(at, items, by_modules);
                self.diagram.all(nodes)
            }
            Gate::AtLeast(n, items) => {
                let nodes = self.all_within(at, items, by_modules);
                self.diagram.at_least(*n as usize, &nodes)
            }
            Gate::Choose(condition, then, otherwise) => {
                let [condition, then, otherwise] = [*condition, *then, *otherwise].map(|lit| self.within(at, lit, by_modules));
                self.diagram.choose(condition, then, otherwise)
            }
            Gate::Decide(arms) => {
                let arms: Vec<Node> = arms
                    .iter()
                    .map(|(test, then)| {
                        let (test, then) = (self.within(at, *test, by_modules), self.within(at, *then, by_modules));
                        self.diagram.and(test, then)
                    })
                    .collect();
                self.diagram.any(arms)
            }
            Gate::Recorded { rule, by, only_if } => {
                let rule = self.within(at, *rule, by_modules);
                if rule.settled().is_some() || self.node(at, *only_if) != Node::YES {
                    return rule;
                }
                let by = self.node(at, *by);
                if by.settled().is_some() { by } else { rule }
            }
            // what was given up is not a year without data
            Gate::Settled(item) => {
                let item = self.node(at, *item);
                if self.given_up > 0 { item } else { Node::from(item == Node::YES) }
            }
        }
    }

    fn all_within(&mut self, at: &At, items: &[Lit], by_modules: bool) -> Vec<Node> {
        items.iter().map(|item| self.within(at, *item, by_modules)).collect()
    }

    /// The cells whose value can still change an answer.
    pub fn open_cells(&self, node: Node) -> Vec<CellKey> {
        let mut cells = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut todo = vec![node];
        while let Some(node) = todo.pop() {
            for rank in self.diagram.support(node) {
                if let Some(cell) = self.cells.get(&rank) {
                    cells.insert(*cell);
                } else if seen.insert(rank) {
                    todo.extend(self.modules.get(&rank));
                }
            }
        }
        cells.into_iter().collect()
    }
}
