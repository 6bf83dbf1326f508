//! Files as tables: the first rows to find the header in, then one row after the other.

use super::content::Content;
use super::stream::{self, Head, Lines, Stream, Watched};
use super::text::{Cells, shown, trim};
use calamine::{Data, Reader};
use std::io::{Cursor, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

/// Rows searched for the header.
pub const HEADER_WITHIN: usize = 40;

/// Cells of one sheet, or the first rows of a text file.
#[derive(Debug)]
pub struct Sheet {
    /// The sheet's name; `None` for text.
    pub name: Option<String>,
    /// Rows with their number in the file, counted from 1.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// A file, opened.
pub(super) struct Table {
    pub sheets: Vec<Sheet>,
    pub rest: Rest,
}

/// The rows after the first ones.
pub(super) enum Rest {
    /// None.
    Nothing,
    /// Tab-separated text. It is published without quoting; a stray quotation mark is part of a name there.
    Tabs(Lines),
    /// Text whose cells may be quoted.
    Quoted(Box<Quoted>),
}

/// Opens a file and reads its first rows, or all of a workbook.
///
/// # Errors
///
/// A sentence that says what is wrong with the bytes.
pub(super) fn open(content: &Content, bytes: &Arc<AtomicU64>) -> Result<Table, String> {
    let (head, from) = match stream::open(content, bytes)? {
        Stream::Workbook(bytes) => return Ok(Table { sheets: workbook(&bytes)?, rest: Rest::Nothing }),
        Stream::Text(head, from) => (head, from),
    };
    let mut rows = Vec::new();
    let rest = if head.delimiter == b'\t' && !head.carriage_returns {
        let mut lines = Lines::new(head, from);
        while rows.len() < HEADER_WITHIN
            && let Some(line) = lines.next()?
        {
            if !line.bytes.is_empty() {
                rows.push((line.number, line.bytes.split(|byte| *byte == b'\t').map(|cell| shown(trim(cell)).into_owned()).collect()));
            }
        }
        Rest::Tabs(lines)
    } else {
        let mut quoted = Quoted::new(head, from);
        while rows.len() < HEADER_WITHIN
            && let Some(cells) = quoted.next()?
        {
            rows.push((cells.number, (0..cells.n).map(|at| shown(cells.get(at)).into_owned()).collect()));
        }
        Rest::Quoted(Box::new(quoted))
    };
    Ok(Table { sheets: vec![Sheet { name: None, rows }], rest })
}

/// Rows of cells that may be quoted.
pub(super) struct Quoted {
    reader: csv::Reader<Watched<Box<dyn Read + Send>>>,
    record: csv::ByteRecord,
    ends: Vec<u32>,
    n: usize,
}

impl Quoted {
    fn new(head: Head, from: Box<dyn Read + Send>) -> Self {
        let quoting = head.delimiter != b'\t';
        let whole: Box<dyn Read + Send> = Box::new(Cursor::new(head.bytes).chain(from));
        let reader = csv::ReaderBuilder::new()
            .delimiter(head.delimiter)
            .quoting(quoting)
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Watched::new(whole, quoting));
        Self { reader, record: csv::ByteRecord::new(), ends: Vec::new(), n: 0 }
    }

    /// The next row.
    ///
    /// # Errors
    ///
    /// A sentence that says why the file as a whole cannot be used; at its end at the latest.
    pub fn next(&mut self) -> Result<Option<Cells<'_>>, String> {
        let more = self.reader.read_byte_record(&mut self.record).map_err(|error| match error.kind() {
            csv::ErrorKind::Io(error) => stream::words(error),
            _ => format!("this text cannot be split into cells: {error}"),
        })?;
        if !more {
            return self.reader.get_ref().unclosed().map_or(Ok(None), Err);
        }
        self.n += 1;
        self.ends.clear();
        self.ends.extend((0..self.record.len()).map(|at| self.record.range(at).map_or(0, |range| range.end as u32)));
        let number = self.record.position().map_or(self.n, |position| position.line() as usize);
        Ok(Some(Cells { number, n: self.record.len(), bytes: self.record.as_slice(), ends: &self.ends, gap: 0 }))
    }
}

fn workbook(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    let mut workbook =
        calamine::open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|error| format!("this workbook cannot be read: {error}"))?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(|error| format!("sheet `{name}` cannot be read: {error}"))?;
        let first = range.start().map_or(0, |(row, _)| row as usize);
        let mut rows = Vec::new();
        for (at, row) in range.rows().enumerate() {
            let cells: Vec<String> = row.iter().map(cell).collect();
            // some published workbooks hold a million formatted blank rows
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push((first + at + 1, cells));
            }
        }
        sheets.push(Sheet { name: Some(name), rows });
    }
    Ok(sheets)
}

fn cell(data: &Data) -> String {
    match data {
        Data::Empty => String::new(),
        Data::String(text) => text.trim().to_owned(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        Data::DateTime(date) => {
            let (year, month, day, ..) = date.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
        Data::Error(error) => format!("{error}"),
        other => other.to_string(),
    }
}
