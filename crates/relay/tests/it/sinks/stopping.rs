//! Sinks that stop: by a person, or because they take nothing.

use std::fs;
use std::path::Path;

use serde_json::Value;
use syndic_model::Circuit;
use syndic_testkit::Receiver;

use super::world::{World, denied, id, lines};

fn world(receiver: &Receiver) -> World {
    let url = format!("http://{}/audit", receiver.address);
    World::of(&format!("  hook:\n    webhook: {{ url: \"{url}\" }}\n"), "2026-11-22T12:00:00Z", &[])
}

#[tokio::test]
async fn a_sink_that_refuses_everything_makes_no_dead_letters_without_end() {
    // Whole batches of 8, and then one at each of six tries.
    let mut receiver = Receiver::start(["HTTP/1.1 422 no\r\n\r\n"; 110]).await;
    let mut world = world(&receiver);
    for n in 1..=150 {
        world.write(&denied(n, "support")).await;
    }
    world.start();
    world.wait_for(|state| state.circuit == Circuit::Open).await;
    for _ in 0..3 {
        let before = world.state().failures;
        world.control().reopen();
        world.wait_for(|state| state.failures > before).await;
        assert_eq!((world.state().circuit, world.state().dead_letters), (Circuit::Open, 100));
    }
    let reason = world.state().last_failure.unwrap().reason;
    assert!(reason.starts_with("it refused 100 events in a row"), "{reason}");
    world.stop_gently().await;
    world.start();
    world.wait_for(|state| state.circuit == Circuit::Open).await;
    for _ in 0..2 {
        let before = world.state().failures;
        world.control().reopen();
        world.wait_for(|state| state.failures > before).await;
    }
    assert_eq!(world.dead_letters("hook").len(), 100);
    world.control().reopen();
    world.caught_up().await;
    assert_eq!((world.state().taken, world.dead_letters("hook").len()), (50, 100));
    let seen = std::iter::from_fn(|| receiver.arrived()).count();
    assert_eq!(seen, 160);
}

#[tokio::test]
async fn a_stop_and_a_start_repeat_nothing() {
    let mut receiver = Receiver::start([]).await;
    let mut world = world(&receiver);
    for n in 1..=30 {
        world.write(&denied(n, "support")).await;
        if n % 10 == 0 {
            world.start();
            world.wait_for(|state| state.taken == 10).await;
            world.stop_gently().await;
        }
    }
    let mut seen = Vec::new();
    while let Some(received) = receiver.arrived() {
        seen.push(received.headers["webhook-id"].clone());
    }
    assert_eq!(seen, (1..=30).map(id).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_sink_whose_cursor_is_none_does_not_begin_anew() {
    let mut world = World::new("    start: now\n");
    fs::create_dir_all(world.cursor("trail").parent().unwrap()).unwrap();
    fs::write(world.cursor("trail"), "{").unwrap();
    world.write(&denied(1, "support")).await;
    world.start();
    world.wait_for(|state| state.circuit == Circuit::Open).await;
    let reason = world.state().last_failure.unwrap().reason;
    assert!(reason.contains("trail.json` is no cursor"), "{reason}");
    assert_eq!(world.state().needs_from, 0);
    assert_eq!(fs::read_to_string(world.cursor("trail")).unwrap(), "{");
    fs::remove_file(world.cursor("trail")).unwrap();
    world.caught_up().await;
}

#[tokio::test]
async fn another_place_under_the_same_name_is_begun_as_a_new_sink_is() {
    let ids = |path: &Path| {
        let id = |line: Value| line["event_id"].as_str().unwrap().to_owned();
        lines(path).into_iter().map(id).collect::<Vec<_>>()
    };
    let mut world = World::new("");
    world.write(&denied(1, "support")).await;
    world.start();
    world.caught_up().await;
    let moved = world.moved();
    world.wait_for(|state| state.place == moved.display().to_string()).await;
    world.write(&denied(2, "support")).await;
    world.caught_up().await;
    assert_eq!((ids(&world.trail()), ids(&moved)), (vec![id(1)], vec![id(1), id(2)]));
    // It stays where it is after that.
    fs::remove_file(&moved).unwrap();
    world.stop_gently().await;
    world.start();
    world.write(&denied(3, "support")).await;
    world.caught_up().await;
    assert_eq!(ids(&moved), [id(3)]);
}
