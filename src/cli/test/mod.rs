//! `enact test`

mod coverage;
mod mutants;
mod scenarios;
pub(super) mod snapshots;
mod watch;

use super::{Exit, Inputs, input, out};
use crate::diagnostic::{Diagnostic, ErrorFormat};
use clap::ValueEnum;
use rust_decimal::Decimal;
use std::path::PathBuf;

/// Run the scenarios written beside the rules, compare everybody's answers with the reviewed snapshots, or measure how
/// well the scenarios cover the law.
#[derive(Debug, clap::Args)]
pub struct Test {
    /// Folder or file with rules; the shipped library if left out.
    path: Option<PathBuf>,
    /// Only the scenario of this number or name, or those whose title contains this; with --snapshots, only snapshots
    /// whose title contains this.
    #[arg(long, value_name = "TEXT", conflicts_with_all = ["coverage", "mutants"])]
    filter: Option<String>,
    /// How results are shown.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    format: Format,
    /// Run again whenever a rule file changes, until stopped with Ctrl-C.
    #[arg(long, conflicts_with_all = ["snapshots", "coverage", "mutants"])]
    watch: bool,
    /// Compare everybody's answers, for each version of each section and each year, with the files in the rules'
    /// `snapshots` folder.
    #[arg(long, conflicts_with = "format")]
    snapshots: bool,
    /// Count how often each clause, item and exception is yes, no and undetermined, over the scenarios and over data.
    #[arg(long, conflicts_with = "snapshots")]
    coverage: bool,
    /// With --coverage: end with exit code 1 if the scenarios show less than so many percent of the outcomes that can occur.
    #[arg(long, value_name = "PERCENT", requires = "coverage")]
    fail_under: Option<Decimal>,
    /// Change the policies in every small way a drafter could slip, and list the changes that no scenario notices.
    #[arg(long, conflicts_with_all = ["coverage", "snapshots"])]
    mutants: bool,
    /// With --mutants: add the cases that would notice the changes to this file.
    #[arg(long, value_name = "FILE", requires = "mutants")]
    write: Option<PathBuf>,
    /// With --snapshots or --coverage: folders or files with published data; the shipped example if left out.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    data: Vec<PathBuf>,
    /// With --snapshots: name everybody who changed, however many.
    #[arg(long, requires = "snapshots")]
    all: bool,
}

/// How results are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Text; where a scenario fails, expected beside found.
    #[value(alias = "text")]
    Human,
    /// One object.
    Json,
    /// Of scenarios: XML that build servers read.
    Junit,
    /// Of scenarios: annotations at the expectations that failed.
    Github,
    /// Of --coverage: one page with the counts beside the rules.
    Html,
}

impl Test {
    pub fn run(self, errors: ErrorFormat) -> Exit {
        if let Some(problem) = self.misused() {
            return input::fail(problem, errors);
        }
        if self.snapshots || self.coverage {
            let inputs = Inputs { policies: self.path, data: self.data, keep_going: false };
            return if self.snapshots {
                snapshots::run(&inputs, self.filter.as_deref(), self.all, errors)
            } else {
                coverage::run(&inputs, self.format, self.fail_under, errors)
            };
        }
        if self.mutants {
            return mutants::run(self.path.as_ref(), self.write.as_ref(), self.format, errors);
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

    /// A format that what is asked for does not have.
    fn misused(&self) -> Option<Diagnostic> {
        let (what, fits) = match self.format {
            Format::Human | Format::Json => return None,
            Format::Html => ("html", self.coverage),
            Format::Junit => ("junit", !self.coverage && !self.mutants),
            Format::Github => ("github", !self.coverage && !self.mutants),
        };
        (!fits).then(|| {
            Diagnostic::error("usage/unknown-format", format!("this has no format called `{what}`"))
                .help("`human` and `json` are for all; `junit` and `github` for scenarios, `html` for --coverage")
        })
    }
}
