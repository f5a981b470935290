//! What left the data directory, where erasing does not reach.

use std::collections::BTreeMap;

use syndic_governance::Settings;
use syndic_ledger::{Leaf, Record};

/// What left it, as far as the ledger tells.
#[derive(Debug, Default)]
pub(crate) struct Copies {
    /// How many messages were taken, by channel.
    told: BTreeMap<String, u64>,
    /// How many actions were allowed.
    allowed: u64,
}

impl Copies {
    pub(crate) fn see(&mut self, leaf: &Leaf) {
        if let Record::ApprovalNotified(told) = &leaf.record
            && told.ok
        {
            *self.told.entry(told.channel.clone()).or_default() += 1;
        }
        if let Some(event) = leaf.record.acted() {
            self.allowed += u64::from(event.allowed);
        }
    }

    /// Lists the copies that somebody else must see to. It is recorded in clear: no names.
    pub(crate) fn unreached(&self, settings: &Settings, archived: bool) -> Vec<String> {
        let mut unreached: Vec<String> = self
            .told
            .iter()
            .map(|(channel, count)| format!("{count} messages to approvers by {channel}"))
            .collect();
        if self.allowed > 0 {
            unreached.push(format!(
                "what {} allowed actions did in the systems they acted on, and the agents' own logs",
                self.allowed
            ));
        }
        if archived {
            let place =
                settings.audit.archive.as_ref().map(|archive| format!(" at `{}`", archive.url));
            unreached.push(format!(
                "segments archived{} before they were dropped here: what is sealed in them opens with the keys that are \
                 kept for them",
                place.unwrap_or_default()
            ));
        }
        let sinks = settings.sinks.iter().filter(|sink| !sink.target.can_erase());
        unreached.extend(
            sinks.map(|sink| {
                format!("what went to the sink `{}` ({})", sink.name, sink.target.kind())
            }),
        );
        unreached.push("backups and copies of the data directory from before".to_owned());
        unreached.push("exports, proofs and pages that somebody kept".to_owned());
        unreached
    }
}
