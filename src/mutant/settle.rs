//! Whether a slip changes the law at all, and if so, a case that shows it.
//!
//! The clause is judged by the rules as they are and by the changed rules, in one decision diagram over all values of all
//! cells. Equal nodes in every context in which the clause can be asked prove that nothing changed. Otherwise any way to
//! *yes* through the difference of the two is a case.

use super::case::{self, Question, number_in};
use super::{Change, Mutant, search};
use crate::check::{cites_of, conds_of};
use crate::eval::diagram::{Diagram, Node, bits};
use crate::eval::{Evaluator, Setting};
use crate::facts::Facts;
use crate::lint::Contexts;
use crate::program::*;
use crate::scenario;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::OnceCell;
use std::ops::ControlFlow;

/// No diagram may be larger, and after this many nodes a new one is started.
const LIMIT: usize = 300_000;
const FILLED: usize = 100_000;

/// So many nodes are made for one slip, and so many contexts may be too large, before it is left undecided.
const MAX_SPENT: usize = 600_000;
const MAX_TOO_LARGE: usize = 1;

/// At first only the cells of so many members of the category that is counted most are looked at: a case for few is
/// easier to find, and to read.
const FEW: usize = 4;

/// So many contexts are looked at; where more are needed to prove something, it stays unproved.
const MAX_CONTEXTS: usize = 60_000;

/// What came of the search.
pub(super) enum Settled {
    /// The same answer in every context.
    Equivalent,
    /// The rules and the slip differ here.
    Case(Box<Scenario>),
    /// They differ in this case, which is like one that is there but for the cells after so many.
    Like(Box<Scenario>, usize, usize),
    /// Too large, or not shown by a case.
    Open,
}

/// A clause that can show the difference, the version it is asked of, and days to ask on beside those of the version.
pub(super) struct Target {
    pub text: TextId,
    pub label: usize,
    pub version: usize,
    pub params: Vec<CategoryId>,
}

/// An exception shows in what it replaces, which may stand in another text.
pub(super) fn target(program: &Program, clause: &Clause) -> Target {
    let Some(cite) = &clause.exception_to else {
        return Target { text: clause.text, label: clause.label, version: clause.version, params: clause.params.clone() };
    };
    let versions = &program.texts[cite.text.0].versions;
    let own = if cite.text == clause.text { versions[clause.version].clauses[cite.label] } else { None };
    let found = own.or_else(|| versions.iter().rev().find_map(|version| version.clauses[cite.label]));
    let (version, params) = found.map_or((0, &clause.params), |id| (program.clauses[id.0].version, &program.clauses[id.0].params));
    Target { text: cite.text, label: cite.label, version, params: params.clone() }
}

/// Compares the rules as they are with the changed ones.
pub(super) fn settle(program: &Program, changed: &Program, contexts: &Contexts, mutant: &Mutant) -> Settled {
    match &mutant.change {
        Change::Boundary { text, version, day, .. } => boundary(program, changed, *text, *version, *day),
        Change::Cond { clause, .. } | Change::Clause { clause, .. } => {
            let declared = &program.clauses[clause.0];
            let target = target(program, declared);
            if mutant.without_data {
                let found = search::without(program, changed, mutant, *clause);
                return found.map_or(Settled::Open, |(case, base, own)| Settled::Like(Box::new(case), base, own));
            }
            let settings: Vec<Two> = contexts.settings.iter().map(|own| Two { own, changed, other: OnceCell::new() }).collect();
            let mut asked: Vec<(usize, usize, i32)> = Vec::new();
            let versions = if target.text == declared.text {
                target.version..target.version + 1
            } else {
                0..program.texts[target.text.0].versions.len()
            };
            for version in versions {
                let _ = contexts.everywhere(target.text, version, &mut |context| {
                    asked.push((context.setting, context.kind, context.year));
                    ControlFlow::Continue(())
                });
            }
            // where the clause speaks a difference is found sooner
            asked.sort_by_key(|(_, kind, _)| declared.kinds >> kind & 1 == 0);
            differ(program, changed, &settings, &[target], &asked)
        }
    }
}

/// A version that starts a day earlier or later can be told apart on that day only.
fn boundary(program: &Program, changed: &Program, text: TextId, version: usize, day: jiff::civil::Date) -> Settled {
    let declared = &program.texts[text.0];
    let clauses = declared.versions.iter().enumerate().filter(|(at, _)| *at == version || at + 1 == version || *at == version + 1);
    let mut targets: Vec<Target> = Vec::new();
    for (_, version) in clauses {
        for clause in version.clauses.iter().flatten().map(|clause| &program.clauses[clause.0]) {
            if clause.exception_to.is_none() && clause.not_encoded.is_none() && !targets.iter().any(|own| own.label == clause.label) {
                targets.push(target(program, clause));
            }
        }
    }
    let mut own = Setting::new(program, day);
    own.known = true;
    let latest = program.period.years.iter().rev().find(|entry| entry.on <= day).or(program.period.years.first());
    let latest = latest.map_or(0, |entry| entry.year);
    let years: Vec<i32> = program.period.years.iter().rev().map(|entry| entry.year).filter(|year| *year <= latest).collect();
    let kinds = program.subject.kinds.len();
    let asked: Vec<(usize, usize, i32)> = years.iter().flat_map(|year| (0..kinds).map(|kind| (0, kind, *year))).collect();
    differ(program, changed, &[Two { own: &own, changed, other: OnceCell::new() }], &targets, &asked)
}

/// Every choice of members of these categories.
fn members_of(program: &Program, params: &[CategoryId]) -> Vec<Vec<(CategoryId, usize)>> {
    let mut all = vec![Vec::new()];
    for category in params {
        let n = program.categories[category.0].members.len();
        all = all
            .into_iter()
            .flat_map(|members: Vec<(CategoryId, usize)>| {
                (0..n).map(move |member| members.iter().copied().chain([(*category, member)]).collect::<Vec<_>>())
            })
            .collect();
    }
    all
}

pub(super) fn cites(program: &Program, target: &Target) -> Vec<Cite> {
    let all = members_of(program, &target.params);
    all.into_iter().map(|members| Cite { text: target.text, label: target.label, members, at: case::nowhere() }).collect()
}

/// The answer of a clause, or its values, in a diagram that several evaluators share.
fn judge<'e>(evaluator: &mut Evaluator<'e>, diagram: &mut Diagram, cite: &'e Cite, year: i32, values: Option<usize>) -> Vec<Node> {
    std::mem::swap(&mut evaluator.diagram, diagram);
    let nodes = match values {
        Some(n) => {
            let mut nodes = evaluator.cite_value(cite, year);
            nodes.truncate(n);
            nodes
        }
        None => vec![evaluator.cite(cite, year).node],
    };
    std::mem::swap(&mut evaluator.diagram, diagram);
    nodes
}

/// The same day and readings for the rules as they are and for the changed ones.
struct Two<'p> {
    own: &'p Setting<'p>,
    changed: &'p Program,
    other: OnceCell<Setting<'p>>,
}

impl<'p> Two<'p> {
    fn other(&self) -> &Setting<'p> {
        self.other.get_or_init(|| {
            let mut other = Setting::new(self.changed, self.own.as_of);
            other.choices.clone_from(&self.own.choices);
            other.known = true;
            other
        })
    }
}

/// Looks for a difference where few members have data, then everywhere.
fn differ(program: &Program, changed: &Program, settings: &[Two], targets: &[Target], asked: &[(usize, usize, i32)]) -> Settled {
    let cites: Vec<Cite> = targets.iter().flat_map(|target| cites(program, target)).collect();
    let kinds = 0..program.subject.kinds.len();
    let mut few = Facts::closed();
    let mut all = Facts::default();
    let own: Vec<usize> = kinds
        .map(|kind| {
            all.subject_of_kind(&kind.to_string(), "", kind);
            few.subject_of_kind(&kind.to_string(), "", kind)
        })
        .collect();
    let leading = settings.first().and_then(|two| two.own.leading);
    for (at, fact) in program.facts.iter().enumerate() {
        let lead = fact.categories.iter().position(|category| Some(*category) == leading);
        let years: Vec<i32> = if fact.yearly { program.period.years.iter().map(|entry| entry.year).collect() } else { vec![0] };
        for offset in 0..fact.stride(program) {
            if lead.is_none_or(|lead| fact.members_at(program, offset)[lead] < FEW) {
                for (year, subject) in years.iter().flat_map(|year| own.iter().map(move |subject| (year, subject))) {
                    few.set(program, FactId(at), *year, *subject, offset, fact.full(program), None, None);
                }
            }
        }
    }
    match compare(program, changed, settings, &cites, asked, &few, &own) {
        Settled::Case(case) => Settled::Case(case),
        Settled::Like(..) | Settled::Equivalent | Settled::Open => compare(program, changed, settings, &cites, asked, &all, &own),
    }
}

fn compare(
    program: &Program,
    changed: &Program,
    settings: &[Two],
    cites: &[Cite],
    asked: &[(usize, usize, i32)],
    facts: &Facts,
    kinds: &[usize],
) -> Settled {
    let mut pairs: FxHashMap<(usize, usize), (Evaluator, Evaluator)> = FxHashMap::default();
    let mut diagram = Diagram::with_limit(LIMIT);
    let (mut open, mut left, mut spent, mut too_large) = (false, MAX_CONTEXTS, 0, 0);
    for (setting, kind, year) in asked {
        for cite in cites {
            let exists = |(category, member): &(CategoryId, usize)| {
                program.categories[category.0].members[*member].from.is_none_or(|from| *year >= from)
            };
            if !cite.members.iter().all(exists) {
                continue;
            }
            if diagram.len() > FILLED || diagram.overflowed() {
                spent += diagram.len();
                diagram = Diagram::with_limit(LIMIT);
                pairs.clear();
            }
            left -= 1;
            if left == 0 || spent > MAX_SPENT || too_large > MAX_TOO_LARGE {
                return Settled::Open;
            }
            let two = &settings[*setting];
            let (own, other) = pairs.entry((*setting, *kind)).or_insert_with(|| {
                let mut pair =
                    (Evaluator::new(two.own, facts, kinds[*kind], false), Evaluator::new(two.other(), facts, kinds[*kind], false));
                (pair.0.max_nodes, pair.1.max_nodes) = (usize::MAX, usize::MAX);
                pair
            });
            let values = n_values(program, cite);
            let before = judge(own, &mut diagram, cite, *year, values);
            let after = judge(other, &mut diagram, cite, *year, values);
            if diagram.overflowed() {
                open = true;
                too_large += 1;
                continue;
            }
            for (before, after) in before.into_iter().zip(after).filter(|(before, after)| before != after) {
                open = true;
                let (not_before, not_after) = (diagram.not(before), diagram.not(after));
                for difference in [diagram.and(before, not_after), diagram.and(not_before, after)] {
                    if diagram.overflowed() {
                        continue;
                    }
                    let Some(cells) = way(program, own, other, &diagram, difference) else { continue };
                    let question = Question::new(cite, *kind, *year, two.own);
                    if let Some(case) = case::case(program, &question, cells).filter(|case| shows(changed, case)) {
                        return Settled::Case(Box::new(case));
                    }
                }
            }
        }
    }
    if open { Settled::Open } else { Settled::Equivalent }
}

/// Whether a case fails by these rules.
pub(super) fn shows(changed: &Program, case: &Scenario) -> bool {
    !scenario::holds(changed, case)
}

pub(super) fn n_values(program: &Program, cite: &Cite) -> Option<usize> {
    let text = &program.texts[cite.text.0];
    let clause = text.versions.iter().find_map(|version| version.clauses[cite.label])?;
    program.clauses[clause.0].value.map(|scale| program.scales[scale.0].values.len())
}

/// Cells that lead to a difference; absent ones need not be stated.
fn way(program: &Program, own: &Evaluator, other: &Evaluator, diagram: &Diagram, difference: Node) -> Option<Vec<StatedCell>> {
    let cell_at = |rank| own.cell_at(rank).or_else(|| other.cell_at(rank));
    let bit_of = |fact: &Fact, value: usize| bits(fact.full(program)).nth(value).map_or(0, |bit| bit as usize);
    let is_absent = |fact: &Fact, bit: usize| 1 << bit == fact.absent_bit(program);
    let found = diagram.way(difference, |rank, value| {
        let Some(cell) = cell_at(rank) else { return value + 1 };
        let fact = &program.facts[cell.fact.0];
        if is_absent(fact, bit_of(fact, value)) { 0 } else { value + 1 }
    })?;
    let mut cells = Vec::new();
    for (rank, value) in found {
        let cell = cell_at(rank)?;
        let fact = &program.facts[cell.fact.0];
        let bit = bit_of(fact, value);
        if is_absent(fact, bit) {
            continue;
        }
        let is_number = matches!(fact.kind, ValueKind::Number { .. });
        let number = if is_number { Some(number_in(fact, bit)?) } else { None };
        cells.push(StatedCell { fact: cell.fact, offset: cell.offset, year: cell.year, mask: 1 << bit, date: None, number });
    }
    Some(cells)
}

pub(super) fn tests_of<'a>(cond: &'a Cond, out: &mut Vec<&'a Test>) {
    if let CondKind::Test(test) = &cond.kind {
        out.push(test);
    }
    cond.parts().for_each(|part| tests_of(part, out));
}

/// Facts that a clause, in any version, or a clause it refers to rests on.
pub(super) fn facts_of(program: &Program, text: TextId, label: usize) -> Vec<FactId> {
    let mut facts = Vec::new();
    let mut seen = FxHashSet::default();
    let mut todo = vec![(text, label)];
    while let Some(at) = todo.pop() {
        if !seen.insert(at) {
            continue;
        }
        let (text, label) = at;
        let is_own = |clause: &&Clause| {
            (clause.text, clause.label) == at || clause.exception_to.as_ref().is_some_and(|cite| (cite.text, cite.label) == (text, label))
        };
        for clause in program.clauses.iter().filter(is_own) {
            conds_of(clause, &mut |cond| {
                let mut tests = Vec::new();
                tests_of(cond, &mut tests);
                facts.extend(tests.iter().map(|test| test.fact));
                let mut cites = Vec::new();
                cites_of(cond, &mut cites);
                todo.extend(cites.iter().map(|cite| (cite.text, cite.label)));
            });
        }
    }
    facts.sort_unstable();
    facts.dedup();
    facts
}
