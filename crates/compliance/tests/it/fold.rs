//! Facts from records written as JSON, each at an hour after the first of January.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use syndic_compliance::Facts;

/// Returns the time so many hours after the log began.
pub(crate) fn hour(hours: i64) -> Timestamp {
    let begin: Timestamp = "2027-01-01T00:00:00Z".parse().unwrap();
    begin + SignedDuration::from_hours(hours)
}

/// Folds records, each with its hour.
pub(crate) fn fold(records: impl IntoIterator<Item = (i64, Value)>) -> Facts {
    let mut facts = Facts::default();
    for (index, (hours, record)) in records.into_iter().enumerate() {
        let leaf = json!({"v": 1, "i": index, "at": hour(hours).to_string(), "record": record});
        facts.see(&serde_json::from_value(leaf).unwrap());
    }
    facts
}
