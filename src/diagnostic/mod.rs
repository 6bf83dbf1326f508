//! What an author or an analyst is told when something is wrong.
//!
//! A [`Diagnostic`] is plain data: a stable code, a sentence, places, and how to fix it. Every code has a page in the
//! [`CATALOGUE`]. Rendering is in [`render`]; nothing here prints.

mod catalogue;
mod render;
mod sarif;

pub use catalogue::{CATALOGUE, Entry, entry, nearest};
pub use render::{ErrorFormat, render};

use crate::span::Span;
use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing can be determined before this is fixed.
    Error,
    /// Allowed, but probably not what was meant.
    Warning,
    /// Nothing wrong, but a reader would be served by a change.
    Hint,
}

impl Severity {
    /// The word for people.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Hint => "hint",
        }
    }
}

/// A second place in rule text that explains the first.
#[derive(Clone, Debug, Serialize)]
pub struct Label {
    /// Where.
    pub span: Span,
    /// What is there.
    pub text: String,
}

/// A place in a data file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct DataPlace {
    /// File name as the user gave it.
    pub file: String,
    /// Sheet of a workbook.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
    /// Row, counted from 1 with the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u64>,
    /// Column name as in the header.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

impl std::fmt::Display for DataPlace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file)?;
        if let Some(sheet) = &self.sheet {
            write!(f, ", sheet `{sheet}`")?;
        }
        if let Some(row) = self.row {
            write!(f, ", row {row}")?;
        }
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        Ok(())
    }
}

/// One problem.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnostic {
    /// Stable, like `names/unknown-fact`.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// One sentence, lower case, no full stop; what the author wrote stands in backticks.
    pub message: String,
    /// Where in rule text, and what is wrong there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Label>,
    /// Other places in rule text.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<Label>,
    /// Where in a data file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<DataPlace>,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error without a place yet.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, severity: Severity::Error, message: message.into(), at: None, labels: Vec::new(), data: None, help: None }
    }

    /// A warning without a place yet.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message) }
    }

    /// A hint without a place yet.
    pub fn hint(code: &'static str, message: impl Into<String>) -> Self {
        Self { severity: Severity::Hint, ..Self::error(code, message) }
    }

    /// Sets the place in rule text; `text` says what is wrong there.
    pub fn at(mut self, span: Span, text: impl Into<String>) -> Self {
        self.at = Some(Label { span, text: text.into() });
        self
    }

    /// Adds another place in rule text.
    pub fn and(mut self, span: Span, text: impl Into<String>) -> Self {
        self.labels.push(Label { span, text: text.into() });
        self
    }

    /// Sets the place in a data file.
    pub fn in_data(mut self, place: DataPlace) -> Self {
        self.data = Some(place);
        self
    }

    /// Says how to fix it, if nothing says so yet.
    pub fn help_or(mut self, text: &str) -> Self {
        self.help.get_or_insert_with(|| text.to_owned());
        self
    }

    /// Says how to fix it.
    pub fn help(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }
}

/// The candidate closest to `word`, if close enough to be a slip of the pen.
///
/// Of codes up to four capitals only the same letters in another order or case, or one wrong letter, are a slip: one
/// letter more or less is mostly another code.
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // no name is as long; comparing would take as long as the text times the names
    if word.len() > 200 {
        return None;
    }
    let lower = word.to_lowercase();
    let letters = word.chars().count();
    let code = letters <= 4 && !word.chars().any(char::is_lowercase);
    candidates
        .into_iter()
        .filter(|candidate| !code || candidate.chars().count() == letters)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count().min(letters) / 3).max(usize::from(letters >= 3)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `did you mean ...?` for the closest candidate; else the candidates, or some of them where there are many.
pub fn suggestion<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str> + Clone) -> Option<String> {
    if let Some(near) = closest(word, candidates.clone()) {
        return Some(format!("did you mean `{near}`?"));
    }
    let all: Vec<&str> = candidates.into_iter().collect();
    let list = |names: &[&str]| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if all.is_empty() {
        return None;
    }
    if all.len() <= 16 {
        return Some(format!("known here: {}", list(&all)));
    }
    let start: String = word.chars().take(3).collect::<String>().to_lowercase();
    let alike: Vec<&str> = all.iter().copied().filter(|name| name.to_lowercase().starts_with(&start)).take(8).collect();
    Some(match alike.as_slice() {
        [] => format!("{} names are known here, for example {}", all.len(), list(&all[..3])),
        alike => format!("known names that start alike: {}", list(alike)),
    })
}
