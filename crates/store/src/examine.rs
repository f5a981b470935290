//! Examining sealed parts with the keys at hand, beside whoever has the directory open: nothing is locked or written.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};
use syndic_ledger::{Line, LineError, Parts};
use thiserror::Error;

use crate::Store;
use crate::cipher::Key;
use crate::directory::Layout;
use crate::keys::{KeysError, unwrap};
use crate::master::MasterKey;

/// How many keys are remembered; then they are forgotten.
const KNOWN: usize = 65_536;

/// Opens the sealed parts of lines.
#[derive(Debug)]
pub struct Examiner {
    path: PathBuf,
    masters: Vec<Key>,
    database: Mutex<Connection>,
    /// The first key that was never made.
    made: u64,
    known: Mutex<HashMap<u64, Option<Key>>>,
}

/// What is wrong with the sealed parts of a record.
#[derive(Debug, Error)]
pub enum ExamineError {
    /// The leaf is no record.
    #[error(transparent)]
    Line(#[from] LineError),
    /// The key cannot be had.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// There are parts that the leaf does not name.
    #[error("sealed parts stand beside a leaf that has none")]
    Unnamed,
    /// The leaf names parts, and no key.
    #[error("the leaf names parts and no key")]
    Keyless,
    /// Nobody erased them.
    #[error("the sealed parts are gone, and their key {0} is not")]
    Gone(u64),
    /// They do not open, or have other digests.
    #[error("the sealed parts are not those that the leaf was written with")]
    Changed,
}

impl Store {
    /// Returns the first record after which none was dropped.
    #[must_use]
    pub fn first_kept(&self) -> u64 {
        self.positions.view(|segments| {
            let after_gap = segments.windows(2).rev().find_map(|pair| match pair {
                [earlier, later] if earlier.first + earlier.records < later.first => {
                    Some(later.first)
                }
                _ => None,
            });
            after_gap.or(segments.first().map(|first| first.first)).unwrap_or_default()
        })
    }
}

impl Examiner {
    /// Opens the keys of a data directory.
    ///
    /// # Errors
    /// When they cannot be read, or the master key is not theirs.
    pub fn open(directory: &Path, master: &MasterKey) -> Result<Self, KeysError> {
        let layout = Layout::new(directory);
        let path = layout.part_keys();
        let masters = master.possible(&layout)?;
        let database = Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let made = database.query_row("SELECT next FROM made", [], |row| row.get::<_, i64>(0))?;
        let (database, made) = (Mutex::new(database), made.cast_unsigned());
        Ok(Self { path, masters, database, made, known: Mutex::default() })
    }

    /// Opens what is sealed beside a leaf and compares it with the digests in the leaf. Tells whether it could be
    /// opened: not where its key was destroyed. `None` of a leaf that has no parts.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn examine(&self, line: &Line<'_>) -> Result<Option<bool>, ExamineError> {
        let leaf = line.decode()?;
        let sealed = line.sealed()?;
        if leaf.parts.is_empty() {
            return if sealed.is_none() { Ok(None) } else { Err(ExamineError::Unnamed) };
        }
        let id = leaf.key.ok_or(ExamineError::Keyless)?;
        let Some(key) = self.key(id)? else { return Ok(Some(false)) };
        let sealed = sealed.ok_or(ExamineError::Gone(id))?;
        let text = key.open(sealed.nonce, &line.hash(), sealed.ciphertext);
        let parts = text.and_then(|text| Parts::decode(&text).ok());
        match parts.filter(|parts| parts.belong_to(&leaf)) {
            Some(_) => Ok(Some(true)),
            None => Err(ExamineError::Changed),
        }
    }

    /// Returns a key; `None` if it was destroyed.
    fn key(&self, id: u64) -> Result<Option<Key>, KeysError> {
        if id >= self.made {
            return Err(KeysError::Behind { path: self.path.clone(), named: id, made: self.made });
        }
        if let Some(known) = self.known.lock().get(&id) {
            return Ok(known.clone());
        }
        let key = self.wrapped(id)?.map(|wrapped| self.open_key(id, &wrapped)).transpose()?;
        let mut known = self.known.lock();
        if known.len() >= KNOWN {
            known.clear();
        }
        known.insert(id, key.clone());
        Ok(key)
    }

    fn wrapped(&self, id: u64) -> Result<Option<Vec<u8>>, KeysError> {
        let database = self.database.lock();
        let mut statement = database.prepare_cached("SELECT wrapped FROM keys WHERE id = ?1")?;
        Ok(statement.query_row([id.cast_signed()], |row| row.get(0)).optional()?)
    }

    fn open_key(&self, id: u64, wrapped: &[u8]) -> Result<Key, KeysError> {
        let mut opened = self.masters.iter().map(|master| unwrap(master, id, wrapped));
        opened.find_map(Result::ok).ok_or(KeysError::Unopenable(id))
    }
}
