//! The state machine: pending, then approved, rejected, timeout or cancelled, and never anything else after.

use jiff::Timestamp;
use syndic_model::{
    ApprovalStatus, Approvers, EventId, PersonId, RiskLevel, USABLE_FOR, Vote, VoteMethod,
};
use thiserror::Error;

use crate::quorum::{self, Progress};
use crate::request::Bar;
use crate::{Ballot, Cast, Refused, Request, Voter};

/// A request and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approval {
    request: Request,
    ballots: Vec<Ballot>,
    status: ApprovalStatus,
    ended: Option<Timestamp>,
    used: Option<EventId>,
}

/// It has ended, and ends but once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the request {} already", .0.as_predicate())]
pub struct Ended(pub ApprovalStatus);

/// Says why an approval cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unusable {
    /// It was not given.
    #[error("the request {}; it is not approved", .0.as_predicate())]
    Status(ApprovalStatus),
    /// One approval, one action.
    #[error("the approval was used already")]
    Used,
    /// Too late.
    #[error("the approval was given more than {} s ago", USABLE_FOR.as_secs())]
    Late,
}

impl Approval {
    /// Opens a request.
    #[must_use]
    pub const fn open(request: Request) -> Self {
        Self {
            request,
            ballots: Vec::new(),
            status: ApprovalStatus::Pending,
            ended: None,
            used: None,
        }
    }

    /// Takes up a request as its parts tell it: what [`Self::request`], [`Self::ballots`], [`Self::status`],
    /// [`Self::ended`] and [`Self::used`] returned.
    #[must_use]
    pub const fn resume(
        request: Request,
        ballots: Vec<Ballot>,
        status: ApprovalStatus,
        ended: Option<Timestamp>,
        used: Option<EventId>,
    ) -> Self {
        Self { request, ballots, status, ended, used }
    }

    /// Takes a vote, or says why not. Whether somebody may vote is judged now, by the `approvers` of now; so is
    /// whether earlier votes still count.
    ///
    /// # Errors
    /// When the vote is not taken; nothing has changed then.
    pub fn vote(
        &self,
        voter: &Voter,
        vote: Vote,
        has_reason: bool,
        approvers: &Approvers,
        now: Timestamp,
    ) -> Result<Cast, Refused> {
        if self.status != ApprovalStatus::Pending {
            return Err(Refused::Ended(self.status));
        }
        if now >= self.request.expires {
            return Err(Refused::Ended(ApprovalStatus::Timeout));
        }
        let person = &voter.person;
        let groups = self.request.open_to(person, &voter.names, approvers, now);
        if groups.is_empty() {
            return Err(self.not_open_to(voter, approvers));
        }
        if self.request.needs_key() && matches!(voter.method, VoteMethod::Link | VoteMethod::Slack)
        {
            return Err(Refused::TooWeak(self.request.risk));
        }
        if !has_reason && (vote == Vote::Reject || self.request.risk >= RiskLevel::High) {
            return Err(Refused::ReasonNeeded(vote));
        }
        if self.ballots.iter().any(|cast| cast.person == *person && cast.vote == vote) {
            return Err(Refused::Twice(person.clone()));
        }
        let ballot = Ballot { person: person.clone(), vote, method: voter.method, groups, at: now };
        let ended = self.decided_with(&ballot, approvers, now);
        Ok(Cast { ballot, ended })
    }

    fn not_open_to(&self, voter: &Voter, approvers: &Approvers) -> Refused {
        let person = voter.person.clone();
        match self.request.bars(&voter.names) {
            Bar::Owner => Refused::SelfApproval(
                person,
                "they answer for the agent, or for one it acts for; somebody else of the group decides",
            ),
            Bar::User => Refused::SelfApproval(person, "the agent acts for them"),
            Bar::None if approvers.people.contains_key(&person) => Refused::NotAsked(
                person,
                "they are in no group that this request asks at this time",
            ),
            Bar::None => Refused::NotAsked(person, "they are in no file of `approvers/`"),
        }
    }

    /// Tells how the request stands with one more ballot.
    fn decided_with(
        &self,
        ballot: &Ballot,
        approvers: &Approvers,
        now: Timestamp,
    ) -> Option<ApprovalStatus> {
        let earlier = self.ballots.iter().filter(|cast| cast.person != ballot.person);
        let still = earlier.map(|cast| self.still_counting(cast, approvers, now));
        let ballots: Vec<Ballot> = still.chain(std::iter::once(ballot.clone())).collect();
        quorum::decided(&self.request, &ballots)
    }

    /// Returns a ballot with those of its groups that its person may vote for now. Who left a group no longer counts
    /// for it; that they were not barred was judged when they voted.
    fn still_counting(&self, cast: &Ballot, approvers: &Approvers, now: Timestamp) -> Ballot {
        let waited = now.duration_since(self.request.opened);
        let known = approvers.people.contains_key(&cast.person);
        let counts = |group: &&syndic_model::GroupName| match group.as_str() {
            syndic_model::ACTING_USER => known,
            _ => approvers.may_vote(group, &cast.person, waited),
        };
        let groups = cast.groups.iter().filter(counts).cloned().collect();
        Ballot { groups, ..cast.clone() }
    }

    /// Puts a vote into effect: one that was just taken, or one the ledger tells of.
    pub fn apply(&mut self, cast: Cast) {
        let Cast { ballot, ended } = cast;
        self.ballots.retain(|earlier| earlier.person != ballot.person);
        if let Some(status) = ended {
            self.status = status;
            self.ended = Some(ballot.at);
        }
        self.ballots.push(ballot);
    }

    /// Ends the request unanswered: `timeout` or `cancelled`.
    ///
    /// # Errors
    /// When it has ended.
    pub fn end(&mut self, status: ApprovalStatus, at: Timestamp) -> Result<(), Ended> {
        if self.status != ApprovalStatus::Pending {
            return Err(Ended(self.status));
        }
        self.status = status;
        self.ended = Some(at);
        Ok(())
    }

    /// Uses the approval up, for one action.
    ///
    /// # Errors
    /// When it was not given, is used, or was given too long ago.
    pub fn consume(&mut self, action: EventId, now: Timestamp) -> Result<(), Unusable> {
        self.usable(now)?;
        self.used = Some(action);
        Ok(())
    }

    /// Takes note of the action that used it, as the ledger tells.
    pub fn used_by(&mut self, action: EventId) {
        self.used = Some(action);
    }

    /// Tells whether an action may still use the approval.
    ///
    /// # Errors
    /// Says why not.
    pub fn usable(&self, now: Timestamp) -> Result<(), Unusable> {
        let until = self.usable_until().ok_or(Unusable::Status(self.status))?;
        match self.used {
            Some(_) => Err(Unusable::Used),
            None if now >= until => Err(Unusable::Late),
            None => Ok(()),
        }
    }

    /// Returns when an approval may no longer be used; nothing where there is none.
    #[must_use]
    pub fn usable_until(&self) -> Option<Timestamp> {
        let approved = (self.status == ApprovalStatus::Approved).then_some(self.ended).flatten();
        approved.map(|at| at.saturating_add(USABLE_FOR).unwrap_or(at))
    }

    /// Returns what was asked.
    #[must_use]
    pub const fn request(&self) -> &Request {
        &self.request
    }

    /// Returns what became of it.
    #[must_use]
    pub const fn status(&self) -> ApprovalStatus {
        self.status
    }

    /// Returns when it ended.
    #[must_use]
    pub const fn ended(&self) -> Option<Timestamp> {
        self.ended
    }

    /// Returns the action that used it up.
    #[must_use]
    pub const fn used(&self) -> Option<EventId> {
        self.used
    }

    /// Returns the last vote of each person, in order.
    #[must_use]
    pub fn ballots(&self) -> &[Ballot] {
        &self.ballots
    }

    /// Tells for each factor how many people of their own have approved it so far.
    #[must_use]
    pub fn progress(&self) -> Vec<Progress> {
        quorum::progress(&self.request, &self.ballots)
    }

    /// Tells whether somebody may vote now; `None` where they may not, and why is what [`Self::vote`] says.
    #[must_use]
    pub fn is_open_to(&self, voter: &Voter, approvers: &Approvers, now: Timestamp) -> bool {
        self.status == ApprovalStatus::Pending
            && !self.request.open_to(&voter.person, &voter.names, approvers, now).is_empty()
    }

    /// Returns the people who have voted.
    pub fn voters(&self) -> impl Iterator<Item = &PersonId> {
        self.ballots.iter().map(|ballot| &ballot.person)
    }
}
