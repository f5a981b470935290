//! Telling at the start that every call will be denied: the agent is not known, or the key is not its own.

use serde_json::json;
use serde_json::value::to_raw_value;
use syndic_api::OfferTools;
use syndic_mcp::{Decider, Undecided};
use syndic_model::AgentId;

use crate::output::Output;

/// Asks as the proxy will. A tool without a name is never recorded: whoever is let that far is who they say they are.
pub(super) async fn check(decider: impl Decider, agent: AgentId) {
    let Ok(nameless) = to_raw_value(&json!({})) else { return };
    let offer = OfferTools { server: "none".to_owned(), tools: vec![nameless] };
    if let Err(Undecided::Refused { code, text }) = decider.offer(agent.as_str(), offer).await {
        match code.as_str() {
            "wrong-role" => warn("the key is not an agent's"),
            "other-agent" | "unknown-agent" | "unknown-key" | "expired-key" | "revoked-key" => {
                warn(&text);
            }
            _ => {}
        }
    }
}

/// What decides may be mended while the proxy runs, so it goes on.
pub(super) fn warn(why: &str) {
    Output::new(false).warning(format!("every call will be denied: {why}"));
}
