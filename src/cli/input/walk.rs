//! Which files there are below a folder.

use super::unreadable;
use crate::diagnostic::Diagnostic;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders nested deeper than this are not entered.
const MAX_DEPTH: usize = 24;

/// How the names of rule files end.
pub(super) const RULES: &str = ".enact";

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
pub(super) fn walk(path: &Path, wanted: &dyn Fn(&Path) -> bool, problems: &mut Vec<Diagnostic>) -> Vec<PathBuf> {
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
pub(super) fn not_a_file(path: &Path) -> (String, &'static str) {
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

pub(super) fn has_ending(path: &Path, endings: &[&str]) -> bool {
    let name = path.file_name().map(|name| name.to_string_lossy().to_lowercase()).unwrap_or_default();
    endings.iter().any(|ending| name.ends_with(ending))
}
