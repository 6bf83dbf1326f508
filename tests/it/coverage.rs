//! How well scenarios and data cover the law.

use crate::support::{library, program, root};
use enact::coverage::{coverage, html};
use enact::eval::{Evaluator, Setting};
use std::process::{Command, Output};

fn enact(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_enact")).args(args).current_dir(root()).env("NO_COLOR", "1").output().unwrap()
}

const GRANTS: [&str; 5] = ["test", "examples/library-grants/policies", "--coverage", "--data", "examples/library-grants/data"];

#[test]
fn pages() {
    for format in ["text", "json", "html"] {
        let output = enact(&[&GRANTS[..], &["--format", format]].concat());
        assert_eq!(output.status.code(), Some(0));
        let page = String::from_utf8(output.stdout).unwrap();
        let folder = root().join("tests/golden/coverage");
        insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(format, page);
        });
    }
}

#[test]
fn too_little_is_a_finding() {
    for (percent, code) in [("50", 0), ("85.2", 0), ("85.3", 1), ("100", 1)] {
        let output = enact(&[&GRANTS[..], &["--fail-under", percent]].concat());
        assert_eq!(output.status.code(), Some(code), "{percent}");
    }
    assert_eq!(enact(&["test", "--fail-under", "50"]).status.code(), Some(2));
    assert_eq!(enact(&[&GRANTS[..], &["--format", "xml"]].concat()).status.code(), Some(2));
}

/// Every outcome counted over data is one the evaluator gives.
#[test]
fn counts_over_data_are_those_of_the_evaluator() {
    let program = program();
    let loaded = crate::support::facts(|path| path.contains("2019"));
    let found = coverage(program, &library().sources, Some(&loaded.facts));
    let entry = program.period.year(2019).unwrap();
    let subjects = loaded.facts.listed(2019);
    let setting = Setting::new(program, entry.on);
    let mut compared = 0;
    for point in found.points.iter().filter(|point| point.is_clause()) {
        let clause = &program.clauses[point.clause.0];
        let text = &program.texts[clause.text.0];
        let in_force = text.version(entry.on, 2019) == Some(clause.version);
        if !in_force || !clause.params.is_empty() || clause.exception_to.is_some() || compared == 12 {
            continue;
        }
        let (mut yes, mut no) = (0, 0);
        for subject in &subjects {
            if clause.kinds >> loaded.facts.subjects()[*subject].kind & 1 == 0
                || clause.first.as_ref().is_some_and(|(first, _)| *first > 2019)
            {
                continue;
            }
            match Evaluator::new(&setting, &loaded.facts, *subject, false).clause(point.clause, 2019).node.settled() {
                Some(true) => yes += 1,
                Some(false) => no += 1,
                None => {}
            }
        }
        // what is left open may be settled on a closer look, never the other way round
        assert!(point.data.yes <= yes && point.data.no <= no, "{}: {:?}, {yes} {no}", clause.citation, point.data);
        compared += 1;
    }
    assert!(compared > 5);
    assert!(html(program, &library().sources, &found).contains("<h2 id=\"file0\">"));
}
