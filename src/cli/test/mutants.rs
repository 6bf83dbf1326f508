//! Policies changed in one place, run against the scenarios.

use super::Format;
use crate::cli::{Exit, input, out};
use crate::coverage;
use crate::diagnostic::ErrorFormat;
use crate::mutant;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;

/// Makes every mutant; fails while one survives.
pub fn run(path: Option<&PathBuf>, file: Option<&PathBuf>, format: Format, errors: ErrorFormat) -> Exit {
    let library = input::library(&input::policies_path(path));
    let Some(program) = &library.program else {
        input::show(&library.diagnostics, &library.sources, errors);
        return Exit::CannotRun;
    };
    let report = mutant::run(program);
    if let Some(file) = file.filter(|_| !report.cases.is_empty())
        && let Err(problem) = append(file, &mutant::cases(&report))
    {
        return input::fail(input::unwritable(file, &problem), errors);
    }
    let coverage = coverage::coverage(program, &library.sources, None);
    out(&match format {
        Format::Json => format!("{:#}\n", mutant::json(&library.sources, &report, &coverage)),
        _ => mutant::text(&library.sources, &report, &coverage),
    });
    let [_, _, surviving, undecided] = report.counts();
    if surviving + undecided == 0 { Exit::Fine } else { Exit::Findings }
}

/// Adds to what stands in the file, which need not be there.
fn append(file: &PathBuf, text: &str) -> std::io::Result<()> {
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    let gap = if file.metadata()?.len() == 0 { "" } else { "\n" };
    write!(file, "{gap}{text}")
}
