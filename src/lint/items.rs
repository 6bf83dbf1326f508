//! Items that can never hold, that always hold, or that another item of the same list already covers.
//!
//! Decided with decision diagrams over all values of all cells an item rests on, in every context in which the item is
//! asked. A part too large for that is taken as one that may hold or not, so nothing is said that is not proved.

use super::contexts::{Context, Contexts, Way};
use crate::check::cites_of;
use crate::diagnostic::Diagnostic;
use crate::eval::diagram::{Diagram, Node};
use crate::eval::{Evaluator, Setting};
use crate::facts::Facts;
use crate::program::*;
use crate::span::Span;
use crate::threads::{over_threads, threads};
use rustc_hash::FxHashMap;
use std::ops::ControlFlow;

/// Contexts of one list looked at; where more are needed to prove something, it stays unproved.
const MAX_CONTEXTS: usize = 20_000;

/// Beyond so many nodes a part of an item is taken as open; of a whole rule, whose lists are looked at one by one too,
/// fewer will do.
const MAX_NODES: usize = 400;
const MAX_NODES_OF_RULE: usize = 100;

/// No diagram may be larger, whatever it is made for.
const OVERFLOW: usize = 3_000;

/// Looks at every rule, on as many threads as the machine runs at once.
pub(super) fn items(program: &Program) -> Vec<Diagnostic> {
    let contexts = Contexts::new(program);
    let mut facts = Facts::default();
    let kinds: Vec<usize> = (0..program.subject.kinds.len()).map(|kind| facts.subject_of_kind(&kind.to_string(), "", kind)).collect();
    let clauses: Vec<&Clause> = program.clauses.iter().filter(|clause| clause.not_encoded.is_none()).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    // one text's clauses are alike in size, so they are dealt out one by one
    let parts: Vec<Vec<&Clause>> = (0..threads).map(|part| clauses.iter().copied().skip(part).step_by(threads).collect()).collect();
    let (mut found, mut never) = (Vec::new(), Vec::new());
    std::thread::scope(|scope| {
        let handles: Vec<_> =
            parts.iter().map(|part| scope.spawn(|| Finder::new(program, &contexts, &facts, &kinds).look_at(part))).collect();
        for handle in handles {
            let (own, own_never) = handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            found.extend(own);
            never.extend(own_never);
        }
    });
    // a rule that rests on one that can never hold is no mistake of its own
    for (clause, problem) in &never {
        let mut cites = Vec::new();
        cites_of(&clause.when, &mut cites);
        let root = |cite: &Cite| never.iter().any(|(other, _)| (other.text, other.label) == (cite.text, cite.label));
        if !cites.iter().any(root) {
            found.push(problem.clone());
        }
    }
    found
}

/// Whether a condition can hold, and whether it can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Possible {
    /// Some facts meet it, or it is too large to tell.
    pub yes: bool,
    /// Some facts do not meet it, or it is too large to tell.
    pub no: bool,
}

/// For every condition of every clause what can come of it, in all contexts it is asked in, by its address.
pub fn possible(program: &Program) -> FxHashMap<*const Cond, Possible> {
    let contexts = Contexts::new(program);
    let mut facts = Facts::default();
    let kinds: Vec<usize> = (0..program.subject.kinds.len()).map(|kind| facts.subject_of_kind(&kind.to_string(), "", kind)).collect();
    let found = over_threads(threads(), program.clauses.len(), |next| {
        let mut finder = Finder::new(program, &contexts, &facts, &kinds);
        let mut out = Vec::new();
        while let Some(at) = next() {
            let clause = &program.clauses[at];
            let recorded = clause.recorded.iter().flat_map(|recorded| std::iter::once(&recorded.by).chain(&recorded.only_if));
            for cond in std::iter::once(&clause.when).chain(&clause.applies).chain(recorded) {
                finder.possible(clause, cond, &mut Vec::new(), &mut out);
            }
        }
        out.into_iter().map(|(cond, possible)| (cond as usize, possible)).collect()
    });
    found.into_iter().map(|(cond, possible)| (cond as *const Cond, possible)).collect()
}

struct Finder<'a> {
    program: &'a Program,
    contexts: &'a Contexts<'a>,
    facts: &'a Facts,
    kinds: &'a [usize],
    evaluators: FxHashMap<(usize, usize, bool), Evaluator<'a>>,
    found: Vec<Diagnostic>,
    /// Clauses whose rule can never hold.
    never: Vec<(&'a Clause, Diagnostic)>,
}

/// How the items of a list are joined, as far as one can make another needless.
#[derive(Clone, Copy, PartialEq)]
enum Joined {
    /// An item that implies another is needless.
    Any,
    /// An item that another implies is needless.
    All,
    /// Items are counted.
    Counted,
}

/// What was seen of the items of a list.
struct Seen {
    asked: bool,
    held: Vec<bool>,
    failed: Vec<bool>,
    /// `apart[i * n + j]`: item i held where item j did not.
    apart: Vec<bool>,
}

impl<'a> Finder<'a> {
    fn new(program: &'a Program, contexts: &'a Contexts<'a>, facts: &'a Facts, kinds: &'a [usize]) -> Self {
        Self { program, contexts, facts, kinds, evaluators: FxHashMap::default(), found: Vec::new(), never: Vec::new() }
    }

    fn look_at(mut self, clauses: &[&'a Clause]) -> (Vec<Diagnostic>, Vec<(&'a Clause, Diagnostic)>) {
        clauses.iter().for_each(|clause| self.clause(clause));
        (self.found, self.never)
    }

    fn clause(&mut self, clause: &'a Clause) {
        if let Some(applies) = &clause.applies {
            self.applies(clause, applies);
        }
        if clause.value.is_some() || is_plain(&clause.when) || self.rule(clause) {
            self.inside(clause, &clause.when, &mut Vec::new());
        }
    }

    /// What can come of a condition, and of those below it.
    fn possible(&mut self, clause: &'a Clause, cond: &'a Cond, ways: &mut Vec<Way<'a>>, out: &mut Vec<(*const Cond, Possible)>) {
        let (mut found, mut left) = (Possible { yes: false, no: false }, MAX_CONTEXTS);
        let contexts = self.contexts;
        let _ = contexts.each(clause, ways, &mut |context| {
            left -= 1;
            let node = self.evaluate(context, &[cond], false)[0];
            found.yes |= node != Some(Node::NO);
            found.no |= node != Some(Node::YES);
            if left == 0 {
                found = Possible { yes: true, no: true };
            }
            if found.yes && found.no { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        out.push((cond, found));
        for (index, part) in cond.parts().enumerate() {
            let way = match &cond.kind {
                CondKind::Count(count) => Some(Way::Member(count.category)),
                CondKind::Window(window) => Some(Way::Year(window)),
                CondKind::ByMember(category, _, arm_of) => Some(Way::Case(*category, arm_of, index)),
                CondKind::ByChoice(choice, _) => Some(Way::Reading(*choice, index)),
                _ => None,
            };
            let depth = ways.len();
            ways.extend(way);
            self.possible(clause, part, ways, out);
            ways.truncate(depth);
        }
    }

    /// An exception must apply somewhere.
    fn applies(&mut self, clause: &'a Clause, applies: &'a Cond) {
        let seen = self.look(clause, &[], &[applies], false);
        if seen.asked && !seen.held[0] {
            self.found.push(
                Diagnostic::warning("law/exception-never-applies", format!("the exception `{}` can never apply", clause.citation))
                    .at(applies.at, "never holds while this text is in force")
                    .and(clause.at, "so this replaces nothing")
                    .help("remove the exception, or put right where it applies"),
            );
        }
    }

    /// The rule as a whole; whether its parts are worth a look.
    fn rule(&mut self, clause: &'a Clause) -> bool {
        let seen = self.look(clause, &[], &[&clause.when], true);
        if !seen.asked {
            return true;
        }
        let what = format!("the rule of `{}`", clause.citation);
        if !seen.held[0] {
            self.never.push((clause, never(clause.when.at, &what)));
            return false;
        }
        // a bare reference always holds if the clause it names does; that is said there
        if !seen.failed[0] && !matches!(clause.when.kind, CondKind::Cite(..)) {
            self.found.push(always(clause.when.at, &what));
            return false;
        }
        true
    }

    /// Lists inside a condition, however deep.
    fn inside(&mut self, clause: &'a Clause, cond: &'a Cond, ways: &mut Vec<Way<'a>>) {
        match &cond.kind {
            CondKind::All(items) => self.list(clause, ways, items, Joined::All),
            CondKind::Any(items) | CondKind::NoneOf(items) => self.list(clause, ways, items, Joined::Any),
            CondKind::AtLeastOf(_, items) => self.list(clause, ways, items, Joined::Counted),
            CondKind::Count(count) => {
                ways.push(Way::Member(count.category));
                self.inside(clause, &count.body, ways);
                ways.pop();
            }
            CondKind::Window(window) => {
                ways.push(Way::Year(window));
                self.inside(clause, &window.body, ways);
                ways.pop();
            }
            CondKind::ByMember(category, arms, arm_of) => {
                for (index, arm) in arms.iter().enumerate() {
                    ways.push(Way::Case(*category, arm_of, index));
                    self.case(clause, ways, arm, *category, arm_of, index);
                    self.inside(clause, arm, ways);
                    ways.pop();
                }
            }
            CondKind::ByChoice(choice, arms) => {
                for (index, arm) in arms.iter().enumerate() {
                    ways.push(Way::Reading(*choice, index));
                    self.inside(clause, arm, ways);
                    ways.pop();
                }
            }
            _ => {}
        }
    }

    /// A case whose members all come to exist only after its text.
    fn case(&mut self, clause: &'a Clause, ways: &[Way], arm: &Cond, category: CategoryId, arm_of: &[usize], index: usize) {
        let members: Vec<&Member> = self.program.categories[category.0]
            .members
            .iter()
            .zip(arm_of)
            .filter(|(_, own)| **own == index)
            .map(|(member, _)| member)
            .collect();
        let mut met = members.is_empty() || members.iter().any(|member| member.from.is_none());
        if !met {
            let _ = self.contexts.each(clause, ways, &mut |_| {
                met = true;
                ControlFlow::Break(())
            });
        }
        let asked = met || self.contexts.each(clause, &ways[..ways.len() - 1], &mut |_| ControlFlow::Break(())).is_break();
        if !met && asked {
            let names: Vec<String> = members.iter().map(|member| format!("`{}`", member.named.name)).collect();
            let from = members.iter().filter_map(|member| member.from).min().unwrap_or_default();
            self.found.push(
                Diagnostic::warning("types/case-impossible", format!("the case of {} can never be met", names.join(", ")))
                    .at(arm.at, format!("exists from {from} only, after this text"))
                    .and(members[0].named.at, "declared here")
                    .help("leave it to `every other`, or give the text the years it is meant for"),
            );
        }
    }

    fn list(&mut self, clause: &'a Clause, ways: &mut Vec<Way<'a>>, items: &'a [Cond], joined: Joined) {
        let conds: Vec<&Cond> = items.iter().collect();
        let seen = self.look(clause, ways, &conds, false);
        let n = items.len();
        if seen.asked {
            let mut needless = vec![false; n];
            for (at, item) in items.iter().enumerate() {
                // `never` is said on purpose, and what is wrong with a clause is said at that clause
                let plain = is_plain(item) || matches!(item.kind, CondKind::Cite(..));
                if !seen.held[at] {
                    needless[at] = true;
                    self.found.extend((!plain).then(|| never(item.at, "this item")));
                } else if !seen.failed[at] {
                    needless[at] = true;
                    self.found.extend((!plain).then(|| always(item.at, "this item")));
                }
            }
            let implies = |from: usize, to: usize| !seen.apart[from * n + to];
            // later items first, so that of two that say the same the later one is needless
            for at in (0..n).rev().filter(|_| joined != Joined::Counted) {
                let covers = |other: &usize| {
                    *other != at && !needless[*other] && if joined == Joined::Any { implies(at, *other) } else { implies(*other, at) }
                };
                let Some(other) = (0..n).find(covers).filter(|_| !needless[at]) else { continue };
                needless[at] = true;
                let (message, help) = match joined {
                    Joined::Any => {
                        ("whenever this item holds, another one holds too", "it adds no case; remove it, or say what it was meant to add")
                    }
                    _ => {
                        ("this item holds whenever another one does", "it excludes nobody; remove it, or say what it was meant to exclude")
                    }
                };
                self.found.push(
                    Diagnostic::warning("law/covered", message)
                        .at(items[at].at, "already covered")
                        .and(items[other].at, "by this")
                        .help(help),
                );
            }
        }
        for (item, held) in items.iter().zip(&seen.held) {
            if *held || !seen.asked {
                self.inside(clause, item, ways);
            }
        }
    }

    /// Evaluates items in every context until nothing more can be learned of them. Whole rules have evaluators of their
    /// own, because they fill theirs, and what the parts of rules share would have to be evaluated again.
    fn look(&mut self, clause: &'a Clause, ways: &[Way], items: &[&'a Cond], whole: bool) -> Seen {
        let n = items.len();
        let mut seen = Seen { asked: false, held: vec![false; n], failed: vec![false; n], apart: vec![false; n * n] };
        for (at, item) in items.iter().enumerate() {
            seen.apart[at * n + at] = true;
            // nothing would be said of these, so nothing need be learned
            if is_plain(item) {
                (seen.held[at], seen.failed[at]) = (true, true);
                (0..n).for_each(|other| (seen.apart[at * n + other], seen.apart[other * n + at]) = (true, true));
            }
        }
        let mut left = MAX_CONTEXTS;
        let contexts = self.contexts;
        let _ = contexts.each(clause, ways, &mut |context| {
            seen.asked = true;
            left -= 1;
            let open = |at: usize| {
                let pairs = (0..n).any(|other| !seen.apart[at * n + other] || !seen.apart[other * n + at]);
                !seen.held[at] || !seen.failed[at] || pairs
            };
            let asked: Vec<usize> = (0..n).filter(|at| open(*at)).collect();
            let conds: Vec<&Cond> = asked.iter().map(|at| items[*at]).collect();
            let mut nodes: Vec<Option<Node>> = vec![None; n];
            for (at, node) in asked.iter().zip(self.evaluate(context, &conds, whole)) {
                nodes[*at] = node;
                // what is too large to decide may be anything
                seen.held[*at] |= node != Some(Node::NO);
                seen.failed[*at] |= node != Some(Node::YES);
            }
            let Some(evaluator) = self.evaluators.get_mut(&(context.setting, context.kind, whole)) else {
                return ControlFlow::Continue(());
            };
            for from in 0..n {
                for to in 0..n {
                    let apart = &mut seen.apart[from * n + to];
                    if !*apart {
                        *apart = match (nodes[from], nodes[to]) {
                            (Some(from), Some(to)) => {
                                let not = evaluator.diagram.not(to);
                                evaluator.diagram.and(from, not) != Node::NO || evaluator.diagram.overflowed()
                            }
                            _ => true,
                        };
                    }
                }
            }
            let settled = [&seen.held, &seen.failed, &seen.apart].into_iter().all(|flags| flags.iter().all(|flag| *flag));
            if settled || left == 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        if left == 0 {
            seen.asked = false;
        }
        seen
    }

    /// The items' diagrams in one context; `None` for one that is too large.
    fn evaluate(&mut self, context: &Context, items: &[&'a Cond], whole: bool) -> Vec<Option<Node>> {
        let setting: &'a Setting<'a> = &self.contexts.settings[context.setting];
        let new = || {
            let mut evaluator = Evaluator::new(setting, self.facts, self.kinds[context.kind], false);
            evaluator.max_nodes = if whole { MAX_NODES_OF_RULE } else { MAX_NODES };
            evaluator.diagram = Diagram::with_limit(OVERFLOW);
            evaluator
        };
        let evaluator = self.evaluators.entry((context.setting, context.kind, whole)).or_insert_with(new);
        if evaluator.diagram.len() > evaluator.max_nodes / 2 {
            *evaluator = new();
        }
        let nodes: Vec<Node> = items.iter().map(|item| evaluator.condition(item, context.year, &context.members)).collect();
        if !evaluator.diagram.overflowed() {
            return nodes.into_iter().map(Some).collect();
        }
        // one of them is too large; which, shows each with a diagram of its own
        let mut fits = |item: &'a Cond| {
            *evaluator = new();
            evaluator.condition(item, context.year, &context.members);
            !evaluator.diagram.overflowed()
        };
        let small: Vec<bool> = if items.len() == 1 { vec![false] } else { items.iter().map(|item| fits(item)).collect() };
        *evaluator = new();
        let node = |(item, small): (&&'a Cond, bool)| {
            let node = small.then(|| evaluator.condition(item, context.year, &context.members))?;
            (!evaluator.diagram.overflowed()).then_some(node)
        };
        items.iter().zip(small).map(node).collect()
    }
}

/// `always`, `never`, and cases and readings of nothing else: said on purpose.
fn is_plain(cond: &Cond) -> bool {
    match &cond.kind {
        CondKind::Const(_) => true,
        CondKind::ByMember(_, arms, _) | CondKind::ByChoice(_, arms) => arms.iter().all(is_plain),
        _ => false,
    }
}

fn never(at: Span, what: &str) -> Diagnostic {
    Diagnostic::warning("law/never-holds", format!("{what} can never hold"))
        .at(at, "no facts meet it")
        .help("in none of the years, kinds and members it is asked for; if that is meant, write `never`")
}

fn always(at: Span, what: &str) -> Diagnostic {
    Diagnostic::hint("law/always-holds", format!("{what} always holds"))
        .at(at, "all facts meet it")
        .help("in all of the years, kinds and members it is asked for; if that is meant, write `always`")
}
