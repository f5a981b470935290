//! The audit trail in a search engine: every event there once, through whatever happens to it.

use std::collections::BTreeSet;
use std::net::SocketAddr;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_ledger::Record;
use syndic_model::Circuit;
use syndic_testkit::{FaultProxy, Faults, SearchServer};

use crate::sinks::world::{World, decision, id, outcome};

const NOW: &str = "2026-11-22T12:00:00Z";

fn world(scheme: &str, address: SocketAddr, more: &str) -> World {
    let url = format!("{scheme}://localhost:{}", address.port());
    let sink = format!("  trail:\n    elasticsearch: {{ url: \"{url}\" }}\n{more}");
    World::of(&sink, NOW, &[])
}

/// Writes events that were denied, and so are complete.
async fn write(world: &World, numbers: impl IntoIterator<Item = u32>) {
    for n in numbers {
        let denied = decision(n, &json!({"allowed": false, "effect": "deny"}));
        let parts = [("args", json!({"order_id": format!("A-{n}-")})), ("user", json!("user-7"))];
        world.write_with(&denied, &parts).await;
    }
}

/// Returns the ids in indices, each of which must be there once.
async fn ids(server: &SearchServer, indices: &str) -> BTreeSet<String> {
    let documents = server.documents(indices).await;
    let ids: BTreeSet<String> =
        documents.iter().map(|one| one["_id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids.len(), documents.len());
    ids
}

fn expected(numbers: impl IntoIterator<Item = u32>) -> BTreeSet<String> {
    numbers.into_iter().map(id).collect()
}

#[tokio::test]
async fn an_event_is_there_with_its_17_fields_and_where_it_stands() {
    let server = SearchServer::start();
    let mut world = world("http", server.address, "");
    world.start();
    write(&world, 1..=1).await;
    world.caught_up().await;
    let [document] = server.documents("ai-audit-2026.11").await.try_into().unwrap();
    let event = document["_source"].as_object().unwrap();
    assert_eq!(event.len(), 17);
    assert_eq!(event["event_id"], id(1));
    assert_eq!(event["timestamp"], "2026-11-22T12:00:00Z");
    assert_eq!(event["tool_args"], json!({"order_id": "A-1-"}));
    let syndic = &event["metadata"]["syndic"];
    assert_eq!(syndic["schema"], "syndic.audit/1");
    let index = syndic["record"].as_u64().unwrap();
    let (_, hash) = world.store.records(index, 1, 1 << 20, |_| true).unwrap().remove(0);
    assert_eq!(syndic["leaf_hash"], syndic_model::Hex(&hash).to_string());
}

#[tokio::test]
async fn what_happened_while_it_was_down_is_there_once_when_it_is_back() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let mut world = world("http", proxy.address, "");
    proxy.set(Faults { whole: Some(503), ..Faults::default() });
    world.start();
    write(&world, 1..=150).await;
    world.wait_for(|state| state.failures > 2).await;
    // Some are taken and some are not, before all is well.
    proxy.set(Faults { busy_every: Some(3), ..Faults::default() });
    world.caught_up().await;
    write(&world, 151..=400).await;
    proxy.set(Faults { most_bytes: Some(30_000), ..Faults::default() });
    world.caught_up().await;
    assert_eq!(ids(&server, "ai-audit-*").await, expected(1..=400));
    assert_eq!(world.state().dead_letters, 0);
}

#[tokio::test]
async fn a_crash_after_it_was_stored_and_before_that_was_noted_repeats_nothing() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let mut world = world("http", proxy.address, "");
    proxy.set(Faults { silent: 1, ..Faults::default() });
    write(&world, 1..=50).await;
    world.start();
    // It is stored, and nobody hears of it.
    while !proxy.passed().iter().any(|one| one.status == 0) {
        tokio::task::yield_now().await;
    }
    world.stop().await;
    let stored = ids(&server, "ai-audit-*").await;
    assert!(!stored.is_empty());
    world.start();
    world.caught_up().await;
    assert_eq!(ids(&server, "ai-audit-*").await, expected(1..=50));
    assert_eq!(world.state().taken, 50);
}

#[tokio::test]
async fn a_month_ends_and_a_replay_in_the_next_one_finds_everything_where_it_was() {
    let server = SearchServer::start();
    let mut world = world("http", server.address, "");
    world.start();
    write(&world, 1..=5).await;
    world.step(SignedDuration::from_hours(24 * 9));
    write(&world, 6..=10).await;
    world.caught_up().await;
    for _ in 0..2 {
        assert_eq!(ids(&server, "ai-audit-2026.11").await, expected(1..=5));
        assert_eq!(ids(&server, "ai-audit-2026.12").await, expected(6..=10));
        let taken = world.state().taken;
        assert!(world.control().replay("trail", 0).await.is_ok());
        world.wait_for(|state| state.taken == taken + 10).await;
    }
    assert_eq!(world.state().dead_letters, 0);
}

#[tokio::test]
async fn one_poisoned_event_becomes_a_dead_letter_and_holds_up_no_other() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let mut world = world("http", proxy.address, "    parts: clear\n");
    proxy.set(Faults { poison: Some("\"A-7-\"".to_owned()), ..Faults::default() });
    write(&world, 1..=20).await;
    world.start();
    world.wait_for(|state| state.dead_letters == 1).await;
    world.caught_up().await;
    let mut others = expected(1..=20);
    others.remove(&id(7));
    assert_eq!(ids(&server, "ai-audit-*").await, others);
    let [letter] = world.dead_letters("trail").try_into().unwrap();
    assert_eq!(letter["id"], id(7));
    let reason = "400 document_parsing_exception: failed to parse it";
    assert_eq!(letter["reason"], reason);
    let rejected = loop {
        let leaves = world.store.leaves(0, 100).unwrap();
        let found = leaves.into_iter().find_map(|leaf| {
            if let Record::SinkRejected(rejected) = leaf.record { Some(rejected) } else { None }
        });
        match found {
            Some(rejected) => break rejected,
            None => tokio::task::yield_now().await,
        }
    };
    assert_eq!((rejected.sink.as_str(), rejected.id), ("trail", id(7)));
    assert_eq!(rejected.reason, reason);
}

#[tokio::test]
async fn wrong_credentials_stop_it_and_are_not_tried_again_until_somebody_does_something() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let mut world = world("http", proxy.address, "");
    proxy.set(Faults { authorization: Some("ApiKey right".to_owned()), ..Faults::default() });
    write(&world, 1..=3).await;
    world.start();
    world.wait_for(|state| state.circuit == Circuit::Open).await;
    write(&world, 4..=40).await;
    let failed = world.state().last_failure.unwrap();
    assert!(failed.reason.contains("mend the credentials"), "{}", failed.reason);
    assert_eq!(proxy.passed().len(), 1);
    proxy.set(Faults::default());
    world.control().reopen();
    world.caught_up().await;
    assert_eq!(ids(&server, "ai-audit-*").await, expected(1..=40));
}

#[tokio::test]
async fn a_certificate_that_is_not_trusted_stops_it_and_says_so() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start_tls(server.address).await;
    let mut distrusting = world("https", proxy.address, "");
    write(&distrusting, 1..=3).await;
    distrusting.start();
    distrusting.wait_for(|state| state.circuit == Circuit::Open).await;
    let failed = distrusting.state().last_failure.unwrap();
    assert!(failed.reason.contains("its certificate is not trusted"), "{}", failed.reason);
    let directory = tempfile::tempdir().unwrap();
    let ca_file = directory.path().join("ca.pem");
    std::fs::write(&ca_file, &proxy.certificate).unwrap();
    let url = format!("https://localhost:{}", proxy.address.port());
    let ca_file = ca_file.display();
    let settings = format!("{{ url: \"{url}\", ca_file: \"{ca_file}\" }}");
    let sink = format!("  trail:\n    elasticsearch: {settings}\n");
    let mut trusting = World::of(&sink, NOW, &[]);
    write(&trusting, 1..=3).await;
    trusting.start();
    trusting.caught_up().await;
    assert_eq!(ids(&server, "ai-audit-*").await, expected(1..=3));
}

#[tokio::test]
async fn what_is_erased_is_gone_there_too_and_nobody_elses() {
    let server = SearchServer::start();
    let proxy = FaultProxy::start(server.address).await;
    let mut world = world("http", proxy.address, "    parts: clear\n");
    world.start();
    let of = |user: &str| json!({ "user_ref": user });
    world.write_of("u1", &decision(1, &of("u1")), &[("args", json!({"secret": "one"}))]).await;
    world.write_of("u2", &decision(2, &of("u2")), &[("args", json!({"secret": "two"}))]).await;
    world.write_of("u1", &outcome(1), &[("result", json!({"found": "one"}))]).await;
    world.write(&outcome(2)).await;
    world.caught_up().await;
    assert_eq!(server.documents("ai-audit-*").await.len(), 2);
    proxy.set(Faults { whole: Some(503), ..Faults::default() });
    let before = world.store.durable_index();
    world
        .write(&json!({"user_redacted": {"user_ref": "u1", "before": before, "reason": "request 7",
            "by": "k1", "records": 2, "keys": 1, "override_retention": false, "unreached": []}}))
        .await;
    world.store.erase(before).unwrap();
    world.wait_for(|state| state.failures > 0).await;
    // It is not forgotten over a crash, and what comes after it waits.
    world.stop().await;
    write(&world, 3..=3).await;
    proxy.set(Faults::default());
    world.start();
    world.caught_up().await;
    assert_eq!(ids(&server, "ai-audit-*").await, expected(1..=3));
    let documents = server.documents("ai-audit-*").await;
    let found = |n: u32| {
        let document = documents.iter().find(|one| one["_id"] == id(n)).unwrap();
        let event = &document["_source"];
        json!([event["tool_args"], event["tool_result"], event["metadata"]["redacted"]])
    };
    assert_eq!(found(1), json!([null, null, true]));
    assert_eq!(found(2), json!([{"secret": "two"}, null, null]));
}

#[tokio::test]
async fn other_formats_have_their_own_mapping_and_the_same_ids() {
    for (format, found) in [
        ("ocsf", "/ai-audit-*/_search?q=class_uid:6003+AND+actor.app_name:customer-support"),
        ("otel", "/ai-audit-*/_search?q=severityText:WARN"),
    ] {
        let server = SearchServer::start();
        let mut world = world("http", server.address, &format!("    format: {format}\n"));
        world.start();
        write(&world, 1..=3).await;
        world.caught_up().await;
        assert_eq!(ids(&server, "ai-audit-*").await, expected(1..=3), "{format}");
        let found = server.get(found).await;
        assert_eq!(found["hits"]["total"]["value"], Value::from(3), "{format}: {found}");
    }
}
