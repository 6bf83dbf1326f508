//! The engine: a circuit, a schedule for each kind of subject, and runs over many subjects.

use super::circuit::{Circuit, Lit};
use super::columns::Planes;
use super::expand::{Asked, Check, Expanded, Question, expand};
use super::plane::{BLOCK, Plane, WORDS};
use super::rows::Short;
use super::run::Slots;
use super::schedule::Schedule;
use super::settle::{At, Modules, Settler};
use super::tally::Tally;
use super::trail::{Trail, TrailKind};
use crate::eval::diagram::Node;
use crate::eval::{Answer, Carried, Carries, CellKey, Setting, Shape, carried};
use crate::facts::Facts;
use crate::program::*;
use crate::threads::{each, over_threads};
use std::cell::RefCell;
use std::sync::OnceLock;

/// Rules ready to run over many subjects, for one day, one year and some pathways or clauses.
#[derive(Debug)]
pub struct Engine<'a> {
    pub(super) setting: &'a Setting<'a>,
    pub(super) circuit: Circuit,
    pub(super) kinds: Vec<Plan<'a>>,
}

#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub expanded: Expanded<'a>,
    pub schedule: Schedule,
    /// Made when the first subject turns out to be open.
    modules: OnceLock<Modules>,
    /// For each category, made when rows are asked for.
    short: Vec<OnceLock<Short>>,
}

impl<'a> Plan<'a> {
    pub fn new(setting: &Setting, circuit: &Circuit, expanded: Expanded<'a>) -> Self {
        let schedule = Schedule::new(circuit, &expanded);
        let short = setting.program.categories.iter().map(|_| OnceLock::new()).collect();
        Self { expanded, schedule, modules: OnceLock::new(), short }
    }

    pub fn short(&self, engine: &Engine, category: CategoryId) -> &Short {
        self.short[category.0].get_or_init(|| Short::new(engine, self, category))
    }

    fn modules(&self, setting: &Setting, circuit: &Circuit) -> &Modules {
        self.modules.get_or_init(|| {
            let mut roots = self.expanded.clauses.clone();
            for asked in &self.expanded.pathways {
                roots.push(asked.any);
                for giving in &asked.giving {
                    roots.push(giving.trail.lit);
                    roots.extend(&giving.providers);
                }
            }
            Modules::new(setting, circuit, &self.schedule, &roots)
        })
    }
}

impl<'a> Engine<'a> {
    /// Expands what `pathways` and `questions` ask of every kind of subject in `year`.
    pub fn new(setting: &'a Setting<'a>, year: i32, pathways: &[PathwayId], questions: &[Question<'a>]) -> Self {
        let mut circuit = Circuit::default();
        let kinds: Vec<Expanded> = (0..setting.program.subject.kinds.len())
            .map(|kind| expand(&mut circuit, setting, kind, year, pathways, questions, None))
            .collect();
        let kinds = kinds
            .into_iter()
            .map(|mut expanded| {
                expanded.checks.retain(|check| check.year == year);
                Plan::new(setting, &circuit, expanded)
            })
            .collect();
        Self { setting, circuit, kinds }
    }

    /// The circuit of all kinds together.
    pub fn circuit(&self) -> &Circuit {
        &self.circuit
    }

    /// Runs over `subjects` and calls `each` for every one, on `threads` threads; results come in the order of `subjects`.
    pub fn run<R: Send>(&self, facts: &Facts, subjects: &[usize], threads: usize, each: impl Fn(&Lane<'_, 'a>) -> R + Sync) -> Vec<R> {
        let loaded = self.load(facts, subjects, threads);
        let mut found = self.run_loaded(&loaded, threads, each);
        found.sort_by_key(|(at, _)| *at);
        found.into_iter().map(|(_, one)| one).collect()
    }

    /// Facts as planes, kind by kind.
    pub fn load(&self, facts: &Facts, subjects: &[usize], threads: usize) -> Loaded {
        let kinds = each(threads, self.kinds.len(), |at| {
            let plan = &self.kinds[at];
            let own = subjects.iter().enumerate().filter(|(_, subject)| facts.subjects()[**subject].kind == plan.expanded.kind);
            let (places, subjects): (Vec<usize>, Vec<usize>) = own.map(|(at, subject)| (at, *subject)).unzip();
            (places, Planes::new(self.setting, facts, &plan.schedule, &subjects))
        });
        Loaded { kinds }
    }

    /// Runs over loaded planes; results come with the place of their subject.
    pub fn run_loaded<R: Send>(&self, loaded: &Loaded, threads: usize, each: impl Fn(&Lane<'_, 'a>) -> R + Sync) -> Vec<(usize, R)> {
        self.blocks(loaded, threads, |block, out| {
            for at in 0..block.len() {
                out.push((block.places[at], each(&block.lane(at))));
            }
        })
    }

    /// Runs over loaded planes block by block.
    pub fn blocks<R: Send>(&self, loaded: &Loaded, threads: usize, each: impl Fn(&Block<'_, 'a>, &mut Vec<R>) + Sync) -> Vec<R> {
        let work = loaded.work();
        over_threads(threads, work.len(), |next| {
            let mut slots = Slots::default();
            let settler = RefCell::new(Settler::default());
            let mut out = Vec::new();
            while let Some(at) = next() {
                let (kind, block) = work[at];
                self.block(loaded, kind, block, &mut slots, &settler, |block| each(block, &mut out));
            }
            out
        })
    }

    pub(super) fn block(
        &self,
        loaded: &Loaded,
        kind: usize,
        block: usize,
        slots: &mut Slots,
        settler: &RefCell<Settler>,
        each: impl FnOnce(&Block<'_, 'a>),
    ) {
        let (plan, (places, planes)) = (&self.kinds[kind], &loaded.kinds[kind]);
        let (input, subjects) = planes.block(block);
        slots.run(&plan.schedule, input);
        let places = &places[block * BLOCK..][..subjects.len()];
        each(&Block { engine: self, plan, slots, input, settler, subjects, places });
    }
}

/// The answers of up to 256 subjects of one kind.
pub struct Block<'r, 'a> {
    engine: &'r Engine<'a>,
    plan: &'r Plan<'a>,
    slots: &'r Slots,
    input: &'r [Plane],
    settler: &'r RefCell<Settler>,
    subjects: &'r [usize],
    places: &'r [usize],
}

impl<'r, 'a> Block<'r, 'a> {
    /// How many subjects it holds.
    pub fn len(&self) -> usize {
        self.subjects.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.subjects.is_empty()
    }

    /// Index of the kind of its subjects.
    pub(super) fn kind(&self) -> usize {
        self.plan.expanded.kind
    }

    /// How many subjects answer yes, no, and are left open by planes, where `guard` can hold.
    pub(super) fn tally(&self, lit: Lit, guard: Lit) -> Tally {
        let planes = |lit: Lit| {
            let slot = self.plan.schedule.slot(lit).0 as usize;
            (&self.slots.planes[slot], &self.slots.planes[slot ^ 1])
        };
        let ((yes, no), (guarded, _)) = (planes(lit), planes(guard));
        let mut tally = Tally::default();
        for word in 0..WORDS {
            let own = match self.subjects.len().saturating_sub(word * 64) {
                0 => 0,
                n if n < 64 => (1 << n) - 1,
                _ => !0,
            };
            let own = own & guarded[word];
            tally.yes += u64::from((yes[word] & !no[word] & own).count_ones());
            tally.no += u64::from((no[word] & !yes[word] & own).count_ones());
            tally.open += u64::from((yes[word] & no[word] & own).count_ones());
        }
        tally
    }

    /// One subject of the block.
    pub fn lane(&self, at: usize) -> Lane<'r, 'a> {
        let (word, bit) = (at / 64, at % 64);
        let Block { engine, plan, slots, input, settler, .. } = *self;
        let doubt = slots.doubt[word] >> bit & 1 == 1;
        Lane { engine, plan, slots, input, settler, subject: self.subjects[at], word, bit, plain: !doubt }
    }

    /// Subjects for which some pathway is not surely denied.
    pub fn listed(&self) -> impl Iterator<Item = Lane<'r, 'a>> + '_ {
        let mut words = self.slots.doubt;
        for asked in &self.plan.expanded.pathways {
            words |= self.slots.planes[self.plan.schedule.slot(asked.any).0 as usize];
        }
        let n = self.subjects.len();
        (0..WORDS).flat_map(move |word| {
            let bits = crate::eval::diagram::bits(words[word].into());
            bits.map(move |bit| word * 64 + bit as usize).filter(move |at| *at < n).map(|at| self.lane(at))
        })
    }
}

/// Planes of all subjects of a run.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// For each kind: places in the list of subjects, and planes.
    pub(super) kinds: Vec<(Vec<usize>, Planes)>,
}

impl Loaded {
    /// Every block: its kind and its number.
    pub(super) fn work(&self) -> Vec<(usize, usize)> {
        let blocks = |(kind, planes): (usize, &Planes)| (0..planes.blocks()).map(move |block| (kind, block)).collect::<Vec<_>>();
        self.kinds.iter().enumerate().flat_map(|(kind, (_, planes))| blocks((kind, planes))).collect()
    }
}

/// One subject's answers.
#[derive(Clone, Copy)]
pub struct Lane<'r, 'a> {
    engine: &'r Engine<'a>,
    plan: &'r Plan<'a>,
    slots: &'r Slots,
    input: &'r [Plane],
    settler: &'r RefCell<Settler>,
    /// Index of the subject.
    pub subject: usize,
    word: usize,
    bit: usize,
    /// Planes settle everything that is asked.
    plain: bool,
}

impl<'r, 'a> Lane<'r, 'a> {
    fn set(&self, plane: &Plane) -> bool {
        plane[self.word] >> self.bit & 1 == 1
    }

    /// Whether planes alone settle every pathway, and everything below it.
    pub fn is_plain(&self) -> bool {
        self.plain && self.plan.expanded.pathways.iter().all(|asked| self.planes(asked.any) != (true, true))
    }

    fn planes(&self, lit: Lit) -> (bool, bool) {
        let slot = self.plan.schedule.slot(lit).0 as usize;
        (self.set(&self.slots.planes[slot]), self.set(&self.slots.planes[slot ^ 1]))
    }

    fn node(&self, lit: Lit) -> Node {
        let at = At {
            subject: self.subject,
            circuit: &self.engine.circuit,
            schedule: &self.plan.schedule,
            modules: self.plan.modules(self.engine.setting, &self.engine.circuit),
            slots: self.slots,
            input: self.input,
            word: self.word,
            bit: self.bit,
            max_nodes: self.engine.setting.max_nodes,
        };
        self.settler.borrow_mut().node(&at, lit)
    }

    /// Whether it can be yes, and whether it can be no.
    fn can(&self, lit: Lit) -> (bool, bool) {
        match self.planes(lit) {
            (true, true) if !self.plain => match self.node(lit).settled() {
                Some(answer) => (answer, !answer),
                None => (true, true),
            },
            planes => planes,
        }
    }

    fn holds(&self, lit: Lit) -> bool {
        self.can(lit) == (true, false)
    }

    /// The answer to the n-th question; `None` if the data leave it open.
    pub fn question(&self, n: usize) -> Option<bool> {
        match self.can(self.plan.expanded.clauses[n]) {
            (true, true) => None,
            (yes, _) => Some(yes),
        }
    }

    /// Every pathway.
    pub fn pathways(&self) -> impl Iterator<Item = Listed<'r, 'a>> + '_ {
        let lane = *self;
        self.plan.expanded.pathways.iter().map(move |asked| {
            let answer = match (asked.fixed, lane.can(asked.any)) {
                (Some(fixed), _) => fixed,
                (None, (true, false)) => Answer::Eligible,
                (None, (true, true)) => Answer::Undetermined,
                (None, (false, _)) => Answer::NotEligible,
            };
            Listed { lane, asked, answer }
        })
    }

    /// Published determinations that the facts contradict.
    pub fn contradictions(&self) -> impl Iterator<Item = (&'r Check, bool)> + '_ {
        self.plan.expanded.checks.iter().filter_map(|check| {
            let (rule, by) = (self.can(check.rule), self.can(check.by));
            let settled = |one: (bool, bool)| one.0 != one.1;
            (settled(rule) && settled(by) && rule != by && self.holds(check.only_if)).then_some((check, rule.0))
        })
    }
}

/// One pathway of a subject.
#[derive(Clone, Copy)]
pub struct Listed<'r, 'a> {
    lane: Lane<'r, 'a>,
    asked: &'r Asked<'a>,
    /// The answer.
    pub answer: Answer,
}

impl<'r, 'a> Listed<'r, 'a> {
    /// The pathway.
    pub fn pathway(&self) -> PathwayId {
        self.asked.pathway
    }

    /// Whether one of several clauses holds in every case, but which one depends on open cells.
    pub fn either(&self) -> bool {
        self.answer == Answer::Eligible && self.asked.giving.iter().all(|giving| !self.lane.holds(giving.trail.lit))
    }

    /// Clauses that carry a yes: those that hold; where one of several must hold but the data leave open which, all of
    /// these.
    pub fn holding(&self) -> impl Iterator<Item = Held<'r, 'a>> + '_ {
        let (lane, either) = (self.lane, self.either());
        self.asked
            .giving
            .iter()
            .filter(move |giving| if either { lane.can(giving.trail.lit).0 } else { lane.holds(giving.trail.lit) })
            .map(move |giving| Held { lane, giving })
    }

    /// Cells whose value could still change an undetermined answer.
    pub fn open(&self) -> Vec<CellKey> {
        if self.answer != Answer::Undetermined {
            return Vec::new();
        }
        let node = self.lane.node(self.asked.any);
        self.lane.settler.borrow().open_cells(node)
    }
}

/// A clause that holds.
#[derive(Clone, Copy)]
pub struct Held<'r, 'a> {
    lane: Lane<'r, 'a>,
    giving: &'r super::expand::Giving<'a>,
}

impl<'r, 'a> Held<'r, 'a> {
    /// The clause.
    pub fn clause(&self) -> ClauseId {
        self.giving.clause
    }

    /// What it gives.
    pub fn gives(&self) -> &'a Gives {
        self.giving.gives
    }

    /// Providers that can be meant.
    pub fn providers(&self) -> impl Iterator<Item = &'a Provider> + '_ {
        let lits = self.giving.providers.iter();
        self.giving.gives.providers.iter().zip(lits).filter(|(_, lit)| self.lane.can(**lit).0).map(|(provider, _)| provider)
    }

    /// The members that carry it.
    pub fn carried(&self) -> Vec<Carried> {
        carried(&Seen { lane: self.lane, trail: &self.giving.trail })
    }
}

/// A trail as one subject's answers light it.
#[derive(Clone, Copy)]
struct Seen<'r, 'a> {
    lane: Lane<'r, 'a>,
    trail: &'r Trail,
}

impl Carries for Seen<'_, '_> {
    fn shape(&self) -> Shape {
        match &self.trail.kind {
            _ if !self.lane.holds(self.trail.lit) => Shape::Nothing,
            TrailKind::Member(category, member, _) => Shape::Member(*category, *member),
            TrailKind::Year(year, _) => Shape::Year(*year),
            _ => Shape::Other,
        }
    }

    fn parts(&self, visit: &mut dyn FnMut(&Self)) {
        let mut go = |trail| visit(&Seen { lane: self.lane, trail });
        match &self.trail.kind {
            TrailKind::Bare => {}
            TrailKind::Parts(parts) => parts.iter().for_each(|part| go(part)),
            TrailKind::Member(_, _, body) | TrailKind::Year(_, body) => go(body),
            TrailKind::Clause { rule, exceptions, recorded } => {
                if let Some((before, by, only_if)) = recorded
                    && self.lane.can(*before) == (true, true)
                    && self.lane.holds(*only_if)
                    && self.lane.can(by.lit) != (true, true)
                {
                    return go(by);
                }
                // the last exception that surely applies stands for everything before it
                let from = exceptions.iter().rposition(|(applies, _)| self.lane.holds(*applies));
                if from.is_none() {
                    go(rule);
                }
                for (applies, trail) in &exceptions[from.unwrap_or(0)..] {
                    if self.lane.can(*applies).0 {
                        go(trail);
                    }
                }
            }
        }
    }
}
