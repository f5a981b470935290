//! Watching what happens, from a record on: every record once, in order, or told that some were missed.

use std::sync::{Arc, Weak};

use bytes::Bytes;
use thiserror::Error;
use tokio::sync::watch;

use super::Live;
use super::happened::Happened;
use super::recent::{Batch, KEPT};
use crate::Gate;

/// What somebody wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TailFilter {
    /// What is about this agent, or about all, alone.
    pub agent: Option<String>,
    /// Records of these kinds alone; of all where there are none.
    pub kinds: Vec<&'static str>,
}

/// Says why nothing can be watched so.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TailError {
    /// No record has this kind.
    #[error("`{0}` is no kind of record; such as `decision`, `outcome` or `approval_voted`")]
    Kind(String),
}

impl TailFilter {
    /// Makes one of the names of kinds.
    ///
    /// # Errors
    /// When there is no such kind.
    pub fn new<'a>(
        agent: Option<String>,
        kinds: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, TailError> {
        let kind = |name: &str| {
            let found = Happened::KINDS.into_iter().find(|kind| *kind == name);
            let shown = || name.chars().take(64).flat_map(char::escape_default).collect();
            found.ok_or_else(|| TailError::Kind(shown()))
        };
        let mut kinds = kinds.into_iter().map(kind).collect::<Result<Vec<_>, _>>()?;
        kinds.sort_unstable();
        kinds.dedup();
        Ok(Self { agent, kinds })
    }

    /// Tells whether it lets everything through.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.agent.is_none() && self.kinds.is_empty()
    }

    /// Tells whether somebody wants to see this.
    #[must_use]
    pub fn lets(&self, happened: &Happened) -> bool {
        let about = |agent: &String| {
            happened.agent.as_deref().is_some_and(|one| one == agent || one == "*")
        };
        self.agent.as_ref().is_none_or(about)
            && (self.kinds.is_empty() || self.kinds.contains(&happened.kind))
    }
}

/// Watches what happens.
#[derive(Debug)]
pub struct Tail {
    live: Weak<Live>,
    through: watch::Receiver<u64>,
    filter: Arc<TailFilter>,
    next: u64,
    /// What was asked for is too far back, or in no ledger of this gate.
    is_lost: bool,
}

/// What of a batch somebody is told.
#[derive(Debug, Clone)]
pub struct Share {
    batch: Arc<Batch>,
    from: u64,
    filter: Arc<TailFilter>,
}

impl Share {
    /// Returns the records, in order.
    pub fn happened(&self) -> impl Iterator<Item = &Happened> {
        self.batch.happened().iter().filter(|happened| self.has(happened))
    }

    /// Returns the records as `write` puts each on a wire.
    pub fn written(&self, write: impl Fn(&Happened, &mut Vec<u8>)) -> Vec<Bytes> {
        self.batch.pieces(self.batch.written(write), |happened| self.has(happened))
    }

    fn has(&self, happened: &Happened) -> bool {
        happened.index >= self.from && self.filter.lets(happened)
    }
}

/// What somebody who watches is told.
#[derive(Debug, Clone)]
pub enum Told {
    /// Records, of which the filter may let none through.
    Happened(Vec<Share>),
    /// Records were missed. What is told next begins with this one.
    Missed(u64),
    /// Nothing happens any more.
    Ended,
}

impl Gate {
    /// Watches what happens after the record `after`, or from now on. At most 10,000 records back can be told.
    #[must_use]
    pub fn tail(&self, after: Option<u64>, filter: TailFilter) -> Tail {
        let durable = self.store.durable_index();
        let asked = after.map_or(durable, |after| after.saturating_add(1));
        let is_lost = asked > durable || durable - asked > KEPT as u64;
        let next = if is_lost { durable } else { asked };
        Tail {
            live: Arc::downgrade(&self.live),
            through: self.live.through.subscribe(),
            filter: Arc::new(filter),
            next,
            is_lost,
        }
    }
}

impl Tail {
    /// Returns the index of the record that is told next.
    #[must_use]
    pub const fn next_index(&self) -> u64 {
        self.next
    }

    /// Waits for what happens next. Nothing is lost where this is dropped before it answers.
    pub async fn next(&mut self) -> Told {
        loop {
            if std::mem::take(&mut self.is_lost) {
                return Told::Missed(self.next);
            }
            let through = *self.through.borrow_and_update();
            if through > self.next {
                return self.told(through);
            }
            if self.through.changed().await.is_err() {
                return Told::Ended;
            }
        }
    }

    fn told(&mut self, through: u64) -> Told {
        let Some(live) = self.live.upgrade() else { return Told::Ended };
        let batches = live.views().recent.from(self.next);
        let from = std::mem::replace(&mut self.next, through);
        let Some(batches) = batches else { return Told::Missed(through) };
        // More may have come since: what was there is told, whole.
        let last = batches.last().and_then(|batch| batch.happened().last());
        self.next = last.map_or(through, |last| last.index + 1);
        let share = |batch| Share { batch, from, filter: Arc::clone(&self.filter) };
        Told::Happened(batches.into_iter().map(share).collect())
    }
}
