//! Watch lists: whose answer is a few changes away from another, this year or in the year after.

use super::{Change, Changes, Flip, MayChange, NextYear, Of, State, World, carried_over};
use crate::eval::{CellKey, Setting};
use crate::facts::Facts;
use crate::program::*;
use crate::threads::{over_threads, threads};

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub struct Wanted<'n> {
    /// How changes are weighed, and the year whose facts may change.
    pub may: MayChange,
    /// At most so many steps, or facts, as changes are weighed.
    pub within: u32,
    /// Sets of changes kept of each.
    pub most: usize,
    /// The year after, if that is looked at.
    pub next: Option<&'n NextYear>,
}

/// An answer that is near another.
#[derive(Clone, Debug)]
pub struct Near {
    /// Index of the subject.
    pub subject: usize,
    /// The pathway.
    pub pathway: PathwayId,
    /// Whether it is eligible in the year judged; `None` where that is open.
    pub now: Option<bool>,
    /// The same in the published year before, by its own facts and the law of its day; `None` too where there is no such year.
    pub before: Option<bool>,
    /// Whether it is in the year looked at, if no fact changes: for the year judged the same as `now`.
    pub if_unchanged: Option<bool>,
    /// What would make that answer another; `None` if that takes more than was asked for.
    pub by: Option<Changes>,
}

impl Near {
    /// The first of the smallest sets.
    pub fn first(&self) -> Option<&[Change]> {
        self.by.as_ref()?.sets.first().map(Vec::as_slice)
    }
}

/// Answers of `subjects` that are near another. Of the year after, also those that become another if no fact changes.
///
/// `each` is called for every subject, on one of several threads.
pub fn near(
    setting: &Setting,
    facts: &Facts,
    year: i32,
    subjects: &[usize],
    pathways: &[PathwayId],
    wanted: &Wanted,
    each: impl Fn() + Sync,
) -> Vec<Near> {
    let program = setting.program;
    let next = wanted.next;
    let before_year = program.period.published_until(year - 1).next();
    let before_setting = before_year.and_then(|year| program.period.year(year)).map(|entry| {
        let mut before = Setting::new(program, entry.on);
        before.choices.clone_from(&setting.choices);
        before
    });
    let next_setting = next.map(|next| next.setting(setting));
    let mut found = over_threads(threads(), subjects.len(), |give| {
        let mut kinds: Vec<Option<Worlds>> = program.subject.kinds.iter().map(|_| None).collect();
        let mut out = Vec::new();
        while let Some(at) = give() {
            let subject = subjects[at];
            let kind = facts.subjects()[subject].kind;
            let worlds = kinds[kind].get_or_insert_with(|| Worlds {
                now: World::new(setting, kind, year, pathways),
                before: before_setting.as_ref().zip(before_year).map(|(setting, year)| World::new(setting, kind, year, pathways)),
                next: next_setting.as_ref().zip(next).map(|(setting, next)| World::new(setting, kind, next.year, pathways)),
            });
            out.extend(worlds.near(facts, subject, wanted).into_iter().map(|near| (at, near)));
            each();
        }
        out
    });
    found.sort_by_key(|(at, near)| (*at, near.pathway));
    found.into_iter().map(|(_, near)| near).collect()
}

struct Worlds<'a> {
    now: World<'a>,
    before: Option<World<'a>>,
    next: Option<World<'a>>,
}

impl Worlds<'_> {
    fn near(&self, facts: &Facts, subject: usize, wanted: &Wanted) -> Vec<Near> {
        let in_force = |world: &World, key: CellKey| {
            let setting = world.setting;
            facts.mask_on(setting.program, key.fact, key.year, subject, key.offset, setting.as_of)
        };
        let state = |world: &World, may: MayChange| world.state(may, |key| in_force(world, key));
        let now = state(&self.now, wanted.may);
        let before = self.before.as_ref().map(|world| state(world, MayChange { year: Some(world.year), ..wanted.may }));
        let next = self.next.as_ref().map(|world| {
            let may = MayChange { year: Some(world.year), ..wanted.may };
            world.state(may, carried_over(world.setting.program, world.year, |key| in_force(world, key)))
        });
        let mut out = Vec::new();
        for (at, asked) in self.now.pathways().iter().enumerate() {
            let of = Of::Pathway(at);
            let (world, state) = match (&self.next, &next) {
                (Some(world), Some(state)) => (world, state),
                _ => (&self.now, &now),
            };
            if world.pathways()[at].giving.is_empty() {
                continue;
            }
            let is_now = self.now.answer(&now, of);
            let if_unchanged = if self.next.is_some() { world.answer(state, of) } else { is_now };
            let by = if_unchanged.and_then(|answer| within(world, state, of, !answer, wanted));
            if by.is_none() && (self.next.is_none() || is_now.is_none() || if_unchanged == is_now) {
                continue;
            }
            let is_before = self.before.as_ref().zip(before.as_ref()).and_then(|(world, state)| world.answer(state, of));
            out.push(Near { subject, pathway: asked.pathway, now: is_now, before: is_before, if_unchanged, by });
        }
        out
    }
}

fn within(world: &World, state: &State, of: Of, to: bool, wanted: &Wanted) -> Option<Changes> {
    match world.flip(state, of, to, wanted.most) {
        Flip::By(changes) if changes.weight(wanted.may.weigh) <= wanted.within => Some(changes),
        _ => None,
    }
}
