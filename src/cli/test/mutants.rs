//! Policies changed in one place, run against the scenarios.

use super::Format;
use crate::cli::{Exit, input, out};
use crate::diagnostic::ErrorFormat;
use crate::mutant;
use std::path::PathBuf;

/// Makes every mutant; fails while one survives.
pub fn run(path: Option<&PathBuf>, format: Format, errors: ErrorFormat) -> Exit {
    let library = input::library(&input::policies_path(path));
    let Some(program) = &library.program else {
        input::show(&library.diagnostics, &library.sources, errors);
        return Exit::CannotRun;
    };
    let report = mutant::run(program);
    out(&match format {
        Format::Json => format!("{:#}\n", mutant::json(&library.sources, &report)),
        _ => mutant::text(&library.sources, &report),
    });
    let [_, _, surviving, undecided] = report.counts();
    if surviving + undecided == 0 { Exit::Fine } else { Exit::Findings }
}
