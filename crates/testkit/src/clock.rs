//! A clock that obeys.

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use syndic_model::Clock;

/// A clock that stands still until it is moved, with random bytes that repeat from run to run.
#[derive(Debug)]
pub struct TestClock {
    now: Mutex<Timestamp>,
    seed: Mutex<u64>,
}

impl TestClock {
    /// Makes a clock that stands at `now`, such as `2026-11-22T12:00:00Z`.
    ///
    /// # Panics
    /// When that is no time.
    #[must_use]
    #[expect(clippy::unwrap_used, reason = "a test states a valid time")]
    pub fn at(now: &str) -> Self {
        Self { now: Mutex::new(now.parse().unwrap()), seed: Mutex::new(0x9e37_79b9_7f4a_7c15) }
    }

    /// Moves the clock, backwards too.
    #[expect(clippy::unwrap_used, reason = "a test moves within the range of time")]
    pub fn step(&self, by: SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }
}

#[expect(clippy::unwrap_used, reason = "no test panics while it holds the clock")]
impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    /// Fills with xorshift64*: fast and repeatable, never secure.
    fn fill(&self, bytes: &mut [u8]) {
        let mut seed = self.seed.lock().unwrap();
        for byte in bytes {
            *seed ^= *seed >> 12;
            *seed ^= *seed << 25;
            *seed ^= *seed >> 27;
            *byte = seed.wrapping_mul(0x2545_f491_4f6c_dd1d).to_be_bytes()[0];
        }
    }
}
