//! `GET /v1/sinks`: where the audit trail goes beside the ledger, and how far it is.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The sinks in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Sinks {
    /// By name.
    pub sinks: Vec<SinkBody>,
}

/// One sink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SinkBody {
    /// Its name in `syndic.yaml`.
    pub name: String,
    /// `file`, `elasticsearch`, `cloudwatch`, `otlp` or `webhook`.
    pub kind: String,
    /// Where it is, without secrets.
    pub place: String,
    /// `native`, `ocsf` or `otel`.
    pub format: String,
    /// `none`, `redacted` or `clear`.
    pub parts: String,
    /// Whether records are kept until they have gone there.
    pub required: bool,
    /// The record it reads next.
    pub next_index: u64,
    /// How many durable records it has not read.
    pub lag_records: Option<u64>,
    /// How long ago the first of them was made.
    pub lag_seconds: Option<u64>,
    /// `closed` while events go there, `half-open` after failures, `open` while it waits for a person.
    pub circuit: String,
    /// How many events it took since the start.
    pub taken: u64,
    /// How many tries failed since the start.
    pub failures: u64,
    /// How many events ever became dead letters.
    pub dead_letters: u64,
    /// When it last took something, since the start.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub last_success: Option<Timestamp>,
    /// What went wrong the last time, since the start.
    pub last_failure: Option<SinkFailure>,
}

/// What went wrong at a sink.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SinkFailure {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What.
    pub reason: String,
    /// Since when nothing but failures came; null where something was taken since.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub since: Option<Timestamp>,
}

/// Has a sink go on from an earlier record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplaySink {
    /// Events that are complete from this record on go there again.
    pub from: u64,
}

/// A sink that goes on from an earlier record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReplayedSink {
    /// The sink.
    pub sink: String,
    /// The record it reads next.
    pub from: u64,
    /// How many records it reads again.
    pub records: u64,
}

impl SinkBody {
    /// Tells of a sink; `lag` is in records and seconds, where it is known.
    #[must_use]
    pub fn new(state: syndic_model::SinkState, lag: Option<(u64, u64)>) -> Self {
        let since = state.failing_since;
        Self {
            name: state.name,
            kind: state.kind,
            place: state.place,
            format: state.format,
            parts: state.parts,
            required: state.required,
            next_index: state.next_index,
            lag_records: lag.map(|(records, _)| records),
            lag_seconds: lag.map(|(_, seconds)| seconds),
            circuit: state.circuit.as_str().to_owned(),
            taken: state.taken,
            failures: state.failures,
            dead_letters: state.dead_letters,
            last_success: state.last_success,
            last_failure: state.last_failure.map(|failure| SinkFailure {
                at: failure.at,
                reason: failure.reason,
                since,
            }),
        }
    }
}
