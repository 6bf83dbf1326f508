//! What is written for people.

use crate::diagnostic::Diagnostic;
use crate::source::Sources;
use crate::syntax::ast::{self, Item};

/// Quotes that go on over the end of a line.
pub(super) fn quotes(files: &[ast::File], sources: &Sources) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for item in files.iter().flat_map(|file| &file.items) {
        let Item::Clause(clause) = item else { continue };
        for mark in clause.marks.iter().filter(|mark| mark.kind == "quote" && sources.slice(mark.text.span).contains('\n')) {
            found.push(
                Diagnostic::warning("law/long-quote", format!("the quote of `{}` is longer than a line", clause.label.value))
                    .at(mark.text.span, "goes on in the next line")
                    .help("quote the few words that decide, with `...` for what is left out; the whole text stands in the statute"),
            );
        }
    }
    found
}
