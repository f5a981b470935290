//! What the full text of an event is made of: keyed hashes, so that no word lies on disk in clear.
//!
//! A token is 50 bits of HMAC-SHA-256 over its kind and its text, in base32, under `keys/pseudonyms.key`.

use std::collections::{BTreeMap, HashSet};

use hmac::{Hmac, Mac as _};
use serde_json::Value;
use sha2::Sha256;
use syndic_ledger::{Acted, PartName};

use crate::query::Query;
use crate::read::Part;
use crate::words::each_word;

/// How many different words of one event are found; there may be more.
const MOST_WORDS: usize = 2000;

/// How many bytes of an event's texts are looked through for them.
const MOST_TEXT: usize = 64 * 1024;

const ALPHABET: [u8; 32] = *b"abcdefghijklmnopqrstuvwxyz234567";

/// What a token stands for.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Word,
    Agent,
    Action,
    Tool,
    Policy,
    Session,
    User,
    Risk,
    Allowed,
}

/// Makes tokens.
#[derive(Debug, Clone)]
pub(crate) struct Tokens {
    key: Hmac<Sha256>,
}

impl Tokens {
    pub(crate) fn new(pseudonyms: &Hmac<Sha256>) -> Self {
        // A pseudonym begins with the length of its kind, so none is over the same bytes as a token. It is a whole block,
        // hashed once.
        Self { key: pseudonyms.clone().chain_update([0xff; 64]) }
    }

    /// Returns the tokens of an event, each followed by a space: those of its leaf, and those of its parts.
    pub(crate) fn of_event(&self, event: &Acted<'_>, parts: &BTreeMap<PartName, Part>) -> String {
        let mut tokens = Writer { tokens: self, text: String::new() };
        tokens.push(Kind::Agent, event.agent);
        tokens.push(Kind::Action, event.action);
        tokens.push(Kind::Risk, event.risk);
        tokens.push(Kind::Allowed, flag(event.allowed));
        if let Some(tool) = event.tool {
            tokens.push(Kind::Tool, tool);
        }
        if let Some(session) = event.session {
            tokens.push(Kind::Session, session);
        }
        for violation in event.violations {
            tokens.push(Kind::Policy, &violation.policy);
        }
        if let Some(user) = event.user_ref
            && !is_erased(parts)
        {
            tokens.push(Kind::User, user);
        }
        let mut words = HashSet::new();
        let mut left = MOST_TEXT;
        for text in texts(parts) {
            let text = text.get(..text.floor_char_boundary(left)).unwrap_or_default();
            left -= text.len();
            each_word(text, &mut |word| {
                if words.len() < MOST_WORDS && !words.contains(word) {
                    tokens.push(Kind::Word, word);
                    words.insert(word.to_owned());
                }
            });
        }
        tokens.text
    }

    /// Returns the full-text expression for what `query` names; `None` where it names nothing.
    pub(crate) fn of_query(&self, query: &Query) -> Option<String> {
        let Query { agent, action, allowed, tool, policy, session, user, risk, q, .. } = query;
        let named = [
            (Kind::Agent, agent.as_ref().map(|agent| agent.as_str())),
            (Kind::Action, action.as_ref().map(|action| action.as_str())),
            (Kind::Tool, tool.as_ref().map(|tool| tool.as_str())),
            (Kind::Policy, policy.as_ref().map(|policy| policy.as_str())),
            (Kind::Session, session.as_ref().map(|session| session.as_str())),
            (Kind::User, user.as_deref()),
            (Kind::Risk, risk.map(|risk| risk.as_str())),
            (Kind::Allowed, allowed.map(flag)),
        ];
        let named = named.into_iter().filter_map(|(kind, text)| Some((kind, text?)));
        let words = q.iter().flat_map(|search| search.words()).map(|word| (Kind::Word, word));
        let mut tokens: Vec<_> =
            named.chain(words).map(|(kind, text)| self.token(kind, text)).collect();
        tokens.sort_unstable();
        tokens.dedup();
        // INVARIANT: a token is base32, so nothing in it can end the quotes.
        let quoted = tokens.iter().map(|token| format!("\"{token}\""));
        Some(quoted.collect::<Vec<_>>().join(" AND ")).filter(|text| !text.is_empty())
    }

    fn token(&self, kind: Kind, text: &str) -> String {
        let mac = self.key.clone().chain_update([kind as u8]).chain_update(text).finalize();
        let bits =
            mac.into_bytes().iter().take(8).fold(0, |bits, byte| bits << 8 | u64::from(*byte));
        let digit = |n: u32| {
            let digit = usize::try_from(bits >> (59 - 5 * n) & 31).unwrap_or(0);
            ALPHABET.get(digit).map_or('a', |byte| char::from(*byte))
        };
        (0..10).map(digit).collect()
    }
}

struct Writer<'a> {
    tokens: &'a Tokens,
    text: String,
}

impl Writer<'_> {
    fn push(&mut self, kind: Kind, text: &str) {
        self.text.push_str(&self.tokens.token(kind, text));
        self.text.push(' ');
    }
}

const fn flag(allowed: bool) -> &'static str {
    if allowed { "yes" } else { "no" }
}

/// Tells whether what was sealed beside a leaf cannot be read any more.
pub(crate) fn is_erased(parts: &BTreeMap<PartName, Part>) -> bool {
    parts.values().any(|part| *part == Part::Erased)
}

/// Returns the texts of a decision that are searched: reasons of checks that did not pass, then the arguments, keys
/// and values.
pub(crate) fn texts(parts: &BTreeMap<PartName, Part>) -> Vec<String> {
    let part = |name| parts.get(&name).and_then(Part::text);
    let mut texts = Vec::new();
    let checks = part(PartName::Checks).and_then(|text| serde_json::from_str::<Value>(text).ok());
    let checks = checks.as_ref().and_then(|sealed| sealed.get("checks")?.as_array());
    for check in checks.into_iter().flatten() {
        if check.get("result").is_none_or(|result| result != "passed")
            && let Some(Value::String(reason)) = check.get("reason")
        {
            texts.push(reason.clone());
        }
    }
    if let Some(args) = part(PartName::Args) {
        match serde_json::from_str(args) {
            Ok(value) => leaves(value, &mut texts),
            // Arguments are recorded as they arrived, JSON or not.
            Err(_) => texts.push(args.to_owned()),
        }
    }
    texts
}

/// The JSON library bounds how deep a value is.
fn leaves(value: Value, texts: &mut Vec<String>) {
    match value {
        Value::Null | Value::Bool(_) => {}
        Value::Number(number) => texts.push(number.to_string()),
        Value::String(text) => texts.push(text),
        Value::Array(values) => values.into_iter().for_each(|value| leaves(value, texts)),
        Value::Object(members) => {
            for (key, value) in members {
                texts.push(key);
                leaves(value, texts);
            }
        }
    }
}
