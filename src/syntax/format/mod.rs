//! One canonical layout for rule files: text to text.
//!
//! The grammar cuts each logical line into tokens (`tokens.rs`); they are put on lines again with one blank between
//! them (`wrap.rs`), at an indentation that follows from the nesting alone. Nothing here lists kinds of lines, so a new
//! kind needs no change, as long as its words are in the grammar. Comments and blank lines are carried over from the
//! text between logical lines.
//!
//! The result always reads as the same tree; this is checked each time.

mod tokens;
mod wrap;

use super::grammar::Rule;
use super::layout::Line;
use super::{Parts, ast, read};
use crate::diagnostic::{Diagnostic, Severity};
use crate::source::Sources;
use crate::span::SourceId;
use pest::Parser;
use std::collections::HashMap;
use tokens::Token;

/// Columns that each level of nesting is indented by.
const STEP: usize = 2;

/// The text in its canonical layout, or what is wrong with it.
pub fn format(sources: &Sources, id: SourceId) -> Result<String, Vec<Diagnostic>> {
    let source = sources.get(id);
    let read = read(sources, id, Parts::All);
    if read.diagnostics.iter().any(|problem| problem.severity == Severity::Error) {
        return Err(read.diagnostics);
    }
    let text = source.text.as_str();
    let mut places = Vec::new();
    place(text, &read.lines, &read.rules, Level { depth: 0, indent: 0, items: false }, &mut places);
    let formatted = Printer { text, out: String::new(), open: Vec::new(), blank: false }.print(&places);
    if tree_of(&source.name, &formatted).is_some_and(|tree| tree == read.file) {
        return Ok(formatted);
    }
    Err(vec![
        Diagnostic::error("syntax/not-formatted", format!("`{}` cannot be formatted without changing what it says", source.name))
            .help("this is a mistake in enact, not in the file, which is left as it is; please report it with the file"),
    ])
}

/// What `text` says, if it can be read.
fn tree_of(name: &str, text: &str) -> Option<ast::File> {
    let mut sources = Sources::default();
    let id = sources.add(name, text);
    let read = read(&sources, id, Parts::All);
    read.diagnostics.is_empty().then_some(read.file)
}

/// Where lines stand that belong to the same line.
#[derive(Clone, Copy)]
struct Level {
    depth: usize,
    indent: usize,
    /// They are items of a list, which start with a dash or a label.
    items: bool,
}

/// A logical line and where it goes.
struct Placed<'a> {
    start: usize,
    end: usize,
    level: Level,
    /// Where the lines below it go.
    below: usize,
    content: Content<'a>,
}

enum Content<'a> {
    Tokens {
        dash: bool,
        tokens: Vec<Token<'a>>,
        parts: bool,
    },
    /// A row of a table, ready to print.
    Row(String),
}

/// Lines in order of the text, each with its tokens.
fn place<'a>(text: &'a str, lines: &[Line], rules: &HashMap<u32, Rule>, level: Level, out: &mut Vec<Placed<'a>>) {
    let mut rows = Vec::new();
    for line in lines {
        let (start, end) = (line.span.start as usize, line.span.end as usize);
        let own = &text[start..end];
        let rule = rules.get(&line.span.start);
        let pairs: Vec<_> = rule.and_then(|rule| super::Grammar::parse(*rule, own).ok()).map(Iterator::collect).unwrap_or_default();
        if rule == Some(&Rule::table_line) {
            rows.push((out.len(), tokens::cells(&pairs)));
        }
        let label = pairs.iter().any(|pair| pair.as_rule() == Rule::item_label);
        let tokens = if pairs.is_empty() { tokens::unread(own) } else { tokens::tokens(own, &pairs) };
        let below = level.indent + if level.items { 2 * STEP } else { STEP };
        out.push(Placed {
            start,
            end,
            level,
            below,
            content: Content::Tokens { dash: level.items && !label, tokens, parts: !line.children.is_empty() },
        });
        let next = Level { depth: level.depth + 1, indent: below, items: tokens::is_list(&pairs) };
        place(text, &line.children, rules, next, out);
    }
    let mut widths: Vec<usize> = Vec::new();
    for (at, cell) in rows.iter().flat_map(|(_, cells)| cells.iter().enumerate()) {
        widths.resize(widths.len().max(at + 1), 0);
        widths[at] = widths[at].max(wrap::width(cell));
    }
    for (at, cells) in rows {
        let padded = cells.iter().zip(&widths).map(|(cell, width)| format!(" {cell}{} |", " ".repeat(width - wrap::width(cell))));
        out[at].content = Content::Row(format!("|{}", padded.collect::<String>()));
    }
}

/// A line that the next one could belong to.
struct Open {
    /// Column in the text as it was.
    was: usize,
    indent: usize,
    below: usize,
}

struct Printer<'a> {
    text: &'a str,
    out: String,
    /// The last line and the lines it belongs to.
    open: Vec<Open>,
    /// A blank line is due before the next line.
    blank: bool,
}

impl<'a> Printer<'a> {
    fn print(mut self, places: &[Placed<'a>]) -> String {
        let text = self.text;
        let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let first = places.first().map_or(text.len(), |place| place.start);
        self.between(&text[start..first], places.first(), true);
        for (index, place) in places.iter().enumerate() {
            self.due();
            let comment = self.text[place.end..].split('\n').next().unwrap_or("").trim();
            let indent = place.level.indent;
            match &place.content {
                Content::Row(row) => wrap::row(&mut self.out, row, indent, comment),
                Content::Tokens { dash, tokens, parts } => {
                    // below a line with parts, what continues it is set off from them
                    let deeper = place.below + if *parts { STEP } else { 0 };
                    wrap::line(&mut self.out, tokens, indent, *dash, deeper, comment);
                }
            }
            self.open.truncate(place.level.depth);
            let was = place.start - self.text[..place.start].rfind('\n').map_or(start, |at| at + 1);
            self.open.push(Open { was, indent, below: place.below });
            let next = places.get(index + 1);
            self.between(&text[place.end..next.map_or(text.len(), |next| next.start)], next, false);
        }
        self.out
    }

    /// Blank lines and comments between two logical lines.
    fn between(&mut self, gap: &str, next: Option<&Placed>, first: bool) {
        let mut lines: Vec<&str> = gap.split('\n').collect();
        if next.is_some() {
            // how the next line is indented
            lines.pop();
        }
        for line in lines.into_iter().skip(usize::from(!first)) {
            let comment = line.trim();
            if comment.is_empty() {
                self.blank = true;
                continue;
            }
            self.due();
            let indent = self.comment_indent(line.len() - line.trim_start().len(), next);
            self.out.push_str(&" ".repeat(indent));
            self.out.push_str(comment);
            self.out.push('\n');
        }
    }

    /// A comment goes with the line that it was indented like, of those it can belong to, else with the next line.
    fn comment_indent(&self, was: usize, next: Option<&Placed>) -> usize {
        let depth = next.map_or(0, |next| next.level.depth);
        let indent = next.map_or(0, |next| next.level.indent);
        match self.open.last() {
            Some(last) if depth < self.open.len() => match self.open[depth..].iter().rev().find(|open| open.was <= was) {
                _ if was > last.was => last.below,
                Some(open) => open.indent,
                None => indent,
            },
            _ => indent,
        }
    }

    fn due(&mut self) {
        if std::mem::take(&mut self.blank) && !self.out.is_empty() {
            self.out.push('\n');
        }
    }
}
