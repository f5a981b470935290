//! Publishing: what the sequencer made durable becomes tiles and a signed checkpoint, in a thread of its own.

use std::fs;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use parking_lot::{Condvar, Mutex, RwLock};
use syndic_ledger::{Checkpoint, CheckpointError, Hash, SignedCheckpoint, Tree, VerifierKey};
use syndic_model::Clock;
use thiserror::Error;

use crate::checkpoint::{Published, Stored, swap};
use crate::directory::Layout;
use crate::log_key::LogKeys;
use crate::progress::Progress;
use crate::sequencer::Shared;
use crate::tiles::TileWriter;

/// How long a record waits for the checkpoint that covers it, where nobody is in a hurry.
const PACE: Duration = Duration::from_millis(500);

/// The hashes of durable leaves on their way into tiles.
#[derive(Debug, Default)]
pub(crate) struct Growth {
    state: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    hashes: Vec<Hash>,
    /// The publisher waits for the first of them: nobody else is woken, because that costs the writer.
    idle: bool,
    hurried: bool,
    ended: bool,
}

impl Growth {
    pub(crate) fn push(&self, hashes: impl Iterator<Item = Hash>) {
        let mut state = self.state.lock();
        if state.ended {
            return;
        }
        state.hashes.extend(hashes);
        if state.idle {
            self.changed.notify_all();
        }
    }

    /// Has what is there published now.
    pub(crate) fn hurry(&self) {
        self.state.lock().hurried = true;
        self.changed.notify_all();
    }

    /// Has what is there published, as the last.
    pub(crate) fn end(&self) {
        self.state.lock().ended = true;
        self.changed.notify_all();
    }

    /// Waits for hashes, and then, not hurried, for more of them; none when it ended.
    fn take(&self, into: &mut Vec<Hash>) {
        let mut state = self.state.lock();
        state.idle = true;
        self.changed.wait_while(&mut state, |state| state.hashes.is_empty() && !state.ended);
        state.idle = false;
        let until = Instant::now() + PACE;
        while !state.hurried && !state.ended {
            if self.changed.wait_until(&mut state, until).timed_out() {
                break;
            }
        }
        state.hurried = false;
        std::mem::swap(&mut state.hashes, into);
    }
}

/// The checkpoints as everybody sees them.
#[derive(Debug)]
pub(crate) struct Checkpoints {
    pub(crate) newest: RwLock<Arc<Published>>,
    pub(crate) cosigned: RwLock<Option<Arc<Published>>>,
    pub(crate) keys: RwLock<LogKeys>,
    /// How many records the newest covers.
    pub(crate) through: Progress,
    pub(crate) layout: Layout,
}

/// Makes tiles and checkpoints.
pub(crate) struct Publisher {
    pub(crate) shared: Arc<Shared>,
    pub(crate) checkpoints: Arc<Checkpoints>,
    pub(crate) tiles: TileWriter,
    pub(crate) tree: Tree,
    pub(crate) clock: Arc<dyn Clock>,
}

/// Why a cosignature was not added.
#[derive(Debug, Error)]
pub enum CosignError {
    /// It is no signature of that checkpoint.
    #[error(transparent)]
    Signature(#[from] CheckpointError),
    /// It could not be written.
    #[error("cannot keep the cosigned checkpoint")]
    Io(#[from] io::Error),
}

impl Publisher {
    /// Signs what was recovered, unless that was signed already, and drops what format 1 had in place of it.
    pub(crate) fn begin(&self) -> io::Result<()> {
        if self.checkpoints.newest.read().head != self.tree.head()
            || self.checkpoints.newest.read().text.is_empty()
        {
            self.sign()?;
        }
        match fs::remove_file(self.checkpoints.layout.head()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Publishes until there is nothing more to come. What cannot be published closes the ledger, since hashes would
    /// wait without bound for somebody to sign them, and so does a panic.
    pub(crate) fn run(mut self) {
        let published = panic::catch_unwind(AssertUnwindSafe(|| self.publish_all()));
        match published {
            Ok(Ok(())) => return,
            Ok(Err(error)) => {
                tracing::error!(%error, "the ledger is closed until a restart: it cannot be signed");
            }
            Err(_) => tracing::error!("signing panicked: the ledger is closed until a restart"),
        }
        self.shared.close();
        self.shared.growth.end();
        self.checkpoints.through.end();
    }

    fn publish_all(&mut self) -> io::Result<()> {
        let mut hashes = Vec::new();
        loop {
            self.shared.growth.take(&mut hashes);
            if hashes.is_empty() {
                return Ok(());
            }
            self.publish(hashes.drain(..))?;
        }
    }

    /// Appends leaves to the tiles and signs the tree they make; on disk before anybody sees it.
    pub(crate) fn publish(&mut self, leaves: impl Iterator<Item = Hash>) -> io::Result<()> {
        for leaf in leaves {
            self.tiles.append(leaf);
            self.tree.append_leaf_hash(leaf);
        }
        self.tiles.write()?;
        self.sign()
    }

    fn sign(&self) -> io::Result<()> {
        let head = self.tree.head();
        let keys = self.checkpoints.keys.read();
        let checkpoint = Checkpoint { origin: keys.origin().to_owned(), head };
        let text = checkpoint.sign(&keys.keys()).map_err(io::Error::other)?.to_string();
        drop(keys);
        let was = self.checkpoints.newest.read().clone();
        let was = (!was.text.is_empty()).then_some(was.text.as_str());
        swap(&self.checkpoints.layout.checkpoint(), was, &text)?;
        let signed = Published { text, head, at: self.clock.now() };
        *self.checkpoints.newest.write() = Arc::new(signed);
        self.checkpoints.through.publish(head.size);
        Ok(())
    }
}

impl Checkpoints {
    pub(crate) fn new(layout: Layout, stored: Stored, keys: LogKeys) -> Self {
        let none = || {
            let head = Tree::default().head();
            Published { text: String::new(), head, at: Timestamp::UNIX_EPOCH }
        };
        let newest = stored.newest.unwrap_or_else(none);
        Self {
            through: Progress::new(newest.head.size),
            newest: RwLock::new(Arc::new(newest)),
            cosigned: RwLock::new(stored.cosigned.map(Arc::new)),
            keys: RwLock::new(keys),
            layout,
        }
    }

    /// Adds a witness's signature line to `signed`. A newer checkpoint takes the place of an older one, whoever
    /// cosigned that: who asks several witnesses asks all of them for the same one.
    pub(crate) fn add(
        &self,
        signed: &Published,
        witness: &VerifierKey,
        line: &str,
    ) -> Result<(), CosignError> {
        let mut cosigned = self.cosigned.write();
        let was = cosigned.as_ref().map(|was| was.text.as_str());
        let base = match cosigned.as_deref() {
            Some(was) if was.head.size > signed.head.size => return Ok(()),
            Some(was) if was.head == signed.head => was,
            _ => signed,
        };
        let mut note = SignedCheckpoint::parse(base.text.as_bytes())?;
        note.verify(&self.keys.read().verifiers(), &[])?;
        note.add(witness, line)?;
        let now = Published { text: note.to_string(), head: base.head, at: base.at };
        swap(&self.layout.cosigned(), was, &now.text)?;
        *cosigned = Some(Arc::new(now));
        Ok(())
    }
}
