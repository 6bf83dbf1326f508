//! `enact fmt`

use super::{Exit, input, out};
use crate::diagnostic::ErrorFormat;
use crate::source::Sources;
use crate::syntax;
use similar::TextDiff;
use std::path::{Path, PathBuf};

/// Put rule files into the one canonical layout.
///
/// Comments and blank lines stay, and so does what the rules say. A file with errors is left as it is.
#[derive(Debug, clap::Args)]
pub struct Fmt {
    /// Folders or files with rules, or `-` for standard input; the shipped library if left out.
    path: Vec<PathBuf>,
    /// Write nothing; list the files that would change.
    #[arg(long)]
    check: bool,
    /// Write nothing; show what would change.
    #[arg(long)]
    diff: bool,
}

impl Fmt {
    pub fn run(mut self, format: ErrorFormat) -> Exit {
        if self.path.is_empty() {
            self.path.push(input::policies_path(None));
        }
        let mut sources = Sources::default();
        let mut problems = Vec::new();
        let mut files = Vec::new();
        for path in &self.path {
            if path == Path::new("-") {
                files.extend(input::standard_input(&mut sources, &mut problems).map(|id| (id, None)));
            } else {
                let read = input::rule_files(path, &mut sources, &mut problems);
                files.extend(read.into_iter().map(|(id, path)| (id, Some(path))));
            }
        }
        let mut changed = 0;
        for (id, path) in &files {
            let source = sources.get(*id);
            let formatted = match syntax::format(&sources, *id) {
                Ok(formatted) => formatted,
                Err(found) => {
                    problems.extend(found);
                    continue;
                }
            };
            let differs = formatted != source.text;
            changed += usize::from(differs);
            match path {
                _ if self.check || self.diff => {
                    if self.diff {
                        let diff = TextDiff::from_lines(&source.text, &formatted);
                        let name = source.name.as_str();
                        out(&diff.unified_diff().header(name, &format!("{name} (formatted)")).to_string());
                    } else if differs {
                        out(&format!("{}\n", source.name));
                    }
                }
                None => out(&formatted),
                Some(path) if differs => {
                    // a link stays a link
                    let target = path.canonicalize().unwrap_or_else(|_| path.clone());
                    if let Err(error) = input::write_whole(&target, &formatted) {
                        problems.push(input::unwritable(path, &error));
                    }
                }
                Some(_) => {}
            }
        }
        input::show(&problems, &sources, format);
        if !self.check && !self.diff && files.iter().any(|(_, path)| path.is_some()) {
            out(&format!("{changed} of {} files changed\n", files.len()));
        }
        match () {
            () if problems.iter().any(|problem| problem.severity == crate::diagnostic::Severity::Error) => Exit::CannotRun,
            () if changed > 0 && (self.check || self.diff) => Exit::Findings,
            () => Exit::Fine,
        }
    }
}
