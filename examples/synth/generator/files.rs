//! Whole files: every indicator of every year, local indicators, the manifest.

use super::groups::GROUPS;
use super::layouts::{Layout, layout};
use super::levels::{Cell, Cuts, Indicator, Row, status_only};
use super::local;
use super::maths::{Purpose, Stream};
use super::plan::{self, Entity, MOST_COPIES, N_COUNTIES};
use super::results::{STEPS, has_rows, results};
use super::rows::{self, EVERYBODY, Facts};
use std::io::{self, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Dashboards there are.
pub const YEARS: [i32; 7] = [2017, 2018, 2019, 2022, 2023, 2024, 2025];

/// What to generate.
#[derive(Clone, Debug)]
pub struct Options {
    /// How many Californias.
    pub scale: usize,
    pub seed: u64,
    /// Dashboard years, of [`YEARS`].
    pub years: Vec<i32>,
    /// Rows of schools that are not charter schools.
    pub schools: bool,
}

/// Where files go: a name to a writer.
pub type Sink<'a> = &'a (dyn Fn(&str) -> io::Result<Box<dyn Write + Send>> + Sync);

/// A file that was written.
#[derive(Clone, Debug)]
pub struct Written {
    pub name: String,
    /// Name of its `source` declaration.
    pub source: String,
    pub year: i32,
    pub rows: u64,
}

/// Writes all indicator files and local indicator files, on two threads.
///
/// # Errors
///
/// What the sink reports; an input error if the scale is out of range.
pub fn generate(options: &Options, sink: Sink) -> io::Result<Vec<Written>> {
    if options.scale == 0 || options.scale > MOST_COPIES {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, format!("the scale is from 1 to {MOST_COPIES}")));
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Vec::new());
    let work = || -> io::Result<()> {
        loop {
            let job = next.fetch_add(1, Ordering::Relaxed);
            let made = match Indicator::ALL.get(job) {
                Some(indicator) => indicator_files(options, *indicator, sink),
                None if job == Indicator::ALL.len() => local::files(options, sink),
                None => return Ok(()),
            }?;
            done.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).extend(made);
        }
    };
    std::thread::scope(|scope| {
        let other = scope.spawn(work);
        work().and(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })?;
    let mut done = done.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    done.sort_by(|a: &Written, b| (a.year, &a.name).cmp(&(b.year, &b.name)));
    Ok(done)
}

/// Calls `each` with the entities of every county, by county code.
pub fn each_county(options: &Options, schools: bool, mut each: impl FnMut(&[Entity]) -> io::Result<()>) -> io::Result<()> {
    let places = options.scale * N_COUNTIES;
    for code in 0..99 {
        for place in (code..places).step_by(99) {
            each(&plan::county(options.seed, place / N_COUNTIES, place % N_COUNTIES, schools))?;
        }
    }
    Ok(())
}

/// The Dashboard data that a year's files compare with.
pub fn prior_year(indicator: Indicator, year: i32) -> Option<i32> {
    (!status_only(indicator, year)).then(|| STEPS.iter().rev().copied().find(|step| *step < year)).flatten()
}

/// Whether CALPADS data of an agency were certified, by step; about one agency in 500 is late.
fn uncertified(seed: u64, entity: &Entity) -> [bool; STEPS.len()] {
    let mut stream = Stream::new(seed, entity.id, Purpose::Certified, 0);
    STEPS.map(|_| stream.uniform() < 0.002)
}

fn indicator_files(options: &Options, indicator: Indicator, sink: Sink) -> io::Result<Vec<Written>> {
    struct Open {
        year: i32,
        prior: Option<i32>,
        layout: Layout,
        writer: Box<dyn Write + Send>,
        buffer: Vec<u8>,
        rows: u64,
    }
    let mut open = Vec::new();
    for year in &options.years {
        let Some(layout) = layout(indicator, *year) else { continue };
        let writer = sink(&layout.file)?;
        let mut buffer = Vec::with_capacity(1 << 20);
        buffer.extend_from_slice(layout.header.as_bytes());
        buffer.push(b'\n');
        open.push(Open { year: *year, prior: prior_year(indicator, *year), layout, writer, buffer, rows: 0 });
    }
    let wanted = |year: i32| open.iter().any(|file| file.year == year || file.prior == Some(year));
    let needed = STEPS.map(wanted);
    let wanted = |year: i32| STEPS.iter().position(|step| *step == year).is_some_and(|at| needed[at]);

    // the state's rows come first; they are sums over agencies and charter schools
    let mut state = [[(0u64, 0i64); GROUPS]; STEPS.len()];
    each_county(options, false, |entities| {
        for entity in entities {
            let Some(own) = results(options.seed, entity, indicator, wanted) else { continue };
            for (step, sums) in STEPS.iter().zip(&mut state) {
                for (cell, sum) in own.of(*step).iter().zip(sums) {
                    sum.0 += u64::from(cell.n);
                    sum.1 += cell.sum;
                }
            }
        }
        Ok(())
    })?;
    let state_of = |year: i32| -> [Cell; GROUPS] {
        let sums = STEPS.iter().position(|step| *step == year).map_or([(0, 0); GROUPS], |at| state[at]);
        sums.map(|(n, sum)| Cell { n: u32::try_from(n).unwrap_or(u32::MAX), sum })
    };

    let emit = |file: &mut Open,
                first: &[u8],
                dass: &str,
                all: (&[Cell; GROUPS], Option<&[Cell; GROUPS]>),
                who: (Cuts, bool),
                flags: (bool, bool)| {
        let (now, before) = all;
        for group in 0..GROUPS {
            let prior = before.map(|before| before[group]);
            if !has_rows(indicator, group, file.year) || now[group].n == 0 && prior.is_none_or(|prior| prior.n == 0) {
                continue;
            }
            let row = Row { indicator, year: file.year, cuts: who.0, agency: who.1, group, uncertified: flags.0 };
            let facts = Facts {
                row,
                now: now[group],
                everybody: now[EVERYBODY].n,
                before: prior,
                uncertified_before: flags.1,
                columns: &file.layout.columns,
            };
            rows::write(&mut file.buffer, first, dass, &facts);
            file.rows += 1;
        }
    };
    for file in &mut open {
        if file.year > 2017 {
            let now = state_of(file.year);
            let before = file.prior.map(state_of);
            let first = b"00000000000000\tX\tState of California\tState of California\t\t\t";
            emit(file, first, "", (&now, before.as_ref()), (Cuts::Ud, true), (false, false));
        }
    }
    each_county(options, options.schools, |entities| {
        let mut late = [false; STEPS.len()];
        for entity in entities {
            if entity.is_agency() {
                late = uncertified(options.seed, entity);
            }
            let Some(own) = results(options.seed, entity, indicator, wanted) else { continue };
            let (first, dass) = rows::first_columns(entity);
            let late = |year: Option<i32>| {
                matches!(indicator, Indicator::Susp | Indicator::Chro)
                    && entity.kind != plan::Kind::Charter
                    && STEPS.iter().zip(late).any(|(step, late)| Some(*step) == year && late)
            };
            for file in &mut open {
                let now = own.of(file.year);
                let before = file.prior.map(|year| own.of(year));
                let flags = (late(Some(file.year)), late(file.prior));
                emit(file, &first, dass, (&now, before.as_ref()), (entity.cuts(), entity.is_agency()), flags);
                if file.buffer.len() > 1 << 20 {
                    file.writer.write_all(&file.buffer)?;
                    file.buffer.clear();
                }
            }
        }
        Ok(())
    })?;
    let mut written = Vec::new();
    for mut file in open {
        file.writer.write_all(&file.buffer)?;
        file.writer.flush()?;
        written.push(Written { name: file.layout.file, source: file.layout.source.to_owned(), year: file.year, rows: file.rows });
    }
    Ok(written)
}

/// The manifest of a folder of generated files.
pub fn manifest(options: &Options, files: &[Written]) -> String {
    let mut out = format!(
        "# Made up, in the layouts of the California Department of Education (CDE). No school, agency or pupil is real.\n\n\
         [dataset]\nname = \"Synthetic California School Dashboard, scale {}, seed {}\"\n\
         publisher = \"nobody: generated by examples/synth\"\n\
         note = \"Layouts, codes and cut scores are those of the California Department of Education (CDE); the values are drawn at random.\"\n",
        options.scale, options.seed
    );
    for file in files {
        out.push_str(&format!(
            "\n[[file]]\npath = \"{}\"\nsource = \"{}\"\nyear = {}\ncomplete = \"all\"\n",
            file.name, file.source, file.year
        ));
    }
    out
}
