//! Where the walk stands: the year, and the members in hand.

use crate::program::CategoryId;

/// The year and the members in hand: those of the clause, and those that lists and counts inside it added.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place<'p> {
    pub year: i32,
    pub members: &'p [(CategoryId, usize)],
    pub outer: Option<&'p Place<'p>>,
}

impl<'p> Place<'p> {
    /// The year alone, for the subject itself.
    pub fn of(year: i32) -> Self {
        Self { year, members: &[], outer: None }
    }

    /// The same with more members in hand, which hide others of their categories.
    pub fn with(&'p self, members: &'p [(CategoryId, usize)]) -> Self {
        Self { year: self.year, members, outer: Some(self) }
    }

    pub fn member(&self, category: CategoryId) -> Option<usize> {
        let mut place = self;
        loop {
            if let Some((_, member)) = place.members.iter().rev().find(|(own, _)| *own == category) {
                return Some(*member);
            }
            place = place.outer?;
        }
    }
}

/// Members in hand. Clauses are stated for so few that they need no room of their own on the heap.
pub(super) struct Members {
    few: [(CategoryId, usize); 4],
    n: usize,
    many: Vec<(CategoryId, usize)>,
}

impl Members {
    pub fn none() -> Self {
        Self { few: [(CategoryId(0), 0); 4], n: 0, many: Vec::new() }
    }

    pub fn push(&mut self, member: (CategoryId, usize)) {
        match self.few.get_mut(self.n) {
            Some(own) => *own = member,
            None => {
                if self.many.is_empty() {
                    self.many.extend(self.few);
                }
                self.many.push(member);
            }
        }
        self.n += 1;
    }

    pub fn as_slice(&self) -> &[(CategoryId, usize)] {
        self.few.get(..self.n).unwrap_or(&self.many)
    }
}
