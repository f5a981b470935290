//! RSK: risks that are written down.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Risk register state.
    Probe { id: "RSK-01", version: 1, fresh_for_days: 180, rule: Err("this is not measured") },
    // Risk to control links.
    Probe { id: "RSK-02", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
    // Classification record.
    Probe { id: "RSK-03", version: 1, fresh_for_days: 365, rule: Err("this is not measured") },
    // Post-deployment review.
    Probe { id: "RSK-04", version: 1, fresh_for_days: 90, rule: Err("this is not measured") },
];
