//! Declarations of words: subjects, periods, categories, scales, facts, choices, agencies, pathways.

use super::names::{Checker, RESERVED};
use crate::diagnostic::Diagnostic;
use crate::program::*;
use crate::span::Span;
use crate::syntax::ast::{self, FactKind, Item};
use std::collections::HashMap;

impl Checker {
    /// Declares every word of `files`; what depends on other words comes after them.
    pub fn vocabulary(&mut self, files: &[ast::File]) {
        let items = || files.iter().flat_map(|file| &file.items);
        let mut seen: HashMap<(&'static str, String), Span> = HashMap::new();
        let mut counted = [(0usize, "subject"), (0, "period")];
        for item in items() {
            let (sort, named) = match item {
                Item::Code(named) => ("code", named),
                Item::Agency(named) => ("agency", named),
                Item::Tier(named) => ("tier", named),
                Item::Subject(subject) => ("subject", &subject.head),
                Item::Period(period) => ("period", &period.head),
                Item::Category(category) => ("category", &category.head),
                Item::Scale(scale) => ("scale", &scale.head),
                Item::Pathway(pathway) => ("pathway", &pathway.head),
                Item::Fact(fact) => ("fact", &fact.head),
                Item::Codes(codes) => ("table of codes", &codes.head),
                Item::Choice(choice) => ("choice", &choice.head),
                Item::Source(source) => ("source", &source.head),
                Item::Report(report) => ("report", &report.head),
                _ => continue,
            };
            for (n, of) in &mut counted {
                if *of == sort {
                    *n += 1;
                    if *n == 2 {
                        self.report(
                            Diagnostic::error("names/second-declaration", format!("a library has one {sort}"))
                                .at(named.name.span, format!("a second {sort}"))
                                .help("put laws about another subject or another clock into a library of their own"),
                        );
                    }
                }
            }
            if let Some(first) = seen.insert((sort, named.name.value.clone()), named.name.span) {
                self.report(
                    Diagnostic::error("names/declared-twice", format!("{sort} `{}` is declared twice", named.name.value))
                        .at(named.name.span, "declared again here")
                        .and(first, "first declared here")
                        .help("remove one of the two, or give it a name of its own"),
                );
            }
        }
        for item in items() {
            match item {
                Item::Code(named) => {
                    let named = plain(named);
                    self.p().codes.push(named);
                }
                Item::Agency(named) => {
                    self.reserved(&named.name);
                    let named = plain(named);
                    self.p().agencies.push(named);
                }
                Item::Tier(named) => {
                    let named = plain(named);
                    self.p().tiers.push(named);
                }
                Item::Subject(subject) => self.subject(subject),
                Item::Period(period) => self.period(period),
                Item::Category(category) => self.declare_category(category),
                _ => {}
            }
        }
        for (n, sort) in counted {
            if n == 0 && !files.is_empty() {
                let example = match sort {
                    "subject" => "`subject lea \"local educational agency\"` with a line `key 14 digits \"CDS code\"` below",
                    _ => "`period dashboard \"School Dashboard\"` with lines such as `published 2024 on 2024-12-01` below",
                };
                self.report(
                    Diagnostic::error("names/nothing-declared", format!("no file declares a {sort}"))
                        .help(format!("every library says whom its law is about and what its years are, for example {example}")),
                );
            }
        }
        for item in items() {
            if let Item::Scale(scale) = item {
                self.declare_scale(scale);
            }
        }
        for item in items() {
            match item {
                Item::Codes(codes) => self.declare_codes(codes),
                Item::Pathway(pathway) => self.declare_pathway(pathway),
                Item::Choice(choice) => self.declare_choice(choice),
                _ => {}
            }
        }
        for item in items() {
            if let Item::Fact(fact) = item {
                self.declare_fact(fact);
            }
        }
        for item in items() {
            if let Item::Fact(fact) = item {
                self.shown_with(fact);
            }
        }
    }

    /// No name may stand twice in a list.
    fn distinct(&mut self, list: &[ast::Named], what: &str) {
        for (at, named) in list.iter().enumerate() {
            if let Some(first) = list[..at].iter().find(|other| other.name == named.name) {
                self.report(
                    Diagnostic::error("names/declared-twice", format!("{what} `{}` is declared twice", named.name.value))
                        .at(named.name.span, "declared again here")
                        .and(first.name.span, "first declared here"),
                );
            }
        }
    }

    fn reserved(&mut self, name: &ast::Name) {
        if RESERVED.contains(&name.value.as_str()) {
            self.report(
                Diagnostic::error("names/reserved", format!("`{}` is a word of the language", name.value))
                    .at(name.span, "cannot be declared")
                    .help("choose another name; the words for people in quotation marks can be anything"),
            );
        }
    }

    fn subject(&mut self, subject: &ast::Subject) {
        let key = subject.key.as_ref().map(|(n, label)| (n.value as usize, label.value.clone()));
        let Some((key_digits, key_label)) = key else {
            self.report(
                Diagnostic::error("names/subject-without-key", format!("subject `{}` has no key", subject.head.name.value))
                    .at(subject.head.name.span, "how is one told from another?")
                    .help("add a line such as `key 14 digits \"CDS code\"`"),
            );
            return;
        };
        let region = subject.region.as_ref().map_or((0, String::from("region")), |(n, label)| (n.value as usize, label.value.clone()));
        let mut kinds: Vec<Kind> = Vec::new();
        for (named, pattern) in &subject.kinds {
            if let Some(pattern) = pattern
                && (pattern.value.len() != key_digits || pattern.value.bytes().any(|c| c != b'?' && !c.is_ascii_digit()))
            {
                self.report(
                    Diagnostic::error(
                        "types/key-pattern",
                        format!("`{}` is not a pattern for a key of {key_digits} digits", pattern.value),
                    )
                    .at(pattern.span, format!("{} characters", pattern.value.chars().count()))
                    .help("write every digit, with `?` for any digit"),
                );
            }
            if kinds.len() >= 60 {
                self.report(
                    Diagnostic::error("types/too-many-values", "a subject has at most 60 kinds").at(named.name.span, "one too many"),
                );
                break;
            }
            kinds.push(Kind { named: plain(named), pattern: pattern.as_ref().map(|pattern| pattern.value.clone()) });
        }
        if kinds.is_empty() {
            kinds.push(Kind { named: plain(&subject.head), pattern: None });
        }
        self.p().subject = Subject {
            named: plain(&subject.head),
            key_digits,
            key_label,
            region_digits: region.0.min(key_digits),
            region_label: region.1,
            kinds,
        };
    }

    fn period(&mut self, period: &ast::Period) {
        let mut years: Vec<PeriodYear> = Vec::new();
        for (year, on, suspended) in &period.years {
            if years.iter().any(|entry| entry.year == year.value) {
                self.report(
                    Diagnostic::error("names/declared-twice", format!("year {} is declared twice", year.value))
                        .at(year.span, "declared again here")
                        .help("a year is either published or suspended"),
                );
                continue;
            }
            years.push(PeriodYear { year: year.value, on: on.value, suspended: suspended.as_ref().map(|because| because.value.clone()) });
        }
        years.sort_by_key(|entry| entry.year);
        let plural = period.plural.as_ref().map_or_else(|| format!("{}s", period.head.name.value), |plural| plural.value.clone());
        self.p().period = Period { named: plain(&period.head), plural, years };
    }

    fn declare_category(&mut self, category: &ast::Category) {
        let mut members: Vec<Member> = Vec::new();
        for (named, from) in &category.members {
            self.reserved(&named.name);
            if let Some(first) = members.iter().find(|member| member.named.name == named.name.value) {
                self.report(
                    Diagnostic::error("names/declared-twice", format!("member `{}` is declared twice", named.name.value))
                        .at(named.name.span, "declared again here")
                        .and(first.named.at, "first declared here"),
                );
                continue;
            }
            members.push(Member { named: plain(named), from: from.as_ref().map(|from| from.value) });
        }
        if members.is_empty() {
            self.report(
                Diagnostic::error("names/category-without-members", format!("category `{}` has no members", category.head.name.value))
                    .at(category.head.name.span, "nothing to count")
                    .help("list the members below, each with its words"),
            );
        }
        let plural = category.plural.as_ref().map_or_else(|| format!("{}s", category.head.name.value), |plural| plural.value.clone());
        self.p().categories.push(Category { named: plain(&category.head), plural, members });
    }

    fn declare_scale(&mut self, scale: &ast::Scale) {
        let mut values: Vec<Value> = Vec::new();
        for ast::ScaleValue { named, variants, swatch } in &scale.values {
            self.reserved(&named.name);
            if values.iter().any(|value| value.name == named.name.value) {
                self.report(
                    Diagnostic::error("names/declared-twice", format!("value `{}` stands twice on this scale", named.name.value))
                        .at(named.name.span, "again here"),
                );
                continue;
            }
            let all: Vec<CategoryId> = (0..self.p().categories.len()).map(CategoryId).collect();
            let mut own = Vec::new();
            for (members, label) in variants {
                for name in members {
                    if let Some((category, member)) = self.member_of_any(&all, name) {
                        own.push((category, vec![member], label.value.clone()));
                    }
                }
            }
            let swatch = swatch.as_ref().and_then(|text| self.swatch(text));
            values.push(Value { name: named.name.value.clone(), label: named.label.value.clone(), variants: own, swatch });
        }
        if values.len() > 100 {
            let name = &scale.head.name;
            self.report(
                Diagnostic::error("types/too-many-values", format!("scale `{}` has more than 100 values", name.value))
                    .at(name.span, "declared here"),
            );
            return;
        }
        self.p().scales.push(Scale { named: plain(&scale.head), values });
    }

    /// `#b3261e`
    fn swatch(&mut self, text: &ast::Text) -> Option<[u8; 3]> {
        let digits = text.value.strip_prefix('#').filter(|digits| digits.len() == 6 && digits.bytes().all(|c| c.is_ascii_hexdigit()));
        let number = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if number.is_none() {
            self.report(
                Diagnostic::error("types/swatch", format!("`{}` is not a color", text.value))
                    .at(text.span, "which color?")
                    .help("write `#` and six digits, two each for red, green and blue from 00 to ff: `#b3261e`"),
            );
        }
        number.map(|number| [(number >> 16) as u8, (number >> 8) as u8, number as u8])
    }

    fn declare_codes(&mut self, codes: &ast::Codes) {
        let Some(category) = self.category(&codes.category) else { return };
        let mut values: Vec<(String, Vec<usize>)> = Vec::new();
        for (code, members) in &codes.values {
            let mut set: Vec<usize> = members.iter().filter_map(|member| self.member(category, member)).collect();
            set.sort_unstable();
            set.dedup();
            if let Some((first, _)) = values.iter().find(|(own, own_set)| *own == code.value || *own_set == set) {
                let message = if *first == code.value {
                    format!("code `{first}` is given twice")
                } else {
                    format!("codes `{first}` and `{}` stand for the same members", code.value)
                };
                self.report(Diagnostic::error("names/declared-twice", message).at(code.span, "here"));
                continue;
            }
            values.push((code.value.clone(), set));
        }
        self.p().code_tables.push(CodeTable { named: plain(&codes.head), category, values });
    }

    fn declare_pathway(&mut self, pathway: &ast::Pathway) {
        let mut tier = None;
        if let Some(name) = &pathway.tier {
            tier = self.p().tiers.iter().position(|tier| tier.name == name.value);
            if tier.is_none() {
                let known: Vec<String> = self.p().tiers.iter().map(|tier| tier.name.clone()).collect();
                self.unknown("names/unknown-tier", "tier", &name.value, name.span, known.iter().map(String::as_str));
            }
        }
        let stage = pathway.stage.as_ref().map_or_else(|| "eligible".to_owned(), |stage| stage.value.clone());
        self.p().pathways.push(Pathway { named: plain(&pathway.head), tier, stage, hidden: pathway.hidden });
    }

    fn declare_choice(&mut self, choice: &ast::Choice) {
        self.distinct(&choice.options, "option");
        let options: Vec<Named> = choice.options.iter().map(plain).collect();
        let name = &choice.head.name;
        let Some((set, because)) = &choice.set else {
            self.report(
                Diagnostic::error("names/choice-not-set", format!("choice `{}` does not say which reading is in use", name.value))
                    .at(name.span, "no `set` line")
                    .help("add `set OPTION because \"...\"`; the reason is shown in every answer that rests on the choice"),
            );
            return;
        };
        let at = options.iter().position(|option| option.name == set.value);
        if at.is_none() {
            let known: Vec<String> = options.iter().map(|option| option.name.clone()).collect();
            self.unknown("names/unknown-option", "option", &set.value, set.span, known.iter().map(String::as_str));
        }
        self.p().choices.push(Choice { named: plain(&choice.head), options, set: at.unwrap_or(0), because: because.value.clone() });
    }

    fn declare_fact(&mut self, fact: &ast::Fact) {
        let name = &fact.head.name;
        let categories = fact.categories.iter().filter_map(|category| self.category(category)).collect();
        let yearly = fact.period.as_ref().is_some_and(|period| self.is_period(period));
        let kind = match &fact.kind {
            None => {
                self.report(
                    Diagnostic::error("types/fact-without-values", format!("fact `{}` does not say what its values are", name.value))
                        .at(name.span, "no line on its values")
                        .help("add one of `on scale NAME`, `yes or no`, `one of` with values below, `number of \"unit\"`, `code of NAME`"),
                );
                return;
            }
            Some(FactKind::Scale(scale)) => {
                let Some(id) = self.scale(scale) else { return };
                ValueKind::Values { values: self.p().scales[id.0].values.clone(), scale: Some(id) }
            }
            Some(FactKind::YesNo) => {
                let value = |name: &str| Value { name: name.to_owned(), label: name.to_owned(), variants: Vec::new(), swatch: None };
                ValueKind::Values { values: vec![value("no"), value("yes")], scale: None }
            }
            Some(FactKind::Enum(values)) => {
                self.distinct(values, "value");
                if values.is_empty() {
                    self.report(
                        Diagnostic::error("types/fact-without-values", format!("fact `{}` has no values", name.value))
                            .at(name.span, "`one of` what?")
                            .help("list the values below `one of`, each with its words: `Met \"Met\"`"),
                    );
                    return;
                }
                for value in values {
                    self.reserved(&value.name);
                }
                let value = |named: &ast::Named| Value {
                    name: named.name.value.clone(),
                    label: named.label.value.clone(),
                    variants: Vec::new(),
                    swatch: None,
                };
                ValueKind::Values { values: values.iter().map(value).collect(), scale: None }
            }
            Some(FactKind::Number(unit)) => ValueKind::Number { unit: unit.value.clone(), boundaries: Vec::new() },
            Some(FactKind::Code(codes)) => {
                let Some(codes) = self.codes(codes) else { return };
                ValueKind::Code(codes)
            }
        };
        let absent = fact.absent.as_ref().map(|absent| absent.value.clone());
        let mut grid = fact.grid.as_ref().map(|title| title.value.clone());
        if let Some(title) = fact.grid.as_ref().filter(|_| fact.categories.len() != 2) {
            let n = fact.categories.len();
            self.report(
                Diagnostic::error("types/grid-shape", format!("fact `{}` cannot be shown as a grid", name.value))
                    .at(title.span, format!("it is given for {n} categor{}, not for two", if n == 1 { "y" } else { "ies" }))
                    .help("a grid has the members of one category down and of another across; remove the line, or give the fact for two"),
            );
            grid = None;
        }
        let mut gradual = false;
        if let Some(period) = &fact.gradual {
            let known = self.is_period(period);
            let lacks = match kind {
                ValueKind::Values { scale: None, .. } | ValueKind::Number { .. } | ValueKind::Code(_) => {
                    Some("its values have no scale to go down")
                }
                _ => (!yearly).then_some("it is not given for each year"),
            };
            match lacks {
                None => gradual = known,
                Some(lacks) => self.report(
                    Diagnostic::error("types/no-steps", format!("fact `{}` cannot worsen by steps", name.value))
                        .at(period.span, lacks)
                        .help("only a fact that is `on scale` and given for each year can; remove the line"),
                ),
            }
        }
        let fact = Fact {
            named: plain(&fact.head),
            categories,
            yearly,
            kind,
            absent,
            dated: fact.dated,
            grid,
            gradual,
            shown_with: None,
            fixed: fact.fixed.as_ref().map(|fixed| fixed.value.clone()),
        };
        if fact.n_values(self.p()) > 100 {
            self.report(
                Diagnostic::error("types/too-many-values", format!("fact `{}` has more than 100 values", name.value))
                    .at(name.span, "declared here"),
            );
            return;
        }
        let cells: u128 = fact.categories.iter().map(|category| self.p().categories[category.0].members.len() as u128).product();
        if cells > 100_000 {
            self.report(
                Diagnostic::error(
                    "types/too-many-values",
                    format!("fact `{}` has {cells} cells for each subject and year; 100000 are possible", name.value),
                )
                .at(name.span, "declared here")
                .help("give the fact for fewer categories"),
            );
            return;
        }
        self.p().facts.push(fact);
    }

    /// The number that a fact is shown with, which may be declared after it.
    fn shown_with(&mut self, fact: &ast::Fact) {
        let Some(with) = &fact.shown_with else { return };
        let own = self.p().facts.iter().position(|own| own.named.at == fact.head.name.span);
        // a fact that could not be declared has its own message
        let (Some(own), Some(number)) = (own, self.fact(with)) else { return };
        let facts = &self.p().facts;
        let (declared, beside) = (&facts[own], &facts[number.0]);
        let lacks = if !matches!(beside.kind, ValueKind::Number { .. }) {
            Some("it is no number")
        } else if beside.categories != declared.categories {
            Some("it is not given for the same categories")
        } else {
            (beside.yearly != declared.yearly).then_some("one of both is given for each year, the other is not")
        };
        match lacks {
            None => self.p().facts[own].shown_with = Some(number),
            Some(lacks) => self.report(
                Diagnostic::error("types/shown-with", format!("`{}` cannot be shown with `{}`", fact.head.name.value, with.value))
                    .at(with.span, lacks)
                    .help("name a `number of ...` that is given for the same categories and years, or remove the line"),
            ),
        }
    }
}

pub(super) fn plain(named: &ast::Named) -> Named {
    Named { name: named.name.value.clone(), label: named.label.value.clone(), at: named.name.span }
}
