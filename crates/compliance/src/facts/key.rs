//! Ids as short keys.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use syndic_model::EventId;

/// The id of an action or of a request for approval in sixteen bytes: exact for what syndic draws, a hash of any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key(u128);

impl Key {
    pub(crate) fn of(id: &str) -> Self {
        id.parse::<EventId>().map_or_else(
            |_| Self(u128::from(hashed(id))),
            |id| Self(u128::from_be_bytes(*id.as_bytes())),
        )
    }
}

/// Returns the same number for the same text, always.
pub(crate) fn hashed(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}
