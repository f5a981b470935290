//! What a client sees of a server's tools.

use serde_json::{Value, json};

use crate::rig::{Rig, call, tool};

fn names(answer: &Value) -> Vec<&str> {
    answer["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn tools_that_the_agent_may_never_call_are_not_shown() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).await;
    rig.lists(&[
        tool("run_code"),
        tool("issue_refund"),
        tool("launch_rocket"),
        tool("update_ticket"),
    ])
    .await;
    assert_eq!(names(&rig.client.hear_json().await), ["issue_refund", "update_ticket"]);
}

#[tokio::test]
async fn a_list_without_anything_to_hide_is_not_touched() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).await;
    rig.server.hear().await;
    let list = r#"{"id":1, "result":{"tools":[{"name":"issue_refund","inputSchema":{"x":1.00},"execution":{"taskSupport":"optional"}}]},"jsonrpc":"2.0"}"#;
    rig.server.say(list).await;
    assert_eq!(rig.client.hear().await, list);
}

#[tokio::test]
async fn every_page_is_filtered_by_the_whole_list() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).await;
    let asked = rig.server.hear_json().await;
    let first = json!({"tools": [tool("issue_refund"), tool("run_code")], "nextCursor": "2"});
    rig.server
        .say(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": first}).to_string())
        .await;
    let asked = rig.server.hear_json().await;
    assert_eq!(asked["params"]["cursor"], "2", "the proxy reads on");
    let second = json!({"tools": [tool("update_ticket"), tool("launch_rocket")]});
    rig.server
        .say(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": second}).to_string())
        .await;
    let answer = rig.client.hear_json().await;
    assert_eq!(
        (names(&answer), &answer["result"]["nextCursor"]),
        (vec!["issue_refund"], &json!("2"))
    );

    rig.client
        .say(r#"{"jsonrpc":"2.0","id":2,"method":"tools/list","params":{"cursor":"2"}}"#)
        .await;
    let asked = rig.server.hear_json().await;
    rig.server
        .say(&json!({"jsonrpc": "2.0", "id": asked["id"], "result": second}).to_string())
        .await;
    assert_eq!(names(&rig.client.hear_json().await), ["update_ticket"]);
}

#[tokio::test]
async fn a_list_that_may_be_read_in_two_ways_is_not_shown() {
    let (mut rig, _server) = Rig::shipped().await;
    for tools in [
        r#"[{"name":"issue_refund","name":"run_code"}]"#,
        r#"[{"name":"issue_refund"},{"name":"issue_refund"}]"#,
        r#"[{"title":"no name"}]"#,
    ] {
        rig.client.say(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).await;
        rig.server.hear().await;
        rig.server
            .say(&format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{"tools":{tools}}}}}"#))
            .await;
        let code = rig.client.hear_json().await["error"]["code"].clone();
        assert!(code == 5030 || code == 5020, "{tools}: {code}");
    }
}

#[tokio::test]
async fn a_list_to_a_stateless_client_is_cached_for_this_agent_alone() {
    let (mut rig, _server) = Rig::shipped().await;
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}"#;
    rig.client.say(list).await;
    rig.server.hear().await;
    rig.server.say(r#"{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","ttlMs":3600000,"cacheScope":"public","tools":[]}}"#).await;
    let result = rig.client.hear_json().await["result"].clone();
    assert_eq!((&result["cacheScope"], &result["ttlMs"]), (&json!("private"), &json!(60_000)));
}

#[tokio::test]
async fn a_list_that_a_server_gives_before_it_ends_is_still_shown() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).await;
    rig.client.leave().await;
    rig.lists(&[tool("run_code"), tool("issue_refund")]).await;
    rig.server.leave().await;
    assert_eq!(names(&rig.client.hear_json().await), ["issue_refund"]);
    rig.client.hear_end().await;
}

#[tokio::test]
async fn a_client_that_asks_everything_at_once_and_leaves_is_answered_everything() {
    let (mut rig, _server) = Rig::shipped().await;
    rig.client.say(r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#).await;
    rig.client.say(&call(2, "issue_refund", &json!({"order_id": "A-1", "amount": 4}))).await;
    rig.client.leave().await;
    let mut answered = Vec::new();
    for _ in 0..3 {
        let asked = rig.server.hear_json().await;
        let result = match asked["method"].as_str().unwrap() {
            "tools/list" => json!({"tools": [tool("issue_refund"), tool("run_code")]}),
            _ => json!({"content": []}),
        };
        let answer = json!({"jsonrpc": "2.0", "id": asked["id"], "result": result});
        rig.server.say(&answer.to_string()).await;
        if asked["id"].is_number() {
            answered.push(asked["id"].as_u64().unwrap());
        }
    }
    rig.server.hear_end().await;
    rig.server.leave().await;
    let mut heard = [rig.client.hear_json().await, rig.client.hear_json().await];
    heard.sort_by_key(|answer| answer["id"].as_u64());
    assert_eq!(answered, [1, 2]);
    assert_eq!(names(&heard[0]), ["issue_refund"]);
    rig.client.hear_end().await;
}
