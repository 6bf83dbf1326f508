//! `enact rule`

use super::{Exit, input, out};
use crate::diagnostic::{CATALOGUE, Diagnostic, ErrorFormat, entry, nearest};

/// Say what the code of a problem means, with a wrong and a right example.
#[derive(Debug, clap::Args)]
pub struct Rule {
    /// A code such as `dates/gap`, or its first half; all codes if left out.
    code: Option<String>,
}

impl Rule {
    pub fn run(self, format: ErrorFormat) -> Exit {
        let code = self.code.unwrap_or_default();
        if let Some(entry) = entry(&code) {
            out(entry.page);
            return Exit::Fine;
        }
        let listed: Vec<_> =
            CATALOGUE.iter().filter(|entry| code.is_empty() || entry.code.split('/').next() == Some(code.trim_end_matches('/'))).collect();
        if listed.is_empty() {
            let mut problem = Diagnostic::error("usage/unknown-code", format!("no problem has the code `{code}`"));
            problem.help = nearest(&code);
            return input::fail(problem.help_or("`enact rule` lists all codes"), format);
        }
        let width = listed.iter().map(|entry| entry.code.len()).max().unwrap_or(0);
        let lines: String =
            listed.iter().map(|entry| format!("{:width$}  {:7}  {}\n", entry.code, entry.severity.word(), entry.summary())).collect();
        out(&lines);
        Exit::Fine
    }
}
