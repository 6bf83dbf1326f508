//! The program as a user meets it: output, messages, exit codes, files.

use crate::support::root;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn enact(args: &[&str]) -> Output {
    enact_in(root(), args)
}

fn enact_in(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_enact")).args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

fn page(output: &Output) -> String {
    format!(
        "exit {}\n----- stdout\n{}----- stderr\n{}",
        output.status.code().unwrap(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

fn snapshot(name: &str, page: String) {
    insta::with_settings!({ snapshot_path => root().join("tests/golden/cli"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name.to_owned(), page);
    });
}

/// One agency beside itself: another year, another day, an edited policy.
#[test]
fn comparisons() {
    let soledad = ["explain", "Soledad", "--dashboard", "2024", "--compare"];
    for (name, with) in [("year", "2023"), ("day", "2023-07-09"), ("nothing", "2024")] {
        snapshot(&format!("compare_{name}"), page(&enact(&[&soledad[..], &[with]].concat())));
    }
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("policies");
    for path in crate::support::files(&root().join("policies"), "") {
        let to = copy.join(path.strip_prefix(root().join("policies")).unwrap());
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::copy(&path, to).unwrap();
    }
    let section = copy.join("sections/52072/2023-sb-114.enact");
    let text = std::fs::read_to_string(&section).unwrap();
    std::fs::write(
        &section,
        text.replace("at least 3 student_groups, or all if fewer than 3", "at least 2 student_groups, or all if fewer than 2"),
    )
    .unwrap();
    let copy = copy.display().to_string();
    let output = enact(&["explain", "Soledad", "--dashboard", "2023", "--policies", &copy, "--compare", "policies"]);
    snapshot("compare_policies", page(&output).replace(&copy, "COPY"));
}

/// Reviewed explanations: each kind of answer, by each method.
#[test]
fn explanations() {
    for (name, args) in [
        (
            "method_1_district",
            &["explain", "Greenfield Union Elementary", "--dashboard", "2023", "--pathway", "differentiated_assistance"][..],
        ),
        (
            "method_2_district",
            &["explain", "Raymond-Knowles Union Elementary", "--dashboard", "2023", "--pathway", "differentiated_assistance"],
        ),
        ("method_3_district", &["explain", "Burlingame Elementary", "--dashboard", "2023", "--pathway", "differentiated_assistance"]),
        ("county_office", &["explain", "2710272", "--dashboard", "2023", "--pathway", "differentiated_assistance"]),
        (
            "three_of_four_years",
            &["explain", "South Monterey County Joint Union High", "--dashboard", "2023", "--pathway", "direct_technical_assistance"],
        ),
        ("not_eligible", &["explain", "Alisal Union", "--dashboard", "2023", "--pathway", "differentiated_assistance"]),
        ("second_year_2024", &["explain", "San Ardo Union Elementary", "--dashboard", "2024", "--pathway", "differentiated_assistance"]),
        (
            "undetermined_from_the_red_cell_list",
            &["explain", "Old Adobe Union", "--dashboard", "2023", "--pathway", "differentiated_assistance"],
        ),
        ("charter_school", &["explain", "Monterey Bay Charter", "--dashboard", "2023", "--pathway", "differentiated_assistance"]),
        (
            "charter_school_in_two_years",
            &["explain", "Vivian Banks Charter", "--dashboard", "2024", "--pathway", "differentiated_assistance"],
        ),
        (
            "one_step_away",
            &["explain", "San Lucas Union", "--dashboard", "2024", "--pathway", "differentiated_assistance", "--flip", "--exit"],
        ),
        (
            "two_of_three_years_for_the_geographic_lead",
            &["explain", "South Monterey County Joint Union High", "--dashboard", "2024", "--pathway", "geolead_assistance", "--exit"],
        ),
        (
            "what_would_end_direct_technical_assistance",
            &["explain", "2710272", "--dashboard", "2024", "--pathway", "direct_technical_assistance", "--flip", "--exit"],
        ),
        (
            "charter_school_over_two_years",
            &["explain", "Monterey Bay Charter", "--dashboard", "2024", "--pathway", "differentiated_assistance", "--flip", "--exit"],
        ),
        (
            "suspended_year",
            &[
                "explain",
                "Salinas Union High",
                "--dashboard",
                "2021",
                "--pathway",
                "continued_assistance",
                "--pathway",
                "differentiated_assistance",
            ],
        ),
        (
            "json",
            &["explain", "San Ardo Union Elementary", "--dashboard", "2023", "--pathway", "differentiated_assistance", "--format", "json"],
        ),
    ] {
        let output = enact(&[args, &["--length", "whole"][..]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", page(&output));
        snapshot(&format!("explain_{name}"), page(&output));
        if name == "json" {
            continue;
        }
        let short: String = ["sentence", "paragraph"]
            .into_iter()
            .map(|length| {
                let output = enact(&[args, &["--length", length][..]].concat());
                assert_eq!(output.status.code(), Some(0), "{}", page(&output));
                format!("----- {length}\n{}", String::from_utf8_lossy(&output.stdout))
            })
            .collect();
        snapshot(&format!("explain_{name}_short"), short);
    }
}

/// Without a length it is the paragraph, every pathway of it, and how to see more; `--all` asks for the whole.
#[test]
fn explanations_are_paragraphs_unless_asked_otherwise() {
    let asked = ["explain", "San Ardo Union Elementary", "--dashboard", "2024"];
    let with = |more: &[&str]| String::from_utf8(enact(&[&asked[..], more].concat()).stdout).unwrap();
    let text = with(&[]);
    snapshot("explain_default", text.clone());
    assert_eq!(text, with(&["--length", "paragraph"]) + "\nEvery step down to file and row: --length whole\n");
    assert_eq!(with(&["--all"]), with(&["--all", "--length", "whole"]));
    assert!(with(&["--all"]).contains("Why:") && !text.contains("Why:"));
}

/// From *Met* to *Not Met For Two or More Years* takes two years, so one Dashboard cannot bring it.
#[test]
fn what_takes_two_years_is_not_said_of_one() {
    let args = ["explain", "San Ardo Union Elementary", "--dashboard", "2024", "--pathway", "differentiated_assistance", "--exit"];
    let text = String::from_utf8(enact(&args).stdout).unwrap();
    let next = text.split("In 2025").nth(1).unwrap();
    assert!(next.contains("Hispanic (chronic absenteeism Red instead of Yellow"), "{text}");
    assert!(!next.contains("Two or More Years"), "{text}");
}

#[test]
fn lists() {
    for (name, args) in [
        ("county_2023", &["assess", "--dashboard", "2023", "--region", "27"][..]),
        (
            "county_2024",
            &[
                "assess",
                "--dashboard",
                "2024",
                "--region",
                "27",
                "--pathway",
                "differentiated_assistance",
                "--pathway",
                "calpads_assistance",
            ],
        ),
        ("county_2018_cde", &["assess", "--dashboard", "2018", "--region", "27", "--format", "cde"]),
        ("county_2022_csv", &["assess", "--dashboard", "2022", "--region", "2765", "--format", "csv"]),
        ("suspended_2021", &["assess", "--dashboard", "2021", "--region", "2766", "--pathway", "differentiated_assistance", "--all"]),
    ] {
        let output = enact(args);
        assert_eq!(output.status.code(), Some(0), "{}", page(&output));
        snapshot(&format!("assess_{name}"), page(&output));
    }
}

#[test]
fn wrong_requests_say_what_would_be_right() {
    for (name, args) in [
        ("unknown_name", &["explain", "Salinas Unon High", "--dashboard", "2023"][..]),
        ("ambiguous_name", &["explain", "Monterey", "--dashboard", "2023"]),
        ("unknown_key", &["explain", "9999999", "--dashboard", "2023"]),
        ("unknown_year", &["assess", "--dashboard", "2016"]),
        ("unknown_pathway", &["assess", "--dashboard", "2023", "--pathway", "differentiated_asistance"]),
        ("unknown_choice", &["assess", "--dashboard", "2023", "--choose", "charter_year=any_two"]),
        ("unknown_reading", &["assess", "--dashboard", "2023", "--choose", "charter_years=sometimes"]),
        ("unknown_format", &["assess", "--dashboard", "2023", "--format", "cdee"]),
        ("unknown_region", &["assess", "--dashboard", "2023", "--region", "99"]),
        ("bad_date", &["assess", "--dashboard", "2023", "--as-of", "2023-02-30"]),
        ("missing_data", &["assess", "--dashboard", "2023", "--data", "no-such-folder"]),
        ("missing_policies", &["check", "no-such-folder"]),
    ] {
        let output = enact(args);
        assert_eq!(output.status.code(), Some(if name == "missing_policies" { 1 } else { 2 }), "{}", page(&output));
        assert!(output.stdout.is_empty() || name == "missing_policies", "{}", page(&output));
        snapshot(&format!("usage_{name}"), page(&output));
    }
}

#[test]
fn check_tells_findings_from_none() {
    assert_eq!(enact(&["check"]).status.code(), Some(0));
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("tests/golden/base.enact"), folder.path().join("a.enact")).unwrap();
    fs::write(
        folder.path().join("b.enact"),
        "section LC 1 \"One\"\nversion V in force from 2020-01-01\nclause (a)\n  source \"x\"\n  when always\n",
    )
    .unwrap();
    let path = folder.path().to_str().unwrap();
    // facts that no rule reads are warnings, and warnings are findings
    assert_eq!(enact(&["check", path]).status.code(), Some(1), "{}", page(&enact(&["check", path])));
    fs::write(
        folder.path().join("b.enact"),
        "allow unused/clause because \"an example\"\nsection LC 1 \"One\"\nversion V in force from 2020-01-01\n\
         clause (a)\n  source \"x\"\n  when all of:\n    - open_sundays is yes\n    - some room:\n        all of:\n          \
         - repair is Ruined\n          - visitors is at least 3 \"visitors\"\n  gives grant\n    provider county\n",
    )
    .unwrap();
    let output = enact(&["check", path]);
    assert_eq!((output.status.code(), page(&output).contains("allow/unneeded")), (Some(1), true), "{}", page(&output));
    let text = fs::read_to_string(folder.path().join("b.enact")).unwrap();
    fs::write(folder.path().join("b.enact"), text.lines().skip(1).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    assert_eq!(enact(&["check", path]).status.code(), Some(0), "{}", page(&enact(&["check", path])));
    fs::write(
        folder.path().join("b.enact"),
        "section LC 1 \"One\"\nversion V in force from 2020-01-01\nclause (a)\n  source \"x\"\n  when alwys\n",
    )
    .unwrap();
    assert_eq!(enact(&["check", path]).status.code(), Some(1));
}

/// Files no parser should trust: a clear message, no panic, no hang.
#[test]
fn hostile_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let cases: [(&str, Vec<u8>); 8] = [
        ("ten_megabytes_of_parentheses", vec![b'('; 10 << 20]),
        ("two_megabytes_of_parentheses", vec![b'('; 2 << 20]),
        ("nul_byte", b"code EC \"x\"\0".to_vec()),
        ("invalid_utf_8", b"code EC \"\xff\xfe\"".to_vec()),
        ("deep_nesting", (0..3000).map(|depth| format!("{}all of:\n", " ".repeat(depth))).collect::<String>().into_bytes()),
        ("one_long_line", format!("code EC \"{}\"", "x".repeat(3 << 20)).into_bytes()),
        ("only_a_byte_order_mark", b"\xef\xbb\xbf".to_vec()),
        ("carriage_returns", b"code EC \"x\"\r\nsubject lea \"y\"\r\n  key 2 digits \"z\"\r\n".to_vec()),
    ];
    for (name, bytes) in cases {
        fs::write(folder.path().join("x.enact"), bytes).unwrap();
        let output = enact(&["check", path, "--error-format", "plain"]);
        assert_eq!(output.status.code(), Some(1), "{name}: {}", page(&output));
        let shown = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!shown.contains("panicked") && shown.len() < 20_000 + (4 << 20), "{name}");
    }
    fs::remove_file(folder.path().join("x.enact")).unwrap();
    fs::create_dir(folder.path().join("x.enact")).unwrap();
    let output = enact(&["check", path]);
    assert_eq!(output.status.code(), Some(1), "a directory named like a rule file holds none: {}", page(&output));
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).unwrap();
        let output = enact(&["check", path]);
        assert_eq!(output.status.code(), Some(1), "{}", page(&output));
        assert!(String::from_utf8_lossy(&output.stderr).contains("link"), "{}", page(&output));
    }
}

/// A list is written whole or not at all.
#[test]
fn no_output_is_half_written() {
    let folder = tempfile::tempdir().unwrap();
    let target = folder.path().join("list.csv");
    fs::write(&target, "as it was").unwrap();
    let data = folder.path().join("data");
    fs::create_dir(&data).unwrap();
    fs::write(data.join("eladownload2024.txt"), "cds\trtype\n1\tD\n").unwrap();
    let to = target.to_str().unwrap();
    let bad = enact(&["assess", "--dashboard", "2024", "--data", data.to_str().unwrap(), "--format", "csv", "-o", to]);
    assert_eq!(bad.status.code(), Some(2));
    assert_eq!(fs::read_to_string(&target).unwrap(), "as it was");
    let good = enact(&["assess", "--dashboard", "2023", "--region", "2766", "--format", "csv", "-o", to]);
    assert_eq!(good.status.code(), Some(0), "{}", page(&good));
    assert!(fs::read_to_string(&target).unwrap().starts_with("key,name,"));
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

/// The same input gives the same bytes.
#[test]
fn runs_repeat() {
    let args = ["assess", "--dashboard", "2023", "--region", "27", "--format", "json", "--all"];
    let (first, second) = (enact(&args), enact(&args));
    assert!(first.stdout == second.stdout && !first.stdout.is_empty());
    let parsed: serde_json::Value = serde_json::from_slice(&first.stdout).unwrap();
    assert_eq!(parsed["totals"]["differentiated_assistance"]["eligible"], 10);
}

#[test]
fn shipped_data_have_no_problems() {
    for path in ["examples/california", "policies/records"] {
        let output = enact(&["data", "check", path]);
        assert_eq!(output.status.code(), Some(0), "{}", page(&output));
    }
}

/// CDE's first release of 2019 and its revision contradict each other: every difference is named.
#[test]
fn two_releases_of_one_year_contradict_each_other() {
    let output = enact(&["data", "check", "examples/california", "examples/california-2019-first-release", "--error-format", "plain"]);
    assert_eq!(output.status.code(), Some(1));
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(shown.lines().count(), 22, "{shown}");
    assert!(shown.lines().all(|line| line.contains("[data/contradiction]")), "{shown}");
}

/// The circuit of a small law, gate by gate, and how many gates the shipped law has.
#[test]
fn circuits() {
    snapshot("dump_circuit", page(&enact(&["dump", "circuit", "--policies", "examples/library-grants/policies"])));
    snapshot("dump_circuit_counts", page(&enact(&["dump", "circuit", "--dashboard", "2023", "--counts"])));
    let json = enact(&["dump", "circuit", "--dashboard", "2023", "--counts", "--format", "json"]);
    let json: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let of = |name: &str| json["counts"][name].as_u64().unwrap();
    let sorts: u64 = ["tests", "and", "at_least", "choose", "decide", "recorded", "settled"].into_iter().map(of).sum();
    assert_eq!(sorts, of("gates"), "every gate is of one sort");
}

/// `fmt` rewrites, lists, shows and refuses.
#[test]
fn formatting() {
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    let (messy, neat, broken) = ("agency  x \"x\" # y\r\n\r\n\r\n", "agency x \"x\"  # y\n", "agency  x\n  \"x\"\nagency\n");
    fs::write(rules.join("messy.enact"), messy).unwrap();
    fs::write(rules.join("neat.enact"), neat).unwrap();
    let mut pages = String::new();
    let mut run = |args: &[&str], exit: i32| {
        let output = enact_in(folder.path(), args);
        let shown = format!("$ enact {}\n{}\n", args.join(" "), page(&output));
        assert_eq!(output.status.code(), Some(exit), "{shown}");
        pages.push_str(&shown);
    };
    run(&["fmt", "rules", "--check"], 1);
    run(&["fmt", "rules", "--diff"], 1);
    assert_eq!(fs::read_to_string(rules.join("messy.enact")).unwrap(), messy);
    run(&["fmt", "rules"], 0);
    assert_eq!(fs::read_to_string(rules.join("messy.enact")).unwrap(), neat);
    run(&["fmt", "rules", "--check"], 0);
    run(&["fmt", "rules", "--diff"], 0);
    // one file that cannot be read keeps no other from being formatted, and stays as it is
    fs::write(rules.join("broken.enact"), broken).unwrap();
    fs::write(rules.join("messy.enact"), messy).unwrap();
    run(&["fmt", "rules"], 2);
    assert_eq!(fs::read_to_string(rules.join("broken.enact")).unwrap(), broken);
    assert_eq!(fs::read_to_string(rules.join("messy.enact")).unwrap(), neat);
    run(&["fmt", "rules/neat.enact", "rules/messy.enact", "--check"], 0);
    run(&["fmt", "no-such-file.enact"], 2);
    snapshot("fmt", pages);
    assert_eq!(fs::read_dir(&rules).unwrap().count(), 3, "nothing is left beside the files");
}

#[test]
fn formatting_standard_input() {
    use std::io::Write;
    use std::process::Stdio;
    let run = |args: &[&str], text: &str| {
        let mut child = Command::new(env!("CARGO_BIN_EXE_enact"));
        let mut child = child.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    };
    assert_eq!(run(&["fmt", "-"], "agency  x \"x\""), (0, "agency x \"x\"\n".to_owned()));
    assert_eq!(run(&["fmt", "-", "--check"], "agency  x \"x\""), (1, "<standard input>\n".to_owned()));
    assert_eq!(run(&["fmt", "-"], "agency  x"), (2, String::new()));
}

/// A link stays a link to the formatted file, and a file keeps its permissions.
#[cfg(unix)]
#[test]
fn formatting_through_a_link() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = tempfile::tempdir().unwrap();
    let (file, link) = (folder.path().join("file.enact"), folder.path().join("link.enact"));
    fs::write(&file, "agency  x \"x\"").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    symlink("file.enact", &link).unwrap();
    assert_eq!(enact_in(folder.path(), &["fmt", "link.enact"]).status.code(), Some(0));
    assert!(link.is_symlink());
    assert_eq!(fs::read_to_string(&file).unwrap(), "agency x \"x\"\n");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
}

/// A library in which some scenarios fail, shown in every format.
#[test]
fn failing_scenarios_are_shown_beside_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    fs::copy(root().join("tests/golden/base.enact"), folder.path().join("base.enact")).unwrap();
    fs::copy(root().join("tests/golden/scenarios/failing.enact"), folder.path().join("failing.enact")).unwrap();
    let path = folder.path().to_str().unwrap();
    for format in ["human", "json", "junit", "github"] {
        let output = enact(&["test", path, "--format", format]);
        assert_eq!(output.status.code(), Some(1), "{}", page(&output));
        let shown = String::from_utf8(output.stdout).unwrap().replace(path, "rules");
        if format == "json" {
            let value: serde_json::Value = serde_json::from_str(&shown).unwrap();
            assert_eq!((value["passed"].as_u64(), value["failed"].as_u64()), (Some(1), Some(4)));
        }
        snapshot(&format!("test_{format}"), shown);
    }
}

/// `--watch` runs again after a change.
#[test]
fn watching_runs_again_after_a_change() {
    use std::io::{BufRead, BufReader};
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("rules.enact");
    let text = fs::read_to_string(root().join("tests/golden/base.enact")).unwrap()
        + &fs::read_to_string(root().join("tests/golden/scenarios/failing.enact")).unwrap();
    fs::write(&file, &text).unwrap();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_enact"))
        .args(["test", folder.path().to_str().unwrap(), "--watch"])
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut counts = || loop {
        match lines.next() {
            Some(Ok(line)) if line.contains(" passed, ") => return line,
            Some(Ok(_)) => {}
            _ => panic!("it stopped"),
        }
    };
    assert_eq!(counts(), "1 passed, 4 failed");
    fs::write(&file, text.replace("  expect grant not eligible\n  expect grant provider county\n", "  expect grant eligible\n")).unwrap();
    assert_eq!(counts(), "2 passed, 3 failed");
    child.kill().unwrap();
    child.wait().unwrap();
}
