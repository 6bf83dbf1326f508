//! Loading what the repository ships.

use enact::import::{InputFile, Loaded, Manifest, load};
use enact::library::Library;
use enact::program::Program;
use enact::source::Sources;
use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below `folder` whose name ends so, in order.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())).map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            out.extend(files(&path, ending));
        } else if path.to_string_lossy().ends_with(ending) {
            out.push(path);
        }
    }
    out
}

/// The shipped policies.
pub fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let mut sources = Sources::default();
        for path in files(&root().join("policies"), ".enact") {
            sources.add(path.strip_prefix(root()).unwrap().display().to_string(), fs::read_to_string(&path).unwrap());
        }
        Library::new(sources)
    })
}

/// The program of the shipped policies.
pub fn program() -> &'static Program {
    let library = library();
    library.program.as_ref().unwrap_or_else(|| {
        panic!("{}", enact::diagnostic::render(&library.diagnostics, &library.sources, enact::diagnostic::ErrorFormat::Plain))
    })
}

/// Files of a dataset that `wanted` accepts, with what its manifest says of them.
pub fn dataset(folder: &str, wanted: impl Fn(&str) -> bool) -> Vec<InputFile> {
    let base = root().join(folder);
    let text = fs::read_to_string(base.join("manifest.toml")).unwrap();
    let manifest = Manifest::parse("manifest.toml", &text).unwrap();
    manifest
        .files
        .iter()
        .filter(|file| wanted(&file.path))
        .map(|file| InputFile {
            name: file.path.clone(),
            content: fs::read(base.join(&file.path)).unwrap().into(),
            source: file.source.clone(),
            year: file.year,
            complete: file.complete(),
        })
        .collect()
}

/// Facts of some files of the shipped data, together with the records shipped with the policies.
pub fn facts(wanted: impl Fn(&str) -> bool) -> Loaded {
    let mut all = dataset("policies/records", |_| true);
    all.extend(dataset("examples/california", wanted));
    let loaded = load(program(), &all, true, |_| {});
    assert!(
        loaded.diagnostics.is_empty(),
        "{}",
        enact::diagnostic::render(&loaded.diagnostics, &Sources::default(), enact::diagnostic::ErrorFormat::Plain)
    );
    loaded
}

/// A published spreadsheet as rows by key, column by header.
pub fn published(path: &str) -> HashMap<String, HashMap<String, String>> {
    use std::io::Read;
    let bytes = fs::read(root().join("examples/california").join(path)).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_slice()).read_to_string(&mut text).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let key = header.iter().position(|name| name.eq_ignore_ascii_case("cds")).unwrap();
    lines
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            (cells[key].to_owned(), header.iter().zip(&cells).map(|(name, cell)| ((*name).to_owned(), (*cell).to_owned())).collect())
        })
        .collect()
}
