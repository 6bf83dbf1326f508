//! Where a condition is asked: on which day, in which year, for which kind of subject, with which members in hand.

use crate::check::{cites_of, conds_of};
use crate::eval::Setting;
use crate::program::*;
use jiff::civil::Date;
use rustc_hash::FxHashSet;
use std::ops::ControlFlow;

/// One case in which a condition is asked.
#[derive(Clone, Debug)]
pub(super) struct Context {
    /// Index into [`Contexts::settings`].
    pub setting: usize,
    /// Index of the kind.
    pub kind: usize,
    /// The year judged.
    pub year: i32,
    /// Members in hand, inner ones last.
    pub members: Vec<(CategoryId, usize)>,
}

/// What lies between a clause and a condition inside it.
#[derive(Clone, Copy)]
pub(super) enum Way<'a> {
    /// One member of a category.
    Member(CategoryId),
    /// One year of a window.
    Year(&'a Window),
    /// The case with this index.
    Case(CategoryId, &'a [usize], usize),
    /// The reading with this index.
    Reading(ChoiceId, usize),
}

/// All days and readings a library can be asked for.
pub(super) struct Contexts<'a> {
    program: &'a Program,
    days: Vec<Date>,
    /// A setting for each day with the readings in use, then those with one other reading.
    pub settings: Vec<Setting<'a>>,
    /// The choices that can change what a text says, whatever its version.
    choices: Vec<FxHashSet<usize>>,
    /// Which choice each group of settings reads otherwise.
    other: Vec<Option<usize>>,
}

impl<'a> Contexts<'a> {
    pub fn new(program: &'a Program) -> Self {
        let mut days: Vec<Date> = program.period.years.iter().map(|entry| entry.on).collect();
        for version in program.texts.iter().flat_map(|text| &text.versions) {
            if let Reach::Dates(from, _) = version.reach {
                days.push(from);
            }
        }
        days.sort();
        days.dedup();
        let at = |day: &Date| {
            let mut setting = Setting::new(program, *day);
            setting.known = true;
            setting
        };
        let mut settings: Vec<Setting> = days.iter().map(at).collect();
        let mut other = vec![None];
        for (choice, declared) in program.choices.iter().enumerate() {
            for option in (0..declared.options.len()).filter(|option| *option != declared.set) {
                other.push(Some(choice));
                for day in &days {
                    let mut setting = at(day);
                    setting.choices[choice] = option;
                    settings.push(setting);
                }
            }
        }
        Self { program, days, settings, choices: choices(program), other }
    }

    /// Days and years in which a version is asked.
    fn times(&self, reach: &Reach) -> Vec<(usize, i32)> {
        let years = &self.program.period.years;
        let day = |date: Date| self.days.binary_search(&date).unwrap_or(0);
        match reach {
            Reach::Dates(from, to) => {
                let held = |on: Date| *from <= on && to.is_none_or(|to| on < to);
                let mut times: Vec<(usize, i32)> =
                    years.iter().filter(|entry| held(entry.on)).map(|entry| (day(entry.on), entry.year)).collect();
                if times.is_empty() {
                    // a version between two determinations is asked about the year before it
                    let year = years.iter().rev().find(|entry| entry.on <= *from).or(years.first());
                    times.extend(year.map(|entry| (day(*from), entry.year)));
                }
                times
            }
            Reach::Years(spans) => {
                let last = years.last().map(|entry| day(entry.on));
                let own = years.iter().filter(|entry| in_years(spans, entry.year));
                own.flat_map(|entry| {
                    std::iter::once(day(entry.on)).chain(last.filter(|last| *last != day(entry.on))).map(|at| (at, entry.year))
                })
                .collect()
            }
        }
    }

    /// Visits every context of a condition that is reached from its clause by `ways`, until told to stop.
    pub fn each(&self, clause: &Clause, ways: &[Way], visit: &mut dyn FnMut(&Context) -> ControlFlow<()>) -> ControlFlow<()> {
        let times = self.times(&self.program.texts[clause.text.0].versions[clause.version].reach);
        for (reading, other) in self.other.iter().enumerate() {
            if other.is_some_and(|choice| !self.choices[clause.text.0].contains(&choice)) {
                continue;
            }
            for (day, year) in &times {
                for kind in (0..self.program.subject.kinds.len()).filter(|kind| clause.kinds & (1 << kind) != 0) {
                    let mut context = Context { setting: reading * self.days.len() + day, kind, year: *year, members: Vec::new() };
                    self.bind(clause, &clause.params, ways, &mut context, visit)?;
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Takes each member of the clause's categories in hand.
    fn bind(
        &self,
        clause: &Clause,
        params: &[CategoryId],
        ways: &[Way],
        context: &mut Context,
        visit: &mut dyn FnMut(&Context) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Some((category, rest)) = params.split_first() else {
            let setting = &self.settings[context.setting];
            let in_hand = |category| context.members.iter().find(|(own, _)| *own == category).map(|(_, member)| *member);
            if setting.silent(clause, 1 << context.kind, context.year, in_hand).is_some() {
                return ControlFlow::Continue(());
            }
            return self.go(ways, context, visit);
        };
        for member in self.program.categories[category.0].in_year(context.year) {
            context.members.push((*category, member));
            let flow = self.bind(clause, rest, ways, context, visit);
            context.members.pop();
            flow?;
        }
        ControlFlow::Continue(())
    }

    fn go(&self, ways: &[Way], context: &mut Context, visit: &mut dyn FnMut(&Context) -> ControlFlow<()>) -> ControlFlow<()> {
        let Some((way, rest)) = ways.split_first() else { return visit(context) };
        match way {
            Way::Member(category) => {
                for member in self.program.categories[category.0].in_year(context.year) {
                    context.members.push((*category, member));
                    let flow = self.go(rest, context, visit);
                    context.members.pop();
                    flow?;
                }
            }
            Way::Year(window) => {
                let outer = context.year;
                for year in self.settings[context.setting].window_years(window, outer).1 {
                    context.year = year;
                    let flow = self.go(rest, context, visit);
                    context.year = outer;
                    flow?;
                }
            }
            Way::Case(category, arm_of, arm) => {
                let member = context.members.iter().rev().find(|(own, _)| own == category).map(|(_, member)| *member);
                if member.is_some_and(|member| arm_of[member] == *arm) {
                    self.go(rest, context, visit)?;
                }
            }
            Way::Reading(choice, option) => {
                if self.settings[context.setting].choices[choice.0] == *option {
                    self.go(rest, context, visit)?;
                }
            }
        }
        ControlFlow::Continue(())
    }
}

/// For each text the choices that it reads, or a text it refers to.
fn choices(program: &Program) -> Vec<FxHashSet<usize>> {
    fn read(cond: &Cond, choices: &mut FxHashSet<usize>) {
        if let CondKind::ByChoice(choice, _) = &cond.kind {
            choices.insert(choice.0);
        }
        cond.parts().for_each(|part| read(part, choices));
    }
    let mut own: Vec<FxHashSet<usize>> = vec![FxHashSet::default(); program.texts.len()];
    let mut refers: Vec<FxHashSet<usize>> = own.clone();
    for clause in &program.clauses {
        let mut cites = Vec::new();
        conds_of(clause, &mut |cond| {
            read(cond, &mut own[clause.text.0]);
            cites_of(cond, &mut cites);
        });
        refers[clause.text.0].extend(cites.iter().map(|cite| cite.text.0));
        // an exception speaks for the text it replaces a clause of
        if let Some(cite) = &clause.exception_to {
            refers[cite.text.0].insert(clause.text.0);
        }
    }
    loop {
        let before: usize = own.iter().map(FxHashSet::len).sum();
        for (text, others) in refers.iter().enumerate() {
            for other in others {
                let more = own[*other].clone();
                own[text].extend(more);
            }
        }
        if own.iter().map(FxHashSet::len).sum::<usize>() == before {
            return own;
        }
    }
}
