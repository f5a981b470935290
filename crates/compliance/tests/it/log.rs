//! What the log shows of itself.

use serde_json::{Value, json};
use syndic_compliance::{NotShownKind, Verdict};

use crate::world::{decision, outcome, world};

const DAY: i64 = 24;

fn started() -> Value {
    json!({"started": {"version": "1", "durability": "full"}})
}

fn call(id: &str) -> [(i64, Value); 2] {
    [(1, decision(id, &json!({}))), (1, outcome(id))]
}

/// What was counted: arrived, decided, refused, unrecorded, dropped.
fn counted([arrived, decided, refused, unrecorded, dropped]: [u64; 5]) -> Value {
    json!({"calls_counted": {"since": "2027-01-01T00:00:00Z", "arrived": arrived, "decided": decided,
        "refused": refused, "unrecorded": unrecorded, "dropped": dropped}})
}

fn pruned(retention_days: u32) -> Value {
    json!({"segments_pruned": {"from": 0, "to": 9, "segments": 1, "retention_days": retention_days, "archived": true,
        "by": "retention"}})
}

#[test]
fn a_young_agent_neither_passes_nor_fails_for_its_age() {
    let young = world(10 * DAY, call("a"));
    assert_eq!(
        young.line("LOG-01", &["oldest_index", "age_days"]),
        "partial: all records of the agent since its first are there, for 9 days; retention is set to 400 days | \
         oldest_index 0 | age_days 9"
    );
    let old = world(190 * DAY, call("a"));
    assert_eq!(old.line("LOG-01", &[]), "met: the oldest record of the agent is 189 days old");
    let cut = world(10 * DAY, call("a").into_iter().chain([(2, pruned(30))]));
    assert_eq!(cut.reading("LOG-01").verdict, Verdict::NotMet);
}

#[test]
fn retention_is_what_is_set_and_what_was_done() {
    let mut set = world(10 * DAY, call("a"));
    assert_eq!(
        set.line("LOG-06", &["retention_days", "drops", "earliest_drop_at"]),
        "met: records are kept for 400 days, and none was dropped earlier | retention_days 400 | drops 0 | \
         earliest_drop_at 2028-02-05T01:00:00Z"
    );
    (set.setup.retention.days, set.setup.retention.floor_days) = (90, 0);
    assert_eq!(
        set.line("LOG-06", &[]),
        "not_met: records are kept for 90 days, which is less than six months"
    );
    let redacted = json!({"user_redacted": {"user_ref": "u", "before": 1, "reason": "asked", "by": "k", "records": 1,
        "keys": 1, "override_retention": true}});
    let erased = world(10 * DAY, call("a").into_iter().chain([(2, redacted), (3, pruned(200))]));
    let reading = erased.reading("LOG-06");
    assert_eq!((reading.verdict, reading.cited), (Verdict::Partial, vec![0, 2, 3]));
}

#[test]
fn what_was_counted_is_compared_with_what_is_on_record() {
    let figures = ["on", "coverage_permille", "under_way"];
    let line = |counts, later: Option<&str>| {
        let records = [(0, started())].into_iter().chain(call("a")).chain(call("b"));
        let later = later.into_iter().flat_map(call);
        let world = world(12, records.chain([(2, counted(counts))]).chain(later));
        world.line("LOG-04", figures.get(1..).unwrap())
    };
    let met = "met: every action that was counted, of all agents, has its decision on record, and none of the \
               agent's misses its outcome";
    for (counts, later, expected) in [
        ([3, 2, 1, 0, 0], None, format!("{met} | coverage_permille 1000 | under_way 0")),
        ([4, 2, 1, 0, 0], Some("c"), format!("{met} | coverage_permille 1000 | under_way 1")),
        (
            [4, 2, 1, 0, 0],
            None,
            "partial: 1 of 3 actions that arrived have no decision on record | coverage_permille 666 | under_way 0"
                .to_owned(),
        ),
        (
            [4, 3, 1, 0, 0],
            None,
            "not_met: 1 of 3 actions that were answered have no decision on record | coverage_permille 666 | under_way 0"
                .to_owned(),
        ),
    ] {
        assert_eq!(line(counts, later), expected);
    }
}

#[test]
fn nothing_is_said_of_calls_that_nobody_counted() {
    for records in [
        call("a").to_vec(),
        // The ledger begins within this stretch.
        call("a").into_iter().chain([(2, counted([9, 9, 0, 0, 0]))]).collect(),
    ] {
        let world = world(12, records);
        for probe in ["LOG-04", "LOG-05"] {
            assert_eq!(world.reading(probe).verdict, Verdict::Unknown);
        }
    }
}

#[test]
fn events_that_were_lost_are_told() {
    let rejected = json!({"sink_rejected": {"sink": "s", "index": 1, "id": "a", "reason": "no"}});
    for (counts, more, expected) in [
        ([0, 0, 0, 0, 0], None, "met: no event was lost, and every sink took what it was given"),
        ([0, 0, 0, 0, 3], None, "not_met: events that were lost before they were on record: 3"),
        (
            [0, 0, 0, 2, 0],
            None,
            "partial: actions that were denied since no record could be written: 2",
        ),
        (
            [0, 0, 0, 0, 0],
            Some((3, rejected)),
            "partial: events that are on record, and that a sink did not take: 1",
        ),
    ] {
        let world = world(12, [(0, started()), (2, counted(counts))].into_iter().chain(more));
        assert_eq!(world.line("LOG-05", &[]), expected);
    }
    let long_ago = world(5 * DAY, [(0, started()), (2, counted([0; 5]))]);
    assert_eq!(long_ago.reading("LOG-05").verdict, Verdict::Stale);
}

#[test]
fn a_log_that_nobody_witnessed_could_be_rewritten() {
    let mut world = world(72, call("a").into_iter().chain([(2, started()), (70, started())]));
    assert_eq!(world.reading("LOG-07").verdict, Verdict::Met);
    for (covered, verdict) in [(3, Verdict::Met), (2, Verdict::Partial)] {
        world.log.witnesses = vec![("w".to_owned(), covered)];
        assert_eq!(world.reading("LOG-07").verdict, verdict);
    }
    world.log.witnesses = Vec::new();
    let reading = world.reading("LOG-07");
    assert_eq!(reading.verdict, Verdict::NotMet);
    assert!(reading.told.ends_with("the key holder could rewrite this history"));
}

#[test]
fn a_root_that_was_not_signed_is_not_met() {
    let mut world = world(12, call("a"));
    for (signed, verdict) in
        [(Some(true), Verdict::Met), (Some(false), Verdict::NotMet), (None, Verdict::Unknown)]
    {
        world.log.signed = signed;
        assert_eq!(world.reading("LOG-02").verdict, verdict);
    }
}

#[test]
fn the_order_is_unknown_unless_all_records_were_read() {
    let mut world = world(12, call("a"));
    assert_eq!(world.line("LOG-03", &[]), "met: the records are numbered without a gap");
    for (first_kept, size) in [(1, 2), (0, 3), (0, 1)] {
        (world.log.first_kept, world.log.size) = (first_kept, size);
        assert_eq!(world.reading("LOG-03").verdict, Verdict::Unknown);
    }
}

#[test]
fn a_clock_that_steps_back_is_seen() {
    let even = world(12, call("a"));
    assert_eq!(even.reading("LOG-08").verdict, Verdict::Partial);
    let back = world(12, [(3, started()), (2, started()), (4, started())]);
    assert_eq!(
        back.line("LOG-08", &["largest_step_back_ms"]),
        "not_met: records that are more than a second older than the one before: 1 | largest_step_back_ms 3600000"
    );
    assert_eq!(
        back.line("LOG-03", &["longest_silence_seconds"]).split('|').next_back(),
        Some(" longest_silence_seconds 7200")
    );
}

#[test]
fn a_clock_that_was_wrong_for_a_while_is_seen_though_its_days_are_long_ago() {
    let world =
        world(24 * 400 + 2, [(24 * 400, started()), (2, started()), (24 * 400 + 1, started())]);
    assert_eq!(world.reading("LOG-08").verdict, Verdict::NotMet);
    let report = world.report();
    let told = report.not_shown.iter().find(|limit| limit.kind == NotShownKind::Clock).unwrap();
    assert!(
        told.told.starts_with("the clock was set back (1 in this window, by up to 34552800 s)"),
        "{told:?}"
    );
}

#[test]
fn a_record_without_a_reason_is_incomplete() {
    let bare = json!({"effect": "deny", "allowed": false});
    let world = world(12, call("a").into_iter().chain([(2, decision("b", &bare))]));
    let reading = world.reading("LOG-10");
    assert_eq!((reading.verdict, reading.cited), (Verdict::Partial, vec![0, 2]));
}

#[test]
fn a_drill_holds_for_as_long_as_its_probe_says() {
    let ran = |passed: bool| {
        json!({"drill_ran": {"id": "d", "drill": "restore", "passed": passed, "figures": {"records": 7},
            "told": "it verified", "by": "k"}})
    };
    for (now, passed, verdict) in [
        (12, true, Verdict::Met),
        (12, false, Verdict::NotMet),
        (200 * DAY, true, Verdict::Stale),
        (200 * DAY, false, Verdict::NotMet),
    ] {
        assert_eq!(world(now, [(1, ran(passed))]).reading("LOG-09").verdict, verdict);
    }
    let told = world(12, [(1, ran(true))]).line("LOG-09", &["records"]);
    assert_eq!(told, "met: the drill `restore` passed: it verified | records 7");
}
