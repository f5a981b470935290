//! What a client hands back with its retry (`requestState` of 2026-07-28): sealed, so that nothing in it can be
//! changed, bound to who asked for what, and good once.
//!
//! It permits nothing. What is retried is decided again, and an approval is bound to exact arguments by the gate; the
//! seal keeps a client from waiting for, or taking back, what somebody else asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use syndic_api::SubmitAction;
use syndic_model::{Clock, canonical};
use thiserror::Error;

/// What every state of ours begins with; one of the server's that does is refused.
const OURS: &str = "syndic.";
/// The longest state that is looked at, in bytes.
const LONGEST: usize = 1024;
/// How long a state is good for at least, in seconds: the clock of whoever decides may be another.
const LEAST_S: i64 = 600;
/// How many used states are remembered until they expire.
const MOST_USED: usize = 16_384;

/// Seals states, and opens each once. The key is random, and gone with the process.
pub(crate) struct Seals {
    clock: Arc<dyn Clock>,
    key: [u8; 32],
    /// Used states, with the second in which each expires.
    used: Mutex<HashMap<[u8; 16], i64>>,
}

/// Who asked for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Binding([u8; 32]);

/// Says why a state is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub(crate) enum Refused {
    /// Not made by this process, or changed.
    #[error("`requestState` is not one that this proxy made; call again without it")]
    Foreign,
    /// Made for somebody else, another tool, or other arguments.
    #[error("`requestState` belongs to another request; call again without it")]
    Misplaced,
    /// Its time is over.
    #[error("`requestState` has expired; call again without it")]
    Expired,
    /// It came before.
    #[error("`requestState` was used before; call again without it")]
    Used,
    /// Too many came.
    #[error("too many requests are under way; call again in a minute, without `requestState`")]
    TooMany,
}

impl Seals {
    /// Draws a key.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        let mut key = [0; 32];
        clock.fill(&mut key);
        Self { clock, key, used: Mutex::default() }
    }

    /// Tells whether a state claims to be ours.
    pub(crate) fn claims(state: &str) -> bool {
        state.starts_with(OURS)
    }

    /// Seals a request for approval that a client is to come back with before `expires`, in Unix seconds.
    pub(crate) fn seal(&self, approval: &str, binding: Binding, expires: i64) -> String {
        let mut nonce = [0; 16];
        self.clock.fill(&mut nonce);
        let expires = expires.max(self.clock.now().as_second().saturating_add(LEAST_S));
        let payload = json!({
            "a": approval, "b": BASE64.encode(binding.0), "e": expires, "n": BASE64.encode(nonce),
        });
        let payload = BASE64.encode(payload.to_string());
        let tag = self.mac(&payload).map(|mac| BASE64.encode(mac.finalize().into_bytes()));
        format!("{OURS}{payload}.{}", tag.unwrap_or_default())
    }

    /// Opens a state, once, and returns the request for approval that it is about.
    pub(crate) fn open(&self, state: &str, binding: Binding) -> Result<String, Refused> {
        let (payload, tag) = self.parts(state).ok_or(Refused::Foreign)?;
        let mac = self.mac(payload).ok_or(Refused::Foreign)?;
        // In constant time.
        mac.verify_slice(&tag).map_err(|_| Refused::Foreign)?;
        let Sealed { approval, bound, expires, nonce } =
            Sealed::read(payload).ok_or(Refused::Foreign)?;
        if bound != binding {
            return Err(Refused::Misplaced);
        }
        let now = self.clock.now().as_second();
        if expires <= now {
            return Err(Refused::Expired);
        }
        self.spend(nonce, expires, now)?;
        Ok(approval)
    }

    fn parts<'a>(&self, state: &'a str) -> Option<(&'a str, Vec<u8>)> {
        let rest = state.strip_prefix(OURS).filter(|_| state.len() <= LONGEST)?;
        let (payload, tag) = rest.split_once('.')?;
        Some((payload, BASE64.decode(tag).ok()?))
    }

    fn spend(&self, nonce: [u8; 16], expires: i64, now: i64) -> Result<(), Refused> {
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.contains_key(&nonce) {
            return Err(Refused::Used);
        }
        if used.len() >= MOST_USED {
            used.retain(|_, expires| *expires > now);
        }
        if used.len() >= MOST_USED {
            return Err(Refused::TooMany);
        }
        used.insert(nonce, expires);
        Ok(())
    }

    fn mac(&self, payload: &str) -> Option<Hmac<Sha256>> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).ok()?;
        mac.update(payload.as_bytes());
        Some(mac)
    }
}

impl std::fmt::Debug for Seals {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seals")
    }
}

impl Binding {
    /// Binds to who asks, as `principal` tells clients apart, and to what is asked for; how it is written makes no
    /// difference.
    pub(crate) fn of(principal: &str, method: &str, action: &SubmitAction) -> Self {
        let args = match serde_json::from_str::<Value>(action.args.get()) {
            Ok(args) => canonical(&args),
            Err(_) => action.args.get().to_owned(),
        };
        let text = json!([principal, method, action.agent, action.action, action.tool, args]);
        Self(Sha256::digest(text.to_string()).into())
    }
}

struct Sealed {
    approval: String,
    bound: Binding,
    expires: i64,
    nonce: [u8; 16],
}

impl Sealed {
    fn read(payload: &str) -> Option<Self> {
        let payload: Value = serde_json::from_slice(&BASE64.decode(payload).ok()?).ok()?;
        let text = |name: &str| payload.get(name).and_then(Value::as_str);
        let bytes = |name: &str| BASE64.decode(text(name)?).ok();
        Some(Self {
            approval: text("a")?.to_owned(),
            bound: Binding(bytes("b")?.try_into().ok()?),
            expires: payload.get("e")?.as_i64()?,
            nonce: bytes("n")?.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::SignedDuration;
    use proptest::prelude::{any, prop_assert, proptest};
    use serde_json::value::RawValue;
    use syndic_api::SubmitAction;
    use syndic_model::Clock as _;
    use syndic_testkit::TestClock;

    use super::{Binding, Refused, Seals};

    fn binding(principal: &str, method: &str, args: &str) -> Binding {
        let mut action: SubmitAction =
            serde_json::from_str(r#"{"agent":"a","action":"pay","args":{}}"#).unwrap();
        action.args = RawValue::from_string(args.to_owned()).unwrap();
        Binding::of(principal, method, &action)
    }

    fn seals() -> (Seals, Arc<TestClock>) {
        let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
        (Seals::new(Arc::clone(&clock) as _), clock)
    }

    #[test]
    fn a_state_opens_once_for_who_got_it_and_what_they_asked() {
        let (seals, clock) = seals();
        let mine = binding("key-1", "tools/call", r#"{"a":1,"b":2}"#);
        let state = seals.seal("approval-1", mine, 0);
        for other in [
            binding("key-2", "tools/call", r#"{"a":1,"b":2}"#),
            binding("key-1", "prompts/get", r#"{"a":1,"b":2}"#),
            binding("key-1", "tools/call", r#"{"a":1,"b":3}"#),
        ] {
            assert_eq!(seals.open(&state, other), Err(Refused::Misplaced));
        }
        let rewritten = binding("key-1", "tools/call", r#"{ "b": 2, "a": 1 }"#);
        assert_eq!(seals.open(&state, rewritten), Ok("approval-1".to_owned()));
        assert_eq!(seals.open(&state, mine), Err(Refused::Used));

        let late = seals.seal("approval-1", mine, clock.now().as_second() + 3600);
        clock.step(SignedDuration::from_secs(3599));
        assert!(Seals::claims(&late));
        clock.step(SignedDuration::from_secs(1));
        assert_eq!(seals.open(&late, mine), Err(Refused::Expired));
    }

    #[test]
    fn a_state_of_another_process_is_foreign() {
        let (seals, clock) = seals();
        let another = Seals::new(clock);
        let mine = binding("", "tools/call", "{}");
        assert_eq!(another.open(&seals.seal("a", mine, 0), mine), Err(Refused::Foreign));
    }

    #[test]
    fn too_many_used_states_are_refused_until_some_expire() {
        let (seals, clock) = seals();
        let mine = binding("", "tools/call", "{}");
        for _ in 0..super::MOST_USED {
            assert!(seals.open(&seals.seal("a", mine, 0), mine).is_ok());
        }
        assert_eq!(seals.open(&seals.seal("a", mine, 0), mine), Err(Refused::TooMany));
        clock.step(SignedDuration::from_secs(3600));
        assert!(seals.open(&seals.seal("a", mine, 0), mine).is_ok());
    }

    proptest! {
        #[test]
        fn no_other_text_opens(text in "\\PC{0,80}", at in any::<usize>(), with in any::<char>()) {
            let (seals, _) = seals();
            let mine = binding("", "tools/call", "{}");
            prop_assert!(seals.open(&text, mine).is_err());
            let ours = format!("syndic.{text}");
            prop_assert!(seals.open(&ours, mine).is_err());
            let state = seals.seal("a", mine, 0);
            let mut chars: Vec<char> = state.chars().collect();
            let at = at % chars.len();
            chars[at] = with;
            let changed: String = chars.into_iter().collect();
            prop_assert!(changed == state || seals.open(&changed, mine).is_err());
        }
    }
}
