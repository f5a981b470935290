//! Actions that are counted where they arrive.

use std::sync::Arc;

use serde_json::json;
use syndic_ledger::{CallsCounted, Record};
use syndic_testkit::{TestClock, TestServer};

const AGENT: &str = "knowledge-base";

fn counted(server: &TestServer) -> Vec<CallsCounted> {
    let store = server.gate.store();
    let leaves = store.leaves(0, 1_000).unwrap();
    let counted = leaves.into_iter().filter_map(|leaf| {
        if let Record::CallsCounted(counted) = leaf.record { Some(counted) } else { None }
    });
    counted.collect()
}

#[tokio::test]
async fn what_arrives_is_counted_by_what_became_of_it_and_recorded_once() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start(clock.clone()).await;
    let key = server.agent_key(AGENT).await;
    let search = json!({"agent": AGENT, "action": "search_knowledge_base", "args": {"query": "x"}});
    server.submit(&key, search.clone()).await;
    let mut denied = search.clone();
    denied["action"] = json!("undeclared_action");
    server.submit(&key, denied).await;
    let mut repeated = search.clone();
    repeated["idempotency_key"] = json!("k-1");
    for _ in 0..2 {
        server.submit(&key, repeated.clone()).await;
    }
    let mut foreign = search.clone();
    foreign["agent"] = json!("customer-support");
    let refused = server.send("POST", "/v1/actions", &key, &foreign.to_string()).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    assert!(server.gate.count_calls().await.unwrap().is_some());
    assert_eq!(server.gate.count_calls().await.unwrap(), None, "nothing came since");
    server.submit(&key, search).await;
    let server = server.restart(clock).await;
    let counts: Vec<_> = counted(&server)
        .iter()
        .map(|one| (one.arrived, one.decided, one.refused, one.unrecorded, one.dropped))
        .collect();
    assert_eq!(counts, [(5, 3, 2, 0, 0), (1, 1, 0, 0, 0)], "the last when the server ended");
}
