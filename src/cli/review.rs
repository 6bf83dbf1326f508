//! `enact review`

use super::test::snapshots::{self, FOLDER, File, Looked, State};
use super::{Exit, Inputs, input, out, several};
use crate::diagnostic::{Diagnostic, ErrorFormat};
use crate::snapshot::{self, Change};
use std::fs;
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// The log beside the snapshots.
const LOG: &str = "reviews.log";
const LOG_HEAD: &str = "# day | decision | by | snapshot | pathway | what changed | why\n";

/// Accept or reject what an edit of the rules changed in the snapshots.
///
/// Accepting rewrites the snapshot. Rejecting leaves it as it is; the edit is then to be undone. Both are noted in
/// `snapshots/reviews.log`. Without --accept or --reject each group that changed is asked about on the terminal.
#[derive(Debug, clap::Args)]
pub struct Review {
    /// Folder with rules; the shipped library if left out.
    path: Option<PathBuf>,
    /// Folders or files with published data that snapshots are taken from; the shipped example if left out.
    #[arg(long, value_name = "PATH", num_args = 1..)]
    data: Vec<PathBuf>,
    /// Accept every change.
    #[arg(long, requires = "reason", conflicts_with = "reject")]
    accept: bool,
    /// Reject every change.
    #[arg(long, requires = "reason")]
    reject: bool,
    /// Only changes in whose section, version, year, pathway or clauses this is found.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Why, for the log.
    #[arg(long, value_name = "TEXT", value_parser = clap::builder::NonEmptyStringValueParser::new())]
    reason: Option<String>,
    /// Who decides, for the log; the name git knows, or the name of the account, if left out.
    #[arg(long, value_name = "NAME")]
    by: Option<String>,
    /// Day of the decision, for the log; today if left out.
    #[arg(long, value_name = "DATE")]
    on: Option<jiff::civil::Date>,
    /// Name everybody who changed, however many.
    #[arg(long)]
    all: bool,
}

/// What can be decided: a group of subjects, or a file as a whole.
struct Item<'f> {
    file: &'f File,
    change: Option<&'f Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Decision {
    Accept,
    Reject,
    Skip,
}

impl Review {
    pub fn run(self, errors: ErrorFormat) -> Exit {
        let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
        let by = match self.by.clone().or_else(|| known_name(&input::policies_path(self.path.as_ref()))) {
            Some(by) => by,
            None if terminal => String::new(),
            None => {
                let problem = Diagnostic::error("usage/no-reviewer", "who decides is not known, and the log must say it");
                return input::fail(problem.help("add --by NAME"), errors);
            }
        };
        let inputs = Inputs { policies: self.path.clone(), data: self.data.clone(), keep_going: false };
        let looked = match snapshots::look(&inputs, None, errors) {
            Ok(looked) => looked,
            Err(exit) => return exit,
        };
        let mut wanted = items(&looked);
        if wanted.is_empty() {
            out(&format!("nothing to review: {} say what the rules give\n", several(looked.files.len(), "snapshot")));
            return Exit::Fine;
        }
        let every = wanted.len();
        wanted.retain(|item| item.fits(self.only.as_deref()));
        if wanted.is_empty() {
            out(&format!("no change fits `{}`; {} to review\n", self.only.unwrap_or_default(), several(every, "other change")));
            return Exit::Findings;
        }
        let day = self.on.unwrap_or_else(|| jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date());
        let (decisions, by) = match (self.accept, self.reject) {
            (false, false) if terminal => {
                let mut talk = Talk { from: &mut std::io::stdin().lock(), to: &mut std::io::stdout().lock(), all: self.all };
                talk.decide(&wanted, by, self.reason.clone().unwrap_or_default())
            }
            (false, false) => {
                out(&wanted.iter().map(|item| item.shown(self.all)).collect::<String>());
                out(&format!("{} to review; add --accept or --reject, with --reason\n", several(wanted.len(), "change")));
                return Exit::Findings;
            }
            (accept, _) => {
                let decision = if accept { Decision::Accept } else { Decision::Reject };
                (wanted.iter().map(|_| (decision, self.reason.clone().unwrap_or_default())).collect(), by)
            }
        };
        let result = keep(&looked, &wanted, &decisions, &by, day);
        if let Err((path, error)) = result {
            return input::fail(input::unwritable(&path, &error), errors);
        }
        let mut text = String::new();
        for (item, (decision, _)) in wanted.iter().zip(&decisions) {
            let word = match decision {
                Decision::Accept => "accepted",
                Decision::Reject => "REJECTED",
                Decision::Skip => continue,
            };
            text.push_str(&format!("{word}  {}: {}\n", item.file.title, item.what()));
        }
        let count = |wanted: Decision| decisions.iter().filter(|(decision, _)| *decision == wanted).count();
        let open = count(Decision::Skip) + every - wanted.len();
        text.push_str(&format!("{} accepted, {} rejected, {open} not decided\n", count(Decision::Accept), count(Decision::Reject)));
        if count(Decision::Reject) > 0 {
            text.push_str(
                "What was rejected stays in the snapshots as it was: undo the edit of the rules, then run enact test --snapshots\n",
            );
        }
        out(&text);
        if count(Decision::Reject) + open == 0 { Exit::Fine } else { Exit::Findings }
    }
}

fn items(looked: &Looked) -> Vec<Item<'_>> {
    let mut out = Vec::new();
    for file in &looked.files {
        match &file.state {
            State::Same => {}
            State::Changed { changes, .. } if !changes.is_empty() => {
                out.extend(changes.iter().map(|change| Item { file, change: Some(change) }));
            }
            _ => out.push(Item { file, change: None }),
        }
    }
    out
}

impl Item<'_> {
    fn what(&self) -> String {
        match (self.change, &self.file.state) {
            (Some(change), _) => snapshot::headline(change),
            (None, State::Missing(_)) => "first snapshot".to_owned(),
            (None, State::Orphan) => "no such version and year; the file is removed".to_owned(),
            (None, State::Unreadable(..)) => "unreadable; written anew".to_owned(),
            (None, _) => "only the head or the numbers".to_owned(),
        }
    }

    fn pathway(&self) -> &str {
        self.change.map_or("-", |change| &change.pathway)
    }

    fn fits(&self, only: Option<&str>) -> bool {
        let Some(only) = only else { return true };
        let all = format!("{}\n{}\n{}\n{}", self.file.title, self.file.place, self.pathway(), self.what());
        all.to_lowercase().contains(&only.to_lowercase())
    }

    fn shown(&self, all: bool) -> String {
        let head = format!("{}  [{}]\n", self.file.title, self.file.path.display());
        match self.change {
            None => format!("{head}  {}\n", snapshots::whole(self.file)),
            Some(change) => format!("{head}{}{}", snapshots::pathway(self.file, &change.pathway), snapshots::group(change, all)),
        }
    }
}

/// Asking on a terminal.
struct Talk<'t> {
    from: &'t mut dyn BufRead,
    to: &'t mut dyn Write,
    all: bool,
}

impl Talk<'_> {
    /// Asks about each item; what is not answered is skipped.
    fn decide(&mut self, items: &[Item], by: String, reason: String) -> (Vec<(Decision, String)>, String) {
        let mut out = Vec::new();
        let (mut by, mut reason) = (by, reason);
        for (at, item) in items.iter().enumerate() {
            self.say(&format!("\n{} of {}: {}", at + 1, items.len(), item.shown(self.all)));
            let Some(decision) = self.choice() else { break };
            if decision != Decision::Skip {
                let Some(why) = self.text("Why", &reason) else { break };
                reason = why;
                if by.is_empty() {
                    let Some(who) = self.text("Your name", "") else { break };
                    by = who;
                }
            }
            out.push((decision, reason.clone()));
        }
        out.resize(items.len(), (Decision::Skip, String::new()));
        (out, by)
    }

    fn say(&mut self, text: &str) {
        let _ = self.to.write_all(text.as_bytes()).and_then(|()| self.to.flush());
    }

    /// A line; `None` at the end of the input.
    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        match self.from.read_line(&mut line) {
            Ok(n) if n > 0 => Some(line.trim().to_owned()),
            _ => None,
        }
    }

    fn choice(&mut self) -> Option<Decision> {
        loop {
            self.say("a accept: the snapshot will say this   r reject: it stays, undo the edit   s skip: decide later   q stop here\n> ");
            match self.line()?.to_lowercase().as_str() {
                "a" | "accept" => return Some(Decision::Accept),
                "r" | "reject" => return Some(Decision::Reject),
                "s" | "skip" => return Some(Decision::Skip),
                "q" | "quit" | "stop" => return None,
                _ => {}
            }
        }
    }

    fn text(&mut self, question: &str, before: &str) -> Option<String> {
        loop {
            let same = if before.is_empty() { String::new() } else { format!(" [{before}]") };
            self.say(&format!("{question}?{same} "));
            match self.line()? {
                line if !line.is_empty() => return Some(line),
                _ if !before.is_empty() => return Some(before.to_owned()),
                _ => {}
            }
        }
    }
}

/// Writes snapshots and log; if something cannot be written, all is as it was before.
fn keep(
    looked: &Looked,
    items: &[Item],
    decisions: &[(Decision, String)],
    by: &str,
    day: jiff::civil::Date,
) -> Result<(), (PathBuf, std::io::Error)> {
    let mut files: Vec<(PathBuf, Option<String>)> = Vec::new();
    for file in &looked.files {
        let own = items.iter().zip(decisions).filter(|(item, _)| std::ptr::eq(item.file, file));
        let taken: Vec<&Item> = own.filter(|(_, (decision, _))| *decision == Decision::Accept).map(|(item, _)| item).collect();
        if taken.is_empty() {
            continue;
        }
        let text = match &file.state {
            State::Same => continue,
            State::Changed { before, changes, .. } if taken.len() < changes.len() => {
                Some(snapshot::write(&snapshot::with(before, taken.iter().filter_map(|item| item.change))))
            }
            State::Changed { now, .. } | State::Missing(now) | State::Unreadable(_, now) => Some(snapshot::write(now)),
            State::Orphan => None,
        };
        files.push((file.path.clone(), text));
    }
    let log = looked.folder.join(LOG);
    let lines: String = items.iter().zip(decisions).filter_map(|(item, (decision, why))| log_line(item, *decision, why, by, day)).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let mut text = match fs::read_to_string(&log) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => LOG_HEAD.to_owned(),
        Err(error) => return Err((log, error)),
    };
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(&lines);
    files.push((log, Some(text)));
    let mut done: Vec<(&Path, Option<Vec<u8>>)> = Vec::new();
    for (path, text) in &files {
        let before = fs::read(path).ok();
        if let Err(error) = put(path, text.as_deref()) {
            for (path, before) in done.into_iter().rev() {
                let _ = match before {
                    Some(bytes) => fs::write(path, bytes),
                    None => fs::remove_file(path),
                };
            }
            return Err((path.clone(), error));
        }
        done.push((path, before));
    }
    Ok(())
}

/// Writes a file, or removes it and the folders it leaves empty.
fn put(path: &Path, text: Option<&str>) -> std::io::Result<()> {
    match text {
        Some(text) => {
            path.parent().map_or(Ok(()), fs::create_dir_all)?;
            input::write_whole(path, text)
        }
        None => {
            fs::remove_file(path)?;
            let above = path.ancestors().skip(1).take_while(|folder| folder.file_name().is_some_and(|name| name != FOLDER));
            for folder in above {
                if fs::remove_dir(folder).is_err() {
                    break;
                }
            }
            Ok(())
        }
    }
}

fn log_line(item: &Item, decision: Decision, why: &str, by: &str, day: jiff::civil::Date) -> Option<String> {
    let word = match decision {
        Decision::Accept => "accepted",
        Decision::Reject => "rejected",
        Decision::Skip => return None,
    };
    let columns = [word, by, &item.file.place, item.pathway(), &item.what(), why].map(|column| {
        // a line each, columns told apart
        column.replace('|', "/").split_whitespace().collect::<Vec<_>>().join(" ")
    });
    Some(format!("{day} | {}\n", columns.join(" | ")))
}

/// The name git knows in the rules' folder, else that of the account.
fn known_name(rules: &Path) -> Option<String> {
    let folder = if rules.is_dir() { rules } else { Path::new(".") };
    let git = std::process::Command::new("git").args(["config", "user.name"]).current_dir(folder).output().ok();
    let git = git.filter(|output| output.status.success()).map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    git.into_iter().chain(std::env::var("USER").ok()).map(|name| name.trim().to_owned()).find(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Answer;
    use crate::snapshot::{Kind, Moved, Said};

    fn talk(typed: &str) -> (Vec<(Decision, String)>, String, String) {
        let said = Said::bare(Answer::Eligible);
        let who = vec![Moved { key: "1".to_owned(), name: "One".to_owned(), before: Said::bare(Answer::NotEligible), after: said }];
        let change = Change { pathway: "help".to_owned(), kind: Kind::Enters, who };
        let file = File { place: "a/b/1.txt".to_owned(), path: "a/b/1.txt".into(), title: "A".to_owned(), state: State::Same };
        let items = [0, 1].map(|_| Item { file: &file, change: Some(&change) });
        let mut shown = Vec::new();
        let mut talk = Talk { from: &mut typed.as_bytes(), to: &mut shown, all: false };
        let (decisions, by) = talk.decide(&items, String::new(), String::new());
        (decisions, by, String::from_utf8(shown).unwrap())
    }

    #[test]
    fn each_group_is_asked_about_until_the_answer_is_one() {
        let (decisions, by, shown) = talk("maybe\na\n\nthe bill says so\nAna\nr\n\n");
        let why = "the bill says so".to_owned();
        assert_eq!(decisions, [(Decision::Accept, why.clone()), (Decision::Reject, why)]);
        assert_eq!(by, "Ana");
        assert!(shown.contains("1 enters; not eligible before"), "{shown}");
        assert!(shown.contains("Why? [the bill says so] "), "{shown}");
    }

    #[test]
    fn what_is_not_answered_is_skipped() {
        for typed in ["", "q\n", "a\n", "a\nwhy\n", "s\n"] {
            let (decisions, ..) = talk(typed);
            assert!(decisions.iter().all(|(decision, _)| *decision == Decision::Skip), "{typed}: {decisions:?}");
        }
    }
}
