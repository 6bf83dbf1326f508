//! Names to what they stand for, with a suggestion where there is none.

use crate::diagnostic::{Diagnostic, suggestion};
use crate::program::*;
use crate::span::{SourceId, Span};
use crate::syntax::ast::{self, Name};

/// Builds the program.
#[derive(Default)]
pub(super) struct Checker {
    pub program: Option<Program>,
    pub diagnostics: Vec<Diagnostic>,
}

/// Words that mean something wherever a value or member may stand.
pub(super) const RESERVED: [&str; 5] = ["present", "absent", "yes", "open", "nobody"];

impl Checker {
    /// The program under construction.
    pub fn p(&mut self) -> &mut Program {
        self.program.get_or_insert_with(empty)
    }

    pub fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// `unknown student group `SDW``, with the nearest names.
    pub fn unknown<'a>(&mut self, code: &'static str, what: &str, name: &str, at: Span, known: impl IntoIterator<Item = &'a str> + Clone) {
        let mut diagnostic = Diagnostic::error(code, format!("`{name}` is not a known {what}")).at(at, format!("no {what} has this name"));
        diagnostic.help = suggestion(name, known).or_else(|| Some(format!("no {what} is declared at all")));
        self.report(diagnostic);
    }

    pub fn category(&mut self, name: &Name) -> Option<CategoryId> {
        let found = self.p().categories.iter().position(|category| category.named.name == name.value || category.plural == name.value);
        if found.is_none() {
            let known: Vec<String> =
                self.p().categories.iter().flat_map(|category| [category.named.name.clone(), category.plural.clone()]).collect();
            self.unknown("names/unknown-category", "category", &name.value, name.span, known.iter().map(String::as_str));
        }
        found.map(CategoryId)
    }

    pub fn member(&mut self, category: CategoryId, name: &Name) -> Option<usize> {
        let list = &self.p().categories[category.0];
        let found = list.member(&name.value);
        if found.is_none() {
            let what = list.named.label.clone();
            let known: Vec<String> = list.members.iter().map(|member| member.named.name.clone()).collect();
            self.unknown("names/unknown-member", &what, &name.value, name.span, known.iter().map(String::as_str));
        }
        found
    }

    /// A member of whichever of `categories` has it.
    pub fn member_of_any(&mut self, categories: &[CategoryId], name: &Name) -> Option<(CategoryId, usize)> {
        for category in categories {
            if let Some(member) = self.p().categories[category.0].member(&name.value) {
                return Some((*category, member));
            }
        }
        let program = self.p();
        let what = categories.iter().map(|category| program.categories[category.0].named.label.clone()).collect::<Vec<_>>().join(" or ");
        let known: Vec<String> = categories
            .iter()
            .flat_map(|category| program.categories[category.0].members.iter().map(|member| member.named.name.clone()))
            .collect();
        let what = if what.is_empty() { "member".to_owned() } else { what };
        self.unknown("names/unknown-member", &what, &name.value, name.span, known.iter().map(String::as_str));
        None
    }

    pub fn fact(&mut self, name: &Name) -> Option<FactId> {
        let found = self.p().facts.iter().position(|fact| fact.named.name == name.value);
        if found.is_none() {
            let known: Vec<String> = self.p().facts.iter().map(|fact| fact.named.name.clone()).collect();
            self.unknown("names/unknown-fact", "fact", &name.value, name.span, known.iter().map(String::as_str));
            let member = self.p().categories.iter().enumerate().find(|(_, category)| category.member(&name.value).is_some());
            if let Some((at, category)) = member {
                let label = category.named.label.clone();
                let about =
                    self.p().facts.iter().find(|fact| fact.categories.contains(&CategoryId(at))).map(|fact| fact.named.name.clone());
                let example = about.map_or_else(String::new, |fact| format!("; say what is asked of it: `{} {fact} is ...`", name.value));
                if let Some(last) = self.diagnostics.last_mut() {
                    last.help = Some(format!("`{}` is a {label}{example}", name.value));
                }
            }
        }
        found.map(FactId)
    }

    pub fn agency(&mut self, name: &Name) -> Option<AgencyId> {
        let found = self.p().agencies.iter().position(|agency| agency.name == name.value);
        if found.is_none() {
            let known: Vec<String> = self.p().agencies.iter().map(|agency| agency.name.clone()).collect();
            self.unknown("names/unknown-agency", "agency", &name.value, name.span, known.iter().map(String::as_str));
        }
        found.map(AgencyId)
    }

    pub fn agencies(&mut self, names: &[Name]) -> Vec<AgencyId> {
        names.iter().filter_map(|name| self.agency(name)).collect()
    }

    pub fn pathway(&mut self, name: &Name) -> Option<PathwayId> {
        let found = self.p().pathways.iter().position(|pathway| pathway.named.name == name.value);
        if found.is_none() {
            let known: Vec<String> = self.p().pathways.iter().map(|pathway| pathway.named.name.clone()).collect();
            self.unknown("names/unknown-pathway", "pathway", &name.value, name.span, known.iter().map(String::as_str));
        }
        found.map(PathwayId)
    }

    pub fn choice(&mut self, name: &Name) -> Option<ChoiceId> {
        let found = self.p().choices.iter().position(|choice| choice.named.name == name.value);
        if found.is_none() {
            let known: Vec<String> = self.p().choices.iter().map(|choice| choice.named.name.clone()).collect();
            self.unknown("names/unknown-choice", "choice", &name.value, name.span, known.iter().map(String::as_str));
        }
        found.map(ChoiceId)
    }

    pub fn option(&mut self, choice: ChoiceId, name: &Name) -> Option<usize> {
        let found = self.p().choices[choice.0].options.iter().position(|option| option.name == name.value);
        if found.is_none() {
            let what = format!("option of choice `{}`", self.p().choices[choice.0].named.name);
            let known: Vec<String> = self.p().choices[choice.0].options.iter().map(|option| option.name.clone()).collect();
            self.unknown("names/unknown-option", &what, &name.value, name.span, known.iter().map(String::as_str));
        }
        found
    }

    pub fn codes(&mut self, name: &Name) -> Option<CodesId> {
        let found = self.p().code_tables.iter().position(|codes| codes.named.name == name.value);
        if found.is_none() {
            let known: Vec<String> = self.p().code_tables.iter().map(|codes| codes.named.name.clone()).collect();
            self.unknown("names/unknown-codes", "table of codes", &name.value, name.span, known.iter().map(String::as_str));
        }
        found.map(CodesId)
    }

    pub fn scale(&mut self, name: &Name) -> Option<ScaleId> {
        let found = self.p().scales.iter().position(|scale| scale.named.name == name.value);
        if found.is_none() {
            let known: Vec<String> = self.p().scales.iter().map(|scale| scale.named.name.clone()).collect();
            self.unknown("names/unknown-scale", "scale", &name.value, name.span, known.iter().map(String::as_str));
        }
        found.map(ScaleId)
    }

    /// Kinds of subject as bits; all kinds for an empty list.
    pub fn kinds(&mut self, names: &[Name]) -> u64 {
        let n = self.p().subject.kinds.len();
        if names.is_empty() {
            return (1u64 << n) - 1;
        }
        let mut kinds = 0;
        for name in names {
            match self.p().subject.kinds.iter().position(|kind| kind.named.name == name.value) {
                Some(kind) => kinds |= 1 << kind,
                None => {
                    let known: Vec<String> = self.p().subject.kinds.iter().map(|kind| kind.named.name.clone()).collect();
                    self.unknown("names/unknown-kind", "kind of subject", &name.value, name.span, known.iter().map(String::as_str));
                }
            }
        }
        kinds
    }

    /// The period's token or plural.
    pub fn is_period(&mut self, name: &Name) -> bool {
        let period = &self.p().period;
        if period.named.name == name.value || period.plural == name.value {
            return true;
        }
        let known = [period.named.name.clone(), period.plural.clone()];
        self.unknown("names/unknown-period", "period", &name.value, name.span, known.iter().map(String::as_str));
        false
    }

    /// A year the period declares.
    pub fn known_year(&mut self, year: &ast::Year) -> bool {
        if self.p().period.year(year.value).is_some() {
            return true;
        }
        let period = &self.p().period;
        let known: Vec<String> = period.years.iter().map(|entry| entry.year.to_string()).collect();
        let word = period.named.name.clone();
        self.report(
            Diagnostic::error("dates/unknown-year", format!("`{}` is not a year of {word}", year.value))
                .at(year.span, "not declared")
                .help(format!("declared: {}; add the year to `period {word}`", known.join(", "))),
        );
        false
    }

    pub fn years(&mut self, spans: &[ast::YearSpan]) -> Years {
        let mut out = Vec::new();
        for span in spans {
            let to = match &span.to {
                None => Some(span.from.value),
                Some(ast::LastYear::Later) => None,
                Some(ast::LastYear::Year(year)) => {
                    if year.value < span.from.value {
                        self.report(
                            Diagnostic::error("dates/backwards", format!("{} to {} runs backwards", span.from.value, year.value))
                                .at(year.span, "before the first year")
                                .help("write the earlier year first"),
                        );
                    }
                    Some(year.value)
                }
            };
            // a backwards span was reported; read it the way it must have been meant
            let (from, to) = match to {
                Some(to) if to < span.from.value => (to, Some(span.from.value)),
                _ => (span.from.value, to),
            };
            out.push((from, to));
        }
        out
    }

    /// A citation to a clause of any version.
    pub fn cite(&mut self, citation: &ast::Citation) -> Option<Cite> {
        let wanted = format!("{} {}", citation.code, citation.section);
        let Some(text) = self.p().texts.iter().position(|text| text.code == citation.code && text.section == citation.section) else {
            let known: Vec<String> = self.p().texts.iter().map(LawText::citation).collect();
            self.unknown("names/unknown-section", "section", &wanted, citation.span, known.iter().map(String::as_str));
            return None;
        };
        if citation.label.is_empty() {
            let labels: Vec<String> = self.p().texts[text].labels.iter().map(|label| format!("`{wanted}{label}`")).collect();
            self.report(
                Diagnostic::error("names/citation-without-clause", format!("`{wanted}` names a whole section"))
                    .at(citation.span, "which clause of it?")
                    .help(if labels.is_empty() { "it has none yet".to_owned() } else { format!("its clauses: {}", labels.join(", ")) }),
            );
            return None;
        }
        let Some(label) = self.p().texts[text].labels.iter().position(|label| *label == citation.label) else {
            let known: Vec<String> = self.p().texts[text].labels.iter().map(|label| format!("{wanted}{label}")).collect();
            let full = format!("{wanted}{}", citation.label);
            self.unknown("names/unknown-clause", "clause", &full, citation.span, known.iter().map(String::as_str));
            // one letter makes `(a)` another clause, so only a name can be a slip
            if !citation.label.contains('.')
                && let Some(last) = self.diagnostics.last_mut()
            {
                let labels = known.iter().map(|known| format!("`{known}`")).collect::<Vec<_>>().join(", ");
                last.help =
                    Some(if labels.is_empty() { format!("`{wanted}` has no clauses yet") } else { format!("its clauses: {labels}") });
            }
            return None;
        };
        Some(Cite { text: TextId(text), label, members: Vec::new(), at: citation.span })
    }

    /// Values of a fact as bits.
    pub fn values(&mut self, fact: FactId, values: &ast::ValueSet, negated: bool) -> Option<Mask> {
        let declared = self.p().facts[fact.0].clone();
        let program = self.p();
        let (full, absent) = (declared.full(program), declared.absent_bit(program));
        let scale = matches!(&declared.kind, ValueKind::Values { scale: Some(_), .. });
        let mut mask = 0;
        match values {
            ast::ValueSet::OneOf(names) => {
                for name in names {
                    mask |= match name.value.as_str() {
                        "present" => full & !absent,
                        "absent" if declared.absent.is_some() => absent,
                        "absent" => {
                            self.report(
                                Diagnostic::error("types/never-absent", format!("`{}` is never absent", declared.named.name))
                                    .at(name.span, "always or never true")
                                    .and(declared.named.at, "declared without `absent`")
                                    .help("say in the fact's declaration what it means that there is none: `absent \"...\"`"),
                            );
                            return None;
                        }
                        _ => 1 << self.value(&declared, name)?,
                    };
                }
            }
            ast::ValueSet::OrWorse(name) | ast::ValueSet::OrBetter(name) => {
                if !scale {
                    self.report(
                        Diagnostic::error("types/not-ordered", format!("the values of `{}` have no order", declared.named.name))
                            .at(name.span, "`or worse` and `or better` need a scale")
                            .and(declared.named.at, "not declared `on scale`")
                            .help("list the values instead: `is A or B`"),
                    );
                    return None;
                }
                let value = self.value(&declared, name)?;
                let up_to: Mask = (1 << (value + 1)) - 1;
                mask = match values {
                    ast::ValueSet::OrWorse(_) => up_to,
                    _ => (absent - 1) & !(up_to >> 1),
                };
            }
        }
        Some(if negated { full & !mask } else { mask })
    }

    fn value(&mut self, fact: &Fact, name: &Name) -> Option<usize> {
        let program = self.p();
        if let ValueKind::Number { unit, .. } = &fact.kind {
            let unit = unit.clone();
            let help = format!("compare it: `is at least 30 \"{unit}\"`, `is less than 10 \"{unit}\"`");
            self.report(
                Diagnostic::error("types/number-expected", format!("`{}` is a number of {unit}", fact.named.name))
                    .at(name.span, "not a number")
                    .and(fact.named.at, "declared as a number")
                    .help(help),
            );
            return None;
        }
        let names: Vec<String> = (0..fact.n_values(program)).map(|value| fact.value_name(program, value)).collect();
        let found = names.iter().position(|own| *own == name.value);
        if found.is_none() {
            self.no_such_value(name, &format!("`{}`", fact.named.name), Some(fact.named.at), &names);
        }
        found
    }

    /// A value that is not one of `names`; if it is a word of the language, or stands on another scale, that is what is said.
    pub fn no_such_value(&mut self, name: &Name, of: &str, declared: Option<Span>, names: &[String]) {
        if ["worse", "better"].contains(&name.value.as_str()) {
            self.report(
                Diagnostic::error("names/unknown-value", format!("`or {}` goes with one value, not with a list", name.value))
                    .at(name.span, "after several values")
                    .help(format!("name only the last value that counts: `is VALUE or {}`", name.value)),
            );
            return;
        }
        let has = |scale: &&Scale| scale.values.iter().any(|own| own.name == name.value);
        let Some((scale, at)) = self.p().scales.iter().find(has).map(|scale| (scale.named.name.clone(), scale.named.at)) else {
            self.unknown("names/unknown-value", &format!("value of {of}"), &name.value, name.span, names.iter().map(String::as_str));
            return;
        };
        let known = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        let mut problem = Diagnostic::error("types/foreign-value", format!("`{}` stands on another scale than {of}", name.value))
            .at(name.span, format!("a value of scale `{scale}`"))
            .and(at, "that scale")
            .help(format!("{of} takes {known}"));
        if let Some(declared) = declared {
            problem = problem.and(declared, "what is asked");
        }
        self.report(problem);
    }
}

fn empty() -> Program {
    let at = Span::new(SourceId(0), 0, 0);
    let named = |name: &str| Named { name: name.to_owned(), label: name.to_owned(), at };
    Program {
        subject: Subject {
            named: named("subject"),
            key_digits: 0,
            key_label: "key".into(),
            region_digits: 0,
            region_label: "region".into(),
            kinds: Vec::new(),
        },
        period: Period { named: named("year"), plural: "years".into(), years: Vec::new() },
        codes: Vec::new(),
        categories: Vec::new(),
        scales: Vec::new(),
        code_tables: Vec::new(),
        facts: Vec::new(),
        choices: Vec::new(),
        agencies: Vec::new(),
        tiers: Vec::new(),
        pathways: Vec::new(),
        texts: Vec::new(),
        clauses: Vec::new(),
        published: Vec::new(),
        reports: Vec::new(),
        scenarios: Vec::new(),
    }
}
