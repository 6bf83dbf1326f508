//! Explanations as indented text.

use super::{Explanation, PathwayExplanation, Reason, Verdict};
use crate::eval::Answer;
use std::fmt::Write;

/// Renders an explanation; `all` shows what did not matter too.
pub fn render(explanation: &Explanation, all: bool) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{} ({}), {}", explanation.name, explanation.key, explanation.kind);
    let _ = writeln!(out, "Dashboard {}, law in force on {}", explanation.year, explanation.as_of);
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
        let _ = writeln!(out, "\nPublished determinations that the facts contradict:");
        for line in &explanation.contradictions {
            let _ = writeln!(out, "  {line}");
        }
    }
    out
}

fn pathway(pathway: &PathwayExplanation, all: bool, out: &mut String) {
    let by = if pathway.by.is_empty() { String::new() } else { format!(" by {}", pathway.by.join(if pathway.either { " or " } else { ", " })) };
    let _ = writeln!(out, "\n{}: {}{by}", pathway.label, pathway.answer.words().to_uppercase());
    if !pathway.members.is_empty() {
        let _ = writeln!(out, "  carried by {}", pathway.members.join("; "));
    }
    for follows in &pathway.follows {
        let status = follows.status.as_ref().map(|status| format!(" ({status})")).unwrap_or_default();
        let _ = writeln!(out, "  {}{status}{}", follows.by, follows.outcome.as_ref().map(|outcome| format!(": {outcome}")).unwrap_or_default());
        let mut line = |label: &str, words: &str| {
            let _ = writeln!(out, "    {label}: {words}");
        };
        if !follows.providers.is_empty() {
            line("provided by", &follows.providers.join(", or "));
        }
        for involved in &follows.involved {
            line("may involve", involved);
        }
        if let Some(decision) = &follows.decision {
            line("decided by", decision);
        }
        if let Some(refusal) = &follows.refusal {
            line("may be refused by", refusal);
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
    for line in &pathway.not_encoded {
        let _ = writeln!(out, "  not encoded: {line}");
    }
}

/// Open cells, those that differ only in their year or first member on one line.
fn open(pathway: &PathwayExplanation, out: &mut String) {
    let _ = writeln!(out, "  Would be settled by ({} cells):", pathway.open.len());
    let mut lines: indexmap::IndexMap<(String, Option<i32>, Vec<String>, Vec<String>), Vec<String>> = indexmap::IndexMap::new();
    for cell in &pathway.open {
        let (first, rest) = match cell.members.split_first() {
            Some((first, rest)) => (first.clone(), rest.to_vec()),
            None => (String::new(), Vec::new()),
        };
        lines.entry((cell.fact.clone(), cell.year, rest, cell.possible.clone())).or_default().push(first);
    }
    const MOST: usize = 24;
    for ((fact, year, rest, possible), firsts) in lines.iter().take(MOST) {
        let mut names = rest.clone();
        names.extend(firsts.iter().filter(|first| !first.is_empty()).cloned());
        let of = match (rest.is_empty(), firsts.iter().all(String::is_empty)) {
            (_, true) => String::new(),
            (true, false) => format!(" of {}", firsts.join(", ")),
            (false, false) => format!(" in {} of {}", rest.join(", "), firsts.join(", ")),
        };
        let when = year.map(|year| format!(", {year}")).unwrap_or_default();
        let can_be = if possible.len() <= 4 { format!(": {}", possible.join(" or ")) } else { String::new() };
        let _ = writeln!(out, "    {fact}{of}{when}{can_be}");
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

fn reason(reason: &Reason, all: bool, indent: usize, out: &mut String) {
    // a condition that only leads to one clause says nothing its clause does not
    if let ([only], None, None) = (reason.because.as_slice(), &reason.fact, &reason.citation)
        && reason.which.is_none()
        && reason.basis.is_none()
        && only.citation.is_some()
        && reason.verdict == only.verdict
    {
        return self::reason(only, all, indent, out);
    }
    let pad = " ".repeat(indent);
    let mut head = format!("{pad}{} ", sign(reason.verdict));
    if let Some(citation) = &reason.citation {
        head.push_str(citation);
        if let Some(which) = &reason.which {
            head.push_str(&format!(" [{which}]"));
        }
        head.push_str(&format!(" {}", reason.text));
        if let Some(version) = &reason.version
            && indent <= 4
        {
            head.push_str(&format!(" ({version})"));
        }
    } else if let Some(which) = &reason.which {
        head.push_str(if which.len() == 4 && which.parse::<i32>().is_ok() { &reason.text } else { which });
        if let Some(n) = hits(reason) {
            head.push_str(&format!(", {n}"));
        }
    } else {
        head.push_str(&reason.text);
    }
    if let Some(fact) = &reason.fact {
        head.push_str(&format!("  <- {}: {}", fact.name, fact.value));
        match (&fact.file, fact.row) {
            (Some(file), Some(row)) => head.push_str(&format!("  [{file}, row {row}]")),
            (Some(file), None) => head.push_str(&format!("  [{file} has no row]")),
            (None, _) => {}
        }
    }
    if let Some(basis) = &reason.basis {
        head.push_str(&format!("  ({basis})"));
    }
    let _ = writeln!(out, "{head}");
    let members = reason.because.iter().any(|below| below.which.is_some() && below.citation.is_none());
    let shown: Vec<&Reason> = reason.because.iter().filter(|below| all || is_shown(reason, below, members)).collect();
    let folded = reason.because.len() - shown.len();
    for below in &shown {
        self::reason(below, all, indent + 2, out);
    }
    if folded > 0 && members {
        let word = if shown.is_empty() { "none of" } else { "none of the other" };
        let _ = match reason.verdict {
            Verdict::No => writeln!(out, "{pad}      {word} {folded} comes near"),
            _ => writeln!(out, "{pad}      {folded} more not shown"),
        };
    }
}

/// What a reader needs: for a yes what carries it; for a no what failed, and of many members those that came near.
fn is_shown(parent: &Reason, below: &Reason, members: bool) -> bool {
    match parent.verdict {
        Verdict::Yes => below.carried || !members && below.verdict == Verdict::Yes,
        Verdict::No if members => near(below),
        Verdict::No => below.verdict != Verdict::Yes,
        Verdict::Open => below.verdict != Verdict::No,
    }
}

/// A member with at least one yes among the things counted for it.
fn near(reason: &Reason) -> bool {
    reason.verdict != Verdict::No || count(reason).is_some_and(|(yes, _)| yes > 0)
}

/// `1 of 10` for a member whose own answer is again a count.
fn hits(reason: &Reason) -> Option<String> {
    let (yes, of) = count(reason)?;
    (reason.verdict != Verdict::Yes || of > 2).then(|| format!("{yes} of {of}"))
}

fn count(reason: &Reason) -> Option<(usize, usize)> {
    for below in &reason.because {
        let counted: Vec<&Reason> = below.because.iter().filter(|one| one.which.is_some() && one.citation.is_none()).collect();
        if !counted.is_empty() {
            return Some((counted.iter().filter(|one| one.verdict == Verdict::Yes).count(), counted.len()));
        }
        if let Some(found) = count(below) {
            return Some(found);
        }
    }
    None
}
