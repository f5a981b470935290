//! The policy ids that are syndic's own.

use syndic_model::PolicyId;

/// Only declared actions and tools.
pub(crate) const TOOL_ACCESS: &str = "tool-access";
/// Only declared capabilities.
pub(crate) const CAPABILITY: &str = "capability";
/// No transaction above the profile's limit.
pub(crate) const TRANSACTION_LIMIT: &str = "transaction-limit";
/// A human is asked above the profile's threshold.
pub(crate) const APPROVAL_THRESHOLD: &str = "approval-threshold";
/// Somebody pressed the stop button.
pub(crate) const AGENT_SUSPENDED: &str = "agent-suspended";
/// Arguments are what the catalogue says.
pub(crate) const SCHEMA: &str = "schema";
/// Not too often.
pub(crate) const RATE_LIMIT: &str = "rate-limit";
/// Not too much over time.
pub(crate) const SPEND_LIMIT: &str = "spend-limit";
/// Nothing permits the action.
pub(crate) const NO_PERMIT: &str = "no-permit";

/// Ids that no file may take: what the engine compiles and answers itself, and what its host answers.
pub const RESERVED: &[&str] = &[
    TOOL_ACCESS,
    CAPABILITY,
    TRANSACTION_LIMIT,
    APPROVAL_THRESHOLD,
    AGENT_SUSPENDED,
    SCHEMA,
    NO_PERMIT,
    "delegation",
    "clock",
    RATE_LIMIT,
    SPEND_LIMIT,
    "ledger",
    "tool-pin",
    "checklist",
    "detection",
];

/// Makes the id of one of the constants above.
#[expect(clippy::expect_used, reason = "the ids are literals in this file, and a test makes each")]
pub(crate) fn reserved(id: &'static str) -> PolicyId {
    id.parse().expect("a reserved id is a policy id")
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_reserved_id_is_a_policy_id() {
        for id in super::RESERVED {
            assert_eq!(super::reserved(id).as_str(), *id);
        }
    }
}
