//! `enact test`

mod scenarios;
mod watch;

use super::{Exit, input, out};
use crate::diagnostic::ErrorFormat;
use clap::ValueEnum;
use std::path::PathBuf;

/// Run the scenarios written beside the rules.
#[derive(Debug, clap::Args)]
pub struct Test {
    /// Folder or file with rules; the shipped library if left out.
    path: Option<PathBuf>,
    /// Only the scenario of this number or name, or those whose title contains this.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// How results are shown.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Run again whenever a rule file changes, until stopped with Ctrl-C.
    #[arg(long)]
    watch: bool,
}

/// How results are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A line for each scenario; where one fails, expected beside found.
    Human,
    /// One object.
    Json,
    /// XML that build servers read.
    Junit,
    /// Annotations at the expectations that failed.
    Github,
}

impl Test {
    pub fn run(self, errors: ErrorFormat) -> Exit {
        let run = || scenarios::run(self.path.as_ref(), self.filter.as_deref(), self.format, errors);
        if !self.watch {
            return run();
        }
        watch::watch(&input::policies_path(self.path.as_ref()), || {
            run();
            out("waiting for changes; Ctrl-C ends\n");
            true
        });
        Exit::Fine
    }
}
