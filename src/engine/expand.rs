//! A program, for one day and one year, as a circuit: every count, window and reference written out.
//!
//! This follows the reference evaluator line by line, with gates in place of answers. What differs from subject to
//! subject is a cell; the kind of subject is not, so each kind has roots of its own in the one circuit.

use super::circuit::{Circuit, Lit};
use super::trail::{Trail, TrailKind};
use crate::eval::{Answer, CellKey, Setting};
use crate::program::*;
use crate::syntax::ast::HowMany;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// A clause that can give a pathway.
#[derive(Debug)]
pub struct Giving<'a> {
    /// The clause.
    pub clause: ClauseId,
    /// Which of its `gives`.
    pub gives: &'a Gives,
    /// How it is judged.
    pub trail: Arc<Trail>,
    /// For each provider, whether it can be meant.
    pub providers: Vec<Lit>,
}

/// A pathway for one kind of subject.
#[derive(Debug)]
pub struct Asked<'a> {
    /// The pathway.
    pub pathway: PathwayId,
    /// The answer, where it is the same for every subject of the kind.
    pub fixed: Option<Answer>,
    /// Any of the clauses.
    pub any: Lit,
    /// The clauses in force.
    pub giving: Vec<Giving<'a>>,
}

/// A published determination that facts can contradict.
#[derive(Clone, Debug)]
pub struct Check {
    /// The clause.
    pub clause: ClauseId,
    /// For which members.
    pub members: Vec<(CategoryId, usize)>,
    /// In which year.
    pub year: i32,
    /// What the facts say.
    pub rule: Lit,
    /// What is published.
    pub by: Lit,
    /// Where that counts.
    pub only_if: Lit,
}

/// What one kind of subject asks of the circuit.
#[derive(Debug)]
pub struct Expanded<'a> {
    /// Index of the kind.
    pub kind: usize,
    /// Pathways asked for.
    pub pathways: Vec<Asked<'a>>,
    /// Single clauses asked for.
    pub clauses: Vec<Lit>,
    /// Published determinations to compare with.
    pub checks: Vec<Check>,
}

impl Expanded<'_> {
    /// The gates whose answers are asked for: answers, what carries them, and what they are compared with.
    pub(super) fn wanted(&self) -> Vec<Lit> {
        let mut wanted = self.clauses.clone();
        for asked in &self.pathways {
            wanted.push(asked.any);
            for giving in &asked.giving {
                wanted.extend(&giving.providers);
                giving.trail.lits(&mut wanted);
            }
        }
        wanted.extend(self.checks.iter().flat_map(|check| [check.rule, check.by, check.only_if]));
        wanted
    }
}

/// Something of the rule text that is judged.
#[derive(Clone, Copy, Debug)]
pub enum Part<'a> {
    /// A clause; of an exception what it says where it applies.
    Clause(ClauseId),
    /// A condition.
    Cond(&'a Cond),
    /// A value clause gives this value.
    Value(ClauseId, usize),
}

/// A part as it is judged for some members.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judging<'a> {
    pub part: Part<'a>,
    pub lit: Lit,
    /// Only where this can hold.
    pub guard: Lit,
}

/// Every clause in force in `year`, for all members it is stated for, and what was judged in that year on the way.
pub(super) fn expand_all<'a>(circuit: &mut Circuit, setting: &'a Setting<'a>, kind: usize, year: i32) -> (Expanded<'a>, Vec<Judging<'a>>) {
    let program = setting.program;
    let mut expander = Expander {
        setting,
        program,
        circuit,
        kind: 1 << kind,
        clauses: FxHashMap::default(),
        values: FxHashMap::default(),
        checks: Vec::new(),
        names: None,
        judged: Some((year, Vec::new())),
    };
    for (index, clause) in program.clauses.iter().enumerate() {
        let in_force = program.texts[clause.text.0].version(setting.as_of, year) == Some(clause.version);
        if !in_force || clause.not_encoded.is_some() || clause.exception_to.is_some() {
            continue;
        }
        let mut places = vec![expander.nowhere(year)];
        for category in &clause.params {
            let members: Vec<usize> = program.categories[category.0].in_year(year).collect();
            let with = |place: Place| {
                members.iter().map(move |member| {
                    let mut place = place.clone();
                    place.members[category.0] = Some(*member as u16);
                    place
                })
            };
            places = places.into_iter().flat_map(with).collect();
        }
        for place in places {
            if clause.value.is_some() {
                expander.clause_value(ClauseId(index), &place);
            } else {
                expander.clause_at(ClauseId(index), &place);
            }
        }
    }
    let judged = expander.judged.take().map(|(_, judged)| judged).unwrap_or_default();
    let clauses = judged.iter().flat_map(|judging| [judging.lit, judging.guard]).collect();
    (Expanded { kind, pathways: Vec::new(), clauses, checks: Vec::new() }, judged)
}

/// A reference to a clause, perhaps for one more member.
pub type Question<'a> = (&'a Cite, Option<(CategoryId, usize)>);

/// Adds what `kind` asks in `year` to the circuit; `names` takes the clause behind each gate.
pub fn expand<'a>(
    circuit: &mut Circuit,
    setting: &'a Setting<'a>,
    kind: usize,
    year: i32,
    pathways: &[PathwayId],
    questions: &[Question<'a>],
    names: Option<&mut FxHashMap<usize, String>>,
) -> Expanded<'a> {
    let mut expander = Expander {
        setting,
        program: setting.program,
        circuit,
        kind: 1 << kind,
        clauses: FxHashMap::default(),
        values: FxHashMap::default(),
        checks: Vec::new(),
        names,
        judged: None,
    };
    let pathways = pathways.iter().map(|pathway| expander.pathway(*pathway, year)).collect();
    let clauses = questions
        .iter()
        .map(|(cite, member)| {
            let mut place = expander.nowhere(year);
            if let Some((category, member)) = member {
                place.members[category.0] = Some(*member as u16);
            }
            expander.cited(cite, &place).lit
        })
        .collect();
    let checks = std::mem::take(&mut expander.checks);
    Expanded { kind, pathways, clauses, checks }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    year: i32,
    members: Vec<Option<u16>>,
}

struct Expander<'a, 'c> {
    setting: &'a Setting<'a>,
    program: &'a Program,
    circuit: &'c mut Circuit,
    kind: u64,
    clauses: FxHashMap<(ClauseId, Place), Arc<Trail>>,
    values: FxHashMap<(ClauseId, Place), Vec<Lit>>,
    checks: Vec<Check>,
    names: Option<&'c mut FxHashMap<usize, String>>,
    /// What is judged in this year, if that is asked.
    judged: Option<(i32, Vec<Judging<'a>>)>,
}

impl<'a> Expander<'a, '_> {
    fn nowhere(&self, year: i32) -> Place {
        Place { year, members: vec![None; self.program.categories.len()] }
    }

    fn judging(&mut self, part: Part<'a>, year: i32, lit: Lit, guard: Lit) {
        if let Some((own, judged)) = &mut self.judged
            && *own == year
        {
            judged.push(Judging { part, lit, guard });
        }
    }

    fn pathway(&mut self, pathway: PathwayId, year: i32) -> Asked<'a> {
        let program = self.program;
        let suspended = program.period.year(year).is_some_and(|entry| entry.suspended.is_some());
        let mut giving = Vec::new();
        let mut is_suspended = false;
        for (index, clause) in program.clauses.iter().enumerate() {
            let Some(gives) = clause.gives.iter().find(|gives| gives.pathway == pathway) else { continue };
            let in_force = program.texts[clause.text.0].version(self.setting.as_of, year) == Some(clause.version);
            if !in_force || clause.kinds & self.kind == 0 || clause.first.as_ref().is_some_and(|(first, _)| year < *first) {
                continue;
            }
            if suspended && !clause.in_suspended {
                is_suspended = true;
                continue;
            }
            let place = self.nowhere(year);
            let trail = self.clause_at(ClauseId(index), &place);
            let providers = self.providers(gives, year);
            giving.push(Giving { clause: ClauseId(index), gives, trail, providers });
        }
        let lits: Vec<Lit> = giving.iter().map(|giving| giving.trail.lit).collect();
        let any = self.circuit.any(&lits);
        let fixed = match any.constant() {
            _ if giving.is_empty() && is_suspended => Some(Answer::Suspended),
            _ if giving.is_empty() => Some(Answer::NotApplicable),
            Some(false) => Some(Answer::NotEligible),
            _ => None,
        };
        Asked { pathway, fixed, any, giving }
    }

    fn providers(&mut self, gives: &'a Gives, year: i32) -> Vec<Lit> {
        let mut others = Lit::NO;
        gives
            .providers
            .iter()
            .map(|provider| match &provider.when {
                ProviderCase::Always => Lit::YES,
                ProviderCase::Otherwise => !others,
                ProviderCase::When(cond) => {
                    let place = self.nowhere(year);
                    let lit = self.cond(cond, &place).lit;
                    others = self.circuit.any(&[others, lit]);
                    lit
                }
            })
            .collect()
    }

    fn cited(&mut self, cite: &'a Cite, place: &Place) -> Arc<Trail> {
        let mut place = place.clone();
        for (category, member) in &cite.members {
            place.members[category.0] = Some(*member as u16);
        }
        match self.cited_clause(cite, place.year) {
            Some(clause) => self.clause_at(clause, &place),
            None => Trail::bare(Lit::NO),
        }
    }

    fn cited_clause(&self, cite: &Cite, year: i32) -> Option<ClauseId> {
        let text = &self.program.texts[cite.text.0];
        text.version(self.setting.as_of, year).and_then(|version| text.versions[version].clauses[cite.label])
    }

    fn is_silent(&self, clause: &Clause, place: &Place) -> bool {
        self.setting.silent(clause, self.kind, place.year, |category| place.members[category.0].map(usize::from)).is_some()
    }

    fn narrowed(&self, clause: &Clause, place: &Place) -> Place {
        let mut narrowed = self.nowhere(place.year);
        for category in &clause.params {
            narrowed.members[category.0] = place.members[category.0];
        }
        narrowed
    }

    fn clause_at(&mut self, id: ClauseId, place: &Place) -> Arc<Trail> {
        let program = self.program;
        let clause = &program.clauses[id.0];
        let place = self.narrowed(clause, place);
        let key = (id, place);
        if let Some(found) = self.clauses.get(&key) {
            return found.clone();
        }
        let (id, place) = key;
        let trail = if self.is_silent(clause, &place) {
            Trail::bare(Lit::NO)
        } else {
            let trail = self.judged(id, clause, &place);
            self.judging(Part::Clause(id), place.year, trail.lit, Lit::YES);
            trail
        };
        self.name(id, &place, trail.lit);
        self.clauses.insert((id, place), trail.clone());
        trail
    }

    fn judged(&mut self, id: ClauseId, clause: &'a Clause, place: &Place) -> Arc<Trail> {
        let program = self.program;
        let rule = self.cond(&clause.when, place);
        let mut lit = rule.lit;
        let mut exceptions = Vec::new();
        for exception in self.setting.exceptions_in_force(id, place.year) {
            let own = &program.clauses[exception.0];
            if self.is_silent(own, place) {
                continue;
            }
            let applies = own.applies.as_ref().map_or(Lit::YES, |applies| self.cond(applies, place).lit);
            let instead = self.cond(&own.when, place);
            if applies == Lit::NO {
                continue;
            }
            self.judging(Part::Clause(exception), place.year, instead.lit, applies);
            lit = self.circuit.choose(applies, instead.lit, lit);
            exceptions.push((applies, instead));
        }
        let mut recorded = None;
        if let Some(record) = &clause.recorded {
            let only_if = record.only_if.as_ref().map_or(Lit::YES, |only_if| self.cond(only_if, place).lit);
            let by = self.cond(&record.by, place);
            if only_if != Lit::NO {
                let members =
                    clause.params.iter().filter_map(|category| place.members[category.0].map(|member| (*category, member as usize)));
                if lit.constant().is_none() || lit != by.lit {
                    self.checks.push(Check { clause: id, members: members.collect(), year: place.year, rule: lit, by: by.lit, only_if });
                }
                let before = lit;
                lit = self.circuit.recorded(lit, by.lit, only_if);
                if lit != before {
                    recorded = Some((before, by, only_if));
                }
            }
        }
        if exceptions.is_empty() && recorded.is_none() {
            return rule;
        }
        let bare = rule.is_bare()
            && exceptions.iter().all(|(_, trail)| trail.is_bare())
            && recorded.as_ref().is_none_or(|(_, by, _)| by.is_bare());
        if bare { Trail::bare(lit) } else { Arc::new(Trail { lit, kind: TrailKind::Clause { rule, exceptions, recorded } }) }
    }

    fn name(&mut self, id: ClauseId, place: &Place, lit: Lit) {
        let program = self.program;
        if let Some(names) = self.names.as_deref_mut()
            && lit.constant().is_none()
        {
            names.entry(lit.gate()).or_insert_with(|| {
                let members: Vec<&str> = place
                    .members
                    .iter()
                    .zip(&program.categories)
                    .filter_map(|(member, category)| member.map(|member| category.members[member as usize].named.name.as_str()))
                    .collect();
                let of = if members.is_empty() { String::new() } else { format!(" for {}", members.join(", ")) };
                let not = if lit.negated() { "not " } else { "" };
                format!("{not}{}{of}, {}", program.clauses[id.0].citation, place.year)
            });
        }
    }

    fn conds(&mut self, conds: &'a [Cond], place: &Place) -> (Vec<Arc<Trail>>, Vec<Lit>) {
        let trails: Vec<_> = conds.iter().map(|cond| self.cond(cond, place)).collect();
        let lits = trails.iter().map(|trail| trail.lit).collect();
        (trails, lits)
    }

    fn cond(&mut self, cond: &'a Cond, place: &Place) -> Arc<Trail> {
        let trail = self.cond_at(cond, place);
        self.judging(Part::Cond(cond), place.year, trail.lit, Lit::YES);
        trail
    }

    fn cond_at(&mut self, cond: &'a Cond, place: &Place) -> Arc<Trail> {
        match &cond.kind {
            CondKind::Const(answer) => Trail::bare(Lit::from(*answer)),
            CondKind::SubjectIs(kinds) => Trail::bare(Lit::from(kinds & self.kind != 0)),
            CondKind::All(items) => {
                let (trails, lits) = self.conds(items, place);
                Trail::parts(self.circuit.all(&lits), trails)
            }
            CondKind::Any(items) => {
                let (trails, lits) = self.conds(items, place);
                Trail::parts(self.circuit.any(&lits), trails)
            }
            // what must not hold carries nothing by its members
            CondKind::NoneOf(items) => {
                let (_, lits) = self.conds(items, place);
                Trail::bare(!self.circuit.any(&lits))
            }
            CondKind::AtLeastOf(n, items) => {
                let (trails, lits) = self.conds(items, place);
                Trail::parts(self.circuit.at_least(*n as usize, &lits), trails)
            }
            CondKind::Count(count) => self.count(count, place),
            CondKind::Window(window) => self.window(window, place),
            CondKind::ByMember(category, arms, arm_of) => match place.members[category.0] {
                Some(member) => self.cond(&arms[arm_of[member as usize]], place),
                None => Trail::bare(Lit::NO),
            },
            CondKind::ByChoice(choice, arms) => self.cond(&arms[self.setting.choices[choice.0]], place),
            CondKind::Cite(cite, false) => self.cited(cite, place),
            CondKind::Cite(cite, true) => {
                let lit = self.cited(cite, place).lit;
                Trail::bare(!lit)
            }
            CondKind::CiteValue(cite, mask) => {
                let values = self.cited_value(cite, place);
                let lits: Vec<Lit> = crate::eval::diagram::bits(*mask).map(|bit| values[bit as usize]).collect();
                Trail::bare(self.circuit.any(&lits))
            }
            CondKind::Test(test) => Trail::bare(self.test(test, place)),
            CondKind::Bracket(..) | CondKind::Grid(_) => Trail::bare(Lit::NO),
        }
    }

    fn count(&mut self, count: &'a Count, place: &Place) -> Arc<Trail> {
        let category = &self.program.categories[count.category.0];
        let (mut trails, mut lits, mut places) = (Vec::new(), Vec::new(), Vec::new());
        for member in category.in_year(place.year) {
            let mut inner = place.clone();
            inner.members[count.category.0] = Some(member as u16);
            let body = self.cond(&count.body, &inner);
            lits.push(body.lit);
            trails.push(Arc::new(Trail { lit: body.lit, kind: TrailKind::Member(count.category, member, body) }));
            places.push(inner);
        }
        let lit = match count.how {
            HowMany::AtLeast(k) => self.circuit.at_least(k as usize, &lits),
            HowMany::Some => self.circuit.any(&lits),
            HowMany::AtMost(k) => !self.circuit.at_least(k as usize + 1, &lits),
            HowMany::No => !self.circuit.any(&lits),
            HowMany::Exactly(k) => self.circuit.exactly(k as usize, &lits),
            HowMany::Every if lits.is_empty() => Lit::from(count.if_none),
            HowMany::Every => self.circuit.all(&lits),
        };
        let Some((fewer, under)) = &count.or_all else { return Trail::parts(lit, trails) };
        let counted: Vec<Lit> = match under {
            None => vec![Lit::YES; lits.len()],
            Some(cite) => places.iter().map(|inner| self.cited(cite, inner).lit).collect(),
        };
        let too_few = !self.circuit.at_least(*fewer as usize, &counted);
        let mut branch = vec![too_few];
        for (counts, meets) in counted.iter().zip(&lits) {
            branch.push(self.circuit.any(&[!*counts, *meets]));
        }
        if !count.if_none {
            branch.push(self.circuit.any(&counted));
        }
        let branch = self.circuit.all(&branch);
        Trail::parts(self.circuit.any(&[lit, branch]), trails)
    }

    fn window(&mut self, window: &'a Window, place: &Place) -> Arc<Trail> {
        let (needed, years) = self.setting.window_years(window, place.year);
        let (mut trails, mut lits) = (Vec::new(), Vec::new());
        for year in years {
            let inner = Place { year, members: place.members.clone() };
            let body = self.cond(&window.body, &inner);
            let lit = if window.unsettled_is_no { self.circuit.settled(body.lit) } else { body.lit };
            lits.push(lit);
            trails.push(Arc::new(Trail { lit, kind: TrailKind::Year(year, body) }));
        }
        Trail::parts(self.circuit.at_least(needed, &lits), trails)
    }

    fn cell_for(&self, fact: FactId, args: &[Arg], place: &Place) -> Option<CellKey> {
        self.setting.cell_key(fact, args, place.year, |category| place.members[category.0].map(usize::from))
    }

    fn test(&mut self, test: &'a Test, place: &Place) -> Lit {
        let Some(key) = self.cell_for(test.fact, &test.args, place) else { return Lit::NO };
        let mask = match &test.mask {
            TestMask::Fixed(mask) => *mask,
            TestMask::ByMember(category, masks) => place.members[category.0].map_or(0, |member| masks[member as usize]),
        };
        let full = self.program.facts[test.fact.0].full(self.program);
        self.circuit.test(key, mask, full)
    }

    fn cited_value(&mut self, cite: &'a Cite, place: &Place) -> Vec<Lit> {
        let mut place = place.clone();
        for (category, member) in &cite.members {
            place.members[category.0] = Some(*member as u16);
        }
        match self.cited_clause(cite, place.year) {
            Some(clause) => self.clause_value(clause, &place),
            None => vec![Lit::NO; Mask::BITS as usize],
        }
    }

    fn clause_value(&mut self, id: ClauseId, place: &Place) -> Vec<Lit> {
        let program = self.program;
        let clause = &program.clauses[id.0];
        let n = clause.value.map_or(0, |scale| program.scales[scale.0].values.len());
        let place = self.narrowed(clause, place);
        let key = (id, place);
        if let Some(found) = self.values.get(&key) {
            return found.clone();
        }
        let place = key.1.clone();
        let mut values = vec![Lit::NO; n];
        if !self.is_silent(clause, &place) {
            values = self.value(&clause.when, n, &place);
            for exception in self.setting.exceptions_in_force(id, place.year) {
                let own = &program.clauses[exception.0];
                if self.is_silent(own, &place) {
                    continue;
                }
                let applies = own.applies.as_ref().map_or(Lit::YES, |applies| self.cond(applies, &place).lit);
                let instead = self.value(&own.when, n, &place);
                for (value, instead) in values.iter_mut().zip(instead) {
                    *value = self.circuit.choose(applies, instead, *value);
                }
            }
        }
        if !self.is_silent(clause, &key.1) {
            for (value, lit) in values.iter().enumerate() {
                self.judging(Part::Value(id, value), key.1.year, *lit, Lit::YES);
            }
        }
        self.values.insert(key, values.clone());
        values
    }

    fn value(&mut self, cond: &'a Cond, n: usize, place: &Place) -> Vec<Lit> {
        let mut values = vec![Lit::NO; n];
        match &cond.kind {
            CondKind::ByMember(category, arms, arm_of) => {
                if let Some(member) = place.members[category.0] {
                    return self.value(&arms[arm_of[member as usize]], n, place);
                }
            }
            CondKind::ByChoice(choice, arms) => return self.value(&arms[self.setting.choices[choice.0]], n, place),
            CondKind::Bracket(fact, args, rows) => {
                if let Some(key) = self.cell_for(*fact, args, place) {
                    let full = self.program.facts[fact.0].full(self.program);
                    for (mask, value) in rows {
                        let lit = self.circuit.test(key, *mask, full);
                        values[*value] = self.circuit.any(&[values[*value], lit]);
                    }
                }
            }
            CondKind::Grid(grid) => {
                let rows = self.cited_value(&grid.rows, place);
                let columns = self.cited_value(&grid.columns, place);
                for (row, column, value) in &grid.cells {
                    let both = self.circuit.all(&[rows[*row], columns[*column]]);
                    values[*value] = self.circuit.any(&[values[*value], both]);
                }
            }
            _ => {}
        }
        values
    }
}
