//! Keys of those who ask over HTTP, where a server has the data directory later; and the key set of permits.

use serde_json::Value;
use syndic_gate::{KeyError, KeyRequest, KeyView, NewKey};

use crate::Governor;
use crate::governor::EMBEDDED;

impl Governor {
    /// Returns all keys, by id.
    #[must_use]
    pub fn keys(&self) -> Vec<KeyView> {
        self.gate.keys()
    }

    /// Makes a key; it opens what it is for once its record is on disk.
    ///
    /// # Errors
    /// Says what is wrong with the request, or that it could not be recorded.
    pub async fn create_key(&self, request: KeyRequest) -> Result<NewKey, KeyError> {
        self.to_the_end(|gate| async move { gate.create_key(&request, EMBEDDED).await }).await
    }

    /// Withdraws a key at once.
    ///
    /// # Errors
    /// When there is no such key, it is the last admin key, or the withdrawal cannot be recorded.
    pub async fn revoke_key(&self, id: impl Into<String>) -> Result<(), KeyError> {
        let id = id.into();
        self.to_the_end(|gate| async move { gate.revoke_key(&id, EMBEDDED).await }).await
    }

    /// Returns the JWK set (RFC 7517) that verifies permits.
    #[must_use]
    pub fn key_set(&self) -> Value {
        self.gate.key_set()
    }
}
