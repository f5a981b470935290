//! Reports about agents, and what a reader who trusts nobody makes of them.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_gate::{
    ComplianceReport, ReloadBy, ReportSignature, UnverifiableError, VerifiedReport, verify_bundle,
    verify_report,
};
use syndic_ledger::{KeyKind, NoteKey};
use syndic_testkit::{TestClock, TestServer};

const PATH: &str = "/v1/agents/knowledge-base/compliance";

async fn office() -> (TestServer, Arc<TestClock>) {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    (TestServer::start(clock.clone()).await, clock)
}

async fn act(server: &TestServer) {
    let agent = server.agent_key("knowledge-base").await;
    let search = json!({"agent": "knowledge-base", "action": "search_knowledge_base", "args": {"query": "x"}});
    for _ in 0..3 {
        server.submit(&agent, search.clone()).await;
    }
}

async fn reported(server: &TestServer, query: &str) -> ComplianceReport {
    let answer = server.send("GET", &format!("{PATH}{query}"), &server.admin, "").await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

fn data_dir(server: &TestServer) -> PathBuf {
    server.gate.governance().settings.data_dir.clone()
}

fn verified(report: &ComplianceReport, data_dir: &Path) -> VerifiedReport {
    verify_report(report, data_dir, Path::new("elsewhere"), &[]).unwrap()
}

#[tokio::test]
async fn a_report_is_made_again_from_the_log_that_it_rests_on_and_says_the_same() {
    let (server, clock) = office().await;
    act(&server).await;
    clock.step(SignedDuration::from_hours(30));
    let first = reported(&server, "").await;
    act(&server).await;
    let second =
        reported(&server, "?framework=eu-ai-act,owasp-llm-2026&role=deployer&as_of=2028-01-01")
            .await;
    assert!(second.log.size > first.log.size && second.frameworks.len() == 2);
    assert_eq!(
        (second.roles.as_slice(), second.as_of.to_string()),
        (&["deployer".to_owned()][..], "2028-01-01".to_owned())
    );
    assert!(!first.proofs.is_empty() && first.log.signed == Some(true));
    let data_dir = data_dir(&server);
    for report in [&first, &second] {
        let verified = verified(report, &data_dir);
        assert!(verified.holds(), "while it is served: {verified:#?}");
    }
    let directory = server.stop().await;
    assert!(verified(&first, &data_dir).holds(), "and afterwards");
    drop(directory);
}

#[tokio::test]
async fn a_statement_of_the_directory_goes_out_of_date_with_what_it_spoke_of() {
    let (server, clock) = office().await;
    let state = |value: &str, described_on: &str| {
        let described = format!(
            "system_description: {{value: '{value}', by: owner, on: {described_on}, expires: 2027-06-30}}"
        );
        let failures = "failure_modes_documented: {value: true, by: owner, on: 2026-11-01, expires: 2027-06-30}";
        let text = format!("statements:\n  {described}\n  {failures}\n");
        fs::create_dir_all(server.directory().join("compliance")).unwrap();
        fs::write(server.directory().join("compliance/knowledge-base.yaml"), text).unwrap();
    };
    let reload = async || drop(server.gate.reload(&ReloadBy::Watch, None).await.unwrap());
    let standing = async || {
        clock.step(SignedDuration::from_hours(1));
        let report = reported(&server, "").await;
        let verified = verified(&report, &data_dir(&server));
        assert!(verified.holds(), "{verified:#?}");
        let told = report.statements.iter().map(|one| format!("{}: {}", one.field, one.why));
        told.collect::<Vec<_>>()
    };
    let holds = [
        "failure_modes_documented: owner answers for it".to_owned(),
        "system_description: owner answers for it".to_owned(),
    ];
    let outdated = "since owner stated it, this changed: purpose";
    state("answers", "2026-11-01");
    reload().await;
    assert_eq!(standing().await, holds);

    let agent = server.directory().join("agents/knowledge-base.yaml");
    let before = fs::read_to_string(&agent).unwrap();
    let after = before.replace("purpose: ", "purpose: Now more than this. ");
    assert_ne!(before, after);
    fs::write(&agent, &after).unwrap();
    reload().await;
    let [failures, described] = standing().await.try_into().unwrap();
    assert_eq!(failures, format!("failure_modes_documented: {outdated}"));
    assert_eq!(described, format!("system_description: {outdated}"));

    let out_of_date = [failures, described];
    for (value, on) in
        [("answers.", "2026-11-01"), ("answers", "2026-10-31"), ("answers", "2026-11-02")]
    {
        state(value, on);
        reload().await;
        assert_eq!(
            standing().await,
            out_of_date,
            "{value} {on}: nobody looked at it after the change"
        );
    }
    fs::remove_file(server.directory().join("compliance/knowledge-base.yaml")).unwrap();
    reload().await;
    assert!(standing().await.is_empty());
    state("answers", "2026-11-01");
    reload().await;
    assert_eq!(standing().await, out_of_date, "it was taken out and put back");

    let [failures, _] = out_of_date;
    state("answers", "2026-11-24");
    clock.step(SignedDuration::from_hours(24));
    reload().await;
    let restated = [failures, holds[1].clone()];
    assert_eq!(standing().await, restated, "what was stated anew holds, the other does not");

    fs::write(&agent, before).unwrap();
    reload().await;
    let told = standing().await;
    assert_eq!(told[0], holds[0], "it is again as it was");
    assert_eq!(told[1], format!("system_description: {outdated}"));

    // Of another agent, and of one that came later, by a day whose directory was looked at already.
    let agents = server.directory().join("agents");
    let other = fs::read_to_string(agents.join("customer-support.yaml")).unwrap();
    fs::write(agents.join("helpdesk.yaml"), other.replace("customer-support", "helpdesk")).unwrap();
    for agent in ["customer-support", "helpdesk"] {
        let file = format!("compliance/{agent}.yaml");
        let text = "statements:\n  failure_modes_documented: {value: true, by: owner, on: 2026-11-01, expires: 2027-06-30}\n";
        fs::write(server.directory().join(file), text).unwrap();
    }
    reload().await;
    for (agent, standing) in [("customer-support", "holds"), ("helpdesk", "holds")] {
        let path = format!("/v1/agents/{agent}/compliance");
        let answer = server.send("GET", &path, &server.admin, "").await;
        let report: ComplianceReport = serde_json::from_str(&answer.text).unwrap();
        assert_eq!(report.statements[0].standing.as_str(), standing, "{:?}", report.statements);
        assert!(verified(&report, &data_dir(&server)).holds(), "{agent}");
    }
}

const SUPPORT: &str = "agents/customer-support.yaml";

/// Has somebody answer for how people oversee customer support, in a file and in the ledger.
async fn state_oversight(server: &TestServer) {
    let text = "statements:\n  override_capability: {value: true, by: owner, on: 2026-11-01, expires: 2027-06-30}\n";
    fs::create_dir_all(server.directory().join("compliance")).unwrap();
    fs::write(server.directory().join("compliance/customer-support.yaml"), text).unwrap();
    server.gate.reload(&ReloadBy::Watch, None).await.unwrap();
    let said = json!({"field": "human_oversight_measures", "value": "true", "name": "owner", "function": "lead"});
    let path = "/v1/agents/customer-support/statements";
    let made = server.send("POST", path, &server.admin, &said.to_string()).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

/// Returns why the statements about customer support hold or do not, by a report that verifies and agrees with the list.
async fn oversight(server: &TestServer, clock: &TestClock) -> String {
    server.gate.reload(&ReloadBy::Watch, None).await.unwrap();
    clock.step(SignedDuration::from_hours(1));
    let path = "/v1/agents/customer-support";
    let answer = server.send("GET", &format!("{path}/compliance"), &server.admin, "").await;
    let report: ComplianceReport = serde_json::from_str(&answer.text).unwrap();
    let verified = verified(&report, &data_dir(server));
    assert!(verified.holds(), "{verified:#?}");
    let told: Vec<_> = report.statements.iter().map(|one| one.why.as_str()).collect();
    let [in_ledger, in_file] = told.try_into().unwrap();
    assert_eq!(in_ledger, in_file);
    let listed = server.send("GET", &format!("{path}/statements"), &server.admin, "").await.json();
    let holds = listed["statements"][0]["stale"] == json!([]);
    assert_eq!(holds, in_ledger == HOLDS, "{in_ledger}: {listed}");
    in_ledger.to_owned()
}

const HOLDS: &str = "owner answers for it";
const POLICIES_CHANGED: &str = "since owner stated it, this changed: policies";

#[tokio::test]
async fn a_statement_goes_out_of_date_when_what_bounds_the_agent_changes() {
    let (server, clock) = office().await;
    let agent = server.directory().join(SUPPORT);
    let before = fs::read_to_string(&agent).unwrap();
    state_oversight(&server).await;
    for (from, to, told) in [
        ("contact: support@example.org", "contact: '#support'", HOLDS),
        ("name: Customer Support Agent", "name: Support", HOLDS),
        ("  - knowledge base\n  - tickets and", "  - tickets and", POLICIES_CHANGED),
        (
            "  - knowledge base\n  - tickets and orders of the customer who writes",
            "  - tickets and orders of the customer who writes\n  - knowledge base",
            HOLDS,
        ),
        ("amount_over: 100 USD", "amount_over: 100.00 USD # each", HOLDS),
        ("amount_over: 100 USD", "amount_over: 1000 USD", POLICIES_CHANGED),
        ("calls: 60", "calls: 600000", POLICIES_CHANGED),
        ("limits:\n", "limits:\n  - {per: day, calls: 9000}\n", POLICIES_CHANGED),
        ("limits:\n  - per: minute\n    calls: 60\n", "", POLICIES_CHANGED),
        ("approval: true", "approval: false", POLICIES_CHANGED),
        ("approvers: support-lead", "approvers: finance-lead", POLICIES_CHANGED),
        ("risk_level: medium", "risk_level: high", POLICIES_CHANGED),
        ("mode: enforce", "mode: observe", POLICIES_CHANGED),
    ] {
        let after = before.replace(from, to);
        assert_ne!(before, after, "{from}");
        fs::write(&agent, after).unwrap();
        assert_eq!(oversight(&server, &clock).await, told, "{from} -> {to}");
    }
    fs::write(&agent, &before).unwrap();
    assert_eq!(oversight(&server, &clock).await, HOLDS, "it is again as it was");
}

#[tokio::test]
async fn a_statement_about_an_observed_agent_outlives_its_promotion_and_nothing_else() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let observe = |dir: &Path| {
        let text = fs::read_to_string(dir.join(SUPPORT)).unwrap();
        fs::write(dir.join(SUPPORT), text.replace("mode: enforce", "mode: observe")).unwrap();
    };
    let server = TestServer::start_with(clock.clone(), observe).await;
    let agent = server.directory().join(SUPPORT);
    let observed = fs::read_to_string(&agent).unwrap();
    state_oversight(&server).await;
    let promoted = observed.replace("mode: observe", "mode: enforce");
    let loosened = promoted.replace("amount_over: 100 USD", "amount_over: 1000 USD");
    for (text, told) in
        [(&promoted, HOLDS), (&loosened, POLICIES_CHANGED), (&promoted, HOLDS), (&observed, HOLDS)]
    {
        fs::write(&agent, text).unwrap();
        assert_eq!(oversight(&server, &clock).await, told, "{text}");
    }
}

#[tokio::test]
async fn what_was_erased_after_a_report_is_told_and_refutes_nothing() {
    let (server, _) = office().await;
    let agent = server.agent_key("knowledge-base").await;
    let search = json!({"agent": "knowledge-base", "action": "search_knowledge_base", "args": {"query": "x"}, "user_id": "u-1"});
    server.submit(&agent, search).await;
    let report = reported(&server, "").await;
    let data_dir = data_dir(&server);
    assert_eq!(verified(&report, &data_dir).erased_since, 0);
    let erase = json!({"user": "u-1", "reason": "they asked", "override_retention": true});
    let erased =
        server.send("POST", "/v1/audit/redactions", &server.admin, &erase.to_string()).await;
    assert!(erased.status < 300, "{}", erased.text);
    // A later report waits until the erasure is under a checkpoint.
    reported(&server, "").await;
    let verified = verified(&report, &data_dir);
    assert!(verified.holds() && verified.erased_since == 1, "{verified:#?}");
}

#[tokio::test]
async fn a_report_is_written_as_who_asks_wants_it() {
    let (server, _) = office().await;
    for (query, kind, begins) in [
        ("", "application/json", "{\"schema\":"),
        ("?format=html", "text/html; charset=utf-8", "<!DOCTYPE html>"),
        ("?format=markdown", "text/markdown; charset=utf-8", "# "),
    ] {
        let answer = server.send("GET", &format!("{PATH}{query}"), &server.admin, "").await;
        assert!(answer.head.contains(&format!("content-type: {kind}")), "{}", answer.head);
        assert!(answer.text.starts_with(begins), "{}", answer.text);
    }
    let unknown = server.send("GET", &format!("{PATH}?format=pdf"), &server.admin, "").await;
    assert_eq!(unknown.status, 400);
}

#[tokio::test]
async fn who_was_assessed_is_told_without_judging_again() {
    let (server, _) = office().await;
    let report = reported(&server, "").await;
    let told = server.send("GET", "/v1/agents/knowledge-base/assessments", &server.admin, "").await;
    let told = told.json();
    assert_eq!(told["headline"], report.headline);
    assert_eq!(told["reports"][0]["counts"], json!(report.summary.controls));
    assert_eq!(
        (told["reports"].as_array().unwrap().len(), &told["checklist"]["items"]),
        (1, &json!(22))
    );
    let overview = server.send("GET", "/v1/overview", &server.admin, "").await.json();
    let mut agents = overview["agents"].as_array().unwrap().iter();
    let agent = agents.find(|one| one["agent"] == "knowledge-base").unwrap();
    assert!(agent["assessed"].is_string() && agent["checklist"].is_string(), "{agent}");
}

#[tokio::test]
async fn a_report_is_recorded_with_its_digest() {
    let (server, _) = office().await;
    let report = reported(&server, "").await;
    let store = server.gate.store();
    let last = store.read(store.durable_index() - 1).unwrap().leaf;
    let made = serde_json::to_value(&last.record).unwrap()["report_made"].clone();
    assert_eq!(made["digest"], json!(report.digest().unwrap()));
    assert_eq!(
        (&made["agent"], &made["size"]),
        (&json!("knowledge-base"), &json!(report.log.size))
    );
}

#[tokio::test]
async fn what_was_changed_in_a_report_is_named() {
    let (server, _) = office().await;
    act(&server).await;
    let report = reported(&server, "").await;
    let data_dir = data_dir(&server);
    let changed = |pointer: &str, to: Value| {
        let mut value = serde_json::to_value(&report).unwrap();
        *value.pointer_mut(pointer).unwrap() = to;
        verified(&serde_json::from_value(value).unwrap(), &data_dir)
    };
    for (pointer, to, path) in [
        ("/compliance_score", json!("7/7"), "compliance_score"),
        ("/log/root", json!("00"), "log/root"),
        ("/log/origin", json!("another"), "log/origin"),
        ("/agent/mode", json!("observe"), "agent/mode"),
        ("/readings/0/verdict", json!("told"), "readings/LOG-01/verdict"),
        ("/as_of", json!("2026-11-24"), "as_of"),
        ("/made_at", json!("2026-11-23T12:00:01Z"), "made_at"),
        ("/roles", json!(["provider"]), "roles"),
    ] {
        let verified = changed(pointer, to);
        let first = verified.differences.first.first().map(|one| one.path.clone());
        assert!(!verified.holds() && first.as_deref() == Some(path), "{pointer}: {verified:#?}");
        assert!(matches!(verified.signature, ReportSignature::Refuted(_)), "{pointer}");
    }
    let unproved = changed("/proofs", json!([]));
    assert!(!unproved.unproved.is_empty() && unproved.differences.count == 0);
    let unsigned = changed("/signature", Value::Null);
    assert_eq!(
        (unsigned.signature.clone(), unsigned.differences.count),
        (ReportSignature::Missing, 0)
    );
    assert!(!unsigned.holds());
}

#[tokio::test]
async fn a_log_that_was_changed_or_cut_after_a_report_does_not_bear_it_out() {
    let (server, clock) = office().await;
    act(&server).await;
    let report = reported(&server, "").await;
    let data_dir = data_dir(&server);
    let directory = server.stop().await;
    let segment = data_dir.join("segments/0000000000000000.jsonl");
    let text = fs::read_to_string(&segment).unwrap();
    fs::write(&segment, text.replace("search_knowledge_base", "search_knowledge_bast")).unwrap();
    let verified = verified(&report, &data_dir);
    let paths: Vec<_> = verified.differences.first.iter().map(|one| one.path.as_str()).collect();
    assert_eq!(paths[..2], ["log/root", "log/signed"], "what the rest follows from comes first");
    assert!(!verified.unproved.is_empty());

    let half: Vec<&str> = text.split_inclusive('\n').take(3).collect();
    fs::write(&segment, half.concat()).unwrap();
    let cut = verify_report(&report, &data_dir, Path::new("."), &[]).unwrap_err();
    assert!(matches!(cut, UnverifiableError::Short { found: 3, .. }), "{cut}");
    drop((directory, clock));
}

fn proves(report: &ComplianceReport, record: u64) -> bool {
    report.proofs.iter().any(|proof| proof.index == record)
}

#[tokio::test]
async fn what_a_report_cites_is_proved_without_the_log() {
    let (server, _) = office().await;
    act(&server).await;
    let state =
        json!({"field": "eu-ai-act:art-4", "value": "true", "name": "lead", "function": "owner"});
    let stated = server
        .send("POST", "/v1/agents/knowledge-base/statements", &server.admin, &state.to_string())
        .await;
    assert_eq!(stated.status, 201, "{}", stated.text);
    let answer = server.send("GET", &format!("{PATH}/proofs"), &server.admin, "").await.json();
    let report: ComplianceReport = serde_json::from_value(answer["report"].clone()).unwrap();
    let proofs = answer["proofs"].as_str().unwrap();
    let keys = server.gate.store().log_keys();
    let verified = verify_bundle(&report, proofs, &keys).unwrap();
    assert!(verified.holds() && verified.proved == report.proofs.len() as u64, "{verified:#?}");
    assert_eq!(verified.not_recomputed.len(), report.readings.len());
    assert!(report.statements.iter().all(|one| one.record.is_none_or(|at| proves(&report, at))));

    let mut edited = report.clone();
    edited.compliance_score = "7/7".to_owned();
    let proofs_of = proofs.replace(&report.digest().unwrap(), &edited.digest().unwrap());
    let verified = verify_bundle(&edited, &proofs_of, &keys).unwrap();
    assert_eq!(verified.differences.first[0].path, "compliance_score");
    assert!(!verified.holds());

    let stranger = NoteKey::new(keys[0].name(), KeyKind::Log, &[7; 32]).unwrap();
    let strange = [stranger.verifier().clone()];
    assert!(verify_bundle(&report, proofs, &strange).is_err(), "by another key");
    let other = reported(&server, "").await;
    let told = verify_bundle(&other, proofs, &keys).unwrap_err().to_string();
    assert!(told.contains("another report"), "{told}");
}

#[tokio::test]
async fn reports_are_for_those_who_read_and_are_asked_for_in_words_that_there_are() {
    let (server, _) = office().await;
    let agent = server.agent_key("knowledge-base").await;
    assert_eq!(server.send("GET", PATH, &agent, "").await.status, 403);
    for (path, status, code) in [
        ("/v1/agents/nobody/compliance".to_owned(), 404, "unknown-agent"),
        (format!("{PATH}?framework=eu-ai"), 400, "bad-query"),
        (format!("{PATH}?role=importer"), 400, "bad-query"),
        (format!("{PATH}?as_of=soon"), 400, "bad-query"),
        (format!("{PATH}?colour=red"), 400, "bad-query"),
    ] {
        let refused = server.send("GET", &path, &server.admin, "").await;
        let code = format!("urn:syndic:problem:{code}");
        assert_eq!((refused.status, &refused.json()["type"]), (status, &json!(code)), "{path}");
    }
    let auditor = server.key(json!({"role": "auditor"})).await;
    let catalogue = server.send("GET", "/v1/compliance/catalogue", &auditor, "").await.json();
    assert_eq!(catalogue["frameworks"].as_array().map(Vec::len), Some(16));
}
