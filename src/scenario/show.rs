//! Results of scenarios as text for people, JSON, JUnit's XML and GitHub annotations.

use super::{Diverging, Outcome, diverging};
use crate::program::Program;
use crate::source::Sources;
use serde_json::{Value, json};
use std::fmt::Write;

/// What is shown: the outcomes of a run, with the rules they are of.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'a> {
    /// The rules.
    pub program: &'a Program,
    /// Their texts.
    pub sources: &'a Sources,
    /// One for each scenario that was run.
    pub outcomes: &'a [Outcome],
}

impl Shown<'_> {
    fn counts(self) -> (usize, usize) {
        let passed = self.outcomes.iter().filter(|outcome| outcome.passed()).count();
        (passed, self.outcomes.len() - passed)
    }

    /// An expectation as written, on one line.
    fn wanted(self, outcome: &Outcome, expect: usize) -> String {
        let at = self.program.scenarios[outcome.scenario].expects[expect].at;
        self.sources.slice(at).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn place(self, outcome: &Outcome, expect: usize) -> String {
        self.sources.place(self.program.scenarios[outcome.scenario].expects[expect].at)
    }

    /// The rule's line as written, without what stands below it.
    fn rule(self, line: &Diverging) -> String {
        match &line.clause {
            Some(citation) => citation.clone(),
            None => self.sources.slice(line.at).lines().next().unwrap_or_default().trim().to_owned(),
        }
    }
}

/// A line for each scenario, and for a failure what was expected beside what was found, down to where the two part.
pub fn human(shown: Shown) -> String {
    let mut out = String::new();
    for outcome in shown.outcomes {
        let case = &shown.program.scenarios[outcome.scenario];
        if outcome.passed() {
            let mut by = outcome.confirmed.clone();
            by.dedup();
            let by = if by.is_empty() { String::new() } else { format!("; {}", by.join(", ")) };
            let n = case.expects.len();
            let _ = writeln!(out, "ok    {}: {}  [{n} expected{by}]", case.id, case.title);
            continue;
        }
        let _ = writeln!(out, "FAIL  {}: {}", case.id, case.title);
        for (expect, found) in &outcome.failures {
            let _ = writeln!(out, "        {}: {}", shown.place(outcome, *expect), shown.wanted(outcome, *expect));
            let _ = writeln!(out, "        found: {found}");
            side_by_side(shown, &diverging(shown.program, outcome.scenario, *expect), &mut out);
        }
    }
    let (passed, failed) = shown.counts();
    let _ = writeln!(out, "{passed} passed, {failed} failed");
    out
}

fn side_by_side(shown: Shown, lines: &[Diverging], out: &mut String) {
    if lines.is_empty() {
        return;
    }
    let rows: Vec<[String; 4]> = lines
        .iter()
        .map(|line| {
            let case = if line.case.is_empty() { String::new() } else { format!(" ({})", line.case) };
            let what = format!("{}{}{case}", "  ".repeat(line.depth), short(&shown.rule(line)));
            [what, line.expected.clone(), line.found.clone(), shown.sources.place(line.at)]
        })
        .collect();
    let width = |column: usize, head: &str| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0).max(head.len());
    let (what, expected, found) = (width(0, "rule"), width(1, "expected"), width(2, "found"));
    let _ = writeln!(out, "          {:what$}  {:expected$}  {:found$}  where", "rule", "expected", "found");
    for [rule, wanted, was, place] in &rows {
        let _ = writeln!(out, "          {rule:what$}  {wanted:expected$}  {was:found$}  {place}");
    }
}

/// The beginning of a long line; the place tells where the whole stands.
fn short(rule: &str) -> String {
    const MOST: usize = 64;
    if rule.chars().count() <= MOST {
        return rule.to_owned();
    }
    let start: String = rule.chars().take(MOST - 4).collect();
    format!("{} ...", start.trim_end().trim_end_matches(','))
}

/// An object with counts and an entry for each scenario; its shape is described in `docs/json.md`.
pub fn json(shown: Shown) -> String {
    let (passed, failed) = shown.counts();
    let scenarios: Vec<Value> = shown
        .outcomes
        .iter()
        .map(|outcome| {
            let case = &shown.program.scenarios[outcome.scenario];
            let failures: Vec<Value> = outcome
                .failures
                .iter()
                .map(|(expect, found)| {
                    let lines = diverging(shown.program, outcome.scenario, *expect);
                    let parting: Vec<Value> = lines
                        .iter()
                        .map(|line| {
                            json!({
                                "depth": line.depth,
                                "rule": shown.rule(line),
                                "place": shown.sources.place(line.at),
                                "case": line.case,
                                "expected": line.expected,
                                "found": line.found,
                            })
                        })
                        .collect();
                    json!({
                        "expected": shown.wanted(outcome, *expect),
                        "place": shown.place(outcome, *expect),
                        "found": found,
                        "parting": parting,
                    })
                })
                .collect();
            json!({
                "id": case.id,
                "title": case.title,
                "mark": case.mark,
                "place": shown.sources.place(case.at),
                "passed": outcome.passed(),
                "expectations": case.expects.len(),
                "clauses": outcome.confirmed,
                "failures": failures,
            })
        })
        .collect();
    format!("{:#}\n", json!({ "schema_version": 1, "passed": passed, "failed": failed, "scenarios": scenarios }))
}

/// The XML of JUnit, which build servers read: a suite for each rule file.
pub fn junit(shown: Shown) -> String {
    let (_, failed) = shown.counts();
    let mut suites: indexmap::IndexMap<&str, Vec<&Outcome>> = indexmap::IndexMap::new();
    for outcome in shown.outcomes {
        let at = shown.program.scenarios[outcome.scenario].at;
        suites.entry(&shown.sources.get(at.source).name).or_default().push(outcome);
    }
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"enact\" tests=\"{}\" failures=\"{failed}\">\n",
        shown.outcomes.len()
    );
    for (file, outcomes) in suites {
        let failed = outcomes.iter().filter(|outcome| !outcome.passed()).count();
        let _ = writeln!(out, "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{failed}\">", escaped(file), outcomes.len());
        for outcome in outcomes {
            let case = &shown.program.scenarios[outcome.scenario];
            let _ = write!(out, "    <testcase classname=\"{}\" name=\"{}: {}\"", escaped(file), escaped(&case.id), escaped(&case.title));
            if outcome.passed() {
                out.push_str("/>\n");
                continue;
            }
            out.push_str(">\n");
            for (expect, found) in &outcome.failures {
                let mut lines = format!("{}: {}\nfound: {found}\n", shown.place(outcome, *expect), shown.wanted(outcome, *expect));
                side_by_side(shown, &diverging(shown.program, outcome.scenario, *expect), &mut lines);
                let _ = writeln!(out, "      <failure message=\"{}\">{}</failure>", escaped(found), escaped(&lines));
            }
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

/// What XML cannot hold as it stands.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// An annotation at each expectation that failed, and a line with the counts.
pub fn github(shown: Shown) -> String {
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    // what stands before the message may hold no separators either
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let mut out = String::new();
    for outcome in shown.outcomes {
        let case = &shown.program.scenarios[outcome.scenario];
        for (expect, found) in &outcome.failures {
            let at = case.expects[*expect].at;
            let (line, column) = shown.sources.line_column(at);
            let mut lines = format!("{}\nfound: {found}\n", shown.wanted(outcome, *expect));
            side_by_side(shown, &diverging(shown.program, outcome.scenario, *expect), &mut lines);
            let (file, title) = (property(&shown.sources.get(at.source).name), property(&format!("scenario {}: {}", case.id, case.title)));
            let _ = writeln!(out, "::error file={file},line={line},col={column},title={title}::{}", data(&lines));
        }
    }
    let (passed, failed) = shown.counts();
    let _ = writeln!(out, "{passed} passed, {failed} failed");
    out
}
