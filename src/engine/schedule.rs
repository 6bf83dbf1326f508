//! The gates one kind of subject needs, as instructions over planes.

use super::circuit::{Circuit, Gate, Lit, classes};
use super::expand::Expanded;
use crate::eval::CellKey;
use crate::program::Mask;
use std::ops::Range;

/// What an instruction does with its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// Operands are planes of a cell's values: those that answer yes, then those that answer no.
    Load { yes: u32 },
    /// All operands hold.
    And,
    /// At least so many operands hold.
    AtLeast(u32),
    /// Condition, then, otherwise.
    Choose,
    /// Pairs of test and what follows.
    Decide,
    /// Rule, what is published, where that counts.
    Recorded,
    /// The operand, where it is settled.
    Settled,
    /// The first operand. What depends on whether it is open cannot be told where planes may leave it open in vain.
    Same,
}

/// An instruction; the n-th writes slot n + 1, as slot 0 holds *never*.
#[derive(Clone, Copy, Debug)]
pub(super) struct Instruction {
    pub op: Op,
    /// Where its operands begin.
    pub start: u32,
    /// How many there are.
    pub len: u32,
}

/// A cell that is read, with the values that have to be told apart.
#[derive(Clone, Debug)]
pub(super) struct Input {
    pub cell: CellKey,
    /// Its first plane; the others follow.
    pub plane: usize,
    /// One plane for each.
    pub classes: Vec<Mask>,
}

/// Where an answer stands: index of the plane *can be yes*; that of *can be no* differs in the last bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot(pub(super) u32);

/// Instructions in order, with what they read and what is read from them.
#[derive(Clone, Debug)]
pub(super) struct Schedule {
    pub code: Vec<Instruction>,
    pub operands: Vec<u32>,
    pub inputs: Vec<Input>,
    /// Planes of all inputs.
    pub planes: usize,
    /// Gates that planes may leave open though they are settled.
    pub inexact: Vec<Slot>,
    /// For each test, in the order of the code, where among the operands the planes of the values stand that answer yes.
    pub tests: Vec<Range<u32>>,
    /// For each gate of the circuit, its slot; 0 where it is not needed.
    slots: Vec<u32>,
    /// For each gate of the circuit, which of the tests it is.
    test_of: Vec<Option<u32>>,
}

impl Schedule {
    /// What `expanded` needs.
    pub fn new(circuit: &Circuit, expanded: &Expanded) -> Self {
        let gates: Vec<usize> =
            circuit.needed(&expanded.wanted()).into_iter().enumerate().filter(|(_, needed)| *needed).map(|(at, _)| at).collect();
        let inputs = inputs(circuit, &gates);
        let mut schedule = Schedule {
            code: Vec::with_capacity(gates.len()),
            operands: Vec::new(),
            planes: inputs.values().map(|input| input.classes.len()).sum(),
            inputs: Vec::new(),
            inexact: Vec::new(),
            tests: Vec::new(),
            slots: vec![0; circuit.gates().len()],
            test_of: vec![None; circuit.gates().len()],
        };
        for at in gates {
            let gate = &circuit.gates()[at];
            let start = schedule.operands.len() as u32;
            let op = match gate {
                Gate::No => continue,
                Gate::Test(cell, yes) => {
                    let input = &inputs[&cell.0];
                    let planes = |wanted: bool| {
                        let classes = input.classes.iter().enumerate();
                        classes.filter(move |(_, class)| (*class & yes != 0) == wanted).map(|(at, _)| (input.plane + at) as u32)
                    };
                    schedule.operands.extend(planes(true));
                    let yes = schedule.operands.len() as u32 - start;
                    schedule.operands.extend(planes(false));
                    schedule.test_of[at] = Some(schedule.tests.len() as u32);
                    schedule.tests.push(start..start + yes);
                    Op::Load { yes }
                }
                Gate::And(_) => Op::And,
                Gate::AtLeast(n, _) => Op::AtLeast(*n),
                Gate::Choose(..) => Op::Choose,
                Gate::Decide(_) => Op::Decide,
                Gate::Recorded { rule, .. } if circuit.firm(*rule) => Op::Recorded,
                Gate::Settled(item) if circuit.firm(*item) => Op::Settled,
                Gate::Recorded { .. } | Gate::Settled(_) => Op::Same,
            };
            for operand in gate.operands() {
                let slot = schedule.slot(operand).0;
                schedule.operands.push(slot);
            }
            schedule.code.push(Instruction { op, start, len: schedule.operands.len() as u32 - start });
            let slot = schedule.code.len() as u32;
            schedule.slots[at] = slot;
            if !circuit.exact(at) {
                schedule.inexact.push(Slot(slot * 2));
            }
        }
        schedule.inputs = inputs.into_values().collect();
        schedule
    }

    /// Where an answer stands.
    pub fn slot(&self, lit: Lit) -> Slot {
        // every gate comes after its operands, and whoever asks for a gate has it scheduled
        Slot(self.slots[lit.gate()] * 2 + u32::from(lit.negated()))
    }

    /// Which of the tests a gate of the circuit is.
    pub fn test(&self, gate: usize) -> Option<u32> {
        self.test_of[gate]
    }

    /// For each cell of the circuit its input, if it is read.
    pub fn input_of(&self, circuit: &Circuit) -> Vec<Option<usize>> {
        let at: rustc_hash::FxHashMap<CellKey, usize> = self.inputs.iter().enumerate().map(|(at, input)| (input.cell, at)).collect();
        circuit.cells().map(|cell| at.get(&cell).copied()).collect()
    }

    /// How many slots there are.
    pub fn slots(&self) -> usize {
        self.code.len() + 1
    }
}

fn inputs(circuit: &Circuit, gates: &[usize]) -> indexmap::IndexMap<u32, Input> {
    let mut asked: indexmap::IndexMap<u32, Vec<Mask>> = indexmap::IndexMap::new();
    for at in gates {
        if let Gate::Test(cell, yes) = &circuit.gates()[*at] {
            asked.entry(cell.0).or_default().push(*yes);
        }
    }
    let keys: Vec<CellKey> = circuit.cells().collect();
    let mut plane = 0;
    asked
        .into_iter()
        .map(|(cell, masks)| {
            let classes = classes(circuit.full(super::CellIndex(cell)), masks.into_iter());
            let input = Input { cell: keys[cell as usize], plane, classes };
            plane += input.classes.len();
            (cell, input)
        })
        .collect()
}
