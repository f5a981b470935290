//! How a witness is, as the log sees it that asks for its signature.

use jiff::{SignedDuration, Timestamp};

/// How a witness is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WitnessState {
    /// The name of its key.
    pub name: String,
    /// Where it is.
    pub url: String,
    /// The size of the newest checkpoint that it cosigned, as far as this process knows.
    pub cosigned: Option<u64>,
    /// Since when there is a checkpoint that it has not cosigned.
    pub behind_since: Option<Timestamp>,
    /// Why the last try failed.
    pub failure: Option<String>,
    /// What shows that it cosigned another history than this one; it is not asked again before a restart.
    pub contradiction: Option<String>,
}

impl WitnessState {
    /// Tells whether it cosigned the last time it was asked, or was not asked yet.
    #[must_use]
    pub const fn is_up(&self) -> bool {
        self.failure.is_none() && self.contradiction.is_none()
    }

    /// Returns how long there has been a checkpoint that it has not cosigned; nothing where there is none.
    #[must_use]
    pub fn lag(&self, now: Timestamp) -> SignedDuration {
        self.behind_since.map_or(SignedDuration::ZERO, |since| {
            now.duration_since(since).max(SignedDuration::ZERO)
        })
    }
}
