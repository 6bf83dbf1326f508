//! Rule files, and the library they make.

use super::unreadable;
use super::walk::{RULES, has_ending, not_a_file, walk};
use crate::diagnostic::{self, DataPlace, Diagnostic};
use crate::library::Library;
use crate::source::Sources;
use crate::span::SourceId;
use crate::syntax;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

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
