//! What enforcing would have stopped, told from recorded traffic.

use std::collections::BTreeMap;

use serde::Serialize;
use syndic_api::{Event, PolicyCheck};
use syndic_client::{Client, EventFilter};

use crate::output::Output;
use crate::when::readable;

/// How many events are asked for at once.
const PAGE: u16 = 500;
/// How many examples are kept of each kind, and how many kinds.
const MOST_EXAMPLES: usize = 3;
const MOST_KINDS: usize = 1000;

/// The observed actions of one agent.
#[derive(Debug, Default)]
pub(super) struct Window {
    /// How many there were.
    pub(super) actions: u64,
    /// How many of them enforcing would have denied.
    pub(super) denied: u64,
    /// How many of them it would have held.
    pub(super) held: u64,
    /// By action and policy, what would have stopped them.
    pub(super) stopped: BTreeMap<(String, String), Stopped>,
}

/// What one policy would have stopped of one action.
#[derive(Debug, Default, Serialize)]
pub(super) struct Stopped {
    /// How many it would have denied.
    pub(super) denied: u64,
    /// How many it would have held.
    pub(super) held: u64,
    /// The latest of them.
    pub(super) examples: Vec<Example>,
}

/// One action that would have been stopped.
#[derive(Debug, Serialize)]
pub(super) struct Example {
    pub(super) event_id: String,
    pub(super) at: String,
    pub(super) reason: Option<String>,
}

/// Reads all that was recorded of an agent in the window.
pub(super) async fn read(
    client: &Client,
    mut filter: EventFilter,
    out: &Output,
) -> anyhow::Result<Window> {
    let mut window = Window::default();
    filter.limit = Some(PAGE);
    loop {
        let page = client.events(&filter).await?;
        page.events.iter().for_each(|event| window.take(event));
        out.progress(format!("{} actions", window.actions));
        let Some(cursor) = page.next_cursor else { break };
        filter.cursor = Some(cursor);
    }
    out.progress("");
    Ok(window)
}

impl Window {
    fn take(&mut self, event: &Event) {
        let said = |name: &str| event.metadata.get(name).and_then(serde_json::Value::as_str);
        // What was enforced at the time, or stopped even though it was observed, enforcing does not change.
        if said("mode") != Some("observe") || !event.allowed {
            return;
        }
        self.actions += 1;
        match said("effect") {
            Some("deny") => self.denied += 1,
            Some("hold") => self.held += 1,
            _ => return,
        }
        let stopping = |check: &&PolicyCheck| !check.shadow && check.result != "passed";
        for check in event.policy_checks.iter().filter(stopping) {
            let kind = (event.action.clone(), check.policy.clone());
            if self.stopped.len() >= MOST_KINDS && !self.stopped.contains_key(&kind) {
                continue;
            }
            let stopped = self.stopped.entry(kind).or_default();
            if check.result == "held" {
                stopped.held += 1;
            } else {
                stopped.denied += 1;
            }
            if stopped.examples.len() < MOST_EXAMPLES {
                stopped.examples.push(Example {
                    event_id: event.event_id.clone(),
                    at: readable(event.timestamp),
                    reason: check.reason.clone(),
                });
            }
        }
    }
}
