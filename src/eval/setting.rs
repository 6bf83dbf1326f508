//! What holds for every subject of a run: the rules, the day, the readings; and what follows from these alone.

use super::diagram::Rank;
use super::{Basis, CellKey};
use crate::program::*;
use crate::syntax::ast::WindowSpan;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use std::sync::{Arc, Mutex};

/// More nodes than any real case needs; beyond it an answer is reported as undetermined, never guessed.
const MAX_NODES: usize = 3_000_000;

/// For a clause, a kind of subject, a year and a day: the clauses it opens the way to, and the acts these rest on.
pub(crate) type Opened = Arc<Mutex<FxHashMap<(ClauseId, usize, i32, Date), Arc<[OpenedClause]>>>>;

/// A clause that another opens the way to, and the acts it rests on.
pub(crate) type OpenedClause = (ClauseId, Vec<FactId>);

/// Settings that hold for every subject of a run.
#[derive(Clone, Debug)]
pub struct Setting<'a> {
    /// The rules.
    pub program: &'a Program,
    /// The day whose law applies.
    pub as_of: Date,
    /// Option in use per choice.
    pub choices: Vec<usize>,
    /// Every cell is taken to have a value, though not known: no year is one without data. So rules are looked at by
    /// themselves, apart from what data there are.
    pub known: bool,
    /// Beyond so many nodes a condition is left open instead of being decided exactly.
    pub max_nodes: usize,
    /// By clause, the exceptions to it in any version of their text.
    exceptions: Vec<Vec<ClauseId>>,
    /// What was read off the rules for one subject and holds for the others too.
    pub(crate) opened: Opened,
    /// The category whose members are asked about together; cells of one member stay together in diagrams.
    pub(crate) leading: Option<CategoryId>,
}

impl<'a> Setting<'a> {
    /// The readings that the library sets.
    pub fn new(program: &'a Program, as_of: Date) -> Self {
        let mut exceptions = vec![Vec::new(); program.clauses.len()];
        for (index, clause) in program.clauses.iter().enumerate() {
            if let Some(cite) = &clause.exception_to {
                let versions = &program.texts[cite.text.0].versions;
                versions.iter().filter_map(|version| version.clauses[cite.label]).for_each(|to| exceptions[to.0].push(ClauseId(index)));
            }
        }
        let uses = |category: &usize| program.facts.iter().filter(|fact| fact.categories.contains(&CategoryId(*category))).count();
        let leading = (0..program.categories.len()).rev().max_by_key(uses).map(CategoryId);
        Self {
            program,
            as_of,
            choices: program.choices.iter().map(|choice| choice.set).collect(),
            known: false,
            max_nodes: MAX_NODES,
            exceptions,
            opened: Opened::default(),
            leading,
        }
    }

    /// Why a clause says nothing for a subject of `kind` (one bit) in `year`, if it does not.
    pub(crate) fn silent(&self, clause: &Clause, kind: u64, year: i32, member_of: impl Fn(CategoryId) -> Option<usize>) -> Option<Basis> {
        if clause.kinds & kind == 0 {
            return Some(Basis::NotForKind);
        }
        if clause.first.as_ref().is_some_and(|(first, _)| year < *first) {
            return Some(Basis::NotYet);
        }
        let suspended = self.program.period.year(year).is_some_and(|entry| entry.suspended.is_some());
        if suspended && !clause.in_suspended {
            return Some(Basis::Suspended);
        }
        let missing = clause.params.iter().any(|category| {
            let member = member_of(*category).map(|member| &self.program.categories[category.0].members[member]);
            member.is_some_and(|member| member.from.is_some_and(|from| year < from))
        });
        missing.then_some(Basis::NoSuchMember)
    }

    /// Exceptions to a clause whose version holds in `year`.
    pub(crate) fn exceptions_in_force(&self, clause: ClauseId, year: i32) -> impl Iterator<Item = ClauseId> {
        let in_force = move |id: &ClauseId| {
            let own = &self.program.clauses[id.0];
            self.program.texts[own.text.0].version(self.as_of, year) == Some(own.version)
        };
        self.exceptions[clause.0].iter().copied().filter(in_force)
    }

    /// How many years of a window are needed, and which are looked at, latest first.
    pub(crate) fn window_years(&self, window: &Window, year: i32) -> (usize, Vec<i32>) {
        let period = &self.program.period;
        let (needed, looked_at) = match window.span {
            WindowSpan::OfLast(n, m) => (n as usize, m as usize),
            WindowSpan::Each(n) => (n as usize, n as usize),
            WindowSpan::Previous => (1, 1),
            WindowSpan::Ever(n) => (n as usize, usize::MAX),
        };
        let until = if matches!(window.span, WindowSpan::Previous) { year - 1 } else { year };
        let first = period.years.first().map_or(year, |entry| entry.year);
        let mut years: Vec<i32> = if window.published {
            period.published_until(until).take(looked_at).collect()
        } else {
            (first..=until).rev().take(looked_at).collect()
        };
        years.retain(|year| window.since.is_none_or(|since| *year >= since));
        (needed, years)
    }

    /// The cell a question asks for; `None` if a member is missing, or does not exist in that year.
    pub(crate) fn cell_key(
        &self,
        fact: FactId,
        args: &[Arg],
        year: i32,
        member_of: impl Fn(CategoryId) -> Option<usize>,
    ) -> Option<CellKey> {
        let program = self.program;
        let declared = &program.facts[fact.0];
        let mut offset = 0;
        for arg in args {
            let (category, member) = match arg {
                Arg::Member(category, member) => (category, *member),
                Arg::Bound(category) => (category, member_of(*category)?),
            };
            let members = &program.categories[category.0].members;
            if members[member].from.is_some_and(|from| declared.yearly && year < from) {
                return None;
            }
            offset = offset * members.len() + member;
        }
        Some(CellKey { fact, year: if declared.yearly { year } else { 0 }, offset })
    }

    /// When a cell is asked in diagrams. Cells of one member of the leading category stay together, then years, so that
    /// counts over members of counts over years keep diagrams small.
    pub(crate) fn rank(&self, key: CellKey) -> Rank {
        let program = self.program;
        let fact = &program.facts[key.fact.0];
        let lead = match self.leading.and_then(|leading| fact.categories.iter().position(|category| *category == leading)) {
            None => 0,
            Some(at) => fact.members_at(program, key.offset)[at] as u64 + 1,
        };
        lead << 48 | (key.year as u64 & 0xffff) << 32 | (key.offset as u64 & 0xffff) << 16 | key.fact.0 as u64
    }
}
