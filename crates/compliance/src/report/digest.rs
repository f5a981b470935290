//! What is signed of a report.

use std::fmt::Write as _;

use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{CanonicalError, Report, canonical};

impl Report {
    /// Returns what is signed: the canonical form (RFC 8785) of all but the signature.
    ///
    /// # Errors
    ///
    /// A number that has no canonical form; one that this program counted has one.
    pub fn signed_form(&self) -> Result<String, CanonicalError> {
        let mut value = serde_json::to_value(self).unwrap_or_default();
        if let Value::Object(members) = &mut value {
            members.shift_remove("signature");
        }
        canonical(&value)
    }

    /// Returns SHA-256 (hex) of what is signed.
    ///
    /// # Errors
    ///
    /// As [`Self::signed_form`].
    pub fn digest(&self) -> Result<String, CanonicalError> {
        let mut hex = String::new();
        for byte in Sha256::digest(self.signed_form()?) {
            // Writing to a string does not fail.
            let _written = write!(hex, "{byte:02x}");
        }
        Ok(hex)
    }
}
