//! The erasable parts of a decision, as JSON.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::Serialize;
use syndic_ledger::PartName;
use syndic_model::{LocalTime, ModelMessage};

use crate::decide::Verdict;
use crate::record::Settled;

pub(crate) fn parts(settled: &Settled<'_>) -> Vec<(PartName, String)> {
    let request = settled.enriched.request;
    let mut parts = vec![
        (PartName::Args, request.args.raw().to_owned()),
        (PartName::Checks, json(&SealedChecks::new(settled.verdict))),
        (PartName::Context, json(&SealedContext::new(settled))),
    ];
    if let Some(user) = &request.user_id {
        parts.push((PartName::User, json(user)));
    }
    if !request.metadata.is_empty() {
        parts.push((PartName::Metadata, json(&request.metadata)));
    }
    parts
}

/// Writes what has only text keys, which cannot fail.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// What policies said, with reasons; and what the model was told, so that a repeat is told the same.
#[derive(Serialize)]
struct SealedChecks<'a> {
    checks: Vec<SealedCheck<'a>>,
    message: SealedMessage<'a>,
}

#[derive(Serialize)]
struct SealedCheck<'a> {
    policy: &'a str,
    result: &'static str,
    severity: &'static str,
    reason: Option<&'a str>,
    shadow: bool,
}

#[derive(Serialize)]
struct SealedMessage<'a> {
    code: &'static str,
    text: &'a str,
    retry: &'static str,
}

impl<'a> SealedChecks<'a> {
    fn new(verdict: &'a Verdict) -> Self {
        let checks = verdict.checks.iter().map(|check| SealedCheck {
            policy: check.policy.as_str(),
            result: check.result.as_str(),
            severity: check.severity.as_str(),
            reason: check.reason.as_deref(),
            shadow: check.shadow,
        });
        let ModelMessage { code, text, retry } = &verdict.message;
        let message = SealedMessage { code: code.as_str(), text, retry: retry.as_str() };
        Self { checks: checks.collect(), message }
    }
}

/// What the decision was evaluated on, beside the arguments.
#[derive(Serialize)]
struct SealedContext<'a> {
    facts: Option<SealedFacts<'a>>,
    call: SealedCall<'a>,
}

#[derive(Serialize)]
struct SealedFacts<'a> {
    amount: Option<String>,
    currency: Option<String>,
    recipients: Option<&'a BTreeSet<String>>,
    affected_people: Option<u64>,
    resource: Option<&'a str>,
}

#[derive(Serialize)]
struct SealedCall<'a> {
    now: Timestamp,
    clock_sane: bool,
    local: Option<SealedLocal>,
    open: &'a [&'a str],
    environment: &'static str,
    session: Option<&'a str>,
    grade: &'static str,
    suspended: Vec<&'a str>,
    detected: &'a BTreeSet<&'static str>,
}

/// The time where the agent is; that of the agents behind it follows from `now`.
#[derive(Serialize)]
struct SealedLocal {
    weekday: i64,
    minutes: i64,
}

impl<'a> SealedContext<'a> {
    fn new(settled: &Settled<'a>) -> Self {
        let facts = settled.enriched.examined.as_ref().map(|examined| {
            let facts = examined.facts();
            SealedFacts {
                amount: facts.amount.map(|amount| amount.to_string()),
                currency: facts.currency.map(|currency| currency.to_string()),
                recipients: facts.recipients.as_ref(),
                affected_people: facts.affected_people,
                resource: facts.resource.as_deref(),
            }
        });
        let situation = settled.situation;
        let local = settled
            .enriched
            .profile
            .map(|profile| LocalTime::at(situation.reading.now, &profile.time_zone));
        let call = SealedCall {
            now: situation.reading.now,
            clock_sane: situation.reading.sane,
            local: local.map(|LocalTime { weekday, minutes, .. }| SealedLocal { weekday, minutes }),
            open: settled.open,
            environment: settled.environment,
            session: situation.session.map(|session| session.as_str()),
            grade: situation.grade.as_str(),
            suspended: situation.suspended.iter().map(|agent| agent.as_str()).collect(),
            detected: &settled.enriched.detected,
        };
        Self { facts, call }
    }
}
