//! What was found in a data directory that verifies.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use syndic_ledger::{Hash, UNWITNESSED, VerifierKey};

/// A data directory that verifies, as far as it says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verified {
    /// The log's name; `None` of a directory of format 1, which has none.
    pub origin: Option<String>,
    /// How many records the tree was derived over.
    pub records: u64,
    /// The root over them, base64.
    pub root: String,
    /// How many segments they lie in.
    pub segments: u64,
    /// How many bytes those have, unpacked.
    pub bytes: u64,
    /// The newest checkpoint, or the head of a directory of format 1.
    pub checkpoint: Option<Claimed>,
    /// The keys of the log that signed it.
    pub signed_by: Vec<String>,
    /// The keys were given by the reader, and not taken from the directory.
    pub keys_given: bool,
    /// The newest checkpoint that a witness cosigned, of those that were named.
    pub cosigned: Option<Claimed>,
    /// Who did.
    pub witnesses: Vec<Witnessed>,
    /// Checkpoints from elsewhere that the records continue.
    pub continues: Vec<Claimed>,
    /// Records that were dropped, as a later one says; their hashes are there.
    pub pruned: Vec<Pruned>,
    /// What is sealed beside the leaves.
    pub parts: SealedParts,
    /// The last line is still being written.
    pub torn: bool,
}

/// A tree that somebody vouched for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claimed {
    /// How many records it has.
    pub size: u64,
    /// The root over them, base64.
    pub root: String,
}

/// A witness that cosigned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Witnessed {
    /// Its name.
    pub name: String,
    /// Its key.
    pub key: String,
    /// When, as it says.
    pub at: Timestamp,
}

/// Records from `from` up to before `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Pruned {
    /// The first.
    pub from: u64,
    /// The one after the last.
    pub to: u64,
}

/// How many records have sealed parts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SealedParts {
    /// Have some; their form is right.
    pub sealed: u64,
    /// Were opened with the keys at hand, and are those that the leaf was written with.
    pub opened: u64,
    /// Cannot be opened any more: their keys were destroyed.
    pub erased: u64,
    /// No keys were at hand.
    pub unopened: bool,
}

impl SealedParts {
    pub(crate) const fn add(&mut self, other: Self) {
        self.sealed += other.sealed;
        self.opened += other.opened;
        self.erased += other.erased;
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = self.origin.as_ref().map(|origin| format!(" of `{origin}`")).unwrap_or_default();
        let segments = if self.segments == 1 { "segment" } else { "segments" };
        writeln!(f, "verified: {} records{of} in {} {segments}", self.records, self.segments)?;
        writeln!(f, "root: {}", self.root)?;
        for Pruned { from, to } in &self.pruned {
            writeln!(f, "dropped by retention: records {from} to {}", to.saturating_sub(1))?;
        }
        self.write_checkpoint(f)?;
        self.write_parts(f)?;
        for Claimed { size, .. } in &self.continues {
            writeln!(f, "continues: the checkpoint you gave, of {size} records")?;
        }
        self.write_witnesses(f)
    }
}

impl Verified {
    fn write_checkpoint(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = self.checkpoint.as_ref().map_or(0, |checkpoint| checkpoint.size);
        match self.signed_by.as_slice() {
            [] => writeln!(f, "checkpoint: {size} records, not signed by anybody")?,
            keys => {
                writeln!(f, "checkpoint: {size} records")?;
                for key in keys {
                    writeln!(f, "signed by: {key}")?;
                }
                if !self.keys_given {
                    writeln!(
                        f,
                        "the key is the directory's own, and proves nothing to somebody who does not trust it: give one \
                         with --vkey"
                    )?;
                }
            }
        }
        match self.records.saturating_sub(size) {
            0 => Ok(()),
            beyond => writeln!(f, "beyond the checkpoint: {beyond} records, not signed yet"),
        }
    }

    fn write_parts(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let SealedParts { sealed, opened, erased, unopened } = self.parts;
        if unopened {
            return writeln!(f, "sealed parts: {sealed}, their form checked, not opened");
        }
        writeln!(f, "sealed parts: {opened} opened, {erased} erased")
    }

    fn write_witnesses(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(Claimed { size, .. }) = &self.cosigned else {
            return writeln!(f, "no outside witness: {UNWITNESSED}");
        };
        for Witnessed { name, at, .. } in &self.witnesses {
            writeln!(f, "cosigned by: {name} at {at}, {size} records")?;
        }
        match self.records.saturating_sub(*size) {
            0 => Ok(()),
            after => writeln!(f, "not cosigned yet: the last {after} records; {UNWITNESSED}"),
        }
    }
}

pub(crate) fn witnessed((key, at): &(VerifierKey, u64)) -> Witnessed {
    let at = i64::try_from(*at).ok().and_then(|at| Timestamp::from_second(at).ok());
    Witnessed {
        name: key.name().to_owned(),
        key: key.to_string(),
        at: at.unwrap_or(Timestamp::MAX),
    }
}

pub(crate) fn encoded(hash: &Hash) -> String {
    STANDARD.encode(hash)
}
