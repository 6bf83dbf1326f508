//! Data files, and what manifests say of them.

use super::unreadable;
use super::walk::{has_ending, walk};
use crate::diagnostic::{DataPlace, Diagnostic};
use crate::import::{self, Content, InputFile, Manifest};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

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
pub(super) fn once_each(files: &mut Vec<InputFile>, problems: &mut Vec<Diagnostic>) {
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
