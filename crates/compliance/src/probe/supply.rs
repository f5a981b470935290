//! SUP: models, tools and agents that are known.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Inventory completeness.
    Probe { id: "SUP-01", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Bill of materials.
    Probe { id: "SUP-02", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
    // Tool definition drift.
    Probe { id: "SUP-03", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Model identity.
    Probe { id: "SUP-04", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Signature checks.
    Probe { id: "SUP-05", version: 1, fresh_for_days: 7, rule: Err("this is not measured") },
];
