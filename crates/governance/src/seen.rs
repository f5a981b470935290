//! When the files of a governance directory last changed, to tell whether they did since.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// The most files that are looked at, as many as are read.
const MOST_FILES: usize = 10_000;
/// How deep folders are followed.
const MOST_DEPTH: usize = 4;
/// What is read.
const LOOKED_AT: [&str; 8] = [
    "syndic.yaml",
    "agents",
    "actions",
    "approvers",
    "calendars",
    "detectors",
    "compliance",
    "policies",
];

/// When each file last changed, and its size.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seen(BTreeMap<PathBuf, (Option<SystemTime>, u64)>);

impl Seen {
    /// Looks at the files in `dir`, and reads none.
    #[must_use]
    pub fn look(dir: &Path) -> Self {
        let mut seen = Self::default();
        for name in LOOKED_AT {
            seen.visit(&dir.join(name), MOST_DEPTH);
        }
        seen
    }

    fn visit(&mut self, path: &Path, depth: usize) {
        let Ok(metadata) = fs::metadata(path) else { return };
        if self.0.len() >= MOST_FILES {
            return;
        }
        self.0.insert(path.to_owned(), (metadata.modified().ok(), metadata.len()));
        if metadata.is_dir() && depth > 0 {
            for entry in fs::read_dir(path).into_iter().flatten().flatten() {
                self.visit(&entry.path(), depth - 1);
            }
        }
    }
}
