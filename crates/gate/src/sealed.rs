//! The erasable parts of a decision, as JSON.

use serde::Serialize;
use syndic_ledger::PartName;
use syndic_model::ModelMessage;

use crate::decide::Verdict;
use crate::record::Settled;
use crate::recorded::RecordedContext;

pub(crate) fn parts(settled: &Settled<'_>) -> Vec<(PartName, String)> {
    let request = settled.enriched.request;
    let mut parts = vec![
        (PartName::Args, request.args.raw().to_owned()),
        (PartName::Checks, json(&SealedChecks::new(settled.verdict))),
        (PartName::Context, json(&RecordedContext::of(settled))),
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
