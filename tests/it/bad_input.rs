//! Broken rule files and broken data: each case a file, each message a snapshot.
//!
//! `tests/golden/rejected/NAME.enact` is checked together with `tests/golden/base.enact`, and `tests/golden/accepted`
//! holds near misses of which nothing is said;
//! `tests/golden/data/NAME/` holds data files that are read by `tests/golden/data/sources.enact`.

use crate::support::root;
use enact::diagnostic::{CATALOGUE, Diagnostic, ErrorFormat, Severity, render};
use enact::import::{InputFile, Manifest, load};
use enact::library::Library;
use enact::lint::lint;
use enact::source::Sources;
use std::fs;
use std::path::Path;

fn snapshot(folder: &Path, name: &str, page: String) {
    insta::with_settings!({ snapshot_path => folder, snapshot_suffix => "", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name.to_owned(), page);
    });
}

/// A case beside the vocabulary of all cases, with what is said of it; the vocabulary itself need not serve every case.
fn case(name: &str, text: &str) -> (Library, Vec<Diagnostic>) {
    let mut sources = Sources::default();
    let base = sources.add("base.enact", fs::read_to_string(root().join("tests/golden/base.enact")).unwrap());
    sources.add(format!("{name}.enact"), text);
    let library = Library::new(sources);
    let mut found = lint(&library);
    found.retain(|problem| problem.at.as_ref().is_none_or(|at| at.span.source != base || problem.severity == Severity::Error));
    (library, found)
}

fn read(path: &Path) -> (String, String) {
    let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
    (name, String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
}

#[test]
fn rejected_rules() {
    let folder = root().join("tests/golden/rejected");
    let grammar = fs::read_to_string(root().join("grammar/enact.pest")).unwrap();
    let rules = grammar.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim());
    // rules of one word, such as `name`, are words of people too
    let rules: Vec<&str> = rules.filter(|name| name.contains('_') && !name.contains(' ')).collect();
    assert!(rules.len() > 50, "{} rules", rules.len());
    let mut cases = 0;
    for path in crate::support::files(&folder, ".enact") {
        let (name, text) = read(&path);
        let (library, found) = case(&name, &text);
        assert!(!found.is_empty(), "{name} was accepted");
        for problem in &found {
            let words = [Some(&problem.message), problem.help.as_ref(), problem.at.as_ref().map(|at| &at.text)];
            let said: String = words.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
            let rule =
                said.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').find(|word| rules.contains(word) && !text.contains(word));
            assert_eq!(rule, None, "{name}: a rule of the grammar in words for an author: {said}");
        }
        let shown = render(&found, &library.sources, ErrorFormat::Human);
        snapshot(&folder, &name, format!("{text}\n----- MESSAGES\n{shown}"));
        cases += 1;
    }
    assert!(cases >= 150, "{cases} cases");
}

#[test]
fn accepted_rules() {
    let mut cases = 0;
    for path in crate::support::files(&root().join("tests/golden/accepted"), ".enact") {
        let (name, text) = read(&path);
        let (library, found) = case(&name, &text);
        assert!(found.is_empty(), "{name} was rejected\n{}", render(&found, &library.sources, ErrorFormat::Human));
        cases += 1;
    }
    assert!(cases >= 15, "{cases} cases");
}

/// Every code is shown in some snapshot of a message, apart from those that need what a repository cannot hold.
#[test]
fn every_code_has_a_golden() {
    let mut shown = String::new();
    for path in crate::support::files(&root().join("tests/golden"), ".snap") {
        let text = fs::read_to_string(path).unwrap();
        // what comes before is the source of a case
        shown.push_str(text.split_once("----- MESSAGES").map_or(text.as_str(), |(_, messages)| messages));
    }
    let missing: Vec<&str> = CATALOGUE.iter().map(|entry| entry.code).filter(|code| !shown.contains(code)).collect();
    // shown by the page of the code, whose examples are tried too: 400 clauses, 4 MiB, commands on a copy of the policies
    let elsewhere = [
        "syntax/carriage-return",
        "syntax/not-formatted",
        "syntax/too-many-problems",
        "names/nothing-declared",
        "law/too-deep",
        "data/given-twice",
        "data/long-row",
        "data/not-in-manifest",
        "data/unknown-kind",
        "input/unwritable",
        "usage/no-reviewer",
        "usage/no-year",
        "usage/unknown-code",
        "usage/unknown-comparison",
        "usage/unknown-scenario",
        "usage/unknown-snapshot",
    ];
    assert_eq!(missing, elsewhere);
    assert!(CATALOGUE.len() - missing.len() >= 80);
}

#[test]
fn broken_data() {
    let folder = root().join("tests/golden/data");
    let mut sources = Sources::default();
    sources.add("base.enact", fs::read_to_string(root().join("tests/golden/base.enact")).unwrap());
    sources.add("sources.enact", fs::read_to_string(folder.join("sources.enact")).unwrap());
    let library = Library::new(sources);
    let program =
        library.program.as_ref().unwrap_or_else(|| panic!("{}", render(&library.diagnostics, &library.sources, ErrorFormat::Plain)));
    let mut cases = 0;
    let mut folders: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    for case in folders {
        let name = case.file_name().unwrap().to_str().unwrap().to_owned();
        let mut page = String::new();
        let mut problems = Vec::new();
        let mut inputs = Vec::new();
        let manifest = fs::read_to_string(case.join("manifest.toml")).ok().and_then(|text| {
            page.push_str(&format!("===== manifest.toml\n{text}\n"));
            Manifest::parse("manifest.toml", &text).map_err(|problem| problems.push(*problem)).ok()
        });
        for path in crate::support::files(&case, "") {
            let file = path.file_name().unwrap().to_str().unwrap().to_owned();
            if file == "manifest.toml" || file.ends_with(".snap") {
                continue;
            }
            let bytes = fs::read(&path).unwrap();
            if bytes.len() < 1500 && !file.ends_with(".gz") && !file.contains(".xls") {
                page.push_str(&format!("===== {file}\n{}\n", String::from_utf8_lossy(&bytes)));
            } else {
                page.push_str(&format!("===== {file} ({} bytes)\n", bytes.len()));
            }
            let said = manifest.as_ref().and_then(|manifest| manifest.files.iter().find(|entry| entry.path == file));
            inputs.push(InputFile {
                name: file,
                content: bytes.into(),
                source: said.and_then(|entry| entry.source.clone()),
                year: said.and_then(|entry| entry.year),
                complete: said.and_then(enact::import::ManifestFile::complete),
            });
        }
        let loaded = load(program, &inputs, true, |_| {});
        problems.extend(loaded.diagnostics);
        assert!(!problems.is_empty(), "{name} was accepted");
        let first_only = load(program, &inputs, false, |_| {});
        assert!(first_only.diagnostics.len() <= 1, "{name}: without keep-going one problem is enough");
        page.push_str(&format!("----- MESSAGES\n{}", render(&problems, &library.sources, ErrorFormat::Human)));
        snapshot(&folder, &name, page);
        cases += 1;
    }
    assert!(cases >= 20, "{cases} cases");
}
