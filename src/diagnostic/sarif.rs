//! Diagnostics as one SARIF document, which code hosts and editors show beside the text.

use super::{CATALOGUE, Diagnostic, Label, Severity};
use crate::source::Sources;
use serde_json::{Value, json};

/// One run with all `diagnostics`, and a rule for each code among them.
pub(super) fn document(diagnostics: &[Diagnostic], sources: &Sources) -> String {
    let used: Vec<_> = CATALOGUE.iter().filter(|entry| diagnostics.iter().any(|own| own.code == entry.code)).collect();
    let rules: Vec<Value> = used
        .iter()
        .map(|entry| {
            json!({
                "id": entry.code,
                "shortDescription": { "text": entry.summary() },
                "help": { "text": entry.page, "markdown": entry.page },
                "defaultConfiguration": { "level": level(entry.severity) },
            })
        })
        .collect();
    let results: Vec<Value> = diagnostics
        .iter()
        .map(|diagnostic| {
            let text = match &diagnostic.help {
                Some(help) => format!("{}. Help: {help}", diagnostic.message),
                None => diagnostic.message.clone(),
            };
            let mut result = json!({
                "ruleId": diagnostic.code,
                "level": level(diagnostic.severity),
                "message": { "text": text },
                "locations": location(diagnostic, sources),
            });
            if let Some(at) = used.iter().position(|entry| entry.code == diagnostic.code) {
                result["ruleIndex"] = json!(at);
            }
            if !diagnostic.labels.is_empty() {
                result["relatedLocations"] = diagnostic.labels.iter().map(|label| place(label, sources)).collect();
            }
            result
        })
        .collect();
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "enact", "version": env!("CARGO_PKG_VERSION"), "rules": rules } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn location(diagnostic: &Diagnostic, sources: &Sources) -> Vec<Value> {
    if let Some(at) = &diagnostic.at {
        return vec![place(at, sources)];
    }
    let Some(data) = &diagnostic.data else { return Vec::new() };
    let mut physical = json!({ "artifactLocation": { "uri": uri(&data.file) } });
    if let Some(row) = data.row {
        physical["region"] = json!({ "startLine": row });
    }
    vec![json!({ "physicalLocation": physical, "message": { "text": data.to_string() } })]
}

fn place(label: &Label, sources: &Sources) -> Value {
    let (line, column) = sources.line_column(label.span);
    let end = crate::span::Span { start: label.span.end.max(label.span.start), ..label.span };
    let (end_line, end_column) = sources.line_column(end);
    json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(&sources.get(label.span.source).name) },
            "region": { "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column },
        },
        "message": { "text": label.text },
    })
}

/// A path as a relative reference: separators forward, what a reference cannot hold escaped.
fn uri(path: &str) -> String {
    let mut out = String::new();
    for byte in path.replace('\\', "/").bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' | b':' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
