//! The canary drill: tools refuse who does not come through the gateway, and the gate refuses what nobody declared.

use std::pin::Pin;
use std::sync::Arc;

use serde_json::json;
use syndic_model::{ActionName, AgentId, Knocked};

use super::probe::{caller, request};
use super::{DrillError, Tried, figure};
use crate::Gate;

/// An action that no catalogue has.
const UNDECLARED: &str = "syndic.drill.undeclared_action";

/// Reaches for an address without credentials.
pub type Knocker = dyn Fn(String) -> Pin<Box<dyn Future<Output = Knocked> + Send>> + Send + Sync;

impl Gate {
    /// Says how addresses are reached for; once. Whoever says so has scheduled drills run by themselves.
    pub fn knock_with(&self, knocker: Arc<Knocker>) {
        drop(self.knocker.set(knocker));
    }

    pub(super) async fn drill_canary(&self, agent: Option<&AgentId>) -> Result<Tried, DrillError> {
        let governance = self.governance();
        let urls = governance.settings.drills.canary.clone();
        if urls.is_empty() {
            return Err(DrillError::NoCanary);
        }
        let knocker = self.knocker.get().ok_or(DrillError::NoKnocker)?;
        let mut knocks = Vec::new();
        for url in urls {
            let came = knocker(url.clone()).await;
            knocks.push((url, came));
        }
        let agents = governance.agents.keys().filter(|id| agent.is_none_or(|one| one == *id));
        let (mut attempted, mut denied) = (0, 0);
        for agent in agents {
            let action: ActionName = UNDECLARED.parse().map_err(|_| DrillError::NoProbe)?;
            let request = request(agent, action, &json!({})).ok_or(DrillError::NoProbe)?;
            attempted += 1;
            denied += u64::from(!self.submit(&caller(agent), request).await?.allowed);
        }
        Ok(judge(&knocks, attempted, denied))
    }
}

fn judge(knocks: &[(String, Knocked)], attempted: u64, denied: u64) -> Tried {
    let refused = knocks.iter().filter(|(_, came)| matches!(came, Knocked::Refused(_))).count();
    let open = knocks.iter().filter(|(_, came)| matches!(came, Knocked::Open(_))).count();
    let wrong = knocks.iter().find_map(|(url, came)| match came {
        Knocked::Refused(_) => None,
        Knocked::Open(answer) => {
            Some(format!("`{url}` lets anybody in who does not come through syndic: {answer}"))
        }
        Knocked::Untried(why) => Some(format!("`{url}` could not be tried: {why}")),
    });
    let figures = [
        ("addresses_count", figure(knocks.len())),
        ("refused_count", figure(refused)),
        ("open_count", figure(open)),
        ("unknown_action_attempted_count", attempted),
        ("unknown_action_denied", denied),
    ];
    Tried {
        passed: wrong.is_none() && !knocks.is_empty(),
        figures: figures.into_iter().collect(),
        told: wrong.unwrap_or_else(|| {
            format!("{refused} addresses of tools refuse who does not come through syndic")
        }),
    }
}
