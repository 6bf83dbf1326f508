//! What an explanation holds: data first, for JSON and for every rendering.

use super::grid::Grid;
use super::opens::Opens;
use super::seen::Seen;
use super::strip::Strip;
use super::view::View;
use super::would::{EnoughSeen, Nearest, NextSeen, WouldSeen};
use crate::eval::diagram::Node;
use crate::eval::{Answer, StepId, Trace};
use serde::{Serialize, Serializer};
use std::fmt;
use std::rc::Rc;

/// Everything about one subject in one year. Serialized, this is the JSON of `enact explain --format json`.
///
/// Explaining and rendering share nothing but what they are given, so that many subjects can be explained on as many
/// threads; an explanation stays on the thread that made it, its text goes anywhere.
#[derive(Debug, Serialize)]
pub struct Explanation<'v> {
    /// Version of this shape; grows when a field changes its meaning.
    pub schema_version: u32,
    /// Key, all digits.
    pub key: String,
    /// What the key is: `CDS code`.
    pub key_label: String,
    /// Name.
    pub name: String,
    /// Token of the kind of subject.
    pub kind: String,
    /// The kind in words.
    pub kind_label: String,
    /// What years are counted of: `California School Dashboard`.
    pub period: String,
    /// The year judged.
    pub year: i32,
    /// The day whose law applies.
    pub as_of: String,
    /// Whether that is the day of the year's determinations.
    pub default_day: bool,
    /// What the codes of members mean.
    pub codes: Vec<(&'v str, &'v str)>,
    /// Why no determinations are made this year, if so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<String>,
    /// One entry per pathway asked for.
    pub pathways: Vec<PathwayExplanation<'v>>,
    /// Readings of open points the answers rest on.
    pub choices: Vec<ChoiceInUse>,
    /// Published determinations that the facts contradict.
    pub contradictions: Vec<String>,
    /// Pictures of the facts that the answers asked for, once [`Explanation::draw`] was called.
    pub grids: Vec<Grid>,
    /// The pathways through the years, likewise.
    pub strips: Vec<Strip>,
}

/// One pathway.
#[derive(Debug, Serialize)]
pub struct PathwayExplanation<'v> {
    /// Token.
    pub pathway: String,
    /// Words.
    pub label: String,
    /// The tier's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// `identified`, `eligible` or `determined`.
    pub stage: String,
    /// The answer.
    pub answer: Answer,
    /// Clauses that carry the answer.
    pub by: Vec<String>,
    /// One of these clauses holds in every case, but the data leave open which.
    pub either: bool,
    /// Members that carry it: `SWD (P4, P5)`.
    pub members: Vec<String>,
    /// The same members, with their words.
    pub carried: Vec<CarriedBy>,
    /// What follows, per clause that holds.
    pub follows: Vec<Follows>,
    /// Cells whose value could still change the answer.
    pub open: Vec<OpenCell>,
    /// For a yes: the smallest sets of facts that are each enough for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enough: Option<EnoughSeen>,
    /// For a no: the clauses that could give it, in the order of what they lack.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<Nearest>,
    /// What would make the answer another, if that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flip: Option<WouldSeen>,
    /// The year after, if that was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<NextSeen>,
    /// How each clause that could give it was judged.
    pub why: Vec<Why<'v>>,
    /// Clauses of the same sections that carry no rule.
    pub not_encoded: Vec<String>,
}

/// A member that carries an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CarriedBy {
    /// Token.
    pub member: String,
    /// Words.
    pub label: String,
    /// Years in which it does, where several count.
    pub years: Vec<i32>,
    /// Members of inner counts, such as priorities.
    pub inner: Vec<CarriedBy>,
}

/// What a clause gives.
#[derive(Debug, Serialize)]
pub struct Follows {
    /// The clause.
    pub by: String,
    /// `Year 1`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    /// Who provides; several where the data leave the case open.
    pub providers: Vec<String>,
    /// Who may be involved, on whose request or referral.
    pub involved: Vec<String>,
    /// Who may refuse.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// Who decides, consulting whom, with whose approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decision: Option<String>,
    /// How long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lasts: Option<String>,
    /// The day that is counted from: that of the determinations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The day it ends on, or the first one it may end on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// The consequence in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Pathways that this opens the way to, and the acts that decide them.
    pub opens: Vec<Opens>,
    /// What the rule file notes on the clause: its source, what practice says, what was concluded or could not be seen.
    pub notes: Vec<Note>,
}

/// A note on a clause.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    /// `quote`, `source`, `practice`, `inferred`, `unverified`, ...
    pub kind: String,
    /// Its words.
    pub text: String,
}

/// A cell that could still change an answer.
#[derive(Debug, Serialize)]
pub struct OpenCell {
    /// The fact's token.
    pub fact: String,
    /// The fact's words.
    pub label: String,
    /// Members.
    pub members: Vec<String>,
    /// The same members in words.
    pub member_labels: Vec<String>,
    /// Year, for yearly facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// Values still possible.
    pub possible: Vec<String>,
    /// Values known not to be.
    pub ruled_out: Vec<String>,
}

/// A choice in use.
#[derive(Debug, Serialize)]
pub struct ChoiceInUse {
    /// Token.
    pub choice: String,
    /// The question.
    pub question: String,
    /// The reading's token.
    pub reading: String,
    /// The reading in words.
    pub words: String,
    /// Why it is the one in use.
    pub because: String,
}

/// Yes, no, or open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Holds.
    Yes,
    /// Does not hold.
    No,
    /// The data leave it open.
    Open,
}

impl From<Node> for Verdict {
    fn from(node: Node) -> Self {
        match node.settled() {
            Some(true) => Verdict::Yes,
            Some(false) => Verdict::No,
            None => Verdict::Open,
        }
    }
}

/// A step of the reasoning.
#[derive(Debug, Serialize)]
pub struct Reason {
    /// What was asked, in the words of the rule file or of the law.
    pub text: String,
    /// The answer.
    pub verdict: Verdict,
    /// For a clause: its citation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// For a clause: version and dates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// For a clause or condition: rule file and line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// Why a clause answers so, where not by its rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basis: Option<String>,
    /// For a member or a year: which.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub which: Option<String>,
    /// For a fact: what it is and where it was read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fact: Option<FactSeen>,
    /// Whether it carried the answer above it.
    pub carried: bool,
    /// The parts.
    pub because: Vec<Reason>,
    /// How many parts that did not matter are left out.
    #[serde(skip_serializing_if = "is_zero")]
    pub folded: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the shape serde asks for")]
fn is_zero(n: &usize) -> bool {
    *n == 0
}

/// How a clause was judged: steps as they were recorded, put into words when asked. Serialized, it is a [`Reason`].
pub struct Why<'v> {
    pub(super) view: View<'v>,
    pub(super) trace: Rc<Trace<'v>>,
    pub(super) step: StepId,
    pub(super) fold: bool,
}

impl Why<'_> {
    /// All of it in words.
    pub fn reason(&self) -> Reason {
        self.seen().reason(self.fold)
    }

    pub(super) fn seen(&self) -> Seen<'_> {
        Seen::top(&self.view, self.trace.at(self.step))
    }
}

impl fmt::Debug for Why<'_> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        self.reason().fmt(f)
    }
}

impl Serialize for Why<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.reason().serialize(serializer)
    }
}

/// A fact that was asked.
#[derive(Debug, Serialize)]
pub struct FactSeen {
    /// Its members.
    pub members: Vec<MemberSeen>,
    /// Year, for yearly facts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub year: Option<i32>,
    /// `performance level of SWD in ELA, 2023`
    pub name: String,
    /// The value in words; several words where it is not known exactly.
    pub value: String,
    /// Whether exactly one value is possible.
    pub known: bool,
    /// For how many the value stands, where the rules declare such a number and it is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_with: Option<ShownWith>,
    /// File it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Row in the file; absent where a complete file has no row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
}

/// The number that a fact is shown with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ShownWith {
    /// The token of that fact.
    pub fact: String,
    /// Its words.
    pub label: String,
    /// Its value in words: `41 pupils`.
    pub value: String,
}

/// A member of a fact.
#[derive(Clone, Debug, Serialize)]
pub struct MemberSeen {
    /// Token.
    pub member: String,
    /// Words.
    pub label: String,
}
