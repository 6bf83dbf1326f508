//! The picture of a fact: members of one category down, of another across, and which cells carried an answer.

use super::seen::Seen;
use super::{Explanation, MemberSeen, ShownWith, Verdict, View};
use crate::eval::diagram::bits;
use crate::eval::{Answer, CellKey, Doing};
use crate::program::*;
use rustc_hash::FxHashSet;
use serde::{Serialize, Serializer};

/// The cells of a fact in the year that is judged; of several facts, where each has columns of its own.
#[derive(Debug, Serialize)]
pub struct Grid {
    /// The facts.
    pub facts: Vec<GridFact>,
    /// The year.
    pub year: i32,
    /// What rows are: `student group`.
    pub row_label: String,
    /// What columns are.
    pub column_label: String,
    /// Members going down.
    pub rows: Vec<MemberSeen>,
    /// Members going across that the answers asked for and of which something is known or hangs on them.
    pub columns: Vec<GridColumn>,
    /// A list for each row, with a cell for each column.
    pub cells: Vec<Vec<GridCell>>,
}

/// A fact of a grid.
#[derive(Debug, Serialize)]
pub struct GridFact {
    /// Token.
    pub fact: String,
    /// Title, as the policies give it.
    pub title: String,
    /// What it means that a cell has no value, if that can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub absent: Option<String>,
}

/// A column of a grid.
#[derive(Debug, Serialize)]
pub struct GridColumn {
    /// Token of the fact.
    pub fact: String,
    /// Token of the member.
    pub member: String,
    /// The member in words.
    pub label: String,
}

impl Grid {
    /// Keeps the columns that `wanted` accepts, by their place.
    fn retain(&mut self, wanted: &dyn Fn(&Grid, usize) -> bool) {
        let keep: Vec<bool> = (0..self.columns.len()).map(|at| wanted(self, at)).collect();
        fn kept<T>(list: &mut Vec<T>, keep: &[bool]) {
            let mut at = keep.iter();
            list.retain(|_| at.next().copied().unwrap_or(false));
        }
        kept(&mut self.columns, &keep);
        self.cells.iter_mut().for_each(|row| kept(row, &keep));
    }

    fn column(&self, at: usize) -> impl Iterator<Item = &GridCell> {
        self.cells.iter().filter_map(move |row| row.get(at))
    }

    /// Takes in the columns of a later fact that has the same categories: those of members for which there is none yet.
    /// What cannot be taken in, because answers hang on both, is handed back.
    fn take(&mut self, mut other: Grid, across: &Category) -> Option<Grid> {
        if self.row_label != other.row_label || self.column_label != other.column_label {
            return Some(other);
        }
        let has = |grid: &Grid, at: usize| self.columns.iter().any(|own| own.member == grid.columns[at].member);
        let counts = |grid: &Grid, at: usize| grid.column(at).any(|cell| !cell.carries.is_empty() || !cell.could_settle.is_empty());
        if (0..other.columns.len()).any(|at| has(&other, at) && counts(&other, at)) {
            return Some(other);
        }
        other.retain(&|grid, at| !has(grid, at));
        if other.columns.is_empty() {
            return None;
        }
        self.facts.extend(other.facts);
        for (at, column) in other.columns.into_iter().enumerate() {
            let place = |column: &GridColumn| across.member(&column.member);
            let to = self.columns.iter().take_while(|own| place(own) < place(&column)).count();
            self.columns.insert(to, column);
            for (own, row) in self.cells.iter_mut().zip(&other.cells) {
                own.insert(to, row[at].clone());
            }
        }
        None
    }
}

/// One cell.
#[derive(Clone, Debug, Serialize)]
pub struct GridCell {
    /// Token of the value, `absent` if there is none; nothing if it is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The value in words, or what is known of it.
    pub words: String,
    /// Words of the values still possible, where several are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub possible: Vec<String>,
    /// Words of the values known not to be, where several are possible.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ruled_out: Vec<String>,
    /// For how many it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shown_with: Option<ShownWith>,
    /// Color of the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub swatch: Option<Swatch>,
    /// File it was read from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Row in the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<u32>,
    /// Eligible answers it carries.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub carries: Vec<Carries>,
    /// Undetermined answers it could still settle: their pathways.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub could_settle: Vec<String>,
}

impl GridCell {
    /// Whether it is known that there is no value.
    pub fn is_absent(&self) -> bool {
        self.possible.is_empty() && self.value.as_deref() == Some("absent")
    }

    /// Whether nothing is known of it, and nothing hangs on it.
    fn is_blank(&self) -> bool {
        !self.possible.is_empty() && self.ruled_out.is_empty() && self.could_settle.is_empty()
    }
}

/// An eligible answer that a cell carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Carries {
    /// Token of the pathway.
    pub pathway: String,
    /// The clause that gives it.
    pub clause: String,
}

/// Red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Swatch(pub [u8; 3]);

impl Swatch {
    /// `#b3261e`
    pub fn hex(self) -> String {
        let [red, green, blue] = self.0;
        format!("#{red:02x}{green:02x}{blue:02x}")
    }

    /// Whether white is read better on it than black: less luminous than the middle between both, by WCAG's measure,
    /// in millionths.
    pub fn is_dark(self) -> bool {
        // sqrt(1.05 * 0.05) - 0.05
        self.luminance() < 179_129
    }

    /// Relative luminance in millionths (WCAG 2.2), linear light by whole numbers.
    fn luminance(self) -> u64 {
        let [red, green, blue] = self.0.map(linear);
        (2126 * red + 7152 * green + 722 * blue) / 10_000
    }
}

/// Light of one channel in millionths: sRGB's curve, of which points every 16 steps are given and those between lie on a line.
fn linear(channel: u8) -> u64 {
    const POINTS: [u64; 17] = [
        0, 5_182, 14_444, 29_557, 51_269, 80_220, 116_971, 162_029, 215_861, 278_894, 351_533, 434_154, 527_115, 630_757, 745_404, 871_367,
        1_008_944,
    ];
    let (at, past) = (usize::from(channel) / 16, u64::from(channel) % 16);
    POINTS[at] + (POINTS[at + 1] - POINTS[at]) * past / 16
}

impl Serialize for Swatch {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.hex())
    }
}

/// Cells that carry a yes below `seen`.
fn carrying(seen: Seen, out: &mut FxHashSet<CellKey>) {
    if let Some(cell) = seen.cell().filter(|_| seen.verdict() == Verdict::Yes) {
        out.insert(cell);
    }
    seen.because().filter(|part| part.is_carried()).for_each(|part| carrying(part, out));
}

impl View<'_> {
    /// Pictures of what the answers asked for in the year that is judged.
    pub(super) fn grids(&self, explanation: &Explanation) -> Vec<Grid> {
        let asked: FxHashSet<CellKey> = explanation
            .pathways
            .iter()
            .flat_map(|pathway| &pathway.why)
            .take(1)
            .flat_map(|why| why.trace.steps())
            .filter_map(|step| match step.doing {
                Doing::Test(_, key) => Some(key),
                _ => None,
            })
            .collect();
        let carried: Vec<(Carries, FxHashSet<CellKey>)> = explanation
            .pathways
            .iter()
            .filter(|pathway| pathway.answer == Answer::Eligible)
            .flat_map(|pathway| pathway.why.iter().map(move |why| (pathway, why.seen())))
            .filter(|(_, seen)| seen.verdict() == Verdict::Yes)
            .map(|(pathway, seen)| {
                let mut cells = FxHashSet::default();
                carrying(seen, &mut cells);
                (Carries { pathway: pathway.pathway.clone(), clause: seen.citation().unwrap_or_default().to_owned() }, cells)
            })
            .collect();
        let mut out: Vec<Grid> = Vec::new();
        for (at, fact) in self.program.facts.iter().enumerate() {
            let (Some(title), [down, across]) = (&fact.grid, fact.categories.as_slice()) else { continue };
            let across = &self.program.categories[across.0];
            let mut grid = self.grid(explanation, FactId(at), title, [&self.program.categories[down.0], across], &asked, &carried);
            grid.retain(&|grid, at| grid.column(at).any(|cell| !cell.is_blank()));
            if grid.columns.is_empty() {
                continue;
            }
            let rest = match out.last_mut() {
                Some(last) => last.take(grid, across),
                None => Some(grid),
            };
            out.extend(rest);
        }
        out
    }

    fn grid(
        &self,
        explanation: &Explanation,
        id: FactId,
        title: &str,
        [down, across]: [&Category; 2],
        asked: &FxHashSet<CellKey>,
        carried: &[(Carries, FxHashSet<CellKey>)],
    ) -> Grid {
        let program = self.program;
        let fact = &program.facts[id.0];
        let year = if fact.yearly { explanation.year } else { 0 };
        let key = |row: usize, column: usize| CellKey { fact: id, year, offset: fact.offset(program, &[row, column]) };
        let rows: Vec<usize> = down.in_year(explanation.year).collect();
        let mut columns: Vec<usize> = across.in_year(explanation.year).collect();
        columns.retain(|column| rows.iter().any(|row| asked.contains(&key(*row, *column))));
        let cells = rows
            .iter()
            .map(|row| columns.iter().map(|column| self.grid_cell(explanation, key(*row, *column), carried)).collect())
            .collect();
        let named = |category: &Category, at: usize| (category.members[at].named.name.clone(), category.members[at].named.label.clone());
        Grid {
            facts: vec![GridFact { fact: fact.named.name.clone(), title: title.to_owned(), absent: fact.absent.clone() }],
            year: explanation.year,
            row_label: down.named.label.clone(),
            column_label: across.named.label.clone(),
            rows: rows
                .iter()
                .map(|row| {
                    let (member, label) = named(down, *row);
                    MemberSeen { member, label }
                })
                .collect(),
            columns: columns
                .iter()
                .map(|column| {
                    let (member, label) = named(across, *column);
                    GridColumn { fact: fact.named.name.clone(), member, label }
                })
                .collect(),
            cells,
        }
    }

    fn grid_cell(&self, explanation: &Explanation, key: CellKey, carried: &[(Carries, FxHashSet<CellKey>)]) -> GridCell {
        let program = self.program;
        let fact = &program.facts[key.fact.0];
        let members = fact.members_at(program, key.offset);
        let mask = self.facts.cell_on(program, key.fact, key.year, self.subject, key.offset, self.setting.as_of).mask;
        let seen = self.fact(key);
        let only = seen.known.then(|| mask.trailing_zeros() as usize);
        let words = |mask: Mask| bits(mask).map(|bit| fact.value_label(program, bit as usize, &members)).collect::<Vec<_>>();
        let (possible, ruled_out) = if seen.known { Default::default() } else { (words(mask), words(fact.full(program) & !mask)) };
        let names = super::view::member_names(program, fact, key.offset);
        let is_open = |open: &super::OpenCell| open.fact == fact.named.name && open.year.unwrap_or(0) == key.year && open.members == names;
        GridCell {
            value: only.map(|only| fact.value_name(program, only)),
            words: seen.value,
            possible,
            ruled_out,
            shown_with: seen.shown_with,
            swatch: match (&fact.kind, only) {
                (ValueKind::Values { values, .. }, Some(only)) => values.get(only).and_then(|value| value.swatch).map(Swatch),
                _ => None,
            },
            file: seen.file,
            row: seen.row,
            carries: carried
                .iter()
                .filter(|(_, cells)| cells.contains(&key))
                .map(|(own, _)| Carries { pathway: own.pathway.clone(), clause: own.clause.clone() })
                .collect(),
            could_settle: explanation
                .pathways
                .iter()
                .filter(|pathway| pathway.open.iter().any(is_open))
                .map(|pathway| pathway.pathway.clone())
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By WCAG's formula in floating point, which answers do not depend on.
    fn contrast(swatch: Swatch, other: f64) -> f64 {
        let light = |channel: u8| {
            let c = f64::from(channel) / 255.0;
            if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = swatch.0.map(light);
        let own = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        (own.max(other) + 0.05) / (own.min(other) + 0.05)
    }

    #[test]
    fn text_on_every_color_can_be_read() {
        for red in (0..=255).step_by(5) {
            for green in (0..=255).step_by(5) {
                for blue in (0..=255).step_by(5) {
                    let swatch = Swatch([red, green, blue]);
                    let text = if swatch.is_dark() { 1.0 } else { 0.0 };
                    assert!(contrast(swatch, text) >= 4.5, "{}", swatch.hex());
                }
            }
        }
    }
}
