//! Writes a made-up California in CDE's file layouts; `docs/synthetic.md` says what and how.

mod generator;

use clap::Parser;
use generator::files::{Options, Written, YEARS, generate, manifest};
use generator::{assistance, dirt};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

/// Writes a made-up California in the file layouts of the California Department of Education.
#[derive(Debug, Parser)]
#[command(name = "synth")]
struct Arguments {
    /// Folder to write to; made if it is not there.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// How many times California.
    #[arg(long, default_value_t = 1)]
    scale: usize,
    /// Another seed gives another state.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Dashboard years.
    #[arg(long, value_delimiter = ',', default_values_t = YEARS)]
    years: Vec<i32>,
    /// Rows of schools too (the default).
    #[arg(long, overrides_with = "no_schools")]
    schools: bool,
    /// Only agencies: districts, county offices and charter schools.
    #[arg(long)]
    no_schools: bool,
    /// Lists of determinations too, of every Dashboard up to the last year, made by Enact itself.
    #[arg(long)]
    assistance: bool,
    /// Damaged copies too, in a folder beside `--out` whose name ends in `-dirt`.
    #[arg(long)]
    dirt: bool,
    /// Rules for `--assistance`.
    #[arg(long, value_name = "FOLDER", default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/policies"))]
    policies: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> io::Result<()> {
    let mut years = arguments.years.clone();
    years.sort_unstable();
    years.dedup();
    if let Some(year) = years.iter().find(|year| !YEARS.contains(year)) {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("there is no Dashboard of {year}; there are those of {YEARS:?}")));
    }
    let options = Options { scale: arguments.scale, seed: arguments.seed, years, schools: !arguments.no_schools };
    fs::create_dir_all(&arguments.out)?;
    let started = Instant::now();
    let sink = |name: &str| -> io::Result<Box<dyn Write + Send>> { Ok(Box::new(fs::File::create(arguments.out.join(name))?)) };
    let mut written = generate(&options, &sink)?;
    for (year, source) in assistance::CALPADS_YEARS.into_iter().map(|year| (year, "calpads_list")) {
        if options.years.contains(&year) {
            let (name, text) = assistance::calpads(year);
            fs::write(arguments.out.join(&name), text)?;
            written.push(Written { name, source: source.to_owned(), year, rows: 0 });
        }
    }
    let generated = started.elapsed();
    if arguments.assistance {
        written.extend(determinations(&options, &arguments.policies, &arguments.out)?);
    }
    if arguments.dirt {
        damaged(options.seed, &beside(&arguments.out))?;
    }
    fs::write(arguments.out.join("manifest.toml"), manifest(&options, &written))?;
    let mut out = io::stdout().lock();
    for file in &written {
        writeln!(out, "{:>9} rows  {}", file.rows, file.name)?;
    }
    let rows: u64 = written.iter().map(|file| file.rows).sum();
    writeln!(out, "{rows} rows; indicators in {:.1} s, all in {:.1} s", generated.as_secs_f64(), started.elapsed().as_secs_f64())
}

fn determinations(options: &Options, policies: &Path, out: &Path) -> io::Result<Vec<Written>> {
    let library = assistance::rules(policies)?;
    let Some(program) = &library.program else {
        return Err(io::Error::other(format!("the rules under {} have errors", policies.display())));
    };
    let mut written = Vec::new();
    for (year, name, text) in assistance::lists(options, program, "")? {
        fs::write(out.join(&name), &text)?;
        let rows = text.lines().count() as u64 - 1;
        written.push(Written { name, source: format!("assistance_{year}"), year, rows });
    }
    Ok(written)
}

/// `folder-dirt` for `folder`.
fn beside(folder: &Path) -> PathBuf {
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push("-dirt");
    folder.with_file_name(name)
}

fn damaged(seed: u64, out: &Path) -> io::Result<()> {
    let cases = dirt::cases(seed)?;
    for case in &cases {
        let folder = out.join(case.id);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in &case.files {
            fs::write(folder.join(name), bytes)?;
        }
        fs::write(folder.join("manifest.toml"), dirt::manifest(case))?;
        let clean = out.join("clean");
        fs::create_dir_all(&clean)?;
        fs::write(clean.join(&case.clean.0), &case.clean.1)?;
    }
    fs::write(out.join("dirt.toml"), dirt::list(&cases))
}
