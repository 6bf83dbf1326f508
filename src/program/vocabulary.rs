//! Words: whom the law is about, what years count, closed lists, scales, choices, pathways.

use super::CategoryId;
use crate::span::Span;
use jiff::civil::Date;

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
        // mostly no year is left out
        let at = usize::try_from(year - self.years.first()?.year).ok()?;
        self.years.get(at).filter(|entry| entry.year == year).or_else(|| self.years.iter().find(|entry| entry.year == year))
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
    /// Its color in pictures: red, green, blue.
    pub swatch: Option<[u8; 3]>,
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
