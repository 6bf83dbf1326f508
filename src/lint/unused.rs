//! What is declared and serves nothing: facts no rule reads, columns read for nothing, pathways nobody is given.

use crate::check::{cites_of, conds_of};
use crate::diagnostic::Diagnostic;
use crate::program::*;
use crate::syntax::ast::{self, Item};
use rustc_hash::FxHashSet;

/// Every declaration that nothing refers to. A library without clauses is a part of one, so nothing is said of it.
pub(super) fn unused(program: &Program, files: &[ast::File]) -> Vec<Diagnostic> {
    if program.clauses.is_empty() {
        return Vec::new();
    }
    let uses = Uses::of(program);
    let mut found = Vec::new();
    facts(program, files, &uses, &mut found);
    clauses(program, &uses, &mut found);
    pathways(program, &uses, &mut found);
    declarations(program, files, &uses, &mut found);
    found
}

/// What rules, reports, scenarios and sources refer to.
#[derive(Default)]
struct Uses {
    facts: FxHashSet<FactId>,
    filled: FxHashSet<FactId>,
    categories: FxHashSet<CategoryId>,
    scales: FxHashSet<ScaleId>,
    codes: FxHashSet<CodesId>,
    choices: FxHashSet<ChoiceId>,
    agencies: FxHashSet<AgencyId>,
    pathways: FxHashSet<PathwayId>,
    clauses: FxHashSet<(TextId, usize)>,
}

impl Uses {
    fn of(program: &Program) -> Self {
        let mut uses = Uses::default();
        for clause in &program.clauses {
            uses.categories.extend(&clause.params);
            uses.scales.extend(&clause.value);
            uses.cite(clause.exception_to.iter());
            conds_of(clause, &mut |cond| uses.cond(cond));
            clause.gives.iter().for_each(|gives| uses.gives(gives));
        }
        for fact in &program.facts {
            uses.categories.extend(&fact.categories);
            match &fact.kind {
                ValueKind::Values { scale, .. } => uses.scales.extend(scale),
                ValueKind::Code(codes) => _ = uses.codes.insert(*codes),
                ValueKind::Number { .. } => {}
            }
        }
        uses.categories.extend(program.code_tables.iter().map(|table| table.category));
        for source in &program.published {
            uses.filled.extend(source.fills.iter().map(|fill| fill.fact));
            uses.filled.extend(source.unlisted.iter().map(|unlisted| unlisted.fact));
        }
        for column in program.reports.iter().flat_map(|report| &report.columns) {
            match &column.shows {
                ReportCell::Code(codes, cite, only_if, _) => {
                    uses.codes.insert(*codes);
                    uses.cite(std::iter::once(cite).chain(only_if));
                }
                ReportCell::Flag(_, _, cite) => uses.cite(std::iter::once(cite)),
                ReportCell::Words(words) => uses.cite(words.iter().filter_map(|(_, cite)| cite.as_ref())),
                ReportCell::Key(_) | ReportCell::Name | ReportCell::Year | ReportCell::CountOfCodes => {}
            }
        }
        for expect in program.scenarios.iter().flat_map(|scenario| &scenario.expects) {
            match &expect.kind {
                ExpectKind::Clause { cite, .. } => uses.cite(std::iter::once(cite)),
                ExpectKind::Answer { by, .. } => uses.cite(by.iter()),
                _ => {}
            }
        }
        uses
    }

    fn cite<'a>(&mut self, cites: impl Iterator<Item = &'a Cite>) {
        self.clauses.extend(cites.map(|cite| (cite.text, cite.label)));
    }

    fn cond(&mut self, cond: &Cond) {
        let mut cites = Vec::new();
        cites_of(cond, &mut cites);
        self.cite(cites.iter());
        self.below(cond);
    }

    fn below(&mut self, cond: &Cond) {
        match &cond.kind {
            CondKind::Test(test) => _ = self.facts.insert(test.fact),
            CondKind::Bracket(fact, ..) => _ = self.facts.insert(*fact),
            CondKind::Count(count) => _ = self.categories.insert(count.category),
            CondKind::ByChoice(choice, _) => _ = self.choices.insert(*choice),
            _ => {}
        }
        cond.parts().for_each(|part| self.below(part));
    }

    fn gives(&mut self, gives: &Gives) {
        self.pathways.insert(gives.pathway);
        for provider in &gives.providers {
            self.agencies.insert(provider.agency);
            self.agencies.extend(&provider.with);
        }
        for involved in &gives.involves {
            self.agencies.insert(involved.agency);
            self.agencies.extend(&involved.of);
        }
        self.agencies.extend(gives.refusal.iter().flatten());
        if let Some(decision) = &gives.decision {
            self.agencies.insert(decision.by);
            self.agencies.extend(&decision.consulting);
            self.agencies.extend(&decision.approval);
        }
    }
}

fn facts(program: &Program, files: &[ast::File], uses: &Uses, found: &mut Vec<Diagnostic>) {
    for (index, fact) in program.facts.iter().enumerate() {
        let (name, id) = (&fact.named.name, FactId(index));
        match (uses.facts.contains(&id), uses.filled.contains(&id)) {
            (false, false) => found.push(
                Diagnostic::warning("unused/fact", format!("no rule reads the fact `{name}`, and no source fills it"))
                    .at(fact.named.at, "declared for nothing")
                    .help("remove it, or write the rule that needs it"),
            ),
            (true, false) if !program.published.is_empty() => found.push(
                Diagnostic::warning("names/fact-without-source", format!("no source fills the fact `{name}`"))
                    .at(fact.named.at, "rules read it, but it is open for everybody")
                    .help(format!("add `fill {name} from COLUMN` to the source of the file it stands in; until then every answer that needs it stays undetermined")),
            ),
            _ => {}
        }
    }
    let read =
        |name: &str| program.facts.iter().position(|fact| fact.named.name == name).is_some_and(|at| uses.facts.contains(&FactId(at)));
    for item in files.iter().flat_map(|file| &file.items) {
        let Item::Source(source) = item else { continue };
        for fill in source.fills.iter().filter(|fill| !read(&fill.fact.value)) {
            let (what, at) = match &fill.column {
                Some(column) => (format!("column `{}` is read, but no rule reads", column.value), column.span),
                None => ("this fills a fact, but no rule reads".to_owned(), fill.fact.span),
            };
            let mut problem =
                Diagnostic::hint("unused/column", format!("{what} the fact `{}`", fill.fact.value)).at(at, "read for nothing");
            if let Some(fact) = program.facts.iter().find(|fact| fact.named.name == fill.fact.value) {
                problem = problem.and(fact.named.at, "declared here");
            }
            found.push(problem.help("remove the line, or write the rule that needs the fact"));
        }
    }
}

fn clauses(program: &Program, uses: &Uses, found: &mut Vec<Diagnostic>) {
    for (id, text) in program.texts.iter().enumerate() {
        for label in (0..text.labels.len()).filter(|label| !uses.clauses.contains(&(TextId(id), *label))) {
            let of_label: Vec<&Clause> =
                text.versions.iter().filter_map(|version| version.clauses[label]).map(|clause| &program.clauses[clause.0]).collect();
            // exceptions speak through the clause they replace
            if of_label.iter().any(|clause| !clause.gives.is_empty() || clause.not_encoded.is_some() || clause.exception_to.is_some()) {
                continue;
            }
            let Some(last) = of_label.last() else { continue };
            found.push(
                Diagnostic::hint("unused/clause", format!("`{}` gives nothing, and nothing refers to it", last.citation))
                    .at(last.at, "no answer rests on it")
                    .help("refer to it where it counts, say what it gives, or write `not encoded LABEL because \"...\"`"),
            );
        }
    }
}

fn pathways(program: &Program, uses: &Uses, found: &mut Vec<Diagnostic>) {
    for (index, pathway) in program.pathways.iter().enumerate() {
        if !uses.pathways.contains(&PathwayId(index)) {
            let name = &pathway.named.name;
            found.push(
                Diagnostic::warning("unused/pathway", format!("no clause gives the pathway `{name}`"))
                    .at(pathway.named.at, "nobody can be eligible for it")
                    .help(format!("add `gives {name}` to the clause that opens it")),
            );
        }
    }
}

fn declarations(program: &Program, files: &[ast::File], uses: &Uses, found: &mut Vec<Diagnostic>) {
    let mut report = |what: &str, named: &Named| {
        found.push(
            Diagnostic::hint("unused/declaration", format!("nothing uses the {what} `{}`", named.name))
                .at(named.at, "declared for nothing")
                .help("remove it, or use it where it is meant"),
        );
    };
    for (index, category) in program.categories.iter().enumerate() {
        if !uses.categories.contains(&CategoryId(index)) {
            report("category", &category.named);
        }
    }
    for (index, scale) in program.scales.iter().enumerate() {
        if !uses.scales.contains(&ScaleId(index)) {
            report("scale", &scale.named);
        }
    }
    for (index, table) in program.code_tables.iter().enumerate() {
        if !uses.codes.contains(&CodesId(index)) {
            report("table of codes", &table.named);
        }
    }
    for (index, choice) in program.choices.iter().enumerate() {
        if !uses.choices.contains(&ChoiceId(index)) {
            report("choice", &choice.named);
        }
    }
    for (index, agency) in program.agencies.iter().enumerate() {
        if !uses.agencies.contains(&AgencyId(index)) {
            report("agency", agency);
        }
    }
    for (index, tier) in program.tiers.iter().enumerate() {
        if !program.pathways.iter().any(|pathway| pathway.tier == Some(index)) {
            report("tier", tier);
        }
    }
    for code in &program.codes {
        if !program.texts.iter().any(|text| text.code == code.name) {
            report("code of law", code);
        }
    }
    let sources = files.iter().flat_map(|file| &file.items).filter_map(|item| match item {
        Item::Source(source) => Some(source),
        _ => None,
    });
    let templates: FxHashSet<&str> = sources.filter_map(|source| source.like.as_ref()).map(|like| like.value.as_str()).collect();
    for source in program.published.iter().filter(|source| source.files.is_empty()) {
        if !templates.contains(source.named.name.as_str()) {
            report("source", &source.named);
        }
    }
}
