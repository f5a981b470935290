//! What the store can show of the log to somebody who does not trust it.

use std::sync::Arc;
use std::time::Duration;

use syndic_ledger::{Hash, Line, ProveError, TILE_WIDTH, Tiles as _, VerifierKey, tile_hashes};

use crate::Store;
use crate::checkpoint::Published;
use crate::cipher::Random;
use crate::log_key::LogKeyError;
use crate::publish::CosignError;
use crate::raw;
use crate::read::{self, ReadError};

impl Store {
    /// Returns the newest signed checkpoint. It follows a durable record within a second.
    #[must_use]
    pub fn checkpoint(&self) -> Arc<Published> {
        Arc::clone(&self.checkpoints.newest.read())
    }

    /// Returns the newest checkpoint that a witness cosigned, with the cosignatures it has.
    #[must_use]
    pub fn cosigned(&self) -> Option<Arc<Published>> {
        self.checkpoints.cosigned.read().clone()
    }

    /// Returns a signed checkpoint that covers record `index`; has one made where there is none, and waits for it no
    /// longer than `patience`. Blocks.
    ///
    /// # Errors
    /// When there is no such record, or it could not be signed so soon.
    pub fn checkpoint_over(
        &self,
        index: u64,
        patience: Duration,
    ) -> Result<Arc<Published>, ReadError> {
        if index >= self.durable_index() {
            return Err(ReadError::Beyond(index));
        }
        if self.checkpoints.through.value() <= index {
            self.shared.growth.hurry();
            if !self.checkpoints.through.wait_at_most(index + 1, patience) {
                return Err(ReadError::Unsigned(index));
            }
        }
        Ok(self.checkpoint())
    }

    /// Adds a witness's signature line to a checkpoint that this store showed. A newer checkpoint takes the place of an
    /// older one, whoever cosigned that: who asks several witnesses asks all of them for the same one.
    ///
    /// # Errors
    /// When the line is no signature of it by `witness`, or it cannot be written.
    pub fn add_cosignature(
        &self,
        signed: &Published,
        witness: &VerifierKey,
        line: &str,
    ) -> Result<(), CosignError> {
        self.checkpoints.add(signed, witness, line)
    }

    /// Returns the keys that verify checkpoints, the current one first.
    #[must_use]
    pub fn log_keys(&self) -> Vec<VerifierKey> {
        self.checkpoints.keys.read().verifiers()
    }

    /// Makes another key for the log and returns the former and the new one; both sign until the next time.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn rotate_log_key(&self) -> Result<(VerifierKey, VerifierKey), LogKeyError> {
        let mut keys = self.checkpoints.keys.write();
        let mut random = Random::new(Arc::clone(&self.clock));
        let former = keys.current().clone();
        *keys = keys.rotate(&mut random)?;
        Ok((former, keys.current().clone()))
    }

    /// Proves that record `index` is in the log when it had `size` records.
    ///
    /// # Errors
    /// When it is not, or the tiles cannot be read.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, ReadError> {
        self.check_signed(size)?;
        syndic_ledger::inclusion(index, size, &self.tiles).map_err(unproved)
    }

    /// Proves that the log of `to` records continues the one of `from` records.
    ///
    /// # Errors
    /// When `from` is larger, or the tiles cannot be read.
    pub fn consistency(&self, from: u64, to: u64) -> Result<Vec<Hash>, ReadError> {
        self.check_signed(to)?;
        syndic_ledger::consistency(from, to, &self.tiles).map_err(unproved)
    }

    /// Reads the first `width` hashes of tile `n` of a level, 1 to 256; `None` where the newest checkpoint does not
    /// reach so far.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn tile(&self, level: u8, n: u64, width: u16) -> Result<Option<Vec<u8>>, ReadError> {
        let hashes = tile_hashes(self.checkpoint().head.size, usize::from(level));
        let Some(first) = within(n, width, hashes) else { return Ok(None) };
        let read = self.tiles.hashes(level, first, usize::from(width));
        Ok(Some(read.map_err(|error| ReadError::Tiles(Arc::new(error)))?.concat()))
    }

    /// Reads the first `width` leaves of bundle `n`, 1 to 256, each after its length in two bytes, the higher first;
    /// `None` where the newest checkpoint does not reach so far, or where they were dropped.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn entries(&self, n: u64, width: u16) -> Result<Option<Vec<u8>>, ReadError> {
        let Some(first) = within(n, width, self.checkpoint().head.size) else { return Ok(None) };
        if first < self.first_index() {
            return Ok(None);
        }
        let mut bundle = Vec::new();
        raw::lines(&self.positions, first, first + u64::from(width), |line| {
            // INVARIANT: a leaf is at most `MAX_LEAF_BYTES`, which two bytes can say.
            let bytes = u16::try_from(line.leaf().len()).unwrap_or(u16::MAX);
            bundle.extend_from_slice(&bytes.to_be_bytes());
            bundle.extend_from_slice(line.leaf());
        })?;
        Ok(Some(bundle))
    }

    /// Reads the bytes of a leaf.
    ///
    /// # Errors
    /// When there is no such record, or it is not what was written.
    pub fn leaf_bytes(&self, index: u64) -> Result<Vec<u8>, ReadError> {
        if index >= self.durable_index() {
            return Err(ReadError::Beyond(index));
        }
        let damaged = |error| ReadError::Line(index, Arc::new(error));
        let line = read::line(&self.positions, index)?;
        let line = Line::parse(&line).map_err(damaged)?;
        if line.index().map_err(damaged)? != index {
            return Err(ReadError::Changed(index));
        }
        Ok(line.leaf().to_vec())
    }

    fn check_signed(&self, size: u64) -> Result<(), ReadError> {
        if size > self.checkpoints.through.value() {
            return Err(ReadError::Unsigned(size.saturating_sub(1)));
        }
        Ok(())
    }
}

/// Returns where tile `n` begins, if `width` of its hashes are among the first `hashes`.
fn within(n: u64, width: u16, hashes: u64) -> Option<u64> {
    let width = u64::from(width);
    let first = n.checked_mul(TILE_WIDTH)?;
    let is_there = (1..=TILE_WIDTH).contains(&width) && first.checked_add(width)? <= hashes;
    is_there.then_some(first)
}

fn unproved(error: ProveError<std::io::Error>) -> ReadError {
    match error {
        ProveError::Range { of, .. } => ReadError::Beyond(of),
        ProveError::Tiles(error) => ReadError::Tiles(Arc::new(error)),
    }
}
