//! `enact test`

mod scenarios;
pub(super) mod snapshots;
mod watch;

use super::{Exit, Inputs, input, out};
use crate::diagnostic::ErrorFormat;
use clap::ValueEnum;
use std::path::PathBuf;

/// Run the scenarios written beside the rules, or compare everybody's answers with the reviewed snapshots.
#[derive(Debug, clap::Args)]
pub struct Test {
    /// Folder or file with rules; the shipped library if left out.
    path: Option<PathBuf>,
    /// Only the scenario of this number or name, or those whose title contains this; with --snapshots, only snapshots
    /// whose title contains this.
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// How results are shown.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Run again whenever a rule file changes, until stopped with Ctrl-C.
    #[arg(long)]
    watch: bool,
    /// Compare everybody's answers, for each version of each section and each year, with the files in the rules'
    /// `snapshots` folder.
    #[arg(long, conflicts_with_all = ["format", "watch"])]
    snapshots: bool,
    /// Folders or files with published data that snapshots are taken from; the shipped example if left out.
    #[arg(long, value_name = "PATH", num_args = 1.., requires = "snapshots")]
    data: Vec<PathBuf>,
    /// Name everybody who changed, however many.
    #[arg(long, requires = "snapshots")]
    all: bool,
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
        if self.snapshots {
            let inputs = Inputs { policies: self.path, data: self.data, keep_going: false };
            return snapshots::run(&inputs, self.filter.as_deref(), self.all, errors);
        }
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
