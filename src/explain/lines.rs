//! The reasons as lines that readers see, each with its parts: steps that say the same stand on one line.

use super::Verdict;
use super::seen::{Part, Seen};
use std::fmt::Write;

/// A line of the reasons.
pub(super) struct Line<'s> {
    /// The answer.
    pub verdict: Verdict,
    /// What was asked, and how many of how many.
    pub words: String,
    /// The file the fact was read from, and the row; a complete file may have none.
    pub read: Option<(&'s str, Option<u32>)>,
    /// Why it answers so, where not by its rule.
    pub basis: Option<String>,
    /// The clauses it names.
    pub clauses: Vec<Seen<'s>>,
    /// The parts that matter.
    pub parts: Vec<Line<'s>>,
    /// `all others: no (12)`
    pub rest: Option<String>,
}

/// Longer than most lines, so that their words are not moved while they are put together.
const MOST: usize = 256;

/// A clause that was applied.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Law {
    /// The section.
    pub section: String,
    /// Version and dates.
    pub version: String,
    /// The clause's place in it.
    pub label: String,
}

/// Puts a step and what matters below it into lines; `all` takes in what did not matter too.
pub(super) fn line(reason: Seen<'_>, all: bool) -> Line<'_> {
    part_line(reason.into(), all)
}

fn part_line(part: Part<'_>, all: bool) -> Line<'_> {
    let mut head = String::with_capacity(MOST);
    let reason = part.seen;
    let mut last = reason;
    let (mut shown, mut folded) = part.parts(all);
    if last.is_counted() {
        last.name(&mut head);
        // the clause that the member was asked for, on the same line
        if let Some(only) = take_only(&mut shown, folded, |only| !only.is_fact() && only.verdict() == last.verdict()) {
            head.push_str(if only.seen.is_clause() { " by " } else { ": " });
            last = only.seen;
            (shown, folded) = only.parts(all);
        }
    }
    let mut clauses = Vec::new();
    if last.is_clause() {
        loop {
            clauses.push(last);
            head.push_str(last.citation().unwrap_or_default());
            let same =
                |only: Seen| only.is_clause() && only.verdict() == last.verdict() && only.basis().is_none() && last.basis().is_none();
            let Some(only) = take_only(&mut shown, folded, same) else { break };
            last = only.seen;
            head.push_str(" > ");
            (shown, folded) = only.parts(all);
        }
        // on a member's or year's own line, the clause need not name them again
        if !reason.is_counted()
            && let Some(which) = last.which()
        {
            let _ = write!(head, " [{which}]");
        }
        head.push_str(": ");
        last.tell(&mut head);
    } else if !last.is_counted() {
        last.tell(&mut head);
    }
    if (last.counts() || reason.is_counted())
        && let Some((yes, of)) = last.count()
        && of > 2
    {
        let short = head.trim_end_matches(':').len();
        head.truncate(short);
        let _ = write!(head, ": {yes} of {of}");
    }
    let mut read = None;
    if let Some(fact) = last.cell() {
        read = last.view().tell(fact, &mut head);
    }
    let basis = if last.is_clause() || all { last.basis() } else { None };
    // a count below a member says no more than the figure in the member's line
    let is_count = |only: Seen| !all && !only.is_clause() && !only.is_counted() && only.counts();
    if let Some(only) = take_only(&mut shown, folded, is_count) {
        let seen = only.seen;
        let (inner, inner_folded) = only.parts(all);
        let rest = rest(&inner, inner_folded, seen.verdict());
        let count = Line {
            verdict: seen.verdict(),
            words: seen.text(),
            read: None,
            basis: None,
            clauses: Vec::new(),
            parts: part_lines(inner, all),
            rest,
        };
        return Line { verdict: reason.verdict(), words: head, read, basis, clauses, parts: vec![count], rest: None };
    }
    let rest = rest(&shown, folded, last.verdict());
    Line { verdict: reason.verdict(), words: head, read, basis, clauses, parts: part_lines(shown, all), rest }
}

fn part_lines(parts: Vec<Part<'_>>, all: bool) -> Vec<Line<'_>> {
    parts.into_iter().map(|part| part_line(part, all)).collect()
}

/// The part that alone is shown, if it is `wanted`; it is taken away.
fn take_only<'s>(shown: &mut Vec<Part<'s>>, folded: usize, wanted: impl FnOnce(Seen<'s>) -> bool) -> Option<Part<'s>> {
    match shown.as_slice() {
        [only] if folded == 0 && wanted(only.seen) => shown.pop(),
        _ => None,
    }
}

fn rest(shown: &[Part], folded: usize, verdict: Verdict) -> Option<String> {
    let words = if shown.is_empty() { "all: no" } else { "all others: no" };
    (folded > 0 && verdict == Verdict::No).then(|| format!("{words} ({folded})"))
}
