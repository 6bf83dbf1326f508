//! `enact test`

use super::{Exit, input, out};
use crate::diagnostic::{Diagnostic, ErrorFormat, suggestion};
use crate::scenario;
use std::path::PathBuf;

/// Run the scenarios written beside the rules.
#[derive(Debug, clap::Args)]
pub struct Test {
    /// Folder or file with rules; the shipped library if left out.
    path: Option<PathBuf>,
    /// Only the scenario of this number or name, or those whose title contains this.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
}

impl Test {
    pub fn run(self, errors: ErrorFormat) -> Exit {
        let library = input::library(&input::policies_path(self.path.as_ref()));
        let Some(program) = &library.program else {
            input::show(&library.diagnostics, &library.sources, errors);
            return Exit::CannotRun;
        };
        let mut text = String::new();
        let (mut passed, mut failed) = (0, 0);
        for (index, case) in program.scenarios.iter().enumerate() {
            if self.filter.as_ref().is_some_and(|filter| case.id != *filter && !case.title.to_lowercase().contains(&filter.to_lowercase()))
            {
                continue;
            }
            let outcome = scenario::run(program, index);
            if outcome.passed() {
                passed += 1;
                let mut by = outcome.confirmed.clone();
                by.dedup();
                let by = if by.is_empty() { String::new() } else { format!("  [{}]", by.join(", ")) };
                text.push_str(&format!("ok    {}: {}{by}\n", case.id, case.title));
                continue;
            }
            failed += 1;
            text.push_str(&format!("FAIL  {}: {}\n", case.id, case.title));
            for (expect, found) in &outcome.failures {
                let at = case.expects[*expect].at;
                let wanted = library.sources.slice(at).split_whitespace().collect::<Vec<_>>().join(" ");
                text.push_str(&format!("        {}: {wanted}\n        found: {found}\n", library.sources.place(at)));
            }
        }
        if let Some(filter) = self.filter.as_ref().filter(|_| passed + failed == 0) {
            let mut problem =
                Diagnostic::error("usage/unknown-scenario", format!("no scenario is called `{filter}`, and no title contains it"));
            problem.help = suggestion(filter, program.scenarios.iter().map(|case| case.id.as_str()).collect::<Vec<_>>());
            return input::fail(problem, errors);
        }
        text.push_str(&format!("{passed} passed, {failed} failed\n"));
        out(&text);
        if failed == 0 { Exit::Fine } else { Exit::Findings }
    }
}
