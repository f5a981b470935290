//! Where a sink begins, or goes on after a restart.

use std::collections::VecDeque;
use std::sync::Arc;

use syndic_governance::SinkStart;
use syndic_model::{Circuit as Position, SinkFailure};
use tokio::time::Instant;

use super::keeping::{Kept, Progress, state_of};
use super::{Follower, Running, Turn};
use crate::cursor::CursorFile;
use crate::follow::Stopped;
use crate::sinks::assemble::Assembler;
use crate::sinks::batch::Batch;
use crate::sinks::circuit::Circuit;
use crate::sinks::dead_letters::DeadLetters;

impl Running {
    /// Takes up where the sink was, or begins where its settings say.
    pub(super) async fn begin(follower: Follower) -> Option<Self> {
        let turn = Arc::clone(&follower.turns).lock_owned().await;
        let turn: Turn = Arc::new((turn, follower.reader.busy().await));
        let file = CursorFile::new(&follower.data_dir, &follower.sink.name);
        let read = file.clone();
        let read = tokio::task::spawn_blocking(move || read.find::<Progress>()).await;
        let cursor = match read.unwrap_or_else(|error| Err(error.to_string())) {
            // What was sent to another place is not here.
            Ok(cursor) => cursor.filter(|cursor| cursor.state.is_of(&follower.sink)),
            Err(reason) => {
                tell_lost(&follower, reason);
                // Whoever started it tries again.
                tokio::time::sleep(follower.pace.most).await;
                return None;
            }
        };
        let start = follower.sink.start;
        let begun = follower.reader.reading(move |store| {
            let (first, durable) = (store.first_index(), store.durable_index());
            let origin =
                store.log_keys().first().map_or_else(String::new, |key| key.name().to_owned());
            let Some(cursor) = cursor else {
                let next = match start {
                    SinkStart::Beginning => first,
                    SinkStart::Now => durable,
                };
                return Ok((next, Assembler::new(origin, next), (0, 0)));
            };
            // A ledger that is shorter is a restored one: what it has was sent.
            let next = cursor.next_index.clamp(first, durable.max(first));
            let mut assembler = Assembler::new(origin, cursor.state.whole_from.min(next));
            for &index in cursor.state.open.iter().filter(|index| (first..next).contains(index)) {
                if let Some(leaf) = store.leaves(index, 1)?.first() {
                    assembler.resume(leaf);
                }
            }
            let Progress { dead_letters, refused_in_a_row, .. } = cursor.state;
            Ok((next, assembler, (dead_letters, refused_in_a_row)))
        });
        let (next, assembler, (dead_letters, refused_in_a_row)) = match begun.await {
            Ok(begun) => begun,
            Err(Stopped::Closed) => return None,
            Err(Stopped::Unreadable(error)) => {
                tracing::error!(sink = follower.sink.name, %error, "a sink does not begin while this cannot be read");
                // Whoever started it tries again.
                tokio::time::sleep(follower.pace.most).await;
                return None;
            }
        };
        let state = state_of(&follower.sink, next, dead_letters);
        let mut batch = Batch::default();
        if refused_in_a_row > 0 {
            batch.narrow(1);
        }
        let mut running = Self {
            dead_letters: DeadLetters::new(&follower.data_dir, &follower.sink.name),
            circuit: Circuit::new(follower.pace),
            file,
            target: None,
            assembler: Some(assembler),
            next_read: next,
            batch,
            erasures: VecDeque::new(),
            pass: None,
            refused_in_a_row,
            state,
            kept: Kept { at: Instant::now(), index: None, changed: false },
            turn,
            follower,
        };
        running.keep().await;
        running.tell();
        Some(running)
    }
}

/// Tells of a sink that does not begin, since nobody knows where it was: to begin anew could leave a gap.
fn tell_lost(follower: &Follower, reason: String) {
    tracing::error!(sink = follower.sink.name, reason, "a sink does not begin");
    let mut state = state_of(&follower.sink, 0, 0);
    let at = follower.clock.now();
    state.circuit = Position::Open;
    state.failures = 1;
    state.failing_since = Some(at);
    state.last_failure = Some(SinkFailure { at, reason });
    follower.board.set(&state);
}
