//! The page of every code (`docs/rules`): its wrong example gets the code and no other error, its right example none.
//!
//! Pages are read from disk, so a page can be written and tried without building anew.

use crate::support::{files, program, root};
use enact::diagnostic::{CATALOGUE, Diagnostic, ErrorFormat, Severity, render};
use enact::import::{InputFile, Manifest, load};
use enact::library::Library;
use enact::source::Sources;
use std::collections::BTreeSet;
use std::fs;

/// A fenced block: what follows the fence, and the lines inside.
struct Block {
    info: String,
    text: String,
}

/// Blocks below `## Wrong` and those below `## Right`.
fn blocks(page: &str) -> (Vec<Block>, Vec<Block>) {
    let (mut wrong, mut right) = (Vec::new(), Vec::new());
    let mut heading = "";
    let mut open: Option<Block> = None;
    for line in page.lines() {
        match (&mut open, line) {
            (Some(_), "```") => {
                let block = open.take().unwrap();
                match heading {
                    "## Wrong" => wrong.push(block),
                    "## Right" => right.push(block),
                    other => panic!("an example below `{other}`; examples stand below `## Wrong` and `## Right`"),
                }
            }
            (Some(block), _) => block.text.push_str(&format!("{line}\n")),
            (None, line) => match line.strip_prefix("```") {
                Some(info) => open = Some(Block { info: info.to_owned(), text: String::new() }),
                None if line.starts_with("## ") => heading = line,
                None => {}
            },
        }
    }
    (wrong, right)
}

/// What is said of an example's own text, and of no text.
fn rules(text: &str, alone: bool) -> (Vec<Diagnostic>, Sources) {
    let mut sources = Sources::default();
    if !alone {
        for path in files(&root().join("policies/vocabulary"), ".enact") {
            sources.add(path.file_name().unwrap().to_string_lossy(), fs::read_to_string(&path).unwrap());
        }
    }
    let own = sources.add("example.enact", text);
    let library = Library::new(sources);
    let mut found = enact::lint::lint(&library);
    found.retain(|problem| problem.at.as_ref().is_none_or(|at| at.span.source == own));
    (found, library.sources)
}

fn data(name: &str, text: &str) -> Vec<Diagnostic> {
    let input = InputFile { name: name.to_owned(), content: text.as_bytes().to_vec().into(), source: None, year: None, complete: None };
    load(program(), &[input], true, |_| {}).diagnostics
}

/// Checks one block; says what is wrong with it.
fn check(code: &str, block: &Block, wrong: bool) -> Result<(), String> {
    let mut words = block.info.split_whitespace();
    let (found, sources) = match (words.next(), words.next()) {
        (Some("enact"), alone) => rules(&block.text, alone == Some("alone")),
        (Some("data"), Some(name)) => (data(name, &block.text), Sources::default()),
        (Some("manifest"), None) => {
            (Manifest::parse("manifest.toml", &block.text).err().map(|problem| *problem).into_iter().collect(), Sources::default())
        }
        (Some("console"), None) => {
            let shown = crate::readme::follow(&block.text)?;
            return match shown.contains(&format!("[{code}]")) || shown.lines().any(|line| line == code) {
                found if found == wrong => Ok(()),
                _ => Err(format!("the commands print\n{shown}")),
            };
        }
        _ => return Err(format!("no way to try a block of ```{}", block.info)),
    };
    let shown = render(&found, &sources, ErrorFormat::Plain);
    let listed = |problem: &Diagnostic| CATALOGUE.iter().any(|entry| (entry.code, entry.severity) == (problem.code, problem.severity));
    if !found.iter().all(listed) {
        return Err(format!("a problem is not in the catalogue as it is reported:\n{shown}"));
    }
    let has = found.iter().any(|problem| problem.code == code);
    let others = found.iter().any(|problem| problem.code != code && problem.severity == Severity::Error);
    match (wrong, has, others) {
        (true, true, false) | (false, false, false) => Ok(()),
        (true, false, _) => Err(format!("the wrong example does not get the code:\n{shown}")),
        (false, true, _) => Err(format!("the right example gets the code:\n{shown}")),
        (_, _, true) => Err(format!("the example gets other errors:\n{shown}")),
    }
}

#[test]
fn every_code_has_a_page_whose_examples_do_what_it_says() {
    let mut bad = Vec::new();
    for entry in CATALOGUE {
        let page = fs::read_to_string(root().join(format!("docs/rules/{}.md", entry.code))).unwrap();
        let (wrong, right) = blocks(&page);
        if page.lines().next() != Some(&format!("# {}", entry.code)) || page.lines().nth(2).is_none_or(str::is_empty) {
            bad.push(format!("{}: a page starts with `# {}`, an empty line, and what it means", entry.code, entry.code));
        }
        // a mistake of the program, of which no example is known
        if entry.code == "syntax/not-formatted" {
            continue;
        }
        if wrong.is_empty() || right.is_empty() {
            bad.push(format!("{}: a page has an example below `## Wrong` and one below `## Right`", entry.code));
        }
        for (block, is_wrong) in wrong.iter().map(|block| (block, true)).chain(right.iter().map(|block| (block, false))) {
            bad.extend(check(entry.code, block, is_wrong).err().map(|problem| format!("{}: {problem}", entry.code)));
        }
    }
    assert!(bad.is_empty(), "{} problems\n{}", bad.len(), bad.join("\n"));
}

/// Codes in quotation marks in the program, and codes of the catalogue, are the same.
#[test]
fn the_catalogue_lists_every_code_the_program_uses() {
    let parts: BTreeSet<&str> = CATALOGUE.iter().filter_map(|entry| entry.code.split('/').next()).collect();
    let mut used = BTreeSet::new();
    for path in files(&root().join("src"), ".rs") {
        if path.ends_with("catalogue.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for quoted in text.split('"') {
            if quoted.split_once('/').is_some_and(|(part, rest)| {
                parts.contains(part) && !rest.is_empty() && rest.bytes().all(|c| c.is_ascii_lowercase() || c == b'-')
            }) {
                used.insert(quoted.to_owned());
            }
        }
    }
    let listed: BTreeSet<String> = CATALOGUE.iter().map(|entry| entry.code.to_owned()).collect();
    assert_eq!(used, listed);
    assert!(listed.len() >= 80);
    let pages: BTreeSet<String> = files(&root().join("docs/rules"), ".md")
        .iter()
        .filter(|path| path.file_name().is_some_and(|name| name != "README.md"))
        .map(|path| path.strip_prefix(root().join("docs/rules")).unwrap().with_extension("").to_string_lossy().replace('\\', "/"))
        .collect();
    assert_eq!(pages, listed);
}
