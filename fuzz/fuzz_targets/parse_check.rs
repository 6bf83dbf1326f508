//! Any text, read, checked and looked at as law beside a small one, with each problem shown in every format.

#![no_main]

use enact::diagnostic::{ErrorFormat, render};
use enact::library::Library;
use enact::lint::lint;
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
        let problems = lint(&library);
        for format in [ErrorFormat::Human, ErrorFormat::Plain, ErrorFormat::Json, ErrorFormat::Github, ErrorFormat::Sarif] {
            render(&problems, &library.sources, format);
        }
    }
});
