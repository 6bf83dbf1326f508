//! Whether a slip changes the law at all, and if so, a case that shows it.
//!
//! The clause is judged by the rules as they are and by the changed rules, in one decision diagram in which the clauses it
//! refers to may answer anything ([`crate::eval::free`]). Equal nodes in everything that can be asked prove that nothing
//! changed. Where they differ, a way to *yes* through the difference is made a case (`concrete.rs`). What is neither equal
//! nor shown so is looked at again with the references worked out, one after the other.

use super::asked::{Index, Moment, Unfolded, moments, on_day};
use super::case;
use super::concrete::{Cells, Search};
use super::{Change, Mutant, Place, place, provided, published, search};
use crate::check::{cites_of, conds_of};
use crate::eval::diagram::{Diagram, Node};
use crate::eval::free::Free;
use crate::eval::{Evaluator, Setting};
use crate::program::*;
use crate::scenario;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::Cell;

/// No diagram may be larger, and after this many nodes a new one is started.
pub(super) const LIMIT: usize = 1_000_000;
const FILLED: usize = 100_000;

/// So many nodes are made for one slip before it is left undecided.
const MAX_SPENT: usize = 4_000_000;

/// So many references deep clauses are worked out, one depth after the other; the last is all of them.
const DEPTHS: [usize; 4] = [1, 2, 3, usize::MAX];

/// So many differences are looked at for a case, at each depth.
const MAX_SEARCHED: usize = 12;

/// So many cases are looked at; where more are needed to prove something, it stays unproved.
const MAX_ASKED: usize = 400_000;

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

/// A clause that can show the difference, and the versions it is asked of.
pub(super) struct Target {
    pub text: TextId,
    pub label: usize,
    pub versions: Vec<usize>,
    pub params: Vec<CategoryId>,
}

/// An exception shows in what it replaces, which may stand in another text.
pub(super) fn target(program: &Program, clause: &Clause) -> Target {
    let Some(cite) = &clause.exception_to else {
        return Target { text: clause.text, label: clause.label, versions: vec![clause.version], params: clause.params.clone() };
    };
    let versions = &program.texts[cite.text.0].versions;
    let own = if cite.text == clause.text { versions[clause.version].clauses[cite.label] } else { None };
    let found = own.or_else(|| versions.iter().rev().find_map(|version| version.clauses[cite.label]));
    let params = found.map_or(&clause.params, |id| &program.clauses[id.0].params).clone();
    let asked = if cite.text == clause.text { vec![clause.version] } else { (0..versions.len()).collect() };
    Target { text: cite.text, label: cite.label, versions: asked, params }
}

/// Compares the rules as they are with the changed ones.
pub(super) fn settle(program: &Program, changed: &Program, index: &Index, cells: &Cells, mutant: &Mutant) -> Settled {
    // a variable has a place beside 32768 cells of a member and year
    if program.facts.iter().any(|fact| fact.stride(program) >= 1 << 15) {
        return Settled::Open;
    }
    match &mutant.change {
        Change::Boundary { text, version, day, .. } => {
            let versions = 0..program.texts[text.0].versions.len();
            let near: Vec<usize> = versions.filter(|at| at.abs_diff(*version) <= 1).collect();
            for target in targets(program, *text, &near) {
                let unfolded = index.unfold_on(program, &target, *text);
                let asked = on_day(program, *day, &unfolded);
                match texts_settled(program, changed, cells, &target, unfolded, asked) {
                    Settled::Equivalent => {}
                    other => return other,
                }
            }
            Settled::Equivalent
        }
        Change::Year { text, version, other, year } => {
            for target in targets(program, *text, &[*version, *other]) {
                let unfolded = index.unfold_on(program, &target, *text);
                let mut asked = moments(program, &target, &unfolded, !0);
                asked.iter_mut().for_each(|moment| moment.asked.retain(|(_, own)| own == year));
                match texts_settled(program, changed, cells, &target, unfolded, asked) {
                    Settled::Equivalent => {}
                    other => return other,
                }
            }
            Settled::Equivalent
        }
        Change::Cond { clause, place: Place::Provider(gives, provider), .. } => {
            provided::settle(program, changed, index, cells, *clause, *gives, *provider)
        }
        Change::Cond { clause, .. } | Change::Clause { clause, .. } => {
            let found = clause_settled(program, changed, index, cells, mutant, *clause);
            if matches!(found, Settled::Open)
                && let Some((case, base, own)) = search::without(program, changed, mutant, *clause)
            {
                return Settled::Like(Box::new(case), base, own);
            }
            found
        }
    }
}

/// Compares a clause where another version of a text holds; all that rests on the text is worked out.
fn texts_settled(program: &Program, changed: &Program, cells: &Cells, target: &Target, unfolded: Unfolded, asked: Vec<Moment>) -> Settled {
    let (spent, free) = (Cell::new(0), Free::new(Some(unfolded.clauses), FxHashSet::default()));
    match (Comparing { program, changed, cells, free, spent: &spent }).compare(target, asked, None) {
        Compared::Same => Settled::Equivalent,
        Compared::Case(case) => Settled::Case(case),
        Compared::Differs(_) | Compared::TooLarge => Settled::Open,
    }
}

fn clause_settled(program: &Program, changed: &Program, index: &Index, cells: &Cells, mutant: &Mutant, clause: ClauseId) -> Settled {
    let declared = &program.clauses[clause.0];
    let target = target(program, declared);
    if mutant.of_published() {
        return published::settle(program, changed, index, cells, &target, clause);
    }
    let above = windows_above(program, mutant);
    if let Some((window, members)) = above.last()
        && same_part(program, changed, index, &target, mutant, window, members)
    {
        return Settled::Equivalent;
    }
    let apart: FxHashSet<_> = above.iter().map(|(window, _)| window.body.at).collect();
    let mut before: Option<(Unfolded, Differing)> = None;
    let spent = Cell::new(0);
    for depth in DEPTHS {
        let unfolded = index.unfold(program, &target, depth);
        let free = Free::new(Some(unfolded.clauses.clone()), apart.clone());
        let comparing = Comparing { program, changed, cells, free, spent: &spent };
        match comparing.compare(&target, moments(program, &target, &unfolded, declared.kinds), before.as_ref()) {
            Compared::Same => return Settled::Equivalent,
            Compared::Case(case) => return Settled::Case(case),
            Compared::TooLarge => return Settled::Open,
            Compared::Differs(_) if unfolded.whole => return Settled::Open,
            Compared::Differs(keys) => before = Some((unfolded, keys)),
        }
    }
    Settled::Open
}

/// The clauses of these versions.
fn targets(program: &Program, text: TextId, near: &[usize]) -> Vec<Target> {
    let versions = &program.texts[text.0].versions;
    let mut targets: Vec<Target> = Vec::new();
    for at in near {
        for clause in versions[*at].clauses.iter().flatten().map(|clause| &program.clauses[clause.0]) {
            if clause.exception_to.is_none() && clause.not_encoded.is_none() && !targets.iter().any(|own| own.label == clause.label) {
                targets.push(Target { versions: near.to_vec(), ..target(program, clause) });
            }
        }
    }
    targets
}

/// Every choice of members of these categories.
pub(super) fn members_of(program: &Program, params: &[CategoryId]) -> Vec<Vec<(CategoryId, usize)>> {
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

/// Windows around a slip that pass over years without data, outermost first, with the categories in hand inside.
fn windows_above<'p>(program: &'p Program, mutant: &Mutant) -> Vec<(&'p Window, Vec<CategoryId>)> {
    let Change::Cond { clause, place: of, path, .. } = &mutant.change else { return Vec::new() };
    let declared = &program.clauses[clause.0];
    let (mut at, mut out, mut members) = (place(declared, *of), Vec::new(), declared.params.clone());
    for step in path {
        match at.map(|cond| &cond.kind) {
            Some(CondKind::Window(window)) if window.unsettled_is_no => out.push((&**window, members.clone())),
            Some(CondKind::Count(count)) => members.push(count.category),
            _ => {}
        }
        at = at.and_then(|cond| cond.parts().nth(*step));
    }
    out
}

/// Whether what stands below a window says the same for every member and year, so that it leaves the same open.
fn same_part(
    program: &Program,
    changed: &Program,
    index: &Index,
    target: &Target,
    mutant: &Mutant,
    window: &Window,
    categories: &[CategoryId],
) -> bool {
    let Change::Cond { clause, place: of, path, .. } = &mutant.change else { return false };
    let find = |program| -> Option<&Cond> {
        let program: &Program = program;
        let mut at = place(&program.clauses[clause.0], *of)?;
        for step in path {
            if at.at == window.body.at {
                break;
            }
            at = at.parts().nth(*step)?;
        }
        (at.at == window.body.at).then_some(at)
    };
    let (Some(own), Some(other)) = (find(program), find(changed)) else { return false };
    let unfolded = index.unfold(program, target, 1);
    let free = Free::new(Some(FxHashSet::default()), FxHashSet::default());
    let mut categories = categories.to_vec();
    categories.sort_unstable();
    categories.dedup();
    let members = members_of(program, &categories);
    for moment in moments(program, target, &unfolded, !0) {
        let (before, after) = (at_moment(program, &moment), at_moment(changed, &moment));
        for kind in 0..program.subject.kinds.len() {
            let facts = Cells::of_kind(program, kind);
            let mut diagram = Diagram::with_limit(LIMIT);
            let mut pair = [Evaluator::new(&before, &facts, 0, false), Evaluator::new(&after, &facts, 0, false)];
            (pair[0].free, pair[1].free) = (Some((&free, false)), Some((&free, true)));
            pair.iter_mut().for_each(|evaluator| evaluator.max_nodes = usize::MAX);
            for entry in &program.period.years {
                for members in &members {
                    let mut nodes = [Node::NO; 2];
                    for (at, cond) in [own, other].into_iter().enumerate() {
                        std::mem::swap(&mut pair[at].diagram, &mut diagram);
                        nodes[at] = pair[at].condition(cond, entry.year, members);
                        std::mem::swap(&mut pair[at].diagram, &mut diagram);
                    }
                    if diagram.overflowed() || nodes[0] != nodes[1] {
                        return false;
                    }
                }
            }
        }
    }
    true
}

pub(super) fn at_moment<'p>(program: &'p Program, moment: &Moment) -> Setting<'p> {
    let mut setting = Setting::new(program, moment.as_of);
    setting.choices.clone_from(&moment.choices);
    setting.known = true;
    setting
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

/// Readings, and versions in force.
type When = (Vec<usize>, Vec<Option<usize>>);

/// Where a clause differs: kind, year and members for each of these.
type Differing = FxHashMap<When, FxHashSet<(usize, i32, usize)>>;

/// What came of comparing at one depth.
enum Compared {
    Same,
    Case(Box<Scenario>),
    /// Neither the same nor shown otherwise where this is asked.
    Differs(Differing),
    TooLarge,
}

struct Comparing<'p> {
    program: &'p Program,
    changed: &'p Program,
    cells: &'p Cells,
    free: Free,
    /// Nodes made so far.
    spent: &'p Cell<usize>,
}

impl Comparing<'_> {
    /// Compares a clause in all that can be asked; of what was asked before, only where it differed then.
    fn compare(&self, target: &Target, moments: Vec<Moment>, before: Option<&(Unfolded, Differing)>) -> Compared {
        let program = self.program;
        let cites = cites(program, target);
        let (mut differs, mut searched, mut left) = (Differing::default(), 0, MAX_ASKED);
        for moment in moments {
            let earlier = match before {
                None => None,
                Some((unfolded, differing)) => match differing.get(&earlier(program, unfolded, &moment)) {
                    None => continue,
                    found => found,
                },
            };
            let (own, other) = (at_moment(program, &moment), at_moment(self.changed, &moment));
            let mut pairs: FxHashMap<usize, (Evaluator, Evaluator)> = FxHashMap::default();
            let mut diagram = Diagram::with_limit(LIMIT);
            for (kind, year) in &moment.asked {
                for (at, cite) in cites.iter().enumerate() {
                    let exists = |(category, member): &(CategoryId, usize)| {
                        program.categories[category.0].members[*member].from.is_none_or(|from| *year >= from)
                    };
                    if !cite.members.iter().all(exists) {
                        continue;
                    }
                    if earlier.is_some_and(|earlier| !earlier.contains(&(*kind, *year, at))) {
                        continue;
                    }
                    if diagram.len() > FILLED || diagram.overflowed() {
                        self.spent.set(self.spent.get() + diagram.len());
                        diagram = Diagram::with_limit(LIMIT);
                        pairs.clear();
                    }
                    left -= 1;
                    if left == 0 || self.spent.get() > MAX_SPENT {
                        return Compared::TooLarge;
                    }
                    let (evaluator, changed) = pairs.entry(*kind).or_insert_with(|| {
                        let facts = &self.cells.open[*kind];
                        let mut pair = (Evaluator::new(&own, facts, 0, false), Evaluator::new(&other, facts, 0, false));
                        (pair.0.max_nodes, pair.1.max_nodes) = (usize::MAX, usize::MAX);
                        (pair.0.free, pair.1.free) = (Some((&self.free, false)), Some((&self.free, true)));
                        pair
                    });
                    let values = n_values(program, cite);
                    let rules = judge(evaluator, &mut diagram, cite, *year, values);
                    let slips = judge(changed, &mut diagram, cite, *year, values);
                    if rules == slips && !diagram.overflowed() {
                        continue;
                    }
                    let when = (moment.choices.clone(), moment.versions.clone());
                    differs.entry(when).or_default().insert((*kind, *year, at));
                    if searched >= MAX_SEARCHED || diagram.overflowed() {
                        continue;
                    }
                    searched += 1;
                    let search = Search {
                        program,
                        changed: self.changed,
                        cells: self.cells,
                        free: &self.free,
                        setting: &own,
                        kind: *kind,
                        year: *year,
                        cite,
                    };
                    let cell_at = |rank| evaluator.cell_at(rank).or_else(|| changed.cell_at(rank));
                    for (rule, slip) in rules.into_iter().zip(slips).filter(|(rule, slip)| rule != slip) {
                        let (not_rule, not_slip) = (diagram.not(rule), diagram.not(slip));
                        for difference in [diagram.and(rule, not_slip), diagram.and(not_rule, slip)] {
                            if let Some(case) = search.find(&mut diagram, difference, &cell_at) {
                                return Compared::Case(Box::new(case));
                            }
                        }
                    }
                }
            }
            self.spent.set(self.spent.get() + diagram.len());
        }
        if differs.is_empty() { Compared::Same } else { Compared::Differs(differs) }
    }
}

/// What a moment was where less was worked out.
fn earlier(program: &Program, unfolded: &Unfolded, moment: &Moment) -> When {
    let is_read = |at: usize| unfolded.choices.contains(&ChoiceId(at));
    let choices = moment.choices.iter().zip(&program.choices).enumerate();
    let choices = choices.map(|(at, (option, choice))| if is_read(at) { *option } else { choice.set }).collect();
    let by_day = unfolded.texts.iter().map(|text| &program.texts[text.0]).filter(|text| text.clock == Clock::Law);
    (choices, by_day.map(|text| text.version(moment.as_of, 0)).collect())
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

impl Mutant {
    /// It changes what is said of published determinations, not the rule.
    pub(super) fn of_published(&self) -> bool {
        match &self.change {
            Change::Cond { place, .. } => matches!(place, Place::RecordedBy | Place::RecordedOnlyIf),
            Change::Clause { edit, .. } => matches!(edit, super::Edit::NotRecorded | super::Edit::AlwaysRecorded),
            Change::Boundary { .. } | Change::Year { .. } => false,
        }
    }
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
