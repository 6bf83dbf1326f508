//! Cases that notice many slips at once: questions nobody asks yet about the facts of the scenarios, and cases that are
//! put together from several.

use super::case::value_of;
use super::settle::{Target, cites, facts_of, n_values, shows, target, tests_of};
use super::{Case, Fate, Mutant, each_changed};
use crate::eval::diagram::bits;
use crate::eval::{Doing, Evaluator, Setting};
use crate::facts::Facts;
use crate::program::*;
use crate::scenario;
use rustc_hash::{FxHashMap, FxHashSet};

/// In so many scenarios a changed clause is asked anew, quick ones first.
const MAX_ASKED: usize = 60;

/// A case that states or expects more is hard to read.
const MAX_CELLS: usize = 48;
const MAX_EXPECTS: usize = 16;

/// A clause asked in a year, and what the rules say of it.
type Asked = (Cite, i32, Said);

/// Yes, no or undetermined, or else the value.
type Said = (Option<bool>, Option<usize>);

fn setting<'p>(program: &'p Program, case: &Scenario) -> Setting<'p> {
    let mut setting = Setting::new(program, case.as_of);
    case.choices.iter().for_each(|(choice, option)| setting.choices[choice.0] = *option);
    setting
}

/// What the rules say; nothing where a value is open.
fn said<'a>(evaluator: &mut Evaluator<'a>, cite: &'a Cite, year: i32, values: Option<usize>) -> Option<Said> {
    match values {
        Some(n) => {
            let values = evaluator.cite_value(cite, year);
            value_of(&values, n).map(|value| (None, Some(value)))
        }
        None => Some((evaluator.cite(cite, year).node.settled(), None)),
    }
}

fn expect((cite, year, (met, value)): &Asked) -> Expect {
    Expect { at: cite.at, kind: ExpectKind::Clause { cite: cite.clone(), met: *met, value: *value, year: *year } }
}

/// Every clause that comes up in a scenario, as it was asked.
fn judged(program: &Program, case: &Scenario) -> Vec<Asked> {
    let mut out: Vec<Asked> = Vec::new();
    let mut valued = Vec::new();
    let mut seen = FxHashSet::default();
    scenario::run_case(program, case, |evaluator| {
        for step in evaluator.trace().each() {
            let Doing::Clause(id, _) = step.doing else { continue };
            let clause = &program.clauses[id.0];
            let members = step.members().to_vec();
            if clause.exception_to.is_none() && seen.insert((clause.text.0, clause.label, members.clone(), step.year)) {
                let cite = Cite { text: clause.text, label: clause.label, members, at: super::case::nowhere() };
                out.push((cite, step.year, (step.node.settled(), None)));
            }
        }
        valued = evaluator.judged_values().map(|(clause, _)| clause).collect();
    });
    valued.sort_unstable();
    valued.dedup();
    let facts = scenario::facts(program, case);
    let setting = setting(program, case);
    let asked: Vec<Cite> = valued.iter().flat_map(|id| cites(program, &target(program, &program.clauses[id.0]))).collect();
    let mut evaluator = Evaluator::new(&setting, &facts, 0, false);
    for cite in &asked {
        if let Some(answer) = said(&mut evaluator, cite, case.year, n_values(program, cite)) {
            out.push((cite.clone(), case.year, answer));
        }
    }
    out
}

/// Asks each changed clause about the facts of the scenarios that are there, and keeps few scenarios and few questions
/// that notice as many mutants as can be noticed so.
pub(super) fn asked_anew(program: &Program, mutants: &[Mutant], fates: &mut [Option<Fate>]) -> Vec<Case> {
    let judged: Vec<Vec<Asked>> = program.scenarios.iter().map(|case| judged(program, case)).collect();
    let open: Vec<usize> = (0..mutants.len()).filter(|at| fates[*at].is_none()).collect();
    let found: Vec<Vec<(usize, usize)>> = each_changed(program, mutants, &open, |mutant, changed| {
        let Some(clause) = mutant.clause() else { return Vec::new() };
        let target = target(program, &program.clauses[clause.0]);
        let mut out = Vec::new();
        for at in mutant.touched.iter().copied().take(MAX_ASKED) {
            let case = &program.scenarios[at];
            let own: Vec<usize> = (0..judged[at].len())
                .filter(|ask| (judged[at][*ask].0.text, judged[at][*ask].0.label) == (target.text, target.label))
                .collect();
            if own.is_empty() {
                continue;
            }
            let facts = scenario::facts(changed, case);
            let setting = setting(changed, case);
            let mut evaluator = Evaluator::new(&setting, &facts, 0, false);
            for ask in own {
                let (cite, year, before) = &judged[at][ask];
                let values = before.1.and_then(|_| n_values(program, cite));
                if said(&mut evaluator, cite, *year, values) != Some(*before) {
                    out.push((at, ask));
                }
            }
        }
        out
    });
    let mut left: Vec<(usize, Vec<(usize, usize)>)> = open.into_iter().zip(found).filter(|(_, found)| !found.is_empty()).collect();
    let mut cases = Vec::new();
    while let Some(best) = most(left.iter().map(|(_, found)| found.iter().map(|(at, _)| *at).collect())) {
        let mut scenario = Scenario { expects: Vec::new(), ..program.scenarios[best].clone() };
        let mut notices = Vec::new();
        while scenario.expects.len() < MAX_EXPECTS {
            let of_best = |found: &Vec<(usize, usize)>| found.iter().filter(|(at, _)| *at == best).map(|(_, ask)| *ask).collect();
            let Some(ask) = most(left.iter().map(|(_, found)| of_best(found))) else { break };
            scenario.expects.push(expect(&judged[best][ask]));
            notices.extend(left.iter().filter(|(_, found)| found.contains(&(best, ask))).map(|(mutant, _)| *mutant));
            left.retain(|(_, found)| !found.contains(&(best, ask)));
        }
        notices.iter().for_each(|mutant| fates[*mutant] = Some(Fate::Survives(Some(cases.len()))));
        let own = scenario.cells.len();
        cases.push(Case { scenario, like: Some((best, own)), notices });
    }
    cases
}

/// So many scenarios are tried with some of their data taken away.
const MAX_WITHOUT: usize = 40;

/// A scenario that notices a mutant once the data of a year are taken away, but for what is published of the clause, and
/// how many cells it had.
pub(super) fn without(program: &Program, changed: &Program, mutant: &Mutant, clause: ClauseId) -> Option<(Scenario, usize, usize)> {
    let declared = &program.clauses[clause.0];
    let target = target(program, declared);
    let mut tests = Vec::new();
    declared.recorded.iter().flat_map(|own| std::iter::once(&own.by).chain(&own.only_if)).for_each(|cond| tests_of(cond, &mut tests));
    let published: FxHashSet<FactId> = tests.iter().map(|test| test.fact).collect();
    let facts: Vec<FactId> = facts_of(program, target.text, target.label).into_iter().filter(|fact| !published.contains(fact)).collect();
    let cites = cites(program, &target);
    for base in mutant.touched.iter().copied().take(MAX_WITHOUT) {
        let case = &program.scenarios[base];
        let mut years: Vec<i32> = case.cells.iter().map(|cell| cell.year).filter(|year| *year > 0).chain([case.year]).collect();
        years.sort_unstable();
        years.dedup();
        for year in years.into_iter().rev() {
            let mut cells = case.cells.clone();
            for fact in facts.iter().filter(|fact| program.facts[fact.0].yearly) {
                let own = &program.facts[fact.0];
                let mask = own.full(program);
                let unknown = |offset| StatedCell { fact: *fact, offset, year, mask, date: None, number: None };
                cells.extend((0..own.stride(program)).map(unknown));
            }
            for way in published_ways(program, &published, year) {
                let mut made = Scenario { cells: cells.clone(), expects: Vec::new(), ..case.clone() };
                made.cells.extend(way);
                if let Some(found) = differing(program, changed, &made, &cites) {
                    made.expects.push(expect(&found));
                    return Some((made, base, case.cells.len()));
                }
            }
        }
    }
    None
}

/// Ways to state what is published of a year: nothing, or the same value for every member.
fn published_ways(program: &Program, published: &FxHashSet<FactId>, year: i32) -> Vec<Vec<StatedCell>> {
    let mut ways = vec![Vec::new()];
    let mut facts: Vec<FactId> = published.iter().copied().collect();
    facts.sort_unstable();
    for fact in facts {
        let own = &program.facts[fact.0];
        let year = if own.yearly { year } else { 0 };
        for value in bits(own.full(program)).take(16) {
            let cell = |offset| StatedCell { fact, offset, year, mask: 1 << value, date: None, number: None };
            ways.push((0..own.stride(program)).map(cell).collect());
        }
    }
    ways
}

/// A question about a case which the changed rules answer otherwise.
fn differing(program: &Program, changed: &Program, case: &Scenario, cites: &[Cite]) -> Option<Asked> {
    let facts = scenario::facts(program, case);
    let (own, other) = (setting(program, case), setting(changed, case));
    let mut before = Evaluator::new(&own, &facts, 0, false);
    let mut after = Evaluator::new(&other, &facts, 0, false);
    (before.max_nodes, after.max_nodes) = (MAX_NODES, MAX_NODES);
    let mut found = None;
    for cite in cites {
        let values = n_values(program, cite);
        let answer = said(&mut before, cite, case.year, values);
        if answer.is_some() && answer != said(&mut after, cite, case.year, values) {
            found = answer.map(|answer| (cite.clone(), case.year, answer));
            break;
        }
    }
    let given_up = before.diagram.len() > MAX_NODES || after.diagram.len() > MAX_NODES;
    found.filter(|_| !given_up)
}

/// A case that takes more nodes is not looked at.
const MAX_NODES: usize = 50_000;

/// What stands in most of the sets, the first of those.
fn most(sets: impl Iterator<Item = FxHashSet<usize>>) -> Option<usize> {
    let mut counts: FxHashMap<usize, usize> = FxHashMap::default();
    sets.flatten().for_each(|one| *counts.entry(one).or_default() += 1);
    counts.into_iter().max_by_key(|(one, count)| (*count, std::cmp::Reverse(*one))).map(|(one, _)| one)
}

/// Keeps a case, with all that it can notice beside what it was made for, in as few cases as possible.
pub(super) fn add(program: &Program, mutants: &[Mutant], mut case: Case, cases: &mut Vec<Case>, fates: &mut [Option<Fate>]) {
    widen(program, mutants, &mut case, fates);
    for noticed in &case.notices {
        fates[*noticed] = Some(Fate::Survives(None));
    }
    for other in cases.iter_mut().rev() {
        if case.like.is_some() || other.like.is_some() || !of_clauses(&case.scenario) || !of_clauses(&other.scenario) {
            continue;
        }
        let Some(scenario) = together(program, &other.scenario, &case.scenario) else { continue };
        let notices: Vec<usize> = other.notices.iter().chain(&case.notices).copied().collect();
        if each_changed(program, mutants, &notices, |_, changed| shows(changed, &scenario)).into_iter().all(|shown| shown) {
            (other.scenario, other.notices) = (scenario, notices);
            return;
        }
    }
    cases.push(case);
}

/// Asks also for what shows other mutants of the same text.
fn widen(program: &Program, mutants: &[Mutant], case: &mut Case, fates: &[Option<Fate>]) {
    let Some(text) = case.notices.first().map(|at| mutants[*at].text(program)) else { return };
    let open: Vec<usize> =
        (0..mutants.len()).filter(|at| fates[*at].is_none() && !case.notices.contains(at) && mutants[*at].text(program) == text).collect();
    let facts: Facts = scenario::facts(program, &case.scenario);
    let own = setting(program, &case.scenario);
    let mut before: FxHashMap<(usize, usize), Vec<Asked>> = FxHashMap::default();
    for clause in open.iter().filter_map(|at| mutants[*at].clause()) {
        let Target { text, label, params, versions } = target(program, &program.clauses[clause.0]);
        before.entry((text.0, label)).or_insert_with(|| {
            let all = cites(program, &Target { text, label, params, versions });
            let mut evaluator = Evaluator::new(&own, &facts, 0, false);
            let year = case.scenario.year;
            let answers: Vec<_> = all.iter().map(|cite| said(&mut evaluator, cite, year, n_values(program, cite))).collect();
            drop(evaluator);
            all.into_iter().zip(answers).filter_map(|(cite, answer)| Some((cite, year, answer?))).collect()
        });
    }
    let scenario = &case.scenario;
    let found = each_changed(program, mutants, &open, |mutant, changed| {
        if shows(changed, scenario) {
            return Some(None);
        }
        let target = target(program, &program.clauses[mutant.clause()?.0]);
        let own = setting(changed, scenario);
        let mut evaluator = Evaluator::new(&own, &facts, 0, false);
        let asked = before.get(&(target.text.0, target.label))?;
        for one in asked {
            let (cite, year, before) = one;
            let values = before.1.and_then(|_| n_values(program, cite));
            if said(&mut evaluator, cite, *year, values) != Some(*before) {
                return Some(Some(one.clone()));
            }
        }
        None
    });
    for (at, found) in open.into_iter().zip(found) {
        match found {
            None => {}
            Some(None) => case.notices.push(at),
            Some(Some(asked)) => {
                let is_own = |own: &Expect| same(&own.kind, &expect(&asked).kind);
                if !case.scenario.expects.iter().any(is_own) {
                    if case.scenario.expects.len() >= MAX_EXPECTS {
                        continue;
                    }
                    case.scenario.expects.push(expect(&asked));
                }
                case.notices.push(at);
            }
        }
    }
}

/// Whether a case asks for answers of clauses alone.
fn of_clauses(case: &Scenario) -> bool {
    case.expects.iter().all(|expect| matches!(expect.kind, ExpectKind::Clause { .. }))
}

/// Whether two expectations ask the same.
fn same(one: &ExpectKind, other: &ExpectKind) -> bool {
    match (one, other) {
        (ExpectKind::Clause { cite: one, year: in_one, .. }, ExpectKind::Clause { cite: other, year: in_other, .. }) => {
            (one.text, one.label, &one.members, in_one) == (other.text, other.label, &other.members, in_other)
        }
        _ => false,
    }
}

/// One case in place of two, with what the rules say of the facts of both.
fn together(program: &Program, one: &Scenario, other: &Scenario) -> Option<Scenario> {
    if (one.kind, one.year, one.as_of, &one.choices) != (other.kind, other.year, other.as_of, &other.choices) {
        return None;
    }
    let mut made = one.clone();
    for cell in &other.cells {
        match made.cells.iter().find(|own| (own.fact, own.offset, own.year) == (cell.fact, cell.offset, cell.year)) {
            Some(own) if (own.mask, own.number) != (cell.mask, cell.number) => return None,
            Some(_) => {}
            None => made.cells.push(cell.clone()),
        }
    }
    let new = other.expects.iter().filter(|expect| !one.expects.iter().any(|own| same(&own.kind, &expect.kind)));
    made.expects.extend(new.cloned());
    let many = made.cells.iter().filter(|cell| cell.mask.count_ones() == 1).count();
    if many > MAX_CELLS || made.expects.len() > MAX_EXPECTS {
        return None;
    }
    let facts = scenario::facts(program, &made);
    let own = setting(program, &made);
    let asked: Vec<(Cite, i32)> = made
        .expects
        .iter()
        .filter_map(|expect| match &expect.kind {
            ExpectKind::Clause { cite, year, .. } => Some((cite.clone(), *year)),
            _ => None,
        })
        .collect();
    let mut evaluator = Evaluator::new(&own, &facts, 0, false);
    let expects: Option<Vec<Expect>> = asked
        .iter()
        .map(|(cite, year)| {
            let answer = said(&mut evaluator, cite, *year, n_values(program, cite))?;
            Some(expect(&(cite.clone(), *year, answer)))
        })
        .collect();
    made.expects = expects?;
    Some(made)
}
