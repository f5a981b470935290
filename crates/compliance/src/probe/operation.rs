//! OPS: bounds and metrics.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Spend and session bounds.
    Probe { id: "OPS-01", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Dashboard and metrics up.
    Probe { id: "OPS-02", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
];
