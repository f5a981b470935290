//! Appending: the only place that makes a [`Receipt`].

use jiff::Timestamp;
use thiserror::Error;

use crate::{
    Hash, Head, Leaf, MAX_LEAF_BYTES, Nonce, Parts, Record, Sealed, Tree, VERSION, leaf_hash,
};

/// A ledger at its end: where the next record goes.
#[derive(Debug, Default)]
pub struct Ledger {
    tree: Tree,
    buffered: bool,
    /// The hashes of the leaves that were appended and not taken yet.
    fresh: Vec<Hash>,
}

/// Says which record of the ledger something became. It is worth as much as the bytes it came with: a promise only
/// once they are on disk.
#[derive(Debug, PartialEq, Eq)]
pub struct Receipt {
    index: u64,
}

/// The erasable parts of a record and how to seal them.
#[expect(missing_debug_implementations, reason = "holds clear text and a closure over a key")]
pub struct Content<'a> {
    /// The id of the key, named in the leaf.
    pub key: u64,
    /// What is sealed.
    pub parts: &'a Parts,
    /// Random, never used twice with this key.
    pub nonce: Nonce,
    /// How it is sealed under that key.
    pub seal: &'a Seal<'a>,
}

/// Encrypts in place with AES-256-GCM under this nonce, with the leaf's hash as associated data.
pub type Seal<'a> = dyn Fn(&Nonce, &Hash, &mut Vec<u8>) -> Result<(), SealError> + 'a;

/// The cipher refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the parts cannot be sealed")]
pub struct SealError;

/// Why a record was not appended; the ledger is as before.
#[derive(Debug, Error)]
pub enum AppendError {
    /// The leaf would be longer than [`MAX_LEAF_BYTES`].
    #[error("the leaf would have {0} bytes, the limit is {MAX_LEAF_BYTES}")]
    TooLong(usize),
    /// The JSON library failed.
    #[error("the record cannot be encoded")]
    Encode(#[from] serde_json::Error),
    /// The parts could not be sealed.
    #[error(transparent)]
    Seal(#[from] SealError),
}

impl Receipt {
    /// Returns the record's index, from 0.
    #[must_use]
    pub const fn index(&self) -> u64 {
        self.index
    }
}

impl Ledger {
    /// Continues after the leaves of `tree`; `buffered` records say that they were acknowledged before a sync.
    #[must_use]
    pub const fn resume(tree: Tree, buffered: bool) -> Self {
        Self { tree, buffered, fresh: Vec::new() }
    }

    /// Returns how many records the ledger has.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.tree.size()
    }

    /// Returns size and root.
    #[must_use]
    pub fn head(&self) -> Head {
        self.tree.head()
    }

    /// Takes the hashes of the leaves that were appended since the last time, in order.
    pub fn take_hashes(&mut self) -> impl Iterator<Item = Hash> {
        self.fresh.drain(..)
    }

    /// Appends a record: writes its line to the end of `out` and its leaf into the tree.
    ///
    /// # Errors
    /// When the leaf is too long or cannot be encoded or sealed; then nothing is written and the ledger is as before.
    pub fn append(
        &mut self,
        at: Timestamp,
        record: Record,
        content: Option<&Content<'_>>,
        out: &mut Vec<u8>,
    ) -> Result<Receipt, AppendError> {
        let leaf = Leaf {
            v: VERSION,
            i: self.tree.size(),
            at,
            buffered: self.buffered,
            key: content.map(|content| content.key),
            parts: content.map(|content| content.parts.digests()).unwrap_or_default(),
            record,
        };
        let start = out.len();
        match write_line(&leaf, content, out) {
            Ok(hash) => {
                self.tree.append_leaf_hash(hash);
                self.fresh.push(hash);
                Ok(Receipt { index: leaf.i })
            }
            Err(error) => {
                out.truncate(start);
                Err(error)
            }
        }
    }
}

fn write_line(
    leaf: &Leaf,
    content: Option<&Content<'_>>,
    out: &mut Vec<u8>,
) -> Result<Hash, AppendError> {
    let start = out.len();
    serde_json::to_writer(&mut *out, leaf)?;
    let bytes = out.get(start..).unwrap_or_default();
    if bytes.len() > MAX_LEAF_BYTES {
        return Err(AppendError::TooLong(bytes.len()));
    }
    let hash = leaf_hash(bytes);
    out.push(b'\t');
    if let Some(Content { parts, nonce, seal, .. }) = content {
        let mut ciphertext = parts.encode()?;
        seal(nonce, &hash, &mut ciphertext)?;
        Sealed { nonce: *nonce, ciphertext }.write(out);
    }
    out.push(b'\n');
    Ok(hash)
}
