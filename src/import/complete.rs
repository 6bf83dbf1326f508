//! What a complete file says by not having a row.

use super::Complete;
use super::cells::{cell_words, describe};
use super::rows::Done;
use crate::diagnostic::{DataPlace, Diagnostic};
use crate::facts::{Facts, FileNote, Origin};
use crate::program::*;
use std::collections::HashSet;

/// Sets the cells the file is complete for and has no row of.
pub(super) fn apply(program: &Program, source: &Published, done: Done, facts: &mut Facts, keep_going: bool) -> (FileNote, Vec<Diagnostic>) {
    let Done { file, mut note, touched, years, regions, complete } = done;
    note.complete_declared = complete.is_some();
    let complete = complete.unwrap_or_else(|| {
        if source.by_manifest || years.is_empty() && regions.is_empty() {
            Complete::Nobody
        } else if program.subject.region_digits == 0 {
            Complete::All
        } else {
            Complete::Prefixes(regions.into_iter().collect())
        }
    });
    let label = &program.subject.region_label;
    note.complete_for = match &complete {
        Complete::All => format!("every {}", program.subject.named.label),
        Complete::Nobody => "nobody".to_owned(),
        Complete::Prefixes(prefixes) if prefixes.len() > 6 => format!("{} {label} codes", prefixes.len()),
        Complete::Prefixes(prefixes) => format!("{label} {}", prefixes.join(", ")),
    };
    let mut problems = Vec::new();
    if complete == Complete::Nobody {
        return (note, problems);
    }
    let subjects: Vec<(usize, String)> = facts
        .subjects()
        .iter()
        .enumerate()
        .filter(|(_, subject)| source.covers & (1 << subject.kind) != 0)
        .filter(|(_, subject)| match &complete {
            Complete::All => true,
            Complete::Prefixes(prefixes) => prefixes.iter().any(|prefix| subject.key.starts_with(prefix.as_str())),
            Complete::Nobody => false,
        })
        .map(|(index, subject)| (index, subject.key.clone()))
        .collect();
    let mut seen: HashSet<(FactId, i32, usize)> = HashSet::new();
    for fill in &source.fills {
        let fact = &program.facts[fill.fact.0];
        let spans: Vec<i32> =
            if fact.yearly { years.iter().copied().filter(|year| in_years(&fill.years, *year)).collect() } else { vec![0] };
        for year in spans {
            for offset in 0..fact.stride(program) {
                let members = fact.members_at(program, offset);
                if !covered(program, source, fill, fact, &members, year) || !seen.insert((fill.fact, year, offset)) {
                    continue;
                }
                let Some(mask) = unlisted(program, source, fact, fill.fact, &members) else { continue };
                for (subject, key) in &subjects {
                    if touched.contains(&(fill.fact, year, *subject, offset)) {
                        continue;
                    }
                    let set = facts.narrow(program, fill.fact, year, *subject, offset, mask, Origin::unlisted(file), None, None);
                    if let Err(contradiction) = set {
                        let had = contradiction.had;
                        let other = had.origin.file().map_or_else(String::new, |file| facts.files[file].clone());
                        let there =
                            had.origin.row_number().map_or_else(|| "which has no row for it".to_owned(), |row| format!("row {row}"));
                        problems.push(
                            Diagnostic::error(
                                "data/contradiction",
                                format!(
                                    "{} of {key} has no row here, which means {}; but {other}, {there}, says {}",
                                    cell_words(program, fact, &members, year),
                                    describe(program, fact, mask, None, &members),
                                    describe(program, fact, had.mask, had.number, &members),
                                ),
                            )
                            .in_data(DataPlace { file: note.file.clone(), ..DataPlace::default() })
                            .help(format!(
                                "this file counts as complete for {}; if it is not, say so in a manifest: `complete = \"none\"`",
                                note.complete_for
                            )),
                        );
                        if !keep_going {
                            return (note, problems);
                        }
                    }
                }
            }
        }
    }
    (note, problems)
}

/// Whether the file could have a row for these members.
fn covered(program: &Program, source: &Published, fill: &Fill, fact: &Fact, members: &[usize], year: i32) -> bool {
    fact.categories.iter().zip(members).all(|(category, member)| {
        let exists = program.categories[category.0].members[*member].from.is_none_or(|from| year == 0 || year >= from);
        let mut named = fill.members.iter().filter(|(other, _)| other == category).peekable();
        if named.peek().is_some() {
            return exists && named.any(|(_, own)| own == member);
        }
        exists
            && source.members.iter().any(|from| match from {
                MemberFrom::Always(other, own) => other == category && own == member,
                MemberFrom::Columns(other, columns) => other == category && columns.iter().any(|(_, own)| *own == Some(*member)),
                MemberFrom::Column { category: other, .. } => other == category,
            })
    })
}

fn unlisted(program: &Program, source: &Published, fact: &Fact, id: FactId, members: &[usize]) -> Option<Mask> {
    let said = source.unlisted.iter().find(|line| {
        line.fact == id
            && fact.categories.iter().zip(members).all(|(category, member)| {
                let mut named = line.members.iter().filter(|(other, _)| other == category).peekable();
                named.peek().is_none() || named.any(|(_, own)| own == member)
            })
    });
    match said {
        Some(line) => Some(line.mask),
        None if fact.absent.is_some() => Some(fact.absent_bit(program)),
        None => None,
    }
}
