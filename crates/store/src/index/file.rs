//! A database file of the index.

use std::fs;
use std::io;
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::directory::private;
use crate::index::IndexError;

/// Changes with the tables; another version is thrown away.
const VERSION: i64 = 3;

/// How often readers are waited for, a few seconds each time, before a journal counts as unscrubbed.
const SCRUBS: usize = 4;

/// Makes an empty database in place of whatever is there.
pub(crate) fn make(path: &Path, schema: &str) -> Result<Connection, IndexError> {
    remove(path)?;
    private().create(true).append(true).open(path)?;
    let database = Connection::open(path)?;
    set_up(&database)?;
    database.execute_batch(schema)?;
    database.pragma_update(None, "user_version", VERSION)?;
    Ok(database)
}

/// Opens a database of this version to write it; `None` if it is of another.
pub(crate) fn open(path: &Path) -> rusqlite::Result<Option<Connection>> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    set_up(&database)?;
    Ok((version == VERSION).then_some(database))
}

/// A crash takes nothing of what was committed, a loss of power the end of it: what a file covers stands in the file.
fn set_up(database: &Connection) -> rusqlite::Result<()> {
    database.set_prepared_statement_cache_capacity(32);
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000;
         PRAGMA cache_size = -16000; PRAGMA secure_delete = ON;",
    )
}

/// Writes the journal into the database and empties it.
pub(crate) fn scrub(database: &Connection) -> Result<(), IndexError> {
    for _ in 0..SCRUBS {
        let busy: i64 =
            database.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
        if busy == 0 {
            return Ok(());
        }
    }
    Err(IndexError::Busy)
}

/// Removes a database with its journal. Nobody may have it open to write.
pub(crate) fn remove(path: &Path) -> io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}
