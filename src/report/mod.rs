//! Assessments as tables, CSV, JSON, and in layouts that policies declare.

mod layout;
mod near;

pub use layout::layout;
pub use near::{csv as near_csv, json as near_json, table as near_table};

use crate::assess::{Assessed, Assessment, Row};
use crate::eval::Answer;
use crate::explain::{carried_words, cell_name, contradiction_words};
use crate::facts::Facts;
use crate::program::*;
use crate::threads::{each, threads};
use comfy_table::{ContentArrangement, Table, presets};
use serde::Serialize;

/// A line of the list. Serialized, a line of `enact assess --format json`.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Key, all digits.
    pub key: String,
    /// Name.
    pub name: String,
    /// Kind of subject.
    pub kind: String,
    /// Year judged.
    pub year: i32,
    /// Pathway token.
    pub pathway: String,
    /// The answer.
    pub answer: Answer,
    /// `Year 1`
    pub status: String,
    /// Clauses that carry it.
    pub clauses: Vec<String>,
    /// One of the clauses holds in every case, but the data leave open which.
    pub either: bool,
    /// Members that carry it, with the members these were carried by.
    pub members: Vec<String>,
    /// Who provides.
    pub providers: Vec<String>,
    /// What follows, in words.
    pub outcomes: Vec<String>,
    /// Cells that could still change the answer.
    pub open: Vec<String>,
}

/// Lines of an assessment, subject by subject in order of key, pathway by pathway in order of declaration.
pub fn lines(program: &Program, facts: &Facts, assessment: &Assessment) -> Vec<Line> {
    let mut out = Vec::new();
    for assessed in &assessment.list {
        let info = &facts.subjects()[assessed.subject];
        for row in &assessed.rows {
            out.push(line(program, info, assessment.year, row));
        }
    }
    out
}

fn line(program: &Program, info: &crate::facts::SubjectInfo, year: i32, row: &Row) -> Line {
    Line {
        key: info.key.clone(),
        name: info.name.clone(),
        kind: program.subject.kinds[info.kind].named.name.clone(),
        year,
        pathway: program.pathways[row.pathway.0].named.name.clone(),
        answer: row.answer,
        status: row.statuses.join(if row.either { " or " } else { "; " }),
        clauses: row.clauses.iter().map(|clause| program.clauses[clause.0].citation.clone()).collect(),
        either: row.either,
        members: row.carried.iter().map(|one| carried_words(program, one)).collect(),
        providers: row.providers.iter().map(|agency| program.agencies[agency.0].label.clone()).collect(),
        outcomes: row.outcomes.clone(),
        open: row.open.iter().map(|cell| cell_name(program, *cell)).collect(),
    }
}

/// Subjects that are eligible or undetermined, then how many got which answer.
///
/// `all` lists every answer. `width` is that of the terminal; `None` leaves lines as long as they are.
pub fn table(program: &Program, facts: &Facts, assessment: &Assessment, pathways: &[PathwayId], all: bool, width: Option<u16>) -> String {
    let mut list = Table::new();
    list.load_style(presets::ASCII_MARKDOWN);
    list.set_content_arrangement(if width.is_some() { ContentArrangement::Dynamic } else { ContentArrangement::Disabled });
    if let Some(width) = width {
        list.set_width(width);
    }
    list.set_header([program.subject.key_label.as_str(), "name", "pathway", "answer", "by", "because of / missing", "provided by"]);
    let mut shown = 0;
    for assessed in &assessment.list {
        let info = &facts.subjects()[assessed.subject];
        for row in assessed.rows.iter().filter(|row| pathways.contains(&row.pathway)) {
            if !all && !matches!(row.answer, Answer::Eligible | Answer::Undetermined) {
                continue;
            }
            let line = line(program, info, assessment.year, row);
            let answer =
                if line.status.is_empty() { row.answer.words().to_owned() } else { format!("{} ({})", row.answer.words(), line.status) };
            let carried = match (row.answer, line.open.len()) {
                (Answer::Undetermined, n) if n > 3 => format!("missing: {} and {} more", line.open[..2].join("; "), n - 2),
                (Answer::Undetermined, _) => format!("missing: {}", line.open.join("; ")),
                _ => line.members.join("; "),
            };
            let label = program.pathways[row.pathway.0].named.label.clone();
            let by = line.clauses.join(if row.either { " or " } else { ", " });
            list.add_row([line.key, line.name, label, answer, by, carried, line.providers.join(", ")]);
            shown += 1;
        }
    }
    let mut out = String::new();
    if shown > 0 {
        out.push_str(&trimmed(&list));
        out.push('\n');
    }
    out.push_str(&totals(program, assessment, pathways));
    let contradictions: Vec<String> = assessment
        .list
        .iter()
        .flat_map(|assessed| {
            let info = &facts.subjects()[assessed.subject];
            assessed.contradictions.iter().map(move |one| format!("  {} {}: {}", info.key, info.name, contradiction_words(program, one)))
        })
        .collect();
    if !contradictions.is_empty() {
        out.push_str(&format!(
            "\nPublished determinations that differ from what these rules and facts give: {}\n{}\n",
            contradictions.len(),
            contradictions.join("\n")
        ));
    }
    out
}

fn totals(program: &Program, assessment: &Assessment, pathways: &[PathwayId]) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN);
    table.set_content_arrangement(ContentArrangement::Disabled);
    let answers = [Answer::Eligible, Answer::NotEligible, Answer::Undetermined, Answer::NotApplicable, Answer::Suspended];
    let head = format!("{} listed, {} {}", assessment.list.len(), program.period.named.name, assessment.year);
    table.set_header(std::iter::once(head).chain(answers.iter().map(|answer| answer.words().to_owned())));
    for (pathway, counts) in assessment.totals(pathways) {
        let label = program.pathways[pathway.0].named.label.clone();
        table.add_row(std::iter::once(label).chain(answers.iter().map(|answer| counts[answer].to_string())));
    }
    trimmed(&table)
}

/// Tables without blanks at line ends.
fn trimmed(table: &Table) -> String {
    table.to_string().lines().map(|line| format!("{}\n", line.trim_end())).collect()
}

/// Subjects whose lines one thread writes before it takes others.
const CHUNK: usize = 128;

/// Every line as comma-separated values.
pub fn csv(program: &Program, facts: &Facts, assessment: &Assessment, pathways: &[PathwayId]) -> String {
    let head =
        ["key", "name", "kind", "year", "pathway", "answer", "status", "clauses", "members", "providers", "outcomes", "open_cells", "open"];
    let chunks: Vec<&[Assessed]> = assessment.list.chunks(CHUNK).collect();
    let parts = each(threads(), chunks.len(), |at| {
        let rows = chunks[at].iter().flat_map(|assessed| {
            let info = &facts.subjects()[assessed.subject];
            let rows = assessed.rows.iter().filter(|row| pathways.contains(&row.pathway));
            rows.map(move |row| record(line(program, info, assessment.year, row)))
        });
        records(rows)
    });
    records(std::iter::once(head.map(str::to_owned))) + &parts.concat()
}

fn record(line: Line) -> [String; 13] {
    [
        line.key,
        line.name,
        line.kind,
        line.year.to_string(),
        line.pathway,
        line.answer.words().to_owned(),
        line.status,
        line.clauses.join(if line.either { " or " } else { "; " }),
        line.members.join("; "),
        line.providers.join("; "),
        line.outcomes.join("; "),
        line.open.len().to_string(),
        line.open.join("; "),
    ]
}

fn records(rows: impl Iterator<Item = [String; 13]>) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let fine = rows.fold(true, |fine, row| fine & writer.write_record(&row).is_ok());
    debug_assert!(fine, "writing to memory does not fail");
    let bytes = writer.into_inner().unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The whole assessment as JSON.
pub fn json(
    program: &Program,
    facts: &Facts,
    assessment: &Assessment,
    pathways: &[PathwayId],
    as_of: jiff::civil::Date,
) -> serde_json::Value {
    let names: Vec<&str> = pathways.iter().map(|pathway| program.pathways[pathway.0].named.name.as_str()).collect();
    let lines: Vec<Line> = lines(program, facts, assessment).into_iter().filter(|line| names.contains(&line.pathway.as_str())).collect();
    let totals: serde_json::Map<String, serde_json::Value> = assessment
        .totals(pathways)
        .into_iter()
        .map(|(pathway, counts)| (program.pathways[pathway.0].named.name.clone(), serde_json::json!(counts)))
        .collect();
    let contradictions: Vec<_> = assessment
        .list
        .iter()
        .flat_map(|assessed| {
            let key = &facts.subjects()[assessed.subject].key;
            assessed.contradictions.iter().map(move |one| serde_json::json!({ "key": key, "text": contradiction_words(program, one) }))
        })
        .collect();
    serde_json::json!({
        "schema_version": 1,
        "year": assessment.year,
        "as_of": as_of.to_string(),
        "lines": lines,
        "totals": totals,
        "contradictions": contradictions,
    })
}
