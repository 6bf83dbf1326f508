//! Explanations as one sentence, and as a paragraph fit for a letter or a plan: who, what, by which clause in force since
//! when, because of which facts, what follows, and what would change it.

use super::text::is_told;
use super::words::{self, Told, any, joined, listed, such, told};
use super::would::{EnoughSeen, Nearest, NextSeen, WouldSeen};
use super::would_text::cost;
use super::{CarriedBy, Explanation, FactStated, Follows, PathwayExplanation, Why};
use crate::eval::Answer;
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// Sets of facts that a paragraph names; the others are counted.
const MOST: usize = 6;

/// The same for sets of changes.
const FEW: usize = 3;

/// Of sets with more facts than this, a paragraph says only whose they are.
const LONG: usize = 8;

/// A sentence for each pathway, each on its line.
pub fn sentences(explanation: &Explanation) -> String {
    let sentence = |pathway| [vec![sentence(explanation, pathway)], changes(explanation, pathway)].concat().join(" ") + "\n";
    shown(explanation).map(sentence).collect()
}

/// Pathways that concern this kind of subject; of one that was asked for alone it is said that it does not.
pub(super) fn shown<'e, 'v>(explanation: &'e Explanation<'v>) -> impl Iterator<Item = &'e PathwayExplanation<'v>> {
    let alone = explanation.pathways.len() == 1;
    explanation.pathways.iter().filter(move |pathway| alone || pathway.answer != Answer::NotApplicable)
}

/// A paragraph for each pathway, with an empty line between them; then the readings they rest on, and what was published otherwise.
pub fn paragraphs(explanation: &Explanation) -> String {
    let mut out: Vec<String> = shown(explanation).map(|pathway| paragraph(explanation, pathway)).collect();
    for choice in &explanation.choices {
        out.push(format!("The law can be read in more than one way here ({}). Read as: {}.", choice.question, choice.words));
    }
    for line in &explanation.contradictions {
        out.push(format!("The published determination differs. {line}."));
    }
    out.join("\n\n") + "\n"
}

/// What the answer is, and the first reason for it, in one sentence.
pub(super) fn sentence(explanation: &Explanation, pathway: &PathwayExplanation) -> String {
    match pathway.answer {
        Answer::Eligible => answer(explanation, pathway, &because(explanation, pathway)),
        Answer::NotEligible => answer(explanation, pathway, &lacking(explanation, pathway)),
        Answer::Undetermined => {
            let cells = words::open(&pathway.open, explanation.year);
            let words = if cells.len() < 3 { format!(": {}", joined(&cells, "and")) } else { String::new() };
            answer(explanation, pathway, &words)
        }
        Answer::NotApplicable | Answer::Suspended => answer(explanation, pathway, ""),
    }
}

/// The answer by itself, and what follows in the same sentence.
fn answer(explanation: &Explanation, pathway: &PathwayExplanation, then: &str) -> String {
    let who = who(explanation);
    let what = lowered(&pathway.label);
    let when = format!("{} {}", explanation.period, explanation.year);
    match pathway.answer {
        Answer::Eligible => {
            let by = listed(&pathway.by, if pathway.either { "or" } else { "and" });
            format!("{who} is eligible for {what} on the {when}, {by}{then}.")
        }
        Answer::NotEligible => format!("{who} is not eligible for {what} on the {when}: {then}."),
        Answer::Undetermined => {
            let n = pathway.open.len();
            let needs = if n == 1 { "one value that is not at hand".to_owned() } else { format!("{n} values that are not at hand") };
            format!("Whether {who} is eligible for {what} on the {when} depends on {needs}{then}.")
        }
        Answer::NotApplicable => format!("No clause gives {what} to {} on the {when}.", with_article(&explanation.kind_label)),
        Answer::Suspended => format!("On the {when} no determinations are made, so none on {what} for {who}."),
    }
}

/// One set of facts that is enough, and how many others there are; where none is, the members that carry it.
fn because(explanation: &Explanation, pathway: &PathwayExplanation) -> String {
    const LONG: usize = 4;
    let first = pathway.enough.as_ref().and_then(|enough| Some((enough.count, enough.sets.first()?)));
    let (words, more) = match first.filter(|(_, set)| !set.is_empty()) {
        Some((count, set)) if set.len() > LONG || years(set) > 1 => (words::whose(set, explanation.year), count - 1),
        Some((count, set)) => (words::all(&all_told(set, explanation.year)), count - 1),
        None if pathway.carried.is_empty() => return String::new(),
        None => (carried(&pathway.carried), 0),
    };
    let more = match more {
        0 => String::new(),
        1 => "; one other set of facts is enough too".to_owned(),
        n => format!("; each of {n} other sets of facts is enough too"),
    };
    format!(", because of {words}{more}")
}

/// Facts of several years each with its year.
fn all_told(set: &[FactStated], judged: i32) -> Vec<Told> {
    let judged = if years(set) > 1 { None } else { Some(judged) };
    set.iter().map(|fact| told(fact, judged)).collect()
}

fn years(set: &[FactStated]) -> usize {
    set.iter().filter_map(|fact| fact.year).collect::<BTreeSet<i32>>().len()
}

/// What the nearest clause lacks.
fn lacking(explanation: &Explanation, pathway: &PathwayExplanation) -> String {
    match pathway.nearest.iter().find(|nearest| nearest.lacks.outcome == "changes") {
        Some(Nearest { by, lacks, .. }) => {
            let comes = if pathway.nearest.len() > 1 { "comes nearest and lacks" } else { "lacks" };
            format!("{by} {comes} {}{}", cost(lacks), such(lacks, explanation.year, 1))
        }
        None => {
            let never = pathway.nearest.iter().find(|nearest| nearest.lacks.outcome == "never");
            let them = if pathway.nearest.len() > 1 { "one of them" } else { "it" };
            let never = never.map(|nearest| format!(", and {} meets {them}", no_change(&nearest.lacks)));
            format!("{}{}", asked(pathway), never.unwrap_or_default())
        }
    }
}

/// The answer with what it rests on, what follows, and what would change it.
fn paragraph(explanation: &Explanation, pathway: &PathwayExplanation) -> String {
    [vec![as_it_is(explanation, pathway)], changes(explanation, pathway)].concat().join(" ")
}

/// The answer with what it rests on and what follows.
pub(super) fn as_it_is(explanation: &Explanation, pathway: &PathwayExplanation) -> String {
    let mut out = Vec::new();
    let told = pathway.why.iter().filter(|why| is_told(pathway, why, false));
    match pathway.answer {
        Answer::Eligible => {
            out.push(answer(explanation, pathway, &day(explanation)));
            out.extend(in_force(told));
            if !pathway.carried.is_empty() {
                out.push(format!("It is carried by {}.", carried(&pathway.carried)));
            }
            out.extend(pathway.enough.iter().flat_map(|enough| self::enough(explanation, enough)));
            pathway.follows.iter().for_each(|follows| out.extend(consequence(follows)));
        }
        Answer::NotEligible => {
            out.push(answer(explanation, pathway, &asked(pathway)));
            out.extend(in_force(told));
            out.extend(nearest(explanation, pathway));
        }
        Answer::Undetermined => {
            out.push(answer(explanation, pathway, ""));
            out.extend(in_force(told));
            let cells = words::open(&pathway.open, explanation.year);
            let more = cells.len().saturating_sub(MOST);
            let rest = if more > 0 { format!("; and {more} more") } else { String::new() };
            out.push(format!("It would be settled by {}{rest}.", cells.iter().take(MOST).cloned().collect::<Vec<_>>().join("; ")));
        }
        Answer::Suspended => {
            out.push(answer(explanation, pathway, ""));
            out.extend(explanation.suspended.as_ref().map(|because| format!("{because}.")));
        }
        Answer::NotApplicable => {
            out.push(answer(explanation, pathway, ""));
            let basis = |why: &Why| Some(format!("{} {}.", why.seen().citation()?, why.seen().basis()?));
            out.extend(pathway.why.iter().filter_map(basis));
        }
    }
    out.join(" ")
}

/// The day whose law applies.
fn day(explanation: &Explanation) -> String {
    let day = &explanation.as_of;
    if explanation.default_day { format!(" (determinations of {day})") } else { format!(" (by the law in force on {day})") }
}

/// Sets of facts that are enough, by the clause that each rests on.
fn enough(explanation: &Explanation, enough: &EnoughSeen) -> Vec<String> {
    let EnoughSeen { count, sets, under } = enough;
    if sets.is_empty() {
        return vec!["It rests on what is not known: no set of facts is enough by itself.".to_owned()];
    }
    // which facts of which years fills a page; that is what the whole explanation is for
    let long = |set: &Vec<FactStated>| set.len() > LONG || years(set) > 1 && *count > FEW as u64;
    let is_long = sets.iter().any(long);
    let mut out = Vec::new();
    if *count > 1 {
        out.push(format!("Each of {count} sets of facts is enough by itself."));
    }
    let mut ways: IndexMap<String, Vec<&Vec<FactStated>>> = IndexMap::new();
    for (set, under) in sets.iter().zip(under) {
        let clauses: Vec<String> = under.iter().map(|clause| format!("{} ({})", clause.by, clause.title)).collect();
        ways.entry(listed(&clauses, "or")).or_default().push(set);
    }
    let several = ways.len() > 1 && sets.len() as u64 == *count;
    let mut left = MOST;
    let mut said = 0;
    for (under, sets) in ways {
        if left == 0 {
            break;
        }
        let words = if is_long {
            let mut whose: IndexMap<String, u64> = IndexMap::new();
            sets.iter().for_each(|set| *whose.entry(words::whose(set, explanation.year)).or_default() += 1);
            let some: Vec<String> = whose.keys().take(left.min(FEW)).cloned().collect();
            said += whose.values().take(some.len()).sum::<u64>();
            left -= some.len();
            format!("facts of {}", joined(&some, "or of"))
        } else {
            let sets: Vec<Vec<Told>> = sets.iter().map(|set| all_told(set, explanation.year)).collect();
            let whole = if several { sets.len() as u64 } else { *count };
            let (words, n) = any(&sets, whole, left);
            said += n;
            left = left.saturating_sub(if n > left as u64 { 1 } else { n as usize });
            words
        };
        let under = if under.is_empty() { String::new() } else { format!("Under {under}: ") };
        out.push(capital(&format!("{under}{words}.")));
    }
    let more = count.saturating_sub(said);
    if more > 0 {
        out.push(format!("{} not named here.", if more == 1 { "One more is".to_owned() } else { format!("{more} more are") }));
    }
    out
}

/// Clauses that do not hold, and what each lacks.
fn nearest(explanation: &Explanation, pathway: &PathwayExplanation) -> Vec<String> {
    let mut out = Vec::new();
    for Nearest { by, title, lacks } in &pathway.nearest {
        match lacks.outcome {
            "changes" => out.push(format!("{by} ({title}) lacks at least {}{}.", cost(lacks), such(lacks, explanation.year, FEW))),
            "never" => out.push(format!("{} meets {by}{}.", capital(&no_change(lacks)), any_year(explanation, lacks))),
            _ => {}
        }
    }
    out
}

/// `no change of the facts of 2024 alone`
fn no_change(would: &WouldSeen) -> String {
    let of = would.year.map_or(String::new(), |year| format!(" of {year} alone"));
    format!("no change of the facts{of}")
}

/// What it takes where facts of other years are looked at too.
fn any_year(explanation: &Explanation, would: &WouldSeen) -> String {
    match would.any_year.as_deref() {
        Some(any) if any.outcome == "changes" => {
            format!("; with facts of other years it takes at least {}{}", cost(any), such(any, explanation.year, 2))
        }
        Some(any) if any.outcome == "never" => ", nor does any of other years".to_owned(),
        _ => String::new(),
    }
}

/// What would make the answer another, on this occasion or the next, as far as that was asked.
fn changes(explanation: &Explanation, pathway: &PathwayExplanation) -> Vec<String> {
    let mut out = Vec::new();
    let be = |answer: Answer| format!("be {}", answer.words());
    // for a no, the nearest clause has said it already
    let said = |flip: &&WouldSeen| {
        let same = |nearest: &&Nearest| {
            let lacks = &nearest.lacks;
            (lacks.outcome, lacks.steps, lacks.facts, lacks.count) == (flip.outcome, flip.steps, flip.facts, flip.count)
        };
        pathway.nearest.first().filter(same).is_none()
    };
    if let Some(flip) = pathway.flip.as_ref().filter(said) {
        let to = be(if pathway.answer == Answer::Eligible { Answer::NotEligible } else { Answer::Eligible });
        out.push(match flip.outcome {
            "changes" => format!("To {to} takes at least {}{}.", cost(flip), such(flip, explanation.year, FEW)),
            "never" => format!("{} would make it {}{}.", capital(&no_change(flip)), &to[3..], any_year(explanation, flip)),
            "already" => format!("To {to}, nothing has to change."),
            _ => format!("What it takes to {to} was not searched, because too many facts are open."),
        });
    }
    if let Some(NextSeen { year, on, assumed, if_unchanged, to, would }) = &pathway.next {
        let assumed = if *assumed { ", if law and criteria stay as they are" } else { "" };
        let to = be(*to);
        let then = match would.outcome {
            "changes" => format!("to {to} takes at least {}{}", cost(would), such(would, *year, FEW)),
            "never" => format!("{} makes it {}", no_change(would), &to[3..]),
            "already" => format!("to {to}, nothing has to change"),
            _ => format!("what it takes to {to} was not searched, because too many facts are open"),
        };
        let unchanged = if_unchanged.words();
        out.push(format!("In {year} (determinations of {on}{assumed}) it is {unchanged} if no fact changes; {then}."));
    }
    out
}

fn who(explanation: &Explanation) -> String {
    if explanation.name.is_empty() { explanation.key.clone() } else { format!("{} ({})", explanation.name, explanation.kind_label) }
}

/// The clauses that could give it, none of which holds.
fn asked(pathway: &PathwayExplanation) -> String {
    let clauses: Vec<String> = pathway.why.iter().filter_map(|why| why.seen().citation().map(str::to_owned)).collect();
    match clauses.as_slice() {
        [] => "no clause that gives it holds".to_owned(),
        [one] => format!("{one} is not met"),
        _ => format!("{} are not met", listed(&clauses, "and")),
    }
}

/// `EC 52071(c)(1) applies in version SB-114-2023, in force from 2023-07-10.`
fn in_force<'e, 'v: 'e>(told: impl Iterator<Item = &'e Why<'v>>) -> Vec<String> {
    let mut by: IndexMap<String, Vec<String>> = IndexMap::new();
    for seen in told.map(Why::seen) {
        if let (Some(citation), Some(version)) = (seen.citation(), seen.version()) {
            by.entry(version).or_default().push(citation.to_owned());
        }
    }
    let words = |(version, clauses): (&String, &Vec<String>)| {
        format!("{} {} in version {version}.", listed(clauses, "and"), if clauses.len() == 1 { "applies" } else { "apply" })
    };
    by.iter().map(words).collect()
}

fn carried(members: &[CarriedBy]) -> String {
    let words: Vec<String> = members
        .iter()
        .map(|one| {
            let mut words = one.label.clone();
            if !one.inner.is_empty() && one.years.len() < 2 {
                words.push_str(&format!(" ({})", one.inner.iter().map(|inner| inner.label.as_str()).collect::<Vec<_>>().join(", ")));
            }
            if one.years.len() > 1 {
                let years: Vec<String> = one.years.iter().map(i32::to_string).collect();
                words.push_str(&format!(" in {}", listed(&years, "and")));
            }
            words
        })
        .collect();
    joined(&words, "and")
}

/// Who does what, for how long, who decides, who may refuse, and who may be involved.
fn consequence(follows: &Follows) -> Vec<String> {
    let mut text = format!("Under {}", follows.by);
    if let Some(status) = &follows.status {
        text.push_str(&format!(" ({status})"));
    }
    let provided = (!follows.providers.is_empty()).then(|| format!("provided by the {}", follows.providers.join(" or the ")));
    match (&follows.outcome, provided) {
        (Some(outcome), Some(provided)) => text.push_str(&format!(", {outcome}; {provided}")),
        (Some(outcome), None) => text.push_str(&format!(", {outcome}")),
        (None, Some(provided)) => text.push_str(&format!(", it is {provided}")),
        (None, None) => text.push_str(", it follows"),
    }
    if let Some(decision) = &follows.decision {
        text.push_str(&format!("; decided by the {decision}"));
    }
    if let Some(lasts) = &follows.lasts {
        let later = if lasts.starts_with("at least") { " or later" } else { "" };
        let days = follows.from.as_ref().zip(follows.until.as_ref());
        let days = days.map(|(from, until)| format!(", from {from} to {until}{later}")).unwrap_or_default();
        text.push_str(&format!("; it lasts {lasts}{days}"));
    }
    match follows.refusal.as_deref() {
        Some("nobody") => text.push_str("; nobody may refuse"),
        Some(who) => text.push_str(&format!("; the {who} may refuse")),
        None => {}
    }
    let involved = (!follows.involved.is_empty()).then(|| format!("Others involved: {}.", follows.involved.join("; ")));
    let opens = follows.opens.iter().filter(|opens| !follows.involved.iter().any(|involved| involved.contains(&opens.by)));
    let opens = opens.map(|opens| {
        let act = |act: &FactStated| if act.known { format!("{} ({})", act.label, act.value) } else { act.label.clone() };
        format!(
            "{} may follow under {}: it takes {}.",
            opens.label,
            opens.by,
            joined(&opens.acts.iter().map(act).collect::<Vec<_>>(), "and")
        )
    });
    [Some(text + "."), involved].into_iter().flatten().chain(opens).collect()
}

fn with_article(words: &str) -> String {
    let article = if words.starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']) { "an" } else { "a" };
    format!("{article} {words}")
}

/// A label inside a sentence: `Differentiated assistance` without its capital, `CCEE ...` with it.
fn lowered(label: &str) -> String {
    let mut letters = label.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => first.to_lowercase().chain(letters).collect(),
        _ => label.to_owned(),
    }
}

fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
