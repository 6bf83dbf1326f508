//! A whole state, step by step: `cargo bench --bench state -- FOLDER [--json FILE]`.
//!
//! The folder holds CDE's files of 2022 to 2025 and a manifest, such as `cargo run --release --example synth` writes.
//! Wall-clock medians on whatever machine runs it: compare ratios of one run. Nothing is asserted. The same work by
//! other means is in `benches/peers`; `benches/run.sh` runs both.

use enact::assess::assess;
use enact::engine::Engine;
use enact::eval::{Answer, Setting};
use enact::explain::{Ask, add_changes, explain, render};
use enact::facts::Facts;
use enact::flip::{MayChange, NextYear, Wanted, World, near};
use enact::import::load;
use enact::program::{CategoryId, FactId, PathwayId, Program};
use enact::report;
use serde_json::{Value, json};
use std::hint::black_box;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

mod common;
use common::{inputs, library, library_to_test, median, rule_texts};

const YEAR: i32 = 2025;
/// What `benches/peers` lists too.
const PATHWAYS: [&str; 3] = ["differentiated_assistance", "geolead_assistance", "direct_technical_assistance"];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let Some(folder) = args.first().map(PathBuf::from) else {
        println!("skipped: no folder with a state's files; see benches/run.sh");
        return;
    };
    let out = args.iter().position(|arg| arg == "--json").and_then(|at| args.get(at + 1));
    let figures = measure(&folder);
    print(&figures);
    if let Some(path) = out {
        std::fs::write(path, format!("{figures:#}\n")).expect("the figures can be written");
    }
}

fn ms(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

fn measure(folder: &std::path::Path) -> Value {
    let texts = rule_texts();
    let checked = library(&texts);
    let program = checked.program.as_ref().expect("the shipped policies have no errors");
    let rules = median(15, || drop(black_box(library(&texts))));
    let with_scenarios = median(15, || drop(black_box(library_to_test(&texts))));
    let setting = Setting::new(program, program.period.year(YEAR).expect("the year is declared").on);
    let wanted: Vec<PathwayId> = PATHWAYS.iter().map(|name| pathway(program, name)).collect();
    let every: Vec<PathwayId> = (0..program.pathways.len()).map(PathwayId).collect();
    let circuit = median(15, || drop(black_box(Engine::new(&setting, YEAR, &every, &[]))));

    let files = inputs(folder, |_| true);
    let reading = median(3, || drop(black_box(load(program, &files, false, |_| {}))));
    let loaded = load(program, &files, false, |_| {});
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics.first());
    let facts = loaded.facts;
    let subjects = facts.listed(YEAR);

    let engine = Engine::new(&setting, YEAR, &wanted, &[]);
    let planes = median(9, || drop(black_box(engine.load(&facts, &subjects, 1))));
    let listing = median(9, || {
        let assessment = assess(&setting, &facts, YEAR, &subjects, &wanted, || ());
        black_box(report::csv(program, &facts, &assessment, &wanted));
    });
    let all_pathways = median(3, || drop(black_box(assess(&setting, &facts, YEAR, &subjects, &every, || ()))));
    let assessment = assess(&setting, &facts, YEAR, &subjects, &wanted, || ());
    let eligible: Vec<usize> = assessment
        .list
        .iter()
        .filter(|assessed| assessed.rows.iter().any(|row| row.answer == Answer::Eligible))
        .map(|assessed| assessed.subject)
        .collect();
    let explaining = |threads: usize| {
        let next = AtomicUsize::new(0);
        let some = || {
            while let Some(subject) = eligible.get(next.fetch_add(1, Ordering::Relaxed)) {
                black_box(render(&explain(&setting, &facts, &checked.sources, YEAR, *subject, &wanted), false));
            }
        };
        median(3, || {
            next.store(0, Ordering::Relaxed);
            thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(some))));
        })
    };
    let (explaining, explaining_on_two) = (explaining(1), explaining(2));
    // what is enough, what is nearest and the smallest changes, for every agency; then watch lists of this year and the next
    let changing = median(1, || {
        let kinds = 0..program.subject.kinds.len();
        let worlds: Vec<World> = kinds.map(|kind| World::new(&setting, kind, YEAR, &wanted)).collect();
        let ask = Ask { may: MayChange { year: Some(YEAR), ..MayChange::default() }, flip: true, next: false };
        for subject in &subjects {
            let mut explanation = explain(&setting, &facts, &checked.sources, YEAR, *subject, &wanted);
            let world = &worlds[facts.subjects()[*subject].kind];
            add_changes(&mut explanation.pathways, world, &facts, &checked.sources, *subject, &ask, None);
            black_box(explanation);
        }
    });
    let plain = median(1, || {
        subjects.iter().for_each(|subject| drop(black_box(explain(&setting, &facts, &checked.sources, YEAR, *subject, &wanted))));
    });
    let next_year = NextYear::new(program, YEAR);
    let watching = |next: Option<&NextYear>| {
        let may = MayChange { year: Some(YEAR), no_acts: true, ..MayChange::default() };
        let asked = Wanted { may, within: 2, most: 5, next };
        median(1, || drop(black_box(near(&setting, &facts, YEAR, &subjects, &wanted, &asked, || ()))))
    };

    let scale: Vec<Value> = [1, 10, 100, 400].into_iter().map(|times| evaluate(program, &engine, &facts, &subjects, times)).collect();
    let open: Vec<Value> = [0, 1, 10, 50].into_iter().map(|percent| opened(&setting, &facts, &subjects, &wanted, percent)).collect();
    json!({
        "agencies": subjects.len(),
        "eligible": eligible.len(),
        "rules_ms": ms(rules),
        "rules_and_scenarios_ms": ms(with_scenarios),
        "circuit_ms": ms(circuit),
        "text_to_circuit_ms": ms(rules + circuit),
        "read_ms": ms(reading),
        "planes_ms": ms(planes),
        "list_ms": ms(listing),
        "list_of_every_pathway_ms": ms(all_pathways),
        "explain_eligible_ms": ms(explaining),
        "explain_eligible_two_threads_ms": ms(explaining_on_two),
        "explain_everybody_ms": ms(plain),
        "explain_everybody_with_changes_ms": ms(changing),
        "near_two_threads_ms": ms(watching(None)),
        "near_next_two_threads_ms": ms(watching(next_year.as_ref())),
        "evaluate": scale,
        "open_cells": open,
        "peak_rss_kb": peak(),
    })
}

fn pathway(program: &Program, name: &str) -> PathwayId {
    PathwayId(program.pathways.iter().position(|pathway| pathway.named.name == name).expect("a declared pathway"))
}

/// From planes in memory to the answers, and for whom they are yes, by which clauses and which members.
fn evaluate(engine_program: &Program, engine: &Engine, facts: &Facts, subjects: &[usize], times: usize) -> Value {
    let many = subjects.repeat(times);
    let loaded = engine.load(facts, &many, 1);
    let groups = program_category(engine_program, "student_group");
    let runs = if times > 50 { 7 } else { 51 };
    let per_agency = |time: Duration| (time.as_secs_f64() * 1e10 / many.len() as f64).round() / 10.0;
    let rows = |threads: usize| per_agency(median(runs, || drop(black_box(engine.rows(&loaded, groups, threads)))));
    let two_planes = median(runs.min(11), || {
        black_box(engine.blocks(&loaded, 1, |block, out: &mut Vec<usize>| out.push(block.listed().count())));
    });
    let found = engine.rows(&loaded, groups, 1).expect("fewer than 64 student groups");
    json!({
        "agencies": many.len(),
        "rows": found.eligible.len(),
        "undetermined": found.open.len(),
        "in_known_blocks": found.known,
        "rows_ns": rows(1),
        "rows_two_threads_ns": rows(2),
        "two_planes_answers_ns": per_agency(two_planes),
    })
}

fn program_category(program: &Program, name: &str) -> CategoryId {
    CategoryId(program.categories.iter().position(|category| category.named.name == name).expect("a declared category"))
}

/// The list where so many percent of the cells of indicators are taken away at random.
fn opened(setting: &Setting, facts: &Facts, subjects: &[usize], pathways: &[PathwayId], percent: u64) -> Value {
    let program = setting.program;
    let mut facts = facts.clone();
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    for (index, fact) in program.facts.iter().enumerate() {
        if !["color", "status", "pupils", "local_indicator"].contains(&fact.named.name.as_str()) {
            continue;
        }
        for year in program.period.years.iter().map(|entry| entry.year).filter(|year| *year >= 2022) {
            for offset in 0..fact.stride(program) {
                for subject in subjects {
                    state ^= state << 13;
                    state ^= state >> 7;
                    state ^= state << 17;
                    if state % 100 < percent {
                        facts.set(program, FactId(index), year, *subject, offset, fact.full(program), None, None);
                    }
                }
            }
        }
    }
    let engine = Engine::new(setting, YEAR, pathways, &[]);
    let loaded = engine.load(&facts, subjects, 1);
    let plain: Vec<bool> = engine.blocks(&loaded, 1, |block, out| out.extend((0..block.len()).map(|at| block.lane(at).is_plain())));
    let time = median(if percent > 5 { 1 } else { 3 }, || drop(black_box(assess(setting, &facts, YEAR, subjects, pathways, || ()))));
    let assessment = assess(setting, &facts, YEAR, subjects, pathways, || ());
    let rows = || assessment.list.iter().flat_map(|assessed| &assessed.rows);
    json!({
        "percent": percent,
        "settled_by_planes": plain.iter().filter(|plain| **plain).count(),
        "undetermined_rows": rows().filter(|row| row.answer == Answer::Undetermined).count(),
        "rows": rows().count(),
        "list_ms": ms(time),
        "us_per_open_agency": (time.as_secs_f64() * 1e7 / plain.iter().filter(|plain| !**plain).count().max(1) as f64).round() / 10.0,
    })
}

/// Most memory this program had in use, in KiB, where the system says.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.split_whitespace().next()?.parse().ok()
}

fn print(figures: &Value) {
    println!("one state, {} agencies, {} eligible; medians", figures["agencies"], figures["eligible"]);
    for (name, label) in [
        ("rules_ms", "rules: text to checked program"),
        ("rules_and_scenarios_ms", "the same with the scenarios"),
        ("circuit_ms", "circuit: every pathway of every kind"),
        ("read_ms", "data: files to facts, all threads"),
        ("planes_ms", "facts to planes, one thread"),
        ("list_ms", "facts to the list as CSV, three pathways"),
        ("list_of_every_pathway_ms", "facts to the list, every pathway"),
        ("explain_eligible_ms", "explanations of everybody eligible, as text, one thread"),
        ("explain_eligible_two_threads_ms", "explanations of everybody eligible, as text, two threads"),
        ("explain_everybody_ms", "explanations of everybody, steps only, one thread"),
        ("explain_everybody_with_changes_ms", "the same with what is enough, nearest and would change it"),
        ("near_two_threads_ms", "watch list of the year, 2 steps, two threads"),
        ("near_next_two_threads_ms", "watch list of the year after, 2 steps, two threads"),
    ] {
        println!("  {label:58} {:10.1} ms", figures[name].as_f64().unwrap_or_default());
    }
    println!("from planes to rows of clause and members, ns for each agency: one thread; two; answers in two planes, one thread");
    for row in figures["evaluate"].as_array().into_iter().flatten() {
        println!(
            "  {:>9} agencies, {:>9} in blocks where all is known {:>8} {:>8} {:>8}",
            row["agencies"], row["in_known_blocks"], row["rows_ns"], row["rows_two_threads_ns"], row["two_planes_answers_ns"]
        );
    }
    println!("cells taken away: settled by planes, rows undetermined, whole list");
    for row in figures["open_cells"].as_array().into_iter().flatten() {
        println!(
            "  {:>3} % {:>8} agencies {:>8} of {} rows {:>10} ms, {} us for each agency planes leave open",
            row["percent"], row["settled_by_planes"], row["undetermined_rows"], row["rows"], row["list_ms"], row["us_per_open_agency"]
        );
    }
    println!("peak memory {} KiB", figures["peak_rss_kb"]);
}
