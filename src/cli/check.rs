//! `enact check`

use super::{Exit, input, out, several};
use crate::diagnostic::{ErrorFormat, Severity};
use crate::lint::lint;
use std::io::IsTerminal;
use std::path::PathBuf;

/// Read and check rule files.
///
/// Errors leave a rule without a meaning. Warnings and hints are about rules that have one, but perhaps not the one that was
/// meant; `allow CODE because "..."` below a declaration accepts one. Errors and warnings end with exit code 1.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Folder or file with rules; the shipped library if left out.
    path: Option<PathBuf>,
}

impl Check {
    pub fn run(self, format: ErrorFormat) -> Exit {
        let path = input::policies_path(self.path.as_ref());
        let library = input::library(&path);
        let problems = lint(&library);
        input::show(&problems, &library.sources, format);
        let of = |severity: Severity| problems.iter().filter(|problem| problem.severity == severity).count();
        let (errors, warnings, hints) = (of(Severity::Error), of(Severity::Warning), of(Severity::Hint));
        if let Some(problem) = problems.first().filter(|_| format == ErrorFormat::Human && std::io::stderr().is_terminal()) {
            eprintln!("for what a code means and how to put it right: enact rule {}", problem.code);
        }
        let mut found = format!("{}, {}", several(errors, "error"), several(warnings, "warning"));
        if hints > 0 {
            found.push_str(&format!(", {}", several(hints, "hint")));
        }
        let files = several(library.sources.iter().count(), "file");
        match &library.program {
            None => {
                out(&format!("{files} under {}: {found}\n", path.display()));
                Exit::Findings
            }
            Some(program) => {
                let versions: usize = program.texts.iter().map(|text| text.versions.len()).sum();
                let open = program.clauses.iter().filter(|clause| clause.not_encoded.is_some()).count();
                out(&format!(
                    "{files} under {}: {} sections in {versions} versions, {} clauses ({open} not encoded), {} choices, {} sources, {} scenarios; {found}\n",
                    path.display(),
                    program.texts.len(),
                    program.clauses.len(),
                    program.choices.len(),
                    program.published.iter().filter(|source| !source.files.is_empty()).count(),
                    program.scenarios.len(),
                ));
                if errors + warnings == 0 { Exit::Fine } else { Exit::Findings }
            }
        }
    }
}
