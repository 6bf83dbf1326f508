//! Scenarios: the facts they state and the answers they expect.

use super::conditions::Scope;
use super::names::Checker;
use crate::diagnostic::Diagnostic;
use crate::program::*;
use crate::span::{Span, Spanned};
use crate::syntax::ast::{self, ExpectKind as Ast, GivenValue, Item, ScenarioLine};
use std::collections::HashMap;

/// Most scenarios that can be like one another in a chain.
const MAX_LIKE: usize = 100;

impl Checker {
    /// Types every `scenario`.
    pub fn scenarios(&mut self, files: &[ast::File]) {
        let mut declared: HashMap<&str, &ast::Scenario> = HashMap::new();
        let mut order = Vec::new();
        for item in files.iter().flat_map(|file| &file.items) {
            let Item::Scenario(scenario) = item else { continue };
            if let Some(first) = declared.insert(&scenario.id.value, scenario) {
                self.report(
                    Diagnostic::error("names/declared-twice", format!("scenario `{}` is declared twice", scenario.id.value))
                        .at(scenario.id.span, "declared again here")
                        .and(first.id.span, "first declared here"),
                );
                continue;
            }
            order.push(scenario);
        }
        for scenario in order {
            let mut chain = Vec::new();
            let Some(lines) = self.lines(scenario, &declared, &mut chain) else { continue };
            if let Some(typed) = self.scenario(scenario, &lines) {
                self.p().scenarios.push(typed);
            }
        }
    }

    /// The lines of the scenarios it is like, without their expectations, then its own.
    fn lines<'a>(
        &mut self,
        scenario: &'a ast::Scenario,
        declared: &HashMap<&str, &'a ast::Scenario>,
        chain: &mut Vec<&'a str>,
    ) -> Option<Vec<&'a ScenarioLine>> {
        let mut lines = Vec::new();
        if let Some(like) = &scenario.like {
            let Some(base) = declared.get(like.value.as_str()) else {
                let mut known: Vec<&str> = declared.keys().copied().filter(|id| *id != scenario.id.value).collect();
                known.sort_unstable();
                self.unknown("names/unknown-scenario", "scenario", &like.value, like.span, known.iter().copied());
                return None;
            };
            if chain.contains(&like.value.as_str()) {
                self.report(
                    Diagnostic::error("law/circular", format!("scenario `{}` is like itself", like.value))
                        .at(like.span, "leads back here")
                        .help("a scenario starts from another; take `like` from one of them"),
                );
                return None;
            }
            if chain.len() >= MAX_LIKE {
                self.report(
                    Diagnostic::error("law/too-deep", format!("scenarios are like each other more than {MAX_LIKE} deep"))
                        .at(like.span, "reached here")
                        .help("let this one be like the first of them"),
                );
                return None;
            }
            chain.push(&scenario.id.value);
            lines = self.lines(base, declared, chain)?;
            lines.retain(|line| !matches!(line, ScenarioLine::Expect(_) | ScenarioLine::Note(_) | ScenarioLine::Mark(_)));
        }
        lines.extend(&scenario.lines);
        Some(lines)
    }

    fn scenario(&mut self, scenario: &ast::Scenario, lines: &[&ScenarioLine]) -> Option<Scenario> {
        let mut kind = None;
        let mut when = None;
        let mut mark = None;
        let mut choices = Vec::new();
        for line in lines {
            match line {
                ScenarioLine::Subject(name) => kind = Some(self.kinds(std::slice::from_ref(name)).trailing_zeros() as usize),
                ScenarioLine::Period(name, year, date) => {
                    if !self.is_period(name) || !self.known_year(year) {
                        return None;
                    }
                    let on = self.p().period.year(year.value).map(|entry| entry.on);
                    when = Some((year.value, date.as_ref().map(|date| date.value).or(on)?));
                }
                ScenarioLine::Choose(choice, option) => {
                    let choice = self.choice(choice)?;
                    choices.push((choice, self.option(choice, option)?));
                }
                ScenarioLine::Mark(name) => mark = Some(name.value.clone()),
                _ => {}
            }
        }
        let (Some(kind), Some((year, as_of))) = (kind, when) else {
            if scenario.damaged {
                return None;
            }
            let period = self.p().period.named.name.clone();
            self.report(
                Diagnostic::error(
                    "names/scenario-incomplete",
                    format!("scenario `{}` does not say for whom and for which year", scenario.id.value),
                )
                .at(scenario.id.span, "incomplete")
                .help(format!("add lines such as `for district` and `{period} 2025`")),
            );
            return None;
        };
        if kind >= self.p().subject.kinds.len() {
            return None;
        }
        let mut cells = Vec::new();
        let mut expects = Vec::new();
        for line in lines {
            match line {
                ScenarioLine::Table { fact, members, year: of, rows } => self.table(fact, members, of.as_ref(), rows, year, &mut cells),
                ScenarioLine::Given { fact, members, years, value, date } => {
                    let Some(id) = self.fact(fact) else { continue };
                    let declared = self.p().facts[id.0].clone();
                    let (mask, number) = match value {
                        GivenValue::Number(number) => match declared.class_of(number.value) {
                            Some(class) => (1 << class, Some(number.value)),
                            None => {
                                self.report(
                                    Diagnostic::error("types/not-a-number", format!("`{}` is not a number", fact.value))
                                        .at(number.span, "given a number"),
                                );
                                continue;
                            }
                        },
                        GivenValue::Values(negated, values) => match self.values(id, values, *negated) {
                            Some(mask) => (mask, None),
                            None => continue,
                        },
                    };
                    let date = date.as_ref().map(|date| date.value);
                    for (offset, year) in self.cells(id, members, years, year, fact.span) {
                        cells.push(StatedCell { fact: id, offset, year, mask, date, number });
                    }
                }
                ScenarioLine::Unknown { facts, members, years } => {
                    for fact in facts {
                        let Some(id) = self.fact(fact) else { continue };
                        let declared = self.p().facts[id.0].clone();
                        let mask = declared.full(self.p());
                        let all = years.is_empty();
                        for (offset, year) in self.cells(id, members, years, year, fact.span) {
                            if all && declared.yearly {
                                let years: Vec<i32> = self.p().period.years.iter().map(|entry| entry.year).collect();
                                cells.extend(years.into_iter().map(|year| StatedCell {
                                    fact: id,
                                    offset,
                                    year,
                                    mask,
                                    date: None,
                                    number: None,
                                }));
                            } else {
                                cells.push(StatedCell { fact: id, offset, year, mask, date: None, number: None });
                            }
                        }
                    }
                }
                ScenarioLine::Expect(expect) => {
                    if let Some(kind) = self.expect(expect, year) {
                        expects.push(Expect { at: expect.span, kind });
                    }
                }
                _ => {}
            }
        }
        if expects.is_empty() && !scenario.damaged && !scenario.lines.iter().any(|line| matches!(line, ScenarioLine::Expect(_))) {
            self.report(
                Diagnostic::error("names/scenario-expects-nothing", format!("scenario `{}` expects nothing", scenario.id.value))
                    .at(scenario.id.span, "a case that cannot fail")
                    .help("add a line such as `expect PATHWAY eligible by CITATION`"),
            );
        }
        Some(Scenario {
            id: scenario.id.value.clone(),
            title: scenario.title.value.clone(),
            mark,
            kind,
            year,
            as_of,
            choices,
            cells,
            expects,
            at: scenario.id.span,
        })
    }

    /// Offsets and years of the cells meant by a fact, some members and some years.
    fn cells(&mut self, fact: FactId, members: &[ast::Name], years: &[ast::YearSpan], default: i32, at: Span) -> Vec<(usize, i32)> {
        let declared = self.p().facts[fact.0].clone();
        let mut named: Vec<(CategoryId, usize)> = Vec::new();
        for member in members {
            match self.member_of_any(&declared.categories, member) {
                Some(found) => named.push(found),
                None => return Vec::new(),
            }
        }
        let program = self.p();
        let offsets: Vec<usize> = (0..declared.stride(program))
            .filter(|offset| {
                let own = declared.members_at(program, *offset);
                declared.categories.iter().zip(&own).all(|(category, member)| {
                    let mut of = named.iter().filter(|(other, _)| other == category).peekable();
                    of.peek().is_none() || of.any(|(_, wanted)| wanted == member)
                })
            })
            .collect();
        if !years.is_empty() && !declared.yearly {
            self.report(
                Diagnostic::error("dates/no-years", format!("`{}` is not given for each year", declared.named.name))
                    .at(at, "has one value for all years")
                    .and(declared.named.at, "declared here")
                    .help("leave `in YEAR` out"),
            );
            return Vec::new();
        }
        let spans = self.years(years);
        for span in years {
            if !self.known_year(&span.from) {
                return Vec::new();
            }
        }
        let years: Vec<i32> = if !declared.yearly {
            vec![0]
        } else if spans.is_empty() {
            vec![default]
        } else {
            self.p().period.years.iter().map(|entry| entry.year).filter(|year| in_years(&spans, *year)).collect()
        };
        offsets.into_iter().flat_map(|offset| years.iter().map(move |year| (offset, *year)).collect::<Vec<_>>()).collect()
    }

    fn table(
        &mut self,
        fact: &ast::Name,
        members: &[ast::Name],
        of: Option<&ast::Year>,
        rows: &[Spanned<Vec<ast::Name>>],
        default: i32,
        cells: &mut Vec<StatedCell>,
    ) {
        let Some(id) = self.fact(fact) else { return };
        let declared = self.p().facts[id.0].clone();
        let Some((Spanned { value: head, .. }, body)) = rows.split_first() else {
            self.report(
                Diagnostic::error("types/table-shape", "the table has no rows")
                    .at(fact.span, "nothing stands below")
                    .help("the first row names the columns: `| student_group | 2024 | 2025 |`, each later one starts with a member"),
            );
            return;
        };
        let Some(down) = head.first() else { return };
        let Some(down) = self.category(down) else { return };
        if !declared.categories.contains(&down) {
            let label = self.p().categories[down.0].named.label.clone();
            self.report(
                Diagnostic::error("types/table-shape", format!("`{}` is not given for each {label}", fact.value))
                    .at(head[0].span, "rows are named by this")
                    .and(declared.named.at, "declared here"),
            );
            return;
        }
        let (full, absent) = (declared.full(self.p()), declared.absent_bit(self.p()));
        for Spanned { value: row, span: at } in body {
            if row.len() != head.len() {
                self.report(
                    Diagnostic::error("types/table-shape", format!("this row has {} cells, the first row {}", row.len(), head.len()))
                        .at(*at, "here")
                        .help("write a cell for every column of the first row"),
                );
                continue;
            }
            for (column, cell) in head.iter().zip(row).skip(1) {
                let mut names = members.to_vec();
                names.push(row[0].clone());
                let year = match column.value.parse::<i32>() {
                    Ok(year) if !self.known_year(&Spanned::new(year, column.span)) => continue,
                    Ok(year) => year,
                    Err(_) => {
                        names.push(column.clone());
                        of.map_or(default, |of| of.value)
                    }
                };
                let (mask, number) = match cell.value.as_str() {
                    "" => continue,
                    "?" => (full, None),
                    "-" if declared.absent.is_some() => (absent, None),
                    text => match (&declared.kind, text.parse::<rust_decimal::Decimal>()) {
                        (ValueKind::Number { .. }, Ok(number)) => match declared.class_of(number) {
                            Some(class) => (1 << class, Some(number)),
                            None => continue,
                        },
                        _ => match self.values(id, &ast::ValueSet::OneOf(vec![cell.clone()]), false) {
                            Some(mask) => (mask, None),
                            None => continue,
                        },
                    },
                };
                for (offset, _) in self.cells(id, &names, &[], year, cell.span) {
                    let year = if declared.yearly { year } else { 0 };
                    cells.push(StatedCell { fact: id, offset, year, mask, date: None, number });
                }
            }
        }
    }

    fn expect(&mut self, expect: &ast::Expect, default: i32) -> Option<ExpectKind> {
        Some(match &expect.kind {
            Ast::Clause { year: Some(year), .. } if !self.known_year(year) => return None,
            Ast::Clause { citation, met, value, members, year } => {
                let cite = self.cite(citation)?;
                let cite = self.bind(cite, members, &Scope::default())?;
                let value = match value {
                    None => {
                        if let Some(scale) = self.value_of(&cite).filter(|_| met.is_some()) {
                            self.gives_a_value(scale, citation, "say which: `is Red`; or `is none` where it gives none");
                            return None;
                        }
                        None
                    }
                    Some(value) => {
                        let Some(scale) = self.value_of(&cite) else {
                            self.report(
                                Diagnostic::error("types/value-or-answer", "this clause answers yes or no")
                                    .at(citation.span, "has no value"),
                            );
                            return None;
                        };
                        // no value can be called so
                        if value.value == "none" {
                            Some(self.p().scales[scale.0].values.len())
                        } else {
                            let mask = self.scale_values(scale, &ast::ValueSet::OneOf(vec![value.clone()]))?;
                            Some(mask.trailing_zeros() as usize)
                        }
                    }
                };
                ExpectKind::Clause { cite, met: *met, value, year: year.as_ref().map_or(default, |year| year.value) }
            }
            Ast::Answer { pathway, answer, by, needs } => {
                let pathway = self.pathway(pathway)?;
                let mut cites = Vec::new();
                for citation in by {
                    cites.push(self.cite(citation)?);
                }
                let needs = match needs {
                    None => None,
                    Some((fact, members, year)) => {
                        let fact = self.fact(fact)?;
                        let categories = self.p().facts[fact.0].categories.clone();
                        let mut named = Vec::new();
                        for member in members {
                            named.push(self.member_of_any(&categories, member)?);
                        }
                        Some((fact, named, year.as_ref().map(|year| year.value)))
                    }
                };
                ExpectKind::Answer { pathway, answer: answer.value.clone(), by: cites, needs }
            }
            Ast::Members { pathway, members } => {
                let pathway = self.pathway(pathway)?;
                let all: Vec<CategoryId> = (0..self.p().categories.len()).map(CategoryId).collect();
                let mut named = Vec::new();
                for member in members {
                    named.push(self.member_of_any(&all, member)?);
                }
                ExpectKind::Members { pathway, members: named }
            }
            Ast::Provider { pathway, agency } => ExpectKind::Provider { pathway: self.pathway(pathway)?, agency: self.agency(agency)? },
            Ast::Outcome { pathway, text } => ExpectKind::Outcome { pathway: self.pathway(pathway)?, text: text.value.clone() },
            Ast::Status { pathway, text } => ExpectKind::Status { pathway: self.pathway(pathway)?, text: text.value.clone() },
        })
    }
}
