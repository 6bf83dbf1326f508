//! Snapshots as text, and back.
//!
//! ```text
//! EC 52072, version SB-114-2023, dashboard 2024
//! law of 2024-12-01, rules of policies, data of california
//!
//! == direct_technical_assistance: CCEE direct technical assistance
//! 19 eligible, 776 not eligible, 147 undetermined
//! other district (776) | not eligible
//! 27661590000000 Salinas Union High | eligible | EC 52072(a) | EL in 2022, 2023; SWD in 2022, 2023
//! ```

use super::words::counts;
use super::{Head, One, Part, Said, Snapshot};
use crate::eval::Answer;
use std::collections::BTreeMap;

const ANSWERS: [Answer; 5] = [Answer::Eligible, Answer::NotEligible, Answer::Undetermined, Answer::NotApplicable, Answer::Suspended];

/// Why a text is no snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble {
    /// Line, from 1.
    pub line: usize,
    /// What is wrong there.
    pub what: String,
}

/// A name on one line, without the sign that stands between columns.
pub(super) fn plain(name: &str) -> String {
    name.replace('|', "/").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is not said of a kind, or of a pathway.
fn unsaid() -> Said {
    Said::bare(Answer::NotApplicable)
}

/// The text of a file.
pub fn write(snapshot: &Snapshot) -> String {
    let mut out = format!("{}\n{}\n", snapshot.head.title, snapshot.head.origin);
    for part in &snapshot.parts {
        let others = others(part);
        let named: Vec<(&String, &One)> = part
            .all
            .iter()
            .filter(|(_, one)| one.kind.is_empty() || others.get(one.kind.as_str()).is_none_or(|(_, said)| **said != one.said))
            .collect();
        if named.is_empty() && others.values().all(|(_, said)| **said == unsaid()) {
            continue;
        }
        out.push_str(&format!("\n== {}: {}\n{}\n", part.pathway, plain(&part.label), counts(part)));
        for (kind, (n, said)) in others.iter().filter(|(_, (_, said))| **said != unsaid()) {
            out.push_str(&format!("other {kind} ({n}) | {}\n", line(said)));
        }
        for (key, one) in named {
            out.push_str(&format!("{} | {}\n", format!("{key} {}", one.name).trim_end(), line(&one.said)));
        }
    }
    out
}

/// What is said of most subjects of each kind that are not eligible, and of how many; whoever is eligible is named. A plain
/// *no* is preferred to what as many share.
fn others(part: &Part) -> BTreeMap<&str, (usize, &Said)> {
    let mut numbers: BTreeMap<(&str, &Said), usize> = BTreeMap::new();
    for one in part.all.values().filter(|one| !one.kind.is_empty() && one.said.answer != Answer::Eligible) {
        *numbers.entry((&one.kind, &one.said)).or_default() += 1;
    }
    let mut out: BTreeMap<&str, (usize, &Said)> = BTreeMap::new();
    let plain = |said: &Said| said.answer == Answer::NotEligible;
    for ((kind, said), n) in numbers {
        let better = out.get(kind).is_none_or(|(most, own)| n > *most || n == *most && plain(said) && !plain(own));
        if better {
            out.insert(kind, (n, said));
        }
    }
    out
}

fn line(said: &Said) -> String {
    let mut out = said.answer.words().to_owned();
    if !said.status.is_empty() {
        out.push_str(&format!(" ({})", said.status));
    }
    if !said.needs.is_empty() {
        out.push_str(&format!(" | {}", said.needs));
    } else if !said.by.is_empty() {
        out.push_str(&format!(" | {}", said.by));
        if !said.members.is_empty() {
            out.push_str(&format!(" | {}", said.members.join("; ")));
        }
    }
    out
}

fn said(line: &str) -> Option<Said> {
    let mut columns = line.split(" | ");
    let answer = columns.next()?;
    let (words, status) = match answer.split_once(" (") {
        Some((words, status)) => (words, status.strip_suffix(')')?),
        None => (answer, ""),
    };
    let mut said = Said::bare(*ANSWERS.iter().find(|own| own.words() == words)?);
    said.status = status.to_owned();
    let reason = columns.next().unwrap_or_default().to_owned();
    if said.answer == Answer::Undetermined {
        said.needs = reason;
    } else {
        said.by = reason;
        said.members = columns.next().map(|members| members.split("; ").map(str::to_owned).collect()).unwrap_or_default();
    }
    columns.next().is_none().then_some(said)
}

/// Reads a file. Who is not named in it is said to be as the others of its kind; who these are, `now` knows.
pub fn read(text: &str, now: &Snapshot) -> Result<Snapshot, Trouble> {
    let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_end()));
    let mut head = Head::default();
    for (at, field) in [&mut head.title, &mut head.origin].into_iter().enumerate() {
        let (line, own) = lines.next().unwrap_or((at + 1, ""));
        if own.is_empty() {
            return Err(Trouble { line, what: "the head is missing".to_owned() });
        }
        own.clone_into(field);
    }
    if head.title != now.head.title {
        return Err(Trouble { line: 1, what: format!("it is about `{}`, but its place is that of `{}`", head.title, now.head.title) });
    }
    let mut parts: Vec<Written> = Vec::new();
    let mut numbers_come = false;
    for (line, own) in lines {
        let trouble = |what: String| Err(Trouble { line, what });
        // the numbers follow from the lines below them
        if own.is_empty() || std::mem::take(&mut numbers_come) {
            continue;
        }
        if let Some(pathway) = own.strip_prefix("== ") {
            let (name, label) = pathway.split_once(": ").unwrap_or((pathway, ""));
            if parts.iter().any(|part| part.pathway == name) {
                return trouble(format!("`{name}` is there twice"));
            }
            numbers_come = true;
            parts.push(Written { pathway: name.to_owned(), label: label.to_owned(), others: BTreeMap::new(), named: BTreeMap::new() });
            continue;
        }
        let read = own.split_once(" | ").and_then(|(who, rest)| Some((who, said(rest)?)));
        let (Some(part), Some((who, said))) = (parts.last_mut(), read) else {
            return trouble(format!("`{own}` is no line of a snapshot"));
        };
        let first_time = match who.strip_prefix("other ") {
            Some(kind) => part.others.insert(kind.split(' ').next().unwrap_or(kind).to_owned(), said).is_none(),
            None => {
                let (key, name) = who.split_once(' ').unwrap_or((who, ""));
                part.named.insert(key.to_owned(), (name.to_owned(), said)).is_none()
            }
        };
        if !first_time {
            return trouble(format!("`{who}` is there twice"));
        }
    }
    Ok(Snapshot { head, parts: filled(parts, now) })
}

/// A pathway as it is written.
struct Written {
    pathway: String,
    label: String,
    others: BTreeMap<String, Said>,
    named: BTreeMap<String, (String, Said)>,
}

impl Written {
    /// With those who are not named, as far as `now` knows them.
    fn fill(mut self, now: Option<&Part>) -> Part {
        let mut all = BTreeMap::new();
        for (key, one) in now.map(|part| &part.all).into_iter().flatten() {
            let (name, said) = match self.named.remove(key) {
                Some(own) => own,
                None => (one.name.clone(), self.others.get(&one.kind).cloned().unwrap_or_else(unsaid)),
            };
            all.insert(key.clone(), One { name, kind: one.kind.clone(), said });
        }
        for (key, (name, said)) in self.named {
            all.insert(key, One { name, kind: String::new(), said });
        }
        Part { pathway: self.pathway, label: self.label, all }
    }
}

fn filled(mut written: Vec<Written>, now: &Snapshot) -> Vec<Part> {
    let mut parts = Vec::new();
    for part in &now.parts {
        let own = match written.iter().position(|own| own.pathway == part.pathway) {
            Some(at) => written.remove(at),
            None => {
                let (pathway, label) = (part.pathway.clone(), part.label.clone());
                Written { pathway, label, others: BTreeMap::new(), named: BTreeMap::new() }
            }
        };
        parts.push(own.fill(Some(part)));
    }
    // pathways that are no longer given; everybody else is the same in each
    for own in written {
        let known = now.parts.first();
        parts.push(own.fill(known));
    }
    parts
}
