//! How a proxy was started.

use std::time::Duration;

/// How a proxy was started.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The agent whose calls it carries.
    pub agent: String,
    /// The name of the server behind it: tools are `<server>.<tool>` in the catalogue.
    pub server: String,
    /// The session its actions belong to; without one, labels hold for the agent as a whole.
    pub session: Option<String>,
    /// How long a call waits for people before the client is told to ask again.
    pub wait: Duration,
    /// The longest message, in bytes; a longer one is refused.
    pub largest_message: usize,
}

impl Settings {
    /// Sets what nobody asked to be otherwise: 45 s of waiting, messages of at most 64 MiB.
    #[must_use]
    pub fn new(agent: impl Into<String>, server: impl Into<String>) -> Self {
        Self {
            agent: agent.into(),
            server: server.into(),
            session: None,
            wait: Duration::from_secs(45),
            largest_message: 64 * 1024 * 1024,
        }
    }
}
