//! Running again whenever a rule file changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How long changes are waited for before files are looked at again.
const PAUSE: Duration = Duration::from_millis(300);

/// Calls `run` now and after every change of a rule file below `path`, until it says to stop.
pub fn watch(path: &Path, mut run: impl FnMut() -> bool) {
    let mut seen = BTreeMap::new();
    loop {
        let now = files(path);
        if now != seen {
            seen = now;
            if !run() {
                return;
            }
        }
        std::thread::sleep(PAUSE);
    }
}

/// Every rule file with its size and when it was last written.
fn files(path: &Path) -> BTreeMap<PathBuf, (u64, Option<SystemTime>)> {
    fn walk(path: &Path, depth: usize, out: &mut BTreeMap<PathBuf, (u64, Option<SystemTime>)>) {
        let Ok(about) = fs::metadata(path) else { return };
        if about.is_dir() {
            let entries = fs::read_dir(path).into_iter().flatten().flatten();
            // a link can lead back to where it lies
            if depth < 24 {
                entries.for_each(|entry| walk(&entry.path(), depth + 1, out));
            }
        } else if path.extension().is_some_and(|ending| ending == "enact") || depth == 0 {
            out.insert(path.to_owned(), (about.len(), about.modified().ok()));
        }
    }
    let mut out = BTreeMap::new();
    walk(path, 0, &mut out);
    out
}
