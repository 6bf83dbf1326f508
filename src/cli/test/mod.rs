//! `enact test`

mod scenarios;

use super::Exit;
use crate::diagnostic::ErrorFormat;
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
        scenarios::run(self.path.as_ref(), self.filter.as_deref(), errors)
    }
}
