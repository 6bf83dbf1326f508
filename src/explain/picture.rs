//! Grids and strips of years for a terminal.

use super::{Explanation, Grid, GridCell, GridColumn, GridFact, MemberSeen, Strip, StripYear, Swatch};
use crate::eval::Answer;
use std::fmt::Write;

/// Lines are not longer than this.
const WIDTH: usize = 100;

/// The pictures as text; `color` puts a swatch beside each word that has one.
pub fn pictures(explanation: &Explanation, color: bool) -> String {
    let mut out = String::new();
    for grid in &explanation.grids {
        self::grid(explanation, grid, color, &mut out);
    }
    strips(explanation, &mut out);
    out
}

/// The letter that marks an eligible answer in grids: those that some cell carries, in the order of the pathways.
pub(super) fn marks<'e>(explanation: &'e Explanation) -> Vec<(char, &'e str, &'e str)> {
    let mut found: Vec<(&str, &str)> = Vec::new();
    for carries in explanation.grids.iter().flat_map(|grid| grid.cells.iter().flatten()).flat_map(|cell| &cell.carries) {
        let own = (carries.pathway.as_str(), carries.clause.as_str());
        if !found.contains(&own) {
            found.push(own);
        }
    }
    let place = |(pathway, clause): &(&str, &str)| {
        explanation.pathways.iter().position(|own| own.pathway == *pathway).map(|at| (at, clause.to_string()))
    };
    found.sort_by_key(place);
    ('a'..='z').zip(found).map(|(letter, (pathway, clause))| (letter, pathway, clause)).collect()
}

/// The marks of a cell.
pub(super) fn marks_of(cell: &GridCell, marks: &[(char, &str, &str)]) -> String {
    let is_own = |(_, pathway, clause): &&(char, &str, &str)| cell.carries.iter().any(|c| c.pathway == *pathway && c.clause == *clause);
    marks.iter().filter(is_own).map(|(letter, ..)| *letter).collect()
}

/// A pathway's words.
pub(super) fn pathway_label<'e>(explanation: &'e Explanation, token: &'e str) -> &'e str {
    explanation.pathways.iter().find(|pathway| pathway.pathway == token).map_or(token, |pathway| &pathway.label)
}

/// What of a grid is drawn: rows and columns in which some cell has a value or could have one, and those that have none.
pub(super) struct Drawn<'g> {
    pub rows: Vec<(&'g MemberSeen, Vec<&'g GridCell>)>,
    pub columns: Vec<&'g GridColumn>,
    pub no_rows: Vec<&'g MemberSeen>,
    pub no_columns: Vec<&'g GridColumn>,
}

impl<'g> Drawn<'g> {
    pub fn new(grid: &'g Grid) -> Self {
        let (columns, no_columns): (Vec<usize>, Vec<usize>) =
            (0..grid.columns.len()).partition(|at| grid.cells.iter().any(|row| !row[*at].is_absent()));
        let (mut rows, mut no_rows) = (Vec::new(), Vec::new());
        for (member, cells) in grid.rows.iter().zip(&grid.cells) {
            if cells.iter().all(GridCell::is_absent) {
                no_rows.push(member);
            } else {
                rows.push((member, columns.iter().map(|at| &cells[*at]).collect()));
            }
        }
        let of = |list: Vec<usize>| list.into_iter().map(|at| &grid.columns[at]).collect();
        Self { rows, columns: of(columns), no_rows, no_columns: of(no_columns) }
    }

    pub fn cells(&self) -> impl Iterator<Item = &'g GridCell> + '_ {
        self.rows.iter().flat_map(|(_, cells)| cells.iter().copied())
    }
}

/// `Performance levels; Status levels of CCI`
pub(super) fn title(grid: &Grid) -> String {
    let of = |(at, fact): (usize, &GridFact)| match at {
        0 => fact.title.clone(),
        _ => format!("{} of {}", fact.title, own_columns(grid, fact)),
    };
    grid.facts.iter().enumerate().map(of).collect::<Vec<_>>().join("; ")
}

/// What it means that a cell has no value: for each fact of the grid of which that is so.
pub(super) fn absent(grid: &Grid) -> String {
    let is_shown = |fact: &GridFact| {
        let at = |row: &[GridCell]| grid.columns.iter().zip(row).any(|(column, cell)| column.fact == fact.fact && cell.is_absent());
        grid.cells.iter().any(|row| at(row))
    };
    let mut out = String::new();
    for (at, fact) in grid.facts.iter().enumerate().filter(|(_, fact)| is_shown(fact)) {
        let Some(absent) = &fact.absent else { continue };
        if !out.is_empty() {
            out.push_str("; ");
        }
        if at > 0 {
            let _ = write!(out, "{}: ", own_columns(grid, fact));
        }
        out.push_str(absent);
    }
    out
}

fn own_columns(grid: &Grid, fact: &GridFact) -> String {
    let own = grid.columns.iter().filter(|column| column.fact == fact.fact);
    own.map(|column| column.member.as_str()).collect::<Vec<_>>().join(", ")
}

/// What is known of a cell, in a word or two.
pub(super) fn short(cell: &GridCell) -> String {
    if cell.is_absent() {
        "-".to_owned()
    } else if cell.possible.is_empty() {
        cell.words.clone()
    } else if cell.ruled_out.is_empty() {
        "?".to_owned()
    } else if cell.ruled_out.len() < cell.possible.len() {
        format!("not {}", cell.ruled_out.join("/"))
    } else {
        cell.possible.join("/")
    }
}

fn grid(explanation: &Explanation, grid: &Grid, color: bool, out: &mut String) {
    let marks = marks(explanation);
    let drawn = Drawn::new(grid);
    let rows = &drawn.rows;
    let _ = writeln!(out, "{}, {} {}\n{} down, {} across", title(grid), explanation.period, grid.year, grid.row_label, grid.column_label);
    let texts: Vec<Vec<(String, Option<Swatch>)>> = rows
        .iter()
        .map(|(_, cells)| {
            let text = |cell: &GridCell| {
                let mut text = short(cell);
                let own = marks_of(cell, &marks);
                if !own.is_empty() {
                    let _ = write!(text, " ({own})");
                }
                if !cell.could_settle.is_empty() {
                    text.push_str(" *");
                }
                (text, cell.swatch)
            };
            cells.iter().copied().map(text).collect()
        })
        .collect();
    let n = drawn.columns.len();
    let swatch = if color { 3 } else { 0 };
    let widths: Vec<usize> = (0..n)
        .map(|at| {
            let head = drawn.columns[at].member.chars().count();
            texts.iter().map(|row| row[at].0.chars().count()).chain([head]).max().unwrap_or(head) + swatch
        })
        .collect();
    let code = rows.iter().map(|(member, _)| member.member.chars().count()).max().unwrap_or(0);
    let label = rows.iter().map(|(member, _)| member.label.chars().count()).max().unwrap_or(0);
    let taken = 2 + code + widths.iter().map(|width| width + 2).sum::<usize>();
    let labelled = taken + label + 2 <= WIDTH;
    let head = |member: &MemberSeen| match labelled {
        true => format!("  {:code$}  {:label$}", member.member, member.label),
        false => format!("  {:code$}", member.member),
    };
    if !rows.is_empty() {
        let mut line = " ".repeat(2 + code + if labelled { label + 2 } else { 0 });
        for (column, width) in drawn.columns.iter().zip(&widths) {
            let _ = write!(line, "  {:swatch$}{:2$}", "", column.member, width - swatch);
        }
        let _ = writeln!(out, "\n{}", line.trim_end());
    }
    for ((member, _), texts) in rows.iter().zip(&texts) {
        let mut line = head(member);
        for ((text, own), width) in texts.iter().zip(&widths) {
            line.push_str("  ");
            match own.filter(|_| color) {
                Some(own) => line.push_str(&format!("{} ", block(own))),
                None => line.push_str(&" ".repeat(swatch)),
            }
            let _ = write!(line, "{text:0$}", width - swatch);
        }
        let _ = writeln!(out, "{}", line.trim_end());
    }
    let _ = writeln!(out);
    for (letter, pathway, clause) in &marks {
        if drawn.cells().any(|cell| marks_of(cell, &marks).contains(*letter)) {
            let _ = writeln!(out, "  ({letter}) carries: {}, {clause}", pathway_label(explanation, pathway));
        }
    }
    let open = settled(explanation, &drawn);
    if !open.is_empty() {
        let _ = writeln!(out, "  * could still settle: {}", open.join("; "));
    }
    if drawn.cells().any(|cell| !cell.possible.is_empty() && cell.ruled_out.is_empty()) {
        let _ = writeln!(out, "  ? not known");
    }
    let absent = absent(grid);
    if !absent.is_empty() {
        wrapped(out, "  - ", " ", &absent.split(' ').map(str::to_owned).collect::<Vec<_>>());
    }
    let down = |member: &&MemberSeen| format!("{} {}", member.member, member.label);
    let across = |column: &&GridColumn| format!("{} {}", column.member, column.label);
    let none: Vec<String> = drawn.no_rows.iter().map(down).chain(drawn.no_columns.iter().map(across)).collect();
    if !none.is_empty() {
        wrapped(out, "  - throughout: ", "; ", &none);
    }
    if !labelled {
        wrapped(out, "  down: ", "; ", &rows.iter().map(|(member, _)| down(member)).collect::<Vec<_>>());
    }
    wrapped(out, "  across: ", "; ", &drawn.columns.iter().map(across).collect::<Vec<_>>());
    let _ = writeln!(out);
}

/// Pathways that cells of a grid could still settle.
pub(super) fn settled<'e>(explanation: &'e Explanation, drawn: &Drawn) -> Vec<&'e str> {
    let open = explanation.pathways.iter().filter(|own| drawn.cells().any(|cell| cell.could_settle.contains(&own.pathway)));
    open.map(|own| own.label.as_str()).collect()
}

/// Words, separated by `mark`, on lines that fit.
fn wrapped(out: &mut String, start: &str, mark: &str, words: &[String]) {
    let indent = start.chars().count();
    let (mut line, mut len) = (start.to_owned(), indent);
    for (at, word) in words.iter().enumerate() {
        let more = if at + 1 < words.len() { mark.trim_end() } else { "" };
        let n = word.chars().count() + more.len();
        if len > indent && len + 1 + n > WIDTH {
            let _ = writeln!(out, "{line}");
            (line, len) = (" ".repeat(indent), indent);
        } else if len > indent {
            line.push(' ');
            len += 1;
        }
        line.push_str(word);
        line.push_str(more);
        len += n;
    }
    let _ = writeln!(out, "{line}");
}

/// Two columns in the nearest color of the 256 that terminals have.
fn block(swatch: Swatch) -> String {
    const LEVELS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    let nearest = |channel: u8| (0..6).min_by_key(|at| LEVELS[*at].abs_diff(channel)).unwrap_or(0);
    let [red, green, blue] = swatch.0.map(nearest);
    format!("\u{1b}[48;5;{}m  \u{1b}[0m", 16 + 36 * red + 6 * green + blue)
}

/// A year's answer in a word.
fn word(year: &StripYear) -> &'static str {
    match year.answer {
        Answer::Eligible => "yes",
        Answer::NotEligible => "no",
        Answer::Undetermined if !year.data => "no data",
        Answer::Undetermined => "open",
        Answer::NotApplicable => "-",
        Answer::Suspended => "suspended",
    }
}

/// The clauses that carry a pathway, each with its years: `EC 52071(c)(1) in 2023, 2024`.
pub(super) fn clauses(strip: &Strip) -> Vec<String> {
    let mut by: Vec<(String, Vec<String>)> = Vec::new();
    for year in strip.years.iter().filter(|year| !year.by.is_empty()) {
        let clauses = if year.either { vec![year.by.join(" or ")] } else { year.by.clone() };
        for clause in clauses {
            match by.iter_mut().find(|(own, _)| *own == clause) {
                Some((_, years)) => years.push(year.year.to_string()),
                None => by.push((clause, vec![year.year.to_string()])),
            }
        }
    }
    by.into_iter().map(|(clause, years)| format!("{clause} in {}", years.join(", "))).collect()
}

fn strips(explanation: &Explanation, out: &mut String) {
    let strips: Vec<&Strip> = explanation.strips.iter().filter(|strip| strip.ever_applies()).collect();
    if strips.is_empty() {
        return;
    }
    let _ = writeln!(out, "Year by year, each by the law in force on the day of that year's determinations");
    for strip in &strips {
        let _ = writeln!(out, "\n  {}", strip.label);
        let cells: Vec<[String; 3]> =
            strip.years.iter().map(|year| [year.year.to_string(), word(year).to_owned(), year.status.join("; ")]).collect();
        let width = |cell: &[String; 3]| cell.iter().map(|text| text.chars().count()).max().unwrap_or(0);
        for at in 0..3 {
            let mut line = "   ".to_owned();
            for cell in &cells {
                let _ = write!(line, " {:1$} ", cell[at], width(cell));
            }
            if !line.trim().is_empty() {
                let _ = writeln!(out, "{}", line.trim_end());
            }
        }
        let by = clauses(strip);
        if !by.is_empty() {
            wrapped(out, "    by ", "; ", &by);
        }
    }
    let words: Vec<&str> = strips.iter().flat_map(|strip| &strip.years).map(word).collect();
    let legend: Vec<String> = [
        ("yes", "yes: eligible"),
        ("no", "no: not eligible"),
        ("open", "open: the data leave it undetermined"),
        ("no data", "no data: undetermined, and no file of that year lists it"),
        ("suspended", "suspended: no determinations that year"),
        ("-", "-: no clause gives it"),
    ]
    .into_iter()
    .filter(|(word, _)| words.contains(word))
    .map(|(_, says)| says.to_owned())
    .collect();
    let _ = writeln!(out);
    wrapped(out, "  ", "; ", &legend);
    let _ = writeln!(out);
}
