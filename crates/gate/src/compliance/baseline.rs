//! What a statement about an agent speaks of, so that a change can be seen.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};
use syndic_governance::Governance;
use syndic_ledger::Baseline;
use syndic_model::{AgentProfile, ToolName};

use crate::permit::hex;

/// Where the policies stand that decide.
const POLICIES: [&str; 2] = ["policies/org/", "policies/teams/"];

/// Hashes what a statement about an agent speaks of, as a governance directory has it.
#[must_use]
pub(crate) fn baseline(governance: &Governance, agent: &AgentProfile) -> Baseline {
    Baseline {
        purpose: hash(&agent.purpose),
        model: hash(agent.model.as_deref().unwrap_or_default()),
        tools: hash(&tools(governance, agent)),
        policy: hash(&policies(governance)),
    }
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

fn policies(governance: &Governance) -> String {
    let decides = |path: &str| POLICIES.iter().any(|folder| path.starts_with(folder));
    let mut text = String::new();
    for (path, hash) in governance.files.iter().filter(|(path, _)| decides(path)) {
        let _ = writeln!(text, "{hash}  {path}");
    }
    text
}

/// Hashes a text; one that is empty has no hash.
fn hash(text: &str) -> String {
    if text.is_empty() { String::new() } else { hex(&Sha256::digest(text)) }
}
