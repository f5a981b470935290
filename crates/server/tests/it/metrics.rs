//! What Prometheus scrapes.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::json;
use syndic_gate::METRICS;
use syndic_testkit::{TestClock, TestServer};

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

async fn scraped(server: &TestServer) -> String {
    server.send("GET", "/metrics", &server.admin, "").await.text
}

fn value(scraped: &str, series: &str) -> Option<i64> {
    let mut lines = scraped.lines().filter_map(|line| line.rsplit_once(' '));
    lines.find(|(name, _)| *name == series).map(|(_, value)| value.parse().unwrap())
}

/// Returns the names of the labels of a line; `le` is a histogram's own.
fn labels(line: &str) -> Vec<&str> {
    let Some((_, inner)) = line.split_once('{') else { return Vec::new() };
    let parts = inner.split("=\"").map(|part| part.rsplit([',', '{', '"']).next().unwrap());
    let mut labels: Vec<_> = parts.collect();
    labels.pop();
    labels.retain(|label| *label != "le");
    labels
}

async fn ask(server: &TestServer, key: &str, agent: &str, action: &str) {
    let asked = json!({"agent": agent, "action": action, "args": {"query": "q"}});
    server.send("POST", "/v1/actions", key, &asked.to_string()).await;
}

#[tokio::test]
async fn what_is_scraped_is_what_the_table_says() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    ask(&server, &key, "customer-support", "search_knowledge_base").await;
    let text = scraped(&server).await;
    assert!(text.ends_with("# EOF\n"), "{text}");
    let kinds = text.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    let mut told: BTreeMap<_, _> = BTreeMap::new();
    for (name, kind) in kinds.map(|line| line.split_once(' ').unwrap()) {
        assert_eq!(told.insert(name, kind), None, "`{name}` twice");
    }
    let table: BTreeMap<_, _> =
        METRICS.iter().map(|metric| (metric.name, metric.kind.as_str())).collect();
    assert_eq!(told, table);
    let mut series = BTreeSet::new();
    let mut family = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("# TYPE ") {
            let name = name.split(' ').next().unwrap();
            family = METRICS.iter().find(|metric| metric.name == name);
        } else if !line.starts_with('#') {
            let metric = family.unwrap();
            assert!(line.starts_with(metric.name), "{line}");
            assert_eq!(labels(line), metric.labels, "{line}");
            assert!(series.insert(line.rsplit_once(' ').unwrap().0), "`{line}` twice");
        }
    }
}

#[tokio::test]
async fn what_alerts_look_at_begins_at_0_for_every_agent() {
    let server = TestServer::start(clock()).await;
    let text = scraped(&server).await;
    for agent in ["knowledge-base", "customer-support", "financial-advisor"] {
        for series in [
            format!(
                r#"ai_agent_policy_violations_total{{agent_name="{agent}",policy_name="tool-access",severity="critical"}}"#
            ),
            format!(r#"ai_agent_approval_requests_total{{agent_name="{agent}",status="timeout"}}"#),
            format!(
                r#"syndic_evaluation_errors_total{{agent_name="{agent}",policy_name="no-pii-external"}}"#
            ),
            format!(r#"syndic_missing_outcomes_total{{agent_name="{agent}"}}"#),
            format!(r#"syndic_agent_suspended{{agent_name="{agent}"}}"#),
            format!(r#"syndic_agent_last_seen_timestamp_seconds{{agent_name="{agent}"}}"#),
        ] {
            assert_eq!(value(&text, &series), Some(0), "{series}\n{text}");
        }
    }
    for series in [
        "syndic_policy_reload_failed",
        "syndic_retention_at_risk",
        "syndic_ledger_contradicted",
        "syndic_witnessed_age_seconds",
    ] {
        assert_eq!(value(&text, series), Some(0), "{series}\n{text}");
    }
    for series in ["syndic_ledger_open", "syndic_clock_sane"] {
        assert_eq!(value(&text, series), Some(1), "{series}\n{text}");
    }
}

#[tokio::test]
async fn an_action_is_timed_and_its_agent_was_seen() {
    let clock = clock();
    let server = TestServer::start(clock.clone()).await;
    let key = server.agent_key("customer-support").await;
    clock.step(SignedDuration::from_secs(60));
    ask(&server, &key, "customer-support", "search_knowledge_base").await;
    let text = scraped(&server).await;
    for series in [
        "syndic_decision_seconds_count",
        "syndic_record_seconds_count",
        "syndic_submit_seconds_count",
    ] {
        assert_eq!(value(&text, series), Some(1), "{series}\n{text}");
    }
    let seen = r#"syndic_agent_last_seen_timestamp_seconds{agent_name="customer-support"}"#;
    let at = "2026-11-23T12:01:00Z".parse::<jiff::Timestamp>().unwrap().as_second();
    assert_eq!(value(&text, seen), Some(at), "{text}");
    assert_eq!(value(&text, "syndic_policy_age_seconds"), Some(60), "{text}");
}

#[tokio::test]
async fn names_outside_the_registry_are_one_series() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    for action in ["made_up", "made_up_too"] {
        ask(&server, &key, "customer-support", action).await;
    }
    let text = scraped(&server).await;
    let unknown =
        r#"ai_agent_actions_total{agent_name="customer-support",action="unknown",allowed="false"}"#;
    assert_eq!(value(&text, unknown), Some(2), "{text}");
    assert!(!text.contains("made_up"), "{text}");
}

#[tokio::test]
async fn an_agent_that_is_gone_is_told_no_more_and_one_that_is_new_is() {
    let server = TestServer::start(clock()).await;
    let agents = server.directory().join("agents");
    let profile = fs::read_to_string(agents.join("knowledge-base.yaml")).unwrap();
    fs::write(agents.join("newcomer.yaml"), profile).unwrap();
    fs::remove_file(agents.join("knowledge-base.yaml")).unwrap();
    let key = server.agent_key("customer-support").await;
    ask(&server, &key, "customer-support", "search_knowledge_base").await;
    let answer = server.send("POST", "/v1/policy/reload", &server.admin, "{}").await;
    let text = scraped(&server).await;
    assert!(!text.contains("\"knowledge-base\""), "{answer:?} {text}");
    let begun = r#"syndic_missing_outcomes_total{agent_name="newcomer"}"#;
    assert_eq!(value(&text, begun), Some(0), "{text}");
    let kept = r#"ai_agent_actions_total{agent_name="customer-support",action="search_knowledge_base",allowed="true"}"#;
    assert_eq!(value(&text, kept), Some(1), "{text}");
}

#[tokio::test]
async fn a_limit_that_stands_in_the_way_is_counted_once_for_an_action() {
    let server = TestServer::start_with(clock(), |directory| {
        let file = directory.join("agents/customer-support.yaml");
        let profile = fs::read_to_string(&file).unwrap();
        let limits = "    calls: 1\n  - per: hour\n    calls: 1\n";
        fs::write(&file, profile.replace("    calls: 60\n", limits)).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    for _ in 0..3 {
        ask(&server, &key, "customer-support", "search_knowledge_base").await;
    }
    let text = scraped(&server).await;
    let refused =
        r#"syndic_limit_refusals_total{agent_name="customer-support",limit="rate-limit"}"#;
    assert_eq!(value(&text, refused), Some(2), "{text}");
}
