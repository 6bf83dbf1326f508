//! In which cases a clause can be asked: on which day, with which readings, for which kind, in which year.

use super::settle::Target;
use crate::check::{cites_of, conds_of};
use crate::program::*;
use jiff::civil::Date;
use rustc_hash::{FxHashMap, FxHashSet};

/// A day with readings, and what is asked there.
pub(super) struct Moment {
    pub as_of: Date,
    /// Option in use per choice.
    pub choices: Vec<usize>,
    /// Kind and year, those first where a difference is found sooner.
    pub asked: Vec<(usize, i32)>,
    /// Versions of the texts in force.
    pub versions: Vec<Option<usize>>,
}

/// Clauses that are worked out, those they replace or are replaced by among them.
pub(super) struct Unfolded {
    pub clauses: FxHashSet<ClauseId>,
    /// Texts these stand in or refer to, in order.
    pub texts: Vec<TextId>,
    /// What they leave to a reading.
    pub choices: Vec<ChoiceId>,
    /// Nothing more can be unfolded.
    pub whole: bool,
}

/// A place in a text.
type At = (usize, usize);

/// Where each clause can be found from the texts: all versions of a label and the exceptions to it.
pub(super) struct Index {
    own: FxHashMap<At, Vec<ClauseId>>,
    refers: Vec<Vec<At>>,
    choices: Vec<Vec<ChoiceId>>,
}

fn choices_of(cond: &Cond, out: &mut Vec<ChoiceId>) {
    if let CondKind::ByChoice(choice, _) = &cond.kind {
        out.push(*choice);
    }
    cond.parts().for_each(|part| choices_of(part, out));
}

impl Index {
    pub fn new(program: &Program) -> Self {
        let mut own: FxHashMap<At, Vec<ClauseId>> = FxHashMap::default();
        let (mut refers, mut choices) = (Vec::new(), Vec::new());
        for (at, clause) in program.clauses.iter().enumerate() {
            let place = clause.exception_to.as_ref().map_or((clause.text.0, clause.label), |cite| (cite.text.0, cite.label));
            own.entry(place).or_default().push(ClauseId(at));
            let (mut cites, mut read) = (Vec::new(), Vec::new());
            conds_of(clause, &mut |cond| {
                cites_of(cond, &mut cites);
                choices_of(cond, &mut read);
            });
            refers.push(cites.iter().map(|cite| (cite.text.0, cite.label)).collect());
            choices.push(read);
        }
        Self { own, refers, choices }
    }

    /// A target and all it refers to, so many references deep.
    pub fn unfold(&self, program: &Program, target: &Target, depth: usize) -> Unfolded {
        self.unfold_where(program, target, depth, &|_| true)
    }

    /// A target and all it refers to that rests on a text.
    pub fn unfold_on(&self, program: &Program, target: &Target, text: TextId) -> Unfolded {
        let mut rests: FxHashSet<At> = self.own.keys().copied().filter(|(own, _)| *own == text.0).collect();
        for clause in program.clauses.iter().filter(|clause| clause.text == text) {
            rests.extend(clause.exception_to.as_ref().map(|cite| (cite.text.0, cite.label)));
        }
        loop {
            let before = rests.len();
            for (at, clauses) in &self.own {
                if clauses.iter().any(|clause| self.refers[clause.0].iter().any(|at| rests.contains(at))) {
                    rests.insert(*at);
                }
            }
            if rests.len() == before {
                return self.unfold_where(program, target, usize::MAX, &|at| rests.contains(at));
            }
        }
    }

    fn unfold_where(&self, program: &Program, target: &Target, depth: usize, wanted: &dyn Fn(&At) -> bool) -> Unfolded {
        let mut seen: FxHashSet<At> = FxHashSet::default();
        let mut clauses = FxHashSet::default();
        let mut last: Vec<At> = vec![(target.text.0, target.label)];
        let mut left: Vec<At> = Vec::new();
        for _ in 0..depth {
            if last.is_empty() {
                break;
            }
            let mut next = Vec::new();
            for at in std::mem::take(&mut last) {
                if !wanted(&at) {
                    left.push(at);
                    continue;
                }
                if !seen.insert(at) {
                    continue;
                }
                for clause in self.own.get(&at).into_iter().flatten() {
                    clauses.insert(*clause);
                    next.extend(self.refers[clause.0].iter().copied().filter(|at| !seen.contains(at)));
                }
            }
            last = next;
        }
        last.extend(left);
        let mut texts: Vec<TextId> = seen.iter().chain(&last).map(|(text, _)| TextId(*text)).collect();
        texts.extend(clauses.iter().map(|clause| program.clauses[clause.0].text));
        // exceptions to what is only referred to, too: they say whether it is silent
        let outer = last.iter().filter_map(|at| self.own.get(at)).flatten();
        texts.extend(outer.map(|clause| program.clauses[clause.0].text));
        texts.sort_unstable();
        texts.dedup();
        let mut choices: Vec<ChoiceId> = clauses.iter().flat_map(|clause| self.choices[clause.0].iter().copied()).collect();
        choices.sort_unstable();
        choices.dedup();
        Unfolded { clauses, texts, choices, whole: last.is_empty() }
    }
}

/// Every way to read these choices, the set options first.
pub(super) fn readings(program: &Program, choices: &[ChoiceId]) -> Vec<Vec<usize>> {
    let mut all = vec![program.choices.iter().map(|choice| choice.set).collect::<Vec<_>>()];
    for choice in choices {
        let declared = &program.choices[choice.0];
        let others: Vec<Vec<usize>> = (0..declared.options.len())
            .filter(|option| *option != declared.set)
            .flat_map(|option| {
                all.iter().map(move |own| {
                    let mut other = own.clone();
                    other[choice.0] = option;
                    other
                })
            })
            .collect();
        all.extend(others);
    }
    all
}

/// Everything that can be asked of a target: each day on which other texts are in force, each reading, kind and year.
pub(super) fn moments(program: &Program, target: &Target, unfolded: &Unfolded, kinds: u64) -> Vec<Moment> {
    let period = &program.period.years;
    let mut days: Vec<Date> = period.iter().rev().map(|entry| entry.on).collect();
    for version in program.texts.iter().flat_map(|text| &text.versions) {
        if let Reach::Dates(from, to) = version.reach {
            days.extend([Ok(from), from.yesterday()].into_iter().flatten().chain(to));
        }
    }
    let reach = target.versions.iter().map(|version| &program.texts[target.text.0].versions[*version].reach).collect::<Vec<_>>();
    let on = |day: Date| {
        reach.iter().any(|reach| match reach {
            Reach::Dates(from, to) => *from <= day && to.is_none_or(|to| day < to),
            Reach::Years(_) => true,
        })
    };
    let in_reach = |year: i32| {
        reach.iter().any(|reach| match reach {
            Reach::Dates(..) => true,
            Reach::Years(spans) => in_years(spans, year),
        })
    };
    let versions = |day: Date| -> Vec<Option<usize>> {
        let by_day = unfolded.texts.iter().map(|text| &program.texts[text.0]).filter(|text| text.clock == Clock::Law);
        by_day.map(|text| text.version(day, 0)).collect()
    };
    let mut seen = FxHashSet::default();
    let own: Vec<(Date, Vec<Option<usize>>)> = days
        .into_iter()
        .filter(|day| on(*day))
        .map(|day| (day, versions(day)))
        .filter(|(_, versions)| seen.insert(versions.clone()))
        .collect();
    let mut out = Vec::new();
    for choices in readings(program, &unfolded.choices) {
        for (as_of, versions) in &own {
            // the first day with other versions in force is the latest of its kind: no later year is asked under these
            let known = period.iter().rev().filter(|entry| entry.on <= *as_of);
            let mut years: Vec<i32> = known.map(|entry| entry.year).collect();
            years.extend(period.first().filter(|_| years.is_empty()).map(|entry| entry.year));
            let kinds_of = (0..program.subject.kinds.len()).map(|kind| (kinds >> kind & 1 == 0, kind));
            let mut kinds_of: Vec<(bool, usize)> = kinds_of.collect();
            kinds_of.sort_unstable();
            let years = years.into_iter().filter(|year| in_reach(*year));
            let mut asked: Vec<(bool, usize, i32)> =
                years.flat_map(|year| kinds_of.iter().map(move |(other, kind)| (*other, *kind, year))).collect();
            asked.sort_by_key(|(other, ..)| *other);
            let asked = asked.into_iter().map(|(_, kind, year)| (kind, year)).collect();
            out.push(Moment { as_of: *as_of, choices: choices.clone(), asked, versions: versions.clone() });
        }
    }
    out
}

/// A version that starts a day earlier or later can be told apart on that day only.
pub(super) fn on_day(program: &Program, day: Date, unfolded: &Unfolded) -> Vec<Moment> {
    let period = &program.period.years;
    let latest = period.iter().rev().find(|entry| entry.on <= day).or(period.first()).map_or(0, |entry| entry.year);
    let kinds = program.subject.kinds.len();
    let years = period.iter().rev().map(|entry| entry.year).filter(|year| *year <= latest);
    let asked: Vec<(usize, i32)> = years.flat_map(|year| (0..kinds).map(move |kind| (kind, year))).collect();
    let moment = |choices| Moment { as_of: day, choices, asked: asked.clone(), versions: Vec::new() };
    readings(program, &unfolded.choices).into_iter().map(moment).collect()
}
