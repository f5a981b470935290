//! LOG: what the log shows of itself.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Oldest retained record.
    Probe { id: "LOG-01", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Chain and tree verified.
    Probe { id: "LOG-02", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Sequence gaps.
    Probe { id: "LOG-03", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Coverage of governed calls.
    Probe { id: "LOG-04", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Dropped events.
    Probe { id: "LOG-05", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Retention setting and deletions.
    Probe { id: "LOG-06", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Checkpoint witnessed.
    Probe { id: "LOG-07", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Clock trust.
    Probe { id: "LOG-08", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
    // Restore drill.
    Probe { id: "LOG-09", version: 1, fresh_for_days: 180, rule: Err("this is not measured") },
    // Record completeness.
    Probe { id: "LOG-10", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Write failure behaviour.
    Probe { id: "LOG-11", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
    // Export readability.
    Probe { id: "LOG-12", version: 1, fresh_for_days: 90, rule: Err("this is not measured") },
];
