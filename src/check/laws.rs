//! Checks of the law itself: gaps and overlaps of versions, references that nothing answers, clauses that need
//! themselves.

use super::names::Checker;
use crate::diagnostic::Diagnostic;
use crate::program::*;
use crate::span::Span;
use jiff::civil::Date;
use std::collections::HashMap;

impl Checker {
    /// Sorts versions by time, then checks them.
    pub fn laws(&mut self) {
        self.order_versions();
        self.version_chain();
        self.references_in_force();
        self.cycles();
    }

    fn order_versions(&mut self) {
        let program = self.p();
        for (text_id, text) in program.texts.iter_mut().enumerate() {
            let start = |version: &Version| match &version.reach {
                Reach::Dates(from, _) => (*from, 0),
                Reach::Years(spans) => (Date::constant(1, 1, 1), spans.first().map_or(0, |(from, _)| *from)),
            };
            text.versions.sort_by_key(start);
            for (index, version) in text.versions.iter().enumerate() {
                for clause in version.clauses.iter().flatten() {
                    program.clauses[clause.0].version = index;
                    program.clauses[clause.0].text = TextId(text_id);
                }
            }
        }
    }

    fn version_chain(&mut self) {
        let mut found = Vec::new();
        let program = self.p();
        for text in &program.texts {
            let name = text.citation();
            for pair in text.versions.windows(2) {
                let (old, new) = (&pair[0], &pair[1]);
                if let (Reach::Dates(_, to), Reach::Dates(from, _)) = (&old.reach, &new.reach) {
                    match to {
                        Some(to) if to < from => found.push(
                            Diagnostic::error("dates/gap", format!("no version of `{name}` is in force from {to} to {from}"))
                                .at(new.at, format!("in force from {from}"))
                                .and(old.at, format!("last in force until {to}"))
                                .help("extend one of the two, or add the version in between; an older wording is never used past its end"),
                        ),
                        Some(to) if to > from => found.push(overlap(&name, old, new, &format!("from {from} to {to}"))),
                        None => found.push(
                            overlap(&name, old, new, &format!("from {from} on"))
                                .help(format!("end version `{}`: `in force from ... to {from}`", old.id)),
                        ),
                        Some(_) => {}
                    }
                }
            }
            if text.clock == Clock::Data {
                let holds = |version: &Version, year: i32| matches!(&version.reach, Reach::Years(spans) if in_years(spans, year));
                for year in program.period.years.iter().filter(|year| year.suspended.is_none()) {
                    let of: Vec<&Version> = text.versions.iter().filter(|version| holds(version, year.year)).collect();
                    match of.as_slice() {
                        [] => {
                            let mut gap = Diagnostic::error(
                                "dates/gap",
                                format!("`{name}` has no version for {} {}", program.period.named.name, year.year),
                            )
                            .at(text.versions.last().map_or(program.period.named.at, |version| version.at), format!("not {}", year.year))
                            .help(format!("add a file with `criteria {name} ...` and `for {} {}`", program.period.plural, year.year));
                            if let Some(window) = looks_back(program, text) {
                                gap =
                                    gap.and(window, format!("looks back over several {}, and would meet none here", program.period.plural));
                            }
                            found.push(gap);
                        }
                        [_] => {}
                        [first, second, ..] => found.push(overlap(&name, first, second, &format!("for {}", year.year))),
                    }
                }
            }
        }
        self.diagnostics.extend(found);
    }

    /// A clause that is cited must be in force whenever the citing clause is.
    fn references_in_force(&mut self) {
        let mut found = Vec::new();
        let program = self.p();
        for clause in &program.clauses {
            let own = &program.texts[clause.text.0].versions[clause.version];
            let mut cites = Vec::new();
            conds_of(clause, &mut |cond| cites_of(cond, &mut cites));
            cites.extend(clause.exception_to.clone());
            for cite in cites {
                let target = &program.texts[cite.text.0];
                let full = format!("{}{}", target.citation(), target.labels[cite.label]);
                let lacking = |version: &Version| version.clauses[cite.label].is_none();
                match (&own.reach, target.clock) {
                    (Reach::Dates(from, to), Clock::Law) => {
                        let mut day = *from;
                        loop {
                            let version = target.version(day, 0).map(|at| &target.versions[at]);
                            match version {
                                Some(version) if lacking(version) => found.push(
                                    Diagnostic::error("dates/not-in-force", format!("`{full}` does not exist on {day}"))
                                        .at(cite.at, format!("version `{}` of {} has no such clause", version.id, target.citation()))
                                        .and(version.at, "this version")
                                        .help("cite a clause that the version has, or state the old rule in the version that needs it"),
                                ),
                                None => found.push(
                                    Diagnostic::error(
                                        "dates/not-in-force",
                                        format!("no version of `{}` is in force on {day}", target.citation()),
                                    )
                                    .at(cite.at, "cited here")
                                    .and(own.at, format!("in force from {from}"))
                                    .help("add the version that was in force then"),
                                ),
                                Some(_) => {}
                            }
                            let next = target.versions.iter().filter_map(|version| match version.reach {
                                Reach::Dates(start, _) if start > day && to.is_none_or(|to| start < to) => Some(start),
                                _ => None,
                            });
                            match next.min() {
                                Some(next) => day = next,
                                None => break,
                            }
                        }
                    }
                    (_, Clock::Data) | (Reach::Years(_), Clock::Law) => {
                        if let Some(version) = target.versions.iter().find(|version| {
                            lacking(version) && matches!((&own.reach, &version.reach), (Reach::Years(a), Reach::Years(b)) if meets(a, b))
                        }) {
                            found.push(
                                Diagnostic::error("dates/not-in-force", format!("`{full}` does not exist {}", version.reach))
                                    .at(cite.at, "cited here")
                                    .and(version.at, "has no such clause"),
                            );
                        } else if matches!(own.reach, Reach::Dates(..))
                            && let Some(version) = target.versions.iter().find(|version| lacking(version))
                        {
                            found.push(
                                Diagnostic::error("dates/look-back", format!("`{full}` does not exist {}", version.reach))
                                    .at(cite.at, "a look-back could reach that year")
                                    .and(version.at, "has no such clause")
                                    .help("state the clause for every year; `when never` says that nothing met it then"),
                            );
                        }
                    }
                }
            }
        }
        self.diagnostics.extend(found);
    }

    /// No clause may rest on itself, and none on so many others that judging it would exhaust the stack.
    fn cycles(&mut self) {
        let program = self.p();
        let mut walk = References { program, exceptions: HashMap::new(), heights: vec![None; program.clauses.len()], path: Vec::new() };
        for (index, clause) in program.clauses.iter().enumerate() {
            if let Some(cite) = &clause.exception_to {
                walk.exceptions.entry((cite.text, cite.label)).or_default().push(index);
            }
        }
        let mut found = Vec::new();
        let mut too_deep = false;
        for start in 0..program.clauses.len() {
            walk.visit(start, &mut found, &mut too_deep);
        }
        self.diagnostics.extend(found);
    }
}

/// Most conditions and clauses that can stand within each other, by way of references.
const MAX_HEIGHT: usize = 400;

/// A walk along references.
struct References<'a> {
    program: &'a Program,
    exceptions: HashMap<(TextId, usize), Vec<usize>>,
    /// How many conditions and clauses stand within each clause at most; of those that were left.
    heights: Vec<Option<usize>>,
    path: Vec<usize>,
}

impl References<'_> {
    /// The height of a clause.
    fn visit(&mut self, at: usize, found: &mut Vec<Diagnostic>, too_deep: &mut bool) -> usize {
        if let Some(height) = self.heights[at] {
            return height;
        }
        let program = self.program;
        if let Some(from) = self.path.iter().position(|step| *step == at) {
            let names: Vec<String> = self.path[from..].iter().map(|step| format!("`{}`", program.clauses[*step].citation)).collect();
            found.push(
                Diagnostic::error("law/circular", format!("`{}` rests on itself", program.clauses[at].citation))
                    .at(program.clauses[at].at, format!("by way of {}", names.join(", ")))
                    .help("a clause may look at facts and at clauses that do not need it in turn"),
            );
            return 0;
        }
        if self.path.len() >= MAX_HEIGHT {
            return MAX_HEIGHT;
        }
        self.path.push(at);
        let own = &program.clauses[at];
        let (mut cites, mut nested) = (Vec::new(), 0);
        conds_of(own, &mut |cond| {
            cites_of(cond, &mut cites);
            nested = nested.max(nesting(cond));
        });
        let own_version = &program.texts[own.text.0].versions[own.version];
        let mut below = 0;
        for cite in cites {
            for version in program.texts[cite.text.0].versions.iter().filter(|version| together(&own_version.reach, &version.reach)) {
                if let Some(next) = version.clauses[cite.label] {
                    below = below.max(self.visit(next.0, found, too_deep));
                }
            }
        }
        // an exception speaks for the clause it replaces
        for index in self.exceptions.get(&(own.text, own.label)).cloned().unwrap_or_default() {
            below = below.max(self.visit(index, found, too_deep));
        }
        self.path.pop();
        let mut height = below + nested + 1;
        if height > MAX_HEIGHT {
            if !std::mem::replace(too_deep, true) {
                found.push(
                    Diagnostic::error(
                        "law/too-deep",
                        format!("clauses refer to each other until conditions stand more than {MAX_HEIGHT} deep"),
                    )
                    .at(own.at, "reached here")
                    .help("a reader could not follow such a chain either; join some of its clauses"),
                );
            }
            height = 0;
        }
        self.heights[at] = Some(height);
        height
    }
}

/// How many conditions stand within each other.
fn nesting(cond: &Cond) -> usize {
    1 + cond.parts().map(nesting).max().unwrap_or(0)
}

fn overlap(name: &str, old: &Version, new: &Version, when: &str) -> Diagnostic {
    let said = |version: &Version| match version.reach {
        Reach::Dates(..) => format!("version `{}` {}", version.id, version.reach),
        Reach::Years(_) => version.reach.to_string(),
    };
    let help = match new.reach {
        Reach::Dates(..) => "on every day exactly one wording is the law; end the older one where the newer begins",
        Reach::Years(_) => "every year has one text; give each year to one of them",
    };
    Diagnostic::error("dates/overlap", format!("two versions of `{name}` hold {when}"))
        .at(new.at, said(new))
        .and(old.at, said(old))
        .help(help)
}

/// A window that asks about a clause of `text` in each of its years.
fn looks_back(program: &Program, text: &LawText) -> Option<Span> {
    fn find(cond: &Cond, program: &Program, text: &LawText, found: &mut Option<Span>) {
        if let CondKind::Window(window) = &cond.kind {
            let mut cites = Vec::new();
            cites_of(&window.body, &mut cites);
            if cites.iter().any(|cite| std::ptr::eq(&program.texts[cite.text.0], text)) {
                found.get_or_insert(cond.at);
            }
        }
        cond.parts().for_each(|part| find(part, program, text, found));
    }
    let mut found = None;
    for clause in &program.clauses {
        conds_of(clause, &mut |cond| find(cond, program, text, &mut found));
    }
    found
}

/// Whether two versions can hold at the same time; a look-back may reach criteria of any year.
fn together(a: &Reach, b: &Reach) -> bool {
    match (a, b) {
        (Reach::Dates(from, to), Reach::Dates(other, end)) => end.is_none_or(|end| *from < end) && to.is_none_or(|to| *other < to),
        _ => true,
    }
}

fn meets(a: &Years, b: &Years) -> bool {
    a.iter().any(|(from, to)| b.iter().any(|(other, end)| end.is_none_or(|end| *from <= end) && to.is_none_or(|to| *other <= to)))
}

/// Every condition a clause holds.
pub fn conds_of<'a>(clause: &'a Clause, visit: &mut impl FnMut(&'a Cond)) {
    visit(&clause.when);
    clause.applies.iter().for_each(&mut *visit);
    if let Some(recorded) = &clause.recorded {
        visit(&recorded.by);
        recorded.only_if.iter().for_each(&mut *visit);
    }
    for provider in clause.gives.iter().flat_map(|gives| &gives.providers) {
        if let ProviderCase::When(cond) = &provider.when {
            visit(cond);
        }
    }
}

/// Every reference inside a condition.
pub fn cites_of(cond: &Cond, out: &mut Vec<Cite>) {
    match &cond.kind {
        CondKind::All(items) | CondKind::Any(items) | CondKind::NoneOf(items) | CondKind::AtLeastOf(_, items) => {
            items.iter().for_each(|item| cites_of(item, out));
        }
        CondKind::Count(count) => {
            out.extend(count.or_all.iter().filter_map(|(_, cite)| cite.clone()));
            cites_of(&count.body, out);
        }
        CondKind::Window(window) => cites_of(&window.body, out),
        CondKind::ByMember(_, arms, _) | CondKind::ByChoice(_, arms) => arms.iter().for_each(|arm| cites_of(arm, out)),
        CondKind::Cite(cite, _) | CondKind::CiteValue(cite, _) => out.push(cite.clone()),
        CondKind::Grid(grid) => out.extend([grid.rows.clone(), grid.columns.clone()]),
        CondKind::Const(_) | CondKind::SubjectIs(_) | CondKind::Test(_) | CondKind::Bracket(..) => {}
    }
}
