//! POL: policy in force.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Active policy hash.
    Probe { id: "POL-01", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Policy tests.
    Probe { id: "POL-02", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
    // Default decision probe.
    Probe { id: "POL-03", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
    // Decisions by effect.
    Probe { id: "POL-04", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Policy change control.
    Probe { id: "POL-05", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Enforcement mode.
    Probe { id: "POL-06", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Bypass canary.
    Probe { id: "POL-07", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
    // Least agency.
    Probe { id: "POL-08", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
    // Limits in force.
    Probe { id: "POL-09", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
];
