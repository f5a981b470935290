//! What no client should send.

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::rig::{Rig, refund, seen};

#[tokio::test]
async fn what_is_no_message_is_refused_and_goes_nowhere() {
    let mut rig = Rig::plain().await;
    for (body, status, code) in [
        ("", 400, -32700),
        ("{", 400, -32700),
        ("null", 400, -32600),
        ("[]", 400, -32600),
        (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, 400, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping","method":"tools/call"}"#, 400, -32600),
        (
            r#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"a","name":"b"}}"#,
            400,
            -32600,
        ),
        (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, 400, -32600),
        (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, 400, -32600),
        (r#"{"jsonrpc":"2.0","id":1,"method":"ping"} {"#, 400, -32700),
    ] {
        let (got, said) = rig.say(body).await;
        assert_eq!((got, said["error"]["code"].as_i64()), (status, Some(code)), "{body}: {said}");
    }
    let (status, _) = seen(rig.post("").body(vec![0x22, 0xff, 0x22]).send().await.unwrap()).await;
    assert_eq!(status, 400);
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn a_form_of_a_web_page_is_no_message() {
    let mut rig = Rig::plain().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let request = rig.client.post(rig.url()).bearer_auth(&rig.key).body(refund(1));
        let response = request.header("content-type", kind).send().await.unwrap();
        assert_eq!(response.status(), 415, "{kind}");
    }
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn a_huge_message_is_refused_before_it_is_read_whole() {
    let mut rig = Rig::plain().await;
    let text = "x".repeat(5 << 20);
    let body = json!({"jsonrpc": "2.0", "id": 1, "method": "ping", "params": {"text": text}});
    let response = rig.post(body.to_string()).send().await;
    // The connection may be closed while the client still writes.
    assert!(response.is_err() || response.is_ok_and(|response| response.status() == 413));
    assert!(rig.server.heard_nothing());
    assert_eq!(rig.say(refund(1)).await.0, 200);
}

#[tokio::test]
async fn two_hosts_and_two_keys_are_two_stories() {
    let mut rig = Rig::plain().await;
    let own = rig.address;
    let body = refund(1);
    for head in [
        format!("host: {own}\r\nhost: evil.example.com\r\nauthorization: Bearer {}\r\n", rig.key),
        format!(
            "host: {own}\r\nauthorization: Bearer {0}\r\nauthorization: Bearer {0}\r\n",
            rig.key
        ),
        format!("authorization: Bearer {}\r\n", rig.key),
    ] {
        let mut stream = TcpStream::connect(own).await.unwrap();
        let head = format!(
            "POST /mcp HTTP/1.1\r\n{head}content-type: application/json\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let status: u16 = answer.split(' ').nth(1).unwrap().parse().unwrap();
        assert!((400..500).contains(&status), "{answer}");
    }
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn nothing_but_the_endpoint_is_there() {
    let mut rig = Rig::plain().await;
    for (method, path, status) in [
        ("GET", "/", 404),
        ("POST", "/sse", 404),
        ("PUT", "/mcp", 405),
        ("GET", "/mcp/../mcp2", 404),
        ("GET", "/healthz", 200),
    ] {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let url = format!("http://{}{path}", rig.address);
        let response = rig.client.request(method, url).bearer_auth(&rig.key).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
    assert!(rig.server.heard_nothing());
}

#[tokio::test]
async fn ids_that_two_clients_share_do_not_get_in_each_others_way() {
    let rig = Rig::plain().await;
    let calls = (0..32).map(|_| rig.say(refund(1)));
    let calls: Vec<_> = calls.map(Box::pin).collect();
    for call in calls {
        let (status, said) = call.await;
        assert_eq!((status, &said["id"]), (200, &json!(1)), "{said}");
        assert_eq!(said["result"]["isError"], Value::Null);
    }
}
