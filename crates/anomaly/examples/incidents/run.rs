//! Traffic through a baseline, and what it tells.

use std::time::Instant;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use syndic_anomaly::{Act, Alarm, Baseline, Moment, Settings, Signal};
use syndic_model::LocalTime;

use crate::chance::Chance;
use crate::incident::Incident;
use crate::kind::{Did, Kind};

const THRESHOLD: u8 = 80;
const QUIET_DAYS: i64 = 63;
pub(crate) const SIGNALS: [&str; 5] = ["rate", "denials", "hours", "amount", "novelty"];

/// Weeks in which nothing happens.
pub(crate) struct Quiet {
    /// How many alarms of each signal there were.
    pub(crate) alarms: [u32; 5],
    /// After the warm-up.
    pub(crate) days: f64,
    /// Which share of the actions was assessed at the threshold or above.
    pub(crate) held: f64,
    /// How large the baseline became.
    pub(crate) bytes: usize,
}

/// An incident that was told.
pub(crate) struct Detected {
    pub(crate) minutes: f64,
    /// How many actions were part of it up to then.
    pub(crate) actions: u32,
    pub(crate) signal: &'static str,
    pub(crate) told: String,
}

pub(crate) fn quiet(kind: Kind, seed: u64) -> Quiet {
    // Business grows a little.
    let traffic =
        kind.traffic(QUIET_DAYS, &mut Chance::new(seed), |day| 1.002_f64.powi(day as i32));
    let (mut baseline, mut alarm) = new();
    let (mut alarms, mut held, mut bytes) = ([0; 5], 0.0, 0);
    for did in &traffic {
        held += f64::from(u8::from(baseline.assess_act(&act(did)).score() >= THRESHOLD));
        for (signal, told) in pass(&mut baseline, &mut alarm, did) {
            if std::env::var_os("SHOW").is_some() {
                println!("  {} {seed} {}: {signal}: {told}", kind.name(), timestamp(did.second));
            }
            alarms[signal as usize] += 1;
        }
        bytes = bytes.max(baseline.bytes());
    }
    let days = (QUIET_DAYS - i64::from(Settings::default().warm_up_days)) as f64;
    Quiet { alarms, days, held: held / traffic.len() as f64, bytes }
}

pub(crate) fn hit(kind: Kind, incident: Incident, seed: u64) -> Option<Detected> {
    let (traffic, begins) = incident.traffic(kind, &mut Chance::new(seed));
    let (mut baseline, mut alarm) = new();
    let mut actions = 0;
    for did in &traffic {
        actions += u32::from(did.evil);
        for (signal, told) in pass(&mut baseline, &mut alarm, did) {
            if did.second >= begins && incident.is_told_by(signal) {
                let minutes = (did.second - begins) as f64 / 60.0;
                return Some(Detected { minutes, actions, signal: SIGNALS[signal as usize], told });
            }
        }
    }
    None
}

/// Returns the nanoseconds that looking at one action takes, after nine weeks; the median of a hundred times a
/// thousand.
pub(crate) fn cost() -> u128 {
    let traffic = Kind::Office.traffic(QUIET_DAYS, &mut Chance::new(1), |_| 1.0);
    let mut baseline = Baseline::new(Settings::default());
    for did in &traffic {
        baseline.observe(&act(did));
    }
    let last: Vec<Act<'_>> = traffic.iter().rev().take(1_000).map(act).collect();
    let mut took: Vec<u128> = (0..100)
        .map(|_| {
            let begun = Instant::now();
            let scores: u32 =
                last.iter().map(|act| u32::from(baseline.assess_act(act).score())).sum();
            std::hint::black_box(scores);
            begun.elapsed().as_nanos() / 1_000
        })
        .collect();
    took.sort_unstable();
    took[50]
}

fn new() -> (Baseline, Alarm) {
    (Baseline::new(Settings::default()), Alarm::new(THRESHOLD, 6))
}

/// Observes an action, and returns what was raised by it.
fn pass(baseline: &mut Baseline, alarm: &mut Alarm, did: &Did) -> Vec<(Signal, String)> {
    let act = act(did);
    baseline.observe(&act);
    let changes = alarm.step(timestamp(did.second), &baseline.assess(act.at));
    changes
        .into_iter()
        .filter(|change| change.raised)
        .map(|change| (change.signal, change.told))
        .collect()
}

fn act(did: &Did) -> Act<'_> {
    let at = timestamp(did.second);
    Act {
        at: Moment::new(at, LocalTime::at(at, &TimeZone::UTC)),
        action: did.action,
        denied: did.denied,
        amount: did.amount.map(|amount| (amount, "USD")),
        recipients: &did.recipients,
    }
}

fn timestamp(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}
