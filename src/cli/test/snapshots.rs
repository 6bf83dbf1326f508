//! Snapshots: everybody's answers as they were reviewed, beside those the rules give now.

use crate::cli::{Exit, Inputs, input, out, several};
use crate::diagnostic::{Diagnostic, ErrorFormat, Severity};
use crate::program::Program;
use crate::snapshot::{self, Change, Snapshot, Trouble};
use crate::source::Sources;
use std::path::{Path, PathBuf};

/// So many of a group are named.
const NAMED: usize = 10;
/// Where snapshots are, below the rules.
pub const FOLDER: &str = "snapshots";

/// A snapshot file, and how it stands.
pub struct File {
    /// Below the folder of snapshots: `EC-52072/SB-114-2023/2024.txt`.
    pub place: String,
    /// Where it is, or would be.
    pub path: PathBuf,
    /// `EC 52072, version SB-114-2023, dashboard 2024`
    pub title: String,
    /// How it stands.
    pub state: State,
}

/// How a file stands to what the rules give now.
pub enum State {
    /// It says what the rules give.
    Same,
    /// It does not; without changes only its head or its numbers are different.
    Changed { before: Snapshot, now: Snapshot, changes: Vec<Change> },
    /// There is none.
    Missing(Snapshot),
    /// It is no snapshot.
    Unreadable(Trouble, Snapshot),
    /// No version and year have their place here.
    Orphan,
}

/// All snapshots.
pub struct Looked {
    /// Where they are.
    pub folder: PathBuf,
    /// In order of section, year.
    pub files: Vec<File>,
}

/// Compares the snapshots whose title contains `filter`, all without one.
pub fn run(inputs: &Inputs, filter: Option<&str>, all: bool, errors: ErrorFormat) -> Exit {
    let looked = match look(inputs, filter, errors) {
        Ok(looked) => looked,
        Err(exit) => return exit,
    };
    if let Some(filter) = filter.filter(|_| looked.files.is_empty()) {
        let problem = Diagnostic::error("usage/unknown-snapshot", format!("the title of no snapshot contains `{filter}`"));
        return input::fail(
            problem.help("a title names section, version and year; enact test --snapshots without --filter compares all"),
            errors,
        );
    }
    let text: String = looked.files.iter().map(|file| report(file, all)).collect();
    let count = |wanted: &dyn Fn(&State) -> bool| looked.files.iter().filter(|file| wanted(&file.state)).count();
    let same = count(&|state| matches!(state, State::Same));
    let mut summary = format!("{}: {same} the same", several(looked.files.len(), "snapshot"));
    for (n, word) in [
        (count(&|state| matches!(state, State::Changed { .. })), "changed"),
        (count(&|state| matches!(state, State::Missing(_))), "missing"),
        (count(&|state| matches!(state, State::Unreadable(..))), "unreadable"),
        (count(&|state| matches!(state, State::Orphan)), "orphaned"),
    ] {
        if n > 0 {
            summary.push_str(&format!(", {n} {word}"));
        }
    }
    out(&format!("{text}{summary}\n"));
    if same == looked.files.len() {
        return Exit::Fine;
    }
    out("Accept what is meant and reject what is not: enact review\n");
    Exit::Findings
}

/// Takes every snapshot whose title or place contains `filter`, and looks at the file in its place.
pub fn look(inputs: &Inputs, filter: Option<&str>, errors: ErrorFormat) -> Result<Looked, Exit> {
    let ready = input::ready(inputs, errors)?;
    let program = ready.program();
    let rules = input::policies_path(inputs.policies.as_ref());
    let folder = if rules.is_dir() { rules.join(FOLDER) } else { rules.with_file_name(FOLDER) };
    let mut problems = Vec::new();
    let mut found = input::snapshot_files(&folder, &mut problems);
    input::show(&problems, &Sources::default(), errors);
    if problems.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(Exit::CannotRun);
    }
    let data: Vec<String> = input::data_paths(inputs).iter().map(|path| name(path)).collect();
    let source = format!("rules of {}, data of {}", name(&rules), data.join(", "));
    let filter = filter.map(str::to_lowercase);
    let fits = |text: &str| filter.as_ref().is_none_or(|filter| text.to_lowercase().contains(filter));
    let mut files = Vec::new();
    let mut only: Option<(crate::program::TextId, Program)> = None;
    let subjects = snapshot::subjects(program);
    let bar = input::progress(subjects.len() as u64, "comparing");
    for subject in subjects {
        bar.inc(1);
        let [section, version, year] = snapshot::place(program, subject);
        let place = format!("{section}/{version}/{year}");
        let there = found.iter().position(|(own, _)| *own == place).map(|at| found.remove(at));
        let title = snapshot::title(program, subject);
        if !fits(&title) && !fits(&place) {
            continue;
        }
        let own = match only.take() {
            Some((text, own)) if text == subject.text => own,
            _ => snapshot::only(program, subject.text),
        };
        let now = snapshot::take(&own, &ready.loaded.facts, subject, &source);
        only = Some((subject.text, own));
        let (path, state) = match there {
            None => (folder.join(section).join(version).join(year), State::Missing(now)),
            Some((_, path)) => {
                let state = compare(&path, now);
                (path, state)
            }
        };
        files.push(File { place, path, title, state });
    }
    bar.finish_and_clear();
    let orphans = found.into_iter().map(|(place, path)| File { title: place.clone(), place, path, state: State::Orphan });
    files.extend(orphans.filter(|file| fits(&file.place)));
    Ok(Looked { folder, files })
}

/// The last part of where something is, which is the same on every machine.
fn name(path: &Path) -> String {
    let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    real.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}

fn compare(path: &Path, now: Snapshot) -> State {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text.replace("\r\n", "\n"),
        Err(error) => return State::Unreadable(Trouble { line: 1, what: error.to_string() }, now),
    };
    if text == snapshot::write(&now) {
        return State::Same;
    }
    match snapshot::read(&text, &now) {
        Ok(before) => {
            let changes = snapshot::changes(&before, &now);
            State::Changed { before, now, changes }
        }
        Err(trouble) => State::Unreadable(trouble, now),
    }
}

fn report(file: &File, all: bool) -> String {
    let shown = |word: &str| format!("{word:<10} {}  [{}]\n", file.title, file.path.display());
    match &file.state {
        State::Same => String::new(),
        State::Changed { changes, .. } if changes.is_empty() => format!("{}  {}\n", shown("CHANGED"), whole(file)),
        State::Changed { changes, .. } => {
            let mut text = shown("CHANGED");
            let mut last = "";
            for change in changes {
                if change.pathway != last {
                    text.push_str(&pathway(file, &change.pathway));
                }
                last = &change.pathway;
                text.push_str(&group(change, all));
            }
            text
        }
        State::Missing(_) => format!("{}  {}\n", shown("MISSING"), whole(file)),
        State::Unreadable(..) => format!("{}  {}\n", shown("UNREADABLE"), whole(file)),
        State::Orphan => format!("{:<10} {}\n  {}\n", "ORPHANED", file.path.display(), whole(file)),
    }
}

/// A pathway with its numbers before and now.
pub fn pathway(file: &File, name: &str) -> String {
    let State::Changed { before, now, .. } = &file.state else { return String::new() };
    let find = |of: &Snapshot| of.parts.iter().find(|part| part.pathway == name).map(|part| (part.label.clone(), snapshot::counts(part)));
    let (was, is) = (find(before), find(now));
    let label = is.as_ref().or(was.as_ref()).map(|(label, _)| label.clone()).unwrap_or_default();
    let numbers = match (was.map(|(_, numbers)| numbers), is.map(|(_, numbers)| numbers)) {
        (Some(was), Some(is)) if was == is => format!("    before and now: {is}\n"),
        (was, is) => format!("    before: {}\n    now:    {}\n", was.unwrap_or_default(), is.unwrap_or_default()),
    };
    format!("  {label} ({name})\n{numbers}")
}

/// A group with the names of those in it.
pub fn group(change: &Change, all: bool) -> String {
    let mut text = format!("    {}\n", snapshot::headline(change));
    let shown = if all { change.who.len() } else { NAMED };
    for one in change.who.iter().take(shown) {
        text.push_str(&format!("      {}\n", snapshot::moved(change.kind, one)));
    }
    if change.who.len() > shown {
        text.push_str(&format!("      and {} more, shown with --all\n", change.who.len() - shown));
    }
    text
}

/// What is the matter with a file as a whole, in one line.
pub fn whole(file: &File) -> String {
    match &file.state {
        State::Same => "it says what the rules give".to_owned(),
        State::Changed { .. } => "everybody's answer is the same; the head or the numbers are different".to_owned(),
        State::Missing(now) => {
            let numbers: Vec<String> = now.parts.iter().map(|part| format!("{}: {}", part.pathway, snapshot::counts(part))).collect();
            format!("nobody reviewed this yet; {}", numbers.join("; "))
        }
        State::Unreadable(trouble, _) => format!("line {}: {}", trouble.line, trouble.what),
        State::Orphan => "no section has this version as its law on the day of this year".to_owned(),
    }
}
