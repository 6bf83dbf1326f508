//! What is enough and what would change an answer, as lines of text.

use super::PathwayExplanation;
use super::view::{mask_words, member_labels, member_names};
use super::would::{ChangeSeen, EnoughSeen, FactStated, Nearest, NextSeen, WouldSeen};
use crate::eval::Answer;
use crate::flip::Change;
use crate::program::Program;
use std::fmt::Write;

/// Sets that are shown; the others are counted.
const MOST: usize = 3;

/// Of sets with more facts than this, one is shown.
const LONG: usize = 12;

/// Why in the fewest facts, or what the nearest clauses lack.
pub(super) fn reasons(pathway: &PathwayExplanation, out: &mut String) {
    if let Some(enough) = &pathway.enough {
        self::enough(enough, out);
    }
    let near: Vec<&Nearest> = pathway.nearest.iter().filter(|nearest| nearest.lacks.outcome == "changes").collect();
    for nearest in near.iter().take(MOST) {
        let _ = writeln!(out, "  {} lacks {}:", nearest.by, cost(&nearest.lacks));
        sets(&nearest.lacks, out);
    }
    for Nearest { by, lacks, .. } in pathway.nearest.iter().filter(|nearest| nearest.lacks.outcome == "never") {
        if let Some(year) = lacks.year {
            let _ = writeln!(out, "  No change of the facts of {year} alone meets {by}");
        }
        any_year(lacks, out);
    }
}

fn enough(enough: &EnoughSeen, out: &mut String) {
    match (enough.count, enough.sets.as_slice()) {
        (_, []) => out.push_str("  It rests on what is not known: no set of facts is enough by itself\n"),
        (1, [only]) => {
            let _ = writeln!(out, "  Enough by themselves: {}", stated(only));
        }
        (n, some) => {
            let shown = if some[0].len() > LONG { 1 } else { MOST };
            let such = if n > shown as u64 { ", such as" } else { "" };
            let _ = writeln!(out, "  Each of {n} sets of facts is enough by itself{such}:");
            for set in some.iter().take(shown) {
                let _ = writeln!(out, "    {}", stated(set));
            }
        }
    }
}

/// What would make the answer another.
pub(super) fn flip(pathway: &PathwayExplanation, out: &mut String) {
    let Some(flip) = &pathway.flip else { return };
    let to = if pathway.answer == Answer::Eligible { Answer::NotEligible } else { Answer::Eligible };
    let _ = write!(out, "  To be {}: ", to.words());
    self::would(flip, out);
}

/// What would make the answer another in the year after.
pub(super) fn next(pathway: &PathwayExplanation, out: &mut String) {
    let Some(next) = &pathway.next else { return };
    let NextSeen { year, on, if_unchanged, to, would, .. } = next;
    let assumed = if next.assumed { ", if law and criteria stay as they are" } else { "" };
    let _ = writeln!(out, "  In {year} (determinations of {on}{assumed}):");
    let _ = writeln!(out, "    if no fact changes: {}", if_unchanged.words().to_uppercase());
    let _ = write!(out, "    to be {}: ", to.words());
    self::would(would, out);
}

fn would(would: &WouldSeen, out: &mut String) {
    match would.outcome {
        "already" => out.push_str("nothing has to change\n"),
        "never" => {
            let of = would.year.map_or(String::new(), |year| format!(" of {year} alone"));
            let _ = writeln!(out, "no change of the facts{of} does it");
            any_year(would, out);
        }
        "changes" => {
            let _ = writeln!(out, "at least {}", cost(would));
            sets(would, out);
        }
        _ => out.push_str("not searched, because too many facts are open\n"),
    }
}

/// What it takes where facts of other years may change too.
fn any_year(would: &WouldSeen, out: &mut String) {
    match would.any_year.as_deref() {
        Some(any) if any.outcome == "changes" => {
            let _ = writeln!(out, "    with facts of other years too, at least {}:", cost(any));
            sets(any, out);
        }
        Some(any) if any.outcome == "never" => out.push_str("    nor does any of other years\n"),
        _ => {}
    }
}

/// `3 steps in 2 facts`
pub(super) fn cost(would: &WouldSeen) -> String {
    let (steps, facts) = (would.steps.unwrap_or(0), would.facts.unwrap_or(0));
    let many = |n: u32, what: &str| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
    if steps == facts { many(facts, "change") } else { format!("{} in {}", many(steps, "step"), many(facts, "fact")) }
}

fn sets(would: &WouldSeen, out: &mut String) {
    for set in would.sets.iter().take(MOST) {
        let _ = writeln!(out, "    {}", changed(set));
    }
    more(would.count.unwrap_or(0), would.sets.len().min(MOST), out);
}

fn more(all: u64, shown: usize, out: &mut String) {
    if all > shown as u64 && shown > 0 {
        let others = all - shown as u64;
        let _ = writeln!(out, "    or {others} other set{}", if others == 1 { "" } else { "s" });
    }
}

/// `SWD, 2025: ELA Red, SUSP Red; P3, 2025: local indicator Not Met`
pub(super) fn stated(set: &[FactStated]) -> String {
    grouped(set.iter().map(|fact| (fact, fact.value.clone())))
}

/// `SWD, 2025: ELA Red -> Orange`
pub(super) fn changed(set: &[ChangeSeen]) -> String {
    grouped(set.iter().map(|change| (&change.now, format!("{} -> {}", change.now.value, change.to))))
}

/// A set of changes in one line, as far as it can be told without the files facts were read from.
pub fn change_words(program: &Program, set: &[Change]) -> String {
    let seen = |change: &Change| {
        let fact = &program.facts[change.cell.fact.0];
        let own = fact.members_at(program, change.cell.offset);
        let now = FactStated {
            fact: fact.named.name.clone(),
            label: fact.named.label.clone(),
            members: member_names(program, fact, change.cell.offset),
            member_labels: member_labels(program, fact, change.cell.offset),
            year: fact.yearly.then_some(change.cell.year),
            value: mask_words(program, fact, change.from, &own),
            known: change.from.count_ones() == 1,
            shown_with: None,
            file: None,
            row: None,
        };
        ChangeSeen { now, to: fact.value_label(program, change.to, &own) }
    };
    changed(&set.iter().map(seen).collect::<Vec<_>>())
}

/// Facts of one member and year together. The fact's words are left out where other members tell which is meant.
fn grouped<'f>(facts: impl Iterator<Item = (&'f FactStated, String)>) -> String {
    let mut groups: indexmap::IndexMap<String, Vec<String>> = indexmap::IndexMap::new();
    for (fact, value) in facts {
        let (first, rest) = fact.members.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first.as_str()), rest));
        let year = fact.year.map(|year| year.to_string());
        let of: Vec<&str> = first.into_iter().chain(year.as_deref()).collect();
        let what = if rest.is_empty() { fact.label.clone() } else { rest.join(", ") };
        groups.entry(of.join(", ")).or_default().push(format!("{what} {value}"));
    }
    let words = |(of, facts): (&String, &Vec<String>)| {
        let of = if of.is_empty() { String::new() } else { format!("{of}: ") };
        format!("{of}{}", facts.join(", "))
    };
    groups.iter().map(words).collect::<Vec<_>>().join("; ")
}
