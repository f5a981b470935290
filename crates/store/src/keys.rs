//! The keys that parts are sealed under: destroying one erases every part sealed under it.
//!
//! Each lies in `keys.db`, encrypted under the master key. A pool of unused ones is kept ready and already synced,
//! so that taking one costs nothing: a key is in use from the moment a leaf names it.

use std::collections::{BTreeSet, VecDeque};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use parking_lot::{Condvar, Mutex};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use syndic_ledger::SealError;
use syndic_model::Clock;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::cipher::{Key, Random};
use crate::directory::{Layout, private, replace};
use crate::master::Master;

/// How many unused keys are kept ready; below half of it more are made.
const POOL: usize = 1024;

/// Stands for a key's id where the master key is marked.
const MARK: u64 = u64::MAX;

/// Why the keys cannot be used.
#[derive(Debug, Error)]
pub enum KeysError {
    /// A secret file is there and unusable, or the ledger needs it and it is gone.
    #[error("the secret `{}` is missing or is not 32 bytes; restore it from a backup", .0.display())]
    Secret(PathBuf),
    /// The ledger needs the master key, which is not in the data directory.
    #[error(
        "the master key `{}` is missing or is not 32 bytes; restore it from a backup, or say in `audit.master_key` \
         of syndic.yaml where it was moved", .0.display()
    )]
    NoMaster(PathBuf),
    /// The file system refused.
    #[error("cannot use `{}`", .0.display())]
    Io(PathBuf, #[source] io::Error),
    /// SQLite refused.
    #[error("cannot use the keys of parts")]
    Sqlite(#[from] rusqlite::Error),
    /// A key could not be wrapped.
    #[error("cannot wrap a key")]
    Wrap(#[from] SealError),
    /// A key was wrapped under another master key, or was changed.
    #[error("key {0} does not open with the master key")]
    Unopenable(u64),
    /// The master key is not the one that the keys were made with.
    #[error(
        "`{}` was made with another master key than {place}; restore both from one backup, or give the former key on a \
         line below the new one", .path.display()
    )]
    OtherMaster {
        /// The keys.
        path: PathBuf,
        /// Where the master key is from, for people.
        place: String,
    },
    /// The ledger names keys that were never made here.
    #[error(
        "the ledger names key {named}, and `{}` has made {made}; restore it from a newer backup", .path.display()
    )]
    Behind {
        /// Where.
        path: PathBuf,
        /// The last key that a record names.
        named: u64,
        /// How many keys were made.
        made: u64,
    },
    /// The store is closing.
    #[error("the keys are closed")]
    Closed,
}

/// All keys of parts.
#[derive(Debug)]
pub(crate) struct Keys {
    master: Master,
    database: Mutex<Connection>,
    pool: Mutex<Pool>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Pool {
    ready: VecDeque<(u64, Key)>,
    next: u64,
    closed: bool,
    failed: Option<Arc<KeysError>>,
}

impl Keys {
    /// Opens the keys; those from `first_free` on were never used, and all before it must have been made.
    pub(crate) fn open(
        layout: &Layout,
        master: Master,
        first_free: u64,
        random: &mut Random,
    ) -> Result<Self, KeysError> {
        let path = layout.part_keys();
        private()
            .create(true)
            .append(true)
            .open(&path)
            .map_err(|error| KeysError::Io(path.clone(), error))?;
        let mut database = Connection::open(&path)?;
        // A rollback journal and not WAL: nothing but the database itself may hold a key that was deleted. EXTRA, since
        // with FULL a journal that a loss of power brings back would take keys away that records name already.
        database.execute_batch(
            "PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA secure_delete = ON;
             CREATE TABLE IF NOT EXISTS keys (id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL);
             CREATE TABLE IF NOT EXISTS made
                 (id INTEGER PRIMARY KEY CHECK (id = 0), next INTEGER NOT NULL, mark BLOB NOT NULL);
             CREATE TABLE IF NOT EXISTS erased (record INTEGER PRIMARY KEY);",
        )?;
        let next = check(&mut database, &path, &master, first_free, random)?;
        let ready = unused(&database, &master.key, first_free)?;
        master.settle()?;
        let pool = Mutex::new(Pool { ready, next, ..Pool::default() });
        Ok(Self { master, database: Mutex::new(database), pool, changed: Condvar::new() })
    }

    /// Takes a key that was never used; waits only when the pool is empty.
    pub(crate) fn take(&self) -> Result<(u64, Key), Arc<KeysError>> {
        let mut pool = self.pool.lock();
        loop {
            if pool.ready.len() <= POOL / 2 {
                self.changed.notify_all();
            }
            if let Some(taken) = pool.ready.pop_front() {
                return Ok(taken);
            }
            match &pool.failed {
                Some(error) => return Err(error.clone()),
                None if pool.closed => return Err(Arc::new(KeysError::Closed)),
                None => self.changed.wait(&mut pool),
            }
        }
    }

    /// Returns a key; `None` if it was destroyed.
    pub(crate) fn get(&self, id: u64) -> Result<Option<Key>, KeysError> {
        let database = self.database.lock();
        let mut statement = database.prepare_cached("SELECT wrapped FROM keys WHERE id = ?1")?;
        let wrapped: Option<Vec<u8>> =
            statement.query_row([id.cast_signed()], |row| row.get(0)).optional()?;
        wrapped.map(|wrapped| unwrap(&self.master.key, id, &wrapped)).transpose()
    }

    /// Tells which of `ids` are of keys that were not destroyed.
    pub(crate) fn existing(
        &self,
        ids: impl IntoIterator<Item = u64>,
    ) -> Result<BTreeSet<u64>, KeysError> {
        let database = self.database.lock();
        let mut statement = database.prepare_cached("SELECT 1 FROM keys WHERE id = ?1")?;
        let mut existing = BTreeSet::new();
        for id in ids {
            if statement.exists([id.cast_signed()])? {
                existing.insert(id);
            }
        }
        Ok(existing)
    }

    /// Destroys keys for good. Those that are gone already do not matter; tells how many there were.
    pub(crate) fn destroy(&self, ids: &BTreeSet<u64>) -> Result<u64, KeysError> {
        let mut database = self.database.lock();
        let transaction = database.transaction()?;
        let mut destroyed = 0;
        {
            let mut delete = transaction.prepare_cached("DELETE FROM keys WHERE id = ?1")?;
            for id in ids {
                destroyed += delete.execute([id.cast_signed()])? as u64;
            }
        }
        transaction.commit()?;
        Ok(destroyed)
    }

    /// Destroys the keys up to `last` that are not among `named`; tells how many there were.
    pub(crate) fn destroy_unnamed(
        &self,
        last: u64,
        named: &BTreeSet<u64>,
    ) -> Result<u64, KeysError> {
        let made: Vec<u64> = {
            let database = self.database.lock();
            let mut statement = database.prepare_cached("SELECT id FROM keys WHERE id <= ?1")?;
            let ids = statement.query_map([last.cast_signed()], |row| row.get::<_, i64>(0))?;
            ids.map(|id| id.map(i64::cast_unsigned)).collect::<Result<_, _>>()?
        };
        self.destroy(&made.into_iter().filter(|id| !named.contains(id)).collect())
    }

    /// Notes that all is done that the record `redaction` says.
    pub(crate) fn note_erased(&self, redaction: u64) -> Result<(), KeysError> {
        let note = "INSERT OR IGNORE INTO erased (record) VALUES (?1)";
        self.database.lock().execute(note, [redaction.cast_signed()])?;
        Ok(())
    }

    /// Tells which of `redactions` are not noted as done. Notes beyond the ledger's `size` are of another one.
    pub(crate) fn unfinished(&self, redactions: &[u64], size: u64) -> Result<Vec<u64>, KeysError> {
        let database = self.database.lock();
        database.execute("DELETE FROM erased WHERE record >= ?1", [size.cast_signed()])?;
        let mut noted = database.prepare_cached("SELECT 1 FROM erased WHERE record = ?1")?;
        let mut unfinished = Vec::new();
        for redaction in redactions {
            if !noted.exists([redaction.cast_signed()])? {
                unfinished.push(*redaction);
            }
        }
        Ok(unfinished)
    }

    /// Keeps the pool filled until [`Self::close`].
    pub(crate) fn refill(&self, clock: Arc<dyn Clock>) {
        let mut random = Random::new(clock);
        while let Some((first, count)) = self.wait_for_room() {
            let made = (first..).take(count).map(|id| (id, Key(random.draw()))).collect();
            let stored = self.insert(&made, &mut random);
            let mut pool = self.pool.lock();
            match stored {
                Ok(()) => {
                    pool.next = first + count as u64;
                    pool.ready.extend(made);
                }
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "cannot make keys for parts"
                    );
                    pool.failed = Some(Arc::new(error));
                }
            }
            drop(pool);
            self.changed.notify_all();
        }
    }

    /// Copies the database as it is now to a new file, without what was destroyed.
    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), rusqlite::Error> {
        let refused = |error: io::Error| rusqlite::Error::ToSqlConversionFailure(Box::new(error));
        // Made first, so that nobody else can ever read it.
        let file = private().create_new(true).write(true).open(path).map_err(refused)?;
        let text = path.to_str().ok_or_else(|| rusqlite::Error::InvalidPath(path.to_owned()))?;
        self.database.lock().execute("VACUUM INTO ?1", [text])?;
        file.sync_all().map_err(refused)
    }

    /// Ends [`Self::refill`].
    pub(crate) fn close(&self) {
        self.pool.lock().closed = true;
        self.changed.notify_all();
    }

    /// Returns how many keys are ready.
    pub(crate) fn ready(&self) -> usize {
        self.pool.lock().ready.len()
    }

    fn wait_for_room(&self) -> Option<(u64, usize)> {
        let mut pool = self.pool.lock();
        self.changed.wait_while(&mut pool, |pool| {
            !pool.closed && (pool.failed.is_some() || pool.ready.len() >= POOL / 2)
        });
        (!pool.closed).then(|| (pool.next, POOL - pool.ready.len()))
    }

    fn insert(&self, keys: &VecDeque<(u64, Key)>, random: &mut Random) -> Result<(), KeysError> {
        let mut database = self.database.lock();
        let transaction = database.transaction()?;
        for (id, key) in keys {
            let wrapped = wrap(&self.master.key, *id, key, random.draw())?;
            transaction
                .prepare_cached("INSERT INTO keys (id, wrapped) VALUES (?1, ?2)")?
                .execute(params![id.cast_signed(), wrapped])?;
        }
        if let Some((last, _)) = keys.back() {
            let next = last.saturating_add(1).cast_signed();
            transaction.execute("UPDATE made SET next = ?1", [next])?;
        }
        Ok(transaction.commit()?)
    }
}

/// Tells which key is made next. The master key must open what was wrapped when the database was made, whether or not
/// there is a key in it, and no record may name a key that was not made: its parts would pass for erased.
fn check(
    database: &mut Connection,
    path: &Path,
    master: &Master,
    first_free: u64,
    random: &mut Random,
) -> Result<u64, KeysError> {
    let row = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
    let known = database.query_row("SELECT next, mark FROM made", [], row).optional()?;
    let (made, mark): (_, Vec<u8>) = if let Some(known) = known {
        known
    } else {
        let made = "SELECT coalesce(max(id) + 1, 0) FROM keys";
        let made: i64 = database.query_row(made, [], |row| row.get(0))?;
        let mark = wrap(&master.key, MARK, &Key(random.draw()), random.draw())?;
        let insert = "INSERT INTO made (id, next, mark) VALUES (0, ?1, ?2)";
        database.execute(insert, params![made, mark])?;
        (made, mark)
    };
    let made = made.cast_unsigned();
    if unwrap(&master.key, MARK, &mark).is_err() {
        let former = master.former.iter().find(|former| unwrap(former, MARK, &mark).is_ok());
        let place = || master.place.clone();
        let former = former
            .ok_or_else(|| KeysError::OtherMaster { path: path.to_owned(), place: place() })?;
        wrap_anew(database, former, master, random)?;
    }
    match first_free.checked_sub(1).filter(|named| *named >= made) {
        Some(named) => Err(KeysError::Behind { path: path.to_owned(), named, made }),
        None => Ok(made),
    }
}

/// Wraps every key under another master key, all or none.
fn wrap_anew(
    database: &mut Connection,
    former: &Key,
    master: &Master,
    random: &mut Random,
) -> Result<(), KeysError> {
    let transaction = database.transaction()?;
    let mut count = 0_u64;
    {
        let mut read =
            transaction.prepare("SELECT id, wrapped FROM keys WHERE id > ?1 LIMIT 1024")?;
        let mut write = transaction.prepare("UPDATE keys SET wrapped = ?2 WHERE id = ?1")?;
        let mut last = -1_i64;
        loop {
            let row = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get(1)?));
            let page = read.query_map([last], row)?.collect::<Result<Vec<(i64, Vec<u8>)>, _>>()?;
            let Some((end, _)) = page.last() else { break };
            last = *end;
            for (id, wrapped) in page {
                let key = unwrap(former, id.cast_unsigned(), &wrapped)?;
                let wrapped = wrap(&master.key, id.cast_unsigned(), &key, random.draw())?;
                write.execute(params![id, wrapped])?;
                count += 1;
            }
        }
    }
    let mark = wrap(&master.key, MARK, &Key(random.draw()), random.draw())?;
    transaction.execute("UPDATE made SET mark = ?1", [mark])?;
    transaction.commit()?;
    tracing::warn!(keys = count, "wrapped the keys of parts anew, under {}", master.place);
    Ok(())
}

fn unused(
    database: &Connection,
    master: &Key,
    first_free: u64,
) -> Result<VecDeque<(u64, Key)>, KeysError> {
    let mut statement =
        database.prepare("SELECT id, wrapped FROM keys WHERE id >= ?1 ORDER BY id")?;
    let rows = statement
        .query_map([first_free.cast_signed()], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)))?;
    rows.map(|row| {
        let (id, wrapped): (i64, Vec<u8>) = row?;
        let id = id.cast_unsigned();
        Ok((id, unwrap(master, id, &wrapped)?))
    })
    .collect()
}

/// Encrypts a key: nonce and ciphertext, bound to the key's id.
fn wrap(master: &Key, id: u64, key: &Key, nonce: [u8; 12]) -> Result<Vec<u8>, SealError> {
    // Room for the tag, so that the key's bytes are not moved and left behind.
    let mut text = Vec::with_capacity(key.0.len() + 16);
    text.extend_from_slice(&key.0);
    master.seal(nonce, &id.to_be_bytes(), &mut text)?;
    Ok([nonce.as_slice(), &text].concat())
}

pub(crate) fn unwrap(master: &Key, id: u64, wrapped: &[u8]) -> Result<Key, KeysError> {
    let (nonce, ciphertext) = wrapped.split_first_chunk().ok_or(KeysError::Unopenable(id))?;
    let key = master.open(*nonce, &id.to_be_bytes(), ciphertext.to_vec()).map(Zeroizing::new);
    let key = key.and_then(|key| key.as_slice().try_into().ok());
    key.map(Key).ok_or(KeysError::Unopenable(id))
}

/// Reads a secret of the store, or makes it where `may_make`: a ledger that has records was written with one, and
/// another would not open them.
pub(crate) fn secret(path: &Path, may_make: bool, random: &mut Random) -> Result<Key, KeysError> {
    if may_make && !path.exists() {
        let key = Key(random.draw());
        replace(path, &key.0).map_err(|error| KeysError::Io(path.to_owned(), error))?;
        return Ok(key);
    }
    existing(path)
}

/// Reads a secret of the store.
pub(crate) fn existing(path: &Path) -> Result<Key, KeysError> {
    let unusable = || KeysError::Secret(path.to_owned());
    match fs::read(path) {
        Ok(bytes) => {
            let key = Zeroizing::new(bytes).as_slice().try_into();
            key.map(Key).map_err(|_| unusable())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(unusable()),
        Err(error) => Err(KeysError::Io(path.to_owned(), error)),
    }
}
