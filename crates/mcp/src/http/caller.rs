//! Who comes in: an agent, by its key.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use lru::LruCache;
use serde_json::Map;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use syndic_api::SubmitAction;
use thiserror::Error;

use super::peer::Peer;
use crate::{Daemon, Decider as _, Undecided};

/// How many keys are remembered, and for how long after their last use.
const MOST_KEYS: NonZeroUsize = NonZeroUsize::new(1024).unwrap();
const REMEMBERED_FOR: Duration = Duration::from_secs(600);
/// After this long the daemon is asked again whether a key still opens anything.
const ADMITTED_FOR: Duration = Duration::from_secs(10);
const LONGEST_KEY: usize = 256;
/// The daemon's words for a key that opens nothing, and for one that is not this agent's.
const BAD_KEY: [&str; 4] = ["no-key", "unknown-key", "expired-key", "revoked-key"];
const OTHER_KEY: [&str; 2] = ["wrong-role", "other-agent"];

/// The SHA-256 of a key, which stands for it everywhere but in its client.
pub(crate) type KeyId = [u8; 32];

/// The agents that may come in; all of them are the one agent that the proxy is for.
#[derive(Debug)]
pub(crate) struct Callers {
    daemon: Daemon,
    agent: String,
    known: Mutex<LruCache<KeyId, Known>>,
}

#[derive(Debug)]
struct Known {
    caller: Arc<Caller>,
    admitted: Instant,
    used: Instant,
}

/// An agent that came in.
#[derive(Debug)]
pub(crate) struct Caller {
    /// Its key, as a hash.
    pub(crate) key: KeyId,
    /// Decides with its key.
    pub(crate) decider: Daemon,
    /// What is under way outside of any session.
    pub(crate) peer: Arc<Peer>,
}

/// Says why somebody does not come in.
#[derive(Debug, Error)]
pub(crate) enum Unwelcome {
    #[error(
        "send the agent's key: `Authorization: Bearer syndic_…`; `syndic keys create` makes one"
    )]
    NoKey,
    #[error("{0}")]
    BadKey(String),
    #[error("{0}; this proxy is for agent `{1}`")]
    NotThisAgent(String, String),
    #[error("{0}")]
    Undecided(String),
}

impl Callers {
    /// Lets in keys of `agent` that `daemon` knows; `daemon` itself has no key.
    pub(crate) fn new(daemon: Daemon, agent: String) -> Self {
        Self { daemon, agent, known: Mutex::new(LruCache::new(MOST_KEYS)) }
    }

    /// Lets in whoever sent these headers.
    pub(crate) async fn admit(&self, headers: &HeaderMap) -> Result<Arc<Caller>, Unwelcome> {
        let key = bearer(headers).ok_or(Unwelcome::NoKey)?;
        let id: KeyId = Sha256::digest(key).into();
        let known = self.recall(&id);
        if let Some((caller, true)) = known {
            return Ok(caller);
        }
        let decider = match &known {
            Some((caller, _)) => caller.decider.clone(),
            None => self.daemon.with_key(key),
        };
        if let Err(error) = decider.submit(self.rehearsal()).await {
            self.known().pop(&id);
            return Err(self.unwelcome(error));
        }
        let caller = known.map_or_else(
            || {
                let peer = Arc::new(Peer::new(decider.clone(), &id, false));
                Arc::new(Caller { key: id, decider, peer })
            },
            |(caller, _)| caller,
        );
        Ok(self.remember(caller))
    }

    /// Returns who came in with a key before, and whether that was just now.
    fn recall(&self, id: &KeyId) -> Option<(Arc<Caller>, bool)> {
        let now = Instant::now();
        let mut known = self.known();
        while let Some((_, oldest)) = known.peek_lru()
            && now.duration_since(oldest.used) > REMEMBERED_FOR
        {
            known.pop_lru();
        }
        let entry = known.get_mut(id)?;
        entry.used = now;
        Some((Arc::clone(&entry.caller), now.duration_since(entry.admitted) < ADMITTED_FOR))
    }

    /// Remembers who came in; the first of several at once is the one.
    fn remember(&self, caller: Arc<Caller>) -> Arc<Caller> {
        let now = Instant::now();
        let mut known = self.known();
        let caller = match known.peek(&caller.key) {
            Some(entry) => Arc::clone(&entry.caller),
            None => caller,
        };
        let entry = Known { caller: Arc::clone(&caller), admitted: now, used: now };
        known.put(caller.key, entry);
        caller
    }

    /// Asks for nothing: only whether this key may ask as this agent. Nothing is recorded.
    fn rehearsal(&self) -> SubmitAction {
        SubmitAction {
            agent: self.agent.clone(),
            action: "mcp.connect".to_owned(),
            args: RawValue::from_string("{}".to_owned()).unwrap_or_default(),
            tool: None,
            server: None,
            tool_pin: None,
            agent_version: None,
            session_id: None,
            user_id: None,
            on_behalf_of: None,
            parent_action_id: None,
            model: None,
            metadata: Map::new(),
            idempotency_key: None,
            dry_run: true,
        }
    }

    fn unwelcome(&self, error: Undecided) -> Unwelcome {
        match error {
            Undecided::Refused { code, text } if BAD_KEY.contains(&&*code) => {
                Unwelcome::BadKey(text)
            }
            Undecided::Refused { code, text } if OTHER_KEY.contains(&&*code) => {
                Unwelcome::NotThisAgent(text, self.agent.clone())
            }
            Undecided::Refused { .. } | Undecided::Unreachable(_) => {
                Unwelcome::Undecided(error.to_string())
            }
        }
    }

    fn known(&self) -> MutexGuard<'_, LruCache<KeyId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the one key that these headers carry.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return None };
    let (scheme, key) = value.to_str().ok()?.split_once(' ')?;
    let key = key.trim();
    let is_key = scheme.eq_ignore_ascii_case("bearer")
        && key.starts_with("syndic_")
        && key.len() <= LONGEST_KEY;
    is_key.then_some(key)
}
