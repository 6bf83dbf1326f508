//! Coverage of the law by scenarios and data.

use super::Format;
use crate::cli::{Exit, Inputs, input, out};
use crate::coverage;
use crate::diagnostic::ErrorFormat;
use rust_decimal::Decimal;

/// Counts, and compares with what is wanted.
pub fn run(inputs: &Inputs, format: Format, fail_under: Option<Decimal>, errors: ErrorFormat) -> Exit {
    let ready = match input::ready_to_test(inputs, errors) {
        Ok(ready) => ready,
        Err(exit) => return exit,
    };
    let (program, sources) = (ready.program(), &ready.library.sources);
    let found = coverage::coverage(program, sources, Some(&ready.loaded.facts));
    out(&match format {
        Format::Json => format!("{:#}\n", coverage::json(program, sources, &found)),
        Format::Html => coverage::html(program, sources, &found),
        _ => coverage::text(program, &found),
    });
    let percent = found.all.percent(found.all.scenarios);
    let low = fail_under.filter(|wanted| percent < *wanted);
    if let Some(wanted) = low {
        eprintln!("{percent}% is less than the {wanted}% asked for by --fail-under");
    }
    if low.is_some() { Exit::Findings } else { Exit::Fine }
}
