//! Another governance directory while actions are decided.

use std::fs;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_api::Problem;
use syndic_gate::ReloadBy;
use syndic_model::{ActionRequest, Caller, EnforcementGrade};
use syndic_testkit::{Answer, TestClock, TestServer};

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

/// Adds a line to a file of the directory.
#[expect(clippy::unwrap_used, reason = "a test stops where its files cannot be written")]
fn append(server: &TestServer, path: &str, line: &str) {
    let path = server.directory().join(path);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(path, format!("{text}{line}\n")).unwrap();
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
        append(&server, "policies/org/baseline.cedar", &format!("// A comment is revision {n}."));
        server.gate.reload(&ReloadBy::Watch, None).await.unwrap();
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

/// Starts where loosening needs two administrators; one agent is still observed.
#[expect(clippy::unwrap_used, reason = "a test stops where its files cannot be written")]
async fn production(clock: Arc<TestClock>) -> TestServer {
    TestServer::start_with(clock, |dir| {
        for (path, from, to) in [
            ("syndic.yaml", "environment: dev", "environment: prod"),
            ("agents/knowledge-base.yaml", "mode: enforce", "mode: observe"),
        ] {
            let text = fs::read_to_string(dir.join(path)).unwrap();
            fs::write(dir.join(path), text.replace(from, to)).unwrap();
        }
    })
    .await
}

#[expect(clippy::unwrap_used, reason = "a test stops where its files cannot be written")]
fn replace(server: &TestServer, path: &str, from: &str, to: &str) {
    let path = server.directory().join(path);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

async fn reload(server: &TestServer, key: &str, accept: Option<&str>) -> Answer {
    let body = accept.map_or(json!({}), |revision| json!({"accept_loosening": revision}));
    server.send("POST", "/v1/policy/reload", key, &body.to_string()).await
}

async fn status(server: &TestServer) -> Value {
    server.send("GET", "/v1/status", &server.admin, "").await.json()
}

fn code(answer: &Answer) -> String {
    let problem: Problem =
        serde_json::from_str(&answer.text).unwrap_or_else(|_| Problem::new(0, "none", ""));
    problem.code().to_owned()
}

const SUPPORT: &str = "agents/customer-support.yaml";

fn loosen(server: &TestServer) {
    replace(server, SUPPORT, "mode: enforce", "mode: observe");
}

#[tokio::test]
async fn what_does_not_validate_changes_nothing_and_is_loud() {
    let server = TestServer::start(clock()).await;
    let before = status(&server).await["policy_revision"].clone();
    append(&server, "policies/org/baseline.cedar", "forbid (principal, action, resource");
    let answer = reload(&server, &server.admin, None).await;
    assert_eq!((answer.status, code(&answer)), (422, "invalid-policy".to_owned()));
    let finding = &answer.json()["findings"][0];
    assert_eq!(finding["file"], "policies/org/baseline.cedar", "{finding}");
    assert!(finding["line"].is_number(), "{finding}");
    let status = status(&server).await;
    assert_eq!(status["policy_revision"], before);
    assert!(status["policy"]["failed"]["first"].as_str().unwrap().contains("baseline.cedar"));
    let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
    assert!(metrics.contains(r#"syndic_policy_reloads_total{result="invalid"} 1"#), "{metrics}");
    assert_eq!(server.send("GET", "/readyz", "", "").await.status, 200);
}

#[tokio::test]
async fn a_reload_takes_effect_and_is_recorded_with_its_files() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let refund = json!({"agent": "customer-support", "action": "issue_refund",
        "args": {"order_id": "A-1", "amount": 45}});
    assert_eq!(server.submit(&key, refund.clone()).await["effect"], "allow");
    let former = status(&server).await["policy_revision"].as_str().unwrap().to_owned();
    append(&server, "policies/org/baseline.cedar", NO_REFUNDS);
    let answer = reload(&server, &server.admin, None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = answer.json();
    assert_eq!(answer["former"], former.as_str());
    assert_eq!(server.submit(&key, refund).await["effect"], "deny");
    let again = reload(&server, &server.admin, None).await.json();
    assert_eq!((&again["record"], &again["revision"]), (&Value::Null, &answer["revision"]));
    let leaves = leaves(&server);
    let index = answer["record"]["index"].as_u64().unwrap();
    let loaded = &leaves[usize::try_from(index).unwrap()]["record"]["policy_loaded"];
    assert_eq!(loaded["revision"], answer["revision"]);
    assert_eq!(
        loaded["files"].as_object().unwrap().len() as u64,
        loaded["count"].as_u64().unwrap()
    );
    // Every revision that decided can be had back from the data directory alone.
    let data_dir = server.directory().join(".syndic");
    for revision in [former.as_str(), loaded["manifest"].as_str().unwrap()] {
        let kept = syndic_gate::kept(&data_dir, server.directory(), revision).unwrap();
        assert!(revision.starts_with(&kept.governance.unwrap().revision));
    }
}

const NO_REFUNDS: &str = "@id(\"no-refunds\")\n@severity(\"high\")\n@reason(\"no refunds today\")\n\
    forbid (principal, action == Action::\"issue_refund\", resource);";

#[tokio::test]
async fn what_loosens_needs_a_second_administrator_who_was_there_before() {
    let clock = clock();
    let server = production(clock.clone()).await;
    let second = server.key(json!({"role": "admin"})).await;
    clock.step(SignedDuration::from_secs(1));
    loosen(&server);
    let first = server.admin.as_str();
    let before = status(&server).await["policy_revision"].clone();
    let answer = reload(&server, first, None).await;
    assert_eq!((answer.status, code(&answer)), (409, "loosens".to_owned()));
    let held = answer.json()["held"].clone();
    let revision = held["revision"].as_str().unwrap();
    assert_eq!(held["loosened"][0]["agent"], "customer-support", "{held}");
    assert!(held["loosened"][0]["what"].as_str().unwrap().contains("observed"), "{held}");
    assert_eq!(status(&server).await["policy"]["held"], held);
    clock.step(SignedDuration::from_secs(1));
    let third = server.key(json!({"role": "admin"})).await;
    for (key, accept, problem) in [
        (first, Some(revision), "own-proposal"),
        (&third, Some(revision), "young-key"),
        (&second, None, "loosens"),
        (&second, Some("0123456789ab"), "other-revision"),
    ] {
        let answer = reload(&server, key, accept).await;
        assert_eq!((answer.status, code(&answer)), (409, problem.to_owned()));
    }
    assert_eq!(status(&server).await["policy_revision"], before);
    let metrics = server.send("GET", "/metrics", first, "").await.text;
    assert!(metrics.contains("syndic_policy_held 1"), "{metrics}");
    let answer = reload(&server, &second, Some(revision)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let status = status(&server).await;
    assert_eq!(status["policy_revision"], revision);
    assert_eq!(status["policy"]["held"], Value::Null);
    let leaves = leaves(&server);
    let records = |kind: &str| -> Vec<Value> {
        leaves.iter().filter_map(|leaf| leaf["record"].get(kind).cloned()).collect()
    };
    let (proposed, loaded) = (records("policy_proposed"), records("policy_loaded"));
    assert_eq!(proposed.len(), 1, "one proposal, however often it is asked for");
    assert_eq!(loaded[1]["proposed_by"], proposed[0]["by"]);
    assert_ne!(loaded[1]["by"], proposed[0]["by"]);
}

#[tokio::test]
async fn a_start_over_loosened_files_keeps_the_last_set_until_two_accept() {
    let clock = clock();
    let server = production(clock.clone()).await;
    let second = server.key(json!({"role": "admin"})).await;
    let in_force = status(&server).await["policy_revision"].clone();
    loosen(&server);
    let server = server.restart(clock.clone()).await;
    let status_now = status(&server).await;
    assert_eq!(status_now["policy_revision"], in_force);
    assert_eq!(status_now["policy"]["held"]["proposed_by"], Value::Null);
    let revision = status_now["policy"]["held"]["revision"].as_str().unwrap().to_owned();
    // Nobody proposed it: a single administrator with a shell is still one administrator.
    let answer = reload(&server, &second, Some(&revision)).await;
    assert_eq!(code(&answer), "not-proposed", "{}", answer.text);
    let answer = reload(&server, &server.admin, None).await;
    assert_eq!(code(&answer), "loosens", "{}", answer.text);
    // A proposal outlasts a restart.
    let server = server.restart(clock.clone()).await;
    assert!(status(&server).await["policy"]["held"]["proposed_by"].is_string());
    let answer = reload(&server, &second, Some(&revision)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let server = server.restart(clock).await;
    assert_eq!(status(&server).await["policy_revision"], revision.as_str());
}

#[tokio::test]
async fn what_cannot_be_told_to_be_stricter_waits_and_what_is_told_does_not() {
    let server = production(clock()).await;
    // Nothing here compares policies, so this counts as looser though it forbids.
    append(&server, "policies/org/baseline.cedar", NO_REFUNDS);
    assert_eq!(code(&reload(&server, &server.admin, None).await), "loosens");
    replace(&server, "policies/org/baseline.cedar", NO_REFUNDS, "");
    append(&server, "agents/knowledge-base.yaml", "# A comment loosens nothing.");
    replace(&server, "agents/knowledge-base.yaml", "mode: observe", "mode: enforce");
    let answer = reload(&server, &server.admin, None).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(status(&server).await["policy"]["held"], Value::Null);
}

#[tokio::test]
async fn what_cannot_change_while_running_is_refused_or_told() {
    let server = TestServer::start(clock()).await;
    replace(&server, "syndic.yaml", "listen: 127.0.0.1:7860", "listen: 127.0.0.1:7861");
    let answer = reload(&server, &server.admin, None).await.json();
    assert_eq!(answer["restart_needed"], json!(["`server.listen`"]), "{answer}");
    assert_eq!(status(&server).await["policy"]["restart_needed"], json!(["`server.listen`"]));
    replace(&server, "syndic.yaml", "data_dir: .syndic", "data_dir: elsewhere");
    let answer = reload(&server, &server.admin, None).await;
    assert_eq!((answer.status, code(&answer)), (409, "needs-restart".to_owned()));
    assert!(answer.text.contains("storage.data_dir"), "{}", answer.text);
    assert!(!server.directory().join("elsewhere").exists());
}
