//! Erasing what was recorded of a user.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_testkit::{SearchServer, TestClock, TestServer};

/// In no file before or after, though it is in every part that a caller or an approver can fill.
const PLANTED: &str = "planted-4111111111111111";
const NOW: &str = "2026-11-23T12:00:00Z";

fn assert_no_file_has(directory: &Path, needle: &[u8]) {
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            assert_no_file_has(&path, needle);
        } else if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            assert!(!bytes.windows(needle.len()).any(|w| w == needle), "{}", path.display());
        }
    }
}

/// What the tree covers: every leaf, as it stands in the segments.
fn leaves(server: &TestServer) -> Vec<String> {
    let mut segments: Vec<_> = fs::read_dir(server.directory().join(".syndic/segments"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    segments.sort();
    let lines = segments.iter().flat_map(|path| {
        let text = fs::read_to_string(path).unwrap();
        text.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    });
    lines.collect()
}

fn refund(user: &str, amount: u32) -> Value {
    json!({"agent": "customer-support", "action": "issue_refund", "user_id": user,
        "args": {"order_id": PLANTED, "amount": amount}, "metadata": {"note": PLANTED}})
}

/// A refund with its outcome, and one that a person rejects; returns the ids of the actions, and of the approval.
async fn act(server: &TestServer, key: &str, user: &str) -> [String; 3] {
    let run = server.submit(key, refund(user, 45)).await;
    let id = |decided: &Value| decided["action_id"].as_str().unwrap().to_owned();
    let outcome = json!({"status": "ok", "args_digest": run["permit"]["args_digest"],
        "result": {"said": PLANTED}});
    let path = format!("/v1/actions/{}/outcome", id(&run));
    let reported = server.send("POST", &path, key, &outcome.to_string()).await;
    assert_eq!(reported.status, 200, "{}", reported.text);

    let held = server.submit(key, refund(user, 150)).await;
    let approval = held["approval"]["id"].as_str().unwrap().to_owned();
    let lead = server.key(json!({"role": "approver", "approver": "support-lead-1"})).await;
    let vote = json!({"vote": "reject", "reason": format!("no {PLANTED}")}).to_string();
    let path = format!("/v1/approvals/{approval}/votes");
    let voted = server.send("POST", &path, &lead, &vote).await;
    assert_eq!(voted.status, 201, "{}", voted.text);
    [id(&run), id(&held), approval]
}

async fn redact(server: &TestServer, change: Value) -> (u16, Value) {
    let mut wire = json!({"user": "ada", "reason": "request 4711"});
    for (name, value) in change.as_object().unwrap() {
        wire[name] = value.clone();
    }
    let path = "/v1/audit/redactions";
    let answer = server.send("POST", path, &server.admin, &wire.to_string()).await;
    (answer.status, answer.json())
}

async fn get(server: &TestServer, path: &str) -> Value {
    let answer = server.send("GET", path, &server.admin, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer.json()
}

#[tokio::test]
async fn what_is_erased_is_readable_nowhere_and_the_record_of_it_stands() {
    let clock = Arc::new(TestClock::at(NOW));
    let mut server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("customer-support").await;
    let [run, held, approval] = act(&server, &key, "ada").await;
    let [others, _, _] = act(&server, &key, "bob").await;
    let data = server.directory().join(".syndic");
    assert_no_file_has(&data, PLANTED.as_bytes());
    server.gate.snapshot().unwrap();
    assert_no_file_has(&data, PLANTED.as_bytes());
    let before = leaves(&server);

    let (status, redacted) = redact(&server, json!({"override_retention": true})).await;
    assert_eq!(status, 200, "{redacted}");
    // Two decisions, an outcome and a vote.
    assert_eq!((&redacted["records"], &redacted["keys"]), (&json!(4), &json!(1)), "{redacted}");
    assert_eq!(redacted["young"], 4);
    let after = leaves(&server);
    assert_eq!(&after[..before.len()], &before[..], "proofs stay valid");
    let record = after.last().unwrap();
    assert!(record.contains("\"user_redacted\":{"), "{record}");
    assert!(record.contains("\"reason\":\"request 4711\""), "{record}");
    assert!(!record.contains("ada"), "{record}");

    for restarts in 0..2 {
        assert_no_file_has(&data, PLANTED.as_bytes());
        for (id, amount) in [(&run, 45), (&held, 150)] {
            let event = get(&server, &format!("/v1/audit/events/{id}")).await;
            for erased in ["user_id", "tool_args", "tool_result"] {
                assert_eq!(event[erased], Value::Null, "{amount}: {event}");
            }
            assert_eq!(event["metadata"]["redacted"], true, "{event}");
            assert_eq!(event["metadata"].get("note"), None, "{event}");
        }
        let approval = get(&server, &format!("/v1/approvals/{approval}")).await;
        assert_eq!(approval["status"], "rejected");
        assert!(!approval.to_string().contains(PLANTED), "{approval}");
        let other = get(&server, &format!("/v1/audit/events/{others}")).await;
        assert_eq!(other["user_id"], "bob");
        assert_eq!(other["tool_args"]["order_id"], PLANTED);
        assert_eq!(other["tool_result"]["said"], PLANTED);
        assert_eq!(other["metadata"].get("redacted"), None);
        if restarts == 0 {
            assert!(server.gate.snapshot().unwrap() > 0);
            assert_no_file_has(&data, PLANTED.as_bytes());
            server = server.restart(clock.clone()).await;
        }
    }
    // Who asks again finds nothing, and nothing is recorded of that.
    let count = leaves(&server).len();
    let (status, again) = redact(&server, json!({})).await;
    assert_eq!((status, &again["record"]), (200, &Value::Null), "{again}");
    assert_eq!(leaves(&server).len(), count);
}

#[tokio::test]
async fn a_repeat_of_an_erased_request_is_told_without_its_content() {
    let server = TestServer::start(Arc::new(TestClock::at(NOW))).await;
    let key = server.agent_key("customer-support").await;
    let mut request = refund("ada", 45);
    request["idempotency_key"] = json!("once");
    let first = server.submit(&key, request.clone()).await;
    let (status, _) = redact(&server, json!({"override_retention": true})).await;
    assert_eq!(status, 200);
    let again = server.submit(&key, request).await;
    assert_eq!((&again["action_id"], &again["allowed"]), (&first["action_id"], &json!(true)));
    assert!(again.to_string().contains("The details of this decision were erased."), "{again}");
}

#[tokio::test]
async fn records_younger_than_the_floor_are_erased_only_where_retention_is_overridden() {
    let clock = Arc::new(TestClock::at(NOW));
    let mut server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("customer-support").await;
    let run = server.submit(&key, refund("ada", 45)).await;
    let path = format!("/v1/audit/events/{}", run["action_id"].as_str().unwrap());
    for dry_run in [true, false] {
        let (status, refused) = redact(&server, json!({"dry_run": dry_run})).await;
        assert_eq!(
            (status, &refused["type"]),
            (409, &json!("urn:syndic:problem:retention")),
            "{refused}"
        );
        let detail = refused["detail"].as_str().unwrap();
        assert!(detail.starts_with("1 of 1 records are younger than 190 days"), "{detail}");
    }
    let (status, told) =
        redact(&server, json!({"dry_run": true, "override_retention": true})).await;
    assert_eq!((status, &told["records"], &told["record"]), (200, &json!(1), &Value::Null));
    assert_eq!(get(&server, &path).await["user_id"], "ada");

    let admin = server.key(json!({"role": "admin", "days": 365})).await;
    clock.step(SignedDuration::from_hours(24 * 190));
    server.admin = admin;
    let (status, redacted) = redact(&server, json!({})).await;
    assert_eq!((status, &redacted["young"]), (200, &json!(0)), "{redacted}");
    assert_eq!(get(&server, &path).await["user_id"], Value::Null);
}

#[tokio::test]
async fn what_is_held_back_is_not_erased_until_it_is_released() {
    let server = TestServer::start(Arc::new(TestClock::at(NOW))).await;
    let key = server.agent_key("customer-support").await;
    let admin = &server.admin;
    let [run, ..] = act(&server, &key, "ada").await;
    let event = format!("/v1/audit/events/{run}");
    let overriding = json!({"override_retention": true});
    for held in [json!({"user": "ada"}), json!({"agent": "customer-support"}), json!({})] {
        let mut hold = held.clone();
        hold["reason"] = json!("a claim");
        let added = server.send("POST", "/v1/audit/holds", admin, &hold.to_string()).await.json();
        let (status, refused) = redact(&server, overriding.clone()).await;
        let problem = json!("urn:syndic:problem:held-back");
        assert_eq!((status, &refused["type"]), (409, &problem), "{held}: {refused}");
        assert_eq!(get(&server, &event).await["user_id"], "ada");
        let release = format!("/v1/audit/holds/{}/release", added["id"].as_str().unwrap());
        let released = server.send("POST", &release, admin, r#"{"reason":"settled"}"#).await;
        assert_eq!(released.status, 200, "{}", released.text);
    }
    let others = json!({"user": "bob", "reason": "a claim"}).to_string();
    assert_eq!(server.send("POST", "/v1/audit/holds", admin, &others).await.status, 201);
    assert_eq!(redact(&server, overriding).await.0, 200);
    assert_eq!(get(&server, &event).await["user_id"], Value::Null);
}

#[tokio::test]
async fn compacting_leaves_the_leaves_of_what_was_erased_and_nothing_else() {
    let server = TestServer::start(Arc::new(TestClock::at(NOW))).await;
    let key = server.agent_key("customer-support").await;
    let [run, ..] = act(&server, &key, "ada").await;
    let [others, ..] = act(&server, &key, "bob").await;
    assert_eq!(redact(&server, json!({"override_retention": true})).await.0, 200);
    let (before, size) = (leaves(&server), server.gate.store().durable_index());
    let proofs = || {
        let store = server.gate.store();
        store.checkpoint_over(size - 1, Duration::from_secs(10)).unwrap();
        let proof =
            |index| (store.leaf_bytes(index).unwrap(), store.inclusion(index, size).unwrap());
        (0..size).map(proof).collect::<Vec<_>>()
    };
    let proved = proofs();
    let compacted = server.send("POST", "/v1/audit/compactions", &server.admin, "").await;
    assert_eq!(compacted.json()["records"], 4, "{}", compacted.text);
    assert_eq!(leaves(&server), before, "proofs stay valid");
    assert!(proofs() == proved, "proofs stay as they were, byte for byte");
    let event = get(&server, &format!("/v1/audit/events/{run}")).await;
    assert_eq!((&event["user_id"], &event["metadata"]["redacted"]), (&Value::Null, &json!(true)));
    let other = get(&server, &format!("/v1/audit/events/{others}")).await;
    assert_eq!(
        (&other["user_id"], &other["tool_result"]["said"]),
        (&json!("bob"), &json!(PLANTED))
    );
}

#[tokio::test]
async fn what_stays_readable_names_nobody() {
    let server = TestServer::start(Arc::new(TestClock::at(NOW))).await;
    for (change, status, code) in [
        (json!({"reason": " "}), 422, "reason-needed"),
        (json!({"reason": "x".repeat(501)}), 422, "reason-needed"),
        (json!({"user": ""}), 422, "bad-request"),
        (json!({"user": "x".repeat(257)}), 422, "bad-request"),
        (
            json!({"user": "User@example.org", "reason": "user@EXAMPLE.org asked"}),
            422,
            "bad-request",
        ),
        (json!({"user": "nobody"}), 200, ""),
    ] {
        let (found, answer) = redact(&server, change.clone()).await;
        assert_eq!(found, status, "{change}: {answer}");
        let problem = answer["type"].as_str().unwrap_or("urn:syndic:problem:");
        assert_eq!(problem.rsplit(':').next().unwrap(), code, "{change}: {answer}");
    }
    let auditor = server.key(json!({"role": "auditor"})).await;
    let body = r#"{"user":"ada","reason":"r"}"#;
    let answer = server.send("POST", "/v1/audit/redactions", &auditor, body).await;
    assert_eq!(answer.status, 403, "{}", answer.text);
}

#[tokio::test]
async fn records_that_come_while_their_user_is_erased_are_erased_or_whole() {
    let server = TestServer::start(Arc::new(TestClock::at(NOW))).await;
    let key = server.agent_key("customer-support").await;
    let search = json!({"agent": "customer-support", "action": "search_knowledge_base",
        "user_id": "ada", "args": {"query": PLANTED}});
    let acting = async {
        for _ in 0..60 {
            server.submit(&key, search.clone()).await;
        }
    };
    let overriding = || redact(&server, json!({"override_retention": true}));
    let ((), one, other) = tokio::join!(acting, overriding(), overriding());
    assert_eq!((one.0, other.0), (200, 200), "{} {}", one.1, other.1);
    let last = leaves(&server)
        .iter()
        .filter_map(|leaf| {
            serde_json::from_str::<Value>(leaf).unwrap()["record"]["user_redacted"]["before"]
                .as_u64()
        })
        .max()
        .unwrap_or_default();
    for (n, event) in server.events("limit=1000&order=oldest").await.iter().enumerate() {
        let erased = event["metadata"]["redacted"] == true;
        assert_eq!(erased, event["user_id"] == Value::Null, "{n}: {event}");
        assert_eq!(erased, event["tool_args"] == Value::Null, "{n}: {event}");
    }
    let erased = server.events("limit=1000").await;
    let erased = erased.iter().filter(|event| event["metadata"]["redacted"] == true).count();
    let decided = leaves(&server).into_iter().take(usize::try_from(last).unwrap());
    assert_eq!(erased, decided.filter(|leaf| leaf.contains("\"decision\":{")).count());
}

#[tokio::test]
async fn what_waits_for_people_about_an_erased_user_ends() {
    let server = TestServer::start(Arc::new(TestClock::at(NOW))).await;
    let key = server.agent_key("customer-support").await;
    let theirs = server.submit(&key, refund("ada", 150)).await;
    let others = server.submit(&key, refund("bob", 170)).await;
    let body = json!({"user": "ada", "reason": "they asked", "override_retention": true});
    let path = "/v1/audit/redactions";
    let redacted = server.send("POST", path, &server.admin, &body.to_string()).await;
    assert!(redacted.status < 300, "{}", redacted.text);
    for (held, status) in [(&theirs, "cancelled"), (&others, "pending")] {
        let path = format!("/v1/approvals/{}", held["approval"]["id"].as_str().unwrap());
        let approval = server.send("GET", &path, &server.admin, "").await.json();
        assert_eq!(approval["status"], status, "{approval}");
    }
}

#[tokio::test]
async fn an_erasure_reaches_elasticsearch_and_lists_the_sinks_that_it_does_not_reach() {
    let search = SearchServer::start();
    let elsewhere = tempfile::tempdir().unwrap();
    let trail = elsewhere.path().join("audit.jsonl");
    let server = TestServer::start_with(Arc::new(TestClock::at(NOW)), |directory| {
        let settings = directory.join("syndic.yaml");
        let text = fs::read_to_string(&settings).unwrap();
        let (url, trail) = (search.url(), trail.display());
        let sinks = format!(
            "sinks:\n  search:\n    elasticsearch: {{ url: \"{url}\" }}\n    parts: clear\n  trail:\n    file: {{ path: {trail} }}\n"
        );
        fs::write(settings, format!("{text}\n{sinks}")).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    drop(act(&server, &key, "ada").await);
    let told = async |is_so: fn(&str) -> bool| loop {
        let documents = search.documents("ai-audit-*").await;
        if documents.len() == 2 && documents.iter().all(|one| is_so(&one.to_string())) {
            return;
        }
    };
    told(|document| document.contains(PLANTED)).await;
    let (status, redacted) = redact(&server, json!({"override_retention": true})).await;
    assert_eq!(status, 200, "{redacted}");
    let unreached = redacted["unreached"].to_string();
    assert!(unreached.contains("what went to the sink `trail` (file)"), "{unreached}");
    assert!(!unreached.contains("elasticsearch"), "{unreached}");
    told(|document| !document.contains(PLANTED)).await;
    server.stop().await;
}
