//! LCFF assistance status files: what Enact itself determines from the generated indicator files.
//!
//! Determinations look back, so the lists are made from all Dashboards up to the last. In the first pass a flag may be
//! open (`?`), because a group without a letter might have one. The second pass reads the letters of the first as
//! published: it must give the same lists. What that leaves open, as can be in a state many times California's size, the
//! lists settle themselves.

use super::files::{Options, YEARS};
use super::memory::{excerpt, in_memory};
use enact::eval::Setting;
use enact::facts::Facts;
use enact::import::{Complete, InputFile, load};
use enact::library::Library;
use enact::program::{FactId, Program};
use enact::report::layout;
use enact::source::Sources;
use std::fs;
use std::io;
use std::path::Path;

/// Years of the lists of missed CALPADS submissions; in the generated state nobody missed one.
pub const CALPADS_YEARS: [i32; 2] = [2024, 2025];

/// The empty list of a year.
pub fn calpads(year: i32) -> (String, Vec<u8>) {
    (format!("calpads{year}.txt"), b"cds\tyear\n".to_vec())
}

/// The shipped rules.
///
/// # Errors
///
/// If a file cannot be read or a rule is wrong.
pub fn rules(folder: &Path) -> io::Result<Library> {
    let mut sources = Sources::default();
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "enact") {
                files.push(path);
            }
        }
    }
    files.sort();
    for path in files {
        let text = fs::read_to_string(&path)?;
        sources.add(path.display().to_string(), text);
    }
    Ok(Library::new(sources))
}

/// A year's list: year, file name, text.
pub type List = (i32, String, String);

/// The lists of every Dashboard up to the latest year of `options`, for agencies whose code starts with `prefix`.
///
/// # Errors
///
/// If the generated files do not load, or a list that is read as published comes out as another.
pub fn lists(options: &Options, program: &Program, prefix: &str) -> io::Result<Vec<List>> {
    let (mut files, first) = first_pass(options, program, prefix)?;
    files.extend(first.iter().map(|(_, name, text)| input(name.clone(), text.replace("\t?", "\tN").into_bytes())));
    let second = determine(program, &files, &first)?;
    for ((year, _, before), (_, _, after)) in first.iter().zip(&second) {
        let same = |(old, new): (&str, &str)| old == new || old == "?";
        if !before.split(['\t', '\n']).zip(after.split(['\t', '\n'])).all(same) {
            return Err(io::Error::other(format!("with the letters of the first pass read as published, the list of {year} differs")));
        }
    }
    if second.iter().all(|(_, _, text)| !text.contains('?')) {
        return Ok(second);
    }
    // a flag that all facts leave open is for the list to settle: it says no, and has to be read so
    let settled: Vec<List> = second.into_iter().map(|(year, name, text)| (year, name, text.replace("\t?", "\tN"))).collect();
    files.truncate(files.len() - settled.len());
    files.extend(settled.iter().map(|(_, name, text)| input(name.clone(), text.clone().into_bytes())));
    if determine(program, &files, &[])? == settled {
        Ok(settled)
    } else {
        Err(io::Error::other("with flags that facts leave open read as no, a list differs"))
    }
}

/// The files of the first pass, and its lists, in which a flag may be open.
///
/// # Errors
///
/// If the generated files do not load.
pub fn first_pass(options: &Options, program: &Program, prefix: &str) -> io::Result<(Vec<InputFile>, Vec<List>)> {
    let files = files(options, prefix)?;
    let lists = determine(program, &files, &[])?;
    Ok((files, lists))
}

/// Everything up to the latest year of `options` that bears on agencies.
fn files(options: &Options, prefix: &str) -> io::Result<Vec<InputFile>> {
    let last = options.years.iter().copied().max().unwrap_or(0);
    let all = Options { years: YEARS.into_iter().filter(|year| *year <= last).collect(), schools: false, ..options.clone() };
    let own = |name: &str, first: &[&[u8]]| first[0].starts_with(prefix.as_bytes()) && (name.starts_with("local") || first[1] == b"D");
    let mut files: Vec<InputFile> = in_memory(&all)?
        .into_iter()
        .map(|(name, text)| (excerpt(&text, |first| own(&name, first)), name))
        .map(|(text, name)| input(name, text))
        .collect();
    for year in CALPADS_YEARS.into_iter().filter(|year| *year <= last) {
        let (name, text) = calpads(year);
        // an empty list says of itself neither year nor for whom it is complete
        files.push(InputFile { year: Some(year), ..input(name, text) });
    }
    Ok(files)
}

fn input(name: String, bytes: Vec<u8>) -> InputFile {
    InputFile { name, content: bytes.into(), source: None, year: None, complete: Some(Complete::All) }
}

/// A list for each year that the indicator files name. Where `before` has an open flag, the list that was read in its
/// place does not count.
fn determine(program: &Program, files: &[InputFile], before: &[List]) -> io::Result<Vec<List>> {
    let report = program.reports.iter().find(|report| report.named.name == "cde");
    let report = report.ok_or_else(|| io::Error::other("the rules declare no report `cde`"))?;
    let mut loaded = load(program, files, true, |_| {});
    if let Some(problem) = loaded.diagnostics.first() {
        return Err(io::Error::other(format!("a generated file does not load: {problem:?}")));
    }
    no_color(program, &mut loaded.facts);
    for (year, _, text) in before {
        for key in text.lines().filter(|line| line.contains("\t?")).filter_map(|line| line.split('\t').nth(1)) {
            reopen(program, &mut loaded.facts, *year, key);
        }
    }
    let years: Vec<i32> = loaded.facts.years().collect();
    years
        .into_iter()
        .map(|year| {
            let entry = program.period.year(year).ok_or_else(|| io::Error::other(format!("the rules know no Dashboard of {year}")))?;
            let setting = Setting::new(program, entry.on);
            // local indicator files also list charter schools; the report leaves them out
            let mut subjects = loaded.facts.listed(year);
            // county offices were first rated in 2018
            subjects.retain(|subject| year > 2017 || &loaded.facts.subjects()[*subject].key[2..4] != "10");
            let rows = layout(&setting, &loaded.facts, report, year, &subjects);
            let text: String = rows.iter().map(|row| format!("{}\n", row.join("\t"))).collect();
            Ok((year, format!("assistancestatus{year}.txt"), text))
        })
        .collect()
}

/// Forgets the flags recorded for an agency.
fn reopen(program: &Program, facts: &mut Facts, year: i32, key: &str) {
    let Some(subject) = facts.find(key) else { return };
    for (at, fact) in program.facts.iter().enumerate() {
        if ["recorded_dta", "recorded_geolead"].contains(&fact.named.name.as_str()) {
            facts.set(program, FactId(at), year, subject, 0, fact.full(program), None, None);
        }
    }
}

/// Says that there is no color where no file has one: status-only years, and indicators not yet or not then published.
/// Left open, it could make a group count that is too small for everything else.
fn no_color(program: &Program, facts: &mut Facts) {
    let Some(at) = program.facts.iter().position(|fact| fact.named.name == "color") else { return };
    let fact = &program.facts[at];
    let (open, absent) = (fact.full(program), fact.absent_bit(program));
    for year in YEARS {
        for subject in facts.listed(year) {
            for offset in 0..fact.stride(program) {
                if facts.cell(program, FactId(at), year, subject, offset).mask == open {
                    facts.set(program, FactId(at), year, subject, offset, absent, None, None);
                }
            }
        }
    }
}
