//! What is accepted by `allow CODE because "..."`: only codes that are no errors.

use super::names::Checker;
use crate::diagnostic::{Diagnostic, Severity, entry, nearest};
use crate::syntax::ast;

impl Checker {
    /// Whether each code exists and may be allowed. Whether it is needed can only be told once all else is checked.
    pub fn allows(&mut self, files: &[ast::File]) {
        for allow in files.iter().flat_map(|file| &file.allows) {
            let (code, at) = (&allow.code.value, allow.code.span);
            match entry(code) {
                None => {
                    let mut problem =
                        Diagnostic::error("allow/unknown-code", format!("no problem has the code `{code}`")).at(at, "nothing to allow");
                    problem.help = nearest(code);
                    self.report(problem.help_or("`enact rule` lists all codes"));
                }
                Some(entry) if entry.severity == Severity::Error || entry.code.starts_with("allow/") => self.report(
                    Diagnostic::error("allow/error", format!("`{code}` cannot be allowed"))
                        .at(at, if entry.severity == Severity::Error { "an error" } else { "about `allow` itself" })
                        .help("only warnings and hints can be; an error has no meaning that an answer could rest on"),
                ),
                Some(_) => {}
            }
        }
    }
}
