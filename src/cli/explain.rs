//! `enact explain`

use super::{Exit, Inputs, Weigh, When, input, out};
use crate::diagnostic::{Diagnostic, ErrorFormat};
use crate::explain;
use crate::flip::{MayChange, NextYear, World};
use clap::ValueEnum;

/// Say which clause made one subject eligible, or not, and because of which facts.
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// Key, first digits of a key, or name.
    who: String,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    when: When,
    /// Only these pathways.
    #[arg(long, value_name = "PATHWAY")]
    pathway: Vec<String>,
    /// Text for people, or JSON with everything.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show what did not matter too, and every pathway.
    #[arg(long)]
    all: bool,
    /// How much the text says.
    #[arg(long, value_enum, default_value_t = Length::Whole, conflicts_with = "all")]
    length: Length,
    /// Say which smallest changes of the facts would make each answer another.
    #[arg(long)]
    flip: bool,
    /// Say what would end eligibility, or begin it, in the year after.
    #[arg(long)]
    exit: bool,
    /// How changes are weighed against each other.
    #[arg(long, value_enum, default_value_t = Weigh::Steps)]
    weigh: Weigh,
    /// Let facts of every year change, not only those of the year judged.
    #[arg(long)]
    any_year: bool,
}

/// How much a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Length {
    /// One sentence for each pathway.
    Sentence,
    /// A paragraph fit for a letter or a plan.
    Paragraph,
    /// The reasons down to file and row.
    Whole,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Explain {
    pub fn run(self, errors: ErrorFormat) -> Exit {
        let ready = match input::ready(&self.inputs, errors) {
            Ok(ready) => ready,
            Err(exit) => return exit,
        };
        let program = ready.program();
        let facts = &ready.loaded.facts;
        let found = facts.search(&self.who);
        let subject = match found.as_slice() {
            [one] => *one,
            [] => {
                let near = facts.similar(&self.who, 5);
                let mut problem = Diagnostic::error(
                    "usage/unknown-subject",
                    format!("no {} of the data is called `{}`", program.subject.named.label, self.who),
                );
                if !near.is_empty() {
                    let names: Vec<String> = near.iter().map(|info| format!("`{}` ({})", info.name, info.key)).collect();
                    problem = problem.help(format!("did you mean {}?", names.join(", ")));
                } else {
                    problem = problem
                        .help(format!("give the {}, its first digits, or the name as in the published files", program.subject.key_label));
                }
                return input::fail(problem, errors);
            }
            several => {
                let names: Vec<String> =
                    several.iter().take(8).map(|at| format!("`{}` ({})", facts.subjects()[*at].name, facts.subjects()[*at].key)).collect();
                let more = if several.len() > 8 { format!(" and {} more", several.len() - 8) } else { String::new() };
                let problem = Diagnostic::error("usage/ambiguous-subject", format!("`{}` fits {} subjects", self.who, several.len()))
                    .help(format!("which one: {}{more}?", names.join(", ")));
                return input::fail(problem, errors);
            }
        };
        let latest = facts.years().filter(|year| facts.listed(*year).contains(&subject)).last();
        let (year, setting) = match input::setting(program, &self.when, latest, errors) {
            Ok(found) => found,
            Err(exit) => return exit,
        };
        let pathways = match input::pathways(program, &self.pathway, self.all, errors) {
            Ok(pathways) => pathways,
            Err(exit) => return exit,
        };
        let mut explanation = explain::explain(&setting, facts, &ready.library.sources, year, subject, &pathways);
        if self.length == Length::Whole {
            let may = MayChange { weigh: self.weigh.into(), year: (!self.any_year).then_some(year), no_acts: false };
            let world = World::new(&setting, facts.subjects()[subject].kind, year, &pathways);
            let next = self.exit.then(|| NextYear::new(program, year)).flatten();
            let ask = explain::Ask { may, flip: self.flip, next: self.exit };
            explain::add_changes(&mut explanation.pathways, &world, facts, &ready.library.sources, subject, &ask, next.as_ref());
        }
        eprint!("{}", input::assumed(&ready.loaded.notes));
        match self.format {
            Format::Text => {
                if self.length != Length::Whole {
                    explanation.fold();
                }
                out(&match self.length {
                    Length::Sentence => explain::sentences(&explanation),
                    Length::Paragraph => explain::paragraphs(&explanation),
                    Length::Whole => explain::render(&explanation, self.all),
                });
            }
            Format::Json => {
                if !self.all {
                    explanation.fold();
                }
                out(&format!("{:#}\n", serde_json::json!(explanation)));
            }
        }
        Exit::Fine
    }
}
