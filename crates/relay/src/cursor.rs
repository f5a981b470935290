//! Where a follower of the ledger is: a small file, replaced as a whole.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const VERSION: u8 = 1;

/// `relay/<name>.json` in the data directory.
#[derive(Debug, Clone)]
pub(crate) struct CursorFile {
    path: PathBuf,
}

/// How far a follower has come, and what it has still to do for the records before.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cursor<S> {
    v: u8,
    /// The record it reads next.
    pub(crate) next_index: u64,
    /// What is still to do.
    pub(crate) state: S,
}

impl<S> Cursor<S> {
    pub(crate) const fn new(next_index: u64, state: S) -> Self {
        Self { v: VERSION, next_index, state }
    }
}

impl<S: Serialize> Cursor<S> {
    /// Writes what has only text keys, which cannot fail.
    pub(crate) fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl CursorFile {
    pub(crate) fn new(data_dir: &Path, name: &str) -> Self {
        Self { path: data_dir.join("relay").join(format!("{name}.json")) }
    }

    /// Reads the cursor; `None` where there never was one. One that cannot be read is an error, for whom a new beginning
    /// would leave a gap.
    pub(crate) fn find<S: DeserializeOwned>(&self) -> Result<Option<Cursor<S>>, String> {
        let path = self.path.display();
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("its cursor `{path}` cannot be read: {error}")),
        };
        match serde_json::from_slice::<Cursor<S>>(&bytes) {
            Ok(cursor) if cursor.v == VERSION => Ok(Some(cursor)),
            Ok(_) | Err(_) => Err(format!(
                "`{path}` is no cursor: put back the one that was there, or remove it to begin where `start` says"
            )),
        }
    }

    /// Reads the cursor; `None` where there is none that could be used, which is told where there is a file.
    pub(crate) fn read<S: DeserializeOwned>(&self) -> Option<Cursor<S>> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) => {
                if error.kind() != io::ErrorKind::NotFound {
                    tracing::warn!(path = %self.path.display(), %error, "cannot read where a relay was");
                }
                return None;
            }
        };
        match serde_json::from_slice::<Cursor<S>>(&bytes) {
            Ok(cursor) if cursor.v == VERSION => Some(cursor),
            Ok(_) | Err(_) => {
                tracing::warn!(
                    path = %self.path.display(),
                    "this is not where a relay was; it begins anew"
                );
                None
            }
        }
    }

    /// Writes an encoded cursor, whole and durable: after a crash there is the old one or the new one.
    pub(crate) fn write(&self, cursor: &[u8]) -> io::Result<()> {
        let Some(directory) = self.path.parent() else { return Ok(()) };
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let temporary = self.path.with_extension("tmp");
        let mut options = OpenOptions::new();
        let mut file =
            options.mode(0o600).create(true).truncate(true).write(true).open(&temporary)?;
        file.write_all(cursor)?;
        file.sync_all()?;
        fs::rename(&temporary, &self.path)?;
        File::open(directory)?.sync_all()
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, CursorFile};

    #[test]
    fn a_cursor_is_read_back_and_anything_else_is_none() {
        let directory = tempfile::tempdir().unwrap();
        let file = CursorFile::new(directory.path(), "notices");
        assert!(file.read::<Vec<u8>>().is_none());
        file.write(&Cursor::new(7, vec![1, 2]).encode()).unwrap();
        let cursor = file.read::<Vec<u8>>().unwrap();
        assert_eq!((cursor.next_index, cursor.state), (7, vec![1, 2]));
        for other in ["", "{", r#"{"v":2,"next_index":7,"state":[]}"#, r#"{"v":1,"next_index":7}"#]
        {
            std::fs::write(directory.path().join("relay/notices.json"), other).unwrap();
            assert!(file.read::<Vec<u8>>().is_none(), "{other}");
        }
    }
}
