//! What rules, facts and answers are called: the words that every rendering shares.

use super::model::{CarriedBy, ChoiceInUse, FactSeen, Follows, MemberSeen, Note, OpenCell, PathwayExplanation, ShownWith, Why};
use super::seen::negates;
use crate::eval::{At, Basis, Carried, CellKey, Determination, Doing, Setting, Trace};
use crate::facts::{Cell, Facts};
use crate::program::*;
use crate::source::Sources;
use jiff::ToSpan;
use jiff::civil::Date;
use std::fmt::Write;
use std::rc::Rc;

/// A contradiction between facts and a published determination, in words.
pub fn contradiction_words(program: &Program, contradiction: &crate::eval::Contradiction) -> String {
    let clause = &program.clauses[contradiction.clause.0];
    let members: Vec<&str> = contradiction
        .members
        .iter()
        .map(|(category, member)| program.categories[category.0].members[*member].named.name.as_str())
        .collect();
    let of = if members.is_empty() { String::new() } else { format!(" for {}", members.join(", ")) };
    let (computed, published) = if contradiction.computed { ("is met", "not") } else { ("is not met", "met") };
    format!("{}{of} in {}: by the facts it {computed}; the published determination says {published}", clause.citation, contradiction.year)
}

/// `color of SWD, ELA in 2024`, as scenarios and policies name it.
pub fn cell_name(program: &Program, cell: CellKey) -> String {
    let fact = &program.facts[cell.fact.0];
    let names = member_names(program, fact, cell.offset);
    let of = if names.is_empty() { String::new() } else { format!(" of {}", names.join(", ")) };
    let when = if fact.yearly { format!(" in {}", cell.year) } else { String::new() };
    format!("{}{of}{when}", fact.named.name)
}

pub(super) fn member_names(program: &Program, fact: &Fact, offset: usize) -> Vec<String> {
    members_named(program, fact, offset).map(|named| named.name.clone()).collect()
}

pub(super) fn member_labels(program: &Program, fact: &Fact, offset: usize) -> Vec<String> {
    members_named(program, fact, offset).map(|named| named.label.clone()).collect()
}

pub(super) fn members_named<'p>(program: &'p Program, fact: &'p Fact, offset: usize) -> impl Iterator<Item = &'p Named> {
    let members = fact.categories.iter().zip(fact.members_at(program, offset));
    members.map(|(category, member)| &program.categories[category.0].members[member].named)
}

/// The version a clause stands in, with its dates: `SB-114-2023, in force from 2023-07-10`.
pub(super) fn version_words(program: &Program, clause: &Clause) -> String {
    let text = &program.texts[clause.text.0];
    let version = &text.versions[clause.version];
    match text.clock {
        Clock::Law => format!("{}, {}", version.id, version.reach),
        Clock::Data => format!("{} {}", version.reach, program.period.named.label),
    }
}

/// What a cell can be, in words: `Red`, `Red or Orange`, `not known, but not Red`.
pub(super) fn mask_words(program: &Program, fact: &Fact, mask: Mask, members: &[usize]) -> String {
    let full = fact.full(program);
    let list = |mask: Mask| {
        crate::eval::diagram::bits(mask).map(|bit| fact.value_label(program, bit as usize, members)).collect::<Vec<_>>().join(" or ")
    };
    match mask.count_ones() {
        _ if mask == full => "not known".to_owned(),
        n if n > full.count_ones() / 2 && n > 1 => format!("not known, but not {}", list(full & !mask)),
        _ => list(mask),
    }
}

/// `SWD (P4, P5)`, `SWD in 2018, 2019, 2022`.
pub fn carried_words(program: &Program, one: &Carried) -> String {
    let name = &program.categories[one.category.0].members[one.member].named.name;
    let mut words = name.clone();
    if !one.inner.is_empty() && one.years.len() < 2 {
        let inner: Vec<String> = one.inner.iter().map(|inner| carried_words(program, inner)).collect();
        words.push_str(&format!(" ({})", inner.join(", ")));
    }
    if !one.years.is_empty() {
        let years: Vec<String> = one.years.iter().map(i32::to_string).collect();
        words.push_str(&format!(" in {}", years.join(", ")));
    }
    words
}

pub(super) fn lasts_words(lasts: Lasts) -> String {
    let least = if lasts.at_least { "at least " } else { "" };
    let academic = if lasts.academic { "academic " } else { "" };
    let unit = if lasts.years == 1 { "year" } else { "years" };
    format!("{least}{} {academic}{unit}", lasts.years)
}

pub(super) fn carried_by(program: &Program, one: &Carried) -> CarriedBy {
    let named = &program.categories[one.category.0].members[one.member].named;
    CarriedBy {
        member: named.name.clone(),
        label: named.label.clone(),
        years: one.years.clone(),
        inner: one.inner.iter().map(|inner| carried_by(program, inner)).collect(),
    }
}

/// The rules and the data about one subject, and what either is called.
#[derive(Clone, Copy)]
pub(super) struct View<'v> {
    pub program: &'v Program,
    pub facts: &'v Facts,
    pub sources: &'v Sources,
    pub setting: &'v Setting<'v>,
    pub subject: usize,
}

impl<'v> View<'v> {
    pub(super) fn agency(&self, id: AgencyId) -> String {
        self.program.agencies[id.0].label.clone()
    }

    pub(super) fn agencies(&self, ids: &[AgencyId], word: &str) -> String {
        ids.iter().map(|id| self.agency(*id)).collect::<Vec<_>>().join(word)
    }

    pub(super) fn choice(&self, choice: usize) -> ChoiceInUse {
        let declared = &self.program.choices[choice];
        let option = self.setting.choices[choice];
        ChoiceInUse {
            choice: declared.named.name.clone(),
            question: declared.named.label.clone(),
            reading: declared.options[option].name.clone(),
            words: declared.options[option].label.clone(),
            because: if option == declared.set { declared.because.clone() } else { "chosen for this run".to_owned() },
        }
    }

    /// Choices met, each clause looked at once.
    pub(super) fn choices_in(&self, step: At, seen: &mut [bool], out: &mut Vec<usize>) {
        if !step.chooses || matches!(step.doing, Doing::Clause(..)) && std::mem::replace(&mut seen[step.index()], true) {
            return;
        }
        if let Some(CondKind::ByChoice(choice, _)) = step.cond.map(|cond| &cond.kind) {
            out.push(choice.0);
        }
        // readings of parts that did not carry the answer change nothing
        let negates = negates(&step);
        for below in step.because().filter(|below| negates || below.node == step.node || below.node.settled() == step.node.settled()) {
            self.choices_in(below, seen, out);
        }
    }

    pub(super) fn pathway(&self, found: &Determination<'v>, year: i32, trace: &Rc<Trace<'v>>) -> PathwayExplanation<'v> {
        let program = self.program;
        let pathway = &program.pathways[found.pathway.0];
        let follows = found
            .holding()
            .map(|finding| {
                let gives = finding.gives;
                let days = gives.lasts.and_then(|lasts| self.lasts(lasts, year));
                Follows {
                    by: program.clauses[finding.clause.0].citation.clone(),
                    status: gives.status.clone(),
                    providers: finding.providers.iter().map(|provider| self.provider(provider)).collect(),
                    involved: gives.involves.iter().map(|involved| self.involved(involved)).collect(),
                    refusal: gives
                        .refusal
                        .as_ref()
                        .map(|who| if who.is_empty() { "nobody".to_owned() } else { self.agencies(who, " or ") }),
                    decision: gives.decision.as_ref().map(|decision| {
                        let mut words = self.agency(decision.by);
                        if !decision.consulting.is_empty() {
                            words.push_str(&format!(", in consultation with {}", self.agencies(&decision.consulting, " and ")));
                        }
                        if let Some(approval) = decision.approval {
                            words.push_str(&format!(", with the approval of {}", self.agency(approval)));
                        }
                        words
                    }),
                    lasts: gives.lasts.map(lasts_words),
                    from: days.map(|(from, _)| from.to_string()),
                    until: days.map(|(_, until)| until.to_string()),
                    outcome: gives.outcome.clone(),
                    opens: self.opens(finding.clause, year),
                    notes: program.clauses[finding.clause.0]
                        .marks
                        .iter()
                        .map(|(kind, text)| Note { kind: kind.clone(), text: text.clone() })
                        .collect(),
                }
            })
            .collect();
        let (mut members, mut carried): (Vec<String>, Vec<CarriedBy>) = (Vec::new(), Vec::new());
        for one in found.holding().flat_map(|finding| &finding.carried) {
            let words = carried_words(program, one);
            if !members.contains(&words) {
                members.push(words);
                carried.push(carried_by(program, one));
            }
        }
        let open = found
            .open
            .iter()
            .map(|cell| {
                let fact = &program.facts[cell.fact.0];
                let own = fact.members_at(program, cell.offset);
                let now = self.facts.cell_on(program, cell.fact, cell.year, self.subject, cell.offset, self.setting.as_of);
                OpenCell {
                    fact: fact.named.name.clone(),
                    label: fact.named.label.clone(),
                    members: member_names(program, fact, cell.offset),
                    member_labels: member_labels(program, fact, cell.offset),
                    year: fact.yearly.then_some(cell.year),
                    ruled_out: crate::eval::diagram::bits(fact.full(program) & !now.mask)
                        .map(|bit| fact.value_label(program, bit as usize, &own))
                        .collect(),
                    possible: crate::eval::diagram::bits(now.mask).map(|bit| fact.value_label(program, bit as usize, &own)).collect(),
                }
            })
            .collect();
        let mut not_encoded: Vec<String> = Vec::new();
        for finding in &found.findings {
            let clause = &program.clauses[finding.clause.0];
            let version = &program.texts[clause.text.0].versions[clause.version];
            for id in version.clauses.iter().flatten() {
                let other = &program.clauses[id.0];
                let below = other.citation.starts_with(&clause.citation) && other.citation != clause.citation;
                if let (Some(because), true) = (&other.not_encoded, below) {
                    let words = format!("{}: {because}", other.citation);
                    if !not_encoded.contains(&words) {
                        not_encoded.push(words);
                    }
                }
            }
        }
        PathwayExplanation {
            pathway: pathway.named.name.clone(),
            label: pathway.named.label.clone(),
            tier: pathway.tier.map(|tier| program.tiers[tier].label.clone()),
            stage: pathway.stage.clone(),
            answer: found.answer,
            by: found.holding().map(|finding| program.clauses[finding.clause.0].citation.clone()).collect(),
            either: found.either(),
            members,
            carried,
            follows,
            open,
            enough: None,
            nearest: Vec::new(),
            flip: None,
            next: None,
            why: found
                .findings
                .iter()
                .map(|finding| Why { view: *self, trace: trace.clone(), step: finding.step.step, fold: false })
                .collect(),
            not_encoded,
        }
    }

    /// From which day to which; of academic years no days are declared.
    pub(super) fn lasts(&self, lasts: Lasts, year: i32) -> Option<(Date, Date)> {
        let period = &self.program.period;
        let counted = if lasts.from_previous { period.published_until(year - 1).next()? } else { year };
        let from = period.year(counted)?.on;
        let until = from.checked_add(i64::from(lasts.years).years()).ok().filter(|_| !lasts.academic)?;
        Some((from, until))
    }

    pub(super) fn provider(&self, provider: &Provider) -> String {
        let mut words = self.agency(provider.agency);
        if !provider.with.is_empty() {
            words.push_str(&format!(" with {}", self.agencies(&provider.with, " and ")));
        }
        words
    }

    pub(super) fn involved(&self, involved: &Involves) -> String {
        let mut words = format!("{} {}", self.agency(involved.agency), involved.how);
        if involved.of.is_empty() {
            words = format!("{} is {}", self.agency(involved.agency), involved.how);
        } else {
            words.push_str(&format!(" {}", self.agencies(&involved.of, " or ")));
        }
        if let Some(under) = &involved.under {
            words.push_str(&format!(", {under}"));
        }
        if let Some(note) = &involved.note {
            words.push_str(&format!(" ({note})"));
        }
        words
    }

    pub(super) fn which(&self, members: &[(CategoryId, usize)], year: i32) -> String {
        let mut words: Vec<String> =
            members.iter().map(|(category, member)| self.program.categories[category.0].members[*member].named.name.clone()).collect();
        words.push(year.to_string());
        words.join(", ")
    }

    pub(super) fn basis(&self, basis: Basis, clause: &Clause, year: i32) -> Option<String> {
        Some(match basis {
            Basis::Rule => return None,
            Basis::Exception(id) => format!("by exception {}", self.program.clauses[id.0].citation),
            Basis::Recorded => "as published: the facts at hand leave the rule open".to_owned(),
            Basis::NotForKind => {
                let kinds: Vec<&str> = self
                    .program
                    .subject
                    .kinds
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| clause.kinds & (1 << at) != 0)
                    .map(|(_, kind)| kind.named.label.as_str())
                    .collect();
                format!("concerns only a {}", kinds.join(" or "))
            }
            Basis::NotYet => {
                let (first, because) = clause.first.as_ref()?;
                format!("applies from {first} on: {because}")
            }
            Basis::Suspended => self.program.period.year(year)?.suspended.clone()?,
            Basis::NoSuchMember => format!("does not exist in {year}"),
            Basis::NoVersion => format!("no version for {year}"),
        })
    }

    pub(super) fn fact(&self, key: CellKey) -> FactSeen {
        let cell = self.cell(key);
        let fact = &self.program.facts[key.fact.0];
        FactSeen {
            members: self.members_of(key).map(|named| MemberSeen { member: named.name.clone(), label: named.label.clone() }).collect(),
            year: fact.yearly.then_some(key.year),
            name: self.fact_name(key),
            value: self.fact_value(key, &cell),
            known: cell.mask.count_ones() == 1,
            shown_with: self.shown_with(key).map(|(with, value)| ShownWith {
                fact: with.named.name.clone(),
                label: with.named.label.clone(),
                value,
            }),
            file: cell.origin.file().map(|file| self.facts.files[file].clone()),
            row: cell.origin.row_number(),
        }
    }

    pub(super) fn cell(&self, key: CellKey) -> Cell {
        self.facts.cell_on(self.program, key.fact, key.year, self.subject, key.offset, self.setting.as_of)
    }

    pub(super) fn members_of(&self, key: CellKey) -> impl Iterator<Item = &'v Named> {
        members_named(self.program, &self.program.facts[key.fact.0], key.offset)
    }

    /// `performance level of SWD in ELA, 2023`
    pub(super) fn fact_name(&self, key: CellKey) -> String {
        let mut name = String::new();
        self.name_fact(key, &mut name);
        name
    }

    fn name_fact(&self, key: CellKey, out: &mut String) {
        let fact = &self.program.facts[key.fact.0];
        out.push_str(&fact.named.label);
        for (at, member) in self.members_of(key).enumerate() {
            out.push_str(if at == 0 { " of " } else { ", " });
            out.push_str(&member.name);
        }
        if fact.yearly {
            let _ = write!(out, ", {}", key.year);
        }
    }

    /// The value in words; several words where it is not known exactly.
    pub(super) fn fact_value(&self, key: CellKey, cell: &Cell) -> String {
        let program = self.program;
        let fact = &program.facts[key.fact.0];
        let mut value = match (&fact.kind, cell.number) {
            (ValueKind::Number { unit, .. }, Some(number)) => format!("{number} {unit}"),
            _ => mask_words(program, fact, cell.mask, &fact.members_at(program, key.offset)),
        };
        if let Some(date) = cell.date {
            let late = if fact.dated && date > self.setting.as_of { ", after the day whose law is applied" } else { "" };
            let _ = write!(value, " ({date}{late})");
        }
        value
    }

    /// The number that a fact is shown with, where one is declared and known, and its value in words.
    fn shown_with(&self, key: CellKey) -> Option<(&'v Fact, String)> {
        let id = self.program.facts[key.fact.0].shown_with?;
        let with = &self.program.facts[id.0];
        let key = CellKey { fact: id, ..key };
        let cell = self.cell(key);
        let known = cell.number.is_some() || cell.mask.count_ones() == 1 && cell.mask != with.absent_bit(self.program);
        known.then(|| (with, self.fact_value(key, &cell)))
    }

    /// Adds a fact and its value to a line; gives back the file and row it was read from.
    pub(super) fn tell(&self, key: CellKey, line: &mut String) -> Option<(&'v str, Option<u32>)> {
        let cell = self.cell(key);
        line.push_str("  <- ");
        self.name_fact(key, line);
        line.push_str(": ");
        line.push_str(&self.fact_value(key, &cell));
        if let Some((_, value)) = self.shown_with(key) {
            let _ = write!(line, " ({value})");
        }
        cell.origin.file().map(|file| (self.facts.files[file].as_str(), cell.origin.row_number()))
    }
}
