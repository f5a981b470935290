//! A client that can only wait, and ask again.

use std::time::Duration;

use serde_json::json;

use super::office::{Office, refund};

#[tokio::test]
async fn a_call_waits_tells_its_progress_and_runs_when_people_agree() {
    let mut office = Office::open(Duration::from_secs(30)).await;
    let mut params = refund();
    params["_meta"] = json!({"progressToken": "p"});
    office.ask(0, "tools/call", params).await;
    let progress = office.client.hear_json().await;
    assert_eq!(progress["method"], "notifications/progress");
    assert_eq!(progress["params"]["progressToken"], "p");
    assert!(progress["params"]["progress"].as_f64().unwrap() > 0.0);
    let id = office.asked().await;
    assert!(progress["params"]["message"].as_str().unwrap().contains(&id));
    assert_eq!(office.vote(&id, "approve").await, 201);
    let (answer, before) = office.answer(0).await;
    assert_eq!(answer["result"]["content"][0]["text"], "refunded", "{answer}");
    let told = std::iter::once(&progress).chain(&before);
    let told: Vec<f64> = told.map(|it| it["params"]["progress"].as_f64().unwrap()).collect();
    assert!(told.is_sorted_by(|a, b| a < b), "{told:?}");
}

#[tokio::test]
async fn after_approval_the_identical_call_runs_once() {
    let mut office = Office::open(Duration::ZERO).await;
    let answer = office.get(0, "tools/call", refund()).await;
    let id = office.asked().await;
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains(&id) && text.contains("Retry the identical call"), "{text}");
    assert!(text.contains("2026-11-23T12:05:00Z"), "{text}");
    assert_eq!(answer["result"]["isError"], true);
    assert!(answer["result"]["_meta"]["dev.syndic/decision"]["action_id"].is_string());
    office.nothing_ran();

    assert_eq!(office.vote(&id, "approve").await, 201);
    let answer = office.get(1, "tools/call", refund()).await;
    assert_eq!(answer["result"]["content"][0]["text"], "refunded");
    office.ran().await;
    let answer = office.get(2, "tools/call", refund()).await;
    assert_eq!(answer["result"]["isError"], true, "an approval is used once");
    assert_ne!(office.asked().await, id);
    office.nothing_ran();
}

#[tokio::test]
async fn cancelled_or_left_while_it_waits_a_call_never_runs() {
    for leaves in [false, true] {
        let mut office = Office::open(Duration::from_secs(30)).await;
        office.ask(0, "tools/call", refund()).await;
        let id = office.asked().await;
        if leaves {
            office.client.leave().await;
        } else {
            let cancel =
                r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0}}"#;
            office.client.say(cancel).await;
        }
        assert_eq!(office.end(&id).await, "cancelled", "leaves: {leaves}");
        assert_eq!(office.vote(&id, "approve").await, 409);
        office.nothing_ran();
    }
}

#[tokio::test]
async fn who_waits_in_vain_is_not_told_so_again_and_again() {
    let mut office = Office::open(Duration::from_millis(1500)).await;
    let mut params = refund();
    params["_meta"] = json!({"progressToken": 0});
    office.ask(0, "tools/call", params).await;
    let (answer, before) = office.answer(0).await;
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert_eq!(before.len(), 1, "{before:?}");
}
