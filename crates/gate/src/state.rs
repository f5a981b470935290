//! What decisions depend on and the ledger can rebuild: one projection, under one lock.

mod replay;
mod stopped;

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};

use jiff::{SignedDuration, Timestamp};
use syndic_approval::BreakGlasses;
use syndic_ledger::{Decision, Outcome};
use syndic_model::{ApprovalId, EventId, SessionId};
use syndic_store::Subject;

use crate::approval::Approvals;
pub(crate) use crate::approval::awaited;
use crate::assurance::Assurance;
use crate::kept::kept;
use crate::labels::Labels;
use crate::output::Whose;
use crate::record::subject;
use crate::retention::Holds;
use crate::tool_book::ToolBook;
use crate::usage::{Charged, Counted};

/// How long an outcome may take.
pub(crate) const OUTCOME_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// How long a repeat is recognised, and an idle session kept.
pub(crate) const KEPT: SignedDuration = SignedDuration::from_hours(24);
/// How often a replay looks for what is too old.
const SWEPT_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// What all keys together may hold open, and one of them.
const MOST_OPEN: usize = 1_000_000;
const MOST_OPEN_OF_ONE: usize = 250_000;
pub(crate) const MOST_SESSIONS: usize = 500_000;
const MOST_SESSIONS_OF_ONE: usize = 20_000;
const MOST_REPEATS: usize = 500_000;
const MOST_REPEATS_OF_ONE: usize = 100_000;
/// The name under which all agents are stopped.
pub(crate) const EVERY_AGENT: &str = "*";

/// Everything a decision reads and changes beside its request.
#[derive(Debug, Default)]
pub(crate) struct State {
    suspended: BTreeMap<String, String>,
    sessions: HashMap<SessionId, Session>,
    open: HashMap<EventId, Open>,
    due: VecDeque<(Timestamp, EventId)>,
    repeats: HashMap<String, Repeat>,
    repeats_by_age: VecDeque<(Timestamp, String)>,
    shares: HashMap<String, Share>,
    /// What was done over time.
    pub(crate) counted: Counted,
    /// What it left on sessions.
    pub(crate) labels: Labels,
    /// Until when the ledger was swept of what is too old, while it is replayed.
    swept: Timestamp,
    /// Requests for approval.
    pub(crate) approvals: Approvals,
    /// Each break-glass that matters.
    pub(crate) break_glasses: BreakGlasses,
    /// What servers offered, and which changes of it people accepted.
    pub(crate) tools: ToolBook,
    /// What is held back from being dropped and erased.
    pub(crate) holds: Holds,
    /// What is known of agents beyond their actions.
    pub(crate) assurance: Assurance,
    /// Late outcomes on their way to the ledger.
    pub(crate) reporting: HashSet<EventId>,
}

/// How much of the state one key holds.
#[derive(Debug, Default, PartialEq, Eq)]
struct Share {
    sessions: usize,
    open: usize,
    repeats: usize,
}

/// A session and whose it is.
#[derive(Debug, Clone)]
struct Session {
    key: String,
    used: Timestamp,
}

/// An allowed action whose outcome is awaited.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) key: String,
    /// As in its leaf.
    pub(crate) args_ref: String,
    /// Whose key seals the outcome.
    pub(crate) subject: Option<Subject>,
    /// For whom its tokens count.
    pub(crate) charged: Charged,
    /// Who does it.
    pub(crate) agent: String,
    pub(crate) action: String,
    pub(crate) session: Option<String>,
}

impl Open {
    /// Returns an allowed action as its decision stands in the ledger; `None` where it has no digest.
    pub(crate) fn of(decision: &Decision, charged: Charged, at: Timestamp) -> Option<Self> {
        Some(Self {
            key: decision.asked_by.clone(),
            args_ref: decision.args_digest.clone()?,
            subject: subject(&decision.acted(), at),
            charged,
            agent: decision.agent.clone(),
            action: decision.action.clone(),
            session: decision.session.clone(),
        })
    }

    /// Tells whose result is awaited.
    pub(crate) fn whose(&self) -> Whose {
        let Self { agent, action, session, .. } = self.clone();
        Whose { agent, action, session }
    }
}

/// An earlier request with an idempotency key.
#[derive(Debug, Clone)]
pub(crate) struct Repeat {
    /// Keyed hash of the request.
    pub(crate) body: String,
    /// Its action.
    pub(crate) event: EventId,
    /// The key that asked.
    pub(crate) asked_by: String,
    /// The request for approval it waits for.
    pub(crate) approval: Option<ApprovalId>,
}

kept!(State {
    suspended, sessions, open, due, repeats, repeats_by_age, shares, counted, labels, swept, approvals, break_glasses,
    tools, holds, assurance,
} afresh { reporting });
kept!(Share { sessions, open, repeats });
kept!(Session { key, used });
kept!(Open { key, args_ref, subject, charged, agent, action, session });
kept!(Repeat { body, event, asked_by, approval });

/// There is no room for one more; it comes back with time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Crowded;

impl State {
    /// Counts a decision and takes note of what it leaves on its session.
    pub(crate) fn count(&mut self, decision: &Decision, at: Timestamp) -> Charged {
        let charged = Charged::of(decision);
        self.counted.charge(&charged, decision, at);
        self.labels.note(decision, at);
        for id in decision.break_glass.iter().filter_map(|id| id.parse().ok()) {
            self.break_glasses.lifted(id);
        }
        charged
    }

    /// Counts the tokens of an outcome that was awaited.
    pub(crate) fn spend(&mut self, event: Option<EventId>, outcome: &Outcome, at: Timestamp) {
        let [read, written] =
            [outcome.input_tokens, outcome.output_tokens].map(Option::unwrap_or_default);
        let tokens = read.saturating_add(written);
        let open = event.and_then(|event| self.open.get(&event)).filter(|_| tokens > 0);
        if let Some(open) = open {
            self.counted.spend(&open.charged, tokens, at);
        }
    }

    /// Refuses what would make the state grow without bound, or one key take what is left to the others.
    pub(crate) fn room(
        &self,
        key: &str,
        session: Option<&SessionId>,
        repeat: bool,
    ) -> Result<(), Crowded> {
        let none = Share::default();
        let share = self.shares.get(key).unwrap_or(&none);
        let new_session = session.is_some_and(|session| !self.sessions.contains_key(session));
        let crowded =
            |all: usize, most: usize, own: usize, most_own: usize| all >= most || own >= most_own;
        let full = crowded(self.open.len(), MOST_OPEN, share.open, MOST_OPEN_OF_ONE)
            || (new_session
                && crowded(
                    self.sessions.len(),
                    MOST_SESSIONS,
                    share.sessions,
                    MOST_SESSIONS_OF_ONE,
                ))
            || (repeat
                && crowded(self.repeats.len(), MOST_REPEATS, share.repeats, MOST_REPEATS_OF_ONE));
        if full { Err(Crowded) } else { Ok(()) }
    }

    /// Uses a session, opening an unknown one; false when it belongs to another key.
    pub(crate) fn enter(&mut self, session: &SessionId, key: &str, now: Timestamp) -> bool {
        if let Some(entered) = self.sessions.get_mut(session) {
            entered.used = entered.used.max(now);
            return entered.key == key;
        }
        self.share(key).sessions += 1;
        self.sessions.insert(session.clone(), Session { key: key.to_owned(), used: now });
        true
    }

    fn share(&mut self, key: &str) -> &mut Share {
        self.shares.entry(key.to_owned()).or_default()
    }

    /// Gives back part of a key's share, and forgets a key that holds nothing.
    fn give_back(&mut self, key: &str, part: impl Fn(&mut Share) -> &mut usize) {
        if let Some(share) = self.shares.get_mut(key) {
            let held = part(share);
            *held = held.saturating_sub(1);
            if *share == Share::default() {
                self.shares.remove(key);
            }
        }
    }

    pub(crate) fn await_outcome(&mut self, event: EventId, open: Open, at: Timestamp) {
        self.share(&open.key).open += 1;
        self.open.insert(event, open);
        self.due.push_back((at.saturating_add(OUTCOME_WITHIN).unwrap_or(Timestamp::MAX), event));
    }

    pub(crate) fn awaited(&self, event: EventId) -> Option<&Open> {
        self.open.get(&event)
    }

    /// Ends waiting for an outcome.
    pub(crate) fn close(&mut self, event: Option<EventId>) {
        if let Some(closed) = event.and_then(|event| self.open.remove(&event)) {
            self.give_back(&closed.key, |share| &mut share.open);
        }
        while self.due.front().is_some_and(|(_, event)| !self.open.contains_key(event)) {
            self.due.pop_front();
        }
    }

    /// Returns the next action whose outcome is overdue at `now`.
    pub(crate) fn overdue(&mut self, now: Timestamp) -> Option<EventId> {
        self.close(None);
        self.due.front().filter(|(deadline, _)| *deadline <= now).map(|(_, event)| *event)
    }

    /// Forgets an action whose record was not written.
    pub(crate) fn take_back(&mut self, event: EventId, repeat: Option<&str>) {
        self.close(Some(event));
        if let Some(key) = repeat {
            self.forget_repeat(key);
        }
    }

    fn forget_repeat(&mut self, key: &str) {
        if let Some(repeat) = self.repeats.remove(key) {
            self.give_back(&repeat.asked_by, |share| &mut share.repeats);
        }
    }

    pub(crate) fn open_actions(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn session_count(&self) -> usize {
        self.sessions.len()
    }

    pub(crate) fn repeat(&self, key: &str) -> Option<&Repeat> {
        self.repeats.get(key)
    }

    pub(crate) fn remember(&mut self, key: String, repeat: Repeat, at: Timestamp) {
        self.forget_repeat(&key);
        self.share(&repeat.asked_by).repeats += 1;
        self.repeats_by_age.push_back((at, key.clone()));
        self.repeats.insert(key, repeat);
    }

    /// Drops repeats and idle sessions older than a day.
    pub(crate) fn forget(&mut self, now: Timestamp) {
        let Ok(oldest) = now.checked_sub(KEPT) else { return };
        while self.repeats_by_age.front().is_some_and(|(at, _)| *at < oldest) {
            if let Some((_, key)) = self.repeats_by_age.pop_front() {
                self.forget_repeat(&key);
            }
        }
    }

    /// Drops sessions nobody used for a day, and what was counted for them.
    pub(crate) fn forget_sessions(&mut self, now: Timestamp) {
        self.counted.forget(now);
        if let Ok(oldest) = now.checked_sub(KEPT) {
            let idle = self.sessions.extract_if(|_, session| session.used < oldest);
            for (_, session) in idle.collect::<Vec<_>>() {
                self.give_back(&session.key, |share| &mut share.sessions);
            }
        }
        let sessions = &self.sessions;
        self.labels.forget(|session| sessions.contains_key(session), now);
    }
}
