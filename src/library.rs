//! Rule texts to a checked program, in one call.

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::program::Program;
use crate::source::Sources;
use crate::syntax;

/// Rule texts with what was made of them.
#[derive(Debug)]
pub struct Library {
    /// The texts.
    pub sources: Sources,
    /// The program, unless something is wrong.
    pub program: Option<Program>,
    /// Errors and warnings, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Library {
    /// Parses and checks `sources` together.
    pub fn new(sources: Sources) -> Self {
        let mut files = Vec::new();
        let mut diagnostics = Vec::new();
        for (id, _) in sources.iter() {
            let (file, problems) = syntax::parse(&sources, id);
            files.push(file);
            diagnostics.extend(problems);
        }
        let unreadable = !diagnostics.is_empty();
        let (program, problems) = check::check(&files, &sources);
        diagnostics.extend(problems);
        check::sort(&mut diagnostics, &sources);
        Self { sources, program: if unreadable { None } else { program }, diagnostics }
    }
}
