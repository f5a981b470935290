//! A first profile for a new agent.

use std::io;
use std::path::{Path, PathBuf};

use syndic_model::AgentId;
use thiserror::Error;

use crate::init::write_new;

/// Why no profile was drafted.
#[derive(Debug, Error)]
pub enum NewAgentError {
    /// The agent has a profile.
    #[error("`{}` is already there", path.display())]
    Exists {
        /// The profile.
        path: PathBuf,
    },
    /// The file system said no.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The profile.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
}

/// Drafts `agents/<id>.yaml` for an agent that reads, at low risk, in observe mode; returns its path.
///
/// # Errors
/// When the agent has a profile, or the file cannot be written.
pub fn new_agent(dir: &Path, id: &AgentId) -> Result<PathBuf, NewAgentError> {
    let path = dir.join("agents").join(format!("{id}.yaml"));
    let text = include_str!("../shipped/draft.yaml").replace("{id}", id.as_str());
    match write_new(&path, &text) {
        Ok(()) => Ok(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            Err(NewAgentError::Exists { path })
        }
        Err(source) => Err(NewAgentError::Write { path, source }),
    }
}
