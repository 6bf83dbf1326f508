//! Two explanations of one subject beside each other: two years, two days or two sets of rules. What changed, and which
//! clause or fact did it.

use super::view::{View, version_words};
use super::would::{ChangeSeen, FactStated};
use super::would_text::changed;
use super::{Explanation, PathwayExplanation, Reason};
use crate::eval::{Answer, CellKey, Setting};
use crate::facts::Facts;
use crate::program::*;
use crate::source::Sources;
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt::Write;

/// One of the two sides.
#[derive(Clone, Copy, Debug)]
pub struct Side<'s> {
    /// What is explained, with what is enough for it.
    pub explanation: &'s Explanation<'s>,
    /// What held for it.
    pub setting: &'s Setting<'s>,
    /// The data.
    pub facts: &'s Facts,
    /// The texts of its rules.
    pub sources: &'s Sources,
    /// Index of the subject in the data.
    pub subject: usize,
    /// Where its rules are.
    pub rules: &'s str,
}

/// What differs. Serialized, this is the JSON of `enact explain --compare --format json`.
#[derive(Debug, Serialize)]
pub struct Comparison {
    /// Version of this shape.
    pub schema_version: u32,
    /// Key, all digits.
    pub key: String,
    /// Name.
    pub name: String,
    /// The first side.
    pub before: SideSeen,
    /// The second side.
    pub after: SideSeen,
    /// One entry per pathway.
    pub pathways: Vec<PathwayCompared>,
}

/// What a side is.
#[derive(Debug, Serialize)]
pub struct SideSeen {
    /// Year judged.
    pub year: i32,
    /// The day whose law applies.
    pub as_of: String,
    /// Where its rules are.
    pub rules: String,
}

/// One pathway on both sides.
#[derive(Debug, Serialize)]
pub struct PathwayCompared {
    /// Token.
    pub pathway: String,
    /// Words.
    pub label: String,
    /// Whether the answer, a clause, a status or a member differs.
    pub differs: bool,
    /// The first answer.
    pub before: AnswerSeen,
    /// The second answer.
    pub after: AnswerSeen,
    /// Members that carry the first answer only.
    pub left: Vec<String>,
    /// Members that carry the second answer only.
    pub entered: Vec<String>,
    /// Facts that are enough for one of the answers, and are others on the other side: those of the year judged are compared
    /// with the same of the other year.
    pub facts: Vec<ChangeSeen>,
    /// Sections and criteria that both answers rest on, in other versions.
    pub versions: Vec<VersionsSeen>,
    /// Clauses of all others that one of the answers rests on, and that read otherwise on the other side.
    pub clauses: Vec<String>,
}

/// An answer and the clauses that give it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AnswerSeen {
    /// The answer.
    pub answer: Answer,
    /// Clauses with their status.
    pub by: Vec<String>,
}

/// One section in two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VersionsSeen {
    /// The section or criteria.
    pub section: String,
    /// Versions on the first side.
    pub before: Vec<String>,
    /// Versions on the second side.
    pub after: Vec<String>,
    /// Clauses of it that one of the answers rests on, and that read otherwise on the other side.
    pub clauses: Vec<String>,
}

/// Puts two explanations of one subject beside each other.
pub fn compare(before: Side, after: Side) -> Comparison {
    let explanation = before.explanation;
    let sides = |side: Side| SideSeen { year: side.explanation.year, as_of: side.explanation.as_of.clone(), rules: side.rules.to_owned() };
    let pathways = explanation.pathways.iter().filter_map(|own| {
        let other = after.explanation.pathways.iter().find(|other| other.pathway == own.pathway)?;
        Some(pathway(before, own, after, other))
    });
    Comparison {
        schema_version: 1,
        key: explanation.key.clone(),
        name: explanation.name.clone(),
        before: sides(before),
        after: sides(after),
        pathways: pathways.collect(),
    }
}

fn pathway(before: Side, own: &PathwayExplanation, after: Side, other: &PathwayExplanation) -> PathwayCompared {
    let only = |these: &[String], those: &[String]| these.iter().filter(|one| !those.contains(one)).cloned().collect::<Vec<_>>();
    let (first, second) = (answer(own), answer(other));
    let differs = first != second || own.members != other.members;
    let (mut facts, mut versions, mut clauses) = (Vec::new(), Vec::new(), Vec::new());
    if differs {
        facts = before.view().moved(own, other, after, (before.explanation.year, after.explanation.year));
        let (mut these, mut those) = (Texts::default(), Texts::default());
        own.why.iter().for_each(|why| these.add(&why.reason()));
        other.why.iter().for_each(|why| those.add(&why.reason()));
        let cited: IndexSet<&String> = these.clauses.iter().chain(&those.clauses).collect();
        for (section, own) in &these.versions {
            let Some(others) = those.versions.get(section).filter(|others| *others != own) else { continue };
            let otherwise = |citation: &&&String| before.wordings(citation, own) != after.wordings(citation, others);
            let within = cited.iter().filter(|citation| section_of(citation) == section);
            versions.push(VersionsSeen {
                section: section.clone(),
                before: own.iter().cloned().collect(),
                after: others.iter().cloned().collect(),
                clauses: within.filter(otherwise).map(|citation| (*citation).clone()).collect(),
            });
        }
        let told = |citation: &str| versions.iter().any(|own: &VersionsSeen| own.section == section_of(citation));
        let otherwise = |citation: &&&String| !told(citation) && before.wording(citation) != after.wording(citation);
        clauses = cited.iter().filter(otherwise).map(|citation| (*citation).clone()).collect();
    }
    PathwayCompared {
        pathway: own.pathway.clone(),
        label: other.label.clone(),
        differs,
        before: first,
        after: second,
        left: only(&own.members, &other.members),
        entered: only(&other.members, &own.members),
        facts,
        versions,
        clauses,
    }
}

fn answer(pathway: &PathwayExplanation) -> AnswerSeen {
    let by = pathway.by.iter().map(|by| {
        let status = pathway.follows.iter().find(|follows| follows.by == *by).and_then(|follows| follows.status.as_ref());
        status.map_or(by.clone(), |status| format!("{by} ({status})"))
    });
    AnswerSeen { answer: pathway.answer, by: by.collect() }
}

/// `EC 52071.5` of `EC 52071.5(b)`, `SBE criteria` of `SBE criteria.group`: a name after the point is a label.
fn section_of(citation: &str) -> &str {
    let section = citation.split('(').next().unwrap_or(citation);
    match section.rsplit_once('.') {
        Some((head, tail)) if !tail.starts_with(|c: char| c.is_ascii_digit()) => head,
        _ => section,
    }
}

/// Clauses met in reasons, and the versions of their sections.
#[derive(Default)]
struct Texts {
    versions: IndexMap<String, IndexSet<String>>,
    clauses: IndexSet<String>,
}

impl Texts {
    fn add(&mut self, reason: &Reason) {
        if let (Some(citation), Some(version)) = (&reason.citation, &reason.version) {
            self.versions.entry(section_of(citation).to_owned()).or_default().insert(version.clone());
            self.clauses.insert(citation.clone());
        }
        reason.because.iter().for_each(|part| self.add(part));
    }
}

impl<'s> Side<'s> {
    fn view(self) -> View<'s> {
        let Side { setting, facts, sources, subject, .. } = self;
        View { program: setting.program, facts, sources, setting, subject }
    }

    /// The text of a clause in force, blanks apart; `None` if there is none.
    fn wording(self, citation: &str) -> Option<String> {
        let program = self.setting.program;
        let year = self.explanation.year;
        let clause = program.clauses.iter().find(|clause| {
            clause.citation == citation && program.texts[clause.text.0].version(self.setting.as_of, year) == Some(clause.version)
        })?;
        Some(rule(self.sources, clause))
    }

    /// The texts of a clause in these versions of its section.
    fn wordings(self, citation: &str, versions: &IndexSet<String>) -> BTreeSet<String> {
        let program = self.setting.program;
        let own = program.clauses.iter().filter(|clause| clause.citation == citation && versions.contains(&version_words(program, clause)));
        own.map(|clause| rule(self.sources, clause)).collect()
    }
}

/// A clause from its first line to the next declaration, without notes on it.
fn rule(sources: &Sources, clause: &Clause) -> String {
    let (text, start) = (&sources.get(clause.at.source).text, clause.at.start as usize);
    let begins = text[..start].rfind('\n').map_or(0, |end| end + 1);
    let is_note = |word: &str| clause.marks.iter().any(|(kind, _)| kind == word);
    let mut out = String::new();
    let mut noted = false;
    for (n, line) in text[begins..].lines().enumerate() {
        if n > 0 && line.starts_with(|c: char| !c.is_whitespace() && c != '#') {
            break;
        }
        let words = line.split('#').next().unwrap_or(line).trim_start();
        // a text goes on in lines that are nothing but text
        noted = is_note(words.split(' ').next().unwrap_or(words)) || noted && words.starts_with('"');
        if noted {
            continue;
        }
        words.split_whitespace().for_each(|word| {
            out.push_str(word);
            out.push(' ');
        });
    }
    out
}

impl View<'_> {
    /// Facts that are enough for an answer on one side, and differ on the other.
    fn moved(&self, own: &PathwayExplanation, other: &PathwayExplanation, after: Side, years: (i32, i32)) -> Vec<ChangeSeen> {
        let (from, to) = (self.setting, after.setting);
        let there = after.view();
        let cells = |pathway: &PathwayExplanation| -> Vec<FactStated> {
            pathway.enough.iter().flat_map(|enough| enough.sets.iter().flatten()).cloned().collect()
        };
        let moved = |fact: &FactStated, judged: i32, instead: i32| FactStated {
            year: fact.year.map(|year| if year == judged { instead } else { year }),
            ..fact.clone()
        };
        let mut seen: IndexSet<(CellKey, CellKey)> = IndexSet::new();
        let firsts = cells(own).into_iter().map(|fact| (moved(&fact, years.1, years.0), moved(&fact, years.0, years.1)));
        let seconds = cells(other).into_iter().map(|fact| (moved(&fact, years.1, years.0), moved(&fact, years.0, years.1)));
        for (one, two) in firsts.chain(seconds) {
            seen.extend(cell_of(from.program, &one).zip(cell_of(to.program, &two)));
        }
        let both = seen.into_iter().map(|(one, two)| (self.stated(one), there.stated(two)));
        both.filter(|(one, two)| one.value != two.value).map(|(now, two)| ChangeSeen { now, to: two.value }).collect()
    }
}

/// The cell that a fact stands for, by its names.
fn cell_of(program: &Program, stated: &FactStated) -> Option<CellKey> {
    let fact = program.facts.iter().position(|fact| fact.named.name == stated.fact)?;
    let declared = &program.facts[fact];
    let members: Option<Vec<usize>> =
        declared.categories.iter().zip(&stated.members).map(|(category, name)| program.categories[category.0].member(name)).collect();
    Some(CellKey { fact: FactId(fact), year: stated.year.unwrap_or(0), offset: declared.offset(program, &members?) })
}

/// A comparison as text; what is the same on both sides is named only.
pub fn render_comparison(comparison: &Comparison) -> String {
    let mut out = String::new();
    let Comparison { key, name, before, after, pathways, .. } = comparison;
    let who = if name.is_empty() { key.clone() } else { format!("{name} ({key})") };
    let _ = writeln!(out, "{who}");
    for (word, side) in [("before", before), ("after", after)] {
        let rules = if before.rules == after.rules { String::new() } else { format!(", rules of {}", side.rules) };
        let _ = writeln!(out, "  {word}: {}, law in force on {}{rules}", side.year, side.as_of);
    }
    for pathway in pathways.iter().filter(|pathway| pathway.differs) {
        let PathwayCompared { label, before, after, left, entered, facts, versions, clauses, .. } = pathway;
        let _ = writeln!(out, "\n{label}: {} -> {}", words(before), words(after));
        let mut line = |what: &str, words: String| {
            if !words.is_empty() {
                let _ = writeln!(out, "  {what}: {words}");
            }
        };
        line("no longer carried by", left.join("; "));
        line("now carried by", entered.join("; "));
        if facts.is_empty() && versions.is_empty() && clauses.is_empty() {
            line("no fact and no clause differs", "the years that count are others".to_owned());
        }
        line("facts that differ", changed(facts));
        for VersionsSeen { section, before, after, clauses } in versions {
            let clauses = if clauses.is_empty() { String::new() } else { format!("; read otherwise: {}", clauses.join(", ")) };
            line("another version", format!("{section}: {} -> {}{clauses}", before.join(", "), after.join(", ")));
        }
        line("clauses that read otherwise or are not in both", clauses.join(", "));
    }
    let same: Vec<String> = pathways
        .iter()
        .filter(|pathway| !pathway.differs && pathway.before.answer != Answer::NotApplicable)
        .map(|pathway| format!("{}: {}", pathway.label, words(&pathway.before)))
        .collect();
    if !same.is_empty() {
        let _ = writeln!(out, "\nThe same:\n  {}", same.join("\n  "));
    }
    out
}

fn words(seen: &AnswerSeen) -> String {
    let by = if seen.by.is_empty() { String::new() } else { format!(" by {}", seen.by.join(", ")) };
    format!("{}{by}", seen.answer.words().to_uppercase())
}
