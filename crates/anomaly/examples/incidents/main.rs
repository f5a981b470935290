//! How soon incidents are told, and how often nothing happened: weeks of made-up traffic, by seeds.
//!
//! `cargo xtask eval anomaly [--json]` calls this. Thresholds were chosen on the tuning seeds; the held-out ones were
//! looked at afterwards.

#![expect(
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "an evaluation prints its rows, and looks at nothing but what it made itself"
)]

mod chance;
mod incident;
mod kind;
mod run;

use std::process::ExitCode;

use serde_json::json;

use crate::incident::Incident;
use crate::kind::Kind;
use crate::run::{Detected, Quiet, hit, quiet};

const SEEDS: [(&str, std::ops::Range<u64>); 2] = [("tuning", 1..17), ("held-out", 301..317)];

fn main() -> ExitCode {
    let as_json = std::env::args().any(|argument| argument == "--json");
    let tuning_only = std::env::args().any(|argument| argument == "--tuning");
    let mut missed = 0;
    for (set, seeds) in SEEDS.iter().take(if tuning_only { 1 } else { 2 }) {
        for kind in Kind::ALL {
            missed += usize::from(!tell_quiet(as_json, set, kind, seeds.clone()));
            for incident in Incident::ALL.into_iter().filter(|one| one.applies(kind)) {
                missed += usize::from(!tell_incident(as_json, set, kind, incident, seeds.clone()));
            }
        }
    }
    tell_cost(as_json);
    if missed > 0 {
        println!("{missed} rows miss their goal");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}

/// Tells how often something was told while nothing happened.
fn tell_quiet(as_json: bool, set: &str, kind: Kind, seeds: std::ops::Range<u64>) -> bool {
    let runs: Vec<Quiet> = seeds.map(|seed| quiet(kind, seed)).collect();
    let days: f64 = runs.iter().map(|run| run.days).sum();
    let of = |signal: usize| runs.iter().map(|run| run.alarms[signal]).sum::<u32>();
    let by: Vec<_> = run::SIGNALS
        .iter()
        .enumerate()
        .map(|(at, name)| (*name, f64::from(of(at)) / days))
        .collect();
    let all: f64 = by.iter().map(|(_, rate)| rate).sum();
    let most = runs.iter().map(|run| run.bytes).max().unwrap_or(0);
    let held = runs.iter().map(|run| run.held).sum::<f64>() / runs.len() as f64;
    let pass = all <= 0.1;
    if as_json {
        println!(
            "{}",
            json!({
                "bench": "anomaly", "set": set, "agent": kind.name(), "incident": "none",
                "false_alarms_a_day": all, "by_signal": by.iter().copied().collect::<std::collections::BTreeMap<_, _>>(),
                "actions_at_80_or_more": held, "days": days, "bytes": most, "goal": 0.1, "pass": pass,
            })
        );
    } else {
        let by: Vec<_> = by
            .iter()
            .filter(|(_, rate)| *rate > 0.0)
            .map(|(name, rate)| format!("{name} {rate:.3}"))
            .collect();
        println!(
            "{} {set:8} {:10} false alarms a day {all:.3} ({}), {:.3} % of actions at 80 or more, {:.0} days, {most} bytes",
            if pass { "pass" } else { "MISS" },
            kind.name(),
            by.join(", "),
            held * 100.0,
            days
        );
    }
    pass
}

/// Tells how soon an incident was told. Four of five are to be within the goal.
fn tell_incident(
    as_json: bool,
    set: &str,
    kind: Kind,
    incident: Incident,
    seeds: std::ops::Range<u64>,
) -> bool {
    let mut hits: Vec<Option<Detected>> = seeds.map(|seed| hit(kind, incident, seed)).collect();
    let all = hits.len();
    hits.sort_by(|one, other| minutes(one.as_ref()).total_cmp(&minutes(other.as_ref())));
    let (middle, last) = (hits[all / 2].as_ref(), hits[all - 1].as_ref());
    let found: Vec<_> = hits.iter().flatten().collect();
    let soon =
        hits.iter().filter(|hit| minutes(hit.as_ref()) <= incident.goal_minutes(kind)).count();
    let pass = soon * 5 >= all * 4;
    let mut signals: Vec<&str> = found.iter().map(|found| found.signal).collect();
    signals.sort_unstable();
    signals.dedup();
    let actions = |one: Option<&Detected>| one.map(|found| found.actions);
    let told = middle.map_or("-", |found| found.told.as_str());
    if as_json {
        println!(
            "{}",
            json!({
                "bench": "anomaly", "set": set, "agent": kind.name(), "incident": incident.name(),
                "found": found.len(), "in_time": soon, "of": all, "median_minutes": finite(minutes(middle)), "worst_minutes": finite(minutes(last)),
                "median_actions": actions(middle), "worst_actions": actions(last), "signals": signals, "told": told,
                "goal_minutes": finite(incident.goal_minutes(kind)), "pass": pass,
            })
        );
    } else {
        println!(
            "{} {set:8} {:10} {:8} {}/{all} in {} (worst {}), {:?} actions (worst {:?}), by {}: {told}",
            if pass { "pass" } else { "MISS" },
            kind.name(),
            incident.name(),
            found.len(),
            span(minutes(middle)),
            span(minutes(last)),
            actions(middle).unwrap_or(0),
            actions(last).unwrap_or(0),
            signals.join("+")
        );
    }
    pass
}

/// Tells what it costs to look at an action that is about to be decided.
fn tell_cost(as_json: bool) {
    let nanoseconds = run::cost();
    if as_json {
        println!(
            "{}",
            json!({"bench": "anomaly", "subject": "assess_act", "nanoseconds": nanoseconds})
        );
    } else {
        println!("looking at one action costs {nanoseconds} ns");
    }
}

fn minutes(hit: Option<&Detected>) -> f64 {
    hit.map_or(f64::INFINITY, |found| found.minutes)
}

fn finite(minutes: f64) -> Option<f64> {
    minutes.is_finite().then_some((minutes * 10.0).round() / 10.0)
}

fn span(minutes: f64) -> String {
    if !minutes.is_finite() {
        "never".to_owned()
    } else if minutes < 90.0 {
        format!("{minutes:.1} min")
    } else if minutes < 2_880.0 {
        format!("{:.1} h", minutes / 60.0)
    } else {
        format!("{:.1} days", minutes / 1_440.0)
    }
}
