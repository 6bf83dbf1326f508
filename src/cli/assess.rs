//! `enact assess`

use super::{Exit, Inputs, Weigh, When, input, out};
use crate::assess;
use crate::diagnostic::{Diagnostic, ErrorFormat, suggestion};
use crate::eval::Setting;
use crate::facts::Facts;
use crate::flip::{self, MayChange, NextYear, Wanted};
use crate::program::{PathwayId, Program};
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
    /// A watch list instead: whose answer so many changes of facts would make another.
    #[arg(long, value_name = "CHANGES", conflicts_with = "all")]
    near: Option<u32>,
    /// The watch list of the year after: who enters or leaves if no fact changes, or by so many changes.
    #[arg(long, requires = "near")]
    next: bool,
    /// How changes are weighed against each other.
    #[arg(long, value_enum, default_value_t = Weigh::Steps, requires = "near")]
    weigh: Weigh,
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
        let width = if std::io::stdout().is_terminal() && self.output.is_none() { comfy_table::Table::new().width() } else { None };
        let text = if let Some(changes) = self.near {
            if report.is_some() {
                let problem = Diagnostic::error("usage/unknown-format", format!("`{}` is no layout of a watch list", self.format))
                    .help("a watch list has `table`, `csv` and `json`");
                return input::fail(problem, errors);
            }
            self.watch(&setting, facts, year, &subjects, &pathways, changes, width)
        } else if let Some(report) = report {
            let rows = report::layout(&setting, facts, report, year, &subjects);
            rows.iter().map(|row| format!("{}\n", row.join("\t"))).collect()
        } else {
            let bar = input::progress(subjects.len() as u64, "assessing");
            let assessment = assess::assess(&setting, facts, year, &subjects, &pathways, || bar.inc(1));
            bar.finish_and_clear();
            match self.format.as_str() {
                "csv" => report::csv(program, facts, &assessment, &pathways),
                "json" => format!("{:#}\n", report::json(program, facts, &assessment, &pathways, setting.as_of)),
                _ => report::table(program, facts, &assessment, &pathways, self.all, width),
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

    #[allow(clippy::too_many_arguments, reason = "what was asked, and whom it is about")]
    fn watch(
        &self,
        setting: &Setting,
        facts: &Facts,
        year: i32,
        subjects: &[usize],
        pathways: &[PathwayId],
        within: u32,
        width: Option<u16>,
    ) -> String {
        let program: &Program = setting.program;
        let next = self.next.then(|| NextYear::new(program, year)).flatten();
        let may = MayChange { weigh: self.weigh.into(), year: Some(year), no_acts: true };
        let bar = input::progress(subjects.len() as u64, "looking for changes");
        let wanted = Wanted { may, within, most: 5, next: next.as_ref() };
        let list = flip::near(setting, facts, year, subjects, pathways, &wanted, || bar.inc(1));
        bar.finish_and_clear();
        let looked_at = next.as_ref().map(|next| next.year);
        match self.format.as_str() {
            "csv" => report::near_csv(program, facts, &list, self.next),
            "json" => format!("{:#}\n", report::near_json(program, facts, year, &list, looked_at)),
            _ => {
                let mut text = report::near_table(program, facts, year, &list, looked_at, width);
                if !text.is_empty() {
                    text.push('\n');
                }
                let many = if list.len() == 1 { "answer is" } else { "answers are" };
                let asked = if within == 1 { "1 change".to_owned() } else { format!("{within} changes") };
                text.push_str(&format!("{} {many} within {asked} of another, of {} subjects\n", list.len(), subjects.len()));
                if let Some(next) = next.as_ref().filter(|next| next.assumed) {
                    text.push_str(&format!("{} is not declared: law and criteria are taken to stay as they are\n", next.year));
                }
                text
            }
        }
    }
}
