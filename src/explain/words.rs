//! Facts and changes of facts in words, as sentences take them: `students with disabilities (suspension rate Red)`.

use super::OpenCell;
use super::would::{ChangeSeen, FactStated, WouldSeen};
use indexmap::{IndexMap, IndexSet};

/// A fact in words: of whom, and what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Told {
    /// Its first member, and the year if that is not the one judged; empty if neither is to be said.
    who: String,
    /// The other members, or the fact's own words, with the value.
    what: String,
}

/// A fact as it is; the year is said unless it is the one `judged`.
pub(super) fn told(fact: &FactStated, judged: Option<i32>) -> Told {
    tell(fact, judged, &fact.value)
}

/// A fact as it would be.
fn told_change(change: &ChangeSeen, judged: Option<i32>) -> Told {
    let now = &change.now;
    let value = if now.known { format!("{} instead of {}", change.to, now.value) } else { format!("turning out {}", change.to) };
    tell(now, judged, &value)
}

fn tell(fact: &FactStated, judged: Option<i32>, value: &str) -> Told {
    let (first, rest) = fact.member_labels.split_first().map_or(("", &[][..]), |(first, rest)| (first.as_str(), rest));
    let year = fact.year.filter(|year| Some(*year) != judged).map(|year| format!("in {year}"));
    let who: Vec<&str> = [first, year.as_deref().unwrap_or_default()].into_iter().filter(|words| !words.is_empty()).collect();
    let what = if rest.is_empty() { fact.label.clone() } else { rest.join(", ") };
    // without a member to hold on to, a fact's words may be a whole phrase
    let colon = if fact.member_labels.is_empty() { ":" } else { "" };
    Told { who: who.join(" "), what: format!("{what}{colon} {value}") }
}

/// A set of facts: of whom, what and what.
fn grouped(set: &[Told]) -> IndexMap<&str, Vec<&str>> {
    let mut out: IndexMap<&str, Vec<&str>> = IndexMap::new();
    set.iter().for_each(|told| out.entry(&told.who).or_default().push(&told.what));
    out
}

/// `Hispanic and White (suspension rate Red)`
fn phrase(who: &[String], what: &str, joint: &str) -> String {
    let who = listed(who, joint);
    if who.is_empty() { what.to_owned() } else { format!("{who} ({what})") }
}

/// All of a set; those of whom the same is so together.
pub(super) fn all(set: &[Told]) -> String {
    alike(set, "and")
}

fn alike(set: &[Told], joint: &str) -> String {
    let mut alike: IndexMap<String, Vec<String>> = IndexMap::new();
    for (who, what) in grouped(set) {
        alike.entry(what.join(", ")).or_default().extend((!who.is_empty()).then(|| who.to_owned()));
    }
    joined(&alike.iter().map(|(what, who)| phrase(who, what, joint)).collect::<Vec<_>>(), joint)
}

/// Sets of which each will do, `count` in all: at most `most` phrases, and for how many sets they stand. What is in every set is
/// said once, and so is what differs in nothing but of whom it is; where any combination will do, so much is said.
pub(super) fn any(sets: &[Vec<Told>], count: u64, most: usize) -> (String, u64) {
    if sets.len() as u64 == count
        && let Some(words) = any_combination(sets).or_else(|| any_so_many(sets))
    {
        return (words, count);
    }
    let common: Vec<Told> = match sets {
        [first, others @ ..] if !others.is_empty() => {
            first.iter().filter(|told| others.iter().all(|other| other.contains(told))).cloned().collect()
        }
        _ => Vec::new(),
    };
    let mut ways: IndexMap<String, (Vec<String>, u64)> = IndexMap::new();
    for set in sets {
        let rest: Vec<Told> = set.iter().filter(|told| !common.contains(told)).cloned().collect();
        let groups = grouped(&rest);
        let (what, who) = match groups.first() {
            Some((who, what)) if groups.len() == 1 && !who.is_empty() => (what.join(", "), Some((*who).to_owned())),
            _ => (all(&rest), None),
        };
        let way = ways.entry(what).or_default();
        way.0.extend(who);
        way.1 += 1;
    }
    let told = ways.values().take(most).map(|(_, sets)| sets).sum();
    let ways: Vec<String> = ways.iter().take(most).map(|(what, (who, _))| phrase(who, what, "or")).collect();
    let ways = joined(&ways, "or");
    (if common.is_empty() { ways } else { format!("{} together with {ways}", all(&common)) }, told)
}

/// One of several things of each: `hall (noise low, or heat high) and attic (heat high)`.
fn any_combination(sets: &[Vec<Told>]) -> Option<String> {
    let mut of_each: IndexMap<&str, IndexSet<Vec<&str>>> = IndexMap::new();
    for set in sets {
        grouped(set).into_iter().for_each(|(who, what)| {
            of_each.entry(who).or_default().insert(what);
        });
    }
    let combinations = of_each.values().try_fold(1usize, |n, ways| n.checked_mul(ways.len()))?;
    let complete = sets.iter().all(|set| grouped(set).len() == of_each.len()) && combinations == sets.len();
    if !complete || sets.len() < 2 || of_each.len() < 2 || of_each.contains_key("") {
        return None;
    }
    let mut alike: IndexMap<String, Vec<String>> = IndexMap::new();
    for (who, ways) in of_each {
        let ways: Vec<String> = ways.iter().map(|what| what.join(" and ")).collect();
        alike.entry(ways.join(", or ")).or_default().push(who.to_owned());
    }
    Some(joined(&alike.iter().map(|(what, who)| phrase(who, what, "and")).collect::<Vec<_>>(), "and"))
}

/// `any 2 of hall, attic and cellar (noise high)`
fn any_so_many(sets: &[Vec<Told>]) -> Option<String> {
    let [first, _, ..] = sets else { return None };
    let mut facts: Vec<Told> = Vec::new();
    for told in sets.iter().flatten() {
        if !facts.contains(told) {
            facts.push(told.clone());
        }
    }
    let (of, n) = (facts.len() as u64, first.len() as u64);
    let combinations = (0..n).try_fold(1u64, |all, at| Some(all.checked_mul(of - at)? / (at + 1)))?;
    let complete = sets.iter().all(|set| set.len() == first.len()) && combinations == sets.len() as u64;
    (complete && n > 1).then(|| format!("any {n} of {}", all(&facts)))
}

/// Only of whom, in which years: of many facts.
pub(super) fn whose(set: &[FactStated], judged: i32) -> String {
    let mut years: IndexMap<&str, Vec<i32>> = IndexMap::new();
    for fact in set {
        let who = fact.member_labels.first().unwrap_or(&fact.label);
        let own = years.entry(who).or_default();
        own.extend(fact.year.filter(|year| !own.contains(year)));
    }
    let all_judged = years.values().flatten().all(|year| *year == judged);
    let mut whose: IndexMap<Vec<i32>, Vec<String>> = IndexMap::new();
    for (who, mut years) in years {
        years.sort_unstable();
        whose.entry(years).or_default().push(who.to_owned());
    }
    let words = |(years, who): (&Vec<i32>, &Vec<String>)| {
        let years: Vec<String> = years.iter().map(i32::to_string).collect();
        let when = if years.is_empty() || all_judged { String::new() } else { format!(" in {}", listed(&years, "and")) };
        format!("{}{when}", listed(who, "and"))
    };
    joined(&whose.iter().map(words).collect::<Vec<_>>(), "and")
}

/// `: students with disabilities (suspension rate Red instead of Orange), or one of 2 other sets`; nothing where the sets are too
/// long to be said in passing.
pub(super) fn such(would: &WouldSeen, judged: i32, most: usize) -> String {
    const LONG: usize = 4;
    // where facts of other years may change, each says its year
    let judged = would.year.is_some().then_some(judged);
    let sets: Vec<Vec<Told>> = would.sets.iter().map(|set| set.iter().map(|change| told_change(change, judged)).collect()).collect();
    if sets.is_empty() || sets[0].len() > LONG {
        return String::new();
    }
    let count = would.count.unwrap_or(0);
    let (words, told) = any(&sets, count, most);
    match count.saturating_sub(told) {
        0 => format!(": {words}"),
        1 => format!(": {words}, or one other set"),
        n => format!(": {words}, or one of {n} other sets"),
    }
}

/// Cells that differ only in their first member and are known as little, in one phrase: `performance level of Hispanic or White,
/// mathematics, in 2023 (known not to be Red)`.
pub(super) fn open(cells: &[OpenCell], judged: i32) -> Vec<String> {
    type Alike<'c> = (&'c str, Option<i32>, &'c [String], &'c [String]);
    let mut alike: IndexMap<Alike, Vec<String>> = IndexMap::new();
    for cell in cells {
        let (first, rest) = cell.member_labels.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
        let firsts = alike.entry((&cell.label, cell.year, rest, &cell.ruled_out)).or_default();
        firsts.extend(first.cloned());
    }
    let words = |((label, year, rest, ruled_out), firsts): (&Alike, &Vec<String>)| {
        let of = match firsts.as_slice() {
            [] => String::new(),
            [some @ .., _, _] if some.len() > 2 => format!(" of {} and {} others", firsts[..2].join(", "), firsts.len() - 2),
            all => format!(" of {}", listed(all, "and")),
        };
        let rest: String = rest.iter().map(|member| format!(", {member}")).collect();
        let when = year.filter(|year| *year != judged).map(|year| format!(", in {year}")).unwrap_or_default();
        let known = if ruled_out.is_empty() { String::new() } else { format!(" (known not to be {})", ruled_out.join(" or ")) };
        format!("{label}{of}{rest}{when}{known}")
    };
    alike.iter().map(words).collect()
}

/// `a, b and c`
pub(super) fn listed(words: &[String], joint: &str) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, most)) => format!("{} {joint} {last}", most.join(", ")),
    }
}

/// The same for parts that may have commas of their own: `a, b; c; and d`.
pub(super) fn joined(words: &[String], joint: &str) -> String {
    match words.split_last() {
        Some((last, most)) if !most.is_empty() && words.iter().any(|words| words.contains(',')) => {
            format!("{}; {joint} {last}", most.join("; "))
        }
        _ => listed(words, joint),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fact(who: &str, what: &str) -> Told {
        Told { who: who.to_owned(), what: what.to_owned() }
    }

    #[test]
    fn what_every_set_has_is_said_once() {
        let room = |who: &str| vec![fact(who, "noise high"), fact("the house", "roof leaking")];
        let (words, n) = any(&[room("hall"), room("attic"), room("cellar")], 3, 5);
        assert_eq!((words.as_str(), n), ("the house (roof leaking) together with hall, attic or cellar (noise high)", 3));
    }

    #[test]
    fn sets_beyond_the_most_are_counted_by_what_is_told() {
        let sets =
            [vec![fact("hall", "noise high")], vec![fact("attic", "noise high")], vec![fact("hall", "heat low"), fact("", "rain: yes")]];
        assert_eq!(any(&sets, 3, 1), ("hall or attic (noise high)".to_owned(), 2));
        assert_eq!(any(&sets, 3, 2), ("hall or attic (noise high) or hall (heat low) and rain: yes".to_owned(), 3));
    }

    #[test]
    fn one_set_is_said_whole() {
        let set = vec![fact("hall", "noise high"), fact("hall", "heat low"), fact("attic in 2022", "heat low")];
        assert_eq!(any(std::slice::from_ref(&set), 1, 5).0, "hall (noise high, heat low); and attic in 2022 (heat low)");
        let set = vec![fact("hall", "noise high"), fact("attic", "noise high")];
        assert_eq!(all(&set), "hall and attic (noise high)");
    }

    #[test]
    fn combinations_are_said_as_such() {
        let of = |hall: &str, attic: &str| vec![fact("hall", hall), fact("attic", attic)];
        let sets = [of("noise low", "heat high"), of("noise low", "dust low"), of("rent low", "heat high"), of("rent low", "dust low")];
        assert_eq!(any(&sets, 4, 1), ("hall (noise low, or rent low) and attic (heat high, or dust low)".replace(") and", "); and"), 4));
        // a combination is missing
        assert_eq!(any(&sets[..3], 3, 1).1, 1);
        // or not all sets are at hand
        assert_eq!(any(&sets, 5, 1).1, 1);
        let rooms = ["hall", "attic", "cellar"].map(|room| fact(room, "noise high"));
        let [a, b, c] = rooms;
        let pairs = [vec![a.clone(), b.clone()], vec![a, c.clone()], vec![b, c]];
        assert_eq!(any(&pairs, 3, 1), ("any 2 of hall, attic and cellar (noise high)".to_owned(), 3));
    }
}
