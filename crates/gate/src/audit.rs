//! Functions that are audited: they ran, nobody was asked before, and the event of it is recorded all the same.
//!
//! Never in the path of a decision: such an event changes no limit, session or label, and half of the ledger's queue is
//! left to actions that are decided.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use serde_json::{Map, Value, json};
use syndic_ledger::{Audited, PartName, Record, Violation};
use syndic_model::{
    ActionName, AgentId, CheckResult, EnforcementGrade, EventId, PolicyId, RESERVED_METADATA,
    RiskLevel, SessionId, Severity, ToolName,
};
use syndic_store::{Entry, Pending, Slot};
use thiserror::Error;

use crate::Gate;
use crate::decide::is_deciding;
use crate::record::{owner, subject};

/// How long a text may be that is in clear in a leaf and has no alphabet.
const MOST_TEXT: usize = 128;
/// How many bytes of a part are recorded.
const MOST_PART: usize = 256 * 1024;

/// A call of an audited function, after it ended.
#[derive(Debug, Clone)]
pub struct AuditedCall {
    /// Who acted; it need not be registered.
    pub agent: AgentId,
    /// Its version; the profile's where there is none.
    pub agent_version: Option<String>,
    /// What it did.
    pub action: ActionName,
    /// Through which tool.
    pub tool: Option<ToolName>,
    /// The arguments, as the JSON text of an object.
    pub args: String,
    /// How it ended.
    pub ended: Ended,
    /// How long it ran.
    pub duration: Duration,
    /// The session; one that is no session's name is recorded under a keyed pseudonym.
    pub session: Option<String>,
    /// The user it ran for.
    pub user: Option<String>,
    /// The model.
    pub model: Option<String>,
    /// Tokens read.
    pub input_tokens: Option<u64>,
    /// Tokens written.
    pub output_tokens: Option<u64>,
    /// What else is to be recorded.
    pub metadata: Map<String, Value>,
    /// The action it is part of.
    pub parent: Option<EventId>,
}

/// How an audited function ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It answered; its result is JSON text.
    Ok(Option<String>),
    /// It failed.
    Error(String),
    /// Its own error says that something forbids it.
    Refused(Refusal, String),
    /// It panicked.
    Panic(String),
    /// Nobody waited for its end.
    Cancelled,
}

/// What forbids an action, in the words of the program that refused it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// What it calls the policy; characters that no policy's name has are replaced by `-`.
    pub policy: String,
    /// Why.
    pub reason: String,
    /// How bad.
    pub severity: Severity,
}

/// The function ran and the ledger cannot take its event. It is counted and logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the event of an audited function could not be recorded")]
pub struct Lost;

impl Ended {
    const fn status(&self) -> &'static str {
        match self {
            Self::Ok(_) => "ok",
            Self::Error(_) => "error",
            Self::Refused(..) => "refused",
            Self::Panic(_) => "panic",
            Self::Cancelled => "cancelled",
        }
    }
}

impl Gate {
    /// Waits for room in the ledger's queue for an audited function, and leaves half of it to decisions. Dropping the
    /// future gives up.
    ///
    /// # Errors
    /// When the ledger is closed; then `agent` lost an event.
    pub async fn room_for_audited(&self, agent: &AgentId) -> Result<Slot, Lost> {
        self.store.reserve_behind().await.map_err(|_| {
            self.calls.lose();
            tell_lost(agent.as_str(), self.metrics.agent(agent.as_str()).lost());
            Lost
        })
    }

    /// Records the event of an audited function, told of by the key `by`. Tells what to wait for until it is durable, where durability is
    /// `full`; with `buffered` nobody waits for the disk.
    pub fn audit(&self, slot: Slot, by: &str, call: AuditedCall) -> Option<Pending> {
        let record = self.audited(by, &call);
        let parts = parts(call);
        let event = record.acted();
        let counted = self.metrics.audited(&event);
        let agent = Arc::clone(&counted);
        let name = record.agent.clone();
        let subject = subject(&event, self.clock.now());
        let calls = Arc::clone(&self.calls);
        let slot = slot.or_else(move || {
            calls.lose();
            tell_lost(&name, agent.lost());
        });
        // In the order of time with decisions, which the index makes use of. A policy written in Rust that calls what is
        // audited has that order already.
        let in_order = (!is_deciding()).then(|| self.state());
        let at = self.now();
        counted.seen(at);
        let entry = Entry { record: Record::Audited(Box::new(record)), at, parts, subject };
        let pending = if self.store.is_buffered() {
            drop(slot.enqueue_in_company(entry));
            None
        } else {
            Some(slot.enqueue(entry))
        };
        drop(in_order);
        pending
    }

    /// Waits until an event is durable.
    ///
    /// # Errors
    /// When it could not be written.
    pub async fn audited_durably(pending: Option<Pending>) -> Result<(), Lost> {
        match pending {
            Some(pending) => pending.await.map(drop).map_err(|_| Lost),
            None => Ok(()),
        }
    }

    fn audited(&self, by: &str, call: &AuditedCall) -> Audited {
        let governance = self.governance.load();
        let profile = governance.agents.get(&call.agent);
        let version = call
            .agent_version
            .as_deref()
            .or_else(|| profile.map(|profile| profile.version.as_str()));
        let violations = match &call.ended {
            Ended::Refused(refusal, _) => vec![violation(refusal)],
            Ended::Ok(_) | Ended::Error(_) | Ended::Panic(_) | Ended::Cancelled => Vec::new(),
        };
        let session = call.session.as_deref().map(|session| {
            let named: Result<SessionId, _> = session.parse();
            named.map_or_else(|_| self.store.pseudonym("session", session), |own| own.to_string())
        });
        let model = call.model.clone().or_else(|| profile.and_then(|one| one.model.clone()));
        Audited {
            id: EventId::draw(self.clock.as_ref()).to_string(),
            agent: call.agent.to_string(),
            agent_version: cut(version.unwrap_or("unknown"), MOST_TEXT).to_owned(),
            action: call.action.to_string(),
            tool: call.tool.as_ref().map(ToString::to_string),
            session,
            user_ref: call.user.as_deref().map(|user| self.store.pseudonym("user", user)),
            model: model.map(|model| cut(&model, MOST_TEXT).to_owned()),
            asked_by: by.to_owned(),
            // Nothing keeps a program from calling what is not audited.
            grade: EnforcementGrade::Advisory.to_string(),
            risk: profile
                .map_or("unknown", |profile| RiskLevel::as_str(profile.risk_level))
                .to_owned(),
            owner: profile.map(owner),
            status: call.ended.status().to_owned(),
            allowed: violations.is_empty(),
            violations,
            duration_ms: u64::try_from(call.duration.as_millis()).unwrap_or(u64::MAX),
            input_tokens: call.input_tokens,
            output_tokens: call.output_tokens,
            revision: governance.revision.clone(),
            parent: call.parent.map(|parent| parent.to_string()),
        }
    }
}

fn parts(mut call: AuditedCall) -> Vec<(PartName, String)> {
    call.metadata.retain(|key, _| !RESERVED_METADATA.contains(&key.as_str()));
    let mut parts = vec![(PartName::Args, fitting(call.args))];
    match call.ended {
        Ended::Ok(result) => {
            parts.extend(result.map(|result| (PartName::Result, fitting(result))));
        }
        Ended::Refused(refusal, error) => {
            parts.push((PartName::Checks, checks(&refusal)));
            parts.push((PartName::Error, text(cut(&error, MOST_PART))));
        }
        Ended::Error(error) | Ended::Panic(error) => {
            parts.push((PartName::Error, text(cut(&error, MOST_PART))));
        }
        Ended::Cancelled => parts.push((PartName::Error, text("cancelled"))),
    }
    if let Some(user) = &call.user {
        parts.push((PartName::User, text(cut(user, MOST_PART))));
    }
    if !call.metadata.is_empty() {
        parts.push((PartName::Metadata, fitting(text(&call.metadata))));
    }
    parts
}

/// Writes the one check as a decision's are written, so that its reason is told and found like theirs.
fn checks(refusal: &Refusal) -> String {
    let Violation { policy, result, severity, shadow } = violation(refusal);
    let reason = cut(&refusal.reason, MOST_PART);
    let check = json!({ "policy": policy, "result": result, "severity": severity, "reason": reason, "shadow": shadow });
    json!({ "checks": [check] }).to_string()
}

/// Returns JSON that fits: of a text that is too long, its beginning as a string.
fn fitting(json: String) -> String {
    if json.len() <= MOST_PART {
        return json;
    }
    text(&format!("{}… (cut at {MOST_PART} of {} bytes)", cut(&json, MOST_PART), json.len()))
}

/// Names the policy of a refusal so that it can be asked for.
fn violation(refusal: &Refusal) -> Violation {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.:-".contains(c);
    let name: String =
        refusal.policy.chars().take(64).map(|c| if allowed(c) { c } else { '-' }).collect();
    let policy: Result<PolicyId, _> = name.parse();
    Violation {
        policy: policy.map_or_else(|_| "refused".to_owned(), |policy| policy.to_string()),
        result: CheckResult::Blocked.to_string(),
        severity: refusal.severity.to_string(),
        shadow: false,
    }
}

/// Logs a loss at the first, the second, the fourth and so on.
fn tell_lost(agent: &str, lost: u64) {
    if lost.is_power_of_two() {
        tracing::error!(
            agent,
            lost,
            "an audited function ran and its event could not be recorded; see syndic_audit_lost"
        );
    }
}

fn cut(text: &str, bytes: usize) -> &str {
    text.get(..text.floor_char_boundary(bytes)).unwrap_or_default()
}

/// Writes what has only text keys, which cannot fail.
fn text(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
