//! What went wrong, by when it must be reported, and what is on record of it.

use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_ledger::{ProofFile, VerifierKey};
use syndic_testkit::{TestClock, TestServer};

const AGENT: &str = "knowledge-base";

async fn office() -> (TestServer, Arc<TestClock>) {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    (TestServer::start(clock.clone()).await, clock)
}

async fn opened(server: &TestServer, class: &str) -> Value {
    let open = json!({"agent": AGENT, "class": class, "title": "wrong answers"});
    let answer = server.send("POST", "/v1/incidents", &server.admin, &open.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

async fn post(server: &TestServer, path: &str, body: Value) -> (u16, Value) {
    let answer = server.send("POST", path, &server.admin, &body.to_string()).await;
    (answer.status, answer.json())
}

async fn findings(server: &TestServer) -> String {
    let overview = server.send("GET", "/v1/overview", &server.admin, "").await;
    let findings = overview.json().pointer("/governance/findings").map(Value::to_string);
    findings.unwrap_or_default()
}

#[tokio::test]
async fn opening_an_incident_holds_the_records_of_its_agent() {
    let (server, clock) = office().await;
    let incident = opened(&server, "serious").await;
    assert_eq!(incident["since"], json!("2026-10-24T12:00:00Z"));
    let holds = server.send("GET", "/v1/audit/holds", &server.admin, "").await.json();
    let hold = &holds["holds"][0];
    assert_eq!((&hold["id"], &hold["agent"]), (&incident["hold"], &json!(AGENT)));
    let server = server.restart(clock).await;
    let listed = server.send("GET", "/v1/incidents", &server.admin, "").await.json();
    assert_eq!(listed["incidents"][0]["id"], incident["id"]);
}

#[tokio::test]
async fn a_serious_incident_is_late_after_its_time_until_it_was_reported() {
    let (server, clock) = office().await;
    let incident = opened(&server, "serious").await;
    let path = format!("/v1/incidents/{}", incident["id"].as_str().unwrap());
    let state = async |server: &TestServer| {
        let shown = server.send("GET", &path, &server.admin, "").await.json();
        let clocks = shown["clocks"].as_array().unwrap().clone();
        clocks.iter().find(|clock| clock["only_where"].is_null()).unwrap().clone()
    };
    assert_eq!(state(&server).await["state"], json!("running"));
    assert!(!findings(&server).await.contains("incident-overdue"));
    clock.step(SignedDuration::from_hours(24 * 16));
    assert_eq!(state(&server).await["state"], json!("late"));
    assert!(findings(&server).await.contains("incident-overdue"));
    let update = json!({"note": "reported", "reported": "2026-11-30T09:00:00Z", "authority": "the authority"});
    let (status, updated) = post(&server, &format!("{path}/updates"), update).await;
    assert_eq!((status, &updated["updates"][0]["authority"]), (200, &json!("the authority")));
    assert_eq!(state(&server).await["state"], json!("met"));
    assert!(!findings(&server).await.contains("incident-overdue"));
}

#[tokio::test]
async fn another_class_takes_no_clock_away_and_the_strictest_open_one_is_overdue() {
    let (server, clock) = office().await;
    let incident = opened(&server, "widespread").await;
    let updates = format!("/v1/incidents/{}/updates", incident["id"].as_str().unwrap());
    let change = json!({"note": "not widespread", "class": "serious"});
    let (_, changed) = post(&server, &updates, change).await;
    let stands = |incident: &Value| -> Vec<_> {
        let clocks = incident["clocks"].as_array().unwrap().iter();
        let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        clocks
            .map(|clock| ["class", "state", "reported"].map(|field| word(&clock[field])))
            .collect()
    };
    let running = |class: &str| [class, "running", "-"].map(str::to_owned);
    assert_eq!(stands(&changed), [running("widespread"), running("serious")]);
    clock.step(SignedDuration::from_hours(24 * 3));
    assert!(findings(&server).await.contains("Art. 73(3)"), "{}", findings(&server).await);
    let at = "2026-11-26T09:00:00Z";
    let (_, told) = post(&server, &updates, json!({"note": "told", "reported": at})).await;
    let stood = |class: &str, state: &str| [class, state, at].map(str::to_owned);
    assert_eq!(stands(&told), [stood("widespread", "late"), stood("serious", "met")]);
    assert!(!findings(&server).await.contains("incident-overdue"));
}

#[tokio::test]
async fn what_is_to_be_done_is_told_as_it_was_told_last() {
    let (server, clock) = office().await;
    let incident = opened(&server, "other").await;
    let updates = format!("/v1/incidents/{}/updates", incident["id"].as_str().unwrap());
    let note = |corrective: Value| json!({"note": "n", "corrective": corrective});
    let (status, refused) = post(&server, &updates, note(json!({"name": "limit"}))).await;
    assert_eq!(status, 422);
    assert!(refused["detail"].as_str().unwrap().contains("until when is `limit`"), "{refused}");
    let due = "2026-12-01T00:00:00Z";
    post(&server, &updates, note(json!({"name": "limit", "due": due}))).await;
    clock.step(SignedDuration::from_hours(24 * 9));
    let told = |name: &str, done: Value, overdue: bool| json!({"name": name, "due": due, "done": done, "overdue": overdue});
    let (_, other) = post(&server, &updates, note(json!({"name": "tell", "due": due}))).await;
    assert_eq!(other["correctives"][0], told("limit", Value::Null, true));
    let (_, done) = post(&server, &updates, note(json!({"name": "limit", "done": true}))).await;
    let expected =
        [told("limit", done["updates"][2]["at"].clone(), false), told("tell", Value::Null, true)];
    assert_eq!(done["correctives"], json!(expected));
}

#[tokio::test]
async fn a_time_that_cannot_be_is_told_with_its_reason() {
    let (server, _) = office().await;
    let incident = opened(&server, "serious").await;
    let updates = format!("/v1/incidents/{}/updates", incident["id"].as_str().unwrap());
    for (reported, reason) in [
        (
            "2026-11-23T11:59:59Z",
            "before somebody came to know of it, which was at 2026-11-23 12:00:00 UTC",
        ),
        ("2026-11-23T12:00:01Z", "it was not reported in the future"),
    ] {
        let update = json!({"note": "told", "reported": reported});
        let (status, refused) = post(&server, &updates, update).await;
        assert_eq!(status, 422);
        assert!(refused["detail"].as_str().unwrap().contains(reason), "{refused}");
    }
}

#[tokio::test]
async fn the_bundle_tells_what_happened_to_the_agent_and_proves_it() {
    let (server, _) = office().await;
    let key = server.agent_key(AGENT).await;
    let search = json!({"agent": AGENT, "action": "search_knowledge_base", "args": {"query": "x"}});
    server.submit(&key, search).await;
    let other = server.agent_key("customer-support").await;
    server
        .submit(
            &other,
            json!({"agent": "customer-support", "action": "issue_refund",
            "args": {"order_id": "A-9", "amount": 45}}),
        )
        .await;
    let incident = opened(&server, "other").await;
    let path = format!("/v1/incidents/{}/bundle", incident["id"].as_str().unwrap());
    let bundle = server.send("GET", &path, &server.admin, "").await.json();
    let timeline = bundle["timeline"].as_array().unwrap();
    let kinds: Vec<_> = timeline.iter().map(|one| one["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["decision", "incident_opened"], "{bundle}");
    let keys: Vec<VerifierKey> = bundle["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| key.as_str().unwrap().parse().unwrap())
        .collect();
    let proofs = bundle["proofs"].as_array().unwrap();
    assert_eq!(proofs.len(), 2);
    for proof in proofs {
        let file = ProofFile::parse(proof["proof"].as_str().unwrap()).unwrap();
        file.verify(&keys, &[]).unwrap();
    }
}

#[tokio::test]
async fn a_closed_incident_takes_no_more_and_keeps_its_hold() {
    let (server, _) = office().await;
    let incident = opened(&server, "other").await;
    let path = format!("/v1/incidents/{}", incident["id"].as_str().unwrap());
    let corrective = json!({"name": "limit", "due": "2026-12-01T00:00:00Z"});
    let update = json!({"note": "a limit is missing", "corrective": corrective});
    let (status, _) = post(&server, &format!("{path}/updates"), update).await;
    assert_eq!(status, 200);
    let (status, closed) =
        post(&server, &format!("{path}/close"), json!({"summary": "it is there"})).await;
    assert_eq!((status, &closed["closed"]["summary"]), (200, &json!("it is there")));
    for (more, body) in [("updates", json!({"note": "n"})), ("close", json!({"summary": "s"}))] {
        let (status, refused) = post(&server, &format!("{path}/{more}"), body).await;
        assert_eq!((status, &refused["type"]), (409, &json!("urn:syndic:problem:closed")));
    }
    let holds = server.send("GET", "/v1/audit/holds", &server.admin, "").await.json();
    assert_eq!(holds["holds"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn an_incident_that_says_too_little_or_nothing_possible_is_refused() {
    let (server, _) = office().await;
    let fit = json!({"agent": AGENT, "class": "serious", "title": "t"});
    for (field, value, status) in [
        ("agent", json!("nobody"), 404),
        ("class", json!("bad"), 422),
        ("title", json!(" "), 422),
        ("aware", json!("2026-11-24T00:00:00Z"), 422),
        ("since", json!("2026-11-23T13:00:00Z"), 422),
    ] {
        let mut open = fit.clone();
        open[field] = value;
        let (refused, _) = post(&server, "/v1/incidents", open.clone()).await;
        assert_eq!(refused, status, "{open}");
    }
    let auditor = server.key(json!({"role": "auditor"})).await;
    let open = server.send("POST", "/v1/incidents", &auditor, &fit.to_string()).await;
    assert_eq!(open.status, 403);
    assert_eq!(server.send("GET", "/v1/incidents", &auditor, "").await.status, 200);
    assert_eq!(server.send("GET", "/v1/incidents/x", &auditor, "").await.status, 404);
    let holds = server.send("GET", "/v1/audit/holds", &server.admin, "").await.json();
    assert_eq!(holds, json!({"holds": []}));
}
