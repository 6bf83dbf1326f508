//! The short way: one plane for each gate, for blocks in which every cell that matters is known.
//!
//! Where nothing is open, *can be no* is the opposite of *can be yes*, and published determinations have nothing to stand in
//! for. Then a test is one plane, and every other gate a sum of products of planes, or a count.

use super::circuit::{Circuit, Gate, Lit};
use super::plane::{Count, Plane, at_least};
use super::schedule::Schedule;

/// A product: tests as they are, tests opposite, slots as they are, slots opposite, in this order.
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

/// Steps in order; the n-th writes slot n.
#[derive(Clone, Debug, Default)]
pub(super) struct Definite {
    steps: Vec<Step>,
    products: Vec<Product>,
    operands: Vec<u32>,
    /// For each gate of the circuit where its answer stands.
    stands: Vec<Option<Stand>>,
    /// The inputs of the schedule that an answer rests on, one bit each.
    pub reads: Vec<u64>,
}

/// Where an answer stands, and whether it is the opposite.
#[derive(Clone, Copy, Debug)]
enum Stand {
    Test(u32, bool),
    Slot(u32, bool),
    Constant(bool),
}

impl Stand {
    fn negated(self, negate: bool) -> Self {
        match self {
            Stand::Test(at, opposite) => Stand::Test(at, opposite != negate),
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
        let mut definite =
            Definite { stands: vec![None; gates.len()], reads: vec![0; schedule.inputs.len().div_ceil(64)], ..Definite::default() };
        definite.stands[0] = Some(Stand::Constant(false));
        for (at, gate) in gates.iter().enumerate().skip(1) {
            if !marked[at] {
                continue;
            }
            let stand = match gate {
                Gate::No => Stand::Constant(false),
                Gate::Test(cell, _) => {
                    // a scheduled test reads a cell
                    let (Some(input), Some(test)) = (inputs[cell.0 as usize], schedule.test(at)) else { continue };
                    definite.reads[input / 64] |= 1 << (input % 64);
                    Stand::Test(test, false)
                }
                Gate::Recorded { rule: same, .. } | Gate::Settled(same) => definite.stand(*same),
                Gate::And(items) => definite.sum(&[items.to_vec()]),
                Gate::Decide(arms) => {
                    let arms: Vec<Vec<Lit>> =
                        arms.iter().filter(|(_, then)| *then != Lit::NO).map(|(test, then)| vec![*test, *then]).collect();
                    definite.sum(&arms)
                }
                Gate::Choose(condition, then, otherwise) => definite.sum(&[vec![*condition, *then], vec![!*condition, *otherwise]]),
                Gate::AtLeast(n, items) => {
                    let stands: Vec<Stand> = items.iter().map(|item| definite.stand(*item)).collect();
                    let product = definite.product(&stands);
                    definite.step(Step::AtLeast { n: *n, product })
                }
            };
            definite.stands[at] = Some(stand);
        }
        let answers = sums.iter().map(|products| Answer(definite.sum(products))).collect();
        (definite, answers)
    }

    fn stand(&self, lit: Lit) -> Stand {
        // every gate comes after its operands, and whoever asks for a gate has it among the roots
        self.stands[lit.gate()].unwrap_or(Stand::Constant(false)).negated(lit.negated())
    }

    fn sum(&mut self, products: &[Vec<Lit>]) -> Stand {
        let made = products.iter().map(|items| items.iter().map(|item| self.stand(*item)).collect());
        let made: Vec<Vec<Stand>> =
            made.filter(|stands: &Vec<Stand>| !stands.iter().any(|stand| matches!(stand, Stand::Constant(false)))).collect();
        match made.as_slice() {
            [] => return Stand::Constant(false),
            [only] if only.len() == 1 => return only[0],
            _ => {}
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
                    Stand::Test(at, opposite) if sort == usize::from(*opposite) => self.operands.push(*at),
                    Stand::Slot(at, opposite) if sort == 2 + usize::from(*opposite) => self.operands.push(*at),
                    _ => continue,
                }
                *len += 1;
            }
        }
        self.products.push(Product { start, lens });
        self.products.len() as u32 - 1
    }

    /// Runs all steps on the answers of the tests of one block.
    pub fn run(&self, tests: &[Plane], slots: &mut Vec<Plane>) {
        slots.resize(self.steps.len(), Plane::NONE);
        for (at, step) in self.steps.iter().enumerate() {
            let (done, rest) = slots.split_at_mut(at);
            rest[0] = match *step {
                Step::Sum { start, len } => {
                    let products = &self.products[start as usize..(start + len) as usize];
                    products.iter().fold(Plane::NONE, |sum, product| sum | self.multiplied(product, tests, done))
                }
                Step::AtLeast { n, product } => self.counted(n, &self.products[product as usize], tests, done),
            };
        }
    }

    #[inline]
    fn multiplied(&self, product: &Product, tests: &[Plane], done: &[Plane]) -> Plane {
        let mut all = Plane::ALL;
        self.each(product, tests, done, |factor| all &= factor);
        all
    }

    /// Where at least `n` factors hold.
    fn counted(&self, n: u32, product: &Product, tests: &[Plane], done: &[Plane]) -> Plane {
        match n {
            2 => self.reached::<2>(product, tests, done),
            3 => self.reached::<3>(product, tests, done),
            _ => {
                let mut factors = Vec::new();
                self.each(product, tests, done, |factor| factors.push(factor));
                at_least(n, factors.into_iter())
            }
        }
    }

    /// The same for a small number, which stays in registers.
    #[inline]
    fn reached<const N: usize>(&self, product: &Product, tests: &[Plane], done: &[Plane]) -> Plane {
        let mut count = Count::<N>::NONE;
        self.each(product, tests, done, |factor| count.add(factor));
        count.reached()
    }

    /// Calls `take` for each factor.
    #[inline]
    fn each(&self, product: &Product, tests: &[Plane], done: &[Plane], mut take: impl FnMut(Plane)) {
        let mut rest = &self.operands[product.start as usize..];
        let mut next = |sort: usize| {
            let (own, others) = rest.split_at(product.lens[sort] as usize);
            rest = others;
            own
        };
        next(0).iter().for_each(|at| take(tests[*at as usize]));
        next(1).iter().for_each(|at| take(!tests[*at as usize]));
        next(2).iter().for_each(|at| take(done[*at as usize]));
        next(3).iter().for_each(|at| take(!done[*at as usize]));
    }

    /// One word of an answer's plane after a run.
    #[inline]
    pub fn word(&self, answer: Answer, tests: &[Plane], slots: &[Plane], word: usize) -> u64 {
        let (bits, opposite) = match answer.0 {
            Stand::Constant(answer) => (0, answer),
            Stand::Test(at, opposite) => (tests[at as usize][word], opposite),
            Stand::Slot(at, opposite) => (slots[at as usize][word], opposite),
        };
        if opposite { !bits } else { bits }
    }
}

/// An answer of [`Definite`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Answer(Stand);

fn below(gate: &Gate) -> Vec<Lit> {
    match gate {
        Gate::Recorded { rule, .. } => vec![*rule],
        _ => gate.operands(),
    }
}
