//! A line the grammar refuses, said in the author's words.

use super::{Rule, slips};
use crate::diagnostic::{Diagnostic, closest};
use crate::span::Span;
use pest::Parser;
use pest::error::{Error, ErrorVariant, InputLocation};

/// What a condition can be.
const CONDITIONS: &str = "a condition tests a fact (`ELA color is Red`, `pupils is at least 30 \"pupils\"`), a clause (`EC 52071(c)(1) is met`) \
     or the kind of subject (`lea is a district`), or starts a block: `all of:`, `any of:`, `none of:`, `at least 2 of:`, \
     `at least 3 student_groups:`, `in at least 3 of the last 4 published dashboards:`, `by priority:`";

/// What may stand in each place, by the line rule that was tried.
pub(super) fn lines_of(rule: Rule) -> (&'static str, &'static [&'static str]) {
    match rule {
        Rule::top_line => (
            "a declaration",
            &[
                "section",
                "criteria",
                "version",
                "for",
                "code",
                "subject",
                "period",
                "category",
                "scale",
                "agency",
                "tier",
                "pathway",
                "fact",
                "codes",
                "choice",
                "source",
                "report",
                "clause",
                "exception",
                "not encoded",
                "scenario",
                "allow",
            ],
        ),
        Rule::subject_line => ("a line of a subject", &["key", "region", "kind"]),
        Rule::period_line => ("a line of a period", &["published", "suspended"]),
        Rule::category_line => ("a member with its words, such as `LTEL \"long-term English learners\" from 2024`", &[]),
        Rule::scale_line | Rule::fact_enum_line => ("a value with its words, such as `Red \"Red\"`", &[]),
        Rule::scale_value_line => (
            "a line of a value: other words for some members, such as `for SUSP, CHRO \"Very High\"`, or its color in pictures, such as `swatch \"#b3261e\"`",
            &[],
        ),
        Rule::pathway_line => ("a line of a pathway", &["tier", "stage", "listed on request"]),
        Rule::fact_line => (
            "a line of a fact",
            &[
                "on scale",
                "yes or no",
                "one of",
                "number of",
                "code of",
                "absent",
                "dated",
                "fixed because",
                "worsens one step each",
                "shown as grid",
            ],
        ),
        Rule::codes_line => ("a code with its members, such as `A means P4, P5`", &[]),
        Rule::choice_line => ("an option with its words, or `set OPTION because \"...\"`", &[]),
        Rule::version_line => ("a line of a version", &["by", "replaces", "verified", "data", "deck", "inferred", "unverified", "note"]),
        Rule::clause_line => (
            "a line of a clause",
            &[
                "quote",
                "source",
                "practice",
                "verified",
                "data",
                "deck",
                "inferred",
                "unverified",
                "note",
                "first",
                "also",
                "applies when",
                "when",
                "recorded by",
                "recorded only if",
                "value on",
                "gives",
                "allow",
            ],
        ),
        Rule::gives_line => {
            ("a line of what is given", &["status", "provider", "involves", "refusal by", "decided by", "lasts", "outcome"])
        }
        Rule::cond_line => (
            "a condition",
            &["all of:", "any of:", "none of:", "at least", "at most", "exactly", "every", "some", "no", "in", "by", "always", "never"],
        ),
        Rule::allow_line => ("an `allow` line", &["allow"]),
        Rule::arm_line => ("members and what holds for them, such as `EL, LTEL: ELPI color is Red`", &[]),
        Rule::bracket_line => ("a bracket, such as `below -70.0 is Level_1`", &[]),
        Rule::table_line => ("a row of a table, such as `| SWD | Red | Orange |`", &[]),
        Rule::source_body_line => (
            "a line of a source",
            &[
                "publisher",
                "files named",
                "covers",
                "rows where",
                "skip other rows",
                "key from",
                "year",
                "name from",
                "always",
                "columns of",
                "member",
                "expect",
                "complete",
                "unlisted",
                "fill",
            ],
        ),
        Rule::year_code_line => ("a spelling of a year, such as `2017f is 2017`", &[]),
        Rule::member_code_line => ("a code, such as `TOM is MR` or `ALL ignored because \"...\"`", &[]),
        Rule::fill_code_line => ("a code, such as `1 is Red`, `blank is absent`, `\"*\" is open` or `codes as named`", &[]),
        Rule::report_line => ("a line of a report", &["for", "rows for", "column"]),
        Rule::report_words_line => ("words and when they hold, such as `\"Year 1\" when EC 52071(c)(1) is met`", &[]),
        Rule::scenario_line => ("a line of a scenario", &["for", "table", "given", "unknown", "choose", "note", "mark", "expect"]),
        _ => ("a line", &[]),
    }
}

/// A grammar rule in words; `None` for rules that say nothing to an author.
fn words(rule: Rule) -> Option<&'static str> {
    Some(match rule {
        Rule::name => "a name",
        Rule::names | Rule::name_or_list => "names separated by commas",
        Rule::string | Rule::text => "text in quotation marks",
        Rule::number => "a number",
        Rule::integer => "a whole number",
        Rule::year | Rule::year_span | Rule::years => "a year",
        Rule::date => "a date like 2023-07-10",
        Rule::citation => "a citation like `EC 52071(c)(1)`",
        Rule::label => "a clause label like `(a)`",
        Rule::code => "a code of law like `EC`",
        Rule::section_no => "a section number",
        Rule::version_id => "a version name like `SB-114-2023`",
        Rule::cond | Rule::fact_test => "a condition",
        Rule::value_set | Rule::value => "a value",
        Rule::column | Rule::column_word => "a column name",
        Rule::cell_code | Rule::cell_codes => "a code found in the file",
        Rule::EOI => "the end of the line",
        Rule::for_part => "`for` and kinds of subject",
        Rule::how_many => "`at least`, `every`, `some` ...",
        Rule::not_kw => "`not`",
        Rule::article => "`a` or `an`",
        Rule::for_each | Rule::each_period => "`each` and what is meant",
        Rule::involvement => "`on request of`, `on referral of`, `with agreement of`, `informed` or `included`",
        Rule::sc_none => "`none`",
        Rule::or_worse => "`or worse`",
        Rule::or_better => "`or better`",
        Rule::scenario_id => "a scenario number or name",
        Rule::rule_code => "the code of a problem like `law/covered`",
        Rule::since => "`since` and a year",
        Rule::unsettled => "`, a dashboard without data is not a hit`",
        Rule::published => "`published`",
        Rule::empty_case => "`, never if none` or `, met if none`",
        Rule::or_all => "`, or all if fewer than ...`",
        _ => return None,
    })
}

/// The line that does not fit, with what could stand there.
pub(super) fn unreadable_line(rule: Rule, error: &Error<Rule>, text: &str, span: Span) -> Diagnostic {
    let at = match error.location {
        InputLocation::Pos(at) | InputLocation::Span((at, _)) => at.min(text.len()),
    };
    if let Some(slip) = slips::slip(rule, text, at, span) {
        return slip;
    }
    let lead = lead_of(rule, text);
    let holds_condition = rule == Rule::cond_line || rule == Rule::clause_line && lead > 0;
    let single_word = !text[lead..].trim().contains(' ');
    if holds_condition && (at <= lead || single_word && at >= text.trim_end().len()) {
        let body = text[lead..].trim_end_matches(':');
        let meant = closest(body, ["all of", "any of", "none of", "always", "never"]);
        return Diagnostic::error("syntax/unreadable-condition", "this condition cannot be read")
            .at(Span { start: span.start + lead as u32, ..span }, "not a condition")
            .help(match meant {
                Some(list @ ("all of" | "any of" | "none of")) => format!("did you mean `{list}:`?"),
                Some(word) => format!("did you mean `{word}`?"),
                None => CONDITIONS.to_owned(),
            });
    }
    let word: String = text[at..].trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if takes_a_name(rule, error) && super::Grammar::parse(Rule::keyword, &word).is_ok() {
        let skipped = text[at..].len() - text[at..].trim_start().len();
        let start = span.start + (at + skipped) as u32;
        return Diagnostic::error("syntax/reserved-word", format!("`{word}` is a word of the language and cannot be a name"))
            .at(Span { start, end: start + word.len() as u32, ..span }, "expected a name")
            .help("choose a longer name; the words for people in quotation marks can be anything");
    }
    let (what, starts) = lines_of(rule);
    let first = text.split_whitespace().next().unwrap_or("");
    let known = (rule == Rule::cond_line && at > lead)
        || starts.iter().any(|start| start.split(' ').next() == Some(first.trim_end_matches(':')))
        || starts.is_empty();
    if known && at == 0 && !starts.is_empty() {
        let word = first.trim_end_matches(':');
        let mut diagnostic = Diagnostic::error("syntax/unreadable-line", format!("this line starts with `{word}`, but cannot be read"))
            .at(span, format!("not {what} as it should be"));
        diagnostic.help = example(rule, word).map(|line| format!("it is written like this: {line}"));
        return diagnostic;
    }
    if at == 0 || !known {
        let place = Span { end: span.start + first.len().max(1) as u32, ..span };
        let mut diagnostic = Diagnostic::error("syntax/unknown-line", format!("`{}` does not start {what}", shown(first)))
            .at(place, format!("expected {what}"));
        if !starts.is_empty() {
            let list = starts.iter().map(|start| format!("`{start}`")).collect::<Vec<_>>().join(", ");
            let near = meant(first).filter(|word| starts.iter().any(|start| start.split(' ').next() == Some(word)));
            let near = near.or_else(|| closest(first, starts.iter().map(|start| start.split(' ').next().unwrap_or(start))));
            diagnostic = diagnostic.help(match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("{what} starts with one of {list}"),
            });
        }
        return diagnostic;
    }
    let mut expected: Vec<&str> = match &error.variant {
        ErrorVariant::ParsingError { positives, .. } => positives.iter().filter_map(|rule| words(*rule)).collect(),
        ErrorVariant::CustomError { .. } => Vec::new(),
    };
    expected.sort_unstable();
    expected.dedup();
    let rest = &text[at..];
    let found = rest.split_whitespace().next().unwrap_or("");
    let place = Span { start: span.start + at as u32, end: span.start + at as u32 + found.len() as u32, ..span };
    let expected = match expected.split_last() {
        None => format!("the rest of {what}"),
        Some((last, [])) => (*last).to_owned(),
        Some((last, most)) => format!("{} or {last}", most.join(", ")),
    };
    let message = if found.is_empty() { "this line stops too early".to_owned() } else { format!("`{}` does not fit here", shown(found)) };
    let mut diagnostic = Diagnostic::error("syntax/unreadable-line", message).at(place, format!("expected {expected}"));
    diagnostic.help = example(rule, first.trim_end_matches(':')).map(|line| format!("such a line is written like this: {line}"));
    diagnostic
}

/// Words of prose for words of the language.
fn meant(word: &str) -> Option<&'static str> {
    Some(match word {
        "if" | "where" | "provided" => "when",
        "then" | "grants" | "entitles" => "gives",
        "because" | "reference" | "cite" => "source",
        "rule" | "subsection" | "paragraph" => "clause",
        "unless" | "except" => "exception",
        "law" | "statute" => "section",
        _ => return None,
    })
}

/// Where a condition begins: after a dash or a label, or after the words that lead to one.
fn lead_of(rule: Rule, text: &str) -> usize {
    if rule == Rule::clause_line {
        let rest = ["when ", "applies when ", "recorded by ", "recorded only if "].iter().find_map(|start| text.strip_prefix(start));
        return rest.map_or(0, |rest| text.len() - rest.trim_start().len());
    }
    if rule != Rule::cond_line {
        return 0;
    }
    let rest = text.trim_start_matches(['-', ' ']);
    let rest = match (rest.starts_with('('), rest.find(')')) {
        (true, Some(end)) => rest[end + 1..].trim_start(),
        _ => rest,
    };
    text.len() - rest.len()
}

/// One accepted line for each start that is easily got wrong.
fn example(rule: Rule, word: &str) -> Option<&'static str> {
    Some(match (rule, word) {
        (Rule::top_line, "section") => "`section EC 52072 \"School districts: direct technical assistance\"`",
        (Rule::top_line, "criteria") => "`criteria SBE criteria \"State Board criteria\"`",
        (Rule::top_line, "version") => "`version SB-114-2023 in force from 2023-07-10`, perhaps with `to 2024-06-29`",
        (Rule::top_line, "for") => "`for dashboards 2023 to 2024`",
        (Rule::top_line, "clause") => "`clause (c)(1) \"identified\" for district`",
        (Rule::top_line, "exception") => "`exception (P4).ltel \"words\" to SBE criteria(P4) for each student_group`",
        (Rule::top_line, "not") => "`not encoded (c)(1)(B) because \"content of assistance\"`",
        (Rule::top_line, "scenario") => "`scenario 5 \"Red with Orange\"`, perhaps with `like 4`",
        (Rule::top_line, "fact") => "`fact color \"performance level\" for student_group, indicator, each dashboard`",
        (Rule::top_line, "scale") => "`scale color \"performance level\" worst first`",
        (Rule::top_line, "source") => "`source ela_file \"ELA indicator file\"`, perhaps with `like indicator_file`",
        (Rule::top_line, "codes") => "`codes cde_letter \"letters\" for sets of priority`",
        (Rule::allow_line, _) | (Rule::top_line, "allow") => "`allow law/covered because \"...\"`",
        (Rule::period_line, "published") => "`published 2024 on 2024-12-01`",
        (Rule::period_line, "suspended") => "`suspended 2020 on 2020-12-15 because \"...\"`",
        (Rule::subject_line, "key") => "`key 14 digits \"CDS code\"`",
        (Rule::subject_line, "kind") => "`kind district \"school district\" when key is \"???????0000000\"`",
        (Rule::clause_line, "first") => "`first dashboard 2025 because \"...\"`",
        (Rule::source_body_line, "rows") => "`rows where rtype is S and charter_flag is Y`",
        (Rule::source_body_line, "fill") => "`fill color from color in 2018 to 2019`, with lines such as `1 is Red` below",
        (Rule::source_body_line, "member") => "`member student_group from studentgroup`",
        (Rule::scenario_line, "given") => "`given pupils of SWD, SUSP in 2025 is 40`",
        (Rule::scenario_line, "expect") => "`expect differentiated_assistance eligible by EC 52071(c)(1)`",
        _ => return None,
    })
}

/// Whether a name was the only thing that could stand where the line broke off.
fn takes_a_name(rule: Rule, error: &Error<Rule>) -> bool {
    let names = [Rule::category_line, Rule::scale_line, Rule::fact_enum_line, Rule::codes_line, Rule::choice_line].contains(&rule);
    names || matches!(&error.variant, ErrorVariant::ParsingError { positives, .. } if positives.as_slice() == [Rule::name])
}

/// Cuts a long or unprintable word for a message.
pub(super) fn shown(word: &str) -> String {
    let clean: String = word.chars().take(40).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if word.chars().count() > 40 { format!("{clean}...") } else { clean }
}
