//! Coverage for programs.

use super::Coverage;
use crate::engine::Tally;
use crate::program::Program;
use crate::source::Sources;
use serde_json::{Value, json};

/// Every point with its counts.
pub fn json(program: &Program, sources: &Sources, coverage: &Coverage) -> Value {
    let tally = |tally: Tally| json!({ "yes": tally.yes, "no": tally.no, "undetermined": tally.open });
    let points: Vec<Value> = coverage
        .points
        .iter()
        .map(|point| {
            let clause = &program.clauses[point.clause.0];
            let text = &program.texts[clause.text.0];
            let version = &text.versions[clause.version];
            json!({
                "clause": clause.citation,
                "version": version.id,
                "reach": version.reach.to_string(),
                "kind": point.kind.words(),
                "words": point.words,
                "depth": point.depth,
                "place": sources.place(point.at),
                "possible": { "yes": point.possible.yes, "no": point.possible.no },
                "scenarios": tally(point.scenarios),
                "data": tally(point.data),
                "missing": point.missing(),
            })
        })
        .collect();
    let years: Vec<Value> = coverage.data.iter().map(|(year, subjects)| json!({ "year": year, "subjects": subjects })).collect();
    json!({
        "schema_version": 1,
        "scenarios": coverage.scenarios,
        "data": years,
        "points": points,
        "totals": {
            "clauses": coverage.whole.0,
            "clauses_covered": coverage.whole.1,
            "outcomes": coverage.all.required,
            "outcomes_in_scenarios": coverage.all.scenarios,
            "outcomes_in_data": coverage.all.data,
            "percent": coverage.all.percent(coverage.all.scenarios).to_string(),
        },
    })
}
