//! Changes in the words of people.

use super::{Change, Kind, Moved, Part, Said, lost};
use crate::eval::Answer;
use std::collections::BTreeMap;

/// `19 eligible, 776 not eligible, 147 undetermined`
pub fn counts(part: &Part) -> String {
    let mut numbers: BTreeMap<Answer, usize> = BTreeMap::new();
    part.all.values().for_each(|one| *numbers.entry(one.said.answer).or_default() += 1);
    let words: Vec<String> = numbers.iter().map(|(answer, n)| format!("{n} {}", answer.words())).collect();
    if words.is_empty() { "0 listed".to_owned() } else { words.join(", ") }
}

/// What became of a group: `14 enter by EC 52072(a); not eligible before`.
pub fn headline(change: &Change) -> String {
    let n = change.who.len();
    let verb = |one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
    let Some(first) = change.who.first() else { return verb("changes", "change") };
    let (before, after) = (&first.before, &first.after);
    match change.kind {
        Kind::Enters => format!("{}{}; {} before", verb("enters", "enter"), by(after), before.answer.words()),
        Kind::Leaves => format!("{}; eligible{} before, now {}", verb("leaves", "leave"), by(before), after.answer.words()),
        Kind::OtherClause => format!("{}; eligible{} before, now{}", verb("changes clause", "change clause"), by(before), by(after)),
        Kind::OtherMembers => {
            format!("{}; eligible{} as before, for other reasons", verb("stays", "stay"), by(after))
        }
        Kind::Opens => format!("{}; {} before", verb("becomes undetermined", "become undetermined"), before.answer.words()),
        Kind::Settles => format!("{} now {}; {} before", verb("is", "are"), after.answer.words(), before.answer.words()),
        Kind::OtherNeeds => format!("{}; other values would settle it", verb("stays undetermined", "stay undetermined")),
        Kind::Gone => format!("{} no longer in the data; {}{} before", verb("is", "are"), before.answer.words(), by(before)),
    }
}

fn by(said: &Said) -> String {
    if said.by.is_empty() { String::new() } else { format!(" by {}", said.by) }
}

/// One subject of a group: name, and what comes and goes.
pub fn moved(kind: Kind, one: &Moved) -> String {
    let (before, after) = (&one.before, &one.after);
    let mut parts = Vec::new();
    match kind {
        Kind::Enters => parts.extend(because(after)),
        Kind::Leaves | Kind::Gone => parts.extend(because(before).map(|words| format!("was {words}"))),
        Kind::OtherClause | Kind::OtherMembers => {
            let (come, go) = (lost(&after.members, &before.members), lost(&before.members, &after.members));
            if !come.is_empty() {
                parts.push(format!("now with {}", come.join("; ")));
            }
            if !go.is_empty() {
                parts.push(format!("no longer with {}", go.join("; ")));
            }
            if before.status != after.status {
                let word = |status: &str| if status.is_empty() { "no status".to_owned() } else { format!("`{status}`") };
                parts.push(format!("{} before, now {}", word(&before.status), word(&after.status)));
            }
        }
        Kind::Opens => parts.push(after.needs.clone()),
        Kind::Settles => {}
        Kind::OtherNeeds => parts.push(format!("{} (before: {})", after.needs, before.needs)),
    }
    parts.retain(|part| !part.is_empty());
    let name = format!("{} {}", one.key, one.name);
    let name = name.trim_end();
    if parts.is_empty() { name.to_owned() } else { format!("{name}: {}", parts.join("; ")) }
}

fn because(said: &Said) -> Option<String> {
    match (said.status.as_str(), said.members.join("; ")) {
        ("", members) if members.is_empty() => None,
        ("", members) => Some(format!("because of {members}")),
        (status, members) if members.is_empty() => Some(status.to_owned()),
        (status, members) => Some(format!("{status}, because of {members}")),
    }
}
