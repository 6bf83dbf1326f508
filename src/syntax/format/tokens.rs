//! A logical line as the grammar cuts it, with synonyms in one wording.
//!
//! Which rules are tokens, and which words can stand between tokens, is read from the grammar's own text. So words that
//! were written without a blank between them come apart where the grammar takes them apart.

use super::super::grammar::Rule;
use pest::iterators::Pair;
use std::collections::HashSet;
use std::sync::LazyLock;

/// What stands on a line, without the blanks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// Printed as it is.
    Word(&'a str),
    /// A citation with one blank in it.
    Citation(String),
    /// A comma or colon, printed without a blank before it.
    Mark(&'a str),
    /// Pieces in quotation marks that read as one text. If one of several is empty they are not `joined`.
    Text { pieces: Vec<&'a str>, joined: bool },
    /// A comment between the physical lines that make up the line.
    Comment { text: &'a str, own_line: bool },
}

const GRAMMAR: &str = include_str!("../../../grammar/enact.pest");

/// Rules whose text is one token.
static ATOMIC: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let rules = GRAMMAR.lines().filter_map(|line| line.split_once('='));
    rules.filter(|(_, body)| body.trim_start().starts_with(['@', '$'])).map(|(name, _)| name.trim()).collect()
});

/// Words in quotation marks in the grammar.
static WORDS: LazyLock<HashSet<&str>> = LazyLock::new(|| {
    let code = GRAMMAR.lines().filter(|line| !line.trim_start().starts_with("//"));
    let quoted = code.flat_map(|line| line.split('"').skip(1).step_by(2));
    quoted.filter(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase())).collect()
});

/// The tokens of a line that was read as `pairs`.
///
/// A line with comments inside keeps its words: a comment says something about the words it stands at.
pub(super) fn tokens<'a>(line: &'a str, pairs: &[Pair<'a, Rule>]) -> Vec<Token<'a>> {
    let with = |rewrite| {
        let mut cutter = Cutter { line, out: Vec::new(), rewrite };
        let mut at = 0;
        for pair in pairs.iter().filter(|pair| pair.as_rule() != Rule::EOI) {
            cutter.between(at, pair.as_span().start());
            if pair.as_rule() != Rule::dash {
                cutter.pair(pair);
            }
            at = pair.as_span().end();
        }
        cutter.between(at, line.len());
        cutter.out
    };
    let plain = with(false);
    if plain.iter().any(|token| matches!(token, Token::Comment { .. })) { plain } else { with(true) }
}

/// A line that no rule was asked for, word by word.
pub(super) fn unread(line: &str) -> Vec<Token<'_>> {
    vec![Token::Word(line)]
}

/// Cells of a table's row, trimmed.
pub(super) fn cells<'a>(pairs: &[Pair<'a, Rule>]) -> Vec<&'a str> {
    let rows = pairs.iter().filter(|pair| pair.as_rule() == Rule::table_row);
    rows.flat_map(|row| row.clone().into_inner()).map(|cell| cell.as_str().trim()).collect()
}

/// Whether the lines below are items of a list.
pub(super) fn is_list(pairs: &[Pair<Rule>]) -> bool {
    let lists = [Rule::all_of, Rule::any_of, Rule::none_of, Rule::at_least_of];
    pairs.iter().any(|pair| lists.contains(&pair.as_rule()) || is_list(&pair.clone().into_inner().collect::<Vec<_>>()))
}

struct Cutter<'a> {
    line: &'a str,
    out: Vec<Token<'a>>,
    /// Whether synonyms are put into one wording.
    rewrite: bool,
}

impl<'a> Cutter<'a> {
    fn pair(&mut self, pair: &Pair<'a, Rule>) {
        let rule = pair.as_rule();
        match rule {
            Rule::text => self.text(pair),
            Rule::citation => self.out.push(Token::Citation(pair.as_str().split_whitespace().collect::<Vec<_>>().join(" "))),
            _ if ATOMIC.contains(format!("{rule:?}").as_str()) => self.word(pair.as_str()),
            _ if self.rewrite => self.reworded(pair),
            _ => self.parts(pair),
        }
    }

    /// The parts of a rule with the words between them.
    fn parts(&mut self, pair: &Pair<'a, Rule>) {
        let kids: Vec<_> = pair.clone().into_inner().collect();
        let mut at = pair.as_span().start();
        let mut each = kids.iter();
        while let Some(kid) = each.next() {
            self.between(at, kid.as_span().start());
            at = kid.as_span().end();
            if self.rewrite && kid.as_rule() == Rule::for_part {
                // these stand next to each other
                let all: Vec<_> = kids.iter().filter(|kid| kid.as_rule() == Rule::for_part).collect();
                each.by_ref().take(all.len() - 1).for_each(|kid| at = kid.as_span().end());
                self.for_parts(&all);
            } else {
                self.pair(kid);
            }
        }
        self.between(at, pair.as_span().end());
    }

    /// Synonyms. Each case makes the same tree as what it replaces.
    fn reworded(&mut self, pair: &Pair<'a, Rule>) {
        let kids: Vec<_> = pair.clone().into_inner().collect();
        let of = |rule: Rule| kids.iter().filter(move |kid| kid.as_rule() == rule);
        match pair.as_rule() {
            // `A, or B, C` and the like: `A, B or C`
            Rule::cell_codes if of(Rule::cell_code).all(|kid| !matches!(kid.as_str().trim(), "or" | "otherwise" | "is" | "and")) => {
                let codes: Vec<_> = of(Rule::cell_code).collect();
                for (index, kid) in codes.iter().enumerate() {
                    match codes.len() - index {
                        _ if index == 0 => {}
                        1 => self.word("or"),
                        _ => self.out.push(Token::Mark(",")),
                    }
                    self.pair(kid);
                }
            }
            // `3 consecutive ...`: `each of the last 3 ...`, which says where they end
            Rule::consecutive => {
                self.words("each of the last");
                kids.iter().for_each(|kid| self.pair(kid));
            }
            // `the lea is an district`: `lea is a district`
            Rule::subject_test => {
                let mut names = of(Rule::name);
                names.next().into_iter().for_each(|name| self.pair(name));
                self.word("is");
                of(Rule::not_kw).for_each(|not| self.pair(not));
                for (index, name) in names.enumerate() {
                    let vowel = name.as_str().starts_with(['a', 'e', 'i', 'o', 'u', 'A', 'E', 'I', 'O', 'U']);
                    self.word(match index {
                        0 if vowel => "an",
                        0 => "a",
                        _ => "or",
                    });
                    self.pair(name);
                }
            }
            // `1 years`: `1 year`
            Rule::lasts_line => {
                let first = self.out.len();
                self.parts(pair);
                let one = of(Rule::integer).any(|n| n.as_str().parse() == Ok(1));
                for token in self.out[first..].iter_mut().filter(|token| matches!(token, Token::Word("year" | "years"))) {
                    *token = Token::Word(if one { "year" } else { "years" });
                }
            }
            // `fact x "..." each year`: `fact x "..." for each year`
            Rule::fact_head => {
                let mut at = pair.as_span().start();
                for kid in &kids {
                    self.between(at, kid.as_span().start());
                    if kid.as_rule() == Rule::each_period {
                        self.word("for");
                    }
                    self.pair(kid);
                    at = kid.as_span().end();
                }
            }
            // `unlisted ELA color is ...`: `unlisted color of ELA is ...`
            Rule::src_unlisted => {
                let own: Vec<_> = of(Rule::name).cloned().collect();
                let listed = of(Rule::names).flat_map(|names| names.clone().into_inner());
                let Some((fact, members)) = own.split_last() else { return self.parts(pair) };
                self.word("unlisted");
                self.pair(fact);
                self.list("of", members.iter().cloned().chain(listed));
                self.word("is");
                of(Rule::not_kw).chain(of(Rule::value_set)).for_each(|kid| self.pair(kid));
            }
            _ => self.parts(pair),
        }
    }

    /// `for each a, each b for c for d`: `for c, d for each a and b`
    fn for_parts(&mut self, parts: &[&Pair<'a, Rule>]) {
        let inner = |rule: Rule| {
            let lists = parts.iter().flat_map(|part| (*part).clone().into_inner()).filter(move |list| list.as_rule() == rule);
            lists.flat_map(|list| list.into_inner()).filter(|name| name.as_rule() == Rule::name)
        };
        self.list("for", inner(Rule::names));
        let each: Vec<_> = inner(Rule::for_each).collect();
        for (index, name) in each.iter().enumerate() {
            match each.len() - index {
                _ if index == 0 => self.words("for each"),
                1 => self.word("and"),
                _ => self.out.push(Token::Mark(",")),
            }
            self.pair(name);
        }
    }

    /// A word and names with commas between them; nothing if there are no names.
    fn list(&mut self, lead: &'static str, names: impl Iterator<Item = Pair<'a, Rule>>) {
        for (index, name) in names.enumerate() {
            if index == 0 {
                self.word(lead);
            } else {
                self.out.push(Token::Mark(","));
            }
            self.pair(&name);
        }
    }

    fn text(&mut self, pair: &Pair<'a, Rule>) {
        let strings: Vec<_> = pair.clone().into_inner().collect();
        let piece = |string: &Pair<'a, Rule>| string.as_str().trim_matches('"').trim();
        let joined = strings.len() == 1 || strings.iter().all(|string| !piece(string).is_empty());
        let mut at = pair.as_span().start();
        for (index, string) in strings.iter().enumerate() {
            self.between(at, string.as_span().start());
            at = string.as_span().end();
            match self.out.last_mut() {
                Some(Token::Text { pieces, .. }) if index > 0 => pieces.push(piece(string)),
                _ => self.out.push(Token::Text { pieces: vec![piece(string)], joined }),
            }
        }
    }

    fn word(&mut self, word: &'a str) {
        self.out.push(Token::Word(word));
    }

    fn words(&mut self, words: &'static str) {
        words.split(' ').for_each(|word| self.word(word));
    }

    /// Words of the grammar, marks and comments from `from` to `to`.
    fn between(&mut self, from: usize, to: usize) {
        let line = self.line;
        let mut rest = line.get(from..to).unwrap_or_default();
        loop {
            let next = rest.trim_start();
            let own_line = rest[..rest.len() - next.len()].contains('\n');
            rest = next;
            let Some(first) = rest.chars().next() else { return };
            let end = match first {
                '#' => rest.find('\n').unwrap_or(rest.len()),
                ',' | ':' => 1,
                _ => rest.find(|c: char| c.is_whitespace() || matches!(c, ',' | ':' | '#')).unwrap_or(rest.len()),
            };
            let (token, after) = rest.split_at(end);
            match first {
                '#' => self.out.push(Token::Comment { text: token.trim_end(), own_line }),
                ',' | ':' => self.out.push(Token::Mark(token)),
                _ => apart(token).into_iter().for_each(|word| self.word(word)),
            }
            rest = after;
        }
    }
}

/// `allof` as `all`, `of`: the fewest words of the grammar, or the whole if it is not made of such words.
fn apart(word: &str) -> Vec<&str> {
    // longer than any words that could be meant
    if WORDS.contains(word) || word.len() > 200 || !word.is_ascii() {
        return vec![word];
    }
    // best[n]: the fewest words that make the first n characters, and where the last of them starts
    let mut best: Vec<Option<(usize, usize)>> = vec![Some((0, 0))];
    for end in 1..=word.len() {
        let ways = (0..end).filter_map(|start| {
            let (count, _) = best[start]?;
            WORDS.contains(&word[start..end]).then_some((count + 1, start))
        });
        let least = ways.min();
        best.push(least);
    }
    let mut out = Vec::new();
    let mut end = word.len();
    while end > 0 {
        let Some((_, start)) = best[end] else { return vec![word] };
        out.push(&word[start..end]);
        end = start;
    }
    out.reverse();
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_and_words_are_found_in_the_grammar() {
        for rule in ["name", "string", "number", "date", "citation", "version_id", "cell_word"] {
            assert!(ATOMIC.contains(rule), "{rule}");
        }
        for rule in ["text", "names", "cond", "clause_head"] {
            assert!(!ATOMIC.contains(rule), "{rule}");
        }
        for word in ["clause", "least", "otherwise", "dashboards"] {
            assert_eq!(WORDS.contains(word), word != "dashboards", "{word}");
        }
    }

    #[test]
    fn words_come_apart() {
        assert_eq!(apart("allof"), ["all", "of"]);
        assert_eq!(apart("yesorno"), ["yes", "or", "no"]);
        assert_eq!(apart("otherwise"), ["otherwise"]);
        assert_eq!(apart("xyz"), ["xyz"]);
    }
}
