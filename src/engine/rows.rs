//! Who is eligible by which clause and members, as rows of numbers: the list for further work, without words.

use super::columns;
use super::definite::{Answer, Definite};
use super::list::{Engine, Loaded, Plan};
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
        let parts = over_threads(threads, work.len(), |next| {
            let mut slots = Vec::new();
            let mut rows = Rows::default();
            while let Some(at) = next() {
                let (kind, block) = work[at];
                let planes = &loaded.kinds[kind].1;
                if planes.known(block, &short[kind].definite.reads) {
                    let (input, subjects) = planes.block(block);
                    short[kind].definite.run(input, &mut slots);
                    short[kind].collect(input, &slots, subjects, &mut rows.eligible);
                    rows.known += subjects.len();
                } else {
                    self.long_way(loaded, kind, block, category, &mut rows);
                }
            }
            vec![rows]
        });
        Some(parts.into_iter().fold(Rows::default(), |mut all, mut part| {
            all.eligible.append(&mut part.eligible);
            all.open.append(&mut part.open);
            all.known += part.known;
            all
        }))
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
    fn collect(&self, input: &[super::run::Plane], slots: &[super::run::Plane], subjects: &[usize], out: &mut Vec<Row>) {
        let word_of = |answer: Answer, word: usize| self.definite.word(answer, input, slots, word);
        for Given { clause, answer, members } in &self.clauses {
            for (word, subjects) in subjects.chunks(64).enumerate() {
                let mut holds = word_of(*answer, word) & (!0 >> (64 - subjects.len()));
                if holds == 0 {
                    continue;
                }
                let mut masks = [0u64; 64];
                for eight in members.chunks(8) {
                    let planes: [u64; 8] = std::array::from_fn(|at| eight.get(at).map_or(0, |(_, answer)| word_of(*answer, word)));
                    let bytes = columns::rows(&planes);
                    let first = eight[0].0;
                    // members mostly stand side by side
                    if eight[eight.len() - 1].0 - first + 1 == eight.len() {
                        masks.iter_mut().zip(bytes).for_each(|(mask, byte)| *mask |= u64::from(byte) << first);
                    } else {
                        for (mask, byte) in masks.iter_mut().zip(bytes) {
                            eight.iter().enumerate().for_each(|(at, (member, _))| *mask |= u64::from(byte >> at & 1) << member);
                        }
                    }
                }
                while holds != 0 {
                    let lane = holds.trailing_zeros() as usize;
                    holds &= holds - 1;
                    out.push(Row { subject: subjects[lane] as u32, clause: *clause, members: masks[lane] });
                }
            }
        }
    }
}
