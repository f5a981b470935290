//! Taking in policies written in Rust: what is wrong with them is told like what is wrong with a file.

use std::collections::{BTreeMap, BTreeSet};

use syndic_model::{AgentId, Finding, PolicyId};

use crate::annotation::AppliesTo;
use crate::determining;
use crate::entities::Agent;
use crate::finding::{Hint as _, error, file};
use crate::native::Native;
use crate::view::Attributes;
use crate::{Engine, Policy, RESERVED};

/// The policies written in Rust, and what they may ask the context for.
#[derive(Debug, Default)]
pub(crate) struct Natives {
    pub(crate) all: Vec<Native>,
    pub(crate) attributes: Attributes,
}

impl Engine {
    /// Puts `policies` in force beside the others, in place of those embedded before.
    ///
    /// # Errors
    /// Everything that is wrong with them: an id that is taken, or an agent that does not exist.
    pub fn embed(self, policies: Vec<Policy>) -> Result<Self, Vec<Finding>> {
        if policies.is_empty() {
            return Ok(Self { natives: Natives::default(), ..self });
        }
        let mut findings = Vec::new();
        let mut taken: BTreeSet<PolicyId> =
            self.slices.rules().iter().map(|rule| rule.marks.id.clone()).collect();
        let mut all = Vec::with_capacity(policies.len());
        for policy in policies {
            all.extend(native(policy, &self.agents, &mut taken, &mut findings));
        }
        if !findings.is_empty() {
            return Err(findings);
        }
        let attributes = Attributes::of(&self.schema).map_err(|finding| vec![finding])?;
        Ok(Self { natives: Natives { all, attributes }, ..self })
    }

    /// Returns the policies that are embedded, to embed them in the engine that follows this one.
    #[must_use]
    pub fn embedded(&self) -> Vec<Policy> {
        self.natives.all.iter().map(|native| native.policy.clone()).collect()
    }
}

fn native(
    policy: Policy,
    agents: &BTreeMap<AgentId, Agent>,
    taken: &mut BTreeSet<PolicyId>,
    findings: &mut Vec<Finding>,
) -> Option<Native> {
    let id = id(&policy.id, taken, findings);
    let applies_to = applies_to(&policy, agents, findings);
    let (id, applies_to) = (id?, applies_to?);
    Some(Native { hash: determining::native(&id), id, applies_to, policy })
}

fn id(text: &str, taken: &mut BTreeSet<PolicyId>, findings: &mut Vec<Finding>) -> Option<PolicyId> {
    let mut wrong = |code, message: String| findings.push(error(code, file("native"), message));
    let id: PolicyId = match text.parse() {
        Ok(id) => id,
        Err(fault) => {
            wrong("bad-id", format!("{fault}"));
            return None;
        }
    };
    if RESERVED.contains(&text) {
        wrong("reserved-id", format!("`{id}` is syndic's own policy"));
        return None;
    }
    if !taken.insert(id.clone()) {
        wrong("duplicate-id", format!("`{id}` is already a policy"));
        return None;
    }
    Some(id)
}

#[expect(clippy::option_option, reason = "nothing is wrong, and everybody is meant")]
fn applies_to(
    policy: &Policy,
    agents: &BTreeMap<AgentId, Agent>,
    findings: &mut Vec<Finding>,
) -> Option<Option<AppliesTo>> {
    let find = |word: &str| agents.get_key_value(word).map(|(id, _)| id.clone());
    AppliesTo::read(&policy.applies_to, find)
        .map_err(|unknown| {
            findings.extend(unknown.into_iter().map(|word| {
                let message = format!(
                    "policy `{}` applies to `{word}`, which is no agent, no risk level and not `all`",
                    policy.id
                );
                let known = agents.keys().map(AgentId::as_str);
                error("unknown-agent", file("native"), message)
                    .did_you_mean(&word, known.chain(AppliesTo::levels()))
            }));
        })
        .ok()
}
