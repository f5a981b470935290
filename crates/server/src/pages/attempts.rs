//! How often somebody may show a wrong key.
//!
//! A right key always opens: it has 256 random bits, so that guessing is hopeless anyway, and a limit that shut
//! everybody out would let an agent keep its approvers from answering. What is bounded is what wrong keys are told.

use jiff::{SignedDuration, Timestamp};

const WINDOW: SignedDuration = SignedDuration::from_secs(60);
const MOST: u32 = 10;

/// Wrong keys of the last minute, counted for everybody together.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    since: Option<Timestamp>,
    failed: u32,
}

impl Attempts {
    /// Counts a wrong key, and tells whether there were too many.
    pub(crate) fn fail(&mut self, now: Timestamp) -> bool {
        let fresh = self.since.is_some_and(|since| now.duration_since(since) < WINDOW);
        if !fresh {
            *self = Self { since: Some(now), failed: 0 };
        }
        self.failed = self.failed.saturating_add(1);
        self.failed > MOST
    }

    /// Tells whether there were too many in the last minute.
    pub(crate) fn are_too_many(&self, now: Timestamp) -> bool {
        self.failed > MOST && self.since.is_some_and(|since| now.duration_since(since) < WINDOW)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::{Attempts, MOST};

    #[test]
    fn wrong_keys_are_counted_by_the_minute() {
        let mut attempts = Attempts::default();
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!((0..MOST).all(|_| !attempts.fail(at(0))));
        assert!(!attempts.are_too_many(at(59)));
        assert!(attempts.fail(at(59)));
        assert!(attempts.are_too_many(at(59)) && !attempts.are_too_many(at(60)));
        assert!(!attempts.fail(at(60)));
    }
}
