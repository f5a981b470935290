//! AES-256-GCM, and random bytes for it.

use std::fmt;
use std::sync::Arc;

use aes_gcm::aead::{AeadInOut as _, KeyInit as _};
use aes_gcm::{Aes256Gcm, Nonce};
use syndic_ledger::SealError;
use syndic_model::Clock;
use zeroize::Zeroize as _;

/// A secret key; its bytes are overwritten when it goes.
#[derive(Clone)]
pub(crate) struct Key(pub(crate) [u8; 32]);

impl Drop for Key {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}

impl Key {
    /// Encrypts in place.
    pub(crate) fn seal(
        &self,
        nonce: [u8; 12],
        bound_to: &[u8],
        text: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        let cipher = Aes256Gcm::new(&self.0.into());
        cipher.encrypt_in_place(&Nonce::from(nonce), bound_to, text).map_err(|_| SealError)
    }

    /// Decrypts; `None` if the key, the nonce, what it is bound to, or a byte of it is another.
    pub(crate) fn open(
        &self,
        nonce: [u8; 12],
        bound_to: &[u8],
        mut text: Vec<u8>,
    ) -> Option<Vec<u8>> {
        let cipher = Aes256Gcm::new(&self.0.into());
        cipher.decrypt_in_place(&Nonce::from(nonce), bound_to, &mut text).ok()?;
        Some(text)
    }
}

/// Random bytes from the clock, drawn by the page: a call for each would cost more than the cipher.
pub(crate) struct Random {
    clock: Arc<dyn Clock>,
    page: Vec<u8>,
}

impl Random {
    pub(crate) const fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, page: Vec::new() }
    }

    /// Draws bytes that were never drawn before.
    pub(crate) fn draw<const N: usize>(&mut self) -> [u8; N] {
        if let Some((rest, drawn)) = self.page.split_last_chunk::<N>() {
            let (rest, drawn) = (rest.len(), *drawn);
            self.page.truncate(rest);
            return drawn;
        }
        self.page.resize(4096, 0);
        self.clock.fill(&mut self.page);
        let mut drawn = [0; N];
        self.clock.fill(&mut drawn);
        drawn
    }
}
