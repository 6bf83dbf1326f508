//! The typed program: every name resolved, every condition over finite domains.
//!
//! This is the only input of evaluation, import, explanation and reports. It holds no string that has to be looked
//! up and no case that cannot occur.

mod condition;
mod fact;
mod law;
mod outside;
mod scenario;
mod vocabulary;

pub use condition::{Arg, Cite, Cond, CondKind, Count, Grid, Test, TestMask, Window};
pub use fact::{Boundary, Fact, ValueKind};
pub use law::{Clause, Clock, Decision, Gives, Involves, Lasts, LawText, Provider, ProviderCase, Reach, Recorded, Version};
pub use outside::{CodeMatch, Fill, FillFrom, MemberFrom, Published, Report, ReportCell, ReportColumn, Unlisted, Years, in_years};
pub use scenario::{Expect, ExpectKind, Needed, Scenario, StatedCell};
pub use vocabulary::{Category, Choice, CodeTable, Kind, Member, Named, Pathway, Period, PeriodYear, Scale, Subject, Value};
/// A set of values of one fact, one bit each; see [`Fact::absent_bit`].
pub type Mask = u128;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => { $(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub usize);
    )* };
}
ids! {
    /// Index into [`Program::categories`].
    CategoryId,
    /// Index into [`Program::facts`].
    FactId,
    /// Index into [`Program::texts`].
    TextId,
    /// Index into [`Program::clauses`].
    ClauseId,
    /// Index into [`Program::agencies`].
    AgencyId,
    /// Index into [`Program::pathways`].
    PathwayId,
    /// Index into [`Program::choices`].
    ChoiceId,
    /// Index into [`Program::code_tables`].
    CodesId,
    /// Index into [`Program::scales`].
    ScaleId,
    /// Index into [`Program::published`].
    PublishedId,
}

/// Everything the rule files say.
#[derive(Clone, Debug)]
pub struct Program {
    /// Whom the law is about.
    pub subject: Subject,
    /// What the data clock counts.
    pub period: Period,
    /// Codes of law with their names: `EC`, "California Education Code".
    pub codes: Vec<Named>,
    /// Closed lists of members.
    pub categories: Vec<Category>,
    /// Ordered values.
    pub scales: Vec<Scale>,
    /// Tables of codes for sets of members.
    pub code_tables: Vec<CodeTable>,
    /// What can be known about a subject.
    pub facts: Vec<Fact>,
    /// Readings the law leaves open.
    pub choices: Vec<Choice>,
    /// Who acts.
    pub agencies: Vec<Named>,
    /// Levels of support.
    pub tiers: Vec<Named>,
    /// What a subject can be eligible for.
    pub pathways: Vec<Pathway>,
    /// Sections and criteria with their versions.
    pub texts: Vec<LawText>,
    /// Clauses of all versions.
    pub clauses: Vec<Clause>,
    /// Layouts of published files.
    pub published: Vec<Published>,
    /// Layouts of lists to hand over.
    pub reports: Vec<Report>,
    /// Worked cases.
    pub scenarios: Vec<Scenario>,
}
