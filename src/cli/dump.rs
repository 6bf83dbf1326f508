//! `enact dump`

use super::{Exit, When, input, out};
use crate::diagnostic::ErrorFormat;
use crate::engine::{self, Circuit, Expanded};
use clap::ValueEnum;
use rustc_hash::FxHashMap;
use std::path::PathBuf;

/// Show what the program makes of the rules.
#[derive(Debug, clap::Subcommand)]
pub enum Dump {
    /// The circuit that all subjects are run through at once: every gate, and how many there are.
    Circuit(CircuitArgs),
}

/// The circuit that all subjects are run through at once: every gate, and how many there are.
#[derive(Debug, clap::Args)]
pub struct CircuitArgs {
    /// Folder or file with rules; the shipped library if left out.
    #[arg(long, value_name = "PATH")]
    policies: Option<PathBuf>,
    #[command(flatten)]
    when: When,
    /// Only these pathways.
    #[arg(long, value_name = "PATHWAY")]
    pathway: Vec<String>,
    /// Every pathway, those that are listed on request too.
    #[arg(long)]
    all: bool,
    /// Only how many gates of which sort there are.
    #[arg(long)]
    counts: bool,
    /// Text for people, or JSON with the counts.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Dump {
    pub fn run(self, errors: ErrorFormat) -> Exit {
        let Dump::Circuit(args) = self;
        let library = input::rules(&input::policies_path(args.policies.as_ref()));
        let Some(program) = &library.program else {
            input::show(&library.diagnostics, &library.sources, errors);
            return Exit::CannotRun;
        };
        let latest = program.period.years.iter().rev().find(|entry| entry.suspended.is_none()).map(|entry| entry.year);
        let (year, setting) = match input::setting(program, &args.when, latest, errors) {
            Ok(found) => found,
            Err(exit) => return exit,
        };
        let pathways = match input::pathways(program, &args.pathway, args.all, errors) {
            Ok(pathways) => pathways,
            Err(exit) => return exit,
        };
        let mut circuit = Circuit::default();
        let mut names = FxHashMap::default();
        let kinds: Vec<Expanded> = (0..program.subject.kinds.len())
            .map(|kind| engine::expand(&mut circuit, &setting, kind, year, &pathways, &[], Some(&mut names)))
            .collect();
        let counts = engine::counts(&circuit, &kinds);
        if args.format == Format::Json {
            out(&format!(
                "{:#}\n",
                serde_json::json!({ "schema_version": 1, "year": year, "as_of": setting.as_of.to_string(), "counts": counts })
            ));
            return Exit::Fine;
        }
        if !args.counts {
            out(&engine::dump(program, &circuit, &kinds, &names));
            out("\n");
        }
        out(&format!(
            "{} cells; {} gates: {} tests, {} and, {} at least, {} choose, {} by cases, {} recorded, {} settled; {} inexact; depth {}\n",
            counts.cells,
            counts.gates,
            counts.tests,
            counts.and,
            counts.at_least,
            counts.choose,
            counts.decide,
            counts.recorded,
            counts.settled,
            counts.inexact,
            counts.depth
        ));
        Exit::Fine
    }
}
