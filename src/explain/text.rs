//! Explanations as indented text.

use super::lines::{Law, Line, line};
use super::would_text;
use super::{Explanation, PathwayExplanation, Verdict, Why};
use crate::eval::Answer;
use rustc_hash::FxHashMap;
use std::fmt::Write;

/// Renders an explanation; `all` shows what did not matter too.
pub fn render(explanation: &Explanation, all: bool) -> String {
    let mut out = String::new();
    let name = if explanation.name.is_empty() { explanation.key.clone() } else { format!("{} ({})", explanation.name, explanation.key) };
    let _ = writeln!(out, "{name}, {}", explanation.kind_label);
    let _ = writeln!(
        out,
        "{} {}, law in force on {}{}",
        explanation.period,
        explanation.year,
        explanation.as_of,
        if explanation.default_day { " (the day of that year's determinations)" } else { "" }
    );
    if let Some(because) = &explanation.suspended {
        let _ = writeln!(out, "{}: no determinations. {because}", explanation.year);
    }
    for pathway in &explanation.pathways {
        self::pathway(pathway, all, &mut out);
    }
    if !explanation.choices.is_empty() {
        let _ = writeln!(out, "\nReadings these answers rest on:");
        for choice in &explanation.choices {
            let _ = writeln!(out, "  {} = {}: {}", choice.choice, choice.reading, choice.words);
            let _ = writeln!(out, "      because {}", choice.because);
        }
    }
    if !explanation.contradictions.is_empty() {
        let _ = writeln!(out, "\nPublished determinations that differ from what these rules and facts give:");
        for line in &explanation.contradictions {
            let _ = writeln!(out, "  {line}");
        }
    }
    let codes = codes_in(&out, &explanation.codes);
    if !codes.is_empty() {
        let _ = writeln!(out, "\nCodes: {}", codes.join("; "));
    }
    if out.contains(" > ") {
        let _ = writeln!(out, "A > B: clause A rests on clause B. Figures such as 2 of 10 count the lines of the count they stand at.");
    }
    out
}

fn pathway(pathway: &PathwayExplanation, all: bool, out: &mut String) {
    let by =
        if pathway.by.is_empty() { String::new() } else { format!(" by {}", pathway.by.join(if pathway.either { " or " } else { ", " })) };
    let _ = writeln!(out, "\n{}: {}{by}", pathway.label, pathway.answer.words().to_uppercase());
    if !pathway.members.is_empty() {
        let _ = writeln!(out, "  carried by {}", pathway.members.join("; "));
    }
    for follows in &pathway.follows {
        let status = follows.status.as_ref().map(|status| format!(" ({status})")).unwrap_or_default();
        let _ =
            writeln!(out, "  {}{status}{}", follows.by, follows.outcome.as_ref().map(|outcome| format!(": {outcome}")).unwrap_or_default());
        let mut line = |label: &str, words: &str| {
            let _ = writeln!(out, "    {label}: {words}");
        };
        if !follows.providers.is_empty() {
            line("provided by", &follows.providers.join(", or "));
        }
        for involved in &follows.involved {
            line("others", involved);
        }
        if let Some(decision) = &follows.decision {
            line("decided by", decision);
        }
        match follows.refusal.as_deref() {
            Some("nobody") => line("refusal", "nobody may refuse"),
            Some(refusal) => line("may be refused by", refusal),
            None => {}
        }
        if let Some(lasts) = &follows.lasts {
            let later = if lasts.starts_with("at least") { " or later" } else { "" };
            let days = match (&follows.from, &follows.until) {
                (Some(from), Some(until)) => format!(", from {from} to {until}{later}"),
                _ => String::new(),
            };
            line("lasts", &format!("{lasts}{days}"));
        }
        for opens in &follows.opens {
            let acts: Vec<String> = opens.acts.iter().map(|act| format!("{}: {}", act.label, act.value)).collect();
            line("opens the way to", &format!("{}, {}, decided by {}", opens.label, opens.by, acts.join("; ")));
        }
        for note in follows.notes.iter().filter(|note| matches!(note.kind.as_str(), "inferred" | "unverified")) {
            line(&note.kind, &note.text);
        }
    }
    if pathway.answer == Answer::Undetermined {
        open(pathway, out);
    }
    would_text::reasons(pathway, out);
    would_text::flip(pathway, out);
    would_text::next(pathway, out);
    if matches!(pathway.answer, Answer::NotApplicable | Answer::Suspended) && !all {
        return;
    }
    let heading = match pathway.answer {
        Answer::Eligible => "Why",
        Answer::NotEligible => "Why not",
        _ => "How far the facts decide",
    };
    if !pathway.why.is_empty() {
        let _ = writeln!(out, "  {heading}:");
    }
    for why in &pathway.why {
        if is_told(pathway, why, all) {
            reason(&line(why.seen(), all), true, 4, out);
        }
    }
    if !pathway.not_encoded.is_empty() {
        let names: Vec<&str> = pathway.not_encoded.iter().map(|line| line.split(": ").next().unwrap_or(line)).collect();
        let _ = writeln!(out, "  Not judged here, because not encoded: {}", names.join(", "));
    }
}

/// The codes that stand in a text as words of their own, each with what it means.
fn codes_in(text: &str, codes: &[(&str, &str)]) -> Vec<String> {
    let text = text.as_bytes();
    let is_of_word = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let mut named: FxHashMap<&[u8], bool> = codes.iter().map(|(code, _)| (code.as_bytes(), false)).collect();
    // most words begin like no code
    let mut begins = [false; 256];
    named.keys().filter_map(|code| code.first()).for_each(|first| begins[usize::from(*first)] = true);
    for (at, _) in text.iter().enumerate().filter(|(_, byte)| begins[usize::from(**byte)]) {
        let (before, from) = text.split_at(at);
        if before.last().is_some_and(is_of_word) {
            continue;
        }
        let len = from.iter().position(|byte| !is_of_word(byte)).unwrap_or(from.len());
        if let Some(named) = named.get_mut(&from[..len]) {
            *named = true;
        }
    }
    let named = |code: &str| named.get(code.as_bytes()).copied().unwrap_or(false);
    codes.iter().filter(|(code, _)| named(code)).map(|(code, label)| format!("{code} {label}")).collect()
}

/// Whether a reader needs to see how this clause was judged: of an eligible answer, those that hold.
pub(super) fn is_told(pathway: &PathwayExplanation, why: &Why, all: bool) -> bool {
    all || pathway.answer != Answer::Eligible || pathway.either || why.seen().verdict() == Verdict::Yes
}

/// Fact, year, members after the first, values ruled out.
type CellLine = (String, Option<i32>, Vec<String>, Vec<String>);

/// Open cells, those that differ only in their year or first member on one line.
fn open(pathway: &PathwayExplanation, out: &mut String) {
    let n = pathway.open.len();
    let _ = writeln!(out, "  Would be settled by {n} value{} not at hand:", if n == 1 { "" } else { "s" });
    let mut lines: indexmap::IndexMap<CellLine, Vec<String>> = indexmap::IndexMap::new();
    for cell in &pathway.open {
        let (first, rest) = match cell.members.split_first() {
            Some((first, rest)) => (first.clone(), rest.to_vec()),
            None => (String::new(), Vec::new()),
        };
        lines.entry((cell.fact.clone(), cell.year, rest, cell.ruled_out.clone())).or_default().push(first);
    }
    const MOST: usize = 24;
    for ((fact, year, rest, ruled_out), firsts) in lines.iter().take(MOST) {
        let mut members: Vec<String> = vec![firsts.iter().filter(|first| !first.is_empty()).cloned().collect::<Vec<_>>().join(" | ")];
        members.extend(rest.iter().cloned());
        members.retain(|member| !member.is_empty());
        let of = if members.is_empty() { String::new() } else { format!(" of {}", members.join(", ")) };
        let when = year.map(|year| format!(" in {year}")).unwrap_or_default();
        let known = if ruled_out.is_empty() { String::new() } else { format!(": known not to be {}", ruled_out.join(" or ")) };
        let _ = writeln!(out, "    {fact}{of}{when}{known}");
    }
    if lines.len() > MOST {
        let _ = writeln!(out, "    and {} more lines (all of them with --format json)", lines.len() - MOST);
    }
}

fn sign(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Yes => "yes",
        Verdict::No => "no ",
        Verdict::Open => "?  ",
    }
}

fn reason(line: &Line, top: bool, indent: usize, out: &mut String) {
    if let Some(Law { section, label, version }) = line.clauses.first().filter(|_| top).and_then(|clause| clause.law()) {
        pad(indent, out);
        let _ = writeln!(out, "law: {section}{label}, version {version}");
    }
    pad(indent, out);
    out.push_str(sign(line.verdict));
    out.push(' ');
    out.push_str(&line.words);
    if let Some(read) = &line.read {
        let _ = match read {
            (file, Some(row)) => write!(out, "  [{file}, row {row}]"),
            (file, None) => write!(out, "  [{file} has no row]"),
        };
    }
    if let Some(basis) = &line.basis {
        let _ = write!(out, "  ({basis})");
    }
    out.push('\n');
    for part in &line.parts {
        reason(part, false, indent + 2, out);
    }
    if let Some(rest) = &line.rest {
        pad(indent + 4, out);
        let _ = writeln!(out, "{rest}");
    }
}

fn pad(indent: usize, out: &mut String) {
    out.extend(std::iter::repeat_n(' ', indent));
}
