//! ACC: tests, drills and how calls end.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Evaluation run.
    Probe { id: "ACC-01", version: 1, fresh_for_days: 90, rule: Err("this is not measured") },
    // Adversarial run.
    Probe { id: "ACC-02", version: 1, fresh_for_days: 90, rule: Err("this is not measured") },
    // Drift.
    Probe { id: "ACC-03", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
    // Outcome rate.
    Probe { id: "ACC-04", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Fail-safe test.
    Probe { id: "ACC-05", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
    // Limit and breaker test.
    Probe { id: "ACC-06", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
    // Alert test.
    Probe { id: "ACC-07", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
    // Sandbox probe.
    Probe { id: "ACC-08", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
    // Output filter probe.
    Probe { id: "ACC-09", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
];
