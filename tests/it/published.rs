//! What CDE published, reproduced from the files CDE published.

use crate::support::{facts, program, published};
use enact::eval::{Answer, CellKey, Evaluator, Setting};
use enact::facts::Facts;
use enact::import::Loaded;
use enact::program::{Cite, ClauseId, FactId, PathwayId, Program, TextId};
use enact::report;

const GROUPS: [(&str, &str); 13] = [
    ("AA", "AApriorities"),
    ("AI", "AIpriorities"),
    ("AS", "ASpriorities"),
    ("EL", "ELpriorities"),
    ("FI", "FIpriorities"),
    ("FOS", "FOSpriorities"),
    ("HI", "HIpriorities"),
    ("HOM", "HOMpriorities"),
    ("MR", "TOMpriorities"),
    ("PI", "PIpriorities"),
    ("SED", "SEDpriorities"),
    ("SWD", "SWDpriorities"),
    ("WH", "WHpriorities"),
];

/// One or two groups persist, and the letters alone do not say whether the LEA has a third group.
const SMALL_2022: [&str; 16] = [
    "Alameda Unified",
    "Compton Unified",
    "Cutler-Orosi Joint Unified",
    "Dinuba Unified",
    "Hamilton Unified",
    "Happy Valley Union Elementary",
    "Jefferson Union High",
    "Montebello Unified",
    "Mother Lode Union Elementary",
    "National Elementary",
    "Oxnard Union High",
    "Pollock Pines Elementary",
    "Rowland Unified",
    "San Benito High",
    "San Diego Unified",
    "West Covina Unified",
];

/// The same for 2023. CDE flagged one of them, Mountain Union Elementary, whose two groups are all it has.
const SMALL_2023: [&str; 40] = [
    "Cotati-Rohnert Park Unified",
    "Elk Grove Unified",
    "Empire Union Elementary",
    "Exeter Unified",
    "Fallbrook Union High",
    "Fort Sage Unified",
    "Grass Valley Elementary",
    "Imperial County Office of Education",
    "Imperial Unified",
    "Jefferson Union High",
    "Jurupa Unified",
    "Livermore Valley Joint Unified",
    "Los Nietos",
    "Meadows Union Elementary",
    "Moorpark Unified",
    "Moreno Valley Unified",
    "Mountain Union Elementary",
    "Mountain View Elementary",
    "Nevada City Elementary",
    "Norwalk-La Mirada Unified",
    "Oakdale Joint Unified",
    "Orcutt Union Elementary",
    "Peninsula Union",
    "Petaluma City Schools",
    "Pierce Joint Unified",
    "Pioneer Union Elementary",
    "Redding Elementary",
    "San Bernardino City Unified",
    "San Diego Unified",
    "San Francisco Unified",
    "Santa Ana Unified",
    "Santa Maria Joint Union High",
    "Soledad Unified",
    "Sonoma County Office of Education",
    "South Bay Union Elementary",
    "Standard Elementary",
    "Val Verde Unified",
    "Washington Unified",
    "Westside Union Elementary",
    "Yosemite Unified",
];

fn pathway(program: &Program, name: &str) -> PathwayId {
    PathwayId(program.pathways.iter().position(|pathway| pathway.named.name == name).unwrap())
}

/// The list in CDE's layout, for everybody in the data.
fn cde(loaded: &Loaded, year: i32) -> (Vec<String>, Vec<Vec<String>>) {
    let program = program();
    let setting = Setting::new(program, program.period.year(year).unwrap().on);
    let layout = program.reports.iter().find(|report| report.named.name == "cde").unwrap();
    let subjects = loaded.facts.listed(year);
    let mut rows = report::layout(&setting, &loaded.facts, layout, year, &subjects);
    (rows.remove(0), rows)
}

/// Compares cells in CDE's layout; an open cell never counts as equal.
struct Compared {
    equal: usize,
    open: usize,
    wrong: Vec<String>,
}

fn compare(found: &(Vec<String>, Vec<Vec<String>>), truth: &str, columns: &[&str]) -> Compared {
    let truth = published(truth);
    let mut out = Compared { equal: 0, open: 0, wrong: Vec::new() };
    let key = found.0.iter().position(|name| name == "CDS").unwrap();
    for row in &found.1 {
        let Some(published) = truth.get(&row[key]) else { continue };
        for column in columns {
            let at = found.0.iter().position(|name| name == column).unwrap_or_else(|| panic!("no column {column}"));
            let (ours, theirs) = (row[at].trim_start_matches('*'), published[*column].trim().trim_start_matches('*'));
            if ours == theirs {
                out.equal += 1;
            } else if ours == "?" {
                out.open += 1;
            } else {
                out.wrong.push(format!("{} {column}: ours {ours:?}, CDE {theirs:?}", row[key]));
            }
        }
    }
    out
}

/// 25 LEAs of Monterey County, 13 groups, from that year's indicator files alone.
fn every_monterey_letter(year: i32, truth: &str, wanted: impl Fn(&str) -> bool) {
    let loaded = facts(wanted);
    let columns: Vec<&str> = GROUPS.iter().map(|(_, column)| *column).collect();
    let compared = compare(&cde(&loaded, year), truth, &columns);
    assert!(compared.wrong.is_empty(), "{:#?}", compared.wrong);
    assert_eq!((compared.equal, compared.open), (25 * 13, 0), "letters of {year}");
}

#[test]
fn monterey_2018_letters() {
    every_monterey_letter(2018, "determinations/assistancestatus2018.txt.gz", |path| path.starts_with("monterey/2018"));
}

#[test]
fn monterey_2022_letters() {
    every_monterey_letter(2022, "determinations/assistancestatus2022.txt.gz", |path| path.starts_with("monterey/2022"));
}

/// Half of 2023 was published at the time of writing: the LEAs with an even code.
#[test]
fn monterey_2023_letters() {
    let loaded = facts(|path| path.starts_with("monterey/2023"));
    let columns: Vec<&str> = GROUPS.iter().map(|(_, column)| *column).collect();
    let compared = compare(&cde(&loaded, 2023), "determinations/assistancestatus2023.even.txt.gz", &columns);
    assert!(compared.wrong.is_empty(), "{:#?}", compared.wrong);
    assert_eq!((compared.equal % 13, compared.open), (0, 0));
    assert_eq!(compared.equal, 10 * 13, "ten of the county's LEAs have an even code");
}

/// Without a file of local indicators, an LEA without a Method 1 group is honestly open, and only such.
#[test]
fn monterey_2018_methods_and_status() {
    let loaded = facts(|path| path.starts_with("monterey/2018"));
    let found = cde(&loaded, 2018);
    let truth = "determinations/assistancestatus2018.txt.gz";
    let method_1 = compare(&found, truth, &["MetMethod1"]);
    assert_eq!((method_1.equal, method_1.open, method_1.wrong.len()), (25, 0, 0));
    let published = published(truth);
    let (key, status, method_2) = (column(&found.0, "CDS"), column(&found.0, "AssistanceStatus2018"), column(&found.0, "MetMethod2"));
    for row in found.1.iter().filter(|row| published.contains_key(&row[key])) {
        let theirs = &published[&row[key]];
        if theirs["MetMethod1"] == "Y" {
            assert_eq!(row[status], theirs["AssistanceStatus2018"], "{}", row[key]);
        } else {
            assert_eq!(row[status], "?", "{}: no local indicators are at hand", row[key]);
        }
        assert_eq!(row[method_2], "?", "{}", row[key]);
    }
}

fn column(header: &[String], name: &str) -> usize {
    header.iter().position(|own| own == name).unwrap()
}

#[test]
fn monterey_2022_status() {
    let loaded = facts(|path| path.starts_with("monterey/2022"));
    let compared = compare(&cde(&loaded, 2022), "determinations/assistancestatus2022.txt.gz", &["MetMethod1", "AssistanceStatus2022"]);
    assert_eq!((compared.equal, compared.open, compared.wrong.len()), (50, 0, 0), "{:#?}", compared.wrong);
}

#[test]
fn monterey_2023_methods_and_status() {
    let loaded = facts(|path| path.starts_with("monterey/2023") || path.starts_with("local/localindicators2023"));
    let columns = ["MetMethod1", "MetMethod2", "MetMethod3", "AssistanceStatus2023", "TotalStudentGroups"];
    let found = cde(&loaded, 2023);
    let key = column(&found.0, "CDS");
    let monterey = (found.0.clone(), found.1.iter().filter(|row| row[key].starts_with("27")).cloned().collect());
    let compared = compare(&monterey, "determinations/assistancestatus2023.even.txt.gz", &columns);
    assert!(compared.wrong.is_empty() && compared.open == 0, "{:#?} open {}", compared.wrong, compared.open);
    assert_eq!(compared.equal, 10 * columns.len());
}

/// A year whose answers are not at hand: every LEA of the county is determined in every column.
#[test]
fn monterey_2024_is_determined() {
    let loaded = facts(|path| path.starts_with("monterey/2024") || path.starts_with("local/localindicators2024"));
    let (header, rows) = cde(&loaded, 2024);
    let key = column(&header, "CDS");
    let rows: Vec<_> = rows.into_iter().filter(|row| row[key].starts_with("27")).collect();
    assert_eq!(rows.len(), 25);
    let known = ["MetMethod1", "MetMethod2", "MetMethod3", "MetMethod4", "TotalStudentGroups"];
    for row in &rows {
        for name in known {
            assert_ne!(row[column(&header, name)], "?", "{} {name}", row[key]);
        }
        assert_eq!(row[column(&header, "MetMethod4")], "N", "no LEA missed a certification in 2024");
    }
    assert!(header.contains(&"LTELpriorities".to_owned()));
}

/// EC 52072 flags from recorded letters alone: never wrong, and open only where the size of groups would decide.
fn dta_flags(year: i32, truth: &str, yes_expected: usize, open_expected: &[&str]) {
    let program = program();
    let mut loaded = facts(|path| path.starts_with("determinations/assistancestatus"));
    let found = published(truth);
    // the published flags themselves must not help
    let recorded = FactId(program.facts.iter().position(|fact| fact.named.name == "recorded_dta").unwrap());
    for subject in 0..loaded.facts.subjects().len() {
        for entry in &program.period.years {
            loaded.facts.set(program, recorded, entry.year, subject, 0, program.facts[recorded.0].full(program), None, None);
        }
    }
    let flag = format!("EC52072_{year}");
    let setting = Setting::new(program, program.period.year(year).unwrap().on);
    let (mut yes, mut no, mut open, mut wrong) = (0, 0, Vec::new(), Vec::new());
    for (key, row) in &found {
        let subject = loaded.facts.find(key).unwrap();
        let (answer, cells) = three_groups(&setting, &loaded.facts, subject, year);
        match (answer, row[&flag].as_str()) {
            (Some(true), "Y") => yes += 1,
            (Some(false), "N") => no += 1,
            (None, _) => {
                for cell in cells {
                    let fact = program.facts[cell.fact.0].named.name.as_str();
                    assert!(["pupils", "color", "status"].contains(&fact) && cell.year == year, "{key} needs {fact} in {}", cell.year);
                }
                open.push(row["LEAname"].clone());
            }
            (answer, theirs) => wrong.push(format!("{key} {}: ours {answer:?}, CDE {theirs}", row["LEAname"])),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    open.sort();
    assert_eq!(open, open_expected);
    assert_eq!((yes, no), (yes_expected, found.len() - yes_expected - open.len()));
}

/// The clause that asks for three groups in three of four years: (a) since SB 114, (b)(1) before it.
fn three_groups(setting: &Setting, facts: &Facts, subject: usize, year: i32) -> (Option<bool>, Vec<CellKey>) {
    let program = setting.program;
    let kind = 1 << facts.subjects()[subject].kind;
    let mut evaluator = Evaluator::new(setting, facts, subject, false);
    let wanted = if year >= 2023 { "(a)" } else { "(b)(1)" };
    let mut answers = program.clauses.iter().enumerate().filter(|(_, clause)| {
        let text = &program.texts[clause.text.0];
        ["52072", "52072.5"].contains(&text.section.as_str())
            && text.labels[clause.label] == wanted
            && clause.kinds & kind != 0
            && text.version(setting.as_of, year) == Some(clause.version)
    });
    let (index, _) = answers.next().unwrap();
    assert!(answers.next().is_none(), "one clause speaks to each kind");
    let node = evaluator.clause(ClauseId(index), year).node;
    (node.settled(), evaluator.open_cells(node))
}

#[test]
fn direct_technical_assistance_flags_of_2022() {
    dta_flags(2022, "determinations/assistancestatus2022.txt.gz", 39, &SMALL_2022);
}

#[test]
fn direct_technical_assistance_flags_of_2023() {
    dta_flags(2023, "determinations/assistancestatus2023.even.txt.gz", 31, &SMALL_2023);
}

/// CDE's list of January 2023 under EC 52064(e)(5): the same group in 2018, 2019 and 2022.
#[test]
fn the_list_under_52064_e_5() {
    let program = program();
    let loaded = facts(|path| path.starts_with("determinations/assistancestatus"));
    let listed = facts(|path| path.starts_with("determinations/"));
    let recorded = FactId(program.facts.iter().position(|fact| fact.named.name == "recorded_consistent").unwrap());
    let fact = &program.facts[recorded.0];
    let groups = &program.categories[fact.categories[0].0];
    let text = program.texts.iter().position(|text| text.section == "52064").unwrap();
    let label = program.texts[text].labels.iter().position(|label| label == "(e)(5)").unwrap();
    let cite = Cite { text: TextId(text), label, members: Vec::new(), at: program.period.named.at };
    let setting = Setting::new(program, "2023-01-31".parse().unwrap());
    let yes = 1 << 1;
    let (mut leas, mut cells) = (std::collections::BTreeSet::new(), 0);
    for (subject, info) in loaded.facts.subjects().iter().enumerate() {
        let mut evaluator = Evaluator::new(&setting, &loaded.facts, subject, false);
        let there = listed.facts.find(&info.key).unwrap();
        for group in groups.in_year(2022) {
            let ours = evaluator.cite_for(&cite, fact.categories[0], group, 2022).node.settled();
            let theirs = listed.facts.cell(program, recorded, 2022, there, fact.offset(program, &[group])).mask == yes;
            if theirs {
                leas.insert(info.key.clone());
            }
            assert_eq!(ours, Some(theirs), "{} {}", info.name, groups.members[group].named.name);
            cells += 1;
        }
    }
    assert_eq!(leas.len(), 132);
    assert!(cells > 12_000, "{cells} cells");
}

/// Methods 2 and 3 statewide from the local indicators, and letters and status from the red-cell list: half of the
/// state is published. Nothing is wrong; what is open needs a color that could be Orange, or the size of a group.
#[test]
fn statewide_2023_from_the_red_cell_list() {
    let loaded = facts(|path| path.starts_with("statewide/lowperf") || path.starts_with("local/localindicators2023"));
    let found = cde(&loaded, 2023);
    let truth = "determinations/assistancestatus2023.even.txt.gz";
    let letters: Vec<&str> = GROUPS.iter().map(|(_, column)| *column).collect();
    let letters = compare(&found, truth, &letters);
    assert!(letters.wrong.is_empty(), "{:#?}", letters.wrong);
    let status = compare(&found, truth, &["AssistanceStatus2023"]);
    assert!(status.wrong.is_empty(), "{:#?}", status.wrong);
    let method_2 = compare(&found, truth, &["MetMethod2"]);
    assert_eq!((method_2.equal, method_2.open, method_2.wrong.len()), (482, 0, 0), "{:#?}", method_2.wrong);
    let method_3 = compare(&found, truth, &["MetMethod3"]);
    assert!(method_3.wrong.is_empty(), "{:#?}", method_3.wrong);
    // reviewed figures; a change means that some answer changed
    assert_eq!((letters.equal, letters.open), (6100, 166));
    assert_eq!((status.equal, status.open), (449, 33));
    assert_eq!((method_3.equal, method_3.open), (482, 0));
}

/// What an open answer of the red-cell list names: colors that could be Orange, statuses, and nothing of another year.
#[test]
fn the_red_cell_list_names_what_would_decide() {
    let program = program();
    let loaded = facts(|path| path.starts_with("statewide/lowperf") || path.starts_with("local/localindicators2023"));
    let setting = Setting::new(program, program.period.year(2023).unwrap().on);
    let assistance = pathway(program, "differentiated_assistance");
    let mut open = 0;
    for subject in loaded.facts.listed(2023) {
        if program.subject.kinds[loaded.facts.subjects()[subject].kind].named.name == "charter" {
            continue;
        }
        let mut evaluator = Evaluator::new(&setting, &loaded.facts, subject, false);
        let found = evaluator.determine(assistance, 2023);
        if found.answer != Answer::Undetermined {
            assert!(found.open.is_empty());
            continue;
        }
        open += 1;
        assert!(!found.open.is_empty());
        for cell in &found.open {
            let fact = &program.facts[cell.fact.0];
            let members = fact.members_at(program, cell.offset);
            let indicator = &program.categories[fact.categories[1].0].members[members[1]].named.name;
            assert_eq!((fact.named.name.as_str(), cell.year), ("color", 2023));
            assert!(["ELA", "MATH"].contains(&indicator.as_str()), "only these two can be Orange and matter, not {indicator}");
        }
    }
    assert!(open > 0);
}

/// With all shipped data, no published determination is contradicted in any year.
#[test]
fn facts_and_published_determinations_agree() {
    let program = program();
    let loaded = facts(|path| !path.starts_with("local/localindicators2024") && !path.starts_with("statewide/elpi"));
    let pathways = [pathway(program, "differentiated_assistance"), pathway(program, "direct_technical_assistance")];
    for year in [2018, 2022, 2023] {
        let setting = Setting::new(program, program.period.year(year).unwrap().on);
        let subjects: Vec<usize> =
            loaded.facts.listed(year).into_iter().filter(|subject| loaded.facts.subjects()[*subject].key.starts_with("27")).collect();
        let assessment = enact::assess::assess(&setting, &loaded.facts, year, &subjects, &pathways, || ());
        for assessed in &assessment.list {
            assert!(
                assessed.contradictions.is_empty(),
                "{}: {:?}",
                loaded.facts.subjects()[assessed.subject].name,
                assessed.contradictions
            );
        }
    }
}

/// The counts CDE's files give: 228, 386, 333 and 617 LEAs.
#[test]
fn counts_from_recorded_determinations() {
    let program = program();
    let loaded = facts(|path| path.starts_with("determinations/assistancestatus"));
    let assistance = pathway(program, "differentiated_assistance");
    for (year, eligible) in [(2017, 228), (2018, 386), (2019, 333), (2022, 617)] {
        let setting = Setting::new(program, program.period.year(year).unwrap().on);
        let assessment = enact::assess::assess(&setting, &loaded.facts, year, &loaded.facts.listed(year), &[assistance], || ());
        let totals = &assessment.totals(&[assistance])[&assistance];
        assert_eq!((totals[&Answer::Eligible], totals[&Answer::Undetermined]), (eligible, 0), "{year}");
    }
}
