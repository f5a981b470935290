//! Another governance directory while actions are decided.

use std::fs;
use std::sync::Arc;

use serde_json::Value;
use syndic_governance::Governance;
use syndic_model::{ActionRequest, Caller, EnforcementGrade};
use syndic_testkit::{TestClock, TestServer};

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

/// Reads the server's governance directory anew.
#[expect(clippy::unwrap_used, reason = "a test stops at a directory that is not sound")]
fn load(server: &TestServer) -> Arc<Governance> {
    Arc::new(syndic_governance::load(server.directory()).governance.unwrap())
}

/// Reads the leaves of the ledger, in order.
#[expect(clippy::unwrap_used, reason = "a test stops where there is no ledger")]
fn leaves(server: &TestServer) -> Vec<Value> {
    let segment = server.directory().join(".syndic/segments/0000000000000000.jsonl");
    let text = fs::read_to_string(segment).unwrap();
    let leaf = |line: &str| serde_json::from_str(line.split_once('\t').unwrap().0).unwrap();
    text.lines().map(leaf).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_decision_stands_under_another_policy_than_the_one_that_made_it() {
    let server = TestServer::start(clock()).await;
    let first = load(&server);
    let policy = server.directory().join("policies/org/baseline.cedar");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(policy, format!("{text}// A comment is another revision.\n")).unwrap();
    let second = load(&server);
    assert_ne!(first.revision, second.revision);
    let submit = |n: usize| {
        let gate = Arc::clone(&server.gate);
        tokio::spawn(async move {
            let caller = Caller::Agent {
                key: "k".to_owned(),
                agent: None,
                grade: EnforcementGrade::Cooperative,
            };
            let wire = serde_json::json!({"agent": "customer-support", "action": "issue_refund",
                "args": {"order_id": format!("A-{n}"), "amount": 45}});
            let wire: syndic_api::SubmitAction = serde_json::from_value(wire).unwrap();
            gate.submit(&caller, ActionRequest::try_from(wire).unwrap()).await.unwrap()
        })
    };
    let submits: Vec<_> = (0..200).map(submit).collect();
    for n in 0..20 {
        let next = if n % 2 == 0 { &second } else { &first };
        server.gate.reload(Arc::clone(next)).await.unwrap();
    }
    let mut answered = std::collections::BTreeMap::new();
    for submit in submits {
        let decided = submit.await.unwrap();
        answered.insert(decided.action_id.to_string(), decided.revision);
    }
    let mut in_force = String::new();
    let mut decisions = 0;
    for leaf in leaves(&server) {
        if let Some(loaded) = leaf["record"].get("policy_loaded") {
            in_force = loaded["revision"].as_str().unwrap().to_owned();
        }
        if let Some(decision) = leaf["record"].get("decision") {
            decisions += 1;
            assert_eq!(decision["revision"], in_force.as_str(), "{leaf}");
            assert_eq!(answered[decision["id"].as_str().unwrap()], in_force);
        }
    }
    assert_eq!(decisions, 200);
}
