//! Erasing what a sink has of a user: the events that named them are put together again, without what was erased, and
//! take the place of those that were sent.
//!
//! The cursor does not go beyond the record of an erasure before that is done, so a crash only has it done again.

use std::collections::HashSet;

use syndic_store::{ReadError, Store};

use super::{LOOK_EVERY, Next, Running, SEND_WITHIN};
use crate::follow::Stopped;
use crate::sink::{Failure, Fate, Shaped};
use crate::sinks::assemble::Assembler;
use crate::sinks::reading::{Erasure, ReadOn, Waiting, read_on};

/// How many events go at once.
const AT_ONCE: usize = 200;

/// How far one erasure has come.
struct Pass {
    /// The records about the user's actions.
    records: HashSet<u64>,
    assembler: Assembler,
    next: u64,
}

impl Running {
    /// Does the next erasure, once all that came before it was sent; `None` where there is none.
    pub(super) async fn erase(&mut self) -> Option<Next> {
        let erasure = self.erasures.front()?.clone();
        match self.erase_one(&erasure).await {
            Ok(true) => {
                self.erasures.pop_front();
                self.kept.changed = true;
                self.circuit.close();
                Some(Next::AtOnce)
            }
            // The record comes first, and the keys go right after it.
            Ok(false) => Some(Next::After(LOOK_EVERY)),
            Err(Undone::Ended) => Some(Next::Ended),
            Err(Undone::Failed(failure)) => Some(self.failed(failure)),
        }
    }

    /// Sends every event that named the user again; false where it can still be read.
    async fn erase_one(&mut self, erasure: &Erasure) -> Result<bool, Undone> {
        let begun = erasure.clone();
        let begun = self.follower.reader.reading(move |store| begin(store, &begun)).await;
        let Some(mut pass) = begun? else { return Ok(false) };
        while pass.next < erasure.index {
            let (from, records) = (pass.next, pass.records);
            let shaping = self.shaping();
            let read = self
                .follower
                .reader
                .reading(move |store| Ok(read_on(store, pass.assembler, from, &shaping)));
            let ReadOn { assembler, events, next, failed, .. } = read.await?;
            let events: Vec<Waiting> = events
                .into_iter()
                .filter(|event| event.shaped.index < erasure.index)
                .filter(|event| records.contains(&event.decision))
                .collect();
            for chunk in events.chunks(AT_ONCE) {
                self.replace(chunk).await?;
            }
            match failed {
                Some(error) if next == from => return Err(Stopped::Unreadable(error).into()),
                None if next == from => break,
                Some(_) | None => {}
            }
            pass = Pass { records, assembler, next };
        }
        tracing::info!(
            sink = self.state.name,
            record = erasure.index,
            "erased what a sink had of a user"
        );
        Ok(true)
    }

    /// Has events take the place of those that are there.
    async fn replace(&mut self, events: &[Waiting]) -> Result<(), Undone> {
        let shaped: Vec<Shaped> = events.iter().map(|event| event.shaped.clone()).collect();
        let target = self.target().map_err(Undone::Failed)?;
        let sent = tokio::time::timeout(SEND_WITHIN, target.erase(&shaped)).await;
        let fates = match sent {
            Ok(Ok(fates)) => fates,
            Ok(Err(failure)) => return Err(Undone::Failed(failure)),
            Err(_) => return Err(Undone::Failed(Failure::passing("no answer in time"))),
        };
        match fates.into_iter().find(|fate| *fate != Fate::Taken) {
            None => Ok(()),
            Some(Fate::Refused(reason)) => {
                Err(Undone::Failed(Failure::stopped(format!("it does not erase: {reason}"))))
            }
            Some(Fate::Again | Fate::Taken) => {
                Err(Undone::Failed(Failure::passing("it did not erase some events")))
            }
        }
    }
}

/// Why an erasure is not done.
enum Undone {
    Ended,
    Failed(Failure),
}

impl From<Stopped> for Undone {
    fn from(stopped: Stopped) -> Self {
        match stopped {
            Stopped::Closed => Self::Ended,
            Stopped::Unreadable(error) => Self::Failed(Failure::passing(error.to_string())),
        }
    }
}

/// Finds what is to be erased; nothing yet where it can still be read.
fn begin(store: &Store, erasure: &Erasure) -> Result<Option<Pass>, ReadError> {
    let before = erasure.before.min(erasure.index);
    let trace = store.trace(&erasure.user_ref, before, &mut |_| {})?;
    if trace.readable > 0 {
        return Ok(None);
    }
    let next = trace.records.first().copied().unwrap_or(erasure.index);
    let origin = store.log_keys().first().map_or_else(String::new, |key| key.name().to_owned());
    let assembler = Assembler::new(origin, next);
    Ok(Some(Pass { records: trace.records.into_iter().collect(), assembler, next }))
}
