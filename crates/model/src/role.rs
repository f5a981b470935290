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

    /// Returns the id under which the caller acts as `agent`. A key that may act as any agent, which only the local
    /// socket gives, is another one for each: what one agent opens is not the next one's.
    #[must_use]
    pub fn key_as(&self, agent: &AgentId) -> String {
        if let Self::Agent { key, agent: None, .. } = self {
            return format!("{key}:{agent}");
        }
        self.key().to_owned()
    }

    /// Tells whether something that was asked for under `key` is this caller's.
    #[must_use]
    pub fn owns(&self, key: &str) -> bool {
        if let Self::Agent { key: own, agent: None, .. } = self {
            return key.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with(':'));
        }
        self.key() == key
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
