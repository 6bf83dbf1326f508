//! What is read does not depend on how the bytes arrive, nor on how many threads read.

use crate::support::{dataset, program};
use enact::facts::States;
use enact::import::{Complete, Content, InputFile, Loaded, load, load_on};
use enact::program::FactId;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::io::{self, Read, Write};

const HEADER: &str =
    "cds\trtype\tschoolname\tdistrictname\tcharter_flag\tstudentgroup\tcurrdenom\tstatuslevel\tcolor\tindicator\treportingyear";

/// Gives out a few bytes at a time, in a repeating pattern.
struct Dribble {
    bytes: Vec<u8>,
    at: usize,
    sizes: Vec<usize>,
    turn: usize,
}

impl Read for Dribble {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.turn % self.sizes.len()];
        self.turn += 1;
        if self.turn.is_multiple_of(5) {
            return Err(io::Error::from(io::ErrorKind::Interrupted));
        }
        let n = size.min(into.len()).min(self.bytes.len() - self.at);
        into[..n].copy_from_slice(&self.bytes[self.at..self.at + n]);
        self.at += n;
        Ok(n)
    }
}

fn dribbled(name: &str, bytes: &[u8], sizes: &[usize]) -> InputFile {
    let (bytes, sizes) = (bytes.to_vec(), sizes.to_vec());
    let open = move || Ok(Box::new(Dribble { bytes: bytes.clone(), at: 0, sizes: sizes.clone(), turn: 0 }) as Box<dyn Read + Send>);
    InputFile { content: Content::open(open), ..InputFile::new(name, "") }
}

fn fact(name: &str) -> FactId {
    FactId(program().facts.iter().position(|fact| fact.named.name == name).unwrap())
}

/// Everything a load found, as text.
fn page(loaded: &Loaded) -> String {
    let program = program();
    let mut page = format!("{:?}\n{}\n", loaded.diagnostics, serde_json::to_string(&loaded.notes.files).unwrap());
    for (subject, info) in loaded.facts.subjects().iter().enumerate() {
        page += &format!("{} {} {}\n", info.key, info.name, info.kind);
        for name in ["color", "status", "pupils", "local_indicator"] {
            let id = fact(name);
            for year in loaded.facts.years() {
                for offset in 0..program.facts[id.0].stride(program) {
                    let cell = loaded.facts.cell(program, id, year, subject, offset);
                    if cell.origin.file().is_some() {
                        page += &format!("{name} {year} {offset} {cell:?}\n");
                    }
                }
            }
        }
    }
    page
}

fn row() -> impl Strategy<Value = String> {
    let key = prop_oneof!["5912345000000[01]", "591234501000[0-3]{2}", "59", Just(String::new())];
    let name = prop_oneof!["[A-Z][a-z]{0,8}", Just("Pe\u{f1}a \"Unified\"".to_owned()), Just(" ".to_owned())];
    let group = prop_oneof![4 => "AA|HI|SWD|TOM|ALL", 1 => "x"];
    let number = prop_oneof![4 => "[0-9]{0,4}", 1 => "1,0|[0-9]\\.0|\\+3"];
    (key, "D|S|X", name, "Y|", group, number, "[0-5]|", "[0-5]|", prop_oneof![9 => Just("2024"), 1 => Just("2023")], 0u8..20).prop_map(
        |(key, rtype, name, flag, group, number, level, color, year, twist)| {
            let whole = format!("{key}\t{rtype}\t{name}\t{name}\t{flag}\t{group}\t{number}\t{level}\t{color}\tSUSP\t{year}");
            match twist {
                0 => whole.chars().take(whole.len() / 2).collect(),
                1 => String::new(),
                2 => format!("{whole}\t"),
                3 => format!("{whole}\tmore"),
                4 => " \t ".to_owned(),
                _ => whole,
            }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn pieces_of_any_size_say_the_same(
        rows in prop::collection::vec(row(), 0..60),
        sizes in prop::collection::vec(1usize..40, 1..5),
        ending in prop_oneof![Just("\n"), Just("\r\n")],
        wrapping in 0u8..6,
        last in any::<bool>(),
    ) {
        let mut text = format!("{HEADER}{ending}{}", rows.join(ending));
        if last {
            text += ending;
        }
        if wrapping == 1 {
            text = text.replace("1,0", "1.0").replace('"', "").replace('\t', ",");
        }
        let mut bytes = text.clone().into_bytes();
        match wrapping {
            2 => bytes = [b"\xef\xbb\xbf", text.as_bytes()].concat(),
            3 => bytes = [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect(),
            4 => bytes = text.chars().map(|c| c as u8).collect(),
            5 => {
                let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
                writer.write_all(text.as_bytes()).unwrap();
                bytes = writer.finish().unwrap();
            }
            _ => {}
        }
        let name = "suspdownload2024.txt";
        let whole = load(program(), &[InputFile::new(name, bytes.clone())], true, |_| {});
        let pieces = load(program(), &[dribbled(name, &bytes, &sizes)], true, |_| {});
        prop_assert_eq!(page(&whole), page(&pieces));
        if wrapping == 0 || wrapping == 2 {
            let plain = load(program(), &[InputFile::new(name, text.replace("\r\n", "\n"))], true, |_| {});
            let says = |loaded: &Loaded| (format!("{:?}", loaded.diagnostics), loaded.notes.files.iter().map(|note| note.used).sum::<usize>());
            prop_assert_eq!(says(&whole), says(&plain));
        }
        let first = load(program(), &[InputFile::new(name, bytes)], false, |_| {});
        prop_assert_eq!(format!("{:?}", first.diagnostics.first()), format!("{:?}", whole.diagnostics.first()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Tab-separated rows are read by ways of their own, and quickest where they start as the row before.
    #[test]
    fn tabs_and_commas_say_the_same(rows in prop::collection::vec((row(), "AA|HI|SWD|ALL|x", any::<bool>()), 30..60)) {
        let mut text = format!("{HEADER}\n");
        for (row, group, once) in rows.into_iter().filter(|(row, ..)| !row.is_empty()) {
            let row = row.replace([',', '"'], "");
            text += &format!("{row}\n");
            if !once {
                let cells: Vec<&str> = row.split('\t').collect();
                let other: Vec<&str> = cells.iter().enumerate().map(|(at, cell)| if at == 5 { group.as_str() } else { cell }).collect();
                text += &format!("{}\n{row}\n", other.join("\t"));
            }
        }
        let name = "suspdownload2024.txt";
        let tabs = load(program(), &[InputFile::new(name, text.clone())], true, |_| {});
        let commas = load(program(), &[InputFile::new(name, text.replace('\t', ","))], true, |_| {});
        prop_assert_eq!(page(&tabs), page(&commas));
    }
}

/// Files with rows in common, files that contradict each other, files that are no files.
#[test]
fn threads_do_not_change_what_is_found() {
    let mut files = dataset("examples/california", |path| path.starts_with("monterey/2024") || path.starts_with("monterey/2023"));
    let row = "27102720000000\tD\t\tMonterey\t\tHI\t12\t1\t1\tSUSP\t2024";
    files.push(InputFile { complete: Some(Complete::Nobody), ..InputFile::new("suspdownload2024.txt", format!("{HEADER}\n{row}\n")) });
    files.push(InputFile::new("suspdownload2024.txt.gz", &b"\x1f\x8b\x08\x00 nothing"[..]));
    files.push(InputFile::new("unknown.txt", "a\tb\n"));
    for keep_going in [true, false] {
        let alone = load_on(1, program(), &files, keep_going, |_| {});
        let codes: BTreeSet<&str> = alone.diagnostics.iter().map(|problem| problem.code).collect();
        let all = ["data/contradiction", "data/unreadable-file", "data/unrecognised-file"];
        assert_eq!(codes, all[..if keep_going { 3 } else { 1 }].iter().copied().collect());
        let mut names = Vec::new();
        for threads in [2, 3, 8] {
            names.clear();
            let together = load_on(threads, program(), &files, keep_going, |name| names.push(name.to_owned()));
            assert_eq!(page(&alone), page(&together), "{threads} threads");
        }
        assert!(names.iter().zip(&files).all(|(name, file)| *name == file.name), "progress is told in order");
    }
}

/// What fails while it is read says only that, and which file.
#[test]
fn a_file_that_ends_in_an_error_says_nothing_else() {
    struct Failing(usize);
    impl Read for Failing {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            let text = format!("{HEADER}\nnot a key\tD\n");
            if self.0 > 0 {
                return Err(io::Error::other("the disk is gone"));
            }
            self.0 += 1;
            into[..text.len()].copy_from_slice(text.as_bytes());
            Ok(text.len())
        }
    }
    let file = InputFile { content: Content::open(|| Ok(Box::new(Failing(0)))), ..InputFile::new("suspdownload2024.txt", "") };
    let loaded = load(program(), &[file], true, |_| {});
    let [problem] = loaded.diagnostics.as_slice() else { panic!("{:?}", loaded.diagnostics) };
    assert_eq!((problem.code, problem.message.as_str()), ("data/unreadable-file", "this file cannot be read: the disk is gone"));
    assert_eq!(problem.data.as_ref().unwrap().file, "suspdownload2024.txt");
    assert!(loaded.facts.subjects().is_empty());
}

#[test]
fn a_mark_that_is_not_closed_explains_the_rest() {
    let header = HEADER.replace('\t', ",");
    let text = format!("{header}\nbad,D\n59123450000000,D,,\"Open,,AA,1,1,1,SUSP,2024\n59123450000000,D,,x,,AA,1,1,1,SUSP,2024\n");
    let loaded = load(program(), &[InputFile::new("suspdownload2024.csv", text)], true, |_| {});
    let messages: Vec<&str> = loaded.diagnostics.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, ["a quotation mark in row 3 is not closed, so that the rows after it would be lost in one cell"]);
}

/// A column is as wide as its distinct values need, and no cell changes while it widens.
#[test]
fn seventy_thousand_numbers_fit() {
    use std::fmt::Write;
    let mut text = format!("{HEADER}\n");
    for n in 0..70_000 {
        writeln!(text, "{:07}0000000\tD\t\tDistrict\t\tAA\t{n}\t1\t1\tSUSP\t2024", 1_000_000 + n).unwrap();
    }
    let loaded = load(program(), &[InputFile::new("suspdownload2024.txt", text)], true, |_| {});
    assert!(loaded.diagnostics.is_empty());
    let (program, facts, pupils) = (program(), &loaded.facts, fact("pupils"));
    let stride = program.facts[pupils.0].stride(program);
    let filled = |offset: &usize| facts.cell(program, pupils, 2024, 0, *offset).number.is_some();
    let offset = (0..stride).find(filled).unwrap();
    let column = facts.column(program, pupils, 2024, offset).unwrap();
    assert!(matches!(column.states, States::U32(_)));
    assert_eq!(column.table[0].mask, facts.unsaid_mask(program, pupils));
    for subject in [0, 255, 256, 65_535, 65_536, 69_999] {
        let cell = facts.cell(program, pupils, 2024, subject, offset);
        assert_eq!(cell.number, Some(subject.into()));
        assert_eq!(cell.origin.row_number(), Some(subject as u32 + 2));
    }
    assert!(facts.column(program, pupils, 2019, offset).is_none());
}
