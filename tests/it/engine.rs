//! The column engine gives what the reference evaluator gives: answers, clauses, members, providers, open cells and
//! contradictions alike; over generated policies of all constructs and data with all kinds of gaps, and on published data.

use crate::generated::{Shape, data, policy, shape};
use crate::support::{facts, program};
use enact::assess::{self, Assessed};
use enact::engine::{Engine, Row, Rows};
use enact::eval::{Answer, Evaluator, Setting};
use enact::facts::Facts;
use enact::library::Library;
use enact::program::{CategoryId, PathwayId};
use enact::report;
use enact::source::Sources;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// How many cells were open, and how many subjects had none.
fn compare(setting: &Setting, facts: &Facts, year: i32, subjects: &[usize], what: &str) -> (usize, usize) {
    let pathways: Vec<PathwayId> = (0..setting.program.pathways.len()).map(PathwayId).collect();
    let known = compare_rows(setting, facts, year, subjects, &pathways, what);
    (compare_lists(setting, facts, year, subjects, what), known)
}

fn compare_lists(setting: &Setting, facts: &Facts, year: i32, subjects: &[usize], what: &str) -> usize {
    let pathways: Vec<PathwayId> = (0..setting.program.pathways.len()).map(PathwayId).collect();
    let engine = assess::assess(setting, facts, year, subjects, &pathways, || ());
    let mut open = 0;
    for (found, subject) in engine.list.iter().zip(subjects) {
        let wanted: Assessed = assess::one(setting, facts, year, *subject, &pathways);
        assert_eq!(*found, wanted, "{} in {year}\n{what}", facts.subjects()[*subject].key);
        open += wanted.rows.iter().map(|row| row.open.len()).sum::<usize>();
    }
    assert_eq!(engine.list.len(), subjects.len());
    open
}

/// The list as rows of numbers says what the list says.
fn compare_rows(setting: &Setting, facts: &Facts, year: i32, subjects: &[usize], pathways: &[PathwayId], what: &str) -> usize {
    let mut known = 0;
    for category in (0..setting.program.categories.len()).map(CategoryId) {
        let engine = Engine::new(setting, year, pathways, &[]);
        let mut found = engine.rows(&engine.load(facts, subjects, 2), category, 2).unwrap();
        let mut wanted = Rows { known: found.known, ..Rows::default() };
        known += found.known;
        for subject in subjects {
            let mut evaluator = Evaluator::new(setting, facts, *subject, true);
            for pathway in pathways {
                let determined = evaluator.determine(*pathway, year);
                if determined.answer == Answer::Undetermined {
                    wanted.open.push((*subject as u32, *pathway));
                }
                for finding in determined.holding() {
                    let members = finding.carried.iter().filter(|one| one.category == category).fold(0, |bits, one| bits | 1 << one.member);
                    wanted.eligible.push(Row { subject: *subject as u32, clause: finding.clause, members });
                }
            }
        }
        for rows in [&mut found, &mut wanted] {
            rows.eligible.sort_unstable();
            rows.open.sort_unstable();
        }
        assert_eq!(found, wanted, "{what}");
    }
    known
}

#[test]
fn generated_policies_and_data() {
    let mut runner = TestRunner::new(Config { cases: 600, failure_persistence: None, max_shrink_iters: 300, ..Config::default() });
    let strategy = (prop::collection::vec(shape(4, 24), 6), any::<u64>(), any::<bool>(), 2021i32..2025);
    let seen = std::cell::Cell::new((0usize, 0usize));
    let result = runner.run(&strategy, |(shapes, seed, second, year)| {
        let text = policy(&shapes);
        let mut sources = Sources::default();
        sources.add("test.enact", text.clone());
        let library = Library::new(sources);
        let Some(program) = library.program.as_ref() else {
            panic!("{text}\n{}", enact::diagnostic::render(&library.diagnostics, &library.sources, enact::diagnostic::ErrorFormat::Plain));
        };
        let mut setting = Setting::new(program, "2024-12-01".parse().unwrap());
        setting.choices[0] = usize::from(second);
        let facts = data(program, 12, seed, seed % 3 == 0);
        let subjects: Vec<usize> = (0..12).collect();
        let (open, known) = compare(&setting, &facts, year, &subjects, &text);
        seen.set((seen.get().0 + known, seen.get().1 + open));
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    assert!(seen.get().0 > 400 && seen.get().1 > 400, "too few known subjects or open cells to say anything: {:?}", seen.get());
}

/// More subjects than a block holds, of two kinds that alternate: every one gets its own answer.
#[test]
fn blocks_keep_subjects_apart() {
    let shapes: Vec<Shape> = (0..6)
        .map(|at| {
            Shape::List(
                "any of:",
                vec![Shape::Leaf(at, at as u32 * 7), Shape::Count("at least 2 {}:", at % 2, Box::new(Shape::Leaf(0, 9)))],
            )
        })
        .collect();
    let mut sources = Sources::default();
    sources.add("test.enact", policy(&shapes));
    let library = Library::new(sources);
    let program = library.program.as_ref().unwrap();
    let setting = Setting::new(program, "2024-12-01".parse().unwrap());
    let facts = data(program, 900, 42, false);
    let mut subjects: Vec<usize> = (0..900).rev().collect();
    assert!(compare(&setting, &facts, 2024, &subjects, "").0 > 0);
    subjects.truncate(1);
    compare(&setting, &facts, 2024, &subjects, "");
    compare(&setting, &facts, 2024, &[], "");
}

/// Every shipped file, every year, every pathway. Of charters, whose requests and referrals nobody publishes, a part:
/// the reference evaluator takes long for them.
#[test]
fn published_data() {
    let program = program();
    let loaded = facts(|_| true);
    let mut open = 0;
    for entry in &program.period.years {
        let setting = Setting::new(program, entry.on);
        let kinds = &program.subject.kinds;
        let mut subjects = loaded.facts.listed(entry.year);
        if subjects.is_empty() {
            subjects = (0..loaded.facts.subjects().len()).step_by(7).collect();
        }
        let charters = |subject: &usize| kinds[loaded.facts.subjects()[*subject].kind].named.name == "charter";
        let mut nth = 0;
        subjects.retain(|subject| {
            nth += usize::from(charters(subject));
            !charters(subject) || nth % 40 == 1
        });
        open += compare_lists(&setting, &loaded.facts, entry.year, &subjects, "");
    }
    assert!(open > 1000, "{open}");
}

/// A list in a declared layout is the same from planes as clause by clause from the reference evaluator.
#[test]
fn declared_layouts() {
    let program = program();
    let loaded = facts(|path| !path.starts_with("statewide/elpi"));
    let layout = program.reports.iter().find(|report| report.named.name == "cde").unwrap();
    for year in [2018, 2022, 2023] {
        let setting = Setting::new(program, program.period.year(year).unwrap().on);
        let subjects = loaded.facts.listed(year);
        let rows = report::layout(&setting, &loaded.facts, layout, year, &subjects);
        let mut rows = rows.iter().skip(1);
        let flag = layout
            .columns
            .iter()
            .filter(|column| enact::program::in_years(&column.years, year))
            .position(|column| column.header == "MetMethod1");
        for subject in subjects.iter().filter(|subject| layout.kinds & (1 << loaded.facts.subjects()[**subject].kind) != 0) {
            let row = rows.next().unwrap();
            let mut evaluator = Evaluator::new(&setting, &loaded.facts, *subject, false);
            let enact::program::ReportCell::Flag(yes, no, cite) =
                &layout.columns.iter().filter(|column| enact::program::in_years(&column.years, year)).nth(flag.unwrap()).unwrap().shows
            else {
                panic!("MetMethod1 is a flag");
            };
            let wanted = match evaluator.cite(cite, year).node.settled() {
                Some(true) => yes.as_str(),
                Some(false) => no.as_str(),
                None => "?",
            };
            assert_eq!(row[flag.unwrap()], wanted, "{}", loaded.facts.subjects()[*subject].key);
        }
        assert!(rows.next().is_none());
    }
}
