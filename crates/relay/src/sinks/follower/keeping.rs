//! Where a sink is: kept in its cursor, and told.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use syndic_governance::Sink;
use syndic_model::{Hex, SinkState};
use tokio::time::Instant;

use super::Running;
use crate::cursor::Cursor;
use crate::sinks::assemble::Assembler;

/// How often the cursor is kept at most while events go out, and where the ledger only grew.
const KEEP_EVERY: Duration = Duration::from_millis(250);
const KEEP_INDEX_EVERY: Duration = Duration::from_secs(5);

/// What a sink's cursor keeps beside the record it reads next.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Progress {
    /// What the place is called whose cursor it is: a hash of its address, which may have a secret.
    pub(crate) place: String,
    /// From this record on, every decision before the next one was seen.
    #[serde(default)]
    pub(crate) whole_from: u64,
    /// The records of decisions whose end is awaited.
    #[serde(default)]
    pub(crate) open: Vec<u64>,
    /// How many events became dead letters.
    #[serde(default)]
    pub(crate) dead_letters: u64,
    /// How many events it refused since it took one.
    #[serde(default)]
    pub(crate) refused_in_a_row: u32,
}

impl Progress {
    /// Tells whether it is that of `sink`, and not of another place that was called so before.
    pub(crate) fn is_of(&self, sink: &Sink) -> bool {
        self.place == place_of(sink)
    }
}

fn place_of(sink: &Sink) -> String {
    Hex(&Sha256::digest(sink.target.destination())).to_string()
}

/// When and where the cursor was kept.
pub(super) struct Kept {
    pub(super) at: Instant,
    /// Nothing where it could not be.
    pub(super) index: Option<u64>,
    /// Something was sent since then.
    pub(super) changed: bool,
}

impl Running {
    /// Returns the record that is read next after a restart: everything complete before it is settled.
    fn next_index(&self) -> u64 {
        let erasure = self.erasures.front().map(|erasure| erasure.index);
        self.batch.first_index().or(erasure).unwrap_or(self.next_read)
    }

    pub(super) async fn keep_if_due(&mut self, is_idle: bool) {
        let since = self.kept.at.elapsed();
        let has_grown = self.kept.index != Some(self.next_index());
        let due = self.kept.changed && (is_idle || since >= KEEP_EVERY);
        if due || has_grown && since >= KEEP_INDEX_EVERY {
            self.keep().await;
        }
    }

    /// Keeps where it is. A cursor that cannot be kept costs events that are sent again after the next start.
    pub(super) async fn keep(&mut self) {
        let next = self.next_index();
        let progress = self.progress(next);
        let (file, cursor) = (self.file.clone(), Cursor::new(next, progress));
        let turn = Arc::clone(&self.turn);
        let written = tokio::task::spawn_blocking(move || {
            let written = file.write(&cursor.encode());
            drop(turn);
            written
        });
        let written = written.await.unwrap_or_else(|error| Err(io::Error::other(error)));
        if let Err(error) = &written {
            tracing::warn!(sink = self.state.name, %error, "where the sink is could not be kept");
        }
        let index = written.is_ok().then_some(next);
        self.kept = Kept { at: Instant::now(), index, changed: false };
    }

    fn progress(&self, next: u64) -> Progress {
        let open = self.assembler.iter().flat_map(Assembler::open);
        let mut open: Vec<u64> =
            open.chain(self.batch.decisions()).filter(|index| *index < next).collect();
        open.sort_unstable();
        open.dedup();
        Progress {
            place: place_of(&self.follower.sink),
            whole_from: self.assembler.as_ref().map_or(0, Assembler::whole_from),
            open,
            dead_letters: self.state.dead_letters,
            refused_in_a_row: self.refused_in_a_row,
        }
    }

    /// Tells how it is, where that changed.
    pub(super) fn tell(&mut self) {
        let next = self.next_index();
        let open = self.assembler.iter().flat_map(Assembler::open).chain(self.batch.decisions());
        self.state.needs_from = open.min().map_or(next, |oldest| oldest.min(next));
        self.state.next_index = next;
        self.state.circuit = self.circuit.position();
        self.follower.board.set(&self.state);
    }
}

/// Returns how a sink is of which nothing is known yet.
pub(crate) fn state_of(sink: &Sink, next: u64, dead_letters: u64) -> SinkState {
    SinkState {
        name: sink.name.clone(),
        kind: sink.target.kind().to_owned(),
        place: sink.target.place(),
        format: sink.format.to_string(),
        parts: sink.parts.to_string(),
        required: sink.required,
        next_index: next,
        needs_from: next,
        circuit: syndic_model::Circuit::Closed,
        taken: 0,
        failures: 0,
        refused: 0,
        dead_letters,
        failing_since: None,
        last_success: None,
        last_failure: None,
    }
}
