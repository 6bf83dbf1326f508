//! The reference evaluator: a plain walk over the typed tree, for one subject.
//!
//! Every answer is a [`Node`] over the subject's open cells, so it is exact: *yes* or *no* if every completion of the
//! open cells agrees, otherwise undetermined, with exactly the cells that could still change it. The walk can record
//! a [`Step`] per clause, item, member and year; explanations are made from those and nothing else.

mod determine;
pub mod diagram;
pub(crate) mod free;
mod place;
mod setting;
mod trace;

pub use determine::{Answer, Carried, Carries, Determination, Finding, Shape, carried};
pub(crate) use setting::OpenedClause;
pub use setting::Setting;
pub use trace::{At, Doing, Judged, Step, StepId, Trace};

use crate::facts::Facts;
use crate::program::*;
use crate::syntax::ast::HowMany;
use diagram::{Diagram, Node, Rank};
use free::Free;
use place::{Members, Place};
use rustc_hash::FxHashMap;

/// A cell of one subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct CellKey {
    /// The fact.
    pub fact: FactId,
    /// The year, 0 for facts without years.
    pub year: i32,
    /// Position within the fact's stride.
    pub offset: usize,
}

/// On what a clause's answer rests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Its rule.
    Rule,
    /// An exception that applies.
    Exception(ClauseId),
    /// A published determination, because the facts leave the rule open.
    Recorded,
    /// It does not concern this kind of subject.
    NotForKind,
    /// It starts in a later year.
    NotYet,
    /// The year is suspended.
    Suspended,
    /// The member does not exist in this year.
    NoSuchMember,
    /// No version of the text covers the year.
    NoVersion,
}

/// A published determination that the facts contradict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contradiction {
    /// The clause.
    pub clause: ClauseId,
    /// For which members.
    pub members: Vec<(CategoryId, usize)>,
    /// In which year.
    pub year: i32,
    /// What the facts say.
    pub computed: bool,
}

/// A clause with a year in one number, and the members of the clause's categories in another.
type Asked = (u64, u64);

/// Evaluates clauses for one subject.
pub struct Evaluator<'a> {
    /// What holds for the run.
    pub setting: &'a Setting<'a>,
    /// The data.
    pub facts: &'a Facts,
    /// Index of the subject.
    pub subject: usize,
    /// Answers so far.
    pub diagram: Diagram,
    /// Contradictions met.
    pub contradictions: Vec<Contradiction>,
    /// Beyond so many nodes a condition is left open; see [`Setting::max_nodes`].
    pub max_nodes: usize,
    /// What is taken to be any, and whether these are the changed rules of two that are compared.
    pub(crate) free: Option<(&'a Free, bool)>,
    kind: u64,
    tracing: bool,
    /// The steps, if they are kept.
    trace: Trace<'a>,
    /// Answers that wait for the step they are parts of.
    waiting: Waiting,
    clauses: FxHashMap<Asked, Judged>,
    values: FxHashMap<Asked, Vec<Node>>,
    cells: FxHashMap<Rank, CellKey>,
    given_up: u64,
    /// By text, the year it was last cited for, and the version then in force: years mostly stay the same for a while.
    in_force: Vec<Option<(i32, Option<usize>)>>,
}

/// Answers by their nodes and by their steps, side by side.
#[derive(Default)]
struct Waiting {
    nodes: Vec<Node>,
    steps: Vec<StepId>,
}

impl Waiting {
    fn push(&mut self, judged: Judged) {
        self.nodes.push(judged.node);
        self.steps.push(judged.step);
    }

    fn truncate(&mut self, len: usize) {
        self.nodes.truncate(len);
        self.steps.truncate(len);
    }
}

/// Parts of a step, in the order of the text.
#[derive(Clone, Copy)]
enum Parts {
    None,
    One(Judged),
    /// All that wait from this place on.
    From(usize),
}

impl<'a> Evaluator<'a> {
    /// Ready to evaluate; `tracing` keeps the steps.
    pub fn new(setting: &'a Setting<'a>, facts: &'a Facts, subject: usize, tracing: bool) -> Self {
        Self {
            setting,
            facts,
            subject,
            diagram: Diagram::default(),
            contradictions: Vec::new(),
            max_nodes: setting.max_nodes,
            free: None,
            kind: 1 << facts.subjects()[subject].kind,
            tracing,
            trace: if tracing { Trace::with_room() } else { Trace::default() },
            waiting: Waiting::default(),
            clauses: FxHashMap::with_capacity_and_hasher(if tracing { 2048 } else { 0 }, Default::default()),
            values: FxHashMap::default(),
            cells: FxHashMap::default(),
            given_up: 0,
            in_force: vec![None; setting.program.texts.len()],
        }
    }

    fn program(&self) -> &'a Program {
        self.setting.program
    }

    /// An answer that nothing settles, in place of one that would take too many nodes. Each stands for itself, so
    /// that no two of them agree or cancel out.
    fn given_up(&mut self) -> Node {
        self.given_up += 1;
        self.diagram.test(Rank::MAX - self.given_up, 0b11, 0b01)
    }

    /// The cells whose value could still change an answer.
    pub fn open_cells(&self, node: Node) -> Vec<CellKey> {
        let mut cells: Vec<CellKey> = self.diagram.support(node).into_iter().filter_map(|rank| self.cells.get(&rank).copied()).collect();
        cells.sort();
        cells
    }

    /// The open cell that is asked at this place of a diagram.
    pub fn cell_at(&self, rank: Rank) -> Option<CellKey> {
        self.cells.get(&rank).copied()
    }

    /// Evaluates a referenced clause in `year`.
    pub fn cite(&mut self, cite: &'a Cite, year: i32) -> Judged {
        self.cited(cite, &Place::of(year))
    }

    /// Evaluates a referenced clause with one more member in hand.
    pub fn cite_for(&mut self, cite: &'a Cite, category: CategoryId, member: usize, year: i32) -> Judged {
        self.cited(cite, &Place { year, members: &[(category, member)], outer: None })
    }

    /// Evaluates a clause of a version in force, stated for the subject itself.
    pub fn clause(&mut self, clause: ClauseId, year: i32) -> Judged {
        self.clause_at(clause, &Place::of(year))
    }

    /// The value of a referenced clause: a node per value of its scale.
    pub fn cite_value(&mut self, cite: &'a Cite, year: i32) -> Vec<Node> {
        self.cited_value(cite, &Place::of(year))
    }

    /// Evaluates one clause for these members, whichever version is in force.
    pub(crate) fn clause_for(&mut self, clause: ClauseId, year: i32, members: &[(CategoryId, usize)]) -> Node {
        self.clause_at(clause, &Place { year, members, outer: None }).node
    }

    /// The value of one clause for these members: a node per value of its scale.
    pub(crate) fn value_for(&mut self, clause: ClauseId, year: i32, members: &[(CategoryId, usize)]) -> Vec<Node> {
        self.clause_value(clause, &Place { year, members, outer: None })
    }

    /// Evaluates a condition as it stands in `year`, with `members` in hand.
    pub fn condition(&mut self, cond: &'a Cond, year: i32, members: &[(CategoryId, usize)]) -> Node {
        self.cond(cond, &Place { year, members, outer: None }).node
    }

    fn cited_clause(&mut self, cite: &Cite, year: i32) -> Option<ClauseId> {
        let text = &self.program().texts[cite.text.0];
        let version = match self.in_force[cite.text.0] {
            Some((known, version)) if known == year => version,
            _ => {
                let version = text.version(self.setting.as_of, year);
                self.in_force[cite.text.0] = Some((year, version));
                version
            }
        };
        text.versions[version?].clauses[cite.label]
    }

    fn cited(&mut self, cite: &'a Cite, place: &Place) -> Judged {
        match self.cited_clause(cite, place.year) {
            Some(clause) if cite.members.is_empty() => self.clause_at(clause, place),
            Some(clause) => self.clause_at(clause, &place.with(&cite.members)),
            None => self.step(Doing::NoVersion(cite.text, cite.label), Node::NO, place.year, None, Parts::None),
        }
    }

    /// The steps so far.
    pub fn trace(&self) -> &Trace<'a> {
        &self.trace
    }

    /// The value clauses judged so far: a node per value of the scale of each.
    pub fn judged_values(&self) -> impl Iterator<Item = (ClauseId, &[Node])> {
        self.values.iter().map(|((clause, _), nodes)| (ClauseId((clause >> 32) as usize), nodes.as_slice()))
    }

    /// The steps so far; none are left.
    pub fn take_trace(&mut self) -> Trace<'a> {
        self.clauses.clear();
        std::mem::take(&mut self.trace)
    }

    #[inline(always)]
    fn step(&mut self, doing: Doing<'a>, node: Node, year: i32, cond: Option<&'a Cond>, because: Parts) -> Judged {
        self.step_for(doing, &[], node, year, cond, because)
    }

    #[inline(always)]
    fn step_for(
        &mut self,
        doing: Doing<'a>,
        members: &[(CategoryId, usize)],
        node: Node,
        year: i32,
        cond: Option<&'a Cond>,
        because: Parts,
    ) -> Judged {
        let step = if self.tracing {
            match because {
                Parts::None => self.trace.add(doing, node, year, cond, &[], members),
                Parts::One(one) => self.trace.add(doing, node, year, cond, &[one.step], members),
                Parts::From(first) => self.trace.add(doing, node, year, cond, &self.waiting.steps[first..], members),
            }
        } else {
            StepId::NONE
        };
        if let Parts::From(first) = because {
            self.waiting.truncate(first);
        }
        Judged { node, step }
    }

    fn silent(&self, clause: &Clause, place: &Place) -> Option<Basis> {
        self.setting.silent(clause, self.kind, place.year, |category| place.member(category))
    }

    /// The members a clause is stated for, of those in hand, are put into `own`: only these tell one evaluation from another.
    /// `None` where there are more than a number can tell apart: then the clause is evaluated again each time.
    fn asked(&self, id: ClauseId, place: &Place, own: &mut Members) -> Option<Asked> {
        const BITS: u32 = 16;
        let params = &self.program().clauses[id.0].params;
        let mut fits = params.len() <= (u64::BITS / BITS) as usize;
        let mut number = 0u64;
        for category in params {
            number <<= BITS;
            if let Some(member) = place.member(*category) {
                own.push((*category, member));
                fits &= member + 1 < 1 << BITS;
                number |= member as u64 + 1;
            }
        }
        fits.then_some(((id.0 as u64) << 32 | u64::from(place.year as u32), number))
    }

    fn clause_at(&mut self, id: ClauseId, place: &Place) -> Judged {
        let mut members = Members::none();
        let asked = self.asked(id, place, &mut members);
        if let Some(found) = asked.and_then(|asked| self.clauses.get(&asked)) {
            return *found;
        }
        let program = self.program();
        let clause = &program.clauses[id.0];
        let members = members.as_slice();
        let year = place.year;
        let place = &Place { year, members, outer: None };
        let step = if let Some(basis) = self.silent(clause, place) {
            self.step_for(Doing::Clause(id, basis), members, Node::NO, year, None, Parts::None)
        } else if let Some(any) = self.any_answer(id, *place) {
            self.step_for(Doing::Clause(id, Basis::Rule), members, any, year, None, Parts::None)
        } else {
            let rule = self.cond(&clause.when, place);
            let mut node = rule.node;
            let because = self.waiting.nodes.len();
            self.waiting.push(rule);
            let mut basis = Basis::Rule;
            for exception in self.setting.exceptions_in_force(id, year) {
                let own = &program.clauses[exception.0];
                if self.silent(own, place).is_some() {
                    continue;
                }
                let applies = own.applies.as_ref().map_or(Node::YES, |applies| self.cond(applies, place).node);
                let instead = self.cond(&own.when, place);
                if applies == Node::NO {
                    continue;
                }
                node = self.diagram.choose(applies, instead.node, node);
                let doing = Doing::Clause(exception, Basis::Rule);
                let whole = self.step_for(doing, members, instead.node, place.year, None, Parts::One(instead));
                if applies == Node::YES {
                    basis = Basis::Exception(exception);
                    self.waiting.truncate(because);
                }
                self.waiting.push(whole);
            }
            if self.free.is_some() {
                node = self.any_published(id, node, *place);
            } else if let Some(recorded) = &clause.recorded {
                let holds = recorded.only_if.as_ref().is_none_or(|only_if| self.cond(only_if, place).node == Node::YES);
                let by = self.cond(&recorded.by, place);
                if holds {
                    match (node.settled(), by.node.settled()) {
                        (None, Some(_)) => {
                            node = by.node;
                            self.waiting.truncate(because);
                            self.waiting.push(by);
                            basis = Basis::Recorded;
                        }
                        (Some(computed), Some(published)) if computed != published => {
                            self.contradictions.push(Contradiction { clause: id, members: members.to_vec(), year: place.year, computed });
                        }
                        _ => {}
                    }
                }
            }
            self.step_for(Doing::Clause(id, basis), members, node, year, None, Parts::From(because))
        };
        if let Some(asked) = asked {
            self.clauses.insert(asked, step);
        }
        step
    }

    /// Leaves the answers waiting, from the place on that is given back.
    fn conds(&mut self, conds: &'a [Cond], place: &Place) -> usize {
        let first = self.waiting.nodes.len();
        for cond in conds {
            let judged = self.cond(cond, place);
            self.waiting.push(judged);
        }
        first
    }

    fn cond(&mut self, cond: &'a Cond, place: &Place) -> Judged {
        if self.diagram.len() > self.max_nodes && !self.too_few_years(cond, place) {
            let node = self.given_up();
            return self.step(Doing::Cond(cond), node, place.year, Some(cond), Parts::None);
        }
        let (node, because) = match &cond.kind {
            CondKind::Const(answer) => (Node::from(*answer), Parts::None),
            CondKind::SubjectIs(kinds) => (Node::from(kinds & self.kind != 0), Parts::None),
            CondKind::All(items) => {
                let first = self.conds(items, place);
                (self.diagram.all(self.waiting.nodes[first..].iter().copied()), Parts::From(first))
            }
            CondKind::Any(items) => {
                let first = self.conds(items, place);
                (self.diagram.any(self.waiting.nodes[first..].iter().copied()), Parts::From(first))
            }
            CondKind::NoneOf(items) => {
                let first = self.conds(items, place);
                let any = self.diagram.any(self.waiting.nodes[first..].iter().copied());
                (self.diagram.not(any), Parts::From(first))
            }
            CondKind::AtLeastOf(n, items) => {
                let first = self.conds(items, place);
                (self.diagram.at_least(*n as usize, &self.waiting.nodes[first..]), Parts::From(first))
            }
            CondKind::Count(count) => self.count(count, place),
            CondKind::Window(window) => self.window(window, place),
            CondKind::ByMember(category, arms, arm_of) => match place.member(*category) {
                Some(member) => {
                    let arm = self.cond(&arms[arm_of[member]], place);
                    (arm.node, Parts::One(arm))
                }
                None => (Node::NO, Parts::None),
            },
            CondKind::ByChoice(choice, arms) => {
                let arm = self.cond(&arms[self.setting.choices[choice.0]], place);
                (arm.node, Parts::One(arm))
            }
            CondKind::Cite(cite, negated) => {
                let step = self.cited(cite, place);
                let node = if *negated { self.diagram.not(step.node) } else { step.node };
                (node, Parts::One(step))
            }
            CondKind::CiteValue(cite, mask) => {
                let values = self.cited_value(cite, place);
                let node = diagram::bits(*mask).fold(Node::NO, |any, bit| self.diagram.or(any, values[bit as usize]));
                (node, Parts::None)
            }
            CondKind::Test(test) => return self.test(cond, test, place),
            // values are never asked for a yes or no; the checker keeps them apart
            CondKind::Bracket(..) | CondKind::Grid(_) => (Node::NO, Parts::None),
        };
        self.step(Doing::Cond(cond), node, place.year, Some(cond), because)
    }

    /// A window with fewer years than it needs is settled whatever these years bring.
    fn too_few_years(&self, cond: &Cond, place: &Place) -> bool {
        let CondKind::Window(window) = &cond.kind else { return false };
        let (needed, years) = self.setting.window_years(window, place.year);
        years.len() < needed
    }

    fn count(&mut self, count: &'a Count, place: &Place) -> (Node, Parts) {
        let category = &self.program().categories[count.category.0];
        let first = self.waiting.nodes.len();
        for member in category.in_year(place.year) {
            let body = self.cond(&count.body, &place.with(&[(count.category, member)]));
            let step = self.step(Doing::Member(count.category, member), body.node, place.year, None, Parts::One(body));
            self.waiting.push(step);
        }
        let nodes = &self.waiting.nodes[first..];
        let n = nodes.len();
        let node = match count.how {
            HowMany::AtLeast(k) => self.diagram.at_least(k as usize, nodes),
            HowMany::Some => self.diagram.at_least(1, nodes),
            HowMany::AtMost(k) => {
                let more = self.diagram.at_least(k as usize + 1, nodes);
                self.diagram.not(more)
            }
            HowMany::No => {
                let any = self.diagram.at_least(1, nodes);
                self.diagram.not(any)
            }
            HowMany::Exactly(k) => {
                let enough = self.diagram.at_least(k as usize, nodes);
                let more = self.diagram.at_least(k as usize + 1, nodes);
                let not_more = self.diagram.not(more);
                self.diagram.and(enough, not_more)
            }
            HowMany::Every if n == 0 => Node::from(count.if_none),
            HowMany::Every => self.diagram.all(nodes.iter().copied()),
        };
        let Some((fewer, under)) = &count.or_all else { return (node, Parts::From(first)) };
        let counted: Vec<Node> = match under {
            None => vec![Node::YES; n],
            Some(cite) => {
                category.in_year(place.year).map(|member| self.cited(cite, &place.with(&[(count.category, member)])).node).collect()
            }
        };
        let enough = self.diagram.at_least(*fewer as usize, &counted);
        let too_few = self.diagram.not(enough);
        if too_few == Node::NO || node == Node::YES {
            return (node, Parts::From(first));
        }
        let mut branch = vec![too_few];
        for (counts, meets) in counted.iter().zip(&self.waiting.nodes[first..]) {
            let not = self.diagram.not(*counts);
            branch.push(self.diagram.or(not, *meets));
        }
        if !count.if_none {
            branch.push(self.diagram.at_least(1, &counted));
        }
        let branch = self.diagram.all(branch);
        (self.diagram.or(node, branch), Parts::From(first))
    }

    fn window(&mut self, window: &'a Window, place: &Place) -> (Node, Parts) {
        let (needed, years) = self.setting.window_years(window, place.year);
        let first = self.waiting.nodes.len();
        for year in years {
            let place = Place { year, ..*place };
            let body = self.cond(&window.body, &place);
            // what was given up is not a year without data
            let without_data = body.node.settled().is_none() && self.given_up == 0 && !self.setting.known;
            let node = if window.unsettled_is_no && without_data { Node::NO } else { body.node };
            let node = if window.unsettled_is_no { self.any_year(&window.body, node, place) } else { node };
            let step = self.step(Doing::Year, node, year, None, Parts::One(body));
            self.waiting.push(step);
        }
        (self.diagram.at_least(needed, &self.waiting.nodes[first..]), Parts::From(first))
    }

    fn cell_for(&self, fact: FactId, args: &[Arg], place: &Place) -> Option<(CellKey, Mask)> {
        let key = self.setting.cell_key(fact, args, place.year, |category| place.member(category))?;
        let possible = self.facts.mask_on(self.program(), fact, key.year, self.subject, key.offset, self.setting.as_of);
        Some((key, possible))
    }

    fn rank(&mut self, key: CellKey) -> Rank {
        let rank = self.setting.rank(key);
        self.cells.insert(rank, key);
        rank
    }

    fn test(&mut self, cond: &'a Cond, test: &'a Test, place: &Place) -> Judged {
        let Some((key, possible)) = self.cell_for(test.fact, &test.args, place) else {
            return self.step(Doing::Cond(cond), Node::NO, place.year, Some(cond), Parts::None);
        };
        let mask = match &test.mask {
            TestMask::Fixed(mask) => *mask,
            TestMask::ByMember(category, masks) => place.member(*category).map_or(0, |member| masks[member]),
        };
        let node = if possible & mask == 0 {
            Node::NO
        } else if possible & !mask == 0 {
            Node::YES
        } else {
            let rank = self.rank(key);
            self.diagram.test(rank, possible, mask)
        };
        self.step(Doing::Test(test, key), node, place.year, Some(cond), Parts::None)
    }

    fn cited_value(&mut self, cite: &'a Cite, place: &Place) -> Vec<Node> {
        match self.cited_clause(cite, place.year) {
            Some(clause) => self.clause_value(clause, &place.with(&cite.members)),
            None => vec![Node::NO; 128],
        }
    }

    fn clause_value(&mut self, id: ClauseId, place: &Place) -> Vec<Node> {
        let program = self.program();
        let clause = &program.clauses[id.0];
        let n = clause.value.map_or(0, |scale| program.scales[scale.0].values.len());
        let mut members = Members::none();
        let asked = self.asked(id, place, &mut members);
        if let Some(found) = asked.and_then(|asked| self.values.get(&asked)) {
            return found.clone();
        }
        let place = &Place { year: place.year, members: members.as_slice(), outer: None };
        let mut values = vec![Node::NO; n];
        if self.silent(clause, place).is_none() {
            if let Some(any) = self.any_value(id, n, *place) {
                return any;
            }
            values = self.value(&clause.when, n, place);
            for exception in self.setting.exceptions_in_force(id, place.year) {
                let own = &program.clauses[exception.0];
                if self.silent(own, place).is_some() {
                    continue;
                }
                let applies = own.applies.as_ref().map_or(Node::YES, |applies| self.cond(applies, place).node);
                let instead = self.value(&own.when, n, place);
                for (value, instead) in values.iter_mut().zip(instead) {
                    *value = self.diagram.choose(applies, instead, *value);
                }
            }
        }
        if let Some(asked) = asked {
            self.values.insert(asked, values.clone());
        }
        values
    }

    fn value(&mut self, cond: &'a Cond, n: usize, place: &Place) -> Vec<Node> {
        let mut values = vec![Node::NO; n];
        match &cond.kind {
            CondKind::ByMember(category, arms, arm_of) => {
                if let Some(member) = place.member(*category) {
                    return self.value(&arms[arm_of[member]], n, place);
                }
            }
            CondKind::ByChoice(choice, arms) => return self.value(&arms[self.setting.choices[choice.0]], n, place),
            CondKind::Bracket(fact, args, rows) => {
                if let Some((key, possible)) = self.cell_for(*fact, args, place) {
                    let rank = self.rank(key);
                    for (mask, value) in rows {
                        let node = self.diagram.test(rank, possible, *mask);
                        values[*value] = self.diagram.or(values[*value], node);
                    }
                }
            }
            CondKind::Grid(grid) => {
                let rows = self.cited_value(&grid.rows, place);
                let columns = self.cited_value(&grid.columns, place);
                for (row, column, value) in &grid.cells {
                    let both = self.diagram.and(rows[*row], columns[*column]);
                    values[*value] = self.diagram.or(values[*value], both);
                }
            }
            _ => {}
        }
        values
    }
}
