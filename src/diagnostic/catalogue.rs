//! Every code a diagnostic can have, how bad it is, and its page.
//!
//! A page is a Markdown file below `docs/rules`: what the code means, the smallest example that gets it, the same example
//! put right. The tests check both examples of every page.

use super::Severity;

/// A code and what there is to say about it.
#[derive(Debug)]
pub struct Entry {
    /// `dates/gap`
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Its page, as Markdown.
    pub page: &'static str,
}

impl Entry {
    /// What it means, in one line: the first paragraph of the page.
    pub fn summary(&self) -> String {
        let paragraph = self.page.lines().skip(1).skip_while(|line| line.is_empty()).take_while(|line| !line.is_empty());
        paragraph.collect::<Vec<_>>().join(" ")
    }
}

macro_rules! catalogue {
    ($($severity:ident $code:literal;)*) => {
        /// By the phase that finds them, then by name.
        pub const CATALOGUE: &[Entry] = &[$(Entry {
            code: $code,
            severity: Severity::$severity,
            page: include_str!(concat!("../../docs/rules/", $code, ".md")),
        }),*];
    };
}

catalogue! {
    Error "syntax/carriage-return";
    Error "syntax/condition-on-the-same-line";
    Error "syntax/counts-on-one-line";
    Error "syntax/full-stop";
    Error "syntax/indentation";
    Error "syntax/joined-conditions";
    Error "syntax/list-without-colon";
    Error "syntax/look-alike";
    Error "syntax/missing-block";
    Error "syntax/no-such-day";
    Error "syntax/not-formatted";
    Error "syntax/number-too-large";
    Error "syntax/operator";
    Error "syntax/quotation-marks";
    Error "syntax/reserved-word";
    Error "syntax/said-twice";
    Error "syntax/several-conditions";
    Error "syntax/tab";
    Error "syntax/thousands-separator";
    Error "syntax/too-deep";
    Error "syntax/too-large";
    Error "syntax/too-many-problems";
    Error "syntax/unexpected-block";
    Error "syntax/unknown-line";
    Error "syntax/unreadable-condition";
    Error "syntax/unreadable-line";
    Error "names/category-without-members";
    Error "names/choice-not-set";
    Error "names/citation-without-clause";
    Error "names/clause-outside";
    Error "names/declared-twice";
    Warning "names/fact-without-source";
    Error "names/nothing-declared";
    Error "names/reserved";
    Error "names/scenario-expects-nothing";
    Error "names/scenario-incomplete";
    Error "names/second-declaration";
    Error "names/subject-without-key";
    Error "names/unknown-agency";
    Error "names/unknown-category";
    Error "names/unknown-choice";
    Error "names/unknown-clause";
    Error "names/unknown-code";
    Error "names/unknown-codes";
    Error "names/unknown-fact";
    Error "names/unknown-kind";
    Error "names/unknown-member";
    Error "names/unknown-option";
    Error "names/unknown-pathway";
    Error "names/unknown-period";
    Error "names/unknown-scale";
    Error "names/unknown-scenario";
    Error "names/unknown-section";
    Error "names/unknown-source";
    Error "names/unknown-subject";
    Error "names/unknown-tier";
    Error "names/unknown-value";
    Error "names/unknown-version";
    Error "names/version-outside";
    Error "types/applies-without-exception";
    Error "types/bracket-empty";
    Error "types/bracket-gap";
    Warning "types/case-impossible";
    Error "types/case-missing";
    Error "types/case-twice";
    Error "types/counted-twice";
    Error "types/empty-case-missing";
    Error "types/fact-without-values";
    Error "types/foreign-value";
    Error "types/gives-per-member";
    Error "types/grid-shape";
    Error "types/impossible-count";
    Error "types/key-pattern";
    Error "types/never-absent";
    Error "types/no-member-in-hand";
    Error "types/no-set";
    Error "types/no-steps";
    Error "types/not-a-number";
    Error "types/not-ordered";
    Error "types/number-expected";
    Error "types/or-all-mismatch";
    Error "types/shown-with";
    Error "types/source-without-key";
    Error "types/swatch";
    Error "types/table-shape";
    Error "types/too-many-values";
    Error "types/two-members";
    Error "types/unit";
    Error "types/value-or-answer";
    Error "dates/backwards";
    Error "dates/gap";
    Error "dates/look-back";
    Error "dates/no-years";
    Error "dates/not-in-force";
    Error "dates/overlap";
    Error "dates/unknown-year";
    Error "dates/wrong-clock";
    Hint "law/always-holds";
    Error "law/circular";
    Warning "law/covered";
    Warning "law/exception-never-applies";
    Warning "law/long-quote";
    Warning "law/never-holds";
    Error "law/no-reason";
    Error "law/no-rule";
    Error "law/no-source";
    Error "law/too-deep";
    Hint "unused/clause";
    Hint "unused/column";
    Hint "unused/declaration";
    Warning "unused/fact";
    Warning "unused/pathway";
    Error "allow/error";
    Error "allow/unknown-code";
    Warning "allow/unneeded";
    Error "data/ambiguous-file";
    Error "data/bad-date";
    Error "data/bad-key";
    Error "data/bad-value";
    Error "data/bad-year";
    Error "data/contradiction";
    Error "data/duplicate-column";
    Error "data/duplicate-row";
    Error "data/empty-file";
    Warning "data/given-twice";
    Error "data/long-row";
    Error "data/manifest";
    Error "data/missing-column";
    Warning "data/not-in-manifest";
    Error "data/short-row";
    Error "data/unexpected-value";
    Error "data/unknown-code";
    Error "data/unknown-kind";
    Error "data/unknown-source";
    Error "data/unreadable-file";
    Error "data/unrecognised-file";
    Error "data/year-mismatch";
    Warning "input/empty";
    Error "input/unreadable";
    Error "input/unwritable";
    Error "usage/ambiguous-subject";
    Error "usage/no-reviewer";
    Error "usage/no-year";
    Error "usage/nobody-to-assess";
    Error "usage/unknown-choice";
    Error "usage/unknown-code";
    Error "usage/unknown-comparison";
    Error "usage/unknown-format";
    Error "usage/unknown-pathway";
    Error "usage/unknown-scenario";
    Error "usage/unknown-snapshot";
    Error "usage/unknown-subject";
    Error "usage/unknown-year";
}

/// The entry of a code.
pub fn entry(code: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.code == code)
}

/// What to write instead of a code that is not in the catalogue.
pub fn nearest(code: &str) -> Option<String> {
    let codes: Vec<&str> = CATALOGUE.iter().map(|entry| entry.code).collect();
    // half of a code is often remembered right
    let tail = code.rsplit('/').next().unwrap_or(code);
    let found = codes.iter().find(|own| own.rsplit('/').next() == Some(tail));
    if let Some(own) = found {
        return Some(format!("did you mean `{own}`?"));
    }
    super::closest(code, codes.iter().copied()).map(|own| format!("did you mean `{own}`?"))
}
