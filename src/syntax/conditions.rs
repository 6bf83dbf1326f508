//! Conditions and the lines below them.

use super::Rule;
use super::ast::*;
use super::layout::Line;
use super::pieces::{Piece, Reader};
use crate::diagnostic::Diagnostic;
use crate::span::Spanned;

impl<'a> Reader<'a> {
    /// A line that is a condition, perhaps with a dash or label before it.
    ///
    /// A line that cannot be read is reported and stands as [`CondKind::Unreadable`], with what could be read below it.
    pub fn cond_line(&mut self, line: &Line) -> Option<Cond> {
        let Some(pieces) = self.read_all(Rule::cond_line, line) else {
            let kind = CondKind::Unreadable(self.conditions_below(line));
            return Some(Cond { label: None, kind, span: line.span });
        };
        let label = pieces.iter().find(|piece| piece.rule() == Rule::item_label).map(Piece::name);
        let cond = pieces.iter().find(|piece| piece.rule() == Rule::cond)?;
        Some(Cond { label, ..self.cond(cond, line) })
    }

    /// A condition that ends a line; the lines below it are its parts.
    pub fn cond(&mut self, piece: &Piece<'a>, line: &Line) -> Cond {
        let kind = self.cond_kind(piece, line).unwrap_or(CondKind::Unreadable(Vec::new()));
        Cond { label: None, kind, span: piece.span() }
    }

    fn cond_kind(&mut self, piece: &Piece<'a>, line: &Line) -> Option<CondKind> {
        let inner = piece.only();
        Some(match inner.rule() {
            Rule::all_of => CondKind::AllOf(self.items(line)?),
            Rule::any_of => CondKind::AnyOf(self.items(line)?),
            Rule::none_of => CondKind::NoneOf(self.items(line)?),
            Rule::at_least_of => CondKind::AtLeastOf(self.int(&inner.get(Rule::integer)), self.items(line)?),
            Rule::count => {
                let how = self.how_many(&inner.get(Rule::how_many).only());
                let or_all = inner
                    .find(Rule::or_all)
                    .map(|or_all| (self.int(&or_all.get(Rule::integer)), or_all.find(Rule::citation).map(|citation| citation.citation())));
                let if_none = inner.find(Rule::empty_case).map(|case| case.has(Rule::met_if_none));
                CondKind::Count(Box::new(Count { how, of: inner.get(Rule::name).name(), or_all, if_none, body: self.counted(line) }))
            }
            Rule::window => {
                let shape = inner.only();
                let numbers: Vec<u32> = shape.all(Rule::integer).map(|number| self.int(&number).value).collect();
                let unsettled = inner.find(Rule::unsettled);
                CondKind::Window(Box::new(Window {
                    span: match shape.rule() {
                        Rule::of_last => WindowSpan::OfLast(numbers[0], numbers[1]),
                        Rule::each_of_last | Rule::consecutive => WindowSpan::Each(numbers[0]),
                        Rule::previous => WindowSpan::Previous,
                        _ => WindowSpan::Ever(numbers[0]),
                    },
                    published: shape.has(Rule::published),
                    period: shape.get(Rule::name).name(),
                    since: inner.find(Rule::since).map(|since| self.year(&since.get(Rule::year))),
                    unsettled_is_no: unsettled.is_some(),
                    body: self.counted(line),
                }))
            }
            rule @ (Rule::by_choice | Rule::by_member) => match self.arms(line) {
                Ok(arms) if rule == Rule::by_choice => CondKind::ByChoice(inner.get(Rule::name).name(), arms),
                Ok(arms) => CondKind::ByMember(inner.get(Rule::name).name(), arms),
                Err(conds) => CondKind::Unreadable(conds),
            },
            Rule::bracket => {
                let rows = self.children(Rule::bracket_line, line);
                let rows = rows
                    .iter()
                    .map(|row| {
                        let bound = row.only();
                        BracketRow {
                            bound: bound.find(Rule::number).map(|number| (self.number(&number), bound.rule() == Rule::bracket_up_to)),
                            value: row.get(Rule::name).name(),
                            span: row.span(),
                        }
                    })
                    .collect();
                CondKind::Bracket(inner.names(), rows)
            }
            Rule::grid => {
                let citations: Vec<Citation> = inner.all(Rule::citation).map(|citation| citation.citation()).collect();
                let [rows, columns] = <[Citation; 2]>::try_from(citations).ok()?;
                CondKind::Grid(rows, columns, self.table(line).into_iter().map(|row| row.value).collect())
            }
            rule => {
                self.no_children(line);
                match rule {
                    Rule::const_ if inner.has(Rule::always) => CondKind::Always,
                    Rule::const_ => CondKind::Never,
                    Rule::cite_test => CondKind::Cite {
                        citation: inner.get(Rule::citation).citation(),
                        negated: inner.has(Rule::not_kw),
                        members: inner.find(Rule::names).map(|names| names.names()).unwrap_or_default(),
                        values: inner.find(Rule::value_set).map(|values| values.value_set()),
                    },
                    Rule::subject_test => {
                        let mut names = inner.names();
                        let kinds = names.split_off(1);
                        CondKind::SubjectIs { subject: names.remove(0), negated: inner.has(Rule::not_kw), kinds }
                    }
                    _ => self.fact_test(&inner),
                }
            }
        })
    }

    /// What can be read below a line that cannot.
    pub fn conditions_below(&mut self, line: &Line) -> Vec<Cond> {
        let text = &self.text[line.span.start as usize..line.span.end as usize];
        let words: Vec<&str> = text.split_whitespace().filter(|word| *word != "-" && *word != "when").take(1).collect();
        match words.first() {
            Some(&"by") => self.arms(line).map_or_else(|conds| conds, |arms| arms.into_iter().map(|arm| arm.cond).collect()),
            // rows of numbers or values mean nothing without the line above
            Some(&("bracket" | "grid")) => Vec::new(),
            _ => line.children.iter().filter_map(|child| self.cond_line(child)).collect(),
        }
    }

    fn fact_test(&mut self, piece: &Piece<'a>) -> CondKind {
        let mut members = piece.names();
        let fact = members.pop().unwrap_or_else(|| unreachable!("the grammar asks for at least one name"));
        let test = if let Some(includes) = piece.find(Rule::includes) {
            FactTest::Includes(includes.get(Rule::name).name())
        } else {
            let is = piece.get(Rule::fact_is);
            if let Some(test) = is.find(Rule::number_test) {
                let words = test.text();
                let compare = match () {
                    () if words.starts_with("at") && words[2..].trim_start().starts_with("least") => Compare::AtLeast,
                    () if words.starts_with("at") => Compare::AtMost,
                    () if words.starts_with("more") => Compare::MoreThan,
                    () => Compare::LessThan,
                };
                let number = self.number(&test.get(Rule::number));
                FactTest::Compare(compare, number, test.find(Rule::string).map(|unit| unit.quoted()))
            } else {
                FactTest::Is { negated: is.has(Rule::not_kw), values: is.get(Rule::value_set).value_set() }
            }
        };
        CondKind::Fact { members, fact, test }
    }

    fn how_many(&mut self, piece: &Piece) -> HowMany {
        let n = piece.find(Rule::integer).map_or(0, |n| self.int(&n).value);
        match piece.rule() {
            Rule::at_least => HowMany::AtLeast(n),
            Rule::at_most => HowMany::AtMost(n),
            Rule::exactly => HowMany::Exactly(n),
            Rule::every => HowMany::Every,
            Rule::some => HowMany::Some,
            _ => HowMany::No,
        }
    }

    /// The items of a list.
    fn items(&mut self, line: &Line) -> Option<Vec<Cond>> {
        if line.children.is_empty() {
            self.missing_block(line, "its items, each on a line of its own that starts with `-`");
            return None;
        }
        Some(line.children.iter().filter_map(|child| self.cond_line(child)).collect())
    }

    /// What a count or a window asks of each member or year.
    fn counted(&mut self, line: &Line) -> Cond {
        self.body(line).unwrap_or(Cond { label: None, kind: CondKind::Unreadable(Vec::new()), span: line.span })
    }

    /// The single condition below a line.
    fn body(&mut self, line: &Line) -> Option<Cond> {
        match line.children.as_slice() {
            [] => {
                self.missing_block(line, "the condition that is counted");
                None
            }
            [one] => self.cond_line(one),
            [_, second, ..] => {
                self.diagnostics.push(
                    Diagnostic::error("syntax/several-conditions", "this line counts one condition, but several stand below it")
                        .at(second.span, "a second condition")
                        .and(line.span, "counts one")
                        .help("put `all of:` or `any of:` below the counting line and list the conditions there"),
                );
                None
            }
        }
    }

    /// The cases below a line, or, if one cannot be read, the conditions of those that can.
    fn arms(&mut self, line: &Line) -> Result<Vec<Arm>, Vec<Cond>> {
        if line.children.is_empty() {
            self.missing_block(line, "one case per member, such as `EL, LTEL: ELPI color is Red`");
            return Err(Vec::new());
        }
        let mut arms = Vec::new();
        let mut readable = true;
        for child in &line.children {
            let Some(piece) = self.read(Rule::arm_line, child) else {
                readable = false;
                continue;
            };
            let members = piece.find(Rule::names).map(|names| names.names()).unwrap_or_default();
            let cond = match piece.find(Rule::cond) {
                Some(cond) => Some(self.cond(&cond, child)),
                None => self.body(child),
            };
            match cond {
                Some(cond) => arms.push(Arm { members, cond, span: piece.span() }),
                None => readable = false,
            }
        }
        if readable { Ok(arms) } else { Err(arms.into_iter().map(|arm| arm.cond).collect()) }
    }

    /// Rows of cells, trimmed.
    pub fn table(&mut self, line: &Line) -> Vec<Spanned<Vec<Name>>> {
        self.children(Rule::table_line, line)
            .iter()
            .map(|row| Spanned::new(row.all(Rule::table_cell).map(|cell| cell.name()).collect(), row.span()))
            .collect()
    }

    fn missing_block(&mut self, line: &Line, what: &str) {
        if line.cut {
            return;
        }
        self.diagnostics.push(
            Diagnostic::error("syntax/missing-block", "nothing stands below this line")
                .at(line.span, format!("expected {what}, indented below")),
        );
    }
}
