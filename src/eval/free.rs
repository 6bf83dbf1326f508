//! Answers that are not worked out but taken to be any: what then holds, holds whatever they are.
//!
//! An evaluator that is given a [`Free`] asks a *variable* in place of
//!
//! - a clause that is not unfolded, whose answer may be anything;
//! - a published determination of a clause, which may stand in for its rule or not;
//! - a year of a window that passes over years without data, which may be such a year or not.
//!
//! The answer for any data is the node with those variables set in one way. So equal nodes of two programs prove equal
//! answers for any data, known, open or published; unequal ones prove nothing.

use super::diagram::{Node, Rank};
use super::{Evaluator, Place};
use crate::program::*;
use crate::span::Span;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;

/// What a variable stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// The answer of a clause: no, yes.
    Clause(ClauseId),
    /// The value of a clause, the last one for none.
    Value(ClauseId),
    /// What is published of a clause: nothing, yes, no.
    Recorded(ClauseId),
    /// What stands for a year in a window, where the text has the condition of its years: its answer, no.
    Year(Span),
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Variable {
    /// What it stands for.
    pub of: Of,
    /// In which year.
    pub year: i32,
    /// For which members.
    pub members: Vec<(CategoryId, usize)>,
    /// Of the changed program, where that is told apart.
    pub changed: bool,
}

/// Variables, shared by the evaluators that are compared.
#[derive(Debug)]
pub struct Free {
    /// Clauses that are worked out; `None` for all.
    unfolded: Option<FxHashSet<ClauseId>>,
    /// Conditions of years in which two programs need not leave the same open.
    apart: FxHashSet<Span>,
    known: RefCell<(FxHashMap<Variable, Rank>, FxHashMap<Rank, Variable>)>,
}

/// Set in the ranks of variables and of no cell.
const VARIABLE: Rank = 1 << 31;

impl Free {
    /// With these clauses worked out, and the published determinations of others as variables.
    pub fn new(unfolded: Option<FxHashSet<ClauseId>>, apart: FxHashSet<Span>) -> Self {
        Self { unfolded, apart, known: RefCell::default() }
    }

    /// When a variable is asked: beside the cells of its member and year.
    pub(super) fn rank(&self, variable: Variable, leading: Option<CategoryId>) -> Rank {
        let mut known = self.known.borrow_mut();
        if let Some(rank) = known.0.get(&variable) {
            return *rank;
        }
        let lead = variable.members.iter().find(|(category, _)| Some(*category) == leading).map_or(0, |(_, member)| *member as u64 + 1);
        let rank = lead << 48 | (variable.year as u64 & 0xffff) << 32 | VARIABLE | known.0.len() as u64;
        known.0.insert(variable.clone(), rank);
        known.1.insert(rank, variable);
        rank
    }

    /// The variable that is asked at this place of a diagram.
    pub fn at(&self, rank: Rank) -> Option<Variable> {
        self.known.borrow().1.get(&rank).cloned()
    }
}

impl<'a> Evaluator<'a> {
    fn variable(&mut self, free: &Free, of: Of, place: Place, changed: bool) -> Rank {
        let mut members: Vec<(CategoryId, usize)> = Vec::new();
        let mut at = Some(&place);
        while let Some(place) = at {
            for (category, member) in place.members.iter().rev() {
                if !members.iter().any(|(own, _)| own == category) {
                    members.push((*category, *member));
                }
            }
            at = place.outer;
        }
        members.sort_unstable();
        free.rank(Variable { of, year: place.year, members, changed }, self.setting.leading)
    }

    /// Any answer, of a clause that is not worked out.
    pub(super) fn any_answer(&mut self, clause: ClauseId, place: Place) -> Option<Node> {
        let (free, _) = self.free?;
        if free.unfolded.as_ref().is_none_or(|unfolded| unfolded.contains(&clause)) {
            return None;
        }
        let rank = self.variable(free, Of::Clause(clause), place, false);
        Some(self.diagram.test(rank, 0b11, 0b10))
    }

    /// Any value, of a clause that is not worked out.
    pub(super) fn any_value(&mut self, clause: ClauseId, n: usize, place: Place) -> Option<Vec<Node>> {
        let (free, _) = self.free?;
        if free.unfolded.as_ref().is_none_or(|unfolded| unfolded.contains(&clause)) {
            return None;
        }
        let rank = self.variable(free, Of::Value(clause), place, false);
        Some((0..n).map(|value| self.diagram.test(rank, (1 << (n + 1)) - 1, 1 << value)).collect())
    }

    /// An answer that is open, or what is published of its clause.
    pub(super) fn any_published(&mut self, clause: ClauseId, node: Node, place: Place) -> Node {
        let recorded = &self.setting.program.clauses[clause.0].recorded;
        let Some((free, _)) = self.free.filter(|_| recorded.is_some() && node.settled().is_none()) else { return node };
        let rank = self.variable(free, Of::Recorded(clause), place, false);
        let (own, yes) = (self.diagram.test(rank, 0b111, 0b001), self.diagram.test(rank, 0b111, 0b010));
        let own = self.diagram.and(own, node);
        self.diagram.or(own, yes)
    }

    /// An answer of a year that is open, or no because the year is one without data.
    pub(super) fn any_year(&mut self, cond: &Cond, node: Node, place: Place) -> Node {
        let Some((free, changed)) = self.free.filter(|_| node.settled().is_none()) else { return node };
        let rank = self.variable(free, Of::Year(cond.at), place, changed && free.apart.contains(&cond.at));
        let own = self.diagram.test(rank, 0b11, 0b01);
        self.diagram.and(own, node)
    }
}
