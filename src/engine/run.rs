//! Instructions over blocks of planes.

use super::plane::{Plane, at_least};
use super::schedule::{Instruction, Op, Schedule};

/// Slots of a block: the planes *can be yes* and *can be no* of each gate.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    pub planes: Vec<Plane>,
    /// Subjects for which an inexact gate is open.
    pub doubt: Plane,
}

impl Slots {
    /// Runs all instructions on the planes of one block.
    pub fn run(&mut self, schedule: &Schedule, input: &[Plane]) {
        self.planes.resize(schedule.slots() * 2, Plane::NONE);
        self.planes[0] = Plane::NONE;
        self.planes[1] = Plane::ALL;
        for (at, instruction) in schedule.code.iter().enumerate() {
            let Instruction { op, start, len } = *instruction;
            let operands = &schedule.operands[start as usize..(start + len) as usize];
            let (done, rest) = self.planes.split_at_mut((at + 1) * 2);
            let (yes, no) = step(op, operands, done, input);
            rest[0] = yes;
            rest[1] = no;
        }
        self.doubt = Plane::NONE;
        for slot in &schedule.inexact {
            self.doubt |= self.planes[slot.0 as usize] & self.planes[slot.0 as usize + 1];
        }
    }
}

fn step(op: Op, operands: &[u32], done: &[Plane], input: &[Plane]) -> (Plane, Plane) {
    let can = |operand: u32| done[operand as usize];
    let cannot = |operand: u32| done[operand as usize ^ 1];
    match op {
        Op::Load { yes: n } => {
            let (yes, no) = operands.split_at(n as usize);
            let any = |planes: &[u32]| planes.iter().fold(Plane::NONE, |any, plane| any | input[*plane as usize]);
            (any(yes), any(no))
        }
        Op::And => {
            let (mut yes, mut no) = (Plane::ALL, Plane::NONE);
            for operand in operands {
                yes &= can(*operand);
                no |= cannot(*operand);
            }
            (yes, no)
        }
        Op::AtLeast(n) => {
            let yes = at_least(n, operands.iter().map(|operand| can(*operand)));
            let sure = at_least(n, operands.iter().map(|operand| !cannot(*operand)));
            (yes, !sure)
        }
        Op::Choose => {
            let &[condition, then, otherwise] = operands else { return (Plane::NONE, Plane::NONE) };
            let yes = can(condition) & can(then) | cannot(condition) & can(otherwise);
            let no = can(condition) & cannot(then) | cannot(condition) & cannot(otherwise);
            (yes, no)
        }
        Op::Decide => {
            let (mut yes, mut no) = (Plane::NONE, Plane::NONE);
            for pair in operands.chunks_exact(2) {
                yes |= can(pair[0]) & can(pair[1]);
                no |= can(pair[0]) & cannot(pair[1]);
            }
            (yes, no)
        }
        Op::Recorded => {
            let &[rule, by, only_if] = operands else { return (Plane::NONE, Plane::NONE) };
            let stands = can(rule) & cannot(rule) & can(only_if) & !cannot(only_if) & (can(by) ^ cannot(by));
            let pick = |rule: Plane, by: Plane| rule & !stands | by & stands;
            (pick(can(rule), can(by)), pick(cannot(rule), cannot(by)))
        }
        Op::Settled => {
            let &[item] = operands else { return (Plane::NONE, Plane::NONE) };
            let yes = can(item) & !cannot(item);
            (yes, !yes)
        }
        Op::Same => operands.first().map_or((Plane::NONE, Plane::ALL), |item| (can(*item), cannot(*item))),
    }
}
