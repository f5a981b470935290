//! What nobody should send.

use std::sync::Arc;

use serde_json::json;
use syndic_testkit::{TestClock, TestServer};

use crate::rig::{Rig, call};

#[tokio::test]
async fn what_is_no_single_message_is_answered_and_never_forwarded() {
    let (mut rig, _server) = Rig::shipped().await;
    for (line, code) in [
        ("garbage", -32700),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":{"a":1,"a":2}}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600),
        (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600),
    ] {
        rig.client.say(line).await;
        assert_eq!(rig.client.hear_json().await["error"]["code"], code, "{line}");
    }
    rig.client.write(b"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}\n").await;
    assert_eq!(rig.client.hear_json().await["error"]["code"], -32700);
    rig.client.say(r#"{"jsonrpc":"2.0","id":0,"method":"ping"}"#).await;
    assert_eq!(rig.server.hear().await, r#"{"jsonrpc":"2.0","id":0,"method":"ping"}"#);
}

#[tokio::test]
async fn a_server_that_writes_garbage_or_answers_twice_is_heard_once() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#).await;
    rig.server.hear().await;
    rig.server.say("Listening on stdio…").await;
    rig.server.say(r#"{"jsonrpc":"2.0","id":7,"result":{}}"#).await;
    rig.server.say(r#"{"jsonrpc":"2.0","id":1,"result":{"first":true}}"#).await;
    rig.server.say(r#"{"jsonrpc":"2.0","id":1,"result":{"second":true}}"#).await;
    rig.server.say(r#"{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"#).await;
    assert_eq!(rig.client.hear_json().await["result"]["first"], true);
    assert_eq!(rig.client.hear_json().await["method"], "notifications/tools/list_changed");
}

#[tokio::test]
async fn a_server_that_ends_answers_every_open_request_with_an_error() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":"a","method":"ping"}"#).await;
    rig.server.hear().await;
    rig.server.leave().await;
    let answer = rig.client.hear_json().await;
    assert_eq!((answer["id"].as_str(), answer["error"]["code"].as_i64()), (Some("a"), Some(5020)));
    rig.client.hear_end().await;
}

#[tokio::test]
async fn an_id_that_is_in_use_is_refused() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#).await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).await;
    assert_eq!(rig.client.hear_json().await["error"]["code"], -32600);
    assert_eq!(rig.server.hear_json().await["method"], "ping");
    rig.server.say(r#"{"jsonrpc":"2.0","id":1,"result":{}}"#).await;
    assert_eq!(rig.client.hear_json().await["id"], 1);
}

#[tokio::test]
async fn a_message_of_50_megabytes_passes_both_ways() {
    let (mut rig, _server) = Rig::shipped().await;
    let note = "x".repeat(50_000_000);
    let ping =
        format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"note":"{note}"}}}}"#);
    let answer = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{"note":"{note}"}}}}"#);
    let ((), heard) = tokio::join!(rig.client.say(&ping), rig.server.hear());
    assert!(heard == ping);
    let ((), heard) = tokio::join!(rig.server.say(&answer), rig.client.hear());
    assert!(heard == answer);
}

#[tokio::test]
async fn a_message_that_is_too_long_is_refused_and_the_next_one_passes() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let mut rig = Rig::over(&server, |settings| settings.largest_message = 1000).await;
    let long = "x".repeat(2000);
    let params = json!({"name": "issue_refund", "arguments": {"order_id": long}});
    rig.client
        .say(&format!(r#"{{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{params}}}"#))
        .await;
    let answer = rig.client.hear_json().await;
    assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(-32600), &json!(1)));

    rig.client.say(r#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#).await;
    rig.server.hear().await;
    rig.server.say(&format!(r#"{{"result":{{"a":"{long}"}},"jsonrpc":"2.0","id":2}}"#)).await;
    let answer = rig.client.hear_json().await;
    assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(5020), &json!(2)));

    rig.client.say(r#"{"jsonrpc":"2.0","id":3,"method":"ping"}"#).await;
    rig.server.hear().await;
    rig.server.say(r#"{"jsonrpc":"2.0","id":3,"result":{}}"#).await;
    assert_eq!(rig.client.hear_json().await["id"], 3);
}

#[tokio::test]
async fn a_message_hidden_between_carriage_returns_stays_a_part_of_the_other() {
    let (mut rig, _server) = Rig::shipped().await;
    let hidden = call(2, "run_code", &json!({}));
    let line = format!(r#"{{"jsonrpc":"2.0","id":1,"method":"ping","params":{{"a":%{hidden}%}}}}"#);
    rig.client.say(&line.replace('%', "\r")).await;
    assert_eq!(rig.server.hear().await, line.replace('%', " "));
}

#[tokio::test]
async fn an_error_to_nobody_in_particular_passes() {
    let (mut rig, _server) = Rig::shipped().await;
    let error = r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"Parse error"}}"#;
    rig.server.say(error).await;
    assert_eq!(rig.client.hear().await, error);
}

#[tokio::test]
async fn a_server_that_ends_during_a_call_leaves_an_outcome_that_is_not_known() {
    let (mut rig, server) = Rig::listed().await;
    rig.client.say(&call(1, "issue_refund", &json!({"order_id": "A-1", "amount": 4}))).await;
    rig.server.hear().await;
    rig.server.leave().await;
    assert_eq!(rig.client.hear_json().await["error"]["code"], 5020);
    rig.client.hear_end().await;
    rig.carrying.await.unwrap();
    let events = server.events("action=issue_refund").await;
    assert!(events[0].to_string().contains("whether it ran is not known"), "{events:?}");
}
