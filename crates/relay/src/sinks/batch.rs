//! What waits to be sent, in the order of the ledger, and how much of it goes at once.

use std::collections::VecDeque;

use crate::sink::Most;
use crate::sinks::reading::Waiting;

#[derive(Debug)]
pub(crate) struct Batch {
    waiting: VecDeque<Waiting>,
    bytes: usize,
    /// Less than the sink takes, while something is refused that it does not name.
    at_once: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), bytes: 0, at_once: usize::MAX }
    }
}

impl Batch {
    pub(crate) fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Tells whether a batch would not get larger by more.
    pub(crate) fn is_full(&self, most: Most) -> bool {
        let bytes = self.bytes.saturating_add(self.waiting.len().saturating_mul(most.overhead));
        self.waiting.len() >= most.events.min(self.at_once) || bytes >= most.bytes
    }

    pub(crate) fn extend(&mut self, events: Vec<Waiting>) {
        self.bytes += events.iter().map(|one| one.shaped.body.len()).sum::<usize>();
        self.waiting.extend(events);
    }

    /// Takes out what goes at once: as much as the sink takes, and one event at least.
    pub(crate) fn take(&mut self, most: Most) -> Vec<Waiting> {
        let (mut taken, mut bytes) = (Vec::new(), 0_usize);
        while taken.len() < most.events.min(self.at_once).max(1)
            && let Some(next) = self.waiting.front()
        {
            bytes = bytes.saturating_add(next.shaped.body.len().saturating_add(most.overhead));
            if bytes > most.bytes && !taken.is_empty() {
                break;
            }
            taken.extend(self.waiting.pop_front());
        }
        self.bytes = self.bytes.saturating_sub(taken.iter().map(|one| one.shaped.body.len()).sum());
        taken
    }

    /// Puts events back that were taken out.
    pub(crate) fn give_back(&mut self, events: Vec<Waiting>) {
        for event in events.into_iter().rev() {
            self.bytes += event.shaped.body.len();
            self.waiting.push_front(event);
        }
    }

    /// Sends at most so many at once from now on.
    pub(crate) fn narrow(&mut self, at_once: usize) {
        self.at_once = at_once.max(1);
    }

    /// Sends twice as many at once from now on.
    pub(crate) const fn widen(&mut self) {
        self.at_once = self.at_once.saturating_mul(2);
    }

    /// Returns the record that completed the first event.
    pub(crate) fn first_index(&self) -> Option<u64> {
        self.waiting.front().map(|one| one.shaped.index)
    }

    /// Returns the records of the decisions of all that waits.
    pub(crate) fn decisions(&self) -> impl Iterator<Item = u64> {
        self.waiting.iter().map(|one| one.decision)
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::Batch;
    use crate::sink::{Most, Shaped};
    use crate::sinks::reading::Waiting;

    fn events(bodies: &[&str]) -> Vec<Waiting> {
        let one = |(index, body): (usize, &&str)| Waiting {
            decision: 0,
            shaped: Shaped {
                index: index as u64,
                id: index.to_string(),
                at: Timestamp::UNIX_EPOCH,
                agent: String::new(),
                body: (*body).to_owned(),
            },
        };
        bodies.iter().enumerate().map(one).collect()
    }

    fn sizes(batch: &mut Batch, most: Most) -> Vec<usize> {
        let sizes = std::iter::from_fn(|| Some(batch.take(most).len()).filter(|size| *size > 0));
        sizes.collect()
    }

    #[test]
    fn a_batch_has_exactly_as_much_as_the_sink_takes_and_never_nothing() {
        let most = Most { events: 3, bytes: 10, overhead: 1 };
        for (bodies, expected) in [
            (vec!["a"; 7], vec![3, 3, 1]),
            (vec!["1234", "1234", "1"], vec![2, 1]),
            (vec!["1234", "12345", "1"], vec![1, 2]),
            (vec!["longer than it takes", "1"], vec![1, 1]),
            (vec![], vec![]),
        ] {
            let mut batch = Batch::default();
            batch.extend(events(&bodies));
            assert_eq!(sizes(&mut batch, most), expected, "{bodies:?}");
        }
    }

    #[test]
    fn what_is_given_back_goes_first_and_fewer_go_at_once_until_some_are_taken() {
        let most = Most { events: 8, bytes: 1000, overhead: 0 };
        let mut batch = Batch::default();
        batch.extend(events(&["a"; 8]));
        let taken = batch.take(most);
        batch.narrow(taken.len() / 2);
        batch.give_back(taken);
        assert_eq!(batch.first_index(), Some(0));
        assert!(batch.is_full(most));
        assert_eq!(batch.take(most).len(), 4);
        batch.widen();
        assert_eq!(batch.take(most).len(), 4);
        assert_eq!(batch.first_index(), None);
    }
}
