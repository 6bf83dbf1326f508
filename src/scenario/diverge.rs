//! Where an expected answer and the found one part: from the clause that was expected down to the first line of the rules
//! for which the two would have to differ.

use crate::eval::diagram::Node;
use crate::eval::{At, Basis, Determination, Doing, Evaluator};
use crate::program::*;
use crate::span::Span;

/// One line on the way down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diverging {
    /// How far below the expectation.
    pub depth: usize,
    /// The clause, if the line is one.
    pub clause: Option<String>,
    /// Where the line stands.
    pub at: Span,
    /// The year judged, and the members in hand: `2024, SWD, P5`.
    pub case: String,
    /// What the expectation needs here.
    pub expected: String,
    /// What was found.
    pub found: String,
}

/// Follows an expectation that failed; empty for those about what a clause gives.
pub(super) fn diverging<'a>(
    program: &'a Program,
    evaluator: &mut Evaluator<'a>,
    scenario: &Scenario,
    expect: &'a Expect,
) -> Vec<Diverging> {
    let mut walk = Walk { program, out: Vec::new() };
    match &expect.kind {
        ExpectKind::Clause { cite, met, value: None, year } => {
            let step = evaluator.cite(cite, *year).step;
            let trace = evaluator.take_trace();
            walk.down(trace.at(step), *met, 0, "");
        }
        ExpectKind::Answer { pathway, answer, by, .. } => {
            let found = evaluator.determine(*pathway, scenario.year);
            let trace = evaluator.take_trace();
            let expected = match answer.as_str() {
                "eligible" => Some(true),
                "undetermined" => None,
                _ => Some(false),
            };
            for finding in parting(program, &found, expected, by) {
                walk.down(trace.at(finding), expected, 0, "");
            }
        }
        _ => {}
    }
    walk.out
}

/// The steps of the clauses whose answer is not what the expectation needs: those it names, else the first.
fn parting(program: &Program, found: &Determination, expected: Option<bool>, by: &[Cite]) -> Vec<crate::eval::StepId> {
    let other = |node: Node| node.settled() != expected;
    let named = found.findings.iter().filter(|finding| {
        let clause = &program.clauses[finding.clause.0];
        by.iter().any(|cite| (cite.text, cite.label) == (clause.text, clause.label))
    });
    let named: Vec<_> = named.filter(|finding| other(finding.step.node)).map(|finding| finding.step.step).collect();
    if !named.is_empty() {
        return named;
    }
    found.findings.iter().filter(|finding| other(finding.step.node)).map(|finding| finding.step.step).take(1).collect()
}

struct Walk<'p> {
    program: &'p Program,
    out: Vec<Diverging>,
}

impl Walk<'_> {
    /// `case` names the members and years on the way.
    fn down(&mut self, at: At, expected: Option<bool>, depth: usize, case: &str) {
        let (mut expected, mut case, mut next_depth) = (expected, case.to_owned(), depth);
        match at.doing {
            Doing::Clause(id, basis) => {
                let clause = &self.program.clauses[id.0];
                for (category, member) in at.members() {
                    add(&mut case, &self.program.categories[category.0].members[*member].named.name);
                }
                let found = match basis {
                    Basis::Rule => words(at.node.settled()).to_owned(),
                    Basis::Exception(by) => {
                        format!("{} by the exception {}", words(at.node.settled()), self.program.clauses[by.0].citation)
                    }
                    Basis::Recorded => format!("{}, as published", words(at.node.settled())),
                    Basis::NotForKind => "not met: it does not concern this kind".to_owned(),
                    Basis::NotYet => "not met: it starts in a later year".to_owned(),
                    Basis::Suspended => "not met: the year is suspended".to_owned(),
                    Basis::NoSuchMember => "not met: there is no such member in this year".to_owned(),
                    Basis::NoVersion => "not met: no version covers the year".to_owned(),
                };
                self.line(depth, Some(clause.citation.clone()), clause.at, &format!("{}{}", at.year, joined(&case)), expected, found);
                next_depth += 1;
            }
            Doing::NoVersion(text, label) => {
                let text = &self.program.texts[text.0];
                let place = text.versions.first().map(|version| version.at);
                if let Some(place) = place {
                    let name = format!("{}{}", text.citation(), text.labels[label]);
                    self.line(depth, Some(name), place, &at.year.to_string(), expected, "not met: no version covers the year".to_owned());
                }
                return;
            }
            Doing::Member(category, member) => add(&mut case, &self.program.categories[category.0].members[member].named.name),
            Doing::Year => add(&mut case, &at.year.to_string()),
            Doing::Cond(_) | Doing::Test(..) => {}
        }
        let parts: Vec<At> = at.because().collect();
        if let Some(cond) = at.cond {
            if matches!(cond.kind, CondKind::Cite(_, true) | CondKind::NoneOf(_)) {
                expected = expected.map(|expected| !expected);
            }
            let counted = matches!(
                cond.kind,
                CondKind::All(_)
                    | CondKind::Any(_)
                    | CondKind::NoneOf(_)
                    | CondKind::AtLeastOf(..)
                    | CondKind::Count(_)
                    | CondKind::Window(_)
            );
            // a reference is shown by the clause it leads to
            if counted || parts.is_empty() {
                let found = if counted && !parts.is_empty() { self.tally(at, &parts) } else { words(at.node.settled()).to_owned() };
                let asked = if matches!(cond.kind, CondKind::NoneOf(_)) { expected.map(|expected| !expected) } else { expected };
                self.line(depth, None, cond.at, &case, asked, found);
                next_depth += 1;
            }
        }
        if let Some(part) = self.one_way(at, &parts, expected) {
            self.down(part, expected, next_depth, &case);
        }
    }

    /// The part that alone keeps the answer from what is expected, if there is one.
    fn one_way<'t>(&self, at: At<'t>, parts: &[At<'t>], expected: Option<bool>) -> Option<At<'t>> {
        if let [only] = parts {
            return Some(*only);
        }
        let all = matches!(at.cond.map(|cond| &cond.kind), Some(CondKind::All(_)));
        let any = matches!(at.cond.map(|cond| &cond.kind), Some(CondKind::Any(_) | CondKind::NoneOf(_)));
        let off: Vec<At> = parts.iter().copied().filter(|part| part.node.settled() != expected).collect();
        match expected {
            // all must hold: the first that does not
            Some(true) if all => off.first().copied(),
            // none may: the first that does
            Some(false) if any => off.first().copied(),
            _ => match off.as_slice() {
                [only] => Some(*only),
                _ => None,
            },
        }
    }

    /// Which parts hold: `2 of 14: EL, SWD`.
    fn tally(&self, at: At, parts: &[At]) -> String {
        let name = |part: &At| match part.doing {
            Doing::Member(category, member) => Some(self.program.categories[category.0].members[member].named.name.clone()),
            Doing::Year => Some(part.year.to_string()),
            _ => None,
        };
        let holding: Vec<&At> = parts.iter().filter(|part| part.node == Node::YES).collect();
        let open = parts.iter().filter(|part| part.node.settled().is_none()).count();
        let names: Vec<String> = holding.iter().filter_map(|part| name(part)).collect();
        let mut text = format!("{}: {} of {}", words(at.node.settled()), holding.len(), parts.len());
        if !names.is_empty() {
            text.push_str(&format!(" ({})", names.join(", ")));
        }
        if open > 0 {
            text.push_str(&format!(", {open} open"));
        }
        text
    }

    fn line(&mut self, depth: usize, clause: Option<String>, at: Span, case: &str, expected: Option<bool>, found: String) {
        self.out.push(Diverging { depth, clause, at, case: case.to_owned(), expected: words(expected).to_owned(), found });
    }
}

fn add(case: &mut String, word: &str) {
    if case.split(", ").any(|own| own == word) {
        return;
    }
    if !case.is_empty() {
        case.push_str(", ");
    }
    case.push_str(word);
}

fn joined(case: &str) -> String {
    if case.is_empty() { String::new() } else { format!(", {case}") }
}

fn words(answer: Option<bool>) -> &'static str {
    match answer {
        Some(true) => "met",
        Some(false) => "not met",
        None => "undetermined",
    }
}
