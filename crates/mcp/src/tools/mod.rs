//! The tools that a server shows one client, and how each stands with the agent.

mod drift;
mod learn;
mod list;
mod page;
mod seen;
mod watch;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use syndic_api::{AgentTools, ToolBody};

use crate::json::Json;

pub(crate) use page::Page;
pub(crate) use seen::Seen;
pub(crate) use watch::Watches;

/// What one client was shown, until it may have changed.
#[derive(Debug, Default)]
pub(crate) struct Tools {
    known: Mutex<Option<Arc<Known>>>,
    /// How often it was said that they changed.
    changes: AtomicU64,
    /// Held while the server is asked, so that it is asked once.
    learning: tokio::sync::Mutex<()>,
}

/// The tools of a server, and what was said of them.
#[derive(Debug)]
pub(crate) struct Known {
    /// Each definition, in the server's order.
    definitions: Vec<Json>,
    standings: HashMap<String, ToolBody>,
    /// What people were asked about tools that are not as they were approved, or said.
    told: HashMap<String, String>,
    /// Tools that are not as this process first saw them: the decider knows nothing of it.
    changed: HashSet<String>,
    vanished: Vec<String>,
    enforced: bool,
    revision: String,
}

impl Tools {
    /// Returns what is known, unless it may have changed.
    pub(crate) fn known(&self) -> Option<Arc<Known>> {
        self.lock().clone()
    }

    /// Forgets what is known: the server says that it changed.
    pub(crate) fn forget(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
        *self.lock() = None;
    }

    /// Forgets what was found in another governance directory than the one in force.
    pub(crate) fn compare(&self, revision: &str) {
        let mut known = self.lock();
        if known.as_ref().is_some_and(|known| known.revision != revision) {
            *known = None;
        }
    }

    fn changes(&self) -> u64 {
        self.changes.load(Ordering::Relaxed)
    }

    /// Keeps what was learned, unless the tools changed after `changes`.
    fn keep(&self, known: &Arc<Known>, changes: u64) {
        if self.changes() == changes {
            *self.lock() = Some(Arc::clone(known));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Option<Arc<Known>>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    fn new(definitions: Vec<Json>, said: AgentTools, changed: HashSet<String>) -> Self {
        let AgentTools { mode, policy_revision: revision, tools, vanished } = said;
        let standings = tools.into_iter().map(|tool| (tool.tool.clone(), tool)).collect();
        let enforced = mode != "observe";
        Self { definitions, standings, told: HashMap::new(), changed, vanished, enforced, revision }
    }

    /// Returns how a tool stands; nothing of one that the server did not show.
    pub(crate) fn tool(&self, name: &str) -> Option<&ToolBody> {
        self.standings.get(name)
    }

    /// Tells whether a tool is kept from the agent: it may never call it, or nobody looked at it as it is now.
    fn hides(&self, name: &str) -> bool {
        self.enforced && self.tool(name).is_none_or(|tool| tool.standing != "callable")
    }

    /// Returns every definition, in the server's order.
    pub(crate) fn definitions(&self) -> &[Json] {
        &self.definitions
    }

    /// Returns the definition of a tool, as the server shows it.
    pub(crate) fn definition(&self, name: &str) -> Option<&Json> {
        self.definitions.iter().find(|definition| page::name(definition).as_deref() == Some(name))
    }

    /// Returns the tools that are not as people approved them, where that stops anything.
    pub(crate) fn drifted(&self) -> impl Iterator<Item = &ToolBody> {
        let tools = self.definitions.iter().filter_map(page::name);
        let tools = tools.filter_map(|name| self.standings.get(&name));
        tools.filter(|tool| self.enforced && is_drifted(tool))
    }

    /// Returns what is to be said of a tool that is not as people approved it, where that stops it.
    pub(crate) fn drift(&self, name: &str) -> Option<&str> {
        self.tool(name).filter(|tool| self.enforced && is_drifted(tool))?;
        Some(
            self.told
                .get(name)
                .map_or("more tools changed than people are asked about at once", String::as_str),
        )
    }

    /// Tells whether a tool is stopped here, since whoever decides has not pinned it.
    pub(crate) fn stops(&self, name: &str) -> bool {
        self.enforced && self.changed.contains(name)
    }

    fn shows_all(&self, page: &Page) -> bool {
        page.tools.iter().all(|tool| self.definitions.contains(tool))
    }
}

/// Tells whether a tool is not as people approved it.
fn is_drifted(tool: &ToolBody) -> bool {
    matches!(tool.standing.as_str(), "new" | "changed")
}
