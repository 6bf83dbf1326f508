//! Layouts of published files, and of lists to hand over.

use super::conditions::Scope;
use super::names::Checker;
use super::vocabulary::plain;
use crate::diagnostic::Diagnostic;
use crate::program::*;
use crate::syntax::ast::{self, CellCode, Item};

/// Most sources that can be like one another in a chain.
const MAX_LIKE: usize = 100;

impl Checker {
    /// Types every `source`.
    pub fn published(&mut self, files: &[ast::File]) {
        let declared: Vec<&ast::SourceDecl> = files
            .iter()
            .flat_map(|file| &file.items)
            .filter_map(|item| if let Item::Source(source) = item { Some(source) } else { None })
            .collect();
        for source in &declared {
            let mut chain = vec![source.head.name.value.clone()];
            let Some(whole) = self.inherited(source, &declared, &mut chain) else { continue };
            self.source(&whole);
        }
    }

    /// The source with the lines it takes over from the one it is `like`.
    fn inherited(&mut self, source: &ast::SourceDecl, declared: &[&ast::SourceDecl], chain: &mut Vec<String>) -> Option<ast::SourceDecl> {
        let Some(like) = &source.like else { return Some(source.clone()) };
        let Some(base) = declared.iter().find(|other| other.head.name.value == like.value) else {
            let known: Vec<String> =
                declared.iter().map(|other| other.head.name.value.clone()).filter(|name| *name != source.head.name.value).collect();
            self.unknown("names/unknown-source", "source", &like.value, like.span, known.iter().map(String::as_str));
            return None;
        };
        if chain.contains(&like.value) {
            self.report(
                Diagnostic::error("law/circular", format!("source `{}` is like itself", like.value))
                    .at(like.span, "leads back here")
                    .help("a source is like one that says more in general; take `like` from one of them"),
            );
            return None;
        }
        if chain.len() >= MAX_LIKE {
            self.report(
                Diagnostic::error("law/too-deep", format!("sources are like each other more than {MAX_LIKE} deep"))
                    .at(like.span, "reached here")
                    .help("let this one be like the first of them"),
            );
            return None;
        }
        chain.push(like.value.clone());
        let mut whole = self.inherited(base, declared, chain)?;
        let own = source.clone();
        whole.head = own.head;
        whole.damaged |= own.damaged;
        whole.files = own.files;
        if own.publisher.is_some() {
            whole.publisher = own.publisher;
        }
        if !own.covers.is_empty() {
            whole.covers = own.covers;
        }
        if !own.rows.is_empty() {
            whole.rows = own.rows;
        }
        if own.skip.is_some() {
            whole.skip = own.skip;
        }
        if own.key.is_some() {
            whole.key = own.key;
        }
        if own.year.is_some() {
            whole.year = own.year;
        }
        if !own.names.is_empty() {
            whole.names = own.names;
        }
        if !own.checks.is_empty() {
            whole.checks = own.checks;
        }
        whole.by_manifest |= own.by_manifest;
        for member in own.members {
            whole.members.retain(|base| category_of(base).value != category_of(&member).value);
            whole.members.push(member);
        }
        for unlisted in own.unlisted {
            whole.unlisted.retain(|base| base.fact != unlisted.fact || base.members != unlisted.members);
            whole.unlisted.push(unlisted);
        }
        let replaced: Vec<(String, Vec<String>)> = own.fills.iter().map(fill_key).collect();
        whole.fills.retain(|base| !replaced.contains(&fill_key(base)));
        whole.fills.extend(own.fills);
        Some(whole)
    }

    fn source(&mut self, source: &ast::SourceDecl) {
        let template = source.files.is_empty();
        if source.key.is_none() && !template {
            if source.damaged {
                return;
            }
            self.report(
                Diagnostic::error(
                    "types/source-without-key",
                    format!("source `{}` does not say which column names the subject", source.head.name.value),
                )
                .at(source.head.name.span, "no `key from` line")
                .help("add `key from COLUMN`, the column that says whom a row is about"),
            );
            return;
        }
        let covers = self.kinds(&source.covers);
        let members: Vec<MemberFrom> = source.members.iter().filter_map(|member| self.member_from(member)).collect();
        let given: Vec<CategoryId> = members.iter().map(category_id).collect();
        let mut unlisted = Vec::new();
        for line in &source.unlisted {
            let Some(fact) = self.fact(&line.fact) else { continue };
            let categories = self.p().facts[fact.0].categories.clone();
            let named: Vec<_> = line.members.iter().filter_map(|member| self.member_of_any(&categories, member)).collect();
            if let Some(mask) = self.values(fact, &line.values, line.negated) {
                unlisted.push(Unlisted { fact, members: named, mask });
            }
        }
        let mut fills = Vec::new();
        for fill in &source.fills {
            fills.extend(self.fill(fill, &given, template));
        }
        let (key, padded, suffix) = match &source.key {
            None => (Vec::new(), false, String::new()),
            Some(key) => (columns(&key.columns), key.padded, key.suffix.as_ref().map(|suffix| suffix.value.clone()).unwrap_or_default()),
        };
        let year = source.year.as_ref();
        let published = Published {
            named: plain(&source.head),
            publisher: source.publisher.as_ref().map(|publisher| publisher.value.clone()),
            files: source.files.iter().map(|name| name.value.to_lowercase()).collect(),
            covers,
            rows: source.rows.iter().map(|row| row.iter().map(code_match).collect()).collect(),
            skip: source.skip.as_ref().map(|skip| skip.value.clone()),
            key,
            padded,
            suffix,
            year_fixed: year.and_then(|year| year.fixed.as_ref()).map(|year| year.value),
            year_columns: year.map(|year| columns(&year.columns)).unwrap_or_default(),
            year_from_name: year.is_some_and(|year| year.file_name),
            year_codes: year
                .map(|year| year.codes.iter().map(|(code, year)| (code.value.clone(), year.value)).collect())
                .unwrap_or_default(),
            names: source.names.iter().map(|(names, kinds)| (columns(names), self.kinds(kinds))).collect(),
            members,
            checks: source.checks.iter().map(|(column, codes)| (column.value.to_lowercase(), codes.iter().map(code).collect())).collect(),
            by_manifest: source.by_manifest,
            unlisted,
            fills,
        };
        self.p().published.push(published);
    }

    fn member_from(&mut self, member: &ast::MemberFrom) -> Option<MemberFrom> {
        match member {
            ast::MemberFrom::Always(category, member) => {
                let category = self.category(category)?;
                Some(MemberFrom::Always(category, self.member(category, member)?))
            }
            ast::MemberFrom::Columns(category, codes) => {
                let category = self.category(category)?;
                let mut out = Vec::new();
                for line in codes {
                    let names = line.codes.iter().filter_map(code).map(|name| name.to_lowercase()).collect();
                    let member = match &line.member {
                        Some(member) => Some(self.member(category, member)?),
                        None => None,
                    };
                    out.push((names, member));
                }
                Some(MemberFrom::Columns(category, out))
            }
            ast::MemberFrom::Column { category, column, list, without, codes } => {
                let category = self.category(category)?;
                let without = match without {
                    Some((member, year)) => Some((self.member(category, member)?, year.as_ref().map(|year| year.value))),
                    None => None,
                };
                let mut out = Vec::new();
                for line in codes {
                    let member = match &line.member {
                        Some(member) => Some(self.member(category, member)?),
                        None => None,
                    };
                    for one in &line.codes {
                        out.push((code(one), member, line.because.as_ref().map(|because| because.value.clone())));
                    }
                }
                Some(MemberFrom::Column { category, column: column.value.to_lowercase(), list: *list, without, codes: out })
            }
        }
    }

    fn fill(&mut self, fill: &ast::Fill, given: &[CategoryId], template: bool) -> Option<Fill> {
        let fact = self.fact(&fill.fact)?;
        let declared = self.p().facts[fact.0].clone();
        let members: Vec<_> = fill.members.iter().filter_map(|member| self.member_of_any(&declared.categories, member)).collect();
        let missing =
            declared.categories.iter().find(|category| !given.contains(category) && !members.iter().any(|(own, _)| own == *category));
        if let Some(category) = missing
            && !template
        {
            let label = self.p().categories[category.0].named.label.clone();
            self.report(
                Diagnostic::error("types/no-member-in-hand", format!("`{}` is given for each {label}: for which one is this column?", fill.fact.value))
                    .at(fill.span, format!("no line of the source says the {label}"))
                    .help("add `always CATEGORY MEMBER`, `member CATEGORY from COLUMN` or `columns of CATEGORY`, or name it: `fill FACT of MEMBER from ...`"),
            );
            return None;
        }
        let one = |checker: &mut Checker, name: &ast::Name| checker.values(fact, &ast::ValueSet::OneOf(vec![name.clone()]), false);
        let from = match (&fill.constant, &fill.column) {
            (Some(name), _) => FillFrom::Constant(one(self, name)?),
            (None, Some(column)) => FillFrom::Column(column.value.to_lowercase()),
            (None, None) => FillFrom::ThatColumn,
        };
        let otherwise = match &fill.otherwise {
            Some(name) => Some(one(self, name)?),
            None => None,
        };
        let mut codes = Vec::new();
        for line in &fill.codes {
            let mask = match &line.values {
                None => declared.full(self.p()),
                Some(values) => self.values(fact, values, line.negated)?,
            };
            for one in &line.codes {
                let text = code(one);
                if codes.iter().any(|(own, _): &(Option<String>, Mask)| *own == text) {
                    let at = match one {
                        CellCode::Blank(span) => *span,
                        CellCode::Is(text) => text.span,
                    };
                    self.report(
                        Diagnostic::error(
                            "names/declared-twice",
                            format!("code `{}` has two meanings", text.as_deref().unwrap_or("blank")),
                        )
                        .at(at, "again here")
                        .help("a code of one column means one thing"),
                    );
                    continue;
                }
                codes.push((text, mask));
            }
        }
        let years = self.years(&fill.years);
        Some(Fill {
            fact,
            members,
            from,
            date: fill.date.as_ref().map(|date| date.value.to_lowercase()),
            years,
            filter: fill.filter.iter().map(code_match).collect(),
            otherwise,
            codes,
            as_named: fill.as_named,
        })
    }

    /// Types every `report`.
    pub fn reports(&mut self, files: &[ast::File]) {
        for item in files.iter().flat_map(|file| &file.items) {
            let Item::Report(report) = item else { continue };
            let kinds = self.kinds(&report.kinds);
            let years = self.years(&report.years);
            let mut out = Vec::new();
            for column in &report.columns {
                let years = self.years(&column.years);
                if let Some(shows) = self.report_cell(&column.shows) {
                    out.push(ReportColumn { header: column.header.value.clone(), years, shows });
                }
            }
            self.p().reports.push(Report { named: plain(&report.head), years, kinds, columns: out });
        }
    }

    fn report_cell(&mut self, cell: &ast::ReportCell) -> Option<ReportCell> {
        let plain_cite = |checker: &mut Checker, citation: &ast::Citation| {
            let cite = checker.cite(citation)?;
            checker.bind(cite, &[], &Scope::default())
        };
        Some(match cell {
            ast::ReportCell::Key(digits) => ReportCell::Key(digits.as_ref().map(|digits| digits.value as usize)),
            ast::ReportCell::Name => ReportCell::Name,
            ast::ReportCell::Year => ReportCell::Year,
            ast::ReportCell::CountOfCodes => ReportCell::CountOfCodes,
            ast::ReportCell::Code { codes, citation, members, only_if, blank } => {
                let codes = self.codes(codes)?;
                let category = self.p().code_tables[codes.0].category;
                let cite = self.cite(citation)?;
                let cite = self.bind(cite, members, &Scope { bound: vec![category], ..Scope::default() })?;
                let only_if = match only_if {
                    None => None,
                    Some(citation) => {
                        let cite = self.cite(citation)?;
                        Some(self.bind(cite, members, &Scope::default())?)
                    }
                };
                ReportCell::Code(codes, cite, only_if, blank.value.clone())
            }
            ast::ReportCell::Flag(yes, no, citation) => ReportCell::Flag(yes.value.clone(), no.value.clone(), plain_cite(self, citation)?),
            ast::ReportCell::Words(words) => {
                let mut out = Vec::new();
                for (word, citation) in words {
                    let cite = match citation {
                        None => None,
                        Some(citation) => Some(plain_cite(self, citation)?),
                    };
                    out.push((word.value.clone(), cite));
                }
                ReportCell::Words(out)
            }
        })
    }
}

fn category_of(member: &ast::MemberFrom) -> &ast::Name {
    match member {
        ast::MemberFrom::Always(category, _) | ast::MemberFrom::Columns(category, _) | ast::MemberFrom::Column { category, .. } => category,
    }
}

fn category_id(member: &MemberFrom) -> CategoryId {
    match member {
        MemberFrom::Always(category, _) | MemberFrom::Columns(category, _) | MemberFrom::Column { category, .. } => *category,
    }
}

fn fill_key(fill: &ast::Fill) -> (String, Vec<String>) {
    (fill.fact.value.clone(), fill.members.iter().map(|member| member.value.clone()).collect())
}

fn columns(names: &[ast::Text]) -> Vec<String> {
    names.iter().map(|name| name.value.trim().to_lowercase()).collect()
}

fn code(code: &CellCode) -> Option<String> {
    match code {
        CellCode::Blank(_) => None,
        CellCode::Is(text) => Some(text.value.clone()),
    }
}

fn code_match(line: &ast::Match) -> CodeMatch {
    CodeMatch { column: line.column.value.trim().to_lowercase(), negated: line.negated, codes: line.codes.iter().map(code).collect() }
}
