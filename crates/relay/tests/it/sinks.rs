//! The audit trail in a file: every event once, whatever happens in between.

mod cloudwatch;
mod otlp;
mod stopping;
mod webhook;
pub(crate) mod world;

use std::fs;

use serde_json::{Value, json};

use self::world::{
    World, allowed, approval, decision, denied, ended, held, id, late, missing, outcome,
};

/// What of an event these tests look at: its id, whether it might run, and what is told of its end.
fn told(line: &Value) -> (String, bool, Value) {
    let metadata = &line["metadata"];
    let end = json!([metadata["approval_status"], metadata["overdue"], metadata["completes"]]);
    (line["event_id"].as_str().unwrap().to_owned(), line["allowed"].as_bool().unwrap(), end)
}

#[tokio::test]
async fn an_event_goes_out_once_when_it_is_complete() {
    let mut world = World::new("");
    let request = approval(1);
    for record in [
        allowed(1),
        decision(2, &json!({"allowed": false, "effect": "deny"})),
        allowed(3),
        held(
            4,
            &json!({"opened": {"id": request, "request": "r", "binding": "b", "forbids": [],
            "factors": [], "people": 1, "risk": "medium", "expires": "2026-11-22T12:05:00Z"}}),
        ),
        held(5, &json!({"joined": request})),
        outcome(1),
        missing(3),
        ended(1, "timeout"),
        decision(6, &json!({"allowed": false, "effect": "deny", "approval": {"refused": request}})),
        decision(7, &json!({"approval": {"used": request}})),
        outcome(7),
        late(3),
    ] {
        world.write(&record).await;
    }
    world.start();
    world.caught_up().await;
    let none = Value::Null;
    let expected = [
        (id(2), false, json!([none, none, none])),
        (id(1), true, json!([none, none, none])),
        (id(3), true, json!([none, true, none])),
        (id(4), false, json!(["timeout", none, none])),
        (id(5), false, json!(["timeout", none, none])),
        (id(6), false, json!(["rejected", none, none])),
        (id(7), true, json!(["approved", none, none])),
        (format!("{}-late", id(3)), true, json!([none, true, id(3)])),
    ];
    assert_eq!(world.lines().iter().map(told).collect::<Vec<_>>(), expected);
    for line in world.lines() {
        assert_eq!(line.as_object().unwrap().len(), 17, "{line}");
    }
}

#[tokio::test]
async fn what_is_open_at_a_stop_is_complete_after_the_next_start() {
    let mut world = World::new("");
    world.write(&allowed(1)).await;
    world.write(&held(2, &json!({"joined": approval(1)}))).await;
    world.start();
    world.caught_up().await;
    world.stop().await;
    assert!(world.lines().is_empty());
    world.write(&outcome(1)).await;
    world.write(&ended(1, "cancelled")).await;
    world.start();
    world.caught_up().await;
    let ids: Vec<_> = world.lines().iter().map(|line| told(line).0).collect();
    assert_eq!(ids, [id(1), id(2)]);
}

#[tokio::test]
async fn a_sink_that_is_down_gets_every_event_once_when_it_is_back() {
    let mut world = World::new("");
    // A file where its directory should be.
    fs::write(world.trail().parent().unwrap(), "in the way").unwrap();
    world.start();
    for n in 1..=400 {
        world.write(&allowed(n)).await;
        world.write(&outcome(n)).await;
    }
    world.wait_for(|state| state.failures > 0).await;
    assert!(world.state().last_failure.unwrap().reason.contains("cannot open"));
    assert_eq!(world.state().taken, 0);
    fs::remove_file(world.trail().parent().unwrap()).unwrap();
    world.caught_up().await;
    let ids: Vec<_> = world.lines().iter().map(|line| told(line).0).collect();
    assert_eq!(ids, (1..=400).map(id).collect::<Vec<_>>());
    assert_eq!(world.state().failing_since, None);
}

#[tokio::test]
async fn a_crash_between_writing_and_taking_note_of_it_repeats_nothing() {
    let mut world = World::new("");
    world.start();
    world.write(&allowed(1)).await;
    world.write(&outcome(1)).await;
    world.caught_up().await;
    let before = fs::read(world.cursor("trail")).unwrap();
    for n in 2..=50 {
        world.write(&allowed(n)).await;
        world.write(&outcome(n)).await;
    }
    world.caught_up().await;
    world.stop().await;
    // The cursor of before, and a line that was not written whole.
    fs::write(world.cursor("trail"), before).unwrap();
    let whole = fs::read_to_string(world.trail()).unwrap();
    let torn = whole.len() - 100;
    fs::write(world.trail(), whole.get(..torn).unwrap()).unwrap();
    world.start();
    world.caught_up().await;
    assert_eq!(fs::read_to_string(world.trail()).unwrap(), whole);
}

#[tokio::test]
async fn a_file_that_is_somebody_elses_stays_as_it_is() {
    const THEIRS: &str = "{\"my\":\"only config\"}";
    let mut world = World::new("");
    fs::create_dir_all(world.trail().parent().unwrap()).unwrap();
    fs::write(world.trail(), THEIRS).unwrap();
    world.start();
    world.write(&denied(1, "customer-support")).await;
    world.wait_for(|state| state.failures > 0).await;
    let failure = world.state().last_failure.unwrap().reason;
    assert!(failure.contains("ends with something that is no event"), "{failure}");
    assert_eq!(fs::read_to_string(world.trail()).unwrap(), THEIRS);
}

#[tokio::test]
async fn a_file_that_another_holds_is_not_written_to() {
    let mut world = World::new("");
    fs::create_dir_all(world.trail().parent().unwrap()).unwrap();
    let held = fs::File::create(world.trail()).unwrap();
    held.lock().unwrap();
    world.start();
    world.write(&denied(1, "customer-support")).await;
    // It is given a moment before it counts as somebody else's.
    world.wait_for(|state| state.failures > 3).await;
    let failure = world.state().last_failure.unwrap().reason;
    assert!(failure.contains("another sink or program holds"), "{failure}");
    assert!(world.lines().is_empty());
}

#[tokio::test]
async fn content_is_redacted_left_out_or_clear_as_the_sink_says() {
    for (parts, args, user) in [
        ("redacted", json!({"to": "<EMAIL_ADDRESS_1>"}), None),
        ("none", Value::Null, Some(Value::Null)),
        ("clear", json!({"to": "ann@example.org"}), Some(json!("ann@example.org"))),
    ] {
        let mut world = World::new(&format!("    parts: {parts}\n"));
        let user = user.unwrap_or_else(|| world.store.pseudonym("user", "ann@example.org").into());
        world.start();
        let parts_of =
            [("args", json!({"to": "ann@example.org"})), ("user", json!("ann@example.org"))];
        world
            .write_with(&decision(1, &json!({"allowed": false, "effect": "deny"})), &parts_of)
            .await;
        world.caught_up().await;
        let line = &world.lines()[0];
        assert_eq!((&line["tool_args"], &line["user_id"]), (&args, &user), "{parts}");
        assert_eq!(line["metadata"]["owner"], "support");
    }
}

#[tokio::test]
async fn nothing_that_an_agent_may_write_freely_goes_out_in_clear() {
    const CARD: &str = "4111111111111111";
    let one = json!({"allowed": false, "effect": "deny", "agent_version": "of jane.doe@example.com",
        "model": "tuned for jane.doe@example.com", "session": CARD, "agent": CARD, "action": CARD, "tool": CARD});
    let sent = [
        ("metadata", json!({"jane.doe@example.com": {"card": CARD}, "note": "plain"})),
        ("user", json!("Anna Mueller")),
    ];
    for parts in ["redacted", "none"] {
        let mut world = World::new(&format!("    parts: {parts}\n"));
        world.start();
        world.write_with(&decision(1, &one), &sent).await;
        world.write_with(&decision(2, &one), &sent).await;
        world.caught_up().await;
        let lines = world.lines();
        let text = json!(lines).to_string();
        for clear in ["jane", CARD, "Anna", "Mueller"] {
            assert!(!text.contains(clear), "{parts}: {text}");
        }
        let (line, next) = (&lines[0], &lines[1]);
        assert_eq!(line["agent_version"], "of <EMAIL_ADDRESS_1>", "{parts}");
        assert_eq!(line["model"], "tuned for <EMAIL_ADDRESS_1>", "{parts}");
        assert_eq!(line["session_id"], world.store.pseudonym("session", CARD), "{parts}");
        assert_eq!(line["agent_name"], world.store.pseudonym("agent", CARD), "{parts}");
        assert_eq!(line["user_id"], next["user_id"], "{parts}");
        assert_eq!(line["metadata"]["owner"], "support", "{parts}");
        if parts == "redacted" {
            assert_eq!(line["user_id"], world.store.pseudonym("user", "Anna Mueller"));
            assert_eq!(line["metadata"]["note"], "plain");
            assert!(line["metadata"].get("<EMAIL_ADDRESS_1>").is_some(), "{line}");
        }
    }
}

#[tokio::test]
async fn a_plain_session_and_model_stay_as_they_are() {
    for session in ["0198c0de-5a1b-7c2d-8e3f-4a5b6c7d8e9f", "support-chat-17", "s1"] {
        let mut world = World::new("");
        world.start();
        let one = json!({"allowed": false, "effect": "deny", "session": session,
            "model": "claude-sonnet-4-5-20250929", "agent_version": "1.14.2"});
        world.write(&decision(1, &one)).await;
        world.caught_up().await;
        let line = &world.lines()[0];
        assert_eq!(line["session_id"], session);
        assert_eq!(line["model"], "claude-sonnet-4-5-20250929");
        assert_eq!(line["agent_version"], "1.14.2");
    }
}

#[tokio::test]
async fn a_file_is_put_aside_before_it_is_too_large_and_the_oldest_go() {
    let mut world = World::new_with_file("rotate_mb: 1, keep: 2, ", "");
    world.start();
    let text = "x".repeat(60_000);
    for n in 1..=100 {
        let parts = [("args", json!({"text": text}))];
        world.write_with(&decision(n, &json!({"allowed": false, "effect": "deny"})), &parts).await;
    }
    world.caught_up().await;
    let files = world.files();
    assert_eq!(files.len(), 3, "{files:?}");
    for file in &files {
        assert!(fs::metadata(file).unwrap().len() <= 1 << 20, "{}", file.display());
    }
    assert_eq!(told(world.lines().last().unwrap()).0, id(100));
}

#[tokio::test]
async fn a_file_that_somebody_moves_away_is_made_again() {
    let mut world = World::new("");
    world.start();
    world.write(&decision(1, &json!({"allowed": false, "effect": "deny"}))).await;
    world.caught_up().await;
    fs::rename(world.trail(), world.trail().with_extension("1")).unwrap();
    world.write(&decision(2, &json!({"allowed": false, "effect": "deny"}))).await;
    world.caught_up().await;
    let ids: Vec<_> = world.lines().iter().map(|line| told(line).0).collect();
    assert_eq!(ids, [id(2)]);
}

#[tokio::test]
async fn a_file_that_is_to_be_opened_anew_is_let_go_at_once() {
    let mut world = World::new("");
    world.start();
    world.write(&denied(1, "support")).await;
    world.caught_up().await;
    let theirs = fs::File::open(world.trail()).unwrap();
    assert!(theirs.try_lock().is_err());
    world.control().reopen();
    while theirs.try_lock().is_err() {
        tokio::task::yield_now().await;
    }
    theirs.unlock().unwrap();
    world.write(&denied(2, "support")).await;
    world.caught_up().await;
    let ids: Vec<_> = world.lines().iter().map(|line| told(line).0).collect();
    assert_eq!(ids, [id(1), id(2)]);
}

#[tokio::test]
async fn a_replay_goes_back_and_completes_what_began_before_it() {
    let mut world = World::new("");
    world.start();
    for record in [
        allowed(1),
        held(
            2,
            &json!({"opened": {"id": approval(1), "request": "r", "binding": "b", "forbids": [],
            "factors": [], "people": 1, "risk": "medium", "expires": "2026-11-22T12:05:00Z"}}),
        ),
        held(3, &json!({"joined": approval(1)})),
        outcome(1),
        ended(1, "timeout"),
    ] {
        world.write(&record).await;
    }
    world.caught_up().await;
    // The store's own record is before them.
    let first = world.store.durable_index() - 2;
    assert_eq!(world.control().replay("trail", first).await, Ok(2));
    world.caught_up().await;
    let ids: Vec<_> = world.lines().iter().map(|line| told(line).0).collect();
    assert_eq!(ids, [id(1), id(2), id(3), id(1), id(2), id(3)]);
    let unknown = world.control().replay("other", 0).await.unwrap_err();
    assert_eq!(unknown.to_string(), "there is no sink `other` in force");
    let beyond = world.control().replay("trail", 1_000).await.unwrap_err();
    assert!(beyond.to_string().contains("the ledger has records 0 to"), "{beyond}");
}

#[tokio::test]
async fn a_sink_that_begins_now_gets_what_is_complete_from_now_on() {
    let mut world = World::new("    start: now\n");
    world.write(&decision(1, &json!({"allowed": false, "effect": "deny"}))).await;
    world.write(&allowed(2)).await;
    world.start();
    world.caught_up().await;
    world.write(&outcome(2)).await;
    world.caught_up().await;
    let ids: Vec<_> = world.lines().iter().map(|line| told(line).0).collect();
    assert_eq!(ids, [id(2)]);
}

#[tokio::test]
async fn the_oldest_record_that_is_needed_is_that_of_an_open_decision() {
    let mut world = World::new("    required: true\n");
    world.start();
    world.write(&allowed(1)).await;
    let opened = world.store.durable_index() - 1;
    world.write(&decision(2, &json!({"allowed": false, "effect": "deny"}))).await;
    world.caught_up().await;
    assert_eq!(world.state().needs_from, opened);
    world.write(&outcome(1)).await;
    world.caught_up().await;
    assert_eq!(world.state().needs_from, world.store.durable_index());
}
