//! The erasable parts of a record: what is sealed beside a leaf, and how the leaf is bound to it.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize, Serializer};
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::{Leaf, PartName};

/// How many random bytes blind the digest of a part.
pub const BLIND_BYTES: usize = 16;

/// The text of a part and the nonce that keeps its digest from being guessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blinded {
    /// Random, never used twice.
    pub nonce: [u8; BLIND_BYTES],
    /// JSON text, exactly as it was given.
    pub text: String,
}

/// The parts of one record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts(pub BTreeMap<PartName, Blinded>);

/// Bytes that are not the parts of a record.
#[derive(Debug, Error)]
pub enum PartsError {
    /// Not the JSON that [`Parts::encode`] makes.
    #[error("the parts are malformed")]
    Malformed(#[source] serde_json::Error),
    /// A nonce is not base64url of [`BLIND_BYTES`] bytes.
    #[error("a part has a malformed nonce")]
    Nonce,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire<T> {
    n: String,
    t: T,
}

/// Writes the parts as they are sealed.
struct Wires<'a>(&'a BTreeMap<PartName, Blinded>);

impl Serialize for Wires<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, part)| (name, part.wire())))
    }
}

impl Blinded {
    /// Returns the digest that stands in the leaf: base64url of SHA-256 over nonce and text.
    #[must_use]
    pub fn digest(&self) -> String {
        URL_SAFE_NO_PAD
            .encode(Sha256::new().chain_update(self.nonce).chain_update(&self.text).finalize())
    }

    fn wire(&self) -> Wire<&str> {
        Wire { n: URL_SAFE_NO_PAD.encode(self.nonce), t: &self.text }
    }
}

impl Parts {
    /// Returns the digests that stand in the leaf.
    #[must_use]
    pub fn digests(&self) -> BTreeMap<PartName, String> {
        self.0.iter().map(|(name, part)| (*name, part.digest())).collect()
    }

    /// Tells whether `leaf` was written with exactly these parts.
    #[must_use]
    pub fn belong_to(&self, leaf: &Leaf) -> bool {
        self.digests() == leaf.parts
    }

    /// Returns the bytes to seal: `{"<name>":{"n":"<nonce, base64url>","t":"<text>"}}`.
    ///
    /// # Errors
    /// When the JSON library fails, which it has no cause to.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        let text: usize = self.0.values().map(|part| part.text.len()).sum();
        let mut bytes = Vec::with_capacity(text + text / 8 + 64 * self.0.len() + 64);
        serde_json::to_writer(&mut bytes, &Wires(&self.0))?;
        Ok(bytes)
    }

    /// Reads what [`Self::encode`] wrote.
    ///
    /// # Errors
    /// When the bytes are anything else.
    pub fn decode(bytes: &[u8]) -> Result<Self, PartsError> {
        let wires: BTreeMap<PartName, Wire<String>> =
            serde_json::from_slice(bytes).map_err(PartsError::Malformed)?;
        let parts = wires.into_iter().map(|(name, Wire { n, t })| {
            let nonce = URL_SAFE_NO_PAD.decode(n).map_err(|_| PartsError::Nonce)?;
            let nonce = nonce.try_into().map_err(|_| PartsError::Nonce)?;
            Ok((name, Blinded { nonce, text: t }))
        });
        parts.collect::<Result<_, _>>().map(Self)
    }
}
