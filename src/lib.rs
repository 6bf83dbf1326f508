//! Enact: a small rule language for eligibility law, and the engine that runs it.
//!
//! ```text
//! rule files --syntax--> trees --check--> Program --+--> import: published files -> Facts
//!                                                   |                                |
//!                                                   +--> eval: Program + Facts -> answers and steps
//!                                                            |            |             |
//!                                                         assess       explain       scenario
//!                                                            +--- report, cli ---+
//! ```
//!
//! Nothing here opens a file, prints or reads a clock, except `cli`.
//!
//! # Example
//!
//! What is not known stays open; an answer is given if every value it could have leads to the same.
//!
//! ```
//! use enact::eval::{Evaluator, Setting};
//! use enact::facts::Facts;
//! use enact::library::Library;
//! use enact::program::ClauseId;
//! use enact::source::Sources;
//!
//! let mut sources = Sources::default();
//! sources.add("roof.enact", r#"
//! code LC "Library Code"
//! subject library "public library"
//!   key 2 digits "number"
//! period season "season"
//!   published 2024 on 2024-09-01
//! fact leaks "leaks in the roof" each season
//!   yes or no
//! section LC 1 "Roofs"
//! version act-2024 in force from 2024-01-01
//! clause (a) "a roof that leaks"
//!   quote "any library whose roof leaks"
//!   when leaks is yes
//! "#);
//! let library = Library::new(sources);
//! let program = library.program.expect("no mistakes above");
//!
//! let mut facts = Facts::default();
//! let roof = facts.subject(&program, "17").expect("every key is a library");
//! let setting = Setting::new(&program, "2024-09-01".parse().unwrap());
//! let mut evaluator = Evaluator::new(&setting, &facts, roof, false);
//! let answer = evaluator.clause(ClauseId(0), 2024).node;
//! assert_eq!(answer.settled(), None);
//! assert_eq!(evaluator.open_cells(answer).len(), 1);
//! ```

pub mod assess;
pub mod check;
pub mod cli;
pub mod coverage;
pub mod diagnostic;
pub mod engine;
pub mod eval;
pub mod explain;
pub mod facts;
pub mod flip;
pub mod import;
pub mod library;
pub mod lint;
pub mod mutant;
pub mod program;
pub mod report;
pub mod scenario;
pub mod snapshot;
pub mod source;
pub mod span;
pub mod syntax;
mod threads;
