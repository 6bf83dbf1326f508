//! Bytes to tables of text: delimited text in several encodings, gzip, and workbooks.

use calamine::{Data, Reader};
use std::io::{Cursor, Read};

/// Decompressed text larger than this is refused; the largest published file has 20 MB.
const MAX_BYTES: u64 = 1 << 30;
/// Rows searched for the header.
pub const HEADER_WITHIN: usize = 40;

/// Cells of one sheet, or of a text file.
#[derive(Debug)]
pub struct Sheet {
    /// The sheet's name; `None` for text.
    pub name: Option<String>,
    /// Rows with their number in the file, counted from 1.
    pub rows: Vec<(usize, Vec<String>)>,
}

/// All sheets of a file.
///
/// # Errors
///
/// A sentence that says what is wrong with the bytes.
pub fn sheets(bytes: &[u8]) -> Result<Vec<Sheet>, String> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        let mut plain = Vec::new();
        flate2::read::MultiGzDecoder::new(bytes)
            .take(MAX_BYTES + 1)
            .read_to_end(&mut plain)
            .map_err(|error| format!("this gzip file is damaged: {error}"))?;
        if plain.len() as u64 > MAX_BYTES {
            return Err("this gzip file unpacks to more than 1 GiB".to_owned());
        }
        return if plain.starts_with(&[0x1f, 0x8b]) { Err("this file is gzipped twice".to_owned()) } else { sheets(&plain) };
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return workbook(bytes);
    }
    text(bytes).map(|rows| vec![Sheet { name: None, rows }])
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

/// UTF-8 with or without a byte order mark, UTF-16 with one, else Windows-1252.
fn decode(bytes: &[u8]) -> String {
    let (encoding, skip) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    let bytes = &bytes[skip..];
    match encoding.decode_without_bom_handling_and_without_replacement(bytes) {
        Some(text) => text.into_owned(),
        None => encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0.into_owned(),
    }
}

fn text(bytes: &[u8]) -> Result<Vec<(usize, Vec<String>)>, String> {
    if bytes.iter().take(4096).any(|byte| *byte == 0) && encoding_rs::Encoding::for_bom(bytes).is_none() {
        return Err("this is neither text nor a workbook: it holds NUL bytes".to_owned());
    }
    let text = decode(bytes);
    let head: Vec<&str> = text.lines().take(HEADER_WITHIN).collect();
    // a title above the header, or a cell, may hold commas; the delimiter stands in every line
    let lines = |delimiter: &u8| head.iter().filter(|line| line.contains(*delimiter as char)).count();
    let delimiter = [b',', b'|', b'\t'].into_iter().max_by_key(lines).unwrap_or(b'\t');
    if delimiter != b'\t' && text.matches('"').count() % 2 == 1 {
        let open = text.lines().enumerate().fold((false, 0), |(open, at), (index, line)| {
            let odd = line.matches('"').count() % 2 == 1;
            if odd && !open { (true, index + 1) } else { (open != odd, at) }
        });
        return Err(format!("a quotation mark in row {} is not closed, so that the rows after it would be lost in one cell", open.1));
    }
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        // tab-separated files are published without quoting; a stray quotation mark is part of a name there
        .quoting(delimiter != b'\t')
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| format!("this text cannot be split into cells: {error}"))? {
        let line = record.position().map_or(rows.len() + 1, |position| position.line() as usize);
        rows.push((line, record.iter().map(|cell| cell.trim().to_owned()).collect()));
    }
    Ok(rows)
}
