//! All integration tests, in one program.

mod bad_files;
mod bad_input;
mod cli;
mod coverage;
mod docs;
mod engine;
mod exact;
mod flip;
mod format;
mod generated;
mod layering;
mod mutants;
mod pages;
mod pictures;
mod published;
mod quirks;
mod readme;
mod scenarios;
mod schema;
mod snapshots;
mod streaming;
mod support;
mod synth;
