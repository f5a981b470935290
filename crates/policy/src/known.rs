//! Policies that strict validation has nothing against, by the hash of all that it looked at.
//!
//! Most of a policy set is the same when it is loaded again. What was validated is remembered by the version of Cedar,
//! the schema, and the id and text of the policy, so that only what is new is validated. Nothing is remembered of a
//! policy about which something was told.

use std::num::NonZeroUsize;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use cedar_policy::Policy;
use lru::LruCache;
use sha2::{Digest as _, Sha256};

/// How many policies are remembered: several sets of the largest size.
const CAPACITY: NonZeroUsize = NonZeroUsize::new(65_536).unwrap();

static VALIDATED: LazyLock<Mutex<LruCache<[u8; 32], ()>>> =
    LazyLock::new(|| Mutex::new(LruCache::new(CAPACITY)));

/// A schema against which policies are validated.
#[derive(Debug)]
pub(crate) struct Known {
    schema: Sha256,
}

impl Known {
    pub(crate) fn new(schema_text: &str) -> Self {
        let mut schema = Sha256::new();
        for part in [cedar_policy::get_sdk_version().to_string().as_str(), schema_text] {
            add(&mut schema, part);
        }
        Self { schema }
    }

    pub(crate) fn knows(&self, policy: &Policy) -> bool {
        self.hash(policy).is_some_and(|hash| validated().get(&hash).is_some())
    }

    pub(crate) fn remember(&self, policy: &Policy) {
        if let Some(hash) = self.hash(policy) {
            validated().put(hash, ());
        }
    }

    /// Returns nothing where Cedar cannot write the policy: it is validated each time.
    fn hash(&self, policy: &Policy) -> Option<[u8; 32]> {
        let text = policy.to_cedar()?;
        let mut hash = self.schema.clone();
        add(&mut hash, policy.id().as_ref());
        add(&mut hash, &text);
        Some(hash.finalize().into())
    }
}

/// With its length, so that no two lists of texts are the same bytes.
fn add(hash: &mut Sha256, text: &str) {
    hash.update(text.len().to_le_bytes());
    hash.update(text);
}

fn validated() -> MutexGuard<'static, LruCache<[u8; 32], ()>> {
    VALIDATED.lock().unwrap_or_else(PoisonError::into_inner)
}
