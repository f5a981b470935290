//! What is unusual for an agent is told, recorded, and can be held.

use std::fs;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_gate::{TailFilter, Told};
use syndic_testkit::{TestClock, TestServer};

const POLICY: &str =
    include_str!("../../../../packs/unusual-behaviour/policies/org/unusual-behaviour.cedar");

fn refund(amount: u32) -> Value {
    json!({"agent": "customer-support", "action": "issue_refund",
        "args": {"order_id": "A-1", "amount": amount}})
}

/// Waits until everything up to a record was learned from.
async fn learned(server: &TestServer, record: u64) {
    let mut tail = server.gate.tail(Some(record - 1), TailFilter::default());
    loop {
        match tail.next().await {
            Told::Happened(_) if tail.next_index() > record => return,
            Told::Happened(_) => {}
            Told::Missed(_) | Told::Ended => panic!("the ledger has no record {record}"),
        }
    }
}

/// Waits for a number of records about what became unusual.
async fn told(server: &TestServer, most: usize) -> Vec<String> {
    let filter = TailFilter::new(None, ["anomaly"]).unwrap();
    let mut tail = server.gate.tail(Some(0), filter);
    let mut lines = Vec::new();
    while lines.len() < most {
        let Told::Happened(shares) = tail.next().await else { panic!("{lines:?}") };
        for happened in shares.iter().flat_map(|share| share.happened()) {
            let known = [&happened.agent, &happened.status, &happened.reason];
            let known: Vec<_> = known.into_iter().flatten().map(AsRef::as_ref).collect();
            lines.push(known.join(" "));
        }
    }
    lines
}

async fn last_record(server: &TestServer, key: &str, amount: u32) -> u64 {
    server.submit(key, refund(amount)).await["record"]["index"].as_u64().unwrap()
}

/// Nine days with two refunds in ten minutes from nine to eleven.
async fn nine_days(server: &TestServer, clock: &TestClock, key: &str) {
    let mut record = 0;
    for _ in 0..9 {
        clock.step(SignedDuration::from_hours(9));
        for step in 0..24 {
            record = last_record(server, key, 30 + step % 40).await;
            clock.step(SignedDuration::from_mins(5));
        }
        clock.step(SignedDuration::from_hours(13));
    }
    learned(server, record).await;
}

#[tokio::test]
async fn a_loop_is_told_held_and_recorded_once_until_it_is_over() {
    let clock = Arc::new(TestClock::at("2026-01-05T00:00:00Z"));
    let mut server = TestServer::start_with(clock.clone(), |dir| {
        fs::write(dir.join("policies/org/unusual-behaviour.cedar"), POLICY).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    let first = last_record(&server, &key, 45).await;
    learned(&server, first).await;
    let learning = server.gate.unusual("customer-support").unwrap();
    assert_eq!(
        (learning.score, learning.signal, learning.told.as_str()),
        (0, "learning", "still learning what is usual: 0 of 7 days, 1 of 50 actions")
    );
    nine_days(&server, &clock, &key).await;
    assert_eq!(server.gate.unusual("customer-support"), None);

    clock.step(SignedDuration::from_hours(10));
    let mut record = 0;
    for _ in 0..40 {
        record = last_record(&server, &key, 45).await;
        clock.step(SignedDuration::from_secs(2));
    }
    learned(&server, record).await;
    let held = server.submit(&key, refund(45)).await;
    assert_eq!(held["effect"], "hold", "{held}");
    assert_eq!(
        held["reasons"][0],
        "unusual-behaviour: issue_refund is unusual for Customer Support Agent now: 100 of 100"
    );
    let path = format!("/v1/audit/events/{}/explanation", held["action_id"].as_str().unwrap());
    let explained = server.send("GET", &path, &server.admin, "").await.text;
    assert!(explained.contains(r#""anomaly":100"#), "{explained}");

    let raised = told(&server, 1).await;
    assert!(raised[0].starts_with("customer-support raised "), "{raised:?}");
    assert!(raised[0].ends_with("in 10 minutes, usual 2"), "{raised:?}");
    let now = server.gate.unusual("customer-support").unwrap();
    assert_eq!((now.score, now.signal), (100, "rate"));
    let overview = server.send("GET", "/v1/overview", &server.admin, "").await.json();
    let row = overview["agents"].as_array().unwrap().iter();
    let row = row.clone().find(|row| row["agent"] == "customer-support").unwrap();
    assert_eq!(
        (&row["anomaly"]["score"], &row["anomaly"]["signal"]),
        (&json!(100), &json!("rate"))
    );
    let metrics = server.gate.metrics_text();
    let gauge = r#"syndic_anomaly_score{agent_name="customer-support",signal="rate"} 100"#;
    assert!(metrics.contains(gauge), "{metrics}");

    let before = last_record(&server, &key, 45).await;
    server = server.restart(clock.clone()).await;
    learned(&server, before).await;
    let learned_again = server.gate.unusual("customer-support").unwrap();
    assert_eq!((learned_again.score, learned_again.signal), (100, "rate"));
    clock.step(SignedDuration::from_hours(25));
    let all = told(&server, 2).await;
    assert_eq!(all[1..], ["customer-support over rate"], "{all:?}");
    assert_eq!(all[0], raised[0]);
}

#[tokio::test]
async fn nothing_is_unusual_where_that_is_switched_off() {
    let clock = Arc::new(TestClock::at("2026-01-05T00:00:00Z"));
    let server = TestServer::start_with(clock.clone(), |dir| {
        let path = dir.join("syndic.yaml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{text}\nanomaly:\n  enabled: false\n")).unwrap();
        fs::write(dir.join("policies/org/unusual-behaviour.cedar"), POLICY).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    nine_days(&server, &clock, &key).await;
    clock.step(SignedDuration::from_hours(3));
    let mut decided = Value::Null;
    for _ in 0..40 {
        decided = server.submit(&key, refund(45)).await;
        clock.step(SignedDuration::from_secs(2));
    }
    learned(&server, decided["record"]["index"].as_u64().unwrap()).await;
    assert_eq!(server.submit(&key, refund(45)).await["effect"], "allow");
    assert_eq!(server.gate.unusual("customer-support"), None);
}
