//! Cases that tell a rule from a slip: facts, and what the rule says of them.

use super::Case;
use crate::eval::diagram::Node;
use crate::eval::{Evaluator, Setting};
use crate::facts::Facts;
use crate::program::*;
use crate::scenario;
use crate::span::{SourceId, Span};
use rust_decimal::Decimal;
use std::fmt::Write;

/// Where a case would stand that stands nowhere.
pub(super) fn nowhere() -> Span {
    Span::new(SourceId(0), 0, 0)
}

/// What a case asks.
#[derive(Clone, Debug)]
pub(super) struct Question {
    pub cite: Cite,
    pub kind: usize,
    pub year: i32,
    pub as_of: jiff::civil::Date,
    pub choices: Vec<(ChoiceId, usize)>,
}

impl Question {
    /// A clause asked as it is in this setting.
    pub fn new(cite: &Cite, kind: usize, year: i32, setting: &Setting) -> Self {
        let options = setting.choices.iter().zip(&setting.program.choices).enumerate();
        let choices = options.filter(|(_, (option, choice))| **option != choice.set).map(|(at, (option, _))| (ChoiceId(at), *option));
        Self { cite: cite.clone(), kind, year, as_of: setting.as_of, choices: choices.collect() }
    }
}

/// A case with these cells that expects what `program` answers.
pub(super) fn case(program: &Program, question: &Question, cells: Vec<StatedCell>) -> Option<Scenario> {
    let mut case = Scenario {
        id: String::new(),
        title: String::new(),
        mark: None,
        kind: question.kind,
        year: question.year,
        as_of: question.as_of,
        choices: question.choices.clone(),
        cells,
        expects: Vec::new(),
        at: nowhere(),
    };
    let text = &program.texts[question.cite.text.0];
    let clause = text.versions.iter().find_map(|version| version.clauses[question.cite.label])?;
    let scale = program.clauses[clause.0].value;
    let facts: Facts = scenario::facts(program, &case);
    let mut setting = Setting::new(program, case.as_of);
    case.choices.iter().for_each(|(choice, option)| setting.choices[choice.0] = *option);
    let mut evaluator = Evaluator::new(&setting, &facts, 0, false);
    let (met, value) = match scale {
        Some(scale) => {
            let values = evaluator.cite_value(&question.cite, question.year);
            (None, Some(value_of(&values, program.scales[scale.0].values.len())?))
        }
        None => (evaluator.cite(&question.cite, question.year).node.settled(), None),
    };
    let kind = ExpectKind::Clause { cite: question.cite.clone(), met, value, year: question.year };
    case.expects.push(Expect { at: nowhere(), kind });
    Some(case)
}

/// The value that is settled, the one after the last where it is settled that there is none.
pub(super) fn value_of(values: &[Node], n: usize) -> Option<usize> {
    let values = &values[..n.min(values.len())];
    let none = || values.iter().all(|value| *value == Node::NO).then_some(n);
    values.iter().position(|value| *value == Node::YES).or_else(none)
}

/// A value of this class that can be written.
pub(super) fn number_in(fact: &Fact, class: usize) -> Option<Decimal> {
    let ValueKind::Number { boundaries, .. } = &fact.kind else { return None };
    let step = |cut: &Boundary| Decimal::new(1, cut.at.scale());
    let below = class.checked_sub(1).and_then(|at| boundaries.get(at));
    let above = boundaries.get(class);
    let mut tries: Vec<Decimal> = Vec::new();
    tries.extend(below.into_iter().flat_map(|cut| [cut.at, cut.at + step(cut)]));
    tries.extend(above.into_iter().flat_map(|cut| [cut.at, cut.at - step(cut)]));
    tries.extend(below.zip(above).map(|(low, high)| (low.at + high.at) / Decimal::TWO));
    tries.push(Decimal::ZERO);
    tries.into_iter().find(|number| fact.class_of(*number) == Some(class))
}

/// The case as it is written in a rule file.
pub fn write(program: &Program, case: &Case) -> String {
    let Case { scenario: case, like, .. } = case;
    let like_of = like.map_or_else(String::new, |(base, _)| format!(" like {}", program.scenarios[base].id));
    let mut out = format!("scenario {} \"{}\"{like_of}\n", case.id, case.title.replace('"', "'"));
    if like.is_none() {
        let _ = writeln!(out, "  for {}", program.subject.kinds[case.kind].named.name);
        let on = program.period.year(case.year).map(|entry| entry.on);
        let day = if on == Some(case.as_of) { String::new() } else { format!(" as of {}", case.as_of) };
        let _ = writeln!(out, "  {} {}{day}", program.period.named.name, case.year);
        for (choice, option) in &case.choices {
            let choice = &program.choices[choice.0];
            let _ = writeln!(out, "  choose {} as {}", choice.named.name, choice.options[*option].name);
        }
    }
    let own = like.map_or(0, |(_, own)| own);
    let mut unknown: Vec<(FactId, i32)> = Vec::new();
    let mut tables: Vec<(FactId, i32, Vec<&StatedCell>)> = Vec::new();
    for cell in &case.cells[own..] {
        if cell.mask == program.facts[cell.fact.0].full(program) {
            if !unknown.contains(&(cell.fact, cell.year)) {
                unknown.push((cell.fact, cell.year));
            }
        } else {
            match tables.iter_mut().find(|(fact, year, _)| (*fact, *year) == (cell.fact, cell.year)) {
                Some((.., cells)) => cells.push(cell),
                None => tables.push((cell.fact, cell.year, vec![cell])),
            }
        }
    }
    let years = program.period.years.len();
    let in_all = |fact: FactId| unknown.iter().filter(|(own, _)| *own == fact).count() == years;
    for (fact, year) in &unknown {
        let declared = &program.facts[fact.0];
        if !declared.yearly || !in_all(*fact) {
            let in_year = if declared.yearly { format!(" in {year}") } else { String::new() };
            let _ = writeln!(out, "  unknown {}{in_year}", declared.named.name);
        } else if unknown.iter().find(|(own, _)| own == fact) == Some(&(*fact, *year)) {
            let _ = writeln!(out, "  unknown {}", declared.named.name);
        }
    }
    tables.sort_by_key(|(fact, year, _)| (*fact, *year));
    for (fact, year, cells) in tables {
        let fact = &program.facts[fact.0];
        let in_year = if fact.yearly && year != case.year { format!(" in {year}") } else { String::new() };
        match fact.categories.as_slice() {
            [down, across] if cells.len() > 1 => table(program, fact, *down, *across, &cells, &in_year, &mut out),
            _ => {
                for cell in cells {
                    let members: Vec<&str> = fact
                        .categories
                        .iter()
                        .zip(fact.members_at(program, cell.offset))
                        .map(|(category, member)| program.categories[category.0].members[member].named.name.as_str())
                        .collect();
                    let of = if members.is_empty() { String::new() } else { format!(" of {}", members.join(", ")) };
                    let _ = writeln!(out, "  given {}{of}{in_year} is {}", fact.named.name, value(program, fact, cell));
                }
            }
        }
    }
    for expect in &case.expects {
        if let ExpectKind::Provider { pathway, agency } = &expect.kind {
            let (pathway, agency) = (&program.pathways[pathway.0].named.name, &program.agencies[agency.0].name);
            let _ = writeln!(out, "  expect {pathway} provider {agency}");
        }
        if let ExpectKind::Clause { cite, met, value, year } = &expect.kind {
            let text = &program.texts[cite.text.0];
            let clause = text.versions.iter().find_map(|version| version.clauses[cite.label]);
            let scale = clause.and_then(|clause| program.clauses[clause.0].value);
            let answer = match (value, scale, met) {
                (Some(value), Some(scale), _) => {
                    format!("is {}", program.scales[scale.0].values.get(*value).map_or("none", |value| value.name.as_str()))
                }
                (_, _, Some(true)) => "met".to_owned(),
                (_, _, Some(false)) => "not met".to_owned(),
                (_, _, None) => "undetermined".to_owned(),
            };
            let members: Vec<&str> =
                cite.members.iter().map(|(category, member)| program.categories[category.0].members[*member].named.name.as_str()).collect();
            let of = if members.is_empty() { String::new() } else { format!(" for {}", members.join(", ")) };
            let in_year = if *year == case.year { String::new() } else { format!(" in {year}") };
            let _ = writeln!(out, "  expect {}{} {answer}{of}{in_year}", text.citation(), text.labels[cite.label]);
        }
    }
    out
}

fn value(program: &Program, fact: &Fact, cell: &StatedCell) -> String {
    match cell.number {
        Some(number) => number.to_string(),
        None => fact.value_name(program, cell.mask.trailing_zeros() as usize),
    }
}

fn table(program: &Program, fact: &Fact, down: CategoryId, across: CategoryId, cells: &[&StatedCell], in_year: &str, out: &mut String) {
    let of: Vec<Vec<usize>> = cells.iter().map(|cell| fact.members_at(program, cell.offset)).collect();
    let distinct = |at: usize| {
        let mut members: Vec<usize> = of.iter().map(|members| members[at]).collect();
        members.sort_unstable();
        members.dedup();
        members
    };
    let (rows, columns) = (distinct(0), distinct(1));
    let name = |category: CategoryId, member: usize| program.categories[category.0].members[member].named.name.clone();
    let mut lines = vec![
        std::iter::once(program.categories[down.0].named.name.clone())
            .chain(columns.iter().map(|column| name(across, *column)))
            .collect::<Vec<_>>(),
    ];
    for row in &rows {
        let cell = |column: &usize| {
            let found = of.iter().position(|members| members[0] == *row && members[1] == *column);
            found.map_or_else(String::new, |at| value(program, fact, cells[at]))
        };
        lines.push(std::iter::once(name(down, *row)).chain(columns.iter().map(cell)).collect());
    }
    let widths: Vec<usize> = (0..=columns.len()).map(|at| lines.iter().map(|line| line[at].len()).max().unwrap_or(0)).collect();
    let _ = writeln!(out, "  table {}{in_year}", fact.named.name);
    for line in lines {
        let cells: Vec<String> = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        let _ = writeln!(out, "    | {} |", cells.join(" | "));
    }
}
