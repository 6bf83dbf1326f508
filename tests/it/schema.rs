//! What `enact explain --format json` prints is what the published schema says, no field more or less.

use crate::support::root;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

fn explained(args: &[&str]) -> Value {
    let output =
        Command::new(env!("CARGO_BIN_EXE_enact")).args(["explain", "--format", "json"]).args(args).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Names of all fields in a document.
fn fields(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => object.iter().for_each(|(name, inner)| {
            out.insert(name.clone());
            fields(inner, out);
        }),
        Value::Array(items) => items.iter().for_each(|item| fields(item, out)),
        _ => {}
    }
}

/// Names of all fields that a schema knows.
fn known(schema: &Value, out: &mut BTreeSet<String>) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::Object(properties)) = object.get("properties") {
                out.extend(properties.keys().cloned());
            }
            object.values().for_each(|inner| known(inner, out));
        }
        Value::Array(items) => items.iter().for_each(|item| known(item, out)),
        _ => {}
    }
}

#[test]
fn explanations_are_as_the_schema_says() {
    let schema: Value = serde_json::from_str(&fs::read_to_string(root().join("docs/explain.schema.json")).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let mut seen = BTreeSet::new();
    for args in [
        &["San Ardo Union Elementary", "--dashboard", "2023", "--exit", "--flip"][..],
        &["South Monterey County Joint Union High", "--dashboard", "2024", "--exit", "--flip", "--all"],
        &["2710272", "--dashboard", "2024"],
        &["Old Adobe Union", "--dashboard", "2023", "--flip"],
        &["Monterey Bay Charter", "--dashboard", "2024"],
        &["Salinas Union High", "--dashboard", "2021"],
    ] {
        let found = explained(args);
        let problems: Vec<String> =
            validator.iter_errors(&found).take(5).map(|problem| format!("{}: {problem}", problem.instance_path())).collect();
        assert!(problems.is_empty(), "{args:?}\n{}", problems.join("\n"));
        fields(&found, &mut seen);
    }
    // a schema that says too little would fit as well
    let mut wanted = BTreeSet::new();
    known(&schema, &mut wanted);
    let missing: Vec<&String> = wanted.difference(&seen).collect();
    assert!(missing.is_empty(), "no example shows {missing:?}");
    // nor may it let everything pass
    let mut other = explained(&["San Ardo Union Elementary", "--dashboard", "2023"]);
    other["pathways"][0]["answer"] = "perhaps".into();
    assert!(!validator.is_valid(&other));
}
