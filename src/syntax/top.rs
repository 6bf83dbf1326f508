//! Top-level declarations: vocabulary, versions and clauses.

use super::ast::*;
use super::layout::Line;
use super::pieces::{Piece, Reader};
use super::{Rule, errors};
use crate::diagnostic::{Diagnostic, closest};
use crate::span::{Span, Spanned};

impl<'a> Reader<'a> {
    /// Whether a line says what is allowed; `allow "words"` would be a member or value of that name.
    pub fn is_allow(&self, line: &Line) -> bool {
        let mut words = self.text[line.span.start as usize..line.span.end as usize].split_whitespace();
        words.next() == Some("allow") && words.next().is_none_or(|word| !word.starts_with('"'))
    }

    /// Whether a scenario begins here.
    pub fn is_scenario(&self, line: &Line) -> bool {
        self.text[line.span.start as usize..line.span.end as usize].split_whitespace().next() == Some("scenario")
    }

    /// `allow CODE because "..."`
    pub fn allow(&mut self, line: &Line, within: Span) -> Option<Allow> {
        let piece = self.read(Rule::allow_line, line)?;
        self.no_children(line);
        Some(Allow { code: piece.get(Rule::rule_code).name(), because: piece.get(Rule::text).quoted(), within: Spanned::new((), within) })
    }

    /// One declaration with the lines below it; what these allow is added to `allows`.
    pub fn item(&mut self, line: &Line, allows: &mut Vec<Allow>) -> Option<Item> {
        let (allowing, others): (Vec<&Line>, Vec<&Line>) = line.children.iter().partition(|child| self.is_allow(child));
        if allowing.is_empty() {
            return self.declaration(line);
        }
        let within = line.extent();
        for child in allowing {
            allows.extend(self.allow(child, within));
        }
        self.declaration(&Line { children: others.into_iter().cloned().collect(), ..line.clone() })
    }

    fn declaration(&mut self, line: &Line) -> Option<Item> {
        let Some(head) = self.read(Rule::top_line, line) else {
            self.below_unreadable(line);
            return None;
        };
        Some(match head.rule() {
            Rule::section_head => self.leaf(line, Item::Section(heading(&head))),
            Rule::criteria_head => self.leaf(line, Item::Criteria(heading(&head))),
            Rule::version_head => Item::Version(self.version(&head, line)),
            Rule::for_dashboards => {
                let (by, _, marks) = self.version_lines(line);
                Item::ForPeriods(ForPeriods { period: head.get(Rule::name).name(), years: self.years(&head.get(Rule::years)), by, marks })
            }
            Rule::code_decl => {
                let named = Named { name: head.get(Rule::code).name(), label: head.get(Rule::text).quoted() };
                self.leaf(line, Item::Code(named))
            }
            Rule::agency_decl => self.leaf(line, Item::Agency(head.named())),
            Rule::tier_decl => self.leaf(line, Item::Tier(head.named())),
            Rule::subject_head => Item::Subject(self.subject(&head, line)),
            Rule::period_head => Item::Period(self.period(&head, line)),
            Rule::category_head => Item::Category(self.category(&head, line)),
            Rule::scale_head => Item::Scale(self.scale(&head, line)),
            Rule::pathway_head => Item::Pathway(self.pathway(&head, line)),
            Rule::fact_head => Item::Fact(self.fact(&head, line)),
            Rule::codes_head => {
                let values = self
                    .children(Rule::codes_line, line)
                    .iter()
                    .map(|value| (value.get(Rule::name).name(), value.get(Rule::names).names()))
                    .collect();
                let head_named = head.named();
                let category = head.all(Rule::name).nth(1).map(|name| name.name())?;
                Item::Codes(Codes { head: head_named, category, values })
            }
            Rule::choice_head => {
                let mut choice = Choice { head: head.named(), options: Vec::new(), set: None };
                for piece in self.children(Rule::choice_line, line) {
                    match piece.rule() {
                        Rule::choice_set => choice.set = Some((piece.get(Rule::name).name(), piece.get(Rule::text).quoted())),
                        _ => choice.options.push(piece.named()),
                    }
                }
                Item::Choice(choice)
            }
            Rule::source_head => Item::Source(self.source_decl(&head, line)),
            Rule::report_head => Item::Report(self.report(&head, line)),
            Rule::clause_head | Rule::exception_head | Rule::not_encoded => Item::Clause(Box::new(self.clause(&head, line))),
            _ => Item::Scenario(self.scenario(&head, line)),
        })
    }

    /// The lines below a heading that cannot be read are read as what the heading seems to be, so that their own
    /// mistakes are reported too.
    fn below_unreadable(&mut self, line: &Line) {
        let text = &self.text[line.span.start as usize..line.span.end as usize];
        let first = text.split_whitespace().next().unwrap_or("");
        let Some(kind) = closest(first, errors::lines_of(Rule::top_line).1.iter().map(|start| start.split(' ').next().unwrap_or(start)))
        else {
            return;
        };
        let rule = match kind {
            "clause" | "exception" => {
                let mut clause = unread_clause(line.span);
                line.children.iter().for_each(|child| self.clause_line(child, &mut clause));
                self.loose.extend([clause.when, clause.applies, clause.recorded, clause.recorded_if].into_iter().flatten());
                return;
            }
            "version" | "for" => Rule::version_line,
            "subject" => Rule::subject_line,
            "period" => Rule::period_line,
            "category" => Rule::category_line,
            "pathway" => Rule::pathway_line,
            "codes" => Rule::codes_line,
            "choice" => Rule::choice_line,
            _ => return,
        };
        self.children(rule, line);
    }

    fn leaf(&mut self, line: &Line, item: Item) -> Item {
        self.no_children(line);
        item
    }

    fn version(&mut self, head: &Piece<'a>, line: &Line) -> Version {
        let dates: Vec<_> = head.all(Rule::date).collect();
        let (by, replaces, marks) = self.version_lines(line);
        Version {
            id: head.get(Rule::version_id).name(),
            from: self.date(&dates[0]),
            to: dates.get(1).map(|date| self.date(date)),
            by,
            replaces,
            marks,
        }
    }

    fn version_lines(&mut self, line: &Line) -> (Option<Text>, Option<Name>, Vec<Mark>) {
        let (mut by, mut replaces, mut marks) = (None, None, Vec::new());
        for piece in self.children(Rule::version_line, line) {
            match piece.rule() {
                Rule::enacted_by => by = Some(piece.get(Rule::text).quoted()),
                Rule::replaces => replaces = Some(piece.get(Rule::version_id).name()),
                _ => marks.push(mark(&piece)),
            }
        }
        (by, replaces, marks)
    }

    fn subject(&mut self, head: &Piece<'a>, line: &Line) -> Subject {
        let mut subject = Subject { head: head.named(), key: None, region: None, kinds: Vec::new() };
        for piece in self.children(Rule::subject_line, line) {
            match piece.rule() {
                Rule::subject_kind => subject.kinds.push((piece.named(), piece.find(Rule::string).map(|pattern| pattern.quoted()))),
                rule => {
                    let pair = (self.int(&piece.get(Rule::integer)), piece.get(Rule::text).quoted());
                    if rule == Rule::subject_key { subject.key = Some(pair) } else { subject.region = Some(pair) }
                }
            }
        }
        subject
    }

    fn period(&mut self, head: &Piece<'a>, line: &Line) -> Period {
        let years = self
            .children(Rule::period_line, line)
            .iter()
            .map(|piece| {
                let because = piece.find(Rule::text).map(|text| text.quoted());
                (self.year(&piece.get(Rule::year)), self.date(&piece.get(Rule::date)), because)
            })
            .collect();
        Period { head: head.named(), plural: plural(head), years }
    }

    fn category(&mut self, head: &Piece<'a>, line: &Line) -> Category {
        let members = self
            .children(Rule::category_line, line)
            .iter()
            .map(|piece| (piece.named(), piece.find(Rule::year).map(|year| self.year(&year))))
            .collect();
        Category { head: head.named(), plural: plural(head), members }
    }

    fn scale(&mut self, head: &Piece<'a>, line: &Line) -> Scale {
        let mut values = Vec::new();
        for child in &line.children {
            let Some(piece) = self.read(Rule::scale_line, child) else { continue };
            let (mut variants, mut swatch) = (Vec::new(), None);
            for below in self.children(Rule::scale_value_line, child) {
                if below.rule() == Rule::scale_swatch {
                    swatch = Some(below.get(Rule::string).quoted());
                } else {
                    variants.push((below.get(Rule::names).names(), below.get(Rule::text).quoted()));
                }
            }
            values.push(ScaleValue { named: piece.named(), variants, swatch });
        }
        Scale { head: head.named(), values }
    }

    fn pathway(&mut self, head: &Piece<'a>, line: &Line) -> Pathway {
        let mut pathway = Pathway { head: head.named(), tier: None, stage: None, hidden: false };
        for piece in self.children(Rule::pathway_line, line) {
            match piece.rule() {
                Rule::pathway_tier => pathway.tier = Some(piece.get(Rule::name).name()),
                Rule::pathway_hidden => pathway.hidden = true,
                _ => {
                    let mut stage = piece.name();
                    stage.value = stage.value.split_whitespace().last().unwrap_or_default().to_owned();
                    pathway.stage = Some(stage);
                }
            }
        }
        pathway
    }

    fn fact(&mut self, head: &Piece<'a>, line: &Line) -> Fact {
        let mut fact = Fact {
            head: head.named(),
            categories: Vec::new(),
            period: None,
            kind: None,
            absent: None,
            dated: false,
            fixed: None,
            gradual: None,
            grid: None,
            shown_with: None,
        };
        fact.period = head.find(Rule::each_period).map(|each| each.get(Rule::name).name());
        if let Some(for_) = head.find(Rule::fact_for) {
            for arg in for_.all(Rule::fact_arg) {
                let inner = arg.only();
                match inner.rule() {
                    Rule::each_period => fact.period = Some(inner.get(Rule::name).name()),
                    _ => fact.categories.push(inner.name()),
                }
            }
        }
        for child in &line.children {
            let Some(piece) = self.read(Rule::fact_line, child) else { continue };
            self.once(line.span.start, &piece);
            if piece.rule() != Rule::fact_enum {
                self.no_children(child);
            }
            match piece.rule() {
                Rule::fact_scale => fact.kind = Some(FactKind::Scale(piece.get(Rule::name).name())),
                Rule::fact_yes_no => fact.kind = Some(FactKind::YesNo),
                Rule::fact_enum => {
                    let values = self.children(Rule::fact_enum_line, child).iter().map(Piece::named).collect();
                    fact.kind = Some(FactKind::Enum(values));
                }
                Rule::fact_number => fact.kind = Some(FactKind::Number(piece.get(Rule::text).quoted())),
                Rule::fact_set => fact.kind = Some(FactKind::Code(piece.get(Rule::name).name())),
                Rule::fact_absent => fact.absent = Some(piece.get(Rule::text).quoted()),
                Rule::fact_fixed => fact.fixed = Some(piece.get(Rule::text).quoted()),
                Rule::fact_gradual => fact.gradual = Some(piece.get(Rule::each_period).get(Rule::name).name()),
                Rule::fact_grid => fact.grid = Some(piece.get(Rule::text).quoted()),
                Rule::fact_shown_with => fact.shown_with = Some(piece.get(Rule::name).name()),
                _ => fact.dated = true,
            }
        }
        fact
    }

    fn clause(&mut self, head: &Piece<'a>, line: &Line) -> Clause {
        let mut clause = Clause {
            label: head.get(Rule::label).name(),
            title: head.find(Rule::text).map(|text| text.quoted()),
            exception_to: head.find(Rule::citation).map(|citation| citation.citation()),
            ..unread_clause(head.span())
        };
        if head.rule() == Rule::not_encoded {
            let because = head.find(Rule::because).map(|because| because.get(Rule::text).quoted());
            if because.is_none() {
                self.diagnostics.push(
                    Diagnostic::error("law/no-reason", format!("`{}` is not encoded, and nothing says why", clause.label.value))
                        .at(head.span(), "no reason")
                        .help(
                            "add `because \"...\"`: whoever reads an answer must see what it leaves out, and why that does not change it",
                        ),
                );
            }
            clause.not_encoded = because.or_else(|| Some(Spanned::new(String::new(), head.span())));
        }
        for for_part in head.all(Rule::for_part) {
            let inner = for_part.only();
            match inner.rule() {
                Rule::for_each => clause.each.extend(inner.names()),
                _ => clause.kinds.extend(inner.names()),
            }
        }
        let before = self.diagnostics.len();
        for child in &line.children {
            self.clause_line(child, &mut clause);
        }
        clause.damaged = self.diagnostics.len() > before;
        clause
    }

    fn clause_line(&mut self, line: &Line, clause: &mut Clause) {
        let Some(piece) = self.read(Rule::clause_line, line) else {
            let text = &self.text[line.span.start as usize..line.span.end as usize];
            let below = self.conditions_below(line);
            // the names in them are checked all the same
            if clause.when.is_none() && text.starts_with("when") {
                clause.when = Some(Cond { label: None, kind: CondKind::Unreadable(below), span: line.span });
            }
            return;
        };
        self.once(clause.span.start, &piece);
        let takes_lines = [Rule::applies_line, Rule::recorded_unless, Rule::recorded_line, Rule::when_line, Rule::gives_head];
        if !takes_lines.contains(&piece.rule()) {
            self.no_children(line);
        }
        let place = match piece.rule() {
            Rule::when_line => &mut clause.when,
            Rule::applies_line => &mut clause.applies,
            Rule::recorded_line => &mut clause.recorded,
            Rule::recorded_unless => &mut clause.recorded_if,
            Rule::gives_head => {
                let gives = self.gives(&piece, line);
                clause.gives.push(gives);
                return;
            }
            Rule::first_period => {
                clause.first = Some((self.year(&piece.get(Rule::year)), piece.get(Rule::text).quoted()));
                return;
            }
            Rule::suspended_too => {
                clause.in_suspended = true;
                return;
            }
            Rule::value_line => {
                clause.value = Some(piece.get(Rule::name).name());
                return;
            }
            _ => {
                clause.marks.push(mark(&piece));
                return;
            }
        };
        if let Some(first) = place {
            self.diagnostics.push(
                Diagnostic::error("syntax/said-twice", "this clause says this twice")
                    .at(line.span, "again here")
                    .and(first.span, "first here")
                    .help("join the two with `all of:` or `any of:`"),
            );
            return;
        }
        *place = Some(self.cond(&piece.get(Rule::cond), line));
    }

    fn gives(&mut self, piece: &Piece<'a>, line: &Line) -> Gives {
        let mut gives = Gives {
            pathway: piece.get(Rule::name).name(),
            status: None,
            providers: Vec::new(),
            involves: Vec::new(),
            refusal: None,
            decision: None,
            lasts: None,
            outcome: None,
        };
        for child in &line.children {
            let Some(piece) = self.read(Rule::gives_line, child) else {
                self.conditions_below(child);
                continue;
            };
            self.once(line.span.start, &piece);
            if piece.rule() != Rule::provider_line {
                self.no_children(child);
            }
            let listed = |piece: &Piece| piece.find(Rule::name_or_list).map(|list| list.names()).unwrap_or_default();
            match piece.rule() {
                Rule::status_line => gives.status = Some(piece.get(Rule::text).quoted()),
                Rule::outcome_line => gives.outcome = Some(piece.get(Rule::text).quoted()),
                Rule::refusal_line => gives.refusal = Some(listed(&piece)),
                Rule::lasts_line => {
                    gives.lasts = Some(Lasts {
                        at_least: piece.has(Rule::at_least_kw),
                        years: self.int(&piece.get(Rule::integer)),
                        academic: piece.has(Rule::academic_kw),
                        from_previous: piece.find(Rule::lasts_from).map(|from| from.get(Rule::name).name()),
                    });
                }
                Rule::decision_line => {
                    let mut names = piece.names().into_iter();
                    if let Some(by) = names.next() {
                        gives.decision = Some(Decision { by, consulting: listed(&piece), approval: names.next() });
                    }
                }
                Rule::involves_line => {
                    let how = piece.get(Rule::involvement);
                    let words = how.text().split_whitespace().take(3).collect::<Vec<_>>();
                    let words = if words.len() == 3 { words.join(" ") } else { how.text().trim().to_owned() };
                    gives.involves.push(Involves {
                        agency: piece.get(Rule::name).name(),
                        how: words,
                        of: listed(&how),
                        under: piece.find(Rule::citation).map(|citation| citation.citation()),
                        note: piece.find(Rule::text).map(|text| text.quoted()),
                    });
                }
                _ => {
                    let cond = piece.find(Rule::cond);
                    let when = match &cond {
                        Some(cond) => Some(self.cond(cond, child)),
                        None => {
                            self.no_children(child);
                            None
                        }
                    };
                    gives.providers.push(Provider {
                        agency: piece.get(Rule::name).name(),
                        with: piece.find(Rule::names).map(|names| names.names()).unwrap_or_default(),
                        otherwise: cond.is_none() && piece.text().trim_end().ends_with("otherwise"),
                        when,
                    });
                }
            }
        }
        gives
    }
}

/// A clause of which nothing is read yet.
fn unread_clause(span: Span) -> Clause {
    Clause {
        label: Spanned::new(String::new(), span),
        title: None,
        kinds: Vec::new(),
        each: Vec::new(),
        exception_to: None,
        applies: None,
        not_encoded: None,
        marks: Vec::new(),
        first: None,
        in_suspended: false,
        value: None,
        when: None,
        recorded: None,
        recorded_if: None,
        gives: Vec::new(),
        damaged: false,
        span,
    }
}

fn heading(piece: &Piece) -> Heading {
    Heading { citation: piece.get(Rule::citation).citation(), title: piece.get(Rule::text).quoted() }
}

fn plural(piece: &Piece) -> Option<Name> {
    piece.find(Rule::plural).map(|plural| plural.get(Rule::name).name())
}

fn mark(piece: &Piece) -> Mark {
    let kind = piece.text().split(|c: char| c == '"' || c == '#' || c.is_whitespace()).next().unwrap_or_default();
    let kind = if kind == "also" { "also cited as" } else { kind };
    Mark { kind: kind.to_owned(), text: piece.get(Rule::text).quoted() }
}
