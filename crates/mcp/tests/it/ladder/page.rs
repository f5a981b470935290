//! A question of the proxy's own to a client of 2025-11-25, while its call waits.

use std::time::Duration;

use serde_json::{Value, json};

use super::office::{Office, refund};

/// Asks for a refund, and returns the proxy's question.
async fn asked(office: &mut Office) -> Value {
    office.hello(json!({"elicitation": {"url": {}}})).await;
    office.ask(0, "tools/call", refund()).await;
    let question = office.client.hear_json().await;
    assert_eq!(question["method"], "elicitation/create", "{question}");
    assert_eq!(question["params"]["mode"], "url");
    assert_eq!(question["params"]["elicitationId"], office.asked().await);
    question
}

async fn say(office: &mut Office, question: &Value, action: &str) {
    let answer = json!({"jsonrpc": "2.0", "id": question["id"], "result": {"action": action}});
    office.client.say(&answer.to_string()).await;
}

#[tokio::test]
async fn a_client_opens_the_page_and_is_told_when_people_decided() {
    let mut office = Office::open(Duration::from_secs(30)).await;
    let question = asked(&mut office).await;
    say(&mut office, &question, "accept").await;
    let id = office.asked().await;
    assert_eq!(office.vote(&id, "approve").await, 201);
    let (answer, before) = office.answer(0).await;
    assert_eq!(answer["result"]["content"][0]["text"], "refunded", "{answer}");
    assert_eq!(before[0]["method"], "notifications/elicitation/complete");
    assert_eq!(before[0]["params"]["elicitationId"], id);
}

#[tokio::test]
async fn who_declines_takes_the_request_back() {
    let mut office = Office::open(Duration::from_secs(30)).await;
    let question = asked(&mut office).await;
    let id = office.asked().await;
    say(&mut office, &question, "decline").await;
    let (answer, _) = office.answer(0).await;
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    assert_eq!(office.end(&id).await, "cancelled");
    office.nothing_ran();
}

#[tokio::test]
async fn a_question_that_nobody_answered_is_taken_back_with_the_call() {
    let mut office = Office::open(Duration::from_secs(30)).await;
    let question = asked(&mut office).await;
    let id = office.asked().await;
    let cancel = r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":0}}"#;
    office.client.say(cancel).await;
    let taken_back = office.client.hear_json().await;
    assert_eq!(taken_back["method"], "notifications/cancelled", "{taken_back}");
    assert_eq!(taken_back["params"]["requestId"], question["id"]);
    assert_eq!(office.end(&id).await, "cancelled");
    assert_eq!(office.vote(&id, "approve").await, 409);
    office.nothing_ran();
}

#[tokio::test]
async fn a_client_that_cannot_show_it_waits_all_the_same() {
    let mut office = Office::open(Duration::from_secs(30)).await;
    let question = asked(&mut office).await;
    let error = json!({"code": -32602, "message": "no"});
    let refusal = json!({"jsonrpc": "2.0", "id": question["id"], "error": error});
    office.client.say(&refusal.to_string()).await;
    let id = office.asked().await;
    assert_eq!(office.vote(&id, "approve").await, 201);
    let (answer, _) = office.answer(0).await;
    assert_eq!(answer["result"]["content"][0]["text"], "refunded", "{answer}");
}
