//! Requests for approval, as decisions see them: a projection of the ledger, under the lock of the state.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use syndic_approval::{Approval, Ballot, Cast, Factor, Request};
use syndic_ledger::{ApprovalOpened, ApprovalVoted, Decision, Forbid};
use syndic_model::{ApprovalId, ApprovalState, ApprovalStatus, EventId, RiskLevel};
use syndic_store::Subject;
use tokio::sync::watch;

use crate::approval::waiting::Waiting;
use crate::kept::kept;
use crate::record::subject;

/// The most requests that are kept in mind, and those of one key that are pending.
const MOST: usize = 200_000;
const MOST_PENDING_OF_ONE: usize = 20_000;
/// The most that wait for long and are looked at one by one.
const MOST_COUNTED: usize = 10_000;

/// How long a request is kept in mind after it ended: an approval can be used, a rejection is not asked again at once.
pub(crate) const KEPT_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// All requests that still matter.
#[derive(Debug, Default)]
pub(crate) struct Approvals {
    all: HashMap<ApprovalId, Held>,
    /// The newest one for each thing that is asked for.
    newest: HashMap<String, ApprovalId>,
    /// When something happens to it by itself: a pending one expires, one that ended is forgotten.
    due: BTreeSet<(Timestamp, ApprovalId)>,
    pending: BTreeSet<ApprovalId>,
    pending_of: HashMap<String, usize>,
    pub(crate) waiting: Waiting,
}

/// A request, and what of it may be known outside.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) id: ApprovalId,
    /// As decisions see it; may run ahead of the disk.
    pub(crate) approval: Approval,
    /// As the ledger has it on disk; nothing before its first record is.
    pub(crate) shown: Option<Approval>,
    /// The held action.
    pub(crate) event: EventId,
    pub(crate) decision: Box<Decision>,
    pub(crate) forbids: BTreeSet<Forbid>,
    request: String,
    /// Whose key seals what people say.
    pub(crate) subject: Option<Subject>,
    /// Why it was rejected, in the words of who did.
    pub(crate) reason: Option<String>,
    /// Who has looked at it.
    pub(crate) viewers: BTreeSet<String>,
    told: watch::Sender<Option<ApprovalStatus>>,
}

/// Why there is no room for another request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Room;

kept!(Approvals { all, newest, due, pending, pending_of } afresh { waiting });
kept!(Held { id, approval, event, decision, forbids, request, subject, reason, viewers } afresh { shown, told });

impl Held {
    /// Reads a request from the decision that opened it; nothing where it is not one this program understands.
    pub(crate) fn read(
        decision: &Decision,
        opened: &ApprovalOpened,
        at: Timestamp,
    ) -> Option<Self> {
        let factor = |factor: &syndic_ledger::Factor| {
            Some(Factor {
                group: factor.group.parse().ok()?,
                approvals: factor.approvals,
                rejections: factor.rejections,
            })
        };
        let request = Request {
            factors: opened.factors.iter().map(factor).collect::<Option<_>>()?,
            people: opened.people,
            barred: opened.barred.iter().cloned().collect(),
            user: opened.user.clone(),
            risk: opened.risk.parse::<RiskLevel>().ok()?,
            opened: at,
            expires: opened.expires,
        };
        Some(Self {
            id: opened.id.parse().ok()?,
            approval: Approval::open(request),
            shown: None,
            event: decision.id.parse().ok()?,
            decision: Box::new(decision.clone()),
            forbids: opened.forbids.iter().cloned().collect(),
            request: opened.request.clone(),
            subject: subject(&decision.acted(), at),
            reason: None,
            viewers: BTreeSet::new(),
            told: watch::channel(None).0,
        })
    }

    /// Makes what happened on disk known, and wakes those who wait.
    pub(crate) fn show(&mut self) {
        self.shown = Some(self.approval.clone());
        self.tell();
    }

    /// Makes one more step known.
    pub(crate) fn show_step(&mut self, step: impl FnOnce(&mut Approval)) {
        if let Some(shown) = &mut self.shown {
            step(shown);
        }
        self.tell();
    }

    fn tell(&self) {
        let status = self.shown.as_ref().map(Approval::status);
        self.told.send_replace(status);
    }

    /// Tells how long it was open, once it has ended.
    pub(crate) fn waited(&self) -> Duration {
        let opened = self.approval.request().opened;
        let ended = self.approval.ended().unwrap_or(opened);
        ended.duration_since(opened).try_into().unwrap_or_default()
    }

    /// Takes back what could not be written.
    pub(crate) fn take_back(&mut self) {
        if let Some(shown) = &self.shown {
            self.approval = shown.clone();
        }
    }

    pub(crate) fn listen(&self) -> watch::Receiver<Option<ApprovalStatus>> {
        self.told.subscribe()
    }

    /// Returns what the waiting agent may know; nothing before the request is on disk.
    pub(crate) fn state(&self) -> Option<ApprovalState> {
        self.shown.as_ref().map(|shown| state(self, shown))
    }
}

/// Tells the state of a request, and how long that stands.
fn state(held: &Held, approval: &Approval) -> ApprovalState {
    let status = approval.status();
    let expires_at = approval
        .usable_until()
        .or_else(|| approval.ended())
        .unwrap_or_else(|| approval.request().expires);
    let reason = held.reason.clone().filter(|_| status == ApprovalStatus::Rejected);
    ApprovalState { id: held.id, status, expires_at, reason }
}

/// Reads a vote from its record.
pub(crate) fn cast(voted: &ApprovalVoted, at: Timestamp) -> Option<Cast> {
    let groups = voted.groups.iter().map(|group| group.parse()).collect::<Result<_, _>>();
    Some(Cast {
        ballot: Ballot {
            person: voted.person.parse().ok()?,
            vote: voted.vote.parse().ok()?,
            method: voted.method.parse().ok()?,
            groups: groups.ok()?,
            at,
        },
        ended: voted.ended.as_ref().and_then(|status| status.parse().ok()),
    })
}

impl Approvals {
    /// Refuses a request beyond what may be open at once.
    pub(crate) fn room(&self, key: &str) -> Result<(), Room> {
        let own = self.pending_of.get(key).copied().unwrap_or_default();
        if self.all.len() >= MOST || own >= MOST_PENDING_OF_ONE { Err(Room) } else { Ok(()) }
    }

    pub(crate) fn open(&mut self, held: Held) {
        let id = held.id;
        self.due.insert((held.approval.request().expires, id));
        self.pending.insert(id);
        self.waiting.begin(id, &held.decision.agent, held.approval.request());
        *self.pending_of.entry(held.decision.asked_by.clone()).or_default() += 1;
        self.newest.insert(held.request.clone(), id);
        self.all.insert(id, held);
    }

    pub(crate) fn get(&self, id: ApprovalId) -> Option<&Held> {
        self.all.get(&id)
    }

    pub(crate) fn get_mut(&mut self, id: ApprovalId) -> Option<&mut Held> {
        self.all.get_mut(&id)
    }

    /// Returns the newest request for the same thing.
    pub(crate) fn of_request(&self, request: &str) -> Option<&Held> {
        self.newest.get(request).and_then(|id| self.all.get(id))
    }

    /// Takes a vote into effect.
    pub(crate) fn vote(&mut self, id: ApprovalId, cast: Cast) {
        let (at, ended) = (cast.ballot.at, cast.ended.is_some());
        if let Some(held) = self.all.get_mut(&id) {
            held.approval.apply(cast);
        }
        if ended {
            self.closed(id, at);
        }
    }

    /// Ends a request unanswered; false where it has ended.
    pub(crate) fn end(&mut self, id: ApprovalId, status: ApprovalStatus, at: Timestamp) -> bool {
        let ended = self.all.get_mut(&id).is_some_and(|held| held.approval.end(status, at).is_ok());
        if ended {
            self.closed(id, at);
        }
        ended
    }

    /// Returns the requests about the actions of a user that wait for people.
    pub(crate) fn pending_of_user(&self, user_ref: &str) -> Vec<ApprovalId> {
        let theirs = |id: &&ApprovalId| {
            let held = self.all.get(id);
            held.is_some_and(|held| held.decision.user_ref.as_deref() == Some(user_ref))
        };
        self.pending.iter().filter(theirs).copied().collect()
    }

    /// Forgets what people said about the actions of a user.
    pub(crate) fn forget_reasons(&mut self, user_ref: &str) {
        let theirs = |held: &&mut Held| held.decision.user_ref.as_deref() == Some(user_ref);
        self.all.values_mut().filter(theirs).for_each(|held| held.reason = None);
    }

    /// Uses an approval up, for one action.
    pub(crate) fn consume(&mut self, id: ApprovalId, event: EventId) {
        if let Some(held) = self.all.get_mut(&id) {
            held.approval.used_by(event);
        }
    }

    /// From now on it is kept only for a while.
    fn closed(&mut self, id: ApprovalId, at: Timestamp) {
        let Some(held) = self.all.get(&id) else { return };
        self.due.remove(&(held.approval.request().expires, id));
        self.due.insert((forgotten(at), id));
        self.leave_pending(id);
    }

    fn leave_pending(&mut self, id: ApprovalId) {
        let Some(held) = self.all.get(&id).filter(|_| self.pending.remove(&id)) else { return };
        self.waiting.end(id, &held.decision.agent, held.approval.request());
        let key = &held.decision.asked_by;
        if let Some(own) = self.pending_of.get_mut(key) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                self.pending_of.remove(key);
            }
        }
    }

    /// Forgets a request whose record was not written.
    pub(crate) fn take_back(&mut self, id: ApprovalId) {
        self.leave_pending(id);
        if let Some(held) = self.all.remove(&id) {
            self.due.remove(&(held.approval.request().expires, id));
            self.forget_newest(&held);
        }
    }

    fn forget_newest(&mut self, held: &Held) {
        if self.newest.get(&held.request) == Some(&held.id) {
            self.newest.remove(&held.request);
        }
    }

    /// Returns at most `most` requests whose time is over at `now`.
    pub(crate) fn expired(&self, now: Timestamp, most: usize) -> Vec<ApprovalId> {
        let due = self.due.iter().take_while(|(at, _)| *at <= now);
        due.map(|(_, id)| *id).filter(|id| self.pending.contains(id)).take(most).collect()
    }

    /// Forgets requests that ended a while ago.
    pub(crate) fn forget(&mut self, now: Timestamp) {
        let due: Vec<(Timestamp, ApprovalId)> = self
            .due
            .iter()
            .take_while(|(at, _)| *at <= now)
            .filter(|(_, id)| !self.pending.contains(id))
            .copied()
            .collect();
        for (at, id) in due {
            self.due.remove(&(at, id));
            if let Some(held) = self.all.remove(&id) {
                self.forget_newest(&held);
            }
        }
    }

    /// Returns what is pending, newest first, after `beyond`.
    pub(crate) fn pending(&self, beyond: Option<ApprovalId>) -> impl Iterator<Item = &Held> {
        let before = move |id: &&ApprovalId| beyond.is_none_or(|beyond| **id < beyond);
        self.pending.iter().rev().filter(before).filter_map(|id| self.all.get(id))
    }

    pub(crate) fn pending_count(&self) -> usize {
        self.pending.len()
    }

    /// Counts those that half of their time is over for by agent, as far as the first 10,000 of them go.
    pub(crate) fn half_over(&self, now: Timestamp) -> Vec<(String, usize)> {
        let mut counts = BTreeMap::<&str, usize>::new();
        let over = self.waiting.half_over(now).take(MOST_COUNTED);
        for held in over.filter_map(|id| self.all.get(&id)) {
            *counts.entry(&held.decision.agent).or_default() += 1;
        }
        counts.into_iter().map(|(agent, count)| (agent.to_owned(), count)).collect()
    }

    /// Makes everything known that a replayed ledger tells.
    pub(crate) fn show_all(&mut self) {
        self.all.values_mut().for_each(Held::show);
        // A snapshot has not what is counted.
        for held in self.pending.iter().filter_map(|id| self.all.get(id)) {
            self.waiting.begin(held.id, &held.decision.agent, held.approval.request());
        }
    }

    /// Returns when the oldest pending one was opened.
    pub(crate) fn oldest_pending(&self) -> Option<Timestamp> {
        let oldest = self.pending.first().and_then(|id| self.all.get(id));
        oldest.map(|held| held.approval.request().opened)
    }
}

fn forgotten(at: Timestamp) -> Timestamp {
    at.saturating_add(KEPT_AFTER).unwrap_or(Timestamp::MAX)
}
