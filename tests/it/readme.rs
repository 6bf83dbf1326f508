//! Every command shown in the documents, run as shown.
//!
//! In a block fenced with `console`, a line that starts with `$ ` is run in the repository (`enact` is this build) and
//! what follows must be its output. A line `...` stands for any lines left out.

use crate::support::root;
use std::fs;
use std::process::Command;

fn blocks(text: &str) -> Vec<Vec<&str>> {
    let mut out = Vec::new();
    let mut inside: Option<Vec<&str>> = None;
    for line in text.lines() {
        match (&mut inside, line) {
            (None, "```console") => inside = Some(Vec::new()),
            (Some(_), "```") => out.extend(inside.take()),
            (Some(lines), _) => lines.push(line),
            (None, _) => {}
        }
    }
    out
}

/// Whether `expected`, in which `...` stands for any lines, is `found`.
fn fits(expected: &[&str], found: &[&str]) -> bool {
    match expected.split_first() {
        None => found.is_empty(),
        Some((&"...", rest)) => (0..=found.len()).any(|skip| fits(rest, &found[skip..])),
        Some((line, rest)) => found.first().is_some_and(|own| own.trim_end() == line.trim_end()) && fits(rest, &found[1..]),
    }
}

fn run(command: &str, folder: &std::path::Path) -> String {
    let program = env!("CARGO_BIN_EXE_enact");
    let bin = std::path::Path::new(program).parent().unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("bash").args(["-c", command]).current_dir(folder).env("PATH", path).env("NO_COLOR", "1").output().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs the commands of a block in a copy of the policies and examples; returns all that they printed.
pub fn follow(block: &str) -> Result<String, String> {
    let copy = workplace();
    let mut shown = String::new();
    for (command, expected) in commands(block.lines())? {
        shown.push_str(&step(command, &expected, copy.path())?);
    }
    Ok(shown)
}

/// A copy, because documents edit policies.
fn workplace() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for folder in ["policies", "examples"] {
        let status = Command::new("cp").arg("-r").arg(root().join(folder)).arg(copy.path().join(folder)).status().unwrap();
        assert!(status.success());
    }
    copy
}

/// Each command with the lines that follow it.
fn commands<'a>(lines: impl Iterator<Item = &'a str>) -> Result<Vec<(&'a str, Vec<&'a str>)>, String> {
    let mut out = Vec::new();
    let mut lines = lines.peekable();
    while let Some(line) = lines.next() {
        let Some(command) = line.strip_prefix("$ ") else { return Err(format!("`{line}` belongs to no command")) };
        let mut expected = Vec::new();
        while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
            expected.push(line);
        }
        out.push((command, expected));
    }
    Ok(out)
}

/// Runs a command; its output must be as shown.
fn step(command: &str, expected: &[&str], folder: &std::path::Path) -> Result<String, String> {
    let found = run(command, folder);
    let lines: Vec<&str> = found.lines().collect();
    if fits(expected, &lines) { Ok(found) } else { Err(format!("`{command}` printed\n{found}\ninstead of\n{}", expected.join("\n"))) }
}

fn check(document: &str) {
    let text = fs::read_to_string(root().join(document)).unwrap();
    let copy = workplace();
    let mut n = 0;
    for block in blocks(&text) {
        for (command, expected) in commands(block.into_iter()).unwrap_or_else(|problem| panic!("{document}: {problem}")) {
            step(command, &expected, copy.path()).unwrap_or_else(|problem| panic!("{document}: {problem}"));
            n += 1;
        }
    }
    assert!(n > 0, "{document} shows no command");
}

#[test]
fn readme_commands_print_what_it_shows() {
    check("README.md");
}

#[test]
fn tutorial_commands_print_what_it_shows() {
    check("docs/tutorial.md");
}

#[test]
fn review_commands_print_what_the_story_shows() {
    check("docs/review.md");
}

#[test]
fn messages_are_as_the_comparison_shows_them() {
    check("docs/messages.md");
}
