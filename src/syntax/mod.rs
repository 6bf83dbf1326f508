//! Source text to the untyped tree.
//!
//! [`layout`] nests lines by indentation; the grammar (`grammar/enact.pest`) reads each line; [`parse`] puts the
//! pieces together. A line that cannot be read is reported and left out, so that one run reports every bad line.
//! This is the only part that knows pest.

pub mod ast;
mod conditions;
mod errors;
mod format;
mod layout;
mod outside;
mod pieces;
mod scenarios;
mod slips;
mod top;

use crate::diagnostic::Diagnostic;
use crate::source::Sources;
use crate::span::SourceId;

pub use format::format;
use grammar::{Grammar, Rule};
use std::collections::HashMap;

mod grammar {
    //! What pest makes of the grammar.
    #![allow(missing_docs, reason = "generated; the grammar itself is documented")]

    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/enact.pest"]
    pub struct Grammar;
}

/// Stands for a day that is not in the calendar and was reported.
pub const UNREADABLE_DATE: jiff::civil::Date = jiff::civil::Date::constant(1, 1, 1);
/// Stands for a count that was too large to read and was reported.
pub const UNREADABLE_COUNT: u32 = u32::MAX;

/// Largest rule file that is read; a rule file is a few pages of text.
pub const MAX_BYTES: usize = 4 << 20;

/// Problems of one file after which no more of it is read.
const MAX_PROBLEMS: usize = 1000;

/// Reads one file. Every line that can be read is in the tree; every line that cannot is in the diagnostics.
pub fn parse(sources: &Sources, id: SourceId) -> (ast::File, Vec<Diagnostic>) {
    let read = read(sources, id, Parts::All);
    (read.file, read.diagnostics)
}

/// As [`parse`], but scenarios are passed over: no part of the law, and in a tested library half of the text.
pub fn parse_rules(sources: &Sources, id: SourceId) -> (ast::File, Vec<Diagnostic>) {
    let read = read(sources, id, Parts::Rules);
    (read.file, read.diagnostics)
}

/// What of a file is read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Parts {
    All,
    Rules,
}

/// A file, and how it was read.
#[derive(Default)]
struct Read {
    file: ast::File,
    lines: Vec<layout::Line>,
    /// What each line that could be read was read as, by where it starts.
    rules: HashMap<u32, Rule>,
    diagnostics: Vec<Diagnostic>,
}

fn read(sources: &Sources, id: SourceId, parts: Parts) -> Read {
    let text = &sources.get(id).text;
    let mut diagnostics = Vec::new();
    if text.len() > MAX_BYTES {
        diagnostics.push(
            Diagnostic::error(
                "syntax/too-large",
                format!("`{}` has {} bytes; rule files are read up to {MAX_BYTES}", sources.get(id).name, text.len()),
            )
            .help("is this a data file? data belong in a folder of their own, named with --data"),
        );
        return Read { diagnostics, ..Read::default() };
    }
    let lines = layout::lines(id, text, &mut diagnostics);
    let mut reader = pieces::Reader::new(id, text, diagnostics);
    let unread = lines.is_empty() && !reader.diagnostics.is_empty();
    let mut file = ast::File { damaged: unread, ..ast::File::default() };
    let whole = crate::span::Span::new(id, 0, text.len());
    for line in &lines {
        if parts == Parts::Rules && reader.is_scenario(line) {
            continue;
        }
        if reader.diagnostics.len() >= MAX_PROBLEMS {
            reader.diagnostics.push(
                Diagnostic::error(
                    "syntax/too-many-problems",
                    format!("more than {MAX_PROBLEMS} lines are wrong up to here; no more is read"),
                )
                .at(line.span, "not read from here on")
                .help("is this a rule file?"),
            );
            file.damaged = true;
            break;
        }
        if reader.is_allow(line) {
            file.allows.extend(reader.allow(line, whole));
            continue;
        }
        match reader.item(line, &mut file.allows) {
            Some(item) => file.items.push(item),
            None => file.damaged = true,
        }
    }
    file.loose = reader.loose;
    Read { file, lines, rules: reader.rules, diagnostics: reader.diagnostics }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pest::Parser;

    /// A word of the language ends where a name would go on.
    #[test]
    fn names_can_begin_like_words() {
        let mut sources = Sources::default();
        let text = "clause (a) for each_kind\n  when all of:\n    - x is not_met\n    - theory is a kind\n    - by choices:\n        p: always\n\
                    source s \"s\"\n  expect act is apple, orange, otherwise_named\n  fill x from y\n    1 is open_now\n";
        let id = sources.add("names.enact", text);
        let (file, problems) = parse(&sources, id);
        assert!(problems.is_empty(), "{problems:?}");
        let tree = format!("{file:?}");
        for name in ["each_kind", "not_met", "theory", "choices", "orange", "otherwise_named", "open_now"] {
            assert!(tree.contains(&format!("\"{name}\"")), "{name} in {tree}");
        }
    }

    /// Rules that match in some example of `docs/language.md`, each read as it stands or as part of a clause.
    fn shown() -> Vec<Rule> {
        let page = include_str!("../../docs/language.md");
        let mut found = Vec::new();
        for block in page.split("```enact\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            let inside: String = block.lines().map(|line| format!("  {line}\n")).collect();
            for text in [block.to_owned(), format!("clause (a)\n{inside}")] {
                let mut sources = Sources::default();
                let id = sources.add("example", text.as_str());
                let read = read(&sources, id, Parts::All);
                if !read.diagnostics.is_empty() {
                    continue;
                }
                let mut open: Vec<&layout::Line> = read.lines.iter().collect();
                while let Some(line) = open.pop() {
                    open.extend(&line.children);
                    let Some(rule) = read.rules.get(&line.span.start) else { continue };
                    let text = &text[line.span.start as usize..line.span.end as usize];
                    let pairs = Grammar::parse(*rule, text).expect("read before");
                    found.extend(pairs.flatten().map(|pair| pair.as_rule()));
                }
                break;
            }
        }
        found
    }

    /// A construct that is not in the reference does not exist for those who read it.
    #[test]
    fn the_reference_shows_every_construct() {
        let shown = shown();
        // these leave no trace in what was read: silent rules, and those that only look ahead
        let grammar = include_str!("../../grammar/enact.pest");
        let silent = |name: &str| {
            grammar.lines().any(|line| line.split_once('=').is_some_and(|(own, body)| own.trim() == name && body.trim().starts_with("_{")))
        };
        let ahead = [Rule::EOI, Rule::WHITESPACE, Rule::COMMENT, Rule::keyword, Rule::clause_ahead, Rule::otherwise_kw];
        let missing: Vec<String> = Rule::all_rules()
            .iter()
            .filter(|rule| !shown.contains(rule) && !ahead.contains(rule))
            .map(|rule| format!("{rule:?}"))
            .filter(|name| !silent(name))
            .collect();
        assert!(missing.is_empty(), "docs/language.md has no example of {}", missing.join(", "));
    }
}
