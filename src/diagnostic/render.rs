//! Diagnostics as text for people, for screen readers, and as JSON for tools.

use super::{Diagnostic, Severity, sarif};
use crate::source::Sources;
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, NamedSource};
use std::borrow::Cow;

/// Who reads the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum ErrorFormat {
    /// Source excerpt with marks.
    #[default]
    Human,
    /// One line each, words only.
    Plain,
    /// One JSON object per line.
    Json,
    /// GitHub workflow commands.
    Github,
    /// One document of the Static Analysis Results Interchange Format, version 2.1.0 (OASIS).
    Sarif,
}

/// Renders `diagnostics` in the order given.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, format: ErrorFormat) -> String {
    let mut out = String::new();
    if format == ErrorFormat::Sarif {
        let short: Vec<Diagnostic> = diagnostics.iter().map(|diagnostic| shortened(diagnostic).into_owned()).collect();
        return sarif::document(&short, sources);
    }
    for diagnostic in diagnostics {
        let diagnostic = &shortened(diagnostic);
        match format {
            ErrorFormat::Human => human(diagnostic, sources, &mut out),
            ErrorFormat::Plain => plain(diagnostic, sources, &mut out),
            ErrorFormat::Json => json(diagnostic, sources, &mut out),
            ErrorFormat::Github => github(diagnostic, sources, &mut out),
            // one document for all, above
            ErrorFormat::Sarif => {}
        }
    }
    out
}

/// What an author wrote can be megabytes long; a message shows how it starts and ends.
fn shortened(diagnostic: &Diagnostic) -> Cow<'_, Diagnostic> {
    const MOST: usize = 2000;
    let labels = diagnostic.at.iter().chain(&diagnostic.labels).map(|label| label.text.len());
    if labels.chain([diagnostic.message.len()]).chain(diagnostic.help.as_ref().map(String::len)).all(|len| len <= MOST) {
        return Cow::Borrowed(diagnostic);
    }
    let mut short = diagnostic.clone();
    let labels = short.at.iter_mut().chain(&mut short.labels).map(|label| &mut label.text);
    for text in labels.chain([&mut short.message]).chain(short.help.as_mut()).filter(|text| text.len() > MOST) {
        let start: String = text.chars().take(MOST / 4).collect();
        let end: Vec<char> = text.chars().rev().take(MOST / 4).collect();
        *text = format!("{start} [...] {}", end.into_iter().rev().collect::<String>());
    }
    Cow::Owned(short)
}

fn place(diagnostic: &Diagnostic, sources: &Sources) -> String {
    if let Some(at) = &diagnostic.at {
        let (line, column) = sources.line_column(at.span);
        return format!("{}:{line}:{column}", sources.get(at.span.source).name);
    }
    diagnostic.data.as_ref().map(ToString::to_string).unwrap_or_default()
}

fn human(diagnostic: &Diagnostic, sources: &Sources, out: &mut String) {
    use std::fmt::Write;
    let Some(at) = &diagnostic.at else {
        let _ = writeln!(out, "{}[{}]: {}", diagnostic.severity.word(), diagnostic.code, diagnostic.message);
        if let Some(data) = &diagnostic.data {
            let _ = writeln!(out, "  in {data}");
        }
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(out, "  help: {help}");
        }
        let _ = writeln!(out);
        return;
    };
    let source = sources.get(at.span.source);
    let (before, after) = source.text.split_at(at.span.start as usize);
    let line_start = before.len() - before.rfind('\n').map_or(0, |at| at + 1);
    let line_end = after.find('\n').unwrap_or(after.len());
    if line_start > 1000 || line_end > 1000 || at.span.end - at.span.start > 1000 {
        return plain(diagnostic, sources, out);
    }
    let mut report = MietteDiagnostic::new(diagnostic.message.clone()).with_code(diagnostic.code);
    report.severity = Some(match diagnostic.severity {
        Severity::Error => miette::Severity::Error,
        Severity::Warning => miette::Severity::Warning,
        Severity::Hint => miette::Severity::Advice,
    });
    let label = |span: crate::span::Span, text: &str, primary: bool| {
        let range = span.start as usize..(span.end.max(span.start + 1) as usize).min(source.text.len().max(1));
        if primary {
            LabeledSpan::new_primary_with_span(Some(text.to_owned()), range)
        } else {
            LabeledSpan::new_with_span(Some(text.to_owned()), range)
        }
    };
    let mut help = diagnostic.help.clone().unwrap_or_default();
    let mut labels = vec![label(at.span, &at.text, true)];
    for other in &diagnostic.labels {
        if other.span.source == at.span.source {
            labels.push(label(other.span, &other.text, false));
        } else {
            if !help.is_empty() {
                help.push('\n');
            }
            // an excerpt shows one file; of the other, the line
            let text = &sources.get(other.span.source).text;
            let start = text[..other.span.start as usize].rfind('\n').map_or(0, |at| at + 1);
            let line = text[start..].lines().next().unwrap_or_default().trim();
            let shown: String = line.chars().take(100).collect();
            help.push_str(&format!("see {}: {}\n    {shown}", sources.place(other.span), other.text));
        }
    }
    report = report.with_labels(labels);
    if !help.is_empty() {
        report = report.with_help(help);
    }
    let error = miette::Report::new(report).with_source_code(NamedSource::new(&source.name, source.text.clone()));
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).with_width(110).with_links(false);
    if handler.render_report(out, error.as_ref()).is_err() {
        plain(diagnostic, sources, out);
    }
    out.push('\n');
}

fn plain(diagnostic: &Diagnostic, sources: &Sources, out: &mut String) {
    use std::fmt::Write;
    let place = place(diagnostic, sources);
    let colon = if place.is_empty() { "" } else { ": " };
    let _ = write!(out, "{place}{colon}{}: {} [{}]", diagnostic.severity.word(), diagnostic.message, diagnostic.code);
    if let Some(at) = diagnostic.at.as_ref().filter(|at| !at.text.is_empty()) {
        let _ = write!(out, "; here: {}", at.text);
    }
    for label in &diagnostic.labels {
        let _ = write!(out, "; at {}: {}", sources.place(label.span), label.text);
    }
    if let Some(help) = &diagnostic.help {
        let _ = write!(out, "; help: {help}");
    }
    out.push('\n');
}

fn json(diagnostic: &Diagnostic, sources: &Sources, out: &mut String) {
    let spot = |label: &super::Label| {
        let (line, column) = sources.line_column(label.span);
        serde_json::json!({ "file": sources.get(label.span.source).name, "line": line, "column": column, "text": label.text })
    };
    let value = serde_json::json!({
        "code": diagnostic.code,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "at": diagnostic.at.as_ref().map(spot),
        "see": diagnostic.labels.iter().map(spot).collect::<Vec<_>>(),
        "data": diagnostic.data,
        "help": diagnostic.help,
    });
    out.push_str(&value.to_string());
    out.push('\n');
}

fn github(diagnostic: &Diagnostic, sources: &Sources, out: &mut String) {
    use std::fmt::Write;
    let message = match &diagnostic.help {
        Some(help) => format!("{}; {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let message = message.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let place = match (&diagnostic.at, &diagnostic.data) {
        (Some(at), _) => {
            let (line, column) = sources.line_column(at.span);
            format!("file={},line={line},col={column},", sources.get(at.span.source).name)
        }
        (None, Some(data)) => format!("file={},line={},", data.file, data.row.unwrap_or(1)),
        (None, None) => String::new(),
    };
    let word = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    let _ = writeln!(out, "::{word} {place}title={}::{message}", diagnostic.code);
}
