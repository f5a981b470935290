//! A request as people see it in a list.

use std::collections::BTreeSet;

use jiff::Timestamp;
use syndic_approval::{Approval, Progress};
use syndic_model::{
    ApprovalId, ApprovalState, ApprovalStatus, CheckResult, EventId, PersonId, RiskLevel, Vote,
    VoteMethod,
};

use crate::approval::Held;

/// A request for approval, pending or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApprovalView {
    /// Its id.
    pub id: ApprovalId,
    /// The held action.
    pub action_id: EventId,
    /// What became of it.
    pub status: ApprovalStatus,
    /// Who wants to act.
    pub agent: String,
    /// Who answers for the agent.
    pub owner: Option<String>,
    /// What it wants to do.
    pub action: String,
    /// Through which tool.
    pub tool: Option<String>,
    /// The session, claimed.
    pub session: Option<String>,
    /// The key that asked.
    pub asked_by: String,
    /// The agents it acts for.
    pub chain: Vec<String>,
    /// The highest risk behind it.
    pub risk: RiskLevel,
    /// How unavoidable the gate is on this path.
    pub grade: String,
    /// The policies that hold it.
    pub policies: BTreeSet<String>,
    /// How much money, as in `150 USD`.
    pub amount: Option<String>,
    /// How many people are affected.
    pub affected_people: Option<u64>,
    /// How many recipients it has, as far as they are counted.
    pub recipients: usize,
    /// When it was opened.
    pub opened: Timestamp,
    /// When it ends unanswered.
    pub expires: Timestamp,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// Until when an approval may be used.
    pub usable_until: Option<Timestamp>,
    /// The action that used it up.
    pub used_by: Option<EventId>,
    /// Who must agree, and how far that is.
    pub progress: Vec<Progress>,
    /// How many different people must approve altogether.
    pub people: u8,
    /// Who voted, in order.
    pub votes: Vec<BallotView>,
    /// Why it was rejected, in the words of who did; `None` where that is not at hand.
    pub reason: Option<String>,
    /// Names of those who may not vote since they answer for it, without case.
    pub barred: BTreeSet<String>,
}

/// What somebody said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BallotView {
    /// Who.
    pub person: PersonId,
    /// What.
    pub vote: Vote,
    /// How they were known.
    pub method: VoteMethod,
    /// When.
    pub at: Timestamp,
}

impl ApprovalView {
    /// Describes a request; nothing before it is on disk.
    pub(crate) fn of(held: &Held) -> Option<Self> {
        held.shown.as_ref().map(|shown| describe(held, shown))
    }

    /// Returns what the waiting agent may know.
    #[must_use]
    pub fn state(&self) -> ApprovalState {
        let expires_at = self.usable_until.or(self.ended).unwrap_or(self.expires);
        ApprovalState { id: self.id, status: self.status, expires_at, reason: self.reason.clone() }
    }

    /// Tells whether a key is needed to vote, rather than a link in a message.
    #[must_use]
    pub fn needs_key(&self) -> bool {
        self.risk >= RiskLevel::High
    }
}

fn describe(held: &Held, shown: &Approval) -> ApprovalView {
    let (decision, request) = (&held.decision, shown.request());
    let held_by = decision
        .violations
        .iter()
        .filter(|violation| violation.result == CheckResult::Held.as_str() && !violation.shadow);
    let counted = &decision.counted;
    let votes = shown.ballots().iter().map(|ballot| BallotView {
        person: ballot.person.clone(),
        vote: ballot.vote,
        method: ballot.method,
        at: ballot.at,
    });
    ApprovalView {
        id: held.id,
        action_id: held.event,
        status: shown.status(),
        agent: decision.agent.clone(),
        owner: decision.owner.clone(),
        action: decision.action.clone(),
        tool: decision.tool.clone(),
        session: decision.session.clone(),
        asked_by: decision.asked_by.clone(),
        chain: decision.chain.clone(),
        risk: request.risk,
        grade: decision.grade.clone(),
        policies: held_by.map(|violation| violation.policy.clone()).collect(),
        amount: counted.amount.as_ref().map(|amount| match &counted.currency {
            Some(currency) => format!("{amount} {currency}"),
            None => amount.clone(),
        }),
        affected_people: counted.affected_people,
        recipients: counted.recipients.len(),
        opened: request.opened,
        expires: request.expires,
        ended: shown.ended(),
        usable_until: shown.usable_until(),
        used_by: shown.used(),
        progress: shown.progress(),
        people: request.people,
        votes: votes.collect(),
        reason: held.reason.clone().filter(|_| shown.status() == ApprovalStatus::Rejected),
        barred: request.barred.clone(),
    }
}
