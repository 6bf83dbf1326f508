//! What a clause opens the way to: pathways whose clauses rest on it and on acts, and which acts these are. It is read off the
//! rules in force; nothing is judged.

use super::View;
use super::would::FactStated;
use crate::eval::{CellKey, OpenedClause};
use crate::program::*;
use indexmap::IndexSet;
use serde::Serialize;
use std::sync::{Arc, PoisonError};

/// A pathway that may follow.
#[derive(Debug, Serialize)]
pub struct Opens {
    /// Token.
    pub pathway: String,
    /// Words.
    pub label: String,
    /// The clause that would give it.
    pub by: String,
    /// The acts that decide it, as far as they are known.
    pub acts: Vec<FactStated>,
}

/// What a condition rests on: whether on the clause that is looked for, and on which acts.
#[derive(Default)]
struct Rests {
    on_it: bool,
    acts: IndexSet<FactId>,
}

impl Rests {
    fn and(mut self, other: Rests) -> Self {
        self.on_it |= other.on_it;
        self.acts.extend(other.acts);
        self
    }
}

impl View<'_> {
    /// The pathways that a clause which holds opens the way to.
    pub(super) fn opens(&self, clause: ClauseId, year: i32) -> Vec<Opens> {
        let program = self.program;
        let mut out = Vec::new();
        for (other, acts) in self.opened(clause, year).iter() {
            let other = &program.clauses[other.0];
            let acts: Vec<FactStated> = acts.iter().map(|fact| self.stated(CellKey { fact: *fact, year, offset: 0 })).collect();
            out.extend(other.gives.iter().map(|gives| {
                let named = &program.pathways[gives.pathway.0].named;
                Opens { pathway: named.name.clone(), label: named.label.clone(), by: other.citation.clone(), acts: acts.clone() }
            }));
        }
        out
    }

    /// The same for every subject of this kind, looked up once.
    fn opened(&self, clause: ClauseId, year: i32) -> Arc<[OpenedClause]> {
        let kind = self.facts.subjects()[self.subject].kind;
        let known = || self.setting.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (clause, kind, year, self.setting.as_of);
        if let Some(found) = known().get(&key) {
            return found.clone();
        }
        let program = self.program;
        let rests_on = |(at, other): (usize, &Clause)| {
            let text = &program.texts[other.text.0];
            let applies = other.kinds & (1 << kind) != 0 && other.first.as_ref().is_none_or(|(first, _)| *first <= year);
            if other.gives.is_empty() || !applies || text.version(self.setting.as_of, year) != Some(other.version) || ClauseId(at) == clause
            {
                return None;
            }
            let rests = self.rests(&other.when, clause, year, &mut vec![ClauseId(at)]);
            (rests.on_it && !rests.acts.is_empty()).then(|| (ClauseId(at), rests.acts.into_iter().collect()))
        };
        let found: Arc<[OpenedClause]> = program.clauses.iter().enumerate().filter_map(rests_on).collect();
        known().insert(key, found.clone());
        found
    }

    fn rests(&self, cond: &Cond, on: ClauseId, year: i32, above: &mut Vec<ClauseId>) -> Rests {
        match &cond.kind {
            CondKind::NoneOf(_) | CondKind::Cite(_, true) => Rests::default(),
            CondKind::Cite(cite, false) => {
                let text = &self.program.texts[cite.text.0];
                let version = text.version(self.setting.as_of, year).filter(|_| text.clock == Clock::Law);
                match version.and_then(|version| text.versions[version].clauses[cite.label]) {
                    Some(cited) if cited == on => Rests { on_it: true, ..Rests::default() },
                    Some(cited) if !above.contains(&cited) => {
                        above.push(cited);
                        let rests = self.rests(&self.program.clauses[cited.0].when, on, year, above);
                        above.pop();
                        rests
                    }
                    _ => Rests::default(),
                }
            }
            CondKind::Test(test) => {
                let fact = &self.program.facts[test.fact.0];
                Rests { on_it: false, acts: (fact.dated && fact.categories.is_empty()).then_some(test.fact).into_iter().collect() }
            }
            CondKind::Any(items) => {
                let rests: Vec<Rests> = items.iter().map(|item| self.rests(item, on, year, above)).collect();
                // of several ways, those that lead through the clause
                let any = rests.iter().any(|rests| rests.on_it);
                rests.into_iter().filter(|rests| rests.on_it || !any).fold(Rests::default(), Rests::and)
            }
            _ => cond.parts().map(|part| self.rests(part, on, year, above)).fold(Rests::default(), Rests::and),
        }
    }
}
