//! Who may talk to syndic.

use std::str::FromStr;

use crate::risk::words;
use crate::{AgentId, EnforcementGrade};

words! {
    /// What a key may do.
    Role, "role", "agent, approver, auditor, admin":
    /// Submits actions, only as its own agent.
    Agent = "agent",
    /// Votes, as one person.
    Approver = "approver",
    /// Reads everything, changes nothing.
    Auditor = "auditor",
    /// Manages keys, agents and the log; never submits or votes.
    Admin = "admin",
}

/// Who asks: made by authentication alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// An agent, by a key bound to it or through the local socket.
    Agent {
        /// The key's id, or `local`.
        key: String,
        /// The agent it may act as; `None` where the socket's peer may name any.
        agent: Option<AgentId>,
        /// How unavoidable the gate is on this path.
        grade: EnforcementGrade,
    },
    /// A person who votes.
    Approver {
        /// The key's id.
        key: String,
        /// The person.
        person: String,
    },
    /// Somebody who reads.
    Auditor {
        /// The key's id.
        key: String,
    },
    /// Somebody who manages.
    Admin {
        /// The key's id.
        key: String,
    },
}

impl Caller {
    /// Returns the id of the key, for records.
    #[must_use]
    pub fn key(&self) -> &str {
        match self {
            Self::Agent { key, .. }
            | Self::Approver { key, .. }
            | Self::Auditor { key }
            | Self::Admin { key } => key,
        }
    }

    /// Returns the role.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::Agent { .. } => Role::Agent,
            Self::Approver { .. } => Role::Approver,
            Self::Auditor { .. } => Role::Auditor,
            Self::Admin { .. } => Role::Admin,
        }
    }
}
