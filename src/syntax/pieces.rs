//! Small pieces shared by every kind of line: names, texts, numbers, dates, citations.

use super::ast::*;
use super::layout::Line;
use super::{Grammar, Rule, UNREADABLE_COUNT, UNREADABLE_DATE, errors};
use crate::diagnostic::Diagnostic;
use crate::span::{SourceId, Span, Spanned};
use pest::Parser;
use pest::iterators::Pair;
use rustc_hash::FxHashMap;
use std::collections::HashMap;

/// Reads lines of one file.
pub(super) struct Reader<'a> {
    pub source: SourceId,
    pub text: &'a str,
    pub diagnostics: Vec<Diagnostic>,
    /// Conditions that belong to no declaration; see [`File::loose`].
    pub loose: Vec<Cond>,
    /// What each line was read as, by where it starts.
    pub rules: HashMap<u32, Rule>,
    /// Lines that can stand once below another: the byte that one starts at, and what they say.
    said: FxHashMap<(u32, &'static str), Span>,
}

/// What a line says that can be said only once in its place; `None` if it can be said again.
fn said_once(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::subject_key | Rule::src_key => "the key",
        Rule::subject_region => "the region",
        Rule::pathway_tier => "the tier",
        Rule::pathway_stage => "the stage",
        Rule::pathway_hidden => "that it is listed on request",
        Rule::fact_scale | Rule::fact_yes_no | Rule::fact_enum | Rule::fact_number | Rule::fact_set => "what the values are",
        Rule::fact_absent => "what it means to be absent",
        Rule::fact_dated => "that it is dated",
        Rule::fact_fixed => "why it is fixed",
        Rule::fact_gradual => "how it worsens",
        Rule::fact_grid => "that it is shown as a grid",
        Rule::fact_shown_with => "which number it is shown with",
        Rule::scale_swatch => "the color in pictures",
        Rule::choice_set => "which reading is in use",
        Rule::enacted_by => "by what it was enacted",
        Rule::replaces => "what it replaces",
        Rule::first_period => "the first year",
        Rule::suspended_too => "that it speaks in suspended years",
        Rule::value_line => "the scale of its value",
        Rule::status_line => "the status",
        Rule::refusal_line => "who may refuse",
        Rule::decision_line => "who decides",
        Rule::lasts_line => "how long it lasts",
        Rule::outcome_line => "the outcome",
        Rule::src_publisher => "the publisher",
        Rule::src_skip => "why other rows are skipped",
        Rule::src_year => "where the year stands",
        Rule::src_complete => "when it is complete",
        Rule::sc_subject => "the kind",
        Rule::sc_period => "the year",
        Rule::report_period => "for which years",
        Rule::report_rows => "whose rows",
        _ => return None,
    })
}

/// A matched rule and where its text starts in the file.
#[derive(Clone)]
pub(super) struct Piece<'a> {
    pub pair: Pair<'a, Rule>,
    pub source: SourceId,
    pub base: usize,
}

impl<'a> Piece<'a> {
    pub fn rule(&self) -> Rule {
        self.pair.as_rule()
    }

    pub fn text(&self) -> &'a str {
        self.pair.as_str()
    }

    pub fn span(&self) -> Span {
        let span = self.pair.as_span();
        let trimmed = self.pair.as_str().trim_end().len();
        Span::new(self.source, self.base + span.start(), self.base + span.start() + trimmed)
    }

    pub fn kids(&self) -> impl Iterator<Item = Piece<'a>> + use<'a> {
        let (source, base) = (self.source, self.base);
        self.pair.clone().into_inner().map(move |pair| Piece { pair, source, base })
    }

    pub fn all(&self, rule: Rule) -> impl Iterator<Item = Piece<'a>> + use<'a> {
        self.kids().filter(move |kid| kid.rule() == rule)
    }

    pub fn find(&self, rule: Rule) -> Option<Piece<'a>> {
        self.all(rule).next()
    }

    pub fn has(&self, rule: Rule) -> bool {
        self.find(rule).is_some()
    }

    /// The grammar guarantees the child; a missing one would be a slip in this crate.
    pub fn get(&self, rule: Rule) -> Piece<'a> {
        self.find(rule).unwrap_or_else(|| unreachable!("grammar rule {:?} always holds a {rule:?}", self.rule()))
    }

    pub fn only(&self) -> Piece<'a> {
        self.kids().next().unwrap_or_else(|| unreachable!("grammar rule {:?} always holds a part", self.rule()))
    }

    pub fn name(&self) -> Name {
        Spanned::new(self.text().trim().to_owned(), self.span())
    }

    pub fn names(&self) -> Vec<Name> {
        self.all(Rule::name).map(|piece| piece.name()).collect()
    }

    /// Contents of quoted text, pieces joined by a space.
    pub fn quoted(&self) -> Text {
        let value = match self.rule() {
            Rule::string => self.get(Rule::string_body).text().to_owned(),
            _ => self.all(Rule::string).map(|string| string.get(Rule::string_body).text().trim().to_owned()).collect::<Vec<_>>().join(" "),
        };
        Spanned::new(value, self.span())
    }

    pub fn named(&self) -> Named {
        Named { name: self.get(Rule::name).name(), label: self.get(Rule::text).quoted() }
    }

    pub fn citation(&self) -> Citation {
        Citation {
            code: self.get(Rule::code).text().to_owned(),
            section: self.get(Rule::section_no).text().trim().to_owned(),
            label: self.find(Rule::label).map(|label| label.text().to_owned()).unwrap_or_default(),
            span: self.span(),
        }
    }

    pub fn cell_codes(&self) -> Vec<CellCode> {
        self.all(Rule::cell_code)
            .map(|code| {
                let inner = code.only();
                match inner.rule() {
                    Rule::blank => CellCode::Blank(inner.span()),
                    Rule::string => CellCode::Is(inner.quoted()),
                    _ => CellCode::Is(inner.name()),
                }
            })
            .collect()
    }

    pub fn column(&self) -> Text {
        let inner = self.only();
        if inner.rule() == Rule::string { inner.quoted() } else { inner.name() }
    }

    pub fn columns(&self) -> Vec<Text> {
        self.all(Rule::column).map(|column| column.column()).collect()
    }

    pub fn value_set(&self) -> ValueSet {
        let names: Vec<Name> = self.all(Rule::value).map(|value| value.get(Rule::name).name()).collect();
        match () {
            () if self.has(Rule::or_worse) => ValueSet::OrWorse(names[0].clone()),
            () if self.has(Rule::or_better) => ValueSet::OrBetter(names[0].clone()),
            () => ValueSet::OneOf(names),
        }
    }
}

impl<'a> Reader<'a> {
    pub fn new(source: SourceId, text: &'a str, diagnostics: Vec<Diagnostic>) -> Self {
        Self { source, text, diagnostics, loose: Vec::new(), rules: HashMap::new(), said: FxHashMap::default() }
    }

    /// Reports a line that says again what can be said only once below the line that starts at byte `above`.
    pub fn once(&mut self, above: u32, piece: &Piece) {
        let Some(what) = said_once(piece.rule()) else { return };
        if let Some(first) = self.said.insert((above, what), piece.span()) {
            self.diagnostics.push(
                Diagnostic::error("syntax/said-twice", format!("{what} is said twice"))
                    .at(piece.span(), "again here")
                    .and(first, "first here")
                    .help("keep one of the two"),
            );
        }
    }

    /// Matches a line against a rule; reports what was expected if it does not fit.
    pub fn read(&mut self, rule: Rule, line: &Line) -> Option<Piece<'a>> {
        self.read_all(rule, line).and_then(|pieces| pieces.into_iter().next())
    }

    /// Like [`Self::read`], for lines with several parts.
    pub fn read_all(&mut self, rule: Rule, line: &Line) -> Option<Vec<Piece<'a>>> {
        let base = line.span.start as usize;
        let text = &self.text[base..line.span.end as usize];
        match Grammar::parse(rule, text) {
            Ok(pairs) => {
                self.rules.insert(line.span.start, rule);
                Some(pairs.filter(|pair| pair.as_rule() != Rule::EOI).map(|pair| Piece { pair, source: self.source, base }).collect())
            }
            Err(error) => {
                self.diagnostics.push(errors::unreadable_line(rule, &error, text, line.span));
                None
            }
        }
    }

    /// Reports lines below a line that takes none.
    pub fn no_children(&mut self, line: &Line) {
        if let Some(child) = line.children.first() {
            self.diagnostics.push(
                Diagnostic::error("syntax/unexpected-block", "nothing can stand below this line")
                    .at(child.span, "indented below it")
                    .and(line.span, "takes no lines of its own")
                    .help("start the inner line in the same column as the line above, or end the outer line in `of:` if it is a list"),
            );
        }
    }

    /// Reads every child line with `rule`; children of children are refused.
    pub fn children(&mut self, rule: Rule, line: &Line) -> Vec<Piece<'a>> {
        let mut out = Vec::new();
        for child in &line.children {
            if let Some(piece) = self.read(rule, child) {
                self.once(line.span.start, &piece);
                out.push(piece);
            }
            self.no_children(child);
        }
        out
    }

    pub fn int(&mut self, piece: &Piece) -> Int {
        let value = piece.text().trim().parse().unwrap_or_else(|_| {
            self.diagnostics.push(
                Diagnostic::error("syntax/number-too-large", format!("`{}` is too large a count", piece.text().trim()))
                    .at(piece.span(), "here"),
            );
            UNREADABLE_COUNT
        });
        Spanned::new(value, piece.span())
    }

    pub fn year(&mut self, piece: &Piece) -> Year {
        Spanned::new(piece.text().trim().parse().unwrap_or(0), piece.span())
    }

    pub fn date(&mut self, piece: &Piece) -> Date {
        let value = piece.text().trim().parse().unwrap_or_else(|_| {
            self.diagnostics.push(
                Diagnostic::error("syntax/no-such-day", format!("`{}` is not a day of the calendar", piece.text().trim()))
                    .at(piece.span(), "here")
                    .help("dates are written year-month-day, like 2023-07-10"),
            );
            UNREADABLE_DATE
        });
        Spanned::new(value, piece.span())
    }

    pub fn number(&mut self, piece: &Piece) -> Number {
        let value = rust_decimal::Decimal::from_str_exact(piece.text().trim()).unwrap_or_else(|_| {
            self.diagnostics.push(
                Diagnostic::error("syntax/number-too-large", format!("`{}` has too many digits", piece.text().trim()))
                    .at(piece.span(), "here")
                    .help("up to 28 digits are exact"),
            );
            rust_decimal::Decimal::ZERO
        });
        Spanned::new(value, piece.span())
    }

    /// `years` with its spans.
    pub fn years(&mut self, piece: &Piece) -> Vec<YearSpan> {
        piece
            .all(Rule::year_span)
            .map(|span| {
                let years: Vec<_> = span.all(Rule::year).collect();
                let from = self.year(&years[0]);
                let to = match years.get(1) {
                    Some(year) => Some(LastYear::Year(self.year(year))),
                    None => span.has(Rule::later).then_some(LastYear::Later),
                };
                YearSpan { from, to }
            })
            .collect()
    }
}
