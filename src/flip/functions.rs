//! Gates as decision diagrams over all cells of a world.

use super::{World, chosen, is_turned_out, place};
use crate::engine::{Gate, Lit};
use crate::eval::diagram::{Diagram, Node, bits};
use crate::program::Mask;
use rustc_hash::FxHashMap;

/// Answers over every cell; where some are open, over what is chosen for them and what they turn out to be.
#[derive(Debug)]
pub(super) struct Functions {
    pub diagram: Diagram,
    /// What is asked of each cell.
    asked: Vec<Asked>,
    is_open: bool,
    /// What a subject's cells can be, where gates are taken as they are judged for it.
    judged: Option<Judged>,
    nodes: FxHashMap<(usize, bool), Node>,
    sure: FxHashMap<Node, Node>,
}

/// What is asked of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Asked {
    /// It may become another.
    pub may_change: bool,
    /// The classes it can be in as it is; where it may change, 0 if that is one.
    pub open: Mask,
}

impl Asked {
    /// Anything it could be.
    pub const FREE: Asked = Asked { may_change: true, open: 0 };

    fn is_open(self) -> bool {
        self.open.count_ones() > 1
    }
}

/// A subject's cells as they are.
#[derive(Debug)]
pub(super) struct Judged {
    /// The classes each can be in.
    now: Vec<Mask>,
    sure: FxHashMap<Node, bool>,
}

impl Judged {
    fn is_sure(&mut self, diagram: &Diagram, node: Node) -> bool {
        if let Some(answer) = node.settled() {
            return answer;
        }
        if let Some(found) = self.sure.get(&node) {
            return *found;
        }
        let now = self.now[place(diagram.rank(node))];
        let sure = bits(now).all(|class| self.is_sure(diagram, diagram.children(node)[class as usize]));
        self.sure.insert(node, sure);
        sure
    }
}

impl Functions {
    pub fn new(asked: Vec<Asked>, most: usize) -> Self {
        let is_open = asked.iter().any(|asked| asked.is_open());
        Self { diagram: Diagram::with_limit(most), asked, is_open, judged: None, nodes: FxHashMap::default(), sure: FxHashMap::default() }
    }

    /// Answers as they are judged where cells can be `now`: what is published stands in where a rule is open.
    pub fn judged(now: Vec<Mask>, most: usize) -> Self {
        let mut functions = Self::new(vec![Asked::FREE; now.len()], most);
        functions.judged = Some(Judged { now, sure: FxHashMap::default() });
        functions
    }

    /// The answer of a gate; `None` if it is too large.
    pub fn node(&mut self, world: &World, lit: Lit) -> Option<Node> {
        let node = self.at(world, lit, false);
        (!self.diagram.overflowed()).then_some(node)
    }

    /// Where the gate holds whatever the cells that stay open turn out to be.
    pub fn surely(&mut self, world: &World, lit: Lit) -> Option<Node> {
        let node = self.at(world, lit, false);
        let node = self.whatever(node);
        (!self.diagram.overflowed()).then_some(node)
    }

    fn whatever(&mut self, node: Node) -> Node {
        self.diagram.whatever(node, &is_turned_out, &mut self.sure)
    }

    /// Where it holds; as judged, where it surely holds or, if `up`, where it does not surely fail: there the two differ by
    /// what is published.
    fn at(&mut self, world: &World, lit: Lit, up: bool) -> Node {
        if self.diagram.overflowed() {
            return Node::NO;
        }
        let up = self.judged.is_some() && up != lit.negated();
        let node = match self.nodes.get(&(lit.gate(), up)) {
            Some(node) => *node,
            None => {
                let node = self.gate(world, &world.circuit.gates()[lit.gate()], up);
                self.nodes.insert((lit.gate(), up), node);
                node
            }
        };
        if lit.negated() { self.diagram.not(node) } else { node }
    }

    fn all_at(&mut self, world: &World, lits: &[Lit], up: bool) -> Vec<Node> {
        lits.iter().map(|lit| self.at(world, *lit, up)).collect()
    }

    fn gate(&mut self, world: &World, gate: &Gate, up: bool) -> Node {
        let is_open = self.is_open;
        match gate {
            Gate::No => Node::NO,
            Gate::Test(cell, yes) => {
                let Some(place) = world.place_of[cell.0 as usize] else { return Node::NO };
                let classes = world.cells[place].classes.iter();
                let mut children: Vec<Node> = classes.map(|class| Node::from(class & yes != 0)).collect();
                let asked = self.asked[place];
                if asked.open != 0 {
                    let turned_out: Vec<Node> = bits(asked.open).map(|class| children[class as usize]).collect();
                    let as_it_is = self.diagram.ask(chosen(place) + 1, &turned_out);
                    if !asked.may_change {
                        return as_it_is;
                    }
                    children.push(as_it_is);
                }
                self.diagram.ask(chosen(place), &children)
            }
            Gate::And(items) => {
                let nodes = self.all_at(world, items, up);
                self.diagram.all(nodes)
            }
            Gate::AtLeast(n, items) => {
                let nodes = self.all_at(world, items, up);
                self.diagram.at_least(*n as usize, &nodes)
            }
            Gate::Choose(condition, then, otherwise) => {
                let sure = self.at(world, *condition, false);
                let can = self.at(world, *condition, true);
                let [then, otherwise] = [*then, *otherwise].map(|lit| self.at(world, lit, up));
                if sure == can {
                    return self.diagram.choose(sure, then, otherwise);
                }
                // with the condition left out, both have to hold, or one of them has to
                let (no, cannot) = (self.diagram.not(sure), self.diagram.not(can));
                let [yes, no] = if up { [can, no] } else { [sure, cannot] };
                let first = self.diagram.and(yes, then);
                let second = self.diagram.and(no, otherwise);
                let both = self.diagram.and(then, otherwise);
                self.diagram.any([first, second, both])
            }
            Gate::Decide(arms) => {
                let arms: Vec<Node> = arms
                    .iter()
                    .map(|(test, then)| {
                        let (test, then) = (self.at(world, *test, up), self.at(world, *then, up));
                        self.diagram.and(test, then)
                    })
                    .collect();
                self.diagram.any(arms)
            }
            Gate::Recorded { rule, by, only_if } if self.judged.is_some() => {
                let (sure, can) = (self.at(world, *rule, false), self.at(world, *rule, true));
                let (by, only_if) = (self.at(world, *by, up), self.at(world, *only_if, false));
                let is_open = !self.is_sure(sure) && !self.is_never(can);
                if !is_open || !self.is_sure(only_if) || !(self.is_sure(by) || self.is_never(by)) {
                    return if up { can } else { sure };
                }
                match up {
                    false => self.diagram.and(by, only_if),
                    true => {
                        let without = self.diagram.not(only_if);
                        self.diagram.or(by, without)
                    }
                }
            }
            Gate::Settled(item) if self.judged.is_some() => {
                let item = self.at(world, *item, false);
                if self.is_sure(item) { item } else { Node::NO }
            }
            // where nothing is open, a rule is settled
            Gate::Recorded { rule, .. } if !is_open => self.at(world, *rule, false),
            Gate::Settled(item) if !is_open => self.at(world, *item, false),
            Gate::Recorded { rule, by, only_if } => {
                let rule = self.at(world, *rule, false);
                let (_, open) = self.sureness(rule);
                if open == Node::NO {
                    return rule;
                }
                let (by, only_if) = (self.at(world, *by, false), self.at(world, *only_if, false));
                let (published, left_open) = self.sureness(by);
                let counts = self.whatever(only_if);
                let settles = self.diagram.not(left_open);
                let stands_in = self.diagram.all([open, settles, counts]);
                self.diagram.choose(stands_in, published, rule)
            }
            Gate::Settled(item) => {
                let item = self.at(world, *item, false);
                self.whatever(item)
            }
        }
    }

    fn is_never(&mut self, node: Node) -> bool {
        let opposite = self.diagram.not(node);
        self.is_sure(opposite)
    }

    /// Whether it holds whatever the subject's cells can be.
    fn is_sure(&mut self, node: Node) -> bool {
        self.judged.as_mut().is_some_and(|judged| judged.is_sure(&self.diagram, node))
    }

    /// Where it surely holds, and where it is open.
    fn sureness(&mut self, node: Node) -> (Node, Node) {
        let opposite = self.diagram.not(node);
        let (yes, no) = (self.whatever(node), self.whatever(opposite));
        let settled = self.diagram.or(yes, no);
        (yes, self.diagram.not(settled))
    }
}
