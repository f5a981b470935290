//! What can be known about a request before the lock is taken.

use std::borrow::Cow;

use sha2::{Digest as _, Sha256};
use syndic_detect::OverBudget;
use syndic_governance::Governance;
use syndic_model::{
    ActionRequest, AgentProfile, Check, CheckResult, LabelName, Severity, canonical,
};
use syndic_policy::{Detected, Examined};

use crate::detect::detect;
use crate::lineage::Lineage;
use crate::permit::{args_digest, hex};
use crate::tails::Tails;

/// A request with everything that needs no state.
#[derive(Debug)]
pub(crate) struct Enriched<'a> {
    /// What it was read with, and is decided by.
    pub(crate) governance: &'a Governance,
    pub(crate) request: &'a ActionRequest,
    /// The agent's profile; `None` for an unknown agent.
    pub(crate) profile: Option<&'a AgentProfile>,
    /// The agents it acts for, as they were claimed.
    pub(crate) lineage: &'a Lineage,
    /// The profiles of the agents it acts for, nearest first.
    pub(crate) ancestors: Vec<&'a AgentProfile>,
    /// The arguments as policy sees them; absent when they fit no action.
    pub(crate) examined: Option<Examined>,
    /// What was found in what it would send.
    pub(crate) detected: Detected,
    /// What of it only shows together with what was sent before.
    pub(crate) split: Detected,
    /// Digest of the canonical arguments; absent when they mean nothing exact.
    pub(crate) args_digest: Option<String>,
    /// Whether the catalogue has the action.
    pub(crate) action_known: bool,
    /// What stands in the way already.
    pub(crate) faults: Vec<Check>,
}

impl<'a> Enriched<'a> {
    /// Returns the profiles of the agent and of those behind it.
    pub(crate) fn actors(&self) -> impl Iterator<Item = &'a AgentProfile> + '_ {
        self.profile.into_iter().chain(self.ancestors.iter().copied())
    }

    /// Returns the digest of the arguments that an approval is bound to: without those declared incidental.
    pub(crate) fn bound_args(&self) -> Option<Cow<'_, str>> {
        let entry = self.governance.catalogue.get(&self.request.action);
        let incidental = entry.map(|entry| entry.incidental.as_slice()).unwrap_or_default();
        if incidental.is_empty() {
            return self.args_digest.as_deref().map(Cow::Borrowed);
        }
        let mut args = self.request.args.value().ok()?.clone();
        incidental.iter().for_each(|pointer| pointer.remove(&mut args));
        Some(Cow::Owned(hex(&Sha256::digest(canonical(&args)))))
    }

    /// Adds what only shows together with what was sent before.
    pub(crate) fn join(&mut self, tails: &Tails) {
        let Some(examined) = &self.examined else { return };
        match tails.join(self.governance, self.request, examined.facts()) {
            Ok(split) => self.absorb(split),
            Err(over) => self.faults.push(unscanned(over)),
        }
    }

    /// Adds what only showed together with what was sent before.
    pub(crate) fn absorb(&mut self, split: Detected) {
        self.detected.absorb(split.clone());
        self.split = split;
    }

    /// Returns what the action's result leaves on its session.
    pub(crate) fn labels(&self) -> impl Iterator<Item = &'a LabelName> {
        let entry = self.governance.catalogue.get(&self.request.action);
        entry.into_iter().flat_map(|entry| &entry.labels)
    }
}

pub(crate) fn enrich<'a>(
    governance: &'a Governance,
    request: &'a ActionRequest,
    lineage: &'a Lineage,
) -> Enriched<'a> {
    let mut faults = Vec::new();
    let profile = governance.agents.get(&request.agent);
    if profile.is_none() {
        faults.push(blocked(
            "tool-access",
            Severity::Critical,
            format!("agent `{}` is not registered", request.agent),
        ));
    }
    let ancestors = ancestors(governance, lineage, &mut faults);
    let examined = examine(governance, request, &mut faults);
    let facts = examined.as_ref().map(Examined::facts);
    let detected =
        facts.map_or_else(|| Ok(Detected::default()), |facts| detect(governance, request, facts));
    let detected = detected.unwrap_or_else(|over| {
        faults.push(unscanned(over));
        Detected::default()
    });
    Enriched {
        governance,
        request,
        profile,
        lineage,
        ancestors,
        detected,
        split: Detected::default(),
        args_digest: args_digest(&request.args),
        examined,
        action_known: governance.catalogue.contains_key(&request.action),
        faults,
    }
}

fn ancestors<'a>(
    governance: &'a Governance,
    lineage: &Lineage,
    faults: &mut Vec<Check>,
) -> Vec<&'a AgentProfile> {
    match lineage {
        Lineage::Broken(reason) => {
            faults.push(blocked("delegation", Severity::High, reason.clone()));
            Vec::new()
        }
        Lineage::Chain(chain) => {
            let mut known = Vec::new();
            for agent in chain {
                match governance.agents.get(agent) {
                    Some(profile) => known.push(profile),
                    None => faults.push(blocked(
                        "delegation",
                        Severity::High,
                        format!("agent `{agent}`, for whom this is asked, is not registered"),
                    )),
                }
            }
            known
        }
    }
}

fn examine(
    governance: &Governance,
    request: &ActionRequest,
    faults: &mut Vec<Check>,
) -> Option<Examined> {
    if !governance.catalogue.contains_key(&request.action) {
        let reason = format!("action `{}` is not in the catalogue", request.action);
        faults.push(blocked("tool-access", Severity::Critical, reason));
        if let Err(fault) = request.args.value() {
            faults.push(blocked("schema", Severity::Medium, fault.to_string()));
        }
        return None;
    }
    governance
        .engine
        .examine(&request.action, &request.args)
        .map_err(|refusal| faults.push(refusal.check))
        .ok()
}

/// What was not looked through may hold anything.
fn unscanned(over: OverBudget) -> Check {
    let reason = format!("what it would send cannot be looked through for personal data: {over}");
    blocked("detection", Severity::High, reason)
}

/// Makes the check of one of the gate's own policies. Its ids are reserved, so the names are always valid.
pub(crate) fn blocked(policy: &'static str, severity: Severity, reason: String) -> Check {
    #[expect(clippy::expect_used, reason = "a literal of the name alphabet")]
    let policy = policy.parse().expect("a valid policy id");
    Check { policy, result: CheckResult::Blocked, severity, reason: Some(reason), shadow: false }
}
