//! Layouts of published files, and of lists to hand over.

use super::{CategoryId, Cite, CodesId, FactId, Mask, Named};

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
