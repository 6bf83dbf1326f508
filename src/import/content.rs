//! Where a file's bytes come from.

use super::Complete;
use std::fmt;
use std::io::{self, Cursor, Read};
use std::sync::Arc;

/// Opens a file; called once for each time it is read, from any thread.
pub type Open = dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync;

/// The bytes of a file.
#[derive(Clone)]
pub enum Content {
    /// In memory.
    Bytes(Arc<[u8]>),
    /// Elsewhere; opened when it is the file's turn and read piece by piece.
    Open(Arc<Open>),
}

impl Content {
    /// Bytes that are read when they are needed.
    pub fn open(open: impl Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'static) -> Self {
        Self::Open(Arc::new(open))
    }

    pub(super) fn reader(&self) -> io::Result<Box<dyn Read + Send>> {
        match self {
            Self::Bytes(bytes) => Ok(Box::new(Cursor::new(Arc::clone(bytes)))),
            Self::Open(open) => open(),
        }
    }
}

impl<T: Into<Vec<u8>>> From<T> for Content {
    fn from(bytes: T) -> Self {
        Self::Bytes(bytes.into().into())
    }
}

impl fmt::Debug for Content {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes(bytes) => write!(f, "{} bytes", bytes.len()),
            Self::Open(_) => f.write_str("a file to open"),
        }
    }
}

/// A file to read.
#[derive(Clone, Debug)]
pub struct InputFile {
    /// Name for messages; the part after the last `/` is matched with the sources' patterns.
    pub name: String,
    /// Its bytes, perhaps gzipped.
    pub content: Content,
    /// The source it is, if a manifest says.
    pub source: Option<String>,
    /// The year it is for, if a manifest says.
    pub year: Option<i32>,
    /// What it is complete for, if a manifest says.
    pub complete: Option<Complete>,
}

impl InputFile {
    /// A file no manifest speaks of.
    pub fn new(name: impl Into<String>, content: impl Into<Content>) -> Self {
        Self { name: name.into(), content: content.into(), source: None, year: None, complete: None }
    }
}
