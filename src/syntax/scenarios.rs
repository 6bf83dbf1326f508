//! Scenarios: worked cases with their expected answers.

use super::Rule;
use super::ast::*;
use super::layout::Line;
use super::pieces::{Piece, Reader};
use crate::span::Spanned;

impl<'a> Reader<'a> {
    pub fn scenario(&mut self, head: &Piece<'a>, line: &Line) -> Scenario {
        let ids: Vec<Name> = head.all(Rule::scenario_id).map(|id| id.name()).collect();
        let before = self.diagnostics.len();
        let mut lines = Vec::new();
        for child in &line.children {
            lines.extend(self.scenario_line(line.span.start, child));
        }
        let damaged = self.diagnostics.len() > before;
        Scenario { damaged, id: ids[0].clone(), title: head.get(Rule::text).quoted(), like: ids.get(1).cloned(), lines }
    }

    fn scenario_line(&mut self, above: u32, line: &Line) -> Option<ScenarioLine> {
        let piece = self.read(Rule::scenario_line, line)?;
        self.once(above, &piece);
        if piece.rule() != Rule::sc_table {
            self.no_children(line);
        }
        let members = |piece: &Piece| piece.find(Rule::names).map(|names| names.names()).unwrap_or_default();
        Some(match piece.rule() {
            Rule::sc_subject => ScenarioLine::Subject(piece.get(Rule::name).name()),
            Rule::sc_period => {
                let date = piece.find(Rule::date).map(|date| self.date(&date));
                ScenarioLine::Period(piece.get(Rule::name).name(), self.year(&piece.get(Rule::year)), date)
            }
            Rule::sc_choose => {
                let names = piece.names();
                ScenarioLine::Choose(names[0].clone(), names[1].clone())
            }
            Rule::sc_note => match piece.find(Rule::text) {
                Some(text) => ScenarioLine::Note(text.quoted()),
                None => {
                    let mut mark = piece.name();
                    mark.value = mark.value.split_whitespace().last().unwrap_or_default().to_owned();
                    ScenarioLine::Mark(mark)
                }
            },
            Rule::sc_table => ScenarioLine::Table {
                fact: piece.get(Rule::name).name(),
                members: members(&piece),
                year: piece.find(Rule::year).map(|year| self.year(&year)),
                rows: self.table(line),
            },
            Rule::sc_given => ScenarioLine::Given {
                fact: piece.get(Rule::name).name(),
                members: members(&piece),
                years: piece.find(Rule::years).map(|years| self.years(&years)).unwrap_or_default(),
                value: match piece.find(Rule::number) {
                    Some(number) => GivenValue::Number(self.number(&number)),
                    None => GivenValue::Values(piece.has(Rule::not_kw), piece.get(Rule::value_set).value_set()),
                },
                date: piece.find(Rule::date).map(|date| self.date(&date)),
            },
            Rule::sc_unknown => {
                let lists: Vec<_> = piece.all(Rule::names).collect();
                ScenarioLine::Unknown {
                    facts: lists[0].names(),
                    members: lists.get(1).map(|names| names.names()).unwrap_or_default(),
                    years: piece.find(Rule::years).map(|years| self.years(&years)).unwrap_or_default(),
                }
            }
            _ => {
                let kind = self.expect_kind(&piece.only());
                ScenarioLine::Expect(Expect { span: piece.span(), kind })
            }
        })
    }

    fn expect_kind(&mut self, piece: &Piece<'a>) -> ExpectKind {
        if piece.rule() == Rule::sc_cite {
            return ExpectKind::Clause {
                citation: piece.get(Rule::citation).citation(),
                met: match () {
                    () if piece.has(Rule::sc_undetermined) => None,
                    () => Some(!piece.has(Rule::sc_not_met)),
                },
                value: match piece.find(Rule::sc_none) {
                    Some(none) => Some(none.name()),
                    None => piece.find(Rule::value).map(|value| value.get(Rule::name).name()),
                },
                members: piece.find(Rule::names).map(|names| names.names()).unwrap_or_default(),
                year: piece.find(Rule::year).map(|year| self.year(&year)),
            };
        }
        let pathway = piece.get(Rule::name).name();
        let what = piece.kids().last().unwrap_or_else(|| unreachable!("an expectation has two parts"));
        match what.rule() {
            Rule::sc_groups => ExpectKind::Members { pathway, members: what.get(Rule::names).names() },
            Rule::sc_provider => ExpectKind::Provider { pathway, agency: what.get(Rule::name).name() },
            Rule::sc_outcome => ExpectKind::Outcome { pathway, text: what.get(Rule::text).quoted() },
            Rule::sc_status => ExpectKind::Status { pathway, text: what.get(Rule::text).quoted() },
            _ => {
                let answer = what.only();
                let words = match answer.rule() {
                    Rule::ans_eligible => "eligible",
                    Rule::ans_not_eligible => "not eligible",
                    Rule::ans_not_applicable => "not applicable",
                    Rule::ans_suspended => "suspended",
                    _ => "undetermined",
                };
                ExpectKind::Answer {
                    pathway,
                    answer: Spanned::new(words.to_owned(), answer.span()),
                    by: what
                        .find(Rule::sc_by)
                        .map(|by| by.all(Rule::citation).map(|citation| citation.citation()).collect())
                        .unwrap_or_default(),
                    needs: what.find(Rule::sc_needs).map(|needs| {
                        let members = needs.find(Rule::names).map(|names| names.names()).unwrap_or_default();
                        (needs.get(Rule::name).name(), members, needs.find(Rule::year).map(|year| self.year(&year)))
                    }),
                }
            }
        }
    }
}
