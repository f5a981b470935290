//! A decision as the ledger keeps it.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use syndic_ledger::{Acted, Decision, DecisionApproval, Idempotency, Record, Violation};
use syndic_model::{AgentProfile, Check, CheckResult, EventId, RiskLevel};
use syndic_store::{Entry, Subject};

use crate::Gate;
use crate::decide::{Situation, Verdict};
use crate::enrich::Enriched;
use crate::sealed::parts;
use crate::weight::Weight;

/// The most violations a leaf names; the sealed checks have all.
const MOST_VIOLATIONS: usize = 32;

/// Everything one decision leaves behind.
pub(crate) struct Settled<'a> {
    pub(crate) event: EventId,
    /// The key that asked.
    pub(crate) key: &'a str,
    pub(crate) environment: &'static str,
    /// The calendars that were open.
    pub(crate) open: &'a [&'a str],
    pub(crate) enriched: &'a Enriched<'a>,
    pub(crate) situation: &'a Situation<'a>,
    pub(crate) verdict: &'a Verdict,
    pub(crate) weight: &'a Weight,
    pub(crate) idempotency: Option<Idempotency>,
    pub(crate) approval: Option<DecisionApproval>,
}

impl Gate {
    pub(crate) fn entry(&self, settled: &Settled<'_>) -> Entry {
        let at = settled.situation.reading.now;
        let decision = self.decision(settled);
        let subject = subject(&decision.acted(), at);
        Entry { record: Record::Decision(Box::new(decision)), at, parts: parts(settled), subject }
    }

    fn decision(&self, settled: &Settled<'_>) -> Decision {
        let Settled {
            event,
            key,
            enriched,
            situation,
            verdict,
            weight,
            idempotency,
            approval,
            environment: _,
            open: _,
        } = settled;
        let request = enriched.request;
        let profile = enriched.profile;
        let version =
            request.agent_version.as_deref().or(profile.map(|profile| profile.version.as_str()));
        Decision {
            id: event.to_string(),
            agent: request.agent.to_string(),
            agent_version: version.unwrap_or("unknown").to_owned(),
            action: request.action.to_string(),
            undeclared: !enriched.action_known,
            tool: request.tool.as_ref().map(ToString::to_string),
            server: request.server.as_ref().map(ToString::to_string),
            tool_pin: request.tool_pin.as_ref().map(ToString::to_string),
            session: request.session_id.as_ref().map(ToString::to_string),
            user_ref: weight.user.clone(),
            model: request
                .model
                .clone()
                .or_else(|| profile.and_then(|profile| profile.model.clone())),
            asked_by: (*key).to_owned(),
            grade: situation.grade.to_string(),
            risk: profile
                .map_or("unknown", |profile| RiskLevel::as_str(profile.risk_level))
                .to_owned(),
            mode: verdict.mode.to_string(),
            owner: profile.map(owner),
            effect: verdict.effect.to_string(),
            allowed: verdict.allowed,
            violations: violations(&verdict.checks),
            revision: enriched.governance.revision.clone(),
            counted: weight.counted.clone(),
            labels: enriched.labels().map(ToString::to_string).collect(),
            args_digest: enriched.args_digest.as_deref().map(|digest| self.args_ref(digest)),
            chain: enriched.ancestors.iter().map(|profile| profile.id.to_string()).collect(),
            parent: request.parent_action_id.map(|parent| parent.to_string()),
            idempotency: idempotency.clone(),
            approval: approval.clone(),
            break_glass: if verdict.broke_glass {
                situation.break_glass.iter().map(ToString::to_string).collect()
            } else {
                Vec::new()
            },
        }
    }

    /// Returns what a leaf has in place of the digest of arguments, which somebody could guess.
    pub(crate) fn args_ref(&self, args_digest: &str) -> String {
        self.store.pseudonym("args", args_digest)
    }

    /// Weighs an action, under pseudonyms.
    pub(crate) fn weigh(&self, enriched: &Enriched<'_>) -> Weight {
        Weight::new(enriched, |kind, text| self.store.pseudonym(kind, text))
    }
}

/// Names who answers for an agent.
pub(crate) fn owner(profile: &AgentProfile) -> String {
    format!("{} ({})", profile.owner.person, profile.owner.team)
}

/// Makes an entry that has no parts.
pub(crate) const fn plain(record: Record, at: Timestamp) -> Entry {
    Entry { record, at, parts: Vec::new(), subject: None }
}

/// Says whose key seals the parts of an event: the user's, else the session's, else one per
/// agent and UTC day.
pub(crate) fn subject(event: &Acted<'_>, at: Timestamp) -> Option<Subject> {
    if let Some(user) = event.user_ref {
        return Some(Subject::user(user));
    }
    if let Some(session) = event.session {
        return Some(Subject::new(&format!("session:{session}")));
    }
    let day = at.to_zoned(TimeZone::UTC).date();
    Some(Subject::new(&format!("agent-day:{}:{day}", event.agent)))
}

fn violations(checks: &[Check]) -> Vec<Violation> {
    let failed = checks.iter().filter(|check| check.result != CheckResult::Passed);
    failed
        .take(MOST_VIOLATIONS)
        .map(|check| Violation {
            policy: check.policy.to_string(),
            result: check.result.to_string(),
            severity: check.severity.to_string(),
            shadow: check.shadow,
        })
        .collect()
}
