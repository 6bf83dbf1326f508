//! What the evaluator did, step by step. Steps and their parts stand in one list each, so that making and dropping them
//! costs little.

use super::diagram::Node;
use super::{Basis, CellKey};
use crate::program::*;
use std::ops::{Deref, Range};

/// What was evaluated.
#[derive(Clone, Copy, Debug)]
pub enum Doing<'a> {
    /// A clause for some members: [`At::members`].
    Clause(ClauseId, Basis),
    /// A condition of the rule text: a list, a count, a window, a case.
    Cond(&'a Cond),
    /// One member inside a count.
    Member(CategoryId, usize),
    /// One year inside a window.
    Year,
    /// A fact was asked, and which of its cells.
    Test(&'a Test, CellKey),
    /// A text without a version for the year.
    NoVersion(TextId, usize),
}

/// One evaluated thing.
#[derive(Clone, Copy, Debug)]
pub struct Step<'a> {
    /// What.
    pub doing: Doing<'a>,
    /// The answer.
    pub node: Node,
    /// The year it was judged in.
    pub year: i32,
    /// Where it stands in the rule text, if it stands there itself.
    pub cond: Option<&'a Cond>,
    /// Whether it goes by the reading of a choice, or something below it does.
    pub chooses: bool,
    parts: Span,
    members: Span,
}

/// From which place on, and how many.
#[derive(Clone, Copy, Debug)]
struct Span(u32, u32);

impl Span {
    fn new(start: usize, end: usize) -> Self {
        Self(start as u32, (end - start) as u32)
    }

    fn range(self) -> Range<usize> {
        self.0 as usize..(self.0 + self.1) as usize
    }
}

/// A step's place in its trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StepId(u32);

impl StepId {
    /// Where no steps are kept.
    pub(super) const NONE: Self = Self(u32::MAX);
}

/// An answer, and the step that gave it.
#[derive(Clone, Copy, Debug)]
pub struct Judged {
    /// The answer.
    pub node: Node,
    /// Its step.
    pub step: StepId,
}

/// Steps of one evaluator.
#[derive(Debug, Default)]
pub struct Trace<'a> {
    steps: Vec<Step<'a>>,
    parts: Vec<StepId>,
    members: Vec<(CategoryId, usize)>,
}

/// What is found where no steps were kept.
const NOTHING: Step =
    Step { doing: Doing::Year, node: Node::NO, year: 0, cond: None, chooses: false, parts: Span(0, 0), members: Span(0, 0) };

impl<'a> Trace<'a> {
    /// With room for the steps of most subjects, so that they are not moved while they are recorded.
    pub(super) fn with_room() -> Self {
        Self { steps: Vec::with_capacity(1 << 14), parts: Vec::with_capacity(1 << 14), members: Vec::with_capacity(1 << 12) }
    }

    /// A step, with all that is below it.
    pub fn at(&self, step: StepId) -> At<'_> {
        At { trace: self, id: step, step: self.steps.get(step.0 as usize).unwrap_or(&NOTHING) }
    }

    /// Every step, in the order they were made.
    pub fn steps(&self) -> &[Step<'a>] {
        &self.steps
    }

    /// Every step with all that is below it, in the order they were made.
    pub fn each(&self) -> impl Iterator<Item = At<'_>> {
        self.steps.iter().zip(0..).map(|(step, id)| At { trace: self, id: StepId(id), step })
    }

    // written where it is called: a step is a few numbers, less than a call would cost
    #[inline(always)]
    pub(super) fn add(
        &mut self,
        doing: Doing<'a>,
        node: Node,
        year: i32,
        cond: Option<&'a Cond>,
        parts: &[StepId],
        members: &[(CategoryId, usize)],
    ) -> StepId {
        let id = StepId(self.steps.len() as u32);
        let (first, first_member) = (self.parts.len(), self.members.len());
        let mut chooses = matches!(cond.map(|cond| &cond.kind), Some(CondKind::ByChoice(..)));
        // one by one: they are few, and a call to copy them costs more
        for part in parts {
            chooses |= self.steps[part.0 as usize].chooses;
            self.parts.push(*part);
        }
        members.iter().for_each(|member| self.members.push(*member));
        let (parts, members) = (Span::new(first, self.parts.len()), Span::new(first_member, self.members.len()));
        self.steps.push(Step { doing, node, year, cond, chooses, parts, members });
        id
    }
}

/// A step in its trace.
#[derive(Clone, Copy, Debug)]
pub struct At<'t> {
    trace: &'t Trace<'t>,
    id: StepId,
    step: &'t Step<'t>,
}

impl<'t> At<'t> {
    /// What it rests on, in the order of the text.
    pub fn because(self) -> impl ExactSizeIterator<Item = At<'t>> {
        let trace = self.trace;
        trace.parts[self.step.parts.range()].iter().map(move |id| trace.at(*id))
    }

    /// For a clause: for which members.
    pub fn members(self) -> &'t [(CategoryId, usize)] {
        &self.trace.members[self.step.members.range()]
    }

    /// Its place among all steps.
    pub fn index(self) -> usize {
        self.id.0 as usize
    }

    /// The step itself.
    pub fn step(self) -> &'t Step<'t> {
        self.step
    }
}

impl<'t> Deref for At<'t> {
    type Target = Step<'t>;

    fn deref(&self) -> &Step<'t> {
        self.step
    }
}
