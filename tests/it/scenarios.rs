//! Every scenario shipped with the policies.

use crate::support::{files, library, program, root};
use enact::library::Library;
use enact::scenario;
use enact::source::Sources;
use std::fs;
use std::process::Command;

#[test]
fn every_scenario_holds() {
    let program = program();
    let mut failures = Vec::new();
    for (index, case) in program.scenarios.iter().enumerate() {
        let outcome = scenario::run(program, index);
        for (expect, found) in &outcome.failures {
            let at = case.expects[*expect].at;
            failures.push(format!("{} ({}): {}\n    found: {found}", case.id, case.title, library().sources.slice(at)));
        }
    }
    assert!(failures.is_empty(), "{} expectations fail:\n{}", failures.len(), failures.join("\n"));
}

/// Every row of the list of worked cases is there: 1 to 97, and 62a.
#[test]
fn every_worked_case_is_a_scenario() {
    let program = program();
    let ids: Vec<&str> = program.scenarios.iter().map(|case| case.id.as_str()).collect();
    for row in (1..=97).map(|row: u32| row.to_string()).chain(["62a".to_owned()]) {
        assert!(ids.contains(&row.as_str()), "no scenario {row}");
    }
}

/// A file of worked cases says in its first line which rows it holds: these with their variants, in their order, and no others.
#[test]
fn files_of_worked_cases_hold_the_rows_they_name() {
    let mut next = 1;
    for path in crate::support::files(&crate::support::root().join("policies/scenarios"), ".enact") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if !name.starts_with("edge-cases-") {
            continue;
        }
        let text = std::fs::read_to_string(&path).unwrap();
        let head = text.lines().next().unwrap();
        let (_, rows) = head.rsplit_once(" Cases ").unwrap_or_else(|| panic!("{name} does not say which rows it holds"));
        let (first, last) = rows.trim_end_matches('.').split_once(" to ").unwrap_or_else(|| panic!("{name}: {head}"));
        let (first, last): (u32, u32) = (first.parse().unwrap(), last.parse().unwrap());
        assert_eq!(first, next, "{name} starts with another row than the one after the file before");
        let mut own = Vec::new();
        for line in text.lines().filter_map(|line| line.strip_prefix("scenario ")) {
            let id = line.split(' ').next().unwrap();
            let row: u32 = id.trim_end_matches(|c: char| c.is_ascii_lowercase()).parse().unwrap();
            if own.last() != Some(&row) {
                own.push(row);
            }
        }
        assert_eq!(own, (first..=last).collect::<Vec<_>>(), "{name} holds other rows than it says");
        next = last + 1;
    }
    assert_eq!(next, 98);
}

/// A case that rests on a reading shows the other reading too.
#[test]
fn open_readings_show_both_settings() {
    let program = program();
    for case in
        program.scenarios.iter().filter(|case| case.mark.as_deref() == Some("policy") && case.id.bytes().all(|b| b.is_ascii_digit()))
    {
        let other = program
            .scenarios
            .iter()
            .any(|other| other.id.starts_with(&case.id) && other.id.len() == case.id.len() + 1 && other.choices != case.choices);
        assert!(other, "scenario {} shows one setting only", case.id);
    }
}

/// A law about something else needs no line of Rust.
#[test]
fn a_second_domain() {
    use enact::import::{InputFile, load};
    use enact::library::Library;
    use enact::source::Sources;
    let folder = crate::support::root().join("examples/library-grants");
    let mut sources = Sources::default();
    for path in crate::support::files(&folder.join("policies"), ".enact") {
        sources.add(path.file_name().unwrap().to_string_lossy(), std::fs::read_to_string(&path).unwrap());
    }
    let library = Library::new(sources);
    assert!(library.diagnostics.is_empty());
    let program = library.program.as_ref().unwrap();
    for index in 0..program.scenarios.len() {
        let outcome = scenario::run(program, index);
        assert!(outcome.passed(), "{}: {:?}", program.scenarios[index].id, outcome.failures);
    }
    let files: Vec<InputFile> = crate::support::files(&folder.join("data"), ".csv")
        .iter()
        .map(|path| InputFile::new(path.file_name().unwrap().to_string_lossy(), std::fs::read(path).unwrap()))
        .collect();
    let loaded = load(program, &files, false, |_| {});
    assert!(loaded.diagnostics.is_empty());
    let setting = enact::eval::Setting::new(program, "2024-09-01".parse().unwrap());
    let grant = enact::program::PathwayId(0);
    let assessment = enact::assess::assess(&setting, &loaded.facts, 2024, &loaded.facts.listed(2024), &[grant], || ());
    let answers: Vec<&str> = assessment.list.iter().map(|assessed| assessed.rows[0].answer.words()).collect();
    // 1002 was not counted in 2024, but its hall was sound in 2023
    assert_eq!(answers, ["eligible", "not eligible", "eligible"]);
}

/// Determinations rest on the rules alone: without the scenarios the same program results, so a mistake in one of them stops
/// only the commands that run or check it.
#[test]
fn rules_do_not_depend_on_scenarios() {
    let whole = library();
    let mut sources = Sources::default();
    for (_, source) in whole.sources.iter() {
        sources.add(source.name.clone(), source.text.as_str());
    }
    let rules = Library::of_rules(sources).program.expect("rules without errors");
    let mut same = program().clone();
    assert!(!same.scenarios.is_empty());
    same.scenarios.clear();
    assert!(format!("{rules:?}") == format!("{same:?}"), "the rules change with the scenarios");
}

#[test]
fn a_mistake_in_a_scenario_stops_no_determination() {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("policies");
    for path in files(&root().join("policies"), "") {
        let to = copy.join(path.strip_prefix(root().join("policies")).unwrap());
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(&path, &to).unwrap();
    }
    fs::write(copy.join("scenarios/wrong.enact"), "scenario wrong \"a fact nobody declared\"\n  given no_such_fact is yes\n  oops\n")
        .unwrap();
    let run = |args: &[&str]| {
        let out = Command::new(env!("CARGO_BIN_EXE_enact")).args(args).arg("--policies").arg(&copy).current_dir(root()).output().unwrap();
        (out.status.code(), String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let (code, problems) = run(&["assess", "--dashboard", "2024", "--region", "27"]);
    assert_eq!(code, Some(0), "{problems}");
    let checked = Command::new(env!("CARGO_BIN_EXE_enact")).arg("check").arg(&copy).output().unwrap();
    assert_eq!(checked.status.code(), Some(1));
    let problems = String::from_utf8_lossy(&checked.stderr).into_owned() + &String::from_utf8_lossy(&checked.stdout);
    assert!(problems.contains("no_such_fact") || problems.contains("oops"), "{problems}");
}
