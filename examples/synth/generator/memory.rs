//! Files kept in memory.

use super::files::{Options, Sink, generate};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

/// Contents by file name.
pub type Contents = BTreeMap<String, Vec<u8>>;

struct Page {
    name: String,
    text: Vec<u8>,
    all: Arc<Mutex<Contents>>,
}

impl Write for Page {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let mut all = self.all.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        all.insert(self.name.clone(), std::mem::take(&mut self.text));
        Ok(())
    }
}

/// Generates without a disk.
///
/// # Errors
///
/// As [`generate`].
pub fn in_memory(options: &Options) -> io::Result<Contents> {
    let all = Arc::new(Mutex::new(Contents::new()));
    let sink: Sink = &|name| Ok(Box::new(Page { name: name.to_owned(), text: Vec::new(), all: Arc::clone(&all) }));
    generate(options, sink)?;
    let contents = std::mem::take(&mut *all.lock().unwrap_or_else(|poisoned| poisoned.into_inner()));
    Ok(contents)
}

/// The header and the rows for which `keep` says so.
pub fn excerpt(text: &[u8], keep: impl Fn(&[&[u8]]) -> bool) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, line) in text.split_inclusive(|byte| *byte == b'\n').enumerate() {
        let first: Vec<&[u8]> = line.splitn(8, |byte| *byte == b'\t').collect();
        if at == 0 || keep(&first) {
            out.extend_from_slice(line);
        }
    }
    out
}
