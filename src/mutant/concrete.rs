//! From a difference in which clauses may answer anything to facts for which they do.
//!
//! A way through the difference asks for answers of clauses; facts that give all of them are a way through the diagram of
//! these answers together. If there are none, the answers that exclude each other are noted and another way is taken.

use super::case::{self, Question, number_in};
use super::settle::{facts_of, shows, tests_of};
use crate::eval::diagram::{Diagram, Node, Rank, bits};
use crate::eval::free::{Free, Of};
use crate::eval::{CellKey, Evaluator, Setting};
use crate::facts::Facts;
use crate::program::*;
use rustc_hash::FxHashMap;

/// No diagram of facts may be larger.
const LIMIT: usize = 300_000;

/// So many ways are tried for facts.
const MAX_WAYS: usize = 60;

/// So many ways are tried for facts some of which are not known.
const MAX_OPEN: usize = 12;

/// Of the category that is counted most, the cells of so many members are looked at first: a case for few is easier to
/// find, and to read.
const FEW: usize = 4;

/// Facts of which nothing is known, for each kind of subject.
pub(super) struct Cells {
    pub open: Vec<Facts>,
    leading: Option<CategoryId>,
}

impl Cells {
    pub fn new(program: &Program) -> Self {
        let open = (0..program.subject.kinds.len()).map(|kind| Self::of_kind(program, kind)).collect();
        let leading = program.period.years.first().and_then(|entry| Setting::new(program, entry.on).leading);
        Self { open, leading }
    }

    /// A subject of this kind of which nothing is known.
    pub fn of_kind(_: &Program, kind: usize) -> Facts {
        let mut facts = Facts::default();
        facts.subject_of_kind("1", "", kind);
        facts
    }

    /// The same, but that only these members are there.
    fn few(program: &Program, kind: usize, leading: Option<CategoryId>, is_near: &dyn Fn(usize) -> bool) -> Facts {
        let mut facts = Facts::closed();
        let subject = facts.subject_of_kind("1", "", kind);
        for (at, fact) in program.facts.iter().enumerate() {
            let lead = fact.categories.iter().position(|category| Some(*category) == leading);
            let years: Vec<i32> = if fact.yearly { program.period.years.iter().map(|entry| entry.year).collect() } else { vec![0] };
            for offset in 0..fact.stride(program) {
                if lead.is_none_or(|lead| is_near(fact.members_at(program, offset)[lead])) {
                    for year in &years {
                        facts.set(program, FactId(at), *year, subject, offset, fact.full(program), None, None);
                    }
                }
            }
        }
        facts
    }
}

/// One question in which the rules and a slip differ.
pub(super) struct Search<'a> {
    pub program: &'a Program,
    pub changed: &'a Program,
    pub cells: &'a Cells,
    pub free: &'a Free,
    pub setting: &'a Setting<'a>,
    pub kind: usize,
    pub year: i32,
    pub cite: &'a Cite,
}

/// The cell that is asked at a place of a diagram.
pub(super) type CellAt<'a> = &'a dyn Fn(Rank) -> Option<CellKey>;

/// Answers on a way, with what they ask of the facts.
type Literal = (Rank, usize, Node);

impl Search<'_> {
    /// A case in which the rules answer otherwise than the slip.
    pub fn find(&self, diagram: &mut Diagram, difference: Node, cell_at: CellAt) -> Option<Scenario> {
        let leading = self.cells.leading;
        let own: Vec<usize> =
            self.cite.members.iter().filter(|(category, _)| Some(*category) == leading).map(|(_, member)| *member).collect();
        let is_near = |member: usize| member < FEW || own.contains(&member);
        let of_data = |rank: Rank| match self.free.at(rank)?.of {
            Of::Recorded(_) | Of::Year(_) => Some(0),
            Of::Clause(_) | Of::Value(_) => None,
        };
        let known = diagram.fixed(difference, &of_data, &mut FxHashMap::default());
        if known != Node::NO {
            let far = |rank: Rank| {
                let lead = (rank >> 48).checked_sub(1)?;
                if is_near(lead as usize) { None } else { self.nothing(rank, cell_at) }
            };
            let near = diagram.fixed(known, &far, &mut FxHashMap::default());
            let few = Cells::few(self.program, self.kind, leading, &is_near);
            let found = self.known(diagram, near, &few, cell_at);
            if found.is_some() {
                return found;
            }
            let found = self.known(diagram, known, &self.cells.open[self.kind], cell_at);
            if found.is_some() {
                return found;
            }
        }
        if known == difference { None } else { self.open(diagram, difference, cell_at) }
    }

    /// The place of the value that says the least: no, no value, absent.
    fn nothing(&self, rank: Rank, cell_at: CellAt) -> Option<usize> {
        match self.free.at(rank).map(|variable| variable.of) {
            Some(Of::Value(clause)) => Some(self.n_values(clause)),
            Some(_) => Some(0),
            None => {
                let fact = &self.program.facts[cell_at(rank)?.fact.0];
                fact.absent.as_ref().map(|_| fact.full(self.program).count_ones() as usize - 1)
            }
        }
    }

    fn n_values(&self, clause: ClauseId) -> usize {
        self.program.clauses[clause.0].value.map_or(0, |scale| self.program.scales[scale.0].values.len())
    }

    /// Facts that are all known.
    fn known(&self, diagram: &mut Diagram, difference: Node, facts: &Facts, cell_at: CellAt) -> Option<Scenario> {
        let mut evaluator = self.evaluator(facts);
        let mut left = difference;
        for _ in 0..MAX_WAYS {
            let way = diagram.way(left, |rank, value| if self.nothing(rank, cell_at) == Some(value) { 0 } else { value + 1 })?;
            let literals: Vec<Literal> =
                way.iter().filter_map(|(rank, value)| Some((*rank, *value, self.asks(&mut evaluator, *rank, *value, cell_at)?))).collect();
            let excluded = match together(&mut evaluator.diagram, &literals) {
                Ok(all) if !evaluator.diagram.overflowed() => {
                    if let Some(cells) = self.cells_of(&evaluator, all, cell_at)
                        && let Some(case) = self.case(cells)
                    {
                        return Some(case);
                    }
                    literals.iter().map(|(rank, value, _)| (*rank, *value)).collect()
                }
                Ok(_) => return None,
                Err(excluded) => excluded,
            };
            left = self.without(diagram, left, &excluded, cell_at);
            if diagram.overflowed() {
                return None;
            }
        }
        None
    }

    /// Facts of which those of some years are not known, or not but for what is published of a clause.
    fn open(&self, diagram: &mut Diagram, difference: Node, cell_at: CellAt) -> Option<Scenario> {
        let mut evaluator = self.evaluator(&self.cells.open[self.kind]);
        let rests_on = facts_of(self.program, self.cite.text, self.cite.label);
        let mut left = difference;
        for _ in 0..MAX_OPEN {
            let way = diagram.way(left, |rank, value| if self.nothing(rank, cell_at) == Some(value) { 0 } else { value + 1 })?;
            let (mut literals, mut published, mut years) = (Vec::new(), Vec::new(), Vec::new());
            for (rank, value) in &way {
                let variable = self.free.at(*rank);
                match variable.as_ref().map(|variable| variable.of) {
                    Some(Of::Year(_)) => years.extend(variable.filter(|_| *value == 1).map(|variable| variable.year)),
                    Some(Of::Recorded(clause)) => {
                        let Some(variable) = variable.filter(|_| *value > 0) else { continue };
                        years.push(variable.year);
                        let Some(recorded) = &self.program.clauses[clause.0].recorded else { continue };
                        let by = evaluator.condition(&recorded.by, variable.year, &variable.members);
                        let by = if *value == 1 { by } else { evaluator.diagram.not(by) };
                        let only_if = recorded.only_if.as_ref();
                        let only_if = only_if.map_or(Node::YES, |cond| evaluator.condition(cond, variable.year, &variable.members));
                        published.push((*rank, *value, evaluator.diagram.and(by, only_if)));
                    }
                    _ => literals.extend(self.asks(&mut evaluator, *rank, *value, cell_at).map(|node| (*rank, *value, node))),
                }
            }
            let excluded = match (together(&mut evaluator.diagram, &literals), together(&mut evaluator.diagram, &published)) {
                (Ok(known), Ok(published)) if !evaluator.diagram.overflowed() => {
                    let known = self.cells_of(&evaluator, known, cell_at)?;
                    let published = self.cells_of(&evaluator, published, cell_at)?;
                    years.sort_unstable();
                    years.dedup();
                    if let Some(case) = self.with_unknown(&rests_on, &years, known, published) {
                        return Some(case);
                    }
                    way.clone()
                }
                (Ok(_), Ok(_)) => return None,
                (Err(excluded), _) | (_, Err(excluded)) => excluded,
            };
            left = self.without(diagram, left, &excluded, cell_at);
            if diagram.overflowed() {
                return None;
            }
        }
        None
    }

    /// A case in which nothing is known of some years but what is published.
    pub fn with_unknown(
        &self,
        rests_on: &[FactId],
        years: &[i32],
        mut known: Vec<StatedCell>,
        published: Vec<StatedCell>,
    ) -> Option<Scenario> {
        known.retain(|cell| !(years.contains(&cell.year) && rests_on.contains(&cell.fact)));
        let mut cells = Vec::new();
        for fact in rests_on.iter().filter(|fact| self.program.facts[fact.0].yearly) {
            let declared = &self.program.facts[fact.0];
            let stated = |cell: &&StatedCell| cell.fact == *fact && years.contains(&cell.year);
            // what is published of a clause is known for all members
            if published.iter().any(|cell| stated(&cell)) && declared.stride(self.program) == 1 {
                continue;
            }
            let mask = declared.full(self.program);
            for year in years {
                let unknown = |offset| StatedCell { fact: *fact, offset, year: *year, mask, date: None, number: None };
                cells.extend((0..declared.stride(self.program)).map(unknown));
            }
        }
        cells.extend(known);
        cells.extend(published);
        self.case(cells)
    }

    /// What is asked.
    pub fn question(&self) -> Question {
        Question::new(self.cite, self.kind, self.year, self.setting)
    }

    fn case(&self, cells: Vec<StatedCell>) -> Option<Scenario> {
        case::case(self.program, &self.question(), cells).filter(|case| shows(self.changed, case))
    }

    pub fn evaluator<'e>(&'e self, facts: &'e Facts) -> Evaluator<'e> {
        let mut evaluator = Evaluator::new(self.setting, facts, 0, false);
        evaluator.max_nodes = usize::MAX;
        evaluator.diagram = Diagram::with_limit(LIMIT);
        evaluator
    }

    /// What an answer on a way asks of the facts.
    fn asks(&self, evaluator: &mut Evaluator, rank: Rank, value: usize, cell_at: CellAt) -> Option<Node> {
        let Some(variable) = self.free.at(rank) else {
            let cell = cell_at(rank)?;
            let fact = &self.program.facts[cell.fact.0];
            let possible = evaluator.facts.mask_on(self.program, cell.fact, cell.year, 0, cell.offset, self.setting.as_of);
            let bit = bits(fact.full(self.program)).nth(value)?;
            return Some(evaluator.diagram.test(rank, possible, 1 << bit));
        };
        match variable.of {
            Of::Clause(clause) => {
                let node = evaluator.clause_for(clause, variable.year, &variable.members);
                Some(if value == 1 { node } else { evaluator.diagram.not(node) })
            }
            Of::Value(clause) => {
                let mut nodes = evaluator.value_for(clause, variable.year, &variable.members);
                nodes.truncate(self.n_values(clause));
                match nodes.get(value) {
                    Some(node) => Some(*node),
                    None => {
                        let any = evaluator.diagram.any(nodes);
                        Some(evaluator.diagram.not(any))
                    }
                }
            }
            Of::Recorded(_) | Of::Year(_) => None,
        }
    }

    /// What is left without the ways on which all of these answers are given.
    fn without(&self, diagram: &mut Diagram, node: Node, answers: &[(Rank, usize)], cell_at: CellAt) -> Node {
        let all: Vec<Node> = answers
            .iter()
            .map(|(rank, value)| {
                let possible: Mask = match self.free.at(*rank).map(|variable| variable.of) {
                    Some(Of::Clause(_) | Of::Year(_)) => 0b11,
                    Some(Of::Recorded(_)) => 0b111,
                    Some(Of::Value(clause)) => (1 << (self.n_values(clause) + 1)) - 1,
                    None => cell_at(*rank).map_or(0b11, |cell| self.program.facts[cell.fact.0].full(self.program)),
                };
                let bit = bits(possible).nth(*value).unwrap_or(0);
                diagram.test(*rank, possible, 1 << bit)
            })
            .collect();
        let all = diagram.all(all);
        let not = diagram.not(all);
        diagram.and(node, not)
    }

    /// Cells on a way; absent ones need not be stated.
    pub fn cells_of(&self, evaluator: &Evaluator, node: Node, cell_at: CellAt) -> Option<Vec<StatedCell>> {
        let program = self.program;
        let cell_at = |rank| evaluator.cell_at(rank).or_else(|| cell_at(rank));
        let bit_of = |fact: &Fact, value: usize| bits(fact.full(program)).nth(value).map_or(0, |bit| bit as usize);
        let is_absent = |fact: &Fact, bit: usize| 1 << bit == fact.absent_bit(program);
        let found = evaluator.diagram.way(node, |rank, value| {
            let Some(cell) = cell_at(rank) else { return value + 1 };
            let fact = &program.facts[cell.fact.0];
            if is_absent(fact, bit_of(fact, value)) { 0 } else { value + 1 }
        })?;
        let mut cells = Vec::new();
        for (rank, value) in found {
            let cell = cell_at(rank)?;
            let fact = &program.facts[cell.fact.0];
            let bit = bit_of(fact, value);
            if is_absent(fact, bit) {
                continue;
            }
            let is_number = matches!(fact.kind, ValueKind::Number { .. });
            let number = if is_number { Some(number_in(fact, bit)?) } else { None };
            cells.push(StatedCell { fact: cell.fact, offset: cell.offset, year: cell.year, mask: 1 << bit, date: None, number });
        }
        Some(cells)
    }
}

/// All of these, or answers that exclude each other.
fn together(diagram: &mut Diagram, literals: &[Literal]) -> Result<Node, Vec<(Rank, usize)>> {
    let one = |at: usize| (literals[at].0, literals[at].1);
    if let Some(at) = literals.iter().position(|(.., node)| *node == Node::NO) {
        return Err(vec![one(at)]);
    }
    let mut all = Node::YES;
    for at in 0..literals.len() {
        all = diagram.and(all, literals[at].2);
        if all == Node::NO && !diagram.overflowed() {
            for before in 0..at {
                if diagram.and(literals[before].2, literals[at].2) == Node::NO {
                    return Err(vec![one(before), one(at)]);
                }
            }
            return Err((0..=at).map(one).collect());
        }
    }
    Ok(all)
}

/// Facts that are read by what is said of published determinations.
pub(super) fn published_facts(clause: &Clause) -> Vec<FactId> {
    let mut tests = Vec::new();
    clause.recorded.iter().flat_map(|own| std::iter::once(&own.by).chain(&own.only_if)).for_each(|cond| tests_of(cond, &mut tests));
    let mut facts: Vec<FactId> = tests.iter().map(|test| test.fact).collect();
    facts.sort_unstable();
    facts.dedup();
    facts
}
