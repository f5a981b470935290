//! What the log proves to somebody who has its key and nothing else.

use std::sync::Arc;

use serde_json::json;
use syndic_ledger::{ProofFile, Subject};
use syndic_testkit::{TestClock, TestServer};

const SEARCH: &str =
    r#"{"agent":"knowledge-base","action":"search_knowledge_base","args":{"query":"x"}}"#;
const REFUND: &str = r#"{"agent":"customer-support","action":"issue_refund",
    "args":{"order_id":"A-1","amount":150}}"#;

#[tokio::test]
async fn an_action_is_proved_as_far_as_it_has_come() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let agent = server.agent_key("knowledge-base").await;
    let auditor = server.key(json!({"role": "auditor"})).await;
    let decided = server.send("POST", "/v1/actions", &agent, SEARCH).await.json();
    let id = decided["action_id"].as_str().unwrap();
    let path = format!("/v1/audit/events/{id}/proof");
    let keys = server.gate.store().log_keys();
    let indexes = async || {
        let answer = server.send("GET", &path, &auditor, "").await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let proof = ProofFile::parse(&answer.text).unwrap();
        proof.verify(&keys, &[]).unwrap();
        assert_eq!(proof.subject(), &Subject::Action(id.to_owned()));
        proof.records().len()
    };
    assert_eq!(indexes().await, 1, "an outcome is not needed");
    let outcome =
        json!({"status": "ok", "args_digest": decided["permit"]["args_digest"]}).to_string();
    let reported =
        server.send("POST", &format!("/v1/actions/{id}/outcome"), &agent, &outcome).await;
    assert_eq!(reported.status, 200, "{}", reported.text);
    assert_eq!(indexes().await, 2);
    let refused = server.send("GET", &path, &agent, "").await;
    assert_eq!(refused.status, 403, "proofs are for those who read");
    let unknown = "/v1/audit/events/01a20846-fe00-7de1-ae00-630afa7e07e1/proof";
    assert_eq!(server.send("GET", unknown, &auditor, "").await.status, 404);
}

#[tokio::test]
async fn what_people_said_is_proved_with_the_action_they_held() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    let agent = server.agent_key("customer-support").await;
    let held = server.send("POST", "/v1/actions", &agent, REFUND).await.json();
    let approval = held["approval"]["id"].as_str().unwrap_or_else(|| panic!("{held}"));
    let cancelled = server.send("DELETE", &format!("/v1/approvals/{approval}"), &agent, "").await;
    assert_eq!(cancelled.status, 200, "{}", cancelled.text);
    let id = held["action_id"].as_str().unwrap();
    let path = format!("/v1/audit/events/{id}/proof");
    let proof = ProofFile::parse(&server.send("GET", &path, &server.admin, "").await.text).unwrap();
    proof.verify(&server.gate.store().log_keys(), &[]).unwrap();
    let leaves: Vec<_> = proof.records().iter().map(|record| record.leaf.as_str()).collect();
    assert!(leaves.iter().any(|leaf| leaf.contains("\"approval_ended\"")), "{leaves:#?}");
}

#[tokio::test]
async fn a_sample_is_drawn_by_the_seed_that_is_asked_for() {
    let server = TestServer::start(Arc::new(TestClock::at("2026-11-23T12:00:00Z"))).await;
    for _ in 0..20 {
        server.agent_key("knowledge-base").await;
    }
    let size = server.gate.store().durable_index();
    server.gate.store().checkpoint_over(size - 1, std::time::Duration::from_secs(30)).unwrap();
    let get = async |query: &str| {
        server.send("GET", &format!("/v1/audit/sample?{query}"), &server.admin, "").await
    };
    let one = get("seed=4711&n=5&over=20").await;
    assert_eq!(one.status, 200, "{}", one.text);
    let proof = ProofFile::parse(&one.text).unwrap();
    proof.verify(&server.gate.store().log_keys(), &[]).unwrap();
    assert_eq!(proof.records().len(), 5);
    let indexes = |proof: &ProofFile| proof.records().iter().map(|r| r.index).collect::<Vec<_>>();
    let again = ProofFile::parse(&get("seed=4711&n=5&over=20").await.text).unwrap();
    assert_eq!(indexes(&again), indexes(&proof));
    for (query, status) in [
        ("n=5", 400),
        ("seed=", 400),
        ("seed=a&n=0", 400),
        ("seed=a&n=1001", 400),
        ("seed=a&over=100000", 409),
    ] {
        assert_eq!(get(query).await.status, status, "{query}");
    }
}
