//! What keeps dropping by itself from believing a clock that is far ahead.

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::{Leaf, Record};

use crate::kept::kept;
use crate::prune::BY_ITSELF;

/// How long nobody may have been there before a start without doubts about its clock.
const ABSENCE: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Whether the time leapt ahead at a start, and nobody has dropped records by hand since.
#[derive(Debug, Default)]
pub(crate) struct Leap {
    last: Option<(u64, Timestamp)>,
    leapt: bool,
}

kept!(Leap { last, leapt });

impl Leap {
    pub(crate) fn replay(&mut self, leaf: &Leaf) {
        if let Record::Started(_) | Record::LogContinued(_) = &leaf.record {
            // What is left of dropped segments has gaps that say nothing.
            let follows = self.last.is_some_and(|(last, _)| last + 1 == leaf.i);
            self.leapt |= follows && self.is_far(leaf.at);
        }
        if let Record::SegmentsPruned(pruned) = &leaf.record {
            self.leapt &= pruned.by == BY_ITSELF;
        }
        self.last = Some((leaf.i, leaf.at));
    }

    /// Tells how it stands at a start at `now`.
    pub(crate) fn at_start(&self, now: Timestamp) -> bool {
        self.leapt || self.is_far(now)
    }

    fn is_far(&self, at: Timestamp) -> bool {
        self.last.is_some_and(|(_, last)| at.duration_since(last) > ABSENCE)
    }
}

/// What was too old when it was last looked at.
#[derive(Debug, Default)]
pub(crate) struct Looked(Option<Timestamp>);

impl Looked {
    /// Looks again: `before` is the time from which on records are kept, where the clock can tell. Returns what was too
    /// old the last time already, and still is.
    pub(crate) fn again(&mut self, before: Option<Timestamp>) -> Option<Timestamp> {
        let former = std::mem::replace(&mut self.0, before);
        Some(former?.min(before?))
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;
    use syndic_ledger::Leaf;

    use super::{Leap, Looked};

    fn at(day: &str) -> Timestamp {
        format!("{day}T00:00:00Z").parse().unwrap()
    }

    fn leaf(i: u64, day: &str, record: &serde_json::Value) -> Leaf {
        let text = json!({"v": 1, "i": i, "at": at(day), "record": record}).to_string();
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_start_long_after_the_last_record_is_doubted_until_somebody_drops_by_hand() {
        let started = json!({"started": {"version": "1", "durability": "full"}});
        let opened =
            json!({"session_opened": {"session": "s1", "agent": "support", "opened_by": "k1"}});
        let pruned = |by: &str| {
            json!({"segments_pruned": {"from": 0, "to": 1, "segments": 1, "retention_days": 190,
                "archived": false, "by": by}})
        };
        let cases = [
            ("a new ledger", vec![], "2026-11-23", false),
            ("a month is not long", vec![(0, "2026-01-01", &started)], "2026-01-31", false),
            ("longer is", vec![(0, "2026-01-01", &started)], "2026-02-01", true),
            (
                "it was",
                vec![(0, "2026-01-01", &opened), (1, "2026-11-23", &started)],
                "2026-11-23",
                true,
            ),
            (
                "nobody acted",
                vec![(0, "2026-01-01", &opened), (1, "2026-11-23", &opened)],
                "2026-11-23",
                false,
            ),
            (
                "records between were dropped",
                vec![(0, "2026-01-01", &opened), (9, "2026-11-23", &started)],
                "2026-11-23",
                false,
            ),
        ];
        for (case, leaves, now, doubted) in cases {
            let mut leap = Leap::default();
            for (i, day, record) in leaves {
                leap.replay(&leaf(i, day, record));
            }
            assert_eq!(leap.at_start(at(now)), doubted, "{case}");
        }
        for (by, doubted) in [("k1", false), ("retention", true)] {
            let mut leap = Leap::default();
            leap.replay(&leaf(0, "2026-01-01", &opened));
            leap.replay(&leaf(1, "2026-11-23", &started));
            leap.replay(&leaf(2, "2026-11-23", &pruned(by)));
            assert_eq!(leap.at_start(at("2026-11-23")), doubted, "{by}");
        }
    }

    #[test]
    fn only_what_was_too_old_before_is_dropped() {
        let mut looked = Looked::default();
        for (before, dropped) in [
            (Some("2026-05-01"), None),
            (Some("2026-05-02"), Some("2026-05-01")),
            (Some("2026-12-01"), Some("2026-05-02")),
            (Some("2026-05-04"), Some("2026-05-04")),
            (None, None),
            (Some("2026-05-06"), None),
        ] {
            assert_eq!(looked.again(before.map(at)), dropped.map(at), "{before:?}");
        }
    }
}
