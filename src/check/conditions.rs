//! Conditions: names to facts, members and clauses; questions to sets of values.

use super::measures::side;
use super::names::Checker;
use crate::diagnostic::Diagnostic;
use crate::program::*;
use crate::span::Span;
use crate::syntax::UNREADABLE_COUNT;
use crate::syntax::ast::{self, Compare, CondKind as Ast, FactTest, HowMany};

/// What a condition may rely on where it stands.
#[derive(Clone, Default)]
pub(super) struct Scope {
    /// Categories whose member is in hand.
    pub bound: Vec<CategoryId>,
    /// Set inside a clause with a value.
    pub value: Option<ScaleId>,
    /// What stands around could not be read: what seems to be missing may be said there.
    pub unclear: bool,
}

impl Scope {
    fn with(&self, category: CategoryId) -> Scope {
        let mut inner = self.clone();
        if !inner.bound.contains(&category) {
            inner.bound.push(category);
        }
        inner
    }
}

impl Checker {
    /// Types one condition; `None` if it rests on something that was reported.
    pub fn cond(&mut self, cond: &ast::Cond, scope: &Scope) -> Option<Cond> {
        let kind = self.cond_kind(cond, scope)?;
        Some(Cond { label: cond.label.as_ref().map(|label| label.value.clone()), kind, at: cond.span })
    }

    fn conds(&mut self, conds: &[ast::Cond], scope: &Scope) -> Option<Vec<Cond>> {
        let typed: Vec<Option<Cond>> = conds.iter().map(|cond| self.cond(cond, scope)).collect();
        typed.into_iter().collect()
    }

    fn cond_kind(&mut self, cond: &ast::Cond, scope: &Scope) -> Option<CondKind> {
        let valued = matches!(&cond.kind, Ast::Bracket(..) | Ast::Grid(..));
        let either = matches!(&cond.kind, Ast::ByMember(..) | Ast::ByChoice(..) | Ast::Never);
        if let Ast::Unreadable(below) = &cond.kind {
            self.conds(below, &Scope { unclear: true, ..scope.clone() });
            return None;
        }
        if !either && !scope.unclear && valued != scope.value.is_some() {
            let message = if valued {
                "this gives a value, but the clause answers yes or no"
            } else {
                "this answers yes or no, but the clause gives a value"
            };
            self.report(Diagnostic::error("types/value-or-answer", message).at(cond.span, "here").help(
                "a clause with `value on SCALE` is built from `bracket`, `grid`, `by` and `never`; every other clause from conditions",
            ));
            return None;
        }
        Some(match &cond.kind {
            Ast::Unreadable(_) => return None,
            Ast::Always => CondKind::Const(true),
            Ast::Never => CondKind::Const(false),
            Ast::AllOf(items) => CondKind::All(self.conds(items, scope)?),
            Ast::AnyOf(items) => CondKind::Any(self.conds(items, scope)?),
            Ast::NoneOf(items) => CondKind::NoneOf(self.conds(items, scope)?),
            Ast::AtLeastOf(n, items) => {
                if n.value != UNREADABLE_COUNT && (n.value as usize > items.len() || n.value == 0) {
                    self.report(
                        Diagnostic::error("types/impossible-count", format!("at least {} of {} items", n.value, items.len()))
                            .at(n.span, if n.value == 0 { "always holds" } else { "can never hold" })
                            .help("count between 1 and the number of items"),
                    );
                    self.conds(items, scope);
                    return None;
                }
                CondKind::AtLeastOf(n.value, self.conds(items, scope)?)
            }
            Ast::Count(count) => self.count(count, cond.span, scope)?,
            Ast::Window(window) => self.window(window, cond.span, scope)?,
            Ast::ByMember(name, arms) => self.by_member(name, arms, cond.span, scope)?,
            Ast::ByChoice(name, arms) => self.by_choice(name, arms, cond.span, scope)?,
            Ast::Cite { citation, negated, members, values } => self.cite_test(citation, *negated, members, values.as_ref(), scope)?,
            Ast::SubjectIs { subject, negated, kinds } => {
                if self.p().subject.named.name != subject.value {
                    let known = [self.p().subject.named.name.clone()];
                    self.unknown("names/unknown-subject", "subject", &subject.value, subject.span, known.iter().map(String::as_str));
                    return None;
                }
                let all = self.kinds(&[]);
                let bits = self.kinds(kinds);
                CondKind::SubjectIs(if *negated { all & !bits } else { bits })
            }
            Ast::Fact { members, fact, test } => CondKind::Test(self.test(members, fact, test, cond.span, scope)?),
            Ast::Bracket(names, rows) => self.bracket(names, rows, cond.span, scope)?,
            Ast::Grid(rows, columns, cells) => self.grid(rows, columns, cells, scope)?,
        })
    }

    fn count(&mut self, count: &ast::Count, at: Span, scope: &Scope) -> Option<CondKind> {
        let category = self.category(&count.of);
        // the body is checked whatever is wrong with the count
        let inner = category.map_or_else(|| Scope { unclear: true, ..scope.clone() }, |category| scope.with(category));
        let body = self.cond(&count.body, &inner);
        let category = category?;
        if scope.bound.contains(&category) {
            let label = self.p().categories[category.0].named.label.clone();
            self.report(
                Diagnostic::error("types/counted-twice", format!("a {label} is already in hand here"))
                    .at(count.of.span, "counted inside a count or clause over the same category")
                    .help("the inner count would hide the outer member; refer to a clause of its own instead"),
            );
            return None;
        }
        let n = match count.how {
            HowMany::AtLeast(n) | HowMany::AtMost(n) | HowMany::Exactly(n) => Some(n),
            _ => None,
        };
        let size = self.p().categories[category.0].members.len();
        if n.is_some_and(|n| n as usize > size && n != UNREADABLE_COUNT) || matches!(count.how, HowMany::AtLeast(0)) {
            let label = self.p().categories[category.0].named.label.clone();
            self.report(
                Diagnostic::error("types/impossible-count", format!("{} of {label}, but there are {size}", n.unwrap_or(0)))
                    .at(at, if n == Some(0) || matches!(count.how, HowMany::AtMost(_)) { "always holds" } else { "can never hold" })
                    .help("count between 1 and the number of members"),
            );
            return None;
        }
        if (matches!(count.how, HowMany::Every) || count.or_all.is_some()) && count.if_none.is_none() {
            self.report(
                Diagnostic::error("types/empty-case-missing", "what if there is none at all?")
                    .at(at, "the case of no member is not said")
                    .help("add `, never if none` or `, met if none`; of no members, \"all\" is true in logic and false in most law"),
            );
            return None;
        }
        let or_all = match &count.or_all {
            None => None,
            Some((fewer, under)) => {
                if HowMany::AtLeast(fewer.value) != count.how {
                    let message = match count.how {
                        HowMany::AtLeast(_) => "`or all if fewer than` must name the same number",
                        _ => "`or all if fewer than` goes with `at least` only",
                    };
                    self.report(
                        Diagnostic::error("types/or-all-mismatch", message)
                            .at(fewer.span, "does not fit the count before it")
                            .help("`at least 3 ..., or all if fewer than 3, never if none:`"),
                    );
                    return None;
                }
                let cite = match under {
                    None => None,
                    Some(citation) => {
                        let cite = self.cite(citation)?;
                        Some(self.bind(cite, &[], &scope.with(category))?)
                    }
                };
                Some((fewer.value, cite))
            }
        };
        Some(CondKind::Count(Box::new(Count { category, how: count.how, or_all, if_none: count.if_none.unwrap_or(false), body: body? })))
    }

    fn window(&mut self, window: &ast::Window, at: Span, scope: &Scope) -> Option<CondKind> {
        let body = self.cond(&window.body, scope);
        if !self.is_period(&window.period) {
            return None;
        }
        let wrong = match window.span {
            ast::WindowSpan::OfLast(n, m) if n > m && n != UNREADABLE_COUNT => Some("can never hold"),
            ast::WindowSpan::OfLast(0, _) | ast::WindowSpan::Each(0) | ast::WindowSpan::Ever(0) => Some("always holds"),
            _ => None,
        };
        if let Some(wrong) = wrong {
            self.report(
                Diagnostic::error("types/impossible-count", "this window asks for an impossible number of years")
                    .at(at, wrong)
                    .help("ask for between 1 and as many years as the window has"),
            );
            return None;
        }
        if let Some(since) = &window.since {
            self.known_year(since);
        }
        Some(CondKind::Window(Box::new(Window {
            span: window.span,
            published: window.published,
            since: window.since.as_ref().map(|since| since.value),
            unsettled_is_no: window.unsettled_is_no,
            body: body?,
        })))
    }

    fn by_member(&mut self, name: &ast::Name, arms: &[ast::Arm], at: Span, scope: &Scope) -> Option<CondKind> {
        let Some(category) = self.category(name) else {
            let unclear = Scope { unclear: true, ..scope.clone() };
            arms.iter().for_each(|arm| drop(self.cond(&arm.cond, &unclear)));
            return None;
        };
        if !scope.bound.contains(&category) {
            let unclear = Scope { unclear: true, ..scope.clone() };
            arms.iter().for_each(|arm| drop(self.cond(&arm.cond, &unclear)));
            if scope.unclear {
                return None;
            }
            let label = self.p().categories[category.0].named.label.clone();
            let plural = self_plural(self.p(), category);
            self.report(
                Diagnostic::error("types/no-member-in-hand", format!("which {label}?"))
                    .at(name.span, format!("no {label} is in hand here"))
                    .help(format!("state the clause `for each {}`, or count with `at least N {}:`", name.value, plural)),
            );
            return None;
        }
        let n = self.p().categories[category.0].members.len();
        let mut arm_of: Vec<Option<usize>> = vec![None; n];
        let mut first_at: Vec<Option<Span>> = vec![None; n];
        let mut other = None;
        let mut typed = Vec::new();
        let mut ok = true;
        for (index, arm) in arms.iter().enumerate() {
            if arm.members.is_empty() && other.replace(index).is_some() {
                self.report(
                    Diagnostic::error("types/case-twice", "`every other` stands twice").at(arm.span, "again here").help("join the two"),
                );
                ok = false;
            }
            for member in &arm.members {
                let Some(at) = self.member(category, member) else {
                    ok = false;
                    continue;
                };
                if let Some(first) = first_at[at].replace(member.span) {
                    self.report(
                        Diagnostic::error("types/case-twice", format!("`{}` has two cases", member.value))
                            .at(member.span, "again here")
                            .and(first, "first here")
                            .help("keep one; nothing says which of the two would count"),
                    );
                    ok = false;
                }
                arm_of[at] = Some(index);
            }
            match self.cond(&arm.cond, scope) {
                Some(cond) => typed.push(cond),
                None => ok = false,
            }
        }
        let missing: Vec<String> = (0..n)
            .filter(|member| arm_of[*member].is_none() && other.is_none())
            .map(|member| format!("`{}`", self.p().categories[category.0].members[member].named.name))
            .collect();
        if !missing.is_empty() {
            self.report(
                Diagnostic::error("types/case-missing", format!("no case for {}", missing.join(", ")))
                    .at(at, "every member needs a case")
                    .help("add the members to a case; `every other: never` says so for all that are left"),
            );
            ok = false;
        }
        if other.is_some() && arm_of.iter().all(Option::is_some) {
            self.report(
                Diagnostic::warning("types/case-impossible", "`every other` covers nothing")
                    .at(other.and_then(|index| arms.get(index)).map_or(at, |arm| arm.span), "every member has a case of its own")
                    .help("remove the line"),
            );
        }
        ok.then(|| CondKind::ByMember(category, typed, arm_of.into_iter().map(|arm| arm.or(other).unwrap_or(0)).collect()))
    }

    fn by_choice(&mut self, name: &ast::Name, arms: &[ast::Arm], at: Span, scope: &Scope) -> Option<CondKind> {
        let Some(choice) = self.choice(name) else {
            arms.iter().for_each(|arm| drop(self.cond(&arm.cond, scope)));
            return None;
        };
        let n = self.p().choices[choice.0].options.len();
        let mut typed: Vec<Option<Cond>> = vec![None; n];
        let mut ok = true;
        // `every other` stands for the rest, wherever it is written
        let (named, rest): (Vec<&ast::Arm>, Vec<&ast::Arm>) = arms.iter().partition(|arm| !arm.members.is_empty());
        if let Some(again) = rest.get(1) {
            self.report(
                Diagnostic::error("types/case-twice", "`every other` stands twice").at(again.span, "again here").help("join the two"),
            );
            ok = false;
        }
        for arm in named.into_iter().chain(rest) {
            let cond = self.cond(&arm.cond, scope);
            ok &= cond.is_some();
            let every: Vec<usize> = if arm.members.is_empty() {
                (0..n).filter(|option| typed[*option].is_none()).collect()
            } else {
                let found: Vec<Option<usize>> = arm.members.iter().map(|member| self.option(choice, member)).collect();
                ok &= found.iter().all(Option::is_some);
                found.into_iter().flatten().collect()
            };
            if every.is_empty() && ok && arm.members.is_empty() {
                self.report(
                    Diagnostic::warning("types/case-impossible", "`every other` covers nothing")
                        .at(arm.span, "every reading has a case of its own")
                        .help("remove the line"),
                );
            }
            for option in every {
                if typed[option].is_some() {
                    let what = self.p().choices[choice.0].options[option].name.clone();
                    self.report(
                        Diagnostic::error("types/case-twice", format!("option `{what}` has two cases"))
                            .at(arm.span, "again here")
                            .help("keep one; nothing says which of the two would count"),
                    );
                    ok = false;
                }
                typed[option].clone_from(&cond);
            }
        }
        let missing: Vec<String> = (0..n)
            .filter(|option| typed[*option].is_none())
            .map(|option| format!("`{}`", self.p().choices[choice.0].options[option].name))
            .collect();
        if ok && !missing.is_empty() {
            self.report(
                Diagnostic::error("types/case-missing", format!("no case for option {}", missing.join(", ")))
                    .at(at, "every reading needs a case")
                    .help("say what the law means under that reading"),
            );
            ok = false;
        }
        if !ok {
            return None;
        }
        Some(CondKind::ByChoice(choice, typed.into_iter().flatten().collect()))
    }

    /// A reference with the members it is read for.
    pub fn bind(&mut self, mut cite: Cite, members: &[ast::Name], scope: &Scope) -> Option<Cite> {
        let mut params: Vec<CategoryId> = Vec::new();
        let program = self.p();
        for version in &program.texts[cite.text.0].versions {
            if let Some(clause) = version.clauses[cite.label] {
                for param in &program.clauses[clause.0].params {
                    if !params.contains(param) {
                        params.push(*param);
                    }
                }
            }
        }
        for name in members {
            let found = self.member_of_any(&params, name)?;
            cite.members.push(found);
        }
        for param in params {
            if !scope.bound.contains(&param) && !cite.members.iter().any(|(category, _)| *category == param) {
                if scope.unclear {
                    return None;
                }
                let program = self.p();
                let text = &program.texts[cite.text.0];
                let (full, label) =
                    (format!("{}{}", text.citation(), text.labels[cite.label]), program.categories[param.0].named.label.clone());
                let plural = self_plural(program, param);
                self.report(
                    Diagnostic::error("types/no-member-in-hand", format!("`{full}` is stated for each {label}: for which one here?"))
                        .at(cite.at, format!("no {label} is in hand here"))
                        .help(format!("count over them (`at least 1 {plural}:` with this line below), or name one: `is met for ...`")),
                );
                return None;
            }
        }
        Some(cite)
    }

    fn cite_test(
        &mut self,
        citation: &ast::Citation,
        negated: bool,
        members: &[ast::Name],
        values: Option<&ast::ValueSet>,
        scope: &Scope,
    ) -> Option<CondKind> {
        let cite = self.cite(citation)?;
        let cite = self.bind(cite, members, scope)?;
        let scale = self.value_of(&cite);
        match (scale, values) {
            (None, None) => Some(CondKind::Cite(cite, negated)),
            (Some(scale), Some(values)) => {
                let mask = self.scale_values(scale, values)?;
                let all = (1 << self.p().scales[scale.0].values.len()) - 1;
                Some(CondKind::CiteValue(cite, if negated { all & !mask } else { mask }))
            }
            (Some(scale), None) => {
                self.gives_a_value(scale, citation, "ask for a value: `is Red`, `is Orange or worse`");
                None
            }
            (None, Some(_)) => {
                self.report(
                    Diagnostic::error("types/value-or-answer", "this clause answers yes or no")
                        .at(citation.span, "has no value to compare")
                        .help("write `is met` or `is not met`"),
                );
                None
            }
        }
    }

    /// Reports that a clause is asked whether it is met, and gives a value.
    pub fn gives_a_value(&mut self, scale: ScaleId, citation: &ast::Citation, help: &str) {
        let name = self.p().scales[scale.0].named.name.clone();
        self.report(
            Diagnostic::error("types/value-or-answer", format!("this clause gives a value on scale `{name}`, not yes or no"))
                .at(citation.span, "asked whether it is met")
                .help(help),
        );
    }

    /// The scale of a clause with a value.
    pub fn value_of(&mut self, cite: &Cite) -> Option<ScaleId> {
        let program = self.p();
        let clause = program.texts[cite.text.0].versions.iter().find_map(|version| version.clauses[cite.label])?;
        program.clauses[clause.0].value
    }

    /// Values of a scale as bits.
    pub fn scale_values(&mut self, scale: ScaleId, values: &ast::ValueSet) -> Option<Mask> {
        let bit = |checker: &mut Checker, name: &ast::Name| {
            let names: Vec<String> = checker.p().scales[scale.0].values.iter().map(|value| value.name.clone()).collect();
            let at = names.iter().position(|own| *own == name.value);
            if at.is_none() {
                let (of, declared) = (format!("scale `{}`", checker.p().scales[scale.0].named.name), checker.p().scales[scale.0].named.at);
                checker.no_such_value(name, &of, Some(declared), &names);
            }
            at
        };
        let n = self.p().scales[scale.0].values.len();
        Some(match values {
            ast::ValueSet::OneOf(names) => {
                let mut mask = 0;
                for name in names {
                    mask |= 1 << bit(self, name)?;
                }
                mask
            }
            ast::ValueSet::OrWorse(name) => (1 << (bit(self, name)? + 1)) - 1,
            ast::ValueSet::OrBetter(name) => ((1 << n) - 1) & !((1 << bit(self, name)?) - 1),
        })
    }

    /// Members for each category of a fact: named ones first, then those in hand.
    pub fn args(&mut self, fact: FactId, members: &[ast::Name], at: Span, scope: &Scope) -> Option<Vec<Arg>> {
        let categories = self.p().facts[fact.0].categories.clone();
        let mut named: Vec<(CategoryId, usize)> = Vec::new();
        for name in members {
            let (category, member) = self.member_of_any(&categories, name)?;
            if named.iter().any(|(other, _)| *other == category) {
                let label = self.p().categories[category.0].named.label.clone();
                self.report(
                    Diagnostic::error("types/two-members", format!("two members of {label} stand before this fact"))
                        .at(name.span, "a second one")
                        .help("ask about each on a line of its own, below `any of:` or `all of:`"),
                );
                return None;
            }
            named.push((category, member));
        }
        let mut args = Vec::new();
        for category in categories {
            if let Some((_, member)) = named.iter().find(|(own, _)| *own == category) {
                args.push(Arg::Member(category, *member));
            } else if scope.bound.contains(&category) {
                args.push(Arg::Bound(category));
            } else if scope.unclear {
                return None;
            } else {
                let program = self.p();
                let (fact, label) = (program.facts[fact.0].named.name.clone(), program.categories[category.0].named.label.clone());
                let example = program.categories[category.0].members.first().map_or(String::new(), |member| member.named.name.clone());
                self.report(
                    Diagnostic::error("types/no-member-in-hand", format!("`{fact}` is given for each {label}: for which one here?"))
                        .at(at, format!("no {label} is in hand here"))
                        .help(format!("name one before the fact (`{example} {fact} is ...`), or state the clause for each of them")),
                );
                return None;
            }
        }
        Some(args)
    }

    fn test(&mut self, members: &[ast::Name], name: &ast::Name, test: &FactTest, at: Span, scope: &Scope) -> Option<Test> {
        let fact = self.fact(name)?;
        let args = self.args(fact, members, at, scope)?;
        let declared = self.p().facts[fact.0].clone();
        let example = declared.value_name(self.p(), 0);
        let (mask, words) = match test {
            FactTest::Is { negated, values } => {
                let mask = self.values(fact, values, *negated)?;
                (TestMask::Fixed(mask), format!("is {}{}", if *negated { "not " } else { "" }, said(values)))
            }
            FactTest::Compare(compare, number, unit) => {
                let ValueKind::Number { unit: own, boundaries } = &declared.kind else {
                    self.report(
                        Diagnostic::error("types/not-a-number", format!("`{}` is not a number", name.value))
                            .at(number.span, "compared with a number")
                            .and(declared.named.at, "declared here")
                            .help(format!("ask for its values, for example `is {example}`")),
                    );
                    return None;
                };
                match unit {
                    Some(unit) if unit.value != *own => {
                        let others: Vec<String> = self.facts_in(&unit.value);
                        let mut problem =
                            Diagnostic::error("types/unit", format!("`{}` is counted in {own}, not in {}", name.value, unit.value))
                                .at(unit.span, "another unit")
                                .and(declared.named.at, "declared here");
                        problem.help = Some(match others.as_slice() {
                            [] => format!("write `{} \"{own}\"` if that is the number meant; units are not converted", number.value),
                            _ => format!(
                                "what is counted in {} is {}; {own} and {} are not the same measure and are not converted",
                                unit.value,
                                others.join(", "),
                                unit.value
                            ),
                        });
                        self.report(problem);
                        return None;
                    }
                    Some(_) => {}
                    None => {
                        self.report(
                            Diagnostic::error("types/unit", format!("{} what?", number.value))
                                .at(number.span, "a number without its unit")
                                .help(format!("write `{} \"{own}\"`, so that a reader sees what is compared", number.value)),
                        );
                        return None;
                    }
                }
                let cut = Boundary { at: number.value, inclusive: side(*compare) };
                let under = boundaries.iter().position(|own| *own == cut).map_or(0, |at| at + 1);
                let below: Mask = (1 << under) - 1;
                let all = declared.absent_bit(self.p()) - 1;
                let (mask, words) = match compare {
                    Compare::AtLeast => (all & !below, "at least"),
                    Compare::MoreThan => (all & !below, "more than"),
                    Compare::AtMost => (below, "at most"),
                    Compare::LessThan => (below, "less than"),
                };
                (TestMask::Fixed(mask), format!("is {words} {} {own}", number.value))
            }
            FactTest::Includes(what) => {
                let ValueKind::Code(codes) = declared.kind else {
                    self.report(
                        Diagnostic::error("types/no-set", format!("`{}` does not stand for a set of members", name.value))
                            .at(what.span, "cannot be included")
                            .and(declared.named.at, "declared here")
                            .help(format!("ask for its values, for example `is {example}`")),
                    );
                    return None;
                };
                let table = self.p().code_tables[codes.0].clone();
                let category = &self.p().categories[table.category.0];
                let of = |member: usize| {
                    table
                        .values
                        .iter()
                        .enumerate()
                        .filter(|(_, (_, set))| set.contains(&member))
                        .fold(0, |mask: Mask, (at, _)| mask | 1 << at)
                };
                if category.named.name == what.value {
                    let masks = (0..category.members.len()).map(of).collect();
                    if !scope.bound.contains(&table.category) {
                        if scope.unclear {
                            return None;
                        }
                        let label = category.named.label.clone();
                        self.report(
                            Diagnostic::error("types/no-member-in-hand", format!("which {label}?"))
                                .at(what.span, "none is in hand here")
                                .help(format!("name one, or state the clause `for each {}`", what.value)),
                        );
                        return None;
                    }
                    (TestMask::ByMember(table.category, masks), format!("includes {}", what.value))
                } else {
                    let member = self.member(table.category, what)?;
                    (TestMask::Fixed(of(member)), format!("includes {}", what.value))
                }
            }
        };
        Some(Test { fact, args, mask, words })
    }

    /// Facts counted in a unit.
    fn facts_in(&mut self, unit: &str) -> Vec<String> {
        let counted = |fact: &&Fact| matches!(&fact.kind, ValueKind::Number { unit: own, .. } if own == unit);
        self.p().facts.iter().filter(counted).map(|fact| format!("`{}`", fact.named.name)).collect()
    }
}

fn said(values: &ast::ValueSet) -> String {
    match values {
        ast::ValueSet::OneOf(names) => names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(" or "),
        ast::ValueSet::OrWorse(name) => format!("{} or worse", name.value),
        ast::ValueSet::OrBetter(name) => format!("{} or better", name.value),
    }
}

fn self_plural(program: &Program, category: CategoryId) -> String {
    program.categories[category.0].plural.clone()
}
