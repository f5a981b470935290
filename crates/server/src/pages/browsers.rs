//! Browsers: how they sign in, and what a signed-in one's cookie is worth: as much as the key it was made by.

use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::http::HeaderMap;
use jiff::Timestamp;
use syndic_gate::{Gate, KeyStatus, KeyView};

use super::attempts::Attempts;
use super::code::{Code, Codes};
use super::session::{self, Ticket};

/// What is known of browsers: nothing of those that are signed in, since a cookie proves itself.
#[derive(Debug)]
pub(crate) struct Browsers {
    /// They reach us by HTTPS alone, so cookies may say so.
    secure: bool,
    /// Where the server listens.
    here: Option<String>,
    attempts: Mutex<Attempts>,
    codes: Mutex<Codes>,
}

/// A browser that is signed in.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    /// The key by which it is.
    pub(crate) key: KeyView,
    /// When it ends.
    pub(crate) until: Timestamp,
    /// The cookie's value.
    pub(crate) bearer: String,
}

impl Browsers {
    /// Tells by its address how browsers reach the server, which listens at `tcp`; `tls` tells whether it ends TLS itself.
    pub(crate) fn new(gate: &Gate, tls: bool, tcp: Option<SocketAddr>) -> Self {
        let scheme = if tls { "https" } else { "http" };
        let here = tcp.map(|address| format!("{scheme}://{address}"));
        let public_url = gate.governance().settings.public_url.clone();
        let secure = public_url.map_or(tls, |url| url.starts_with("https://"));
        Self { secure, here, attempts: Mutex::default(), codes: Mutex::default() }
    }

    /// Returns where browsers reach the server, without a slash at the end; nothing where they do not.
    pub(crate) fn base(&self, gate: &Gate) -> Option<String> {
        gate.governance().settings.public_url.clone().or_else(|| self.here.clone())
    }

    /// Tells who is signed in, while the key still opens something.
    pub(crate) fn session(&self, gate: &Gate, headers: &HeaderMap) -> Option<Session> {
        let bearer = session::value(headers, self.secure)?;
        let keyed = |text: &str| gate.keyed("session", text);
        let ticket = Ticket::open(bearer, gate.now(), keyed)?;
        let key = gate.key(&ticket.key).filter(|key| key.status == KeyStatus::Active)?;
        let until = ticket.until.min(key.expires);
        Some(Session { key, until, bearer: bearer.to_owned() })
    }

    /// Signs a browser in by a key that opens something; returns the header that sets the cookie.
    pub(crate) fn begin(&self, gate: &Gate, key: &str) -> Option<(String, Session)> {
        let now = gate.now();
        let key = gate.key(key).filter(|key| key.status == KeyStatus::Active)?;
        let ticket = Ticket::issue(&key.id, key.expires, now);
        let bearer = ticket.seal(|text| gate.keyed("session", text));
        let lives = ticket.until.duration_since(now);
        let cookie = session::set(Some((&bearer, lives)), self.secure);
        Some((cookie, Session { key, until: ticket.until, bearer }))
    }

    /// Returns the header that takes the cookie away. A copy of it opens until it ends by itself or its key is revoked.
    pub(crate) fn end(&self) -> String {
        session::set(None, self.secure)
    }

    /// Counts a wrong key or code, and tells whether there were too many.
    pub(crate) fn wrong(&self, now: Timestamp) -> bool {
        self.attempts().fail(now)
    }

    /// Makes a code that signs one browser in by a key.
    pub(crate) fn make_code(&self, gate: &Gate, key: &str) -> Code {
        self.codes().make(key, gate.now(), gate.clock().as_ref())
    }

    /// Takes a code, which is good once; returns the key it was made for. A code has fewer bits than a key, so after
    /// too many wrong ones none is even compared.
    pub(crate) fn take_code(&self, code: &str, now: Timestamp) -> Option<String> {
        if self.attempts().are_too_many(now) {
            return None;
        }
        self.codes().take(code, now)
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn codes(&self) -> MutexGuard<'_, Codes> {
        self.codes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
