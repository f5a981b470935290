//! DAT: data that is read, sent and kept.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Data statements.
    Probe { id: "DAT-01", version: 1, fresh_for_days: 180, rule: Err("this is not measured") },
    // Sensitive data seen.
    Probe { id: "DAT-02", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Data access decisions.
    Probe { id: "DAT-03", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Recipients and transfers.
    Probe { id: "DAT-04", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Memory writes.
    Probe { id: "DAT-05", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Erasure and retention jobs.
    Probe { id: "DAT-06", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
    // Encryption state.
    Probe { id: "DAT-07", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
];
