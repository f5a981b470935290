//! When agents were last seen before this start, by the index.

use syndic_store::ReadError;

use crate::Gate;

/// Which directory's agents were looked for.
#[derive(Debug, Default)]
pub(crate) struct Recall {
    revision: String,
    /// How far the index must have come first; nothing where they were looked for.
    wants: Option<u64>,
}

impl Recall {
    /// Looks for the agents of the directory in force, once for each that comes into force and once the index has them.
    /// Blocks on the disk.
    pub(super) fn look(&mut self, gate: &Gate) -> Result<(), ReadError> {
        let governance = gate.governance();
        if self.revision != governance.revision {
            self.revision.clone_from(&governance.revision);
            self.wants = Some(gate.store.durable_index());
        }
        let indexed = gate.store.statistics().indexed_through;
        if self.wants.take_if(|wants| *wants <= indexed).is_none() {
            return Ok(());
        }
        for agent in governance.agents.keys() {
            if let Some(newest) = gate.store.newest(agent)? {
                gate.metrics.seen(agent.as_str(), newest.at);
            }
        }
        Ok(())
    }
}
