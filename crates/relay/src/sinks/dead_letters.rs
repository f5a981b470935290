//! Events that a sink never takes: a line each in `relay/<sink>.dead.jsonl`, without what they hold, which the ledger
//! has and may erase.

use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::json;

use crate::sinks::file::tail;

/// How long the file gets before the next one begins; the one before is kept.
const MOST_BYTES: u64 = 16 << 20;
/// How much of what a sink said is kept.
const MOST_REASON: usize = 500;

/// An event that its sink refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeadLetter {
    /// The record that completed it.
    pub(crate) index: u64,
    pub(crate) id: String,
    pub(crate) reason: String,
}

/// `relay/<sink>.dead.jsonl` in the data directory.
#[derive(Debug, Clone)]
pub(crate) struct DeadLetters {
    path: PathBuf,
}

impl DeadLetter {
    pub(crate) fn new(index: u64, id: String, reason: &str) -> Self {
        let plain = reason.chars().map(|c| if c.is_control() { ' ' } else { c });
        Self { index, id, reason: plain.take(MOST_REASON).collect() }
    }
}

impl DeadLetters {
    pub(crate) fn new(data_dir: &Path, sink: &str) -> Self {
        Self { path: data_dir.join("relay").join(format!("{sink}.dead.jsonl")) }
    }

    /// Adds letters, durably. A letter may be there twice after a crash; one that was not written whole is taken away.
    /// Blocks on the disk.
    pub(crate) fn add(&self, letters: &[DeadLetter], at: Timestamp) -> io::Result<()> {
        if let Some(directory) = self.path.parent() {
            DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        if fs::metadata(&self.path).is_ok_and(|file| file.len() >= MOST_BYTES) {
            fs::rename(&self.path, self.path.with_extension("jsonl.1"))?;
        }
        let lines = letters.iter().map(|DeadLetter { index, id, reason }| {
            let line = json!({ "at": at, "index": index, "id": id, "reason": reason });
            format!("{line}\n")
        });
        let lines: String = lines.collect();
        let mut options = OpenOptions::new();
        let mut file = options.mode(0o600).create(true).append(true).read(true).open(&self.path)?;
        let bytes = file.metadata()?.len();
        if let Some(torn) = tail::last_line(&mut file, bytes)? {
            file.set_len(torn)?;
        }
        file.write_all(lines.as_bytes())?;
        file.sync_data()
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use jiff::Timestamp;

    use super::{DeadLetter, DeadLetters};

    #[test]
    fn a_letter_that_was_not_written_whole_is_taken_away() {
        let directory = tempfile::tempdir().unwrap();
        let letters = DeadLetters::new(directory.path(), "trail");
        let path = directory.path().join("relay/trail.dead.jsonl");
        let add = |id: &str| {
            let letter = DeadLetter::new(7, id.to_owned(), "no\nway");
            letters.add(&[letter], Timestamp::UNIX_EPOCH).unwrap();
            fs::read_to_string(&path).unwrap()
        };
        let (first, both) = (add("a"), add("b"));
        for torn in [1, 20, both.len() - first.len() - 1] {
            fs::write(&path, both.get(..both.len() - torn).unwrap()).unwrap();
            assert_eq!(add("b"), both);
        }
        assert!(first.contains(r#""id":"a""#) && first.contains(r#""reason":"no way""#), "{first}");
    }
}
