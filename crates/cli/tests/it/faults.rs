//! A disk that is full: nothing is permitted that is not on record, and nothing acknowledged is lost.

use serde_json::json;
use serde_json::value::RawValue;
use syndic_api::{Decided, SubmitAction};
use syndic_client::{Client, EventFilter};

use crate::syndic::Place;

/// Notes of this size fill the disk in a few dozen records.
const NOTE_BYTES: usize = 60_000;

#[tokio::test]
async fn a_full_disk_denies_everything_and_loses_nothing_that_was_answered() {
    let place = Place::governed();
    let serving = place.serve_on_full_disk(4 * 2048);
    let created =
        place.admin(&["keys", "create", "--role", "agent", "--agent", "customer-support"]);
    let key = created["key"].as_str().unwrap().to_owned();
    let client = Client::tcp(&serving.url, Some(key.clone())).unwrap();
    let mut answered = Vec::new();
    let refused = loop {
        let decided = note(&client).await;
        if decided.record.is_none() {
            break decided;
        }
        assert!(decided.allowed && decided.permit.is_some());
        answered.push(decided.action_id);
        assert!(answered.len() < 1000, "the disk never fills");
    };
    assert!(answered.len() > 10, "only {} records fitted", answered.len());
    assert_eq!((refused.effect.as_str(), refused.allowed, refused.permit), ("deny", false, None));
    assert!(refused.reasons[0].starts_with("ledger: "), "{:?}", refused.reasons);
    assert_eq!(refused.model_message.code, "unavailable");
    let ever_after = note(&client).await;
    assert_eq!((ever_after.allowed, ever_after.record), (false, None), "closed until restart");
    let status = place.run(&["status", "--key-file", "../admin.key"]);
    assert_eq!(status.code, Some(1), "status says that something is wrong: {}", status.stdout);
    drop(serving);

    let serving = place.serve();
    let client = Client::tcp(&serving.url, Some(key)).unwrap();
    assert!(note(&client).await.allowed);
    let admin = std::fs::read_to_string(place.path("admin.key")).unwrap();
    let admin = client.with_key(admin.trim());
    let filter = EventFilter { limit: Some(1000), ..EventFilter::default() };
    let records = admin.status().await.unwrap().records;
    let kept = loop {
        let page = admin.events(&filter).await.unwrap();
        if page.indexed_through >= records {
            break page.events;
        }
        tokio::task::yield_now().await;
    };
    for id in &answered {
        assert!(kept.iter().any(|event| event.event_id == *id), "{id} was answered and is lost");
    }
}

async fn note(client: &Client) -> Decided {
    let action = json!({"agent": "customer-support", "action": "update_ticket", "args": {}});
    let mut action: SubmitAction = serde_json::from_value(action).unwrap();
    let args = json!({"ticket_id": "T-1", "note": "x".repeat(NOTE_BYTES)});
    action.args = RawValue::from_string(args.to_string()).unwrap();
    client.submit(&action).await.unwrap()
}
