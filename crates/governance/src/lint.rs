//! What loads and is probably not meant: looked for once nothing is wrong.

mod approvals;

use std::collections::BTreeMap;

use syndic_model::{
    ActionName, AgentId, AgentProfile, Allowed, Capability, CatalogueEntry, Finding, Level, Place,
};
use syndic_policy::Engine;

use crate::catalogue::Catalogue;

pub(crate) use approvals::approvals;

/// Finds what can never happen, though somebody wrote it down.
pub(crate) fn lint(
    agents: &BTreeMap<AgentId, AgentProfile>,
    catalogue: &Catalogue,
    engine: &Engine,
) -> Vec<Finding> {
    nothing_permitted(engine).into_iter().chain(unused_actions(agents, catalogue)).collect()
}

/// What the ids of actions begin with that a server or the proxy before it starts.
const PROTOCOL: &str = "mcp.";

fn nothing_permitted(engine: &Engine) -> Option<Finding> {
    let permits = engine.show().iter().any(|shown| shown.effect == "permit");
    (!permits).then(|| Finding {
        level: Level::Warning,
        code: "nothing-permitted",
        place: Place { file: "policies/org".to_owned(), position: None },
        message: "every action is denied: no policy permits anything".to_owned(),
        hint: Some(
            "`permit (principal, action, resource);` permits what profiles declare".to_owned(),
        ),
    })
}

/// Finds actions that some agent has the capabilities for and that no agent may call. One whose capabilities nobody
/// declares is there to be refused by name, and so is what a server may ask for.
fn unused_actions(
    agents: &BTreeMap<AgentId, AgentProfile>,
    catalogue: &Catalogue,
) -> impl Iterator<Item = Finding> {
    let unused = catalogue.entries.iter().filter(|(name, entry)| {
        if name.as_str().starts_with(PROTOCOL) {
            return false;
        }
        let mut able = agents.values().filter(|agent| is_able(agent, entry)).peekable();
        able.peek().is_some() && !able.any(|agent| lists(agent, name, entry))
    });
    unused.map(|(name, _)| Finding {
        level: Level::Warning,
        code: "unused-action",
        place: catalogue
            .places
            .get(name)
            .cloned()
            .unwrap_or_else(|| Place { file: "actions".to_owned(), position: None }),
        message: format!("no agent may call `{name}`"),
        hint: Some(format!("add `{name}` to the `actions` of an agent, or leave it out here")),
    })
}

fn is_able(agent: &AgentProfile, entry: &CatalogueEntry) -> bool {
    entry.capabilities.iter().all(|capability| agent.can(*capability))
}

/// Tells whether the agent's allow-list has the action, by its id or by all its capabilities.
fn lists(agent: &AgentProfile, name: &ActionName, entry: &CatalogueEntry) -> bool {
    let listed =
        |capability: &Capability| agent.actions.contains(&Allowed::Capability(*capability));
    let any = agent.actions.iter().any(|allowed| matches!(allowed, Allowed::Capability(_)));
    agent.actions.contains(&Allowed::Action(name.clone()))
        || any
            && entry
                .capabilities
                .iter()
                .all(|capability| *capability == Capability::Read || listed(capability))
}
