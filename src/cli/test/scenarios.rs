//! Scenarios: worked cases, passed or failed.

use crate::cli::{Exit, input, out};
use crate::diagnostic::{Diagnostic, ErrorFormat, suggestion};
use crate::scenario;
use std::path::PathBuf;

/// Runs the scenarios that `filter` names, all without one.
pub fn run(path: Option<&PathBuf>, filter: Option<&str>, errors: ErrorFormat) -> Exit {
    let library = input::library(&input::policies_path(path));
    let Some(program) = &library.program else {
        input::show(&library.diagnostics, &library.sources, errors);
        return Exit::CannotRun;
    };
    let wanted = |case: &crate::program::Scenario| {
        filter.is_none_or(|filter| case.id == filter || case.title.to_lowercase().contains(&filter.to_lowercase()))
    };
    let mut text = String::new();
    let (mut passed, mut failed) = (0, 0);
    for (index, case) in program.scenarios.iter().enumerate().filter(|(_, case)| wanted(case)) {
        let outcome = scenario::run(program, index);
        if outcome.passed() {
            passed += 1;
            let mut by = outcome.confirmed.clone();
            by.dedup();
            let by = if by.is_empty() { String::new() } else { format!("  [{}]", by.join(", ")) };
            text.push_str(&format!("ok    {}: {}{by}\n", case.id, case.title));
            continue;
        }
        failed += 1;
        text.push_str(&format!("FAIL  {}: {}\n", case.id, case.title));
        for (expect, found) in &outcome.failures {
            let at = case.expects[*expect].at;
            let wanted = library.sources.slice(at).split_whitespace().collect::<Vec<_>>().join(" ");
            text.push_str(&format!("        {}: {wanted}\n        found: {found}\n", library.sources.place(at)));
        }
    }
    if let Some(filter) = filter.filter(|_| passed + failed == 0) {
        let mut problem =
            Diagnostic::error("usage/unknown-scenario", format!("no scenario is called `{filter}`, and no title contains it"));
        problem.help = suggestion(filter, program.scenarios.iter().map(|case| case.id.as_str()).collect::<Vec<_>>());
        return input::fail(problem, errors);
    }
    text.push_str(&format!("{passed} passed, {failed} failed\n"));
    out(&text);
    if failed == 0 { Exit::Fine } else { Exit::Findings }
}
