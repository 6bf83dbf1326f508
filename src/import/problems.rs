//! Problems of one file, in the order of its rows.

use super::InputFile;
use crate::diagnostic::{DataPlace, Diagnostic};

pub(super) struct Problems {
    file: String,
    pub sheet: Option<String>,
    pub list: Vec<Diagnostic>,
    /// How many there were, also those not kept.
    pub n: usize,
    first_only: bool,
}

impl Problems {
    pub fn new(input: &InputFile, first_only: bool) -> Self {
        Self { file: input.name.clone(), sheet: None, list: Vec::new(), n: 0, first_only }
    }

    pub fn fail(&mut self, code: &'static str, message: String, row: Option<usize>, column: Option<&str>, help: impl Into<String>) {
        self.n += 1;
        if self.first_only && !self.list.is_empty() {
            return;
        }
        let place = DataPlace {
            file: self.file.clone(),
            sheet: self.sheet.clone(),
            row: row.map(|row| row as u64),
            column: column.map(str::to_owned),
        };
        let help = help.into();
        let mut diagnostic = Diagnostic::error(code, message).in_data(place);
        diagnostic.help = (!help.is_empty()).then_some(help);
        self.list.push(diagnostic);
    }

    /// Forgets problems that have a common cause, of which more is known now.
    pub fn back_to(&mut self, n: usize) {
        self.list.truncate(n);
    }
}
