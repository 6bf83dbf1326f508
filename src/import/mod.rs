//! Published files to [`Facts`], as the `source` declarations say.
//!
//! Files come as a name and a way to read their bytes; nothing here touches a disk. A file is recognised by its name (or
//! by what a manifest says), its header is found by the columns the source reads, every row is kept, passed over for a
//! stated reason, or reported. Cells are sets of possible values; files that speak of the same cell are intersected.
//!
//! Files are read side by side, each piece by piece into a batch of its own, and brought together in their order, so that
//! the result does not depend on which of them was read first.

mod cells;
mod complete;
mod content;
mod file;
mod header;
mod keys;
mod load;
mod manifest;
mod marks;
mod memo;
mod plan;
mod problems;
mod rows;
mod slots;
mod stream;
mod table;
mod text;

pub use content::{Content, InputFile, Open};
pub use load::{Loaded, load, load_on};
pub use manifest::{Manifest, ManifestFile};

use crate::diagnostic::{DataPlace, Diagnostic, closest};
use crate::program::{Program, Published, PublishedId};

/// For which subjects a file lists everything there is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Complete {
    /// Every subject.
    All,
    /// Subjects whose key starts with one of these.
    Prefixes(Vec<String>),
    /// Nobody: a missing row says nothing.
    Nobody,
}

/// The name patterns are compared with: no folder, no `.gz`, lower case.
fn plain_name(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name).to_lowercase();
    base.strip_suffix(".gz").map(str::to_owned).unwrap_or(base)
}

fn recognise(program: &Program, file: &InputFile) -> Result<PublishedId, Box<Diagnostic>> {
    let place = DataPlace { file: file.name.clone(), ..DataPlace::default() };
    if let Some(wanted) = &file.source {
        let found = program.published.iter().position(|source| source.named.name == *wanted && !source.files.is_empty());
        return found.map(PublishedId).ok_or_else(|| {
            let files = program.published.iter().filter(|source| !source.files.is_empty());
            let known: Vec<&str> = files.map(|source| source.named.name.as_str()).collect();
            let template = program.published.iter().any(|source| source.named.name == *wanted);
            let message = if template {
                format!("the manifest calls this file `{wanted}`, which no file is: other sources are `like` it")
            } else {
                format!("the manifest calls this file `{wanted}`, which no `source` declares")
            };
            let mut diagnostic = Diagnostic::error("data/unknown-source", message);
            diagnostic.help = crate::diagnostic::suggestion(wanted, known);
            Box::new(diagnostic.in_data(place))
        });
    }
    let name = plain_name(&file.name);
    let fits: Vec<(usize, &Published, usize)> = program
        .published
        .iter()
        .enumerate()
        .filter_map(|(index, source)| {
            source
                .files
                .iter()
                .filter(|pattern| glob(pattern, &name))
                .map(|pattern| pattern.len())
                .max()
                .map(|length| (index, source, length))
        })
        .collect();
    // the longest pattern says most about the file
    let longest = fits.iter().map(|(_, _, length)| *length).max();
    let best: Vec<_> = fits.iter().filter(|(_, _, length)| Some(*length) == longest).collect();
    match best.as_slice() {
        [(index, _, _)] => Ok(PublishedId(*index)),
        [] => {
            let patterns: Vec<String> = program
                .published
                .iter()
                .flat_map(|source| source.files.iter().map(move |pattern| format!("`{pattern}` ({})", source.named.label)))
                .collect();
            // a name is near a pattern if its beginning is
            let plain = |pattern: &str| pattern.split('*').next().unwrap_or_default().to_owned();
            let all: Vec<String> = program.published.iter().flat_map(|source| source.files.iter().map(|pattern| plain(pattern))).collect();
            let starts = |len: usize| name.chars().take(len).collect::<String>();
            let near = all.iter().find(|own| closest(&starts(own.chars().count()), [own.as_str()]).is_some() && own.chars().count() > 4);
            let help = if patterns.is_empty() {
                "the policies declare no source with `files named`".to_owned()
            } else if let Some(near) = near {
                format!("did you mean a name that starts with `{near}`? or name its source in a manifest.toml")
            } else {
                format!("names that are recognised: {}; or name its source in a manifest.toml", patterns.join(", "))
            };
            Err(Box::new(Diagnostic::error("data/unrecognised-file", "no source declares a file of this name").in_data(place).help(help)))
        }
        several => {
            let names: Vec<String> = several.iter().map(|(_, source, _)| format!("`{}`", source.named.name)).collect();
            Err(Box::new(
                Diagnostic::error("data/ambiguous-file", format!("this file's name fits several sources: {}", names.join(", ")))
                    .in_data(place)
                    .help("name its source in a manifest.toml: `[[file]]`, `path = ...`, `source = ...`"),
            ))
        }
    }
}

/// `*` stands for any characters.
fn glob(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(first) = parts.next() else { return false };
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else { return rest.is_empty() };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit_whole_names() {
        assert!(glob("ela*download*", "eladownload2024.txt"));
        assert!(glob("pr*20??.xlsx", "pr*20??.xlsx"));
        assert!(!glob("ela*download", "eladownload2024.txt"));
        assert!(!glob("ela", "ela38"));
        assert!(!glob("ab*ba", "aba"));
    }
}
