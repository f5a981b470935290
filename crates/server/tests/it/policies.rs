//! The policies in force, and what was in force before.

use std::fs;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

use crate::overview::overview;

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

async fn get(server: &TestServer, path: &str) -> Value {
    let answer = server.send("GET", path, &server.admin, "").await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

fn of<'a>(told: &'a Value, policy: &str) -> &'a Value {
    let mut policies = told["policies"].as_array().unwrap().iter();
    policies.find(|one| one["policy"] == policy).unwrap_or(&Value::Null)
}

const SHADOW: &str = "@id(\"no-search\")\n@severity(\"low\")\n@mode(\"shadow\")\n@description(\"A try.\")\n\
                      @reason(\"no search\")\nforbid (principal, action == Action::\"search_knowledge_base\", resource);\n";

#[tokio::test]
async fn a_policy_tells_what_it_stopped_and_whether_a_test_would_notice() {
    let clock = clock();
    let mut server = TestServer::start_with(clock.clone(), |dir| {
        fs::write(dir.join("policies/org/try.cedar"), SHADOW).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    for (action, args) in [
        ("issue_refund", json!({"order_id": "A-1", "amount": 150})),
        ("search_knowledge_base", json!({"query": "x"})),
        ("format_disk", json!({})),
    ] {
        server
            .submit(&key, json!({"agent": "customer-support", "action": action, "args": args}))
            .await;
    }
    for _ in 0..2 {
        overview(&server).await;
        let told = get(&server, "/v1/policies").await;
        let counts = |policy: &str| {
            let one = of(&told, policy);
            ["hits_24h", "denied_24h", "held_24h", "shadow_24h"].map(|field| one[field].as_u64())
        };
        assert_eq!(counts("approval-threshold"), [Some(1), Some(0), Some(1), Some(0)]);
        assert_eq!(counts("no-search"), [Some(1), Some(0), Some(0), Some(1)]);
        assert_eq!(counts("tool-access"), [Some(1), Some(1), Some(0), Some(0)]);
        assert_eq!(of(&told, "tool-access")["last_at"], "2026-11-23T12:00:00Z");
        let shadow = of(&told, "no-search");
        for (field, value) in [
            ("origin", json!("file")),
            ("file", json!("policies/org/try.cedar")),
            ("line", json!(1)),
            ("mode", json!("shadow")),
            ("effect", json!("forbid")),
            ("severity", json!("low")),
            ("covered", json!(true)),
        ] {
            assert_eq!(shadow[field], value, "{field}");
        }
        let pii = of(&told, "no-pii-external");
        assert_eq!(pii["covered"], json!(true), "{pii}");
        assert!(
            pii["tests"].as_u64() > Some(0) && pii["branches_seen"].as_u64() > Some(0),
            "{pii}"
        );
        assert_eq!(of(&told, "baseline")["covered"], json!(true), "it permits, and is asked");
        assert_eq!(of(&told, "clock"), &Value::Null, "what never stood in the way is not listed");
        server = server.restart(clock.clone()).await;
    }
    let one = get(&server, "/v1/policies/no-search").await;
    assert!(one["source"].as_str().unwrap().contains("forbid"), "{one}");
    assert_eq!((one["texts"].as_array().unwrap().len(), &one["count"]), (1, &json!(1)));
    let shared = get(&server, "/v1/policies/approval-threshold").await;
    assert!(shared["count"].as_u64() > Some(1) && shared["file"] == "agents", "{shared}");
    let gate = get(&server, "/v1/policies/ledger").await;
    assert_eq!((&gate["origin"], &gate["source"]), (&json!("gate"), &json!("")));
}

#[tokio::test]
async fn what_was_in_force_is_told_with_its_files_and_what_changed() {
    let clock = clock();
    let mut server = TestServer::start(clock.clone()).await;
    overview(&server).await;
    let first = get(&server, "/v1/policies/revisions").await;
    let was = first["revisions"][0]["revision"].as_str().unwrap().to_owned();
    assert_eq!(
        (&first["revisions"][0]["current"], &first["revisions"][0]["by"]),
        (&json!(true), &json!("start"))
    );
    fs::write(server.directory().join("policies/org/try.cedar"), SHADOW).unwrap();
    let reloaded = server.send("POST", "/v1/policy/reload", &server.admin, "{}").await;
    assert_eq!(reloaded.status, 200, "{}", reloaded.text);
    let is = reloaded.json()["revision"].as_str().unwrap().to_owned();
    for _ in 0..2 {
        overview(&server).await;
        let told = get(&server, "/v1/policies/revisions").await;
        let told = told["revisions"].as_array().unwrap();
        let names: Vec<_> = told
            .iter()
            .map(|one| (one["revision"].as_str().unwrap(), one["current"] == true))
            .collect();
        assert_eq!(names, [(is.as_str(), true), (was.as_str(), false)]);
        assert_eq!(told[0]["record"], reloaded.json()["record"]["index"]);
        server = server.restart(clock.clone()).await;
    }
    overview(&server).await;
    let files = get(&server, &format!("/v1/policies/revisions/{is}")).await;
    assert_eq!(files["files"]["policies/org/try.cedar"], SHADOW);
    assert!(files["files"]["agents/customer-support.yaml"].is_string());
    let changes = get(&server, &format!("/v1/policies/revisions/{is}/diff")).await;
    assert_eq!((&changes["against"], changes["files"].as_array().unwrap().len()), (&json!(was), 1));
    let change = &changes["files"][0];
    assert_eq!(
        (&change["path"], &change["change"]),
        (&json!("policies/org/try.cedar"), &json!("added"))
    );
    assert!(change["diff"].as_str().unwrap().contains("+@id(\"no-search\")\n"), "{change}");
    let back = get(&server, &format!("/v1/policies/revisions/{was}/diff?against={is}")).await;
    assert_eq!(back["files"][0]["change"], "removed");
    let all = get(&server, &format!("/v1/policies/revisions/{was}/diff")).await;
    assert_eq!((&all["against"], &all["files"][0]["change"]), (&Value::Null, &json!("added")));
}

#[tokio::test]
async fn names_that_are_none_are_problems_and_only_readers_see_files() {
    let server = TestServer::start(clock()).await;
    overview(&server).await;
    let long = "a".repeat(10_000);
    for (path, status, told) in [
        (
            "/v1/policies/no-pii-externa",
            404,
            "there is no policy `no-pii-externa`; did you mean `no-pii-external`?",
        ),
        ("/v1/policies/%3Cb%3E%E2%80%AE", 404, "there is no policy `<b>\\u{202e}`"),
        (&format!("/v1/policies/{long}"), 404, "there is no policy `aaaa"),
        ("/v1/policies/revisions/..%2F..%2Fkeys", 404, "there is no revision `../../keys`"),
        ("/v1/policies/revisions/ffffffffffff", 404, "there is no revision `ffffffffffff`"),
        ("/v1/policies/revisions/FFFFFFFFFFFF/diff", 404, "there is no revision `FFFFFFFFFFFF`"),
        (&format!("/v1/policies/revisions/{long}"), 404, "there is no revision `aaaa"),
    ] {
        let answer = server.send("GET", path, &server.admin, "").await;
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert_eq!(answer.status, status, "{detail}");
        assert!(detail.starts_with(told) && detail.len() < 200, "{detail}");
    }
    let list = get(&server, "/v1/policies/revisions").await;
    let revision = list["revisions"][0]["revision"].as_str().unwrap();
    let path = format!("/v1/policies/revisions/{revision}/diff?against=x&more=y");
    assert_eq!(server.send("GET", &path, &server.admin, "").await.status, 400);
    let agent = server.agent_key("customer-support").await;
    for path in [
        "/v1/policies".to_owned(),
        "/v1/policies/no-pii-external".to_owned(),
        "/v1/policies/revisions".to_owned(),
        format!("/v1/policies/revisions/{revision}"),
        format!("/v1/policies/revisions/{revision}/diff"),
    ] {
        for (key, status) in [("", 401), (&agent, 403)] {
            assert_eq!(server.send("GET", &path, key, "").await.status, status, "{path}");
        }
    }
}
