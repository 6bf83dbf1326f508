//! Explanations as one sentence, and as a paragraph fit for a letter or a plan: who, what, by which clause in force since
//! when, because of which members and facts, and what follows.

use super::{CarriedBy, Explanation, FactSeen, Follows, PathwayExplanation, Reason, Verdict};
use crate::eval::Answer;

/// A sentence for each pathway, each on its line.
pub fn sentences(explanation: &Explanation) -> String {
    shown(explanation).map(|pathway| sentence(explanation, pathway) + "\n").collect()
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

/// What the answer is, in one sentence.
pub(super) fn sentence(explanation: &Explanation, pathway: &PathwayExplanation) -> String {
    let who = who(explanation);
    let what = lowered(&pathway.label);
    let when = format!("{} {}", explanation.period, explanation.year);
    match pathway.answer {
        Answer::Eligible => {
            let because = if pathway.carried.is_empty() { String::new() } else { format!(", because of {}", carried(&pathway.carried)) };
            let by = listed(&pathway.by, if pathway.either { "or" } else { "and" });
            format!("{who} is eligible for {what} on the {when}, {by}{because}.")
        }
        Answer::NotEligible => format!("{who} is not eligible for {what} on the {when}: {}.", asked(pathway)),
        Answer::Undetermined => {
            let n = pathway.open.len();
            let needs = if n == 1 { "one value that is not at hand".to_owned() } else { format!("{n} values that are not at hand") };
            format!("Whether {who} is eligible for {what} on the {when} depends on {needs}.")
        }
        Answer::NotApplicable => format!("No clause gives {what} to {} on the {when}.", with_article(&explanation.kind_label)),
        Answer::Suspended => format!("On the {when} no determinations are made, so none on {what} for {who}."),
    }
}

/// The same with what it rests on and what follows.
pub(super) fn paragraph(explanation: &Explanation, pathway: &PathwayExplanation) -> String {
    let mut out = vec![sentence(explanation, pathway)];
    match pathway.answer {
        Answer::Eligible => {
            for why in pathway.why.iter().map(super::Why::reason).filter(|why| why.verdict != Verdict::No) {
                out.extend(in_force(&why));
                let facts = facts(&why);
                // where several years count, which of their facts did fills a page; that is what the whole explanation is for
                for one in pathway.carried.iter().filter(|one| one.years.len() < 2) {
                    out.extend(of_member(one, &facts));
                }
            }
            for follows in &pathway.follows {
                out.push(consequence(follows));
            }
        }
        Answer::NotEligible => out.extend(pathway.why.iter().map(super::Why::reason).filter_map(|why| in_force(&why)).take(1)),
        Answer::Undetermined => {
            let cells: Vec<String> = pathway
                .open
                .iter()
                .take(6)
                .map(|cell| {
                    let of = if cell.members.is_empty() { String::new() } else { format!(" of {}", cell.members.join(", ")) };
                    let when = cell.year.map_or(String::new(), |year| format!(" in {year}"));
                    format!("{}{of}{when}", cell.fact)
                })
                .collect();
            let more = pathway.open.len() - cells.len();
            let rest = if more > 0 { format!(", and {more} more") } else { String::new() };
            out.push(format!("It would be settled by {}{rest}.", cells.join("; ")));
        }
        Answer::Suspended => out.extend(explanation.suspended.as_ref().map(|because| format!("{because}."))),
        Answer::NotApplicable => {}
    }
    out.join(" ")
}

fn who(explanation: &Explanation) -> String {
    if explanation.name.is_empty() { explanation.key.clone() } else { format!("{} ({})", explanation.name, explanation.kind_label) }
}

/// The clauses that could give it, none of which holds.
fn asked(pathway: &PathwayExplanation) -> String {
    let clauses: Vec<String> = pathway.why.iter().filter_map(|why| why.reason().citation).collect();
    match clauses.as_slice() {
        [] => "no clause that gives it holds".to_owned(),
        [one] => format!("{one} is not met"),
        _ => format!("{} are not met", listed(&clauses, "and")),
    }
}

/// `EC 52071(c)(1) is version SB-114-2023, in force from 2023-07-10.`
fn in_force(why: &Reason) -> Option<String> {
    Some(format!("{} applies in version {}.", why.citation.as_ref()?, why.version.as_ref()?))
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
    // a list whose parts have commas of their own needs another mark
    if words.len() > 1 && words.iter().any(|words| words.contains(',')) {
        let (last, most) = words.split_last().map(|(last, most)| (last.clone(), most.join("; "))).unwrap_or_default();
        return format!("{most}; and {last}");
    }
    listed(&words, "and")
}

/// The facts that carry a yes, each once, in the order of the reasons.
fn facts(why: &Reason) -> Vec<&FactSeen> {
    fn collect<'r>(reason: &'r Reason, out: &mut Vec<&'r FactSeen>) {
        let fact = reason.fact.as_ref().filter(|_| reason.carried && reason.verdict == Verdict::Yes);
        out.extend(fact.filter(|fact| !out.iter().any(|own| own.name == fact.name)));
        reason.because.iter().filter(|part| part.carried).for_each(|part| collect(part, out));
    }
    let mut out = Vec::new();
    collect(why, &mut out);
    out
}

/// `Of students with disabilities: English language arts Red, suspension rate Red.`
fn of_member(one: &CarriedBy, facts: &[&FactSeen]) -> Option<String> {
    let own = facts.iter().filter(|fact| fact.members.iter().any(|member| member.member == one.member));
    let words: Vec<String> = own
        .map(|fact| {
            let others: Vec<&str> =
                fact.members.iter().filter(|member| member.member != one.member).map(|member| member.label.as_str()).collect();
            let about = if others.is_empty() { bare_name(fact) } else { others.join(", ") };
            format!("{about} {}", fact.value)
        })
        .collect();
    (!words.is_empty()).then(|| format!("Of {}: {}.", one.label, words.join(", ")))
}

/// A fact's words without its members and year, which are said already.
fn bare_name(fact: &FactSeen) -> String {
    let codes: Vec<&str> = fact.members.iter().map(|member| member.member.as_str()).collect();
    let year = fact.year.map_or(String::new(), |year| format!(", {year}"));
    fact.name.strip_suffix(&format!(" of {}{year}", codes.join(", "))).unwrap_or(&fact.name).to_owned()
}

/// Who does what, for how long, and who may refuse.
fn consequence(follows: &Follows) -> String {
    let mut text = format!("Under {}", follows.by);
    if let Some(status) = &follows.status {
        text.push_str(&format!(" ({status})"));
    }
    match &follows.outcome {
        Some(outcome) => text.push_str(&format!(", {outcome}")),
        None if !follows.providers.is_empty() => text.push_str(&format!(", it is provided by the {}", follows.providers.join(" or the "))),
        None => text.push_str(", it follows"),
    }
    if let Some(decision) = &follows.decision {
        text.push_str(&format!("; decided by the {decision}"));
    }
    if let Some(lasts) = &follows.lasts {
        let until = follows.until.as_ref().map(|until| format!(", to {until}")).unwrap_or_default();
        text.push_str(&format!("; it lasts {lasts}{until}"));
    }
    match follows.refusal.as_deref() {
        Some("nobody") => text.push_str("; nobody may refuse"),
        Some(who) => text.push_str(&format!("; the {who} may refuse")),
        None => {}
    }
    text + "."
}

fn listed(words: &[String], joint: &str) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, most)) => format!("{} {joint} {last}", most.join(", ")),
    }
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
