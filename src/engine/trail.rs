//! What stands behind the gates of a clause, as far as members and years can carry its answer.

use super::circuit::Lit;
use crate::program::CategoryId;
use std::sync::Arc;

/// What stands behind a gate, as far as members and years can carry it.
#[derive(Debug)]
pub struct Trail {
    /// The answer.
    pub lit: Lit,
    /// What it is.
    pub kind: TrailKind,
}

/// Kinds of [`Trail`].
#[derive(Debug)]
pub enum TrailKind {
    /// No member below carries it.
    Bare,
    /// A list, a case, a reference.
    Parts(Vec<Arc<Trail>>),
    /// A member inside a count.
    Member(CategoryId, usize, Arc<Trail>),
    /// A year inside a window.
    Year(i32, Arc<Trail>),
    /// A clause that other things can stand in for.
    Clause {
        /// Its own rule.
        rule: Arc<Trail>,
        /// Exceptions and where they apply.
        exceptions: Vec<(Lit, Arc<Trail>)>,
        /// The rule with its exceptions, what is published, where that counts.
        recorded: Option<(Lit, Arc<Trail>, Lit)>,
    },
}

impl Trail {
    pub(super) fn bare(lit: Lit) -> Arc<Self> {
        Arc::new(Self { lit, kind: TrailKind::Bare })
    }

    pub(super) fn parts(lit: Lit, parts: Vec<Arc<Trail>>) -> Arc<Self> {
        let parts: Vec<Arc<Trail>> = parts.into_iter().filter(|part| !part.is_bare()).collect();
        match parts.as_slice() {
            [] => Self::bare(lit),
            [one] if one.lit == lit => one.clone(),
            _ => Arc::new(Self { lit, kind: TrailKind::Parts(parts) }),
        }
    }

    pub(super) fn is_bare(&self) -> bool {
        self.lit == Lit::NO || matches!(self.kind, TrailKind::Bare)
    }

    /// The gates whose answers tell what carries it.
    pub fn lits(&self, out: &mut Vec<Lit>) {
        out.push(self.lit);
        match &self.kind {
            TrailKind::Bare => {}
            TrailKind::Parts(parts) => parts.iter().for_each(|part| part.lits(out)),
            TrailKind::Member(_, _, body) | TrailKind::Year(_, body) => body.lits(out),
            TrailKind::Clause { rule, exceptions, recorded } => {
                rule.lits(out);
                for (applies, trail) in exceptions {
                    out.push(*applies);
                    trail.lits(out);
                }
                if let Some((before, by, only_if)) = recorded {
                    out.extend([*before, *only_if]);
                    by.lits(out);
                }
            }
        }
    }
}

/// A member, with the lists of gates of which one must hold throughout for the member to carry an answer.
pub(super) type Carrying = (CategoryId, usize, Vec<Vec<Lit>>);

/// The outermost members of a trail, where nothing is open.
pub(super) fn outermost(trail: &Trail) -> Vec<Carrying> {
    let mut out = Vec::new();
    reach(trail, &mut Vec::new(), &mut out);
    out
}

fn reach(trail: &Trail, through: &mut Vec<Lit>, out: &mut Vec<Carrying>) {
    if trail.is_bare() {
        return;
    }
    let depth = through.len();
    if trail.lit != Lit::YES && !through.contains(&trail.lit) {
        through.push(trail.lit);
    }
    match &trail.kind {
        TrailKind::Bare => {}
        TrailKind::Parts(parts) => parts.iter().for_each(|part| reach(part, through, out)),
        TrailKind::Year(_, body) => reach(body, through, out),
        TrailKind::Member(category, member, _) => match out.iter_mut().find(|(own, at, _)| own == category && at == member) {
            Some((_, _, ways)) => ways.push(through.clone()),
            None => out.push((*category, *member, vec![through.clone()])),
        },
        TrailKind::Clause { rule, exceptions, .. } => {
            // the last exception that applies stands for everything before it
            for (at, trail) in std::iter::once(rule).chain(exceptions.iter().map(|(_, trail)| trail)).enumerate() {
                let own = through.len();
                through.extend(at.checked_sub(1).map(|at| exceptions[at].0));
                through.extend(exceptions[at..].iter().map(|(applies, _)| !*applies));
                reach(trail, through, out);
                through.truncate(own);
            }
        }
    }
    through.truncate(depth);
}
