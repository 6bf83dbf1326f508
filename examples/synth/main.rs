//! Writes a made-up California in CDE's file layouts; `docs/synthetic.md` says what and how.

mod generator;

use clap::Parser;
use generator::files::{Options, YEARS, generate, manifest};
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
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
    let written = generate(&options, &sink)?;
    fs::write(arguments.out.join("manifest.toml"), manifest(&options, &written))?;
    let mut out = io::stdout().lock();
    for file in &written {
        writeln!(out, "{:>9} rows  {}", file.rows, file.name)?;
    }
    writeln!(out, "{} rows in {:.1} s", written.iter().map(|file| file.rows).sum::<u64>(), started.elapsed().as_secs_f64())
}
