//! Sections, criteria, versions and clauses.

use super::conditions::Scope;
use super::names::Checker;
use crate::diagnostic::Diagnostic;
use crate::program::*;
use crate::span::Span;
use crate::syntax::{
    self,
    ast::{self, Item},
};
use jiff::civil::Date;

/// Where a clause of a file goes.
#[derive(Clone, Copy)]
struct Home {
    text: TextId,
    version: usize,
}

impl Checker {
    /// Declares every version and clause, then types the rules.
    pub fn texts(&mut self, files: &[ast::File]) {
        let mut clauses: Vec<(ClauseId, &ast::Clause)> = Vec::new();
        let mut replaces: Vec<(TextId, &ast::Name)> = Vec::new();
        for file in files {
            let mut heading: Option<(&ast::Heading, Clock)> = None;
            let mut home: Option<Home> = None;
            // a version that was refused and reported: its clauses belong nowhere, and that is no second mistake
            let mut refused = false;
            for item in &file.items {
                match item {
                    Item::Section(head) => (heading, home) = (Some((head, Clock::Law)), None),
                    Item::Criteria(head) => (heading, home) = (Some((head, Clock::Data)), None),
                    Item::Version(version) => {
                        let by = version.by.as_ref();
                        let reach = Reach::Dates(version.from.value, version.to.as_ref().map(|to| to.value));
                        let read = |date: Date| date != syntax::UNREADABLE_DATE;
                        let backwards = |to: &&ast::Date| to.value <= version.from.value && read(to.value) && read(version.from.value);
                        if let Some(to) = version.to.as_ref().filter(backwards) {
                            self.report(
                                Diagnostic::error("dates/backwards", format!("version `{}` ends on {} before it starts", version.id.value, to.value))
                                    .at(to.span, "not after the first day")
                                    .and(version.from.span, "in force from here")
                                    .help("`to` is the first day on which the wording no longer applies"),
                            );
                        }
                        home = self.version(heading, Clock::Law, &version.id.value, version.id.span, reach, by, &version.marks);
                        refused = home.is_none();
                        replaces.extend(home.iter().filter_map(|home| Some((home.text, version.replaces.as_ref()?))));
                    }
                    Item::ForPeriods(periods) => {
                        if !self.is_period(&periods.period) {
                            continue;
                        }
                        let years = self.years(&periods.years);
                        let reach = Reach::Years(years);
                        home = self.version(heading, Clock::Data, &reach.to_string(), periods.period.span, reach, periods.by.as_ref(), &periods.marks);
                        refused = home.is_none();
                    }
                    Item::Clause(clause) => match home {
                        Some(home) => clauses.extend(self.declare_clause(clause, home).map(|id| (id, clause.as_ref()))),
                        None if file.damaged || refused => {}
                        None => self.report(
                            Diagnostic::error("names/clause-outside", format!("clause `{}` belongs to no version", clause.label.value))
                                .at(clause.span, "no `version` or `for dashboards` above it")
                                .help("a file starts with `section EC 52071 \"...\"` and `version ... in force from ...`, or with `criteria` and `for`"),
                        ),
                    },
                    _ => {}
                }
            }
        }
        for text in &mut self.p().texts {
            let labels = text.labels.len();
            for version in &mut text.versions {
                version.clauses.resize(labels, None);
            }
        }
        for (id, clause) in clauses {
            self.type_clause(id, clause);
        }
        let unclear = Scope { unclear: true, ..Scope::default() };
        files.iter().flat_map(|file| &file.loose).for_each(|cond| drop(self.cond(cond, &unclear)));
        for (text, name) in replaces {
            let known: Vec<String> = self.p().texts[text.0].versions.iter().map(|version| version.id.clone()).collect();
            if !known.contains(&name.value) {
                let what = format!("version of `{}`", self.p().texts[text.0].citation());
                self.unknown("names/unknown-version", &what, &name.value, name.span, known.iter().map(String::as_str));
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "one call site per clock; a struct would only rename the arguments")]
    fn version(
        &mut self,
        heading: Option<(&ast::Heading, Clock)>,
        clock: Clock,
        id: &str,
        at: Span,
        reach: Reach,
        by: Option<&ast::Text>,
        marks: &[ast::Mark],
    ) -> Option<Home> {
        let Some((heading, own)) = heading else {
            self.report(
                Diagnostic::error("names/version-outside", "this version belongs to no section")
                    .at(at, "no `section` or `criteria` above it")
                    .help("start the file with `section EC 52071 \"School districts: technical assistance\"`"),
            );
            return None;
        };
        if own != clock {
            let (message, help) = match own {
                Clock::Law => ("a section is versioned by date", "write `version NAME in force from 2023-07-10`"),
                Clock::Data => ("criteria are versioned by year", "write `for dashboards 2024`"),
            };
            self.report(
                Diagnostic::error("dates/wrong-clock", message)
                    .at(at, "the other clock")
                    .and(heading.citation.span, "declared here")
                    .help(help),
            );
            return None;
        }
        let citation = &heading.citation;
        if !self.p().codes.iter().any(|code| code.name == citation.code) {
            let known: Vec<String> = self.p().codes.iter().map(|code| code.name.clone()).collect();
            self.unknown("names/unknown-code", "code of law", &citation.code, citation.span, known.iter().map(String::as_str));
            self.p().codes.push(Named { name: citation.code.clone(), label: citation.code.clone(), at: citation.span });
        }
        let found = self.p().texts.iter().position(|text| text.code == citation.code && text.section == citation.section);
        let text = found.unwrap_or_else(|| {
            let text =
                LawText { code: citation.code.clone(), section: citation.section.clone(), clock, versions: Vec::new(), labels: Vec::new() };
            self.p().texts.push(text);
            self.p().texts.len() - 1
        });
        if self.p().texts[text].clock != clock {
            let name = self.p().texts[text].citation();
            self.report(
                Diagnostic::error("dates/wrong-clock", format!("`{name}` is both a section and criteria"))
                    .at(citation.span, "declared with the other clock elsewhere")
                    .help("a section is versioned by date, criteria by year; give one of the two another name"),
            );
            return None;
        }
        if let Some(first) = self.p().texts[text].versions.iter().find(|version| version.id == id).map(|version| version.at) {
            self.report(
                Diagnostic::error(
                    "names/declared-twice",
                    format!("`{} {}` has two versions named `{id}`", citation.code, citation.section),
                )
                .at(at, "declared again here")
                .and(first, "first declared here"),
            );
        }
        let version = Version {
            id: id.to_owned(),
            title: heading.title.value.clone(),
            reach,
            by: by.map(|by| by.value.clone()),
            marks: marks.iter().map(|mark| (mark.kind.clone(), mark.text.value.clone())).collect(),
            clauses: Vec::new(),
            at,
        };
        self.p().texts[text].versions.push(version);
        Some(Home { text: TextId(text), version: self.p().texts[text].versions.len() - 1 })
    }

    fn declare_clause(&mut self, clause: &ast::Clause, home: Home) -> Option<ClauseId> {
        let mut params: Vec<CategoryId> = Vec::new();
        for name in &clause.each {
            let Some(category) = self.category(name) else { continue };
            if params.contains(&category) {
                self.report(
                    Diagnostic::error("names/declared-twice", format!("`{}` stands twice after `for each`", name.value))
                        .at(name.span, "again here")
                        .help("a clause is stated once for each member; to compare two members, name them in the condition"),
                );
                continue;
            }
            params.push(category);
        }
        let kinds = self.kinds(&clause.kinds);
        let value = clause.value.as_ref().and_then(|scale| self.scale(scale));
        let program = self.p();
        let text = &mut program.texts[home.text.0];
        let label = text.labels.iter().position(|own| *own == clause.label.value).unwrap_or_else(|| {
            text.labels.push(clause.label.value.clone());
            text.labels.len() - 1
        });
        let citation = format!("{}{}", text.citation(), clause.label.value);
        let slots = &mut text.versions[home.version].clauses;
        if slots.len() <= label {
            slots.resize(label + 1, None);
        }
        if let Some(first) = slots[label] {
            let first = program.clauses[first.0].at;
            self.report(
                Diagnostic::error("names/declared-twice", format!("clause `{citation}` stands twice in this version"))
                    .at(clause.label.span, "declared again here")
                    .and(first, "first declared here")
                    .help("an amendment is a version of its own, with its own dates"),
            );
            return None;
        }
        let id = ClauseId(program.clauses.len());
        slots[label] = Some(id);
        if clause.not_encoded.is_none()
            && !clause.damaged
            && !clause.marks.iter().any(|mark| {
                ["quote", "source", "practice", "verified", "data", "deck", "inferred", "unverified"].contains(&mark.kind.as_str())
            })
        {
            self.report(
                Diagnostic::error("law/no-source", format!("`{citation}` does not say where it comes from"))
                    .at(clause.label.span, "no source")
                    .help("add `quote \"...\"` with the statute's words, or `source \"...\"`; an inference is marked `inferred \"why\"`"),
            );
        }
        self.p().clauses.push(Clause {
            text: home.text,
            version: home.version,
            label,
            citation,
            title: clause.title.as_ref().map(|title| title.value.clone()),
            kinds,
            params,
            exception_to: None,
            applies: None,
            not_encoded: clause.not_encoded.as_ref().map(|because| because.value.clone()),
            marks: clause.marks.iter().map(|mark| (mark.kind.clone(), mark.text.value.clone())).collect(),
            first: clause.first.as_ref().map(|(year, because)| (year.value, because.value.clone())),
            in_suspended: clause.in_suspended,
            value,
            when: Cond { label: None, kind: CondKind::Const(false), at: clause.span },
            recorded: None,
            gives: Vec::new(),
            at: clause.label.span,
        });
        Some(id)
    }

    fn type_clause(&mut self, id: ClauseId, clause: &ast::Clause) {
        let declared = self.p().clauses[id.0].clone();
        // a category or scale that was reported may have been what is missing here
        let unclear = declared.params.len() < clause.each.len() || declared.value.is_none() && clause.value.is_some();
        let answers = Scope { bound: declared.params.clone(), value: None, unclear };
        let scope = Scope { value: declared.value, ..answers.clone() };
        let exception_to = clause.exception_to.as_ref().and_then(|citation| {
            let cite = self.cite(citation)?;
            let cite = self.bind(cite, &[], &answers)?;
            if !unclear && self.value_of(&cite) != declared.value {
                self.report(
                    Diagnostic::error("types/value-or-answer", "an exception answers as the clause it replaces does")
                        .at(citation.span, "one gives a value, the other yes or no"),
                );
            }
            Some(cite)
        });
        let applies = clause.applies.as_ref().and_then(|cond| self.cond(cond, &answers));
        if clause.applies.is_some() && clause.exception_to.is_none() {
            self.report(
                Diagnostic::error("types/applies-without-exception", "only an exception says where it applies")
                    .at(clause.span, "a plain clause")
                    .help("write `exception LABEL to CITATION`, or put the condition into `when`"),
            );
        }
        let when = match (&clause.when, &clause.not_encoded) {
            (Some(when), _) => self.cond(when, &scope),
            (None, Some(_)) => None,
            (None, None) if clause.damaged => None,
            (None, None) => {
                self.report(
                    Diagnostic::error("law/no-rule", format!("`{}` has no rule", declared.citation))
                        .at(clause.span, "no `when` line")
                        .help("write when it holds, or say `not encoded LABEL because \"...\"`"),
                );
                None
            }
        };
        let recorded_by = clause.recorded.as_ref().and_then(|cond| self.cond(cond, &answers));
        let only_if = clause.recorded_if.as_ref().and_then(|cond| self.cond(cond, &answers));
        let gives = clause.gives.iter().filter_map(|gives| self.gives(gives)).collect();
        let known_first = clause.first.as_ref().is_none_or(|(year, _)| self.known_year(year));
        if !clause.gives.is_empty() && !declared.params.is_empty() {
            self.report(
                Diagnostic::error("types/gives-per-member", "what a clause gives, it gives to the subject")
                    .at(clause.span, "stated for each member of a category")
                    .help("give it in a clause that counts: `when some student_group, never if none:`"),
            );
        }
        let target = &mut self.p().clauses[id.0];
        target.exception_to = exception_to;
        target.applies = applies;
        if let Some(when) = when {
            target.when = when;
        }
        target.recorded = recorded_by.map(|by| Recorded { by, only_if });
        target.gives = gives;
        if !known_first {
            target.first = None;
        }
    }

    fn gives(&mut self, gives: &ast::Gives) -> Option<Gives> {
        let pathway = self.pathway(&gives.pathway)?;
        let providers = gives
            .providers
            .iter()
            .filter_map(|provider| {
                let when = match (&provider.when, provider.otherwise) {
                    (Some(cond), _) => ProviderCase::When(self.cond(cond, &Scope::default())?),
                    (None, true) => ProviderCase::Otherwise,
                    (None, false) => ProviderCase::Always,
                };
                Some(Provider { agency: self.agency(&provider.agency)?, with: self.agencies(&provider.with), when })
            })
            .collect();
        let involves = gives
            .involves
            .iter()
            .filter_map(|involved| {
                let under = involved.under.as_ref().and_then(|citation| {
                    let cite = self.cite(citation)?;
                    let text = &self.p().texts[cite.text.0];
                    Some(format!("{}{}", text.citation(), text.labels[cite.label]))
                });
                Some(Involves {
                    agency: self.agency(&involved.agency)?,
                    how: involved.how.clone(),
                    of: self.agencies(&involved.of),
                    under,
                    note: involved.note.as_ref().map(|note| note.value.clone()),
                })
            })
            .collect();
        let refusal = gives.refusal.as_ref().map(|names| {
            let others: Vec<ast::Name> = names.iter().filter(|name| name.value != "nobody").cloned().collect();
            self.agencies(&others)
        });
        let decision = gives.decision.as_ref().and_then(|decision| {
            Some(Decision {
                by: self.agency(&decision.by)?,
                consulting: self.agencies(&decision.consulting),
                approval: decision.approval.as_ref().and_then(|name| self.agency(name)),
            })
        });
        Some(Gives {
            pathway,
            status: gives.status.as_ref().map(|status| status.value.clone()),
            providers,
            involves,
            refusal,
            decision,
            lasts: gives.lasts.as_ref().map(|lasts| {
                if let Some(period) = &lasts.from_previous {
                    self.is_period(period);
                }
                Lasts {
                    at_least: lasts.at_least,
                    years: lasts.years.value,
                    academic: lasts.academic,
                    from_previous: lasts.from_previous.is_some(),
                }
            }),
            outcome: gives.outcome.as_ref().map(|outcome| outcome.value.clone()),
        })
    }
}
