//! A daemon and its witnesses: real ones, on loopback ports of their own.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_gate::{ComplianceReport, verify_report};
use syndic_ledger::{SignedCheckpoint, VerifierKey};
use syndic_testkit::{TestClock, TestServer};
use syndic_witness::{Directory, Witness, parse_logs, serve};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A witness that has a key and an address, and may be away.
struct Somebody {
    directory: TempDir,
    key: VerifierKey,
    address: SocketAddr,
}

impl Somebody {
    async fn called(name: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let seed = [u8::try_from(name.len()).unwrap(); 32];
        let key = Directory::make_key(directory.path(), name, &seed).unwrap();
        let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        Self { directory, key, address }
    }

    /// Begins to cosign the log of `server`, until what is returned is dropped.
    async fn watches(&self, server: &TestServer) -> oneshot::Sender<()> {
        let log = server.send("GET", "/log/vkey", "", "").await.text;
        let opened = Directory::open(self.directory.path()).unwrap();
        let witness = Arc::new(Witness::new(opened, parse_logs(&log).unwrap()).unwrap());
        let listener = TcpListener::bind(self.address).await.unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let now = Arc::new(|| 1_795_435_200);
        drop(tokio::spawn(serve(witness, now, listener, async { drop(stopped.await) })));
        stop
    }
}

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

async fn witnessed_by(witnesses: &[&Somebody]) -> TestServer {
    let listed: String = witnesses
        .iter()
        .map(|it| format!("    - url: http://{}\n      vkey: {}\n", it.address, it.key))
        .collect();
    let audit = format!("\naudit:\n  origin: syndic.example.org/log\n  witnesses:\n{listed}");
    let change = |dir: &Path| {
        let path = dir.join("syndic.yaml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, text + &audit).unwrap();
    };
    TestServer::start_with(clock(), change).await
}

/// Waits until these cosigned a checkpoint that covers every record, and returns its size.
async fn cosigned(server: &TestServer, witnesses: &[&Somebody]) -> u64 {
    let keys = server.send("GET", "/log/vkey", "", "").await.text;
    let keys: Vec<VerifierKey> = keys.lines().map(|key| key.parse().unwrap()).collect();
    let wanted: Vec<_> = witnesses.iter().map(|witness| witness.key.clone()).collect();
    loop {
        let text = server.send("GET", "/log/checkpoint", &server.admin, "").await.text;
        let note = SignedCheckpoint::parse(text.as_bytes()).unwrap();
        let signed = note.verify(&keys, &wanted).unwrap();
        let size = note.checkpoint().head.size;
        if signed.witnesses.len() == wanted.len() && size == server.gate.health().records {
            return size;
        }
    }
}

async fn grow(server: &TestServer, key: &str, records: u64) {
    let search = json!({"agent": "customer-support", "action": "search_knowledge_base", "args": {"query": "q"}});
    for _ in 0..records {
        assert_eq!(server.submit(key, search.clone()).await["allowed"], true);
    }
}

async fn witnesses(server: &TestServer) -> Vec<Value> {
    let status = server.send("GET", "/v1/status", &server.admin, "").await.json();
    status["witnesses"].as_array().unwrap().clone()
}

async fn metrics(server: &TestServer) -> String {
    server.send("GET", "/metrics", &server.admin, "").await.text
}

#[tokio::test]
async fn a_witness_that_is_away_delays_nothing_and_catches_up() {
    let (here, away) =
        (Somebody::called("here.example").await, Somebody::called("away.example.org").await);
    let server = witnessed_by(&[&here, &away]).await;
    let _here = here.watches(&server).await;
    let key = server.agent_key("customer-support").await;
    cosigned(&server, &[&here]).await;
    grow(&server, &key, 3).await;
    let size = cosigned(&server, &[&here]).await;

    let told = witnesses(&server).await;
    assert_eq!((&told[0]["up"], &told[0]["cosigned"]), (&json!(true), &json!(size)));
    assert_eq!((&told[1]["up"], &told[1]["cosigned"]), (&json!(false), &Value::Null));
    let failure = told[1]["failure"].as_str().unwrap();
    assert!(failure.starts_with("it cannot be reached: "), "{failure}");
    let ready = server.send("GET", "/readyz", "", "").await;
    assert_eq!(ready.status, 200);
    assert_eq!(ready.text, "ready; witness away.example.org does not cosign\n");
    let counted = metrics(&server).await;
    assert!(counted.contains("syndic_witness_up{witness=\"here.example\"} 1\n"), "{counted}");
    assert!(counted.contains("syndic_witness_up{witness=\"away.example.org\"} 0\n"), "{counted}");

    let _away = away.watches(&server).await;
    grow(&server, &key, 1).await;
    let size = cosigned(&server, &[&here, &away]).await;
    loop {
        let told = witnesses(&server).await;
        if told.iter().all(|one| one["cosigned"] == size && one["up"] == true) {
            assert!(told.iter().all(|one| one["lag_seconds"] == 0), "{told:?}");
            break;
        }
    }
    assert_eq!(server.send("GET", "/readyz", "", "").await.text, "ready\n");

    // What was cosigned outlives the daemon, and the first request of the next one continues it.
    let server = server.restart(clock()).await;
    assert!(cosigned(&server, &[&here, &away]).await > size);
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (entry, kind) = entry.map(|entry| (entry.path(), entry.file_type().unwrap())).unwrap();
        let to = to.join(entry.file_name().unwrap());
        if kind.is_dir() {
            copy(&entry, &to);
        } else if kind.is_file() {
            fs::copy(&entry, &to).unwrap();
        }
    }
}

/// Puts back what a data directory was `records` before the last signature, and returns what is told of that.
async fn rolled_back_by(records: u64) -> String {
    let witness = Somebody::called("witness.example").await;
    let server = witnessed_by(&[&witness]).await;
    let _watching = witness.watches(&server).await;
    let key = server.agent_key("customer-support").await;
    cosigned(&server, &[&witness]).await;
    let saved = tempfile::tempdir().unwrap();
    copy(&server.directory().join(".syndic"), &saved.path().join("data"));
    grow(&server, &key, records).await;
    cosigned(&server, &[&witness]).await;

    let admin = server.admin.clone();
    let directory = server.stop().await;
    let data = directory.path().join(".syndic");
    fs::remove_dir_all(&data).unwrap();
    copy(&saved.path().join("data"), &data);
    let mut server = TestServer::start_over(clock(), directory).await;
    server.admin = admin;
    let told = loop {
        let told = witnesses(&server).await;
        if let Some(told) = told.iter().find_map(|one| one["contradiction"].as_str()) {
            break told.to_owned();
        }
    };
    grow(&server, &key, 1).await;
    let ready = server.send("GET", "/readyz", "", "").await.text;
    assert_eq!(ready, "ready; witness witness.example cosigned another history than this one\n");
    let counted = metrics(&server).await;
    let alarm = "syndic_witness_contradicts{witness=\"witness.example\"} 1\n";
    assert!(counted.contains(alarm), "{counted}");
    let shown = server.send("GET", "/log/checkpoint", &server.admin, "").await.text;
    let size = SignedCheckpoint::parse(shown.as_bytes()).unwrap().checkpoint().head.size;
    assert!(!shown.contains("witness.example") || size < server.gate.health().records, "{shown}");
    told
}

#[tokio::test]
async fn a_log_that_lost_records_is_convicted_and_it_is_told() {
    let told = rolled_back_by(6).await;
    assert!(told.starts_with("it cosigned "), "{told}");
    assert!(told.contains(" records of this log, which has "), "{told}");
}

#[tokio::test]
async fn a_log_that_lost_records_and_grew_again_is_convicted_too() {
    let told = rolled_back_by(1).await;
    assert!(told.contains(" records of the newest checkpoint do not continue the "), "{told}");
}

#[tokio::test]
async fn a_report_names_who_cosigned_and_is_verified_by_what_they_signed() {
    let witness = Somebody::called("witness.example").await;
    let server = witnessed_by(&[&witness]).await;
    let watching = witness.watches(&server).await;
    let key = server.agent_key("customer-support").await;
    grow(&server, &key, 2).await;
    let size = cosigned(&server, &[&witness]).await;
    let report = async || {
        let path = "/v1/agents/customer-support/compliance";
        let answer = server.send("GET", path, &server.admin, "").await;
        serde_json::from_str::<ComplianceReport>(&answer.text).unwrap()
    };
    let data_dir = server.directory().join(".syndic");
    let verified = |report: &ComplianceReport| {
        verify_report(report, &data_dir, Path::new("elsewhere"), &[]).unwrap()
    };
    let named = report().await;
    let [by] = named.log.witnesses.as_slice() else { panic!("{:?}", named.log.witnesses) };
    assert_eq!(by.name, "witness.example");
    assert!(by.size >= size && by.size <= named.log.size, "{by:?} {size}");
    assert!(verified(&named).holds(), "{:#?}", verified(&named));

    grow(&server, &key, 2).await;
    cosigned(&server, &[&witness]).await;
    assert!(verified(&named).holds(), "they signed more since: {:#?}", verified(&named));

    let mut more = named.clone();
    more.log.witnesses[0].size = 1_000;
    let mut other = named.clone();
    other.log.witnesses[0].name = "nobody.example".to_owned();
    for claimed in [&more, &other] {
        let verified = verified(claimed);
        let first = verified.differences.first.first().map(|one| one.path.as_str());
        let named = format!("log/witnesses/{}", claimed.log.witnesses[0].name);
        assert_eq!(first, Some(named.as_str()), "{verified:#?}");
    }

    drop(watching);
    grow(&server, &key, 2).await;
    assert!(verified(&report().await).holds());
    fs::remove_file(data_dir.join("cosigned")).unwrap();
    let verified = verified(&named);
    assert!(!verified.holds(), "nothing is left that they signed: {verified:#?}");
}
