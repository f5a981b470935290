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
