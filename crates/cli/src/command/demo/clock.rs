//! A clock that can be set within one hour of business.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use syndic_gate::SystemClock;
use syndic_model::Clock;

const HOUR: i64 = 60;

/// The host's clock, some time late: so the records of a scripted hour lie an hour apart, and whenever it is played
/// it is an hour between 09:00 and 17:00 UTC, the last one there was.
#[derive(Debug)]
pub(super) struct ScriptedClock {
    /// How long ago the hour ended.
    since: SignedDuration,
    minutes_late: AtomicI64,
}

impl ScriptedClock {
    /// Makes a clock that stands at the start of the hour.
    pub(super) fn new() -> Self {
        let since = since_business(SystemClock.now());
        Self { since, minutes_late: AtomicI64::new(HOUR) }
    }

    /// Sets the clock to a minute of the hour; only ever forward.
    pub(super) fn set_minute(&self, minute: i64) {
        self.minutes_late.store(HOUR - minute, Ordering::Relaxed);
    }
}

/// Returns how long ago an hour of business last ended.
fn since_business(now: Timestamp) -> SignedDuration {
    let day = now.to_zoned(TimeZone::UTC);
    let minutes = i64::from(day.hour()) * 60 + i64::from(day.minute());
    SignedDuration::from_mins(match minutes {
        ..600 => minutes + 8 * HOUR,
        600..960 => 0,
        _ => minutes - 16 * HOUR,
    })
}

impl Clock for ScriptedClock {
    fn now(&self) -> Timestamp {
        let late = SignedDuration::from_mins(self.minutes_late.load(Ordering::Relaxed));
        let now = SystemClock.now();
        now.checked_sub(late + self.since).unwrap_or(now)
    }

    fn fill(&self, bytes: &mut [u8]) {
        SystemClock.fill(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::since_business;

    #[test]
    fn the_hour_is_one_of_business() {
        for (now, ended) in [
            ("2026-11-22T00:00:30Z", "2026-11-21T16:00:30Z"),
            ("2026-11-22T09:59:59Z", "2026-11-21T16:00:59Z"),
            ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00Z"),
            ("2026-11-22T15:59:00Z", "2026-11-22T15:59:00Z"),
            ("2026-11-22T23:59:59Z", "2026-11-22T16:00:59Z"),
        ] {
            let now = now.parse::<jiff::Timestamp>().unwrap();
            assert_eq!((now - since_business(now)).to_string(), ended);
        }
    }
}
