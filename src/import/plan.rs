//! A source's declarations and a file's header, brought together: which column is read for what.

use super::file::Task;
use super::header::Header;
use super::memo::{lowered, packed};
use super::text::{Cells, holds};
use crate::program::*;

/// Codes and the column they stand in.
pub(super) struct Match<'a> {
    at: Option<usize>,
    negated: bool,
    codes: &'a [Option<String>],
    /// The codes as numbers without capitals, where all are short.
    words: Option<Vec<u64>>,
}

impl<'a> Match<'a> {
    fn new(rule: &'a CodeMatch, header: &Header) -> Self {
        let word = |code: &'a Option<String>| {
            let code = code.as_deref().unwrap_or("");
            packed(code.as_bytes()).filter(|_| code.is_ascii()).map(lowered)
        };
        let words = rule.codes.iter().map(word).collect();
        Self { at: header.at.get(&rule.column).copied(), negated: rule.negated, codes: &rule.codes, words }
    }

    #[inline]
    pub fn fits(&self, cells: &Cells) -> bool {
        let word = self.at.map_or_else(|| packed(b""), |at| cells.packed(at));
        let is_one = match (word, &self.words) {
            (Some(word), Some(words)) => words.contains(&lowered(word)),
            _ => {
                let cell = self.at.map_or(&b""[..], |at| cells.get(at));
                self.codes.iter().any(|code| holds(cell, code.as_deref()))
            }
        };
        is_one != self.negated
    }
}

/// A column and what must stand in it.
pub(super) struct Check<'a> {
    pub at: usize,
    pub column: &'a str,
    pub codes: &'a [Option<String>],
}

/// Columns of one file.
pub(super) struct Plan<'a> {
    /// Columns of the header.
    pub width: usize,
    /// A row that is read is cut into its first cells and its last ones, so many of each: the year often comes last.
    pub cut: (usize, usize),
    /// Columns up to the last one that decides whether a row is read.
    pub cut_to_choose: usize,
    /// A row is read if it fits all rules of one of these, or if there are none.
    pub rows: Vec<Vec<Match<'a>>>,
    pub key: usize,
    pub year: Option<usize>,
    /// The column with the name, by kind of subject.
    pub names: Vec<Option<usize>>,
    pub checks: Vec<Check<'a>>,
    /// Columns that say which members a row is about.
    pub members: Vec<usize>,
    /// By fill: when it applies.
    pub filters: Vec<Vec<Match<'a>>>,
}

impl<'a> Plan<'a> {
    pub fn new(task: Task<'a>, header: &Header) -> Self {
        let source = task.source;
        let rules = |rules: &'a [CodeMatch]| rules.iter().map(|rule| Match::new(rule, header)).collect::<Vec<_>>();
        let rows: Vec<Vec<Match>> = source.rows.iter().map(|own| rules(own)).collect();
        let name = |kind: usize| {
            let for_kind = source.names.iter().filter(|(_, kinds)| kinds & (1 << kind) != 0);
            for_kind.filter_map(|(columns, _)| header.first(columns)).next()
        };
        let check = |(column, codes): &'a (String, Vec<Option<String>>)| {
            let at = *header.at.get(column)?;
            Some(Check { at, column, codes })
        };
        let member = |from: &MemberFrom| match from {
            MemberFrom::Column { column, .. } => header.at.get(column).copied(),
            _ => None,
        };
        let cut_to_choose = rows.iter().flatten().filter_map(|rule| rule.at).max().map_or(0, |last| last + 1);
        Self {
            width: header.names.len(),
            cut: cut(task, header, cut_to_choose),
            cut_to_choose,
            rows,
            key: header.first(&source.key).unwrap_or(0),
            year: header.first(&source.year_columns),
            names: (0..task.program.subject.kinds.len()).map(name).collect(),
            checks: source.checks.iter().filter_map(check).collect(),
            members: source.members.iter().filter_map(member).collect(),
            filters: source.fills.iter().map(|fill| rules(&fill.filter)).collect(),
        }
    }

    /// Whether the source reads this row.
    #[inline]
    pub fn chooses(&self, cells: &Cells) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|rules| rules.iter().all(|rule| rule.fits(cells)))
    }
}

/// How many cells at either end hold all that is read, the first `least` among them.
fn cut(task: Task, header: &Header, least: usize) -> (usize, usize) {
    let width = header.names.len();
    let read: Vec<usize> = (0..width).filter(|at| task.reads(&header.names[*at])).collect();
    let ends = read.iter().map(|at| at + 1).chain([least]).filter(|end| *end >= least);
    let back = |front: usize| read.iter().find(|at| **at >= front).map_or(0, |at| width - at);
    ends.map(|front| (front, back(front))).min_by_key(|(front, back)| front + back).unwrap_or((width, 0))
}
