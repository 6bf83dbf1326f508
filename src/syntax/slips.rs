//! Slips that many make, each told by its own code: habits of word processors, of programs, of prose.

use super::Rule;
use super::errors::shown;
use crate::diagnostic::Diagnostic;
use crate::span::Span;
use pest::Parser;

/// What a line that broke off at byte `at` of `text` should have been, if it is a known slip.
pub(super) fn slip(rule: Rule, text: &str, at: usize, span: Span) -> Option<Diagnostic> {
    look_alike(text, span)
        .or_else(|| quotation_marks(text, at, span))
        .or_else(|| if holds_conditions(rule) { in_condition(text, at, span) } else { None })
        .or_else(|| thousands(text, at, span))
        .or_else(|| full_stop(text, at, span))
}

fn holds_conditions(rule: Rule) -> bool {
    matches!(rule, Rule::cond_line | Rule::clause_line | Rule::arm_line | Rule::gives_line)
}

/// The part of the line at `start..start + len`.
fn part(span: Span, start: usize, len: usize) -> Span {
    let start = span.start + start as u32;
    Span { start, end: start + len as u32, ..span }
}

fn quotation_marks(text: &str, at: usize, span: Span) -> Option<Diagnostic> {
    let curly = ['\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}'];
    let error = |message: &str| Diagnostic::error("syntax/quotation-marks", message);
    if let Some((start, mark)) = text.char_indices().find(|(_, c)| curly.contains(c)) {
        return Some(
            error("these are typographic quotation marks")
                .at(part(span, start, mark.len_utf8()), "not a straight one")
                .help("write straight ones: \"; word processors change them by themselves"),
        );
    }
    if text.matches('"').count() % 2 == 1 {
        let last = text.rfind('"').unwrap_or(at);
        return Some(
            error("a quotation mark is not closed")
                .at(part(span, last, 1), "opened or closed only here")
                .help("text cannot run over the end of a line, but pieces in quotes on lines that follow each other are joined"),
        );
    }
    let first = text[at.min(text.len())..].trim_start();
    first.starts_with('\'').then(|| {
        error("text stands in double quotation marks")
            .at(part(span, text.len() - first.len(), 1), "a single one")
            .help("write \" instead of '")
    })
}

/// Characters that look like others outside quoted text.
fn look_alike(text: &str, span: Span) -> Option<Diagnostic> {
    let mut quoted = false;
    for (start, c) in text.char_indices() {
        quoted ^= c == '"';
        let (what, instead) = match c {
            _ if quoted => continue,
            '\u{2010}'..='\u{2015}' | '\u{2212}' => ("a dash that looks like `-`", "write `-`"),
            '\u{a0}' | '\u{2007}' | '\u{202f}' | '\u{2009}' => ("a no-break or thin space that looks like a space", "type the space again"),
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {
                ("a character that cannot be seen", "delete it, or type the words around it again")
            }
            _ => continue,
        };
        return Some(
            Diagnostic::error("syntax/look-alike", format!("there is {what} in this line"))
                .at(part(span, start, c.len_utf8()), format!("U+{:04X}", c as u32))
                .help(format!("{instead}; such characters come from word processors and web pages")),
        );
    }
    None
}

fn in_condition(text: &str, at: usize, span: Span) -> Option<Diagnostic> {
    let (before, rest) = text.split_at(at.min(text.len()));
    let rest = rest.trim_start();
    let start = text.len() - rest.len();
    let found = rest.split_whitespace().next().unwrap_or("");
    let here = part(span, start, found.len());
    if let Some(counts) = counts_on_one_line(text, span) {
        return Some(counts);
    }
    for (operator, words) in [
        (">=", "is at least"),
        ("<=", "is at most"),
        ("==", "is"),
        ("!=", "is not"),
        (">", "is more than"),
        ("<", "is less than"),
        ("=", "is"),
    ] {
        if found.starts_with(operator) {
            return Some(
                Diagnostic::error("syntax/operator", format!("`{operator}` is written in words"))
                    .at(part(span, start, operator.len()), "a sign")
                    .help(format!("write `{words}`; a rule is read aloud by people who do not write programs")),
            );
        }
    }
    if !before.trim_end().ends_with(':')
        && ["all", "any", "none"].contains(&found.trim_end_matches(':'))
        && rest.contains("of")
        && !rest.contains(':')
    {
        return Some(
            Diagnostic::error("syntax/list-without-colon", "a list needs a colon")
                .at(here, "a list starts here")
                .help("write `all of:`, `any of:` or `none of:`, and each item on a line of its own below, indented, with `-` before it"),
        );
    }
    if before.trim_end().ends_with(':') && !found.is_empty() {
        return Some(
            Diagnostic::error("syntax/condition-on-the-same-line", "what is counted or listed stands on the next line")
                .at(here, "after a colon")
                .help("move it to the next line, indented: the outer line is then visibly counted first"),
        );
    }
    if let Some(near) = near_word(rest, before, start, span) {
        return Some(near);
    }
    if let Some(plain) = unasked(text, at, span) {
        return Some(plain);
    }
    let joined = found == "and"
        || found == "or"
        || before.contains(" or ")
        || rest.contains(" and ")
        || rest.contains(" or ") && !rest.starts_with("or ");
    joined.then(|| {
        Diagnostic::error("syntax/joined-conditions", "two conditions are joined on one line")
            .at(here, if found.is_empty() { "the line ends here".to_owned() } else { format!("`{}` does not fit here", shown(found)) })
            .help(
                "list them below `all of:` or `any of:`, each on a line of its own; with `and` and `or` on one line two readers \
                 could group them in two ways",
            )
    })
}

/// Words that are nearly words of the language, and words that belong to one value.
fn near_word(rest: &str, before: &str, start: usize, span: Span) -> Option<Diagnostic> {
    let mut words = rest.split_whitespace();
    let (first, second) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    if ["at", "in"].contains(&first) || before.trim_end().ends_with(" at") || before.trim_end().ends_with("in at") {
        let word = if ["at", "in"].contains(&first) { second } else { first };
        if word == "last" || word == "lest" || word == "leat" {
            let at = start + rest.find(word).unwrap_or(0);
            return Some(
                Diagnostic::error("syntax/unreadable-line", format!("`at {word}` is no phrase of the language"))
                    .at(part(span, at, word.len()), "not a word here")
                    .help("did you mean `at least`?"),
            );
        }
    }
    None
}

/// A clause, kind or number that is named, but not asked the way it can be.
fn unasked(text: &str, at: usize, span: Span) -> Option<Diagnostic> {
    let (before, rest) = text.split_at(at.min(text.len()));
    let rest = rest.trim_start();
    let found = rest.split_whitespace().next().unwrap_or("");
    let start = text.len() - rest.len();
    let error = |message: String, help: String| {
        Some(Diagnostic::error("syntax/unreadable-line", message).at(part(span, start, found.len()), "not asked so").help(help))
    };
    let said = bare(before);
    let whole = bare(text);
    if let Some(cited) = whole.strip_prefix("not ").and_then(|cited| cited.trim_end().strip_suffix(" is met")).filter(|cited| cites(cited))
    {
        return error(format!("`not` stands before `{}`", shown(cited)), format!("write `{cited} is not met`"));
    }
    if cites(whole) {
        return error(format!("nothing is asked of `{}`", shown(whole)), format!("write `{whole} is met`"));
    }
    let number = !found.is_empty() && found.trim_start_matches('-').starts_with(|c: char| c.is_ascii_digit());
    if number && said.ends_with(" is") {
        let unit = if rest.contains('"') { "" } else { " and the unit in quotation marks" };
        return error(
            format!("a number is compared, so `is {}` does not fit", shown(found)),
            format!("write `is at least {found}`, `is at most {found}`, `is more than {found}` or `is less than {found}`{unit}"),
        );
    }
    let kind = said.ends_with(" is") || said.ends_with(" is not");
    if kind && said.starts_with("the ") && found.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return error(format!("`{}` stands without an article", shown(found)), format!("write `{said} a {found}`"));
    }
    None
}

/// A condition without what leads to it: a dash, a label, `when`.
fn bare(text: &str) -> &str {
    let text = text.trim_start_matches(['-', ' ']).trim_end();
    let text = match (text.starts_with('('), text.find(") ")) {
        (true, Some(end)) => text[end + 2..].trim_start(),
        _ => text,
    };
    ["when ", "applies when "].iter().find_map(|start| text.strip_prefix(start)).unwrap_or(text)
}

/// Whether these words are a citation of a clause.
fn cites(words: &str) -> bool {
    super::Grammar::parse(Rule::citation, words).is_ok_and(|mut found| found.next().is_some_and(|found| found.as_str() == words))
}

/// Two counts, or a count and a window, on one line: nothing says which is counted first.
fn counts_on_one_line(text: &str, span: Span) -> Option<Diagnostic> {
    let words: Vec<(usize, &str)> =
        text.split_whitespace().map(|word| (word.as_ptr() as usize - text.as_ptr() as usize, word.trim_end_matches([':', ',']))).collect();
    let number = |at: usize| words.get(at).is_some_and(|(_, word)| !word.is_empty() && word.bytes().all(|c| c.is_ascii_digit()));
    let word = |at: usize| words.get(at).map_or("", |(_, word)| *word);
    let name = |at: usize| {
        word(at).starts_with(|c: char| c.is_ascii_alphabetic()) && !["of", "if", "the", "is", "or", "and", "in"].contains(&word(at))
    };
    // (first word, word after the last one, whether it counts years)
    let mut counts: Vec<(usize, usize, bool)> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let asked = at > 0 && word(at - 1) == "is";
        let years = word(at) == "in";
        let from = at + usize::from(years);
        let mut end = match (word(from), word(from + 1)) {
            ("at", "least" | "most") if number(from + 2) => from + 3,
            ("exactly", _) if number(from + 1) => from + 2,
            ("every" | "some", "other") => from,
            ("each", "of") if years => from + 1,
            ("every" | "some" | "no", _) if !asked && name(from + 1) => from + 1,
            (_, "consecutive") if years && number(from) => from + 1,
            _ => from,
        };
        if end > from && !asked {
            let window = word(end) == "of" && (word(end + 1) == "the" || number(end + 1)) || word(end) == "consecutive" || years;
            if window {
                while ["of", "the", "last", "consecutive", "published"].contains(&word(end)) || number(end) {
                    end += 1;
                }
            }
            if name(end) {
                counts.push((at, end + 1, window));
                at = end;
            }
        }
        at += 1;
    }
    let [first, second, ..] = counts.as_slice() else { return None };
    let said = |(from, to, window): &(usize, usize, bool)| {
        let words: Vec<&str> = words[*from..*to].iter().map(|(_, word)| *word).collect();
        format!("{}{}", if *window && words.first() != Some(&"in") { "in " } else { "" }, words.join(" "))
    };
    let (outer, inner) = if first.2 && !second.2 { (second, first) } else { (first, second) };
    let place = |(from, to, _): &(usize, usize, bool)| {
        let (start, (last, word)) = (words[*from].0, words[to - 1]);
        part(span, start, last + word.len() - start)
    };
    let (outer, inner_words) = (said(outer), said(inner));
    Some(
        Diagnostic::error("syntax/counts-on-one-line", "two counts stand on one line: the same ones each time, or any?")
            .at(place(second), "a second count")
            .and(place(first), "a first count")
            .help(format!(
                "put one below the other; the outer line is counted first.\n\
                 `{outer}:` with `{inner_words}:` below it: each one counted meets it that often by itself.\n\
                 `{inner_words}:` with `{outer}:` below it: they may be other ones each time"
            )),
    )
}

fn thousands(text: &str, at: usize, span: Span) -> Option<Diagnostic> {
    let (before, rest) = text.split_at(at.min(text.len()));
    let digits = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let split = rest.starts_with(',') && before.ends_with(|c: char| c.is_ascii_digit()) && digits(&rest[1..]);
    let after = before.trim_end().ends_with(',') && digits(rest);
    (split || after).then(|| {
        Diagnostic::error("syntax/thousands-separator", "numbers are written without a comma")
            .at(part(span, at, rest.chars().next().map_or(0, char::len_utf8)), "here")
            .help("write `1000`, not `1,000`; a decimal point is `.`")
    })
}

fn full_stop(text: &str, at: usize, span: Span) -> Option<Diagnostic> {
    let rest = text[at.min(text.len())..].trim();
    (rest == "." || rest.is_empty() && text.trim_end().ends_with('.')).then(|| {
        Diagnostic::error("syntax/full-stop", "a line ends without a full stop")
            .at(part(span, text.trim_end().len().saturating_sub(1), 1), "not needed")
            .help("delete it")
    })
}
