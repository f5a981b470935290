//! What a decision was evaluated on: sealed with its record, and put to the policies again from there.
//!
//! One pair of types, written by [`RecordedContext::of`] and read by [`RecordedContext::situation`], so that what
//! is kept is what can be decided on again. What follows from the arguments (facts, labels of their content) is
//! kept for people to read; deciding again derives it anew, since the catalogue may be another.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use syndic_governance::Governance;
use syndic_ledger::Forbid;
use syndic_model::{ActionRequest, Arguments, Clock, Decided, EventId, LocalTime, SessionId};
use thiserror::Error;

use crate::clock::Reading;
use crate::decide::{Situation, Verdict, decide};
use crate::enrich::{Enriched, enrich};
use crate::found::RecordedFound;
use crate::lift::Lift;
use crate::lineage::Lineage;
use crate::past::RecordedPast;
use crate::record::Settled;

/// What a decision was evaluated on, beside the arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedContext {
    /// What the catalogue found in the arguments; absent where they fit no action.
    pub facts: Option<RecordedFacts>,
    /// What the host knew.
    pub call: RecordedCall,
    /// The agents behind the action, nearest first, as they were claimed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// Why the claim about them did not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken_chain: Option<String>,
}

/// See [`RecordedContext::facts`]; content is not repeated here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedFacts {
    /// Decimal text.
    pub amount: Option<String>,
    /// Three letters.
    pub currency: Option<String>,
    /// Who receives it.
    pub recipients: Option<BTreeSet<String>>,
    /// How many people are affected.
    pub affected_people: Option<u64>,
    /// What is acted upon.
    pub resource: Option<String>,
}

/// See [`RecordedContext::call`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedCall {
    /// When it was decided.
    pub now: Timestamp,
    /// Whether the host's clock was usable.
    pub clock_sane: bool,
    /// The time where the agent is; that of the agents behind it follows from `now`.
    pub local: Option<RecordedLocal>,
    /// The calendars that were open.
    pub open: Vec<String>,
    /// `dev`, `staging` or `prod`.
    pub environment: String,
    /// The session, claimed.
    pub session: Option<String>,
    /// How unavoidable the gate was.
    pub grade: String,
    /// Those of the agent and the agents behind it that were stopped.
    pub suspended: BTreeSet<String>,
    /// The labels that were found in the content, before kinds had names.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub detected: BTreeSet<String>,
    /// What was found in what it would send.
    #[serde(default, skip_serializing_if = "RecordedFound::is_nothing")]
    pub found: RecordedFound,
    /// What of it only showed together with what was sent before.
    #[serde(default, skip_serializing_if = "RecordedFound::is_nothing")]
    pub split: RecordedFound,
    /// What earlier actions had left on the session.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub labels: BTreeSet<String>,
    /// What the agent and those behind it had done, by agent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub past: BTreeMap<String, RecordedPast>,
    /// The break-glasses that were open for the agent and those behind it, where there was one for each.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub break_glass: Vec<String>,
    /// How unusual it was for the agent that asked, from 0 to 100.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub anomaly: u8,
    /// What people had lifted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifted: Vec<RecordedLift>,
    /// Why people refused it, or could not be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// Why the tool was not the one that was pinned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unpinned: Option<String>,
    /// Why the checklist of the agent, or of one behind it, stopped it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unchecked: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes references")]
const fn is_usual(score: &u8) -> bool {
    *score == 0
}

impl RecordedCall {
    /// Returns the names of everything that was found.
    #[must_use]
    pub fn all_found(&self) -> BTreeSet<String> {
        let RecordedFound { pii, secrets, .. } = &self.found;
        self.detected.iter().chain(pii).chain(secrets).cloned().collect()
    }
}

/// See [`RecordedCall::lifted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedLift {
    /// The approval, for people.
    pub by: String,
    /// What it lifts.
    pub forbids: BTreeSet<Forbid>,
}

/// See [`RecordedCall::local`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedLocal {
    /// Monday is 1.
    pub weekday: i64,
    /// Since midnight.
    pub minutes: i64,
}

/// Says why a recorded action cannot be decided again.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unreadable {
    /// The key of its parts was destroyed.
    #[error("its arguments or context are erased")]
    Erased,
    /// It ran and was audited; nobody decided it.
    #[error("it was audited, not decided: there is nothing to decide again")]
    Audited,
    /// This program does not know what was kept.
    #[error("its recorded context cannot be read: {0}")]
    Context(String),
}

impl RecordedContext {
    /// Tells what is to be kept of a decision.
    pub(crate) fn of(settled: &Settled<'_>) -> Self {
        let Settled { enriched, situation, environment, open, .. } = settled;
        let facts = enriched.examined.as_ref().map(|examined| {
            let facts = examined.facts();
            RecordedFacts {
                amount: facts.amount.map(|amount| amount.to_string()),
                currency: facts.currency.map(|currency| currency.to_string()),
                recipients: facts.recipients.clone(),
                affected_people: facts.affected_people,
                resource: facts.resource.clone(),
            }
        });
        let local = enriched
            .profile
            .map(|profile| LocalTime::at(situation.reading.now, &profile.time_zone));
        let call = RecordedCall {
            now: situation.reading.now,
            clock_sane: situation.reading.sane,
            local: local
                .map(|LocalTime { weekday, minutes, .. }| RecordedLocal { weekday, minutes }),
            open: open.iter().map(|name| (*name).to_owned()).collect(),
            environment: (*environment).to_owned(),
            session: situation.session.map(ToString::to_string),
            grade: situation.grade.to_string(),
            suspended: situation.suspended.iter().map(ToString::to_string).collect(),
            detected: BTreeSet::new(),
            found: RecordedFound::of(&enriched.detected),
            split: RecordedFound::of(&enriched.split),
            labels: situation.labels.iter().map(ToString::to_string).collect(),
            past: situation
                .past
                .iter()
                .map(|(agent, past)| (agent.to_string(), RecordedPast::of(past)))
                .filter(|(_, past)| *past != RecordedPast::default())
                .collect(),
            break_glass: situation.break_glass.iter().map(ToString::to_string).collect(),
            anomaly: situation.anomaly,
            lifted: situation
                .lifts
                .iter()
                .map(|Lift { by, forbids }| RecordedLift {
                    by: by.clone(),
                    forbids: forbids.clone(),
                })
                .collect(),
            refused: situation.refused.clone(),
            unpinned: situation.unpinned.clone(),
            unchecked: situation.unchecked.clone(),
        };
        let (chain, broken_chain) = match enriched.lineage {
            Lineage::Chain(chain) => (chain.iter().map(ToString::to_string).collect(), None),
            Lineage::Broken(reason) => (Vec::new(), Some(reason.clone())),
        };
        Self { facts, call, chain, broken_chain }
    }

    /// Puts what only the host knew back in place, for a request of `session`.
    pub(crate) fn situation<'a>(
        &self,
        session: Option<&'a SessionId>,
    ) -> Result<Situation<'a>, Unreadable> {
        let call = &self.call;
        let agents = call.suspended.iter().map(|agent| agent.parse());
        let labels = call.labels.iter().map(|label| label.parse());
        let glasses = call.break_glass.iter().map(|id| id.parse());
        let past = call.past.iter().map(|(agent, past)| {
            Ok((agent.parse().map_err(unreadable)?, past.past().map_err(unreadable)?))
        });
        Ok(Situation {
            reading: Reading { now: call.now, sane: call.clock_sane },
            environment: call.environment.parse().map_err(unreadable)?,
            session,
            grade: call.grade.parse().map_err(unreadable)?,
            suspended: agents.collect::<Result<_, _>>().map_err(unreadable)?,
            labels: labels.collect::<Result<_, _>>().map_err(unreadable)?,
            past: past.collect::<Result<_, _>>()?,
            break_glass: glasses.collect::<Result<_, _>>().map_err(unreadable)?,
            anomaly: call.anomaly,
            lifts: call
                .lifted
                .iter()
                .map(|RecordedLift { by, forbids }| Lift {
                    by: by.clone(),
                    forbids: forbids.clone(),
                })
                .collect(),
            refused: call.refused.clone(),
            unpinned: call.unpinned.clone(),
            unchecked: call.unchecked.clone(),
        })
    }

    fn lineage(&self) -> Result<Lineage, Unreadable> {
        if let Some(reason) = &self.broken_chain {
            return Ok(Lineage::Broken(reason.clone()));
        }
        let chain = self.chain.iter().map(|agent| agent.parse());
        Ok(Lineage::Chain(chain.collect::<Result<_, _>>().map_err(unreadable)?))
    }
}

/// An action as it was asked, with what it was decided on.
#[derive(Debug, Clone)]
pub struct Recorded {
    /// What was asked.
    pub request: ActionRequest,
    /// What else was known.
    pub context: RecordedContext,
}

impl Recorded {
    /// Puts a recorded action together from the texts of its parts.
    ///
    /// # Errors
    /// When a part is erased, or this program does not understand it.
    pub fn read(
        agent: &str,
        action: &str,
        tool: Option<&str>,
        args: Option<&RawValue>,
        context: Option<&RawValue>,
    ) -> Result<Self, Unreadable> {
        let (Some(args), Some(context)) = (args, context) else { return Err(Unreadable::Erased) };
        let context: RecordedContext = serde_json::from_str(context.get()).map_err(unreadable)?;
        let session = context.call.session.as_deref().map(str::parse).transpose();
        let request = ActionRequest {
            agent: agent.parse().map_err(unreadable)?,
            action: action.parse().map_err(unreadable)?,
            args: Arguments::parse(args).map_err(unreadable)?,
            tool: tool.map(str::parse).transpose().map_err(unreadable)?,
            server: None,
            tool_pin: None,
            agent_version: None,
            session_id: session.map_err(unreadable)?,
            user_id: None,
            on_behalf_of: None,
            parent_action_id: None,
            model: None,
            metadata: serde_json::Map::new(),
            idempotency_key: None,
            dry_run: true,
            trace: None,
        };
        Ok(Self { request, context })
    }

    /// Decides the action again, as at its time, by the files of `governance`. Nothing is recorded.
    ///
    /// # Errors
    /// When the recorded context is not one this program understands.
    pub fn redecide(
        &self,
        governance: &Governance,
        clock: &dyn Clock,
    ) -> Result<Decided, Unreadable> {
        self.put(governance, |enriched, situation| {
            decided(EventId::draw(clock), enriched, decide(enriched, &situation))
        })
    }

    /// Puts the action before `governance` as it was before the gate.
    pub(crate) fn put<T>(
        &self,
        governance: &Governance,
        then: impl FnOnce(&Enriched<'_>, Situation<'_>) -> T,
    ) -> Result<T, Unreadable> {
        let lineage = self.context.lineage()?;
        let mut enriched = enrich(governance, &self.request, &lineage);
        enriched.absorb(self.context.call.split.detected());
        let situation = self.context.situation(self.request.session_id.as_ref())?;
        Ok(then(&enriched, situation))
    }
}

/// Describes a verdict that nothing was recorded about.
pub(crate) fn decided(action_id: EventId, enriched: &Enriched<'_>, verdict: Verdict) -> Decided {
    let Verdict { effect, allowed, mode, checks, message, .. } = verdict;
    Decided {
        action_id,
        effect,
        allowed,
        mode,
        checks,
        message,
        risk_level: enriched.profile.map(|profile| profile.risk_level),
        revision: enriched.governance.revision.clone(),
        record: None,
        permit: None,
        approval: None,
        replayed: false,
        filters_output: false,
    }
}

fn unreadable(error: impl std::fmt::Display) -> Unreadable {
    Unreadable::Context(error.to_string())
}
