//! Rule texts to a checked program, in one call.

use crate::check;
use crate::diagnostic::Diagnostic;
use crate::program::Program;
use crate::source::Sources;
use crate::span::SourceId;
use crate::syntax::{self, ast};
use crate::threads;

/// Rule texts with what was made of them.
#[derive(Debug)]
pub struct Library {
    /// The texts.
    pub sources: Sources,
    /// What was written, a tree for each text.
    pub files: Vec<ast::File>,
    /// The program, unless something is wrong.
    pub program: Option<Program>,
    /// Errors and warnings, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl Library {
    /// Parses and checks `sources` together.
    pub fn new(sources: Sources) -> Self {
        Self::parsed(sources, syntax::parse)
    }

    /// The same without the scenarios, which no determination rests on: they are not read, and what is wrong in them is not
    /// reported.
    pub fn of_rules(sources: Sources) -> Self {
        Self::parsed(sources, syntax::parse_rules)
    }

    fn parsed(sources: Sources, parse_one: ParseOne) -> Self {
        let (files, problems): (Vec<_>, Vec<_>) = parse(&sources, parse_one).into_iter().unzip();
        let mut diagnostics: Vec<Diagnostic> = problems.into_iter().flatten().collect();
        let unreadable = !diagnostics.is_empty();
        let (program, problems) = check::check(&files, &sources);
        diagnostics.extend(problems);
        check::sort(&mut diagnostics, &sources);
        Self { sources, files, program: if unreadable { None } else { program }, diagnostics }
    }
}

type ParseOne = fn(&Sources, SourceId) -> (ast::File, Vec<Diagnostic>);

/// Parses every text, on as many threads as the machine runs at once. Whoever is free takes the longest text left, so that
/// all end together.
fn parse(sources: &Sources, parse_one: ParseOne) -> Vec<(ast::File, Vec<Diagnostic>)> {
    let mut ids: Vec<(usize, SourceId)> = sources.iter().map(|(id, _)| id).enumerate().collect();
    ids.sort_by_key(|(_, id)| std::cmp::Reverse(sources.get(*id).text.len()));
    let mut parsed = threads::each(threads::threads(), ids.len(), |turn| {
        let (at, id) = ids[turn];
        (at, parse_one(sources, id))
    });
    parsed.sort_by_key(|(at, _)| *at);
    parsed.into_iter().map(|(_, file)| file).collect()
}
