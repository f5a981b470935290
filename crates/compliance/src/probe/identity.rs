//! IDN: who calls.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Authenticated calls.
    Probe { id: "IDN-01", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Credential age.
    Probe { id: "IDN-02", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Delegation.
    Probe { id: "IDN-03", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Peer messages.
    Probe { id: "IDN-04", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
];
