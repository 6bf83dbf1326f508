//! CDE's files to facts.
//!
//! Files are cut into pieces that two threads take in turn. Of most rows, those of schools, no more is looked at than the
//! first columns. Charter schools are judged by 2024 and 2025 alone, so that their rows of earlier years are passed over too.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use rustc_hash::FxHashMap;

use crate::facts::{
    COLOR_2025, EL, ELPI_ORANGE_2025, ENOUGH_2022, ENOUGH_2025, FOS, Facts, HOM, Indicator, Kind, LOCAL, LOWEST_2022, LTEL, ORANGE_2023,
    ORANGE_2024, ORANGE_2025, RED_2023, RED_2024, RED_2025, STATUS_2025,
};

/// A piece of a file that one thread reads at a time.
const PIECE: u64 = 8 << 20;
/// What is read at once: small enough to stay in the cache.
const BUFFER: usize = 128 << 10;
/// Bytes that are searched for the end of a row at once.
const LANES: usize = 64;
const NONE: usize = usize::MAX;

/// The agencies that have a row in a file of 2025, in the order of their keys.
pub struct Agencies {
    /// CDS codes.
    pub keys: Vec<u64>,
    /// What is known of each.
    pub facts: Vec<Facts>,
    /// Bytes of all files read.
    pub bytes: u64,
}

/// Reads every file below `folder` that the list depends on.
///
/// # Errors
///
/// If a file cannot be read, lacks a column, or has a key, a student group or a number that is none.
pub fn read(folder: &Path, threads: usize) -> io::Result<Agencies> {
    let mut files = Vec::new();
    find(folder, &mut files)?;
    files.sort_by_key(|file| std::cmp::Reverse(file.length));
    let pieces: Vec<(usize, u64)> =
        files.iter().enumerate().flat_map(|(i, file)| (file.start..file.length).step_by(PIECE as usize).map(move |at| (i, at))).collect();
    let next = AtomicUsize::new(0);
    let work = || {
        let mut reader = Reader::default();
        while let Some(&(file, at)) = pieces.get(next.fetch_add(1, Ordering::Relaxed)) {
            let file = &files[file];
            reader.piece(file, at).map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.path.display())))?;
        }
        Ok::<_, io::Error>(reader)
    };
    let mut readers = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut readers = vec![work()];
        readers.extend(others.into_iter().map(|thread| thread.join().expect("a reader does not panic")));
        readers.into_iter().collect::<io::Result<Vec<_>>>()
    })?;
    let mut all = readers.pop().expect("there is at least one reader");
    for reader in readers {
        for (key, index) in reader.index {
            let mine = all.agency(key);
            all.facts[mine].merge(&reader.facts[index]);
        }
    }
    let mut listed: Vec<(u64, usize)> = all.index.into_iter().filter(|&(_, index)| all.facts[index].listed).collect();
    listed.sort_unstable();
    Ok(Agencies {
        keys: listed.iter().map(|&(key, _)| key).collect(),
        facts: listed.iter().map(|&(_, index)| std::mem::take(&mut all.facts[index])).collect(),
        bytes: files.iter().map(|file| file.length).sum(),
    })
}

/// A file that matters, and where its columns are.
struct Source {
    path: PathBuf,
    length: u64,
    /// Where the first row starts.
    start: u64,
    delimiter: u8,
    year: u16,
    content: Content,
}

enum Content {
    Indicator(Indicator, Columns),
    Local { key: usize, priority: usize, answer: usize },
}

/// Places of columns; [`NONE`] where there is no such column or it does not matter in this file.
struct Columns {
    key: usize,
    rtype: usize,
    charter: usize,
    group: usize,
    color: usize,
    status: usize,
    pupils: usize,
    enough: usize,
    /// The last that matters.
    last: usize,
    /// Whether rows start with the key, of 14 digits, and the type, with a tab between.
    usual: bool,
}

fn find(folder: &Path, files: &mut Vec<Source>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, files)?;
        } else if let Some(file) = source(&path)? {
            files.push(file);
        }
    }
    Ok(())
}

/// Says what a file is, by its name and its header. `None` where the list does not depend on it.
fn source(path: &Path) -> io::Result<Option<Source>> {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default().to_ascii_lowercase();
    let Some(stem) = name.strip_suffix(".txt") else { return Ok(None) };
    let Some(year) = stem.find("20").and_then(|at| stem.get(at..at + 4)?.parse::<u16>().ok()) else { return Ok(None) };
    let kind = &stem[..stem.find("20").unwrap_or(0)];
    let indicator = match kind {
        "eladownload" => Some(Indicator::Ela),
        "mathdownload" => Some(Indicator::Math),
        "graddownload" => Some(Indicator::Grad),
        "chronicdownload" => Some(Indicator::Chro),
        "suspdownload" => Some(Indicator::Susp),
        "ccidownload" if year != 2022 => Some(Indicator::Cci),
        "elpidownload" => Some(Indicator::Elpi),
        "localindicators" if matches!(year, 2024 | 2025) => None,
        _ => return Ok(None),
    };
    if !(2022..=2025).contains(&year) {
        return Ok(None);
    }

    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut buffer = vec![0; 16 << 10];
    let read = file.read_at(&mut buffer, 0)?;
    let bad = |what: String| io::Error::new(io::ErrorKind::InvalidData, format!("{}: {what}", path.display()));
    let end = buffer[..read].iter().position(|&byte| byte == b'\n').ok_or_else(|| bad("no header".to_owned()))?;
    let header = String::from_utf8_lossy(&buffer[..end]).trim_start_matches('\u{feff}').trim_end().to_ascii_lowercase();
    let delimiter = if header.contains('\t') { b'\t' } else { b'|' };
    let columns: Vec<&str> = header.split(char::from(delimiter)).map(str::trim).collect();
    let optional = |names: &[&str]| names.iter().find_map(|name| columns.iter().position(|column| column == name));
    let column = |names: &[&str]| optional(names).ok_or_else(|| bad(format!("no column {}", names[0])));

    let content = match indicator {
        None => Content::Local {
            key: column(&["cdscode", "cds"])?,
            priority: column(&["prioritynumber", "priorityid"])?,
            answer: column(&["countyperformance"])?,
        },
        Some(indicator) => {
            let when = |wanted: bool, names: &[&str]| if wanted { column(names) } else { Ok(NONE) };
            let by_status = year == 2022 || (year == 2023 && indicator == Indicator::Cci);
            let mut columns = Columns {
                key: column(&["cds", "cdscode"])?,
                rtype: column(&["rtype"])?,
                charter: when(year >= 2024, &["charter_flag"])?,
                group: when(indicator != Indicator::Elpi || year >= 2024, &["studentgroup"])?,
                color: when(!by_status, &["color"])?,
                status: when(by_status || year == 2025, &["statuslevel"])?,
                pupils: when(year == 2022 || year == 2025, &["currdenom"])?,
                enough: when(year == 2023 && indicator == Indicator::Cci, &["currnsizemet"])?,
                last: 0,
                usual: false,
            };
            if indicator == Indicator::Elpi && year < 2024 {
                columns.group = optional(&["studentgroup"]).unwrap_or(NONE);
            }
            columns.usual = (columns.key, columns.rtype, delimiter) == (0, 1, b'\t');
            let Columns { key, rtype, charter, group, color, status, pupils, enough, .. } = columns;
            columns.last =
                [key, rtype, charter, group, color, status, pupils, enough].into_iter().filter(|&at| at != NONE).max().unwrap_or(0);
            Content::Indicator(indicator, columns)
        }
    };
    Ok(Some(Source { path: path.to_owned(), length, start: end as u64 + 1, delimiter, year, content }))
}

/// Where a byte is: bit *i* is set where byte *i* is `wanted`.
#[inline(always)]
fn places(bytes: &[u8; LANES], wanted: u8) -> u64 {
    let found: [u8; LANES] = std::array::from_fn(|i| u8::from(bytes[i] == wanted));
    // The product moves the lowest bit of each of eight bytes into the highest byte.
    found
        .as_chunks::<8>()
        .0
        .iter()
        .rev()
        .fold(0, |ends, eight| ends << 8 | u64::from_le_bytes(*eight).wrapping_mul(0x0102_0408_1020_4080) >> 56)
}

/// What one thread has read so far.
#[derive(Default)]
struct Reader {
    index: FxHashMap<u64, usize>,
    facts: Vec<Facts>,
    buffer: Vec<u8>,
    cells: Vec<(u32, u32)>,
    /// The agency of the row before.
    last: Option<([u8; 14], usize, Kind)>,
    /// The key and type of a school that is no charter, as its rows start.
    school: u128,
}

fn bad(what: &str, cell: &[u8]) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("{what} {:?}", String::from_utf8_lossy(cell)))
}

impl Reader {
    fn agency(&mut self, key: u64) -> usize {
        *self.index.entry(key).or_insert_with(|| {
            self.facts.push(Facts::default());
            self.facts.len() - 1
        })
    }

    /// Reads the rows that start in the piece at `at`.
    fn piece(&mut self, source: &Source, at: u64) -> io::Result<()> {
        let file = File::open(&source.path)?;
        let end = (at + PIECE).min(source.length);
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(BUFFER, 0);
        self.last = None;
        self.school = 0;
        // One byte earlier, so that a row that starts with the piece is known to.
        let mut from = if at == source.start { at } else { at - 1 };
        let mut skip = at != source.start;
        // The buffer holds the file from `base` on, and the start of a row before what was read last.
        let mut kept = 0;
        'file: loop {
            if kept + 2 * LANES > buffer.len() {
                buffer.resize(2 * buffer.len(), 0);
            }
            let limit = buffer.len() - LANES;
            let read = file.read_at(&mut buffer[kept..limit], from)?;
            let base = from - kept as u64;
            from += read as u64;
            let mut filled = kept + read;
            if read == 0 {
                if filled == 0 {
                    break;
                }
                // The last row ends as every other does.
                buffer[filled] = b'\n';
                filled += 1;
            }
            buffer[filled..(filled + LANES).min(limit + LANES)].fill(0);
            let mut start = 0;
            for (index, bytes) in buffer[..filled.next_multiple_of(LANES)].as_chunks::<LANES>().0.iter().enumerate().skip(kept / LANES) {
                let mut ends = places(bytes, b'\n');
                while ends != 0 {
                    let stop = index * LANES + ends.trailing_zeros() as usize;
                    ends &= ends - 1;
                    // What ends before `kept` was seen the time before.
                    if stop < kept {
                        continue;
                    }
                    if !std::mem::take(&mut skip) {
                        if base + start as u64 >= end {
                            break 'file;
                        }
                        self.row(source, &buffer[start..stop])?;
                    }
                    start = stop + 1;
                }
            }
            if read == 0 {
                break;
            }
            buffer.copy_within(start..filled, 0);
            kept = filled - start;
        }
        self.buffer = buffer;
        Ok(())
    }

    #[inline]
    fn row(&mut self, source: &Source, line: &[u8]) -> io::Result<()> {
        match &source.content {
            Content::Indicator(indicator, columns) => {
                // The usual place of the first two columns: most rows are settled here.
                if columns.usual
                    && let Some(start) = line.first_chunk::<16>()
                    && ((columns.charter == NONE && start[14..] == *b"\tS") || u128::from_ne_bytes(*start) == self.school)
                {
                    return Ok(());
                }
                self.indicator_row(source, *indicator, columns, line)
            }
            &Content::Local { key, priority, answer } => self.local_row(source, [key, priority, answer], line),
        }
    }

    fn split(&mut self, source: &Source, line: &[u8], last: usize) {
        self.cells.clear();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let mut start = 0;
        for (index, bytes) in line.chunks(LANES).enumerate() {
            let mut ends = match bytes.try_into() {
                Ok(bytes) => places(bytes, source.delimiter),
                Err(_) => {
                    let mut padded = [0; LANES];
                    padded[..bytes.len()].copy_from_slice(bytes);
                    places(&padded, source.delimiter)
                }
            };
            while ends != 0 {
                let at = (index * LANES) as u32 + ends.trailing_zeros();
                ends &= ends - 1;
                self.cells.push((start, at));
                start = at + 1;
                if self.cells.len() > last {
                    return;
                }
            }
        }
        self.cells.push((start, line.len() as u32));
    }

    #[inline]
    fn cell<'a>(&self, line: &'a [u8], column: usize) -> &'a [u8] {
        match self.cells.get(column) {
            Some(&(start, end)) => &line[start as usize..end as usize],
            None => b"",
        }
    }

    fn indicator_row(&mut self, source: &Source, indicator: Indicator, columns: &Columns, line: &[u8]) -> io::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        self.split(source, line, columns.last);
        let cds = self.cell(line, columns.key);
        match self.cell(line, columns.rtype) {
            b"D" | b"L" if cds != b"99999990000000" => {}
            b"S" if columns.charter != NONE && self.cell(line, columns.charter) == b"Y" => {}
            b"S" => {
                if columns.usual {
                    self.school = line.first_chunk().map_or(0, |start| u128::from_ne_bytes(*start));
                }
                return Ok(());
            }
            _ => return Ok(()),
        }
        let (agency, kind) = self.known(cds)?;
        if source.year == 2025 {
            self.facts[agency].listed = true;
        }
        let group = if columns.group == NONE { EL } else { group(self.cell(line, columns.group))? };
        if group == NONE {
            return Ok(());
        }

        let level = |cell: &[u8]| match cell {
            [] | b"0" => Ok(0),
            [digit @ b'1'..=b'5'] => Ok(digit - b'0'),
            _ => Err(bad("no level:", cell)),
        };
        let color = level(self.cell(line, columns.color))?;
        let status = level(self.cell(line, columns.status))?;
        let pupils = self.cell(line, columns.pupils);
        let enough = enough(pupils, if kind != Kind::Charter && matches!(group, FOS | HOM | LTEL) { 15 } else { 30 })?;
        let enough_by_flag = self.cell(line, columns.enough) == b"Y";

        let sets = &mut self.facts[agency].groups;
        let i = indicator as usize;
        let mut set = |question: usize, yes: bool| sets[question] |= u16::from(yes) << group;
        let orange = matches!(color, 1 | 2);
        match source.year {
            2022 => {
                set(LOWEST_2022 + i, status == 1);
                set(ENOUGH_2022 + i, enough);
            }
            2023 if indicator == Indicator::Cci => set(RED_2023 + i, status == 1 && enough_by_flag),
            2023 => set(RED_2023 + i, color == 1),
            2024 => set(RED_2024 + i, color == 1),
            _ => {
                set(RED_2025 + i, color == 1);
                set(COLOR_2025 + i, color != 0);
                set(STATUS_2025 + i, status != 0);
                set(ENOUGH_2025 + i, enough);
            }
        }
        let tests = match source.year {
            2023 => ORANGE_2023,
            2024 => ORANGE_2024,
            _ => ORANGE_2025,
        };
        match indicator {
            Indicator::Ela => set(tests, orange),
            Indicator::Math => set(tests + 1, orange),
            Indicator::Elpi if source.year == 2025 => set(ELPI_ORANGE_2025, orange),
            _ => {}
        }
        Ok(())
    }

    fn local_row(&mut self, source: &Source, [key, priority, answer]: [usize; 3], line: &[u8]) -> io::Result<()> {
        if line.is_empty() {
            return Ok(());
        }
        self.split(source, line, key.max(priority).max(answer));
        let (agency, _) = self.known(self.cell(line, key))?;
        self.facts[agency].listed |= source.year == 2025;
        let answer = self.cell(line, answer);
        if answer.eq_ignore_ascii_case(b"Not Met For Two or More Years") {
            let number = self.cell(line, priority);
            let bit = LOCAL.iter().position(|local| local.to_string().as_bytes() == number).ok_or_else(|| bad("no priority:", number))?;
            self.facts[agency].local[usize::from(source.year - 2024)] |= 1 << bit;
        }
        Ok(())
    }

    /// The agency with this key; files have the rows of an agency one after the other.
    #[inline]
    fn known(&mut self, cds: &[u8]) -> io::Result<(usize, Kind)> {
        if let Some((last, agency, kind)) = &self.last
            && cds == last
        {
            return Ok((*agency, *kind));
        }
        let text: [u8; 14] = cds.try_into().map_err(|_| bad("no key:", cds))?;
        if !text.iter().all(u8::is_ascii_digit) {
            return Err(bad("no key:", cds));
        }
        let key = text.iter().fold(0, |key, digit| key * 10 + u64::from(digit - b'0'));
        let agency = self.agency(key);
        let kind = Kind::of(key);
        self.last = Some((text, agency, kind));
        Ok((agency, kind))
    }
}

/// The student group of a code; [`NONE`] for those that are shown but are none.
#[inline]
fn group(code: &[u8]) -> io::Result<usize> {
    Ok(match code {
        b"AA" => 0,
        b"AI" => 1,
        b"AS" => 2,
        b"EL" => 3,
        b"FI" => 4,
        b"FOS" => 5,
        b"HI" => 6,
        b"HOM" => 7,
        b"MR" | b"TOM" => 8,
        b"PI" => 9,
        b"SED" => 10,
        b"SWD" => 11,
        b"WH" => 12,
        b"LTEL" => LTEL,
        b"ALL" | b"EO" | b"ELO" | b"RFP" | b"SBA" | b"CAA" | b"CAST" => NONE,
        _ => return Err(bad("no student group:", code)),
    })
}

/// Whether a number of pupils, if there is one, is at least `least`.
#[inline]
fn enough(pupils: &[u8], least: u32) -> io::Result<bool> {
    let mut number = 0u32;
    for digit in pupils {
        if !digit.is_ascii_digit() {
            return Err(bad("no number of pupils:", pupils));
        }
        number = number.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
    }
    Ok(number >= least)
}
