//! What people are asked.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use syndic_model::{ACTING_USER, Approvers, GroupName, PersonId, RiskLevel};

/// A request for approval, as it was opened; it never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// Who is asked; each factor must be met, each by people of its own.
    pub factors: Vec<Factor>,
    /// How many different people must approve altogether.
    pub people: u8,
    /// Names of those who answer for the agent and the agents behind it; they never vote.
    pub barred: BTreeSet<String>,
    /// The name of the user the agent acts for, who votes for the factor `acting-user` and no other.
    pub user: Option<String>,
    /// The highest risk level behind it.
    pub risk: RiskLevel,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it ends unanswered.
    pub expires: Timestamp,
}

/// One group that must agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Factor {
    /// The group.
    pub group: GroupName,
    /// How many of it must approve, from 1.
    pub approvals: u8,
    /// How many of it must reject before that is final, from 1.
    pub rejections: u8,
}

impl Request {
    /// Tells whether a key is needed to vote, rather than a link in a message, which an agent might read.
    #[must_use]
    pub fn needs_key(&self) -> bool {
        self.risk >= RiskLevel::High
    }

    /// Tells whether somebody known under `names` answers for the agent, or is the user it acts for.
    pub(crate) fn bars(&self, names: &BTreeSet<String>) -> Bar {
        if !self.barred.is_disjoint(names) {
            return Bar::Owner;
        }
        match &self.user {
            Some(user) if names.contains(user) => Bar::User,
            _ => Bar::None,
        }
    }

    /// Returns the factors that somebody may vote for at `now`.
    pub(crate) fn open_to(
        &self,
        person: &PersonId,
        names: &BTreeSet<String>,
        approvers: &Approvers,
        now: Timestamp,
    ) -> BTreeSet<GroupName> {
        let waited = now.duration_since(self.opened).max(SignedDuration::ZERO);
        let bar = self.bars(names);
        let open = |factor: &&Factor| match (bar, factor.group.as_str() == ACTING_USER) {
            (Bar::Owner, _) | (Bar::User, false) | (Bar::None, true) => false,
            (Bar::User, true) => approvers.people.contains_key(person),
            (Bar::None, false) => approvers.may_vote(&factor.group, person, waited),
        };
        self.factors.iter().filter(open).map(|factor| factor.group.clone()).collect()
    }
}

/// Why somebody may not vote on it like everybody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bar {
    /// They answer for an agent of the chain.
    Owner,
    /// The agent acts for them.
    User,
    None,
}
