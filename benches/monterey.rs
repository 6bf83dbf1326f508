//! How long the main job takes, step by step: `cargo bench`.
//!
//! Wall-clock medians on whatever machine runs it; compare ratios of one run, not figures of two. Nothing is asserted.

use enact::assess::assess;
use enact::eval::Setting;
use enact::explain::explain;
use enact::facts::Facts;
use enact::import::load;
use enact::lint::lint;
use enact::program::PathwayId;
use std::hint::black_box;

mod common;
use common::{inputs, library, library_to_test, median, root, rule_texts};

fn main() {
    let root = root();
    let texts = rule_texts();
    let checked = library_to_test(&texts);
    let program = checked.program.as_ref().expect("the shipped policies have no errors");
    let rules = median(15, || drop(black_box(library(&texts))));
    let with_scenarios = median(15, || drop(black_box(library_to_test(&texts))));

    let looking = median(15, || drop(black_box(lint(&checked))));

    let mut county = inputs(&root.join("policies/records"), |_| true);
    county.extend(inputs(&root.join("examples/california"), |path| path.starts_with("monterey") || path.starts_with("determinations")));
    let read = || load(program, &county, false, |_| {}).facts;
    let facts: Facts = read();
    let reading = median(7, || drop(black_box(read())));

    let setting = Setting::new(program, program.period.year(2023).expect("2023").on);
    let pathways: Vec<PathwayId> = (0..program.pathways.len()).filter(|at| !program.pathways[*at].hidden).map(PathwayId).collect();
    let subjects: Vec<usize> = facts.listed(2023).into_iter().filter(|subject| facts.subjects()[*subject].key.starts_with("27")).collect();
    let assessing = median(7, || drop(black_box(assess(&setting, &facts, 2023, &subjects, &pathways, || ()))));
    let explaining = median(7, || {
        for subject in &subjects {
            black_box(explain(&setting, &facts, &checked.sources, 2023, *subject, &pathways));
        }
    });

    let whole = rules + reading + assessing;
    println!("one county, {} subjects, {} files; medians", subjects.len(), county.len());
    for (what, time) in [
        ("rules: text to checked program", rules),
        ("the same with the scenarios", with_scenarios),
        ("check: the law itself, in `enact check` only", looking),
        ("data: files to facts", reading),
        ("assess: every pathway of every subject", assessing),
        ("explain: every pathway of every subject", explaining),
        ("rules + data + assess", whole),
    ] {
        println!("{what:42} {:9.1} ms {:7.1} % of the whole", time.as_secs_f64() * 1e3, 100.0 * time.as_secs_f64() / whole.as_secs_f64());
    }
}
