//! The world outside: published files (sources) and other people's layouts (reports).

use super::Rule;
use super::ast::*;
use super::layout::Line;
use super::pieces::{Piece, Reader};

impl<'a> Reader<'a> {
    pub fn source_decl(&mut self, head: &Piece<'a>, line: &Line) -> SourceDecl {
        let mut source = SourceDecl {
            like: head.all(Rule::name).nth(1).map(|name| name.name()),
            head: head.named(),
            publisher: None,
            files: Vec::new(),
            covers: Vec::new(),
            rows: Vec::new(),
            skip: None,
            key: None,
            year: None,
            names: Vec::new(),
            members: Vec::new(),
            checks: Vec::new(),
            by_manifest: false,
            unlisted: Vec::new(),
            fills: Vec::new(),
            damaged: false,
        };
        let before = self.diagnostics.len();
        for child in &line.children {
            self.source_line(line.span.start, child, &mut source);
        }
        source.damaged = self.diagnostics.len() > before;
        source
    }

    fn source_line(&mut self, above: u32, line: &Line, source: &mut SourceDecl) {
        let Some(piece) = self.read(Rule::source_body_line, line) else { return };
        self.once(above, &piece);
        if ![Rule::src_year, Rule::src_member_columns, Rule::src_member_from, Rule::src_fill].contains(&piece.rule()) {
            self.no_children(line);
        }
        match piece.rule() {
            Rule::src_publisher => source.publisher = Some(piece.get(Rule::text).quoted()),
            Rule::src_files => source.files.extend(piece.all(Rule::string).map(|name| name.quoted())),
            Rule::src_covers => source.covers.extend(piece.get(Rule::names).names()),
            Rule::src_rows => source.rows.push(matches(&piece)),
            Rule::src_skip => source.skip = Some(piece.get(Rule::text).quoted()),
            Rule::src_key => {
                source.key = Some(KeyFrom {
                    columns: piece.columns(),
                    padded: piece.has(Rule::padded),
                    suffix: piece.find(Rule::key_suffix).map(|suffix| suffix.get(Rule::string).quoted()),
                });
            }
            Rule::src_year => {
                let mut codes = Vec::new();
                for line in self.children(Rule::year_code_line, line) {
                    let code = line.get(Rule::cell_code).only();
                    let text = if code.rule() == Rule::string { code.quoted() } else { code.name() };
                    codes.push((text, self.year(&line.get(Rule::year))));
                }
                let places: Vec<_> = piece.all(Rule::year_place).collect();
                source.year = Some(YearFrom {
                    fixed: piece.find(Rule::year).map(|year| self.year(&year)),
                    columns: places.iter().filter_map(|place| place.find(Rule::column)).map(|column| column.column()).collect(),
                    file_name: places.iter().any(|place| place.has(Rule::file_name)),
                    codes,
                });
            }
            Rule::src_name => {
                source.names.push((piece.columns(), piece.find(Rule::names).map(|names| names.names()).unwrap_or_default()));
            }
            Rule::src_member_fixed => {
                if let [category, member] = piece.names().as_slice() {
                    source.members.push(MemberFrom::Always(category.clone(), member.clone()));
                }
            }
            Rule::src_member_columns => {
                let codes = self.member_codes(line);
                source.members.push(MemberFrom::Columns(piece.get(Rule::name).name(), codes));
            }
            Rule::src_member_from => {
                let names = piece.names();
                let year = piece.find(Rule::year).map(|year| self.year(&year));
                source.members.push(MemberFrom::Column {
                    category: names[0].clone(),
                    column: piece.get(Rule::column).column(),
                    list: piece.has(Rule::list_of),
                    without: names.get(1).map(|member| (member.clone(), year)),
                    codes: self.member_codes(line),
                });
            }
            Rule::src_check => source.checks.push((piece.get(Rule::column).column(), piece.get(Rule::cell_codes).cell_codes())),
            Rule::src_complete => source.by_manifest = true,
            Rule::src_unlisted => {
                let mut names = piece.names();
                let fact = names.pop().unwrap_or_else(|| unreachable!("the grammar asks for at least one name"));
                names.extend(piece.find(Rule::names).map(|names| names.names()).unwrap_or_default());
                source.unlisted.push(Unlisted {
                    fact,
                    members: names,
                    negated: piece.has(Rule::not_kw),
                    values: piece.get(Rule::value_set).value_set(),
                });
            }
            _ => {
                let fill = self.fill(&piece, line);
                source.fills.push(fill);
            }
        }
    }

    fn member_codes(&mut self, line: &Line) -> Vec<MemberCode> {
        self.children(Rule::member_code_line, line)
            .iter()
            .map(|code| MemberCode {
                codes: code.get(Rule::cell_codes).cell_codes(),
                member: code.find(Rule::value_set).and_then(|value| value.find(Rule::value)).map(|value| value.get(Rule::name).name()),
                because: code.find(Rule::text).map(|text| text.quoted()),
            })
            .collect()
    }

    fn fill(&mut self, piece: &Piece<'a>, line: &Line) -> Fill {
        let names = piece.names();
        let filter = piece.find(Rule::src_where);
        let mut fill = Fill {
            fact: names[0].clone(),
            members: piece.find(Rule::names).map(|names| names.names()).unwrap_or_default(),
            column: piece.find(Rule::column).map(|column| column.column()),
            constant: names.get(1).cloned(),
            date: piece.find(Rule::dated_by).map(|date| date.get(Rule::column).column()),
            years: piece.find(Rule::years).map(|years| self.years(&years)).unwrap_or_default(),
            otherwise: filter.as_ref().and_then(|filter| filter.find(Rule::name)).map(|name| name.name()),
            filter: filter.map(|filter| matches(&filter)).unwrap_or_default(),
            codes: Vec::new(),
            as_named: false,
            span: piece.span(),
        };
        for code in self.children(Rule::fill_code_line, line) {
            match code.rule() {
                Rule::codes_as_named => fill.as_named = true,
                rule => fill.codes.push(FillCode {
                    codes: code.get(Rule::cell_codes).cell_codes(),
                    negated: code.has(Rule::not_kw),
                    values: (rule == Rule::code_is).then(|| code.get(Rule::value_set).value_set()),
                }),
            }
        }
        fill
    }

    pub fn report(&mut self, head: &Piece<'a>, line: &Line) -> Report {
        let mut report = Report { head: head.named(), years: Vec::new(), kinds: Vec::new(), columns: Vec::new() };
        for child in &line.children {
            let Some(piece) = self.read(Rule::report_line, child) else { continue };
            match piece.rule() {
                Rule::report_period => report.years = self.years(&piece.get(Rule::years)),
                Rule::report_rows => report.kinds = piece.get(Rule::names).names(),
                _ => {
                    let column = self.report_column(&piece, child);
                    report.columns.push(column);
                    continue;
                }
            }
            self.no_children(child);
        }
        report
    }

    fn report_column(&mut self, piece: &Piece<'a>, line: &Line) -> ReportColumn {
        let parts: Vec<_> = piece.kids().collect();
        let header = parts[0].quoted();
        let years = piece.find(Rule::report_years).map(|years| self.years(&years.get(Rule::years))).unwrap_or_default();
        let cell = parts.last().unwrap_or_else(|| unreachable!("a column always shows something"));
        if cell.rule() != Rule::report_words {
            self.no_children(line);
        }
        let shows = match cell.rule() {
            Rule::report_key => ReportCell::Key(cell.find(Rule::integer).map(|n| self.int(&n))),
            Rule::report_name => ReportCell::Name,
            Rule::report_year => ReportCell::Year,
            Rule::report_count => ReportCell::CountOfCodes,
            Rule::report_code => ReportCell::Code {
                codes: cell.get(Rule::name).name(),
                citation: cell.get(Rule::citation).citation(),
                members: cell.find(Rule::names).map(|names| names.names()).unwrap_or_default(),
                only_if: cell.all(Rule::citation).nth(1).map(|citation| citation.citation()),
                blank: cell.get(Rule::string).quoted(),
            },
            Rule::report_flag => {
                let words: Vec<Text> = cell.all(Rule::string).map(|word| word.quoted()).collect();
                ReportCell::Flag(words[0].clone(), words[1].clone(), cell.get(Rule::citation).citation())
            }
            _ => ReportCell::Words(
                self.children(Rule::report_words_line, line)
                    .iter()
                    .map(|word| (word.get(Rule::string).quoted(), word.find(Rule::citation).map(|citation| citation.citation())))
                    .collect(),
            ),
        };
        ReportColumn { header, years, shows }
    }
}

fn matches(piece: &Piece) -> Vec<Match> {
    piece
        .all(Rule::src_match)
        .map(|part| Match {
            column: part.get(Rule::column).column(),
            negated: part.has(Rule::not_kw),
            codes: part.get(Rule::cell_codes).cell_codes(),
        })
        .collect()
}
