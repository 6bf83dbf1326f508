//! The untyped tree: what the author wrote, with names not yet resolved.
//!
//! A variant's comment is its concrete syntax. Equality ignores places.

use crate::span::{Span, Spanned};

/// A name as written.
pub type Name = Spanned<String>;
/// Quoted text as written, adjacent pieces joined.
pub type Text = Spanned<String>;
/// A whole number as written.
pub type Int = Spanned<u32>;
/// A Dashboard or school year.
pub type Year = Spanned<i32>;
/// A calendar day.
pub type Date = Spanned<jiff::civil::Date>;
/// A decimal number.
pub type Number = Spanned<rust_decimal::Decimal>;

/// `EC 52071(c)(1)`
#[derive(Clone, Debug)]
pub struct Citation {
    /// `EC`
    pub code: String,
    /// `52071`
    pub section: String,
    /// `(c)(1)`; empty when the whole section is meant
    pub label: String,
    /// Where it stands.
    pub span: Span,
}

/// Equality in all fields but the place, as of [`Spanned`]. A field left out does not compile.
macro_rules! same {
    ($of:ident: $($field:ident),+) => {
        impl PartialEq for $of {
            fn eq(&self, other: &Self) -> bool {
                let Self { $($field,)+ span: _ } = self;
                $($field == &other.$field)&&+
            }
        }
    };
}

same!(Citation: code, section, label);
same!(Clause: label, title, kinds, each, exception_to, applies, not_encoded, marks, first, in_suspended, value, when, recorded, recorded_if, gives, damaged);
same!(Cond: label, kind);
same!(BracketRow: bound, value);
same!(Arm: members, cond);
same!(Fill: fact, members, column, constant, date, years, filter, otherwise, codes, as_named);
same!(Expect: kind);

impl PartialEq for CellCode {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (CellCode::Blank(_), CellCode::Blank(_)) => true,
            (CellCode::Is(code), CellCode::Is(other)) => code == other,
            _ => false,
        }
    }
}

/// One rule file.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct File {
    /// Declarations in reading order.
    pub items: Vec<Item>,
    /// What is accepted although it would be warned of.
    pub allows: Vec<Allow>,
    /// Some declaration could not be read and was reported.
    pub damaged: bool,
    /// Conditions below headings that could not be read; only their names can be checked.
    pub loose: Vec<Cond>,
}

/// `allow law/covered because "the criteria page lists it apart"`
#[derive(Clone, Debug, PartialEq)]
pub struct Allow {
    /// The code that is not reported.
    pub code: Name,
    /// Why.
    pub because: Text,
    /// Within which declaration, or in the whole file.
    pub within: Spanned<()>,
}

/// A top-level declaration.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "each variant is documented by the struct it holds")]
#[allow(clippy::large_enum_variant, reason = "a library has a few hundred declarations")]
pub enum Item {
    Section(Heading),
    Criteria(Heading),
    Version(Version),
    ForPeriods(ForPeriods),
    Code(Named),
    Subject(Subject),
    Period(Period),
    Category(Category),
    Scale(Scale),
    Agency(Named),
    Tier(Named),
    Pathway(Pathway),
    Fact(Fact),
    Codes(Codes),
    Choice(Choice),
    Source(SourceDecl),
    Report(Report),
    Clause(Box<Clause>),
    Scenario(Scenario),
}

/// `section EC 52072 "School districts"` or `criteria SBE criteria "..."`
#[derive(Clone, Debug, PartialEq)]
pub struct Heading {
    /// Citation without a label.
    pub citation: Citation,
    /// Title for people.
    pub title: Text,
}

/// `version SB-114-2023 in force from 2023-07-10` and the lines below it
#[derive(Clone, Debug, PartialEq)]
pub struct Version {
    /// Name of the wording.
    pub id: Name,
    /// First day in force.
    pub from: Date,
    /// First day no longer in force.
    pub to: Option<Date>,
    /// Enacting statute.
    pub by: Option<Text>,
    /// The wording it takes the place of.
    pub replaces: Option<Name>,
    /// How well the text is known, with the reason.
    pub marks: Vec<Mark>,
}

/// `for dashboards 2023 to 2024` and the lines below it
#[derive(Clone, Debug, PartialEq)]
pub struct ForPeriods {
    /// The period's name or plural.
    pub period: Name,
    /// Which years.
    pub years: Vec<YearSpan>,
    /// Adopting body or page.
    pub by: Option<Text>,
    /// How well the text is known.
    pub marks: Vec<Mark>,
}

/// `2017 to 2019`, `2022`, `2025 to later`
#[derive(Clone, Debug, PartialEq)]
pub struct YearSpan {
    /// First year.
    pub from: Year,
    /// Last year; `None` for one year.
    pub to: Option<LastYear>,
}

/// End of a [`YearSpan`].
#[derive(Clone, Debug, PartialEq)]
pub enum LastYear {
    /// `2019`
    Year(Year),
    /// `later`
    Later,
}

/// `verified "..."`, `data "..."`, `deck "..."`, `inferred "..."`, `unverified "..."`, `note "..."`
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// The first word.
    pub kind: String,
    /// The reason or source.
    pub text: Text,
}

/// `code EC "California Education Code"`, `agency ...`, `tier ...`, or a choice's option
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// Token used in rules.
    pub name: Name,
    /// Words for people.
    pub label: Text,
}

/// `subject lea "local educational agency"`
#[derive(Clone, Debug, PartialEq)]
pub struct Subject {
    /// Token and label.
    pub head: Named,
    /// `key 14 digits "CDS code"`
    pub key: Option<(Int, Text)>,
    /// `region first 2 digits "county"`
    pub region: Option<(Int, Text)>,
    /// `kind district "school district" when key is "..."`; the pattern is absent for `otherwise`
    pub kinds: Vec<(Named, Option<Text>)>,
}

/// `period dashboard "California School Dashboard"`
#[derive(Clone, Debug, PartialEq)]
pub struct Period {
    /// Token and label.
    pub head: Named,
    /// `plural dashboards`
    pub plural: Option<Name>,
    /// Year, day of determination, and the reason if suspended.
    pub years: Vec<(Year, Date, Option<Text>)>,
}

/// `category student_group "student group"`
#[derive(Clone, Debug, PartialEq)]
pub struct Category {
    /// Token and label.
    pub head: Named,
    /// `plural priorities`
    pub plural: Option<Name>,
    /// Members with the year they start in.
    pub members: Vec<(Named, Option<Year>)>,
}

/// `for SUSP, CHRO "Very High"`: the members, and the words where one of them is meant
pub type OtherWords = (Vec<Name>, Text);

/// `scale color "performance level" worst first`
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    /// Token and label.
    pub head: Named,
    /// Values from worst to best.
    pub values: Vec<ScaleValue>,
}

/// `Red "Red"`
#[derive(Clone, Debug, PartialEq)]
pub struct ScaleValue {
    /// Token and label.
    pub named: Named,
    /// Other words for some members.
    pub variants: Vec<OtherWords>,
    /// `swatch "#b3261e"`
    pub swatch: Option<Text>,
}

/// `pathway geolead_assistance "..."`
#[derive(Clone, Debug, PartialEq)]
pub struct Pathway {
    /// Token and label.
    pub head: Named,
    /// `tier targeted`
    pub tier: Option<Name>,
    /// `stage eligible`
    pub stage: Option<Name>,
    /// `listed on request`
    pub hidden: bool,
}

/// `fact color "performance level" for student_group, indicator, each dashboard`
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// Token and label.
    pub head: Named,
    /// Categories it is given for.
    pub categories: Vec<Name>,
    /// `each dashboard`
    pub period: Option<Name>,
    /// What a value can be.
    pub kind: Option<FactKind>,
    /// What it means that a complete file has no row.
    pub absent: Option<Text>,
    /// `dated`
    pub dated: bool,
    /// `fixed because "..."`
    pub fixed: Option<Text>,
    /// `worsens one step each dashboard`
    pub gradual: Option<Name>,
    /// `shown as grid "Colors at a glance"`
    pub grid: Option<Text>,
    /// `shown with pupils`
    pub shown_with: Option<Name>,
}

/// What a fact's value can be.
#[derive(Clone, Debug, PartialEq)]
pub enum FactKind {
    /// `on scale color`
    Scale(Name),
    /// `yes or no`
    YesNo,
    /// `one of` with values below
    Enum(Vec<Named>),
    /// `number of "pupils"`
    Number(Text),
    /// `code of cde_letter`
    Code(Name),
}

/// `codes cde_letter "..." for sets of priority`
#[derive(Clone, Debug, PartialEq)]
pub struct Codes {
    /// Token and label.
    pub head: Named,
    /// The category whose members the codes stand for.
    pub category: Name,
    /// `A means P4, P5, P6`
    pub values: Vec<(Name, Vec<Name>)>,
}

/// `choice charter_years "..."`
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Token and label.
    pub head: Named,
    /// The readings to choose from.
    pub options: Vec<Named>,
    /// The reading in use and why.
    pub set: Option<(Name, Text)>,
}

/// `clause (c)(1) "identified" for district`, an exception, or a clause that is not encoded
#[derive(Clone, Debug)]
pub struct Clause {
    /// `(c)(1)`
    pub label: Name,
    /// Words for people.
    pub title: Option<Text>,
    /// Kinds of subject named after `for`; empty for all.
    pub kinds: Vec<Name>,
    /// Categories named after `for each`.
    pub each: Vec<Name>,
    /// `to SBE criteria(P4)`: the clause this exception replaces
    pub exception_to: Option<Citation>,
    /// `applies when ...`
    pub applies: Option<Cond>,
    /// `not encoded ... because "..."`
    pub not_encoded: Option<Text>,
    /// `quote`, `source`, `practice`, marks and notes, in order.
    pub marks: Vec<Mark>,
    /// `first dashboard 2025 because "..."`
    pub first: Option<(Year, Text)>,
    /// `also in suspended years`
    pub in_suspended: bool,
    /// `value on color`
    pub value: Option<Name>,
    /// `when ...`
    pub when: Option<Cond>,
    /// `recorded by ...`
    pub recorded: Option<Cond>,
    /// `recorded only if ...`
    pub recorded_if: Option<Cond>,
    /// `gives ...`
    pub gives: Vec<Gives>,
    /// Some line could not be read and was reported; what seems to be missing may stand there.
    pub damaged: bool,
    /// The heading line.
    pub span: Span,
}

/// `gives differentiated_assistance` and the lines below it
#[derive(Clone, Debug, PartialEq)]
pub struct Gives {
    /// The pathway.
    pub pathway: Name,
    /// `status "Year 2"`
    pub status: Option<Text>,
    /// Who provides, with whom, and when.
    pub providers: Vec<Provider>,
    /// Who may be involved.
    pub involves: Vec<Involves>,
    /// `refusal by ccee`
    pub refusal: Option<Vec<Name>>,
    /// `decided by ...`
    pub decision: Option<Decision>,
    /// `lasts at least 2 years`
    pub lasts: Option<Lasts>,
    /// `outcome "..."`
    pub outcome: Option<Text>,
}

/// `lasts at least 2 years from the previous dashboard`
#[derive(Clone, Debug, PartialEq)]
pub struct Lasts {
    /// `at least`
    pub at_least: bool,
    /// How many.
    pub years: Int,
    /// `academic`
    pub academic: bool,
    /// `from the previous dashboard`
    pub from_previous: Option<Name>,
}

/// `provider geographic_lead with county_superintendent when ...`
#[derive(Clone, Debug, PartialEq)]
pub struct Provider {
    /// Who.
    pub agency: Name,
    /// Together with whom.
    pub with: Vec<Name>,
    /// In which case; `None` for always.
    pub when: Option<Cond>,
    /// `otherwise`
    pub otherwise: bool,
}

/// `involves ccee on referral of county_superintendent under EC 52071(c)(1)(D)`
#[derive(Clone, Debug, PartialEq)]
pub struct Involves {
    /// Who.
    pub agency: Name,
    /// `on request of`, `on referral of`, `with agreement of`, `informed`, `included`
    pub how: String,
    /// Whose request, referral or agreement.
    pub of: Vec<Name>,
    /// Where the law says so.
    pub under: Option<Citation>,
    /// A remark.
    pub note: Option<Text>,
}

/// `decided by ccee in consultation with governing_board with approval of state_board`
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// Who decides.
    pub by: Name,
    /// Whom they must consult.
    pub consulting: Vec<Name>,
    /// Who must approve.
    pub approval: Option<Name>,
}

/// A condition.
#[derive(Clone, Debug)]
pub struct Cond {
    /// `(1)` before an item.
    pub label: Option<Name>,
    /// What it says.
    pub kind: CondKind,
    /// The line it stands on.
    pub span: Span,
}

/// Kinds of condition.
#[derive(Clone, Debug, PartialEq)]
pub enum CondKind {
    /// `all of:`
    AllOf(Vec<Cond>),
    /// `any of:`
    AnyOf(Vec<Cond>),
    /// `none of:`
    NoneOf(Vec<Cond>),
    /// `at least 2 of:`
    AtLeastOf(Int, Vec<Cond>),
    /// `at least 3 student_groups, or all if fewer than 3, never if none:`
    Count(Box<Count>),
    /// `in at least 3 of the last 4 published dashboards:`
    Window(Box<Window>),
    /// `by priority:`
    ByMember(Name, Vec<Arm>),
    /// `by choice charter_years:`
    ByChoice(Name, Vec<Arm>),
    /// `bracket change:`; an absent bound is `otherwise`
    Bracket(Vec<Name>, Vec<BracketRow>),
    /// `grid SBE levels.status by SBE levels.change:`
    Grid(Citation, Citation, Vec<Vec<Name>>),
    /// A line that could not be read and was reported, with the conditions below it that could
    Unreadable(Vec<Cond>),
    /// `always`
    Always,
    /// `never`
    Never,
    /// `EC 52064.5(g) is met for LTEL`
    Cite {
        /// The clause referred to.
        citation: Citation,
        /// `is not`
        negated: bool,
        /// `for LTEL`
        members: Vec<Name>,
        /// `is Red or Orange`, for a clause with a value
        values: Option<ValueSet>,
    },
    /// `lea is a county_office or district`
    SubjectIs {
        /// `lea`
        subject: Name,
        /// `is not`
        negated: bool,
        /// The kinds.
        kinds: Vec<Name>,
    },
    /// `ELA color is Orange or worse`
    Fact {
        /// Members before the fact's name.
        members: Vec<Name>,
        /// The fact.
        fact: Name,
        /// What is asked of it.
        test: FactTest,
    },
}

/// `below -70.0 is Level_1`
#[derive(Clone, Debug)]
pub struct BracketRow {
    /// The bound and whether it is part of the bracket; `None` for `otherwise`.
    pub bound: Option<(Number, bool)>,
    /// The value.
    pub value: Name,
    /// The line.
    pub span: Span,
}

/// `EL, LTEL: ELPI color is Red`
#[derive(Clone, Debug)]
pub struct Arm {
    /// The members; empty for `every other`.
    pub members: Vec<Name>,
    /// The condition.
    pub cond: Cond,
    /// The line.
    pub span: Span,
}

/// A count over a category's members.
#[derive(Clone, Debug, PartialEq)]
pub struct Count {
    /// How many must meet the body.
    pub how: HowMany,
    /// The category, singular or plural.
    pub of: Name,
    /// `or all if fewer than 3 count under EC 52052(a)(3)`
    pub or_all: Option<(Int, Option<Citation>)>,
    /// `never if none` is false, `met if none` is true
    pub if_none: Option<bool>,
    /// What each must meet.
    pub body: Cond,
}

/// `at least 3`, `at most 3`, `exactly 3`, `every`, `some`, `no`
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as written")]
pub enum HowMany {
    AtLeast(u32),
    AtMost(u32),
    Exactly(u32),
    Every,
    Some,
    No,
}

/// A condition over several years.
#[derive(Clone, Debug, PartialEq)]
pub struct Window {
    /// Which years, and in how many of them.
    pub span: WindowSpan,
    /// `published`: suspended years are passed over instead of counted as years without a hit.
    pub published: bool,
    /// The period's name or plural.
    pub period: Name,
    /// `since 2022`: earlier years do not count
    pub since: Option<Year>,
    /// `, a dashboard without data is not a hit`
    pub unsettled_is_no: bool,
    /// What each counted year must meet.
    pub body: Cond,
}

/// Which years a [`Window`] looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowSpan {
    /// `at least 3 of the last 4`
    OfLast(u32, u32),
    /// `each of the last 3` and `3 consecutive`
    Each(u32),
    /// `the previous`
    Previous,
    /// `at least 2 published dashboards`
    Ever(u32),
}

/// What is asked of a fact.
#[derive(Clone, Debug, PartialEq)]
pub enum FactTest {
    /// `includes priority`
    Includes(Name),
    /// `is at least 30 "pupils"`
    Compare(Compare, Number, Option<Text>),
    /// `is not Red or Orange`
    Is {
        /// `is not`
        negated: bool,
        /// The values.
        values: ValueSet,
    },
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named as written")]
pub enum Compare {
    AtLeast,
    AtMost,
    MoreThan,
    LessThan,
}

/// `Red or Orange`, `Orange or worse`
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "named as written")]
pub enum ValueSet {
    OneOf(Vec<Name>),
    OrWorse(Name),
    OrBetter(Name),
}

/// A published file.
#[derive(Clone, Debug, PartialEq)]
pub struct SourceDecl {
    /// Token and label.
    pub head: Named,
    /// `like indicator_file`
    pub like: Option<Name>,
    /// `publisher "..."`
    pub publisher: Option<Text>,
    /// `files named "ela*"`
    pub files: Vec<Text>,
    /// `covers district`
    pub covers: Vec<Name>,
    /// Any of these row filters keeps a row.
    pub rows: Vec<Vec<Match>>,
    /// Why other rows are skipped.
    pub skip: Option<Text>,
    /// Key columns by preference.
    pub key: Option<KeyFrom>,
    /// Where the year comes from.
    pub year: Option<YearFrom>,
    /// Where the subject's name comes from.
    pub names: Vec<(Vec<Text>, Vec<Name>)>,
    /// Where category members come from.
    pub members: Vec<MemberFrom>,
    /// `expect indicator is ELA`
    pub checks: Vec<(Text, Vec<CellCode>)>,
    /// `complete only by manifest`
    pub by_manifest: bool,
    /// What a cell without a row is known to be.
    pub unlisted: Vec<Unlisted>,
    /// Which columns fill which facts.
    pub fills: Vec<Fill>,
    /// Some line could not be read and was reported; what seems to be missing may stand there.
    pub damaged: bool,
}

/// `rtype is S`
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Column.
    pub column: Text,
    /// `is not`
    pub negated: bool,
    /// Accepted codes.
    pub codes: Vec<CellCode>,
}

/// A code found in a file.
#[derive(Clone, Debug)]
pub enum CellCode {
    /// An empty cell.
    Blank(Span),
    /// These characters.
    Is(Text),
}

/// `key from cds padded followed by "0000000"`
#[derive(Clone, Debug, PartialEq)]
pub struct KeyFrom {
    /// Columns by preference.
    pub columns: Vec<Text>,
    /// A code that lost leading zeros is repaired and reported.
    pub padded: bool,
    /// Digits to append.
    pub suffix: Option<Text>,
}

/// `year from reportingyear or file name`
#[derive(Clone, Debug, PartialEq)]
pub struct YearFrom {
    /// `year is 2023`
    pub fixed: Option<Year>,
    /// Columns by preference.
    pub columns: Vec<Text>,
    /// `or file name`
    pub file_name: bool,
    /// `"2017f" is 2017` below the line
    pub codes: Vec<(Text, Year)>,
}

/// Where a category's member comes from.
#[derive(Clone, Debug, PartialEq)]
pub enum MemberFrom {
    /// `always indicator ELA`
    Always(Name, Name),
    /// `columns of student_group`: one column each, all with the same meaning
    Columns(Name, Vec<MemberCode>),
    /// `member student_group from studentgroup, or EL without that column before 2024`
    Column {
        /// The category.
        category: Name,
        /// The column.
        column: Text,
        /// `list of`: a cell holds several, separated by commas.
        list: bool,
        /// The member of every row of a file that lacks the column.
        without: Option<(Name, Option<Year>)>,
        /// Codes that differ from the members' names, and codes to pass over.
        codes: Vec<MemberCode>,
    },
}

/// `TOM is MR` or `ALL ignored because "..."`
#[derive(Clone, Debug, PartialEq)]
pub struct MemberCode {
    /// Codes or column names.
    pub codes: Vec<CellCode>,
    /// The member; `None` when ignored.
    pub member: Option<Name>,
    /// Why it is ignored.
    pub because: Option<Text>,
}

/// `unlisted color is not Red`
#[derive(Clone, Debug, PartialEq)]
pub struct Unlisted {
    /// The fact.
    pub fact: Name,
    /// `of CCI`
    pub members: Vec<Name>,
    /// `is not`
    pub negated: bool,
    /// The values.
    pub values: ValueSet,
}

/// `fill color from color in 2018, 2019`
#[derive(Clone, Debug)]
pub struct Fill {
    /// The fact.
    pub fact: Name,
    /// `of CCI`
    pub members: Vec<Name>,
    /// The column; `None` for `that column`.
    pub column: Option<Text>,
    /// `is yes`: every row says this value
    pub constant: Option<Name>,
    /// `dated by meetingDate`
    pub date: Option<Text>,
    /// Only in these years; empty for all.
    pub years: Vec<YearSpan>,
    /// Only in rows that match.
    pub filter: Vec<Match>,
    /// The value in other rows; `None` leaves the cell alone.
    pub otherwise: Option<Name>,
    /// Codes of the column.
    pub codes: Vec<FillCode>,
    /// `codes as named`
    pub as_named: bool,
    /// The line.
    pub span: Span,
}

/// `1 is Red`, `0 or blank is absent`, `"*" is open`
#[derive(Clone, Debug, PartialEq)]
pub struct FillCode {
    /// The codes.
    pub codes: Vec<CellCode>,
    /// `is not`
    pub negated: bool,
    /// The values; `None` for `open`.
    pub values: Option<ValueSet>,
}

/// A table of answers in somebody else's layout.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Token and label.
    pub head: Named,
    /// `for dashboards 2018`
    pub years: Vec<YearSpan>,
    /// `rows for district`
    pub kinds: Vec<Name>,
    /// The columns in order.
    pub columns: Vec<ReportColumn>,
}

/// One column of a [`Report`].
#[derive(Clone, Debug, PartialEq)]
pub struct ReportColumn {
    /// Header; `{year}` stands for the year.
    pub header: Text,
    /// Only in these years.
    pub years: Vec<YearSpan>,
    /// What it shows.
    pub shows: ReportCell,
}

/// What a report column shows.
#[derive(Clone, Debug, PartialEq)]
pub enum ReportCell {
    /// `key first 7 digits`
    Key(Option<Int>),
    /// `name`
    Name,
    /// `year`
    Year,
    /// `code cde_letter of SBE criteria.state for AA blank "*"`
    Code {
        /// The table of codes.
        codes: Name,
        /// The clause for each member of the coded category.
        citation: Citation,
        /// Other members.
        members: Vec<Name>,
        /// `if SBE criteria.group`: blank where this is not met
        only_if: Option<Citation>,
        /// Shown when no code fits.
        blank: Text,
    },
    /// `count of codes`
    CountOfCodes,
    /// `yes "Y" no "N" when EC 52072(a) is met`
    Flag(Text, Text, Citation),
    /// `words` and the lines below it
    Words(Vec<(Text, Option<Citation>)>),
}

/// A worked case with its expected answers.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its number or name.
    pub id: Name,
    /// What happens in it.
    pub title: Text,
    /// The scenario it starts from.
    pub like: Option<Name>,
    /// Some line could not be read and was reported.
    pub damaged: bool,
    /// The lines below it.
    pub lines: Vec<ScenarioLine>,
}

/// One line of a scenario.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are the words of the line, in order")]
pub enum ScenarioLine {
    /// `for district`
    Subject(Name),
    /// `dashboard 2025 as of 2025-12-01`
    Period(Name, Year, Option<Date>),
    /// `choose charter_years as any_two`
    Choose(Name, Name),
    /// `note "..."`
    Note(Text),
    /// `mark certain`
    Mark(Name),
    /// `table color in 2025` with rows below; cells are trimmed, `-` is absent, `?` is open
    Table { fact: Name, members: Vec<Name>, year: Option<Year>, rows: Vec<Spanned<Vec<Name>>> },
    /// `given pupils of SWD, SUSP in 2025 is 40`
    Given { fact: Name, members: Vec<Name>, years: Vec<YearSpan>, value: GivenValue, date: Option<Date> },
    /// `unknown color in 2024`
    Unknown { facts: Vec<Name>, members: Vec<Name>, years: Vec<YearSpan> },
    /// `expect ...`
    Expect(Expect),
}

/// The value a scenario states.
#[derive(Clone, Debug, PartialEq)]
pub enum GivenValue {
    /// A number.
    Number(Number),
    /// One of these values, or not one of them.
    Values(bool, ValueSet),
}

/// An expected answer.
#[derive(Clone, Debug)]
pub struct Expect {
    /// The line.
    pub span: Span,
    /// What is expected.
    pub kind: ExpectKind,
}

/// Kinds of expectation.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the fields are the words of the line, in order")]
pub enum ExpectKind {
    /// `EC 52071(c)(1) not met for SWD in 2025`; `None` is undetermined
    Clause { citation: Citation, met: Option<bool>, value: Option<Name>, members: Vec<Name>, year: Option<Year> },
    /// `differentiated_assistance eligible by EC 52071(c)(1)`
    Answer { pathway: Name, answer: Name, by: Vec<Citation>, needs: Option<(Name, Vec<Name>, Option<Year>)> },
    /// `differentiated_assistance members SWD, EL`
    Members { pathway: Name, members: Vec<Name> },
    /// `differentiated_assistance provider county_superintendent`
    Provider { pathway: Name, agency: Name },
    /// `direct_technical_assistance outcome "..."`
    Outcome { pathway: Name, text: Text },
    /// `differentiated_assistance status "Year 2"`
    Status { pathway: Name, text: Text },
}
