//! Coverage as one page: the rule text, with the counts in the margin.

use super::text::summary;
use super::{Coverage, Point};
use crate::engine::Tally;
use crate::explain::escape;
use crate::program::Program;
use crate::source::Sources;
use crate::span::SourceId;
use std::collections::BTreeMap;
use std::fmt::Write;

const STYLE: &str = "
:root { color-scheme: light dark; }
body { font-family: system-ui, sans-serif; line-height: 1.45; margin: 2rem; }
table { border-collapse: collapse; }
caption { text-align: left; padding: .3rem 0; }
th, td { padding: 0 .6rem; text-align: right; font-variant-numeric: tabular-nums; vertical-align: top; }
th { font-weight: 600; }
td.rule { text-align: left; white-space: pre-wrap; font-family: ui-monospace, monospace; }
tr.missing { outline: 2px solid; outline-offset: -2px; font-weight: 600; }
tr.covered td.rule { border-left: 4px solid; }
.lacks { font-family: system-ui, sans-serif; }
";

/// A whole page; it needs nothing beside itself.
pub fn html(program: &Program, sources: &Sources, coverage: &Coverage) -> String {
    let mut files: BTreeMap<String, (SourceId, BTreeMap<usize, Vec<&Point>>)> = BTreeMap::new();
    for point in &coverage.points {
        let name = sources.get(point.at.source).name.clone();
        let line = sources.line_column(point.at).0;
        files.entry(name).or_insert_with(|| (point.at.source, BTreeMap::new())).1.entry(line).or_default().push(point);
    }
    let mut out =
        String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Coverage of the law</title>\n");
    let _ = write!(out, "<meta name=\"viewport\" content=\"width=device-width\">\n<style>{STYLE}</style>\n</head>\n<body>\n<main>\n");
    out.push_str("<h1>Coverage of the law</h1>\n");
    for line in summary(coverage).lines() {
        let _ = writeln!(out, "<p>{}</p>", escape(line));
    }
    out.push_str(
        "<p>Beside each line: how often it was answered yes, no, and left undetermined. A line with an outline lacks an answer that can \
         occur and that no scenario shows; the line says which.</p>\n<nav aria-label=\"Files\">\n<h2>Files</h2>\n<ul>\n",
    );
    for (at, (name, (_, lines))) in files.iter().enumerate() {
        let lacking = lines.values().flatten().filter(|point| !point.missing().is_empty()).count();
        let words = if lacking == 0 { "covered".to_owned() } else { format!("{lacking} lack an answer") };
        let _ = writeln!(out, "<li><a href=\"#file{at}\">{}</a>: {words}</li>", escape(name));
    }
    out.push_str("</ul>\n</nav>\n");
    for (at, (name, (source, lines))) in files.iter().enumerate() {
        let _ = writeln!(out, "<section aria-labelledby=\"file{at}\">\n<h2 id=\"file{at}\">{}</h2>\n<table>", escape(name));
        let _ = writeln!(out, "<caption>{}</caption>", escape(&title(program, lines)));
        out.push_str(
            "<thead>\n<tr><th scope=\"col\" rowspan=\"2\">line</th><th scope=\"colgroup\" colspan=\"3\">scenarios</th>\
             <th scope=\"colgroup\" colspan=\"3\">data</th><th scope=\"col\" rowspan=\"2\">rule</th></tr>\n<tr>",
        );
        for _ in 0..2 {
            out.push_str("<th scope=\"col\">yes</th><th scope=\"col\">no</th><th scope=\"col\">undetermined</th>");
        }
        out.push_str("</tr>\n</thead>\n<tbody>\n");
        for (line, rule) in sources.get(*source).text.lines().enumerate() {
            row(&mut out, line + 1, rule, lines.get(&(line + 1)).map_or(&[], Vec::as_slice));
        }
        out.push_str("</tbody>\n</table>\n</section>\n");
    }
    out.push_str("</main>\n</body>\n</html>\n");
    out
}

fn title(program: &Program, lines: &BTreeMap<usize, Vec<&Point>>) -> String {
    let Some(point) = lines.values().flatten().next() else { return String::new() };
    let clause = &program.clauses[point.clause.0];
    let text = &program.texts[clause.text.0];
    format!("{}, {}", text.citation(), text.versions[clause.version].reach)
}

/// A line of the rule text; further points on the same line follow in rows of their own.
fn row(out: &mut String, line: usize, rule: &str, points: &[&Point]) {
    let Some((first, rest)) = points.split_first() else {
        let _ = writeln!(out, "<tr><th scope=\"row\">{line}</th><td colspan=\"6\"></td><td class=\"rule\">{}</td></tr>", escape(rule));
        return;
    };
    let cells = |point: &Point| {
        let three = |tally: Tally| format!("<td>{}</td><td>{}</td><td>{}</td>", tally.yes, tally.no, tally.open);
        format!("{}{}", three(point.scenarios), three(point.data))
    };
    let lacks = |point: &Point| match point.missing().as_slice() {
        [] => String::new(),
        missing => format!(" <strong class=\"lacks\">no scenario says {}</strong>", missing.join(" or ")),
    };
    let class = |point: &Point| if point.missing().is_empty() { "covered" } else { "missing" };
    let (cells_of, lacks_of) = (cells(first), lacks(first));
    let _ = writeln!(
        out,
        "<tr class=\"{}\"><th scope=\"row\">{line}</th>{cells_of}<td class=\"rule\">{}{lacks_of}</td></tr>",
        class(first),
        escape(rule)
    );
    for point in rest {
        let words = format!("{}: {}", point.kind.words(), point.words);
        let _ = writeln!(
            out,
            "<tr class=\"{}\"><th scope=\"row\">{line}</th>{}<td class=\"rule\">    {}{}</td></tr>",
            class(point),
            cells(point),
            escape(&words),
            lacks(point)
        );
    }
}
