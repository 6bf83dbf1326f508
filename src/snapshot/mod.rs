//! What a version of a section gives to whom, by one year's data: taken, written as text, compared.
//!
//! A snapshot is kept beside the rules and reviewed when it changes. It names who differs from most others of its kind,
//! and says what holds for these others; so it holds everybody's answer, in few lines.

mod changes;
mod text;
mod words;

pub use changes::{Change, Kind, Moved, changes, lost, with};
pub use text::{Trouble, read, write};
pub use words::{counts, headline, moved};

use crate::assess::{Row, assess, everybody};
use crate::eval::{Answer, Setting};
use crate::explain::{carried_words, cell_name};
use crate::facts::Facts;
use crate::program::*;
use std::collections::BTreeMap;

/// So many cells are named; of more only the facts are.
const NAMED_CELLS: usize = 3;
/// So many cells are counted. Beyond that nearly nothing is known, and an edit that changes how many are open changes
/// nobody's answer.
const COUNTED_CELLS: usize = 20;

/// What a snapshot is about: a version of a section, and a year on whose day it is the law.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The section.
    pub text: TextId,
    /// Index into its versions.
    pub version: usize,
    /// The year judged.
    pub year: i32,
}

/// What a file says before its lines.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Head {
    /// `EC 52072, version SB-114-2023, dashboard 2024`
    pub title: String,
    /// `law of 2024-12-01, rules of policies, data of california`
    pub origin: String,
}

/// What is said of one subject.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Said {
    /// The answer.
    pub answer: Answer,
    /// `Year 1`, where a clause says so.
    pub status: String,
    /// Clauses that give it.
    pub by: String,
    /// Members that carry it.
    pub members: Vec<String>,
    /// What would settle it: how many values, and which.
    pub needs: String,
}

impl Said {
    /// An answer without clauses.
    pub fn bare(answer: Answer) -> Self {
        Self { answer, status: String::new(), by: String::new(), members: Vec::new(), needs: String::new() }
    }
}

/// One subject of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct One {
    /// Name.
    pub name: String,
    /// Token of its kind; empty for a subject that is no longer in the data.
    pub kind: String,
    /// What is said of it.
    pub said: Said,
}

/// One pathway of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Token.
    pub pathway: String,
    /// Words.
    pub label: String,
    /// Everybody, by key.
    pub all: BTreeMap<String, One>,
}

/// Everybody's answers, pathway by pathway.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot {
    /// What it is about.
    pub head: Head,
    /// Pathways in order of declaration.
    pub parts: Vec<Part>,
}

/// Every version of every section that gives a pathway, with each year on whose day it is the law.
pub fn subjects(program: &Program) -> Vec<Subject> {
    let mut out = Vec::new();
    for (text, own) in program.texts.iter().enumerate().filter(|(_, own)| own.clock == Clock::Law) {
        for entry in &program.period.years {
            let Some(version) = own.version(entry.on, entry.year) else { continue };
            let clauses = own.versions[version].clauses.iter().flatten();
            if clauses.into_iter().any(|clause| !program.clauses[clause.0].gives.is_empty()) {
                out.push(Subject { text: TextId(text), version, year: entry.year });
            }
        }
    }
    out
}

/// `EC 52072, version SB-114-2023, dashboard 2024`
pub fn title(program: &Program, subject: Subject) -> String {
    let text = &program.texts[subject.text.0];
    format!("{}, version {}, {} {}", text.citation(), text.versions[subject.version].id, program.period.named.name, subject.year)
}

/// Folders and name of the file: `EC-52072`, `SB-114-2023`, `2024.txt`.
pub fn place(program: &Program, subject: Subject) -> [String; 3] {
    let plain = |name: &str| -> String { name.chars().map(|c| if c.is_alphanumeric() || ".-_".contains(c) { c } else { '-' }).collect() };
    let text = &program.texts[subject.text.0];
    [plain(&text.citation()), plain(&text.versions[subject.version].id), format!("{}.txt", subject.year)]
}

/// The program as far as one section gives something: what other sections give is left out, what they say is not.
pub fn only(program: &Program, text: TextId) -> Program {
    let mut own = program.clone();
    own.clauses.iter_mut().filter(|clause| clause.text != text).for_each(|clause| clause.gives.clear());
    own
}

/// Takes a snapshot; `program` is what [`only`] left of it, `source` says where rules and data come from.
pub fn take(program: &Program, facts: &Facts, subject: Subject, source: &str) -> Snapshot {
    let text = &program.texts[subject.text.0];
    let clauses: Vec<&Clause> = text.versions[subject.version].clauses.iter().flatten().map(|clause| &program.clauses[clause.0]).collect();
    let gives = |pathway: &PathwayId| clauses.iter().any(|clause| clause.gives.iter().any(|gives| gives.pathway == *pathway));
    let pathways: Vec<PathwayId> = (0..program.pathways.len()).map(PathwayId).filter(gives).collect();
    let day = program.period.year(subject.year).map(|entry| entry.on).unwrap_or_default();
    let mut listed = facts.listed(subject.year);
    if listed.is_empty() {
        listed = everybody(facts);
    }
    let setting = Setting::new(program, day);
    let assessment = assess(&setting, facts, subject.year, &listed, &pathways, || {});
    let mut parts: Vec<Part> = pathways
        .iter()
        .map(|pathway| {
            let named = &program.pathways[pathway.0].named;
            Part { pathway: named.name.clone(), label: named.label.clone(), all: BTreeMap::new() }
        })
        .collect();
    for assessed in &assessment.list {
        let info = &facts.subjects()[assessed.subject];
        for (part, row) in parts.iter_mut().zip(&assessed.rows) {
            let kind = program.subject.kinds[info.kind].named.name.clone();
            let one = One { name: text::plain(&info.name), kind, said: said(program, row) };
            part.all.insert(info.key.clone(), one);
        }
    }
    Snapshot { head: Head { title: title(program, subject), origin: format!("law of {day}, {source}") }, parts }
}

fn said(program: &Program, row: &Row) -> Said {
    let clauses: Vec<&str> = row.clauses.iter().map(|clause| program.clauses[clause.0].citation.as_str()).collect();
    let needs = if row.open.is_empty() {
        String::new()
    } else if row.open.len() <= NAMED_CELLS {
        let cells: Vec<String> = row.open.iter().map(|cell| cell_name(program, *cell)).collect();
        format!("needs {}: {}", cells.len(), cells.join("; "))
    } else if row.open.len() > COUNTED_CELLS {
        format!("needs more than {COUNTED_CELLS} values")
    } else {
        let mut facts: Vec<&str> = row.open.iter().map(|cell| program.facts[cell.fact.0].named.name.as_str()).collect();
        facts.sort_unstable();
        facts.dedup();
        format!("needs {}: {}", row.open.len(), facts.join(", "))
    };
    Said {
        answer: row.answer,
        status: text::plain(&row.statuses.join(if row.either { " or " } else { ", " })),
        by: clauses.join(if row.either { " or " } else { ", " }),
        members: row.carried.iter().map(|one| carried_words(program, one)).collect(),
        needs,
    }
}
