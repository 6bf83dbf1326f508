//! Who is eligible by which clause and members, as rows of numbers: the list for further work, without words.

use super::columns::turn;
use super::definite::{Answer, Definite};
use super::list::{Engine, Loaded, Plan};
use super::plane::Plane;
use super::trail::outermost;
use crate::eval;
use crate::program::{CategoryId, ClauseId, PathwayId};
use crate::threads::over_threads;

/// One clause that holds for one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// Index of the subject.
    pub subject: u32,
    /// The clause.
    pub clause: ClauseId,
    /// Members of the category asked for that carry it, outermost in their count: one bit each.
    pub members: u64,
}

/// Rows, and whom the data leave open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Clauses that hold, or of which one must hold.
    pub eligible: Vec<Row>,
    /// Subjects with a pathway that is undetermined.
    pub open: Vec<(u32, PathwayId)>,
    /// How many subjects lay in blocks in which everything was known.
    pub known: usize,
}

/// The short way for one kind of subject.
#[derive(Debug)]
pub(super) struct Short {
    definite: Definite,
    clauses: Vec<Given>,
}

/// A clause that gives something.
#[derive(Debug)]
struct Given {
    clause: ClauseId,
    answer: Answer,
    /// Members, ascending, with whether they carry it.
    members: Vec<(usize, Answer)>,
}

impl Short {
    pub fn new(engine: &Engine, plan: &Plan, category: CategoryId) -> Self {
        let mut sums = Vec::new();
        let mut clauses = Vec::new();
        for giving in plan.expanded.pathways.iter().flat_map(|asked| &asked.giving) {
            sums.push(vec![vec![giving.trail.lit]]);
            let mut members = outermost(&giving.trail);
            members.retain(|(own, ..)| *own == category);
            members.sort_by_key(|(_, member, _)| *member);
            clauses.push((giving.clause, members.iter().map(|(_, member, _)| *member).collect::<Vec<_>>()));
            sums.extend(members.into_iter().map(|(_, _, ways)| ways));
        }
        let (definite, answers) = Definite::new(engine.circuit(), &plan.schedule, &sums);
        let mut answers = answers.into_iter();
        let clauses = clauses
            .into_iter()
            .filter_map(|(clause, members)| {
                let answer = answers.next()?;
                Some(Given { clause, answer, members: members.into_iter().zip(answers.by_ref()).collect() })
            })
            .collect();
        Self { definite, clauses }
    }
}

impl Engine<'_> {
    /// Runs over loaded planes for the clauses that hold and the members of `category` that carry them, in no certain
    /// order. `None` if the category has more than 64 members.
    pub fn rows(&self, loaded: &Loaded, category: CategoryId, threads: usize) -> Option<Rows> {
        if self.setting.program.categories[category.0].members.len() > 64 {
            return None;
        }
        let short: Vec<&Short> = self.kinds.iter().map(|plan| plan.short(self, category)).collect();
        let work = loaded.work();
        // about half are eligible for something
        let n_subjects: usize = loaded.kinds.iter().map(|(places, _)| places.len()).sum();
        let parts = over_threads(threads, work.len(), |next| {
            let mut slots = Vec::new();
            let mut rows = Rows { eligible: Vec::with_capacity(n_subjects / threads.max(1)), ..Rows::default() };
            while let Some(at) = next() {
                let (kind, block) = work[at];
                let planes = &loaded.kinds[kind].1;
                if planes.known(block, &short[kind].definite.reads) {
                    let (tests, subjects) = (planes.tests(block), planes.block(block).1);
                    short[kind].definite.run(tests, &mut slots);
                    short[kind].collect(tests, &slots, subjects, &mut rows.eligible);
                    rows.known += subjects.len();
                } else {
                    self.long_way(loaded, kind, block, category, &mut rows);
                }
            }
            vec![rows]
        });
        let all = parts.into_iter().reduce(|mut all, mut part| {
            all.eligible.append(&mut part.eligible);
            all.open.append(&mut part.open);
            all.known += part.known;
            all
        });
        Some(all.unwrap_or_default())
    }

    fn long_way(&self, loaded: &Loaded, kind: usize, block: usize, category: CategoryId, rows: &mut Rows) {
        self.block(loaded, kind, block, &mut super::run::Slots::default(), &std::cell::RefCell::default(), |block| {
            for lane in block.listed() {
                for listed in lane.pathways() {
                    if listed.answer == eval::Answer::Undetermined {
                        rows.open.push((lane.subject as u32, listed.pathway()));
                    }
                    for held in listed.holding() {
                        let members =
                            held.carried().iter().filter(|one| one.category == category).fold(0, |bits, one| bits | 1 << one.member);
                        rows.eligible.push(Row { subject: lane.subject as u32, clause: held.clause(), members });
                    }
                }
            }
        });
    }
}

impl Short {
    fn collect(&self, tests: &[Plane], slots: &[Plane], subjects: &[usize], out: &mut Vec<Row>) {
        let word_of = |answer: Answer, word: usize| self.definite.word(answer, tests, slots, word);
        for Given { clause, answer, members } in &self.clauses {
            for (word, subjects) in subjects.chunks(64).enumerate() {
                let holds = word_of(*answer, word) & (!0 >> (64 - subjects.len()));
                if holds == 0 {
                    continue;
                }
                let lanes = || set(holds);
                let first = out.len();
                out.extend(lanes().map(|lane| Row { subject: subjects[lane] as u32, clause: *clause, members: 0 }));
                for sixteen in members.chunks(16) {
                    let mut words = [0; 16];
                    words.iter_mut().zip(sixteen).for_each(|(own, (_, answer))| *own = word_of(*answer, word));
                    turn(&mut words);
                    for (row, lane) in out[first..].iter_mut().zip(lanes()) {
                        row.members |= named(sixteen, words[lane % 16] >> (lane / 16 * 16) & 0xffff);
                    }
                }
            }
        }
    }
}

/// The places of the bits that are set.
#[inline]
fn set(mut word: u64) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        let at = word.trailing_zeros() as usize;
        (word != 0).then(|| {
            word &= word - 1;
            at
        })
    })
}

/// The members for which a bit is set, each at its own place.
#[inline]
fn named(sixteen: &[(usize, Answer)], set: u64) -> u64 {
    match sixteen {
        // members mostly stand side by side
        [(first, _), .., (last, _)] if last - first + 1 == sixteen.len() => set << first,
        _ => sixteen.iter().enumerate().fold(0, |named, (at, (member, _))| named | (set >> at & 1) << member),
    }
}
