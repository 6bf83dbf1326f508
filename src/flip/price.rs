//! What it costs that a fact becomes another.

use super::{Asks, State, World};
use crate::eval::CellKey;
use crate::eval::diagram::bits;
use crate::program::*;

/// How changes are weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Weigh {
    /// By steps along scales: from the worst value of five to the best is four; any other change is one. Of equal ones
    /// that with the fewest facts.
    #[default]
    Steps,
    /// By facts; of equal ones that with the fewest steps.
    Facts,
}

/// Which facts may change, and how changes are weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct MayChange {
    /// How changes are weighed.
    pub weigh: Weigh,
    /// Only facts of this year, and those without a year.
    pub year: Option<i32>,
    /// Not those that are acts: facts with a date.
    pub no_acts: bool,
}

/// Room for the lesser of two measures beside the greater.
const LESSER: u32 = 1 << 12;

/// For each cell, what each class of values costs, and the value that is taken of it.
#[derive(Clone, Debug)]
pub(super) struct Prices {
    weigh: Weigh,
    of: Vec<Vec<Option<(u32, usize)>>>,
}

impl Prices {
    pub fn new(world: &World, state: &State, may: &MayChange) -> Self {
        let program = world.setting.program;
        let cells = world.cells.iter().zip(&state.now).zip(&state.reach);
        let of = cells.map(|((cell, now), reach)| {
            let may_change = may_change(program, cell, may);
            cell.classes.iter().map(|class| price(program, cell, *now, *class, may_change.then_some(*reach), may.weigh)).collect()
        });
        Self { weigh: may.weigh, of: of.collect() }
    }

    /// What it costs to go on with a child of a cell's question. To stay as it is costs nothing.
    pub fn cost(&self, place: usize, child: usize) -> Option<u32> {
        self.of[place].get(child).map_or(Some(0), |price| price.map(|(cost, _)| cost))
    }

    /// The value that stands for a class.
    pub fn value(&self, place: usize, child: usize) -> Option<usize> {
        self.of[place].get(child).copied().flatten().map(|(_, value)| value)
    }

    /// Steps and facts of a cost.
    pub fn parts(&self, cost: u32) -> (u32, u32) {
        match self.weigh {
            Weigh::Steps => (cost / LESSER, cost % LESSER),
            Weigh::Facts => (cost % LESSER, cost / LESSER),
        }
    }
}

/// Whether a cell may become another.
pub(super) fn may_change(program: &Program, cell: &Asks, may: &MayChange) -> bool {
    let fact = &program.facts[cell.key.fact.0];
    !cell.published
        && fact.fixed.is_none()
        && !(may.no_acts && fact.dated)
        && may.year.is_none_or(|year| !fact.yearly || cell.key.year == year)
}

/// What a cell can become in its year, where the year before is what it is: of a fact that worsens one step each year, no more
/// than a step below that.
pub(super) fn within_reach(program: &Program, cell: &Asks, may: &MayChange, now: impl Fn(CellKey) -> Mask) -> Mask {
    let fact = &program.facts[cell.key.fact.0];
    let full = fact.full(program);
    if !fact.gradual || may.year != Some(cell.key.year) {
        return full;
    }
    let before = program.period.published_until(cell.key.year - 1).next().map(|year| now(CellKey { year, ..cell.key }));
    // worst first; where there was no value, any may be the first
    match before.filter(|before| before & fact.absent_bit(program) == 0) {
        Some(before) => full & !((1 << before.trailing_zeros().saturating_sub(1)) - 1),
        None => full,
    }
}

/// What it costs that a cell which can be `now` becomes one of `class`, and which one; `reach` is what it may become, if it may
/// change.
fn price(program: &Program, cell: &Asks, now: Mask, class: Mask, reach: Option<Mask>, weigh: Weigh) -> Option<(u32, usize)> {
    if now & !class == 0 {
        return Some((0, now.trailing_zeros() as usize));
    }
    let class = class & reach?;
    let fact = &program.facts[cell.key.fact.0];
    let absent = fact.absent_bit(program);
    let steps = |value: u32| match &fact.kind {
        // along the scale, from a value to a value
        ValueKind::Values { scale: Some(_), .. } => bits(now & !absent).map(|own| own.abs_diff(value)).min(),
        ValueKind::Number { .. } if now & !absent == 0 => None,
        ValueKind::Code(_) => None,
        _ => Some(1),
    };
    let cost = |steps: u32| match weigh {
        Weigh::Steps => steps * LESSER + 1,
        Weigh::Facts => LESSER + steps,
    };
    bits(class & !absent).filter_map(|value| Some((cost(steps(value)?.max(1)), value as usize))).min()
}
