//! Signing as Slack does.

use std::fmt::Write as _;

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Returns the signature of a body: `v0=` and the hex HMAC-SHA-256 over `v0:<timestamp>:<body>`.
#[must_use]
#[expect(clippy::unwrap_used, reason = "a key may have any length, and a string takes everything")]
pub fn slack_signature(signing_secret: &str, timestamp: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(signing_secret.as_bytes()).unwrap();
    let mac = mac.chain_update(format!("v0:{timestamp}:{body}"));
    mac.finalize().into_bytes().iter().fold("v0=".to_owned(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}
