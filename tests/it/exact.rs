//! Answers are exact: over generated policies and data, an answer is settled exactly if every completion of the open
//! cells agrees, and the cells it names are exactly those that can still change it. Input of any kind never panics.

use crate::support::{facts, program};
use enact::eval::{Evaluator, Setting};
use enact::facts::Facts;
use enact::library::Library;
use enact::program::{ClauseId, FactId, Program};
use enact::source::Sources;
use proptest::prelude::*;

const WORDS: &str = r#"
code T "Test Code"
subject s "subject"
  key 2 digits "number"
  kind one "one" when key is "1?"
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
scale color "color" worst first
  Red "red"
  Orange "orange"
  Green "green"
fact paint "paint" for group, each year
  on scale color
  absent "none"
fact size "size" for group, each year
  number of "heads"
  absent "none"
fact flag "flag" each year
  yes or no
section T 1 "Test"
version V in force from 2020-01-01
"#;

/// A condition as lines of text, each with its depth.
#[derive(Clone, Debug)]
enum Shape {
    Paint(&'static str),
    Size(u32),
    Flag,
    Other,
    List(&'static str, Vec<Shape>),
    Count(&'static str, Box<Shape>),
    Window(&'static str, Box<Shape>),
    ByGroup(Box<Shape>, Box<Shape>),
}

fn shape() -> impl Strategy<Value = Shape> {
    let leaf = prop_oneof![
        prop::sample::select(vec!["is Red", "is Orange or worse", "is not Red", "is present", "is absent", "is Green or Red"])
            .prop_map(Shape::Paint),
        (1u32..4).prop_map(|n| Shape::Size(n * 10)),
        Just(Shape::Flag),
        Just(Shape::Other),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            (prop::sample::select(vec!["all of:", "any of:", "none of:", "at least 2 of:"]), prop::collection::vec(inner.clone(), 2..4))
                .prop_map(|(head, items)| Shape::List(head, items)),
            (
                prop::sample::select(vec![
                    "at least 2 groups:",
                    "some group:",
                    "no group:",
                    "exactly 1 group:",
                    "at most 1 group:",
                    "every group, never if none:",
                    "at least 3 groups, or all if fewer than 3 count under T 1.counts, never if none:",
                ]),
                inner.clone()
            )
                .prop_map(|(head, body)| Shape::Count(head, Box::new(body))),
            (
                prop::sample::select(vec![
                    "in at least 1 of the last 2 published years:",
                    "in 2 consecutive years:",
                    "in the previous published year:",
                    "in at least 2 published years since 2023:"
                ]),
                inner.clone()
            )
                .prop_map(|(head, body)| Shape::Window(head, Box::new(body))),
            (inner.clone(), inner).prop_map(|(x, y)| Shape::ByGroup(Box::new(x), Box::new(y))),
        ]
    })
}

/// Writes a condition; `bound` says whether a group is in hand.
fn write(shape: &Shape, depth: usize, prefix: &str, bound: bool, out: &mut String) {
    let pad = "  ".repeat(depth);
    let member = if bound { "" } else { "y " };
    match shape {
        Shape::Paint(test) => out.push_str(&format!("{pad}{prefix}{member}paint {test}\n")),
        Shape::Size(n) => out.push_str(&format!("{pad}{prefix}{member}size is at least {n} \"heads\"\n")),
        Shape::Flag => out.push_str(&format!("{pad}{prefix}flag is yes\n")),
        Shape::Other => out.push_str(&format!("{pad}{prefix}{}\n", if bound { "T 1.red is met" } else { "T 1.red is not met for x" })),
        Shape::List(head, items) => {
            out.push_str(&format!("{pad}{prefix}{head}\n"));
            for item in items {
                write(item, depth + 2, "- ", bound, out);
            }
        }
        Shape::Count(head, body) if !bound => {
            out.push_str(&format!("{pad}{prefix}{head}\n"));
            write(body, depth + 2, "", true, out);
        }
        Shape::ByGroup(x, y) if bound => {
            out.push_str(&format!("{pad}{prefix}by group:\n{pad}    x:\n"));
            write(x, depth + 4, "", bound, out);
            out.push_str(&format!("{pad}    every other:\n"));
            write(y, depth + 4, "", bound, out);
        }
        Shape::Count(_, body) | Shape::ByGroup(body, _) => write(body, depth, prefix, bound, out),
        Shape::Window(head, body) => {
            out.push_str(&format!("{pad}{prefix}{head}\n"));
            write(body, depth + 2, "", bound, out);
        }
    }
}

fn policy(shape: &Shape) -> String {
    let mut text = WORDS.to_owned();
    text.push_str("clause .red \"red\" for each group\n  source \"test\"\n  when paint is Red\n");
    text.push_str("clause .counts \"counts\" for each group\n  source \"test\"\n  when size is at least 20 \"heads\"\n");
    text.push_str("clause .rule \"rule\"\n  source \"test\"\n  when all of:\n");
    write(shape, 2, "- ", false, &mut text);
    text
}

fn rule(program: &Program) -> ClauseId {
    ClauseId(program.clauses.iter().position(|clause| clause.citation == "T 1.rule").unwrap())
}

type Cells = Vec<(FactId, usize, i32, u128)>;

fn answer(program: &Program, cells: &Cells) -> (Option<bool>, Vec<(FactId, i32, usize)>) {
    answer_within(program, cells, usize::MAX)
}

/// With at most so many diagram nodes before conditions are left open.
fn answer_within(program: &Program, cells: &Cells, max_nodes: usize) -> (Option<bool>, Vec<(FactId, i32, usize)>) {
    let mut facts = Facts::default();
    facts.subject_of_kind("10", "test", 0);
    for (fact, offset, year, mask) in cells {
        facts.set(program, *fact, *year, 0, *offset, *mask, None, None);
    }
    let mut setting = Setting::new(program, "2024-12-31".parse().unwrap());
    setting.max_nodes = max_nodes;
    let mut evaluator = Evaluator::new(&setting, &facts, 0, false);
    let node = evaluator.clause(rule(program), 2024).node;
    let open = evaluator.open_cells(node).into_iter().map(|cell| (cell.fact, cell.year, cell.offset)).collect();
    (node.settled(), open)
}

/// Every way to fill the open cells.
fn completions(cells: &Cells) -> Vec<Cells> {
    let mut out = vec![cells.clone()];
    for at in 0..cells.len() {
        let bits: Vec<u128> = (0..128).map(|bit| 1u128 << bit).filter(|bit| cells[at].3 & bit != 0).collect();
        out = out
            .into_iter()
            .flat_map(|one| {
                bits.iter()
                    .map(move |bit| {
                        let mut filled = one.clone();
                        filled[at].3 = *bit;
                        filled
                    })
                    .collect::<Vec<_>>()
            })
            .collect();
    }
    out
}

/// All cells of the test facts, most of them known, a few open.
fn cells(program: &Program, seeds: &[u32]) -> Cells {
    let mut out = Vec::new();
    let mut ways: u64 = 1;
    let mut next =
        seeds.iter().cycle().copied().enumerate().map(|(at, seed)| seed.wrapping_mul(2_654_435_761).wrapping_add(at as u32 * 97) >> 7);
    for (index, fact) in program.facts.iter().enumerate() {
        let full = fact.full(program);
        for year in [2021, 2022, 2023, 2024] {
            for offset in 0..fact.stride(program) {
                let draw = next.next().unwrap();
                let values: Vec<u128> = (0..128).map(|bit| 1u128 << bit).filter(|bit| full & bit != 0).collect();
                let one = values[draw as usize % values.len()];
                let two = one | values[(draw as usize / 7) % values.len()];
                let mask = match draw % 5 {
                    0 if ways * values.len() as u64 <= 400 => full,
                    1 if ways * 2 <= 400 => two,
                    _ => one,
                };
                ways *= u64::from(mask.count_ones());
                out.push((FactId(index), offset, year, mask));
            }
        }
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn an_answer_is_settled_exactly_if_every_completion_agrees(shape in shape(), seeds in prop::collection::vec(any::<u32>(), 40)) {
        let text = policy(&shape);
        let mut sources = Sources::default();
        sources.add("test.enact", text.clone());
        let library = Library::new(sources);
        let shown = enact::diagnostic::render(&library.diagnostics, &library.sources, enact::diagnostic::ErrorFormat::Plain);
        let program = library.program.as_ref().unwrap_or_else(|| panic!("{text}\n{shown}"));
        let cells = cells(program, &seeds);
        let (settled, open) = answer(program, &cells);
        let all = completions(&cells);
        let answers: Vec<bool> = all.iter().map(|filled| answer(program, filled).0.expect("nothing is open")).collect();
        let agree = answers.iter().all(|one| *one == answers[0]).then_some(answers[0]);
        prop_assert_eq!(settled, agree, "{}", text);
        // an evaluator that gives up may leave an answer open, but never gives another one
        for max_nodes in [0, 2, 5, 12] {
            let (hasty, _) = answer_within(program, &cells, max_nodes);
            prop_assert!(hasty.is_none() || hasty == agree, "{max_nodes} nodes: {hasty:?}\n{}", text);
        }
        // a cell matters exactly if two completions that differ in it alone differ in the answer
        let mut matter = Vec::new();
        let index: std::collections::HashMap<Vec<u128>, bool> =
            all.iter().zip(&answers).map(|(filled, answer)| (filled.iter().map(|cell| cell.3).collect(), *answer)).collect();
        for (at, (fact, offset, year, mask)) in cells.iter().enumerate() {
            let matters = index.iter().any(|(filled, answer)| {
                (0..128).map(|bit| 1u128 << bit).filter(|bit| mask & bit != 0).any(|bit| {
                    let mut other = filled.clone();
                    other[at] = bit;
                    index[&other] != *answer
                })
            });
            if matters {
                matter.push((*fact, *year, *offset));
            }
        }
        matter.sort();
        let mut open = open;
        open.sort();
        prop_assert_eq!(open, matter, "{}", text);
    }

    #[test]
    fn no_text_panics(text in "(section|clause|version|fact|when|  |\n|- |\"|:|\\(a\\)|EC 1|2024|at least 3|[a-z]{1,4}|é| ){0,60}") {
        let mut sources = Sources::default();
        sources.add("test.enact", text);
        let library = Library::new(sources);
        let _ = enact::diagnostic::render(&library.diagnostics, &library.sources, enact::diagnostic::ErrorFormat::Human);
    }

    #[test]
    fn no_mutation_of_a_policy_panics(file in 0usize..40, at in any::<prop::sample::Index>(), cut in 0usize..30, with in "[a-z():\\-\" \n0-9]{0,6}") {
        let library = crate::support::library();
        let (mut sources, mut index) = (Sources::default(), 0);
        for (_, source) in library.sources.iter() {
            let mut text = source.text.clone();
            if index == file {
                let chars: Vec<char> = text.chars().collect();
                let start = at.index(chars.len());
                let end = (start + cut).min(chars.len());
                text = chars[..start].iter().collect::<String>() + &with + &chars[end..].iter().collect::<String>();
            }
            sources.add(source.name.clone(), text);
            index += 1;
        }
        let library = Library::new(sources);
        prop_assert!(library.program.is_some() || !library.diagnostics.is_empty());
        let _ = enact::diagnostic::render(&library.diagnostics, &library.sources, enact::diagnostic::ErrorFormat::Human);
    }

    #[test]
    fn no_data_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), source in 0usize..40, text in any::<bool>()) {
        let program = program();
        let named: Vec<&str> = program.published.iter().filter(|source| !source.files.is_empty()).map(|source| source.named.name.as_str()).collect();
        let mut bytes = bytes;
        if text {
            let mut head = b"cds\trtype\tstudentgroup\tcolor\tcurrdenom\treportingyear\n".to_vec();
            head.append(&mut bytes);
            bytes = head;
        }
        let file = enact::import::InputFile { source: Some(named[source % named.len()].into()), ..enact::import::InputFile::new("x2024.txt", bytes) };
        let loaded = enact::import::load(program, &[file], true, |_| {});
        let _ = enact::diagnostic::render(&loaded.diagnostics, &Sources::default(), enact::diagnostic::ErrorFormat::Human);
    }
}

/// A worse color never takes assistance away: over every LEA and color of one county in 2024.
#[test]
fn a_worse_color_never_ends_eligibility() {
    let program = program();
    let mut loaded = facts(|path| path.starts_with("monterey/2024") || path.starts_with("local/localindicators2024"));
    let setting = Setting::new(program, program.period.year(2024).unwrap().on);
    let pathway =
        enact::program::PathwayId(program.pathways.iter().position(|pathway| pathway.named.name == "differentiated_assistance").unwrap());
    let color = FactId(program.facts.iter().position(|fact| fact.named.name == "color").unwrap());
    let eligible = |facts: &Facts, subject| {
        let mut evaluator = Evaluator::new(&setting, facts, subject, false);
        // the second year needs 2023, which is not loaded here
        evaluator.determine(pathway, 2024).findings[0].step.node.settled() == Some(true)
    };
    let (mut tried, mut newly) = (0, 0);
    for subject in loaded.facts.listed(2024) {
        if !loaded.facts.subjects()[subject].key.starts_with("27") || loaded.facts.subjects()[subject].kind == 2 {
            continue;
        }
        let before = eligible(&loaded.facts, subject);
        for offset in 0..program.facts[color.0].stride(program) {
            let cell = loaded.facts.cell(program, color, 2024, subject, offset);
            if cell.mask.count_ones() != 1 || cell.mask == 1 || cell.mask >= 1 << 5 {
                continue;
            }
            loaded.facts.set(program, color, 2024, subject, offset, cell.mask >> 1, None, None);
            let after = eligible(&loaded.facts, subject);
            loaded.facts.set(program, color, 2024, subject, offset, cell.mask, None, None);
            assert!(!before || after, "{} loses assistance", loaded.facts.subjects()[subject].name);
            tried += 1;
            newly += usize::from(!before && after);
        }
    }
    assert!(tried > 500 && newly > 0, "{tried} tried, {newly} newly eligible");
}
