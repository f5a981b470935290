//! Does something again whenever a file of the governance directory changes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

/// How often the files are looked at.
const PACE: Duration = Duration::from_millis(300);
/// The most files that are looked at, as many as are read.
const MOST_FILES: usize = 10_000;
/// How deep folders are followed.
const MOST_DEPTH: usize = 4;

/// When each file last changed, and its size.
type Seen = BTreeMap<PathBuf, (Option<SystemTime>, u64)>;

/// Runs `act` now and after every change, until the process is stopped.
pub(crate) fn each_change(dir: &Path, mut act: impl FnMut()) -> ! {
    loop {
        let before = look(dir);
        act();
        while look(dir) == before {
            thread::sleep(PACE);
        }
    }
}

fn look(dir: &Path) -> Seen {
    let mut seen = Seen::new();
    for name in ["syndic.yaml", "agents", "actions", "policies"] {
        visit(&dir.join(name), MOST_DEPTH, &mut seen);
    }
    seen
}

fn visit(path: &Path, depth: usize, seen: &mut Seen) {
    let Ok(metadata) = fs::metadata(path) else { return };
    if seen.len() >= MOST_FILES {
        return;
    }
    seen.insert(path.to_owned(), (metadata.modified().ok(), metadata.len()));
    if metadata.is_dir() && depth > 0 {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            visit(&entry.path(), depth - 1, seen);
        }
    }
}
