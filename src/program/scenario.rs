//! Worked cases with their expected answers.

use super::{AgencyId, CategoryId, ChoiceId, Cite, FactId, Mask, PathwayId};
use crate::span::Span;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// A worked case.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// Number or name.
    pub id: String,
    /// What happens.
    pub title: String,
    /// `certain` or `policy`, if said.
    pub mark: Option<String>,
    /// Index of the kind.
    pub kind: usize,
    /// Year judged.
    pub year: i32,
    /// As-of date.
    pub as_of: Date,
    /// Other readings than the set ones.
    pub choices: Vec<(ChoiceId, usize)>,
    /// Cells stated, later ones win: fact, offset, year, possible values, date, number.
    pub cells: Vec<StatedCell>,
    /// Expected answers.
    pub expects: Vec<Expect>,
    /// Where it is declared.
    pub at: Span,
}

/// A cell a scenario states.
#[derive(Clone, Debug)]
pub struct StatedCell {
    /// The fact.
    pub fact: FactId,
    /// Position within the stride.
    pub offset: usize,
    /// Year, for yearly facts.
    pub year: i32,
    /// Possible values.
    pub mask: Mask,
    /// For dated facts.
    pub date: Option<Date>,
    /// For numbers.
    pub number: Option<Decimal>,
}

/// An expected answer.
#[derive(Clone, Debug)]
pub struct Expect {
    /// Where.
    pub at: Span,
    /// What.
    pub kind: ExpectKind,
}

/// A fact, some of its members, and perhaps the year.
pub type Needed = (FactId, Vec<(CategoryId, usize)>, Option<i32>);

/// Kinds of expected answer. A value is an index into those of the clause's scale, the one after the last for none.
#[derive(Clone, Debug)]
#[allow(missing_docs, reason = "the fields say what they hold")]
pub enum ExpectKind {
    Clause { cite: Cite, met: Option<bool>, value: Option<usize>, year: i32 },
    Answer { pathway: PathwayId, answer: String, by: Vec<Cite>, needs: Option<Needed> },
    Members { pathway: PathwayId, members: Vec<(CategoryId, usize)> },
    Provider { pathway: PathwayId, agency: AgencyId },
    Outcome { pathway: PathwayId, text: String },
    Status { pathway: PathwayId, text: String },
}
