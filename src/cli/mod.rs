//! The command line: the only part that touches disk, terminal or clock.

mod assess;
mod check;
mod data;
mod dump;
mod explain;
mod fmt;
mod input;
mod review;
mod rule;
mod test;

use crate::diagnostic::ErrorFormat;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::process::ExitCode;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It ran, and there is nothing to report.
    Fine,
    /// It ran, and found problems in what it was asked to check.
    Findings,
    /// It could not run: wrong usage, a missing file, rules or data that cannot be read.
    CannotRun,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Fine => ExitCode::SUCCESS,
            Exit::Findings => ExitCode::from(1),
            Exit::CannotRun => ExitCode::from(2),
        }
    }
}

/// Eligibility law as dated rule files: who is eligible for what, under which clause, because of which facts.
#[derive(Debug, Parser)]
#[command(name = "enact", version, about, arg_required_else_help = true)]
#[command(after_help = "Examples:
  enact assess --dashboard 2023 --region 27       the list for one county
  enact explain \"Salinas Union High\" --dashboard 2023
  enact check                                     read and check every rule file
  enact rule dates/gap                            what a problem means and how to put it right
  enact fmt                                       put every rule file into the canonical layout
  enact test                                      run the scenarios beside the rules
  enact test --snapshots                          say whose answers an edit of the rules changed
  enact review                                    accept or reject these changes
  enact data check FOLDER                         read published files and say what is wrong with them

Exit codes: 0 ran, nothing to report; 1 ran, found problems; 2 could not run.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// How problems are shown.
    #[arg(long, global = true, value_enum, default_value_t = Problems::Human, env = "ENACT_ERROR_FORMAT")]
    error_format: Problems,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Read and check rule files.
    Check(check::Check),
    /// Say what the code of a problem means, with a wrong and a right example.
    Rule(rule::Rule),
    /// List who is eligible for what in one year.
    Assess(assess::Assess),
    /// Say which clause made one subject eligible, or not, and because of which facts.
    Explain(explain::Explain),
    /// Look at data files.
    #[command(subcommand)]
    Data(data::Data),
    /// Put rule files into the one canonical layout.
    Fmt(fmt::Fmt),
    /// Run the scenarios written beside the rules, or compare everybody's answers with the reviewed snapshots.
    Test(test::Test),
    /// Accept or reject what an edit of the rules changed in the snapshots.
    Review(review::Review),
    /// Show what the program makes of the rules.
    #[command(subcommand)]
    Dump(dump::Dump),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Problems {
    /// Source excerpt with marks.
    Human,
    /// One line each, words only; reads well in a screen reader.
    Plain,
    /// One JSON object per line.
    Json,
    /// GitHub annotations.
    Github,
    /// One SARIF 2.1.0 document, for editors and code hosts.
    Sarif,
}

impl From<Problems> for ErrorFormat {
    fn from(format: Problems) -> Self {
        match format {
            Problems::Human => ErrorFormat::Human,
            Problems::Plain => ErrorFormat::Plain,
            Problems::Json => ErrorFormat::Json,
            Problems::Github => ErrorFormat::Github,
            Problems::Sarif => ErrorFormat::Sarif,
        }
    }
}

/// Which rules and data to use.
#[derive(Debug, Args)]
struct Inputs {
    /// Folder or file with rules; the shipped library if left out.
    #[arg(long, value_name = "PATH")]
    policies: Option<PathBuf>,
    /// Folders or files with published data; the shipped example if left out.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    data: Vec<PathBuf>,
    /// Read all files before giving up, and report every problem.
    #[arg(long)]
    keep_going: bool,
}

/// Which law to apply.
#[derive(Debug, Args)]
struct When {
    /// Year to judge.
    #[arg(long, value_name = "YEAR", visible_alias = "year")]
    dashboard: Option<i32>,
    /// Day whose law applies; the day of that year's determinations if left out.
    #[arg(long, value_name = "DATE")]
    as_of: Option<jiff::civil::Date>,
    /// Use another reading of an open point than the policies set.
    #[arg(long = "choose", value_name = "CHOICE=OPTION")]
    choices: Vec<String>,
}

/// Runs the command line.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let format = ErrorFormat::from(cli.error_format);
    match cli.command {
        Command::Check(command) => command.run(format),
        Command::Rule(command) => command.run(format),
        Command::Assess(command) => command.run(format),
        Command::Explain(command) => command.run(format),
        Command::Data(command) => command.run(format),
        Command::Fmt(command) => command.run(format),
        Command::Test(command) => command.run(format),
        Command::Review(command) => command.run(format),
        Command::Dump(command) => command.run(format),
    }
    .into()
}

/// Prints to standard output; a closed pipe ends the run quietly.
fn out(text: &str) {
    use std::io::Write;
    let mut stdout = std::io::stdout().lock();
    if stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).is_err() {
        std::process::exit(0);
    }
}

/// `1 file`, `2 files`
fn several(n: usize, what: &str) -> String {
    format!("{n} {what}{}", if n == 1 { "" } else { "s" })
}

/// How changes are weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Weigh {
    /// By steps along scales: from worst to best of five is four.
    Steps,
    /// By facts that change, however far.
    Facts,
}

impl From<Weigh> for crate::flip::Weigh {
    fn from(weigh: Weigh) -> Self {
        match weigh {
            Weigh::Steps => crate::flip::Weigh::Steps,
            Weigh::Facts => crate::flip::Weigh::Facts,
        }
    }
}
