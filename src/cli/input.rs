//! Finding and reading rule files and data files.

use super::{Exit, Inputs, When};
use crate::diagnostic::{self, DataPlace, Diagnostic, ErrorFormat, suggestion};
use crate::eval::Setting;
use crate::import::{self, Content, InputFile, Loaded, Manifest};
use crate::library::Library;
use crate::program::{PathwayId, Program};
use crate::source::Sources;
use crate::span::SourceId;
use crate::syntax;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Folders nested deeper than this are not entered.
const MAX_DEPTH: usize = 24;
/// How the names of rule files end.
const RULES: &str = ".enact";

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

/// Every snapshot under `path`, with its place there: `FOLDER/FOLDER/FILE.txt`.
pub fn snapshot_files(path: &Path, problems: &mut Vec<Diagnostic>) -> Vec<(String, PathBuf)> {
    if !path.is_dir() {
        return Vec::new();
    }
    let files = walk(path, &|path| has_ending(path, &[".txt"]), problems);
    let place = |file: &Path| -> String {
        let parts = file.strip_prefix(path).unwrap_or(file).components();
        parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
    };
    files.into_iter().map(|file| (place(&file), file)).collect()
}

/// Every file under `path` that `wanted` accepts, in order of name.
fn walk(path: &Path, wanted: &dyn Fn(&Path) -> bool, problems: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
    let mut walk = Walk { wanted, seen: BTreeMap::new(), out: Vec::new(), problems };
    walk.folder(path, 0);
    walk.out
}

struct Walk<'a> {
    wanted: &'a dyn Fn(&Path) -> bool,
    /// Where folders and files that were met really are, with the way there: links can lead to one of them twice, or back.
    seen: BTreeMap<PathBuf, PathBuf>,
    out: Vec<PathBuf>,
    problems: &'a mut Vec<Diagnostic>,
}

impl Walk<'_> {
    fn folder(&mut self, path: &Path, depth: usize) {
        if depth > MAX_DEPTH {
            let what = format!("folders are nested more than {MAX_DEPTH} deep here");
            return self.problem(path, &what, "move this folder further up");
        }
        if !self.first_time(path) {
            return;
        }
        let entries = match fs::read_dir(path) {
            Ok(entries) => entries,
            Err(error) => return self.problem(path, &format!("this folder cannot be read: {error}"), "is it yours to read?"),
        };
        let mut paths = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => paths.push(entry.path()),
                Err(error) => self.problem(path, &format!("this folder cannot be read to its end: {error}"), "try again"),
            }
        }
        paths.sort();
        for path in paths {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(['.', '~']));
            if hidden {
                continue;
            }
            if path.is_dir() {
                if has_ending(&path, &[RULES]) {
                    let what = "this is a folder, but its name ends like that of a rule file";
                    self.problem(&path, what, "give it a name without `.enact`");
                } else {
                    self.folder(&path, depth + 1);
                }
            } else if (self.wanted)(&path) {
                if !path.is_file() {
                    let (what, help) = not_a_file(&path);
                    self.problem(&path, &what, help);
                } else if self.first_time(&path) {
                    self.out.push(path);
                }
            }
        }
    }

    /// Whether this folder or file was not met before; reports where it was.
    fn first_time(&mut self, path: &Path) -> bool {
        let real = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        let lies_in = |parent: &Path| parent.canonicalize().is_ok_and(|parent| parent.starts_with(&real));
        let what = if path.is_symlink() && path.parent().is_some_and(lies_in) {
            "this link leads back to a folder it lies in".to_owned()
        } else {
            match self.seen.get(&real) {
                None => {
                    self.seen.insert(real, path.to_owned());
                    return true;
                }
                Some(first) if path.is_symlink() => format!("this link leads to what is already read as `{}`", first.display()),
                Some(first) => format!("this is already read as `{}`, by way of a link", first.display()),
            }
        };
        self.problem(path, &what, "remove the link; everything is read once");
        false
    }

    fn problem(&mut self, path: &Path, what: &str, help: &str) {
        self.problems.push(unreadable(path, what).help(help));
    }
}

/// What a path is that is neither folder nor file.
fn not_a_file(path: &Path) -> (String, &'static str) {
    match (fs::read_link(path), fs::metadata(path)) {
        (Ok(target), Err(error)) if error.kind() == std::io::ErrorKind::NotFound => {
            (format!("this link leads to `{}`, which does not exist", target.display()), "correct the link or remove it")
        }
        (Ok(target), Err(error)) => {
            (format!("this link leads to `{}`, which cannot be read: {error}", target.display()), "correct the link or remove it")
        }
        _ => ("this is neither a file nor a folder".to_owned(), "keep only plain files here"),
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    endings.iter().any(|ending| name.ends_with(ending))
}

/// Reads and checks the rules and scenarios under `path`.
pub fn library(path: &Path) -> Library {
    library_by(path, Library::new)
}

/// Reads and checks the rules under `path`; scenarios are left to the commands that run or check them.
pub fn rules(path: &Path) -> Library {
    library_by(path, Library::of_rules)
}

fn library_by(path: &Path, read: impl FnOnce(Sources) -> Library) -> Library {
    let mut problems = Vec::new();
    let mut sources = Sources::default();
    rule_files(path, &mut sources, &mut problems);
    let failed = problems.iter().any(|problem| problem.severity == diagnostic::Severity::Error);
    if sources.iter().next().is_none() {
        return Library { sources, files: Vec::new(), program: None, diagnostics: problems };
    }
    let mut library = read(sources);
    if failed {
        library.program = None;
    }
    problems.append(&mut library.diagnostics);
    library.diagnostics = problems;
    library
}

/// Reads the rule files under `path`, and says where each was found.
pub fn rule_files(path: &Path, sources: &mut Sources, problems: &mut Vec<Diagnostic>) -> Vec<(SourceId, PathBuf)> {
    let files = if path.is_dir() {
        let before = problems.len();
        let files = walk(path, &|path| has_ending(path, &[RULES]), problems);
        if files.is_empty() && problems.len() == before {
            let what = "this folder holds no rule file; rule files end in `.enact`";
            problems.push(unreadable(path, what).help("name the folder that holds the rules, or one file"));
        }
        files
    } else {
        vec![path.to_owned()]
    };
    let mut out = Vec::new();
    for file in files {
        let read = match fs::symlink_metadata(&file) {
            Ok(found) if found.is_symlink() && !file.exists() => {
                let (what, help) = not_a_file(&file);
                problems.push(unreadable(&file, &what).help(help));
                continue;
            }
            _ => fs::File::open(&file).and_then(|file| at_most(file, syntax::MAX_BYTES)),
        };
        match read {
            Ok(bytes) => out.extend(rule_text(&file, bytes, sources, problems).map(|id| (id, file))),
            Err(error) => {
                let help = match error.kind() {
                    std::io::ErrorKind::NotFound => "is the name right, and is this the right folder to start in?",
                    std::io::ErrorKind::PermissionDenied => "it is there, but not yours to read; ask its owner, or change its permissions",
                    _ => "try to open it with another program",
                };
                problems.push(unreadable(&file, &format!("this rule file cannot be read: {error}")).help(help));
            }
        }
    }
    out
}

/// Reads rules from standard input.
pub fn standard_input(sources: &mut Sources, problems: &mut Vec<Diagnostic>) -> Option<SourceId> {
    let path = Path::new("<standard input>");
    match at_most(std::io::stdin().lock(), syntax::MAX_BYTES) {
        Ok(bytes) => rule_text(path, bytes, sources, problems),
        Err(error) => {
            problems.push(unreadable(path, &format!("standard input cannot be read: {error}")));
            None
        }
    }
}

/// All bytes, or one more than `most`.
fn at_most(reader: impl Read, most: usize) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Takes bytes in as the text of a rule file, or says why they are none.
fn rule_text(path: &Path, bytes: Vec<u8>, sources: &mut Sources, problems: &mut Vec<Diagnostic>) -> Option<SourceId> {
    let mut refuse_as = |code: &'static str, at: Option<usize>, what: &str, help: &str| {
        let mut problem = Diagnostic { code, ..unreadable(path, what).help(help) };
        if let (Some(data), Some(at)) = (&mut problem.data, at) {
            data.row = Some(bytes[..at].iter().filter(|byte| **byte == b'\n').count() as u64 + 1);
        }
        problems.push(problem);
        None
    };
    if bytes.len() > syntax::MAX_BYTES {
        let what = format!("this file is larger than a rule file can be: more than {} MiB", syntax::MAX_BYTES >> 20);
        return refuse_as("syntax/too-large", None, &what, "is this a data file? data belong in a folder of their own, named with --data");
    }
    if let Some(at) = bytes.iter().position(|byte| *byte == 0) {
        return refuse_as(
            "input/unreadable",
            Some(at),
            "this is not a rule file: it holds a NUL byte",
            "rule files are plain UTF-8 text; was it saved by a word processor?",
        );
    }
    match std::str::from_utf8(&bytes) {
        Err(error) => {
            let at = error.valid_up_to();
            let what = format!("this rule file is not UTF-8 text: there is a byte 0x{:02X}", bytes[at]);
            refuse_as("input/unreadable", Some(at), &what, "save it again as UTF-8")
        }
        Ok(text) => {
            if text.trim_start_matches('\u{feff}').trim().is_empty() {
                let place = DataPlace { file: path.display().to_string(), ..DataPlace::default() };
                problems.push(
                    Diagnostic::warning("input/empty", "this rule file is empty")
                        .in_data(place)
                        .help("was it saved? write its rules, or remove the file"),
                );
            }
            Some(sources.add(path.display().to_string(), text))
        }
    }
}

/// A file that could not be written.
pub fn unwritable(path: &Path, error: &std::io::Error) -> Diagnostic {
    let place = DataPlace { file: path.display().to_string(), ..DataPlace::default() };
    Diagnostic::error("input/unwritable", format!("this file cannot be written: {error}"))
        .in_data(place)
        .help("it is as it was before; are the file and its folder yours to change?")
}

/// Data files under the paths, with what manifests say of them.
pub fn data_files(paths: &[PathBuf], problems: &mut Vec<Diagnostic>) -> Vec<InputFile> {
    let mut out = Vec::new();
    for path in paths {
        if path.is_dir() {
            folder(path, &mut out, problems);
        } else if path.file_name().is_some_and(|name| name == "manifest.toml") {
            folder(path.parent().unwrap_or(Path::new(".")), &mut out, problems);
        } else {
            read(path, None, &mut out, problems);
        }
    }
    once_each(&mut out, problems);
    out
}

/// Leaves out files that are there twice; their rows would be counted twice.
fn once_each(files: &mut Vec<InputFile>, problems: &mut Vec<Diagnostic>) {
    let mut seen = BTreeSet::new();
    files.retain(|file| {
        let first = fs::canonicalize(&file.name).map_or(true, |real| seen.insert(real));
        if !first {
            problems.push(
                Diagnostic::warning("data/given-twice", "this file is given twice and was read once")
                    .in_data(DataPlace { file: file.name.clone(), ..DataPlace::default() })
                    .help("name each file, or a folder that holds it, once"),
            );
        }
        first
    });
}

const DATA_ENDINGS: [&str; 8] = [".txt", ".csv", ".tsv", ".xlsx", ".xls", ".txt.gz", ".csv.gz", ".tsv.gz"];

fn folder(path: &Path, out: &mut Vec<InputFile>, problems: &mut Vec<Diagnostic>) {
    let manifests = walk(path, &|path| path.file_name().is_some_and(|name| name == "manifest.toml"), problems);
    let mut listed: BTreeSet<PathBuf> = BTreeSet::new();
    for manifest_path in manifests {
        let text = match fs::read_to_string(&manifest_path) {
            Ok(text) => text,
            Err(error) => {
                problems.push(unreadable(&manifest_path, &format!("this manifest cannot be read: {error}")));
                continue;
            }
        };
        match Manifest::parse(&manifest_path.display().to_string(), &text) {
            Err(diagnostic) => problems.push(*diagnostic),
            Ok(manifest) => {
                let base = manifest_path.parent().unwrap_or(Path::new("."));
                for file in &manifest.files {
                    let path = base.join(&file.path);
                    if !listed.insert(path.clone()) {
                        problems.push(
                            Diagnostic::error("data/manifest", format!("`{}` is listed twice in this manifest", file.path))
                                .in_data(DataPlace { file: manifest_path.display().to_string(), ..DataPlace::default() })
                                .help("remove one of the two entries"),
                        );
                        continue;
                    }
                    read(&path, Some(file), out, problems);
                }
            }
        }
    }
    let mut found = Vec::new();
    let files = walk(path, &|path| has_ending(path, &DATA_ENDINGS), &mut found);
    // what the search for manifests met is met again
    found.retain(|problem| !problems.iter().any(|other| other.data == problem.data && other.message == problem.message));
    problems.append(&mut found);
    for file in files.iter().filter(|file| !listed.contains(*file)) {
        if listed.is_empty() {
            read(file, None, out, problems);
        } else {
            problems.push(
                Diagnostic::warning("data/not-in-manifest", "this file is not in the manifest and was not read")
                    .in_data(DataPlace { file: file.display().to_string(), ..DataPlace::default() })
                    .help("add a `[[file]]` entry with its `path`, or move it elsewhere"),
            );
        }
    }
    if files.is_empty() && listed.is_empty() {
        problems.push(unreadable(path, &format!("this folder holds no data file; data files end in {}", DATA_ENDINGS.join(", "))));
    }
}

fn read(path: &Path, listed: Option<&import::ManifestFile>, out: &mut Vec<InputFile>, problems: &mut Vec<Diagnostic>) {
    match content(path) {
        Ok(content) => out.push(InputFile {
            name: path.display().to_string(),
            content,
            source: listed.and_then(|file| file.source.clone()),
            year: listed.and_then(|file| file.year),
            complete: listed.and_then(import::ManifestFile::complete),
        }),
        Err(error) => {
            let problem = unreadable(path, &format!("this file cannot be read: {error}"));
            problems.push(match listed {
                Some(_) => problem.help("it is listed in the manifest.toml of its folder; correct `path` there, or put the file in place"),
                None => problem,
            });
        }
    }
}

/// A file that is opened again when its turn comes; what is no plain file, such as a pipe, is read at once.
fn content(path: &Path) -> std::io::Result<Content> {
    let file = fs::File::open(path)?;
    if !file.metadata()?.is_file() {
        return fs::read(path).map(Content::from);
    }
    let path = path.to_owned();
    Ok(Content::open(move || Ok(Box::new(fs::File::open(&path)?))))
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
    once_each(&mut files, &mut problems);
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
        true => walk(policies, &|path| path.file_name().is_some_and(|name| name == "manifest.toml"), problems),
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
