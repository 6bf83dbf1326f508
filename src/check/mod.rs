//! Untyped trees to a [`Program`]: names, types, versions.
//!
//! Files are taken together: a name may be used before it is declared and in any file. Every problem is reported;
//! what depends on a name that could not be resolved stays silent, so that only root causes show.

mod allows;
mod conditions;
mod laws;
mod measures;
mod names;
mod published;
mod scenarios;
mod texts;
mod vocabulary;

pub use laws::{cites_of, conds_of};

use crate::diagnostic::{Diagnostic, Severity};
use crate::program::Program;
use crate::source::Sources;
use crate::syntax::ast;

/// Checks all files of a library together.
///
/// The program is returned only if no problem is an error; warnings come with it.
pub fn check(files: &[ast::File], sources: &Sources) -> (Option<Program>, Vec<Diagnostic>) {
    let mut checker = names::Checker::default();
    checker.vocabulary(files);
    checker.boundaries(files);
    checker.texts(files);
    checker.laws();
    checker.published(files);
    checker.reports(files);
    checker.scenarios(files);
    checker.allows(files);
    let mut diagnostics = checker.diagnostics;
    sort(&mut diagnostics, sources);
    let failed = diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    (if failed { None } else { checker.program }, diagnostics)
}

/// By file and place; each problem once. What concerns no file comes first.
pub fn sort(diagnostics: &mut Vec<Diagnostic>, sources: &Sources) {
    let place = |diagnostic: &Diagnostic| match (&diagnostic.at, &diagnostic.data) {
        (Some(at), _) => Some((sources.get(at.span.source).name.clone(), u64::from(at.span.start), u64::from(at.span.end))),
        (None, Some(data)) => Some((data.file.clone(), data.row.unwrap_or(0), 0)),
        (None, None) => None,
    };
    diagnostics.sort_by_key(|diagnostic| (place(diagnostic), diagnostic.code));
    diagnostics.dedup_by(|a, b| a.code == b.code && a.message == b.message && place(a) == place(b) && a.data == b.data);
}
