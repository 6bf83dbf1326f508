//! The column engine: the same program over all subjects at once.
//!
//! ```text
//! Program --expand--> Circuit --schedule--> instructions per kind of subject
//!                        |                              |
//!                      cells                            v
//! Facts --columns--> planes of possible values -----> run, 64 subjects to a word, blocks over threads
//!                                                       |
//!                                     settled: answers and members from planes
//!                                     open:    settle, subject by subject, over its open cells
//! ```
//!
//! Every gate of the circuit has two bit planes: *can be yes* and *can be no*. Where both are set the gate is open.
//! Planes alone are exact for a gate whose operands rest on different cells; where operands share cells the circuit
//! decides over the shared cells if they are few ([`Gate::Decide`]), and otherwise marks the gate as inexact. Where an
//! inexact gate is open, or an answer is, the gates that planes leave open are settled exactly with decision diagrams. So
//! answers and undetermined cells are always those of the reference evaluator, [`crate::eval`], which shares no code
//! with the engine but the diagrams; tests compare the two.

mod circuit;
mod columns;
mod definite;
mod dump;
mod expand;
mod list;
mod plane;
mod rows;
mod run;
mod schedule;
mod settle;
mod tally;
mod trail;

pub use circuit::{CellIndex, Circuit, Gate, Lit, classes};
pub use dump::{Counts, counts, dump};
pub use expand::{Asked, Check, Expanded, Giving, Part, Question, expand};
pub use list::{Block, Engine, Held, Lane, Listed, Loaded};
pub use rows::{Row, Rows};
pub use tally::{Tally, tally};
pub use trail::{Trail, TrailKind};
