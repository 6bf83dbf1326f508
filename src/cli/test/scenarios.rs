//! Scenarios: worked cases, passed or failed.

use super::Format;
use crate::cli::{Exit, input, out};
use crate::diagnostic::{Diagnostic, ErrorFormat, suggestion};
use crate::scenario::{self, Shown};
use std::path::PathBuf;

/// Runs the scenarios that `filter` names, all without one.
pub fn run(path: Option<&PathBuf>, filter: Option<&str>, format: Format, errors: ErrorFormat) -> Exit {
    let library = input::library(&input::policies_path(path));
    let Some(program) = &library.program else {
        input::show(&library.diagnostics, &library.sources, errors);
        return Exit::CannotRun;
    };
    let wanted = |case: &crate::program::Scenario| {
        filter.is_none_or(|filter| case.id == filter || case.title.to_lowercase().contains(&filter.to_lowercase()))
    };
    let cases: Vec<usize> = (0..program.scenarios.len()).filter(|index| wanted(&program.scenarios[*index])).collect();
    if let Some(filter) = filter.filter(|_| cases.is_empty()) {
        let mut problem =
            Diagnostic::error("usage/unknown-scenario", format!("no scenario is called `{filter}`, and no title contains it"));
        problem.help = suggestion(filter, program.scenarios.iter().map(|case| case.id.as_str()).collect::<Vec<_>>());
        return input::fail(problem, errors);
    }
    let outcomes: Vec<_> = cases.into_iter().map(|index| scenario::run(program, index)).collect();
    let shown = Shown { program, sources: &library.sources, outcomes: &outcomes };
    out(&match format {
        Format::Human | Format::Html => scenario::human(shown),
        Format::Json => scenario::json(shown),
        Format::Junit => scenario::junit(shown),
        Format::Github => scenario::github(shown),
    });
    if outcomes.iter().all(scenario::Outcome::passed) { Exit::Fine } else { Exit::Findings }
}
