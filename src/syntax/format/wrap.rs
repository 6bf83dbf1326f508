//! Tokens to lines of bounded width.
//!
//! A line can be broken after a comma, and before and within text at its end: then each further line is nothing but
//! one piece of quoted text, because that is what continues a line (`src/syntax/layout.rs`).

use super::super::layout::only_quoted;
use super::tokens::Token;

/// Columns of a line at most, where it can be broken.
const WIDTH: usize = 140;
/// Text is not begun at the end of a line for less than this. Behind more than this it is not broken if it fits on the next.
const LEAST: usize = 30;

/// Columns that `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// A row of a table.
pub(super) fn row(out: &mut String, row: &str, indent: usize, comment: &str) {
    let mut lines = Lines { out, now: " ".repeat(indent), deeper: 0, empty: true, first: true };
    lines.push(row, false);
    lines.finish(comment);
}

/// A logical line, continued at the column `deeper`.
pub(super) fn line(out: &mut String, tokens: &[Token], indent: usize, dash: bool, deeper: usize, comment: &str) {
    let mut lines = Lines { out, now: " ".repeat(indent), deeper, empty: true, first: true };
    if dash {
        lines.push("-", true);
    }
    // the line above does not end in a comma, so this one holds a piece of text and nothing else
    let mut lone = false;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Comment { text, own_line } => {
                lines.comment(text, *own_line);
                let before = tokens[..at].iter().rev().find(|token| !matches!(token, Token::Comment { .. }));
                lone = before != Some(&Token::Mark(","));
                at += 1;
            }
            Token::Text { pieces, joined } if matches!(tokens.get(at + 1), None | Some(Token::Comment { .. })) => {
                lines.text(pieces, *joined);
                at += 1;
            }
            _ if lone => {
                lines.push(&shown(token), true);
                at += 1;
                if tokens.get(at) == Some(&Token::Mark(",")) {
                    lines.push(",", false);
                    lone = false;
                    at += 1;
                }
                if tokens.get(at).is_some_and(|token| !matches!(token, Token::Comment { .. })) {
                    lines.end();
                }
            }
            _ => {
                let end = chunk(&tokens[at..]) + at;
                let after_comma = at > 0 && tokens[at - 1] == Token::Mark(",");
                lines.chunk(&tokens[at..end], after_comma);
                at = end;
            }
        }
    }
    lines.finish(comment);
}

/// How many tokens go together: up to a comma, or to what has a line to itself.
fn chunk(tokens: &[Token]) -> usize {
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Mark(",") => return at + 1,
            Token::Comment { .. } => return at,
            Token::Text { .. } if matches!(tokens.get(at + 1), None | Some(Token::Comment { .. })) => return at,
            _ => {}
        }
    }
    tokens.len()
}

fn shown(token: &Token) -> String {
    match token {
        Token::Word(word) | Token::Mark(word) => (*word).to_owned(),
        Token::Citation(citation) => citation.clone(),
        Token::Text { pieces, joined: true } => format!("\"{}\"", pieces.join(" ")),
        Token::Text { pieces, .. } => pieces.iter().map(|piece| format!("\"{piece}\"")).collect::<Vec<_>>().join(" "),
        Token::Comment { text, .. } => (*text).to_owned(),
    }
}

struct Lines<'o> {
    out: &'o mut String,
    /// The line in the making.
    now: String,
    /// Indentation of the lines after the first.
    deeper: usize,
    /// Nothing but blanks so far.
    empty: bool,
    first: bool,
}

impl Lines<'_> {
    fn end(&mut self) {
        self.out.push_str(self.now.trim_end());
        self.out.push('\n');
        self.now = " ".repeat(self.deeper);
        self.empty = true;
        self.first = false;
    }

    fn push(&mut self, text: &str, blank: bool) {
        if blank && !self.empty {
            self.now.push(' ');
        }
        self.now.push_str(text);
        self.empty = false;
    }

    fn chunk(&mut self, tokens: &[Token], after_comma: bool) {
        let mut text = String::new();
        for token in tokens {
            if !text.is_empty() && !matches!(token, Token::Mark(_)) {
                text.push(' ');
            }
            text.push_str(&shown(token));
        }
        // a first line of nothing but text would be taken for a continuation of the line above
        let joins_above = self.first && only_quoted(self.now.trim_start());
        if after_comma && !self.empty && !joins_above && width(&self.now) + 1 + width(&text) > WIDTH {
            self.end();
        }
        self.push(&text, !matches!(tokens.first(), Some(Token::Mark(_))));
    }

    /// Text at the end of a line.
    fn text(&mut self, pieces: &[&str], joined: bool) {
        if !joined {
            for (index, piece) in pieces.iter().enumerate() {
                if index > 0 {
                    self.end();
                }
                self.push(&format!("\"{piece}\""), true);
            }
            return;
        }
        let text = pieces.join(" ");
        let start = width(&self.now) + usize::from(!self.empty);
        if start + width(&text) + 2 <= WIDTH {
            return self.push(&format!("\"{text}\""), true);
        }
        let whole_below = start > LEAST && self.deeper + width(&text) + 2 <= WIDTH;
        if !self.empty && (whole_below || start + LEAST > WIDTH) {
            self.end();
        }
        let words = words(&text);
        let mut piece = String::new();
        for (index, word) in words.iter().enumerate() {
            // quotation marks, and the blank before the second one if more follows
            let marks = if index + 1 == words.len() { 2 } else { 3 };
            let start = width(&self.now) + usize::from(!self.empty);
            if !piece.is_empty() && start + width(&piece) + 1 + width(word) + marks > WIDTH {
                self.push(&format!("\"{piece} \""), true);
                self.end();
                piece.clear();
            }
            if !piece.is_empty() {
                piece.push(' ');
            }
            piece.push_str(word);
        }
        self.push(&format!("\"{piece}\""), true);
    }

    fn comment(&mut self, text: &str, own_line: bool) {
        if own_line && !self.empty {
            self.end();
        }
        self.now.push_str(if self.empty { "" } else { "  " });
        self.now.push_str(text);
        self.end();
    }

    fn finish(mut self, comment: &str) {
        if !comment.is_empty() {
            self.now.push_str("  ");
            self.now.push_str(comment);
        }
        self.end();
    }
}

/// Where text can be taken apart and joined by a blank again: at single blanks.
fn words(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut start = 0;
    let bare = |c: Option<char>| c.is_some_and(|c| !c.is_whitespace());
    for (at, _) in text.match_indices(' ') {
        if bare(text[..at].chars().next_back()) && bare(text[at + 1..].chars().next()) {
            out.push(&text[start..at]);
            start = at + 1;
        }
    }
    out.push(&text[start..]);
    out
}
