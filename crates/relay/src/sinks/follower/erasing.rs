//! Erasing what a sink has of a user: the events that named them are put together again, without what was erased, and
//! take the place of those that were sent.
//!
//! The cursor does not go beyond the record of an erasure before that is done, so a crash only has it done again.

use std::collections::{HashSet, VecDeque};

use syndic_store::{ReadError, Store};

use super::orders::stopped;
use super::{LOOK_EVERY, Next, Running, SEND_WITHIN};
use crate::follow::Stopped;
use crate::sink::{Failure, Fate, Shaped};
use crate::sinks::assemble::Assembler;
use crate::sinks::reading::{Erasure, ReadOn, Waiting, read_on};

/// How many events go at once.
const AT_ONCE: usize = 200;

/// How often it is looked at once whether a user can still be read, before that counts as a failure: the record comes
/// first, and the keys go right after it.
const LOOKS: u32 = 25;

/// How far one erasure has come.
pub(super) enum Pass {
    /// The user can still be read, as often as that was looked at.
    Awaited(u32),
    Begun(Box<Begun>),
}

/// An erasure that is under way.
pub(super) struct Begun {
    /// The records about the user's actions.
    records: HashSet<u64>,
    /// Taken while it reads on a thread that may block.
    assembler: Option<Assembler>,
    next: u64,
    /// What was read, and is still to be sent.
    left: VecDeque<Waiting>,
}

impl Running {
    /// Goes on with the next erasure, once all that came before it was sent; `None` where there is none. What was done
    /// of it is not done again after a failure.
    pub(super) async fn erase(&mut self) -> Option<Next> {
        let erasure = self.erasures.front()?.clone();
        let step = match self.pass.take() {
            Some(Pass::Begun(mut begun)) => {
                let step = self.step(&erasure, &mut begun).await;
                self.pass = Some(Pass::Begun(begun));
                step
            }
            Some(Pass::Awaited(looks)) => self.begin_erasing(&erasure, looks).await,
            None => self.begin_erasing(&erasure, 0).await,
        };
        match step {
            Ok(Step::More) => Some(Next::AtOnce),
            Ok(Step::Awaited) => Some(Next::After(LOOK_EVERY)),
            Ok(Step::Done) => {
                let (sink, record) = (&self.state.name, erasure.index);
                tracing::info!(sink, record, "erased what a sink had of a user");
                self.erasures.pop_front();
                self.pass = None;
                self.kept.changed = true;
                self.state.failing_since = None;
                self.circuit.close();
                Some(Next::AtOnce)
            }
            Err(Undone::Ended) => Some(Next::Ended),
            Err(Undone::Failed(failure)) => Some(self.failed(failure)),
        }
    }

    /// Finds what is to be sent again, unless it can still be read.
    async fn begin_erasing(&mut self, erasure: &Erasure, looks: u32) -> Result<Step, Undone> {
        let sought = erasure.clone();
        let begun = self.follower.reader.reading(move |store| begin(store, &sought)).await?;
        match begun {
            Some(begun) => {
                self.pass = Some(Pass::Begun(Box::new(begun)));
                Ok(Step::More)
            }
            None => {
                self.pass = Some(Pass::Awaited(looks.saturating_add(1)));
                if looks < LOOKS {
                    return Ok(Step::Awaited);
                }
                Err(Undone::Failed(Failure::passing(format!(
                    "it cannot erase a user yet: what record {} erases can still be read",
                    erasure.index
                ))))
            }
        }
    }

    /// Sends some of the events that named the user again, or reads which they are.
    async fn step(&mut self, erasure: &Erasure, begun: &mut Begun) -> Result<Step, Undone> {
        if !begun.left.is_empty() {
            let many = begun.left.len().min(AT_ONCE);
            let shaped: Vec<Shaped> =
                begun.left.iter().take(many).map(|event| event.shaped.clone()).collect();
            self.replace(&shaped).await?;
            begun.left.drain(..many);
            return Ok(Step::More);
        }
        let from = begun.next;
        if from >= erasure.index {
            return Ok(Step::Done);
        }
        let (Some(assembler), shaping) = (begun.assembler.take(), self.shaping()) else {
            return Err(Undone::Ended);
        };
        let read = self
            .follower
            .reader
            .reading(move |store| Ok(read_on(store, assembler, from, &shaping)));
        let ReadOn { assembler, events, next, failed, .. } = read.await?;
        let concerned = |event: &Waiting| {
            event.shaped.index < erasure.index && begun.records.contains(&event.decision)
        };
        begun.left.extend(events.into_iter().filter(concerned));
        begun.assembler = Some(assembler);
        begun.next = next;
        match failed {
            Some(error) if next == from => Err(Stopped::Unreadable(error).into()),
            None if next == from => Ok(Step::Done),
            Some(_) | None => Ok(Step::More),
        }
    }

    /// Has events take the place of those that are there.
    async fn replace(&mut self, events: &[Shaped]) -> Result<(), Undone> {
        let mut stop = self.follower.stop.clone();
        let target = self.target().map_err(Undone::Failed)?;
        let sent = tokio::select! {
            sent = tokio::time::timeout(SEND_WITHIN, target.erase(events)) => sent,
            () = stopped(&mut stop) => return Err(Undone::Failed(Failure::passing("it was stopped"))),
        };
        let fates = match sent {
            Ok(Ok(fates)) => fates,
            Ok(Err(failure)) => return Err(Undone::Failed(failure)),
            Err(_) => return Err(Undone::Failed(Failure::passing("no answer in time"))),
        };
        match fates.into_iter().find(|fate| *fate != Fate::Taken) {
            None | Some(Fate::Taken) => Ok(()),
            Some(Fate::Refused(reason)) => {
                Err(Undone::Failed(Failure::stopped(format!("it does not erase: {reason}"))))
            }
            Some(Fate::Again(failure)) => Err(Undone::Failed(failure)),
        }
    }
}

/// What became of a step.
enum Step {
    More,
    /// The user can still be read.
    Awaited,
    Done,
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
fn begin(store: &Store, erasure: &Erasure) -> Result<Option<Begun>, ReadError> {
    let before = erasure.before.min(erasure.index);
    let trace = store.trace(&erasure.user_ref, before, &mut |_| {})?;
    if trace.readable > 0 {
        return Ok(None);
    }
    let next = trace.records.first().copied().unwrap_or(erasure.index);
    let origin = store.log_keys().first().map_or_else(String::new, |key| key.name().to_owned());
    let assembler = Assembler::new(origin, next);
    let records = trace.records.into_iter().collect();
    Ok(Some(Begun { records, assembler: Some(assembler), next, left: VecDeque::new() }))
}
