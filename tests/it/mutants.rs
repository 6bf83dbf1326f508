//! Policies changed in one place: which changes the scenarios notice.
//!
//! `tests/golden/mutants/NAME.enact` is read with `tests/golden/base.enact`; beside it stands what becomes of its mutants.

use crate::support::{files, root};
use enact::eval::{Evaluator, Setting};
use enact::facts::Facts;
use enact::library::Library;
use enact::mutant::{self, Fate, Report};
use enact::program::{ClauseId, FactId, Program};
use enact::scenario;
use enact::source::Sources;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use std::collections::BTreeMap;
use std::fs;

fn read(texts: &[(String, String)]) -> Library {
    let mut sources = Sources::default();
    for (name, text) in texts {
        sources.add(name.clone(), text.clone());
    }
    let library = Library::new(sources);
    let shown = enact::diagnostic::render(&library.diagnostics, &library.sources, enact::diagnostic::ErrorFormat::Plain);
    assert!(library.program.is_some(), "{shown}");
    library
}

/// The texts of each small library.
fn cases() -> Vec<(String, Vec<(String, String)>)> {
    let base = fs::read_to_string(root().join("tests/golden/base.enact")).unwrap();
    let golden = files(&root().join("tests/golden/mutants"), ".enact").into_iter().map(|path| {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        (name.clone(), vec![("base.enact".to_owned(), base.clone()), (format!("{name}.enact"), text)])
    });
    let grants = files(&root().join("examples/library-grants/policies"), ".enact");
    let grants = grants.iter().map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(path).unwrap()));
    golden.chain([("library-grants".to_owned(), grants.collect())]).collect()
}

fn run(library: &Library) -> Report {
    mutant::run(library.program.as_ref().unwrap())
}

#[test]
fn every_kind_of_slip() {
    for (name, texts) in cases().into_iter().filter(|(name, _)| name != "library-grants") {
        let report = run(&read(&texts));
        let mut page = String::new();
        for (mutant, fate) in &report.mutants {
            let fate = match fate {
                Fate::Killed(case) => format!("killed by {}", report.program.scenarios[*case].id),
                Fate::Equivalent => "equivalent".to_owned(),
                Fate::Survives(Some(case)) => format!("survives, {} would notice", report.cases[*case].scenario.id),
                Fate::Survives(None) => "survives, not decided".to_owned(),
            };
            page.push_str(&format!("{}: {} -> {}: {fate}\n", mutant.citation, mutant.from, mutant.to));
        }
        for case in &report.cases {
            page.push_str(&format!("\n{}", mutant::write(&report.program, case)));
        }
        let folder = root().join("tests/golden/mutants");
        insta::with_settings!({ snapshot_path => folder, prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name, page);
        });
    }
}

/// What kills a mutant really fails on it; a case that was made can be pasted, holds, and kills.
#[test]
fn cases_tell_mutants_from_the_policy() {
    for (name, mut texts) in cases() {
        let report = run(&read(&texts));
        for (mutant, fate) in &report.mutants {
            let mut changed = report.program.clone();
            mutant.apply(&mut changed);
            match fate {
                Fate::Killed(case) => assert!(!scenario::run(&changed, *case).passed(), "{name}: {} {}", mutant.citation, mutant.to),
                Fate::Survives(Some(case)) => assert!(!scenario::holds(&changed, &report.cases[*case].scenario), "{name}: {}", mutant.to),
                _ => {}
            }
        }
        let made: Vec<String> = report.cases.iter().map(|case| mutant::write(&report.program, case)).collect();
        texts.push(("made.enact".to_owned(), made.join("\n")));
        let library = read(&texts);
        let program = library.program.as_ref().unwrap();
        for index in 0..program.scenarios.len() {
            let outcome = scenario::run(program, index);
            assert!(outcome.passed(), "{name}: {} {:?}", program.scenarios[index].id, outcome.failures);
        }
        assert_eq!(run(&library).counts()[2], 0, "{name}: with the cases that were made none is left to make");
    }
}

/// A subject of which some cells are known at random.
fn random(program: &Program, known: f64, random: &mut ChaCha8Rng) -> Facts {
    let mut facts = if random.random_bool(0.5) { Facts::closed() } else { Facts::default() };
    let kind = random.random_range(0..program.subject.kinds.len());
    let subject = facts.subject_of_kind("1", "", kind);
    for (at, fact) in program.facts.iter().enumerate() {
        let years = if fact.yearly { program.period.years.iter().map(|entry| entry.year).collect() } else { vec![0] };
        for year in years {
            for offset in 0..fact.stride(program) {
                let values = fact.n_values(program) + usize::from(fact.absent.is_some());
                if random.random_bool(known) {
                    let mask = 1 << random.random_range(0..values);
                    facts.set(program, FactId(at), year, subject, offset, mask, None, None);
                }
            }
        }
    }
    facts
}

/// A mutant that is called equivalent answers every clause as the policy does.
#[test]
fn equivalent_mutants_agree_on_random_data() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mut compared = 0;
    for (name, texts) in cases() {
        let report = run(&read(&texts));
        for (mutant, _) in report.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Equivalent)) {
            let mut changed = report.program.clone();
            mutant.apply(&mut changed);
            for _ in 0..50 {
                let facts = random(&report.program, 0.7, &mut rng);
                for entry in &report.program.period.years {
                    let answers = |program: &Program| {
                        let setting = Setting::new(program, entry.on);
                        let mut evaluator = Evaluator::new(&setting, &facts, 0, false);
                        let pathways = (0..program.pathways.len()).map(enact::program::PathwayId);
                        pathways.map(|pathway| evaluator.determine(pathway, entry.year).answer).collect::<Vec<_>>()
                    };
                    assert_eq!(answers(&report.program), answers(&changed), "{name}: {} -> {}", mutant.from, mutant.to);
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 0);
}

/// The policies that are shipped.
fn shipped() -> Library {
    let paths = files(&root().join("policies"), ".enact");
    let name = |path: &std::path::Path| path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
    read(&paths.iter().map(|path| (name(path), fs::read_to_string(path).unwrap())).collect::<Vec<_>>())
}

/// How many slips of each kind the shipped policies give room for.
#[test]
fn slips_of_the_shipped_policies() {
    let library = shipped();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for mutant in mutant::made(library.program.as_ref().unwrap()) {
        *counts.entry(mutant.sort()).or_default() += 1;
    }
    let page: String = counts.iter().map(|(sort, count)| format!("{count:>5} {sort}\n")).collect();
    insta::with_settings!({ snapshot_path => root().join("tests/golden/mutants"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("shipped", page);
    });
}

/// Sections that are small enough to look at every time.
const SAMPLE: [&str; 5] = ["EC 52071.5(", "EC 52072.1", "EC 52072.6", "EC 60900", "EC 52064("];

/// The scenarios notice every slip in these that changes the law; one that is called equivalent answers as the policy does,
/// on whatever day, with whatever readings and data, some years of which are not known.
#[test]
fn shipped_sections_notice_every_slip() {
    let library = shipped();
    let report = mutant::run_some(library.program.as_ref().unwrap(), |mutant| SAMPLE.iter().any(|own| mutant.citation.starts_with(own)));
    let left: Vec<String> =
        report.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Survives(_))).map(|(mutant, _)| mutant.words()).collect();
    assert!(left.is_empty(), "{left:#?}");
    let program = &report.program;
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for (mutant, _) in report.mutants.iter().filter(|(_, fate)| matches!(fate, Fate::Equivalent)) {
        let mut changed = program.clone();
        mutant.apply(&mut changed);
        for _ in 0..4 {
            let facts = random(program, 0.99, &mut rng);
            let choices: Vec<usize> = program.choices.iter().map(|choice| rng.random_range(0..choice.options.len())).collect();
            let entry = &program.period.years[rng.random_range(0..program.period.years.len())];
            let answers = |program: &Program| {
                let mut setting = Setting::new(program, entry.on);
                setting.choices.clone_from(&choices);
                let mut evaluator = Evaluator::new(&setting, &facts, 0, false);
                let own = (0..program.clauses.len()).filter(|at| {
                    let clause = &program.clauses[*at];
                    let text = &program.texts[clause.text.0];
                    clause.params.is_empty()
                        && clause.exception_to.is_none()
                        && mutant.citation.starts_with(&text.citation())
                        && text.version(entry.on, entry.year) == Some(clause.version)
                });
                own.map(|at| evaluator.clause(ClauseId(at), entry.year).node.settled()).collect::<Vec<_>>()
            };
            assert_eq!(answers(program), answers(&changed), "{}", mutant.words());
        }
    }
}
