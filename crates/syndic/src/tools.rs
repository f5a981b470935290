//! The tools that servers offer to agents.

use serde_json::Value;
use syndic_gate::{AgentTools, OfferedTools, ToolsError};
use syndic_model::{AgentId, ServerName};

use crate::Governor;
use crate::governor::caller;

impl Governor {
    /// Tells how the tools that a server offers stand with an agent, and records the offer where it is another than
    /// the last. `definitions` are the tools' definitions, each an object with a `name`.
    ///
    /// # Errors
    /// When there is no such agent, the definitions are none, or the offer cannot be recorded.
    pub async fn offer_tools(
        &self,
        agent: &AgentId,
        server: &ServerName,
        definitions: Vec<Value>,
    ) -> Result<AgentTools, ToolsError> {
        let (agent, server) = (agent.clone(), server.clone());
        self.to_the_end(|gate| async move {
            gate.offer_tools(&caller(), &agent, &server, &definitions).await
        })
        .await
    }

    /// Lists what servers offered agents last, by agent and server.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn offered_tools(&self) -> Result<Vec<OfferedTools>, ToolsError> {
        self.gate.offered_tools().await
    }
}
