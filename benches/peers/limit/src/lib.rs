//! The list for the 2025 Dashboard, written by hand for exactly this law.
//!
//! Three steps, each of which can be timed alone: [`read::read`] turns CDE's files into [`Facts`], one 16-bit set of student
//! groups for each question the law asks of a cell; [`planes::Planes`] turns these sideways, one bit for each agency;
//! [`evaluate::evaluate`] answers 256 agencies at a time. [`list::write`] prints the list.

pub mod evaluate;
pub mod facts;
pub mod list;
pub mod planes;
pub mod read;

pub use evaluate::{Answers, evaluate};
pub use facts::Facts;
pub use planes::Planes;
