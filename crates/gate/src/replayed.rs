//! What the ledger makes of its records: all that a decision depends on, by one pass over the leaves.

use syndic_ledger::Leaf;
use syndic_store::{Projection, SnapshotError};

use crate::Gate;
use crate::caution::Leap;
use crate::clock::SteadyClock;
use crate::kept::{Keep, kept};
use crate::key::KeyRing;
use crate::policy::History;
use crate::state::State;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Replayed {
    pub(crate) time: SteadyClock,
    pub(crate) leap: Leap,
    pub(crate) state: State,
    pub(crate) keys: KeyRing,
    pub(crate) history: History,
}

kept!(Replayed { time, leap, state, keys, history });

impl Projection for Replayed {
    /// The number after the slash is raised with every change of what is kept, or of what a replay makes of a record;
    /// the test below finds most of them.
    const VERSION: &'static str = concat!(env!("CARGO_PKG_VERSION"), "/4");

    fn replay(&mut self, leaf: &Leaf) {
        self.time.witness(leaf.at);
        self.leap.replay(leaf);
        self.state.replay(leaf);
        self.keys.replay(leaf);
        self.history.replay(leaf);
    }

    fn keep(&self) -> Vec<u8> {
        let mut kept = Vec::new();
        Keep::keep(self, &mut kept);
        kept
    }

    fn resume(mut kept: &[u8]) -> Option<Self> {
        let replayed = <Self as Keep>::read(&mut kept)?;
        kept.is_empty().then_some(replayed)
    }
}

impl Gate {
    /// Writes down what decisions depend on, as the newest checkpoint has it, so that the next start replays only what
    /// comes after; returns how many records that covers. It happens by itself as the ledger grows. Blocks on the disk.
    ///
    /// # Errors
    /// When a record cannot be read, or the snapshot not be written.
    pub fn snapshot(&self) -> Result<u64, SnapshotError> {
        self.store.snapshot::<Replayed>()
    }
}

#[cfg(test)]
mod tests {
    use jiff::{SignedDuration, Timestamp};
    use proptest::prelude::*;
    use serde_json::{Value, json};
    use sha2::Digest as _;
    use syndic_ledger::Leaf;
    use syndic_store::Projection as _;

    use super::Replayed;

    /// One record: what kind, two choices for it, and how many seconds after the one before.
    type Step = (u8, u8, u8, i64);

    const KINDS: u8 = 32;

    fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
        let seconds = prop::sample::select(vec![0, 1, 30, 400, 1_000, 4_000, 90_000]);
        prop::collection::vec((0..KINDS, 0_u8..6, 0_u8..6, seconds), 1..most)
    }

    fn uuid(kind: u8, number: u8) -> String {
        format!("01a20400-0000-7000-8{kind:03x}-{number:012x}")
    }

    fn history(steps: &[Step]) -> Vec<Leaf> {
        let mut at: Timestamp = "2026-11-23T12:00:00.123456789Z".parse().unwrap();
        let steps = steps.iter().enumerate();
        let leaves = steps.map(|(i, (kind, one, other, seconds))| {
            at += SignedDuration::from_secs(*seconds);
            let record = record(*kind, *one, *other, at);
            let leaf = json!({"v": 1, "i": i, "at": at, "record": record});
            serde_json::from_str(&leaf.to_string()).unwrap()
        });
        leaves.collect()
    }

    fn decision(one: u8, other: u8, more: Value) -> Value {
        let mut decision = json!({
            "id": uuid(1, one * 6 + other), "agent": format!("agent-{}", one % 3), "agent_version": "1",
            "action": format!("action_{}", other % 2), "session": format!("s-{other}"),
            "user_ref": format!("{one:032x}"), "asked_by": format!("k{}", other % 2), "grade": "cooperative",
            "risk": if one == 5 { "unknown" } else { "medium" }, "mode": "enforce", "effect": "allow", "allowed": true,
            "revision": "r", "args_digest": format!("d{one}"),
            "chain": if other == 3 { vec!["planner"] } else { vec![] },
        });
        let (Some(fields), Value::Object(more)) = (decision.as_object_mut(), more) else {
            return decision;
        };
        fields.extend(more);
        json!({ "decision": decision })
    }

    /// Makes a record of each kind, with few enough names that records meet.
    fn record(kind: u8, one: u8, other: u8, at: Timestamp) -> Value {
        let soon = at + SignedDuration::from_mins(30);
        let (approval, glass) = (uuid(2, one), uuid(3, one));
        match kind {
            0 => json!({"started": {"version": "1", "durability": "full"}}),
            1 => decision(
                one,
                other,
                json!({"counted": {
                    "amount": "12.5", "currency": if other > 2 { "EUR" } else { "USD" },
                    "recipients": [format!("{one:032x}"), format!("{other:032x}")], "affected_people": 3,
                }}),
            ),
            2 => decision(
                one,
                other,
                json!({"labels": ["untrusted", "pii"], "break_glass": [glass]}),
            ),
            3 => decision(one, other, json!({"effect": "deny", "allowed": false})),
            4 => decision(
                one,
                other,
                json!({"idempotency": {"key": format!("i{one}"), "body": "b"}}),
            ),
            5 => decision(
                one,
                other,
                json!({
                    "effect": "hold", "allowed": false, "idempotency": {"key": format!("i{one}"), "body": "b"},
                    "approval": {"opened": {
                        "id": approval, "request": format!("q{other}"), "binding": "b",
                        "forbids": [{"policy": "refunds", "hash": "h"}],
                        "factors": [{"group": "support-leads", "approvals": 1, "rejections": 1}], "people": 1,
                        "barred": ["support lead"], "user": "u", "risk": "high", "expires": soon,
                    }},
                }),
            ),
            6 => decision(
                one,
                other,
                json!({"effect": "hold", "allowed": false, "approval": {"joined": approval}}),
            ),
            7 => decision(one, other, json!({"approval": {"used": approval}})),
            8 => decision(
                one,
                other,
                json!({
                    "action": "mcp.change_tool", "server": format!("server-{one}"), "tool_pin": format!("p{other}"),
                }),
            ),
            9 => {
                json!({"outcome": {"id": uuid(1, one * 6 + other), "status": "ok", "input_tokens": 5}})
            }
            10 => json!({"outcome_missing": {"id": uuid(1, one * 6 + other)}}),
            11 => {
                json!({"session_opened": {"session": format!("s-{one}"), "agent": "agent-1", "opened_by": "k1"}})
            }
            12 => {
                json!({"agent_suspended": {"agent": format!("agent-{one}"), "reason": "odd", "by": "k1"}})
            }
            13 => {
                json!({"agent_resumed": {"agent": format!("agent-{one}"), "reason": "fine", "by": "k1"}})
            }
            14 => json!({"key_created": {
                "id": format!("k{one}"), "hash": "h", "role": if other > 2 { "agent" } else { "admin" },
                "holder": "agent-1", "grade": "in-path", "expires": soon, "by": "k0",
            }}),
            15 => json!({"key_revoked": {"id": format!("k{one}"), "by": "k0"}}),
            16 => json!({"approval_voted": {
                "id": approval, "person": format!("person-{other}"), "method": "key",
                "vote": if other == 0 { "reject" } else { "approve" }, "groups": ["support-leads"],
                "ended": match other { 0 => json!("rejected"), 1 | 2 => json!("approved"), _ => Value::Null },
            }}),
            17 => json!({"approval_ended": {"id": approval, "status": "timeout", "by": "clock"}}),
            18 => {
                json!({"approval_viewed": {"id": approval, "person": format!("person-{other}"), "method": "key"}})
            }
            19 => json!({"break_glass_asked": {
                "id": glass, "agent": format!("agent-{other}"), "person": "lead", "by": "k1", "reason": "outage",
                "seconds": 600, "expires": soon,
            }}),
            20 => {
                json!({"break_glass_opened": {"id": glass, "person": "second", "by": "k2", "until": soon}})
            }
            21 => {
                json!({"break_glass_reviewed": {"id": glass, "person": "third", "by": "k3", "note": "fine"}})
            }
            22 => json!({"tools_offered": {
                "agent": format!("agent-{one}"), "server": format!("server-{other}"), "count": 1, "digest": "d", "by": "k1",
            }}),
            24 => json!({"statement_made": {
                "id": uuid(4, one), "agent": format!("agent-{other}"), "field": "intended_purpose", "value": "true",
                "name": "lead", "role": "owner", "by": "k1", "expires": soon,
                "baseline": {"purpose": "p", "model": "m", "tools": "t", "policy": "q"},
            }}),
            25 => json!({"statement_withdrawn": {
                "id": uuid(4, one), "agent": format!("agent-{other}"), "field": "intended_purpose", "reason": "wrong",
                "by": "k1",
            }}),
            26 => json!({"drill_ran": {
                "id": uuid(5, one), "drill": "override", "agent": format!("agent-{other}"), "passed": one > 2,
                "figures": {"stopped_after_ms": one}, "told": "it stopped", "by": "k1",
            }}),
            27 => json!({"incident_opened": {
                "id": uuid(6, one), "agent": format!("agent-{other}"), "class": "serious", "title": "refunds",
                "aware": at, "since": at, "hold": "h", "size": 7, "root": "r", "by": "k1",
            }}),
            28 => json!({"incident_updated": {
                "id": uuid(6, one), "agent": format!("agent-{other}"), "note": "more is known", "by": "k1",
            }}),
            29 => json!({"incident_closed": {
                "id": uuid(6, one), "agent": format!("agent-{other}"), "summary": "mended", "by": "k1",
            }}),
            30 => json!({"report_made": {
                "agent": format!("agent-{one}"), "digest": "d", "size": 7, "headline": format!("{other}/7"),
                "counts": {"satisfied_measured": one, "unknown": other}, "by": "k1",
                "checklist": {"done": other, "items": 22, "passed": one > 2},
            }}),
            31 => json!({"checklist_judged": {
                "agent": format!("agent-{one}"), "count": {"done": other, "items": 22, "passed": false},
                "open": ["risk-assessed"], "by": "k1",
            }}),
            _ => match other {
                0 => {
                    json!({"retention_hold_added": {"id": format!("h{one}"), "since": at, "reason": "a lawsuit", "by": "k1"}})
                }
                1 => {
                    json!({"retention_hold_released": {"id": format!("h{one}"), "reason": "over", "by": "k1"}})
                }
                2 => json!({"policy_loaded": {
                    "revision": "r", "manifest": format!("m{one}"), "count": 1, "files": {"syndic.yaml": "h"},
                    "environment": "prod", "by": "start",
                }}),
                3 => json!({"policy_proposed": {
                    "revision": "r", "manifest": "m", "against": "m0", "by": "k1", "loosens": ["a limit"], "count": 1,
                }}),
                4 => json!({"segments_pruned": {
                    "from": 0, "to": 1, "segments": 1, "retention_days": 190, "archived": false, "by": "k1",
                }}),
                _ => json!({"approval_notified": {
                    "id": approval, "about": "requested", "channel": "email", "to": "support-leads", "attempts": 1,
                    "ok": true,
                }}),
            },
        }
    }

    fn replayed(leaves: &[Leaf]) -> Replayed {
        let mut replayed = Replayed::default();
        leaves.iter().for_each(|leaf| replayed.replay(leaf));
        replayed
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn what_is_resumed_anywhere_and_goes_on_comes_to_what_a_replay_of_everything_comes_to(
            steps in steps(120), cut in any::<prop::sample::Index>(), again in any::<prop::sample::Index>(),
        ) {
            let leaves = history(&steps);
            let whole = replayed(&leaves);
            let mut cuts = [cut.index(leaves.len()), again.index(leaves.len())];
            cuts.sort_unstable();
            let mut resumed = Replayed::default();
            let mut from = 0;
            for cut in cuts.into_iter().chain([leaves.len()]) {
                leaves[from..cut].iter().for_each(|leaf| resumed.replay(leaf));
                resumed = Replayed::resume(&resumed.keep()).unwrap();
                from = cut;
            }
            prop_assert!(resumed.keep() == whole.keep());
        }
    }

    #[test]
    fn bytes_that_are_cut_short_or_go_on_are_no_snapshot() {
        let steps: Vec<Step> =
            (0..KINDS).flat_map(|kind| (0..6).map(move |n| (kind, n, n, 30))).collect();
        let kept = replayed(&history(&steps)).keep();
        assert!(Replayed::resume(&kept).is_some());
        for length in (0..kept.len()).step_by(23) {
            assert!(Replayed::resume(&kept[..length]).is_none(), "{length} bytes");
        }
        assert!(Replayed::resume(&[kept, vec![0]].concat()).is_none());
    }

    #[test]
    fn what_is_kept_of_a_known_history_changes_with_the_version_alone() {
        let steps: Vec<Step> = (0..KINDS)
            .flat_map(|kind| {
                (0..6).flat_map(move |one| (0..6).map(move |other| (kind, one, other, 7)))
            })
            .collect();
        let kept = replayed(&history(&steps)).keep();
        let digest = crate::permit::hex(&sha2::Sha256::digest(&kept));
        assert_eq!(
            (Replayed::VERSION.split_once('/').unwrap().1, digest.as_str()),
            ("4", "c40820b1fdad945cde90f37a58330815bf9f7f27d44dd468d562777c1e7bc0a6"),
            "raise the number of `Replayed::VERSION`, then put both here"
        );
    }
}
