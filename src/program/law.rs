//! Sections and criteria, their versions and clauses, and what a clause gives.

use super::{AgencyId, CategoryId, Cite, ClauseId, Cond, PathwayId, ScaleId, TextId};
use crate::span::Span;
use jiff::civil::Date;

/// Which clock picks a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clock {
    /// The as-of date.
    Law,
    /// The year judged.
    Data,
}

/// A section, or a body's criteria, with its versions.
#[derive(Clone, Debug)]
pub struct LawText {
    /// `EC`
    pub code: String,
    /// `52071`
    pub section: String,
    /// Which clock picks the version.
    pub clock: Clock,
    /// Versions in ascending order.
    pub versions: Vec<Version>,
    /// Labels used in any version.
    pub labels: Vec<String>,
}

impl LawText {
    /// `EC 52071`
    pub fn citation(&self) -> String {
        format!("{} {}", self.code, self.section)
    }

    /// The version for an as-of date and a year.
    pub fn version(&self, as_of: Date, year: i32) -> Option<usize> {
        self.versions.iter().position(|version| match &version.reach {
            Reach::Dates(from, to) => *from <= as_of && to.is_none_or(|to| as_of < to),
            Reach::Years(spans) => spans.iter().any(|(from, to)| *from <= year && to.is_none_or(|to| year <= to)),
        })
    }
}

/// One dated wording.
#[derive(Clone, Debug)]
pub struct Version {
    /// `SB-114-2023`, or the years of criteria.
    pub id: String,
    /// The section's title in this version.
    pub title: String,
    /// When it holds.
    pub reach: Reach,
    /// Enacting statute or page.
    pub by: Option<String>,
    /// How well the text is known: kind and reason.
    pub marks: Vec<(String, String)>,
    /// Clauses by index into [`LawText::labels`].
    pub clauses: Vec<Option<ClauseId>>,
    /// Where it is declared.
    pub at: Span,
}

/// When a version holds.
#[derive(Clone, Debug)]
pub enum Reach {
    /// From a day on, up to a day (exclusive).
    Dates(Date, Option<Date>),
    /// For these years (inclusive).
    Years(Vec<(i32, Option<i32>)>),
}

impl std::fmt::Display for Reach {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Reach::Dates(from, None) => write!(f, "in force from {from}"),
            Reach::Dates(from, Some(to)) => write!(f, "in force from {from} to {to}"),
            Reach::Years(spans) => {
                let spans: Vec<String> = spans
                    .iter()
                    .map(|(from, to)| match to {
                        Some(to) if to == from => from.to_string(),
                        Some(to) => format!("{from} to {to}"),
                        None => format!("{from} and later"),
                    })
                    .collect();
                write!(f, "for {}", spans.join(", "))
            }
        }
    }
}

/// One clause of one version.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Its text.
    pub text: TextId,
    /// Index into the text's versions.
    pub version: usize,
    /// Index into the text's labels.
    pub label: usize,
    /// `EC 52071(c)(1)`
    pub citation: String,
    /// Words for people.
    pub title: Option<String>,
    /// Kinds of subject it is for, one bit each.
    pub kinds: u64,
    /// Categories it is stated for.
    pub params: Vec<CategoryId>,
    /// The clause it replaces where it applies.
    pub exception_to: Option<Cite>,
    /// Where an exception applies.
    pub applies: Option<Cond>,
    /// Why it carries no rule.
    pub not_encoded: Option<String>,
    /// `quote`, `source`, `practice`, marks: kind and text.
    pub marks: Vec<(String, String)>,
    /// First year it applies in, and why.
    pub first: Option<(i32, String)>,
    /// Evaluated in suspended years too.
    pub in_suspended: bool,
    /// Yes or no, or a value on this scale.
    pub value: Option<ScaleId>,
    /// The rule; `never` for a clause that is not encoded.
    pub when: Cond,
    /// A published determination that stands in where facts leave the rule open.
    pub recorded: Option<Recorded>,
    /// What follows if it holds.
    pub gives: Vec<Gives>,
    /// Where it is declared.
    pub at: Span,
}

/// A published determination.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// What it says.
    pub by: Cond,
    /// Only where this holds.
    pub only_if: Option<Cond>,
}

/// What follows from a clause.
#[derive(Clone, Debug)]
pub struct Gives {
    /// Of which pathway.
    pub pathway: PathwayId,
    /// `Year 1`
    pub status: Option<String>,
    /// Who provides.
    pub providers: Vec<Provider>,
    /// Who may be involved.
    pub involves: Vec<Involves>,
    /// Who may refuse; empty for nobody, `None` if not said.
    pub refusal: Option<Vec<AgencyId>>,
    /// Who decides.
    pub decision: Option<Decision>,
    /// How long.
    pub lasts: Option<Lasts>,
    /// Words.
    pub outcome: Option<String>,
}

/// How long what follows lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lasts {
    /// No less than this, perhaps more.
    pub at_least: bool,
    /// Years.
    pub years: u32,
    /// Academic years, whose days are not declared.
    pub academic: bool,
    /// Counted from the determinations of the published year before, not from those of the year judged.
    pub from_previous: bool,
}

/// Who provides.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Who.
    pub agency: AgencyId,
    /// Together with whom.
    pub with: Vec<AgencyId>,
    /// In which case.
    pub when: ProviderCase,
}

/// When a provider is meant.
#[derive(Clone, Debug)]
pub enum ProviderCase {
    /// In every case.
    Always,
    /// If this holds.
    When(Cond),
    /// If no other does.
    Otherwise,
}

/// Who may be involved.
#[derive(Clone, Debug)]
pub struct Involves {
    /// Who.
    pub agency: AgencyId,
    /// `on request of`, ...
    pub how: String,
    /// Of whom.
    pub of: Vec<AgencyId>,
    /// Where the law says so.
    pub under: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// Who decides.
#[derive(Clone, Debug)]
pub struct Decision {
    /// Who.
    pub by: AgencyId,
    /// Whom they must consult.
    pub consulting: Vec<AgencyId>,
    /// Who must approve.
    pub approval: Option<AgencyId>,
}
