//! What is tried out on the running system.

use std::str::FromStr;

use crate::risk::words;

words! {
    /// What is tried out on the running system.
    DrillKind, "drill", "override, fail-closed, canary, restore, export, limit, output-filter, incident":
    /// An agent is stopped, and what it asks for meanwhile is refused.
    Override = "override",
    /// A ledger that cannot be written refuses what would be allowed.
    FailClosed = "fail-closed",
    /// Tools refuse who does not come through the gateway.
    Canary = "canary",
    /// A backup can be restored, and verifies.
    Restore = "restore",
    /// An export verifies without the server.
    Export = "export",
    /// What is above a limit over time is refused by it.
    Limit = "limit",
    /// What the filter of an action's results looks for does not come out.
    OutputFilter = "output-filter",
    /// An incident is opened, the agent stopped, and what happened told with proofs.
    Incident = "incident",
}

impl DrillKind {
    /// Tells whether it stops one agent, so that it must be known which.
    #[must_use]
    pub const fn stops_one(self) -> bool {
        matches!(self, Self::Override | Self::Incident)
    }
}

/// How an address answers who has no credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Knocked {
    /// It does not: nothing listens there, nothing answers in time, or credentials are asked for.
    Refused(String),
    /// It lets anybody in.
    Open(String),
    /// It could not be tried, so nothing is known.
    Untried(String),
}
