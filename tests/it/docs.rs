//! Examples in the documents are rules that check; lists in the documents are what the program says.

use crate::support::{files, root};
use enact::diagnostic::{CATALOGUE, Diagnostic, ErrorFormat, Severity, render};
use enact::library::Library;
use enact::source::Sources;
use std::fs;

/// Blocks fenced with `enact`, with the number of their first line.
fn examples(text: &str) -> Vec<(usize, String)> {
    let mut out = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (number, line) in text.lines().enumerate() {
        match (&mut open, line) {
            (None, "```enact") => open = Some((number + 2, String::new())),
            (Some(_), "```") => out.extend(open.take()),
            (Some((_, block)), line) => block.push_str(&format!("{line}\n")),
            (None, _) => {}
        }
    }
    out
}

/// An example shows what the shipped policies declare already, or the beginning of it.
const DECLARED_BEFORE: [&str; 6] =
    ["names/declared-twice", "names/second-declaration", "dates/overlap", "dates/gap", "dates/not-in-force", "dates/look-back"];

/// Errors of an example beside the shipped policies.
fn errors(text: &str) -> Vec<Diagnostic> {
    let mut sources = Sources::default();
    for path in files(&root().join("policies"), ".enact") {
        sources.add(path.strip_prefix(root()).unwrap().to_string_lossy(), fs::read_to_string(&path).unwrap());
    }
    let own = sources.add("example", text);
    let mut found = Library::new(sources).diagnostics;
    found.retain(|problem| {
        let here = problem.at.as_ref().is_some_and(|at| at.span.source == own);
        here && problem.severity == Severity::Error && !DECLARED_BEFORE.contains(&problem.code)
    });
    found
}

/// An example as a file: as it stands, or as a part of a version or of a clause.
fn settings(block: &str) -> Vec<String> {
    let version = "section EC 99999 \"An example\"\nversion example in force from 2024-01-01\n";
    let inside: String = block.lines().map(|line| format!("  {line}\n")).collect();
    let mut out = vec![block.to_owned(), format!("{version}{block}")];
    for members in [
        "",
        " for each student_group",
        " for each priority",
        " for each student_group and indicator",
        " for each student_group and priority",
    ] {
        for more in ["", "  when always\n", "  source \"an example\"\n", "  source \"an example\"\n  when always\n"] {
            out.push(format!("{version}clause (a){members}\n{more}{inside}"));
        }
    }
    out
}

fn check(document: &str) {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let mut bad = Vec::new();
    let examples = examples(&text);
    assert!(!examples.is_empty(), "{document} has no example");
    for (line, block) in examples {
        let tries: Vec<Vec<Diagnostic>> = settings(&block).iter().map(|text| errors(text)).take_while(|found| !found.is_empty()).collect();
        if tries.len() == settings(&block).len() {
            let mut sources = Sources::default();
            sources.add("example", block);
            // the nearest miss says most
            let fewest = tries.into_iter().min_by_key(Vec::len).unwrap();
            let words: Vec<String> = fewest.iter().map(|problem| format!("  {} [{}]", problem.message, problem.code)).collect();
            bad.push(format!("{document}:{line}\n{}", words.join("\n")));
        }
    }
    assert!(bad.is_empty(), "examples that do not check:\n{}", bad.join("\n"));
}

#[test]
fn examples_of_the_language_check() {
    check("docs/language.md");
}

/// Words that cannot be names, as the grammar has them.
#[test]
fn the_language_page_lists_every_keyword() {
    let grammar = fs::read_to_string(root().join("grammar/enact.pest")).unwrap();
    let rule = &grammar[grammar.find("keyword = @{").unwrap()..];
    let rule = &rule[..rule.find('}').unwrap()];
    let mut keywords: Vec<&str> = rule.split('"').skip(1).step_by(2).collect();
    keywords.sort_unstable();
    let page = fs::read_to_string(root().join("docs/language.md")).unwrap();
    let listed = &page[page.find("cannot be names:").unwrap() + "cannot be names:".len()..];
    let listed = &listed[..listed.find('.').unwrap()];
    let listed: Vec<&str> = listed.split(',').map(str::trim).collect();
    assert_eq!(listed, keywords);
}

/// `docs/rules/README.md` is made from the catalogue: `UPDATE_DOCS=1 cargo test` writes it anew.
#[test]
fn the_index_of_codes_is_the_catalogue() {
    let mut page =
        "# What a problem can be\n\nMade from the program's own list. `enact rule CODE` prints a page without these files.\n".to_owned();
    let mut part = "";
    for entry in CATALOGUE {
        let own = entry.code.split('/').next().unwrap();
        if own != part {
            part = own;
            page.push_str(&format!("\n## {part}\n\n| code | | |\n|---|---|---|\n"));
        }
        page.push_str(&format!("| [{0}]({0}.md) | {1} | {2} |\n", entry.code, entry.severity.word(), entry.summary().replace('|', "\\|")));
    }
    let path = root().join("docs/rules/README.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &page).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap_or_default(), page, "run `UPDATE_DOCS=1 cargo test` after a change of the catalogue");
}

#[test]
fn every_severity_has_its_word() {
    let none = render(&[Diagnostic::hint("law/always-holds", "x")], &Sources::default(), ErrorFormat::Plain);
    assert!(none.starts_with("hint: "), "{none}");
}
