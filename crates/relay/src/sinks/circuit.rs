//! When a sink is tried again: later after every failure, and seldom where a person must do something first.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use syndic_model::{Circuit as Position, Clock};

use crate::book::Pace;
use crate::notifier::wait;

/// After how many failures in a row a sink counts as down.
const DOWN_AFTER: u32 = 5;
/// How long a sink fails before it counts as down, however seldom it is tried.
const DOWN_WITHIN: SignedDuration = SignedDuration::from_mins(1);
/// How long a sink is left alone that a person must mend.
const STOPPED_FOR: Duration = Duration::from_mins(5);

#[derive(Debug)]
pub(crate) struct Circuit {
    pace: Pace,
    failures: u32,
    /// When the first of them was.
    since: Option<Timestamp>,
    /// It fails for longer than a minute, or will have before it is tried again.
    is_long: bool,
    is_stopped: bool,
}

impl Circuit {
    pub(crate) const fn new(pace: Pace) -> Self {
        Self { pace, failures: 0, since: None, is_long: false, is_stopped: false }
    }

    pub(crate) const fn position(&self) -> Position {
        if self.is_stopped {
            Position::Open
        } else if self.failures >= DOWN_AFTER || self.is_long {
            Position::HalfOpen
        } else {
            Position::Closed
        }
    }

    /// Begins anew: something was taken, or a person did something.
    pub(crate) const fn close(&mut self) {
        *self = Self::new(self.pace);
    }

    /// Takes a failure that may pass, and tells how long to wait.
    pub(crate) fn fail(&mut self, retry_after: Option<Duration>, clock: &dyn Clock) -> Duration {
        self.is_stopped = false;
        self.failures = self.failures.saturating_add(1);
        let wait = wait(self.pace, self.failures, retry_after, clock);
        let now = clock.now();
        let failing = now.duration_since(*self.since.get_or_insert(now));
        let until = SignedDuration::try_from(wait).unwrap_or(SignedDuration::MAX);
        self.is_long |= failing.saturating_add(until) > DOWN_WITHIN;
        wait
    }

    /// Takes a failure that does not pass by itself, and tells how long to wait.
    pub(crate) const fn stop(&mut self) -> Duration {
        self.is_stopped = true;
        STOPPED_FOR
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use syndic_model::{Circuit as Position, Clock};

    use super::Circuit;
    use crate::book::Pace;

    struct Still;

    impl Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }

        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(128);
        }
    }

    #[test]
    fn a_sink_is_tried_ever_more_seldom_and_at_once_after_it_took_something() {
        let pace = Pace { first: Duration::from_secs(1), most: Duration::from_secs(8) };
        let mut circuit = Circuit::new(pace);
        let waits: Vec<_> = (0..6).map(|_| circuit.fail(None, &Still).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 8, 8]);
        assert_eq!(circuit.position(), Position::HalfOpen);
        circuit.close();
        assert_eq!(circuit.position(), Position::Closed);
        let asked = Some(Duration::from_secs(30));
        assert_eq!(circuit.fail(asked, &Still), Duration::from_secs(30));
    }

    #[test]
    fn a_sink_that_asks_to_be_left_alone_for_minutes_is_down_at_once() {
        let mut circuit = Circuit::new(Pace::default());
        circuit.fail(Some(Duration::from_secs(30)), &Still);
        assert_eq!(circuit.position(), Position::Closed);
        circuit.fail(Some(Duration::from_secs(300)), &Still);
        assert_eq!(circuit.position(), Position::HalfOpen);
        circuit.close();
        assert_eq!(circuit.position(), Position::Closed);
    }

    #[test]
    fn a_sink_that_a_person_must_mend_is_left_alone_for_minutes() {
        let mut circuit = Circuit::new(Pace::default());
        assert_eq!(circuit.stop(), Duration::from_mins(5));
        assert_eq!(circuit.position(), Position::Open);
        circuit.close();
        assert_eq!(circuit.position(), Position::Closed);
    }
}
