//! A person votes: under the same lock, through the same write path as a decision.

use serde_json::Value;
use syndic_approval::{Cast, Refused};
use syndic_governance::Governance;
use syndic_ledger::{ApprovalVoted, PartName, Record};
use syndic_model::{ApprovalId, ApprovalStatus, PersonId, Vote, VoteMethod};
use syndic_store::{Entry, Pending, Slot};
use thiserror::Error;

use crate::Gate;
use crate::approval::index::ApprovalError;
use crate::approval::{ApprovalView, Held};
use crate::gate::{WriteFailed, committed};

/// The longest reason, in bytes.
const MOST_REASON: usize = 4096;

/// Who votes, as authentication knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Voter {
    /// The person.
    pub person: PersonId,
    /// How they were known.
    pub method: VoteMethod,
    /// The key, where there was one.
    pub key: Option<String>,
}

/// Says why a vote was not taken.
#[derive(Debug, Error)]
pub enum VoteError {
    /// There is no such request.
    #[error(transparent)]
    Lookup(#[from] ApprovalError),
    /// It is not one this person may give now.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody can tell how long the approval would hold.
    #[error("the host's clock stepped back; approve once it is right again")]
    Clock,
    /// Too long.
    #[error("the reason has more than {MOST_REASON} bytes")]
    LongReason,
    /// It cannot be recorded, so it does not count.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Takes a vote, once its record is on disk. Who may vote is judged now, by the files in force.
    ///
    /// # Errors
    /// When it is not this person's to give, is no longer asked for, or cannot be recorded.
    pub async fn vote(
        &self,
        voter: &Voter,
        id: ApprovalId,
        vote: Vote,
        reason: Option<&str>,
    ) -> Result<ApprovalView, VoteError> {
        let reason =
            reason.map(readable).filter(|reason| reason.chars().any(char::is_alphanumeric));
        let reason = reason.as_deref();
        if reason.is_some_and(|reason| reason.len() > MOST_REASON) {
            return Err(VoteError::LongReason);
        }
        if vote == Vote::Approve && !self.read_clock().sane {
            return Err(VoteError::Clock);
        }
        let slot = self.reserve()?;
        let Some((cast, pending)) = self.take_vote(voter, id, vote, reason, slot)? else {
            return Err(self.vote_too_late(id).await);
        };
        let written = committed(pending).await;
        self.settle_vote(id, cast, reason, written.is_ok());
        written?;
        Ok(self.approval(id).await?)
    }

    /// Takes a vote under the lock; nothing where the request is out of mind.
    fn take_vote(
        &self,
        voter: &Voter,
        id: ApprovalId,
        vote: Vote,
        reason: Option<&str>,
        slot: Slot,
    ) -> Result<Option<(Cast, Pending)>, Refused> {
        let mut state = self.state();
        let governance = self.governance();
        let known = self.names(&governance, voter);
        let now = self.now();
        let Some(held) = state.approvals.get(id) else { return Ok(None) };
        let approvers = &governance.approvers;
        let cast = held.approval.vote(&known, vote, reason.is_some(), approvers, now)?;
        let entry = entry(held, voter, &cast, reason);
        state.approvals.vote(id, cast.clone());
        Ok(Some((cast, slot.enqueue(entry))))
    }

    /// Says what became of a request that is out of mind.
    async fn vote_too_late(&self, id: ApprovalId) -> VoteError {
        match self.approval(id).await {
            Ok(view) => Refused::Ended(view.status).into(),
            Err(error) => error.into(),
        }
    }

    /// Lets a vote be known that is on disk; one that is not leaves nothing behind.
    fn settle_vote(&self, id: ApprovalId, cast: Cast, reason: Option<&str>, written: bool) {
        let mut state = self.state();
        let Some(held) = state.approvals.get_mut(id) else { return };
        if !written {
            held.take_back();
            return;
        }
        if cast.ballot.vote == Vote::Reject {
            held.reason = reason.map(str::to_owned);
        }
        let ended = cast.ended;
        held.show_step(|shown| shown.apply(cast));
        if let Some(status) = ended {
            self.metrics.approval(&held.decision.agent, status, held.waited());
        }
    }

    /// Puts together under which names the state machine knows a voter.
    pub(crate) fn names(&self, governance: &Governance, voter: &Voter) -> syndic_approval::Voter {
        let person = governance.approvers.people.get(&voter.person);
        let mut names = person.map(|person| person.names()).unwrap_or_default();
        names.insert(voter.person.as_str().to_lowercase());
        let users: Vec<String> = names.iter().map(|name| self.user_name(name)).collect();
        names.extend(users);
        syndic_approval::Voter { person: voter.person.clone(), names, method: voter.method }
    }
}

/// Leaves out of a reason, which the agent reads, what cannot be seen or turns text around.
fn readable(reason: &str) -> String {
    let unseen = |c: &char| {
        (c.is_control() && !matches!(c, '\n' | '\t'))
            || matches!(u32::from(*c), 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF)
    };
    reason.chars().filter(|c| !unseen(c)).collect::<String>().trim().to_owned()
}

fn entry(held: &Held, voter: &Voter, cast: &Cast, reason: Option<&str>) -> Entry {
    let ballot = &cast.ballot;
    let voted = ApprovalVoted {
        id: held.id.to_string(),
        person: ballot.person.to_string(),
        method: ballot.method.to_string(),
        key: voter.key.clone(),
        vote: ballot.vote.to_string(),
        groups: ballot.groups.iter().map(ToString::to_string).collect(),
        ended: cast.ended.map(|status: ApprovalStatus| status.to_string()),
    };
    let part = |reason: &str| (PartName::Reason, Value::from(reason).to_string());
    Entry {
        record: Record::ApprovalVoted(voted),
        at: ballot.at,
        parts: reason.map(part).into_iter().collect(),
        subject: held.subject,
    }
}
