//! An explanation as one page that needs nothing beside itself: no script, no other file. It reads as well without color,
//! aloud, and on paper.

use super::grid::Swatch;
use super::lines::{Law, Line, line};
use super::picture::{Drawn, absent, clauses, marks, marks_of, pathway_label, settled, short, title};
use super::short::{as_it_is, sentence, shown};
use super::text::is_told;
use super::would_text;
use super::{Explanation, Grid, GridCell, PathwayExplanation, Strip, StripYear, Verdict};
use crate::eval::Answer;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

const STYLE: &str = include_str!("page.css");

/// Of one pathway no more lines of reasons stand open, and are printed.
const MOST_OPEN: usize = 24;

/// A whole page; `all` shows what did not matter too. The pictures must have been drawn.
pub fn html(explanation: &Explanation, all: bool) -> String {
    let mut out = String::from("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    let name = if explanation.name.is_empty() { &explanation.key } else { &explanation.name };
    let period = format!("{} {}", explanation.period, explanation.year);
    let _ = writeln!(out, "<title>{}: answers and reasons, {}</title>", escape(name), escape(&period));
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<style>\n");
    out.push_str(STYLE);
    let cells = explanation.grids.iter().flat_map(|grid| grid.cells.iter().flatten());
    for swatch in cells.filter_map(|cell| cell.swatch).collect::<BTreeSet<_>>() {
        let text = if swatch.is_dark() { "#ffffff" } else { "#000000" };
        let _ = writeln!(out, ".{} {{ background: {}; color: {text}; }}", class(swatch), swatch.hex());
    }
    let _ = writeln!(out, "</style>\n</head>\n<body>\n<header>\n<h1>{}</h1>", escape(name));
    let day = if explanation.default_day { ", the day of that year's determinations" } else { "" };
    let _ = writeln!(
        out,
        "<p>{}, {} {}. {}, by the law in force on {}{day}.</p>\n</header>\n<main>",
        escape(&capital(&explanation.kind_label)),
        escape(&explanation.key_label),
        escape(&explanation.key),
        escape(&period),
        explanation.as_of
    );
    answers(explanation, &mut out);
    for (at, grid) in explanation.grids.iter().enumerate() {
        self::grid(explanation, grid, at, &mut out);
    }
    strips(explanation, &mut out);
    let mut used = Used::default();
    reasons(explanation, all, &mut used, &mut out);
    takes(explanation, &mut out);
    rests(explanation, used, &mut out);
    let _ = writeln!(
        out,
        "</main>\n<footer>\n<p>Worked out from the files named above by written rules; this page is not itself a determination. Made by \
         enact {} with <code>enact explain {} --dashboard {} --as-of {} --format html</code>: the same rules and files give the same \
         page.</p>\n</footer>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION"),
        escape(&explanation.key),
        explanation.year,
        explanation.as_of
    );
    out
}

/// Text as HTML has it, between tags or in an attribute.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn class(swatch: Swatch) -> String {
    format!("swatch-{}", swatch.hex().trim_start_matches('#'))
}

fn class_of(answer: Answer) -> &'static str {
    match answer {
        Answer::Eligible => "eligible",
        Answer::NotEligible => "not-eligible",
        Answer::Undetermined => "undetermined",
        Answer::NotApplicable => "not-applicable",
        Answer::Suspended => "suspended",
    }
}

fn badge(answer: Answer) -> String {
    format!("<span class=\"answer {}\">{}</span>", class_of(answer), answer.words())
}

/// What is so, fit for a letter; what is not, in a sentence each.
fn answers(explanation: &Explanation, out: &mut String) {
    out.push_str("<section aria-labelledby=\"answers\">\n<h2 id=\"answers\">Answers</h2>\n");
    if let Some(because) = &explanation.suspended {
        let _ = writeln!(out, "<p>{}: no determinations. {}.</p>", explanation.year, escape(because));
    }
    let (plain, told): (Vec<&PathwayExplanation>, Vec<_>) =
        shown(explanation).partition(|own| matches!(own.answer, Answer::NotEligible | Answer::Suspended | Answer::NotApplicable));
    for own in told {
        let _ = writeln!(out, "<h3>{} {}</h3>", escape(&own.label), badge(own.answer));
        let _ = writeln!(out, "<p>{}</p>", escape(&as_it_is(explanation, own)));
    }
    if !plain.is_empty() {
        out.push_str("<ul>\n");
        for own in plain {
            let _ = writeln!(out, "<li>{}</li>", escape(&sentence(explanation, own)));
        }
        out.push_str("</ul>\n");
    }
    for line in &explanation.contradictions {
        let _ = writeln!(out, "<p>The published determination differs. {}.</p>", escape(line));
    }
    out.push_str("</section>\n");
}

fn grid(explanation: &Explanation, grid: &Grid, at: usize, out: &mut String) {
    let marks = marks(explanation);
    let drawn = Drawn::new(grid);
    let _ = writeln!(out, "<section aria-labelledby=\"grid{at}\">\n<h2 id=\"grid{at}\">{}, {}</h2>", escape(&title(grid)), grid.year);
    if !drawn.rows.is_empty() {
        let _ = writeln!(
            out,
            "<div class=\"wide\" role=\"region\" aria-labelledby=\"grid{at}\" tabindex=\"0\">\n<table class=\"grid\">\n\
             <caption>{} {}: each {} by each {}</caption>",
            escape(&explanation.period),
            grid.year,
            escape(&grid.row_label),
            escape(&grid.column_label)
        );
        let _ = write!(out, "<thead>\n<tr><th scope=\"col\">{}</th>", escape(&capital(&grid.row_label)));
        for column in &drawn.columns {
            let _ = write!(out, "<th scope=\"col\">{}<small>{}</small></th>", escape(&column.member), escape(&column.label));
        }
        out.push_str("</tr>\n</thead>\n<tbody>\n");
        for (member, cells) in &drawn.rows {
            let _ = write!(out, "<tr><th scope=\"row\">{} ({})</th>", escape(&capital(&member.label)), escape(&member.member));
            for cell in cells {
                self::cell(cell, &marks_of(cell, &marks), out);
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n</table>\n</div>\n");
    }
    out.push_str("<ul class=\"legend\">\n");
    for (letter, pathway, clause) in &marks {
        if drawn.cells().any(|cell| marks_of(cell, &marks).contains(*letter)) {
            let label = escape(pathway_label(explanation, pathway));
            let _ = writeln!(out, "<li><b>({letter})</b> carries: {label}, {}</li>", escape(clause));
        }
    }
    let open = settled(explanation, &drawn);
    if !open.is_empty() {
        let _ = writeln!(out, "<li><b>*</b> could still settle: {}</li>", escape(&open.join("; ")));
    }
    let absent = absent(grid);
    if !absent.is_empty() {
        let _ = writeln!(out, "<li><b>none</b> {}</li>", escape(&absent));
    }
    let named = |label: &str, member: &str| format!("{} ({})", escape(label), escape(member));
    let none: Vec<String> = drawn
        .no_rows
        .iter()
        .map(|member| named(&member.label, &member.member))
        .chain(drawn.no_columns.iter().map(|column| named(&column.label, &column.member)))
        .collect();
    if !none.is_empty() {
        let _ = writeln!(out, "<li><b>none</b> throughout, and left out above: {}</li>", none.join(", "));
    }
    out.push_str("</ul>\n</section>\n");
}

fn cell(cell: &GridCell, marks: &str, out: &mut String) {
    let mut classes: Vec<String> = cell.swatch.map(class).into_iter().collect();
    let mut words = match short(cell).as_str() {
        "-" => {
            classes.push("none".to_owned());
            "none".to_owned()
        }
        "?" => "not known".to_owned(),
        words => escape(words),
    };
    if !marks.is_empty() {
        classes.push("carries".to_owned());
        let _ = write!(words, " ({marks})");
    }
    if !cell.could_settle.is_empty() {
        classes.push("settles".to_owned());
        words.push_str(" *");
    }
    if let Some(with) = cell.shown_with.as_ref().filter(|_| !cell.is_absent()) {
        let _ = write!(words, "<small>{}</small>", escape(&with.value));
    }
    let classes = if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", classes.join(" ")) };
    let _ = write!(out, "<td{classes}>{words}</td>");
}

fn strips(explanation: &Explanation, out: &mut String) {
    let strips: Vec<&Strip> = explanation.strips.iter().filter(|strip| strip.ever_applies()).collect();
    let Some(first) = strips.first() else { return };
    out.push_str(
        "<section aria-labelledby=\"years\">\n<h2 id=\"years\">Year by year</h2>\n\
         <div class=\"wide\" role=\"region\" aria-labelledby=\"years\" tabindex=\"0\">\n<table class=\"years\">\n\
         <caption>Each year by the law in force on the day of its determinations</caption>\n<thead>\n<tr><th scope=\"col\">Pathway</th>",
    );
    for year in &first.years {
        let judged = if year.year == explanation.year { "<small>this page</small>" } else { "" };
        let _ = write!(out, "<th scope=\"col\">{}{judged}</th>", year.year);
    }
    out.push_str("</tr>\n</thead>\n<tbody>\n");
    for strip in &strips {
        let by: String = clauses(strip).iter().map(|by| format!("<small>{}</small>", escape(by))).collect();
        let _ = write!(out, "<tr><th scope=\"row\">{}{by}</th>", escape(&strip.label));
        for year in &strip.years {
            strip_cell(year, explanation.year, out);
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n</div>\n</section>\n");
}

/// What is nearest, and what would change each answer.
fn takes(explanation: &Explanation, out: &mut String) {
    let mut items = String::new();
    for own in shown(explanation) {
        let mut text = String::new();
        // what is enough for a yes stands in its paragraph
        if own.answer != Answer::Eligible {
            would_text::reasons(own, &mut text);
        }
        would_text::flip(own, &mut text);
        would_text::next(own, &mut text);
        if text.is_empty() {
            continue;
        }
        let _ = writeln!(items, "<h3>{}</h3>\n<ul>", escape(&own.label));
        // two levels: lines that stand deeper go below the one before them
        let mut lines = text.lines().peekable();
        while let Some(line) = lines.next() {
            let _ = write!(items, "<li>{}", escape(line.trim_start()));
            let mut below = String::new();
            while let Some(deeper) = lines.next_if(|deeper| deeper.starts_with("    ")) {
                let _ = write!(below, "<li>{}</li>", escape(deeper.trim_start()));
            }
            let _ = if below.is_empty() { writeln!(items, "</li>") } else { writeln!(items, "<ul>{below}</ul></li>") };
        }
        items.push_str("</ul>\n");
    }
    if !items.is_empty() {
        let _ =
            writeln!(out, "<section aria-labelledby=\"takes\" class=\"takes\">\n<h2 id=\"takes\">What it takes</h2>\n{items}</section>");
    }
}

fn strip_cell(year: &StripYear, judged: i32, out: &mut String) {
    let judged = if year.year == judged { " judged" } else { "" };
    let mut words = year.answer.words().to_owned();
    for status in &year.status {
        let _ = write!(words, "<small>{}</small>", escape(status));
    }
    if year.answer == Answer::Undetermined && !year.data {
        words.push_str("<small>no data of that year</small>");
    }
    let _ = write!(out, "<td class=\"{}{judged}\">{words}</td>", class_of(year.answer));
}

/// What the reasons name: versions of clauses, rows of files.
#[derive(Default)]
struct Used {
    laws: BTreeSet<Law>,
    files: BTreeMap<String, BTreeSet<u32>>,
}

impl Used {
    fn lines(&mut self, line: &Line) {
        self.laws.extend(line.clauses.iter().filter_map(|clause| clause.law()));
        if let Some((file, row)) = &line.read {
            self.file(file, *row);
        }
        line.parts.iter().for_each(|part| self.lines(part));
    }

    fn file(&mut self, file: &str, row: Option<u32>) {
        self.files.entry(file.to_owned()).or_default().extend(row);
    }
}

fn reasons(explanation: &Explanation, all: bool, used: &mut Used, out: &mut String) {
    out.push_str("<section class=\"reasons\" aria-labelledby=\"reasons\">\n<h2 id=\"reasons\">Reasons</h2>\n");
    for own in shown(explanation) {
        let lines: Vec<Line> = own.why.iter().filter(|why| is_told(own, why, all)).map(|why| line(why.seen(), all)).collect();
        if lines.is_empty() {
            continue;
        }
        lines.iter().for_each(|line| used.lines(line));
        let open = if matches!(own.answer, Answer::Eligible | Answer::Undetermined) { " open" } else { "" };
        let by = if own.by.is_empty() { String::new() } else { format!(" by {}", own.by.join(if own.either { " or " } else { ", " })) };
        let _ = writeln!(out, "<details{open}>\n<summary>{}: {}{}</summary>", escape(&own.label), own.answer.words(), escape(&by));
        if own.answer == Answer::Undetermined {
            let n = own.open.len();
            let _ = writeln!(out, "<p>Would be settled by {n} value{} not at hand.</p>", if n == 1 { "" } else { "s" });
        }
        out.push_str("<ul>\n");
        let depth = open_depth(&lines, if own.answer == Answer::Eligible { MOST_OPEN } else { MOST_OPEN / 2 });
        lines.iter().for_each(|line| self::reason(line, depth, out));
        out.push_str("</ul>\n");
        if !own.not_encoded.is_empty() {
            let names: Vec<&str> = own.not_encoded.iter().map(|line| line.split(": ").next().unwrap_or(line)).collect();
            let _ = writeln!(out, "<p>Not judged here, because not encoded: {}.</p>", escape(&names.join(", ")));
        }
        out.push_str("</details>\n");
    }
    out.push_str("</section>\n");
}

/// How many levels of lines stand open: as many as make no more than `most` lines. What lies deeper can be opened.
fn open_depth(lines: &[Line], most: usize) -> usize {
    let (mut level, mut total, mut depth): (Vec<&Line>, usize, usize) = (lines.iter().collect(), 0, 0);
    while !level.is_empty() {
        total += level.len() + level.iter().filter(|line| line.rest.is_some()).count();
        if total > most && depth > 0 {
            break;
        }
        depth += 1;
        level = level.into_iter().flat_map(|line| &line.parts).collect();
    }
    depth
}

fn reason(line: &Line, depth: usize, out: &mut String) {
    let has_more = !line.parts.is_empty() || line.rest.is_some();
    // a line whose only part would fold says little more than that part
    let only_folds = depth == 2 && line.rest.is_none() && line.parts.len() == 1 && line.parts.iter().all(|part| !part.parts.is_empty());
    let folds = depth == 1 && has_more || only_folds;
    let depth = if folds { 0 } else { depth.saturating_sub(1) };
    out.push_str(if folds { "<li><details><summary>" } else { "<li>" });
    let verdict = match line.verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no",
        Verdict::Open => "open",
    };
    let _ = write!(out, "<span class=\"verdict\">{verdict}</span> {}", escape(&line.words.replace("  <- ", " \u{2190} ")));
    if let Some((file, row)) = &line.read {
        let file = escape(base(file));
        let _ = match row {
            Some(row) => write!(out, " <span class=\"read\">[{file}, row {row}]</span>"),
            None => write!(out, " <span class=\"read\">[{file} has no row]</span>"),
        };
    }
    if let Some(basis) = &line.basis {
        let _ = write!(out, " ({})", escape(basis));
    }
    if folds {
        out.push_str("</summary>");
    }
    if has_more {
        out.push_str("\n<ul>\n");
        // what was opened stands open to its end
        line.parts.iter().for_each(|part| reason(part, depth, out));
        if let Some(rest) = &line.rest {
            let _ = writeln!(out, "<li>{}</li>", escape(rest));
        }
        out.push_str("</ul>\n");
    }
    out.push_str(if folds { "</details></li>\n" } else { "</li>\n" });
}

/// A file's name without its folders.
fn base(file: &str) -> &str {
    file.rsplit(['/', '\\']).next().unwrap_or(file)
}

/// `39, 40, 42 to 51`
fn ranges(rows: &BTreeSet<u32>) -> String {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for row in rows {
        match out.last_mut() {
            Some((_, last)) if *last + 1 == *row => *last = *row,
            _ => out.push((*row, *row)),
        }
    }
    let words = |(first, last): &(u32, u32)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first} to {last}"),
    };
    out.iter().map(words).collect::<Vec<_>>().join(", ")
}

/// The folder that all files lie in, up to its last stroke.
fn common_folder<'f>(mut files: impl Iterator<Item = &'f String>) -> &'f str {
    let first = files.next().map_or("", String::as_str);
    let mut len = first.rfind('/').map_or(0, |at| at + 1);
    for file in files {
        while !file.starts_with(&first[..len]) {
            len = first[..len - 1].rfind('/').map_or(0, |at| at + 1);
        }
    }
    &first[..len]
}

/// What the answers rest on: versions in force, readings, rows of files.
fn rests(explanation: &Explanation, mut used: Used, out: &mut String) {
    for cell in explanation.grids.iter().flat_map(|grid| grid.cells.iter().flatten()) {
        if let Some(file) = &cell.file {
            used.file(file, cell.row);
        }
    }
    out.push_str("<section class=\"rests\" aria-labelledby=\"rests\">\n<h2 id=\"rests\">What this rests on</h2>\n");
    if !explanation.choices.is_empty() {
        out.push_str("<h3>Readings of open points of the law</h3>\n<ul>\n");
        for choice in &explanation.choices {
            let (question, words, because) = (escape(&choice.question), escape(&choice.words), escape(&choice.because));
            let _ = writeln!(out, "<li>{question} Read as: {words}. Because {because}.</li>");
        }
        out.push_str("</ul>\n");
    }
    if !used.laws.is_empty() {
        out.push_str("<h3>Versions applied</h3>\n<ul>\n");
        let mut by_version: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for law in &used.laws {
            by_version.entry((&law.section, &law.version)).or_default().push(&law.label);
        }
        for ((section, version), labels) in by_version {
            let _ = writeln!(out, "<li>{} {}: {}</li>", escape(section), escape(&labels.join(", ")), escape(version));
        }
        out.push_str("</ul>\n");
    }
    if !used.files.is_empty() {
        let folder = common_folder(used.files.keys());
        let within = if folder.is_empty() { String::new() } else { format!(" in <code>{}</code>", escape(folder)) };
        let _ = writeln!(out, "<h3>Files read{within}</h3>\n<ul>");
        for (file, rows) in &used.files {
            let rows = match rows.len() {
                0 => "no row".to_owned(),
                1 => format!("row {}", ranges(rows)),
                _ => format!("rows {}", ranges(rows)),
            };
            let _ = writeln!(out, "<li><code>{}</code>: {rows}</li>", escape(&file[folder.len()..]));
        }
        out.push_str("</ul>\n");
    }
    let words = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_owned).collect::<BTreeSet<String>>();
    let mut named = words(out);
    // said in the heads of grids
    for grid in &explanation.grids {
        let members = grid.rows.iter().map(|row| &row.member).chain(grid.columns.iter().map(|column| &column.member));
        members.for_each(|member| _ = named.remove(member));
    }
    let codes: Vec<String> = explanation
        .codes
        .iter()
        .filter(|(code, _)| named.contains(*code))
        .map(|(code, label)| format!("{} {}", escape(code), escape(label)))
        .collect();
    if !codes.is_empty() {
        let _ = writeln!(out, "<h3>Codes</h3>\n<p>{}.</p>", codes.join("; "));
    }
    out.push_str("</section>\n");
}
