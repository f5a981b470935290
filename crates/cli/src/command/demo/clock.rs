//! A clock that can be set within the last hour.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use syndic_gate::SystemClock;
use syndic_model::Clock;

const HOUR: i64 = 60;

/// The host's clock, some minutes late: so the records of a scripted hour lie an hour apart, and end now.
#[derive(Debug, Default)]
pub(super) struct ScriptedClock {
    minutes_late: AtomicI64,
}

impl ScriptedClock {
    /// Sets the clock to a minute of the hour that ends now; only ever forward.
    pub(super) fn set_minute(&self, minute: i64) {
        self.minutes_late.store(HOUR - minute, Ordering::Relaxed);
    }
}

impl Clock for ScriptedClock {
    fn now(&self) -> Timestamp {
        let late = SignedDuration::from_mins(self.minutes_late.load(Ordering::Relaxed));
        let now = SystemClock.now();
        now.checked_sub(late).unwrap_or(now)
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}
