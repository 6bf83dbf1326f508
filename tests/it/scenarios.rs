//! Every scenario shipped with the policies.

use crate::support::{library, program};
use enact::scenario;

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
