//! What is found in what an action would send: personal data, secrets and disguises.
//!
//! Looked at are the texts that the catalogue calls content, and every argument of an action that sends something to
//! others. Where it is sent to is no content, and who receives it may be told their own address.

use serde_json::value::RawValue;
use syndic_detect::{Context, Finding, Findings, OverBudget};
use syndic_governance::Governance;
use syndic_model::{ActionRequest, Capability, CatalogueEntry, Fact, Pointer};
use syndic_policy::{Detected, Facts};

/// Looks at the arguments of an action.
pub(crate) fn detect(
    governance: &Governance,
    request: &ActionRequest,
    facts: &Facts,
) -> Result<Detected, OverBudget> {
    let Some(entry) = governance.catalogue.get(&request.action) else {
        return Ok(Detected::default());
    };
    let sends = entry.capabilities.contains(&Capability::SendExternalMessage);
    if !sends && !entry.facts.contains_key(&Fact::Content) {
        return Ok(Detected::default());
    }
    let text = request.args.raw();
    let Ok(json) = serde_json::from_str::<&RawValue>(text) else { return Ok(Detected::default()) };
    let mut found = governance.scanner.scan_json(json, &context(governance))?;
    found.retain(|finding| is_looked_at(entry, sends, finding));
    Ok(count(governance, request, facts, text, &found))
}

/// Returns what is known beside the text.
pub(crate) fn context(governance: &Governance) -> Context<'_> {
    Context { region: governance.settings.detection.region, ..Context::default() }
}

/// Tells of the findings that count for policies; `text` is what was scanned.
pub(crate) fn count(
    governance: &Governance,
    request: &ActionRequest,
    facts: &Facts,
    text: &str,
    found: &Findings,
) -> Detected {
    let settings = &governance.settings.detection;
    let mut detected = Detected::default();
    for finding in
        found.iter().filter(|finding| !is_allowed(governance, request, facts, text, finding))
    {
        if finding.score < settings.block_at {
            continue;
        }
        if let Some(evasion) = finding.evidence.evasion {
            detected.obfuscated = true;
            detected.disguises.insert(evasion.as_str().to_owned());
        }
        if finding.entity.is_secret() {
            detected.secrets.insert(finding.evidence.pattern.to_string());
        } else {
            detected.pii.insert(finding.entity.to_string());
        }
    }
    detected
}

fn is_looked_at(entry: &CatalogueEntry, sends: bool, finding: &Finding) -> bool {
    let path = finding.path.as_deref().and_then(|path| path.parse::<Pointer>().ok());
    let is_of = |fact| path.as_ref().is_some_and(|path| is_of(entry, fact, path));
    is_of(Fact::Content) || (sends && !is_of(Fact::Recipients))
}

/// Tells whether the catalogue takes a fact from what stands at `path`.
pub(crate) fn is_of(entry: &CatalogueEntry, fact: Fact, path: &Pointer) -> bool {
    let source = entry.facts.get(&fact);
    source.is_some_and(|source| source.pointers.iter().any(|one| one.meets(path)))
}

/// Tells whether whoever receives the action may read this.
fn is_allowed(
    governance: &Governance,
    request: &ActionRequest,
    facts: &Facts,
    text: &str,
    finding: &Finding,
) -> bool {
    let Some(recipients) = &facts.recipients else { return false };
    let value = text.get(finding.span.clone()).unwrap_or_default();
    if recipients.len() == 1 && recipients.contains(&value.to_lowercase()) {
        return true;
    }
    governance.settings.detection.allow.iter().any(|allowed| {
        let to = recipients.iter().map(String::as_str);
        allowed.lets(&request.agent, finding.entity.as_str(), to)
    })
}
