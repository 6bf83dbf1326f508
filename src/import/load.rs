//! All files: read side by side, brought together one after the other.

use super::cells::{cell_words, describe};
use super::file::{self, Done, Task};
use super::{Complete, InputFile, complete, recognise};
use crate::diagnostic::{DataPlace, Diagnostic};
use crate::facts::{Clash, Facts, FileNote, LoadNotes, Touched};
use crate::program::{Program, Published};
use indexmap::IndexSet;
use std::collections::BTreeMap;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;

/// What was read, and what is wrong with it.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The facts of all files.
    pub facts: Facts,
    /// What became of each file.
    pub notes: LoadNotes,
    /// Problems, by file and row.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads all files, as many at once as the machine has processors. Stops at the first problem unless `keep_going`.
///
/// `progress` is told the name of each file, in order. Problems are in the result.
pub fn load(program: &Program, files: &[InputFile], keep_going: bool, progress: impl FnMut(&str)) -> Loaded {
    load_on(thread::available_parallelism().map_or(1, NonZero::get), program, files, keep_going, progress)
}

/// [`load`] with a number of threads; the result does not depend on it.
pub fn load_on(threads: usize, program: &Program, files: &[InputFile], keep_going: bool, mut progress: impl FnMut(&str)) -> Loaded {
    let mut merge = Merge { program, keep_going, loaded: Loaded::default(), read: Vec::new() };
    let threads = threads.min(files.len());
    let one = |input: &InputFile| Outcome::of(program, input, !keep_going);
    if threads <= 1 {
        for input in files {
            progress(&input.name);
            if !merge.take(input, one(input)) {
                return merge.loaded;
            }
        }
        return merge.finish(threads);
    }
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let complete = thread::scope(|scope| {
        let (send, receive) = mpsc::channel();
        for _ in 0..threads {
            let (send, next, stop, one) = (send.clone(), &next, &stop, &one);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed)
                    && let at = next.fetch_add(1, Ordering::Relaxed)
                    && let Some(input) = files.get(at)
                    && send.send((at, one(input))).is_ok()
                {}
            });
        }
        drop(send);
        let mut waiting = BTreeMap::new();
        let mut turn = 0;
        for (at, outcome) in receive {
            waiting.insert(at, outcome);
            while let Some(outcome) = waiting.remove(&turn) {
                progress(&files[turn].name);
                if !merge.take(&files[turn], outcome) {
                    stop.store(true, Ordering::Relaxed);
                    return false;
                }
                turn += 1;
            }
        }
        true
    });
    if complete { merge.finish(threads) } else { merge.loaded }
}

/// A file that was read, or refused.
enum Outcome<'a> {
    NotRecognised(Box<Diagnostic>),
    Read(&'a Published, Option<Box<Done>>, Vec<Diagnostic>),
}

impl<'a> Outcome<'a> {
    fn of(program: &'a Program, input: &InputFile, first_only: bool) -> Self {
        match recognise(program, input) {
            Err(diagnostic) => Self::NotRecognised(diagnostic),
            Ok(source) => {
                let source = &program.published[source.0];
                let (done, problems) = file::read(Task { program, source, input }, first_only);
                Self::Read(source, done.map(Box::new), problems)
            }
        }
    }
}

/// A file whose rows are among the facts.
pub(super) struct Read<'a> {
    pub source: &'a Published,
    /// Index into [`Facts::files`].
    pub file: usize,
    pub note: FileNote,
    pub years: IndexSet<i32>,
    pub regions: IndexSet<String>,
    pub complete: Option<Complete>,
    /// No row was refused.
    pub sound: bool,
    pub touched: Touched,
}

struct Merge<'a> {
    program: &'a Program,
    keep_going: bool,
    loaded: Loaded,
    read: Vec<Read<'a>>,
}

impl<'a> Merge<'a> {
    /// Takes in the next file; says whether to go on.
    fn take(&mut self, input: &InputFile, outcome: Outcome<'a>) -> bool {
        let facts = &mut self.loaded.facts;
        let file = facts.files.len();
        facts.files.push(input.name.clone());
        let mut problems = match outcome {
            Outcome::NotRecognised(diagnostic) => vec![*diagnostic],
            Outcome::Read(_, None, problems) => {
                self.loaded.notes.files.push(FileNote { file: input.name.clone(), ..FileNote::default() });
                problems
            }
            Outcome::Read(source, Some(done), mut problems) => {
                let Done { note, batch, years, regions, complete } = *done;
                let sound = problems.is_empty();
                let (clashes, touched) = facts.absorb(self.program, &batch, file);
                problems.extend(clashes.iter().map(|own| clash(self.program, facts, file, &note, own)));
                problems.sort_by_key(|problem| problem.data.as_ref().and_then(|place| place.row));
                self.read.push(Read { source, file, note, years, regions, complete, sound, touched });
                problems
            }
        };
        self.report(&mut problems)
    }

    fn report(&mut self, problems: &mut Vec<Diagnostic>) -> bool {
        let go_on = problems.is_empty() || self.keep_going;
        if !go_on {
            problems.truncate(1);
        }
        self.loaded.diagnostics.append(problems);
        go_on
    }

    /// What complete files say by having no row.
    fn finish(mut self, threads: usize) -> Loaded {
        for (note, mut problems) in complete::apply(self.program, std::mem::take(&mut self.read), &mut self.loaded.facts, threads) {
            self.loaded.notes.files.push(note);
            if !self.report(&mut problems) {
                break;
            }
        }
        self.loaded
    }
}

/// The message about a cell of which two files say what cannot both be.
pub(super) fn clash(program: &Program, facts: &Facts, file: usize, note: &FileNote, clash: &Clash) -> Diagnostic {
    let (fact, year, offset) = clash.place;
    let declared = &program.facts[fact.0];
    let members = declared.members_at(program, offset);
    let what = cell_words(program, declared, &members, year);
    let key = &facts.subjects()[clash.subject].key;
    let had = &clash.had;
    let old = describe(program, declared, had.mask, had.number, &members);
    let new = describe(program, declared, clash.says.mask, clash.says.number, &members);
    let other = had.origin.file().map_or("", |file| &facts.files[file]);
    let row = had.origin.row_number();
    let place = DataPlace { file: facts.files[file].clone(), ..DataPlace::default() };
    if clash.row == 0 {
        let there = row.map_or_else(|| "which has no row for it".to_owned(), |row| format!("row {row}"));
        let message = format!("{what} of {key} has no row here, which means {new}; but {other}, {there}, says {old}");
        return Diagnostic::error("data/contradiction", message).in_data(place).help(format!(
            "this file counts as complete for {}; if it is not, say so in a manifest: `complete = \"none\"`",
            note.complete_for
        ));
    }
    let there = row.map_or_else(|| "no row".to_owned(), |row| format!("row {row}"));
    let message = format!("{what} of {key} is {new} here, but {old} in {other}, {there}");
    Diagnostic::error("data/contradiction", message)
        .in_data(DataPlace { sheet: note.sheet.clone(), row: Some(u64::from(clash.row)), ..place })
        .help("leave out one of the files, or correct the one that is wrong; Enact does not choose between them")
}
