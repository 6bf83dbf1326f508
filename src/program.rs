//! The typed program: every name resolved, every condition over finite domains.
//!
//! This is the only input of evaluation, import, explanation and reports. It holds no string that has to be looked
//! up and no case that cannot occur.

use crate::span::Span;
use jiff::civil::Date;
use rust_decimal::Decimal;

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

/// A token and its words.
#[derive(Clone, Debug)]
pub struct Named {
    /// Used in rules.
    pub name: String,
    /// For people.
    pub label: String,
    /// Where it is declared.
    pub at: Span,
}

/// Whom the law is about.
#[derive(Clone, Debug)]
pub struct Subject {
    /// Token and words.
    pub named: Named,
    /// Digits of the key.
    pub key_digits: usize,
    /// What the key is called.
    pub key_label: String,
    /// How many first digits name the region.
    pub region_digits: usize,
    /// What a region is called.
    pub region_label: String,
    /// Kinds in order of matching.
    pub kinds: Vec<Kind>,
}

impl Subject {
    /// The first kind whose pattern fits the key.
    pub fn kind_of(&self, key: &str) -> Option<usize> {
        self.kinds.iter().position(|kind| match &kind.pattern {
            None => true,
            Some(pattern) => pattern.len() == key.len() && pattern.bytes().zip(key.bytes()).all(|(p, k)| p == b'?' || p == k),
        })
    }
}

/// A kind of subject.
#[derive(Clone, Debug)]
pub struct Kind {
    /// Token and words.
    pub named: Named,
    /// Key pattern, `?` for any digit; `None` fits every key.
    pub pattern: Option<String>,
}

/// The data clock.
#[derive(Clone, Debug)]
pub struct Period {
    /// Token and words.
    pub named: Named,
    /// Plural token.
    pub plural: String,
    /// Years in ascending order.
    pub years: Vec<PeriodYear>,
}

impl Period {
    /// The declaration of `year`.
    pub fn year(&self, year: i32) -> Option<&PeriodYear> {
        self.years.iter().find(|entry| entry.year == year)
    }

    /// Published years up to and including `year`, latest first.
    pub fn published_until(&self, year: i32) -> impl Iterator<Item = i32> + '_ {
        self.years.iter().rev().filter(move |entry| entry.year <= year && entry.suspended.is_none()).map(|entry| entry.year)
    }
}

/// One year of the data clock.
#[derive(Clone, Debug)]
pub struct PeriodYear {
    /// The year.
    pub year: i32,
    /// The day determinations are made on.
    pub on: Date,
    /// Why there are none this year.
    pub suspended: Option<String>,
}

/// A closed list.
#[derive(Clone, Debug)]
pub struct Category {
    /// Token and words.
    pub named: Named,
    /// Plural token.
    pub plural: String,
    /// Members in order.
    pub members: Vec<Member>,
}

impl Category {
    /// Index of a member by name.
    pub fn member(&self, name: &str) -> Option<usize> {
        self.members.iter().position(|member| member.named.name == name)
    }

    /// Members that exist in `year`.
    pub fn in_year(&self, year: i32) -> impl Iterator<Item = usize> + '_ {
        self.members.iter().enumerate().filter(move |(_, member)| member.from.is_none_or(|from| year >= from)).map(|(index, _)| index)
    }
}

/// A member of a category.
#[derive(Clone, Debug)]
pub struct Member {
    /// Token and words.
    pub named: Named,
    /// First year it exists in; `None` for always.
    pub from: Option<i32>,
}

/// Ordered values, worst first.
#[derive(Clone, Debug)]
pub struct Scale {
    /// Token and words.
    pub named: Named,
    /// From worst to best.
    pub values: Vec<Value>,
}

/// One value of a fact or scale.
#[derive(Clone, Debug)]
pub struct Value {
    /// Token.
    pub name: String,
    /// Words.
    pub label: String,
    /// Other words where one of these members is meant.
    pub variants: Vec<(CategoryId, Vec<usize>, String)>,
}

/// Codes for sets of a category's members.
#[derive(Clone, Debug)]
pub struct CodeTable {
    /// Token and words.
    pub named: Named,
    /// Whose members.
    pub category: CategoryId,
    /// Code and members, each set sorted.
    pub values: Vec<(String, Vec<usize>)>,
}

/// Something that can be known about a subject.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Token and words.
    pub named: Named,
    /// Categories it is given for, in order.
    pub categories: Vec<CategoryId>,
    /// Given for each year.
    pub yearly: bool,
    /// What a value can be.
    pub kind: ValueKind,
    /// What it means that there is none; `None` if there always is one.
    pub absent: Option<String>,
    /// Counts from its date on.
    pub dated: bool,
}

/// What a fact's value can be.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// One of these; ordered worst first if `scale`.
    Values {
        /// The values.
        values: Vec<Value>,
        /// Whether `or worse` makes sense.
        scale: Option<ScaleId>,
    },
    /// A code of a table.
    Code(CodesId),
    /// A number, seen by rules only through the boundaries they compare it with.
    Number {
        /// `pupils`
        unit: String,
        /// Ascending; see [`Boundary`].
        boundaries: Vec<Boundary>,
    },
}

/// A cut of the number line: numbers below `at` (or up to it, if `inclusive`) lie under the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Boundary {
    /// Where.
    pub at: Decimal,
    /// Whether `at` itself lies under the cut.
    pub inclusive: bool,
}

impl Fact {
    /// How many values it can have, absence apart. Numbers count the classes between boundaries.
    pub fn n_values(&self, program: &Program) -> usize {
        match &self.kind {
            ValueKind::Values { values, .. } => values.len(),
            ValueKind::Code(codes) => program.code_tables[codes.0].values.len(),
            ValueKind::Number { boundaries, .. } => boundaries.len() + 1,
        }
    }

    /// The bit after the last value: no value.
    pub fn absent_bit(&self, program: &Program) -> Mask {
        1 << self.n_values(program)
    }

    /// Every value, and absence where the fact can be absent.
    pub fn full(&self, program: &Program) -> Mask {
        let values = self.absent_bit(program) - 1;
        if self.absent.is_some() { values | self.absent_bit(program) } else { values }
    }

    /// The class of a number.
    pub fn class_of(&self, number: Decimal) -> Option<usize> {
        match &self.kind {
            ValueKind::Number { boundaries, .. } => {
                Some(boundaries.iter().take_while(|cut| number > cut.at || (number == cut.at && !cut.inclusive)).count())
            }
            _ => None,
        }
    }

    /// Cells per subject and year.
    pub fn stride(&self, program: &Program) -> usize {
        self.categories.iter().map(|category| program.categories[category.0].members.len()).product()
    }

    /// Position of a cell within its stride.
    pub fn offset(&self, program: &Program, members: &[usize]) -> usize {
        self.categories.iter().zip(members).fold(0, |at, (category, member)| at * program.categories[category.0].members.len() + member)
    }

    /// The members a position stands for.
    pub fn members_at(&self, program: &Program, mut offset: usize) -> Vec<usize> {
        let mut members: Vec<usize> = self
            .categories
            .iter()
            .rev()
            .map(|category| {
                let n = program.categories[category.0].members.len();
                let member = offset % n;
                offset /= n;
                member
            })
            .collect();
        members.reverse();
        members
    }

    /// A value's token.
    pub fn value_name(&self, program: &Program, index: usize) -> String {
        if index >= self.n_values(program) {
            return "absent".to_owned();
        }
        match &self.kind {
            ValueKind::Values { values, .. } => values[index].name.clone(),
            ValueKind::Code(codes) => program.code_tables[codes.0].values[index].0.clone(),
            ValueKind::Number { boundaries, .. } => {
                let below = index.checked_sub(1).map(|i| boundaries[i]);
                let above = boundaries.get(index);
                let low = below.map(|cut| if cut.inclusive { format!("more than {}", cut.at) } else { format!("at least {}", cut.at) });
                let high = above.map(|cut| if cut.inclusive { format!("at most {}", cut.at) } else { format!("less than {}", cut.at) });
                match (low, high) {
                    (Some(low), Some(high)) => format!("{low} and {high}"),
                    (Some(only), None) | (None, Some(only)) => only,
                    (None, None) => "any number".to_owned(),
                }
            }
        }
    }

    /// A value's words where `members` are meant.
    pub fn value_label(&self, program: &Program, index: usize, members: &[usize]) -> String {
        if index >= self.n_values(program) {
            return self.absent.clone().unwrap_or_else(|| "absent".to_owned());
        }
        match &self.kind {
            ValueKind::Values { values, .. } => {
                let value = &values[index];
                for (category, with, label) in &value.variants {
                    let at = self.categories.iter().position(|own| own == category);
                    if at.and_then(|at| members.get(at)).is_some_and(|member| with.contains(member)) {
                        return label.clone();
                    }
                }
                value.label.clone()
            }
            ValueKind::Code(codes) => {
                let table = &program.code_tables[codes.0];
                let category = &program.categories[table.category.0];
                let (code, set) = &table.values[index];
                let names: Vec<&str> = set.iter().map(|member| category.members[*member].named.name.as_str()).collect();
                format!("{code} ({})", names.join(", "))
            }
            ValueKind::Number { unit, .. } => format!("{} {unit}", self.value_name(program, index)),
        }
    }
}

/// A reading the law leaves open.
#[derive(Clone, Debug)]
pub struct Choice {
    /// Token and question.
    pub named: Named,
    /// The readings.
    pub options: Vec<Named>,
    /// The reading in use.
    pub set: usize,
    /// Why.
    pub because: String,
}

/// What a subject can be eligible for.
#[derive(Clone, Debug)]
pub struct Pathway {
    /// Token and words.
    pub named: Named,
    /// Index into [`Program::tiers`].
    pub tier: Option<usize>,
    /// `identified`, `eligible` or `determined`: three facts, never one.
    pub stage: String,
    /// Left out of lists unless asked for.
    pub hidden: bool,
}

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
    /// Whether at least, and how many years.
    pub lasts: Option<(bool, u32)>,
    /// Words.
    pub outcome: Option<String>,
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

/// A reference to a clause.
#[derive(Clone, Debug)]
pub struct Cite {
    /// Which text.
    pub text: TextId,
    /// Index into its labels.
    pub label: usize,
    /// Members named with it.
    pub members: Vec<(CategoryId, usize)>,
    /// Where it stands.
    pub at: Span,
}

/// A condition.
#[derive(Clone, Debug)]
pub struct Cond {
    /// `(1)`
    pub label: Option<String>,
    /// What it says.
    pub kind: CondKind,
    /// Where.
    pub at: Span,
}

/// Kinds of condition.
#[derive(Clone, Debug)]
pub enum CondKind {
    /// `always`, `never`
    Const(bool),
    /// `all of:`
    All(Vec<Cond>),
    /// `any of:`
    Any(Vec<Cond>),
    /// `none of:`
    NoneOf(Vec<Cond>),
    /// `at least 2 of:`
    AtLeastOf(u32, Vec<Cond>),
    /// A count over a category.
    Count(Box<Count>),
    /// A count over years.
    Window(Box<Window>),
    /// One arm per member: arms, and for each member the index of its arm.
    ByMember(CategoryId, Vec<Cond>, Vec<usize>),
    /// One arm per option.
    ByChoice(ChoiceId, Vec<Cond>),
    /// A clause holds, or does not.
    Cite(Cite, bool),
    /// A clause's value is one of these.
    CiteValue(Cite, Mask),
    /// The subject is of one of these kinds.
    SubjectIs(u64),
    /// A fact's value is one of these.
    Test(Test),
    /// Value clauses: the class of a number.
    Bracket(FactId, Vec<Arg>, Vec<(Mask, usize)>),
    /// Value clauses: a table of two values.
    Grid(Box<Grid>),
}

/// A question to a fact.
#[derive(Clone, Debug)]
pub struct Test {
    /// The fact.
    pub fact: FactId,
    /// Which member of each of its categories.
    pub args: Vec<Arg>,
    /// Values that answer yes.
    pub mask: TestMask,
    /// The question as written after the fact's name: `is Orange or worse`.
    pub words: String,
}

/// Values that answer yes.
#[derive(Clone, Debug)]
pub enum TestMask {
    /// The same for all.
    Fixed(Mask),
    /// One mask per member of the category in hand.
    ByMember(CategoryId, Vec<Mask>),
}

/// Which member of a category.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arg {
    /// The one in hand.
    Bound(CategoryId),
    /// This one.
    Member(CategoryId, usize),
}

/// A table of two values.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Gives the row.
    pub rows: Cite,
    /// Gives the column.
    pub columns: Cite,
    /// Row value, column value, result.
    pub cells: Vec<(usize, usize, usize)>,
}

/// A count over a category.
#[derive(Clone, Debug)]
pub struct Count {
    /// Whose members.
    pub category: CategoryId,
    /// How many.
    pub how: crate::syntax::ast::HowMany,
    /// `or all if fewer than N`, and which members count.
    pub or_all: Option<(u32, Option<Cite>)>,
    /// The answer for no member at all, where `every` or `or all` is asked.
    pub if_none: bool,
    /// What each must meet.
    pub body: Cond,
}

/// A count over years.
#[derive(Clone, Debug)]
pub struct Window {
    /// Which years.
    pub span: crate::syntax::ast::WindowSpan,
    /// Suspended years are passed over.
    pub published: bool,
    /// Earlier years do not count.
    pub since: Option<i32>,
    /// A year the data leave open counts as not met.
    pub unsettled_is_no: bool,
    /// What each must meet.
    pub body: Cond,
}

/// Years a line is for; empty for all. The end is inclusive, `None` for open.
pub type Years = Vec<(i32, Option<i32>)>;

/// Whether `year` is among `years`.
pub fn in_years(years: &Years, year: i32) -> bool {
    years.is_empty() || years.iter().any(|(from, to)| *from <= year && to.is_none_or(|to| year <= to))
}

/// Layout of a published file.
#[derive(Clone, Debug)]
pub struct Published {
    /// Token and words.
    pub named: Named,
    /// Who publishes it.
    pub publisher: Option<String>,
    /// File name patterns, lower case; empty for a template.
    pub files: Vec<String>,
    /// Kinds of subject it lists.
    pub covers: u64,
    /// A row is kept if it fits one of these; all rows if empty.
    pub rows: Vec<Vec<CodeMatch>>,
    /// Why others are skipped.
    pub skip: Option<String>,
    /// Columns that may hold the key.
    pub key: Vec<String>,
    /// Restore leading zeros, and say so.
    pub padded: bool,
    /// Digits to append.
    pub suffix: String,
    /// `year is 2023`
    pub year_fixed: Option<i32>,
    /// Columns that may hold the year.
    pub year_columns: Vec<String>,
    /// The year may be read from the file's name.
    pub year_from_name: bool,
    /// Special spellings of years.
    pub year_codes: Vec<(String, i32)>,
    /// Columns with the subject's name, and for which kinds.
    pub names: Vec<(Vec<String>, u64)>,
    /// Where members come from.
    pub members: Vec<MemberFrom>,
    /// Column and the codes it must hold.
    pub checks: Vec<(String, Vec<Option<String>>)>,
    /// Without a manifest entry, a missing row says nothing.
    pub by_manifest: bool,
    /// What a cell without a row is, where the file is complete.
    pub unlisted: Vec<Unlisted>,
    /// Which columns fill which facts.
    pub fills: Vec<Fill>,
}

/// `rtype is S`; `None` stands for an empty cell.
#[derive(Clone, Debug)]
pub struct CodeMatch {
    /// Column, lower case.
    pub column: String,
    /// Must not be one of the codes.
    pub negated: bool,
    /// Codes.
    pub codes: Vec<Option<String>>,
}

/// Where a category's member comes from.
#[derive(Clone, Debug)]
pub enum MemberFrom {
    /// The same for the whole file.
    Always(CategoryId, usize),
    /// One column per member: column names by preference.
    Columns(CategoryId, Vec<(Vec<String>, Option<usize>)>),
    /// A column.
    Column {
        /// Whose members.
        category: CategoryId,
        /// Lower case.
        column: String,
        /// A cell holds several, separated by commas.
        list: bool,
        /// The member of every row where the column is missing, and before which year that is so.
        without: Option<(usize, Option<i32>)>,
        /// Code and member; `None` to pass over, with the reason.
        codes: Vec<(Option<String>, Option<usize>, Option<String>)>,
    },
}

/// What a cell without a row is.
#[derive(Clone, Debug)]
pub struct Unlisted {
    /// Of which fact.
    pub fact: FactId,
    /// Only these members.
    pub members: Vec<(CategoryId, usize)>,
    /// Possible values.
    pub mask: Mask,
}

/// A column that fills a fact.
#[derive(Clone, Debug)]
pub struct Fill {
    /// The fact.
    pub fact: FactId,
    /// Members said with it.
    pub members: Vec<(CategoryId, usize)>,
    /// Where the value stands.
    pub from: FillFrom,
    /// Column with the date.
    pub date: Option<String>,
    /// Years in which the column must exist.
    pub years: Years,
    /// Rows it is read from.
    pub filter: Vec<CodeMatch>,
    /// Value in other rows; `None` leaves the cell open.
    pub otherwise: Option<Mask>,
    /// Code (`None` for blank) and possible values.
    pub codes: Vec<(Option<String>, Mask)>,
    /// Names and labels of the fact's values are codes too.
    pub as_named: bool,
}

/// Where a value stands.
#[derive(Clone, Debug)]
pub enum FillFrom {
    /// In this column, lower case.
    Column(String),
    /// In the column that gave the member.
    ThatColumn,
    /// Nowhere: every row means this.
    Constant(Mask),
}

/// A list in somebody's layout.
#[derive(Clone, Debug)]
pub struct Report {
    /// Token and words.
    pub named: Named,
    /// Years it can be made for.
    pub years: Years,
    /// Kinds listed.
    pub kinds: u64,
    /// Columns in order.
    pub columns: Vec<ReportColumn>,
}

/// A column of a [`Report`].
#[derive(Clone, Debug)]
pub struct ReportColumn {
    /// Header; `{year}` stands for the year.
    pub header: String,
    /// Only in these years.
    pub years: Years,
    /// What it shows.
    pub shows: ReportCell,
}

/// What a column shows.
#[derive(Clone, Debug)]
pub enum ReportCell {
    /// The key, or its first digits.
    Key(Option<usize>),
    /// The subject's name.
    Name,
    /// The year.
    Year,
    /// The code of the set of members for which the clause holds; blank where the second clause does not hold.
    Code(CodesId, Cite, Option<Cite>, String),
    /// How many code columns are not blank.
    CountOfCodes,
    /// Yes and no words.
    Flag(String, String, Cite),
    /// The first words whose clause holds; the last has none.
    Words(Vec<(String, Option<Cite>)>),
}

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

/// Kinds of expected answer.
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
