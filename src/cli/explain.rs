//! `enact explain`

use super::input::Ready;
use super::{Exit, Inputs, Weigh, When, input, out};
use crate::diagnostic::{Diagnostic, ErrorFormat};
use crate::explain;
use crate::facts::Facts;
use crate::flip::{MayChange, NextYear, World};
use crate::program::{PathwayId, Program};
use clap::ValueEnum;
use std::io::IsTerminal;
use std::path::PathBuf;

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
    /// Text for people, a page to print or to open in a browser, or JSON with everything.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Show every pathway, and of the whole explanation what did not matter too.
    #[arg(long)]
    all: bool,
    /// How much the text says; a paragraph if nothing is said, with `--all` the whole.
    #[arg(long, value_enum)]
    length: Option<Length>,
    /// Say which smallest changes of the facts would make each answer another.
    #[arg(long)]
    flip: bool,
    /// Say what would end eligibility, or begin it, in the year after.
    #[arg(long)]
    exit: bool,
    /// What was otherwise before, and which clause or fact did it: in a year, on a day, or under the rules of a folder.
    #[arg(long, value_name = "YEAR|DATE|PATH", conflicts_with_all = ["all", "length", "flip", "exit"])]
    compare: Option<String>,
    /// How changes are weighed against each other.
    #[arg(long, value_enum, default_value_t = Weigh::Steps)]
    weigh: Weigh,
    /// Let facts of every year change, not only those of the year judged.
    #[arg(long)]
    any_year: bool,
    /// Show the pictures above the text: the facts declared as grids, and each pathway year by year.
    #[arg(long)]
    grid: bool,
    /// Write to this file instead of printing.
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
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
    Html,
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
        let subject = match self.subject(program, facts, errors) {
            Ok(subject) => subject,
            Err(exit) => return exit,
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
        let may = MayChange { weigh: self.weigh.into(), year: (!self.any_year).then_some(year), no_acts: false };
        let world = World::new(&setting, facts.subjects()[subject].kind, year, &pathways);
        let next = self.exit.then(|| NextYear::new(program, year)).flatten();
        let ask = explain::Ask { may, flip: self.flip, next: self.exit };
        explain::add_changes(&mut explanation.pathways, &world, facts, &ready.library.sources, subject, &ask, next.as_ref());
        eprint!("{}", input::assumed(&ready.loaded.notes));
        if let Some(other) = &self.compare {
            let rules = input::policies_path(self.inputs.policies.as_ref()).display().to_string();
            let sources = &ready.library.sources;
            let after = explain::Side { explanation: &explanation, setting: &setting, facts, sources, subject, rules: &rules };
            return self.beside(other, &ready, after, &pathways, errors);
        }
        if self.grid || !matches!(self.format, Format::Text) {
            explanation.draw(&setting, facts, &ready.library.sources, subject, &pathways);
        }
        let text = match self.format {
            Format::Text => {
                let pictures = if self.grid { explain::pictures(&explanation, self.output.is_none() && in_color()) } else { String::new() };
                pictures + &self.text(&explanation)
            }
            Format::Html => {
                explanation.fold();
                explain::html(&explanation, self.all)
            }
            Format::Json => {
                if !self.all {
                    explanation.fold();
                }
                format!("{:#}\n", serde_json::json!(explanation))
            }
        };
        self.print(&text, errors)
    }

    /// As long as was asked for.
    fn text(&self, explanation: &explain::Explanation) -> String {
        let length = self.length.unwrap_or(if self.all { Length::Whole } else { Length::Paragraph });
        let mut text = match length {
            Length::Sentence => explain::sentences(explanation),
            Length::Paragraph => explain::paragraphs(explanation),
            Length::Whole => return explain::render(explanation, self.all),
        };
        if self.length.is_none() {
            text.push_str("\nEvery step down to file and row: --length whole\n");
        }
        if self.output.is_none() && std::io::stdout().is_terminal() { wrapped(&text, input::width()) } else { text }
    }

    /// Whom is meant, or why that is not clear.
    fn subject(&self, program: &Program, facts: &Facts, errors: ErrorFormat) -> Result<usize, Exit> {
        let found = facts.search(&self.who);
        match found.as_slice() {
            [one] => Ok(*one),
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
                Err(input::fail(problem, errors))
            }
            several => {
                let names: Vec<String> =
                    several.iter().take(8).map(|at| format!("`{}` ({})", facts.subjects()[*at].name, facts.subjects()[*at].key)).collect();
                let more = if several.len() > 8 { format!(" and {} more", several.len() - 8) } else { String::new() };
                let problem = Diagnostic::error("usage/ambiguous-subject", format!("`{}` fits {} subjects", self.who, several.len()))
                    .help(format!("which one: {}{more}?", names.join(", ")));
                Err(input::fail(problem, errors))
            }
        }
    }

    /// The same subject in another year, on another day or under other rules, beside this explanation.
    fn beside(&self, other: &str, ready: &Ready, after: explain::Side, pathways: &[PathwayId], errors: ErrorFormat) -> Exit {
        let (when, rules) = match (other.parse::<i32>(), other.parse::<jiff::civil::Date>()) {
            (Ok(year), _) => (When { dashboard: Some(year), as_of: None, choices: self.when.choices.clone() }, None),
            (_, Ok(day)) => (When { dashboard: Some(after.explanation.year), as_of: Some(day), choices: self.when.choices.clone() }, None),
            _ => (
                When { dashboard: Some(after.explanation.year), as_of: self.when.as_of, choices: self.when.choices.clone() },
                Some(PathBuf::from(other)),
            ),
        };
        let others;
        let ready = match &rules {
            None => ready,
            Some(rules) if !rules.exists() => {
                let problem = Diagnostic::error("usage/unknown-comparison", format!("`{other}` is no year, no day, and no folder or file"))
                    .help("compare with a year such as 2023, a day such as 2023-07-09, or a folder of rules");
                return input::fail(problem, errors);
            }
            Some(rules) => {
                let inputs = Inputs { policies: Some(rules.clone()), data: self.inputs.data.clone(), keep_going: self.inputs.keep_going };
                others = match input::ready(&inputs, errors) {
                    Ok(ready) => ready,
                    Err(exit) => return exit,
                };
                &others
            }
        };
        let (program, facts) = (ready.program(), &ready.loaded.facts);
        let Some(subject) = facts.find(&after.explanation.key) else {
            let problem = Diagnostic::error("usage/unknown-subject", format!("`{}` is not known under `{other}`", after.explanation.key))
                .help("do these rules read the same files?");
            return input::fail(problem, errors);
        };
        let (year, setting) = match input::setting(program, &when, None, errors) {
            Ok(found) => found,
            Err(exit) => return exit,
        };
        let pathways: Vec<PathwayId> = pathways
            .iter()
            .filter_map(|pathway| {
                let name = &after.setting.program.pathways[pathway.0].named.name;
                program.pathways.iter().position(|pathway| pathway.named.name == *name).map(PathwayId)
            })
            .collect();
        let mut explanation = explain::explain(&setting, facts, &ready.library.sources, year, subject, &pathways);
        let world = World::new(&setting, facts.subjects()[subject].kind, year, &pathways);
        explain::add_changes(&mut explanation.pathways, &world, facts, &ready.library.sources, subject, &explain::Ask::default(), None);
        let rules = rules.map_or(after.rules.to_owned(), |rules| rules.display().to_string());
        let before =
            explain::Side { explanation: &explanation, setting: &setting, facts, sources: &ready.library.sources, subject, rules: &rules };
        let comparison = explain::compare(before, after);
        let text = match self.format {
            Format::Text => explain::render_comparison(&comparison),
            Format::Json => format!("{:#}\n", serde_json::json!(comparison)),
            Format::Html => {
                let problem = Diagnostic::error("usage/unknown-format", "a comparison is no page").help("it has `text` and `json`");
                return input::fail(problem, errors);
            }
        };
        self.print(&text, errors)
    }

    fn print(&self, text: &str, errors: ErrorFormat) -> Exit {
        match &self.output {
            None => out(text),
            Some(path) => {
                if let Err(error) = input::write_whole(path, text) {
                    return input::fail(input::unwritable(path, &error), errors);
                }
            }
        }
        Exit::Fine
    }
}

/// Lines broken between words, so that a terminal breaks none within one.
fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let mut used = 0;
        for word in line.split(' ') {
            let len = word.chars().count();
            if used > 0 && used + 1 + len > width {
                out.push('\n');
                used = 0;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += len;
        }
        out.push('\n');
    }
    out
}

/// Whether standard output is a terminal that shows colors, and nobody asked for none (no-color.org).
fn in_color() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
    std::io::stdout().is_terminal() && set("NO_COLOR").is_none() && set("TERM").is_none_or(|term| term != "dumb")
}

#[cfg(test)]
mod tests {
    use super::wrapped;

    #[test]
    fn lines_are_broken_between_words_only() {
        assert_eq!(wrapped("one two three\n\nfour\n", 7), "one two\nthree\n\nfour\n");
        assert_eq!(wrapped("unbreakable a\n", 4), "unbreakable\na\n");
    }
}
