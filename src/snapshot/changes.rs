//! What differs between two snapshots: groups of subjects that changed in the same way.

use super::{Part, Said, Snapshot};
use crate::eval::Answer;
use indexmap::IndexMap;
use std::collections::BTreeSet;

/// What became of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Eligible now.
    Enters,
    /// No longer eligible.
    Leaves,
    /// Eligible before and now, by other clauses.
    OtherClause,
    /// Eligible by the same clauses, carried by other members or with another status.
    OtherMembers,
    /// Undetermined now, and answered before.
    Opens,
    /// Answered now, and undetermined before; or one kind of no became another.
    Settles,
    /// Undetermined before and now; other values would settle it.
    OtherNeeds,
    /// No longer in the data.
    Gone,
}

/// One subject that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// Its key.
    pub key: String,
    /// Its name.
    pub name: String,
    /// What was said of it.
    pub before: Said,
    /// What is said of it now.
    pub after: Said,
}

/// A group of subjects that changed in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Of which pathway.
    pub pathway: String,
    /// How it changed.
    pub kind: Kind,
    /// Who, by key.
    pub who: Vec<Moved>,
}

/// Who is said to be something else in `now` than in `before`, in groups.
pub fn changes(before: &Snapshot, now: &Snapshot) -> Vec<Change> {
    let mut out = Vec::new();
    let empty = |part: &Part| Part { pathway: part.pathway.clone(), label: part.label.clone(), all: Default::default() };
    for old in &before.parts {
        let none = empty(old);
        let new = now.parts.iter().find(|part| part.pathway == old.pathway).unwrap_or(&none);
        let mut groups: IndexMap<(Kind, Answer, Answer, &str, &str), Vec<Moved>> = IndexMap::new();
        let unsaid = Said::bare(Answer::NotApplicable);
        for (key, one) in &old.all {
            let after = new.all.get(key).map_or(&unsaid, |one| &one.said);
            if *after == one.said && !one.kind.is_empty() {
                continue;
            }
            let kind = if one.kind.is_empty() { Kind::Gone } else { kind(&one.said, after) };
            let name = new.all.get(key).map_or(&one.name, |one| &one.name).clone();
            let moved = Moved { key: key.clone(), name, before: one.said.clone(), after: after.clone() };
            groups.entry((kind, one.said.answer, after.answer, &one.said.by, &after.by)).or_default().push(moved);
        }
        groups.sort_keys();
        out.extend(groups.into_iter().map(|((kind, ..), who)| Change { pathway: old.pathway.clone(), kind, who }));
    }
    out
}

fn kind(before: &Said, after: &Said) -> Kind {
    match (before.answer, after.answer) {
        (Answer::Eligible, Answer::Eligible) if before.by != after.by => Kind::OtherClause,
        (Answer::Eligible, Answer::Eligible) => Kind::OtherMembers,
        (_, Answer::Eligible) => Kind::Enters,
        (Answer::Eligible, _) => Kind::Leaves,
        (Answer::Undetermined, Answer::Undetermined) => Kind::OtherNeeds,
        (_, Answer::Undetermined) => Kind::Opens,
        _ => Kind::Settles,
    }
}

/// `before` with some changes taken over.
pub fn with<'c>(before: &Snapshot, taken: impl IntoIterator<Item = &'c Change>) -> Snapshot {
    let mut out = before.clone();
    for change in taken {
        let Some(part) = out.parts.iter_mut().find(|part| part.pathway == change.pathway) else { continue };
        for moved in &change.who {
            if change.kind == Kind::Gone {
                part.all.remove(&moved.key);
            } else if let Some(one) = part.all.get_mut(&moved.key) {
                one.said.clone_from(&moved.after);
            }
        }
    }
    out
}

/// Words of `from` that are not among `to`.
pub fn lost<'w>(from: &'w [String], to: &[String]) -> Vec<&'w str> {
    let kept: BTreeSet<&String> = to.iter().collect();
    from.iter().filter(|word| !kept.contains(word)).map(String::as_str).collect()
}
