//! Any text that can be read, laid out anew: the same tree, and nothing left to do.

#![no_main]

use enact::source::Sources;
use enact::syntax;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let mut sources = Sources::default();
    let before = sources.add("before.enact", text);
    let (tree, problems) = syntax::parse(&sources, before);
    let formatted = match syntax::format(&sources, before) {
        Ok(formatted) => formatted,
        Err(found) => {
            assert!(!problems.is_empty(), "{}", found[0].message);
            return;
        }
    };
    let after = sources.add("after.enact", formatted.as_str());
    assert!(syntax::parse(&sources, after).0 == tree, "another tree:\n{formatted}");
    assert_eq!(syntax::format(&sources, after).ok().as_deref(), Some(formatted.as_str()));
});
