//! Lists in a layout that a policy declares, such as the publisher's own.

use crate::eval::{Evaluator, Setting};
use crate::facts::Facts;
use crate::program::*;

/// Shown where the data do not decide.
const OPEN: &str = "?";

/// Header and rows of `report` for `subjects` of its kinds.
pub fn layout(setting: &Setting, facts: &Facts, report: &Report, year: i32, subjects: &[usize]) -> Vec<Vec<String>> {
    let program = setting.program;
    let columns: Vec<&ReportColumn> = report.columns.iter().filter(|column| in_years(&column.years, year)).collect();
    let mut out = vec![columns.iter().map(|column| column.header.replace("{year}", &year.to_string())).collect::<Vec<_>>()];
    for subject in subjects {
        let info = &facts.subjects()[*subject];
        if report.kinds & (1 << info.kind) == 0 {
            continue;
        }
        let mut evaluator = Evaluator::new(setting, facts, *subject, false);
        let mut codes = 0usize;
        let mut open_codes = false;
        let mut row = Vec::new();
        for column in &columns {
            row.push(match &column.shows {
                ReportCell::Key(None) => info.key.clone(),
                ReportCell::Key(Some(digits)) => info.key[..(*digits).min(info.key.len())].to_owned(),
                ReportCell::Name => info.name.clone(),
                ReportCell::Year => year.to_string(),
                ReportCell::Code(table, cite, only_if, blank) => {
                    let code = code(program, &mut evaluator, *table, cite, only_if.as_ref(), blank, year);
                    codes += usize::from(code != *blank && code != OPEN);
                    open_codes |= code == OPEN;
                    code
                }
                ReportCell::CountOfCodes if open_codes => OPEN.to_owned(),
                ReportCell::CountOfCodes => codes.to_string(),
                ReportCell::Flag(yes, no, cite) => match evaluator.cite(cite, year).node.settled() {
                    Some(true) => yes.clone(),
                    Some(false) => no.clone(),
                    None => OPEN.to_owned(),
                },
                ReportCell::Words(words) => said(&mut evaluator, words, year),
            });
        }
        out.push(row);
    }
    out
}

fn said<'a>(evaluator: &mut Evaluator<'a>, words: &'a [(String, Option<Cite>)], year: i32) -> String {
    for (word, cite) in words {
        match cite.as_ref().map(|cite| evaluator.cite(cite, year).node.settled()) {
            None | Some(Some(true)) => return word.clone(),
            Some(Some(false)) => {}
            Some(None) => return OPEN.to_owned(),
        }
    }
    String::new()
}

fn code<'a>(
    program: &Program,
    evaluator: &mut Evaluator<'a>,
    table: CodesId,
    cite: &'a Cite,
    only_if: Option<&'a Cite>,
    blank: &str,
    year: i32,
) -> String {
    match only_if.map(|only_if| evaluator.cite(only_if, year).node.settled()) {
        Some(Some(false)) => return blank.to_owned(),
        Some(None) => return OPEN.to_owned(),
        Some(Some(true)) | None => {}
    }
    let table = &program.code_tables[table.0];
    let category = &program.categories[table.category.0];
    let mut set = Vec::new();
    for member in category.in_year(year) {
        match evaluator.cite_for(cite, table.category, member, year).node.settled() {
            Some(true) => set.push(member),
            Some(false) => {}
            None => return OPEN.to_owned(),
        }
    }
    match table.values.iter().find(|(_, members)| *members == set) {
        Some((code, _)) => code.clone(),
        // without a condition, a set that has no code is blank; with one, it is shown rather than lost
        None if only_if.is_none() => blank.to_owned(),
        None => set.iter().map(|member| category.members[*member].named.name.as_str()).collect::<Vec<_>>().join("+"),
    }
}
