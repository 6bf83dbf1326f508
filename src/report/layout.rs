//! Lists in a layout that a policy declares, such as the publisher's own.

use crate::engine::{Engine, Lane, Question};
use crate::eval::Setting;
use crate::facts::{Facts, SubjectInfo};
use crate::program::*;
use crate::threads::threads;

/// Shown where the data do not decide.
const OPEN: &str = "?";

/// A column with its questions numbered.
enum Cell<'r> {
    Key(Option<usize>),
    Name,
    Year,
    Code { table: CodesId, members: Vec<(usize, usize)>, only_if: Option<usize>, blank: &'r str },
    CountOfCodes,
    Flag(&'r str, &'r str, usize),
    Words(Vec<(&'r str, Option<usize>)>),
}

/// Header and rows of `report` for `subjects` of its kinds, in their order.
pub fn layout(setting: &Setting, facts: &Facts, report: &Report, year: i32, subjects: &[usize]) -> Vec<Vec<String>> {
    let columns: Vec<&ReportColumn> = report.columns.iter().filter(|column| in_years(&column.years, year)).collect();
    let mut questions: Vec<Question> = Vec::new();
    let cells: Vec<Cell> = columns.iter().map(|column| cell(setting.program, &column.shows, year, &mut questions)).collect();
    let engine = Engine::new(setting, year, &[], &questions);
    let listed: Vec<usize> =
        subjects.iter().copied().filter(|subject| report.kinds & (1 << facts.subjects()[*subject].kind) != 0).collect();
    let mut out = vec![columns.iter().map(|column| column.header.replace("{year}", &year.to_string())).collect::<Vec<_>>()];
    out.extend(engine.run(facts, &listed, threads(), |lane| row(setting.program, &cells, year, &facts.subjects()[lane.subject], lane)));
    out
}

fn cell<'r>(program: &Program, shows: &'r ReportCell, year: i32, questions: &mut Vec<Question<'r>>) -> Cell<'r> {
    let mut ask = |cite: &'r Cite, member: Option<(CategoryId, usize)>| {
        questions.push((cite, member));
        questions.len() - 1
    };
    match shows {
        ReportCell::Key(digits) => Cell::Key(*digits),
        ReportCell::Name => Cell::Name,
        ReportCell::Year => Cell::Year,
        ReportCell::CountOfCodes => Cell::CountOfCodes,
        ReportCell::Code(table, cite, only_if, blank) => {
            let category = program.code_tables[table.0].category;
            Cell::Code {
                table: *table,
                members: program.categories[category.0].in_year(year).map(|member| (member, ask(cite, Some((category, member))))).collect(),
                only_if: only_if.as_ref().map(|only_if| ask(only_if, None)),
                blank,
            }
        }
        ReportCell::Flag(yes, no, cite) => Cell::Flag(yes, no, ask(cite, None)),
        ReportCell::Words(words) => {
            Cell::Words(words.iter().map(|(word, cite)| (word.as_str(), cite.as_ref().map(|cite| ask(cite, None)))).collect())
        }
    }
}

fn row(program: &Program, cells: &[Cell], year: i32, info: &SubjectInfo, lane: &Lane) -> Vec<String> {
    let mut codes = 0usize;
    let mut open_codes = false;
    cells
        .iter()
        .map(|cell| match cell {
            Cell::Key(None) => info.key.clone(),
            Cell::Key(Some(digits)) => info.key[..(*digits).min(info.key.len())].to_owned(),
            Cell::Name => info.name.clone(),
            Cell::Year => year.to_string(),
            Cell::Code { table, members, only_if, blank } => {
                let code = code(program, lane, *table, members, *only_if, blank);
                codes += usize::from(code != *blank && code != OPEN);
                open_codes |= code == OPEN;
                code
            }
            Cell::CountOfCodes if open_codes => OPEN.to_owned(),
            Cell::CountOfCodes => codes.to_string(),
            Cell::Flag(yes, no, question) => match lane.question(*question) {
                Some(true) => (*yes).to_owned(),
                Some(false) => (*no).to_owned(),
                None => OPEN.to_owned(),
            },
            Cell::Words(words) => said(lane, words),
        })
        .collect()
}

fn said(lane: &Lane, words: &[(&str, Option<usize>)]) -> String {
    for (word, question) in words {
        match question.map(|question| lane.question(question)) {
            None | Some(Some(true)) => return (*word).to_owned(),
            Some(Some(false)) => {}
            Some(None) => return OPEN.to_owned(),
        }
    }
    String::new()
}

fn code(program: &Program, lane: &Lane, table: CodesId, members: &[(usize, usize)], only_if: Option<usize>, blank: &str) -> String {
    match only_if.map(|only_if| lane.question(only_if)) {
        Some(Some(false)) => return blank.to_owned(),
        Some(None) => return OPEN.to_owned(),
        Some(Some(true)) | None => {}
    }
    let table = &program.code_tables[table.0];
    let category = &program.categories[table.category.0];
    let mut set = Vec::new();
    for (member, question) in members {
        match lane.question(*question) {
            Some(true) => set.push(*member),
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
