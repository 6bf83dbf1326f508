//! A dataset's manifest: which file is what, and what it is complete for.

use super::Complete;
use crate::diagnostic::{DataPlace, Diagnostic};
use serde::Deserialize;

/// `manifest.toml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// What the data are and who publishes them.
    pub dataset: Dataset,
    /// The files, in reading order.
    #[serde(default, rename = "file")]
    pub files: Vec<ManifestFile>,
}

/// `[dataset]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// Name for people.
    pub name: String,
    /// Who publishes the data.
    pub publisher: Option<String>,
    /// A remark.
    pub note: Option<String>,
}

/// `[[file]]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Relative to the manifest.
    pub path: String,
    /// Name of its `source` declaration.
    pub source: Option<String>,
    /// The year it is for, where neither rows nor name say.
    pub year: Option<i32>,
    #[serde(default)]
    complete: Option<CompleteText>,
    /// A remark.
    pub note: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum CompleteText {
    Word(String),
    Prefixes(Vec<String>),
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// One diagnostic that names the file and place if it is not TOML of this shape, or says `complete` with a word
    /// that means nothing.
    pub fn parse(name: &str, text: &str) -> Result<Self, Box<Diagnostic>> {
        let place = || DataPlace { file: name.to_owned(), ..DataPlace::default() };
        let manifest: Manifest = toml::from_str(text).map_err(|error| {
            let row = error.span().map(|span| text[..span.start].matches('\n').count() as u64 + 1);
            let (message, help) = in_words(error.message());
            Box::new(Diagnostic::error("data/manifest", message).in_data(DataPlace { row, ..place() }).help(help))
        })?;
        for file in &manifest.files {
            if let Some(CompleteText::Prefixes(prefixes)) = &file.complete {
                let digits = |prefix: &&str| !prefix.is_empty() && prefix.bytes().all(|byte| byte.is_ascii_digit());
                let wrong = if prefixes.is_empty() { Some("") } else { prefixes.iter().map(String::as_str).find(|prefix| !digits(prefix)) };
                if let Some(wrong) = wrong {
                    return Err(Box::new(
                        Diagnostic::error("data/manifest", format!("`{wrong}` of `{}` is not the beginning of a key", file.path))
                            .in_data(place())
                            .help("write the first digits of the keys it is complete for, such as `complete = [\"27\"]`, or `complete = \"none\"`"),
                    ));
                }
            }
            if let Some(CompleteText::Word(word)) = &file.complete
                && word != "all"
                && word != "none"
            {
                return Err(Box::new(
                    Diagnostic::error("data/manifest", format!("`complete = \"{word}\"` of `{}` is not understood", file.path))
                        .in_data(place())
                        .help(COMPLETE),
                ));
            }
        }
        Ok(manifest)
    }
}

const COMPLETE: &str =
    "write `complete = \"all\"`, `complete = \"none\"`, or the first digits of the keys it is complete for: `complete = [\"27\"]`";

/// What the TOML reader says, in the words of who wrote the file.
fn in_words(message: &str) -> (String, String) {
    let shape = "a manifest has `[dataset]` with `name`, and one `[[file]]` per file with `path` and, where needed, `source`, `year` and `complete`";
    match message {
        _ if message.contains("expected i32") => {
            ("`year` is not a number".to_owned(), "write the year without quotation marks: `year = 2023`".to_owned())
        }
        _ if message.contains("CompleteText") => ("`complete` is not understood".to_owned(), COMPLETE.to_owned()),
        _ if message.contains("missing field") => {
            (format!("something is missing: {}", message.trim_start_matches("missing field ")), shape.to_owned())
        }
        _ => (format!("this manifest cannot be read: {message}"), shape.to_owned()),
    }
}

impl ManifestFile {
    /// What the file is complete for, if said.
    pub fn complete(&self) -> Option<Complete> {
        self.complete.as_ref().map(|complete| match complete {
            CompleteText::Word(word) if word == "all" => Complete::All,
            CompleteText::Word(_) => Complete::Nobody,
            CompleteText::Prefixes(prefixes) => Complete::Prefixes(prefixes.clone()),
        })
    }
}
