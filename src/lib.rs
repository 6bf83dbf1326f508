//! Enact: a small rule language for eligibility law, and the engine that runs it.

pub mod assess;
pub mod check;
pub mod cli;
pub mod diagnostic;
pub mod eval;
pub mod explain;
pub mod facts;
pub mod import;
pub mod library;
pub mod program;
pub mod report;
pub mod scenario;
pub mod source;
pub mod span;
pub mod syntax;
