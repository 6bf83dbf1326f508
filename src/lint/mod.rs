//! Checks of the law itself, once it means something: what can never hold, what another line already says, what nobody
//! uses. They find warnings and hints, never errors, and are made by `enact check` only.
//!
//! `allow CODE because "..."` takes one away where it is written; an `allow` that takes nothing away is itself reported.

mod allow;
mod contexts;
mod items;
mod unused;
mod wording;

pub use items::{Possible, possible};

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::library::Library;

/// Every problem of a library: those found while it was checked, and those of its law, by file and place.
pub fn lint(library: &Library) -> Vec<Diagnostic> {
    let mut found = library.diagnostics.clone();
    found.extend(wording::quotes(&library.files, &library.sources));
    if let Some(program) = &library.program {
        found.extend(unused::unused(program, &library.files));
        found.extend(items::items(program));
    }
    allow::apply(&library.files, library.program.is_some(), &mut found);
    check::sort(&mut found, &library.sources);
    found
}
