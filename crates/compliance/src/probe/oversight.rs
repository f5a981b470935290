//! HUM: people who decide.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Approvals.
    Probe { id: "HUM-01", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Response time.
    Probe { id: "HUM-02", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Attention signals.
    Probe { id: "HUM-03", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
    // Separation of duties.
    Probe { id: "HUM-04", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Override drill.
    Probe { id: "HUM-05", version: 1, fresh_for_days: 90, rule: Err("this is not measured") },
    // Override used.
    Probe { id: "HUM-06", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Approval bound to action.
    Probe { id: "HUM-07", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Overseer assignment.
    Probe { id: "HUM-08", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
    // Gate coverage.
    Probe { id: "HUM-09", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
];
