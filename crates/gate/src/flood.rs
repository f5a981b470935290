//! One key takes all it may have, and the others still have theirs.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::{Leaf, Record, SessionOpened};
use syndic_model::{EventId, SessionId};

use crate::state::{Crowded, Open, Repeat, State};
use crate::usage::Charged;

fn noon() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

fn event(number: u32) -> EventId {
    format!("01a20400-0000-7000-8000-0000{number:08x}").parse().unwrap()
}

fn session(number: u32) -> SessionId {
    format!("s-{number}").parse().unwrap()
}

/// Takes one thing after the other for the key `greedy` until there is no room, and says how many that were.
fn taken(
    state: &mut State,
    room: impl Fn(&State, u32) -> Result<(), Crowded>,
    mut take: impl FnMut(&mut State, u32),
) -> u32 {
    (0..)
        .find(|number| {
            let full = room(state, *number).is_err();
            if !full {
                take(state, *number);
            }
            full
        })
        .unwrap()
}

#[test]
fn sessions_of_one_key_leave_room_for_another_and_come_back_after_a_day() {
    let mut state = State::default();
    let room = |state: &State, number| state.room("greedy", Some(&session(number)), false);
    let take = |state: &mut State, number| assert!(state.enter(&session(number), "greedy", noon()));
    assert_eq!(taken(&mut state, room, take), 20_000);
    assert_eq!(state.room("greedy", Some(&session(0)), false), Ok(()), "one that is open");
    assert_eq!(state.room("greedy", None, false), Ok(()));
    assert_eq!(state.room("modest", Some(&session(20_000)), false), Ok(()));
    state.forget_sessions(noon() + SignedDuration::from_hours(25));
    assert_eq!(state.room("greedy", Some(&session(0)), false), Ok(()));
}

#[test]
fn unreported_actions_of_one_key_leave_room_for_another_and_come_back_when_reported() {
    let mut state = State::default();
    let open = || Open {
        key: "greedy".to_owned(),
        args_ref: String::new(),
        subject: None,
        charged: Charged::default(),
        agent: String::new(),
        action: String::new(),
        session: None,
    };
    let room = |state: &State, _| state.room("greedy", None, false);
    let take = |state: &mut State, number| state.await_outcome(event(number), open(), noon());
    assert_eq!(taken(&mut state, room, take), 250_000);
    assert_eq!(state.room("modest", None, true), Ok(()));
    state.close(Some(event(7)));
    assert_eq!(state.room("greedy", None, false), Ok(()));
}

#[test]
fn idempotency_keys_of_one_key_leave_room_for_another_and_come_back_after_a_day() {
    let mut state = State::default();
    let repeat = |number| Repeat {
        body: String::new(),
        event: event(number),
        asked_by: "greedy".to_owned(),
        approval: None,
    };
    let room = |state: &State, _| state.room("greedy", None, true);
    let take =
        |state: &mut State, number: u32| state.remember(number.to_string(), repeat(number), noon());
    assert_eq!(taken(&mut state, room, take), 100_000);
    assert_eq!(state.room("greedy", None, false), Ok(()), "without an idempotency key");
    assert_eq!(state.room("modest", None, true), Ok(()));
    state.forget(noon() + SignedDuration::from_hours(25));
    assert_eq!(state.room("greedy", None, true), Ok(()));
}

#[test]
fn sessions_of_long_ago_leave_room_for_those_of_late_when_the_ledger_is_read_again() {
    let opened = |number: u32, at| Leaf {
        v: 1,
        i: 0,
        at,
        buffered: false,
        key: None,
        parts: BTreeMap::new(),
        record: Record::SessionOpened(SessionOpened {
            session: session(number).to_string(),
            agent: "a".to_owned(),
            opened_by: "greedy".to_owned(),
        }),
    };
    let mut state = State::default();
    (0..20_000).for_each(|number| state.replay(&opened(number, noon())));
    assert_eq!(state.room("greedy", Some(&session(20_000)), false), Err(Crowded));
    state.replay(&opened(20_000, noon() + SignedDuration::from_hours(25)));
    assert_eq!(state.room("greedy", Some(&session(20_001)), false), Ok(()));
}
