//! How often each part of the rules is yes, no or open over many subjects: planes counted bit by bit.

use super::circuit::Circuit;
use super::expand::{Judging, Part, expand_all};
use super::list::{Engine, Plan};
use crate::eval::Setting;
use crate::facts::Facts;
use std::ops::AddAssign;

/// How often something was yes, no, and left open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Yes, whatever is unknown.
    pub yes: u64,
    /// No, whatever is unknown.
    pub no: u64,
    /// Undetermined.
    pub open: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.yes += other.yes;
        self.no += other.no;
        self.open += other.open;
    }
}

/// Judges every clause in force in `year`, and all that is below it in that year, for every subject and member.
///
/// What planes cannot tell is counted as open, so that nothing is counted as an answer that is none.
pub fn tally<'a>(setting: &'a Setting<'a>, facts: &Facts, year: i32, subjects: &[usize], threads: usize) -> Vec<(Part<'a>, Tally)> {
    let mut circuit = Circuit::default();
    let kinds = setting.program.subject.kinds.len();
    let (expanded, judged): (Vec<_>, Vec<Vec<Judging>>) = (0..kinds).map(|kind| expand_all(&mut circuit, setting, kind, year)).unzip();
    let plans = expanded.into_iter().map(|expanded| Plan::new(setting, &circuit, expanded)).collect();
    let engine = Engine { setting, circuit, kinds: plans };
    let loaded = engine.load(facts, subjects, threads);
    let found: Vec<(usize, Vec<Tally>)> = engine.blocks(&loaded, threads, |block, out| {
        let kind = block.kind();
        match out.iter_mut().find(|(own, _): &&mut (usize, Vec<Tally>)| *own == kind) {
            Some((_, tallies)) => {
                for (tally, judging) in tallies.iter_mut().zip(&judged[kind]) {
                    *tally += block.tally(judging.lit, judging.guard);
                }
            }
            None => out.push((kind, judged[kind].iter().map(|judging| block.tally(judging.lit, judging.guard)).collect())),
        }
    });
    found.iter().flat_map(|(kind, tallies)| judged[*kind].iter().map(|judging| judging.part).zip(tallies.iter().copied())).collect()
}
