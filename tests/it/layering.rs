//! Imports point one way.

use crate::support::{files, root};
use std::fs;

/// From the bottom up: a part may use those before it, never those after it.
const LAYERS: [&[&str]; 15] = [
    &["span", "threads"],
    &["source"],
    &["diagnostic"],
    &["syntax"],
    &["program"],
    &["check"],
    &["library"],
    &["facts"],
    &["eval"],
    &["engine"],
    &["flip"],
    &["import", "explain", "assess", "lint"],
    &["report", "scenario", "snapshot"],
    &["coverage", "mutant"],
    &["cli"],
];

#[test]
fn no_part_uses_a_later_one() {
    let src = root().join("src");
    let mut checked = 0;
    for path in files(&src, ".rs") {
        let relative = path.strip_prefix(&src).unwrap();
        let part = relative.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if ["lib", "main"].contains(&part.as_str()) {
            continue;
        }
        let own =
            LAYERS.iter().position(|layer| layer.contains(&part.as_str())).unwrap_or_else(|| panic!("`{part}` has no place in the layers"));
        let text = fs::read_to_string(&path).unwrap();
        for later in LAYERS[own + 1..].iter().flat_map(|layer| layer.iter()) {
            let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
            assert!(!code.contains(&format!("crate::{later}::")), "{} uses the later part `{later}`", relative.display());
        }
        checked += 1;
    }
    assert!(checked > 20);
}

#[test]
fn only_the_command_line_touches_disk_clock_or_terminal() {
    let src = root().join("src");
    for path in files(&src, ".rs") {
        let relative = path.strip_prefix(&src).unwrap();
        if relative.starts_with("cli") || relative == std::path::Path::new("main.rs") {
            continue;
        }
        let text = fs::read_to_string(&path).unwrap();
        for word in ["std::fs", "std::env", "println!", "eprintln!", "SystemTime", "Instant::now"] {
            assert!(!text.contains(word), "{} uses {word}", relative.display());
        }
    }
}

#[test]
fn only_the_parser_knows_pest() {
    let src = root().join("src");
    for path in files(&src, ".rs") {
        let relative = path.strip_prefix(&src).unwrap();
        if !relative.starts_with("syntax") {
            let text = fs::read_to_string(&path).unwrap();
            assert!(!text.contains("pest::") && !text.contains("Rule::"), "{} uses pest", relative.display());
        }
    }
}

/// Knowledge of law and education lives in policies.
#[test]
fn the_engine_knows_no_education() {
    let src = root().join("src");
    for path in files(&src, ".rs") {
        let relative = path.strip_prefix(&src).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
        let code = code.split("#[cfg(test)]").next().unwrap();
        for word in ["\"LTEL\"", "\"SWD\"", "\"ELPI\"", "\"district\"", "\"charter\"", "\"color\"", "\"52071\"", "suspension"] {
            // messages may show an example
            let hits = code.matches(word).count();
            assert!(hits == 0, "{} names {word}", relative.display());
        }
    }
}
