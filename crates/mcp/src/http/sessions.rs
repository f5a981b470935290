//! Sessions of the revisions that have them: each belongs to the key that opened it.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use super::caller::KeyId;
use super::peer::Peer;

/// How many are remembered; a client whose session was forgotten is told to begin another.
const MOST_SESSIONS: NonZeroUsize = NonZeroUsize::new(16_384).unwrap();
const LONGEST_ID: usize = 1024;

/// The sessions that the server opened, by their ids.
#[derive(Debug)]
pub(crate) struct Sessions(Mutex<LruCache<Box<str>, Session>>);

#[derive(Debug)]
struct Session {
    key: KeyId,
    peer: Arc<Peer>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST_SESSIONS)))
    }
}

impl Sessions {
    /// Returns the client of a session that this key opened.
    pub(crate) fn find(&self, id: &str, key: &KeyId) -> Option<Arc<Peer>> {
        let mut sessions = self.lock();
        let session = sessions.get(id).filter(|session| session.key == *key)?;
        Some(Arc::clone(&session.peer))
    }

    /// Notes a session that the server opened; not one that another key has, or without a proper id.
    pub(crate) fn open(&self, id: &str, key: KeyId, peer: &Arc<Peer>) -> bool {
        let proper =
            (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic());
        let mut sessions = self.lock();
        if !proper || sessions.peek(id).is_some_and(|session| session.key != key) {
            return false;
        }
        sessions.put(id.into(), Session { key, peer: Arc::clone(peer) });
        true
    }

    /// Forgets a session that ended.
    pub(crate) fn close(&self, id: &str) {
        self.lock().pop(id);
    }

    fn lock(&self) -> MutexGuard<'_, LruCache<Box<str>, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
