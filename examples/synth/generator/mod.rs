//! A made-up California in CDE's own file layouts, for load, scale and property tests.
//!
//! ```text
//! plan      who there is, and what lasts: size, groups, quality
//! results   pupils and results of each group and year, drawn from a stream of its own
//! levels    status, change, box and color by CDE's cut scores
//! layouts   which columns a file of a year has
//! rows      one row as text
//! files     whole files and the manifest; `local` for the local indicators; `memory` without a disk
//! assistance   lists of determinations, made by Enact itself from the generated files
//! dirt      damaged copies, and what must become of them
//! ```
//!
//! Nothing depends on what else was asked for: the value of a cell is the same with other years, without schools, and
//! in a larger state, whose first copy is the state of scale 1.

pub mod assistance;
pub mod calibration;
pub mod dirt;
pub mod files;
pub mod groups;
pub mod layouts;
pub mod levels;
pub mod local;
pub mod maths;
pub mod memory;
pub mod plan;
pub mod results;
pub mod rows;
pub mod words;
