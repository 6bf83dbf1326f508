//! The column engine gives what the reference evaluator gives: answers, clauses, members, providers, open cells and
//! contradictions alike; over generated policies of all constructs and data with all kinds of gaps, and on published data.

use crate::support::{facts, program};
use enact::assess::{self, Assessed};
use enact::engine::{Engine, Row, Rows};
use enact::eval::{Answer, Evaluator, Setting};
use enact::facts::Facts;
use enact::library::Library;
use enact::program::{CategoryId, FactId, PathwayId, Program};
use enact::report;
use enact::source::Sources;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

const WORDS: &str = r#"
code T "Test Code"
subject s "subject"
  key 4 digits "number"
  kind one "one" when key is "1???"
  kind other "other" otherwise
period year plural years "year"
  published 2021 on 2021-12-01
  suspended 2022 on 2022-12-01 because "closed"
  published 2023 on 2023-12-01
  published 2024 on 2024-12-01
category group plural groups "group"
  x "x"
  y "y"
  z "z" from 2023
category topic plural topics "topic"
  t1 "t1"
  t2 "t2"
  t3 "t3"
scale color "color" worst first
  Red "red"
  Orange "orange"
  Green "green"
scale grade "grade" worst first
  Low "low"
  High "high"
agency office "office"
agency board "board"
pathway p1 "p1"
pathway p2 "p2"
choice reading "which?"
  first_reading "first"
  second_reading "second"
  set first_reading because "a test"
codes sign "signs for sets of topics" for sets of topic
  A means t1, t2
  B means t1
  C means t2, t3
fact paint "paint" for group, topic, each year
  on scale color
  absent "none"
fact size "size" for group, each year
  number of "heads"
  absent "none"
fact mark "mark" for group, each year
  code of sign
  absent "none"
fact flag "flag" each year
  yes or no
fact act "act" each year
  yes or no
  absent "no act"
  dated
fact stamp "stamp" each year
  yes or no
  absent "no stamp"
fact lasting "lasting"
  one of
    P "p"
    Q "q"
section T 1 "Test"
version V in force from 2020-01-01
clause .red "red" for each group and topic
  source "test"
  when paint is Red
  recorded by mark includes topic
  recorded only if mark is present
clause .counts "counts" for each group
  source "test"
  when any of:
    - mark is present
    - size is at least 20 "heads"
clause .level "level" for each group
  value on grade
  source "test"
  when bracket size:
    below 10 is Low
    otherwise is High
clause .look "look" for each group
  value on color
  source "test"
  when grid T 1.level by T 1.shade:
    |      | Red    | Orange | Green |
    | Low  | Red    | Red    | -     |
    | High | Orange | Green  | Green |
clause .shade "shade" for each group
  value on color
  source "test"
  when bracket size:
    up to 20 is Red
    below 30 is Orange
    otherwise is Green
"#;

#[derive(Clone, Debug)]
enum Shape {
    Leaf(usize, u32),
    List(&'static str, Vec<Shape>),
    Count(&'static str, usize, Box<Shape>),
    Window(&'static str, Box<Shape>),
    ByGroup(Box<Shape>, Box<Shape>),
    ByChoice(Box<Shape>, Box<Shape>),
}

fn shape(depth: u32, size: u32) -> impl Strategy<Value = Shape> {
    let leaf = (0usize..16, any::<u32>()).prop_map(|(sort, draw)| Shape::Leaf(sort, draw));
    leaf.prop_recursive(depth, size, 3, |inner| {
        prop_oneof![
            3 => (prop::sample::select(vec!["all of:", "any of:", "none of:", "at least 2 of:"]), prop::collection::vec(inner.clone(), 2..5))
                .prop_map(|(head, items)| Shape::List(head, items)),
            3 => (
                prop::sample::select(vec![
                    "at least 2 {}:",
                    "some {1}, never if none:",
                    "no {1}:",
                    "exactly 1 {1}:",
                    "exactly 2 {}:",
                    "at most 1 {1}:",
                    "at most 2 {}:",
                    "every {1}, never if none:",
                    "every {1}, met if none:",
                    "at least 3 {}, or all if fewer than 3, never if none:",
                    "at least 2 groups, or all if fewer than 2 count under T 1.counts, never if none:",
                    "at least 3 groups, or all if fewer than 3 count under T 1.counts, met if none:",
                ]),
                0usize..2,
                inner.clone()
            )
                .prop_map(|(head, category, body)| Shape::Count(head, category, Box::new(body))),
            2 => (
                prop::sample::select(vec![
                    "in at least 1 of the last 2 published years:",
                    "in at least 2 of the last 3 years:",
                    "in 2 consecutive years:",
                    "in each of the last 2 published years, a year without data is not a hit:",
                    "in at least 2 of the last 3 published years, a year without data is not a hit:",
                    "in the previous published year:",
                    "in at least 2 published years since 2023:"
                ]),
                inner.clone()
            )
                .prop_map(|(head, body)| Shape::Window(head, Box::new(body))),
            1 => (inner.clone(), inner.clone()).prop_map(|(x, y)| Shape::ByGroup(Box::new(x), Box::new(y))),
            1 => (inner.clone(), inner).prop_map(|(x, y)| Shape::ByChoice(Box::new(x), Box::new(y))),
        ]
    })
}

/// What is in hand where a condition stands.
#[derive(Clone, Copy)]
struct Hand {
    group: bool,
    topic: bool,
    /// Clauses written before this one.
    before: usize,
}

/// Writes a condition after `prefix`.
fn write(shape: &Shape, depth: usize, prefix: &str, hand: Hand, out: &mut String) {
    let pad = "  ".repeat(depth);
    let mut line = |text: &str| out.push_str(&format!("{pad}{prefix}{text}\n"));
    match shape {
        Shape::Leaf(sort, draw) => line(&leaf(*sort, *draw, hand)),
        Shape::List(head, items) => {
            line(head);
            items.iter().for_each(|item| write(item, depth + 2, "- ", hand, out));
        }
        Shape::Count(head, category, body) => {
            let groups = *category == 0 || head.contains("groups");
            if if groups { hand.group } else { hand.topic } {
                return write(body, depth, prefix, hand, out);
            }
            let (one, many) = if groups { ("group", "groups") } else { ("topic", "topics") };
            line(&head.replace("{1}", one).replace("{}", many));
            let hand = if groups { Hand { group: true, ..hand } } else { Hand { topic: true, ..hand } };
            write(body, depth + 2, "", hand, out);
        }
        Shape::Window(head, body) => {
            line(head);
            write(body, depth + 2, "", hand, out);
        }
        Shape::ByGroup(x, y) if hand.group => {
            line("by group:");
            out.push_str(&format!("{pad}    x:\n"));
            write(x, depth + 4, "", hand, out);
            out.push_str(&format!("{pad}    every other:\n"));
            write(y, depth + 4, "", hand, out);
        }
        Shape::ByGroup(body, _) => write(body, depth, prefix, hand, out),
        Shape::ByChoice(x, y) => {
            line("by choice reading:");
            out.push_str(&format!("{pad}    first_reading:\n"));
            write(x, depth + 4, "", hand, out);
            out.push_str(&format!("{pad}    second_reading:\n"));
            write(y, depth + 4, "", hand, out);
        }
    }
}

fn leaf(sort: usize, draw: u32, hand: Hand) -> String {
    let pick = |options: &[&str]| options[draw as usize / 8 % options.len()].to_owned();
    let group = if hand.group { "" } else { ["x ", "y ", "z "][draw as usize % 3] };
    let topic = if hand.topic { "" } else { ["t1 ", "t2 ", "t3 "][draw as usize / 3 % 3] };
    // members named after a reference
    let mut named: Vec<&str> = Vec::new();
    if !hand.group {
        named.push(group.trim());
    }
    let of_group = if named.is_empty() { String::new() } else { format!(" for {}", named.join(", ")) };
    if !hand.topic {
        named.push(topic.trim());
    }
    let of_both = if named.is_empty() { String::new() } else { format!(" for {}", named.join(", ")) };
    match sort {
        0..=3 => {
            format!(
                "{group}{topic}paint {}",
                pick(&["is Red", "is Orange or worse", "is not Red", "is present", "is absent", "is Green or Red"])
            )
        }
        4 | 5 => format!(
            "{group}size {}",
            pick(&["is at least 10 \"heads\"", "is more than 20 \"heads\"", "is less than 30 \"heads\"", "is present"])
        ),
        6 => format!("flag is {}", pick(&["yes", "no"])),
        7 => format!("act is {}", pick(&["yes", "present", "absent"])),
        8 => format!(
            "{group}mark {}",
            if hand.topic { "includes topic".to_owned() } else { pick(&["includes t1", "includes t3", "is present"]) }
        ),
        9 => format!("s is {}", pick(&["a one", "not a one"])),
        10 => pick(&["always", "never", "lasting is P", "lasting is Q"]),
        11 | 12 if hand.group || hand.topic => format!("T 1.red is {}met{of_both}", pick(&["", "not "])),
        13 if hand.group => format!("T 1.look is {}", pick(&["Red", "Orange or worse", "Green"])),
        14 | 15 if hand.before > 0 => format!("T 1.r{} is {}met", draw as usize % hand.before, pick(&["", "", "not "])),
        _ => format!("T 1.counts is {}met{of_group}", pick(&["", "not "])),
    }
}

/// Three clauses, each resting on those before, one with an exception, two with something published.
fn policy(shapes: &[Shape]) -> String {
    let mut text = WORDS.to_owned();
    let hand = Hand { group: false, topic: false, before: 0 };
    let clause = |text: &mut String, head: &str, shape: &Shape, hand: Hand, tail: &str| {
        text.push_str(&format!("{head}  source \"test\"\n  when all of:\n"));
        write(shape, 2, "- ", hand, text);
        text.push_str(tail);
    };
    let of_group = Hand { group: true, ..hand };
    clause(
        &mut text,
        "clause .each \"each\" for each group\n",
        &shapes[0],
        of_group,
        "  recorded by mark is present\n  recorded only if mark is present\n",
    );
    text.push_str("exception .except \"except\" to T 1.each for each group\n  source \"test\"\n  applies when all of:\n");
    write(&shapes[1], 2, "- ", of_group, &mut text);
    clause(&mut text, "", &shapes[2], of_group, "");
    clause(
        &mut text,
        "clause .r0 \"r0\"\n  also in suspended years\n",
        &shapes[3],
        hand,
        "  recorded by stamp is yes\n  recorded only if stamp is present\n",
    );
    text.push_str("  gives p1\n    status \"s0\"\n    provider office when flag is yes\n    provider board otherwise\n");
    let one = Hand { before: 1, ..hand };
    clause(
        &mut text,
        "clause .r1 \"r1\" for one\n",
        &shapes[4],
        one,
        "  gives p1\n    provider office with board\n    outcome \"o1\"\n  gives p2\n    provider board\n",
    );
    text.push_str("clause .r2 \"r2\"\n  source \"test\"\n  first year 2023 because \"test\"\n  when some group, never if none:\n    any of:\n      - T 1.each is met\n");
    write(&shapes[5], 3, "- ", Hand { group: true, topic: false, before: 2 }, &mut text);
    text.push_str("  recorded by stamp is yes\n  recorded only if flag is yes\n  gives p2\n    status \"s2\"\n    provider office\n");
    text
}

/// Random subsets of each cell's values: mostly known, absent, open, or in between.
fn data(program: &Program, subjects: usize, seed: u64, known: bool) -> Facts {
    let mut facts = Facts::default();
    let mut state = seed | 1;
    let mut next = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for at in 0..subjects {
        let kind = usize::from(next() % 3 == 0);
        facts.subject_of_kind(&format!("{}{at:03}", if kind == 0 { 1 } else { 2 }), "test", kind);
        let openness = if known { 0 } else { next() % 4 };
        for (index, fact) in program.facts.iter().enumerate() {
            let full = fact.full(program);
            let values: Vec<u128> = (0..128).map(|bit| 1u128 << bit).filter(|bit| full & bit != 0).collect();
            let years: &[i32] = if fact.yearly { &[2021, 2022, 2023, 2024] } else { &[0] };
            for year in years {
                for offset in 0..fact.stride(program) {
                    let one = values[next() as usize % values.len()];
                    let mask = match (openness, next() % 8) {
                        (0, _) | (1, 0..=6) | (2, 0..=3) => one,
                        (_, 4 | 7) => full,
                        _ => one | values[next() as usize % values.len()] | (values[next() as usize % values.len()] & full),
                    };
                    if next() % 16 == 0 && !known {
                        continue; // nothing said
                    }
                    let date = fact.dated.then(|| if next() % 2 == 0 { "2024-01-15" } else { "2024-12-15" }.parse().unwrap());
                    facts.set(program, FactId(index), *year, at, offset, mask, None, date);
                }
            }
        }
    }
    facts
}

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
        let mut found = engine.rows(&engine.load(facts, subjects), category, 2).unwrap();
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
