//! Every slip of a policy: of each version and each clause in the order of the law, with the scenarios that can notice it.

use super::{Change, Edit, Mutant, Place, place, places, slips};
use crate::eval::Doing;
use crate::program::*;
use crate::scenario;
use jiff::civil::Date;
use rustc_hash::FxHashMap;

/// Which scenarios judge what.
#[derive(Default)]
struct Touched {
    /// All of them, quick ones first.
    all: Vec<usize>,
    conds: FxHashMap<*const Cond, Vec<usize>>,
    values: FxHashMap<usize, Vec<usize>>,
    /// Those that expect somebody to provide.
    providers: Vec<usize>,
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
    let expects = |case: &usize| program.scenarios[*case].expects.iter().any(|own| matches!(own.kind, ExpectKind::Provider { .. }));
    touched.providers = touched.all.iter().copied().filter(expects).collect();
    touched
}

/// Every mutant, in the order of the law.
pub(super) fn mutants(program: &Program) -> Vec<Mutant> {
    let touched = touched(program);
    let mut out = Vec::new();
    for (text_id, text) in program.texts.iter().enumerate() {
        for (version_id, version) in text.versions.iter().enumerate() {
            boundaries(program, TextId(text_id), version_id, &mut out);
            years(program, TextId(text_id), version_id, &touched, &mut out);
            let mut clauses: Vec<ClauseId> = version.clauses.iter().flatten().copied().collect();
            clauses.sort_by_key(|clause| program.clauses[clause.0].at.start);
            for id in clauses.into_iter().filter(|id| program.clauses[id.0].not_encoded.is_none()) {
                let clause = &program.clauses[id.0];
                edits(program, id, &touched, &mut out);
                for place_of in places(clause) {
                    if let Some(cond) = place(clause, place_of) {
                        conds(program, id, place_of, cond, &mut Vec::new(), &touched, &mut out);
                    }
                }
            }
        }
    }
    out
}

fn conds(program: &Program, id: ClauseId, place: Place, cond: &Cond, path: &mut Vec<usize>, touched: &Touched, out: &mut Vec<Mutant>) {
    let clause = &program.clauses[id.0];
    let own = match (clause.value, &clause.exception_to) {
        _ if matches!(place, Place::Provider(..)) => touched.providers.clone(),
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
            touched: own.clone(),
        });
    }
    for (at, part) in cond.parts().enumerate() {
        path.push(at);
        conds(program, id, place, part, path, touched, out);
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
    for kind in (0..program.subject.kinds.len()).filter(|kind| clause.kinds >> kind & 1 == 0) {
        let more = clause.kinds | 1 << kind;
        add(
            format!("for {}", slips::kind_words(program, clause.kinds)),
            format!("for {}", slips::kind_words(program, more & everybody)),
            Edit::Kinds(more),
        );
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

/// Each year of criteria judged by those before and after them.
fn years(program: &Program, text_id: TextId, version_id: usize, touched: &Touched, out: &mut Vec<Mutant>) {
    let text = &program.texts[text_id.0];
    let version = &text.versions[version_id];
    if matches!(version.reach, Reach::Dates(..)) {
        return;
    }
    let period = &program.period;
    for entry in period.years.iter().filter(|entry| text.version(entry.on, entry.year) == Some(version_id)) {
        let name = |at: usize| &text.versions[at].reach;
        for other in [version_id.checked_sub(1), Some(version_id + 1)].into_iter().flatten().filter(|other| *other < text.versions.len()) {
            out.push(Mutant {
                citation: text.citation(),
                at: version.at,
                from: format!("{} {} judged as criteria {} say", period.named.name, entry.year, name(version_id)),
                to: format!("as criteria {} say", name(other)),
                change: Change::Year { text: text_id, version: version_id, other, year: entry.year },
                touched: touched.all.clone(),
            });
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
                touched: program.scenarios.iter().enumerate().filter(|(_, case)| case.as_of == shows).map(|(at, _)| at).collect(),
            });
        }
    };
    add(from, false);
    if let Some(to) = to.filter(|_| last) {
        add(to, true);
    }
}
