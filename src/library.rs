//! Rule texts to a checked program, in one call.

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::program::Program;
use crate::source::Sources;
use crate::span::SourceId;
use crate::syntax::{self, ast};

/// Rule texts with what was made of them.
#[derive(Debug)]
pub struct Library {
    /// The texts.
    pub sources: Sources,
    /// What was written, a tree for each text.
    pub files: Vec<ast::File>,
    /// The program, unless something is wrong.
    pub program: Option<Program>,
    /// Errors and warnings, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Library {
    /// Parses and checks `sources` together.
    pub fn new(sources: Sources) -> Self {
        let (files, problems): (Vec<_>, Vec<_>) = parse(&sources).into_iter().unzip();
        let mut diagnostics: Vec<Diagnostic> = problems.into_iter().flatten().collect();
        let unreadable = !diagnostics.is_empty();
        let (program, problems) = check::check(&files, &sources);
        diagnostics.extend(problems);
        check::sort(&mut diagnostics, &sources);
        Self { sources, files, program: if unreadable { None } else { program }, diagnostics }
    }
}

/// Parses every text, on as many threads as the machine runs at once.
fn parse(sources: &Sources) -> Vec<(ast::File, Vec<Diagnostic>)> {
    let ids: Vec<SourceId> = sources.iter().map(|(id, _)| id).collect();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let parts = ids.chunks(ids.len().div_ceil(threads).max(1));
    std::thread::scope(|scope| {
        let handles: Vec<_> =
            parts.map(|part| scope.spawn(move || part.iter().map(|id| syntax::parse(sources, *id)).collect::<Vec<_>>())).collect();
        handles.into_iter().flat_map(|handle| handle.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}
