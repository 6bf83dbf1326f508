//! Steps to explanations: which clause, why, why not, and what is open. Data first; text is rendered from it.
//!
//! Nothing here evaluates: an explanation says what the evaluator recorded.

mod compare;
mod grid;
mod html;
mod lines;
mod model;
mod opens;
mod picture;
mod seen;
mod short;
mod strip;
mod text;
mod under;
mod view;
mod words;
mod would;
mod would_text;

pub use compare::{AnswerSeen, Comparison, PathwayCompared, Side, SideSeen, VersionsSeen, compare, render_comparison};
pub use grid::{Carries, Grid, GridCell, GridColumn, GridFact, Swatch};
pub use html::{escape, html};
pub use model::{
    CarriedBy, ChoiceInUse, Explanation, FactSeen, Follows, MemberSeen, Note, OpenCell, PathwayExplanation, Reason, ShownWith, Verdict, Why,
};
pub use opens::Opens;
pub use picture::pictures;
pub use short::{paragraphs, sentences};
pub use strip::{Strip, StripYear};
pub use text::render;
pub use view::{carried_words, cell_name, contradiction_words};
pub use would::{Ask, ChangeSeen, ClauseNamed, EnoughSeen, FactStated, Nearest, NextSeen, WouldSeen, add as add_changes};
pub use would_text::change_words;

use crate::eval::{Answer, Determination, Evaluator, Setting};
use crate::facts::Facts;
use crate::program::*;
use crate::source::Sources;
use std::rc::Rc;
use view::View;

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
