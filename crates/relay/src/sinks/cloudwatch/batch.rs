//! Batches as `PutLogEvents` takes them: of one stream, in the order of time, within every limit of size, number and
//! age. Pure: the limits are those of its API reference.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::sink::Shaped;

/// The most of one request: the UTF-8 of its messages, and [`OVERHEAD`] for each.
pub(super) const MOST_BYTES: usize = 1_048_576;
pub(super) const OVERHEAD: usize = 26;
pub(super) const MOST_EVENTS: usize = 10_000;
/// The most of one message, so that it fits into a request alone.
const MOST_MESSAGE: usize = MOST_BYTES - OVERHEAD;
const MOST_SPAN_MS: i64 = 24 * 60 * 60 * 1_000;
/// CloudWatch takes events from 14 days ago to in 2 hours. What is nearer to either end than this goes with the time it
/// is sent at, so that neither the way there nor its clock decides.
const MARGIN: SignedDuration = SignedDuration::from_mins(10);
pub(super) const OLDEST: SignedDuration = SignedDuration::from_hours(14 * 24);
pub(super) const NEWEST: SignedDuration = SignedDuration::from_hours(2);

/// Events of one agent that go in one request.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Batch<'a> {
    pub(super) agent: &'a str,
    pub(super) entries: Vec<Entry<'a>>,
}

/// One event of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Entry<'a> {
    /// Its place in what was to be sent.
    pub(super) place: usize,
    /// Its time at CloudWatch, in milliseconds since 1970.
    pub(super) at_ms: i64,
    pub(super) message: &'a str,
}

/// What was to be sent, made fit for it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Split<'a> {
    pub(super) batches: Vec<Batch<'a>>,
    /// The places of what never fits, and why.
    pub(super) refused: Vec<(usize, String)>,
}

/// Splits events into requests, the oldest of each agent first.
pub(super) fn split(events: &[Shaped], now: Timestamp) -> Split<'_> {
    let (mut agents, mut refused) = (BTreeMap::<&str, Vec<Entry<'_>>>::new(), Vec::new());
    for (place, event) in events.iter().enumerate() {
        let bytes = event.body.len();
        if bytes == 0 || bytes > MOST_MESSAGE {
            let most = format!("an event of CloudWatch Logs has 1 to {MOST_MESSAGE} bytes");
            refused.push((place, format!("it has {bytes} bytes, and {most}")));
            continue;
        }
        let entry = Entry { place, at_ms: at_ms(event.at, now), message: &event.body };
        agents.entry(&event.agent).or_default().push(entry);
    }
    let batches = agents.into_iter().flat_map(|(agent, mut entries)| {
        entries.sort_by_key(|entry| entry.at_ms);
        cut(&entries).into_iter().map(move |entries| Batch { agent, entries })
    });
    Split { batches: batches.collect(), refused }
}

/// Cuts what is in order into parts within the limits.
fn cut<'a>(entries: &[Entry<'a>]) -> Vec<Vec<Entry<'a>>> {
    let (mut parts, mut part) = (Vec::new(), Vec::<Entry<'a>>::new());
    let mut bytes = 0;
    for entry in entries {
        let size = entry.message.len() + OVERHEAD;
        let begun = part.first().map_or(entry.at_ms, |first| first.at_ms);
        let is_full = part.len() == MOST_EVENTS
            || bytes + size > MOST_BYTES
            || entry.at_ms - begun > MOST_SPAN_MS;
        if is_full {
            parts.push(std::mem::take(&mut part));
            bytes = 0;
        }
        bytes += size;
        part.push(*entry);
    }
    if !part.is_empty() {
        parts.push(part);
    }
    parts
}

/// The time an event has at CloudWatch: its own, or now where its own is refused there. Its body tells its own always.
fn at_ms(at: Timestamp, now: Timestamp) -> i64 {
    let age = now.duration_since(at);
    let is_taken = age <= OLDEST - MARGIN && age >= -(NEWEST - MARGIN);
    if is_taken { at } else { now }.as_millisecond()
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};

    use super::{Split, split};
    use crate::sink::Shaped;

    const NOW: &str = "2026-11-23T12:00:00Z";

    fn now() -> Timestamp {
        NOW.parse().unwrap()
    }

    fn event(agent: &str, ago: SignedDuration, body: String) -> Shaped {
        let at = now() - ago;
        Shaped { index: 0, id: String::new(), at, agent: agent.to_owned(), body }
    }

    /// An event that counts `bytes` in a request, in characters of so many bytes each.
    fn of(bytes: usize, character: char) -> Shaped {
        let body = character.to_string().repeat((bytes - 26) / character.len_utf8());
        assert_eq!(body.len() + 26, bytes, "a size that such characters can have");
        event("support", SignedDuration::ZERO, body)
    }

    fn sizes(split: &Split<'_>) -> Vec<usize> {
        split.batches.iter().map(|batch| batch.entries.len()).collect()
    }

    #[test]
    fn cloudwatch_a_request_has_1_048_576_bytes_and_not_one_more() {
        for (character, last, expected) in [
            ('x', 524_288, vec![2]),
            ('x', 524_289, vec![1, 1]),
            // 524,288 - 26 is even, so two-byte characters fill it; counted in characters, far more would fit.
            ('ß', 524_288, vec![2]),
            ('ß', 524_290, vec![1, 1]),
        ] {
            let events = [of(524_288, character), of(last, character)];
            assert_eq!(sizes(&split(&events, now())), expected, "{character} {last}");
        }
    }

    #[test]
    fn cloudwatch_an_event_that_fits_alone_is_sent_and_one_byte_more_is_refused() {
        let split_one = [of(1_048_576, 'x')];
        let taken = split(&split_one, now());
        assert_eq!((sizes(&taken), taken.refused.len()), (vec![1], 0));
        let events = [of(1_048_577, 'x'), of(100, 'x'), of(27, 'x'), of(26, 'x')];
        let refused = split(&events, now());
        assert_eq!(sizes(&refused), [2]);
        let why = "it has 1048551 bytes, and an event of CloudWatch Logs has 1 to 1048550 bytes";
        assert_eq!(refused.refused[0], (0, why.to_owned()));
        assert_eq!(refused.refused[1].0, 3, "an empty one is refused there too");
        // 349,517 characters of three bytes: 1,048,551 bytes.
        let wide = [event("support", SignedDuration::ZERO, "€".repeat(349_517))];
        assert_eq!(split(&wide, now()).refused.len(), 1);
    }

    #[test]
    fn cloudwatch_a_request_has_10_000_events_and_not_one_more() {
        for (count, expected) in [(10_000, vec![10_000]), (10_001, vec![10_000, 1])] {
            let events = vec![of(27, 'x'); count];
            assert_eq!(sizes(&split(&events, now())), expected);
        }
    }

    #[test]
    fn cloudwatch_a_request_spans_a_day_and_not_a_millisecond_more() {
        let day = SignedDuration::from_hours(24);
        for (ago, expected) in [(day, vec![2]), (day + SignedDuration::from_millis(1), vec![1, 1])]
        {
            let events = [
                event("support", ago, "old".to_owned()),
                event("support", SignedDuration::ZERO, "new".to_owned()),
            ];
            assert_eq!(sizes(&split(&events, now())), expected);
        }
    }

    #[test]
    fn cloudwatch_a_request_is_of_one_agent_and_in_the_order_of_time() {
        let second = SignedDuration::from_secs;
        let events = [
            event("b", second(3), "b3".to_owned()),
            event("a", second(1), "a1".to_owned()),
            event("b", second(9), "b9".to_owned()),
            event("a", second(1), "a1 again".to_owned()),
        ];
        let split = split(&events, now());
        let shown: Vec<_> = split
            .batches
            .iter()
            .map(|batch| {
                let entries = batch.entries.iter().map(|entry| (entry.place, entry.message));
                (batch.agent, entries.collect::<Vec<_>>())
            })
            .collect();
        assert_eq!(
            shown,
            [("a", vec![(1, "a1"), (3, "a1 again")]), ("b", vec![(2, "b9"), (0, "b3")])]
        );
    }

    #[test]
    fn cloudwatch_what_its_time_would_have_refused_goes_with_the_time_it_is_sent_at() {
        let (days, minutes) = (SignedDuration::from_hours(14 * 24), SignedDuration::from_mins(10));
        let hours = SignedDuration::from_hours(2);
        let millisecond = SignedDuration::from_millis(1);
        for (ago, keeps) in [
            (days - minutes, true),
            (days - minutes + millisecond, false),
            (SignedDuration::from_hours(24 * 400), false),
            (minutes - hours, true),
            (minutes - hours - millisecond, false),
        ] {
            let events = [event("support", ago, "x".to_owned())];
            let sent = split(&events, now()).batches[0].entries[0].at_ms;
            let expected = if keeps { now() - ago } else { now() };
            assert_eq!(sent, expected.as_millisecond(), "{ago}");
        }
    }
}
