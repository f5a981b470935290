//! Sessions of the revisions until 2025-11-25.

use axum::http::{Method, StatusCode};
use axum::response::IntoResponse as _;
use serde_json::json;

use super::rig::{Rig, initialize, plain, refund, result, seen, sessional, stream};

#[tokio::test]
async fn a_session_belongs_to_the_key_that_opened_it() {
    let mut rig = Rig::start(sessional("s-1")).await;
    let id = rig.begin().await;
    assert_eq!(id, "s-1");
    let in_session = |key: &str, id: &str| {
        rig.post_as(key, refund(1)).header("mcp-session-id", id.to_owned()).send()
    };
    let response = in_session(&rig.key, "s-1").await.unwrap();
    assert_eq!(seen(response).await.0, 200);
    let (other, key) = (rig.daemon.agent_key("customer-support").await, rig.key.clone());
    let stolen = in_session(&other, "s-1").await.unwrap();
    let unknown = in_session(&key, "s-2").await.unwrap();
    for response in [stolen, unknown] {
        let (status, said) = seen(response).await;
        assert_eq!(status, 404);
        assert!(said["error"]["message"].as_str().unwrap().contains("initialize"));
    }
    for method in [Method::GET, Method::DELETE] {
        let request = rig.client.request(method, rig.url()).bearer_auth(&other);
        let response = request.header("mcp-session-id", "s-1").send().await.unwrap();
        assert_eq!(response.status(), 404);
    }
    // The server gives the same id to whoever asks: it is the first one's.
    let response = rig.post_as(&other, initialize()).send().await.unwrap();
    assert_eq!(response.headers().get("mcp-session-id"), None);
    assert_eq!(seen(response).await.0, 502);

    assert_eq!(rig.server.next().await.header("mcp-session-id"), Some("s-1"));
    rig.server.next().await;
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn a_session_that_was_ended_is_not_there_any_more() {
    let mut rig = Rig::start(sessional("s-1")).await;
    rig.begin().await;
    let end = || {
        let request = rig.client.delete(rig.url()).bearer_auth(&rig.key);
        request.header("mcp-session-id", "s-1").send()
    };
    assert_eq!(end().await.unwrap().status(), 200);
    assert_eq!(end().await.unwrap().status(), 404);
    let received = rig.server.next().await;
    assert_eq!(
        (received.method, received.headers["mcp-session-id"].to_str().unwrap()),
        (Method::DELETE, "s-1")
    );
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn a_session_that_the_server_forgot_is_forgotten_here() {
    let mut rig = Rig::start(|received| match received.json()["method"].as_str() {
        Some("initialize") => sessional("s-1")(received),
        _ => (StatusCode::NOT_FOUND, "session not found").into_response(),
    })
    .await;
    rig.begin().await;
    let call = || rig.post(refund(1)).header("mcp-session-id", "s-1").send();
    assert_eq!(call().await.unwrap().status(), 404);
    assert_eq!(call().await.unwrap().status(), 404);
    rig.server.next().await;
    assert!(rig.server.heard_nothing(), "the second call was refused by the proxy");
}

#[tokio::test]
async fn an_id_is_open_once_in_a_session() {
    let (send, answer) = stream();
    let answer = std::sync::Mutex::new(Some(answer));
    let mut rig = Rig::start(move |received| match received.json()["method"].as_str() {
        Some("initialize") => sessional("s-1")(received),
        _ => answer.lock().unwrap().take().unwrap_or_else(|| plain(received)),
    })
    .await;
    rig.begin().await;
    let call = || rig.post(refund(1)).header("mcp-session-id", "s-1").send();
    let first = call().await.unwrap();
    let (status, said) = seen(call().await.unwrap()).await;
    assert_eq!(status, 400);
    assert!(said["error"]["message"].as_str().unwrap().contains("in use"), "{said}");
    drop(send);
    drop(first);
}

#[tokio::test]
async fn a_stream_that_broke_off_is_taken_up_where_it_ended() {
    let (first, answer) = stream();
    let (second, resumed) = stream();
    let answers = std::sync::Mutex::new(vec![resumed, answer]);
    let mut rig = Rig::start(move |received| {
        if received.method == Method::POST && received.json()["method"] == "initialize" {
            return sessional("s-1")(received);
        }
        answers.lock().unwrap().pop().unwrap()
    })
    .await;
    rig.begin().await;
    first.send("id: e-1\nretry: 10\ndata: \n\n".to_owned()).unwrap();
    let request = rig.post(refund(5)).header("mcp-session-id", "s-1");
    let response = request.send().await.unwrap();
    drop(first);
    assert_eq!(super::rig::rest(response).await, "id: e-1\nretry: 10\ndata: \n\n");
    rig.server.next().await;

    let request =
        rig.client.get(rig.url()).bearer_auth(&rig.key).header("accept", "text/event-stream");
    let request = request.header("mcp-session-id", "s-1").header("last-event-id", "e-1");
    let mut response = request.send().await.unwrap();
    assert_eq!(rig.server.next().await.header("last-event-id"), Some("e-1"));
    let message = json!({"jsonrpc": "2.0", "id": 5, "result": {"content": [], "late": true}});
    second.send(format!("id: e-2\ndata: {message}\n\n")).unwrap();
    second.send(format!("id: e-3\ndata: {message}\n\n")).unwrap();
    let said = super::rig::read_to(&mut response, "e-3").await;
    assert_eq!(said, format!("id: e-2\ndata: {message}\n\nid: e-3\n\n"), "it is answered once");
    drop((second, response));
    let (daemon, _server) = rig.stop().await;
    let events = daemon.events("action=issue_refund").await;
    assert_eq!(events[0]["tool_result"]["late"], true);
}

#[tokio::test]
async fn without_a_session_the_client_is_known_by_its_key() {
    let mut rig = Rig::start(|received| match received.json()["method"].as_str() {
        Some("initialize") => result(&json!(0), &json!({"protocolVersion": "2025-11-25"})),
        _ => plain(received),
    })
    .await;
    let response = rig.post(initialize()).send().await.unwrap();
    assert_eq!(response.headers().get("mcp-session-id"), None);
    assert_eq!(seen(response).await.0, 200);
    rig.server.next().await;
    assert_eq!(rig.say(refund(1)).await.0, 200);
    assert_eq!(rig.server.next().await.header("mcp-session-id"), None);
}
