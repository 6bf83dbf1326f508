//! What the published files are really like: each known oddity of CDE's data, read by the shipped sources.

use crate::support::{files, program, root};
use enact::import::{Complete, InputFile, Loaded, load};
use enact::program::Program;
use std::fs;
use std::io::Read;

const ID: &str = "cds rtype schoolname districtname countyname charter_flag coe_flag dass_flag";
const SUSP_2024: &str = "type studentgroup currnumer currdenom currstatus priornumer priordenom priorstatus change statuslevel changeLevel color box smalldenom currnsizemet priornsizemet accountabilitymet certifyflag priorcertifyflag indicator reportingyear";
const ELA_2024: &str = "studentgroup currdenom currstatus priordenom priorstatus change statuslevel changelevel color box currnsizemet priornsizemet accountabilitymet hscutpoints pairshare_method indicator reportingyear";
const ELPI_2023: &str = "currprogressed currnumer currdenom currstatus priordenom priorstatus change statuslevel changelevel color box currnsizemet priornsizemet accountabilitymet indicator reportingyear";
const GROUPS: &str = "AApriorities AIpriorities ASpriorities ELpriorities FIpriorities FOSpriorities HIpriorities HOMpriorities PIpriorities SEDpriorities SWDpriorities TOMpriorities WHpriorities";

/// A district of a county that does not exist.
const LEA: &str = "59123450000000";

/// A file as text: header, then rows that give some columns.
fn table(header: &str, rows: &[&[(&str, &str)]], delimiter: &str, line_end: &str) -> String {
    let columns: Vec<&str> = header.split(' ').collect();
    let mut out = columns.join(delimiter) + line_end;
    for row in rows {
        for (column, _) in *row {
            assert!(columns.contains(column), "{column}");
        }
        let cells: Vec<&str> =
            columns.iter().map(|column| row.iter().find(|(name, _)| name == column).map_or("", |(_, value)| *value)).collect();
        out += &(cells.join(delimiter) + line_end);
    }
    out
}

fn input(name: &str, bytes: impl Into<Vec<u8>>) -> InputFile {
    InputFile { complete: Some(Complete::Prefixes(vec!["59".into()])), ..InputFile::new(name, bytes) }
}

fn read(files: &[InputFile]) -> Loaded {
    load(program(), files, true, |_| {})
}

fn read_well(files: &[InputFile]) -> Loaded {
    let loaded = read(files);
    assert!(loaded.diagnostics.is_empty(), "{:#?}", loaded.diagnostics);
    loaded
}

/// The names of the values a cell can have.
fn cell(loaded: &Loaded, fact: &str, members: &[&str], year: i32, key: &str) -> Vec<String> {
    let program: &Program = program();
    let id = program.facts.iter().position(|own| own.named.name == fact).unwrap();
    let declared = &program.facts[id];
    let members: Vec<usize> =
        declared.categories.iter().zip(members).map(|(category, name)| program.categories[category.0].member(name).unwrap()).collect();
    let subject = loaded.facts.find(key).unwrap();
    let cell = loaded.facts.cell(program, enact::program::FactId(id), year, subject, declared.offset(program, &members));
    if let Some(number) = cell.number {
        return vec![number.to_string()];
    }
    (0..128).filter(|bit| cell.mask & (1 << bit) != 0).map(|bit| declared.value_name(program, bit)).collect()
}

fn susp<'r>(group: &'r str, color: &'r str, n: &'r str) -> Vec<(&'r str, &'r str)> {
    vec![
        ("cds", LEA),
        ("rtype", "D"),
        ("districtname", "Made Up Unified"),
        ("studentgroup", group),
        ("color", color),
        ("statuslevel", "1"),
        ("currdenom", n),
        ("indicator", "SUSP"),
        ("reportingyear", "2024"),
    ]
}

fn susp_file(rows: &[Vec<(&str, &str)>]) -> String {
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    table(&format!("{ID} {SUSP_2024}"), &rows, "\t", "\n")
}

fn codes(loaded: &Loaded) -> Vec<&'static str> {
    loaded.diagnostics.iter().map(|problem| problem.code).collect()
}

/// Quirk 1: a spreadsheet drops the leading zero of county codes and spells groups out.
#[test]
fn leading_zeros_are_restored_only_where_the_source_says_so() {
    let header = format!(
        "{ID} studentgroup currdenom currstatus priordenom priorstatus change statuslevel changelevel color ImageURL box currnsizemet priornsizemet accountabilitymet indicator reportingyear"
    );
    let row: &[(&str, &str)] = &[
        ("cds", "1100170000000"),
        ("rtype", "D"),
        ("studentgroup", "English Learner"),
        ("currdenom", "50"),
        ("color", "2"),
        ("statuslevel", "2"),
        ("indicator", "ELPI"),
        ("reportingyear", "2024"),
    ];
    let damaged = table(&header, &[row], ",", "\n");
    let loaded = read_well(&[input("elpidownload2024.spreadsheet-damaged.csv", damaged.clone())]);
    assert_eq!(cell(&loaded, "color", &["EL", "ELPI"], 2024, "01100170000000"), ["Orange"]);
    assert_eq!(loaded.notes.files[0].padded, 1, "and the repair is reported");
    let undamaged_name = read(&[input("elpidownload2024.txt", damaged)]);
    assert_eq!(codes(&undamaged_name), ["data/bad-key"]);
    assert!(undamaged_name.diagnostics[0].help.as_ref().unwrap().contains("leading zeros"));
}

/// Quirk 2: two or more races is MR in indicator files and TOM in assistance files.
#[test]
fn two_or_more_races_have_two_codes() {
    let letters = table(
        &format!(
            "CDcode CDS LEAname Cityname Countyname Gsoffered ReportYear {GROUPS} TotalStudentGroups AssistanceStatus2022 MetMethod1 EC52072_2022"
        ),
        &[&[
            ("CDS", LEA),
            ("ReportYear", "2022"),
            ("TOMpriorities", "B"),
            ("AApriorities", "*"),
            ("AssistanceStatus2022", "Differentiated Assistance"),
            ("MetMethod1", "Y"),
            ("EC52072_2022", "N"),
        ]],
        "\t",
        "\n",
    );
    let loaded =
        read_well(&[input("assistancestatus2022.txt", letters), input("suspdownload2024.txt", susp_file(&[susp("MR", "1", "40")]))]);
    assert_eq!(cell(&loaded, "letter", &["MR"], 2022, LEA), ["B"]);
    assert_eq!(cell(&loaded, "letter", &["AA"], 2022, LEA), ["absent"], "a star is a blank");
    assert_eq!(cell(&loaded, "color", &["MR", "SUSP"], 2024, LEA), ["Red"]);
}

/// Quirk 3: ELPI files before 2024 have no column for the group: every row is of English learners, and of no other group.
#[test]
fn elpi_without_a_group_is_of_english_learners() {
    let row: &[(&str, &str)] = &[
        ("cds", LEA),
        ("rtype", "D"),
        ("currdenom", "60"),
        ("color", "1"),
        ("statuslevel", "1"),
        ("indicator", "ELPI"),
        ("reportingyear", "2023"),
    ];
    let loaded = read_well(&[input("elpidownload2023.txt", table(&format!("{ID} {ELPI_2023}"), &[row], "\t", "\n"))]);
    assert_eq!(cell(&loaded, "color", &["EL", "ELPI"], 2023, LEA), ["Red"]);
    assert_eq!(cell(&loaded, "color", &["SWD", "ELPI"], 2023, LEA), ["absent"]);
    let late: Vec<(&str, &str)> = row.iter().map(|(name, value)| (*name, if *name == "reportingyear" { "2024" } else { value })).collect();
    let from_2024 = read(&[input("elpidownload2024.txt", table(&format!("{ID} {ELPI_2023}"), &[&late], "\t", "\n"))]);
    assert_eq!(codes(&from_2024), ["data/missing-column"], "from 2024 on the column must be there");
    let other = susp_file(&[susp("AA", "1", "40")]).replace("studentgroup", "subgroup");
    assert_eq!(codes(&read(&[input("suspdownload2024.txt", other)])), ["data/missing-column"], "no other file may lack it");
}

/// Quirks 4 and 5: the year column and others change their spelling; 2017 writes `2017f`; some headers end in a blank.
#[test]
fn headers_and_years_in_every_spelling() {
    for (header, year) in [("reportingyear", "2024"), ("ReportingYear", "2024"), ("reportingyear ", "2024")] {
        let text = susp_file(&[susp("AA", "1", "40")]).replacen("reportingyear", header, 1).replace("\t2024\n", &format!("\t{year}\n"));
        let loaded = read_well(&[input("suspdownload2024.txt", text)]);
        assert_eq!(cell(&loaded, "color", &["AA", "SUSP"], 2024, LEA), ["Red"]);
    }
    let upper = susp_file(&[susp("AA", "1", "40")]);
    let (head, rest) = upper.split_once('\n').unwrap();
    let loaded = read_well(&[input("SUSPDOWNLOAD2024.TXT", format!("{}\n{rest}", head.to_uppercase()))]);
    assert_eq!(cell(&loaded, "pupils", &["AA", "SUSP"], 2024, LEA), ["40"]);
    let fall = table(
        &format!("{ID} studentgroup currdenom currstatus priordenom priorstatus change statuslevel changelevel color box ReportingYear"),
        &[&[
            ("cds", LEA),
            ("rtype", "L"),
            ("studentgroup", "AA"),
            ("currdenom", "40"),
            ("color", "2"),
            ("statuslevel", "2"),
            ("ReportingYear", "2017f"),
        ]],
        "\t",
        "\n",
    );
    let loaded = read_well(&[input("ela38download2017f.txt", fall)]);
    assert_eq!(cell(&loaded, "color", &["AA", "ELA"], 2017, LEA), ["Orange"], "and rows of LEAs were coded L in spring 2017");
    let misnamed = read(&[input("suspdownload2023.txt", susp_file(&[susp("AA", "1", "40")]))]);
    assert_eq!(codes(&misnamed), ["data/year-mismatch"], "a file name never overrules a row");
    let wrong_indicator = read(&[input(
        "eladownload2024.txt",
        table(
            &format!("{ID} {ELA_2024}"),
            &[&[("cds", LEA), ("rtype", "D"), ("studentgroup", "AA"), ("indicator", "MATH"), ("reportingyear", "2024")]],
            "\t",
            "\n",
        ),
    )]);
    assert_eq!(codes(&wrong_indicator), ["data/unexpected-value"]);
}

/// Quirks 6 and 7: 2022 has levels and sizes instead of colors; College/Career 2023 a level that counts only with its flag.
#[test]
fn status_only_years() {
    let row = |group, n, level| -> Vec<(&str, &str)> {
        vec![("cds", LEA), ("rtype", "D"), ("studentgroup", group), ("currdenom", n), ("statuslevel", level), ("reportingyear", "2022")]
    };
    let rows = [row("FOS", "16", "1"), row("SWD", "16", "1")];
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    let text =
        table(&format!("{ID} type studentgroup currnumer currdenom currstatus statuslevel certifyflag reportingyear"), &rows, "\t", "\n");
    let loaded = read_well(&[input("suspdownload2022.txt", text)]);
    assert_eq!(cell(&loaded, "status", &["SWD", "SUSP"], 2022, LEA), ["Level_1"], "a level from 11 pupils on");
    assert_eq!(cell(&loaded, "pupils", &["SWD", "SUSP"], 2022, LEA), ["16"], "so that the rule can ask for 30, or 15 of foster youth");
    let header = format!("{ID} studentgroup studentgroup_pct currdenom currstatus statuslevel currnsizemet indicator reportingyear");
    let cci = |group, flag| -> Vec<(&str, &str)> {
        vec![
            ("cds", LEA),
            ("rtype", "D"),
            ("studentgroup", group),
            ("currdenom", "20"),
            ("statuslevel", "1"),
            ("currnsizemet", flag),
            ("indicator", "CCI"),
            ("reportingyear", "2023"),
        ]
    };
    let rows = [cci("SWD", "Y"), cci("EL", "")];
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    let loaded = read_well(&[input("ccidownload2023.txt", table(&header, &rows, "\t", "\n"))]);
    assert_eq!(cell(&loaded, "status", &["SWD", "CCI"], 2023, LEA), ["Level_1"]);
    assert_eq!(cell(&loaded, "status", &["EL", "CCI"], 2023, LEA), ["absent"]);
}

/// A district whose rows are all passed over because of their student group has rows nonetheless.
#[test]
fn an_agency_without_a_row_of_a_group_is_listed() {
    let other = |key, rtype, group| {
        let mut row = susp(group, "1", "40");
        row[0] = ("cds", key);
        row[1] = ("rtype", rtype);
        row
    };
    let rows = [
        susp("SWD", "1", "40"),
        other("59123460000000", "D", "ALL"),
        other("59123450100001", "S", "ALL"),
        other("59123470000000", "D", "EO"),
        other("59123460000000", "D", "ALL"),
    ];
    let loaded = read_well(&[input("suspdownload2024.txt", susp_file(&rows))]);
    let listed: Vec<&str> = loaded.facts.listed(2024).iter().map(|subject| loaded.facts.subjects()[*subject].key.as_str()).collect();
    assert_eq!(listed, [LEA, "59123460000000", "59123470000000"], "all but the school");
    assert!(loaded.facts.subjects().iter().all(|subject| subject.name == "Made Up Unified"));
    assert_eq!(cell(&loaded, "color", &["SWD", "SUSP"], 2024, "59123460000000"), ["absent"]);
    assert_eq!((loaded.notes.files[0].rows, loaded.notes.files[0].used), (5, 1));

    let before_there_were_any = susp_file(&[susp("LTEL", "1", "40")]).replace("\t2024\n", "\t2023\n");
    let loaded = read_well(&[input("suspdownload2023.txt", before_there_were_any)]);
    assert_eq!(loaded.facts.listed(2023).len(), 1);
    assert_eq!(loaded.notes.files[0].years, [2023]);

    let refused = read(&[input("suspdownload2024.txt", susp_file(&[susp("XX", "1", "40")]))]);
    assert_eq!((codes(&refused), refused.facts.listed(2024)), (vec!["data/unknown-code"], vec![]));
}

/// Quirk 8 and dirt: a group without a row is absent for whom the file is complete, and unknown for everybody else.
#[test]
fn a_missing_row_is_absent_only_where_the_file_is_complete() {
    let other = "58123450000000";
    let rows = [
        susp("AA", "1", "40"),
        vec![("cds", other), ("rtype", "D"), ("studentgroup", "AA"), ("color", "5"), ("indicator", "SUSP"), ("reportingyear", "2024")],
    ];
    let loaded = read_well(&[input("suspdownload2024.txt", susp_file(&rows))]);
    assert_eq!(cell(&loaded, "color", &["FI", "SUSP"], 2024, LEA), ["absent"]);
    assert_eq!(cell(&loaded, "color", &["FI", "SUSP"], 2024, other).len(), 6, "complete for county 59 only");
    assert_eq!(cell(&loaded, "color", &["AA", "SUSP"], 2023, LEA).len(), 6, "nothing was loaded for 2023");
    let mut alone = input("suspdownload2024.txt", susp_file(&rows));
    alone.complete = None;
    let loaded = read_well(&[alone]);
    assert_eq!(cell(&loaded, "color", &["FI", "SUSP"], 2024, other), ["absent"], "without a manifest: the counties it has rows of");
    assert!(loaded.notes.files[0].complete_for.contains("59") && !loaded.notes.files[0].complete_declared);
}

/// Quirk 9: names change from year to year; only the code joins.
#[test]
fn names_do_not_join_files() {
    let old = susp_file(&[susp("AA", "1", "40")]);
    let ela = table(
        &format!("{ID} {ELA_2024}"),
        &[&[
            ("cds", LEA),
            ("rtype", "D"),
            ("districtname", "Made Up U High"),
            ("studentgroup", "AA"),
            ("currdenom", "40"),
            ("color", "2"),
            ("statuslevel", "2"),
            ("indicator", "ELA"),
            ("reportingyear", "2024"),
        ]],
        "\t",
        "\n",
    );
    let loaded = read_well(&[input("suspdownload2024.txt", old), input("eladownload2024.txt", ela)]);
    assert_eq!(loaded.facts.subjects().len(), 1);
}

/// Quirk 11: the Dashboard before 2022 is that of 2019.
#[test]
fn the_dashboard_before_2022_is_2019() {
    assert_eq!(program().period.published_until(2022).take(2).collect::<Vec<_>>(), [2022, 2019]);
}

/// Dirt: commas, carriage returns, a byte order mark, UTF-16, Windows-1252, order, names with `&`, apostrophes, accents.
#[test]
fn the_same_file_in_every_wrapping() {
    let mut rows = [susp("WH", "3", "40"), susp("AA", "1", "40")];
    rows[0][2].1 = "Peña & O'Neill Unified";
    rows[1][2].1 = "Peña & O'Neill Unified";
    let slices: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    let header = format!("{ID} {SUSP_2024}");
    let plain = table(&header, &slices, "\t", "\n");
    let utf_16: Vec<u8> = [0xff, 0xfe].into_iter().chain(plain.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    let windows: Vec<u8> = plain.chars().map(|c| if c == 'ñ' { 0xf1 } else { c as u8 }).collect();
    let gzip = {
        use std::io::Write;
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        writer.write_all(plain.as_bytes()).unwrap();
        writer.finish().unwrap()
    };
    for (name, bytes) in [
        ("suspdownload2024.txt", plain.clone().into_bytes()),
        ("suspdownload2024.csv", table(&header, &slices, ",", "\n").into_bytes()),
        ("suspdownload2024.txt", table(&header, &slices, "|", "\n").into_bytes()),
        ("suspdownload2024.txt", table(&header, &slices, "\t", "\r\n").into_bytes()),
        ("suspdownload2024.txt", format!("\u{feff}{plain}").into_bytes()),
        ("suspdownload2024.txt", utf_16),
        ("suspdownload2024.txt", windows),
        ("suspdownload2024.txt.gz", gzip),
    ] {
        let loaded = read_well(&[input(name, bytes)]);
        assert_eq!(cell(&loaded, "color", &["AA", "SUSP"], 2024, LEA), ["Red"], "{name}");
        assert_eq!(cell(&loaded, "color", &["WH", "SUSP"], 2024, LEA), ["Yellow"], "{name}");
        assert_eq!(loaded.facts.subjects()[0].name, "Peña & O'Neill Unified", "{name}");
    }
}

/// Dirt: few pupils, uncertified data, rows that are no accountability groups, repeated and contradicting rows.
#[test]
fn rows_that_need_judgement() {
    let few = [susp("AA", "0", "20"), susp("FOS", "1", "16"), susp("HI", "2", "300")];
    let loaded = read_well(&[input("suspdownload2024.txt", susp_file(&few))]);
    assert_eq!(cell(&loaded, "color", &["AA", "SUSP"], 2024, LEA), ["absent"], "a level from 11 pupils on, a color from 30");
    assert_eq!(cell(&loaded, "status", &["AA", "SUSP"], 2024, LEA), ["Level_1"]);
    assert_eq!(cell(&loaded, "color", &["FOS", "SUSP"], 2024, LEA), ["Red"]);
    assert_eq!(cell(&loaded, "color", &["HI", "SUSP"], 2024, LEA), ["Orange"], "uncertified data come as Orange and stay so");

    let ela = |group| -> Vec<(&str, &str)> {
        vec![
            ("cds", LEA),
            ("rtype", "D"),
            ("studentgroup", group),
            ("currdenom", "90"),
            ("color", "1"),
            ("statuslevel", "1"),
            ("indicator", "ELA"),
            ("reportingyear", "2024"),
        ]
    };
    let rows: Vec<Vec<(&str, &str)>> = ["ALL", "SBA", "CAA", "EO", "ELO", "RFP", "SWD"].into_iter().map(ela).collect();
    let rows: Vec<&[(&str, &str)]> = rows.iter().map(Vec::as_slice).collect();
    let loaded = read_well(&[input("eladownload2024.txt", table(&format!("{ID} {ELA_2024}"), &rows, "\t", "\n"))]);
    let note = &loaded.notes.files[0];
    assert_eq!((note.rows, note.used, note.skipped.values().sum::<usize>()), (7, 1, 6), "{:?}", note.skipped);

    let twice = [susp("AA", "1", "40"), susp("AA", "1", "40")];
    assert_eq!(read_well(&[input("suspdownload2024.txt", susp_file(&twice))]).notes.files[0].repeated, 1);
    let other = [susp("AA", "1", "40"), susp("AA", "2", "40")];
    assert_eq!(codes(&read(&[input("suspdownload2024.txt", susp_file(&other))])), ["data/duplicate-row"]);
    let ltel = susp_file(&[susp("LTEL", "1", "40"), susp("AA", "1", "40")]).replace("\t2024\n", "\t2023\n");
    let loaded = read_well(&[input("suspdownload2023.txt", ltel)]);
    assert_eq!(loaded.notes.files[0].skipped.keys().collect::<Vec<_>>(), ["student group LTEL exists from 2024 on"]);
}

/// Schools are passed over with the reason, charter schools kept.
#[test]
fn charter_schools_are_agencies_and_other_schools_are_not() {
    let school = |cds, flag| -> Vec<(&str, &str)> {
        vec![
            ("cds", cds),
            ("rtype", "S"),
            ("schoolname", "A School"),
            ("charter_flag", flag),
            ("studentgroup", "AA"),
            ("color", "1"),
            ("indicator", "SUSP"),
            ("reportingyear", "2024"),
        ]
    };
    let rows = [
        school("59123456000001", ""),
        school("59123450100002", "Y"),
        vec![("cds", "00000000000000"), ("rtype", "X"), ("studentgroup", "AA"), ("indicator", "SUSP"), ("reportingyear", "2024")],
    ];
    let loaded = read_well(&[input("suspdownload2024.txt", susp_file(&rows))]);
    assert_eq!(loaded.facts.subjects().len(), 1);
    assert_eq!(program().subject.kinds[loaded.facts.subjects()[0].kind].named.name, "charter");
    assert_eq!(loaded.notes.files[0].skipped.values().sum::<usize>(), 2);
}

/// An empty list, declared complete for a year, is a statement; no list at all is none.
#[test]
fn an_empty_list_is_a_statement() {
    let mut empty = input("calpads2024.txt", "cds\tyear\n");
    empty.year = Some(2024);
    empty.complete = Some(Complete::All);
    let loaded = read_well(&[empty, input("suspdownload2024.txt", susp_file(&[susp("AA", "1", "40")]))]);
    assert_eq!(cell(&loaded, "calpads_missed", &[], 2024, LEA), ["no"]);
    assert_eq!(cell(&loaded, "calpads_missed", &[], 2025, LEA), ["no", "yes"]);
}

/// Workbooks as CDE publishes them say what the text files say.
#[test]
fn workbooks_agree_with_text() {
    let base = root().join("tests/data");
    for (book, text) in [
        ("assistance-status.xls.gz", "determinations/assistancestatus2017.txt.gz"),
        ("assistancestatus22.xlsx.gz", "determinations/assistancestatus2022.txt.gz"),
        ("leas2023perec52064.xlsx.gz", "determinations/leas2023perec52064.txt.gz"),
        ("Pr92023.xlsx.gz", "local/localindicators2023.slim.txt.gz"),
    ] {
        let mut inputs = Vec::new();
        for path in [base.join(book), root().join("examples/california").join(text)] {
            let mut file = input(path.file_name().unwrap().to_str().unwrap(), fs::read(&path).unwrap());
            file.complete = Some(Complete::Nobody);
            inputs.push(file);
        }
        let workbook = read_well(&inputs[..1]);
        assert!(workbook.notes.files[0].used > 50 && workbook.notes.files[0].sheet.is_some(), "{book}");
        // read together, every cell both speak of is intersected: a difference would be a contradiction
        let both = read_well(&inputs);
        assert!(both.facts.subjects().len() >= workbook.facts.subjects().len(), "{book}");
        if !book.starts_with("Pr") {
            assert_eq!(workbook.notes.files[0].used, both.notes.files[1].used, "{book}");
        }
    }
    assert_eq!(files(&base, ".gz").len(), 4);
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(fs::read(base.join("assistance-status.xls.gz")).unwrap().as_slice()).read_to_end(&mut plain).unwrap();
    assert!(plain.starts_with(&[0xd0, 0xcf]), "the old binary format");
}
