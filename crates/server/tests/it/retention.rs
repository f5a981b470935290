//! What is held back, and what is dropped when its time has come.

use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_gate::{ComplianceReport, ReportSignature, VerifiedReport, verify_report};
use syndic_ledger::{Record, SessionOpened};
use syndic_store::{Entry, Options, Store};
use syndic_testkit::{TestClock, TestServer};
use tempfile::TempDir;

async fn office() -> (TestServer, Arc<TestClock>) {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    (TestServer::start_with(clock.clone(), |_| {}).await, clock)
}

#[tokio::test]
async fn a_hold_is_kept_over_a_restart_until_it_is_released() {
    let (server, clock) = office().await;
    let admin = server.admin.clone();
    let hold =
        json!({"user": "ada@example.com", "since": "2026-01-01T00:00:00Z", "reason": "a claim"});
    let added = server.send("POST", "/v1/audit/holds", &admin, &hold.to_string()).await;
    assert_eq!(added.status, 201, "{}", added.text);
    let added = added.json();
    assert_eq!(added["user_ref"].as_str().unwrap().len(), 32);
    assert!(!added.to_string().contains("ada@"), "{added}");

    let server = server.restart(clock).await;
    let holds = server.send("GET", "/v1/audit/holds", &admin, "").await.json();
    assert_eq!(holds, json!({"holds": [added]}));
    let release = format!("/v1/audit/holds/{}/release", added["id"].as_str().unwrap());
    let released = server.send("POST", &release, &admin, r#"{"reason":"settled"}"#).await;
    assert_eq!((released.status, released.json()), (200, added));
    let again = server.send("POST", &release, &admin, r#"{"reason":"settled"}"#).await;
    assert_eq!(
        (again.status, &again.json()["type"]),
        (404, &json!("urn:syndic:problem:unknown-hold"))
    );
    let holds = server.send("GET", "/v1/audit/holds", &admin, "").await.json();
    assert_eq!(holds, json!({"holds": []}));
}

#[tokio::test]
async fn only_an_administrator_holds_and_an_auditor_reads() {
    let (server, _) = office().await;
    let auditor = server.key(json!({"role": "auditor"})).await;
    let approver = server.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
    let hold = r#"{"reason":"a claim"}"#;
    for key in [&auditor, &approver] {
        assert_eq!(server.send("POST", "/v1/audit/holds", key, hold).await.status, 403);
        let release = "/v1/audit/holds/x/release";
        assert_eq!(server.send("POST", release, key, hold).await.status, 403);
    }
    assert_eq!(server.send("GET", "/v1/audit/holds", &auditor, "").await.status, 200);
    assert_eq!(server.send("GET", "/v1/audit/holds", &approver, "").await.status, 403);
}

#[tokio::test]
async fn a_hold_that_says_too_little_or_nothing_possible_is_refused() {
    let (server, _) = office().await;
    let admin = server.admin.clone();
    for (hold, code) in [
        (json!({"reason": " "}), "reason-needed"),
        (json!({"reason": "r".repeat(501)}), "reason-needed"),
        (json!({"reason": "r", "agent": ""}), "bad-request"),
        (
            json!({"reason": "r", "since": "2026-02-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}),
            "bad-request",
        ),
        (json!({"reason": "r", "users": ["ada"]}), "bad-request"),
    ] {
        let refused = server.send("POST", "/v1/audit/holds", &admin, &hold.to_string()).await;
        let code = format!("urn:syndic:problem:{code}");
        assert_eq!((refused.status / 100, &refused.json()["type"]), (4, &json!(code)), "{hold}");
    }
}

#[tokio::test]
async fn an_administrator_compacts_and_an_auditor_sees_how_it_stands() {
    let (server, _) = office().await;
    let auditor = server.key(json!({"role": "auditor"})).await;
    let path = "/v1/audit/compactions";
    assert_eq!(server.send("POST", path, &auditor, "").await.status, 403);
    let before = server.send("GET", path, &auditor, "").await.json();
    assert_eq!(before["state"], json!("none"));
    let admin = server.admin.clone();
    let done = server.send("POST", path, &admin, "").await;
    let none = json!({
        "state": "done", "segments": 1, "of": 1, "rewritten": 0, "records": 0, "bytes": 0, "error": null
    });
    assert_eq!((done.status, done.json()), (200, none.clone()));
    assert_eq!(server.send("GET", path, &auditor, "").await.json(), none);
}

/// Writes so many records into a stopped server's ledger as fill three segments of 256 and begin a fourth.
async fn fill(directory: &TempDir, clock: &Arc<TestClock>) {
    let options = Options { segment_bytes: 1, ..Options::default() };
    let data = directory.path().join(".syndic");
    let store = Store::open(&data, options, clock.clone(), &mut |_, _| {}).unwrap();
    let opened = |session: u64| Entry {
        record: Record::SessionOpened(SessionOpened {
            session: format!("s{session}"),
            agent: "customer-support".to_owned(),
            opened_by: "k".to_owned(),
        }),
        at: syndic_model::Clock::now(clock.as_ref()),
        parts: Vec::new(),
        subject: None,
    };
    let pending: Vec<_> = (0..800).map(|n| store.reserve().unwrap().enqueue(opened(n))).collect();
    for one in pending {
        one.await.unwrap();
    }
    store.close();
}

struct Aged {
    server: TestServer,
    clock: Arc<TestClock>,
    admin: String,
}

impl Aged {
    /// A ledger with one event and 800 sessions, looked at so many days later.
    async fn by(days: i64) -> Self {
        let (server, clock) = office().await;
        let admin = server.key(json!({"role": "admin", "days": 365})).await;
        let agent = server.agent_key("customer-support").await;
        let refund = json!({"agent": "customer-support", "action": "issue_refund",
            "args": {"order_id": "A-9", "amount": 45}});
        server.submit(&agent, refund).await;
        let directory = server.stop().await;
        fill(&directory, &clock).await;
        clock.step(SignedDuration::from_hours(24 * days));
        let server = TestServer::start_over(clock.clone(), directory).await;
        Self { server, clock, admin }
    }

    async fn send(&self, method: &str, path: &str, body: Value) -> Value {
        self.server.send(method, path, &self.admin, &body.to_string()).await.json()
    }

    /// Prunes, once whoever follows the ledger is not behind.
    async fn prune(&self, dry_run: bool) -> Value {
        loop {
            let rehearsed = self.pruning(true).await;
            if rehearsed["kept_by"] != "follower" {
                break if dry_run { rehearsed } else { self.pruning(false).await };
            }
            tokio::task::yield_now().await;
        }
    }

    async fn report(&self) -> ComplianceReport {
        let path = "/v1/agents/customer-support/compliance";
        serde_json::from_value(self.send("GET", path, Value::Null).await).unwrap()
    }

    /// Verifies a report by what the data directory has now.
    fn verified(&self, report: &ComplianceReport) -> VerifiedReport {
        let data_dir = self.server.directory().join(".syndic");
        verify_report(report, &data_dir, Path::new("elsewhere"), &[]).unwrap()
    }

    async fn pruning(&self, dry_run: bool) -> Value {
        self.send("POST", "/v1/audit/prunes", json!({"dry_run": dry_run})).await
    }
}

#[tokio::test]
async fn what_is_older_than_retention_asks_for_is_dropped_and_what_governs_stays() {
    let aged = Aged::by(191).await;
    let stop = json!({"reason": "it went wrong"});
    aged.send("POST", "/v1/agents/financial-advisor/suspend", stop).await;
    let before = aged.prune(true).await;
    let told = |pruning: &Value| {
        ["dropped", "from", "to", "segments", "kept_by"].map(|name| pruning[name].clone())
    };
    let expected = |dropped| [json!(dropped), json!(0), json!(768), json!(3), json!("open")];
    assert_eq!(told(&before), expected(false), "{before}");
    let dropped = aged.prune(false).await;
    assert_eq!(told(&dropped), expected(true), "{dropped}");
    assert_eq!(aged.prune(false).await["segments"], json!(0));
    let events = aged.send("GET", "/v1/audit/events", Value::Null).await;
    assert_eq!(events["events"], json!([]), "{events}");

    // The key was made by a record that is dropped, and so was the agent's.
    let Aged { server, clock, admin } = aged;
    let aged = Aged { server: server.restart(clock.clone()).await, clock, admin };
    let keys = aged.send("GET", "/v1/keys", Value::Null).await;
    assert_eq!(keys["keys"].as_array().unwrap().len(), 3, "{keys}");
    let agents = aged.send("GET", "/v1/agents/financial-advisor", Value::Null).await;
    assert_eq!(agents["suspended_reason"], json!("it went wrong"), "{agents}");
    assert_eq!(aged.prune(false).await["from"], json!(768));
    let verified = syndic_store::verify(&aged.server.directory().join(".syndic")).unwrap();
    assert_eq!(verified.segments, 1);
}

#[tokio::test]
async fn nothing_young_nothing_held_and_nothing_by_a_wrong_clock_is_dropped() {
    let aged = Aged::by(189).await;
    let young = aged.prune(false).await;
    assert_eq!((&young["segments"], &young["kept_by"]), (&json!(0), &json!("age")), "{young}");

    let aged = Aged::by(191).await;
    let hold = json!({"agent": "customer-support", "reason": "a claim"});
    let hold = aged.send("POST", "/v1/audit/holds", hold).await;
    let held = aged.prune(false).await;
    assert_eq!((&held["segments"], &held["kept_by"]), (&json!(0), &json!("hold")), "{held}");
    let release = format!("/v1/audit/holds/{}/release", hold["id"].as_str().unwrap());
    aged.send("POST", &release, json!({"reason": "settled"})).await;

    aged.clock.step(SignedDuration::from_hours(-48));
    let refused = aged.prune(false).await;
    assert_eq!(refused["type"], json!("urn:syndic:problem:clock"), "{refused}");
    aged.clock.step(SignedDuration::from_hours(48));
    assert_eq!(aged.prune(false).await["dropped"], json!(true));
}

#[tokio::test]
async fn a_report_over_what_was_kept_is_verified_and_one_from_before_says_what_was_dropped() {
    let aged = Aged::by(191).await;
    let before = aged.report().await;
    assert!(aged.verified(&before).holds());
    assert_eq!(aged.prune(false).await["dropped"], json!(true));
    let after = aged.report().await;
    assert_eq!((before.log.first_kept, after.log.first_kept), (0, 768));
    for _ in 0..2 {
        let verified = aged.verified(&after);
        assert!(verified.holds() && verified.dropped_since.is_none(), "{verified:#?}");
    }
    let verified = aged.verified(&before);
    assert!(matches!(verified.signature, ReportSignature::Valid(_)), "{verified:#?}");
    assert_eq!(verified.dropped_since, Some(768), "{verified:#?}");
    assert!(!verified.holds() && verified.is_cut(), "{verified:#?}");
    let mut paths = verified.differences.first.iter().map(|one| one.path.as_str());
    assert_eq!(paths.next(), Some("readings/LOG-01/cited/0"), "{verified:#?}");
    assert!(!paths.any(|path| path.starts_with("log/")), "it is the same log: {verified:#?}");
}
