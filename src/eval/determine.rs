//! Pathways: what a subject is eligible for, by which clauses, carried by which members.

use super::diagram::Node;
use super::{At, Basis, CellKey, Doing, Evaluator, Judged};
use crate::program::*;
use serde::Serialize;

/// The answer for a pathway.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, PartialOrd, Ord, Hash)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// A clause that gives it holds.
    Eligible,
    /// No clause that gives it holds.
    NotEligible,
    /// The data do not decide.
    Undetermined,
    /// No clause gives it to this kind of subject in this year.
    NotApplicable,
    /// No determinations are made this year.
    Suspended,
}

impl Answer {
    /// As people say it.
    pub fn words(self) -> &'static str {
        match self {
            Answer::Eligible => "eligible",
            Answer::NotEligible => "not eligible",
            Answer::Undetermined => "undetermined",
            Answer::NotApplicable => "not applicable",
            Answer::Suspended => "suspended",
        }
    }
}

/// One clause that gives a pathway.
#[derive(Debug)]
pub struct Finding<'a> {
    /// The clause.
    pub clause: ClauseId,
    /// Which of its `gives`.
    pub gives: &'a Gives,
    /// How it was evaluated.
    pub step: Judged,
    /// Providers that apply; several where the data leave the case open.
    pub providers: Vec<&'a Provider>,
    /// The members that carry a yes, if steps are kept.
    pub carried: Vec<Carried>,
}

/// The answer for a pathway, and why.
#[derive(Debug)]
pub struct Determination<'a> {
    /// The pathway.
    pub pathway: PathwayId,
    /// The answer.
    pub answer: Answer,
    /// The clauses that apply to this kind in this version and year.
    pub findings: Vec<Finding<'a>>,
    /// Cells whose value could still change the answer.
    pub open: Vec<CellKey>,
}

impl<'a> Determination<'a> {
    /// The findings that carry a yes: those that hold; where one of several must hold but the data leave open which,
    /// all of these.
    pub fn holding(&self) -> impl Iterator<Item = &Finding<'a>> {
        let either = self.either();
        self.findings.iter().filter(move |finding| if either { finding.step.node != Node::NO } else { finding.step.node == Node::YES })
    }

    /// Whether one of several clauses holds in every case, but which one depends on open cells.
    pub fn either(&self) -> bool {
        self.answer == Answer::Eligible && self.findings.iter().all(|finding| finding.step.node != Node::YES)
    }
}

impl<'a> Evaluator<'a> {
    /// The answer for `pathway` in `year`.
    pub fn determine(&mut self, pathway: PathwayId, year: i32) -> Determination<'a> {
        let program = self.program();
        let suspended = program.period.year(year).is_some_and(|entry| entry.suspended.is_some());
        let mut findings = Vec::new();
        let mut is_suspended = false;
        let mut any = Node::NO;
        for (index, clause) in program.clauses.iter().enumerate() {
            let Some(gives) = clause.gives.iter().find(|gives| gives.pathway == pathway) else { continue };
            let text = &program.texts[clause.text.0];
            let in_force = text.version(self.setting.as_of, year) == Some(clause.version);
            if !in_force || clause.kinds & self.kind == 0 || clause.first.as_ref().is_some_and(|(first, _)| year < *first) {
                continue;
            }
            if suspended && !clause.in_suspended {
                is_suspended = true;
                continue;
            }
            let step = self.clause(ClauseId(index), year);
            any = self.diagram.or(any, step.node);
            let providers = self.providers(gives, year);
            let carried = if step.node == Node::YES { carried(&self.trace.at(step.step)) } else { Vec::new() };
            findings.push(Finding { clause: ClauseId(index), gives, step, providers, carried });
        }
        let answer = match any.settled() {
            _ if findings.is_empty() && is_suspended => Answer::Suspended,
            _ if findings.is_empty() => Answer::NotApplicable,
            Some(true) => Answer::Eligible,
            Some(false) => Answer::NotEligible,
            None => Answer::Undetermined,
        };
        let open = if answer == Answer::Undetermined { self.open_cells(any) } else { Vec::new() };
        Determination { pathway, answer, findings, open }
    }

    fn providers(&mut self, gives: &'a Gives, year: i32) -> Vec<&'a Provider> {
        let mut out = Vec::new();
        let mut others = Node::NO;
        for provider in &gives.providers {
            let node = match &provider.when {
                ProviderCase::Always => Node::YES,
                ProviderCase::Otherwise => self.diagram.not(others),
                ProviderCase::When(cond) => {
                    let node = self.cond(cond, &super::Place::of(year)).node;
                    others = self.diagram.or(others, node);
                    node
                }
            };
            if node != Node::NO {
                out.push(provider);
            }
        }
        out
    }
}

/// A member that carried a yes, with the members it was carried by in turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Whose member.
    pub category: CategoryId,
    /// Which.
    pub member: usize,
    /// Years in which it was counted, if a window counted.
    pub years: Vec<i32>,
    /// Members below it.
    pub inner: Vec<Carried>,
}

/// What a step is, as far as members carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It does not hold, or what holds is not carried by members: `none of`, `is not met`.
    Nothing,
    /// One member inside a count.
    Member(CategoryId, usize),
    /// One year inside a window.
    Year(i32),
    /// Anything else that holds.
    Other,
}

/// Something that holds because of its parts.
pub trait Carries {
    /// What it is.
    fn shape(&self) -> Shape;
    /// Its parts, in the order of the text.
    fn parts(&self, visit: &mut dyn FnMut(&Self));
}

impl Carries for At<'_> {
    fn shape(&self) -> Shape {
        if self.node != Node::YES || matches!(self.doing, Doing::Clause(_, Basis::NotForKind | Basis::NotYet | Basis::Suspended)) {
            return Shape::Nothing;
        }
        if self.cond.is_some_and(|cond| matches!(&cond.kind, CondKind::NoneOf(_) | CondKind::Cite(_, true))) {
            return Shape::Nothing;
        }
        match self.doing {
            Doing::Member(category, member) => Shape::Member(category, member),
            Doing::Year => Shape::Year(self.year),
            _ => Shape::Other,
        }
    }

    fn parts(&self, visit: &mut dyn FnMut(&Self)) {
        self.because().for_each(|part| visit(&part));
    }
}

/// The members that carry a yes, outermost counts first, in the order of the category.
pub fn carried<T: Carries>(step: &T) -> Vec<Carried> {
    let mut out: Vec<Carried> = Vec::new();
    collect(step, &mut out);
    out
}

fn collect<T: Carries>(step: &T, out: &mut Vec<Carried>) {
    match step.shape() {
        Shape::Nothing => return,
        Shape::Member(category, member) => {
            let mut inner = Vec::new();
            let mut years = Vec::new();
            step.parts(&mut |below| {
                collect(below, &mut inner);
                years_of(below, &mut years);
            });
            inner.iter_mut().for_each(|one: &mut Carried| one.years.clear());
            add(out, Carried { category, member, years, inner });
        }
        Shape::Year(year) => {
            let mut inner = Vec::new();
            step.parts(&mut |below| collect(below, &mut inner));
            for mut one in inner {
                if one.years.is_empty() {
                    one.years.push(year);
                }
                add(out, one);
            }
        }
        Shape::Other => step.parts(&mut |below| collect(below, out)),
    }
    out.sort_by_key(|one| (one.category, one.member));
}

fn add(out: &mut Vec<Carried>, mut one: Carried) {
    match out.iter_mut().find(|own| own.category == one.category && own.member == one.member) {
        Some(own) => {
            merge(&mut own.inner, one.inner);
            own.years.extend(one.years);
            own.years.sort_unstable();
            own.years.dedup();
        }
        None => {
            one.years.sort_unstable();
            one.years.dedup();
            out.push(one);
        }
    }
}

fn merge(into: &mut Vec<Carried>, from: Vec<Carried>) {
    for one in from {
        match into.iter_mut().find(|own| own.category == one.category && own.member == one.member) {
            Some(own) => merge(&mut own.inner, one.inner),
            None => into.push(one),
        }
    }
    into.sort_by_key(|one| (one.category, one.member));
}

fn years_of<T: Carries>(step: &T, out: &mut Vec<i32>) {
    match step.shape() {
        Shape::Nothing | Shape::Member(..) => return,
        Shape::Year(year) => out.push(year),
        Shape::Other => {}
    }
    step.parts(&mut |below| years_of(below, out));
}
