//! Explanations as indented text.

use super::{Explanation, PathwayExplanation, Reason, Verdict};
use crate::eval::Answer;
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
    let codes: Vec<String> = explanation
        .codes
        .iter()
        .filter(|(code, _)| out.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == code))
        .map(|(code, label)| format!("{code} {label}"))
        .collect();
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
            line("lasts", lasts);
        }
    }
    if pathway.answer == Answer::Undetermined {
        open(pathway, out);
    }
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
    for reason in &pathway.why {
        if all || pathway.answer != Answer::Eligible || reason.verdict == Verdict::Yes || pathway.either {
            self::reason(reason, all, 4, out);
        }
    }
    if !pathway.not_encoded.is_empty() {
        let names: Vec<&str> = pathway.not_encoded.iter().map(|line| line.split(": ").next().unwrap_or(line)).collect();
        let _ = writeln!(out, "  Not judged here, because not encoded: {}", names.join(", "));
    }
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

/// Whether a reason is a clause.
fn is_clause(reason: &Reason) -> bool {
    reason.citation.is_some()
}

/// Whether a reason is one member or one year of a count.
pub(super) fn is_counted(reason: &Reason) -> bool {
    reason.which.is_some() && reason.citation.is_none()
}

/// `... is not met`, which holds: why the clause fails is not what a reader asked.
pub(super) fn is_negated(reason: &Reason) -> bool {
    reason.verdict == Verdict::Yes && reason.because.len() == 1 && reason.because[0].verdict == Verdict::No
}

/// The parts of a reason that are shown, and how many counted ones are not.
///
/// A list or count whose only shown part says the same gives way to that part.
fn parts(reason: &Reason, all: bool) -> (Vec<&Reason>, usize) {
    if all {
        return (reason.because.iter().collect(), 0);
    }
    if is_negated(reason) {
        return (Vec::new(), 0);
    }
    let counted = reason.because.iter().any(is_counted);
    let mut shown: Vec<&Reason> = reason.because.iter().filter(|below| is_shown(reason, below, counted)).collect();
    // of several ways to meet the same list, one is enough
    if reason.verdict == Verdict::Yes && reason.text.ends_with("any of:") {
        shown.truncate(1);
    }
    let folded = if counted { reason.because.len() - shown.len() } else { 0 };
    let mut out = Vec::new();
    for below in shown {
        let plain = !is_clause(below) && !is_counted(below) && below.fact.is_none();
        let (inner, inner_folded) = parts(below, all);
        if plain && inner.len() == 1 && inner_folded == 0 && inner[0].verdict == below.verdict {
            out.extend(inner);
        } else {
            out.push(below);
        }
    }
    if out.len() > 1 {
        out.retain(|below| below.text != "never");
    }
    (out, folded)
}

fn reason(reason: &Reason, all: bool, indent: usize, out: &mut String) {
    let pad = " ".repeat(indent);
    let mut head = format!("{pad}{} ", sign(reason.verdict));
    let mut last = reason;
    let (mut shown, mut folded) = parts(last, all);
    if is_counted(last) {
        head.push_str(if last.which.as_ref().is_some_and(|which| which.parse::<i32>().is_ok()) {
            &last.text
        } else {
            last.which.as_deref().unwrap_or("")
        });
        // the clause that the member was asked for, on the same line
        if let ([only], 0) = (shown.as_slice(), folded)
            && only.fact.is_none()
            && only.verdict == last.verdict
        {
            head.push_str(if is_clause(only) { " by " } else { ": " });
            last = only;
            (shown, folded) = parts(last, all);
        }
    }
    if is_clause(last) {
        let mut chain = Vec::new();
        loop {
            let citation = last.citation.clone().unwrap_or_default();
            // on a member's or year's own line, the clause need not name them again
            let which = last.which.as_ref().filter(|_| !is_counted(reason)).map(|which| format!(" [{which}]")).unwrap_or_default();
            chain.push((citation, which));
            match shown.as_slice() {
                [only]
                    if folded == 0 && is_clause(only) && only.verdict == last.verdict && only.basis.is_none() && last.basis.is_none() =>
                {
                    last = only;
                    (shown, folded) = parts(last, all);
                }
                _ => break,
            }
        }
        let which = chain.last().map(|(_, which)| which.clone()).unwrap_or_default();
        let names: Vec<&str> = chain.iter().map(|(citation, _)| citation.as_str()).collect();
        head.push_str(&format!("{}{which}: {}", names.join(" > "), last.text));
        if let Some(version) = &reason.version
            && indent <= 4
        {
            let _ = writeln!(out, "{pad}law: {}, version {version}", names[0]);
        }
    } else if !is_counted(last) {
        head.push_str(&last.text);
    }
    let counted = last.because.iter().any(is_counted) || is_counted(reason);
    if let (Some((yes, of)), true) = (count(last), counted)
        && of > 2
    {
        let short = head.trim_end_matches(':').len();
        head.truncate(short);
        head.push_str(&format!(": {yes} of {of}"));
    }
    if let Some(fact) = &last.fact {
        head.push_str(&format!("  <- {}: {}", fact.name, fact.value));
        match (&fact.file, fact.row) {
            (Some(file), Some(row)) => head.push_str(&format!("  [{file}, row {row}]")),
            (Some(file), None) => head.push_str(&format!("  [{file} has no row]")),
            (None, _) => {}
        }
    }
    if let Some(basis) = &last.basis
        && (is_clause(last) || all)
    {
        head.push_str(&format!("  ({basis})"));
    }
    let _ = writeln!(out, "{head}");
    // a count below a member says no more than the figure in the member's line
    if let ([only], 0) = (shown.as_slice(), folded)
        && !all
        && !is_clause(only)
        && !is_counted(only)
        && only.because.iter().any(is_counted)
    {
        let (inner, inner_folded) = parts(only, all);
        let _ = writeln!(out, "{pad}  {} {}", sign(only.verdict), only.text);
        return rest(&inner, inner_folded, only.verdict, all, indent + 2, out);
    }
    rest(&shown, folded, last.verdict, all, indent, out);
}

fn rest(shown: &[&Reason], folded: usize, verdict: Verdict, all: bool, indent: usize, out: &mut String) {
    for below in shown {
        self::reason(below, all, indent + 2, out);
    }
    if folded > 0 && verdict == Verdict::No {
        let words = if shown.is_empty() { "all: no" } else { "all others: no" };
        let _ = writeln!(out, "{}    {words} ({folded})", " ".repeat(indent));
    }
}

/// What a reader needs: for a yes what carries it; for a no what failed, and of many members those that came near.
pub(super) fn is_shown(parent: &Reason, below: &Reason, counted: bool) -> bool {
    match parent.verdict {
        Verdict::Yes => below.carried || below.verdict == Verdict::Yes,
        Verdict::No if counted => near(below),
        Verdict::No => below.verdict != Verdict::Yes && (below.text != "never" || parent.because.len() == 1),
        Verdict::Open => below.verdict != Verdict::No,
    }
}

/// A member with at least one yes among the things counted for it.
fn near(reason: &Reason) -> bool {
    reason.verdict != Verdict::No || count(reason).is_some_and(|(yes, _)| yes > 0)
}

fn count(reason: &Reason) -> Option<(usize, usize)> {
    let counted: Vec<&Reason> = reason.because.iter().filter(|one| is_counted(one)).collect();
    if !counted.is_empty() {
        return Some((counted.iter().filter(|one| one.verdict == Verdict::Yes).count(), counted.len()));
    }
    reason.because.iter().find_map(count)
}
