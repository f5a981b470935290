//! The log, for whoever does not trust it (c2sp.org/tlog-tiles).

use jiff::SignedDuration;
use syndic_ledger::TilePath;
use syndic_model::WitnessState;

use crate::Gate;
use crate::events::EventsError;

/// How much older than the newest checkpoint one with cosignatures may be that is shown in place of it.
const COSIGNED_WITHIN: SignedDuration = SignedDuration::from_secs(60);

impl Gate {
    /// Tells whether anybody may read the log, without a key.
    #[must_use]
    pub fn log_is_public(&self) -> bool {
        self.governance().settings.audit.public
    }

    /// Returns the signed checkpoint to show: the newest that witnesses cosigned, where there are witnesses and it is
    /// at most a minute older than the newest; else the newest.
    #[must_use]
    pub fn log_checkpoint(&self) -> String {
        let newest = self.store.checkpoint();
        if self.governance().settings.audit.witnesses.is_empty() {
            return newest.text.clone();
        }
        match self.store.cosigned() {
            Some(cosigned) if newest.at.duration_since(cosigned.at) <= COSIGNED_WITHIN => {
                cosigned.text.clone()
            }
            Some(_) | None => newest.text.clone(),
        }
    }

    /// Returns the keys that verify checkpoints, the current one first, as `log.vkey` has them.
    #[must_use]
    pub fn log_keys(&self) -> Vec<String> {
        self.store.log_keys().iter().map(ToString::to_string).collect()
    }

    /// Reads a tile of hashes, or a bundle of leaves; `None` where the newest checkpoint does not reach so far.
    ///
    /// # Errors
    /// When the ledger cannot be read.
    pub async fn log_tile(&self, tile: TilePath) -> Result<Option<Vec<u8>>, EventsError> {
        self.reading(move |store| match tile.level {
            Some(level) => store.tile(level, tile.n, tile.width),
            None => store.entries(tile.n, tile.width),
        })
        .await
    }

    /// Takes note of how the witnesses are.
    pub fn witnesses_are(&self, states: Vec<WitnessState>) {
        *self.witnesses() = states;
    }

    /// Takes note of how far a follower of the ledger has come: the record that it reads next.
    pub fn relay_reads_next(&self, relay: &str, next: u64) {
        let mut relays = self.relays();
        match relays.get_mut(relay) {
            Some(known) => *known = next,
            None => drop(relays.insert(relay.to_owned(), next)),
        }
    }
}
