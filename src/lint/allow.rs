//! `allow CODE because "..."`

use crate::diagnostic::{Diagnostic, Severity, entry};
use crate::span::Span;
use crate::syntax::ast;

/// Takes away what is allowed, and reports what is allowed for nothing. Where the rules have errors, not all is found
/// that would be, so nothing is called needless.
pub(super) fn apply(files: &[ast::File], complete: bool, found: &mut Vec<Diagnostic>) {
    let allows: Vec<&ast::Allow> = files.iter().flat_map(|file| &file.allows).collect();
    let mut needed = vec![false; allows.len()];
    found.retain(|problem| {
        let Some(at) = problem.at.as_ref().filter(|_| problem.severity != Severity::Error) else { return true };
        let mut kept = true;
        for (allow, needed) in allows.iter().zip(&mut needed) {
            if allow.code.value == problem.code && within(at.span, allow.within.span) {
                *needed = true;
                kept = false;
            }
        }
        kept
    });
    if !complete {
        return;
    }
    for (allow, _) in allows.iter().zip(needed).filter(|(_, needed)| !needed) {
        if entry(&allow.code.value).is_some_and(|entry| entry.severity != Severity::Error) {
            found.push(
                Diagnostic::warning("allow/unneeded", format!("there is no `{}` here to allow", allow.code.value))
                    .at(allow.code.span, "allows nothing")
                    .help("remove the line; what it excused is gone, or stands elsewhere"),
            );
        }
    }
}

fn within(inner: Span, outer: Span) -> bool {
    inner.source == outer.source && outer.start <= inner.start && inner.end <= outer.end
}
