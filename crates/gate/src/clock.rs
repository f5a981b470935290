//! The host's clock, and what to do when it steps back.

use jiff::{SignedDuration, Timestamp};
use syndic_model::Clock;

use crate::kept::kept;

/// The clock and the random source of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one clock that reads the host's time")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    #[expect(clippy::panic, reason = "without secure randomness no key or id may be made")]
    fn fill(&self, bytes: &mut [u8]) {
        if let Err(error) = getrandom::fill(bytes) {
            panic!("the operating system gives no random bytes: {error}");
        }
    }
}

/// How far a clock may step back unnoticed.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(1);

/// A clock that never runs backwards, and says when the host's does.
#[derive(Debug, Default)]
pub(crate) struct SteadyClock {
    last: Option<Timestamp>,
}

/// The time as decisions may use it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// Never before an earlier reading.
    pub(crate) now: Timestamp,
    /// False while the host's clock is more than a second behind an earlier reading.
    pub(crate) sane: bool,
}

kept!(SteadyClock { last });

impl SteadyClock {
    pub(crate) fn read(&mut self, clock: &dyn Clock) -> Reading {
        let told = clock.now();
        let last = *self.last.get_or_insert(told);
        if told >= last {
            self.last = Some(told);
            return Reading { now: told, sane: true };
        }
        Reading { now: last, sane: last.duration_since(told) <= TOLERANCE }
    }

    /// Notes a time from the ledger, so that a restart does not forget it.
    pub(crate) fn witness(&mut self, at: Timestamp) {
        self.last = self.last.max(Some(at));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use jiff::Timestamp;
    use syndic_model::Clock;

    use super::SteadyClock;

    struct Told(Mutex<i64>);

    impl Clock for Told {
        fn now(&self) -> Timestamp {
            Timestamp::from_millisecond(*self.0.lock().unwrap()).unwrap()
        }

        fn fill(&self, _: &mut [u8]) {}
    }

    #[test]
    fn a_small_step_back_is_clamped_and_a_large_one_is_told() {
        let mut steady = SteadyClock::default();
        for (told, now, sane) in [
            (10_000, 10_000, true),
            (9_500, 10_000, true),
            (9_000, 10_000, true),
            (8_999, 10_000, false),
            (0, 10_000, false),
            (10_001, 10_001, true),
        ] {
            let reading = steady.read(&Told(Mutex::new(told)));
            assert_eq!((reading.now.as_millisecond(), reading.sane), (now, sane), "told {told}");
        }
    }
}
