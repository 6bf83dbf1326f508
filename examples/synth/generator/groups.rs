//! Student groups, in the order of CDE's files.

/// Number of groups, ALL and the groups shown for comparison included.
pub const GROUPS: usize = 20;

/// A student group by its place in CDE's files.
pub type Group = usize;

/// Codes, by group.
pub const CODES: [&str; GROUPS] =
    ["AA", "AI", "ALL", "AS", "CAA", "EL", "ELO", "EO", "FI", "FOS", "HI", "HOM", "LTEL", "MR", "PI", "RFP", "SBA", "SED", "SWD", "WH"];

pub const AA: Group = 0;
pub const AI: Group = 1;
pub const ALL: Group = 2;
pub const AS: Group = 3;
pub const CAA: Group = 4;
pub const EL: Group = 5;
pub const ELO: Group = 6;
pub const EO: Group = 7;
pub const FI: Group = 8;
pub const FOS: Group = 9;
pub const HI: Group = 10;
pub const HOM: Group = 11;
pub const LTEL: Group = 12;
pub const MR: Group = 13;
pub const PI: Group = 14;
pub const RFP: Group = 15;
pub const SBA: Group = 16;
pub const SED: Group = 17;
pub const SWD: Group = 18;
pub const WH: Group = 19;

/// Every pupil is in one of these; ALL is their sum.
pub const RACES: [Group; 8] = [AA, AI, AS, FI, HI, MR, PI, WH];

/// Shown in ELA and mathematics for comparison; not student groups of EC 52052.
pub const COMPARISON: [Group; 5] = [CAA, ELO, EO, RFP, SBA];

/// Whether a smaller number of pupils is enough in rows of districts and county offices.
pub fn small_is_enough(group: Group) -> bool {
    matches!(group, FOS | HOM | LTEL)
}
