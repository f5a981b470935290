//! HUM: people who decide.

mod answers;
mod gate;

use answers::{approvals, attention, duties, overseers, response};
use gate::{bound, coverage, overrides};

use super::Probe;
use super::drill::drill;

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "HUM-01", version: 1, fresh_for_days: 1, rule: Ok(approvals) },
    Probe { id: "HUM-02", version: 1, fresh_for_days: 1, rule: Ok(response) },
    Probe { id: "HUM-03", version: 1, fresh_for_days: 7, rule: Ok(attention) },
    Probe { id: "HUM-04", version: 1, fresh_for_days: 1, rule: Ok(duties) },
    Probe {
        id: "HUM-05",
        version: 1,
        fresh_for_days: 90,
        rule: Ok(|all| drill(all, "override").enforced()),
    },
    Probe { id: "HUM-06", version: 1, fresh_for_days: 1, rule: Ok(overrides) },
    Probe { id: "HUM-07", version: 1, fresh_for_days: 1, rule: Ok(bound) },
    Probe { id: "HUM-08", version: 1, fresh_for_days: 30, rule: Ok(overseers) },
    Probe { id: "HUM-09", version: 1, fresh_for_days: 1, rule: Ok(coverage) },
];
