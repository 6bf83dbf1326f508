//! A step as a reader sees it: what is shown of it is decided by answers and shapes, words are made only when asked for.

use super::lines::Law;
use super::view::{View, version_words};
use super::{FactSeen, Reason, Verdict};
use crate::eval::diagram::Node;
use crate::eval::{At, CellKey, Doing, Step};
use crate::program::{Cond, CondKind};
use std::fmt::Write;

/// A step, and whether it carried the answer above it.
#[derive(Clone, Copy)]
pub(super) struct Seen<'s> {
    view: &'s View<'s>,
    step: At<'s>,
    carried: bool,
}

/// A step that is shown, with the parts that were looked at to tell so.
pub(super) struct Part<'s> {
    /// The step.
    pub seen: Seen<'s>,
    below: Option<Parts<'s>>,
}

/// The parts that the text shows, and how many counted ones it does not.
pub(super) type Parts<'s> = (Vec<Part<'s>>, usize);

impl<'s> Part<'s> {
    /// Its own parts; `all` as when it was found.
    pub fn parts(self, all: bool) -> Parts<'s> {
        self.below.unwrap_or_else(|| self.seen.parts(all))
    }
}

impl<'s> From<Seen<'s>> for Part<'s> {
    fn from(seen: Seen<'s>) -> Self {
        Self { seen, below: None }
    }
}

/// Whether a step turns the answers of its parts around.
pub(super) fn negates(step: &Step) -> bool {
    matches!(step.cond.map(|cond| &cond.kind), Some(CondKind::NoneOf(_) | CondKind::Cite(_, true)))
}

impl<'s> Seen<'s> {
    /// A step that nothing stands above.
    pub fn top(view: &'s View<'s>, step: At<'s>) -> Self {
        Self { view, step, carried: true }
    }

    /// What it is about.
    pub fn view(self) -> &'s View<'s> {
        self.view
    }

    /// The answer.
    pub fn verdict(self) -> Verdict {
        self.step.node.into()
    }

    /// Whether it is a clause.
    pub fn is_clause(self) -> bool {
        matches!(self.step.doing, Doing::Clause(..))
    }

    /// Whether it is a clause that was not asked for some member.
    pub fn is_whole_clause(self) -> bool {
        self.is_clause() && self.step.members().is_empty()
    }

    /// Whether it is one member or one year of a count.
    pub fn is_counted(self) -> bool {
        matches!(self.step.doing, Doing::Member(..) | Doing::Year)
    }

    /// Whether it is a fact that was asked.
    pub fn is_fact(self) -> bool {
        matches!(self.step.doing, Doing::Test(..))
    }

    /// `... is not met`, which holds: why the clause fails is not what a reader asked.
    fn is_negated(self) -> bool {
        self.step.node == Node::YES && self.n_parts() == 1 && self.step.because().all(|only| only.node == Node::NO)
    }

    /// The words say that there is no such case.
    pub fn is_never(self) -> bool {
        matches!(&self.step.doing, Doing::Cond(cond) if self.view.sources.slice(cond.at).trim() == "never")
    }

    /// The parts, in the order of the text.
    pub fn because(self) -> impl Iterator<Item = Seen<'s>> {
        let negates = self.carried && negates(&self.step);
        self.step.because().map(move |below| {
            let carries = match self.verdict() {
                Verdict::Open => below.node.settled().is_none(),
                _ => below.node == self.step.node,
            };
            Seen { view: self.view, step: below, carried: negates || self.carried && carries }
        })
    }

    fn n_parts(self) -> usize {
        self.step.because().len()
    }

    /// Whether its parts are counted.
    pub fn counts(self) -> bool {
        self.because().any(Seen::is_counted)
    }

    /// How many of the things counted next for it are a yes, and of how many.
    pub fn count(self) -> Option<(usize, usize)> {
        let counted = || self.because().filter(|one| one.is_counted());
        match counted().count() {
            0 => self.because().find_map(Seen::count),
            of => Some((counted().filter(|one| one.verdict() == Verdict::Yes).count(), of)),
        }
    }

    /// A member with at least one yes among the things counted for it.
    fn is_near(self) -> bool {
        self.verdict() != Verdict::No || self.count().is_some_and(|(yes, _)| yes > 0)
    }

    /// The parts that matter. What a reader needs: for a yes what carries it; for a no what failed, and of many members
    /// those that came near.
    pub fn shown(self) -> impl Iterator<Item = Seen<'s>> {
        let (negated, counted) = (self.is_negated(), self.counts());
        let is_shown = move |below: &Seen| match self.verdict() {
            _ if negated => false,
            Verdict::Yes => below.carried || below.verdict() == Verdict::Yes,
            Verdict::No if counted => below.is_near(),
            Verdict::No => below.verdict() != Verdict::Yes && (self.n_parts() == 1 || !below.is_never()),
            Verdict::Open => below.verdict() != Verdict::No,
        };
        self.because().filter(is_shown)
    }

    /// The parts that the text shows, and how many counted ones it does not.
    ///
    /// A list or count whose only shown part says the same gives way to that part.
    pub fn parts(self, all: bool) -> Parts<'s> {
        if all {
            return (self.because().map(Part::from).collect(), 0);
        }
        // of several ways to meet the same list, one is enough
        let most = if self.verdict() == Verdict::Yes && self.is_any_of() { 1 } else { usize::MAX };
        let mut n = 0;
        let mut out = Vec::new();
        for below in self.shown().take(most) {
            n += 1;
            if below.is_clause() || below.is_counted() || below.is_fact() {
                out.push(Part::from(below));
                continue;
            }
            let (mut inner, inner_folded) = below.parts(all);
            match inner.pop() {
                Some(only) if inner.is_empty() && inner_folded == 0 && only.seen.verdict() == below.verdict() => out.push(only),
                last => {
                    inner.extend(last);
                    out.push(Part { seen: below, below: Some((inner, inner_folded)) });
                }
            }
        }
        if n > 1 {
            out.retain(|below| !below.seen.is_never());
        }
        let folded = if self.counts() && !self.is_negated() { self.n_parts() - n } else { 0 };
        (out, folded)
    }

    /// Whether the words say that one of several ways is enough.
    fn is_any_of(self) -> bool {
        match &self.step.doing {
            Doing::Cond(cond) => self.view.sources.slice(cond.at).trim_end().ends_with("any of:"),
            _ => false,
        }
    }

    /// What was asked, in the words of the rule file or of the law.
    pub fn text(self) -> String {
        let mut out = String::new();
        self.tell(&mut out);
        out
    }

    /// The same, added to a line.
    pub fn tell(self, out: &mut String) {
        let program = self.view.program;
        match &self.step.doing {
            Doing::Clause(id, ..) => {
                let clause = &program.clauses[id.0];
                let title = || &program.texts[clause.text.0].versions[clause.version].title;
                out.push_str(clause.title.as_ref().unwrap_or_else(title));
            }
            Doing::Cond(cond) => {
                self.words(cond, out);
                if matches!(cond.kind, CondKind::Window(_)) && self.n_parts() == 0 {
                    out.push_str(" no year to look at");
                }
            }
            Doing::Member(category, member) => out.push_str(&program.categories[category.0].members[*member].named.label),
            Doing::Year => {
                let _ = write!(out, "{} {}", program.period.named.label, self.step.year);
            }
            Doing::Test(test, _) => match self.step.cond {
                Some(cond) => self.words(cond, out),
                None => out.push_str(&test.words),
            },
            Doing::NoVersion(text, label) => {
                let text = &program.texts[text.0];
                let _ = write!(out, "{}{} has no version for {}", text.citation(), text.labels[*label], self.step.year);
            }
        }
    }

    /// Adds the words of a condition as its author wrote them.
    fn words(self, cond: &Cond, out: &mut String) {
        for (at, word) in self.view.sources.slice(cond.at).split_whitespace().enumerate() {
            if at > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
    }

    /// For a clause: its citation.
    pub fn citation(self) -> Option<&'s str> {
        match &self.step.doing {
            Doing::Clause(id, ..) => Some(&self.view.program.clauses[id.0].citation),
            _ => None,
        }
    }

    /// For a clause: version and dates.
    pub fn version(self) -> Option<String> {
        let Doing::Clause(id, ..) = &self.step.doing else { return None };
        Some(version_words(self.view.program, &self.view.program.clauses[id.0]))
    }

    /// For a clause: where it stands in which version.
    pub fn law(self) -> Option<Law> {
        let Doing::Clause(id, ..) = &self.step.doing else { return None };
        let clause = &self.view.program.clauses[id.0];
        let text = &self.view.program.texts[clause.text.0];
        Some(Law { section: text.citation(), version: self.version()?, label: text.labels[clause.label].clone() })
    }

    /// For a clause or condition: rule file and line.
    fn rule(self) -> Option<String> {
        let at = match &self.step.doing {
            Doing::Clause(id, ..) => self.view.program.clauses[id.0].at,
            Doing::Cond(cond) => cond.at,
            Doing::Test(..) => self.step.cond?.at,
            _ => return None,
        };
        Some(self.view.sources.place(at))
    }

    /// Why a clause answers so, where not by its rule; the reading that a choice goes by.
    pub fn basis(self) -> Option<String> {
        match &self.step.doing {
            Doing::Clause(id, basis) => self.view.basis(*basis, &self.view.program.clauses[id.0], self.step.year),
            Doing::Cond(Cond { kind: CondKind::ByChoice(choice, _), .. }) => {
                let in_use = self.view.choice(choice.0);
                Some(format!("reading `{}`: {}", in_use.reading, in_use.words))
            }
            _ => None,
        }
    }

    /// For a clause, a member or a year: which.
    pub fn which(self) -> Option<String> {
        match &self.step.doing {
            Doing::Clause(..) => Some(self.view.which(self.step.members(), self.step.year)),
            Doing::Member(category, member) => Some(self.view.program.categories[category.0].members[*member].named.name.clone()),
            Doing::Year => Some(self.step.year.to_string()),
            _ => None,
        }
    }

    /// Adds what a member or a year of a count is called in a line: a member its token, where that is more than a number.
    pub fn name(self, out: &mut String) {
        match &self.step.doing {
            Doing::Member(category, member) => {
                let named = &self.view.program.categories[category.0].members[*member].named;
                out.push_str(if named.name.parse::<i32>().is_ok() { &named.label } else { &named.name });
            }
            _ => self.tell(out),
        }
    }

    /// For a fact: what it is and where it was read.
    pub fn fact(self) -> Option<FactSeen> {
        match &self.step.doing {
            Doing::Test(_, key) => Some(self.view.fact(*key)),
            _ => None,
        }
    }

    /// Whether it carried the answer above it.
    pub fn is_carried(self) -> bool {
        self.carried
    }

    /// For a fact: which of its cells was asked.
    pub fn cell(self) -> Option<CellKey> {
        match &self.step.doing {
            Doing::Test(_, key) => Some(*key),
            _ => None,
        }
    }

    /// Everything in words, with all that is below; `fold` leaves out what did not matter.
    pub fn reason(self, fold: bool) -> Reason {
        let parts: Vec<Seen> = if fold { self.shown().collect() } else { self.because().collect() };
        Reason {
            text: self.text(),
            verdict: self.verdict(),
            citation: self.citation().map(str::to_owned),
            version: self.version(),
            rule: self.rule(),
            basis: self.basis(),
            which: self.which(),
            fact: self.fact(),
            carried: self.carried,
            folded: self.n_parts() - parts.len(),
            because: parts.into_iter().map(|below| below.reason(fold)).collect(),
        }
    }
}
