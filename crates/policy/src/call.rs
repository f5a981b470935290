//! What the host knows about a call; an agent cannot set any of it.

use std::collections::BTreeSet;

use jiff::Timestamp;
use syndic_model::{EnforcementGrade, LocalTime, SessionId};

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
    /// `call.session.id`, where there is a session.
    pub session: Option<&'a SessionId>,
    /// `call.suspended`: somebody pressed the stop button for this agent.
    pub suspended: bool,
    /// `call.detected`: labels found in the content, such as `payment_card`.
    pub detected: &'a BTreeSet<&'static str>,
    /// `call.grade`: how unavoidable the gate is on this path.
    pub grade: EnforcementGrade,
}
