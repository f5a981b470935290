//! From records to events in the form a sink wants; blocks on the disk.

use std::sync::Arc;

use syndic_governance::{Governance, SinkFormat, SinkParts};
use syndic_ledger::Record;
use syndic_model::Clock;
use syndic_store::{ReadError, Store};

use crate::format::shape;
use crate::sink::Shaped;
use crate::sinks::assemble::{Assembler, is_opened};
use crate::sinks::content::lessen;

/// How many records are read at once, and how much text.
const RECORDS: u64 = 1024;
const BYTES: usize = 4 << 20;

/// An event ready to be sent.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) shaped: Shaped,
    /// The record of its decision.
    pub(crate) decision: u64,
}

/// What was erased of a user.
#[derive(Debug, Clone)]
pub(crate) struct Erasure {
    /// The record of it.
    pub(crate) index: u64,
    /// The user's pseudonym.
    pub(crate) user_ref: String,
    /// Records from this one on stay.
    pub(crate) before: u64,
}

/// How events are to look.
#[derive(Clone)]
pub(crate) struct Shaping {
    pub(crate) format: SinkFormat,
    pub(crate) parts: SinkParts,
    pub(crate) governance: Arc<Governance>,
    pub(crate) clock: Arc<dyn Clock>,
}

/// What was read.
#[derive(Debug)]
pub(crate) struct ReadOn {
    pub(crate) assembler: Assembler,
    pub(crate) events: Vec<Waiting>,
    pub(crate) erasures: Vec<Erasure>,
    /// The record to go on with.
    pub(crate) next: u64,
    /// Why it is not a later one, where something is wrong.
    pub(crate) failed: Option<ReadError>,
}

/// Reads on from record `next`, as far as a few thousand records or some text go.
pub(crate) fn read_on(
    store: &Store,
    mut assembler: Assembler,
    next: u64,
    shaping: &Shaping,
) -> ReadOn {
    let (mut read, mut erasures) = (Vec::new(), Vec::new());
    let (mut next, mut failed) = (next, None);
    match store.records(next, RECORDS, BYTES, is_opened) {
        Ok(records) => {
            for (stored, hash) in records {
                let index = stored.leaf.i;
                if let Record::UserRedacted(redacted) = &stored.leaf.record {
                    let (user_ref, before) = (redacted.user_ref.clone(), redacted.before);
                    erasures.push(Erasure { index, user_ref, before });
                }
                match assembler.take(store, stored, hash) {
                    Ok(complete) => read.extend(complete),
                    Err(error) => {
                        failed = Some(error);
                        break;
                    }
                }
                next = index + 1;
                if !erasures.is_empty() {
                    // What comes after it waits until it is done.
                    break;
                }
            }
        }
        Err(error) => failed = Some(error),
    }
    let events = read.into_iter().map(|complete| {
        let (mut event, placement) = (complete.event, complete.placement);
        let pseudonym = |kind: &str, text: &str| store.pseudonym(kind, text);
        let clock = shaping.clock.as_ref();
        lessen(&mut event, shaping.parts, &shaping.governance, clock, pseudonym);
        let body = shape(shaping.format, &event, &placement);
        let shaped = Shaped {
            index: placement.index,
            at: event.timestamp,
            body,
            id: event.event_id,
            agent: event.agent_name,
        };
        Waiting { shaped, decision: complete.decision }
    });
    let events = events.collect();
    ReadOn { assembler, events, erasures, next, failed }
}
