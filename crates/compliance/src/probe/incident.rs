//! INC: incidents and violations.

use super::Probe;

pub(super) const PROBES: &[Probe] = &[
    // Incident clocks.
    Probe { id: "INC-01", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Incident drill.
    Probe { id: "INC-02", version: 1, fresh_for_days: 365, rule: Err("this is not measured") },
    // Violations and alerts.
    Probe { id: "INC-03", version: 1, fresh_for_days: 1, rule: Err("this is not measured") },
    // Corrective actions.
    Probe { id: "INC-04", version: 1, fresh_for_days: 30, rule: Err("this is not measured") },
];
