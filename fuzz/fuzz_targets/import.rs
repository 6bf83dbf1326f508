//! Any bytes, read as a data file of each layout that the golden sources declare. The first byte picks the layout.

#![no_main]

use enact::import::{InputFile, load};
use enact::library::Library;
use enact::program::Program;
use enact::source::Sources;
use libfuzzer_sys::fuzz_target;
use std::sync::OnceLock;

fn program() -> &'static Program {
    static PROGRAM: OnceLock<Program> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let mut sources = Sources::default();
        sources.add("base.enact", include_str!("../../tests/golden/base.enact"));
        sources.add("sources.enact", include_str!("../../tests/golden/data/sources.enact"));
        Library::new(sources).program.expect("the golden sources are right")
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Some((first, bytes)) = bytes.split_first() else { return };
    let program = program();
    let source = &program.published[usize::from(*first) % program.published.len()];
    let file = InputFile {
        name: "fuzz.txt".to_owned(),
        content: bytes.to_vec().into(),
        source: Some(source.named.name.clone()),
        year: None,
        complete: None,
    };
    load(program, &[file], true, |_| {});
});
