//! Any text, read and checked beside a small law, with each problem shown in every format.

#![no_main]

use enact::diagnostic::{ErrorFormat, render};
use enact::library::Library;
use enact::source::Sources;
use libfuzzer_sys::fuzz_target;

const BASE: &str = include_str!("../../tests/golden/base.enact");

fuzz_target!(|text: &str| {
    for base in [Some(BASE), None] {
        let mut sources = Sources::default();
        if let Some(base) = base {
            sources.add("base.enact", base);
        }
        sources.add("fuzz.enact", text);
        let library = Library::new(sources);
        assert!(library.program.is_some() || !library.diagnostics.is_empty(), "refused without a word");
        for format in [ErrorFormat::Human, ErrorFormat::Plain, ErrorFormat::Json, ErrorFormat::Github] {
            render(&library.diagnostics, &library.sources, format);
        }
    }
});
