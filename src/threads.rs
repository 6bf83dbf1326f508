//! Work handed out over threads.

use std::sync::atomic::{AtomicUsize, Ordering};

/// As many threads as the machine runs at once.
pub(crate) fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// What `make` makes of each number below `n`, in order, on `threads` threads.
pub(crate) fn each<R: Send>(threads: usize, n: usize, make: impl Fn(usize) -> R + Sync) -> Vec<R> {
    let mut made = over_threads(threads, n, |next| {
        let mut out = Vec::new();
        while let Some(at) = next() {
            out.push((at, make(at)));
        }
        out
    });
    made.sort_by_key(|(at, _)| *at);
    made.into_iter().map(|(_, one)| one).collect()
}

/// Runs `work` on each of `threads` threads; `next` hands out the numbers below `n`, each once.
pub(crate) fn over_threads<R: Send>(threads: usize, n: usize, work: impl Fn(&dyn Fn() -> Option<usize>) -> Vec<R> + Sync) -> Vec<R> {
    let given = AtomicUsize::new(0);
    let next = || {
        let at = given.fetch_add(1, Ordering::Relaxed);
        (at < n).then_some(at)
    };
    if threads.min(n) <= 1 {
        return work(&next);
    }
    std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads.min(n)).map(|_| scope.spawn(|| work(&next))).collect();
        let mut out = Vec::new();
        for handle in handles {
            match handle.join() {
                Ok(mut part) => out.append(&mut part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        out
    })
}
