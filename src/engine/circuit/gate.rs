//! Gates, and references to them.

use crate::program::Mask;

/// A gate, or its opposite.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lit(pub(super) u32);

impl Lit {
    /// Never.
    pub const NO: Lit = Lit(0);
    /// Always.
    pub const YES: Lit = Lit(1);

    pub(super) fn of(gate: usize) -> Self {
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
