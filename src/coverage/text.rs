//! Coverage as a table for people.

use super::{Coverage, Point};
use crate::engine::Tally;
use crate::program::{Program, TextId};
use std::fmt::Write;

/// Every clause in the order of the law; of the parts of clauses those that lack an outcome.
pub fn text(program: &Program, coverage: &Coverage) -> String {
    let mut out = String::new();
    let mut last: Option<(TextId, usize)> = None;
    for point in &coverage.points {
        let clause = &program.clauses[point.clause.0];
        if !point.is_clause() && point.missing().is_empty() {
            continue;
        }
        if last != Some((clause.text, clause.version)) {
            let text = &program.texts[clause.text.0];
            let version = &text.versions[clause.version];
            let between = if last.is_none() { "" } else { "\n" };
            let id = if version.id.is_empty() { String::new() } else { format!(" version {},", version.id) };
            let _ = writeln!(out, "{between}{}{id} {}", text.citation(), version.reach);
            let _ = writeln!(out, "  {:^20}  {:^23}", "scenarios", "data");
            let _ = writeln!(out, "  {:>6}{:>6}{:>8}  {:>8}{:>8}{:>8}", "yes", "no", "undet.", "yes", "no", "undet.");
            last = Some((clause.text, clause.version));
        }
        let _ = writeln!(out, "  {}  {}  {}{}", tally(point.scenarios, 6), tally(point.data, 8), name(program, point), lacks(point));
    }
    let _ = write!(out, "{}{}", if last.is_none() { "" } else { "\n" }, summary(coverage));
    out
}

/// The last lines: how much is covered.
pub(super) fn summary(coverage: &Coverage) -> String {
    let Coverage { all, clauses, whole, scenarios, data, .. } = coverage;
    let subjects: usize = data.iter().map(|(_, subjects)| subjects).sum();
    let mut out = format!(
        "{} of {} clauses and exceptions show every outcome that can occur ({} of {} outcomes)\n",
        whole.1, whole.0, clauses.scenarios, clauses.required
    );
    let _ = writeln!(
        out,
        "{}% covered by {scenarios} scenarios: {} of {} outcomes of clauses and their parts",
        all.percent(all.scenarios),
        all.scenarios,
        all.required
    );
    if !data.is_empty() {
        let _ = writeln!(
            out,
            "{}% seen in the data: {} outcomes, over {subjects} subjects in {} years",
            all.percent(all.data),
            all.data,
            data.len()
        );
    }
    out
}

fn tally(tally: Tally, width: usize) -> String {
    format!("{:>width$}{:>width$}{:>8}", tally.yes, tally.no, tally.open)
}

fn name(program: &Program, point: &Point) -> String {
    let clause = &program.clauses[point.clause.0];
    match point.is_clause() {
        true => format!("{} {}", clause.citation, point.words),
        false => format!("{} {}{}: {}", clause.citation, "  ".repeat(point.depth), point.kind.words(), point.words),
    }
}

fn lacks(point: &Point) -> String {
    let missing = point.missing();
    if missing.is_empty() { String::new() } else { format!("  <- no scenario says {}", missing.join(" or ")) }
}
