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

fn check(document: &str) {
    let text = fs::read_to_string(root().join(document)).unwrap();
    // the walk-through edits policies, so it runs on a copy
    let copy = tempfile::tempdir().unwrap();
    for folder in ["policies", "examples"] {
        let status = Command::new("cp").arg("-r").arg(root().join(folder)).arg(copy.path().join(folder)).status().unwrap();
        assert!(status.success());
    }
    let mut commands = 0;
    for block in blocks(&text) {
        let mut lines = block.into_iter().peekable();
        while let Some(line) = lines.next() {
            let Some(command) = line.strip_prefix("$ ") else { panic!("{document}: `{line}` belongs to no command") };
            let mut expected = Vec::new();
            while let Some(line) = lines.next_if(|line| !line.starts_with("$ ")) {
                expected.push(line);
            }
            let found = run(command, copy.path());
            let found: Vec<&str> = found.lines().collect();
            assert!(fits(&expected, &found), "{document}: `{command}` printed\n{}\ninstead of\n{}", found.join("\n"), expected.join("\n"));
            commands += 1;
        }
    }
    assert!(commands > 0, "{document} shows no command");
}

#[test]
fn readme_commands_print_what_it_shows() {
    check("README.md");
}
