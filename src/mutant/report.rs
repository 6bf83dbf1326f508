//! What became of the mutants, for people and programs.

use super::{Fate, Report, write};
use crate::coverage::Coverage;
use crate::source::Sources;
use serde_json::{Value, json};
use std::fmt::Write;

/// Mutants that survive, with the cases that would notice them, and the counts.
pub fn text(sources: &Sources, report: &Report, coverage: &Coverage) -> String {
    let mut out = String::new();
    let mut last = None;
    for (mutant, fate) in &report.mutants {
        let Fate::Survives(case) = fate else { continue };
        if last != Some((&mutant.citation, mutant.at)) {
            let _ = writeln!(out, "{} ({})", mutant.citation, sources.place(mutant.at));
            last = Some((&mutant.citation, mutant.at));
        }
        let by = match case {
            Some(case) => format!("scenario {} below would notice", report.cases[*case].scenario.id),
            None => "not decided".to_owned(),
        };
        let _ = writeln!(out, "  {} -> {}: survives; {by}", mutant.from, mutant.to);
    }
    if !report.cases.is_empty() {
        out.push_str("\n# Each of these notices slips that no scenario notices yet. Read it, keep it if it is the law.\n\n");
        out.push_str(&cases(report));
        out.push('\n');
    }
    out.push_str(&counts(report, coverage));
    out
}

/// A case that notices more says how many others; the report lists them.
const MOST_LISTED: usize = 8;

/// The cases that were made, as they can stand in a rule file, each below the slips it notices.
pub fn cases(report: &Report) -> String {
    let mut out = Vec::new();
    for case in &report.cases {
        let mut text = String::new();
        for slip in case.notices.iter().take(MOST_LISTED) {
            let _ = writeln!(text, "# {}", report.mutants[*slip].0.words());
        }
        if let Some(more) = case.notices.len().checked_sub(MOST_LISTED).filter(|more| *more > 0) {
            let _ = writeln!(text, "# and {more} more");
        }
        text.push_str(&write(&report.program, case));
        out.push(text);
    }
    out.join("\n")
}

/// One line: how many scenarios there are, how many clauses they show in every outcome, how many mutants became what.
pub fn counts(report: &Report, coverage: &Coverage) -> String {
    let [killed, equivalent, surviving, undecided] = report.counts();
    let undecided = if undecided == 0 { String::new() } else { format!(" and {undecided} not decided") };
    let (clauses, shown) = coverage.whole;
    format!(
        "{} scenarios, {shown} of {clauses} clauses in every outcome, {} mutants: {killed} killed, {equivalent} proved equivalent, \
         {surviving} surviving{undecided}\n",
        coverage.scenarios,
        report.mutants.len()
    )
}

/// Every mutant, and the cases.
pub fn json(sources: &Sources, report: &Report, coverage: &Coverage) -> Value {
    let mutants: Vec<Value> = report
        .mutants
        .iter()
        .map(|(mutant, fate)| {
            let (fate, by) = match fate {
                Fate::Killed(case) => ("killed", Some(&report.program.scenarios[*case].id)),
                Fate::Equivalent => ("equivalent", None),
                Fate::Survives(Some(case)) => ("survives", Some(&report.cases[*case].scenario.id)),
                Fate::Survives(None) => ("not_decided", None),
            };
            json!({
                "clause": mutant.citation,
                "place": sources.place(mutant.at),
                "from": mutant.from,
                "to": mutant.to,
                "fate": fate,
                "scenario": by,
            })
        })
        .collect();
    let cases: Vec<Value> = report
        .cases
        .iter()
        .map(|case| json!({ "scenario": case.scenario.id, "title": case.scenario.title, "text": write(&report.program, case) }))
        .collect();
    let [killed, equivalent, surviving, undecided] = report.counts();
    json!({
        "schema_version": 1,
        "mutants": mutants,
        "cases": cases,
        "totals": {
            "scenarios": coverage.scenarios,
            "clauses": coverage.whole.0,
            "clauses_in_every_outcome": coverage.whole.1,
            "made": report.mutants.len(),
            "killed": killed,
            "equivalent": equivalent,
            "surviving": surviving,
            "not_decided": undecided,
        },
    })
}
