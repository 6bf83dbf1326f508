//! The generated state: does it load, does it look like California, is it the same on every run?
//!
//! Bands are wide enough for another seed; each names the figure of the California Department of Education (CDE) that
//! it stands around.

use crate::support::program;
use enact::facts::Facts;
use enact::import::{Complete, InputFile, Loaded, load};
use enact::program::FactId;
use generator::dirt::{Expect, cases};
use generator::files::{Options, YEARS};
use generator::levels::{Cell, Cuts, Indicator, Row, judge};
use generator::memory::{Contents, excerpt, in_memory};
use generator::{assistance, groups, layouts};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

#[path = "../../examples/synth/generator/mod.rs"]
#[allow(dead_code, reason = "the example uses what the tests do not")]
mod generator;

fn options(years: &[i32]) -> Options {
    Options { scale: 1, seed: 1, years: years.to_vec(), schools: false }
}

fn state() -> &'static Contents {
    static STATE: OnceLock<Contents> = OnceLock::new();
    STATE.get_or_init(|| in_memory(&options(&YEARS)).unwrap())
}

/// A row of a generated indicator file, by column.
type Cells<'a> = BTreeMap<&'a str, &'a str>;

fn rows<'a>(name: &str, keep: impl Fn(&[&str]) -> bool) -> Vec<Cells<'a>> {
    let text = std::str::from_utf8(&state()[name]).unwrap();
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    lines
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .filter(|cells| keep(cells))
        .map(|cells| {
            assert_eq!(cells.len(), header.len(), "{name}");
            header.iter().copied().zip(cells).collect()
        })
        .collect()
}

fn agency(cells: &[&str]) -> bool {
    cells[1] == "D"
}

fn count(cells: &Cells, column: &str) -> u32 {
    cells[column].parse().unwrap_or(0)
}

fn within(what: &str, value: f64, band: std::ops::RangeInclusive<f64>) {
    assert!(band.contains(&value), "{what} is {value}, not in {band:?}");
}

fn input(name: &str, bytes: Vec<u8>, complete: Complete) -> InputFile {
    InputFile { name: name.to_owned(), content: bytes.into(), source: None, year: None, complete: Some(complete) }
}

/// Every fact of every subject, by key.
fn said(facts: &Facts) -> BTreeSet<String> {
    let program = program();
    let mut out = BTreeSet::new();
    for (subject, info) in facts.subjects().iter().enumerate() {
        out.insert(format!("{} {}", info.key, info.name));
        for (at, fact) in program.facts.iter().enumerate() {
            for year in YEARS {
                for offset in 0..fact.stride(program) {
                    let cell = facts.cell(program, FactId(at), year, subject, offset);
                    if cell.mask != fact.full(program) {
                        out.insert(format!("{} {} {year} {offset}: {} {:?}", info.key, fact.named.name, cell.mask, cell.number));
                    }
                }
            }
        }
    }
    out
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let one = in_memory(&options(&[2023])).unwrap();
    // other years, schools or copies around it change nothing
    assert!(one.iter().all(|(name, text)| state()[name] == *text));
    let other = in_memory(&Options { seed: 2, ..options(&[2023]) }).unwrap();
    assert!(one.iter().all(|(name, text)| other[name] != *text));
    // a digest, so that a change of the draws on another machine or by a new version is noticed
    let digest =
        one.values().flatten().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!(format!("{digest:016x}"), "d81c82eca06f1a7f");
}

#[test]
fn agencies_stay_the_same_with_schools_and_in_a_larger_state() {
    let first = |contents: &Contents, wanted: &dyn Fn(&str) -> bool| -> BTreeMap<String, usize> {
        let mut out = BTreeMap::new();
        for line in std::str::from_utf8(&contents["graddownload2023.txt"]).unwrap().lines().filter(|line| wanted(line)) {
            *out.entry(line.to_owned()).or_default() += 1;
        }
        out
    };
    let is_agency = |line: &str| line.split('\t').nth(1) == Some("D") || line.split('\t').nth(5) == Some("Y");
    let alone = first(state(), &is_agency);
    let schools = in_memory(&Options { schools: true, ..options(&[2023]) }).unwrap();
    assert_eq!(first(&schools, &is_agency), alone);
    let twice = first(&in_memory(&Options { scale: 2, ..options(&[2023]) }).unwrap(), &is_agency);
    assert!(alone.keys().all(|line| twice.contains_key(line)));
    let keys = |rows: &BTreeMap<String, usize>| rows.keys().map(|line| line[..14].to_owned()).collect::<BTreeSet<_>>().len();
    within("twice as many agencies", keys(&twice) as f64 / keys(&alone) as f64, 1.9..=2.1);
    assert!(twice.values().all(|times| *times == 1), "no row twice");
}

/// For 400 copies the codes suffice, and each is of the kind it should be.
#[test]
fn codes_suffice_for_four_hundred_copies() {
    let mut seen = BTreeSet::new();
    for copy in [0, 1, 2, 57, 98, 99, 100, 255, 398, 399] {
        for county in 0..generator::plan::N_COUNTIES {
            for entity in generator::plan::county(1, copy, county, false) {
                let kind = match entity.kind {
                    generator::plan::Kind::CountyOffice => "county_office",
                    generator::plan::Kind::District => "district",
                    _ => "charter",
                };
                let found = program().subject.kind_of(&entity.cds).map(|kind| program().subject.kinds[kind].named.name.as_str());
                assert_eq!((entity.cds.len(), found), (14, Some(kind)), "{}", entity.cds);
                assert!(seen.insert(entity.cds.clone()), "{} twice", entity.cds);
            }
        }
    }
}

/// Rows follow from their own numbers, and each year's prior status is the status of the Dashboard before.
#[test]
fn rows_are_consistent() {
    for (name, prior, indicator) in [
        ("suspdownload2024.txt", "suspdownload2023.txt", Indicator::Susp),
        ("chronicdownload2023.txt", "chronicdownload2022.txt", Indicator::Chro),
        ("graddownload2025.txt", "graddownload2024.txt", Indicator::Grad),
    ] {
        let key = |row: &Cells<'static>| (row["cds"], row["studentgroup"]);
        let before: BTreeMap<_, _> = rows(prior, |_| true).into_iter().map(|row| (key(&row), row)).collect();
        let mut compared = 0;
        for row in rows(name, |cells| cells[1] != "X") {
            let cell = |n: &str, sum: &str| Cell { n: count(&row, n), sum: row[sum].parse().unwrap_or(0) };
            let cuts = match row.get("type").copied().unwrap_or("UD") {
                "ED" => Cuts::Ed,
                "HD" => Cuts::Hd,
                "ES" => Cuts::Es,
                "MS" => Cuts::Ms,
                "HS" => Cuts::Hs,
                _ => Cuts::Ud,
            };
            let group = groups::CODES.iter().position(|code| *code == row["studentgroup"]).unwrap();
            let uncertified = row.get("certifyflag") == Some(&"Y");
            let year = row["reportingyear"].parse().unwrap();
            let about = Row { indicator, year, cuts, agency: row["rtype"] == "D", group, uncertified };
            let judged = judge(about, cell("currdenom", "currnumer"), Some(cell("priordenom", "priornumer")));
            assert_eq!(row["color"], judged.color.to_string(), "{name} {row:?}");
            assert_eq!(row["statuslevel"], judged.status_level.to_string(), "{name} {row:?}");
            assert_eq!(row["box"], judged.box_number.to_string(), "{name} {row:?}");
            assert!(count(&row, "currnumer") <= count(&row, "currdenom"));
            if let Some(old) = before.get(&key(&row)) {
                let number = |text: &str| text.parse::<f64>().ok();
                assert_eq!(number(row["priorstatus"]), number(old["currstatus"]), "{name} {row:?}");
                compared += 1;
            }
        }
        assert!(compared > 2_000, "{name}: {compared}");
    }
}

/// The generator's own tables against colors that CDE published.
#[test]
fn the_tables_are_those_of_the_published_files() {
    for year in [2018, 2023, 2024] {
        for (stem, indicator) in [
            ("ela", Indicator::Ela),
            ("math", Indicator::Math),
            ("susp", Indicator::Susp),
            ("chronic", Indicator::Chro),
            ("grad", Indicator::Grad),
            ("elpi", Indicator::Elpi),
        ] {
            if indicator == Indicator::Elpi && year < 2023 {
                continue;
            }
            let path = format!("monterey/{year}/{stem}download{year}.txt.gz");
            let mut text = String::new();
            let bytes = std::fs::read(crate::support::root().join("examples/california").join(path)).unwrap();
            std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut text).unwrap();
            let mut lines = text.lines();
            let header: Vec<String> = lines.next().unwrap().split('\t').map(str::to_lowercase).collect();
            let mut compared = 0;
            for line in lines {
                let cells: BTreeMap<&str, &str> = header.iter().map(String::as_str).zip(line.split('\t')).collect();
                let level = |column: &str| cells[column].parse::<u8>().unwrap_or(0);
                // an uncertified row is Orange whatever its levels
                if level("color") == 0 || cells.get("certifyflag") == Some(&"Y") || level("statuslevel") == 0 {
                    continue;
                }
                let small = cells.get("smalldenom").or(cells.get("safetynet")) == Some(&"Y");
                let column = if small { level("changelevel").clamp(2, 4) } else { level("changelevel") };
                let color = generator::levels::color(indicator, level("statuslevel"), column);
                assert_eq!(color, level("color"), "{stem} {year}: {line}");
                compared += 1;
            }
            assert!(compared > 20, "{stem} {year}: {compared}");
        }
    }
}

#[test]
fn every_layout_names_columns_of_its_year() {
    let with_color = |indicator, year| layouts::layout(indicator, year).is_some_and(|layout| layout.header.contains("\tcolor\t"));
    assert!(with_color(Indicator::Ela, 2017) && !with_color(Indicator::Ela, 2022));
    assert!(!with_color(Indicator::Cci, 2023) && with_color(Indicator::Cci, 2024) && !with_color(Indicator::Elpi, 2019));
    assert!(layouts::layout(Indicator::Chro, 2017).is_none());
    for year in [2018, 2022, 2023, 2024] {
        for (stem, indicator) in [("ela", Indicator::Ela), ("susp", Indicator::Susp), ("cci", Indicator::Cci), ("elpi", Indicator::Elpi)] {
            let path = crate::support::root().join(format!("examples/california/monterey/{year}/{stem}download{year}.txt.gz"));
            let Ok(bytes) = std::fs::read(path) else { continue };
            let mut text = String::new();
            std::io::Read::read_to_string(&mut flate2::read::GzDecoder::new(bytes.as_slice()), &mut text).unwrap();
            assert_eq!(layouts::layout(indicator, year).unwrap().header, text.lines().next().unwrap(), "{stem} {year}");
        }
    }
}

/// Size and spread, against CDE's files: assistance 2022 and 2024, English learner progress 2024.
#[test]
fn the_state_has_the_size_of_california() {
    let agencies: BTreeSet<&str> = rows("suspdownload2022.txt", agency).iter().map(|row| row["cds"]).collect();
    within("agencies (CDE 2022: 993)", agencies.len() as f64, 985.0..=998.0);
    let charters: BTreeSet<&str> = rows("suspdownload2024.txt", |cells| cells[5] == "Y").iter().map(|row| row["cds"]).collect();
    within("charter schools (about 1,280)", charters.len() as f64, 1_200.0..=1_340.0);
    let mut pupils: Vec<u32> =
        rows("suspdownload2024.txt", agency).iter().filter(|row| row["studentgroup"] == "ALL").map(|row| count(row, "currdenom")).collect();
    pupils.sort_unstable();
    let at = |share: f64| f64::from(pupils[(pupils.len() as f64 * share) as usize]);
    within("pupils, tenth (about 90)", at(0.1), 50.0..=150.0);
    within("pupils, median (about 1,500)", at(0.5), 1_000.0..=2_100.0);
    within("pupils, ninetieth (about 18,000)", at(0.9), 9_000.0..=20_000.0);
    let mut learners: Vec<u32> =
        rows("elpidownload2024.txt", agency).iter().filter(|row| row["studentgroup"] == "EL").map(|row| count(row, "currdenom")).collect();
    learners.sort_unstable();
    let at = |share: f64| f64::from(learners[(learners.len() as f64 * share) as usize]);
    within("English learners, median (CDE 2024: 151)", at(0.5), 100.0..=230.0);
    within("English learners, three quarters (CDE 2024: 762)", at(0.75), 550.0..=1_100.0);
    // share of rows without color; CDE's files of one county, English learners of the state
    for (name, indicator, band) in [
        ("suspdownload2024.txt", "0.41", 0.33..=0.47),
        ("chronicdownload2024.txt", "0.46", 0.36..=0.52),
        ("graddownload2024.txt", "0.45 to 0.51", 0.42..=0.60),
    ] {
        let all = rows(name, agency);
        let none = all.iter().filter(|row| row["color"] == "0").count();
        within(&format!("{name} without color ({indicator})"), none as f64 / all.len() as f64, band);
    }
    for (group, figure, band) in [("EL", "0.29", 0.22..=0.34), ("LTEL", "0.31", 0.25..=0.38)] {
        let all: Vec<_> = rows("elpidownload2024.txt", agency).into_iter().filter(|row| row["studentgroup"] == group).collect();
        let none = all.iter().filter(|row| row["color"] == "0").count();
        within(&format!("{group} without color ({figure})"), none as f64 / all.len() as f64, band);
    }
}

/// Rows of a whole state with schools, against the sizes of CDE's files.
#[test]
fn files_have_as_many_rows_as_published_ones() {
    let contents = in_memory(&Options { schools: true, ..options(&[2024]) }).unwrap();
    let lines = |name: &str| contents[name].iter().filter(|byte| **byte == b'\n').count() as f64;
    within("ELA rows (about 200,000)", lines("eladownload2024.txt"), 170_000.0..=230_000.0);
    within("suspension rows (about 165,000)", lines("suspdownload2024.txt"), 135_000.0..=185_000.0);
    within("absenteeism rows (about 135,000)", lines("chronicdownload2024.txt"), 105_000.0..=150_000.0);
    within("learner progress rows (17,926)", lines("elpidownload2024.txt"), 15_500.0..=21_500.0);
    within("graduation rows (about 32,000)", lines("graddownload2024.txt"), 27_000.0..=46_000.0);
    let text = std::str::from_utf8(&contents["suspdownload2024.txt"]).unwrap();
    let schools: BTreeSet<&str> = text.lines().filter(|line| line.split('\t').nth(1) == Some("S")).map(|line| &line[..14]).collect();
    within("schools (about 9,700)", schools.len() as f64, 9_000.0..=10_500.0);
}

/// Red cells of districts and county offices in 2023, against CDE's list of them.
#[test]
fn red_cells_are_about_as_many_as_published() {
    for (name, group, published) in [
        ("eladownload2023.txt", "ALL", 46),
        ("eladownload2023.txt", "EL", 256),
        ("eladownload2023.txt", "SWD", 327),
        ("eladownload2023.txt", "HOM", 146),
        ("eladownload2023.txt", "WH", 18),
        ("mathdownload2023.txt", "ALL", 80),
        ("mathdownload2023.txt", "EL", 232),
        ("mathdownload2023.txt", "SWD", 237),
        ("mathdownload2023.txt", "AA", 77),
        ("chronicdownload2023.txt", "ALL", 160),
        ("chronicdownload2023.txt", "SED", 183),
        ("chronicdownload2023.txt", "WH", 123),
        ("suspdownload2023.txt", "ALL", 123),
        ("suspdownload2023.txt", "FOS", 220),
        ("suspdownload2023.txt", "SWD", 226),
        ("suspdownload2023.txt", "WH", 96),
        ("graddownload2023.txt", "EL", 38),
        ("graddownload2023.txt", "SWD", 66),
        ("elpidownload2023.txt", "EL", 66),
    ] {
        let red =
            rows(name, agency).iter().filter(|row| row.get("studentgroup").is_none_or(|own| *own == group) && row["color"] == "1").count();
        let spread = 12.0 + f64::from(published) * 0.35;
        within(
            &format!("red {group} cells of {name} (CDE: {published})"),
            red as f64,
            f64::from(published) - spread..=f64::from(published) + spread,
        );
    }
    for (name, group) in [("eladownload2023.txt", "FI"), ("mathdownload2023.txt", "AS"), ("suspdownload2023.txt", "FI")] {
        let red = rows(name, agency).iter().filter(|row| row["studentgroup"] == group && row["color"] == "1").count();
        assert!(red < 12, "{red} red {group} cells of {name}, where CDE has none or one");
    }
}

/// Colors among colored rows, against CDE's statewide file of English learner progress.
#[test]
fn colors_are_spread_as_published() {
    for (group, shares) in [("EL", [0.157, 0.430, 0.156, 0.194, 0.063]), ("LTEL", [0.205, 0.362, 0.138, 0.188, 0.106])] {
        let colored: Vec<u32> = rows("elpidownload2024.txt", agency)
            .iter()
            .filter(|row| row["studentgroup"] == group && row["color"] != "0")
            .map(|row| count(row, "color"))
            .collect();
        for (color, share) in (1..).zip(shares) {
            let found = colored.iter().filter(|own| **own == color).count() as f64 / colored.len() as f64;
            within(&format!("color {color} of {group} (CDE: {share})"), found, share - 0.10..=share + 0.10);
        }
    }
}

/// What Enact determines of the generated state, against CDE's LCFF assistance status files.
#[test]
fn determinations_are_about_as_many_as_published() {
    let (_, lists) = assistance::first_pass(&options(&[2022]), program(), "").unwrap();
    let table = |year: i32| -> Vec<BTreeMap<String, String>> {
        let (_, _, text) = lists.iter().find(|(own, ..)| *own == year).unwrap();
        let mut lines = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let header = lines.next().unwrap();
        lines.map(|cells| header.iter().cloned().zip(cells).collect()).collect()
    };
    for (year, column, published) in [
        (2017, "Assistance_Status", 0.24),
        (2018, "AssistanceStatus2018", 0.39),
        (2019, "AssistanceStatus2019", 0.33),
        (2022, "AssistanceStatus2022", 0.62),
    ] {
        let rows = table(year);
        let helped = rows.iter().filter(|row| row[column].starts_with("Differentiated")).count() as f64 / rows.len() as f64;
        within(&format!("share in assistance in {year} (CDE: {published})"), helped, published - 0.07..=published + 0.07);
    }
    let rows_2022 = table(2022);
    let mut by_groups = [0.0; 7];
    rows_2022.iter().for_each(|row| by_groups[row["TotalStudentGroups"].parse::<usize>().unwrap().min(6)] += 1.0);
    for (groups, published) in [376.0, 174.0, 131.0, 96.0, 72.0, 59.0, 85.0].into_iter().enumerate() {
        within(
            &format!("agencies with {groups} groups in 2022 (CDE: {published})"),
            by_groups[groups],
            published * 0.6 - 8.0..=published * 1.45,
        );
    }
    let letters = |group: &str| rows_2022.iter().filter(|row| row[&format!("{group}priorities")] != "*").count();
    let mut order: Vec<&str> = "AA AI AS EL FI FOS HI HOM PI SED SWD TOM WH".split(' ').collect();
    order.sort_by_key(|group| std::cmp::Reverse(letters(group)));
    let first: BTreeSet<&str> = order[..4].iter().copied().collect();
    assert_eq!(order[0], "SWD", "CDE 2022: 520 of 993");
    assert_eq!(first, BTreeSet::from(["SWD", "HOM", "FOS", "EL"]), "CDE 2022: 520, 272, 243, 230");
    assert!(letters("FI") + letters("AS") < 12, "CDE 2022: 1 and 2");
    let direct = rows_2022.iter().filter(|row| row["EC52072_2022"] == "Y").count() as f64 / rows_2022.len() as f64;
    within("EC 52072 in 2022 (CDE: 39 of 993)", direct, 0.02..=0.07);
    for year in [2018, 2019] {
        let count = |column: &str| table(year).iter().filter(|row| row[column] == "Y").count();
        assert!(count("MetMethod2") <= 26, "{year}: {} by Method 2 (CDE: 0 to 20)", count("MetMethod2"));
        assert!(count("MetMethod3") <= 4, "{year}: {} by Method 3 (CDE: 0 to 2)", count("MetMethod3"));
    }
}

/// The second pass reads the letters of the first and leaves nothing open. Of one county, for the time it takes.
#[test]
fn determinations_read_as_published_give_themselves_again() {
    let lists = assistance::lists(&options(&[2025]), program(), "31").unwrap();
    assert_eq!(lists.iter().map(|(year, ..)| *year).collect::<Vec<_>>(), YEARS);
    let files: Vec<InputFile> =
        lists.iter().map(|(_, name, text)| input(name, text.clone().into_bytes(), Complete::Prefixes(vec!["31".to_owned()]))).collect();
    let loaded = load(program(), &files, true, |_| {});
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    assert!(lists.iter().all(|(_, _, text)| text.lines().count() > 14));
}

#[test]
fn every_file_loads_without_a_problem() {
    // a third of the state, the state's own rows included, for the time it takes
    let part = |text: &[u8]| excerpt(text, |first| matches!(first[0][0], b'0' | b'1'));
    let mut files: Vec<InputFile> = state().iter().map(|(name, text)| input(name, part(text), Complete::All)).collect();
    files.extend(assistance::CALPADS_YEARS.map(|year| {
        let (name, text) = assistance::calpads(year);
        InputFile { year: Some(year), ..input(&name, text, Complete::All) }
    }));
    let loaded = load(program(), &files, true, |_| {});
    assert!(loaded.diagnostics.is_empty(), "{:#?}", &loaded.diagnostics[..loaded.diagnostics.len().min(3)]);
    assert_eq!(loaded.notes.files.len(), files.len());
    assert!(loaded.notes.files.iter().all(|note| note.used > 0 || note.file.starts_with("calpads")));
}

/// Dirt is read as if it were not there, or as stated, or refused with the stated code.
#[test]
fn dirt_has_its_stated_consequence() {
    let read = |files: &[(String, Vec<u8>)]| -> Loaded {
        let files: Vec<InputFile> =
            files.iter().map(|(name, text)| input(name, text.clone(), Complete::Prefixes(vec!["01".to_owned()]))).collect();
        load(program(), &files, true, |_| {})
    };
    let cases = cases(1).unwrap();
    let mut clean: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for case in &cases {
        let clean = clean.entry(case.clean.0.clone()).or_insert_with(|| {
            let loaded = read(std::slice::from_ref(&case.clean));
            assert!(loaded.diagnostics.is_empty(), "{}: {:#?}", case.clean.0, loaded.diagnostics);
            said(&loaded.facts)
        });
        let loaded = read(&case.files);
        let codes: BTreeSet<&str> = loaded.diagnostics.iter().map(|problem| problem.code).collect();
        match case.expect {
            Expect::Refused(code) => assert_eq!(codes, BTreeSet::from([code]), "{}: {:#?}", case.id, loaded.diagnostics),
            Expect::Same => {
                assert!(codes.is_empty(), "{}: {:#?}", case.id, loaded.diagnostics);
                assert!(said(&loaded.facts) == *clean, "{} says something else", case.id);
            }
            Expect::Differs(_) => {
                assert!(codes.is_empty(), "{}: {:#?}", case.id, loaded.diagnostics);
                assert!(said(&loaded.facts) != *clean, "{} says the same", case.id);
            }
        }
        if matches!(case.id, "few-pupils" | "foster-and-homeless" | "colored-tests" | "colored-tests-2024") {
            assert!(!case.rows.is_empty(), "{} does not occur", case.id);
        }
    }
    assert!(cases.len() > 35);
    let list: toml::Table = generator::dirt::list(&cases).parse().unwrap();
    assert!(list["dirt"].as_array().unwrap().len() >= cases.len());
}
