//! What becomes of events that were sent.

use std::sync::Arc;

use syndic_ledger::{Record, SinkRejected};
use syndic_model::SinkFailure;
use syndic_store::Entry;

use super::{Next, Running};
use crate::sink::{Failure, Fate};
use crate::sinks::dead_letters::DeadLetter;
use crate::sinks::reading::Waiting;

/// After how many refused events in a row the sink itself counts as broken, and not what it is given.
const REFUSED_IN_A_ROW: u32 = 100;

impl Running {
    /// Takes what became of each event. After too many refusals in a row the sink itself counts as broken, and what it
    /// refuses stays until it takes one.
    pub(super) async fn settle(&mut self, events: Vec<Waiting>, fates: Vec<Fate>) -> Next {
        let (mut again, mut refused, mut taken) = (Vec::new(), Vec::new(), 0_u64);
        let (mut in_a_row, mut withheld, mut failure) = (self.refused_in_a_row, None, None);
        for (event, fate) in events.into_iter().zip(fates) {
            match fate {
                Fate::Taken => {
                    taken += 1;
                    in_a_row = 0;
                }
                Fate::Again(why) => {
                    again.push(event);
                    failure.get_or_insert(why);
                }
                Fate::Refused(reason) if in_a_row >= REFUSED_IN_A_ROW => {
                    again.push(event);
                    withheld = Some(reason);
                }
                Fate::Refused(reason) => {
                    in_a_row += 1;
                    refused.push((event, reason));
                }
            }
        }
        if taken > 0 {
            self.state.taken += taken;
            self.state.last_success = Some(self.follower.clock.now());
            self.state.failing_since = None;
            self.kept.changed = true;
            self.batch.widen();
        }
        let last = refused.last().map(|(_, why)| why.clone());
        if let Err(failure) = self.bury(refused, again).await {
            return self.failed(failure);
        }
        self.refused_in_a_row = in_a_row;
        if let Some(reason) = withheld.or(last).filter(|_| in_a_row >= REFUSED_IN_A_ROW) {
            // One is enough to learn that it takes events again.
            self.batch.narrow(1);
            return self.failed(Failure::stopped(format!(
                "it refused {REFUSED_IN_A_ROW} events in a row, and no more become dead letters until it takes one: {reason}"
            )));
        }
        if let Some(failure) = failure {
            return self.failed(failure);
        }
        self.circuit.close();
        Next::AtOnce
    }

    /// Takes back a batch that nothing is known of, or a part of which is refused.
    pub(super) async fn take_back(&mut self, events: Vec<Waiting>, failure: Failure) -> Next {
        let reason = match &failure {
            Failure::Poisoned { reason } => reason.clone(),
            Failure::TooLarge => "it is too large".to_owned(),
            Failure::Passing { .. } | Failure::Stopped { .. } => {
                self.batch.give_back(events);
                return self.failed(failure);
            }
        };
        if events.len() > 1 {
            self.batch.narrow(events.len() / 2);
            self.batch.give_back(events);
            return Next::AtOnce;
        }
        let fates = events.iter().map(|_| Fate::Refused(reason.clone())).collect();
        self.settle(events, fates).await
    }

    /// Makes dead letters of what is refused, and gives back what is to be sent again; all of it where that fails.
    async fn bury(
        &mut self,
        refused: Vec<(Waiting, String)>,
        mut again: Vec<Waiting>,
    ) -> Result<(), Failure> {
        if refused.is_empty() {
            self.batch.give_back(again);
            return Ok(());
        }
        let letters: Vec<DeadLetter> = refused
            .iter()
            .map(|(event, reason)| {
                DeadLetter::new(event.shaped.index, event.shaped.id.clone(), reason)
            })
            .collect();
        let (file, at, kept) =
            (self.dead_letters.clone(), self.follower.clock.now(), letters.clone());
        let turn = Arc::clone(&self.turn);
        let added = tokio::task::spawn_blocking(move || {
            let added = file.add(&kept, at);
            drop(turn);
            added
        });
        let added = added.await;
        if let Err(error) = added.unwrap_or_else(|error| Err(std::io::Error::other(error))) {
            again.extend(refused.into_iter().map(|(event, _)| event));
            again.sort_by_key(|event| event.shaped.index);
            self.batch.give_back(again);
            return Err(Failure::passing(format!("a dead letter cannot be kept: {error}")));
        }
        self.batch.give_back(again);
        for letter in letters {
            tracing::error!(
                sink = self.state.name,
                index = letter.index,
                id = letter.id,
                reason = letter.reason,
                "an event became a dead letter"
            );
            self.state.refused += 1;
            self.state.dead_letters += 1;
            self.kept.changed = true;
            self.record(letter);
        }
        Ok(())
    }

    /// Records a dead letter as far as the ledger has room; a decision comes first, and the file has it.
    fn record(&self, letter: DeadLetter) {
        let Some(store) = self.follower.reader.store() else { return };
        let Ok(slot) = store.reserve() else { return };
        let DeadLetter { index, id, reason } = letter;
        let record =
            Record::SinkRejected(SinkRejected { sink: self.state.name.clone(), index, id, reason });
        let at = self.follower.clock.now();
        drop(slot.enqueue(Entry { record, at, parts: Vec::new(), subject: None }));
    }

    /// Takes note of a failure, and tells how long to wait.
    pub(super) fn failed(&mut self, failure: Failure) -> Next {
        let (reason, wait) = match failure {
            Failure::Passing { reason, retry_after } => {
                (reason, self.circuit.fail(retry_after, self.follower.clock.as_ref()))
            }
            Failure::Stopped { reason } => (reason, self.circuit.stop()),
            Failure::Poisoned { reason } => {
                (reason, self.circuit.fail(None, self.follower.clock.as_ref()))
            }
            Failure::TooLarge => {
                let clock = self.follower.clock.as_ref();
                ("it is too large".to_owned(), self.circuit.fail(None, clock))
            }
        };
        tracing::warn!(sink = self.state.name, reason, "a sink did not take what it was sent");
        self.fails(reason);
        Next::After(wait)
    }

    pub(super) fn fails(&mut self, reason: String) {
        self.state.failures += 1;
        let at = self.follower.clock.now();
        self.state.failing_since.get_or_insert(at);
        self.state.last_failure = Some(SinkFailure { at, reason });
    }
}
