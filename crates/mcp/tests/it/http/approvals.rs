//! Holds: a client waits for people, or goes away.

use std::time::Duration;

use serde_json::{Value, json};

use super::rig::{Rig, SOON, large_refund, plain, read_to, rest, seen, sessional};

fn with_progress() -> String {
    json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {
        "name": "issue_refund", "arguments": {"order_id": "A-1", "amount": 150},
        "_meta": {"progressToken": "p"},
    }})
    .to_string()
}

#[tokio::test]
async fn a_held_call_runs_once_people_agree() {
    let mut rig = Rig::plain().await;
    let asking = tokio::spawn(rig.post(large_refund(1)).send());
    rig.pending().await;
    assert!(rig.server.heard_nothing());
    assert_eq!(rig.vote("approve").await.status, 201);
    let (status, said) = seen(asking.await.unwrap().unwrap()).await;
    assert_eq!((status, &said["result"]["content"][0]["text"]), (200, &json!("done")));
    assert_eq!(rig.server.next().await.text(), large_refund(1));
}

#[tokio::test]
async fn a_client_that_asked_for_progress_hears_that_people_are_asked_and_the_answer_on_one_stream()
{
    let mut rig = Rig::plain().await;
    let mut response = rig.post(with_progress()).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let said = read_to(&mut response, "\n\n").await;
    let said: Value = serde_json::from_str(said.trim().strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(said["method"], "notifications/progress");
    assert_eq!(said["params"]["progressToken"], "p");
    assert!(rig.server.heard_nothing());
    assert_eq!(rig.vote("approve").await.status, 201);
    let said = rest(response).await;
    assert!(said.contains(r#""text":"done""#), "{said}");
    assert_eq!(rig.server.next().await.text(), with_progress());
}

#[tokio::test]
async fn what_people_refuse_does_not_run() {
    let mut rig = Rig::plain().await;
    let asking = tokio::spawn(rig.post(large_refund(1)).send());
    rig.pending().await;
    assert_eq!(rig.vote("reject").await.status, 201);
    let (_, said) = seen(asking.await.unwrap().unwrap()).await;
    assert_eq!(said["result"]["isError"], true, "{said}");
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn a_client_that_goes_away_takes_its_request_back_and_a_late_vote_runs_nothing() {
    for body in [large_refund(1), with_progress()] {
        let rig = Rig::plain().await;
        let asking = tokio::spawn(rig.post(body).send());
        let pending = rig.pending().await;
        asking.abort();
        drop(asking.await);
        let cancelled = rig.until("cancelled").await;
        assert_eq!(cancelled[0]["id"], pending[0]["id"]);
        let late = rig.vote_on(pending[0]["id"].as_str().unwrap(), "approve").await;
        assert_eq!(late.status, 409, "{}", late.text);
        let (_daemon, mut server) = rig.stop().await;
        assert!(server.heard_nothing());
    }
}

#[tokio::test]
async fn a_client_takes_a_request_back_while_people_are_asked() {
    let mut rig = Rig::start(sessional("s-1")).await;
    rig.begin().await;
    let asking = tokio::spawn(rig.post(large_refund(1)).header("mcp-session-id", "s-1").send());
    rig.pending().await;
    let cancel =
        json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
    let cancel = rig.post(cancel.to_string()).header("mcp-session-id", "s-1").send();
    assert_eq!(cancel.await.unwrap().status(), 202);
    let (_, said) = seen(asking.await.unwrap().unwrap()).await;
    assert_eq!(said, json!(""), "what was taken back is not answered");
    rig.until("cancelled").await;
    assert!(rig.server.heard_nothing(), "the server never heard of either");
}

#[tokio::test]
async fn a_client_is_told_to_ask_again_when_nobody_answers_in_time() {
    let rig = Rig::with(|settings, _| settings.wait = Duration::ZERO, plain).await;
    let (status, said) = rig.say(large_refund(1)).await;
    assert_eq!(status, 200);
    assert!(said["result"]["content"][0]["text"].as_str().unwrap().contains("identical"), "{said}");
    assert_eq!(rig.vote("approve").await.status, 201);
    let again = tokio::time::timeout(SOON, rig.say(large_refund(2))).await.unwrap();
    assert_eq!(again.1["result"]["content"][0]["text"], "done");
}
