//! Numbers and values: where rules cut the number line, brackets and grids.

use super::conditions::Scope;
use super::names::Checker;
use crate::diagnostic::Diagnostic;
use crate::program::*;
use crate::span::Span;
use crate::syntax::ast::{self, Compare, CondKind as Ast, FactTest, Item};

impl Checker {
    /// Collects the numbers each fact is compared with; they cut its number line into the classes rules can tell apart.
    pub fn boundaries(&mut self, files: &[ast::File]) {
        let mut found: Vec<(String, Boundary)> = Vec::new();
        for item in files.iter().flat_map(|file| &file.items) {
            if let Item::Clause(clause) = item {
                for cond in [&clause.when, &clause.applies, &clause.recorded, &clause.recorded_if].into_iter().flatten() {
                    walk(cond, &mut found);
                }
                for provider in clause.gives.iter().flat_map(|gives| &gives.providers) {
                    if let Some(cond) = &provider.when {
                        walk(cond, &mut found);
                    }
                }
            }
        }
        for fact in &mut self.p().facts {
            if let ValueKind::Number { boundaries, .. } = &mut fact.kind {
                boundaries.extend(found.iter().filter(|(name, _)| *name == fact.named.name).map(|(_, cut)| *cut));
                // `at least x` puts x above its cut, `up to x` below it, so the cut without x comes first
                boundaries.sort_unstable();
                boundaries.dedup();
            }
        }
        let crowded: Vec<(String, Span)> = self
            .p()
            .facts
            .iter()
            .filter(|fact| matches!(&fact.kind, ValueKind::Number { boundaries, .. } if boundaries.len() > 120))
            .map(|fact| (fact.named.name.clone(), fact.named.at))
            .collect();
        for fact in &mut self.p().facts {
            if let ValueKind::Number { boundaries, .. } = &mut fact.kind
                && boundaries.len() > 120
            {
                boundaries.clear();
            }
        }
        for (name, at) in crowded {
            self.report(
                Diagnostic::error("types/too-many-values", format!("`{name}` is compared with more than 120 different numbers"))
                    .at(at, "declared here")
                    .help("declare a fact of its own for each measure"),
            );
        }
        fn walk(cond: &ast::Cond, found: &mut Vec<(String, Boundary)>) {
            match &cond.kind {
                Ast::AllOf(items) | Ast::AnyOf(items) | Ast::NoneOf(items) | Ast::AtLeastOf(_, items) => {
                    items.iter().for_each(|item| walk(item, found))
                }
                Ast::Count(count) => walk(&count.body, found),
                Ast::Window(window) => walk(&window.body, found),
                Ast::Unreadable(conds) => conds.iter().for_each(|cond| walk(cond, found)),
                Ast::ByMember(_, arms) | Ast::ByChoice(_, arms) => arms.iter().for_each(|arm| walk(&arm.cond, found)),
                Ast::Bracket(names, rows) => {
                    if let Some(fact) = names.last() {
                        found.extend(
                            rows.iter()
                                .filter_map(|row| row.bound.as_ref())
                                .map(|(at, inclusive)| (fact.value.clone(), Boundary { at: at.value, inclusive: *inclusive })),
                        );
                    }
                }
                Ast::Fact { fact, test: FactTest::Compare(compare, number, _), .. } => {
                    found.push((fact.value.clone(), Boundary { at: number.value, inclusive: side(*compare) }));
                }
                _ => {}
            }
        }
    }

    pub fn bracket(&mut self, names: &[ast::Name], rows: &[ast::BracketRow], at: Span, scope: &Scope) -> Option<CondKind> {
        let scale = scope.value?;
        let (name, members) = names.split_last()?;
        let fact = self.fact(name)?;
        let args = self.args(fact, members, at, scope)?;
        let declared = self.p().facts[fact.0].clone();
        let ValueKind::Number { boundaries, .. } = &declared.kind else {
            self.report(
                Diagnostic::error("types/not-a-number", format!("`{}` is not a number", name.value))
                    .at(name.span, "a bracket needs one")
                    .and(declared.named.at, "declared here")
                    .help("use `by` for the members of a category, or a fact declared as `number of`"),
            );
            return None;
        };
        let all = declared.absent_bit(self.p()) - 1;
        let mut left = all;
        let mut typed = Vec::new();
        for row in rows {
            let mask = match &row.bound {
                None => left,
                Some((number, inclusive)) => {
                    let cut = Boundary { at: number.value, inclusive: *inclusive };
                    let under = boundaries.iter().position(|own| *own == cut).map_or(0, |at| at + 1);
                    left & ((1 << under) - 1)
                }
            };
            if mask == 0 {
                self.report(
                    Diagnostic::error("types/bracket-empty", "no number falls into this bracket")
                        .at(row.span, "covered by the lines above")
                        .help("write the bounds in ascending order, `otherwise` last"),
                );
                return None;
            }
            let value = self.scale_values(scale, &ast::ValueSet::OneOf(vec![row.value.clone()]))?.trailing_zeros() as usize;
            typed.push((mask, value));
            left &= !mask;
        }
        if left != 0 {
            self.report(
                Diagnostic::error("types/bracket-gap", "the bracket does not cover every number")
                    .at(at, "the highest numbers have no value")
                    .help("end with `otherwise is ...`"),
            );
            return None;
        }
        Some(CondKind::Bracket(fact, args, typed))
    }

    pub fn grid(&mut self, rows: &ast::Citation, columns: &ast::Citation, cells: &[Vec<ast::Name>], scope: &Scope) -> Option<CondKind> {
        let scale = scope.value?;
        let (row_cite, column_cite) = (self.cite(rows)?, self.cite(columns)?);
        let (row_cite, column_cite) = (self.bind(row_cite, &[], scope)?, self.bind(column_cite, &[], scope)?);
        let (Some(row_scale), Some(column_scale)) = (self.value_of(&row_cite), self.value_of(&column_cite)) else {
            self.report(
                Diagnostic::error("types/value-or-answer", "a grid needs two clauses that give values")
                    .at(rows.span.to(columns.span), "one of these answers yes or no"),
            );
            return None;
        };
        let Some((head, body)) = cells.split_first() else {
            self.report(
                Diagnostic::error("types/table-shape", "the grid has no rows")
                    .at(rows.span, "nothing stands below")
                    .help("the first row names the columns: `| | Level_1 | Level_2 |`, each later one starts with its own value"),
            );
            return None;
        };
        let one = |checker: &mut Checker, scale: ScaleId, name: &ast::Name| {
            checker.scale_values(scale, &ast::ValueSet::OneOf(vec![name.clone()])).map(|mask| mask.trailing_zeros() as usize)
        };
        let mut out = Vec::new();
        for row in body {
            if row.len() != head.len() {
                let at = row.first().map_or(rows.span, |cell| cell.span);
                self.report(
                    Diagnostic::error("types/table-shape", format!("this row has {} cells, the first row {}", row.len(), head.len()))
                        .at(at, "here")
                        .help("write a cell for every column; `-` where there is no value"),
                );
                return None;
            }
            let row_value = one(self, row_scale, &row[0])?;
            for (column, cell) in head.iter().zip(row).skip(1) {
                if cell.value == "-" {
                    continue;
                }
                let column_value = one(self, column_scale, column)?;
                out.push((row_value, column_value, one(self, scale, cell)?));
            }
        }
        Some(CondKind::Grid(Box::new(Grid { rows: row_cite, columns: column_cite, cells: out })))
    }
}

/// On which side of its cut the compared number itself lies.
pub(super) fn side(compare: Compare) -> bool {
    matches!(compare, Compare::AtMost | Compare::MoreThan)
}
