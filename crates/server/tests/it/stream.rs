//! Records as they happen, as browsers, slow readers and strangers see them.

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_api::StreamReset;
use syndic_client::{Client, Streamed};
use syndic_gate::Switch;
use syndic_testkit::{TestClock, TestServer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// A stream, read as it comes.
struct Watched {
    stream: TcpStream,
    text: String,
}

/// One event, or an end.
#[derive(Debug, PartialEq)]
struct Event {
    id: String,
    kind: String,
    data: Value,
}

impl Watched {
    async fn open(server: &TestServer, query: &str, headers: &[(&str, &str)]) -> Self {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let lines: String =
            headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
        let head =
            format!("GET /v1/stream{query} HTTP/1.1\r\nhost: {}\r\n{lines}\r\n", server.address);
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut watched = Self { stream, text: String::new() };
        watched.until("\r\n\r\n").await.unwrap();
        watched
    }

    async fn by(server: &TestServer, query: &str, key: &str) -> Self {
        let by = format!("Bearer {key}");
        Self::open(server, query, &[("authorization", &by)]).await
    }

    /// Reads through the next `end`; nothing where the stream ends before.
    async fn until(&mut self, end: &str) -> Option<String> {
        loop {
            if let Some((read, rest)) = self.text.split_once(end) {
                let (read, rest) = (read.to_owned(), rest.to_owned());
                self.text = rest;
                return Some(read);
            }
            let mut bytes = [0; 4096];
            let read = timeout(Duration::from_secs(60), self.stream.read(&mut bytes)).await;
            let read = read.expect("something is sent").unwrap_or_default();
            if read == 0 {
                return None;
            }
            self.text += std::str::from_utf8(&bytes[..read]).unwrap();
        }
    }

    /// Reads the next event that tells something; nothing where the stream ends before.
    async fn event(&mut self) -> Option<Event> {
        loop {
            let block = self.until("\n\n").await?;
            let field = |name: &str| {
                let mut lines = block.lines().filter_map(|line| line.strip_prefix(name));
                lines.next_back().unwrap_or_default().to_owned()
            };
            let data = field("data: ");
            if !data.is_empty() {
                let data = serde_json::from_str(&data).unwrap();
                return Some(Event { id: field("id: "), kind: field("event: "), data });
            }
        }
    }

    async fn record(&mut self) -> Value {
        let event = self.event().await.unwrap();
        assert_eq!((event.kind.as_str(), event.id), ("record", event.data["index"].to_string()));
        event.data
    }

    async fn has_ended(&mut self) -> bool {
        while self.event().await.is_some() {}
        true
    }
}

async fn server() -> (TestServer, Arc<TestClock>) {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    (TestServer::start(clock.clone()).await, clock)
}

async fn refund(server: &TestServer, key: &str, amount: u32) -> Value {
    let request = json!({"agent": "customer-support", "action": "issue_refund",
        "args": {"order_id": "A-1", "amount": amount}});
    server.submit(key, request).await
}

#[tokio::test]
async fn what_happens_is_sent_as_it_becomes_durable() {
    let (server, _) = server().await;
    let agent = server.agent_key("customer-support").await;
    let mut watched = Watched::by(&server, "", &server.admin).await;
    let decided = refund(&server, &agent, 150).await;
    let record = watched.record().await;
    assert_eq!(record["event_id"], decided["action_id"]);
    assert_eq!(record["approval_id"], decided["approval"]["id"]);
    let told = ["kind", "agent", "action", "effect", "policy", "at"].map(|name| &record[name]);
    let meant = [
        "decision",
        "customer-support",
        "issue_refund",
        "hold",
        "approval-threshold",
        "2026-11-23T12:00:00Z",
    ];
    assert_eq!(told, meant.map(Value::from).each_ref());
    assert!(record.get("status").is_none(), "{record}");
}

#[tokio::test]
async fn a_browser_that_was_away_goes_on_without_gap_or_repeat() {
    let (server, clock) = server().await;
    let agent = server.agent_key("customer-support").await;
    let mut watched = Watched::by(&server, "", &server.admin).await;
    refund(&server, &agent, 10).await;
    let last = watched.record().await["index"].as_u64().unwrap();
    drop(watched);
    for amount in 11..14 {
        refund(&server, &agent, amount).await;
    }
    let by = format!("Bearer {}", server.admin);
    let (authorization, last) = (("authorization", by.as_str()), last.to_string());
    let mut again =
        Watched::open(&server, "?after=0", &[authorization, ("last-event-id", &last)]).await;
    refund(&server, &agent, 14).await;
    let last: u64 = last.parse().unwrap();
    for next in 1..5 {
        assert_eq!(again.record().await["index"], last + next);
    }
    // So it does after a restart.
    let server = server.restart(clock).await;
    let after = format!("?after={last}&kinds=decision");
    let mut again = Watched::by(&server, &after, &server.admin).await;
    for next in 1..5 {
        assert_eq!(again.record().await["index"], last + next);
    }
}

#[tokio::test]
async fn what_is_sent_is_what_was_asked_for() {
    let (server, _) = server().await;
    let agent = server.agent_key("customer-support").await;
    let other = server.agent_key("knowledge-base").await;
    let query = "?agent=customer-support&kinds=decision,agent_suspended";
    let mut some = Watched::by(&server, query, &server.admin).await;
    let mut all = Watched::by(&server, "", &server.admin).await;
    let request = json!({"agent": "knowledge-base", "action": "search_kb", "args": {}});
    server.submit(&other, request).await;
    refund(&server, &agent, 10).await;
    let stop = json!({"reason": "a drill"}).to_string();
    for agent in ["knowledge-base", "*"] {
        let path = format!("/v1/agents/{agent}/suspend");
        assert_eq!(server.send("POST", &path, &server.admin, &stop).await.status, 200);
    }
    for (kind, agent) in [("decision", "customer-support"), ("agent_suspended", "*")] {
        let record = some.record().await;
        assert_eq!((&record["kind"], &record["agent"]), (&json!(kind), &json!(agent)));
    }
    let mut agents = Vec::new();
    for _ in 0..4 {
        agents.push(all.record().await["agent"].clone());
    }
    assert_eq!(agents, ["knowledge-base", "customer-support", "knowledge-base", "*"]);
}

#[tokio::test]
async fn who_asks_for_what_no_ledger_has_begins_again() {
    let (server, _) = server().await;
    let by = format!("Bearer {}", server.admin);
    let authorization = ("authorization", by.as_str());
    let records = server.gate.health().records;
    for id in ["1000000", "18446744073709551615", "99999999999999999999999999"] {
        let mut watched = Watched::open(&server, "", &[authorization, ("last-event-id", id)]).await;
        let reset = watched.event().await.unwrap();
        assert_eq!((reset.kind.as_str(), &reset.data), ("reset", &json!({"index": records - 1})));
    }
}

#[tokio::test]
async fn what_cannot_be_watched_is_refused() {
    let (server, _) = server().await;
    let by = format!("Bearer {}", server.admin);
    for (query, id, status) in [
        ("?kinds=decisions", "", 400),
        ("?kinds=decision,%00", "", 400),
        ("?everything=1", "", 400),
        ("?after=-1", "", 400),
        ("", "one", 400),
        ("", "-1", 400),
        ("", "1, 2", 400),
    ] {
        let headers = [("authorization", by.as_str()), ("last-event-id", id)];
        let answer = server.browse("GET", &format!("/v1/stream{query}"), &headers, "").await;
        assert_eq!(answer.status, status, "{query} {id}: {}", answer.text);
    }
    let agent = server.agent_key("customer-support").await;
    let approver = server.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
    for (key, status) in [(&*agent, 403), (&*approver, 403), ("syndic_x_y", 401), ("", 401)] {
        assert_eq!(server.send("GET", "/v1/stream", key, "").await.status, status);
    }
}

#[tokio::test]
async fn a_key_that_opens_nothing_any_more_reads_nothing_more() {
    let (server, clock) = server().await;
    let auditor = server.key(json!({"role": "auditor", "days": 1})).await;
    let mut watched = Watched::by(&server, "", &auditor).await;
    let id = auditor.split('_').nth(1).unwrap();
    let path = format!("/v1/keys/{id}");
    assert_eq!(server.send("DELETE", &path, &server.admin, "").await.status, 204);
    assert!(watched.has_ended().await);

    let auditor = server.key(json!({"role": "auditor", "days": 1})).await;
    let mut watched = Watched::by(&server, "?kinds=started", &auditor).await;
    clock.step(SignedDuration::from_hours(25));
    server.agent_key("customer-support").await;
    assert!(watched.has_ended().await);
}

#[tokio::test]
async fn streams_end_where_the_server_does() {
    let (server, _) = server().await;
    let mut watched = Watched::by(&server, "", &server.admin).await;
    let stopping = tokio::spawn(server.stop());
    assert!(watched.has_ended().await);
    timeout(Duration::from_secs(60), stopping).await.unwrap().unwrap();
}

#[tokio::test]
async fn as_many_watch_as_there_are_places_and_others_still_ask() {
    let (server, _) = server().await;
    let agent = server.agent_key("customer-support").await;
    let mut all = Vec::new();
    for _ in 0..1024 {
        all.push(Watched::by(&server, "?kinds=decision", &server.admin).await);
    }
    let refused = server.send("GET", "/v1/stream", &server.admin, "").await;
    assert_eq!(
        (refused.status, refused.json()["type"].as_str()),
        (503, Some("urn:syndic:problem:crowded"))
    );
    let decided = refund(&server, &agent, 10).await;
    for watched in &mut all {
        assert_eq!(watched.record().await["event_id"], decided["action_id"]);
    }
    let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
    assert!(metrics.contains("syndic_stream_clients 1024"), "{metrics}");
}

#[tokio::test]
async fn who_does_not_read_is_cut_off_and_the_others_are_not() {
    let (server, _) = server().await;
    let mut slow = Watched::by(&server, "", &server.admin).await;
    let mut fast = Watched::by(&server, "?kinds=agent_resumed", &server.admin).await;
    // Records that the other does not want, and far more than the sockets of both ends hold.
    let advisor = || Switch::Agent("financial-advisor".parse().unwrap());
    let is_cut_off = || server.gate.metrics_text().contains("syndic_stream_dropped_total 1");
    let mut sent = 0;
    while !is_cut_off() {
        let mut some = JoinSet::new();
        for _ in 0..if sent < 16_384 { 512 } else { 1 } {
            let (gate, advisor, reason) = (server.gate.clone(), advisor(), "r".repeat(500));
            some.spawn(async move { gate.suspend(&advisor, &reason, "somebody").await.unwrap() });
        }
        sent += some.join_all().await.len();
        assert!(sent < 200_000, "nobody was cut off");
    }
    server.gate.resume(&advisor(), "a drill", "somebody").await.unwrap();
    assert_eq!(fast.record().await["reason"], "a drill");
    assert!(slow.has_ended().await);
}

#[tokio::test]
async fn the_client_reads_what_is_sent() {
    let (server, _) = server().await;
    let agent = server.agent_key("customer-support").await;
    let client =
        Client::tcp(&format!("http://{}", server.address), Some(server.admin.clone())).unwrap();
    let mut stream = client.stream(None, Some("customer-support"), &["decision"]).await.unwrap();
    let decided = refund(&server, &agent, 10).await;
    let Streamed::Record(record) = stream.next().await.unwrap().unwrap() else {
        panic!("no record")
    };
    assert_eq!(record.event_id.as_deref(), decided["action_id"].as_str());
    let mut lost = client.stream(Some(1_000_000), None, &[]).await.unwrap();
    let told = lost.next().await.unwrap().unwrap();
    assert_eq!(told, Streamed::Reset(StreamReset { index: record.index }));
    drop(server.stop().await);
    assert!(stream.next().await.unwrap().is_none());
}
