//! A file's bytes as a stream of text: counted, unzipped, without byte order mark, UTF-16 decoded.
//!
//! Nothing here holds more of a file than its first megabyte, apart from workbooks and UTF-16.

use super::content::Content;
use super::marks::{BLOCK, Line, Marks};
use super::table::HEADER_WITHIN;
use flate2::bufread::MultiGzDecoder;
use std::fmt;
use std::io::{self, BufReader, Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A row, or a cell in quotation marks, that is longer is none.
pub(super) const LONGEST: usize = 16 << 20;
/// The header is searched, and the delimiter chosen, within this much.
const HEAD: usize = 1 << 20;
const PIECE: usize = 1 << 17;

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// Why a stream ended before its end; the words are for people.
#[derive(Debug)]
pub(super) struct Broken(pub String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Broken {}

/// What an error of a stream says to people.
pub(super) fn words(error: &io::Error) -> String {
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Broken>()) {
        Some(broken) => broken.0.clone(),
        None => format!("this file cannot be read: {error}"),
    }
}

type Source = Box<dyn Read + Send>;

/// Counts bytes, and says in words why they end.
struct Counted {
    from: Source,
    bytes: Arc<AtomicU64>,
}

impl Read for Counted {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = retried(&mut self.from, into).map_err(|error| broken(format!("this file cannot be read: {error}")))?;
        self.bytes.fetch_add(n as u64, Ordering::Relaxed);
        Ok(n)
    }
}

fn retried(from: &mut dyn Read, into: &mut [u8]) -> io::Result<usize> {
    loop {
        match from.read(into) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Unzips, and says in words what is wrong.
struct Unzipped(MultiGzDecoder<BufReader<Source>>);

impl Read for Unzipped {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into).map_err(|error| match error.get_ref().is_some_and(|inner| inner.is::<Broken>()) {
            true => error,
            false => broken(format!("this gzip file is damaged: {error}")),
        })
    }
}

pub(super) fn broken(what: impl Into<String>) -> io::Error {
    io::Error::other(Broken(what.into()))
}

/// A file whose kind is known.
pub(super) enum Stream {
    /// Text, with what was read of it to find out.
    Text(Head, Source),
    /// A workbook, whole.
    Workbook(Vec<u8>),
}

/// The first lines of a text.
pub(super) struct Head {
    pub bytes: Vec<u8>,
    /// Which of comma, bar and tab stands in most of the first lines.
    pub delimiter: u8,
    /// Lines end in `\r` alone.
    pub carriage_returns: bool,
}

/// Opens a file; `bytes` counts what is read of it from then on, as it is stored.
///
/// # Errors
///
/// A sentence that says why it cannot be read as text or workbook.
pub(super) fn open(content: &Content, bytes: &Arc<AtomicU64>) -> Result<Stream, String> {
    let from = content.reader().map_err(|error| format!("this file cannot be read: {error}"))?;
    let mut from: Source = Box::new(Counted { from, bytes: Arc::clone(bytes) });
    let mut head = Vec::new();
    peek(&mut from, &mut head, |head| head.len() >= 8)?;
    if head.starts_with(&GZIP) {
        let zipped: Source = Box::new(Cursor::new(head).chain(from));
        from = Box::new(Unzipped(MultiGzDecoder::new(BufReader::with_capacity(PIECE, zipped))));
        head = Vec::new();
        peek(&mut from, &mut head, |head| head.len() >= 8)?;
        if head.starts_with(&GZIP) {
            // damage further on says more than what is seen here
            drain(&mut from)?;
            return Err("this file is gzipped twice".to_owned());
        }
    }
    if head.starts_with(b"PK\x03\x04") || head.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        from.read_to_end(&mut head).map_err(|error| words(&error))?;
        return Ok(Stream::Workbook(head));
    }
    text(head, from)
}

fn text(mut head: Vec<u8>, mut from: Source) -> Result<Stream, String> {
    if let Some((encoding, mark)) = encoding_rs::Encoding::for_bom(&head) {
        if encoding != encoding_rs::UTF_8 {
            from.read_to_end(&mut head).map_err(|error| words(&error))?;
            let whole = match encoding.decode_without_bom_handling_and_without_replacement(&head[mark..]) {
                Some(text) => text.into_owned(),
                None => encoding_rs::WINDOWS_1252.decode_without_bom_handling(&head[mark..]).0.into_owned(),
            };
            from = Box::new(Cursor::new(whole.into_bytes()));
            head = Vec::new();
        } else {
            head.drain(..mark);
        }
    } else {
        peek(&mut from, &mut head, |head| head.len() >= 4096)?;
        if head.iter().take(4096).any(|byte| *byte == 0) {
            drain(&mut from)?;
            return Err("this is neither text nor a workbook: it holds NUL bytes".to_owned());
        }
    }
    let lines = |head: &[u8]| memchr::memchr_iter(b'\n', head).nth(HEADER_WITHIN - 1);
    peek(&mut from, &mut head, |head| head.len() >= HEAD || lines(head).is_some())?;
    let first = &head[..lines(&head).unwrap_or(head.len())];
    // a title above the header, or a cell, may hold commas; the delimiter stands in every line
    let with = |delimiter: &u8| first.split(|byte| *byte == b'\n').filter(|line| line.contains(delimiter)).count();
    let delimiter = [b',', b'|', b'\t'].into_iter().max_by_key(with).unwrap_or(b'\t');
    let carriage_returns = !head.contains(&b'\n') && head.contains(&b'\r');
    Ok(Stream::Text(Head { bytes: head, delimiter, carriage_returns }, from))
}

/// Reads on until `enough`, or the end.
fn peek(from: &mut Source, head: &mut Vec<u8>, enough: impl Fn(&[u8]) -> bool) -> Result<(), String> {
    let mut piece = vec![0; 1 << 14];
    while !enough(head) {
        match from.read(&mut piece).map_err(|error| words(&error))? {
            0 => break,
            n => head.extend_from_slice(&piece[..n]),
        }
    }
    Ok(())
}

fn drain(from: &mut Source) -> Result<(), String> {
    io::copy(from, &mut io::sink()).map(|_| ()).map_err(|error| words(&error))
}

/// Lines, one after the other, in a buffer that grows only for a long one.
pub(super) struct Lines {
    from: Source,
    /// Whole blocks, as many as [`Marks`] wants.
    buffer: Vec<u8>,
    marks: Marks,
    /// What is read and not yet given out.
    start: usize,
    end: usize,
    over: bool,
    number: usize,
}

impl Lines {
    pub fn new(head: Head, from: Source) -> Self {
        let end = head.bytes.len();
        let mut buffer = head.bytes;
        buffer.resize(end.next_multiple_of(BLOCK).max(PIECE), 0);
        let mut marks = Marks::default();
        marks.read(&buffer, 0, end);
        Self { from, buffer, marks, start: 0, end, over: false, number: 0 }
    }

    /// The next line.
    #[inline]
    pub fn next(&mut self) -> Result<Option<Line<'_>>, String> {
        let end = match self.marks.line_end(self.start, self.end) {
            Some(end) => end,
            None => match self.end_of_long()? {
                Some(end) => end,
                None => return Ok(None),
            },
        };
        let start = self.start;
        let mut bytes = &self.buffer[start..end];
        self.start = self.end.min(end + 1);
        self.number += 1;
        while let [rest @ .., b'\r'] = bytes {
            bytes = rest;
        }
        let tabs = self.marks.tabs(start, start + bytes.len());
        Ok(Some(Line { number: self.number, bytes, room: &self.buffer[start..], start, tabs }))
    }

    /// Where a line ends that does so beyond what is read.
    #[cold]
    fn end_of_long(&mut self) -> Result<Option<usize>, String> {
        while !self.over {
            let seen = self.end - self.start;
            self.fill()?;
            if let Some(end) = self.marks.line_end(self.start + seen, self.end) {
                return Ok(Some(end));
            }
        }
        Ok((self.start < self.end).then_some(self.end))
    }

    fn fill(&mut self) -> Result<(), String> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
            self.marks.read(&self.buffer, 0, self.end);
        }
        if self.end == self.buffer.len() {
            if self.end >= LONGEST {
                return Err(too_long(self.number + 1));
            }
            self.buffer.resize(self.end * 2, 0);
        }
        match self.from.read(&mut self.buffer[self.end..]).map_err(|error| words(&error))? {
            0 => self.over = true,
            n => {
                self.marks.read(&self.buffer, self.end, self.end + n);
                self.end += n;
            }
        }
        Ok(())
    }
}

fn too_long(row: usize) -> String {
    format!("row {row} is longer than {} MiB; this is not a table", LONGEST >> 20)
}

/// Passes text on to the reader of quoted cells and watches that every quotation mark is closed.
pub(super) struct Watched<R> {
    from: R,
    quoting: bool,
    open: bool,
    /// The line in which the mark that is open was opened, and how many bytes ago.
    opened: usize,
    odd: bool,
    number: usize,
    length: usize,
}

impl<R: Read> Watched<R> {
    pub fn new(from: R, quoting: bool) -> Self {
        Self { from, quoting, open: false, opened: 0, odd: false, number: 1, length: 0 }
    }

    /// What is wrong with the whole, once all of it was read.
    pub fn unclosed(&self) -> Option<String> {
        let (open, row) = self.after_line();
        (self.quoting && open)
            .then(|| format!("a quotation mark in row {row} is not closed, so that the rows after it would be lost in one cell"))
    }

    /// Whether a mark is open after this line, and in which it was opened.
    fn after_line(&self) -> (bool, usize) {
        if self.odd && !self.open { (true, self.number) } else { (self.open != self.odd, self.opened) }
    }
}

impl<R: Read> Read for Watched<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let n = self.from.read(into)?;
        let mut last = 0;
        for at in memchr::memchr2_iter(b'"', b'\n', &into[..n]) {
            if into[at] == b'"' {
                self.odd = !self.odd;
                continue;
            }
            (self.open, self.opened) = self.after_line();
            self.odd = false;
            self.number += 1;
            // a cell in quotation marks may go on over lines, but not for ever
            if !(self.quoting && self.open) {
                self.length = 0;
                last = at + 1;
            }
        }
        self.length += n - last;
        if self.length > LONGEST {
            return Err(broken(self.unclosed().unwrap_or_else(|| too_long(self.number))));
        }
        Ok(n)
    }
}
