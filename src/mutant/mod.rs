//! Whether the worked cases would notice a slip: the policy is changed in every small way a drafter could err, and each
//! changed policy (a *mutant*) is run against the scenarios.
//!
//! A mutant that a scenario fails on is *killed*. One that no scenario notices is either *equivalent*, which is proved and
//! not guessed (`settle.rs`), or it *survives*, and a case is made that would notice it (`case.rs`).

mod asked;
mod case;
mod concrete;
mod make;
mod provided;
mod published;
mod refine;
mod report;
mod search;
mod settle;
mod slips;

pub use case::write;
pub use report::{cases, counts, json, text};

use crate::program::*;
use crate::span::Span;
use crate::threads::{over_threads, threads};
use asked::Index;
use concrete::Cells;
use jiff::civil::Date;
use settle::Settled;

/// A part of a clause that holds a condition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    When,
    Applies,
    RecordedBy,
    RecordedOnlyIf,
    /// In which case one provides: of this consequence, this provider.
    Provider(usize, usize),
}

/// The parts of a clause that may hold a condition.
fn places(clause: &Clause) -> Vec<Place> {
    let gives = clause.gives.iter().enumerate();
    let providers = gives.flat_map(|(at, gives)| (0..gives.providers.len()).map(move |provider| Place::Provider(at, provider)));
    [Place::Applies, Place::When, Place::RecordedBy, Place::RecordedOnlyIf].into_iter().chain(providers).collect()
}

/// What is changed.
#[derive(Clone, Debug)]
enum Change {
    /// A condition, reached from its clause by these parts.
    Cond { clause: ClauseId, place: Place, path: Vec<usize>, kind: CondKind },
    /// Something else of a clause.
    Clause { clause: ClauseId, edit: Edit },
    /// The first day of a version, or the last one's end; it shows on this day.
    Boundary { text: TextId, version: usize, end: bool, to: Date, day: Date },
    /// A year is judged by another version of the criteria than its own.
    Year { text: TextId, version: usize, other: usize, year: i32 },
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
        Place::Provider(gives, provider) => match &clause.gives.get(gives)?.providers.get(provider)?.when {
            ProviderCase::When(cond) => Some(cond),
            ProviderCase::Always | ProviderCase::Otherwise => None,
        },
    }
}

fn place_mut(clause: &mut Clause, place: Place) -> Option<&mut Cond> {
    match place {
        Place::When => Some(&mut clause.when),
        Place::Applies => clause.applies.as_mut(),
        Place::RecordedBy => clause.recorded.as_mut().map(|recorded| &mut recorded.by),
        Place::RecordedOnlyIf => clause.recorded.as_mut().and_then(|recorded| recorded.only_if.as_mut()),
        Place::Provider(gives, provider) => match &mut clause.gives.get_mut(gives)?.providers.get_mut(provider)?.when {
            ProviderCase::When(cond) => Some(cond),
            ProviderCase::Always | ProviderCase::Otherwise => None,
        },
    }
}

impl Mutant {
    /// `EC 52071(c)(1): at least 2 priorities, not at least 1 priority`
    pub fn words(&self) -> String {
        format!("{}: {}, not {}", self.citation, self.from, self.to)
    }

    /// What kind of slip it is.
    pub fn sort(&self) -> &'static str {
        match &self.change {
            Change::Cond { place: Place::Provider(..), .. } => "who provides",
            Change::Cond { kind, .. } => match kind {
                CondKind::All(_) | CondKind::Any(_) | CondKind::NoneOf(_) | CondKind::AtLeastOf(..) => "list",
                CondKind::Count(_) => "count over members",
                CondKind::Window(_) => "count over years",
                CondKind::ByMember(..) | CondKind::ByChoice(..) => "case of a member",
                CondKind::Cite(..) | CondKind::CiteValue(..) => "reference",
                CondKind::SubjectIs(_) => "kind asked for",
                CondKind::Test(_) => "question to a fact",
                CondKind::Bracket(..) => "boundary of a number",
                CondKind::Grid(_) => "cell of a table",
                CondKind::Const(_) => "constant",
            },
            Change::Clause { edit, .. } => match edit {
                Edit::NoException => "exception left out",
                Edit::Kinds(_) => "kind of subject",
                Edit::First(_) => "first year",
                Edit::NotInSuspended => "suspended years",
                Edit::NotRecorded | Edit::AlwaysRecorded => "published determination",
            },
            Change::Boundary { .. } => "day in force",
            Change::Year { .. } => "year of criteria",
        }
    }

    /// The text that is changed.
    fn text(&self, program: &Program) -> TextId {
        match &self.change {
            Change::Cond { clause, .. } | Change::Clause { clause, .. } => program.clauses[clause.0].text,
            Change::Boundary { text, .. } | Change::Year { text, .. } => *text,
        }
    }

    /// The clause that is changed.
    fn clause(&self) -> Option<ClauseId> {
        match &self.change {
            Change::Cond { clause, .. } | Change::Clause { clause, .. } => Some(*clause),
            Change::Boundary { .. } | Change::Year { .. } => None,
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
            Change::Year { text, version, other, year } => {
                let versions = &mut program.texts[text.0].versions;
                if let Reach::Years(spans) = &mut versions[*version].reach {
                    *spans = spans.iter().flat_map(|span| around(*span, *year)).collect();
                }
                if let Reach::Years(spans) = &mut versions[*other].reach {
                    spans.push((*year, Some(*year)));
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
            Change::Boundary { text, .. } | Change::Year { text, .. } => {
                for (own, original) in program.texts[text.0].versions.iter_mut().zip(&original.texts[text.0].versions) {
                    own.reach = original.reach.clone();
                }
            }
        }
    }
}

/// The years of a span without one.
fn around((from, to): (i32, Option<i32>), year: i32) -> Vec<(i32, Option<i32>)> {
    if year < from || to.is_some_and(|to| to < year) {
        return vec![(from, to)];
    }
    let before = (from < year).then_some((from, Some(year - 1)));
    let after = to.is_none_or(|to| year < to).then_some((year + 1, to));
    before.into_iter().chain(after).collect()
}

/// So many mutants are settled before the cases that were made for them are tried on the others.
const ROUND: usize = 16;

/// Makes every mutant and says what becomes of it.
pub fn run(program: &Program) -> Report {
    run_some(program, |_| true)
}

/// Every mutant of a policy, nothing said yet of what becomes of it.
pub fn made(program: &Program) -> Vec<Mutant> {
    make::mutants(&refine::refine(program))
}

/// Makes the mutants that `wanted` picks and says what becomes of them.
pub fn run_some(program: &Program, wanted: impl Fn(&Mutant) -> bool) -> Report {
    let program = refine::refine(program);
    let mut mutants = make::mutants(&program);
    mutants.retain(wanted);
    let (index, cells) = (Index::new(&program), Cells::new(&program));
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
        let settled = each_changed(&program, &mutants, &open, |mutant, changed| settle::settle(&program, changed, &index, &cells, mutant));
        for (at, settled) in open.into_iter().zip(settled).filter(|(at, _)| fates[*at].is_none()).collect::<Vec<_>>() {
            match settled {
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
        case.scenario.title = title(&program, &case.scenario);
        for noticed in &case.notices {
            fates[*noticed] = Some(Fate::Survives(Some(sorted.len())));
        }
        sorted.push(case);
    }
    let fates = fates.into_iter().map(|fate| fate.unwrap_or(Fate::Survives(None)));
    Report { mutants: mutants.into_iter().zip(fates).collect(), cases: sorted, program }
}

/// What is judged, and what is expected, in the words of the law.
fn title(program: &Program, case: &Scenario) -> String {
    let kind = &program.subject.kinds[case.kind].named.label;
    let mut answers: Vec<String> = Vec::new();
    for expect in &case.expects {
        let words = match &expect.kind {
            ExpectKind::Clause { cite, met, value, .. } => {
                let text = &program.texts[cite.text.0];
                let version = text.version(case.as_of, case.year).map(|version| &text.versions[version]);
                let clause = version.and_then(|version| version.clauses[cite.label]).map(|clause| &program.clauses[clause.0]);
                let name = format!("{}{}", text.citation(), text.labels[cite.label]);
                let name = clause.and_then(|clause| clause.title.clone()).map_or(name.clone(), |title| format!("{title} ({name})"));
                match (value, met) {
                    (Some(_), _) => name,
                    (None, Some(true)) => format!("{name}: met"),
                    (None, Some(false)) => format!("{name}: not met"),
                    (None, None) => format!("{name}: undetermined"),
                }
            }
            ExpectKind::Provider { pathway, agency } => {
                format!("{}, by {}", program.pathways[pathway.0].named.label, program.agencies[agency.0].label)
            }
            _ => continue,
        };
        if !answers.contains(&words) {
            answers.push(words);
        }
    }
    let more = answers.len().saturating_sub(MOST_NAMED);
    answers.truncate(MOST_NAMED);
    let more = if more == 0 { String::new() } else { format!("; and {more} more") };
    format!("{kind}, {}: {}{more}", case.year, answers.join("; "))
}

/// A title says so many answers.
const MOST_NAMED: usize = 2;

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
