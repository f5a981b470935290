//! Break-glass: two people let an agent do for a while what policies marked `@break_glass` stop, and a third signs.
//!
//! A decision still meets every policy and is recorded as ever; what was lifted is in its checks and its leaf.

use jiff::{SignedDuration, Timestamp};
use syndic_approval::{
    AskRefused, BreakGlass, OpenRefused, Opening, ReviewRefused, Signature, Wish,
};
use syndic_ledger::{BreakGlassAsked, BreakGlassOpened, BreakGlassReviewed, Record};
use syndic_model::{
    ActionRequest, AgentId, AgentProfile, BreakGlassId, BreakGlassStatus, EventId, PersonId,
};
use thiserror::Error;

use crate::Gate;
use crate::clock::Reading;
use crate::enrich::Enriched;
use crate::gate::{WriteFailed, committed};
use crate::record::plain;
use crate::state::State;

/// One of them, and how it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BreakGlassView {
    /// All that is known of it.
    pub is: BreakGlass,
    /// How it stands now.
    pub status: BreakGlassStatus,
}

/// Says why nothing was asked for, opened or signed.
#[derive(Debug, Error)]
pub enum BreakGlassError {
    /// No such agent.
    #[error("agent `{0}` is not registered; `syndic agents list` shows those that are")]
    UnknownAgent(AgentId),
    /// None has this id, or it was over long ago.
    #[error("there is no break-glass `{0}`; `syndic break-glass list` shows those there are")]
    Unknown(BreakGlassId),
    /// It cannot be asked for.
    #[error(transparent)]
    Ask(#[from] AskRefused),
    /// It cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenRefused),
    /// It cannot be signed.
    #[error(transparent)]
    Review(#[from] ReviewRefused),
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl Gate {
    /// Asks that policies marked `@break_glass` stop an agent no more for a while. Nothing changes until a second
    /// person agrees. `person` must be known by an approver key, or by the program that embeds the gate.
    ///
    /// # Errors
    /// When it is not for this person to ask, one lives already, or it cannot be recorded.
    pub async fn ask_break_glass(
        &self,
        person: &PersonId,
        key: &str,
        wish: Wish,
    ) -> Result<BreakGlassView, BreakGlassError> {
        let governance = self.governance();
        if !governance.agents.contains_key(&wish.agent) {
            return Err(BreakGlassError::UnknownAgent(wish.agent));
        }
        let slot = self.reserve()?;
        let (one, pending) = {
            let mut state = self.state();
            let now = self.now();
            state.break_glasses.room(&wish.agent, now)?;
            let id = BreakGlassId::draw(self.clock.as_ref());
            let one = BreakGlass::ask(id, wish, person, &governance.approvers, now)?;
            state.break_glasses.keep(one.clone(), now);
            let pending = slot.enqueue(plain(asked(&one, key), now));
            (one, pending)
        };
        if let Err(failed) = committed(pending).await {
            self.state().break_glasses.forget(one.id);
            return Err(failed.into());
        }
        let BreakGlass { id, wish: Wish { agent, reason, .. }, .. } = &one;
        tracing::warn!(%id, %agent, %person, reason, "a break-glass is asked for");
        Ok(BreakGlassView { status: one.status(one.asked), is: one })
    }

    /// Lets a second person open one. Decisions after it in the ledger may already use it; none is answered before it
    /// is on disk.
    ///
    /// # Errors
    /// When it is not for this person to open, its time is over, or it cannot be recorded.
    pub async fn open_break_glass(
        &self,
        person: &PersonId,
        key: &str,
        id: BreakGlassId,
    ) -> Result<BreakGlassView, BreakGlassError> {
        let governance = self.governance();
        let opened = self.step(id, |one, now| {
            let opening = one.open(person, &governance.approvers, now)?;
            let record = BreakGlassOpened {
                id: id.to_string(),
                person: person.to_string(),
                by: key.to_owned(),
                until: opening.until,
            };
            let after = BreakGlass { opening: Some(opening), ..one.clone() };
            Ok((after, Record::BreakGlassOpened(record)))
        });
        let view = opened.await?;
        let agent = &view.is.wish.agent;
        tracing::warn!(%id, %agent, %person, "a break-glass is open");
        Ok(view)
    }

    /// Lets a third person sign what was done under one that has ended.
    ///
    /// # Errors
    /// When it is not for this person to review, there is nothing to sign, or it cannot be recorded.
    pub async fn review_break_glass(
        &self,
        person: &PersonId,
        key: &str,
        id: BreakGlassId,
        note: &str,
    ) -> Result<BreakGlassView, BreakGlassError> {
        let governance = self.governance();
        self.step(id, |one, now| {
            let signature = one.review(person, note, &governance.approvers, now)?;
            let record = BreakGlassReviewed {
                id: id.to_string(),
                person: person.to_string(),
                by: key.to_owned(),
                note: signature.note.clone(),
            };
            let after = BreakGlass { signature: Some(signature), ..one.clone() };
            Ok((after, Record::BreakGlassReviewed(record)))
        })
        .await
    }

    /// Takes one step under the lock, with its record; one that is not written is taken back.
    async fn step(
        &self,
        id: BreakGlassId,
        step: impl FnOnce(&BreakGlass, Timestamp) -> Result<(BreakGlass, Record), BreakGlassError>
        + Send,
    ) -> Result<BreakGlassView, BreakGlassError> {
        let slot = self.reserve()?;
        let (before, after, now, pending) = {
            let mut state = self.state();
            let now = self.now();
            let before = state.break_glasses.get(id).ok_or(BreakGlassError::Unknown(id))?.clone();
            let (after, record) = step(&before, now)?;
            state.break_glasses.keep(after.clone(), now);
            (before, after, now, slot.enqueue(plain(record, now)))
        };
        if let Err(failed) = committed(pending).await {
            self.state().break_glasses.take_back(id, before);
            return Err(failed.into());
        }
        Ok(BreakGlassView { status: after.status(now), is: after })
    }

    /// Tells those who watch of an action for which something was lifted.
    pub(crate) fn tell_broken_glass(&self, event: EventId, enriched: &Enriched<'_>) {
        let ActionRequest { agent, action, .. } = enriched.request;
        self.metrics.lifted(agent);
        tracing::warn!(%event, %agent, %action, "a break-glass lifted a policy");
    }

    /// Lists those that live, those that wait for their review, and the last that are over; newest first.
    #[must_use]
    pub fn break_glasses(&self) -> Vec<BreakGlassView> {
        let now = self.now();
        let state = self.state();
        let all = state.break_glasses.iter().rev();
        all.map(|one| BreakGlassView { status: one.status(now), is: one.clone() }).collect()
    }
}

impl State {
    /// Returns the ids of the break-glasses under which an action may be done: the agent's, then those of the agents
    /// behind it. None where one of them has none, or where the time cannot be told.
    pub(crate) fn broken_glass<'a>(
        &self,
        actors: impl Iterator<Item = &'a AgentProfile>,
        reading: Reading,
    ) -> Vec<BreakGlassId> {
        if self.break_glasses.is_empty() || !reading.sane {
            return Vec::new();
        }
        let open = |actor: &AgentProfile| self.break_glasses.open_for(&actor.id, reading.now);
        let all: Option<Vec<_>> = actors.map(|actor| open(actor).map(|one| one.id)).collect();
        all.unwrap_or_default()
    }

    pub(crate) fn replay_asked(&mut self, asked: &BreakGlassAsked, at: Timestamp) {
        let BreakGlassAsked { id, agent, person, by: _, reason, seconds, expires } = asked;
        let (Ok(id), Ok(agent), Ok(asked_by)) = (id.parse(), agent.parse(), person.parse()) else {
            return;
        };
        let length = SignedDuration::from_secs(i64::try_from(*seconds).unwrap_or_default());
        let one = BreakGlass {
            id,
            wish: Wish { agent, reason: reason.clone(), length },
            asked_by,
            asked: at,
            expires: *expires,
            opening: None,
            signature: None,
            lifted: 0,
        };
        self.break_glasses.keep(one, at);
    }

    pub(crate) fn replay_opened(&mut self, opened: &BreakGlassOpened, at: Timestamp) {
        if let (Ok(id), Ok(person)) = (opened.id.parse(), opened.person.parse()) {
            self.break_glasses.opened(id, Opening { person, at, until: opened.until });
        }
    }

    pub(crate) fn replay_reviewed(&mut self, reviewed: &BreakGlassReviewed, at: Timestamp) {
        if let (Ok(id), Ok(person)) = (reviewed.id.parse(), reviewed.person.parse()) {
            self.break_glasses.reviewed(id, Signature { person, at, note: reviewed.note.clone() });
        }
    }
}

fn asked(one: &BreakGlass, key: &str) -> Record {
    Record::BreakGlassAsked(BreakGlassAsked {
        id: one.id.to_string(),
        agent: one.wish.agent.to_string(),
        person: one.asked_by.to_string(),
        by: key.to_owned(),
        reason: one.wish.reason.clone(),
        seconds: u64::try_from(one.wish.length.as_secs()).unwrap_or_default(),
        expires: one.expires,
    })
}
