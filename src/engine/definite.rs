//! The short way: one plane for each gate, for blocks in which every cell that matters is known.
//!
//! Where nothing is open, *can be no* is the opposite of *can be yes*, published determinations have nothing to stand in
//! for, and of the classes of a cell exactly one holds. Then every gate is a sum of products of planes, or a count.

use super::circuit::{Circuit, Gate, Lit};
use super::run::{ALL, NONE, Plane, WORDS, and, at_least};
use super::schedule::{Input, Schedule};
use crate::program::Mask;

/// A product: input planes as they are, input planes opposite, slots as they are, slots opposite, in this order.
#[derive(Clone, Copy, Debug)]
struct Product {
    start: u32,
    lens: [u16; 4],
}

#[derive(Clone, Copy, Debug)]
enum Step {
    /// Any of these products holds.
    Sum { start: u32, len: u32 },
    /// At least so many of the factors of one product hold.
    AtLeast { n: u32, product: u32 },
}

/// Where tests find their planes.
struct View<'v> {
    circuit: &'v Circuit,
    schedule: &'v Schedule,
    inputs: &'v [Option<usize>],
}

impl View<'_> {
    fn input(&self, test: Lit) -> Option<&Input> {
        match &self.circuit.gates()[test.gate()] {
            Gate::Test(cell, _) => self.inputs[cell.0 as usize].map(|input| &self.schedule.inputs[input]),
            _ => None,
        }
    }
}

/// Steps in order; the n-th writes slot n.
#[derive(Clone, Debug, Default)]
pub(super) struct Definite {
    steps: Vec<Step>,
    products: Vec<Product>,
    operands: Vec<u32>,
    /// For each gate of the circuit where its answer stands.
    stands: Vec<Option<Stand>>,
    /// For each input of the schedule, whether an answer rests on it.
    pub reads: Vec<bool>,
}

/// Where an answer stands, and whether it is the opposite.
#[derive(Clone, Copy, Debug)]
enum Stand {
    Input(u32, bool),
    Slot(u32, bool),
    Constant(bool),
}

impl Stand {
    fn negated(self, negate: bool) -> Self {
        match self {
            Stand::Input(at, opposite) => Stand::Input(at, opposite != negate),
            Stand::Slot(at, opposite) => Stand::Slot(at, opposite != negate),
            Stand::Constant(answer) => Stand::Constant(answer != negate),
        }
    }
}

impl Definite {
    /// The answer to each of `sums`: any of its products holds.
    pub fn new(circuit: &Circuit, schedule: &Schedule, sums: &[Vec<Vec<Lit>>]) -> (Self, Vec<Answer>) {
        let roots = sums.iter().flatten().flatten();
        let gates = circuit.gates();
        let mut marked = vec![false; gates.len()];
        roots.for_each(|root| marked[root.gate()] = true);
        for at in (0..gates.len()).rev() {
            if marked[at] {
                below(&gates[at]).iter().for_each(|lit| marked[lit.gate()] = true);
            }
        }
        let inputs = schedule.input_of(circuit);
        let mut definite = Definite { stands: vec![None; gates.len()], reads: vec![false; schedule.inputs.len()], ..Definite::default() };
        definite.stands[0] = Some(Stand::Constant(false));
        let view = View { circuit, schedule, inputs: &inputs };
        for (at, gate) in gates.iter().enumerate().skip(1) {
            if !marked[at] {
                continue;
            }
            let stand = match gate {
                Gate::No => Stand::Constant(false),
                Gate::Test(cell, yes) => {
                    // a scheduled test reads a cell
                    let Some(input) = inputs[cell.0 as usize] else { continue };
                    definite.reads[input] = true;
                    definite.test(&schedule.inputs[input], *yes)
                }
                Gate::Recorded { rule: same, .. } | Gate::Settled(same) => definite.stand(*same),
                Gate::And(items) => definite.sum(&[items.to_vec()], &view),
                Gate::Decide(arms) => {
                    let arms: Vec<Vec<Lit>> =
                        arms.iter().filter(|(_, then)| *then != Lit::NO).map(|(test, then)| vec![*test, *then]).collect();
                    definite.sum(&arms, &view)
                }
                Gate::Choose(condition, then, otherwise) => definite.sum(&[vec![*condition, *then], vec![!*condition, *otherwise]], &view),
                Gate::AtLeast(n, items) => {
                    let stands: Vec<Stand> = items.iter().map(|item| definite.stand(*item)).collect();
                    let product = definite.product(&stands);
                    definite.step(Step::AtLeast { n: *n, product })
                }
            };
            definite.stands[at] = Some(stand);
        }
        let answers = sums.iter().map(|products| Answer(definite.sum(products, &view))).collect();
        (definite, answers)
    }

    fn stand(&self, lit: Lit) -> Stand {
        // every gate comes after its operands, and whoever asks for a gate has it among the roots
        self.stands[lit.gate()].unwrap_or(Stand::Constant(false)).negated(lit.negated())
    }

    fn test(&mut self, input: &Input, yes: Mask) -> Stand {
        let (holding, others): (Vec<u32>, Vec<u32>) = {
            let planes = input.classes.iter().enumerate().map(|(at, class)| ((input.plane + at) as u32, class & yes != 0));
            let (yes, no): (Vec<_>, Vec<_>) = planes.partition(|(_, holds)| *holds);
            (yes.into_iter().map(|(plane, _)| plane).collect(), no.into_iter().map(|(plane, _)| plane).collect())
        };
        match (holding.as_slice(), others.as_slice()) {
            ([one], _) => Stand::Input(*one, false),
            (_, [one]) => Stand::Input(*one, true),
            (_, others) => {
                let stands: Vec<Stand> = others.iter().map(|plane| Stand::Input(*plane, true)).collect();
                let product = self.product(&stands);
                self.step(Step::Sum { start: product, len: 1 })
            }
        }
    }

    fn sum(&mut self, products: &[Vec<Lit>], view: &View) -> Stand {
        let made: Vec<Vec<Stand>> = products
            .iter()
            .map(|items| {
                let mut stands = Vec::new();
                for item in items {
                    match (&view.circuit.gates()[item.gate()], view.input(*item)) {
                        // a cell is in none of the other classes
                        (Gate::Test(_, yes), Some(input)) => {
                            let holds = |class: &Mask| (class & yes != 0) != item.negated();
                            let planes = |wanted: bool| {
                                let classes = input.classes.iter().enumerate().filter(move |(_, class)| holds(class) == wanted);
                                classes.map(|(at, _)| (input.plane + at) as u32).collect::<Vec<u32>>()
                            };
                            match planes(true).as_slice() {
                                [one] => stands.push(Stand::Input(*one, false)),
                                _ => stands.extend(planes(false).into_iter().map(|plane| Stand::Input(plane, true))),
                            }
                        }
                        _ => stands.push(self.stand(*item)),
                    }
                }
                stands
            })
            .filter(|stands: &Vec<Stand>| !stands.iter().any(|stand| matches!(stand, Stand::Constant(false))))
            .collect();
        if made.is_empty() {
            return Stand::Constant(false);
        }
        let start = self.products.len() as u32;
        for stands in &made {
            self.product(stands);
        }
        self.step(Step::Sum { start, len: made.len() as u32 })
    }

    fn step(&mut self, step: Step) -> Stand {
        self.steps.push(step);
        Stand::Slot(self.steps.len() as u32 - 1, false)
    }

    fn product(&mut self, stands: &[Stand]) -> u32 {
        let start = self.operands.len() as u32;
        let mut lens = [0u16; 4];
        for (sort, len) in lens.iter_mut().enumerate() {
            for stand in stands {
                match stand {
                    Stand::Input(at, opposite) if sort == usize::from(*opposite) => self.operands.push(*at),
                    Stand::Slot(at, opposite) if sort == 2 + usize::from(*opposite) => self.operands.push(*at),
                    _ => continue,
                }
                *len += 1;
            }
        }
        self.products.push(Product { start, lens });
        self.products.len() as u32 - 1
    }

    /// Runs all steps on the planes of one block.
    pub fn run(&self, input: &[Plane], slots: &mut Vec<Plane>) {
        slots.resize(self.steps.len(), NONE);
        for (at, step) in self.steps.iter().enumerate() {
            let (done, rest) = slots.split_at_mut(at);
            rest[0] = match *step {
                Step::Sum { start, len } => {
                    let mut sum = NONE;
                    for product in &self.products[start as usize..(start + len) as usize] {
                        let all = self.multiplied(product, input, done);
                        for word in 0..WORDS {
                            sum[word] |= all[word];
                        }
                    }
                    sum
                }
                Step::AtLeast { n, product } => self.counted(n, &self.products[product as usize], input, done),
            };
        }
    }

    /// Where at least `n` factors hold.
    fn counted(&self, n: u32, product: &Product, input: &[Plane], done: &[Plane]) -> Plane {
        let [a, b, c, d] = self.factors(product);
        let opposite = |plane: &Plane| -> Plane { std::array::from_fn(|word| !plane[word]) };
        let items = a.iter().map(|at| input[*at as usize]);
        let items = items.chain(b.iter().map(|at| opposite(&input[*at as usize])));
        let items = items.chain(c.iter().map(|at| done[*at as usize]));
        at_least(n, items.chain(d.iter().map(|at| opposite(&done[*at as usize]))))
    }

    fn factors(&self, product: &Product) -> [&[u32]; 4] {
        let mut rest = &self.operands[product.start as usize..];
        product.lens.map(|len| {
            let (own, others) = rest.split_at(len as usize);
            rest = others;
            own
        })
    }

    #[inline]
    fn multiplied(&self, product: &Product, input: &[Plane], done: &[Plane]) -> Plane {
        let [a, b, c, d] = self.factors(product);
        let mut all = ALL;
        for at in a {
            and(&mut all, &input[*at as usize]);
        }
        for at in b {
            and_not(&mut all, &input[*at as usize]);
        }
        for at in c {
            and(&mut all, &done[*at as usize]);
        }
        for at in d {
            and_not(&mut all, &done[*at as usize]);
        }
        all
    }

    /// One word of an answer's plane after a run.
    #[inline]
    pub fn word(&self, answer: Answer, input: &[Plane], slots: &[Plane], word: usize) -> u64 {
        let (bits, opposite) = match answer.0 {
            Stand::Constant(answer) => (0, answer),
            Stand::Input(at, opposite) => (input[at as usize][word], opposite),
            Stand::Slot(at, opposite) => (slots[at as usize][word], opposite),
        };
        if opposite { !bits } else { bits }
    }
}

/// An answer of [`Definite`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer(Stand);

#[inline]
fn and_not(a: &mut Plane, b: &Plane) {
    for word in 0..WORDS {
        a[word] &= !b[word];
    }
}

fn below(gate: &Gate) -> Vec<Lit> {
    match gate {
        Gate::Recorded { rule, .. } => vec![*rule],
        _ => gate.operands(),
    }
}
