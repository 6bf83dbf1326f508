//! What commands are given: rules, data, and what is asked of them.

mod data;
mod rules;
mod walk;

pub use data::data_files;
pub use rules::{library, rule_files, rules, standard_input};
pub use walk::snapshot_files;

use super::{Exit, Inputs, When};
use crate::diagnostic::{self, DataPlace, Diagnostic, ErrorFormat, suggestion};
use crate::eval::Setting;
use crate::import::{self, InputFile, Loaded};
use crate::library::Library;
use crate::program::{PathwayId, Program};
use crate::source::Sources;
use indicatif::{ProgressBar, ProgressStyle};
use std::fs;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Prints problems to standard error.
///
/// Of each file at most fifty are shown to people; tools get all of them.
pub fn show(diagnostics: &[Diagnostic], sources: &Sources, format: ErrorFormat) {
    const MOST: usize = 50;
    let for_tools = matches!(format, ErrorFormat::Json | ErrorFormat::Sarif);
    let mut per_file: indexmap::IndexMap<String, usize> = indexmap::IndexMap::new();
    let mut shown = Vec::new();
    for problem in diagnostics {
        let file = match (&problem.at, &problem.data) {
            (Some(at), _) => sources.get(at.span.source).name.clone(),
            (None, Some(data)) => data.file.clone(),
            (None, None) => String::new(),
        };
        let n = per_file.entry(file).or_default();
        *n += 1;
        if *n <= MOST || for_tools {
            shown.push(problem.clone());
        }
    }
    eprint!("{}", diagnostic::render(&shown, sources, format));
    if !for_tools {
        for (file, n) in per_file.iter().filter(|(_, n)| **n > MOST) {
            eprintln!("and {} more problems in {file} (all of them with --error-format json)", n - MOST);
        }
    }
}

/// Prints one problem that has no place in a rule file.
pub fn fail(diagnostic: Diagnostic, format: ErrorFormat) -> Exit {
    show(&[diagnostic], &Sources::default(), format);
    Exit::CannotRun
}

fn unreadable(path: &Path, what: &str) -> Diagnostic {
    Diagnostic::error("input/unreadable", what.to_owned()).in_data(DataPlace { file: path.display().to_string(), ..DataPlace::default() })
}

/// `name` in the current folder or one above it, else where this program was built.
fn shipped(name: &str) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    let found = here.ancestors().map(|folder| folder.join(name)).find(|path| path.is_dir());
    found
        .map(|path| path.strip_prefix(&here).map(Path::to_owned).unwrap_or(path))
        .unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join(name))
}

/// The rules asked for.
pub fn policies_path(path: Option<&PathBuf>) -> PathBuf {
    path.cloned().unwrap_or_else(|| shipped("policies"))
}

/// A file that could not be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let place = DataPlace { file: path.display().to_string(), ..DataPlace::default() };
    Diagnostic::error("input/unwritable", format!("this file cannot be written: {error}"))
        .in_data(place)
        .help("it is as it was before; are the file and its folder yours to change?")
}

/// Rules and data, ready to evaluate.
pub struct Ready {
    /// The rules with their texts.
    pub library: Library,
    /// The data.
    pub loaded: Loaded,
}

impl Ready {
    /// The program.
    pub fn program(&self) -> &Program {
        self.library.program.as_ref().unwrap_or_else(|| unreachable!("`ready` returns rules without errors only"))
    }
}

/// Where the data asked for are.
pub fn data_paths(inputs: &Inputs) -> Vec<PathBuf> {
    if inputs.data.is_empty() { vec![shipped("examples").join("california")] } else { inputs.data.clone() }
}

/// Loads rules and data, or shows why that is not possible.
pub fn ready(inputs: &Inputs, format: ErrorFormat) -> Result<Ready, Exit> {
    ready_by(rules, inputs, format)
}

/// [`ready`] with the scenarios.
pub fn ready_to_test(inputs: &Inputs, format: ErrorFormat) -> Result<Ready, Exit> {
    ready_by(library, inputs, format)
}

fn ready_by(read: impl FnOnce(&Path) -> Library, inputs: &Inputs, format: ErrorFormat) -> Result<Ready, Exit> {
    let path = policies_path(inputs.policies.as_ref());
    let library = read(&path);
    let Some(program) = &library.program else {
        show(&library.diagnostics, &library.sources, format);
        eprintln!("the rules under {} have errors; nothing was determined", path.display());
        return Err(Exit::CannotRun);
    };
    let mut problems = Vec::new();
    let mut files = records(&path, &mut problems);
    files.extend(data_files(&data_paths(inputs), &mut problems));
    data::once_each(&mut files, &mut problems);
    let mut loaded = load(program, &files, inputs.keep_going);
    problems.append(&mut loaded.diagnostics);
    let failed = problems.iter().any(|problem| problem.severity == diagnostic::Severity::Error);
    show(&problems, &library.sources, format);
    if failed {
        eprintln!("the data have errors; nothing was determined");
        return Err(Exit::CannotRun);
    }
    Ok(Ready { library, loaded })
}

/// Recorded facts that are shipped with the rules: folders with a manifest.
pub fn records(policies: &Path, problems: &mut Vec<Diagnostic>) -> Vec<InputFile> {
    let manifests = match policies.is_dir() {
        true => walk::walk(policies, &|path| path.file_name().is_some_and(|name| name == "manifest.toml"), problems),
        false => Vec::new(),
    };
    data_files(&manifests, problems)
}

/// Reads data files, with a progress line on a terminal.
pub fn load(program: &Program, files: &[InputFile], keep_going: bool) -> Loaded {
    let bar = progress(files.len() as u64, "reading");
    let loaded = import::load(program, files, keep_going, |name| {
        bar.inc(1);
        bar.set_message(name.rsplit('/').next().unwrap_or(name).to_owned());
    });
    bar.finish_and_clear();
    loaded
}

/// Columns that text for reading takes in the terminal: as many as there are, but no more than an eye follows well.
pub fn width() -> usize {
    comfy_table::Table::new().width().map_or(100, |width| usize::from(width).clamp(20, 100))
}

/// A progress bar on standard error; hidden where that is not a terminal.
pub fn progress(n: u64, what: &str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(n);
    let style = ProgressStyle::with_template("{prefix} {bar:30} {pos}/{len} {msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.set_prefix(what.to_owned());
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

/// The year, the as-of date and the readings asked for.
pub fn setting<'p>(program: &'p Program, when: &When, latest: Option<i32>, format: ErrorFormat) -> Result<(i32, Setting<'p>), Exit> {
    let known: Vec<String> = program.period.years.iter().map(|entry| entry.year.to_string()).collect();
    let Some(year) = when.dashboard.or(latest) else {
        return Err(fail(
            Diagnostic::error("usage/no-year", "no year was asked for, and the data say none").help("add --dashboard YEAR"),
            format,
        ));
    };
    let Some(entry) = program.period.year(year) else {
        let problem = Diagnostic::error("usage/unknown-year", format!("{year} is not a year of the {}", program.period.named.label))
            .help(format!("the policies declare {}", known.join(", ")));
        return Err(fail(problem, format));
    };
    let mut setting = Setting::new(program, when.as_of.unwrap_or(entry.on));
    for text in &when.choices {
        let (name, option) = text.split_once('=').unwrap_or((text, ""));
        let Some(choice) = program.choices.iter().position(|choice| choice.named.name == name.trim()) else {
            let mut problem = Diagnostic::error("usage/unknown-choice", format!("no choice is called `{name}`"));
            problem.help = suggestion(name, program.choices.iter().map(|choice| choice.named.name.as_str()).collect::<Vec<_>>());
            return Err(fail(problem, format));
        };
        let options = &program.choices[choice].options;
        let Some(option) = options.iter().position(|own| own.name == option.trim()) else {
            let names: Vec<String> = options.iter().map(|own| format!("`{name}={}`", own.name)).collect();
            let problem = Diagnostic::error("usage/unknown-choice", format!("`{text}` is not a reading"))
                .help(format!("write one of {}", names.join(", ")));
            return Err(fail(problem, format));
        };
        setting.choices[choice] = option;
    }
    Ok((year, setting))
}

/// The pathways asked for; all that are listed without asking if none is named.
pub fn pathways(program: &Program, names: &[String], all: bool, format: ErrorFormat) -> Result<Vec<PathwayId>, Exit> {
    if names.is_empty() {
        return Ok((0..program.pathways.len()).filter(|at| all || !program.pathways[*at].hidden).map(PathwayId).collect());
    }
    let known: Vec<&str> = program.pathways.iter().map(|pathway| pathway.named.name.as_str()).collect();
    let mut out = Vec::new();
    for name in names {
        let Some(at) = known.iter().position(|own| own == name) else {
            let mut problem = Diagnostic::error("usage/unknown-pathway", format!("no pathway is called `{name}`"));
            problem.help = suggestion(name, known);
            return Err(fail(problem, format));
        };
        out.push(PathwayId(at));
    }
    Ok(out)
}

/// Writes beside the target, then renames, so that no reader finds half a file.
pub fn write_whole(path: &Path, text: &str) -> std::io::Result<()> {
    let mut name = path.file_name().map(|name| name.to_os_string()).unwrap_or_default();
    name.push(".part");
    let beside = path.with_file_name(name);
    let write = || {
        fs::write(&beside, text)?;
        if let Ok(old) = fs::metadata(path) {
            fs::set_permissions(&beside, old.permissions())?;
        }
        fs::rename(&beside, path)
    };
    write().inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

/// Says what files were taken to be complete for without a manifest saying so.
pub fn assumed(notes: &crate::facts::LoadNotes) -> String {
    notes
        .files
        .iter()
        .filter(|note| !note.complete_declared && note.used > 0 && note.complete_for != "nobody")
        .map(|note| {
            format!(
                "note: {} has no manifest entry and counts as complete for {}: whoever has no row there has none\n",
                note.file, note.complete_for
            )
        })
        .collect()
}
