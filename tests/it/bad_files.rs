//! Files no program should trust: too large, too deep, not text, not even files. Each gets a clear message; none makes the
//! program panic, hang, take memory without bound, or write anything.

use crate::support::root;
use enact::diagnostic::{Diagnostic, ErrorFormat, render};
use enact::eval::{Evaluator, Setting};
use enact::facts::Facts;
use enact::library::Library;
use enact::program::{ClauseId, PathwayId};
use enact::source::Sources;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const MIB: usize = 1 << 20;

/// On a thread with the stack that threads have by default.
fn on_a_small_stack<T: Send>(name: &str, work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(2 * MIB)
            .spawn_scoped(scope, work)
            .unwrap()
            .join()
            .unwrap_or_else(|_| panic!("{name} panicked"))
    })
}

/// Reads, checks, shows and lays out a text; returns the problems.
fn all_of_it(name: &str, text: String) -> Vec<Diagnostic> {
    on_a_small_stack(name, move || {
        let mut sources = Sources::default();
        sources.add("base.enact", fs::read_to_string(root().join("tests/golden/base.enact")).unwrap());
        let id = sources.add("bad.enact", text);
        let library = Library::new(sources);
        for format in [ErrorFormat::Human, ErrorFormat::Plain, ErrorFormat::Json, ErrorFormat::Github, ErrorFormat::Sarif] {
            let first = &library.diagnostics[..library.diagnostics.len().min(3)];
            let shown = render(first, &library.sources, format);
            assert!(shown.len() < 20_000, "{name}: {} bytes of messages", shown.len());
        }
        let _ = enact::syntax::format(&library.sources, id);
        library.diagnostics
    })
}

fn codes(problems: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<_> = problems.iter().map(|problem| problem.code).collect();
    codes.dedup();
    codes
}

const HEAD: &str = "section LC 1 \"x\"\nversion v1 in force from 2020-01-01\n";

/// Clauses that each rest on the one named after `to`.
fn chain(numbers: impl Iterator<Item = usize>, last: usize, condition: impl Fn(usize) -> String) -> String {
    let mut text = HEAD.to_owned();
    for n in numbers {
        let when = if n == last { "open_sundays is yes".to_owned() } else { condition(n + 1) };
        text.push_str(&format!("clause (a{n})\n  source \"x\"\n  when {when}\n"));
    }
    text
}

#[test]
fn large_and_deep_texts() {
    let cite = |n: usize| format!("LC 1(a{n}) is met");
    for (name, text, expected) in [
        ("parentheses, 10 MiB", "(".repeat(10 * MIB), "syntax/too-large"),
        ("parentheses, 3 MiB", "(".repeat(3 * MIB), "syntax/unknown-line"),
        ("a label without end", format!("{HEAD}clause {}\n", "(a)".repeat(MIB)), "law/no-rule"),
        ("one line of 10 MiB", format!("agency x \"{}\"\n", "x ".repeat(5 * MIB)), "syntax/too-large"),
        ("one line of 3 MiB", format!("agency x {}\"", "\"x\" ".repeat(3 * MIB / 4)), "syntax/quotation-marks"),
        ("an end far to the right", format!("agency x \"{}\" y", "x".repeat(3 * MIB)), "syntax/unreadable-line"),
        ("indentation, 10 MiB", (0..4500).map(|n| format!("{}all of:\n", " ".repeat(n))).collect(), "syntax/too-large"),
        ("indentation, 3 MiB", (0..2400).map(|n| format!("{}x\n", " ".repeat(n))).collect(), "syntax/too-deep"),
        ("a line for each letter", "x\n".repeat(3 * MIB / 2), "syntax/too-many-problems"),
        ("commas", "a,\n".repeat(MIB), "syntax/unknown-line"),
        ("quotation marks", "\"\n".repeat(MIB), "syntax/too-many-problems"),
        ("a chain of clauses, from its end", chain((0..5_000).rev(), 4_999, cite), "law/too-deep"),
        ("a chain of clauses, from its start", chain(0..5_000, 4_999, cite), "law/too-deep"),
        (
            "a chain of scenarios",
            (0..2_000).map(|n| format!("scenario s{n} \"x\" like s{}\n  expect grant eligible\n", n + 1)).collect(),
            "law/too-deep",
        ),
        ("a chain of sources", (0..500).map(|n| format!("source s{n} \"x\" like s{}\n", n + 1)).collect(), "law/too-deep"),
    ] {
        let problems = all_of_it(name, text);
        assert!(codes(&problems).contains(&expected), "{name}: {:?}", &codes(&problems)[..codes(&problems).len().min(9)]);
    }
}

/// What is just short of too deep runs through everything that walks it, on a small stack.
#[test]
fn conditions_as_deep_as_they_can_be() {
    // each clause: `all of:` in `all of:` ..., and a reference in the innermost
    let nested = |n: usize| {
        let mut when = String::new();
        for depth in 0..33 {
            when.push_str(&format!("all of:\n{}- ", " ".repeat(4 + depth * 2)));
        }
        when + &format!("LC 1(a{n}) is met")
    };
    for (name, text, clauses) in [
        ("many clauses", chain(0..199, 198, |n| format!("LC 1(a{n}) is met")), 199),
        ("many conditions", chain(0..11, 10, nested), 11),
        (
            "many windows",
            chain(0..7, 6, |n| {
                let mut when = String::new();
                for depth in 0..2 {
                    when.push_str(&format!("in the previous season:\n{}", " ".repeat(4 + depth * 2)));
                }
                when + &format!("LC 1(a{n}) is met")
            }),
            7,
        ),
    ] {
        let text = text.replacen("  source \"x\"\n", "  source \"x\"\n  gives grant\n", 1);
        on_a_small_stack(name, || {
            let mut sources = Sources::default();
            sources.add("base.enact", fs::read_to_string(root().join("tests/golden/base.enact")).unwrap());
            let id = sources.add("deep.enact", text.clone());
            assert!(enact::syntax::format(&sources, id).is_ok());
            let library = Library::new(sources);
            let program = library
                .program
                .as_ref()
                .unwrap_or_else(|| panic!("{name}: {}", render(&library.diagnostics[..1], &library.sources, ErrorFormat::Human)));
            let mut facts = Facts::default();
            let subject = facts.subject(program, "1234").unwrap();
            let setting = Setting::new(program, "2024-09-01".parse().unwrap());
            let mut evaluator = Evaluator::new(&setting, &facts, subject, true);
            let answer = evaluator.clause(ClauseId(0), 2024).node;
            assert_eq!(evaluator.open_cells(answer).len(), usize::from(name != "many windows"), "{name}, {clauses} clauses");
            let one = enact::assess::one(&setting, &facts, 2024, subject, &[PathwayId(0)]);
            let all = enact::assess::assess(&setting, &facts, 2024, &[subject], &[PathwayId(0)], || {});
            let _ = (one, all);
        });
    }
}

#[test]
fn carriage_returns_and_byte_order_marks() {
    let good = "section LC 1 \"x\"\nversion v1 in force from 2020-01-01\nclause (a)\n  source \"x\"\n  when open_sundays is yes\n";
    for text in [good.to_owned(), format!("\u{feff}{good}"), good.replace('\n', "\r\n"), format!("\u{feff}{}", good.replace('\n', "\r\n"))]
    {
        assert!(all_of_it("good", text.clone()).is_empty(), "{text:?}");
        let mut sources = Sources::default();
        let id = sources.add("x.enact", text);
        assert_eq!(enact::syntax::format(&sources, id).unwrap(), good);
    }
    // a file of the last century is one line, and all of it a comment if it starts with one
    for text in [good.replace('\n', "\r"), format!("# x\r{}", good.replace('\n', "\r")), good.replace("(a)\n", "(a)\r")] {
        let problems = all_of_it("lone carriage returns", text.clone());
        assert_eq!(codes(&problems), ["syntax/carriage-return"], "{text:?}");
    }
}

// ---------------------------------------------------------------- on disk

fn enact(folder: &Path, args: &[&str]) -> Output {
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

/// A folder with a good law and, in `rules`, one of each file that cannot be read.
#[cfg(unix)]
fn folder_of_bad_files() -> tempfile::TempDir {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let rules = folder.path().join("rules");
    fs::create_dir(&rules).unwrap();
    fs::copy(root().join("tests/golden/base.enact"), rules.join("base.enact")).unwrap();
    fs::write(rules.join("nul.enact"), b"# one\nagency x \"\0\"\n").unwrap();
    fs::write(rules.join("latin_1.enact"), b"# one\n# two\nagency x \"Pe\xf1a\"\n").unwrap();
    fs::write(rules.join("utf_16.enact"), b"\xff\xfea\0g\0e\0n\0c\0y\0").unwrap();
    fs::write(rules.join("huge.enact"), vec![b'('; 10 * MIB]).unwrap();
    fs::write(rules.join("empty.enact"), "").unwrap();
    fs::create_dir(rules.join("folder.enact")).unwrap();
    symlink("nowhere.enact", rules.join("dangling.enact")).unwrap();
    symlink("itself.enact", rules.join("itself.enact")).unwrap();
    symlink("base.enact", rules.join("once_more.enact")).unwrap();
    symlink("..", rules.join("up")).unwrap();
    for (from, to) in [("one", "two"), ("two", "one")] {
        fs::create_dir(rules.join(from)).unwrap();
        symlink(format!("../{to}"), rules.join(from).join("across")).unwrap();
    }
    let law = "section LC 1 \"x\"\nversion v1 in force from 2020-01-01\nclause (a)\n  source \"x\"\n  when open_sundays is yes\n";
    for name in ["law", "law_copied"] {
        fs::write(rules.join(format!("{name}.enact")), law).unwrap();
    }
    folder
}

/// One message for each file, and the same files after every command.
#[cfg(unix)]
#[test]
fn each_bad_file_in_a_folder_gets_a_message() {
    let folder = folder_of_bad_files();
    let state = || {
        let mut entries: Vec<_> = fs::read_dir(folder.path().join("rules")).unwrap().map(|entry| entry.unwrap().path()).collect();
        entries.sort();
        entries.into_iter().map(|path| (path.clone(), fs::read(&path).ok(), fs::read_link(&path).ok())).collect::<Vec<_>>()
    };
    let before = state();
    let pages = page(&enact(folder.path(), &["check", "rules"]));
    for args in [&["fmt", "rules"][..], &["fmt", "rules", "--check"], &["fmt", "rules/dangling.enact"], &["fmt", "rules/nul.enact"]] {
        let output = enact(folder.path(), args);
        assert_eq!(output.status.code(), Some(2), "{}", page(&output));
    }
    assert!(before == state(), "a file was changed");
    insta::with_settings!({ snapshot_path => root().join("tests/golden/cli"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("bad_files".to_owned(), pages);
    });
}

#[cfg(unix)]
#[test]
fn a_file_that_is_not_ours_to_read_or_write() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.enact");
    fs::write(&file, "agency  x \"x\"\n").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&file).is_ok() {
        eprintln!("SKIPPED: this user (root?) reads files without permission, so that there is none to refuse");
        return;
    }
    let output = enact(folder.path(), &["check", "a.enact"]);
    assert_eq!(output.status.code(), Some(1), "{}", page(&output));
    assert!(page(&output).contains("not yours to read"), "{}", page(&output));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o555)).unwrap();
    let output = enact(folder.path(), &["fmt", "a.enact"]);
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!(output.status.code(), Some(2), "{}", page(&output));
    assert!(page(&output).contains("cannot be written"), "{}", page(&output));
    assert_eq!(fs::read_to_string(&file).unwrap(), "agency  x \"x\"\n");
}

#[test]
fn a_data_file_given_twice_is_read_once() {
    let file = crate::support::files(&root().join("examples/california/monterey"), ".gz").remove(0);
    let file = file.strip_prefix(root()).unwrap().to_str().unwrap();
    let once = enact(root(), &["data", "check", file]);
    let twice = enact(root(), &["data", "check", file, file]);
    assert_eq!(once.stdout, twice.stdout, "{}", page(&twice));
    assert!(page(&twice).contains("given twice and was read once"), "{}", page(&twice));
}
