//! What files in the wild are like: damaged copies of generated files, and what Enact must make of each.

use super::files::Options;
use super::maths::{Purpose, Stream};
use super::memory::{Contents, excerpt, in_memory};
use std::io;

/// What must become of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// It is read, and says what the clean file says.
    Same,
    /// It is read, and says something else, as stated.
    Differs(&'static str),
    /// It is refused with this code.
    Refused(&'static str),
}

/// A damaged copy.
#[derive(Clone, Debug)]
pub struct Case {
    /// Name of its folder.
    pub id: &'static str,
    /// What was done.
    pub what: &'static str,
    /// The file it was made from: name and text.
    pub clean: (String, Vec<u8>),
    /// The files to read instead.
    pub files: Vec<(String, Vec<u8>)>,
    pub expect: Expect,
    /// Rows concerned, counted from 1 with the header, and what is the matter there; none where it is the whole file.
    pub rows: Vec<(usize, String)>,
}

/// A file as cells.
#[derive(Clone)]
struct Table {
    name: String,
    rows: Vec<Vec<String>>,
}

impl Table {
    fn new(contents: &Contents, name: &str, keep: impl Fn(&[&[u8]]) -> bool) -> io::Result<Self> {
        let text = contents.get(name).ok_or_else(|| io::Error::other(format!("no file `{name}` was generated")))?;
        let text = String::from_utf8(excerpt(text, keep)).map_err(io::Error::other)?;
        let rows = text.lines().map(|line| line.split('\t').map(str::to_owned).collect()).collect();
        Ok(Self { name: name.to_owned(), rows })
    }

    fn text(&self, delimiter: &str, end: &str) -> Vec<u8> {
        self.rows.iter().map(|row| row.join(delimiter) + end).collect::<String>().into_bytes()
    }

    fn plain(&self) -> (String, Vec<u8>) {
        (self.name.clone(), self.text("\t", "\n"))
    }

    fn column(&self, name: &str) -> usize {
        self.rows[0]
            .iter()
            .position(|own| own.eq_ignore_ascii_case(name))
            .unwrap_or_else(|| unreachable!("{} has no column {name}", self.name))
    }

    fn cell(&self, row: usize, name: &str) -> &str {
        &self.rows[row][self.column(name)]
    }

    fn set(&mut self, row: usize, name: &str, value: &str) {
        let column = self.column(name);
        value.clone_into(&mut self.rows[row][column]);
    }

    /// Indexes of the rows that fit.
    fn find(&self, fits: impl Fn(usize) -> bool) -> Vec<usize> {
        (1..self.rows.len()).filter(|row| fits(*row)).collect()
    }
}

/// Every kind of dirt, made from the files of one county in 2023 and 2024.
///
/// # Errors
///
/// As `generate`.
pub fn cases(seed: u64) -> io::Result<Vec<Case>> {
    let contents = in_memory(&Options { scale: 1, seed, years: vec![2023, 2024], schools: false })?;
    // county 01, whose codes begin with a zero
    let county = |first: &[&[u8]]| first[0].starts_with(b"01");
    let susp = Table::new(&contents, "suspdownload2024.txt", county)?;
    let elpi = Table::new(&contents, "elpidownload2024.txt", county)?;
    let ela = Table::new(&contents, "eladownload2024.txt", county)?;
    let ela_2023 = Table::new(&contents, "eladownload2023.txt", county)?;
    let local = Table::new(&contents, "localindicators2023.slim.txt", county)?;
    let letters = letters(&susp, seed);
    let mut stream = Stream::new(seed, 0, Purpose::Dirt, 0);
    let mut out = Vec::new();

    let accepted = |id, what, table: &Table, name: &str, bytes: Vec<u8>| Case {
        id,
        what,
        clean: table.plain(),
        files: vec![(name.to_owned(), bytes)],
        expect: Expect::Same,
        rows: Vec::new(),
    };

    // whole files, read as if nothing were the matter
    out.push(accepted("commas", "commas instead of tabs", &susp, "suspdownload2024.csv", susp.text(",", "\n")));
    out.push(accepted("pipes", "vertical bars instead of tabs", &local, &local.name, local.text("|", "\n")));
    out.push(accepted("carriage-returns", "lines end as on Windows", &susp, &susp.name, susp.text("\t", "\r\n")));
    let marked = [b"\xef\xbb\xbf".as_slice(), &susp.text("\t", "\n")].concat();
    out.push(accepted("byte-order-mark", "a byte order mark before the header", &susp, &susp.name, marked));
    let text = String::from_utf8_lossy(&susp.text("\t", "\n")).into_owned();
    let windows = text.chars().map(|c| u8::try_from(u32::from(c)).unwrap_or(b'?')).collect();
    out.push(accepted("windows-1252", "accents in the Windows encoding", &susp, &susp.name, windows));
    let wide = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect();
    out.push(accepted("utf-16", "text in UTF-16", &susp, &susp.name, wide));
    let mut shouting = susp.clone();
    shouting.rows[0].iter_mut().for_each(|name| *name = name.to_uppercase());
    out.push(accepted("header-case", "the header in capitals", &susp, "SUSPDOWNLOAD2024.TXT", shouting.text("\t", "\n")));
    let mut spaced = susp.clone();
    spaced.rows[0].iter_mut().for_each(|name| name.push(' '));
    out.push(accepted("header-blanks", "a blank after each column's name", &susp, &susp.name, spaced.text("\t", "\n")));
    let mut mixed = susp.clone();
    for at in (2..mixed.rows.len()).rev() {
        mixed.rows.swap(at, 1 + stream.below(at));
    }
    out.push(accepted("unsorted", "rows in no order", &susp, &susp.name, mixed.text("\t", "\n")));
    let mut titled = susp.text("\t", "\n");
    titled.splice(0..0, b"Suspension Rate 2024\n\n".iter().copied());
    out.push(accepted("title-rows", "a title and an empty line above the header", &susp, &susp.name, titled));
    let mut blank = letters.clone();
    for row in &mut blank.rows[1..] {
        row.iter_mut().filter(|cell| *cell == "*").for_each(String::clear);
    }
    out.push(accepted("stars", "blank instead of `*` where a group has no letter", &letters, &letters.name, blank.text("\t", "\n")));

    // single rows, read as if nothing were the matter
    let pick = |stream: &mut Stream, rows: &[usize]| rows[stream.below(rows.len())];
    let mut short_keys = elpi.clone();
    let rows = short_keys.find(|_| true);
    for row in &rows {
        let cds = short_keys.cell(*row, "cds").trim_start_matches('0').to_owned();
        short_keys.set(*row, "cds", &cds);
        let group = if short_keys.cell(*row, "studentgroup") == "EL" { "English Learner" } else { "Long-Term English Learner" };
        short_keys.set(*row, "studentgroup", group);
    }
    out.push(Case {
        rows: rows.iter().map(|row| (row + 1, "code without its leading zero, group spelled out".to_owned())).collect(),
        ..accepted("spreadsheet", "saved by a spreadsheet program as CSV", &elpi, "elpidownload2024.csv", short_keys.text(",", "\n"))
    });
    let mut twice = susp.clone();
    let row = pick(&mut stream, &susp.find(|row| row > 10));
    twice.rows.push(susp.rows[row].clone());
    out.push(Case {
        rows: vec![(twice.rows.len(), format!("says again what row {} says", row + 1))],
        ..accepted("repeated-row", "a row twice", &susp, &susp.name, twice.text("\t", "\n"))
    });
    let mut tests = ela_2023.clone();
    let rows = tests.find(|row| ["SBA", "CAA"].contains(&ela_2023.cell(row, "studentgroup")) && ela_2023.cell(row, "statuslevel") != "0");
    rows.iter().for_each(|row| tests.set(*row, "color", "1"));
    out.push(Case {
        rows: rows.iter().map(|row| (row + 1, "a color for pupils by test taken".to_owned())).collect(),
        ..accepted("colored-tests", "SBA and CAA rows with a color", &ela_2023, &ela_2023.name, tests.text("\t", "\n"))
    });
    let natural = |id, what, table: &Table, fits: &dyn Fn(usize) -> bool, say: &str| {
        let rows = table.find(fits).into_iter().map(|row| (row + 1, say.to_owned())).collect();
        Case { rows, ..accepted(id, what, table, &table.name, table.text("\t", "\n")) }
    };
    let n = |table: &Table, row: usize| table.cell(row, "currdenom").parse::<u32>().unwrap_or(0);
    let small = |table: &Table, row: usize| ["FOS", "HOM", "LTEL"].contains(&table.cell(row, "studentgroup"));
    out.push(natural(
        "few-pupils",
        "groups of 11 to 29 pupils, as they come: a status, no color",
        &susp,
        &|row| (11..30).contains(&n(&susp, row)) && !small(&susp, row),
        "status without color",
    ));
    out.push(natural(
        "foster-and-homeless",
        "foster, homeless and long-term learner groups of 15 to 29 pupils in an agency, as they come: a color",
        &susp,
        &|row| (15..30).contains(&n(&susp, row)) && small(&susp, row) && susp.cell(row, "color") != "0",
        "color from 15 pupils on",
    ));
    out.push(natural(
        "colored-tests-2024",
        "SBA and CAA rows of 2024, as they come: a color that means nothing",
        &ela,
        &|row| ["SBA", "CAA"].contains(&ela.cell(row, "studentgroup")) && ela.cell(row, "color") != "0",
        "a color for pupils by test taken",
    ));

    // rows that say something else
    let mut named = susp.clone();
    let cds = susp.cell(pick(&mut stream, &susp.find(|row| susp.cell(row, "rtype") == "D" && row > 20)), "cds").to_owned();
    let rows = susp.find(|row| susp.cell(row, "cds") == cds);
    rows.iter().for_each(|row| named.set(*row, "districtname", "Núñez & O'Brien \"Twin\" Unified"));
    out.push(Case {
        rows: rows.iter().map(|row| (row + 1, "name with accents, `&`, an apostrophe and quotation marks".to_owned())).collect(),
        expect: Expect::Differs("the name"),
        ..accepted("names", "a name with signs in it", &susp, &susp.name, named.text("\t", "\n"))
    });
    let mut missing = susp.clone();
    let row = pick(&mut stream, &susp.find(|row| susp.cell(row, "color") == "1" && susp.cell(row, "studentgroup") != "ALL"));
    missing.rows.remove(row);
    let gone = format!("after this row, that of {} in {} is missing", susp.cell(row, "studentgroup"), susp.cell(row, "cds"));
    out.push(Case {
        rows: vec![(row, gone)],
        expect: Expect::Differs("the group has no color, since the file is complete for the county"),
        ..accepted("missing-group", "the row of a group is missing", &susp, &susp.name, missing.text("\t", "\n"))
    });
    let mut late = susp.clone();
    let rows: Vec<usize> = susp.find(|row| susp.cell(row, "cds") == cds && susp.cell(row, "color") != "0");
    for row in &rows {
        late.set(*row, "certifyflag", "Y");
        late.set(*row, "color", "2");
        late.set(*row, "box", "180");
    }
    out.push(Case {
        rows: rows.iter().map(|row| (row + 1, "certifyflag Y: Orange whatever the status".to_owned())).collect(),
        expect: Expect::Differs("Orange where the data were not certified"),
        ..accepted("uncertified", "CALPADS data of an agency were not certified", &susp, &susp.name, late.text("\t", "\n"))
    });
    let mut guest = susp.clone();
    let mut rows = Vec::new();
    for row in susp.find(|row| susp.cell(row, "cds") == cds) {
        guest.rows.push(susp.rows[row].clone());
        let last = guest.rows.len() - 1;
        guest.set(last, "cds", "01599990000000");
        rows.push((last + 1, "an agency no other file names".to_owned()));
    }
    out.push(Case {
        rows,
        expect: Expect::Differs("one agency more, with results in this year only"),
        ..accepted("one-year", "an agency with rows in one year only", &susp, &susp.name, guest.text("\t", "\n"))
    });

    // refused
    let refused = |id, what, code, table: &Table, files: Vec<(String, Vec<u8>)>, rows: Vec<(usize, String)>| Case {
        id,
        what,
        clean: table.plain(),
        files,
        expect: Expect::Refused(code),
        rows,
    };
    let mut change = |id, what, code, table: &Table, column: &str, value: &str, fits: &dyn Fn(usize) -> bool| {
        let row = pick(&mut stream, &table.find(fits));
        let mut bad = table.clone();
        bad.set(row, column, value);
        out.push(refused(id, what, code, table, vec![bad.plain()], vec![(row + 1, format!("{column} is `{value}`"))]));
    };
    let group = |row: usize| row > 3 && !["ALL", "SBA", "CAA", "EO", "ELO", "RFP"].contains(&susp.cell(row, "studentgroup"));
    change("short-code", "a code without its leading zero in a text file", "data/bad-key", &susp, "cds", "1611190000000", &group);
    change("code-as-number", "a code that a spreadsheet wrote as a number", "data/bad-key", &susp, "cds", "1.61119E+12", &group);
    change("no-code", "a row without a code", "data/bad-key", &susp, "cds", "", &group);
    change("other-year", "a row of another year", "data/year-mismatch", &susp, "reportingyear", "2023", &group);
    change("no-such-year", "a year that is none", "data/bad-year", &susp, "reportingyear", "20x4", &group);
    change("other-indicator", "a row of another indicator", "data/unexpected-value", &susp, "indicator", "CHRO", &group);
    change("no-such-color", "a color outside 0 to 5", "data/bad-value", &susp, "color", "7", &group);
    change("star-for-color", "`*` for a color, as in spreadsheets", "data/bad-value", &susp, "color", "*", &group);
    change("number-with-comma", "a thousands comma", "data/bad-value", &susp, "currdenom", "1,234", &group);
    change("no-such-group", "a student group nobody knows", "data/unknown-code", &susp, "studentgroup", "XX", &group);
    change(
        "no-such-answer",
        "a local indicator that is neither met nor not met",
        "data/bad-value",
        &local,
        "countyPerformance",
        "Partly Met",
        &|_| true,
    );
    let row = pick(&mut stream, &susp.find(|row| group(row) && susp.cell(row, "color") == "1"));
    let mut quarrel = susp.clone();
    quarrel.rows.push(susp.rows[row].clone());
    let last = quarrel.rows.len() - 1;
    quarrel.set(last, "color", "5");
    let place = vec![(last + 1, format!("Blue, where row {} says Red", row + 1))];
    out.push(refused("two-colors", "two rows for one group that differ", "data/duplicate-row", &susp, vec![quarrel.plain()], place));
    let mut other = susp.clone();
    other.set(row, "color", "5");
    let copy = ("suspdownload2024-copy.txt".to_owned(), other.text("\t", "\n"));
    let place = vec![(row + 1, "Blue in one file, Red in the other".to_owned())];
    out.push(refused("two-files", "two files of the same that differ", "data/contradiction", &susp, vec![susp.plain(), copy], place));
    let mut short = susp.clone();
    short.rows[row].truncate(12);
    let place = vec![(row + 1, "ends after 12 cells".to_owned())];
    out.push(refused("short-row", "a row that ends early", "data/short-row", &susp, vec![short.plain()], place));
    let mut long = susp.clone();
    long.rows[row].push("more".to_owned());
    let place = vec![(row + 1, "one cell more than columns".to_owned())];
    out.push(refused("long-row", "a row with a cell too many", "data/long-row", &susp, vec![long.plain()], place));
    let mut without = susp.clone();
    let column = susp.column("studentgroup");
    without.rows[0][column] = "subgroup".to_owned();
    out.push(refused(
        "no-group-column",
        "the column of the student group has another name",
        "data/missing-column",
        &susp,
        vec![without.plain()],
        vec![(1, "no column studentgroup".to_owned())],
    ));
    let mut doubled = susp.clone();
    let column = susp.column("box");
    doubled.rows[0][column] = "color".to_owned();
    out.push(refused(
        "column-twice",
        "two columns called color",
        "data/duplicate-column",
        &susp,
        vec![doubled.plain()],
        vec![(1, "color twice".to_owned())],
    ));
    out.push(refused("no-rows", "an empty file", "data/empty-file", &susp, vec![(susp.name.clone(), Vec::new())], Vec::new()));
    out.push(refused(
        "unknown-name",
        "a name that says nothing",
        "data/unrecognised-file",
        &susp,
        vec![("download.txt".to_owned(), susp.text("\t", "\n"))],
        Vec::new(),
    ));
    let mut binary = susp.text("\t", "\n");
    binary[40] = 0;
    out.push(refused("not-text", "bytes that are not text", "data/unreadable-file", &susp, vec![(susp.name.clone(), binary)], Vec::new()));
    let mut open = susp.clone();
    open.set(row, "districtname", "\"Open Unified");
    let open = ("suspdownload2024.csv".to_owned(), open.text(",", "\n"));
    let place = vec![(row + 1, "a quotation mark that is not closed".to_owned())];
    out.push(refused(
        "open-quotation",
        "a quotation mark that is not closed, with commas",
        "data/unreadable-file",
        &susp,
        vec![open],
        place,
    ));
    Ok(out)
}

/// A list of letters in the layout of 2023 for the agencies of a file, letters drawn at random.
fn letters(susp: &Table, seed: u64) -> Table {
    let groups = ["AA", "AI", "AS", "EL", "FI", "FOS", "HI", "HOM", "PI", "SED", "SWD", "TOM", "WH"];
    let mut header: Vec<String> = ["CDcode", "CDS", "LEAname", "ReportYear"].map(str::to_owned).to_vec();
    header.extend(groups.map(|group| format!("{group}priorities")));
    header.extend(
        ["TotalStudentGroups", "AssistanceStatus2023", "MetMethod1", "MetMethod2", "MetMethod3", "EC52072_2023"].map(str::to_owned),
    );
    let mut rows = vec![header];
    let mut stream = Stream::new(seed, 0, Purpose::Dirt, 1);
    for row in susp.find(|row| susp.cell(row, "rtype") == "D" && susp.cell(row, "studentgroup") == "ALL") {
        let cds = susp.cell(row, "cds");
        let letters = groups.map(|_| if stream.uniform() < 0.12 { ["A", "B", "C", "D"][stream.below(4)] } else { "*" });
        let count = letters.iter().filter(|letter| **letter != "*").count();
        let yes = if count > 0 { "Y" } else { "N" };
        let status = if count > 0 { "Differentiated Assistance, Year 1" } else { "General Assistance" };
        let mut cells = vec![cds[..7].to_owned(), cds.to_owned(), susp.cell(row, "districtname").to_owned(), "2023".to_owned()];
        cells.extend(letters.map(str::to_owned));
        cells.extend([count.to_string(), status.to_owned(), yes.to_owned(), "N".to_owned(), "N".to_owned(), "N".to_owned()]);
        rows.push(cells);
    }
    Table { name: "assistancestatus2023.txt".to_owned(), rows }
}

/// The list of all dirt as TOML.
pub fn list(cases: &[Case]) -> String {
    let mut out = "# What is wrong with each file here, and what Enact must make of it. `rows` count from 1 with the header.\n".to_owned();
    for case in cases {
        let expected = match case.expect {
            Expect::Same => "expected = \"accepted\"\nconsequence = \"the same facts as the clean file\"".to_owned(),
            Expect::Differs(what) => format!("expected = \"accepted\"\nconsequence = {what:?}"),
            Expect::Refused(code) => format!("expected = \"refused\"\ncode = \"{code}\""),
        };
        for (name, _) in &case.files {
            out.push_str(&format!("\n[[dirt]]\npath = \"{}/{name}\"\nwhat = {:?}\n{expected}\n", case.id, case.what));
            if !case.rows.is_empty() {
                let rows: Vec<String> = case.rows.iter().map(|(row, what)| format!("  {{ row = {row}, what = {what:?} }},\n")).collect();
                out.push_str(&format!("rows = [\n{}]\n", rows.concat()));
            }
        }
    }
    out
}

/// The manifest of one case's folder.
pub fn manifest(case: &Case) -> String {
    let mut out = format!("[dataset]\nname = \"Synthetic dirt: {}\"\n", case.what);
    for (name, _) in &case.files {
        out.push_str(&format!("\n[[file]]\npath = \"{name}\"\ncomplete = [\"01\"]\n"));
    }
    out
}
