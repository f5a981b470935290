//! Sealing: which key a subject's parts are sealed under.

use std::num::NonZeroUsize;
use std::sync::Arc;

use lru::LruCache;
use syndic_ledger::{Blinded, Nonce, PartName, Parts};
use syndic_model::Clock;

use crate::cipher::{Key, Random};
use crate::keys::{Keys, KeysError};
use crate::write::Subject;

/// How many subjects are remembered.
const SUBJECTS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(65_535);

/// The writer's side of the keys.
///
/// It remembers a bounded number of subjects, by last use. One that was forgotten gets another key when it comes
/// again, so a subject may have several keys: erasing it destroys every key its leaves name.
pub(crate) struct Sealer {
    keys: Arc<Keys>,
    subjects: LruCache<Subject, (u64, Key)>,
    random: Random,
}

impl Sealer {
    pub(crate) fn new(keys: Arc<Keys>, clock: Arc<dyn Clock>) -> Self {
        Self { keys, subjects: LruCache::new(SUBJECTS), random: Random::new(clock) }
    }

    /// Returns the key of a subject and its id.
    pub(crate) fn key_of(&mut self, subject: Subject) -> Result<(u64, Key), Arc<KeysError>> {
        if let Some(known) = self.subjects.get(&subject) {
            return Ok(known.clone());
        }
        let taken = self.keys.take()?;
        self.subjects.put(subject, taken.clone());
        Ok(taken)
    }

    /// Forgets a subject: what comes of it from now on is sealed under another key.
    pub(crate) fn forget(&mut self, subject: &Subject) {
        self.subjects.pop(subject);
    }

    /// Forgets every subject.
    pub(crate) fn forget_all(&mut self) {
        self.subjects.clear();
    }

    /// Gives every part its nonce.
    pub(crate) fn blind(&mut self, parts: Vec<(PartName, String)>) -> Parts {
        let blind = |(name, text)| (name, Blinded { nonce: self.random.draw(), text });
        Parts(parts.into_iter().map(blind).collect())
    }

    /// Draws a nonce for one sealing.
    pub(crate) fn nonce(&mut self) -> Nonce {
        self.random.draw()
    }
}
