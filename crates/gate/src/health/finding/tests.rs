//! What is measured, judged.

use jiff::{SignedDuration, Timestamp};
use syndic_model::WitnessState;

use super::{HealthState, Vitals};
use crate::standing::{Failed, Held, Standing};

fn now() -> Timestamp {
    "2026-11-23T12:00:00Z".parse().unwrap()
}

/// The ids of what is found, and how governance is.
fn judged(change: impl FnOnce(&mut Vitals)) -> (HealthState, Vec<&'static str>) {
    let mut vitals = Vitals { now: now(), ..Vitals::default() };
    change(&mut vitals);
    let health = vitals.judge();
    (health.state, health.findings.iter().map(|finding| finding.id).collect())
}

fn witness(failure: Option<&str>, contradiction: Option<&str>, lag: i64) -> WitnessState {
    WitnessState {
        name: "w.example".to_owned(),
        url: "https://w.example".to_owned(),
        cosigned: None,
        behind_since: now().checked_sub(SignedDuration::from_secs(lag)).ok(),
        failure: failure.map(str::to_owned),
        contradiction: contradiction.map(str::to_owned),
    }
}

fn held(proposed_by: Option<&str>) -> Held {
    Held {
        revision: "3f2a91c07d5e".to_owned(),
        manifest: String::new(),
        against: String::new(),
        proposed_by: proposed_by.map(str::to_owned),
        at: now(),
        loosened: Vec::new(),
    }
}

#[test]
fn nothing_wrong_is_healthy() {
    assert_eq!(judged(|_| {}), (HealthState::Healthy, vec![]));
}

#[test]
fn each_thing_that_is_wrong_is_found_and_only_a_closed_ledger_is_down() {
    use HealthState::{Degraded, Down, Healthy};
    type Change = fn(&mut Vitals);
    let cases: [(Change, HealthState, &[&str]); 19] = [
        (
            |vitals| {
                vitals.overdue_incidents = vec![("i".to_owned(), now(), "Art. 73(2)".to_owned())];
            },
            Degraded,
            &["incident-overdue"],
        ),
        (
            |vitals| vitals.failed_drills = vec![("canary".to_owned(), "open".to_owned())],
            Degraded,
            &["drill-failed"],
        ),
        (|vitals| vitals.ledger_closed = true, Down, &["ledger-closed"]),
        (
            |vitals| (vitals.ledger_closed, vitals.contradicted) = (true, Some(7)),
            Down,
            &["ledger-contradicted"],
        ),
        (|vitals| vitals.index_stopped = true, Degraded, &["index-stopped"]),
        (|vitals| vitals.unsealed = SignedDuration::from_secs(61), Degraded, &["checkpoint-stale"]),
        (|vitals| vitals.unsealed = SignedDuration::from_secs(60), Healthy, &[]),
        (|vitals| vitals.clock_wrong = true, Degraded, &["clock"]),
        (|vitals| vitals.retention = Some("disk full".to_owned()), Degraded, &["retention"]),
        (
            |vitals| vitals.witnesses = vec![witness(Some("refused"), None, 601)],
            Degraded,
            &["witness-silent"],
        ),
        (|vitals| vitals.witnesses = vec![witness(Some("refused"), None, 600)], Healthy, &[]),
        (
            |vitals| vitals.witnesses = vec![witness(None, Some("size 7"), 0)],
            Degraded,
            &["witness-contradicts"],
        ),
        (
            |vitals| {
                let failed = Failed { at: now(), errors: 1, first: "agents/a.yaml:1".to_owned() };
                vitals.policy = Standing { failed: Some(failed), ..Standing::default() };
            },
            Degraded,
            &["policy-invalid"],
        ),
        (|vitals| vitals.policy.held = Some(held(Some("k1"))), Degraded, &["policy-held"]),
        (|vitals| vitals.all_suspended = Some("drill".to_owned()), Degraded, &["all-suspended"]),
        (|vitals| vitals.break_glass_open = vec!["a".to_owned()], Degraded, &["break-glass-open"]),
        (|vitals| vitals.break_glass_reviews = 2, Degraded, &["break-glass-review"]),
        (|vitals| vitals.half_over = vec![("a".to_owned(), 3)], Degraded, &["approvals-old"]),
        (
            |vitals| vitals.failing = vec![("email".to_owned(), "refused".to_owned())],
            Degraded,
            &["notification-failing"],
        ),
    ];
    for (number, (change, state, ids)) in cases.into_iter().enumerate() {
        assert_eq!(judged(change), (state, ids.to_vec()), "case {number}");
    }
}

#[test]
fn what_is_critical_comes_first() {
    let (_, ids) = judged(|vitals| {
        vitals.break_glass_reviews = 1;
        vitals.half_over = vec![("a".to_owned(), 1)];
        vitals.index_stopped = true;
        vitals.all_suspended = Some("drill".to_owned());
    });
    assert_eq!(ids, ["index-stopped", "all-suspended", "break-glass-review", "approvals-old"]);
}

#[test]
fn what_waits_for_acceptance_says_which_command_accepts_it() {
    for (by, command) in [
        (Some("k1"), "`syndic policy reload --accept-loosening 3f2a91c07d5e`"),
        (None, "`syndic policy reload`"),
    ] {
        let policy = Standing { held: Some(held(by)), ..Standing::default() };
        let health = Vitals { policy, ..Vitals::default() }.judge();
        let remedy = &health.findings.first().unwrap().remedy;
        assert!(remedy.contains(command), "{remedy}");
    }
}

#[test]
fn many_names_are_not_all_named() {
    let half_over = (0..1_000).map(|n| (format!("agent-{n}"), 2)).collect();
    let health = Vitals { half_over, ..Vitals::default() }.judge();
    let told = &health.findings.first().unwrap().told;
    assert_eq!(
        told,
        "2000 requests for approval have waited for more than half the time there is, of agent-0, agent-1, agent-2 \
         and 997 more"
    );
}
