//! Whether the worked cases would notice a slip: the policy is changed in every small way a drafter could err, and each
//! changed policy (a *mutant*) is run against the scenarios.
//!
//! A mutant that a scenario fails on is *killed*. One that no scenario notices is either *equivalent*, which is proved and
//! not guessed (`settle.rs`), or it *survives*, and a case is made that would notice it (`case.rs`).

mod case;
mod refine;
mod report;
mod search;
mod settle;
mod slips;

pub use case::write;
pub use report::{cases, counts, json, text};

use crate::engine::{over_threads, threads};
use crate::eval::Doing;
use crate::lint::Contexts;
use crate::program::*;
use crate::scenario;
use crate::span::Span;
use jiff::civil::Date;
use rustc_hash::FxHashMap;
use settle::Settled;

/// A part of a clause that holds a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    When,
    Applies,
    RecordedBy,
    RecordedOnlyIf,
}

const PLACES: [Place; 4] = [Place::Applies, Place::When, Place::RecordedBy, Place::RecordedOnlyIf];

/// What is changed.
#[derive(Clone, Debug)]
enum Change {
    /// A condition, reached from its clause by these parts.
    Cond { clause: ClauseId, place: Place, path: Vec<usize>, kind: CondKind },
    /// Something else of a clause.
    Clause { clause: ClauseId, edit: Edit },
    /// The first day of a version, or the last one's end; it shows on this day.
    Boundary { text: TextId, version: usize, end: bool, to: Date, day: Date },
}

#[derive(Clone, Debug)]
enum Edit {
    NoException,
    Kinds(u64),
    First(Option<i32>),
    NotInSuspended,
    NotRecorded,
    AlwaysRecorded,
}

/// A policy changed in one place.
#[derive(Clone, Debug)]
pub struct Mutant {
    /// `EC 52071(c)(1)`
    pub citation: String,
    /// Where it is changed.
    pub at: Span,
    /// What stands there.
    pub from: String,
    /// What stands there instead.
    pub to: String,
    change: Change,
    without_data: bool,
    /// It stands below a window that looks at what is unknown, so that equal answers to all values prove nothing.
    below_unsettled: bool,
    /// Scenarios that can notice it.
    touched: Vec<usize>,
}

/// What became of a mutant.
#[derive(Clone, Debug)]
pub enum Fate {
    /// This scenario fails on it.
    Killed(usize),
    /// It says the same as the policy, proved.
    Equivalent,
    /// No scenario notices it; this case of [`Report::cases`] would.
    Survives(Option<usize>),
}

/// A case that was made.
#[derive(Clone, Debug)]
pub struct Case {
    /// Facts and expectations, as they could stand in a rule file.
    pub scenario: Scenario,
    /// A scenario with the same facts, and how many of the cells are its own.
    pub like: Option<(usize, usize)>,
    /// The mutants it notices, in the order of the law.
    pub notices: Vec<usize>,
}

/// What came of all mutants.
#[derive(Clone, Debug)]
pub struct Report {
    /// Every mutant, in the order of the law.
    pub mutants: Vec<(Mutant, Fate)>,
    /// Cases that notice those that survive.
    pub cases: Vec<Case>,
    /// The policy as it was taken apart: it says the same as the one given.
    pub program: Program,
}

impl Report {
    /// Killed, proved equivalent, surviving with a case, surviving undecided.
    pub fn counts(&self) -> [usize; 4] {
        let count = |wanted: fn(&Fate) -> bool| self.mutants.iter().filter(|(_, fate)| wanted(fate)).count();
        [
            count(|fate| matches!(fate, Fate::Killed(_))),
            count(|fate| matches!(fate, Fate::Equivalent)),
            count(|fate| matches!(fate, Fate::Survives(Some(_)))),
            count(|fate| matches!(fate, Fate::Survives(None))),
        ]
    }
}

/// The conditions directly below one.
fn parts_mut(cond: &mut Cond) -> &mut [Cond] {
    match &mut cond.kind {
        CondKind::All(items) | CondKind::Any(items) | CondKind::NoneOf(items) | CondKind::AtLeastOf(_, items) => items,
        CondKind::ByMember(_, arms, _) | CondKind::ByChoice(_, arms) => arms,
        CondKind::Count(count) => std::slice::from_mut(&mut count.body),
        CondKind::Window(window) => std::slice::from_mut(&mut window.body),
        _ => &mut [],
    }
}

fn place(clause: &Clause, place: Place) -> Option<&Cond> {
    match place {
        Place::When => Some(&clause.when),
        Place::Applies => clause.applies.as_ref(),
        Place::RecordedBy => clause.recorded.as_ref().map(|recorded| &recorded.by),
        Place::RecordedOnlyIf => clause.recorded.as_ref().and_then(|recorded| recorded.only_if.as_ref()),
    }
}

fn place_mut(clause: &mut Clause, place: Place) -> Option<&mut Cond> {
    match place {
        Place::When => Some(&mut clause.when),
        Place::Applies => clause.applies.as_mut(),
        Place::RecordedBy => clause.recorded.as_mut().map(|recorded| &mut recorded.by),
        Place::RecordedOnlyIf => clause.recorded.as_mut().and_then(|recorded| recorded.only_if.as_mut()),
    }
}

impl Mutant {
    /// `EC 52071(c)(1): at least 2 priorities, not at least 1 priority`
    pub fn words(&self) -> String {
        format!("{}: {}, not {}", self.citation, self.from, self.to)
    }

    /// The text that is changed.
    fn text(&self, program: &Program) -> TextId {
        match &self.change {
            Change::Cond { clause, .. } | Change::Clause { clause, .. } => program.clauses[clause.0].text,
            Change::Boundary { text, .. } => *text,
        }
    }

    /// The clause that is changed.
    fn clause(&self) -> Option<ClauseId> {
        match &self.change {
            Change::Cond { clause, .. } | Change::Clause { clause, .. } => Some(*clause),
            Change::Boundary { .. } => None,
        }
    }

    /// The rules with this change.
    pub fn apply(&self, program: &mut Program) {
        match &self.change {
            Change::Cond { clause, place, path, kind } => {
                let mut cond = place_mut(&mut program.clauses[clause.0], *place);
                for step in path {
                    cond = cond.and_then(|cond| parts_mut(cond).get_mut(*step));
                }
                if let Some(cond) = cond {
                    cond.kind = kind.clone();
                }
            }
            Change::Clause { clause, edit } => {
                let clause = &mut program.clauses[clause.0];
                match edit {
                    Edit::NoException => clause.exception_to = None,
                    Edit::Kinds(kinds) => clause.kinds = *kinds,
                    Edit::First(first) => clause.first = first.map(|first| (first, String::new())),
                    Edit::NotInSuspended => clause.in_suspended = false,
                    Edit::NotRecorded => clause.recorded = None,
                    Edit::AlwaysRecorded => clause.recorded.iter_mut().for_each(|recorded| recorded.only_if = None),
                }
            }
            Change::Boundary { text, version, end, to, .. } => {
                let versions = &mut program.texts[text.0].versions;
                if !end && let Some(before) = version.checked_sub(1) {
                    let joined = matches!((&versions[before].reach, &versions[*version].reach),
                        (Reach::Dates(_, Some(ended)), Reach::Dates(from, _)) if ended == from);
                    if joined && let Reach::Dates(_, ended) = &mut versions[before].reach {
                        *ended = Some(*to);
                    }
                }
                match &mut versions[*version].reach {
                    Reach::Dates(_, ended) if *end => *ended = Some(*to),
                    Reach::Dates(from, _) => *from = *to,
                    Reach::Years(_) => {}
                }
            }
        }
    }

    /// Takes the change back.
    fn undo(&self, program: &mut Program, original: &Program) {
        match &self.change {
            Change::Cond { clause, .. } | Change::Clause { clause, .. } => {
                program.clauses[clause.0] = original.clauses[clause.0].clone();
            }
            Change::Boundary { text, .. } => {
                for (own, original) in program.texts[text.0].versions.iter_mut().zip(&original.texts[text.0].versions) {
                    own.reach = original.reach.clone();
                }
            }
        }
    }
}

/// So many mutants are settled before the cases that were made for them are tried on the others.
const ROUND: usize = 16;

/// Makes every mutant and says what becomes of it.
pub fn run(program: &Program) -> Report {
    let program = refine::refine(program);
    let mutants = mutants(&program);
    let contexts = Contexts::new(&program);
    let killers = each_changed(&program, &mutants, &(0..mutants.len()).collect::<Vec<_>>(), |mutant, changed| {
        mutant.touched.iter().copied().find(|case| settle::shows(changed, &program.scenarios[*case]))
    });
    let mut fates: Vec<Option<Fate>> = killers.into_iter().map(|killer| killer.map(Fate::Killed)).collect();
    let mut cases = search::asked_anew(&program, &mutants, &mut fates);
    loop {
        let open: Vec<usize> = (0..mutants.len()).filter(|at| fates[*at].is_none()).take(ROUND).collect();
        if open.is_empty() {
            break;
        }
        let settled = each_changed(&program, &mutants, &open, |mutant, changed| settle::settle(&program, changed, &contexts, mutant));
        for (at, settled) in open.into_iter().zip(settled).filter(|(at, _)| fates[*at].is_none()).collect::<Vec<_>>() {
            match settled {
                Settled::Equivalent if mutants[at].below_unsettled => fates[at] = Some(Fate::Survives(None)),
                Settled::Equivalent => fates[at] = Some(Fate::Equivalent),
                Settled::Open => fates[at] = Some(Fate::Survives(None)),
                Settled::Like(scenario, base, own) => {
                    let like = Some((base, own));
                    search::add(&program, &mutants, Case { scenario: *scenario, like, notices: vec![at] }, &mut cases, &mut fates);
                }
                Settled::Case(scenario) => {
                    let like = None;
                    search::add(&program, &mutants, Case { scenario: *scenario, like, notices: vec![at] }, &mut cases, &mut fates);
                }
            }
        }
    }
    cases.iter_mut().for_each(|case| case.notices.sort_unstable());
    let mut order: Vec<usize> = (0..cases.len()).collect();
    order.sort_by_key(|at| cases[*at].notices.first().copied());
    let taken: Vec<&str> = program.scenarios.iter().map(|case| case.id.as_str()).collect();
    let mut free = (1..).map(|n| format!("m{n}")).filter(|id| !taken.contains(&id.as_str()));
    let mut sorted: Vec<Case> = Vec::with_capacity(cases.len());
    for at in order {
        let mut case = cases[at].clone();
        case.scenario.id = free.next().unwrap_or_default();
        case.scenario.title = title(&mutants, &case.notices);
        for noticed in &case.notices {
            fates[*noticed] = Some(Fate::Survives(Some(sorted.len())));
        }
        sorted.push(case);
    }
    let fates = fates.into_iter().map(|fate| fate.unwrap_or(Fate::Survives(None)));
    Report { mutants: mutants.into_iter().zip(fates).collect(), cases: sorted, program }
}

/// The first slip in words, and how many others.
fn title(mutants: &[Mutant], notices: &[usize]) -> String {
    let Some((first, others)) = notices.split_first() else { return String::new() };
    let words = mutants[*first].words();
    match others.len() {
        0 => words,
        1 => format!("{words}; and another slip"),
        n => format!("{words}; and {n} other slips"),
    }
}

/// Calls `with` for some mutants, each applied; the answers stand in their order.
fn each_changed<R: Send>(program: &Program, mutants: &[Mutant], which: &[usize], with: impl Fn(&Mutant, &Program) -> R + Sync) -> Vec<R> {
    let mut found = over_threads(threads(), which.len(), |next| {
        let mut changed = program.clone();
        let mut out = Vec::new();
        while let Some(at) = next() {
            let mutant = &mutants[which[at]];
            mutant.apply(&mut changed);
            out.push((at, with(mutant, &changed)));
            mutant.undo(&mut changed, program);
        }
        out
    });
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, answer)| answer).collect()
}

/// Which scenarios judge what.
#[derive(Default)]
struct Touched {
    /// All of them, quick ones first.
    all: Vec<usize>,
    conds: FxHashMap<*const Cond, Vec<usize>>,
    values: FxHashMap<usize, Vec<usize>>,
}

fn touched(program: &Program) -> Touched {
    let mut touched = Touched::default();
    let mut sizes = vec![0; program.scenarios.len()];
    for (index, case) in program.scenarios.iter().enumerate() {
        scenario::run_case(program, case, |evaluator| {
            sizes[index] = evaluator.trace().steps().len();
            for step in evaluator.trace().steps() {
                let of_test = matches!(step.doing, Doing::Test(..) | Doing::Cond(_));
                if let Some(cond) = step.cond.filter(|_| of_test) {
                    touched.conds.entry(std::ptr::from_ref(cond)).or_default().push(index);
                }
            }
            for (clause, _) in evaluator.judged_values() {
                touched.values.entry(clause.0).or_default().push(index);
            }
        });
    }
    let quick_first = |cases: &mut Vec<usize>| {
        cases.sort_unstable_by_key(|case| (sizes[*case], *case));
        cases.dedup();
    };
    touched.conds.values_mut().chain(touched.values.values_mut()).for_each(quick_first);
    touched.all = (0..sizes.len()).collect();
    quick_first(&mut touched.all);
    touched
}

/// Every mutant, in the order of the law.
fn mutants(program: &Program) -> Vec<Mutant> {
    let touched = touched(program);
    let mut out = Vec::new();
    for (text_id, text) in program.texts.iter().enumerate() {
        for (version_id, version) in text.versions.iter().enumerate() {
            boundaries(program, TextId(text_id), version_id, &mut out);
            let mut clauses: Vec<ClauseId> = version.clauses.iter().flatten().copied().collect();
            clauses.sort_by_key(|clause| program.clauses[clause.0].at.start);
            for id in clauses.into_iter().filter(|id| program.clauses[id.0].not_encoded.is_none()) {
                let clause = &program.clauses[id.0];
                edits(program, id, &touched, &mut out);
                for place_of in PLACES {
                    if let Some(cond) = place(clause, place_of) {
                        conds(program, id, place_of, cond, &mut Vec::new(), false, &touched, &mut out);
                    }
                }
            }
        }
    }
    out
}

#[allow(clippy::too_many_arguments, reason = "one walk")]
fn conds(
    program: &Program,
    id: ClauseId,
    place: Place,
    cond: &Cond,
    path: &mut Vec<usize>,
    below: bool,
    touched: &Touched,
    out: &mut Vec<Mutant>,
) {
    let clause = &program.clauses[id.0];
    let own = match (clause.value, &clause.exception_to) {
        (Some(_), Some(_)) => touched.all.clone(),
        (Some(_), None) => touched.values.get(&id.0).cloned().unwrap_or_default(),
        _ => touched.conds.get(&std::ptr::from_ref(cond)).cloned().unwrap_or_default(),
    };
    for slip in slips::of_cond(program, cond) {
        out.push(Mutant {
            citation: clause.citation.clone(),
            at: cond.at,
            from: slip.from,
            to: slip.to,
            change: Change::Cond { clause: id, place, path: path.clone(), kind: slip.kind },
            without_data: slip.without_data || matches!(place, Place::RecordedBy | Place::RecordedOnlyIf),
            below_unsettled: below,
            touched: own.clone(),
        });
    }
    let below = below || matches!(&cond.kind, CondKind::Window(window) if window.unsettled_is_no);
    for (at, part) in cond.parts().enumerate() {
        path.push(at);
        conds(program, id, place, part, path, below, touched, out);
        path.pop();
    }
}

/// What a clause says beside its conditions.
fn edits(program: &Program, id: ClauseId, touched: &Touched, out: &mut Vec<Mutant>) {
    let clause = &program.clauses[id.0];
    let reach = &program.texts[clause.text.0].versions[clause.version].reach;
    let in_reach = |case: &Scenario| match reach {
        Reach::Dates(from, to) => *from <= case.as_of && to.is_none_or(|to| case.as_of < to),
        Reach::Years(_) => true,
    };
    let all: Vec<usize> = touched.all.iter().copied().filter(|case| in_reach(&program.scenarios[*case])).collect();
    let mut add = |from: String, to: String, edit: Edit| {
        let recorded = matches!(edit, Edit::NotRecorded | Edit::AlwaysRecorded);
        let own = touched.conds.get(&std::ptr::from_ref(&clause.when)).cloned().unwrap_or_default();
        out.push(Mutant {
            citation: clause.citation.clone(),
            at: clause.at,
            from,
            to,
            change: Change::Clause { clause: id, edit },
            without_data: recorded,
            below_unsettled: false,
            touched: if recorded { own } else { all.clone() },
        });
    };
    if clause.exception_to.is_some() {
        add("exception".to_owned(), "left out".to_owned(), Edit::NoException);
    }
    let everybody = (1u64 << program.subject.kinds.len()) - 1;
    if clause.kinds != everybody && clause.kinds.count_ones() > 1 {
        for kind in (0..64).filter(|kind| clause.kinds >> kind & 1 == 1) {
            let less = clause.kinds & !(1 << kind);
            let words = |kinds| format!("for {}", slips::kind_words(program, kinds));
            add(words(clause.kinds), words(less), Edit::Kinds(less));
        }
    }
    if let Some((first, _)) = &clause.first {
        let period = &program.period.named.name;
        for other in [Some(first - 1), Some(first + 1), None] {
            let to = other.map_or_else(|| "left out".to_owned(), |other| format!("first {period} {other}"));
            add(format!("first {period} {first}"), to, Edit::First(other));
        }
    }
    if clause.in_suspended {
        add("also in suspended years".to_owned(), "left out".to_owned(), Edit::NotInSuspended);
    }
    if let Some(recorded) = &clause.recorded {
        add("recorded by".to_owned(), "left out".to_owned(), Edit::NotRecorded);
        if recorded.only_if.is_some() {
            add("recorded only if".to_owned(), "left out".to_owned(), Edit::AlwaysRecorded);
        }
    }
}

/// The days on which a version starts and ends, each a day off.
fn boundaries(program: &Program, text_id: TextId, version_id: usize, out: &mut Vec<Mutant>) {
    let text = &program.texts[text_id.0];
    let version = &text.versions[version_id];
    let Reach::Dates(from, to) = version.reach else { return };
    let last = version_id + 1 == text.versions.len();
    let mut add = |day: Date, end: bool| {
        let what = if end { "in force to" } else { "in force from" };
        for (to, shows) in [(day.yesterday(), day.yesterday()), (day.tomorrow(), Ok(day))] {
            let (Ok(to), Ok(shows)) = (to, shows) else { continue };
            out.push(Mutant {
                citation: text.citation(),
                at: version.at,
                from: format!("{what} {day}"),
                to: format!("{what} {to}"),
                change: Change::Boundary { text: text_id, version: version_id, end, to, day: shows },
                without_data: false,
                below_unsettled: false,
                touched: program.scenarios.iter().enumerate().filter(|(_, case)| case.as_of == shows).map(|(at, _)| at).collect(),
            });
        }
    };
    add(from, false);
    if let Some(to) = to.filter(|_| last) {
        add(to, true);
    }
}
