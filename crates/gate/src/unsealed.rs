//! For how long there has been a durable record that no signed checkpoint covers.

use std::time::{Duration, Instant};

use crate::Gate;

/// What was found at the last look, which happens every second and whenever somebody asks.
#[derive(Debug, Default)]
pub(crate) struct Unsealed {
    /// How many records were durable when some were first found uncovered, and when that was.
    since: Option<(u64, Instant)>,
}

impl Unsealed {
    /// Looks again, where `covered` of `durable` records are under a checkpoint.
    fn look(&mut self, durable: u64, covered: u64, now: Instant) -> Duration {
        if covered >= durable {
            self.since = None;
            return Duration::ZERO;
        }
        let waits = self.since.filter(|(records, _)| covered < *records);
        let (_, since) = *self.since.insert(waits.unwrap_or((durable, now)));
        now.saturating_duration_since(since)
    }
}

impl Gate {
    /// Tells for how long there has been a durable record that no signed checkpoint covers; zero where there is none.
    pub(crate) fn unsealed_for(&self) -> Duration {
        // In this order: what is signed in between is no record that waits.
        let durable = self.store.durable_index();
        let covered = self.store.checkpoint().head.size;
        // How long that is has nothing to do with what the host takes the time to be.
        self.unsealed.lock().look(durable, covered, Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use super::{Duration, Instant, Unsealed};

    #[test]
    fn a_record_waits_until_a_checkpoint_covers_it_and_an_idle_ledger_does_not() {
        let mut unsealed = Unsealed::default();
        let began = Instant::now();
        let looks = [
            (0, 5, 5, 0),
            // An hour without records, then one.
            (3_600, 6, 5, 0),
            (3_601, 6, 5, 1),
            (3_602, 9, 5, 2),
            // The first is covered now, those after it wait since they were seen at the earliest.
            (3_603, 9, 6, 0),
            (3_613, 9, 6, 10),
            (3_614, 9, 9, 0),
        ];
        for (second, durable, covered, waits) in looks {
            let now = began + Duration::from_secs(second);
            assert_eq!(unsealed.look(durable, covered, now).as_secs(), waits, "{second}");
        }
    }
}
