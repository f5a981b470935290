//! What every sink is given, and how it answers.

use std::time::Duration;

use jiff::Timestamp;

/// An event in the form its sink wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shaped {
    /// The record that completed it.
    pub(crate) index: u64,
    /// The event's id, the same however often it is sent.
    pub(crate) id: String,
    /// When it was decided, which is its time everywhere.
    pub(crate) at: Timestamp,
    /// The agent.
    pub(crate) agent: String,
    /// One JSON object, on one line.
    pub(crate) body: String,
}

/// How much is sent at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Most {
    pub(crate) events: usize,
    /// The sum of what bodies and the sink's own overhead have.
    pub(crate) bytes: usize,
    /// What the sink counts beside each body.
    pub(crate) overhead: usize,
}

/// What became of one event of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is there; that it was there already counts too.
    Taken,
    /// Not now, and why.
    Again(Failure),
    /// Never: it becomes a dead letter.
    Refused(String),
}

/// Why nobody knows what became of a batch, or nothing did. No text names a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The same may be sent again.
    Passing {
        /// Why.
        reason: String,
        /// The sink asked to be left alone so long.
        retry_after: Option<Duration>,
    },
    /// Something in it is refused, and the sink does not say which: a smaller part is tried.
    Poisoned {
        /// Why.
        reason: String,
    },
    /// It is too large: half of it is tried.
    TooLarge,
    /// Nothing will be taken until a person has done something: credentials, an index that may not be made.
    Stopped {
        /// What, and where it is mended.
        reason: String,
    },
}

impl Failure {
    pub(crate) fn passing(reason: impl Into<String>) -> Self {
        Self::Passing { reason: reason.into(), retry_after: None }
    }

    pub(crate) fn stopped(reason: impl Into<String>) -> Self {
        Self::Stopped { reason: reason.into() }
    }
}
