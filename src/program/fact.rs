//! Facts: what can be known about a subject, and the sets of values a cell can have.

use super::{CategoryId, CodesId, FactId, Mask, Named, Program, ScaleId, Value};
use rust_decimal::Decimal;

/// Something that can be known about a subject.
#[derive(Clone, Debug)]
pub struct Fact {
    /// Token and words.
    pub named: Named,
    /// Categories it is given for, in order.
    pub categories: Vec<CategoryId>,
    /// Given for each year.
    pub yearly: bool,
    /// What a value can be.
    pub kind: ValueKind,
    /// What it means that there is none; `None` if there always is one.
    pub absent: Option<String>,
    /// Counts from its date on.
    pub dated: bool,
    /// Why it is never named among the facts that could be another, where it is not.
    pub fixed: Option<String>,
    /// From one year to the next it worsens by no more than one step along its scale.
    pub gradual: bool,
    /// The title of the picture in which its cells are shown, members of the first category down, of the second across.
    pub grid: Option<String>,
    /// The number that is shown beside a value: for how many it stands. Given for the same members and years.
    pub shown_with: Option<FactId>,
}

/// What a fact's value can be.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// One of these; ordered worst first if `scale`.
    Values {
        /// The values.
        values: Vec<Value>,
        /// Whether `or worse` makes sense.
        scale: Option<ScaleId>,
    },
    /// A code of a table.
    Code(CodesId),
    /// A number, seen by rules only through the boundaries they compare it with.
    Number {
        /// `pupils`
        unit: String,
        /// Ascending; see [`Boundary`].
        boundaries: Vec<Boundary>,
    },
}

/// A cut of the number line: numbers below `at` (or up to it, if `inclusive`) lie under the cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Boundary {
    /// Where.
    pub at: Decimal,
    /// Whether `at` itself lies under the cut.
    pub inclusive: bool,
}

impl Fact {
    /// How many values it can have, absence apart. Numbers count the classes between boundaries.
    pub fn n_values(&self, program: &Program) -> usize {
        match &self.kind {
            ValueKind::Values { values, .. } => values.len(),
            ValueKind::Code(codes) => program.code_tables[codes.0].values.len(),
            ValueKind::Number { boundaries, .. } => boundaries.len() + 1,
        }
    }

    /// The bit after the last value: no value.
    pub fn absent_bit(&self, program: &Program) -> Mask {
        1 << self.n_values(program)
    }

    /// Every value, and absence where the fact can be absent.
    pub fn full(&self, program: &Program) -> Mask {
        let values = self.absent_bit(program) - 1;
        if self.absent.is_some() { values | self.absent_bit(program) } else { values }
    }

    /// The class of a number.
    pub fn class_of(&self, number: Decimal) -> Option<usize> {
        match &self.kind {
            ValueKind::Number { boundaries, .. } => {
                Some(boundaries.iter().take_while(|cut| number > cut.at || (number == cut.at && !cut.inclusive)).count())
            }
            _ => None,
        }
    }

    /// Cells per subject and year.
    pub fn stride(&self, program: &Program) -> usize {
        self.categories.iter().map(|category| program.categories[category.0].members.len()).product()
    }

    /// Position of a cell within its stride.
    pub fn offset(&self, program: &Program, members: &[usize]) -> usize {
        self.categories.iter().zip(members).fold(0, |at, (category, member)| at * program.categories[category.0].members.len() + member)
    }

    /// The members a position stands for.
    pub fn members_at(&self, program: &Program, mut offset: usize) -> Vec<usize> {
        let mut members: Vec<usize> = self
            .categories
            .iter()
            .rev()
            .map(|category| {
                let n = program.categories[category.0].members.len();
                let member = offset % n;
                offset /= n;
                member
            })
            .collect();
        members.reverse();
        members
    }

    /// A value's token.
    pub fn value_name(&self, program: &Program, index: usize) -> String {
        if index >= self.n_values(program) {
            return "absent".to_owned();
        }
        match &self.kind {
            ValueKind::Values { values, .. } => values[index].name.clone(),
            ValueKind::Code(codes) => program.code_tables[codes.0].values[index].0.clone(),
            ValueKind::Number { boundaries, .. } => {
                let below = index.checked_sub(1).map(|i| boundaries[i]);
                let above = boundaries.get(index);
                let low = below.map(|cut| if cut.inclusive { format!("more than {}", cut.at) } else { format!("at least {}", cut.at) });
                let high = above.map(|cut| if cut.inclusive { format!("at most {}", cut.at) } else { format!("less than {}", cut.at) });
                match (low, high) {
                    (Some(low), Some(high)) => format!("{low} and {high}"),
                    (Some(only), None) | (None, Some(only)) => only,
                    (None, None) => "any number".to_owned(),
                }
            }
        }
    }

    /// A value's words where `members` are meant.
    pub fn value_label(&self, program: &Program, index: usize, members: &[usize]) -> String {
        if index >= self.n_values(program) {
            return self.absent.clone().unwrap_or_else(|| "absent".to_owned());
        }
        match &self.kind {
            ValueKind::Values { values, .. } => {
                let value = &values[index];
                for (category, with, label) in &value.variants {
                    let at = self.categories.iter().position(|own| own == category);
                    if at.and_then(|at| members.get(at)).is_some_and(|member| with.contains(member)) {
                        return label.clone();
                    }
                }
                value.label.clone()
            }
            ValueKind::Code(codes) => {
                let table = &program.code_tables[codes.0];
                let category = &program.categories[table.category.0];
                let (code, set) = &table.values[index];
                let names: Vec<&str> = set.iter().map(|member| category.members[*member].named.name.as_str()).collect();
                format!("{code} ({})", names.join(", "))
            }
            ValueKind::Number { unit, .. } => format!("{} {unit}", self.value_name(program, index)),
        }
    }
}
