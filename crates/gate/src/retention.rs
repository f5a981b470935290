//! Retention holds: while somebody holds records back, they are neither dropped nor erased.

use std::collections::BTreeMap;

use jiff::Timestamp;
use syndic_ledger::{Record, RetentionHoldAdded, RetentionHoldReleased};
use syndic_model::EventId;
use thiserror::Error;

use crate::Gate;
use crate::about::{About, drawn};
use crate::gate::{WriteFailed, committed};
use crate::kept::{Keep, kept};
use crate::record::plain;

/// How many holds there may be at once.
const MOST_HOLDS: usize = 1000;
/// The longest reason and name, in bytes.
const MOST_TEXT: usize = 500;

/// What to hold back: records of which all that is named is true. Naming nothing holds everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HoldRequest {
    /// Of this agent, or done for it.
    pub agent: Option<String>,
    /// Of this user.
    pub user: Option<String>,
    /// Of this session.
    pub session: Option<String>,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Why; recorded.
    pub reason: String,
}

/// A hold that was not released.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetentionHold {
    /// Its id.
    pub id: String,
    /// When it was added.
    pub at: Timestamp,
    /// Of this agent alone.
    pub agent: Option<String>,
    /// Of this user alone, by keyed pseudonym.
    pub user_ref: Option<String>,
    /// Of this session alone.
    pub session: Option<String>,
    /// From this time on.
    pub since: Option<Timestamp>,
    /// Before this time.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// The key that added it.
    pub by: String,
}

/// Says why no hold was added or released.
#[derive(Debug, Error)]
pub enum HoldError {
    /// A reason is part of the record.
    #[error("a reason of 1 to {MOST_TEXT} bytes is needed; it is recorded")]
    Reason,
    /// A name is empty or too long.
    #[error("the {0} to hold is empty or longer than {MOST_TEXT} bytes")]
    Name(&'static str),
    /// No time is in it.
    #[error("the time to hold ends before it begins: `since` must be before `until`")]
    Time,
    /// There are too many.
    #[error("there are {MOST_HOLDS} holds already; release those that are not needed any more")]
    Crowded,
    /// None has this id.
    #[error("there is no hold `{0}`; `syndic audit hold list` shows those there are")]
    Unknown(String),
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl RetentionHold {
    /// Tells whether it holds a record back that was made at `at`.
    #[must_use]
    pub fn covers(&self, about: &About<'_>, at: Timestamp) -> bool {
        if let Some(action) = about.action {
            return self.begins_after(action) && self.spans(at);
        }
        let agent = |held: &String| {
            about.agent == Some(held.as_str()) || about.chain.iter().any(|one| one == held)
        };
        self.agent.as_ref().is_none_or(agent)
            && self.user_ref.as_deref().is_none_or(|held| about.user_ref == Some(held))
            && self.session.as_deref().is_none_or(|held| about.session == Some(held))
            && self.spans(at)
    }

    fn spans(&self, at: Timestamp) -> bool {
        self.since.is_none_or(|since| since <= at) && self.until.is_none_or(|until| at < until)
    }

    /// Tells whether a decision may be from before what is held, by its id: then what comes after it is held whoever it
    /// is about. Any other is held itself, if it is to be, and so all that comes after it is.
    fn begins_after(&self, action: &str) -> bool {
        self.since.is_some_and(|since| drawn(action).is_none_or(|drawn| drawn < since))
    }
}

/// The holds that were not released, rebuilt from the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Holds(BTreeMap<String, RetentionHold>);

kept!(RetentionHold { id, at, agent, user_ref, session, since, until, reason, by });

impl Keep for Holds {
    fn keep(&self, kept: &mut Vec<u8>) {
        self.0.keep(kept);
    }

    fn read(kept: &mut &[u8]) -> Option<Self> {
        Keep::read(kept).map(Self)
    }
}

impl Holds {
    pub(crate) fn add(&mut self, added: &RetentionHoldAdded, at: Timestamp) {
        let RetentionHoldAdded { id, agent, user_ref, session, since, until, reason, by } =
            added.clone();
        let hold = RetentionHold { id, at, agent, user_ref, session, since, until, reason, by };
        self.0.insert(hold.id.clone(), hold);
    }

    pub(crate) fn release(&mut self, id: &str) -> Option<RetentionHold> {
        self.0.remove(id)
    }

    /// Returns the first hold that holds a record back.
    pub(crate) fn over(&self, about: &About<'_>, at: Timestamp) -> Option<&RetentionHold> {
        self.0.values().find(|hold| hold.covers(about, at))
    }
}

impl Gate {
    /// Holds records back: from its record on they are neither dropped nor erased.
    ///
    /// # Errors
    /// When there is no reason, nothing could ever be held, or it cannot be recorded.
    pub async fn hold_records(
        &self,
        request: HoldRequest,
        by: &str,
    ) -> Result<RetentionHold, HoldError> {
        check(&request)?;
        let HoldRequest { agent, user, session, since, until, reason } = request;
        let added = RetentionHoldAdded {
            id: EventId::draw(self.clock.as_ref()).to_string(),
            agent,
            user_ref: user.map(|user| self.store.pseudonym("user", &user)),
            session,
            since,
            until,
            reason,
            by: by.to_owned(),
        };
        let slot = self.reserve()?;
        let (at, pending) = {
            let mut state = self.state();
            if state.holds.0.len() >= MOST_HOLDS {
                return Err(HoldError::Crowded);
            }
            let at = self.now();
            // It holds even if it cannot be recorded, until a restart.
            state.holds.add(&added, at);
            (at, slot.enqueue(plain(Record::RetentionHoldAdded(added.clone()), at)))
        };
        committed(pending).await?;
        let mut held = Holds::default();
        held.add(&added, at);
        held.release(&added.id).ok_or(HoldError::Unknown(added.id))
    }

    /// Releases a hold. What it alone held back may be dropped and erased from then on.
    ///
    /// # Errors
    /// When there is no such hold or reason, or it cannot be recorded; then it still holds.
    pub async fn release_hold(
        &self,
        id: &str,
        reason: &str,
        by: &str,
    ) -> Result<RetentionHold, HoldError> {
        check_reason(reason)?;
        let slot = self.reserve()?;
        let (hold, pending) = {
            let mut state = self.state();
            let hold = state.holds.release(id);
            let hold = hold.ok_or_else(|| HoldError::Unknown(shown(id)))?;
            let record = RetentionHoldReleased {
                id: id.to_owned(),
                reason: reason.to_owned(),
                by: by.to_owned(),
            };
            (hold, slot.enqueue(plain(Record::RetentionHoldReleased(record), self.now())))
        };
        if let Err(failed) = committed(pending).await {
            self.state().holds.0.insert(hold.id.clone(), hold);
            return Err(failed.into());
        }
        Ok(hold)
    }

    /// Lists the holds that were not released, oldest first.
    #[must_use]
    pub fn retention_holds(&self) -> Vec<RetentionHold> {
        self.state().holds.0.values().cloned().collect()
    }

    /// Returns a hold that keeps a record from being dropped or erased, if there is one.
    #[must_use]
    pub fn held_back(&self, about: &About<'_>, at: Timestamp) -> Option<RetentionHold> {
        self.state().holds.over(about, at).cloned()
    }
}

fn check(request: &HoldRequest) -> Result<(), HoldError> {
    let HoldRequest { agent, user, session, since, until, reason } = request;
    for (what, name) in [("agent", agent), ("user", user), ("session", session)] {
        if name.as_ref().is_some_and(|name| name.is_empty() || name.len() > MOST_TEXT) {
            return Err(HoldError::Name(what));
        }
    }
    if let (Some(since), Some(until)) = (since, until)
        && since >= until
    {
        return Err(HoldError::Time);
    }
    check_reason(reason)
}

fn check_reason(reason: &str) -> Result<(), HoldError> {
    if reason.trim().is_empty() || reason.len() > MOST_TEXT {
        Err(HoldError::Reason)
    } else {
        Ok(())
    }
}

fn shown(id: &str) -> String {
    id.chars().take(64).flat_map(char::escape_default).collect()
}

#[cfg(test)]
mod tests {
    use super::{About, RetentionHold};

    fn hold(change: impl FnOnce(&mut RetentionHold)) -> RetentionHold {
        let mut hold = RetentionHold {
            id: "h".to_owned(),
            at: "2026-11-22T10:00:00Z".parse().unwrap(),
            agent: None,
            user_ref: None,
            session: None,
            since: None,
            until: None,
            reason: "a lawsuit".to_owned(),
            by: "k".to_owned(),
        };
        change(&mut hold);
        hold
    }

    #[test]
    fn a_hold_covers_what_it_names_and_all_of_it_must_be_true() {
        let chain = ["planner".to_owned()];
        let about = About {
            agent: Some("support"),
            chain: &chain,
            user_ref: Some("u1"),
            session: Some("s1"),
            action: None,
        };
        type Change = fn(&mut RetentionHold);
        let cases: [(&str, Change, bool); 10] = [
            ("everything", |_| {}, true),
            ("the agent", |hold| hold.agent = Some("support".to_owned()), true),
            ("an agent it acts for", |hold| hold.agent = Some("planner".to_owned()), true),
            ("another agent", |hold| hold.agent = Some("advisor".to_owned()), false),
            ("the user", |hold| hold.user_ref = Some("u1".to_owned()), true),
            ("another user", |hold| hold.user_ref = Some("u2".to_owned()), false),
            ("another session", |hold| hold.session = Some("s2".to_owned()), false),
            ("from then on", |hold| hold.since = "2026-11-22T10:00:00Z".parse().ok(), true),
            ("until then", |hold| hold.until = "2026-11-22T10:00:00Z".parse().ok(), false),
            (
                "the agent and another user",
                |hold| {
                    hold.agent = Some("support".to_owned());
                    hold.user_ref = Some("u2".to_owned());
                },
                false,
            ),
        ];
        for (case, change, covered) in cases {
            let at = "2026-11-22T10:00:00Z".parse().unwrap();
            assert_eq!(hold(change).covers(&about, at), covered, "{case}");
        }
    }

    #[test]
    fn what_names_an_action_alone_is_held_where_its_decision_is_from_before_the_hold() {
        let at = "2026-11-22T10:00:00Z".parse().unwrap();
        // Drawn on 2025-11-23.
        let action = "019ab2a0-1234-7abc-8def-0123456789ab";
        let about = |action| About { action: Some(action), ..About::default() };
        let hold = |since: Option<&str>, until: Option<&str>| {
            hold(|hold| {
                hold.agent = Some("support".to_owned());
                hold.since = since.and_then(|since| since.parse().ok());
                hold.until = until.and_then(|until| until.parse().ok());
            })
        };
        let (before, between, after) = (
            Some("2025-11-01T00:00:00Z"),
            Some("2026-11-01T00:00:00Z"),
            Some("2026-12-01T00:00:00Z"),
        );
        for (since, until, action, held) in [
            (between, None, action, true),
            (between, after, action, true),
            (between, None, "no id", true),
            // Where the decision is of the time that is held, it is told by the decision.
            (before, None, action, false),
            (None, after, action, false),
            (after, None, action, false),
            (before, between, action, false),
        ] {
            let covered = hold(since, until).covers(&about(action), at);
            assert_eq!(covered, held, "{since:?} {until:?} {action}");
        }
    }
}
