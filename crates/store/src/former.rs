//! The data directory that a restore replaces: what it knows of the log, and what was destroyed in it.

use std::fs::{File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use rusqlite::{Connection, OpenFlags};
use syndic_ledger::{Head, Line};

use crate::backup::is_free;
use crate::directory::{Layout, private};
use crate::lines::Lines;
use crate::restore::{Backup, RestoreError, Vouched, signed};
use crate::scan::{ScanError, list, scan};

/// A data directory that is taken, so that nobody writes to it.
#[derive(Debug)]
pub(crate) struct Former {
    pub(crate) layout: Layout,
    pub(crate) known: Vec<Vouched>,
    _lock: File,
}

impl Former {
    /// Takes what is at `path`; `None` where nothing is.
    pub(crate) fn take(path: &Path, backup: &Backup) -> Result<Option<Self>, RestoreError> {
        let refused = |error| RestoreError::Io(path.to_owned(), error);
        if is_free(path).map_err(refused)? {
            return Ok(None);
        }
        let layout = Layout::new(path);
        if !layout.segments().is_dir() {
            return Err(RestoreError::NotEmpty(path.to_owned()));
        }
        let lock = private().create(true).truncate(false).write(true).open(path.join("lock"));
        let lock = lock.map_err(refused)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(RestoreError::InUse(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(refused(error)),
        }
        let (mut known, mut heads) = (Vec::new(), Vec::new());
        for file in [layout.checkpoint(), layout.cosigned()] {
            if file.exists() {
                let (_, signed) = signed(&layout, &file, backup.keys())?;
                let found = &signed.checkpoint().origin;
                if found != backup.origin() {
                    let (found, origin) = (found.clone(), backup.origin().to_owned());
                    return Err(RestoreError::OtherLog { path: path.to_owned(), found, origin });
                }
                heads.push(signed.checkpoint().head);
                known.push(Vouched::of(format!("`{}`", file.display()), &signed));
            }
        }
        let size = written(&layout, &heads);
        if heads.iter().all(|head| head.size < size) {
            let from = format!("`{}`", layout.segments().display());
            known.push(Vouched { from, size, root: None, text: None });
        }
        Ok(Some(Self { layout, known, _lock: lock }))
    }

    /// Destroys in the restored `keys.db` every key that was made and destroyed here; tells how many. `None` where
    /// this directory cannot tell; then nothing is destroyed.
    pub(crate) fn destroy_again(&self, restored: &Layout) -> Option<u64> {
        let path = self.layout.part_keys();
        if self.known.is_empty() || !path.exists() {
            return None;
        }
        destroy_again(&restored.part_keys(), &path).ok().flatten()
    }

    /// Returns a free name beside it.
    pub(crate) fn away(&self, now: Timestamp) -> io::Result<PathBuf> {
        let path = self.layout.root();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = format!("{name}.replaced-{}", now.as_second());
        let names = std::iter::once(name.clone()).chain((2..100).map(|n| format!("{name}-{n}")));
        let mut paths = names.map(|name| path.with_file_name(name));
        paths.find(|path| !path.exists()).ok_or_else(|| io::ErrorKind::AlreadyExists.into())
    }
}

/// Returns how many records were written: those after the checkpoint were acknowledged too.
fn written(layout: &Layout, heads: &[Head]) -> u64 {
    let scanned = scan(layout, heads, &mut |_, _, _, _| {});
    // Where the segments are damaged, which may be why they are replaced, the last one still tells.
    scanned.map(|scanned| scanned.tree.size()).or_else(|_| end(layout)).unwrap_or(0)
}

/// Returns the end of the last segment, by its name and the records in it.
fn end(layout: &Layout) -> Result<u64, ScanError> {
    let Some(last) = list(layout)?.pop() else { return Ok(0) };
    let refused = |error| ScanError::Io(last.path.clone(), error);
    let (_, mut lines) = Lines::of_segment(layout, last.first).map_err(refused)?;
    let mut end = last.first;
    // A line that cannot be read ends it as one that is no record does.
    while let Ok(Some(line)) = lines.next() {
        match Line::parse(line).and_then(|line| line.decode()) {
            Ok(leaf) if leaf.i == end => end = end.saturating_add(1),
            Ok(_) | Err(_) => break,
        }
    }
    Ok(end)
}

fn destroy_again(restored: &Path, former: &Path) -> Result<Option<u64>, rusqlite::Error> {
    let database = Connection::open_with_flags(restored, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    database.execute_batch(
        "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;",
    )?;
    let former = former.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(former.to_owned()))?;
    database.execute("ATTACH ?1 AS former", [former])?;
    let check: String = database.query_row("PRAGMA former.quick_check(1)", [], |row| row.get(0))?;
    if check != "ok" {
        return Ok(None);
    }
    let destroyed = database.execute(
        "DELETE FROM main.keys WHERE id < (SELECT next FROM former.made) AND id NOT IN (SELECT id FROM former.keys)",
        [],
    )?;
    Ok(Some(destroyed as u64))
}
