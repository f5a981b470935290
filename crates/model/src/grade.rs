//! How unavoidable the gate is on a given path.

use std::str::FromStr;

use crate::risk::words;

words! {
    /// How unavoidable the gate is, by where it sits; recorded with every action.
    EnforcementGrade, "enforcement grade", "advisory, cooperative, in-path, exclusive":
    /// A wrapper or SDK in the agent's own process.
    Advisory = "advisory",
    /// A hook the host calls, or an HTTP caller that asks.
    Cooperative = "cooperative",
    /// A proxy carries the call.
    InPath = "in-path",
    /// Only syndic holds the tool's credential, or the tool verifies the permit.
    Exclusive = "exclusive",
}
