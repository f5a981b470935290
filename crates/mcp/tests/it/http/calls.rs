//! What is allowed goes on as it is, and what is not does not.

use axum::http::{Method, StatusCode};
use axum::response::IntoResponse as _;
use serde_json::json;

use super::rig::{Rig, answer, call, refund, seen};

#[tokio::test]
async fn an_allowed_call_and_its_answer_pass_byte_for_byte() {
    const ANSWER: &str = "{ \"result\" : {\"content\":[{\"type\":\"text\",\"text\":\"d\\u006fne\"}],\"n\":1.50},\"id\":\"c-1\", \"jsonrpc\":\"2.0\"}\n";
    let mut rig = Rig::start(|_| answer(ANSWER)).await;
    let body = r#" {"params": {"arguments":{"order_id":"A-1","amount":4.50}, "name":"issue_refund"},"method":"tools/call","jsonrpc":"2.0","id":"c-1"}"#;
    let response = rig.post(body).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.text().await.unwrap(), ANSWER);
    let received = rig.server.next().await;
    assert_eq!(received.text(), body);
    assert_eq!(received.method, Method::POST);

    let (daemon, _server) = rig.stop().await;
    let events = daemon.events("action=issue_refund").await;
    assert_eq!(events[0]["allowed"], true);
    assert_eq!(events[0]["tool_result"]["content"][0]["text"], "done");
}

#[tokio::test]
async fn a_denied_call_never_reaches_the_server() {
    let mut rig = Rig::plain().await;
    let (status, said) = rig.say(call(7, "launch_rocket", &json!({}))).await;
    assert_eq!((status, &said["id"]), (200, &json!(7)));
    assert_eq!(said["result"]["isError"], true);
    assert_eq!(said["result"]["_meta"]["dev.syndic/decision"]["effect"], "deny");
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn a_notification_is_accepted_and_goes_on() {
    let mut rig = Rig::plain().await;
    let body = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let response = rig.post(body).send().await.unwrap();
    assert_eq!(response.status(), 202);
    assert_eq!(response.text().await.unwrap(), "");
    assert_eq!(rig.server.next().await.text(), body);
    let (status, _) = rig.say(r#"{"jsonrpc":"2.0","method":"notifications/of/nobody"}"#).await;
    assert_eq!(status, 202);
    assert!(rig.server.heard_nothing(), "what the specification does not name is dropped");
}

#[tokio::test]
async fn what_opens_the_proxy_stays_there_and_what_opens_the_server_comes_from_a_file() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "Authorization: Bearer vendor-token\nX-Team: support\n").unwrap();
    let path = file.path().to_owned();
    let mut rig =
        Rig::with(|_, http| http.upstream.header_file = Some(path), super::rig::plain).await;
    let request = rig
        .post(refund(1))
        .header("cookie", "session=mine")
        .header("x-api-key", "mine")
        .header("x-forwarded-for", "192.0.2.1")
        .header("proxy-authorization", "Basic mine")
        .header("traceparent", "00-1-1-01")
        .header("mcp-session-id-of-mine", "mine");
    assert_eq!(request.send().await.unwrap().status(), 200);
    let received = rig.server.next().await;
    assert_eq!(received.header("authorization"), Some("Bearer vendor-token"));
    assert_eq!(received.header("x-team"), Some("support"));
    assert_eq!(received.header("traceparent"), Some("00-1-1-01"));
    for name in [
        "cookie",
        "x-api-key",
        "x-forwarded-for",
        "proxy-authorization",
        "mcp-session-id-of-mine",
        "origin",
    ] {
        assert_eq!(received.header(name), None, "{name}");
    }
    assert!(!format!("{received:?}").contains(&rig.key), "the key went on: {received:?}");
}

#[tokio::test]
async fn a_server_that_cannot_be_used_is_told_with_what_to_do() {
    for (script, expected) in [
        (unauthorized as fn() -> axum::response::Response, "--upstream-header-file"),
        (forbidden, "--upstream-header-file"),
        (moved, "--upstream"),
        (garbage, "no message"),
        (other_id, "something else"),
        (page, "status 500"),
    ] {
        let rig = Rig::start(move |_| script()).await;
        let response = rig.post(refund(3)).send().await.unwrap();
        assert_eq!(response.headers().get("www-authenticate"), None);
        assert_eq!(response.headers().get("location"), None);
        assert_eq!(response.headers().get("set-cookie"), None);
        let (status, said) = seen(response).await;
        assert_eq!(status, 502, "{said}");
        assert_eq!(said["id"], 3);
        let message = said["error"]["message"].as_str().unwrap();
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains("secret"), "{message}");
        let (daemon, _server) = rig.stop().await;
        let events = daemon.events("action=issue_refund").await;
        assert_eq!(events[0]["allowed"], true, "it was allowed, and that is what is on record");
    }
}

fn unauthorized() -> axum::response::Response {
    let headers = [("www-authenticate", "Bearer realm=\"vendor\""), ("set-cookie", "a=b")];
    (StatusCode::UNAUTHORIZED, headers).into_response()
}

fn forbidden() -> axum::response::Response {
    StatusCode::FORBIDDEN.into_response()
}

fn moved() -> axum::response::Response {
    (StatusCode::TEMPORARY_REDIRECT, [("location", "/elsewhere?token=secret")]).into_response()
}

fn garbage() -> axum::response::Response {
    answer("{\"jsonrpc\":\"2.0\"")
}

fn other_id() -> axum::response::Response {
    answer(r#"{"jsonrpc":"2.0","id":4,"result":{}}"#)
}

fn page() -> axum::response::Response {
    (StatusCode::INTERNAL_SERVER_ERROR, "secret trace").into_response()
}

#[tokio::test]
async fn a_server_that_nobody_reaches_is_told_with_what_to_do() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let url = format!("http://{address}/mcp");
    let rig = Rig::with(|_, http| http.upstream.url = url, super::rig::plain).await;
    let (status, said) = rig.say(refund(1)).await;
    assert_eq!(status, 502);
    let message = said["error"]["message"].as_str().unwrap();
    assert!(message.contains("cannot reach") && message.contains("--upstream"), "{message}");
}

#[tokio::test]
async fn a_clients_probe_gets_the_servers_own_answer() {
    const REFUSAL: &str = r#"{"jsonrpc":"2.0","id":1,"error":{"code":-32022,"message":"Unsupported protocol version","data":{"supported":["2025-11-25"]}}}"#;
    let rig = Rig::start(|received| match received.method {
        Method::POST if received.json()["id"] == 1 => {
            (StatusCode::BAD_REQUEST, answer(REFUSAL)).into_response()
        }
        Method::POST => (StatusCode::NOT_FOUND, "no such page").into_response(),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    })
    .await;
    let probe =
        |id: u32| json!({"jsonrpc": "2.0", "id": id, "method": "server/discover"}).to_string();
    let response = rig.post(probe(1)).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert_eq!(response.text().await.unwrap(), REFUSAL);
    let response = rig.post(probe(2)).send().await.unwrap();
    assert_eq!(response.status(), 404);
    assert_eq!(response.text().await.unwrap(), "", "words that are no message stay behind");
    let response = rig.client.get(rig.url()).bearer_auth(&rig.key).send().await.unwrap();
    assert_eq!(response.status(), 405);
}
