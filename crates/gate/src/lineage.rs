//! For whom an agent acts: the chain of delegation.

use syndic_ledger::Record;
use syndic_model::{ActionRequest, AgentId, EventId};

use crate::Gate;
use crate::events::EventsError;

/// How many agents may stand behind one action.
const MOST_ANCESTORS: usize = 3;

/// The agents an action is asked for, nearest first, or why that cannot be told.
#[derive(Debug)]
pub(crate) enum Lineage {
    /// Every one of them must be allowed the action too.
    Chain(Vec<AgentId>),
    /// The claim does not hold; the action is denied with this reason.
    Broken(String),
}

/// What an agent does for itself is no delegation.
fn without_self(mut chain: Vec<AgentId>, agent: &AgentId) -> Vec<AgentId> {
    chain.dedup();
    if chain.first() == Some(agent) {
        chain.remove(0);
    }
    chain
}

impl Gate {
    /// Follows `parent_action_id` and `on_behalf_of`; both can only restrict.
    pub(crate) async fn lineage(&self, request: &ActionRequest) -> Result<Lineage, EventsError> {
        let mut chain = Vec::new();
        if let Some(parent) = request.parent_action_id {
            match self.parent(parent).await? {
                Some(ancestry) => chain = without_self(ancestry, &request.agent),
                None => {
                    return Ok(Lineage::Broken(format!(
                        "parent action `{parent}` is not one that was allowed"
                    )));
                }
            }
        }
        if let Some(delegator) = &request.on_behalf_of {
            match chain.first() {
                Some(parent) if parent != delegator => {
                    let reason =
                        format!("parent action belongs to `{parent}`, not to `{delegator}`");
                    return Ok(Lineage::Broken(reason));
                }
                Some(_) => {}
                None => chain.push(delegator.clone()),
            }
        }
        let chain = without_self(chain, &request.agent);
        if chain.len() > MOST_ANCESTORS {
            return Ok(Lineage::Broken(format!(
                "delegation is deeper than {MOST_ANCESTORS} agents"
            )));
        }
        Ok(Lineage::Chain(chain))
    }

    /// Returns the agent of an allowed action and those behind it; `None` if there is no such action.
    async fn parent(&self, id: EventId) -> Result<Option<Vec<AgentId>>, EventsError> {
        let Some(row) = self.find(id).await? else { return Ok(None) };
        let stored = self.read(row.decision).await?;
        let Record::Decision(decision) = stored.leaf.record else { return Ok(None) };
        if !decision.allowed {
            return Ok(None);
        }
        let names = std::iter::once(&decision.agent).chain(&decision.chain);
        Ok(names.map(|name| name.parse().ok()).collect())
    }
}
