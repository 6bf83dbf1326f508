//! How long the main job takes, step by step: `cargo bench`.
//!
//! Wall-clock medians on whatever machine runs it; compare ratios of one run, not figures of two. Nothing is asserted.

use enact::assess::assess;
use enact::eval::Setting;
use enact::explain::explain;
use enact::facts::Facts;
use enact::import::{InputFile, Manifest, load};
use enact::library::Library;
use enact::program::PathwayId;
use enact::source::Sources;
use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

fn median(runs: usize, mut work: impl FnMut()) -> Duration {
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

fn rule_files(folder: &Path, out: &mut Vec<PathBuf>) {
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

fn inputs(folder: &Path, wanted: impl Fn(&str) -> bool) -> Vec<InputFile> {
    let text = fs::read_to_string(folder.join("manifest.toml")).expect("a manifest");
    let manifest = Manifest::parse("manifest.toml", &text).expect("a manifest that can be read");
    let files = manifest.files.iter().filter(|file| wanted(&file.path));
    files
        .map(|file| InputFile {
            name: file.path.clone(),
            content: fs::read(folder.join(&file.path)).expect("a listed file").into(),
            source: file.source.clone(),
            year: file.year,
            complete: file.complete(),
        })
        .collect()
}

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    rule_files(&root.join("policies"), &mut paths);
    let texts: Vec<(String, String)> =
        paths.iter().map(|path| (path.display().to_string(), fs::read_to_string(path).expect("a rule file"))).collect();
    let library = || {
        let mut sources = Sources::default();
        for (name, text) in &texts {
            sources.add(name, text);
        }
        Library::new(sources)
    };
    let checked = library();
    let program = checked.program.as_ref().expect("the shipped policies have no errors");
    let rules = median(15, || drop(black_box(library())));

    let mut county = inputs(&root.join("policies/records"), |_| true);
    county.extend(inputs(&root.join("examples/california"), |path| path.starts_with("monterey") || path.starts_with("determinations")));
    let read = || load(program, &county, false, |_| {}).facts;
    let facts: Facts = read();
    let reading = median(7, || drop(black_box(read())));

    let setting = Setting::new(program, program.period.year(2023).expect("2023").on);
    let pathways: Vec<PathwayId> = (0..program.pathways.len()).filter(|at| !program.pathways[*at].hidden).map(PathwayId).collect();
    let subjects: Vec<usize> = facts.listed(2023).into_iter().filter(|subject| facts.subjects()[*subject].key.starts_with("27")).collect();
    let assessing = median(7, || drop(black_box(assess(&setting, &facts, 2023, &subjects, &pathways, || ()))));
    let explaining = median(7, || {
        for subject in &subjects {
            black_box(explain(&setting, &facts, &checked.sources, 2023, *subject, &pathways));
        }
    });

    let whole = rules + reading + assessing;
    println!("one county, {} subjects, {} files; medians", subjects.len(), county.len());
    for (what, time) in [
        ("rules: text to checked program", rules),
        ("data: files to facts", reading),
        ("assess: every pathway of every subject", assessing),
        ("explain: every pathway of every subject", explaining),
        ("rules + data + assess", whole),
    ] {
        println!("{what:42} {:9.1} ms {:7.1} % of the whole", time.as_secs_f64() * 1e3, 100.0 * time.as_secs_f64() / whole.as_secs_f64());
    }
}
