//! What nobody should send.

use crate::rig::Rig;

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
