//! How a sink of the audit trail is, as the relay sees it that carries events there.

use jiff::{SignedDuration, Timestamp};

/// How a sink is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkState {
    /// Its name in `syndic.yaml`.
    pub name: String,
    /// `file`, `elasticsearch`, `cloudwatch`, `otlp` or `webhook`.
    pub kind: String,
    /// Where it is, for people; it names no secret.
    pub place: String,
    /// `native`, `ocsf` or `otel`.
    pub format: String,
    /// `none`, `redacted` or `clear`.
    pub parts: String,
    /// Whether records are kept until they have gone there.
    pub required: bool,
    /// The record it reads next: every event that was complete before is there, or is a dead letter.
    pub next_index: u64,
    /// The oldest record that it still needs.
    pub needs_from: u64,
    /// Whether it is tried.
    pub circuit: Circuit,
    /// How many events it took since the start.
    pub taken: u64,
    /// How many tries failed since the start.
    pub failures: u64,
    /// How many events became dead letters since the start.
    pub refused: u64,
    /// How many ever did.
    pub dead_letters: u64,
    /// Since when nothing but failures came of it.
    pub failing_since: Option<Timestamp>,
    /// When it last took something.
    pub last_success: Option<Timestamp>,
    /// What went wrong the last time.
    pub last_failure: Option<SinkFailure>,
}

impl SinkState {
    /// Returns how long it has failed; nothing where the last try did not.
    #[must_use]
    pub fn failing_for(&self, now: Timestamp) -> SignedDuration {
        self.failing_since.map_or(SignedDuration::ZERO, |since| {
            now.duration_since(since).max(SignedDuration::ZERO)
        })
    }
}

/// What went wrong at a sink.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SinkFailure {
    /// When.
    pub at: Timestamp,
    /// What; it names no secret.
    pub reason: String,
}

/// Whether a sink is tried.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Circuit {
    /// It takes what is sent.
    #[default]
    Closed,
    /// It failed a few times, and is tried now and then.
    HalfOpen,
    /// It takes nothing until a person has done something.
    Open,
}

impl Circuit {
    /// Returns its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::HalfOpen => "half-open",
            Self::Open => "open",
        }
    }
}
