//! `enact check`

use super::{Exit, input, out};
use crate::diagnostic::{ErrorFormat, Severity};
use std::path::PathBuf;

/// Read and check rule files.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Folder or file with rules; the shipped library if left out.
    path: Option<PathBuf>,
}

impl Check {
    pub fn run(self, format: ErrorFormat) -> Exit {
        let path = input::policies_path(self.path.as_ref());
        let library = input::library(&path);
        input::show(&library.diagnostics, &library.sources, format);
        let errors = library.diagnostics.iter().filter(|problem| problem.severity == Severity::Error).count();
        let warnings = library.diagnostics.len() - errors;
        let files = library.sources.iter().count();
        let found =
            format!("{errors} error{}, {warnings} warning{}", if errors == 1 { "" } else { "s" }, if warnings == 1 { "" } else { "s" });
        match &library.program {
            None => {
                out(&format!("{files} files under {}: {found}\n", path.display()));
                Exit::Findings
            }
            Some(program) => {
                let versions: usize = program.texts.iter().map(|text| text.versions.len()).sum();
                let open = program.clauses.iter().filter(|clause| clause.not_encoded.is_some()).count();
                out(&format!(
                    "{files} files under {}: {} sections in {versions} versions, {} clauses ({open} not encoded), {} choices, {} sources, {} scenarios; {found}\n",
                    path.display(),
                    program.texts.len(),
                    program.clauses.len(),
                    program.choices.len(),
                    program.published.iter().filter(|source| !source.files.is_empty()).count(),
                    program.scenarios.len(),
                ));
                if library.diagnostics.is_empty() { Exit::Fine } else { Exit::Findings }
            }
        }
    }
}
