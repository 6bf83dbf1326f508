//! `enact-regorus FOLDER [--sample N] [--runs N]`
//!
//! Times a Rego policy that says the same law, one agency at a time: the input is a value made beforehand, the policy is
//! compiled once, and the machine that runs it is used again. Two plans: the interpreter and the virtual machine of regorus.
//! All answers are compared with those of `enact-limit`.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use enact_limit::evaluate::{Row, evaluate};
use enact_limit::facts::{self, Facts, GROUPS, Kind, LOCAL};
use enact_limit::{Planes, read::read};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Value};

const POLICY: &str = include_str!("../list.rego");
const RULE: &str = "data.list.answer";
const INDICATORS: [&str; 7] = ["ELA", "MATH", "GRAD", "CHRO", "SUSP", "CCI", "ELPI"];

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let folder = words.first().context("usage: enact-regorus FOLDER [--sample N] [--runs N]")?;
    let number = |name: &str, default: usize| match words.iter().position(|word| word == name) {
        Some(at) => words.get(at + 1).context("a number is missing")?.parse().context("not a number"),
        None => Ok(default),
    };
    let (sample, runs) = (number("--sample", 300)?, number("--runs", 11)?);

    let agencies = read(Path::new(folder), 2)?;
    let count = agencies.keys.len();
    let picked: Vec<usize> = (0..sample.min(count)).map(|i| i * count / sample.min(count)).collect();
    let planes = Planes::from_facts(picked.len(), |i| (agencies.keys[picked[i]], &agencies.facts[picked[i]]));
    let rows = evaluate(&planes).rows;
    let mut inputs = Vec::new();
    let mut expected = Vec::new();
    for (i, &agency) in picked.iter().enumerate() {
        let key = agencies.keys[agency];
        inputs.push(Value::from_json_str(&input(Kind::of(key), &agencies.facts[agency]))?);
        let row = rows.iter().find(|row| row.agency as usize == i).copied().unwrap_or_default();
        expected.push(Value::from_json_str(&answer(Kind::of(key), row))?);
    }

    let mut engine = Engine::new();
    engine.add_policy("list.rego".to_owned(), POLICY.to_owned())?;
    let policy = engine.compile_with_entrypoint(&RULE.into())?;
    let program = Compiler::compile_from_policy(&policy, &[RULE])?;
    let mut machine = RegoVM::new();
    machine.load_program(Arc::clone(&program));

    let interpreter = time(&inputs, &expected, runs, |input| {
        engine.set_input(input);
        engine.eval_rule(RULE.to_owned())
    })
    .context("interpreter")?;
    let compiled = time(&inputs, &expected, runs, |input| {
        machine.set_input(input);
        Ok(machine.execute()?)
    })
    .context("virtual machine")?;
    println!(
        "{{\"agencies\": {}, \"runs\": {runs}, \"ns_per_agency_interpreter\": {interpreter:.0}, \"ns_per_agency_vm\": {compiled:.0}}}",
        inputs.len()
    );
    Ok(())
}

/// Median over runs of nanoseconds for each agency, after a run in which the answers are compared.
fn time(inputs: &[Value], expected: &[Value], runs: usize, mut evaluate: impl FnMut(Value) -> Result<Value>) -> Result<f64> {
    for (input, expected) in inputs.iter().zip(expected) {
        let answer = Value::from_json_str(&evaluate(input.clone())?.to_json_str()?)?;
        ensure!(answer == *expected, "{input}\n{answer} instead of {expected}");
    }
    let mut times = Vec::new();
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        for input in inputs {
            std::hint::black_box(evaluate(input.clone())?);
        }
        times.push(start.elapsed().as_secs_f64() * 1e9 / inputs.len() as f64);
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

/// One agency's facts as the policy takes them. A color worse than no other that is asked about is 3, a status that only has to
/// be there is 3 too.
fn input(kind: Kind, facts: &Facts) -> String {
    let has = |question: usize, group: usize| facts.groups[question] >> group & 1 != 0;
    let year = |number: u16| {
        let groups = (0..GROUPS.len()).filter_map(|group| {
            let cells: Vec<String> = (0..INDICATORS.len())
                .filter_map(|i| cell(number, i, |question| has(question, group)).map(|cell| format!("\"{}\": {cell}", INDICATORS[i])))
                .collect();
            let old = number < 2024 && group == facts::LTEL;
            (!cells.is_empty() && !old).then(|| format!("\"{}\": {{{}}}", GROUPS[group], cells.join(", ")))
        });
        format!("\"{number}\": {{{}}}", groups.collect::<Vec<_>>().join(", "))
    };
    let local = |index: usize| {
        let missed: Vec<String> = LOCAL
            .iter()
            .enumerate()
            .filter(|(bit, _)| facts.local[index] >> bit & 1 != 0)
            .map(|(_, priority)| priority.to_string())
            .collect();
        format!("\"{}\": [{}]", 2024 + index, missed.join(", "))
    };
    format!(
        "{{\"kind\": \"{}\", \"years\": {{{}}}, \"local\": {{{}, {}}}}}",
        kind.name(),
        [2022, 2023, 2024, 2025].map(year).join(", "),
        local(0),
        local(1)
    )
}

/// One cell, if anything is known of it.
fn cell(year: u16, indicator: usize, has: impl Fn(usize) -> bool) -> Option<String> {
    let color = |red: usize, orange: Option<usize>, any: bool| match (has(red + indicator), orange.is_some_and(&has)) {
        (true, _) => Some(1),
        (_, true) => Some(2),
        _ => any.then_some(3),
    };
    let tests = |first: usize| (indicator < 2).then_some(first + indicator);
    let (color, status, enough) = match year {
        2022 => (None, has(facts::LOWEST_2022 + indicator).then_some(1), has(facts::ENOUGH_2022 + indicator)),
        2023 if indicator == 5 => (None, has(facts::RED_2023 + indicator).then_some(1), has(facts::RED_2023 + indicator)),
        2023 => (color(facts::RED_2023, tests(facts::ORANGE_2023), false), None, false),
        2024 => (color(facts::RED_2024, tests(facts::ORANGE_2024), false), None, false),
        _ => {
            let orange = if indicator == 6 { Some(facts::ELPI_ORANGE_2025) } else { tests(facts::ORANGE_2025) };
            let color = color(facts::RED_2025, orange, has(facts::COLOR_2025 + indicator));
            (color, has(facts::STATUS_2025 + indicator).then_some(3), has(facts::ENOUGH_2025 + indicator))
        }
    };
    let mut parts = Vec::new();
    parts.extend(color.map(|color| format!("\"color\": {color}")));
    parts.extend(status.map(|status| format!("\"status\": {status}")));
    parts.extend(enough.then(|| "\"enough\": true".to_owned()));
    (!parts.is_empty()).then(|| format!("{{{}}}", parts.join(", ")))
}

/// What the policy must answer. Sets of strings are written in the order of the strings.
fn answer(kind: Kind, row: Row) -> String {
    let mut names: Vec<usize> = (0..GROUPS.len()).collect();
    names.sort_by_key(|&group| GROUPS[group]);
    let groups = |set: u16| {
        let groups: Vec<String> =
            names.iter().filter(|&&group| set >> group & 1 != 0).map(|&group| format!("\"{}\"", GROUPS[group])).collect();
        groups.join(", ")
    };
    let da = match row.answers {
        bits if bits & Row::YES != 0 && kind == Kind::Charter => "yes",
        bits if bits & Row::YES != 0 => "year_1",
        bits if bits & Row::SECOND_YEAR != 0 => "year_2",
        _ => "no",
    };
    format!(
        "{{\"da\": \"{da}\", \"da_groups\": [{}], \"lead_groups\": [{}], \"direct_groups\": [{}]}}",
        groups(row.assisted),
        groups(row.lead),
        groups(row.direct)
    )
}
