//! `syndic mcp --listen`: clients over HTTP.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;

use crate::syndic::Place;

const PING: &str = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;

/// Says something to the proxy, with a key or without, and returns the whole answer.
fn say(address: &str, key: Option<&str>) -> String {
    let mut stream = TcpStream::connect(address).unwrap();
    let key = key.map(|key| format!("authorization: Bearer {key}\r\n")).unwrap_or_default();
    let length = PING.len();
    let head = format!(
        "POST /mcp HTTP/1.1\r\nhost: {address}\r\n{key}content-type: application/json\r\n\
         connection: close\r\ncontent-length: {length}\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(PING.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A server that answers one request, and returns its head.
fn server(listener: TcpListener) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(PING.as_bytes()) {
            let mut chunk = [0; 1024];
            let read = stream.read(&mut chunk).unwrap();
            request.extend_from_slice(&chunk[..read]);
        }
        let body = r#"{"jsonrpc":"2.0","id":1,"result":{}}"#;
        let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close";
        let length = body.len();
        write!(stream, "{head}\r\ncontent-length: {length}\r\n\r\n{body}").unwrap();
        String::from_utf8(request).unwrap().to_ascii_lowercase()
    })
}

#[test]
fn a_client_comes_in_by_its_key_and_the_server_sees_another() {
    let place = Place::governed();
    let serving = place.serve();
    let made = place.admin(&["keys", "create", "--role", "agent", "--agent", "customer-support"]);
    let key = made["key"].as_str().unwrap();
    let file = place.path("vendor.headers");
    std::fs::write(&file, "Authorization: Bearer vendor-token\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = format!("http://{}/mcp", listener.local_addr().unwrap());
    let server = server(listener);

    let mut proxy = place.start(&[
        "mcp",
        "--agent",
        "customer-support",
        "--listen",
        "127.0.0.1:0",
        "--upstream",
        &upstream,
        "--upstream-header-file",
        "../vendor.headers",
        "--no-start",
    ]);
    let line = proxy.line();
    let rest = line.strip_prefix("listening on http://").unwrap();
    let (address, rest) = rest.split_once("/mcp").unwrap();
    assert_eq!(rest, format!(" for agent customer-support, in front of {upstream}\n"));

    let refused = say(address, None);
    assert!(refused.starts_with("HTTP/1.1 401 "), "{refused}");
    let answer = say(address, Some(key));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let received = server.join().unwrap();
    assert!(received.contains("authorization: bearer vendor-token\r\n"), "{received}");
    assert!(!received.contains(key), "{received}");
    // The one request that the server answers was answered.
    let gone = say(address, Some(key));
    assert!(gone.starts_with("HTTP/1.1 502 ") && gone.contains("--upstream"), "{gone}");

    assert_eq!(proxy.terminate(), Some(0));
    assert_eq!(serving.terminate(), Some(0));
}

#[test]
fn what_cannot_be_served_is_told_with_what_to_do() {
    let place = Place::governed();
    let serving = place.serve();
    let file = place.path("open.headers");
    std::fs::write(&file, "Authorization: Bearer vendor-token\n").unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o644)).unwrap();
    let url = ["--upstream", "http://127.0.0.1:1/mcp"];
    for (options, says) in [
        ([&["--listen", "0.0.0.0:0"], &url[..]].concat(), "--behind-proxy"),
        (
            [
                &["--listen", "127.0.0.1:0"],
                &url[..],
                &["--upstream-header-file", "../open.headers"],
            ]
            .concat(),
            "chmod 600",
        ),
        (
            [&["--listen", "127.0.0.1:0"], &url[..], &["--allow-origin", "example.com"]].concat(),
            "is not an origin",
        ),
        (
            vec!["--listen", "127.0.0.1:0", "--upstream", "mcp.example.com"],
            "not an http or https URL",
        ),
    ] {
        let start = ["mcp", "--agent", "customer-support", "--no-start"];
        let ended = place.run(&[&start[..], &options].concat());
        assert_eq!(ended.code, Some(1), "{options:?}");
        assert!(ended.stderr.contains(says), "{}", ended.stderr);
    }
    assert_eq!(serving.terminate(), Some(0));
}
