//! What the host knows about a call; an agent cannot set any of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use syndic_model::{AgentId, EnforcementGrade, LabelName, LocalTime, SessionId};

use crate::{Detected, Usage};

/// The record `context.call` of the Cedar model.
#[derive(Debug, Clone)]
pub struct Call<'a> {
    /// When the decision is made: `call.now`, a `datetime`.
    pub now: Timestamp,
    /// `call.local`: the same moment where the agent is.
    pub local: LocalTime,
    /// `call.open`: the ids of the calendars that are open.
    pub open: Vec<&'a str>,
    /// `call.environment`: `dev`, `staging` or `prod`.
    pub environment: &'a str,
    /// `call.session`.
    pub session: Session<'a>,
    /// `call.known_recipients`: those of this action's recipients whom the agent reached in the last 30 days.
    pub known_recipients: &'a BTreeSet<String>,
    /// `call.delegation`: the agents behind the one that asks, nearest first.
    pub delegation: Vec<&'a AgentId>,
    /// `call.usage`: what was done over time.
    pub usage: &'a Usage,
    /// `call.suspended`: somebody pressed the stop button for this agent.
    pub suspended: bool,
    /// `call.pii`, `call.secrets`, `call.obfuscated`: what was found in what the action would send.
    pub detected: &'a Detected,
    /// `call.anomaly`: how unusual this is for the agent that asks, from 0 to 100; 0 while that is being learned.
    pub anomaly: u8,
    /// `call.grade`: how unavoidable the gate is on this path.
    pub grade: EnforcementGrade,
}

/// The record `context.call.session`; always there, so that no policy is passed by leaving the session out.
#[derive(Debug, Clone, Copy)]
pub struct Session<'a> {
    /// Its id, where the caller names one.
    pub id: Option<&'a SessionId>,
    /// What earlier actions left on it; without a session, what the agent's left on any in the last 30 minutes.
    pub labels: &'a BTreeSet<LabelName>,
    /// Those of this action's recipients whom the session reached before.
    pub known_recipients: &'a BTreeSet<String>,
}
