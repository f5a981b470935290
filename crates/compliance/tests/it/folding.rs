//! The fold over the ledger.

use jiff::Timestamp;
use serde_json::{Value, json};
use syndic_compliance::{Evidence, Facts, Verdict, measure};
use syndic_ledger::Leaf;

use crate::fold::hour;
use crate::world::{decision, outcome, world};

fn leaf(index: u64, at: Timestamp, record: &Value) -> Leaf {
    let leaf = json!({"v": 1, "i": index, "at": at.to_string(), "record": record});
    serde_json::from_value(leaf).unwrap()
}

#[test]
fn nothing_is_known_of_an_empty_ledger() {
    for reading in world(12, []).readings() {
        let family = reading.probe.get(..3).unwrap();
        if ["LOG", "POL", "HUM"].contains(&family) {
            assert_eq!(reading.verdict, Verdict::Unknown, "{}: {}", reading.probe, reading.told);
        }
    }
}

#[test]
fn folding_in_pieces_is_folding_in_one_go() {
    let leaves: Vec<Leaf> = (0..600_u64)
        .map(|index| {
            let id = format!("0198c0de-0000-7000-8000-{:012}", index / 2);
            let agent = format!("agent-{}", index / 2 % 7);
            let record = match index % 2 {
                0 => decision(&id, &json!({"agent": agent})),
                _ => outcome(&id),
            };
            leaf(index, hour(i64::try_from(index).unwrap()), &record)
        })
        .collect();
    let mut whole = Facts::default();
    leaves.iter().for_each(|leaf| whole.see(leaf));
    let mut pieces = Facts::default();
    for piece in leaves.chunks(7) {
        // What is folded can be looked at in between.
        let mut later = pieces.clone();
        piece.iter().for_each(|leaf| later.see(leaf));
        pieces = later;
    }
    assert_eq!(whole, pieces);
    assert_eq!(whole.seen(), 600);
}

#[test]
fn names_that_nobody_knows_take_no_room_from_agents() {
    let mut facts = Facts::default();
    for index in 0..10_100_u64 {
        let stranger = json!({"agent": format!("stranger-{index}"), "risk": "unknown"});
        facts.see(&leaf(index, hour(1), &decision("a", &stranger)));
    }
    facts.see(&leaf(10_100, hour(1), &decision("b", &json!({}))));
    let mut world = world(2, []);
    world.facts = facts;
    assert_eq!(world.reading("POL-04").told.split(' ').nth(1), Some("1"));
}

#[test]
fn no_rule_fails_on_odd_records() {
    let odd = [
        (u64::MAX, Timestamp::MAX),
        (0, Timestamp::MIN),
        (u64::MAX, Timestamp::MIN),
        (3, Timestamp::UNIX_EPOCH),
        (3, Timestamp::MAX),
    ];
    let count = u64::MAX;
    let records = [
        decision(
            "",
            &json!({"agent_version": "", "effect": "?", "mode": "?", "approval": {"used": ""}}),
        ),
        outcome(""),
        json!({"outcome_missing": {"id": ""}}),
        json!({"calls_counted": {"since": "1970-01-01T00:00:00Z", "arrived": count, "decided": count, "refused": 0,
            "unrecorded": count, "dropped": count}}),
        json!({"segments_pruned": {"from": count, "to": 0, "segments": 0, "retention_days": 0, "archived": false,
            "by": ""}}),
        json!({"started": {"version": "", "durability": ""}}),
        json!({"break_glass_reviewed": {"id": "", "person": "", "by": "", "note": ""}}),
    ];
    let mut facts = Facts::default();
    for (index, at) in odd {
        for record in &records {
            facts.see(&leaf(index, at, record));
        }
    }
    let mut world = world(12, []);
    (world.facts, world.log.size) = (facts, u64::MAX);
    (world.setup.retention.days, world.log.first_kept) = (u32::MAX, u64::MAX);
    for now in [Timestamp::MIN, Timestamp::UNIX_EPOCH, Timestamp::MAX] {
        let (facts, setup, log) = (&world.facts, &world.setup, &world.log);
        assert!(!measure(&Evidence { facts, setup, log, now }).is_empty());
    }
}

#[test]
fn a_day_in_the_far_future_hides_no_other() {
    let mut world =
        world(12, [(1, decision("a", &json!({}))), (20_000, decision("b", &json!({})))]);
    assert_eq!(world.reading("POL-04").verdict, Verdict::Told);
    world.now = 19_000;
    assert_eq!(world.reading("POL-04").verdict, Verdict::Unknown);
}
