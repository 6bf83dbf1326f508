//! What a complete file says by not having a row.

use super::Complete;
use super::load::{Read, clash};
use crate::diagnostic::Diagnostic;
use crate::facts::{Facts, FileNote, Place, Subjects, Touched, Unlisted};
use crate::program::*;
use std::collections::HashSet;

/// Sets the cells that files are complete for and have no row of. Gives back the note and the problems of each file.
pub(super) fn apply(program: &Program, files: Vec<Read>, facts: &mut Facts, threads: usize) -> Vec<(FileNote, Vec<Diagnostic>)> {
    let files: Vec<Completed> = files.into_iter().map(|read| Completed::of(program, read, facts)).collect();
    let said: Vec<(usize, Unlisted)> = files
        .iter()
        .enumerate()
        .flat_map(|(at, file)| {
            let touched = &file.touched;
            file.says.iter().map(move |(place, mask)| (at, Unlisted { place: *place, mask: *mask, complete: file.speaker, touched }))
        })
        .collect();
    let clashes = facts.unlisted(program, &said.iter().map(|(_, one)| *one).collect::<Vec<_>>(), threads);
    let mut problems: Vec<Vec<Diagnostic>> = files.iter().map(|_| Vec::new()).collect();
    for ((at, _), clashes) in said.iter().zip(&clashes) {
        let Completed { file, note, .. } = &files[*at];
        problems[*at].extend(clashes.iter().map(|own| clash(program, facts, *file, note, own)));
    }
    files.into_iter().map(|file| file.note).zip(problems).collect()
}

/// A file, and what it says by having no row.
struct Completed {
    file: usize,
    note: FileNote,
    touched: Touched,
    speaker: usize,
    says: Vec<(Place, Mask)>,
}

impl Completed {
    fn of(program: &Program, read: Read, facts: &mut Facts) -> Self {
        let Read { source, file, mut note, years, regions, complete, sound, touched } = read;
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
        let mut own = Self { file, note, touched, speaker: 0, says: Vec::new() };
        // a row that was refused is no missing row
        if complete == Complete::Nobody || !sound {
            return own;
        }
        own.speaker = facts.complete(file, covered_subjects(source, &complete, facts));
        let mut seen: HashSet<Place> = HashSet::new();
        for fill in &source.fills {
            let fact = &program.facts[fill.fact.0];
            let spans: Vec<i32> =
                if fact.yearly { years.iter().copied().filter(|year| in_years(&fill.years, *year)).collect() } else { vec![0] };
            for year in spans {
                for offset in 0..fact.stride(program) {
                    let members = fact.members_at(program, offset);
                    let place = (fill.fact, year, offset);
                    if covered(program, source, fill, fact, &members, year) && seen.insert(place) {
                        own.says.extend(unlisted(program, source, fact, fill.fact, &members).map(|mask| (place, mask)));
                    }
                }
            }
        }
        own
    }
}

fn covered_subjects(source: &Published, complete: &Complete, facts: &Facts) -> Subjects {
    let mut covered = Subjects::default();
    for (index, subject) in facts.subjects().iter().enumerate() {
        let is_covered = match complete {
            Complete::All => true,
            Complete::Prefixes(prefixes) => prefixes.iter().any(|prefix| subject.key.starts_with(prefix.as_str())),
            Complete::Nobody => false,
        };
        if is_covered && source.covers & (1 << subject.kind) != 0 {
            covered.insert(index);
        }
    }
    covered
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
