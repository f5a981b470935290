//! Writing, from the caller's side: a slot, an entry, a promise, and the proof that it was kept.

use std::fmt;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use syndic_ledger::{AppendError, PartName, Receipt, Record};
use thiserror::Error;
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError, oneshot};

use crate::keys::KeysError;
use crate::sequencer::{Job, Message, Shared};

/// What is to be recorded.
#[derive(Debug, Clone)]
pub struct Entry {
    /// What happened.
    pub record: Record,
    /// When.
    pub at: Timestamp,
    /// What is sealed beside it: JSON texts.
    pub parts: Vec<(PartName, String)>,
    /// Whose key seals the parts; needed where there are parts.
    pub subject: Option<Subject>,
}

/// Says whose key seals the parts of a record. Of the text it is made from only a hash is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Subject([u8; 32]);

impl Subject {
    /// Makes a subject; equal texts are the same subject.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Makes the subject of a user, by pseudonym: what is sealed for it can be erased by it.
    #[must_use]
    pub fn user(user_ref: &str) -> Self {
        Self::new(&format!("user:{user_ref}"))
    }

    /// Takes up a subject by its hash.
    #[must_use]
    pub const fn of_hash(hash: [u8; 32]) -> Self {
        Self(hash)
    }

    /// Returns the hash that is kept of its text.
    #[must_use]
    pub const fn hash(&self) -> &[u8; 32] {
        &self.0
    }
}

/// A value whose record is on disk. Only the store makes one, after the bytes were synced (with
/// [`Durability::Buffered`](crate::Durability), written).
#[derive(Debug)]
pub struct Committed<T>(T);

impl<T> Committed<T> {
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    /// Returns the value.
    #[must_use]
    pub const fn get(&self) -> &T {
        &self.0
    }

    /// Returns the value, and gives up the proof.
    #[must_use]
    pub fn into_inner(self) -> T {
        self.0
    }
}

/// Why there is no slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReserveError {
    /// Every slot is taken; try again later.
    #[error("the ledger's queue is full")]
    Full,
    /// The ledger cannot be written until a restart.
    #[error("the ledger is closed")]
    Closed,
}

/// Why a record is not in the ledger. Whether it is on disk all the same is unknown after [`Self::Disk`].
#[derive(Debug, Clone, Error)]
pub enum WriteError {
    /// The ledger was closed before the record's turn.
    #[error("the ledger is closed")]
    Closed,
    /// Writing or syncing failed; the ledger is closed until a restart.
    #[error("the ledger cannot be written")]
    Disk(#[source] Arc<io::Error>),
    /// No key could be had; the ledger is closed until a restart.
    #[error("no key to seal the record with")]
    Keys(#[source] Arc<KeysError>),
    /// This record cannot be written; the ledger goes on.
    #[error("the record was refused")]
    Refused(#[source] Arc<AppendError>),
    /// This record has parts and no subject; the ledger goes on.
    #[error("the record has parts and no subject whose key would seal them")]
    NoSubject,
}

/// A place in the queue; dropping it gives the place back.
#[derive(Debug)]
pub struct Slot {
    permit: OwnedSemaphorePermit,
    /// Its part of the slots that leave some to others.
    share: Option<OwnedSemaphorePermit>,
    lost: Loss,
    shared: Arc<Shared>,
}

/// What is called when a record did not come into the ledger.
struct Loss(Option<Box<dyn FnOnce() + Send>>);

impl fmt::Debug for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Loss").field(&self.0.is_some()).finish()
    }
}

impl Slot {
    pub(crate) fn reserve(shared: &Arc<Shared>) -> Result<Self, ReserveError> {
        match shared.slots.clone().try_acquire_owned() {
            Ok(permit) => {
                Ok(Self { permit, share: None, lost: Loss(None), shared: shared.clone() })
            }
            Err(TryAcquireError::NoPermits) => Err(ReserveError::Full),
            Err(TryAcquireError::Closed) => Err(ReserveError::Closed),
        }
    }

    /// Waits for a slot, and leaves half of them to those who do not wait.
    pub(crate) async fn reserve_behind(shared: &Arc<Shared>) -> Result<Self, ReserveError> {
        let closed = |_| ReserveError::Closed;
        let share = shared.shares.clone().acquire_owned().await.map_err(closed)?;
        let permit = shared.slots.clone().acquire_owned().await.map_err(closed)?;
        Ok(Self { permit, share: Some(share), lost: Loss(None), shared: shared.clone() })
    }

    /// Says what to do when what is enqueued does not come into the ledger, whether or not somebody waits for it.
    #[must_use]
    pub fn or_else(self, lost: impl FnOnce() + Send + 'static) -> Self {
        Self { lost: Loss(Some(Box::new(lost))), ..self }
    }

    /// Hands the entry to the writer. Never blocks; the order of these calls is the order of the ledger.
    pub fn enqueue(self, entry: Entry) -> Pending {
        let shared = self.shared.clone();
        let pending = self.enqueue_to_write(entry);
        shared.bell.ring();
        pending
    }

    /// Queues an entry that nobody is in a hurry about: it is written with the next one, or by itself soon after.
    pub fn enqueue_in_company(self, entry: Entry) -> Pending {
        let shared = self.shared.clone();
        let pending = self.enqueue_to_write(entry);
        shared.bell.ring_later();
        pending
    }

    /// Queues an entry that the caller writes itself, by [`Store::write_here`](crate::Store::write_here).
    pub fn enqueue_to_write(self, entry: Entry) -> Pending {
        let (done, pending) = oneshot::channel();
        let Self { permit, share, lost, shared } = self;
        let waiter = Waiter { done, permit, share, lost: Told(lost) };
        // A writer that is gone drops the waiter, which resolves to `Closed`.
        drop(shared.queue.send(Message::Write(Box::new(Job { entry, waiter }))));
        Pending(pending)
    }
}

/// The writer's end of a [`Pending`]; the slot is taken until it is answered.
#[derive(Debug)]
pub(crate) struct Waiter {
    /// Told of before whoever waits.
    lost: Told,
    done: oneshot::Sender<Result<Committed<Receipt>, WriteError>>,
    permit: OwnedSemaphorePermit,
    share: Option<OwnedSemaphorePermit>,
}

/// A loss that is told of when this is dropped.
#[derive(Debug)]
struct Told(Loss);

impl Drop for Told {
    fn drop(&mut self) {
        if let Some(lost) = self.0.0.take() {
            lost();
        }
    }
}

impl Waiter {
    /// Answers; a caller that went away does not matter. The slot is free before the caller knows, so that it can
    /// take one at once.
    pub(crate) fn answer(self, result: Result<Committed<Receipt>, WriteError>) {
        let Self { done, permit, share, mut lost } = self;
        if result.is_ok() {
            lost.0.0 = None;
        }
        drop((permit, share, lost));
        drop(done.send(result));
    }
}

/// A record on its way. Dropping it does not take the record back.
#[derive(Debug)]
#[must_use = "nothing is durable before this resolves"]
pub struct Pending(oneshot::Receiver<Result<Committed<Receipt>, WriteError>>);

impl Pending {
    /// Blocks until the record is durable. Not for asynchronous code, which awaits instead.
    ///
    /// # Errors
    /// See [`WriteError`].
    pub fn wait(self) -> Result<Committed<Receipt>, WriteError> {
        self.0.blocking_recv().unwrap_or(Err(WriteError::Closed))
    }
}

impl Future for Pending {
    type Output = Result<Committed<Receipt>, WriteError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(WriteError::Closed)))
    }
}
