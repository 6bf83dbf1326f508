//! `enact assess`

use super::{Exit, Inputs, When, input, out};
use crate::assess;
use crate::diagnostic::{Diagnostic, ErrorFormat, suggestion};
use crate::report;
use std::io::IsTerminal;
use std::path::PathBuf;

/// List who is eligible for what in one year.
#[derive(Debug, clap::Args)]
pub struct Assess {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    when: When,
    /// Only subjects whose key starts with these digits.
    #[arg(long, value_name = "DIGITS")]
    region: Vec<String>,
    /// Only these pathways.
    #[arg(long, value_name = "PATHWAY")]
    pathway: Vec<String>,
    /// `table`, `csv`, `json`, or the name of a `report` that the policies declare, such as `cde`.
    #[arg(long, default_value = "table")]
    format: String,
    /// List every answer, and pathways that are listed on request.
    #[arg(long)]
    all: bool,
    /// Write to a file instead of standard output.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Assess {
    pub fn run(self, errors: ErrorFormat) -> Exit {
        let ready = match input::ready(&self.inputs, errors) {
            Ok(ready) => ready,
            Err(exit) => return exit,
        };
        let program = ready.program();
        let facts = &ready.loaded.facts;
        let (year, setting) = match input::setting(program, &self.when, facts.years().last(), errors) {
            Ok(found) => found,
            Err(exit) => return exit,
        };
        let report = program.reports.iter().find(|report| report.named.name == self.format);
        if report.is_none() && !["table", "csv", "json"].contains(&self.format.as_str()) {
            let known: Vec<&str> =
                ["table", "csv", "json"].into_iter().chain(program.reports.iter().map(|report| report.named.name.as_str())).collect();
            let mut problem = Diagnostic::error("usage/unknown-format", format!("no format is called `{}`", self.format));
            problem.help = suggestion(&self.format, known);
            return input::fail(problem, errors);
        }
        let pathways = match input::pathways(program, &self.pathway, self.all, errors) {
            Ok(pathways) => pathways,
            Err(exit) => return exit,
        };
        let mut subjects = facts.listed(year);
        let listed = subjects.len();
        if !self.region.is_empty() {
            subjects.retain(|subject| self.region.iter().any(|region| facts.subjects()[*subject].key.starts_with(region.as_str())));
        }
        if subjects.is_empty() && program.period.year(year).is_none_or(|entry| entry.suspended.is_none()) {
            let years: Vec<String> = facts.years().map(|year| year.to_string()).collect();
            let (problem, help) = if listed > 0 {
                (
                    format!("none of the {listed} subjects of {year} has a key that starts with {}", self.region.join(" or ")),
                    "regions are the first digits of the key".to_owned(),
                )
            } else {
                (
                    format!("the data have no row for {year}"),
                    format!("they have rows for {}", if years.is_empty() { "no year".to_owned() } else { years.join(", ") }),
                )
            };
            return input::fail(Diagnostic::error("usage/nobody-to-assess", problem).help(help), errors);
        }
        // a suspended year has no files; everybody known is listed
        if subjects.is_empty() {
            subjects = assess::everybody(facts);
            subjects.retain(|subject| {
                self.region.is_empty() || self.region.iter().any(|region| facts.subjects()[*subject].key.starts_with(region.as_str()))
            });
        }
        let text = if let Some(report) = report {
            let rows = report::layout(&setting, facts, report, year, &subjects);
            rows.iter().map(|row| format!("{}\n", row.join("\t"))).collect()
        } else {
            let bar = input::progress(subjects.len() as u64, "assessing");
            let assessment = assess::assess(&setting, facts, year, &subjects, &pathways, || bar.inc(1));
            bar.finish_and_clear();
            match self.format.as_str() {
                "csv" => report::csv(program, facts, &assessment, &pathways),
                "json" => format!("{:#}\n", report::json(program, facts, &assessment, &pathways, setting.as_of)),
                _ => {
                    let width =
                        if std::io::stdout().is_terminal() && self.output.is_none() { comfy_table::Table::new().width() } else { None };
                    report::table(program, facts, &assessment, &pathways, self.all, width)
                }
            }
        };
        eprint!("{}", input::assumed(&ready.loaded.notes));
        match &self.output {
            None => out(&text),
            Some(path) => {
                if let Err(error) = input::write_whole(path, &text) {
                    return input::fail(
                        Diagnostic::error("input/unwritable", format!("`{}` cannot be written: {error}", path.display())),
                        errors,
                    );
                }
            }
        }
        // the system takes the memory back faster than it can be given back piece by piece
        std::mem::forget(ready);
        Exit::Fine
    }
}
