//! `enact-limit FOLDER [-o FILE] [--json] [--threads N] [--bench-eval N] [--runs N]`

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use enact_limit::evaluate::{evaluate_blocks, evaluate_halves};
use enact_limit::read::{Agencies, read};
use enact_limit::{Answers, Planes, evaluate, list};

struct Options {
    folder: PathBuf,
    output: Option<PathBuf>,
    json: bool,
    threads: usize,
    agencies: Option<usize>,
    runs: usize,
}

fn options() -> Result<Options, Box<dyn Error>> {
    let mut options = Options { folder: PathBuf::new(), output: None, json: false, threads: 2, agencies: None, runs: 51 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a value"));
        match word.as_str() {
            "-o" => options.output = Some(value()?.into()),
            "--json" => options.json = true,
            "--threads" => options.threads = value()?.parse()?,
            "--bench-eval" => options.agencies = Some(value()?.parse()?),
            "--runs" => options.runs = value()?.parse()?,
            _ => options.folder = word.into(),
        }
    }
    if options.folder.as_os_str().is_empty() {
        return Err("usage: enact-limit FOLDER [-o FILE] [--json] [--threads N] [--bench-eval N] [--runs N]".into());
    }
    Ok(options)
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = options()?;
    let start = Instant::now();
    let agencies = read(&options.folder, options.threads)?;
    let planes = Planes::from_facts(agencies.keys.len(), |i| (agencies.keys[i], &agencies.facts[i]));
    let read = start.elapsed();
    if let Some(count) = options.agencies {
        return bench(&agencies, count, options.runs);
    }
    let answers = evaluate(&planes);
    let evaluated = start.elapsed();
    let list = list::write(&agencies.keys, &answers.rows);
    match &options.output {
        Some(path) => std::fs::write(path, list)?,
        None => std::io::Write::write_all(&mut std::io::stdout().lock(), &list)?,
    }
    let written = start.elapsed();
    if options.json {
        let ms = |time: std::time::Duration| time.as_secs_f64() * 1e3;
        eprintln!(
            "{{\"agencies\": {}, \"bytes\": {}, \"read_ms\": {:.3}, \"evaluate_ms\": {:.4}, \"write_ms\": {:.3}, \"total_ms\": {:.3}, \"peak_rss_kb\": {}}}",
            agencies.keys.len(),
            agencies.bytes,
            ms(read),
            ms(evaluated - read),
            ms(written - evaluated),
            ms(written),
            peak_rss(),
        );
    }
    Ok(())
}

/// Times evaluation alone, of the agencies read, taken again and again until there are `count`.
fn bench(agencies: &Agencies, count: usize, runs: usize) -> Result<(), Box<dyn Error>> {
    let known = agencies.keys.len();
    if known == 0 {
        return Err("no agency to evaluate".into());
    }
    let planes = Planes::from_facts(count, |i| (agencies.keys[i % known], &agencies.facts[i % known]));
    let mut answers = Answers::default();
    let one = median(runs, || evaluate_blocks(&planes.blocks, 0, &mut answers));
    let mut halves = [Answers::default(), Answers::default()];
    let least = times(runs, || evaluate_blocks(&planes.blocks, 0, &mut answers))[0];
    let two = median(runs, || evaluate_halves(&planes, &mut halves));
    let rows: Vec<_> = halves[0].rows.iter().chain(&halves[1].rows).copied().collect();
    assert_eq!(answers.rows, rows, "two threads answer as one does");
    eprintln!(
        "{{\"agencies\": {count}, \"runs\": {runs}, \"eligible\": {}, \"plane_bytes\": {}, \"ns_per_agency_1_thread\": {:.3}, \"least_ns_per_agency_1_thread\": {:.3}, \"ns_per_agency_2_threads\": {:.3}, \"peak_rss_kb\": {}}}",
        answers.rows.len(),
        std::mem::size_of_val(&planes.blocks[..]),
        one / count as f64,
        least / count as f64,
        two / count as f64,
        peak_rss(),
    );
    Ok(())
}

/// Median time of `runs` runs in nanoseconds.
fn median(runs: usize, run: impl FnMut()) -> f64 {
    let times = times(runs, run);
    times[times.len() / 2]
}

/// Times of `runs` runs in nanoseconds, least first, after one that does not count.
fn times(runs: usize, mut run: impl FnMut()) -> Vec<f64> {
    run();
    let mut times: Vec<f64> = (0..runs.max(1))
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64() * 1e9
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times
}

/// Largest memory in use so far, in KB; 0 where the system does not say.
fn peak_rss() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse().ok()).unwrap_or(0)
}
