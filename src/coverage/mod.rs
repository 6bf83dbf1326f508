//! How well worked cases and data cover the law: for every clause, item and exception of every version how often it was
//! answered yes, no and not at all.
//!
//! An outcome is *required* unless it can never occur, which is decided exactly ([`crate::lint::possible`]). It is
//! covered if a scenario shows it; what data show is counted beside it, because data do not say what is right.

mod html;
mod json;
mod text;

pub use html::html;
pub use json::json;
pub use text::text;

use crate::engine::{Part, Tally, tally};
use crate::eval::diagram::Node;
use crate::eval::{Basis, Doing, Evaluator, Setting};
use crate::facts::Facts;
use crate::lint::{self, Possible};
use crate::program::*;
use crate::scenario;
use crate::source::Sources;
use crate::span::Span;
use crate::threads::threads;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// What a point of the law is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A clause.
    Clause,
    /// An exception, where it applies.
    Exception,
    /// A value that a clause can give.
    Value,
    /// The rule of a clause that other things can stand in for.
    Rule,
    /// An item of a list, a case, what a count or window asks.
    Item,
    /// Where an exception applies.
    Applies,
    /// What is published in place of an answer.
    Recorded,
    /// Where that counts.
    RecordedOnlyIf,
}

impl Kind {
    /// As people say it.
    pub fn words(self) -> &'static str {
        match self {
            Kind::Clause => "clause",
            Kind::Exception => "exception",
            Kind::Value => "value",
            Kind::Rule => "rule",
            Kind::Item => "item",
            Kind::Applies => "applies when",
            Kind::Recorded => "recorded by",
            Kind::RecordedOnlyIf => "recorded only if",
        }
    }
}

/// Something that is answered yes or no, with how often it was.
#[derive(Clone, Debug)]
pub struct Point {
    /// The clause it is, or is in.
    pub clause: ClauseId,
    /// What it is.
    pub kind: Kind,
    /// Its words.
    pub words: String,
    /// How deep it stands in its clause.
    pub depth: usize,
    /// Where it stands.
    pub at: Span,
    /// What can come of it.
    pub possible: Possible,
    /// Over the scenarios.
    pub scenarios: Tally,
    /// Over the data.
    pub data: Tally,
}

impl Point {
    /// Outcomes that can occur and that no scenario shows.
    pub fn missing(&self) -> Vec<&'static str> {
        missing(self.possible, self.scenarios)
    }

    /// Whether it is a clause or exception by itself.
    pub fn is_clause(&self) -> bool {
        matches!(self.kind, Kind::Clause | Kind::Exception)
    }
}

fn missing(possible: Possible, tally: Tally) -> Vec<&'static str> {
    let sides = [("yes", possible.yes, tally.yes), ("no", possible.no, tally.no)];
    sides.into_iter().filter(|(_, possible, count)| *possible && *count == 0).map(|(word, ..)| word).collect()
}

/// How many outcomes are required, and shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Can occur.
    pub required: u64,
    /// A scenario shows them.
    pub scenarios: u64,
    /// The data show them.
    pub data: u64,
}

impl Share {
    fn add(&mut self, point: &Point) {
        let required = u64::from(point.possible.yes) + u64::from(point.possible.no);
        self.required += required;
        self.scenarios += required - point.missing().len() as u64;
        self.data += required - missing(point.possible, point.data).len() as u64;
    }

    /// A part of all that is required in percent, rounded down to a tenth; all of nothing is 100.
    pub fn percent(&self, part: u64) -> Decimal {
        Decimal::new((part * 1000).checked_div(self.required).unwrap_or(1000) as i64, 1)
    }
}

/// Coverage of a library.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// Every point, in the order of the law: text, version, clause, place.
    pub points: Vec<Point>,
    /// Over all points.
    pub all: Share,
    /// Over clauses and exceptions alone.
    pub clauses: Share,
    /// How many clauses and exceptions there are, and how many of them show each outcome that can occur.
    pub whole: (usize, usize),
    /// How many scenarios ran.
    pub scenarios: usize,
    /// Years and subjects of the data.
    pub data: Vec<(i32, usize)>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Key {
    Clause(usize),
    Value(usize, usize),
    Cond(*const Cond),
}

/// Counts over every scenario, and over every year of the data with the day of that year.
pub fn coverage(program: &Program, sources: &Sources, facts: Option<&Facts>) -> Coverage {
    let possible = lint::possible(program);
    let (mut points, places) = points(program, sources, &possible);
    for case in &program.scenarios {
        scenario::run_case(program, case, |evaluator| count(evaluator, &places, &mut points));
    }
    let mut data = Vec::new();
    for (facts, entry) in facts.iter().flat_map(|facts| program.period.years.iter().map(move |entry| (facts, entry))) {
        let subjects = facts.listed(entry.year);
        if subjects.is_empty() {
            continue;
        }
        let setting = Setting::new(program, entry.on);
        for (part, tally) in tally(&setting, facts, entry.year, &subjects, threads()) {
            let key = match part {
                Part::Clause(clause) => Key::Clause(clause.0),
                Part::Cond(cond) => Key::Cond(cond),
                Part::Value(clause, value) => Key::Value(clause.0, value),
            };
            if let Some(at) = places.get(&key) {
                points[*at].data += tally;
            }
        }
        data.push((entry.year, subjects.len()));
    }
    let mut found = Coverage {
        all: Share::default(),
        clauses: Share::default(),
        whole: (0, 0),
        scenarios: program.scenarios.len(),
        data,
        points: Vec::new(),
    };
    for point in &points {
        found.all.add(point);
        if point.is_clause() {
            found.clauses.add(point);
            found.whole.0 += 1;
            found.whole.1 += usize::from(point.missing().is_empty());
        }
    }
    found.points = points;
    found
}

/// What a scenario judged.
fn count(evaluator: &Evaluator, places: &FxHashMap<Key, usize>, points: &mut [Point]) {
    let mut add = |key: Key, node: Node| {
        let Some(at) = places.get(&key) else { return };
        points[*at].scenarios += match node.settled() {
            Some(true) => Tally { yes: 1, ..Tally::default() },
            Some(false) => Tally { no: 1, ..Tally::default() },
            None => Tally { open: 1, ..Tally::default() },
        };
    };
    for step in evaluator.trace().steps() {
        if let Doing::Clause(clause, Basis::Rule | Basis::Exception(_) | Basis::Recorded) = step.doing {
            add(Key::Clause(clause.0), step.node);
        }
        if let Some(cond) = step.cond {
            add(Key::Cond(cond), step.node);
        }
    }
    for (clause, nodes) in evaluator.judged_values() {
        for (value, node) in nodes.iter().enumerate() {
            add(Key::Value(clause.0, value), *node);
        }
    }
}

struct Collect<'a> {
    program: &'a Program,
    sources: &'a Sources,
    possible: &'a FxHashMap<*const Cond, Possible>,
    points: Vec<Point>,
    places: FxHashMap<Key, usize>,
}

/// Every point of the law, and where each is counted.
fn points(program: &Program, sources: &Sources, possible: &FxHashMap<*const Cond, Possible>) -> (Vec<Point>, FxHashMap<Key, usize>) {
    let mut collect = Collect { program, sources, possible, points: Vec::new(), places: FxHashMap::default() };
    for text in &program.texts {
        for version in &text.versions {
            let mut clauses: Vec<ClauseId> = version.clauses.iter().flatten().copied().collect();
            clauses.sort_by_key(|clause| program.clauses[clause.0].at.start);
            clauses.into_iter().for_each(|clause| collect.clause(clause));
        }
    }
    (collect.points, collect.places)
}

impl Collect<'_> {
    fn of(&self, cond: &Cond) -> Possible {
        self.possible.get(&std::ptr::from_ref(cond)).copied().unwrap_or(Possible { yes: true, no: true })
    }

    #[allow(clippy::too_many_arguments, reason = "what a point is made of")]
    fn add(&mut self, key: Key, clause: ClauseId, kind: Kind, words: String, depth: usize, at: Span, possible: Possible) {
        self.places.insert(key, self.points.len());
        let (scenarios, data) = (Tally::default(), Tally::default());
        self.points.push(Point { clause, kind, words, depth, at, possible, scenarios, data });
    }

    fn clause(&mut self, id: ClauseId) {
        let clause = &self.program.clauses[id.0];
        if clause.not_encoded.is_some() {
            return;
        }
        let exceptions = self.program.clauses.iter().any(|other| {
            let own = other.exception_to.as_ref().is_some_and(|cite| (cite.text, cite.label) == (clause.text, clause.label));
            own && (other.text != clause.text || other.version == clause.version)
        });
        let more = exceptions || clause.recorded.is_some();
        let kind = if clause.exception_to.is_some() { Kind::Exception } else { Kind::Clause };
        let words = clause.title.clone().unwrap_or_default();
        if let Some(scale) = clause.value {
            let mut given = Vec::new();
            values(&clause.when, &mut given);
            for (value, named) in self.program.scales[scale.0].values.iter().enumerate() {
                if given.contains(&value) {
                    let possible = Possible { yes: true, no: true };
                    self.add(Key::Value(id.0, value), id, Kind::Value, named.name.clone(), 1, clause.at, possible);
                }
            }
            return;
        }
        let rule = self.of(&clause.when);
        // a rule that is never asked has no outcome, whatever stands in for it
        let asked = rule.yes || rule.no;
        let possible = if more && asked { Possible { yes: true, no: true } } else { rule };
        self.add(Key::Clause(id.0), id, kind, words, 0, clause.at, possible);
        if let Some(applies) = &clause.applies {
            self.cond(id, applies, Kind::Applies, 1);
        }
        if more {
            self.cond(id, &clause.when, Kind::Rule, 1);
        } else {
            clause.when.parts().for_each(|part| self.cond(id, part, Kind::Item, 1));
        }
        if let Some(recorded) = &clause.recorded {
            self.cond(id, &recorded.by, Kind::Recorded, 1);
            if let Some(only_if) = &recorded.only_if {
                self.cond(id, only_if, Kind::RecordedOnlyIf, 1);
            }
        }
    }

    fn cond(&mut self, id: ClauseId, cond: &Cond, kind: Kind, depth: usize) {
        let words = first_line(self.sources.slice(cond.at));
        self.add(Key::Cond(cond), id, kind, words, depth, cond.at, self.of(cond));
        cond.parts().for_each(|part| self.cond(id, part, Kind::Item, depth + 1));
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}

/// Values that a rule gives somewhere.
fn values(cond: &Cond, out: &mut Vec<usize>) {
    match &cond.kind {
        CondKind::Bracket(_, _, rows) => out.extend(rows.iter().map(|(_, value)| *value)),
        CondKind::Grid(grid) => out.extend(grid.cells.iter().map(|(.., value)| *value)),
        _ => cond.parts().for_each(|part| values(part, out)),
    }
}
