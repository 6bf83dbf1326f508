//! Steps to explanations: which clause, why, why not, and what is open. Data first; text is rendered from it.
//!
//! Nothing here evaluates: an explanation says what the evaluator recorded.

mod compare;
mod grid;
mod html;
mod lines;
mod opens;
mod picture;
mod seen;
mod short;
mod strip;
mod text;
mod words;
mod would;
mod would_text;

pub use compare::{AnswerSeen, Comparison, PathwayCompared, Side, SideSeen, VersionsSeen, compare, render_comparison};
pub use grid::{Carries, Grid, GridCell, GridColumn, GridFact, Swatch};
pub use html::{escape, html};
pub use opens::Opens;
pub use picture::pictures;
pub use short::{paragraphs, sentences};
pub use strip::{Strip, StripYear};
pub use text::render;
pub use would::{Ask, ChangeSeen, ClauseNamed, EnoughSeen, FactStated, Nearest, NextSeen, WouldSeen, add as add_changes};
pub use would_text::change_words;

use crate::eval::diagram::Node;
use crate::eval::{Answer, At, Basis, Carried, CellKey, Determination, Doing, Evaluator, Setting, StepId, Trace};
use crate::facts::{Cell, Facts};
use crate::program::*;
use crate::source::Sources;
use jiff::ToSpan;
use jiff::civil::Date;
use seen::{Seen, negates};
use serde::{Serialize, Serializer};
use std::fmt::{self, Write};
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

impl Explanation<'_> {
    /// Leaves out of the reasons what did not matter: what does not carry a yes, what does not stand in the way of a yes,
    /// and members that come nowhere near. Text decides for itself.
    pub fn fold(&mut self) {
        for why in self.pathways.iter_mut().flat_map(|pathway| &mut pathway.why) {
            why.fold = true;
        }
    }

    /// Adds the pictures: the grids of the year, and each pathway through the years.
    pub fn draw(&mut self, setting: &Setting, facts: &Facts, sources: &Sources, subject: usize, pathways: &[PathwayId]) {
        self.grids = View { program: setting.program, facts, sources, setting, subject }.grids(self);
        self.strips = strip::strips(setting, facts, self.year, subject, pathways);
    }
}

/// How a clause was judged: steps as they were recorded, put into words when asked. Serialized, it is a [`Reason`].
pub struct Why<'v> {
    view: View<'v>,
    trace: Rc<Trace<'v>>,
    step: StepId,
    fold: bool,
}

impl Why<'_> {
    /// All of it in words.
    pub fn reason(&self) -> Reason {
        self.seen().reason(self.fold)
    }

    fn seen(&self) -> Seen<'_> {
        Seen::top(self.view, self.trace.at(self.step))
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
    /// File it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Row in the file; absent where a complete file has no row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
}

/// A member of a fact.
#[derive(Clone, Debug, Serialize)]
pub struct MemberSeen {
    /// Token.
    pub member: String,
    /// Words.
    pub label: String,
}

/// Explains `pathways` of one subject.
pub fn explain<'v>(
    setting: &'v Setting<'v>,
    facts: &'v Facts,
    sources: &'v Sources,
    year: i32,
    subject: usize,
    pathways: &[PathwayId],
) -> Explanation<'v> {
    let program = setting.program;
    let mut evaluator = Evaluator::new(setting, facts, subject, true);
    let view = View { program, facts, sources, setting, subject };
    let mut entries = Vec::new();
    let mut choices = Vec::new();
    let all: Vec<Determination> = pathways.iter().map(|pathway| evaluator.determine(*pathway, year)).collect();
    let trace = Rc::new(evaluator.take_trace());
    let mut seen = vec![false; trace.steps().len()];
    for found in &all {
        for finding in &found.findings {
            if found.answer != Answer::Eligible || found.holding().any(|holding| holding.clause == finding.clause) {
                view.choices_in(trace.at(finding.step.step), &mut seen, &mut choices);
            }
        }
        entries.push(view.pathway(found, year, &trace));
    }
    choices.sort_unstable();
    choices.dedup();
    let info = &facts.subjects()[subject];
    Explanation {
        schema_version: 1,
        key: info.key.clone(),
        key_label: program.subject.key_label.clone(),
        name: info.name.clone(),
        kind: program.subject.kinds[info.kind].named.name.clone(),
        kind_label: program.subject.kinds[info.kind].named.label.clone(),
        period: program.period.named.label.clone(),
        year,
        as_of: setting.as_of.to_string(),
        default_day: program.period.year(year).is_some_and(|entry| entry.on == setting.as_of),
        codes: program
            .categories
            .iter()
            .flat_map(|category| category.members.iter().map(|member| (member.named.name.as_str(), member.named.label.as_str())))
            .collect(),
        suspended: program.period.year(year).and_then(|entry| entry.suspended.clone()),
        pathways: entries,
        choices: choices.into_iter().map(|choice| view.choice(choice)).collect(),
        contradictions: evaluator.contradictions.iter().map(|contradiction| contradiction_words(program, contradiction)).collect(),
        grids: Vec::new(),
        strips: Vec::new(),
    }
}

/// A contradiction between facts and a published determination, in words.
pub fn contradiction_words(program: &Program, contradiction: &crate::eval::Contradiction) -> String {
    let clause = &program.clauses[contradiction.clause.0];
    let members: Vec<&str> = contradiction
        .members
        .iter()
        .map(|(category, member)| program.categories[category.0].members[*member].named.name.as_str())
        .collect();
    let of = if members.is_empty() { String::new() } else { format!(" for {}", members.join(", ")) };
    let (computed, published) = if contradiction.computed { ("is met", "not") } else { ("is not met", "met") };
    format!("{}{of} in {}: by the facts it {computed}; the published determination says {published}", clause.citation, contradiction.year)
}

/// `color of SWD, ELA in 2024`, as scenarios and policies name it.
pub fn cell_name(program: &Program, cell: CellKey) -> String {
    let fact = &program.facts[cell.fact.0];
    let names = member_names(program, fact, cell.offset);
    let of = if names.is_empty() { String::new() } else { format!(" of {}", names.join(", ")) };
    let when = if fact.yearly { format!(" in {}", cell.year) } else { String::new() };
    format!("{}{of}{when}", fact.named.name)
}

fn member_names(program: &Program, fact: &Fact, offset: usize) -> Vec<String> {
    members_named(program, fact, offset).map(|named| named.name.clone()).collect()
}

fn member_labels(program: &Program, fact: &Fact, offset: usize) -> Vec<String> {
    members_named(program, fact, offset).map(|named| named.label.clone()).collect()
}

fn members_named<'p>(program: &'p Program, fact: &'p Fact, offset: usize) -> impl Iterator<Item = &'p Named> {
    let members = fact.categories.iter().zip(fact.members_at(program, offset));
    members.map(|(category, member)| &program.categories[category.0].members[member].named)
}

/// The version a clause stands in, with its dates: `SB-114-2023, in force from 2023-07-10`.
fn version_words(program: &Program, clause: &Clause) -> String {
    let text = &program.texts[clause.text.0];
    let version = &text.versions[clause.version];
    match text.clock {
        Clock::Law => format!("{}, {}", version.id, version.reach),
        Clock::Data => format!("{} {}", version.reach, program.period.named.label),
    }
}

/// What a cell can be, in words: `Red`, `Red or Orange`, `not known, but not Red`.
fn mask_words(program: &Program, fact: &Fact, mask: Mask, members: &[usize]) -> String {
    let full = fact.full(program);
    let list = |mask: Mask| {
        crate::eval::diagram::bits(mask).map(|bit| fact.value_label(program, bit as usize, members)).collect::<Vec<_>>().join(" or ")
    };
    match mask.count_ones() {
        _ if mask == full => "not known".to_owned(),
        n if n > full.count_ones() / 2 && n > 1 => format!("not known, but not {}", list(full & !mask)),
        _ => list(mask),
    }
}

/// `SWD (P4, P5)`, `SWD in 2018, 2019, 2022`.
pub fn carried_words(program: &Program, one: &Carried) -> String {
    let name = &program.categories[one.category.0].members[one.member].named.name;
    let mut words = name.clone();
    if !one.inner.is_empty() && one.years.len() < 2 {
        let inner: Vec<String> = one.inner.iter().map(|inner| carried_words(program, inner)).collect();
        words.push_str(&format!(" ({})", inner.join(", ")));
    }
    if !one.years.is_empty() {
        let years: Vec<String> = one.years.iter().map(i32::to_string).collect();
        words.push_str(&format!(" in {}", years.join(", ")));
    }
    words
}

fn lasts_words(lasts: Lasts) -> String {
    let least = if lasts.at_least { "at least " } else { "" };
    let academic = if lasts.academic { "academic " } else { "" };
    let unit = if lasts.years == 1 { "year" } else { "years" };
    format!("{least}{} {academic}{unit}", lasts.years)
}

fn carried_by(program: &Program, one: &Carried) -> CarriedBy {
    let named = &program.categories[one.category.0].members[one.member].named;
    CarriedBy {
        member: named.name.clone(),
        label: named.label.clone(),
        years: one.years.clone(),
        inner: one.inner.iter().map(|inner| carried_by(program, inner)).collect(),
    }
}

#[derive(Clone, Copy)]
struct View<'v> {
    program: &'v Program,
    facts: &'v Facts,
    sources: &'v Sources,
    setting: &'v Setting<'v>,
    subject: usize,
}

impl<'v> View<'v> {
    fn agency(&self, id: AgencyId) -> String {
        self.program.agencies[id.0].label.clone()
    }

    fn agencies(&self, ids: &[AgencyId], word: &str) -> String {
        ids.iter().map(|id| self.agency(*id)).collect::<Vec<_>>().join(word)
    }

    fn choice(&self, choice: usize) -> ChoiceInUse {
        let declared = &self.program.choices[choice];
        let option = self.setting.choices[choice];
        ChoiceInUse {
            choice: declared.named.name.clone(),
            question: declared.named.label.clone(),
            reading: declared.options[option].name.clone(),
            words: declared.options[option].label.clone(),
            because: if option == declared.set { declared.because.clone() } else { "chosen for this run".to_owned() },
        }
    }

    /// Choices met, each clause looked at once.
    fn choices_in(&self, step: At, seen: &mut [bool], out: &mut Vec<usize>) {
        if matches!(step.doing, Doing::Clause(..))
            && let Some(seen) = seen.get_mut(step.index())
            && std::mem::replace(seen, true)
        {
            return;
        }
        if let Some(CondKind::ByChoice(choice, _)) = step.cond.map(|cond| &cond.kind) {
            out.push(choice.0);
        }
        // readings of parts that did not carry the answer change nothing
        let negates = negates(&step);
        for below in step.because().filter(|below| negates || below.node == step.node || below.node.settled() == step.node.settled()) {
            self.choices_in(below, seen, out);
        }
    }

    fn pathway(&self, found: &Determination<'v>, year: i32, trace: &Rc<Trace<'v>>) -> PathwayExplanation<'v> {
        let program = self.program;
        let pathway = &program.pathways[found.pathway.0];
        let follows = found
            .holding()
            .map(|finding| {
                let gives = finding.gives;
                let days = gives.lasts.and_then(|lasts| self.lasts(lasts, year));
                Follows {
                    by: program.clauses[finding.clause.0].citation.clone(),
                    status: gives.status.clone(),
                    providers: finding.providers.iter().map(|provider| self.provider(provider)).collect(),
                    involved: gives.involves.iter().map(|involved| self.involved(involved)).collect(),
                    refusal: gives
                        .refusal
                        .as_ref()
                        .map(|who| if who.is_empty() { "nobody".to_owned() } else { self.agencies(who, " or ") }),
                    decision: gives.decision.as_ref().map(|decision| {
                        let mut words = self.agency(decision.by);
                        if !decision.consulting.is_empty() {
                            words.push_str(&format!(", in consultation with {}", self.agencies(&decision.consulting, " and ")));
                        }
                        if let Some(approval) = decision.approval {
                            words.push_str(&format!(", with the approval of {}", self.agency(approval)));
                        }
                        words
                    }),
                    lasts: gives.lasts.map(lasts_words),
                    from: days.map(|(from, _)| from.to_string()),
                    until: days.map(|(_, until)| until.to_string()),
                    outcome: gives.outcome.clone(),
                    opens: self.opens(finding.clause, year),
                    notes: program.clauses[finding.clause.0]
                        .marks
                        .iter()
                        .map(|(kind, text)| Note { kind: kind.clone(), text: text.clone() })
                        .collect(),
                }
            })
            .collect();
        let (mut members, mut carried): (Vec<String>, Vec<CarriedBy>) = (Vec::new(), Vec::new());
        for one in found.holding().flat_map(|finding| &finding.carried) {
            let words = carried_words(program, one);
            if !members.contains(&words) {
                members.push(words);
                carried.push(carried_by(program, one));
            }
        }
        let open = found
            .open
            .iter()
            .map(|cell| {
                let fact = &program.facts[cell.fact.0];
                let own = fact.members_at(program, cell.offset);
                let now = self.facts.cell_on(program, cell.fact, cell.year, self.subject, cell.offset, self.setting.as_of);
                OpenCell {
                    fact: fact.named.name.clone(),
                    label: fact.named.label.clone(),
                    members: member_names(program, fact, cell.offset),
                    member_labels: member_labels(program, fact, cell.offset),
                    year: fact.yearly.then_some(cell.year),
                    ruled_out: crate::eval::diagram::bits(fact.full(program) & !now.mask)
                        .map(|bit| fact.value_label(program, bit as usize, &own))
                        .collect(),
                    possible: crate::eval::diagram::bits(now.mask).map(|bit| fact.value_label(program, bit as usize, &own)).collect(),
                }
            })
            .collect();
        let mut not_encoded: Vec<String> = Vec::new();
        for finding in &found.findings {
            let clause = &program.clauses[finding.clause.0];
            let version = &program.texts[clause.text.0].versions[clause.version];
            for id in version.clauses.iter().flatten() {
                let other = &program.clauses[id.0];
                let below = other.citation.starts_with(&clause.citation) && other.citation != clause.citation;
                if let (Some(because), true) = (&other.not_encoded, below) {
                    let words = format!("{}: {because}", other.citation);
                    if !not_encoded.contains(&words) {
                        not_encoded.push(words);
                    }
                }
            }
        }
        PathwayExplanation {
            pathway: pathway.named.name.clone(),
            label: pathway.named.label.clone(),
            tier: pathway.tier.map(|tier| program.tiers[tier].label.clone()),
            stage: pathway.stage.clone(),
            answer: found.answer,
            by: found.holding().map(|finding| program.clauses[finding.clause.0].citation.clone()).collect(),
            either: found.either(),
            members,
            carried,
            follows,
            open,
            enough: None,
            nearest: Vec::new(),
            flip: None,
            next: None,
            why: found
                .findings
                .iter()
                .map(|finding| Why { view: *self, trace: trace.clone(), step: finding.step.step, fold: false })
                .collect(),
            not_encoded,
        }
    }

    /// From which day to which; of academic years no days are declared.
    fn lasts(&self, lasts: Lasts, year: i32) -> Option<(Date, Date)> {
        let period = &self.program.period;
        let counted = if lasts.from_previous { period.published_until(year - 1).next()? } else { year };
        let from = period.year(counted)?.on;
        let until = from.checked_add(i64::from(lasts.years).years()).ok().filter(|_| !lasts.academic)?;
        Some((from, until))
    }

    fn provider(&self, provider: &Provider) -> String {
        let mut words = self.agency(provider.agency);
        if !provider.with.is_empty() {
            words.push_str(&format!(" with {}", self.agencies(&provider.with, " and ")));
        }
        words
    }

    fn involved(&self, involved: &Involves) -> String {
        let mut words = format!("{} {}", self.agency(involved.agency), involved.how);
        if involved.of.is_empty() {
            words = format!("{} is {}", self.agency(involved.agency), involved.how);
        } else {
            words.push_str(&format!(" {}", self.agencies(&involved.of, " or ")));
        }
        if let Some(under) = &involved.under {
            words.push_str(&format!(", {under}"));
        }
        if let Some(note) = &involved.note {
            words.push_str(&format!(" ({note})"));
        }
        words
    }

    fn which(&self, members: &[(CategoryId, usize)], year: i32) -> String {
        let mut words: Vec<String> =
            members.iter().map(|(category, member)| self.program.categories[category.0].members[*member].named.name.clone()).collect();
        words.push(year.to_string());
        words.join(", ")
    }

    fn basis(&self, basis: Basis, clause: &Clause, year: i32) -> Option<String> {
        Some(match basis {
            Basis::Rule => return None,
            Basis::Exception(id) => format!("by exception {}", self.program.clauses[id.0].citation),
            Basis::Recorded => "as published: the facts at hand leave the rule open".to_owned(),
            Basis::NotForKind => {
                let kinds: Vec<&str> = self
                    .program
                    .subject
                    .kinds
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| clause.kinds & (1 << at) != 0)
                    .map(|(_, kind)| kind.named.label.as_str())
                    .collect();
                format!("concerns only a {}", kinds.join(" or "))
            }
            Basis::NotYet => {
                let (first, because) = clause.first.as_ref()?;
                format!("applies from {first} on: {because}")
            }
            Basis::Suspended => self.program.period.year(year)?.suspended.clone()?,
            Basis::NoSuchMember => format!("does not exist in {year}"),
            Basis::NoVersion => format!("no version for {year}"),
        })
    }

    fn fact(&self, key: CellKey) -> FactSeen {
        let cell = self.cell(key);
        let fact = &self.program.facts[key.fact.0];
        FactSeen {
            members: self.members_of(key).map(|named| MemberSeen { member: named.name.clone(), label: named.label.clone() }).collect(),
            year: fact.yearly.then_some(key.year),
            name: self.fact_name(key),
            value: self.fact_value(key, &cell),
            known: cell.mask.count_ones() == 1,
            file: cell.origin.file().map(|file| self.facts.files[file].clone()),
            row: cell.origin.row_number(),
        }
    }

    fn cell(&self, key: CellKey) -> Cell {
        self.facts.cell_on(self.program, key.fact, key.year, self.subject, key.offset, self.setting.as_of)
    }

    fn members_of(&self, key: CellKey) -> impl Iterator<Item = &'v Named> {
        let program = self.program;
        let fact = &program.facts[key.fact.0];
        let members = fact.members_at(program, key.offset);
        fact.categories.iter().zip(members).map(|(category, member)| &program.categories[category.0].members[member].named)
    }

    /// `performance level of SWD in ELA, 2023`
    fn fact_name(&self, key: CellKey) -> String {
        let fact = &self.program.facts[key.fact.0];
        let mut name = fact.named.label.clone();
        for (at, member) in self.members_of(key).enumerate() {
            name.push_str(if at == 0 { " of " } else { ", " });
            name.push_str(&member.name);
        }
        if fact.yearly {
            let _ = write!(name, ", {}", key.year);
        }
        name
    }

    /// The value in words; several words where it is not known exactly.
    fn fact_value(&self, key: CellKey, cell: &Cell) -> String {
        let program = self.program;
        let fact = &program.facts[key.fact.0];
        let mut value = match (&fact.kind, cell.number) {
            (ValueKind::Number { unit, .. }, Some(number)) => format!("{number} {unit}"),
            _ => mask_words(program, fact, cell.mask, &fact.members_at(program, key.offset)),
        };
        if let Some(date) = cell.date {
            let late = if fact.dated && date > self.setting.as_of { ", after the day whose law is applied" } else { "" };
            let _ = write!(value, " ({date}{late})");
        }
        value
    }

    /// Adds a fact and its value to a line; gives back the file and row it was read from.
    fn tell(&self, key: CellKey, line: &mut String) -> Option<(&'v str, Option<u32>)> {
        let cell = self.cell(key);
        let _ = write!(line, "  <- {}: {}", self.fact_name(key), self.fact_value(key, &cell));
        cell.origin.file().map(|file| (self.facts.files[file].as_str(), cell.origin.row_number()))
    }
}
