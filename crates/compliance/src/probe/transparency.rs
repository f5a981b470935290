//! TRN: what people are told.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Disclosure delivered.
    Probe { id: "TRN-01", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Disclosure text version.
    Probe { id: "TRN-02", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
    // Output marking.
    Probe { id: "TRN-03", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
    // Instructions for use.
    Probe { id: "TRN-04", version: 1, fresh_for_days: 180, rule: Err("this is not measured") },
];
