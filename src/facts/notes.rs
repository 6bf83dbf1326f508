//! What became of the files that were read, for people.

use indexmap::IndexMap;

/// Reading notes of one load, for people.
#[derive(Clone, Debug, Default)]
pub struct LoadNotes {
    /// Per file: what it was read as, rows used, what it is complete for.
    pub files: Vec<FileNote>,
}

/// What became of one file.
#[derive(Clone, Debug, Default, serde::Serialize)]
pub struct FileNote {
    /// File name.
    pub file: String,
    /// Source declaration.
    pub source: String,
    /// Sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Row of the header, counted from 1.
    pub header_row: usize,
    /// Years found.
    pub years: Vec<i32>,
    /// Data rows.
    pub rows: usize,
    /// Rows that filled facts.
    pub used: usize,
    /// Rows passed over, by reason.
    pub skipped: IndexMap<String, usize>,
    /// Rows that say again what an earlier row said.
    pub repeated: usize,
    /// Keys repaired by restoring leading zeros.
    pub padded: usize,
    /// Columns nothing reads.
    pub unread_columns: Vec<String>,
    /// For whom a missing row means "absent".
    pub complete_for: String,
    /// Whether completeness was declared or assumed.
    pub complete_declared: bool,
    /// Size in bytes, as read.
    pub bytes: u64,
}
