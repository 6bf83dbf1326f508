//! What the benchmarks share: finding the rules and the data, and taking medians.

use enact::import::{Content, InputFile, Manifest};
use enact::library::Library;
use enact::source::Sources;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Names and texts of the shipped rules.
pub fn rule_texts() -> Vec<(String, String)> {
    let mut paths = Vec::new();
    rule_files(&root().join("policies"), &mut paths);
    paths.iter().map(|path| (path.display().to_string(), fs::read_to_string(path).expect("a rule file"))).collect()
}

/// The rules, parsed and checked, without the scenarios.
pub fn library(texts: &[(String, String)]) -> Library {
    Library::of_rules(sources(texts))
}

/// The rules and their scenarios, parsed and checked.
pub fn library_to_test(texts: &[(String, String)]) -> Library {
    Library::new(sources(texts))
}

fn sources(texts: &[(String, String)]) -> Sources {
    let mut sources = Sources::default();
    for (name, text) in texts {
        sources.add(name, text);
    }
    sources
}

/// The median of `runs` runs, after one that does not count.
pub fn median(runs: usize, mut work: impl FnMut()) -> Duration {
    work();
    let mut times: Vec<Duration> = (0..runs)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[runs / 2]
}

/// Every rule file below a folder, in order.
pub fn rule_files(folder: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("the repository's folders").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            rule_files(&path, out);
        } else if path.extension().is_some_and(|ending| ending == "enact") {
            out.push(path);
        }
    }
}

/// Files of a dataset that `wanted` accepts, opened when they are read.
pub fn inputs(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<InputFile> {
    let text = fs::read_to_string(folder.join("manifest.toml")).expect("a manifest");
    let manifest = Manifest::parse("manifest.toml", &text).expect("a manifest that can be read");
    let files = manifest.files.iter().filter(|file| wanted(&file.path));
    files
        .map(|file| {
            let path = folder.join(&file.path);
            InputFile {
                name: file.path.clone(),
                content: Content::open(move || Ok(Box::new(fs::File::open(&path)?))),
                source: file.source.clone(),
                year: file.year,
                complete: file.complete(),
            }
        })
        .collect()
}
