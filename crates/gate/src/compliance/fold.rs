//! What the records tell, read from disk in order and read on from there.

use std::mem;

use jiff::Timestamp;
use syndic_compliance::{Facts, Log};
use syndic_ledger::Record;
use syndic_store::{LogRead, LogReader, LogReaderError, PolicyFiles};

use super::written::Written;
use crate::permit::hex;

/// What the records tell, and how far they were read.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(super) facts: Facts,
    pub(super) log: LogRead,
    /// The hash of the manifest of the governance directory in force.
    pub(super) manifest: Option<String>,
    /// When the last record was written.
    pub(super) last: Option<Timestamp>,
    /// The statements of the governance directory in force.
    pub(super) written: Written,
}

impl Folded {
    /// Reads on to before record `end`; all of it anew where records were dropped since, for whoever reads what is left
    /// must come to the same.
    pub(super) fn read_on(
        &mut self,
        reader: &LogReader,
        kept: &PolicyFiles,
        end: u64,
    ) -> Result<(), LogReaderError> {
        let size = self.log.head().size;
        if size > end || (size > 0 && reader.first()? != self.log.first()) {
            *self = Self::default();
        }
        let is_new = self.log.head().size == 0;
        match self.try_read_on(reader, kept, end) {
            // A segment that was listed may have been dropped before it was opened.
            Err(_) if !is_new => self.try_read_on(reader, kept, end),
            done => done,
        }
    }

    /// Reads on; after an error nothing is read.
    fn try_read_on(
        &mut self,
        reader: &LogReader,
        kept: &PolicyFiles,
        end: u64,
    ) -> Result<(), LogReaderError> {
        let Self { mut facts, log, mut manifest, mut last, mut written } = mem::take(self);
        let log = reader.read(log, end, &mut |leaf| {
            facts.see(leaf);
            last = Some(leaf.at);
            if let Record::PolicyLoaded(loaded) = &leaf.record
                && manifest.as_ref() != Some(&loaded.manifest)
            {
                written.see(kept, leaf.at, &loaded.manifest);
                manifest = Some(loaded.manifest.clone());
            }
        })?;
        *self = Self { facts, log, manifest, last, written };
        Ok(())
    }

    /// Says what is known of the log itself.
    pub(super) fn log(
        &self,
        origin: String,
        signed: Option<bool>,
        witnesses: Vec<(String, u64)>,
    ) -> Log {
        let head = self.log.head();
        Log {
            origin,
            size: head.size,
            root: hex(&head.root),
            signed,
            first_kept: self.log.first_kept(),
            checkpoint_at: self.last.filter(|_| signed.is_some()),
            behind_seconds: 0,
            witnesses,
        }
    }
}
