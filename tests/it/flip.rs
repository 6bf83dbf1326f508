//! What is said to be enough is enough, and nothing of it can be left out; what is said to change an answer changes it, and
//! nothing of that can be left out either, nor does anything smaller change it: over generated policies and data, and for real
//! agencies, by the reference evaluator.

use crate::generated::{data, policy, shape};
use crate::support::{facts, program};
use enact::eval::{Answer, CellKey, Evaluator, Setting};
use enact::facts::Facts;
use enact::flip::{Change, Flip, MayChange, Of, State, Weigh, World};
use enact::library::Library;
use enact::program::{Mask, PathwayId, Program, ValueKind};
use enact::source::Sources;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How often each law was put to the test.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    /// In made-up policies something published can overrule what is published elsewhere, once facts are taken away; then a set
    /// is enough only as the answer was judged.
    made_up: bool,
    /// Only what an explanation says by itself is put to the test: for a yes what is enough, and the first of the smallest changes.
    briefly: bool,
    agencies: usize,
    /// Those of whom nothing else is known than of one before; what is said of them is the same.
    alike: usize,
    sets: usize,
    published: usize,
    flips: usize,
    nevers: usize,
    open: usize,
}

fn answer(setting: &Setting, facts: &Facts, subject: usize, pathway: PathwayId, year: i32) -> Answer {
    Evaluator::new(setting, facts, subject, false).determine(pathway, year).answer
}

fn set(program: &Program, facts: &mut Facts, subject: usize, cell: CellKey, mask: Mask) {
    facts.set(program, cell.fact, cell.year, subject, cell.offset, mask, None, None);
}

/// The rules without what is published, for a subject about whose cells nothing is taken for missing: answers are then
/// functions of the cells alone.
struct Bare<'a> {
    program: &'a Program,
    setting: Setting<'a>,
}

fn without_published(program: &Program) -> Program {
    let mut bare = program.clone();
    bare.clauses.iter_mut().for_each(|clause| clause.recorded = None);
    bare
}

impl<'a> Bare<'a> {
    fn new(program: &'a Program, like: &Setting) -> Self {
        let mut setting = Setting::new(program, like.as_of);
        setting.choices.clone_from(&like.choices);
        setting.known = true;
        Self { program, setting }
    }

    /// The answer where only `kept` is known of the cells the world asks.
    fn answer(&self, facts: &mut Facts, world: &World, subject: usize, kept: &[CellKey], pathway: PathwayId) -> Answer {
        let before: Vec<(CellKey, Mask)> = world.cells().map(|cell| (cell, now(world, facts, subject, cell))).collect();
        for (cell, mask) in &before {
            let full = self.program.facts[cell.fact.0].full(self.program);
            set(self.program, facts, subject, *cell, if kept.contains(cell) { *mask } else { full });
        }
        let found = answer(&self.setting, facts, subject, pathway, world.year);
        before.iter().for_each(|(cell, mask)| set(self.program, facts, subject, *cell, *mask));
        found
    }
}

fn now(world: &World, facts: &Facts, subject: usize, cell: CellKey) -> Mask {
    let setting = world.setting;
    facts.mask_on(setting.program, cell.fact, cell.year, subject, cell.offset, setting.as_of)
}

/// Puts everything said of one subject to the test.
fn examine(world: &World, bare: &Bare, facts: &mut Facts, subject: usize, may: MayChange, seen: &mut Seen, what: &str) {
    let setting = world.setting;
    let program = setting.program;
    // dates are not told apart here: what a cell can be on the day of the law is all there is
    let cells: Vec<(CellKey, Mask)> = world.cells().map(|cell| (cell, now(world, facts, subject, cell))).collect();
    for (cell, mask) in &cells {
        set(program, facts, subject, *cell, *mask);
    }
    let state = world.state(may, |cell| now(world, facts, subject, cell));
    let most = if seen.briefly { 1 } else { 4 };
    seen.agencies += 1;
    seen.open += usize::from(state.is_open());
    for (at, asked) in world.pathways().iter().enumerate() {
        let of = Of::Pathway(at);
        let found = answer(setting, facts, subject, asked.pathway, world.year);
        let wanted = match found {
            Answer::Eligible => Some(true),
            Answer::Undetermined => None,
            _ => Some(false),
        };
        assert_eq!(world.answer(&state, of), wanted, "{what}");
        for to in [true, false].into_iter().filter(|to| wanted != Some(*to)) {
            flips(world, facts, &state, subject, at, to, seen, what);
        }
        let Some(answered) = wanted.filter(|answer| *answer || !seen.briefly) else { continue };
        let Some(enough) = world.enough(&state, of, answered, most) else { continue };
        assert!(enough.count >= enough.sets.len() as u64);
        if enough.published && seen.made_up {
            continue;
        }
        for kept in &enough.sets {
            // where something published stands in, the rules as they are; else as functions of their cells
            let as_they_are = Bare { program, setting: setting.clone() };
            let bare = if enough.published { &as_they_are } else { bare };
            let all = bare.answer(facts, world, subject, kept, asked.pathway);
            let same = |answer: Answer| (answer == Answer::Eligible) == answered && answer != Answer::Undetermined;
            assert!(same(all), "not enough: {kept:?} gives {all:?}\n{what}");
            // without a fact, something published that did not count before can stand in for it
            for out in kept.iter().filter(|_| !enough.published) {
                let rest: Vec<CellKey> = kept.iter().copied().filter(|cell| cell != out).collect();
                let without = bare.answer(facts, world, subject, &rest, asked.pathway);
                assert_eq!(without, Answer::Undetermined, "{out:?} can be left out of {kept:?}\n{what}");
            }
            seen.sets += 1;
            seen.published += usize::from(enough.published);
        }
    }
}

#[allow(clippy::too_many_arguments, reason = "one answer and all it rests on")]
fn flips(world: &World, facts: &mut Facts, state: &State, subject: usize, at: usize, to: bool, seen: &mut Seen, what: &str) {
    let program = world.setting.program;
    let pathway = world.pathways()[at].pathway;
    let is_so = |facts: &Facts| match answer(world.setting, facts, subject, pathway, world.year) {
        Answer::Undetermined => false,
        answer => (answer == Answer::Eligible) == to,
    };
    let with = |facts: &mut Facts, changes: &[Change]| {
        changes.iter().for_each(|change| set(program, facts, subject, change.cell, 1 << change.to));
        let found = is_so(facts);
        changes.iter().for_each(|change| set(program, facts, subject, change.cell, change.from));
        found
    };
    match world.flip(state, Of::Pathway(at), to, if seen.briefly { 1 } else { 4 }) {
        Flip::Already => panic!("the answer is another\n{what}"),
        Flip::TooLarge => panic!("too large\n{what}"),
        Flip::By(changes) => {
            assert!(changes.count >= changes.sets.len() as u64 && !changes.sets.is_empty());
            for set in &changes.sets {
                assert_eq!(set.len(), changes.facts as usize);
                assert!(with(facts, set), "{set:?} does not make it {to}\n{what}");
                // every change of it is needed
                for out in set {
                    let rest: Vec<Change> = set.iter().filter(|change| *change != out).cloned().collect();
                    assert!(rest.is_empty() || !with(facts, &rest), "{out:?} can be left out of {set:?}\n{what}");
                }
                seen.flips += 1;
            }
            if changes.steps > 1 && !seen.briefly {
                for change in single(world, state) {
                    assert!(!with(facts, std::slice::from_ref(&change)), "{change:?} alone makes it {to}\n{what}");
                }
            }
        }
        Flip::Never if seen.briefly => seen.nevers += 1,
        Flip::Never => {
            let one: Vec<Change> = single(world, state);
            for skip in 1..12usize {
                // many changes at once, one for each cell
                let mut some: Vec<Change> =
                    one.iter().enumerate().filter(|(at, _)| (at * 7 + skip) % 5 < 2).map(|(_, one)| one.clone()).collect();
                some.dedup_by_key(|change| change.cell);
                assert!(!with(facts, &some), "{some:?} makes it {to}\n{what}");
            }
            seen.nevers += 1;
        }
    }
}

/// Every change of one fact by one step.
fn single(world: &World, state: &State) -> Vec<Change> {
    let program = world.setting.program;
    let mut out = Vec::new();
    for (cell, from, reach) in state.changeable(world) {
        let fact = &program.facts[cell.fact.0];
        let absent = fact.absent_bit(program);
        let scale = matches!(fact.kind, ValueKind::Values { scale: Some(_), .. });
        if matches!(fact.kind, ValueKind::Code(_)) || (from & !absent == 0 && (scale || matches!(fact.kind, ValueKind::Number { .. }))) {
            continue;
        }
        for to in 0..fact.n_values(program) {
            let near = !scale || (from & !absent & (1 << to | 1 << (to + 1) | if to > 0 { 1 << (to - 1) } else { 0 })) != 0;
            if near && from != 1 << to && reach & (1 << to) != 0 {
                out.push(Change { cell, from, to });
            }
        }
    }
    out
}

#[test]
fn generated_policies_and_data() {
    let mut runner = TestRunner::new(Config { cases: 150, failure_persistence: None, max_shrink_iters: 100, ..Config::default() });
    let strategy = (prop::collection::vec(shape(4, 24), 6), any::<u64>(), any::<bool>(), 2021i32..2025);
    let seen = std::cell::RefCell::new(Seen { made_up: true, ..Seen::default() });
    let result = runner.run(&strategy, |(shapes, seed, second, year)| {
        let text = policy(&shapes);
        let mut sources = Sources::default();
        sources.add("test.enact", text.clone());
        let library = Library::new(sources);
        let program = library.program.as_ref().unwrap();
        let mut setting = Setting::new(program, "2024-12-01".parse().unwrap());
        setting.choices[0] = usize::from(second);
        let mut facts = data(program, 6, seed, seed % 3 == 0);
        let pathways: Vec<PathwayId> = (0..program.pathways.len()).map(PathwayId).collect();
        let bare = without_published(program);
        let bare = Bare::new(&bare, &setting);
        let weigh = if seed % 2 == 0 { Weigh::Steps } else { Weigh::Facts };
        let may = MayChange { weigh, year: (seed % 5 < 2).then_some(year), no_acts: seed % 7 == 0 };
        for kind in 0..2 {
            let world = World::new(&setting, kind, year, &pathways);
            for subject in (0..6).filter(|subject| facts.subjects()[*subject].kind == kind).collect::<Vec<_>>() {
                examine(&world, &bare, &mut facts, subject, may, &mut seen.borrow_mut(), &text);
            }
        }
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let seen = seen.into_inner();
    assert!(seen.sets > 300 && seen.flips > 300 && seen.nevers > 20 && seen.open > 100, "too little was put to the test: {seen:?}");
}

const PATHWAYS: [&str; 4] = ["differentiated_assistance", "geolead_assistance", "direct_technical_assistance", "charter_direct_assistance"];

fn pathways(program: &Program) -> Vec<PathwayId> {
    PATHWAYS.iter().map(|name| PathwayId(program.pathways.iter().position(|pathway| pathway.named.name == *name).unwrap())).collect()
}

/// Every agency in the data of these years, each on one of several threads.
fn everybody(years: &[i32]) -> Seen {
    let program = program();
    let pathways = &pathways(program);
    let without = &without_published(program);
    let next = AtomicUsize::new(0);
    let work = || {
        // facts are changed while they are looked at, so each thread has its own
        let mut loaded = facts(|_| true);
        let mut seen = Seen { briefly: true, ..Seen::default() };
        let mut known = HashSet::new();
        let mut dealt = 0;
        let mut mine = next.fetch_add(1, Ordering::Relaxed);
        for year in years {
            let setting = Setting::new(program, program.period.year(*year).unwrap().on);
            let bare = Bare::new(without, &setting);
            let may = MayChange { year: Some(*year), ..MayChange::default() };
            let kinds = 0..program.subject.kinds.len();
            let worlds: Vec<World> = kinds.map(|kind| World::new(&setting, kind, *year, pathways)).collect();
            for subject in loaded.facts.listed(*year) {
                let info = &loaded.facts.subjects()[subject];
                let world = &worlds[info.kind];
                if dealt == mine {
                    let what = format!("{} in {year}", info.name);
                    let masks: Vec<Mask> = world.cells().map(|cell| now(world, &loaded.facts, subject, cell)).collect();
                    if known.insert((*year, info.kind, masks)) {
                        examine(world, &bare, &mut loaded.facts, subject, may, &mut seen, &what);
                    } else {
                        seen.alike += 1;
                    }
                    mine = next.fetch_add(1, Ordering::Relaxed);
                }
                dealt += 1;
            }
        }
        seen
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let all: Vec<Seen> = std::thread::scope(|scope| {
        let working: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        working.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    all.into_iter().fold(Seen::default(), |sum, own| Seen {
        agencies: sum.agencies + own.agencies,
        alike: sum.alike + own.alike,
        sets: sum.sets + own.sets,
        published: sum.published + own.published,
        flips: sum.flips + own.flips,
        nevers: sum.nevers + own.nevers,
        open: sum.open + own.open,
        ..sum
    })
}

#[test]
fn every_agency_of_every_year() {
    let seen = everybody(&[2018, 2019, 2022, 2023, 2024]);
    assert!(seen.agencies + seen.alike > 5000 && seen.sets > 1000 && seen.flips > 2000, "too little was put to the test: {seen:?}");
}

#[test]
fn real_agencies() {
    let program = program();
    let mut loaded = facts(|_| true);
    let bare = without_published(program);
    let mut seen = Seen::default();
    let pathways = pathways(program);
    for year in [2018, 2019, 2022, 2023, 2024] {
        let setting = Setting::new(program, program.period.year(year).unwrap().on);
        let bare = Bare::new(&bare, &setting);
        let may = MayChange { year: Some(year), ..MayChange::default() };
        let listed = loaded.facts.listed(year);
        for kind in 0..program.subject.kinds.len() {
            let world = World::new(&setting, kind, year, &pathways);
            let mut subjects = listed.clone();
            subjects.retain(|subject| loaded.facts.subjects()[*subject].kind == kind);
            // those of one county, whose indicator files are at hand, and some of the others
            let local = |subject: &usize| loaded.facts.subjects()[*subject].key.starts_with("27");
            let (near, far): (Vec<usize>, Vec<usize>) = subjects.into_iter().partition(local);
            for subject in near.into_iter().step_by(4).chain(far.into_iter().step_by(199)) {
                let what = format!("{} in {year}", loaded.facts.subjects()[subject].name);
                examine(&world, &bare, &mut loaded.facts, subject, may, &mut seen, &what);
            }
        }
    }
    assert!(seen.sets > 100 && seen.published > 20 && seen.flips > 200 && seen.nevers > 100, "too little was put to the test: {seen:?}");
}
