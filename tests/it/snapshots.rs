//! Snapshots of everybody's answers: what is shipped is what the rules give, and a change is told in people's words.

use crate::support::{facts, program, root};
use enact::snapshot;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Exit code and all that was printed.
fn enact(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_enact")).args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), text)
}

#[test]
fn shipped_snapshots_say_what_the_rules_give() {
    let (code, text) = enact(root(), &["test", "--snapshots"]);
    assert_eq!(code, 0, "{text}");
    let (n, rest) = text.split_once(" snapshots: ").unwrap();
    assert!(n.parse::<usize>().unwrap() >= 60, "{text}");
    assert_eq!(rest, format!("{n} the same\n"));
}

/// What is written is read as the same answers, of everybody, named or not.
#[test]
fn a_snapshot_is_read_as_it_was_taken() {
    let loaded = facts(|_| true);
    for subject in snapshot::subjects(program()).into_iter().filter(|subject| [2018, 2021].contains(&subject.year)) {
        let own = snapshot::only(program(), subject.text);
        let taken = snapshot::take(&own, &loaded.facts, subject, "rules of here, data of there");
        let text = snapshot::write(&taken);
        let read = snapshot::read(&text, &taken).unwrap();
        assert_eq!(read, taken, "{}", taken.head.title);
        assert!(snapshot::changes(&read, &taken).is_empty());
    }
}

/// The library of the tutorial, with first snapshots.
fn library() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let from = root().join("examples/library-grants");
    for part in ["policies", "data"] {
        assert!(Command::new("cp").arg("-r").arg(from.join(part)).arg(copy.path()).status().unwrap().success());
    }
    let (code, text) = review(copy.path(), &["--accept"]);
    assert_eq!(code, 0, "{text}");
    assert_eq!(test(copy.path()), (0, "4 snapshots: 4 the same\n".to_owned()));
    copy
}

fn test(folder: &Path) -> (i32, String) {
    enact(folder, &["test", "--snapshots", "policies", "--data", "data"])
}

fn review(folder: &Path, how: &[&str]) -> (i32, String) {
    let always = ["review", "policies", "--data", "data", "--by", "Ana", "--on", "2024-05-01", "--reason", "because"];
    enact(folder, &[&always[..], how].concat())
}

fn edit(folder: &Path, file: &str, from: &str, to: &str) {
    let path = folder.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{file} has no `{from}`");
    fs::write(path, text.replace(from, to)).unwrap();
}

const LAW: &str = "policies/lc-12.enact";
const LAST: &str = "policies/snapshots/LC-12/act-2023/2024.txt";
const LOG: &str = "policies/snapshots/reviews.log";

fn keep(name: &str, page: String) {
    insta::with_settings!({ snapshot_path => root().join("tests/golden/cli"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name.to_owned(), page);
    });
}

/// Each kind of change, as people are told of it.
#[test]
fn changes_in_peoples_words() {
    let mut page = String::new();
    for (what, file, from, to) in [
        (
            "more are eligible",
            LAW,
            "repair is Worn or worse\n          - visitors is at least 50",
            "repair is Sound or worse\n          - visitors is at least 10",
        ),
        ("one is no longer eligible", LAW, "visitors is at least 50", "visitors is at least 78"),
        ("another clause", LAW, "to LC 12(a)\n", "to LC 12(c)\n"),
        (
            "other members",
            LAW,
            "repair is Worn or worse\n          - visitors is at least 50",
            "repair is Worn or worse\n          - visitors is at least 10",
        ),
        ("a status", LAW, "    involves", "    status \"Year 1\"\n    involves"),
        (
            "what is open",
            LAW,
            "in each of the last 2 published seasons:\n              repair is Worn",
            "in at least 1 of the last 2 published seasons:\n              repair is Worn",
        ),
        ("data", "data/survey2024.csv", "1001,2024,Main Hall,r", "1001,2024,Main Hall,s"),
    ] {
        let copy = library();
        if what == "another clause" {
            edit(copy.path(), LAW, "clause (a) \"a grant for lasting damage\"", "clause (c) \"a grant for lasting damage\"");
            edit(copy.path(), LAW, "to LC 12(a)\n", "to LC 12(c)\n");
            let law = fs::read_to_string(copy.path().join(LAW)).unwrap();
            // expectations of worked cases are another matter
            fs::write(copy.path().join(LAW), law.split("scenario lasting").next().unwrap()).unwrap();
        } else {
            edit(copy.path(), file, from, to);
        }
        let (code, text) = test(copy.path());
        page.push_str(&format!("===== {what}\nexit {code}\n{text}"));
    }
    keep("snapshots_changed", page);
}

/// Files that are missing, without a place, or no snapshots; and what a review makes of them.
#[test]
fn files_that_are_not_as_they_should_be() {
    let copy = library();
    let folder = copy.path();
    fs::remove_file(folder.join("policies/snapshots/LC-12/act-2021/2021.txt")).unwrap();
    fs::create_dir_all(folder.join("policies/snapshots/LC-12/act-1999")).unwrap();
    fs::write(folder.join("policies/snapshots/LC-12/act-1999/2024.txt"), "old").unwrap();
    let text = fs::read_to_string(folder.join(LAST)).unwrap();
    fs::write(folder.join(LAST), format!("{text}<<<<<<< ours\n")).unwrap();
    edit(folder, "policies/snapshots/LC-12/act-2023/2023.txt", "data of data", "data of last year");
    let mut page = test(folder).1;
    let (code, text) = review(folder, &["--accept"]);
    page.push_str(&format!("----- review\nexit {code}\n{text}----- log\n{}", fs::read_to_string(folder.join(LOG)).unwrap()));
    keep("snapshots_files", page);
    assert_eq!(test(folder), (0, "4 snapshots: 4 the same\n".to_owned()));
    assert!(!folder.join("policies/snapshots/LC-12/act-1999").exists());
}

#[test]
fn lines_that_are_none_are_refused_with_their_number() {
    for (from, to, told) in [
        ("== repair_grant", "= repair_grant", "line 4: `= repair_grant: repair grant` is no line of a snapshot"),
        ("| eligible", "| elegible", "is no line of a snapshot"),
        ("season 2024", "season 2023", "line 1: it is about"),
        ("law of", "\nlaw of", "line 2: the head is missing"),
    ] {
        let copy = library();
        edit(copy.path(), LAST, from, to);
        let (code, text) = test(copy.path());
        assert_eq!(code, 1);
        assert!(text.contains("UNREADABLE") && text.contains(told), "{from}: {text}");
    }
    // a line that a merge left twice
    let copy = library();
    let text = fs::read_to_string(copy.path().join(LAST)).unwrap();
    fs::write(copy.path().join(LAST), format!("{text}{}\n", text.lines().last().unwrap())).unwrap();
    assert!(test(copy.path()).1.contains("is there twice"));
    // ends of lines do not matter
    let copy = library();
    edit(copy.path(), LAST, "\n", "\r\n");
    assert_eq!(test(copy.path()).0, 0);
}

#[test]
fn groups_are_decided_one_by_one() {
    let copy = library();
    let folder = copy.path();
    let before = fs::read_to_string(folder.join(LAST)).unwrap();
    edit(folder, LAW, "Worn or worse\n          - visitors is at least 50", "Sound or worse\n          - visitors is at least 78");
    let shown = review(folder, &[]);
    assert_eq!(shown.0, 1);
    let (code, text) = review(folder, &["--accept", "--only", "undetermined"]);
    assert_eq!(code, 1, "one is left: {text}");
    let half = fs::read_to_string(folder.join(LAST)).unwrap();
    assert_ne!(half, before);
    let (code, rejected) = review(folder, &["--reject"]);
    assert_eq!(code, 1);
    assert_eq!(fs::read_to_string(folder.join(LAST)).unwrap(), half);
    let (code, none) = review(folder, &["--accept", "--only", "EC 1"]);
    assert_eq!(code, 1);
    let log = fs::read_to_string(folder.join(LOG)).unwrap();
    keep("snapshots_decided", format!("{}-----\n{text}-----\n{rejected}-----\n{none}----- snapshot\n{half}----- log\n{log}", shown.1));
    assert_eq!(review(folder, &["--accept"]).0, 0);
    assert_eq!(test(folder).0, 0);
}

/// Nothing is half written: a log that cannot be written leaves snapshots as they were.
#[test]
fn a_review_is_kept_whole_or_not_at_all() {
    let copy = library();
    let folder = copy.path();
    let before = fs::read_to_string(folder.join(LAST)).unwrap();
    edit(folder, LAW, "visitors is at least 50", "visitors is at least 78");
    fs::create_dir(folder.join("policies/snapshots/reviews.log.part")).unwrap();
    let (code, text) = review(folder, &["--accept"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("input/unwritable"), "{text}");
    assert_eq!(fs::read_to_string(folder.join(LAST)).unwrap(), before);
}

#[test]
fn a_decision_needs_a_reason() {
    let (code, text) = enact(root(), &["review", "--accept", "--by", "Ana"]);
    assert_eq!(code, 2);
    assert!(text.contains("--reason"), "{text}");
}
