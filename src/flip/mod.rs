//! What would change an answer, and what is enough for it: exactly, over all values that cells can have.
//!
//! A [`World`] holds, for one kind of subject and one year, the circuit of some pathways and every answer as a decision
//! diagram over *all* its cells, not only those that are open. A change of facts is another way through the diagram; what a
//! way costs is the sum of what its steps cost, so that the smallest changes are the shortest ways (`shortest.rs`), and the
//! sets of facts that are enough by themselves are what is left when every other cell may have any value (`enough.rs`).
//!
//! Where cells of the subject are open, each has one more value to choose: to stay open. An answer then counts only if
//! it holds whatever the cells that stay open are, as in [`crate::eval`] (`functions.rs`).

mod enough;
mod functions;
mod near;
mod next;
mod price;
mod shortest;

pub use enough::Enough;
pub use near::{Near, Wanted, near};
pub use next::{NextYear, carried_over};
pub use price::{MayChange, Weigh};

use crate::engine::{Asked, Circuit, Gate, Lit, classes, expand};
use crate::eval::diagram::Node;
use crate::eval::{CellKey, Setting};
use crate::program::*;
use functions::{Asked as Asking, Functions};
use price::{Prices, may_change, within_reach};
use rustc_hash::FxHashMap;
use shortest::Cone;
use std::cell::RefCell;
use std::rc::Rc;

/// Beyond so many nodes a search is given up, and said to be.
const MAX_NODES: usize = 2_000_000;

/// The same for what is searched for one subject alone.
const MAX_OWN_NODES: usize = 400_000;

/// A fact that becomes another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Change {
    /// The cell.
    pub cell: CellKey,
    /// What it can be now.
    pub from: Mask,
    /// The value it would have.
    pub to: usize,
}

/// What a search for changes found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flip {
    /// It is so already.
    Already,
    /// The smallest sets of changes.
    By(Changes),
    /// No change of the facts that may change does it.
    Never,
    /// The search was given up, because it would take too much memory.
    TooLarge,
}

/// The smallest sets of changes that do it; all cost the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// Steps along scales that one set takes; a change of a fact without a scale is one.
    pub steps: u32,
    /// Facts that one set changes.
    pub facts: u32,
    /// How many such sets there are.
    pub count: u64,
    /// The sets, as many as were asked for.
    pub sets: Vec<Vec<Change>>,
}

impl Changes {
    /// What one set costs.
    pub fn weight(&self, weigh: Weigh) -> u32 {
        match weigh {
            Weigh::Steps => self.steps,
            Weigh::Facts => self.facts,
        }
    }
}

/// A cell that answers rest on.
#[derive(Clone, Debug)]
struct Asks {
    key: CellKey,
    /// Its values, those that no test tells apart together.
    classes: Vec<Mask>,
    /// Asked for what is published only: not a fact that could be another.
    published: bool,
}

/// An answer that is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// The n-th pathway of the world.
    Pathway(usize),
    /// A clause that gives it, by its place.
    Clause(usize, usize),
}

/// The answers of one kind of subject as functions of all cells they rest on.
#[derive(Debug)]
pub struct World<'a> {
    /// What holds for the run.
    pub setting: &'a Setting<'a>,
    /// The year judged.
    pub year: i32,
    /// Index of the kind.
    pub kind: usize,
    circuit: Circuit,
    asked: Vec<Asked<'a>>,
    /// In the order of asking.
    cells: Vec<Asks>,
    /// For each cell of the circuit its place in `cells`.
    place_of: Vec<Option<usize>>,
    /// Where no cell is open.
    free: RefCell<Functions>,
    /// Ways through them.
    cones: RefCell<FxHashMap<(Of, bool), Rc<Cone>>>,
}

impl<'a> World<'a> {
    /// The answers on `pathways` for a kind of subject in `year`.
    pub fn new(setting: &'a Setting<'a>, kind: usize, year: i32, pathways: &[PathwayId]) -> Self {
        let mut circuit = Circuit::default();
        let asked = expand(&mut circuit, setting, kind, year, pathways, &[], None).pathways;
        let roots: Vec<Lit> =
            asked.iter().flat_map(|asked| asked.giving.iter().map(|giving| giving.trail.lit).chain([asked.any])).collect();
        let needed = reached(&circuit, &roots, true);
        let firsthand = reached(&circuit, &roots, false);
        let keys: Vec<CellKey> = circuit.cells().collect();
        let mut masks: Vec<Option<(Vec<Mask>, bool)>> = vec![None; keys.len()];
        for (at, gate) in circuit.gates().iter().enumerate().filter(|(at, _)| needed[*at]) {
            if let Gate::Test(cell, yes) = gate {
                let own = masks[cell.0 as usize].get_or_insert_with(|| (Vec::new(), true));
                own.0.push(*yes);
                own.1 &= !firsthand[at];
            }
        }
        let mut order: Vec<usize> = (0..keys.len()).filter(|cell| masks[*cell].is_some()).collect();
        order.sort_by_key(|cell| setting.rank(keys[*cell]));
        let mut place_of = vec![None; keys.len()];
        let cells: Vec<Asks> = order
            .iter()
            .enumerate()
            .map(|(place, cell)| {
                place_of[*cell] = Some(place);
                let (masks, published) = masks[*cell].take().unwrap_or_default();
                let full = circuit.full(crate::engine::CellIndex(*cell as u32));
                Asks { key: keys[*cell], classes: classes(full, masks.into_iter()), published }
            })
            .collect();
        let free = RefCell::new(Functions::new(vec![Asking::FREE; cells.len()], MAX_NODES));
        Self { setting, year, kind, circuit, asked, cells, place_of, free, cones: RefCell::default() }
    }

    /// The pathways, with the clauses that give them.
    pub fn pathways(&self) -> &[Asked<'a>] {
        &self.asked
    }

    /// The cells that answers rest on, in the order they are asked.
    pub fn cells(&self) -> impl Iterator<Item = CellKey> + '_ {
        self.cells.iter().map(|cell| cell.key)
    }

    fn lit(&self, of: Of) -> Lit {
        match of {
            Of::Pathway(at) => self.asked[at].any,
            Of::Clause(at, giving) => self.asked[at].giving[giving].trail.lit,
        }
    }

    /// Nodes of the answers' diagrams where no cell is open; a measure of how large they are.
    pub fn nodes(&self) -> usize {
        let mut free = self.free.borrow_mut();
        for at in 0..self.asked.len() {
            free.node(self, self.asked[at].any);
        }
        free.diagram.len()
    }

    /// What one subject's cells are now, as `now` tells what a cell can be, and which of them may change.
    pub fn state(&self, may: MayChange, now: impl Fn(CellKey) -> Mask) -> State {
        let program = self.setting.program;
        let reach = self.cells.iter().map(|cell| within_reach(program, cell, &may, &now)).collect();
        let now: Vec<Mask> = self.cells.iter().map(|cell| now(cell.key)).collect();
        let asked = self.cells.iter().zip(&now).map(|(cell, now)| {
            let (open, may_change) = (possible(cell, *now), may_change(program, cell, &may));
            Asking { may_change, open: if may_change && open.count_ones() < 2 { 0 } else { open } }
        });
        let asked: Vec<Asking> = asked.collect();
        let is_open = asked.iter().any(|asked| asked.open.count_ones() > 1);
        let functions = is_open.then(|| RefCell::new(Functions::new(asked, MAX_OWN_NODES)));
        State { now, reach, may, functions }
    }

    /// The least that would have to change for the answer to be `to`: at most `most` of the smallest sets.
    pub fn flip(&self, state: &State, of: Of, to: bool, most: usize) -> Flip {
        let prices = Prices::new(self, state, &state.may);
        let Some(cone) = self.cone(state, of, to) else { return Flip::TooLarge };
        shortest::flip(self, state, &cone, &prices, most)
    }

    /// The answer as the cells are; `None` where they leave it open.
    pub fn answer(&self, state: &State, of: Of) -> Option<bool> {
        let is = |answer: bool| self.flip(state, of, answer, 0) == Flip::Already;
        if is(true) {
            Some(true)
        } else if is(false) {
            Some(false)
        } else {
            None
        }
    }

    fn cone(&self, state: &State, of: Of, to: bool) -> Option<Rc<Cone>> {
        let lit = self.lit(of);
        let Some(own) = &state.functions else {
            if let Some(found) = self.cones.borrow().get(&(of, to)) {
                return Some(found.clone());
            }
            let mut free = self.free.borrow_mut();
            let node = free.node(self, lit)?;
            let cone = Rc::new(Cone::new(&free.diagram, node, to));
            self.cones.borrow_mut().insert((of, to), cone.clone());
            return Some(cone);
        };
        let mut own = own.borrow_mut();
        let node = own.surely(self, if to { lit } else { !lit })?;
        Some(Rc::new(Cone::new(&own.diagram, node, true)))
    }

    /// The smallest sets of facts that give the answer whatever all other cells are: at most `most` of them. Where the
    /// facts of a rule are not known, what is published stands in for them, as it did for the answer: the set is
    /// enough as long as no other fact settles one of these rules otherwise.
    ///
    /// `None` where the answer rests on what is not known, or the search takes too much memory.
    pub fn enough(&self, state: &State, of: Of, answer: bool, most: usize) -> Option<Enough> {
        let mut free = self.free.borrow_mut();
        let lit = self.lit(of);
        let node = free.node(self, if answer { lit } else { !lit })?;
        let now: Vec<Mask> = self.cells.iter().zip(&state.now).map(|(cell, now)| possible(cell, *now)).collect();
        if let Some(enough) = enough::enough(self, &mut free.diagram, node, &now, most) {
            return Some(enough);
        }
        let mut judged = Functions::judged(now.clone(), MAX_OWN_NODES);
        let node = judged.node(self, if answer { lit } else { !lit })?;
        let enough = enough::enough(self, &mut judged.diagram, node, &now, most)?;
        Some(Enough { published: true, ..enough })
    }
}

/// The gates below `roots`; those of published determinations only if `published`.
fn reached(circuit: &Circuit, roots: &[Lit], published: bool) -> Vec<bool> {
    let mut reached = vec![false; circuit.gates().len()];
    roots.iter().for_each(|root| reached[root.gate()] = true);
    for at in (0..reached.len()).rev().filter(|at| *at > 0) {
        if !reached[at] {
            continue;
        }
        match &circuit.gates()[at] {
            Gate::Recorded { rule, .. } if !published => reached[rule.gate()] = true,
            gate => gate.operands().iter().for_each(|operand| reached[operand.gate()] = true),
        }
    }
    reached
}

/// The classes a cell can be in.
fn possible(cell: &Asks, now: Mask) -> Mask {
    cell.classes.iter().enumerate().filter(|(_, class)| **class & now != 0).map(|(at, _)| 1 << at).sum()
}

/// One subject's cells as they are.
#[derive(Debug)]
pub struct State {
    /// What each cell can be.
    now: Vec<Mask>,
    /// What each may become.
    reach: Vec<Mask>,
    may: MayChange,
    /// Where some are open: answers over what is chosen for them and what they turn out to be.
    functions: Option<RefCell<Functions>>,
}

impl State {
    /// Whether some cell is open.
    pub fn is_open(&self) -> bool {
        self.functions.is_some()
    }

    /// The cells that may change, what each can be now, and what it may become.
    pub fn changeable<'s>(&'s self, world: &'s World) -> impl Iterator<Item = (CellKey, Mask, Mask)> + 's {
        let cells = world.cells.iter().zip(&self.now).zip(&self.reach);
        let may_change = |cell: &Asks| may_change(world.setting.program, cell, &self.may);
        cells.filter(move |((cell, _), _)| may_change(cell)).map(|((cell, now), reach)| (cell.key, *now, *reach))
    }
}

/// The order of asking: for each cell first what is chosen, then, if it stays open, what it turns out to be.
fn chosen(place: usize) -> u64 {
    2 * place as u64
}

fn is_turned_out(rank: u64) -> bool {
    rank % 2 == 1
}

/// The place of a cell in the order.
fn place(rank: u64) -> usize {
    (rank / 2) as usize
}

/// The node that stands for a sure answer.
const SURE: Node = Node::YES;
