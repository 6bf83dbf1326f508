//! Watch lists as tables, CSV and JSON.

use super::trimmed;
use crate::explain::change_words;
use crate::facts::Facts;
use crate::flip::Near;
use crate::program::*;
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// A line of a watch list. Serialized, a line of `enact assess --near --format json`.
#[derive(Debug, Serialize)]
struct Line {
    key: String,
    name: String,
    kind: String,
    pathway: String,
    before: &'static str,
    now: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    if_unchanged: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facts: Option<u32>,
    sets: u64,
    changes: Vec<String>,
}

fn words(answer: Option<bool>) -> &'static str {
    match answer {
        Some(true) => "eligible",
        Some(false) => "not eligible",
        None => "undetermined",
    }
}

fn lines<'l>(program: &'l Program, facts: &'l Facts, list: &'l [Near], next: bool) -> impl Iterator<Item = (&'l Near, Line)> + 'l {
    list.iter().map(move |near| {
        let info = &facts.subjects()[near.subject];
        let by = near.by.as_ref();
        let line = Line {
            key: info.key.clone(),
            name: info.name.clone(),
            kind: program.subject.kinds[info.kind].named.name.clone(),
            pathway: program.pathways[near.pathway.0].named.name.clone(),
            before: if near.before.is_none() { "" } else { words(near.before) },
            now: words(near.now),
            if_unchanged: next.then(|| words(near.if_unchanged)),
            steps: by.map(|by| by.steps),
            facts: by.map(|by| by.facts),
            sets: by.map_or(0, |by| by.count),
            changes: by.map_or(Vec::new(), |by| by.sets.iter().map(|set| change_words(program, set)).collect()),
        };
        (near, line)
    })
}

/// One line for each answer that is near another; `next` is the year looked at, if that is the year after `year`.
pub fn table(program: &Program, facts: &Facts, year: i32, list: &[Near], next: Option<i32>, width: Option<u16>) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_content_arrangement(if width.is_some() { ContentArrangement::Dynamic } else { ContentArrangement::Disabled });
    if let Some(width) = width {
        table.set_width(width);
    }
    let before = program.period.published_until(year - 1).next();
    let mut head = vec![program.subject.key_label.clone(), "name".to_owned(), "pathway".to_owned()];
    head.extend(before.map(|year| year.to_string()));
    head.push(year.to_string());
    head.extend(next.map(|year| format!("{year} if no fact changes")));
    head.extend(["would be otherwise by".to_owned(), "steps".to_owned(), "ways".to_owned()]);
    table.set_header(head);
    for (near, line) in lines(program, facts, list, next.is_some()) {
        let mut row = vec![line.key, line.name, program.pathways[near.pathway.0].named.label.clone()];
        row.extend(before.map(|_| line.before.to_owned()));
        row.push(line.now.to_owned());
        row.extend(line.if_unchanged.map(str::to_owned));
        row.push(line.changes.into_iter().next().unwrap_or_default());
        row.push(line.steps.map(|steps| steps.to_string()).unwrap_or_default());
        row.push(if line.sets == 0 { String::new() } else { line.sets.to_string() });
        table.add_row(row);
    }
    if list.is_empty() { String::new() } else { trimmed(&table) }
}

/// The same as comma-separated values, with one of the smallest sets of changes.
pub fn csv(program: &Program, facts: &Facts, list: &[Near], next: bool) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let head = ["key", "name", "kind", "pathway", "before", "now", "if_unchanged", "steps", "facts", "sets", "changes"];
    let mut fine = writer.write_record(head).is_ok();
    let number = |n: Option<u32>| n.map(|n| n.to_string()).unwrap_or_default();
    for (_, line) in lines(program, facts, list, next) {
        let record = [
            line.key,
            line.name,
            line.kind,
            line.pathway,
            line.before.to_owned(),
            line.now.to_owned(),
            line.if_unchanged.unwrap_or_default().to_owned(),
            number(line.steps),
            number(line.facts),
            line.sets.to_string(),
            line.changes.into_iter().next().unwrap_or_default(),
        ];
        fine &= writer.write_record(&record).is_ok();
    }
    debug_assert!(fine, "writing to memory does not fail");
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The same as JSON.
pub fn json(program: &Program, facts: &Facts, year: i32, list: &[Near], next: Option<i32>) -> serde_json::Value {
    let lines: Vec<Line> = lines(program, facts, list, next.is_some()).map(|(_, line)| line).collect();
    serde_json::json!({ "schema_version": 1, "year": year, "next": next, "near": lines })
}
