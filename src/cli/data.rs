//! `enact data check`

use super::{Exit, input, out, several};
use crate::diagnostic::{ErrorFormat, Severity};
use crate::facts::FileNote;
use clap::ValueEnum;
use std::path::PathBuf;

/// Look at data files.
#[derive(Debug, clap::Subcommand)]
pub enum Data {
    /// Read every file, say what became of it and what is wrong with it.
    Check(Check),
}

/// Read every file, say what became of it and what is wrong with it.
#[derive(Debug, clap::Args)]
pub struct Check {
    /// Folders or files with published data.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder or file with rules; the shipped library if left out.
    #[arg(long, value_name = "PATH")]
    policies: Option<PathBuf>,
    /// Text for people, or JSON.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

impl Data {
    pub fn run(self, errors: ErrorFormat) -> Exit {
        let Data::Check(check) = self;
        let library = input::rules(&input::policies_path(check.policies.as_ref()));
        let Some(program) = &library.program else {
            input::show(&library.diagnostics, &library.sources, errors);
            return Exit::CannotRun;
        };
        let mut problems = Vec::new();
        let files = input::data_files(&check.paths, &mut problems);
        let mut loaded = input::load(program, &files, true);
        problems.append(&mut loaded.diagnostics);
        input::show(&problems, &library.sources, errors);
        let found = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
        match check.format {
            Format::Json => {
                out(&format!("{:#}\n", serde_json::json!({ "schema_version": 1, "files": loaded.notes.files, "problems": problems })))
            }
            Format::Text => {
                for note in &loaded.notes.files {
                    out(&describe(note));
                }
                let rows: usize = loaded.notes.files.iter().map(|note| note.rows).sum();
                let subjects = loaded.facts.subjects().len();
                out(&format!(
                    "{}, {}, {}, {}\n",
                    several(files.len(), "file"),
                    several(rows, "row"),
                    several(subjects, "subject"),
                    several(found, "problem")
                ));
            }
        }
        if problems.is_empty() { Exit::Fine } else { Exit::Findings }
    }
}

fn describe(note: &FileNote) -> String {
    let mut text = format!("{}\n", note.file);
    if note.source.is_empty() {
        text.push_str("  not read\n");
        return text;
    }
    let sheet = note.sheet.as_ref().map(|sheet| format!(", sheet `{sheet}`")).unwrap_or_default();
    let years: Vec<String> = note.years.iter().map(i32::to_string).collect();
    text.push_str(&format!(
        "  source {}{sheet}, header in row {}, years {}\n",
        note.source,
        note.header_row,
        if years.is_empty() { "none".to_owned() } else { years.join(", ") }
    ));
    text.push_str(&format!("  {}, {} used\n", several(note.rows, "row"), note.used));
    for (reason, n) in &note.skipped {
        text.push_str(&format!("    {n} passed over: {reason}\n"));
    }
    if note.repeated > 0 {
        text.push_str(&format!("    {} say again what an earlier row says\n", note.repeated));
    }
    if note.padded > 0 {
        text.push_str(&format!("    {} keys had lost leading zeros, which were restored\n", note.padded));
    }
    if !note.unread_columns.is_empty() {
        text.push_str(&format!("  {} columns not read: {}\n", note.unread_columns.len(), note.unread_columns.join(", ")));
    }
    let declared = if note.complete_declared { "" } else { " (assumed: no manifest says)" };
    text.push_str(&format!("  complete for {}{declared}\n", note.complete_for));
    text
}
