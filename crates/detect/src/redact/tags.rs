//! Numbered tags.

use std::collections::{BTreeMap, HashMap};

use super::Key;
use crate::Entity;

/// What the tags of a session stand for: not the values, but keyed hashes of them. Whoever keeps it has the same tag
/// for the same value. It knows [`Tags::MOST`] values at most; tags of more have no number.
#[derive(Debug, Clone)]
pub struct Tags {
    key: Key,
    known: HashMap<[u8; 16], u32>,
    last: BTreeMap<Entity, u32>,
}

impl Tags {
    /// How many values it knows at most.
    pub const MOST: usize = 10_000;

    /// Begins a session. The key is for it alone, and is needed by nobody else.
    #[must_use]
    pub fn new(key: Key) -> Self {
        Self { key, known: HashMap::new(), last: BTreeMap::new() }
    }

    /// Returns how many values it knows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Tells whether it knows no value yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Returns the tag of a value.
    pub(super) fn tag(&mut self, entity: &Entity, normal: &str) -> String {
        let label = label(entity);
        let parts = [entity.as_str().as_bytes(), normal.as_bytes()];
        let mac = self.key.mac("syndic redact tag v1", &parts);
        let Some(short) = mac.first_chunk::<16>() else { return format!("<{label}>") };
        let number = match self.known.get(short) {
            Some(number) => *number,
            None if self.known.len() >= Self::MOST => return format!("<{label}>"),
            None => {
                let last = self.last.entry(entity.clone()).or_default();
                *last += 1;
                self.known.insert(*short, *last);
                *last
            }
        };
        format!("<{label}_{number}>")
    }
}

/// Returns a kind's name as it stands in tags: of capitals, digits and `_`.
pub(super) fn label(entity: &Entity) -> String {
    let name = entity.as_str().bytes().take(super::own::LABEL);
    name.map(
        |byte| {
            if byte.is_ascii_alphanumeric() { char::from(byte.to_ascii_uppercase()) } else { '_' }
        },
    )
    .collect()
}
