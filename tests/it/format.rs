//! The canonical layout of rule files.
//!
//! `tests/golden/format/NAME.enact` is laid out anew; the snapshot holds the file and the result.

use crate::support::{files, root};
use enact::source::Sources;
use enact::syntax::{self, ast};
use proptest::prelude::*;
use std::fs;

fn parsed(text: &str) -> (ast::File, bool) {
    let mut sources = Sources::default();
    let id = sources.add("file.enact", text);
    let (file, problems) = syntax::parse(&sources, id);
    (file, problems.is_empty())
}

fn formatted(text: &str) -> Result<String, String> {
    let mut sources = Sources::default();
    let id = sources.add("file.enact", text);
    syntax::format(&sources, id).map_err(|problems| enact::diagnostic::render(&problems, &sources, enact::diagnostic::ErrorFormat::Plain))
}

/// Comments as a reader sees them, in order.
fn comments(text: &str) -> Vec<String> {
    text.lines()
        .filter_map(|line| {
            let mut quoted = false;
            let start = line.char_indices().find(|(_, c)| {
                quoted ^= *c == '"';
                *c == '#' && !quoted
            })?;
            Some(line[start.0..].trim_end().to_owned())
        })
        .collect()
}

/// What holds for every file that can be read.
fn hold(text: &str) -> Result<String, String> {
    let once = formatted(text)?;
    let twice = formatted(&once)?;
    if once != twice {
        return Err(format!("not a fixed point:\n{once}\n-----\n{twice}"));
    }
    if parsed(text).0 != parsed(&once).0 {
        return Err(format!("another tree:\n{once}"));
    }
    if comments(text) != comments(&once) {
        return Err(format!("other comments:\n{once}"));
    }
    let blank_ends = once.starts_with('\n') || once.ends_with("\n\n") || once.contains("\n\n\n");
    let plain = once.lines().all(|line| line == line.trim_end()) && !once.contains(['\r', '\u{feff}']);
    if blank_ends || !plain || !(once.is_empty() || once.ends_with('\n')) {
        return Err(format!("blanks:\n{once}"));
    }
    Ok(once)
}

#[test]
fn the_shipped_rules_are_in_the_canonical_layout() {
    let mut cases = 0;
    let shipped = ["policies", "examples", "tests/golden/base.enact"].map(|path| root().join(path));
    let all = shipped.iter().flat_map(|path| if path.is_dir() { files(path, ".enact") } else { vec![path.clone()] });
    for path in all {
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(formatted(&text).unwrap(), text, "{}", path.display());
        cases += 1;
    }
    assert!(cases > 40);
}

#[test]
fn golden_layouts() {
    let folder = root().join("tests/golden/format");
    let mut cases = 0;
    for path in files(&folder, ".enact") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let text = fs::read_to_string(&path).unwrap();
        let result = hold(&text).unwrap_or_else(|problem| panic!("{name}: {problem}"));
        insta::with_settings!({ snapshot_path => folder.clone(), snapshot_suffix => "", prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(name.to_owned(), format!("{}\n----- FORMATTED\n{result}", text.replace('\r', "<CR>").replace('\u{feff}', "<BOM>")));
        });
        cases += 1;
    }
    assert!(cases >= 8, "{cases} cases");
}

/// Files that are wrong in what they say are laid out all the same; those that cannot be read are not.
#[test]
fn broken_rule_files_keep_their_tree_or_their_text() {
    let mut read = 0;
    for path in files(&root().join("tests/golden"), ".enact") {
        let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
        let name = path.display();
        if parsed(&text).1 {
            hold(&text).unwrap_or_else(|problem| panic!("{name}: {problem}"));
            read += 1;
        } else {
            let problem = formatted(&text).unwrap_err();
            assert!(!problem.contains("syntax/not-formatted"), "{name}: {problem}");
        }
    }
    assert!(read > 60, "{read} files");
}

/// Every file that documents show, which is at least one line of each construct.
#[test]
fn lines_shown_in_the_language_reference_round_trip() {
    let text = fs::read_to_string(root().join("docs/language.md")).unwrap();
    let mut blocks = 0;
    for block in text.split("```enact\n").skip(1) {
        let block = block.split("```").next().unwrap();
        if parsed(block).1 {
            hold(block).unwrap_or_else(|problem| panic!("{problem}"));
            blocks += 1;
        }
    }
    assert!(blocks > 10, "{blocks} blocks");
}

/// Each pair of wordings makes the same tree, and the second is the canonical one.
#[test]
fn synonyms() {
    let clause = |head: &str, lines: &str| format!("clause (a) \"x\"{head}\n{lines}");
    let when = |condition: &str| clause("", &format!("  when {condition}\n"));
    let source = |line: &str| format!("source x \"x\"\n  {line}\n");
    for (written, canonical) in [
        (when("in 3 consecutive published years:\n    p is q"), when("in each of the last 3 published years:\n    p is q")),
        (when("the lea is an district or charter"), when("lea is a district or charter")),
        (when("lea is not a office"), when("lea is not an office")),
        (when("all of:\n    p is q\n    - (1) r is s"), when("all of:\n    - p is q\n    (1) r is s")),
        (when("some p:\n    - q is r"), when("some p:\n    q is r")),
        (clause(" for each p, each q for r for s", ""), clause(" for r, s for each p and q", "")),
        (clause(" for each p, q and each r", ""), clause(" for each p, q and r", "")),
        (clause("", "  gives p\n    lasts 1 academic years\n"), clause("", "  gives p\n    lasts 1 academic year\n")),
        (clause("", "  gives p\n    lasts at least 2 year\n"), clause("", "  gives p\n    lasts at least 2 years\n")),
        ("fact x \"x\" each y\n".to_owned(), "fact x \"x\" for each y\n".to_owned()),
        (source("expect p is 1, or 2, 3"), source("expect p is 1, 2 or 3")),
        (source("expect p is 1, 2"), source("expect p is 1 or 2")),
        (source("unlisted ELA color of SWD is not Red"), source("unlisted color of ELA, SWD is not Red")),
        ("note\"a\" \"b\"".to_owned(), String::new()),
        (clause("", "  note \"a\" \"b \"\n    \"c\"\n"), clause("", "  note \"a b c\"\n")),
    ] {
        if canonical.is_empty() {
            assert!(formatted(&written).is_err());
        } else {
            assert_eq!(hold(&written).unwrap(), canonical);
        }
    }
}

// ---------------------------------------------------------------- generated files

fn name() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "(fact|group|year|lea|color|SWD|EL|ELA|P4|order|not_met|each_one|thermal|open_now|choices)",
        1 => "x[a-zA-Z0-9_]{0,9}",
    ]
}

fn words() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,9}( [a-z,:;#']{1,9}){0,6}",
        2 => "[a-z]{1,9}( [a-z,:()]{1,12}){14,40}",
        1 => " ?[a-z]{0,3}  [é#|,-]{0,5} ?",
        1 => "",
    ]
}

/// One to three pieces in quotation marks.
fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(words(), 1..4).prop_map(|pieces| pieces.iter().map(|piece| format!("\"{piece}\"")).collect::<Vec<_>>().join("~"))
}

fn string() -> impl Strategy<Value = String> {
    words().prop_map(|words| format!("\"{words}\""))
}

fn names() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => prop::collection::vec(name(), 1..4),
        1 => prop::collection::vec(name(), 20..40),
    ]
    .prop_map(|names| names.join(" ,~"))
}

fn citation() -> impl Strategy<Value = String> {
    "(EC  52071|SBE criteria|AB-130 122)(\\(c\\)\\(1\\)|\\.group|)"
}

fn codes() -> impl Strategy<Value = String> {
    let code = prop_oneof![3 => "(1|MR|-5\\.0|order|other|otherwise|or|blank|isotope)", 1 => string()];
    (code.clone(), prop::collection::vec(("( or |, |,~or |,~)", code), 0..4))
        .prop_map(|(first, rest)| rest.iter().fold(first, |list, (by, code)| format!("{list}{by}{code}")))
}

/// Lines as a generator writes them: `~` may be any blank, and a line break where one is allowed.
#[derive(Clone, Debug)]
struct Line {
    text: String,
    below: Vec<Line>,
}

fn leaf(text: impl Strategy<Value = String> + 'static) -> BoxedStrategy<Line> {
    text.prop_map(|text| Line { text, below: Vec::new() }).boxed()
}

/// A condition, its head put after `lead`.
fn condition(depth: u32) -> BoxedStrategy<Line> {
    let plain = prop_oneof![
        (name(), name(), name()).prop_map(|(a, b, c)| format!("{a} {b} is not {c} or {b}")),
        name().prop_map(|a| format!("{a} is atleast 30.0\"pupils\"")),
        (citation(), names()).prop_map(|(a, b)| format!("{a} is met for {b}")),
        (name(), name()).prop_map(|(a, b)| format!("the {a} is an {b}")),
        Just("always".to_owned()),
    ];
    let plain = leaf(plain);
    if depth == 0 {
        return plain;
    }
    let inner = move || condition(depth - 1);
    let items = prop::collection::vec(("(- |\\(1\\)  |- \\(b\\)\\(2\\) |)", inner()), 1..4)
        .prop_map(|items| items.into_iter().map(|(mark, line)| Line { text: format!("{mark}{}", line.text), ..line }).collect::<Vec<_>>());
    let list = ("(all of:|allof :|any  of:|none of:|at least 2 of:)", items).prop_map(|(text, below)| Line { text, below });
    let count = (
        "(at least 3|some|no|every)",
        name(),
        "(|, never if none|,~or all if fewer than 3 count under EC 1\\(a\\),~never if none)",
        inner(),
    )
        .prop_map(|(how, of, empty, body)| Line { text: format!("{how} {of}{empty}:"), below: vec![body] });
    let window = ("(in each of the last 2|in 3 consecutive|in the previous|in at least 2)( published|)", name(), "(| since 2022)", inner())
        .prop_map(|(how, of, since, body)| Line { text: format!("{how} {of}{since}:"), below: vec![body] });
    let arms = (name(), prop::collection::vec((names(), inner()), 1..3)).prop_map(|(of, arms)| Line {
        text: format!("by {of}:"),
        below: arms.into_iter().map(|(names, line)| Line { text: format!("{names} : {}", line.text), ..line }).collect(),
    });
    let brackets = name().prop_map(|fact| Line {
        text: format!("bracket {fact}:"),
        below: ["below -5.0 is Low", "up to 3 is Middle", "otherwise is High"]
            .map(|text| Line { text: text.to_owned(), below: Vec::new() })
            .into(),
    });
    let grid = prop::collection::vec(("[a-zé -]{0,6}", "( a|bb |\"#\"|)"), 1..4).prop_map(|rows| Line {
        text: "grid EC 1(a) by EC 1(b):".to_owned(),
        below: rows.iter().map(|(a, b)| Line { text: format!("|{a}|{b}|"), below: Vec::new() }).collect(),
    });
    prop_oneof![2 => plain, 2 => list, 1 => count, 1 => window, 1 => arms, 1 => brackets, 1 => grid].boxed()
}

fn clause() -> BoxedStrategy<Line> {
    let marks =
        leaf(("(quote|source|note|data|practice|inferred|also cited as)", text()).prop_map(|(kind, text)| format!("{kind} {text}")));
    let when = ("(when|applies when|recorded by|recorded only if)", condition(4))
        .prop_map(|(kind, line)| Line { text: format!("{kind} {}", line.text), ..line });
    let gives = (name(), prop::collection::vec(gives(), 0..4)).prop_map(|(name, below)| Line { text: format!("gives {name}"), below });
    let parts = "(| for each fact,~each year| for lea for each group for color| for each a1 and a2,~a3)";
    (
        prop_oneof![Just("clause (a)(1)".to_owned()), text().prop_map(|text| format!("clause .x {}", text.replace('~', " ")))],
        parts,
        prop::collection::vec(prop_oneof![3 => marks, 1 => gives], 0..5),
        when,
    )
        .prop_map(|(head, parts, mut below, when)| {
            below.push(when);
            Line { text: format!("{head}{parts}"), below }
        })
        .boxed()
}

fn gives() -> BoxedStrategy<Line> {
    prop_oneof![
        leaf((name(), names()).prop_map(|(a, b)| format!("provider {a} with {b} otherwise"))),
        leaf((name(), name(), citation()).prop_map(|(a, b, c)| format!("involves {a} on request of {b},~{a} or {b} under {c}"))),
        leaf("lasts (at least )?[0-9] (academic )?(year|years)"),
        leaf(text().prop_map(|text| format!("outcome {text}"))),
    ]
    .boxed()
}

fn source() -> BoxedStrategy<Line> {
    let lines = prop_oneof![
        leaf(prop::collection::vec(string(), 1..5).prop_map(|names| format!("files named {}", names.join(",~")))),
        leaf((codes(), codes()).prop_map(|(a, b)| format!("rows where x is {a} and \"y z\" is not {b}"))),
        leaf(text().prop_map(|text| format!("skip other rows because {text}"))),
        leaf((name(), names()).prop_map(|(a, b)| format!("unlisted ELA {a} of {b} is not Red"))),
        leaf((name(), codes()).prop_map(|(a, b)| format!("fill {a} from that column in 2017 to 2019,~2022 to later where x is {b}"))),
        leaf(Just("year from reportingyear or file name".to_owned())),
        (name(), prop::collection::vec(codes(), 0..3)).prop_map(|(a, below)| Line {
            text: format!("member {a} from \"x y\",~or {a} without that column before 2024"),
            below: below.into_iter().map(|codes| Line { text: format!("{codes} ignored because \"why\""), below: Vec::new() }).collect(),
        }),
    ];
    (name(), text(), prop::collection::vec(lines, 0..5))
        .prop_map(|(name, title, below)| Line { text: format!("source {name} {}", title.replace('~', " ")), below })
        .boxed()
}

fn scenario() -> BoxedStrategy<Line> {
    let rows = prop::collection::vec(("[a-z]{0,8}", "(-|\\?| Red)", "[0-9]{1,4}"), 1..4);
    let table = (name(), rows).prop_map(|(name, rows)| Line {
        text: format!("table {name} in 2024"),
        below: rows.into_iter().map(|(a, b, c)| Line { text: format!("|{a} | {b}|{c}|"), below: Vec::new() }).collect(),
    });
    let lines = prop_oneof![
        table,
        leaf((name(), names()).prop_map(|(a, b)| format!("given {a} of {b} in 2019,~2023 to later is not Red or worse on 2024-01-01"))),
        leaf((name(), citation(), citation()).prop_map(|(a, b, c)| format!("expect {a} not eligible by {b},~{c}"))),
        leaf(text().prop_map(|text| format!("note {text}"))),
    ];
    (text(), prop::collection::vec(lines, 0..5))
        .prop_map(|(title, below)| Line { text: format!("scenario 5b {} like 4", title.replace('~', " ")), below })
        .boxed()
}

fn declaration() -> BoxedStrategy<Line> {
    let member = leaf((name(), text()).prop_map(|(name, text)| format!("{name} {} from 2024", text.replace('~', " "))));
    prop_oneof![
        leaf((citation(), text()).prop_map(|(citation, text)| format!("section {} {text}", citation.split(['(', '.']).next().unwrap()))),
        leaf(Just("version SB-114-2023 in force from2023-07-10 to 2024-01-01".to_owned())),
        leaf(text().prop_map(|text| format!("agency ccee {text}"))),
        (name(), prop::collection::vec(member, 0..4)).prop_map(|(name, below)| Line { text: format!("category {name} \"x\""), below }),
        leaf((name(), text()).prop_map(|(a, b)| format!("not encoded (c) \"x\" because {b} {a}").trim_end_matches(&a).to_owned())),
        (name(), name()).prop_map(|(a, b)| Line {
            text: format!("fact {a} \"x\" for {b},~each {b}"),
            below: ["yesor no", "shown asgrid \"x y\""].map(|text| Line { text: text.to_owned(), below: Vec::new() }).into(),
        }),
        (name(), name()).prop_map(|(a, b)| Line {
            text: format!("scale {a} \"x\"~worst first"),
            below: vec![Line {
                text: format!("{b} \"x\""),
                below: ["swatch \"#b3261e\"".to_owned(), format!("for {a},~{b} \"y\"")].map(|text| Line { text, below: Vec::new() }).into(),
            }],
        }),
    ]
    .boxed()
}

/// Random choices of the writer, read off one by one.
struct Dice(Vec<u8>, usize);

impl Dice {
    fn roll(&mut self, sides: u8) -> u8 {
        self.1 += 1;
        self.0[self.1 % self.0.len()].wrapping_add((self.1 / self.0.len()) as u8) % sides
    }
}

/// Writes lines with random blanks, comments, blank lines and breaks.
fn write(lines: &[Line], indent: usize, dice: &mut Dice, out: &mut String) {
    let own = indent;
    for line in lines {
        for _ in 0..dice.roll(6).saturating_sub(3) {
            match dice.roll(3) {
                0 => out.push_str("   \n"),
                1 => out.push('\n'),
                _ => out.push_str(&format!("{}# c{} \"#\n", " ".repeat(usize::from(dice.roll(12))), dice.1)),
            }
        }
        out.push_str(&" ".repeat(own));
        let mut quoted = false;
        let mut chars = line.text.trim_end().chars().peekable();
        while let Some(c) = chars.next() {
            quoted ^= c == '"';
            // a line goes on after a comma, or with one piece of text that ends the line
            let rest: String = chars.clone().collect();
            let last = rest.starts_with('"')
                && rest.split('~').all(|piece| piece.starts_with('"') && piece.matches('"').count() == 2 && piece.ends_with('"'));
            let after_comma = out.ends_with(',') || out.ends_with(", ");
            match c {
                '~' if !quoted && (after_comma || last) && dice.roll(2) == 0 => {
                    let more = " ".repeat(own + 1 + usize::from(dice.roll(4)));
                    if dice.roll(3) == 0 {
                        out.push_str(&format!(" #i{}", dice.1));
                    }
                    out.push('\n');
                    if dice.roll(3) == 0 {
                        out.push_str(&format!("{more}# o{}\n\n", dice.1));
                    }
                    out.push_str(&more);
                    if last && !after_comma {
                        // every further piece has a line to itself
                        out.push_str(&rest.replace('~', &format!("\n{more}")));
                        break;
                    }
                }
                '~' if !quoted => out.push(' '),
                ' ' if !quoted && dice.roll(4) == 0 && !out.ends_with(' ') => out.push_str("  "),
                c => out.push(c),
            }
        }
        match dice.roll(6) {
            0 => out.push_str(&format!(" # t{}", dice.1)),
            1 => out.push_str("  "),
            _ => {}
        }
        out.push('\n');
        write(&line.below, own + 1 + usize::from(dice.roll(4)), dice, out);
    }
}

fn file() -> impl Strategy<Value = String> {
    let items = prop_oneof![3 => clause(), 2 => source(), 2 => scenario(), 2 => declaration()];
    (prop::collection::vec(items, 0..5), prop::collection::vec(any::<u8>(), 20..60), "(|\u{feff})", any::<bool>()).prop_map(
        |(items, dice, bom, crlf)| {
            let mut out = bom;
            write(&items, 0, &mut Dice(dice, 0), &mut out);
            if crlf { out.replace('\n', "\r\n") } else { out }
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(400), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn generated_files_keep_tree_and_comments(text in file()) {
        // what the generator cannot know to be wrong, such as a code that is a word of the language
        if parsed(&text).1 && let Err(problem) = hold(&text) {
            prop_assert!(false, "{problem}\n----- written\n{text}");
        }
    }
}

/// The generator is worth its name: most of its files can be read.
#[test]
fn generated_files_are_mostly_valid() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut valid = 0;
    let mut seen = String::new();
    for _ in 0..200 {
        let text = file().new_tree(&mut runner).unwrap().current();
        let (_, good) = parsed(&text);
        valid += usize::from(good);
        if !good && seen.is_empty() {
            seen = format!("{}\n{text}", formatted(&text).unwrap_err());
        }
    }
    assert!(valid > 120, "{valid} of 200; such as\n{seen}");
}

/// Texts that are nearly rule files: shipped ones with a few characters, words or lines changed.
fn mutated() -> impl Strategy<Value = String> {
    let texts: Vec<String> = ["policies", "tests/golden"]
        .iter()
        .flat_map(|folder| files(&root().join(folder), ".enact"))
        .map(|path| String::from_utf8_lossy(&fs::read(path).unwrap()).into_owned())
        .collect();
    let change =
        (any::<prop::sample::Index>(), 0..8u8, "(\\(|\\)|\"|#|,|:|\\||-|\n|\n  |\n    |\r|\t| or | not |  |é|x| is |all of:|\"a\"\n\"b\")");
    (prop::sample::select(texts), any::<prop::sample::Index>(), prop::collection::vec(change, 0..6)).prop_map(|(text, at, changes)| {
        let lines: Vec<&str> = text.lines().collect();
        let start = at.index(lines.len().max(1)).saturating_sub(20);
        let mut chars: Vec<char> = lines.iter().skip(start).take(40).flat_map(|line| line.chars().chain(['\n'])).collect();
        for (at, kind, piece) in changes {
            let at = at.index(chars.len().max(1)).min(chars.len());
            let end = (at + 1 + usize::from(kind) * 2).min(chars.len());
            match kind {
                0 | 1 => drop(chars.drain(at..end)),
                2 => chars.splice(at..at, chars[at..end].to_vec()).for_each(drop),
                _ => chars.splice(at..at, piece.chars()).for_each(drop),
            }
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(300), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nearly_valid_files_are_laid_out_or_refused(text in mutated()) {
        if parsed(&text).1 {
            prop_assert!(hold(&text).is_ok(), "{}\n----- written\n{text}", hold(&text).unwrap_err());
        } else {
            let problem = formatted(&text).unwrap_err();
            prop_assert!(!problem.contains("syntax/not-formatted"), "{problem}\n----- written\n{text}");
        }
        let mut sources = Sources::default();
        sources.add("file.enact", text);
        let library = enact::library::Library::new(sources);
        enact::diagnostic::render(&library.diagnostics, &library.sources, enact::diagnostic::ErrorFormat::Human);
    }
}
