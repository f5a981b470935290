//! What a statement about an agent speaks of, so that a change can be seen.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use syndic_governance::Governance;
use syndic_ledger::Baseline;
use syndic_model::{AgentProfile, Mode, ToolName};

use super::bounds::bounds;
use crate::permit::hex;

/// Where the policies of files stand that decide.
const POLICIES: [&str; 2] = ["policies/org/", "policies/teams/"];

/// Hashes what a statement about an agent speaks of, as a governance directory has it.
#[must_use]
pub(crate) fn baseline(governance: &Governance, agent: &AgentProfile) -> Baseline {
    Baseline {
        purpose: hash(&agent.purpose),
        model: hash(agent.model.as_deref().unwrap_or_default()),
        tools: hash(&tools(governance, agent)),
        policy: policy(governance, agent, agent.mode),
    }
}

/// Hashes the policies as they were until an agent was promoted: that its verdicts are enforced since puts nothing out of
/// date that was stated before. None while it is only observed.
#[must_use]
pub(crate) fn policy_before_promotion(
    governance: &Governance,
    agent: &AgentProfile,
) -> Option<String> {
    (agent.mode == Mode::Enforce).then(|| policy(governance, agent, Mode::Observe))
}

/// Writes a line for each action that is not denied whatever its arguments, and for each tool it is done with and the
/// pins of that.
fn tools(governance: &Governance, agent: &AgentProfile) -> String {
    let mut text = String::new();
    for action in governance.engine.callable(&agent.id) {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "action {action}");
        let Some(entry) = governance.catalogue.get(&action) else { continue };
        let names: BTreeSet<&ToolName> = entry.tools.iter().collect();
        for tool in names {
            let _ = writeln!(text, "tool {tool}");
            for (server, pinned) in &governance.pins {
                if let Some(pinned) = pinned.get(tool) {
                    let _ = writeln!(text, "pin {server} {}", pinned.pin);
                }
            }
        }
    }
    text
}

/// Hashes the files of policies, and what bounds the agent by its profile.
fn policy(governance: &Governance, agent: &AgentProfile, mode: Mode) -> String {
    let decides = |path: &str| POLICIES.iter().any(|folder| path.starts_with(folder));
    let mut text = String::new();
    for (path, hash) in governance.files.iter().filter(|(path, _)| decides(path)) {
        let _ = writeln!(text, "{hash}  {path}");
    }
    text.push_str(&bounds(governance, agent, mode));
    hash(&text)
}

/// Hashes a text; one that is empty has no hash.
fn hash(text: &str) -> String {
    if text.is_empty() { String::new() } else { hex(&Sha256::digest(text)) }
}
