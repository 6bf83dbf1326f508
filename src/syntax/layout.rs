//! Text to a tree of logical lines, by indentation.
//!
//! A logical line is one physical line, joined by the lines after it while it ends in a comma or while the next
//! one is nothing but quoted text. A line indented deeper than the one before it belongs to that line.

use crate::diagnostic::Diagnostic;
use crate::span::{SourceId, Span};

/// Deeper nesting than any law needs; the bound keeps bad input from exhausting the stack.
const MAX_DEPTH: usize = 40;

/// A logical line and the lines that belong to it.
#[derive(Clone, Debug)]
pub struct Line {
    /// From the first to the last character that is not blank.
    pub span: Span,
    /// Lines indented below it.
    pub children: Vec<Line>,
    /// Lines below it were left out, and that was reported.
    pub cut: bool,
}

impl Line {
    /// The line with all that belongs to it.
    pub fn extent(&self) -> Span {
        self.children.last().map_or(self.span, |last| self.span.to(last.extent()))
    }
}

/// Splits `text` into a tree. Problems are reported and the line is kept where it fits best.
pub fn lines(source: SourceId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<Line> {
    if let Some(at) = lone_return(text) {
        diagnostics.push(
            Diagnostic::error("syntax/carriage-return", "a carriage return stands alone, where a line should end")
                .at(Span::new(source, at, at + 1), "nothing of this file is read")
                .help("save the file with line ends as on Linux, macOS or Windows"),
        );
        return Vec::new();
    }
    let logical = logical_lines(source, text, diagnostics);
    let mut roots: Vec<Line> = Vec::new();
    // (indent, line) from the outermost open line to the innermost
    let mut open: Vec<(usize, Line)> = Vec::new();
    let mut too_deep = false;
    let close = |open: &mut Vec<(usize, Line)>, roots: &mut Vec<Line>| {
        if let Some((_, line)) = open.pop() {
            match open.last_mut() {
                Some((_, parent)) => parent.children.push(line),
                None => roots.push(line),
            }
        }
    };
    for (indent, span) in logical {
        let mut closed_at = None;
        while open.last().is_some_and(|(at, _)| *at >= indent) {
            closed_at = open.last().map(|(at, _)| *at);
            close(&mut open, &mut roots);
        }
        let tabbed = text[..span.start as usize].rsplit('\n').next().is_some_and(|before| before.contains('\t'));
        if closed_at.is_some_and(|at| at != indent) && !tabbed {
            diagnostics.push(
                Diagnostic::error("syntax/indentation", "this line lines up with no line above it")
                    .at(span, format!("indented by {indent}"))
                    .help("start it in the same column as the line it continues the list of, or deeper to put it inside that line"),
            );
        }
        if open.len() >= MAX_DEPTH {
            open.iter_mut().for_each(|(_, line)| line.cut = true);
            if too_deep {
                continue;
            }
            too_deep = true;
            diagnostics.push(
                Diagnostic::error("syntax/too-deep", format!("lines are nested more than {MAX_DEPTH} deep"))
                    .at(span, "this line is left out")
                    .help("give the inner part a clause of its own and refer to it by citation"),
            );
            continue;
        }
        too_deep = false;
        open.push((indent, Line { span, children: Vec::new(), cut: false }));
    }
    while !open.is_empty() {
        close(&mut open, &mut roots);
    }
    roots
}

/// A carriage return that does not end a line. To some programs it does, and ends a comment; what would be read depends on them.
fn lone_return(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    text.match_indices('\r').map(|(at, _)| at).find(|at| {
        let after = bytes[*at..].iter().find(|byte| **byte != b'\r');
        after != Some(&b'\n')
    })
}

fn logical_lines(source: SourceId, text: &str, diagnostics: &mut Vec<Diagnostic>) -> Vec<(usize, Span)> {
    let mut out: Vec<(usize, Span)> = Vec::new();
    let mut joins_next = false;
    let mut offset = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    for raw in text[offset..].split_inclusive('\n') {
        let start = offset;
        offset += raw.len();
        let content = without_comment(raw).trim_end();
        let body = content.trim_start_matches([' ', '\t']);
        if body.is_empty() {
            continue;
        }
        let indent = content.len() - body.len();
        let span = Span::new(source, start + indent, start + content.len());
        if content[..indent].contains('\t') {
            diagnostics.push(
                Diagnostic::error("syntax/tab", "indentation must be spaces")
                    .at(Span::new(source, start, start + indent.max(1)), "a tab")
                    .help("replace the tab by spaces; editors show tabs with different widths, so nesting would depend on the reader"),
            );
        }
        let continues = joins_next || only_quoted(body);
        match out.last_mut() {
            Some((above, last)) if continues && (joins_next || indent > *above) => last.end = span.end,
            _ => out.push((indent, span)),
        }
        joins_next = body.ends_with(',');
    }
    out
}

/// `"..."`, perhaps followed by a comma.
pub(super) fn only_quoted(body: &str) -> bool {
    let Some(rest) = body.strip_prefix('"') else { return false };
    rest.find('"').is_some_and(|end| matches!(rest[end + 1..].trim_end(), "" | ","))
}

/// The line up to a `#` that stands outside quotation marks.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    for (at, c) in line.char_indices() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted => return &line[..at],
            _ => {}
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(text: &str) -> (String, usize) {
        fn show(lines: &[Line], text: &str, out: &mut String) {
            for line in lines {
                out.push_str(&text[line.span.start as usize..line.span.end as usize].replace('\n', "~"));
                if !line.children.is_empty() {
                    out.push('(');
                    show(&line.children, text, out);
                    out.push(')');
                }
                out.push(';');
            }
        }
        let mut diagnostics = Vec::new();
        let lines = lines(SourceId(0), text, &mut diagnostics);
        let mut out = String::new();
        show(&lines, text, &mut out);
        (out, diagnostics.len())
    }

    #[test]
    fn deeper_lines_belong_to_the_line_above() {
        assert_eq!(shape("a\n  b\n    c\n  d\ne # x\n"), ("a(b(c;);d;);e;".into(), 0));
    }

    #[test]
    fn commas_and_strings_join_lines() {
        assert_eq!(shape("a 1,\n  2\n  \"x # y\"\n  b\n"), ("a 1,~  2~  \"x # y\"(b;);".into(), 0));
    }

    #[test]
    fn a_quoted_code_starts_its_own_line() {
        assert_eq!(shape("a\n  b\n    \"*\" is absent\n"), ("a(b(\"*\" is absent;););".into(), 0));
    }

    #[test]
    fn a_line_between_two_columns_is_reported() {
        assert_eq!(shape("a\n    b\n  c\n").1, 1);
    }
}
