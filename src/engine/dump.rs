//! The circuit as text, gate by gate, with counts.

use super::circuit::{Circuit, Gate, Lit};
use super::expand::Expanded;
use crate::eval::diagram::bits;
use crate::program::*;
use rustc_hash::FxHashMap;

/// How many gates of which sort.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// All gates.
    pub gates: usize,
    /// Cells that are read.
    pub cells: usize,
    /// Tests of a cell.
    pub tests: usize,
    /// Conjunctions; disjunctions are their opposites.
    pub and: usize,
    /// Counts against a number.
    pub at_least: usize,
    /// One of two, by a condition.
    pub choose: usize,
    /// Decided by the cases of a cell.
    pub decide: usize,
    /// Published determinations that may stand in.
    pub recorded: usize,
    /// Open counts as no.
    pub settled: usize,
    /// Gates that planes may leave open though they are settled.
    pub inexact: usize,
    /// Longest way from a cell to an answer.
    pub depth: usize,
}

/// Counts the gates that `kinds` need.
pub fn counts(circuit: &Circuit, kinds: &[Expanded]) -> Counts {
    let needed = needed(circuit, kinds);
    let of = |sort: fn(&Gate) -> bool| circuit.gates().iter().zip(&needed).filter(|(gate, needed)| **needed && sort(gate)).count();
    let mut depths: Vec<usize> = Vec::with_capacity(circuit.gates().len());
    let mut cells = std::collections::BTreeSet::new();
    for (gate, needed) in circuit.gates().iter().zip(&needed) {
        let below = gate.operands().iter().map(|operand| depths[operand.gate()]).max();
        depths.push(if *needed { below.map_or(0, |below| below + 1) } else { 0 });
        if let (Gate::Test(cell, _), true) = (gate, *needed) {
            cells.insert(*cell);
        }
    }
    Counts {
        gates: needed.iter().skip(1).filter(|needed| **needed).count(),
        cells: cells.len(),
        tests: of(|gate| matches!(gate, Gate::Test(..))),
        and: of(|gate| matches!(gate, Gate::And(_))),
        at_least: of(|gate| matches!(gate, Gate::AtLeast(..))),
        choose: of(|gate| matches!(gate, Gate::Choose(..))),
        decide: of(|gate| matches!(gate, Gate::Decide(_))),
        recorded: of(|gate| matches!(gate, Gate::Recorded { .. })),
        settled: of(|gate| matches!(gate, Gate::Settled(_))),
        inexact: (0..needed.len()).filter(|at| needed[*at] && !circuit.exact(*at)).count(),
        depth: depths.into_iter().max().unwrap_or(0),
    }
}

fn needed(circuit: &Circuit, kinds: &[Expanded]) -> Vec<bool> {
    circuit.needed(&kinds.iter().flat_map(Expanded::wanted).collect::<Vec<_>>())
}

/// Every gate that `kinds` need in order, then what each kind of subject asks.
///
/// `names` says which clause stands behind a gate, where one does.
pub fn dump(program: &Program, circuit: &Circuit, kinds: &[Expanded], names: &FxHashMap<usize, String>) -> String {
    let cells: Vec<_> = circuit.cells().collect();
    let mut out = String::new();
    let needed = needed(circuit, kinds);
    for (at, gate) in circuit.gates().iter().enumerate().skip(1).filter(|(at, _)| needed[*at]) {
        let text = match gate {
            Gate::No => "no".to_owned(),
            Gate::Test(cell, yes) => {
                let key = cells[cell.0 as usize];
                let fact = &program.facts[key.fact.0];
                let members = fact.members_at(program, key.offset);
                let of: Vec<&str> = fact
                    .categories
                    .iter()
                    .zip(&members)
                    .map(|(category, member)| program.categories[category.0].members[*member].named.name.as_str())
                    .collect();
                let values: Vec<String> = bits(*yes).map(|bit| fact.value_name(program, bit as usize)).collect();
                let year = if fact.yearly { format!(" in {}", key.year) } else { String::new() };
                format!("test {} {}{year} is {}", fact.named.name, of.join(" "), values.join(" or ")).replace("  ", " ")
            }
            Gate::And(items) => format!("all of {}", list(items)),
            Gate::AtLeast(n, items) => format!("at least {n} of {}", list(items)),
            Gate::Choose(condition, then, otherwise) => format!("if {} then {} else {}", name(*condition), name(*then), name(*otherwise)),
            Gate::Decide(arms) => {
                let arms: Vec<String> = arms.iter().map(|(test, then)| format!("{} gives {}", name(*test), name(*then))).collect();
                format!("by cases {}", arms.join(", "))
            }
            Gate::Recorded { rule, by, only_if } => format!("{}, or if open {} where {}", name(*rule), name(*by), name(*only_if)),
            Gate::Settled(item) => format!("settled {}", name(*item)),
        };
        let clause = names.get(&at).map(|clause| format!("  # {clause}")).unwrap_or_default();
        let inexact = if circuit.exact(at) { "" } else { "  (inexact)" };
        out.push_str(&format!("g{at} = {text}{inexact}{clause}\n"));
    }
    for expanded in kinds {
        out.push_str(&format!("\n{}\n", program.subject.kinds[expanded.kind].named.name));
        for asked in &expanded.pathways {
            let pathway = &program.pathways[asked.pathway.0].named.name;
            match asked.fixed {
                Some(answer) => out.push_str(&format!("  {pathway}: {}\n", answer.words())),
                None => out.push_str(&format!("  {pathway}: {}\n", name(asked.any))),
            }
            for giving in &asked.giving {
                out.push_str(&format!("    {}: {}\n", program.clauses[giving.clause.0].citation, name(giving.trail.lit)));
            }
        }
    }
    out
}

fn name(lit: Lit) -> String {
    match lit.constant() {
        Some(true) => "always".to_owned(),
        Some(false) => "never".to_owned(),
        None if lit.negated() => format!("!g{}", lit.gate()),
        None => format!("g{}", lit.gate()),
    }
}

fn list(items: &[Lit]) -> String {
    items.iter().map(|item| name(*item)).collect::<Vec<_>>().join(", ")
}
