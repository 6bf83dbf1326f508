//! Made-up policies of all constructs, and data with all kinds of gaps, for tests of laws that must hold over all of them.

use enact::facts::Facts;
use enact::program::{FactId, Program};
use proptest::prelude::*;

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

/// A condition to be written.
#[derive(Clone, Debug)]
pub enum Shape {
    Leaf(usize, u32),
    List(&'static str, Vec<Shape>),
    Count(&'static str, usize, Box<Shape>),
    Window(&'static str, Box<Shape>),
    ByGroup(Box<Shape>, Box<Shape>),
    ByChoice(Box<Shape>, Box<Shape>),
}

/// Conditions of bounded depth and size.
pub fn shape(depth: u32, size: u32) -> impl Strategy<Value = Shape> {
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
pub fn policy(shapes: &[Shape]) -> String {
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
pub fn data(program: &Program, subjects: usize, seed: u64, known: bool) -> Facts {
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
