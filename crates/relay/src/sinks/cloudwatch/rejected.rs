//! What CloudWatch did not take of a request that it took: `rejectedLogEventsInfo`.

use jiff::Timestamp;
use serde_json::Value;

use super::batch::{Entry, NEWEST, OLDEST};

/// Returns the places of what was rejected, and why.
///
/// An index that ends a range is exclusive in AWS's words and inclusive at some who speak its API, so the event it
/// names is looked at: it was rejected if its time, as of `now` at the receiver, says so, or if nothing else was.
pub(super) fn rejected(
    info: &Value,
    entries: &[Entry<'_>],
    now: Timestamp,
) -> Vec<(usize, String)> {
    let index = |name: &str| usize::try_from(info.get(name)?.as_u64()?).ok();
    let (too_old, expired) = (index("tooOldLogEventEndIndex"), index("expiredLogEventEndIndex"));
    let too_new = index("tooNewLogEventStartIndex");
    let ends = |end: Option<usize>, at: usize, is_outside: bool| {
        end.is_some_and(|end| at < end || at == end && (end == 0 || is_outside))
    };
    let judged = entries.iter().enumerate().filter_map(|(at, entry)| {
        let age = now.as_millisecond() - entry.at_ms;
        let (is_old, is_new) = (age > ms(OLDEST), -age > ms(NEWEST));
        let why = if ends(too_old, at, is_old) {
            "it is older than 14 days"
        } else if ends(expired, at, false) {
            "it is older than the log group keeps events"
        } else if too_new.is_some_and(|start| at >= start || is_new) {
            "it is more than 2 hours in the future"
        } else {
            return None;
        };
        Some((entry.place, format!("CloudWatch Logs rejected it: {why}, as its clock has it")))
    });
    judged.collect()
}

fn ms(duration: jiff::SignedDuration) -> i64 {
    duration.as_secs().saturating_mul(1_000)
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use serde_json::{Value, json};

    use super::super::batch::Entry;
    use super::rejected;

    /// Five events, of which by the receiver's clock the first two are too old and the last is too new.
    fn places(info: &Value) -> Vec<usize> {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let hours = [15 * 24, 14 * 24 + 1, 2, 1, -3].map(SignedDuration::from_hours);
        let entries: Vec<_> = (10..)
            .zip(hours)
            .map(|(place, ago)| Entry { place, at_ms: (now - ago).as_millisecond(), message: "{}" })
            .collect();
        rejected(info, &entries, now).into_iter().map(|(place, _)| place).collect()
    }

    #[test]
    fn cloudwatch_what_was_rejected_is_found_whether_an_end_counts_or_not() {
        for (info, expected) in [
            (json!({}), vec![]),
            (json!({"tooOldLogEventEndIndex": 2}), vec![10, 11]),
            (json!({"tooOldLogEventEndIndex": 1}), vec![10, 11]),
            (json!({"tooOldLogEventEndIndex": 0}), vec![10]),
            (json!({"expiredLogEventEndIndex": 3}), vec![10, 11, 12]),
            (json!({"expiredLogEventEndIndex": 0}), vec![10]),
            (json!({"tooNewLogEventStartIndex": 4}), vec![14]),
            (json!({"tooOldLogEventEndIndex": 2, "tooNewLogEventStartIndex": 4}), vec![10, 11, 14]),
            (json!({"tooOldLogEventEndIndex": 99}), vec![10, 11, 12, 13, 14]),
            (json!({"tooOldLogEventEndIndex": -1}), vec![]),
            (json!({"tooOldLogEventEndIndex": "x"}), vec![]),
            (Value::Null, vec![]),
        ] {
            assert_eq!(places(&info), expected, "{info}");
        }
    }
}
