//! A question in the result (2026-07-28), and the client that comes back.

use std::time::Duration;

use serde_json::{Value, json};

use super::office::{Office, modern};

const PATIENT: Duration = Duration::from_secs(30);

fn pages() -> Value {
    modern(&json!({"elicitation": {"url": {}}}))
}

fn back(state: &Value, action: &str) -> Value {
    let mut params = pages();
    params["requestState"] = state.clone();
    params["inputResponses"] = json!({"approval": {"action": action}});
    params
}

/// Asks for a refund, and returns the state to come back with.
async fn held(office: &mut Office) -> Value {
    let answer = office.get(0, "tools/call", pages()).await;
    let result = &answer["result"];
    assert_eq!(result["resultType"], "input_required", "{answer}");
    let question = &result["inputRequests"]["approval"];
    assert_eq!(question["method"], "elicitation/create");
    assert_eq!(question["params"]["mode"], "url");
    let id = office.asked().await;
    assert!(question["params"]["url"].as_str().unwrap().ends_with(&format!("/approvals/{id}")));
    assert!(question["params"]["message"].as_str().unwrap().contains("issue_refund"));
    assert_eq!(result["_meta"]["dev.syndic/decision"]["effect"], "hold");
    office.nothing_ran();
    result["requestState"].clone()
}

#[track_caller]
fn refused(answer: &Value, why: &str) {
    assert_eq!(answer["error"]["code"], -32602, "{answer}");
    assert!(answer["error"]["message"].as_str().unwrap().contains(why), "{answer}");
}

#[tokio::test]
async fn an_approved_call_runs_when_its_client_comes_back_and_the_server_sees_nothing_of_ours() {
    let mut office = Office::open(PATIENT).await;
    let state = held(&mut office).await;
    let id = office.asked().await;
    assert_eq!(office.vote(&id, "approve").await, 201);
    let answer = office.get(1, "tools/call", back(&state, "accept")).await;
    assert_eq!(answer["result"]["content"][0]["text"], "refunded", "{answer}");
    let ran = office.ran().await;
    assert_eq!(ran, json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": pages()}));

    let again = office.get(2, "tools/call", back(&state, "accept")).await;
    refused(&again, "used before");
    office.nothing_ran();
}

#[tokio::test]
async fn a_vote_ends_the_wait_of_a_client_that_came_back_early() {
    let mut office = Office::open(PATIENT).await;
    let state = held(&mut office).await;
    let id = office.asked().await;
    office.ask(1, "tools/call", back(&state, "accept")).await;
    assert_eq!(office.vote(&id, "approve").await, 201);
    let (answer, _) = office.answer(1).await;
    assert_eq!(answer["result"]["content"][0]["text"], "refunded", "{answer}");
}

#[tokio::test]
async fn who_comes_back_before_anybody_voted_is_asked_again_with_another_state() {
    let mut office = Office::open(Duration::ZERO).await;
    let state = held(&mut office).await;
    let answer = office.get(1, "tools/call", back(&state, "accept")).await;
    assert_eq!(answer["result"]["resultType"], "input_required", "{answer}");
    let another = answer["result"]["requestState"].clone();
    assert_ne!(another, state);
    let id = office.asked().await;
    assert_eq!(office.vote(&id, "approve").await, 201);
    let answer = office.get(2, "tools/call", back(&another, "accept")).await;
    assert_eq!(answer["result"]["content"][0]["text"], "refunded", "{answer}");
}

#[tokio::test]
async fn who_declines_the_page_takes_the_request_back() {
    let mut office = Office::open(PATIENT).await;
    let state = held(&mut office).await;
    let id = office.asked().await;
    let answer = office.get(1, "tools/call", back(&state, "decline")).await;
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert_eq!(answer["result"]["resultType"], "complete");
    assert_eq!(office.end(&id).await, "cancelled");
    assert_eq!(office.vote(&id, "approve").await, 409);
    office.nothing_ran();
}

#[tokio::test]
async fn who_closes_the_question_is_told_to_come_back_later() {
    let mut office = Office::open(Duration::ZERO).await;
    let state = held(&mut office).await;
    let answer = office.get(1, "tools/call", back(&state, "cancel")).await;
    let text = answer["result"]["content"][0]["text"].as_str().unwrap();
    assert!(text.contains("Retry the identical call"), "{answer}");
    let id = office.asked().await;
    assert_eq!(office.vote(&id, "approve").await, 201);
    let answer = office.get(2, "tools/call", pages()).await;
    assert_eq!(answer["result"]["content"][0]["text"], "refunded", "{answer}");
}

#[tokio::test]
async fn a_rejection_reaches_who_comes_back_with_its_reason() {
    let mut office = Office::open(PATIENT).await;
    let state = held(&mut office).await;
    let id = office.asked().await;
    assert_eq!(office.vote(&id, "reject").await, 201);
    let answer = office.get(1, "tools/call", back(&state, "accept")).await;
    assert_eq!(answer["result"]["isError"], true);
    assert!(answer.to_string().contains("no such order"), "{answer}");
    office.nothing_ran();
}

#[tokio::test]
async fn a_state_is_good_for_its_own_request_alone_and_takes_nothing_back_for_another() {
    let mut office = Office::open(PATIENT).await;
    let state = held(&mut office).await;
    let id = office.asked().await;
    let mut dearer = back(&state, "decline");
    dearer["arguments"]["amount"] = json!(151);
    refused(&office.get(1, "tools/call", dearer).await, "another request");
    let text = state.as_str().unwrap();
    let changed = text.replacen("syndic.e", "syndic.f", 1);
    for state in [&changed, "syndic.", "syndic.e30.e30", &format!("{text}{}", "A".repeat(5000))] {
        let answer = office.get(1, "tools/call", back(&json!(state), "decline")).await;
        refused(&answer, "not one that this proxy made");
    }
    assert_eq!(office.asked().await, id, "nothing was taken back");
    office.nothing_ran();
}

#[tokio::test]
async fn a_state_of_yesterday_is_refused() {
    let mut office = Office::open(PATIENT).await;
    let state = held(&mut office).await;
    office.step(24 * 60 * 60);
    refused(&office.get(2, "tools/call", back(&state, "accept")).await, "expired");
    office.nothing_ran();
}

#[tokio::test]
async fn cancelled_while_it_waits_a_call_never_runs() {
    let mut office = Office::open(PATIENT).await;
    let state = held(&mut office).await;
    let id = office.asked().await;
    let mut params = back(&state, "accept");
    params["_meta"]["progressToken"] = json!(7);
    office.ask(0, "tools/call", params).await;
    assert_eq!(office.client.hear_json().await["method"], "notifications/progress", "it waits");
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0}}"#;
    office.client.say(cancel).await;
    assert_eq!(office.end(&id).await, "cancelled");
    assert_eq!(office.vote(&id, "approve").await, 409);
    office.nothing_ran();
}

#[tokio::test]
async fn a_client_that_opens_no_pages_is_not_asked_to() {
    let mut office = Office::open(Duration::ZERO).await;
    for capabilities in
        [json!({}), json!({"elicitation": {}}), json!({"elicitation": {"form": {}}})]
    {
        let answer = office.get(1, "tools/call", modern(&capabilities)).await;
        let text = answer["result"]["content"][0]["text"].as_str().unwrap();
        assert!(text.contains("Retry the identical call"), "{answer}");
    }
}
