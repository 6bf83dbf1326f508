//! Conditions over finite domains.

use super::{CategoryId, ChoiceId, FactId, Mask, TextId};
use crate::span::Span;

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

impl Cond {
    /// The conditions directly below it: items, cases, what is counted.
    pub fn parts(&self) -> impl Iterator<Item = &Cond> {
        let parts: &[Cond] = match &self.kind {
            CondKind::All(items) | CondKind::Any(items) | CondKind::NoneOf(items) | CondKind::AtLeastOf(_, items) => items,
            CondKind::ByMember(_, arms, _) | CondKind::ByChoice(_, arms) => arms,
            CondKind::Count(count) => std::slice::from_ref(&count.body),
            CondKind::Window(window) => std::slice::from_ref(&window.body),
            _ => &[],
        };
        parts.iter()
    }
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
