//! TRN: what people are told.

use super::stated::stated;
use super::{Found, Probe};
use crate::Evidence;

pub(super) const PROBES: &[Probe] = &[
    Probe {
        id: "TRN-01",
        version: 1,
        fresh_for_days: 1,
        rule: Err(
            "this runtime does not see what is shown to people, so it cannot tell whether they were told in time",
        ),
    },
    Probe { id: "TRN-02", version: 1, fresh_for_days: 30, rule: Ok(text) },
    Probe {
        id: "TRN-03",
        version: 1,
        fresh_for_days: 7,
        rule: Err("this runtime puts no marks on what agents make, and reads none"),
    },
    Probe { id: "TRN-04", version: 1, fresh_for_days: 180, rule: Ok(instructions) },
];

/// Disclosure text version.
fn text(evidence: &Evidence<'_>) -> Found {
    stated(
        evidence,
        &["ai_disclosure_text", "users_informed_of_ai"],
        "what people are told is stated; whether they see it is not measured",
        "nobody states what people are told; `syndic attest` puts `ai_disclosure_text` on record",
    )
}

/// Instructions for use.
fn instructions(evidence: &Evidence<'_>) -> Found {
    stated(
        evidence,
        &["instructions_for_use"],
        "instructions for use are stated; what is in them is not measured",
        "nobody states that there are instructions for use; `syndic attest` puts `instructions_for_use` on record",
    )
}
