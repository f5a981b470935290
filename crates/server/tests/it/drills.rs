//! What must hold when something goes wrong, tried out.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

const AGENT: &str = "knowledge-base";

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

async fn drill(server: &TestServer, asked: Value) -> Value {
    let answer = server.send("POST", "/v1/drills", &server.admin, &asked.to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()
}

async fn refused(server: &TestServer, asked: Value) -> (u16, String) {
    let answer = server.send("POST", "/v1/drills", &server.admin, &asked.to_string()).await;
    (answer.status, answer.json()["type"].as_str().unwrap_or_default().to_owned())
}

#[tokio::test]
async fn a_stopped_agent_is_refused_and_acts_again_after_the_drill() {
    let server = TestServer::start(clock()).await;
    let ran = drill(&server, json!({"drill": "override", "agent": AGENT})).await;
    assert_eq!(ran["passed"], json!(true), "{ran}");
    let figures = &ran["figures"];
    assert_eq!(figures["refused_after_stop_count"], json!(32), "{ran}");
    assert_eq!(figures["let_through_after_stop_count"], json!(0), "{ran}");
    assert!(figures["stop_to_first_refusal_us"].is_u64(), "{ran}");
    let events = server.events(&format!("agent={AGENT}")).await;
    assert_eq!(events.len(), 1, "what is asked for while the time is taken leaves no trace");
    assert!(events[0]["policy_checks"].to_string().contains("agent-suspended"));
    let key = server.agent_key(AGENT).await;
    let search = json!({"agent": AGENT, "action": "search_knowledge_base", "args": {"query": "x"}});
    assert_eq!(server.submit(&key, search).await["allowed"], json!(true));
    let listed = server.send("GET", "/v1/drills", &server.admin, "").await.json();
    assert_eq!(listed, json!({"drills": [ran]}));
}

#[tokio::test]
async fn the_only_agent_need_not_be_named() {
    let alone = |directory: &Path| {
        for other in ["customer-support", "financial-advisor"] {
            std::fs::remove_file(directory.join(format!("agents/{other}.yaml"))).unwrap();
        }
    };
    let server = TestServer::start_with(clock(), alone).await;
    let ran = drill(&server, json!({"drill": "override"})).await;
    assert_eq!((&ran["agent"], &ran["passed"]), (&json!(AGENT), &json!(true)), "{ran}");
}

#[tokio::test]
async fn an_agent_that_is_suspended_stays_so_and_nothing_is_recorded() {
    let server = TestServer::start(clock()).await;
    for stopped in [AGENT, "*"] {
        let suspend = format!("/v1/agents/{stopped}/suspend");
        let reason = r#"{"reason": "wrong answers"}"#;
        assert_eq!(server.send("POST", &suspend, &server.admin, reason).await.status, 200);
        let (status, _) = refused(&server, json!({"drill": "override", "agent": AGENT})).await;
        assert_eq!(status, 409);
        let agent = server.send("GET", &format!("/v1/agents/{AGENT}"), &server.admin, "").await;
        assert_eq!(agent.json()["suspended_reason"], json!("wrong answers"));
    }
    let listed = server.send("GET", "/v1/drills", &server.admin, "").await.json();
    assert_eq!(listed, json!({"drills": []}));
}

#[tokio::test]
async fn a_ledger_that_cannot_be_written_refuses_and_this_one_goes_on() {
    let server = TestServer::start(clock()).await;
    let ran = drill(&server, json!({"drill": "fail-closed"})).await;
    assert_eq!(ran["passed"], json!(true), "{ran}");
    let expected = json!({"attempted_count": 10, "refused_count": 10, "records_written_count": 0});
    assert_eq!(ran["figures"], expected);
    let key = server.agent_key(AGENT).await;
    let search = json!({"agent": AGENT, "action": "search_knowledge_base", "args": {"query": "x"}});
    assert_eq!(server.submit(&key, search).await["allowed"], json!(true));
    assert_eq!(server.events("").await.len(), 1, "nothing of the drill is in this ledger");
}

fn with_drills(text: &str) -> impl FnOnce(&Path) + use<> {
    let text = text.to_owned();
    move |directory| {
        let path = directory.join("syndic.yaml");
        let before = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{before}\n{text}")).unwrap();
    }
}

#[tokio::test]
async fn a_tool_that_lets_anybody_in_is_named_and_one_that_refuses_passes() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = closed.local_addr().unwrap();
    drop(closed);
    let open = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let listens = open.local_addr().unwrap();
    for (url, passed) in [
        (format!("tcp://{nobody}"), true),
        (format!("http://{nobody}/mcp"), true),
        (format!("tcp://{listens}"), false),
        ("http://nowhere.invalid/mcp".to_owned(), false),
    ] {
        let drills = with_drills(&format!("drills:\n  canary:\n    urls: [\"{url}\"]\n"));
        let server = TestServer::start_with(clock(), drills).await;
        let ran = drill(&server, json!({"drill": "canary"})).await;
        assert_eq!(ran["passed"], json!(passed), "{ran}");
        let figures = &ran["figures"];
        assert_eq!(figures["unknown_action_denied"], figures["unknown_action_attempted_count"]);
        assert_eq!(ran["told"].as_str().unwrap().contains(&url), !passed, "{ran}");
    }
}

#[tokio::test]
async fn a_tool_that_wants_credentials_passes_and_one_that_answers_fails() {
    let server = TestServer::start(clock()).await;
    let base = format!("http://{}", server.address);
    for (path, passed) in [("/v1/agents", true), ("/healthz", false)] {
        let text = format!("drills:\n  canary:\n    urls: [\"{base}{path}\"]\n");
        let other = TestServer::start_with(clock(), with_drills(&text)).await;
        let ran = drill(&other, json!({"drill": "canary"})).await;
        assert_eq!(ran["passed"], json!(passed), "{ran}");
    }
}

#[tokio::test]
async fn a_backup_is_restored_elsewhere_and_a_damaged_one_fails() {
    let server = TestServer::start(clock()).await;
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("2026-11-23");
    let make = json!({"path": path});
    let made = server.send("POST", "/v1/backups", &server.admin, &make.to_string()).await;
    assert_eq!(made.status, 202, "{}", made.text);
    while server.send("GET", "/v1/backups", &server.admin, "").await.json()["backups"][0]["status"]
        == json!("running")
    {
        tokio::task::yield_now().await;
    }
    for asked in [json!({"drill": "restore"}), json!({"drill": "restore", "backup": place.path()})]
    {
        let ran = drill(&server, asked).await;
        assert_eq!(ran["passed"], json!(true), "{ran}");
        assert!(ran["figures"]["records_count"].as_u64().unwrap() > 0, "{ran}");
    }
    let other = json!({"drill": "restore", "backup": place.path().join("other")});
    assert_eq!(refused(&server, other).await, (422, "urn:syndic:problem:not-a-backup".to_owned()));
    std::fs::remove_file(path.join("checkpoint")).unwrap();
    let ran = drill(&server, json!({"drill": "restore"})).await;
    assert_eq!(ran["passed"], json!(false), "{ran}");
    std::fs::remove_dir_all(&path).unwrap();
    let ran = drill(&server, json!({"drill": "restore"})).await;
    assert_eq!(ran["passed"], json!(false), "what should be there and is gone: {ran}");
}

#[tokio::test]
async fn what_is_exported_verifies() {
    let server = TestServer::start(clock()).await;
    let ran = drill(&server, json!({"drill": "export"})).await;
    assert_eq!(ran["passed"], json!(true), "{ran}");
    assert!(ran["figures"]["records_verified_count"].as_u64().unwrap() > 1, "{ran}");
}

/// Gives customer support other limits, and lets it refund what it wants.
fn limits(limits: &str) -> impl FnOnce(&Path) + use<> {
    let limits = format!("limits: [{limits}]\n");
    move |directory| {
        let path = directory.join("agents/customer-support.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replace("limits:\n  - per: minute\n    calls: 60\n", &limits);
        std::fs::write(&path, text.replace("amount_over: 100 USD", "amount_over: 100000 USD"))
            .unwrap();
    }
}

#[tokio::test]
async fn what_is_above_a_limit_is_refused_by_it_and_what_cannot_be_reached_is_named() {
    for (asked, own, figures, told) in [
        (
            json!({}),
            "{per: minute, calls: 60}",
            [4, 3, 3, 1],
            "no action that it counts is allowed",
        ),
        (
            json!({"agent": "customer-support"}),
            "{per: day, calls: 70}, {per: session, calls: 3}, {actions: [issue_refund], per: day, amount: 5000 USD}, \
             {actions: [send_external_message], per: user, recipients: 5}, \
             {actions: [send_external_message], per: day, recipients: 6}, {per: hour, tokens: 100}",
            [6, 6, 6, 0],
            "6 of 6 limits held: what is above was refused, and nothing within",
        ),
        (
            json!({"agent": "customer-support"}),
            "{per: day, calls: 5000}, {per: minute, calls: 2}",
            [2, 1, 1, 1],
            "limit 1 of customer-support (5000 calls per day): it takes 5000 actions to reach it, more than 2000",
        ),
        (
            json!({"agent": "customer-support"}),
            "{actions: [issue_refund], per: day, amount: 900 USD}, {actions: [issue_refund], per: hour, calls: 1}",
            [2, 2, 2, 0],
            "2 of 2 limits held",
        ),
    ] {
        let server = TestServer::start_with(clock(), limits(own)).await;
        let mut asked = asked;
        asked["drill"] = json!("limit");
        let ran = drill(&server, asked).await;
        assert_eq!(ran["passed"], json!(true), "{ran}");
        let [limits, tried, held, untried] = figures;
        let expected = json!({"limits_count": limits, "tried_count": tried, "held_count": held,
            "untried_count": untried});
        assert_eq!(ran["figures"], expected, "{ran}");
        assert!(ran["told"].as_str().unwrap().contains(told), "{ran}");
        assert!(server.events("").await.is_empty(), "nothing of the drill is in this ledger");
    }
}

#[tokio::test]
async fn a_limit_of_an_agent_that_is_only_observed_fails_the_drill() {
    let observed = |directory: &Path| {
        let path = directory.join(format!("agents/{AGENT}.yaml"));
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text.replace("mode: enforce", "mode: observe")).unwrap();
    };
    let server = TestServer::start_with(clock(), observed).await;
    let ran = drill(&server, json!({"drill": "limit", "agent": AGENT})).await;
    assert_eq!(
        (&ran["passed"], &ran["told"]),
        (
            &json!(false),
            &json!(
                "1 of 1 limits did not hold: limit 1 of knowledge-base (60 calls per minute): what is above it was let \
                 through, since the agent is only observed"
            )
        )
    );
    let expected =
        json!({"limits_count": 1, "tried_count": 1, "held_count": 0, "untried_count": 0});
    assert_eq!(ran["figures"], expected);
}

#[tokio::test]
async fn limits_that_nobody_has_or_that_cannot_be_reached_are_no_drill() {
    for (own, told) in [
        (
            "",
            "agent `customer-support` has no limit over time: set one under `limits` in agents/customer-support.yaml",
        ),
        (
            "{per: day, calls: 5000}",
            "no limit could be tried out: limit 1 of customer-support (5000 calls per day): it takes 5000 actions to \
             reach it, more than 2000",
        ),
    ] {
        let server = TestServer::start_with(clock(), limits(own)).await;
        let asked = json!({"drill": "limit", "agent": "customer-support"});
        let answer = server.send("POST", "/v1/drills", &server.admin, &asked.to_string()).await;
        assert_eq!((answer.status, &answer.json()["detail"]), (409, &json!(told)));
        let listed = server.send("GET", "/v1/drills", &server.admin, "").await.json();
        assert_eq!(listed, json!({"drills": []}));
    }
}

/// Has something looked for in results of the agent's actions, and changes more in its profile and in the settings.
fn filtering(output: &str, mode: &str, settings: &str) -> impl FnOnce(&Path) + use<> {
    let (output, mode) = (format!("\noutput: {output}\n"), format!("mode: {mode}"));
    let settings = with_drills(settings);
    move |directory| {
        let path = directory.join(format!("agents/{AGENT}.yaml"));
        let text = std::fs::read_to_string(&path).unwrap().replace("mode: enforce", &mode);
        std::fs::write(&path, format!("{text}{output}")).unwrap();
        settings(directory);
    }
}

#[tokio::test]
async fn what_a_filter_looks_for_does_not_come_out_and_what_comes_through_in_disguise_is_named() {
    for (output, seeded, disguised) in [
        ("{redact: [pii], block: [secrets]}", 62, 41),
        ("{redact: [CREDIT_CARD, EMAIL_ADDRESS]}", 2, 13),
        ("{block: [secrets], max_bytes: 10}", 6, 7),
    ] {
        let server = TestServer::start_with(clock(), filtering(output, "enforce", "")).await;
        let ran = drill(&server, json!({"drill": "output-filter"})).await;
        assert_eq!(ran["passed"], json!(true), "{ran}");
        let figures = &ran["figures"];
        let counts = ["actions_count", "seeded_count", "stopped_count", "disguised_count"];
        let counts = counts.map(|name| figures[name].as_u64().unwrap());
        assert_eq!(counts, [1, seeded, seeded, disguised], "{ran}");
        assert_eq!(figures["clean_touched_count"], json!(0), "{ran}");
        let through = disguised - figures["disguised_stopped_count"].as_u64().unwrap();
        assert!((1..=12).contains(&through), "{ran}");
        let told = ran["told"].as_str().unwrap();
        assert!(told.contains("known to come through in disguise: backwards ("), "{ran}");
        assert!(server.events("").await.is_empty(), "nothing of the drill is in this ledger");
    }
}

#[tokio::test]
async fn a_filter_that_changes_nothing_or_too_much_fails_the_drill() {
    let surer = "detection:\n  redact_at: 1.00\n  block_at: 1.00\n";
    let order = |directory: &Path| {
        filtering("{redact: [pii]}", "enforce", "")(directory);
        let detector = "type: ORDER_NUMBER\nregex: 'order #[0-9]{8}'\nexamples:\n  match: ['order #12345678']\n";
        std::fs::create_dir_all(directory.join("detectors")).unwrap();
        std::fs::write(directory.join("detectors/order.yaml"), detector).unwrap();
    };
    let observed = filtering("{redact: [pii]}", "observe", "");
    for (change, told) in [
        (
            Box::new(observed) as Box<dyn FnOnce(&Path)>,
            "only observed, so that nothing is changed: knowledge-base; ",
        ),
        (
            Box::new(filtering("{redact: [CREDIT_CARD]}", "enforce", surer)),
            "1 of 1 seeded values came through: search_knowledge_base of knowledge-base (CREDIT_CARD)",
        ),
        (
            Box::new(order),
            "1 of 8 clean texts were changed: search_knowledge_base of knowledge-base",
        ),
    ] {
        let server = TestServer::start_with(clock(), change).await;
        let ran = drill(&server, json!({"drill": "output-filter", "agent": AGENT})).await;
        assert_eq!(ran["passed"], json!(false), "{ran}");
        assert!(ran["told"].as_str().unwrap().starts_with(told), "{ran}");
    }
}

#[tokio::test]
async fn filters_that_nobody_set_or_that_look_for_nothing_known_are_no_drill() {
    for (output, told) in [
        (
            "{max_bytes: 4096}",
            "nothing is looked for in results of actions of `knowledge-base`: set `output.redact`",
        ),
        ("{redact: [UUID]}", "no filter of results could be tried out: no reference text has UUID"),
    ] {
        let server = TestServer::start_with(clock(), filtering(output, "enforce", "")).await;
        let asked = json!({"drill": "output-filter", "agent": AGENT});
        let answer = server.send("POST", "/v1/drills", &server.admin, &asked.to_string()).await;
        assert_eq!(answer.status, 409, "{}", answer.text);
        assert!(answer.json()["detail"].as_str().unwrap().starts_with(told), "{}", answer.text);
    }
}

#[tokio::test]
async fn an_incident_is_contained_and_told_with_proofs_and_this_ledger_has_none() {
    let server = TestServer::start(clock()).await;
    let ran = drill(&server, json!({"drill": "incident", "agent": AGENT})).await;
    assert_eq!(ran["passed"], json!(true), "{ran}");
    let figures = &ran["figures"];
    assert!(figures["containment_us"].is_u64() && figures["draft_ms"].is_u64(), "{ran}");
    assert!(figures["proofs_verified_count"].as_u64().unwrap() >= 4, "{ran}");
    let incidents = server.send("GET", "/v1/incidents", &server.admin, "").await.json();
    assert_eq!(incidents["incidents"], json!([]));
    let key = server.agent_key(AGENT).await;
    let search = json!({"agent": AGENT, "action": "search_knowledge_base", "args": {"query": "x"}});
    assert_eq!(server.submit(&key, search).await["allowed"], json!(true));
}

#[tokio::test]
async fn a_drill_that_cannot_be_run_says_what_is_missing() {
    let server = TestServer::start(clock()).await;
    for (asked, status, code) in [
        (json!({"drill": "fire"}), 422, "bad-request"),
        (json!({"drill": "override"}), 422, "bad-request"),
        (json!({"drill": "incident"}), 422, "bad-request"),
        (json!({"drill": "output-filter"}), 409, "no-drill"),
        (json!({"drill": "limit", "agent": "nobody"}), 404, "unknown-agent"),
        (json!({"drill": "override", "agent": "nobody"}), 404, "unknown-agent"),
        (json!({"drill": "export", "agent": AGENT}), 422, "bad-request"),
        (json!({"drill": "canary"}), 409, "no-drill"),
        (json!({"drill": "restore"}), 409, "no-drill"),
    ] {
        let code = format!("urn:syndic:problem:{code}");
        assert_eq!(refused(&server, asked.clone()).await, (status, code), "{asked}");
    }
    let auditor = server.key(json!({"role": "auditor"})).await;
    let body = r#"{"drill": "export"}"#;
    assert_eq!(server.send("POST", "/v1/drills", &auditor, body).await.status, 403);
    assert_eq!(server.send("GET", "/v1/drills", &auditor, "").await.status, 200);
}
