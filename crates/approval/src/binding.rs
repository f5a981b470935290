//! What an approval is bound to: canonical texts (RFC 8785), of which the gate keeps keyed hashes.
//!
//! Nothing of time or use is in them; what is absent is left out, and is not the same as null.

use serde_json::{Map, Value};
use syndic_model::canonical;

/// Everything that makes a request this request and no other.
#[derive(Debug, Clone)]
pub struct Bound<'a> {
    /// `dev`, `staging` or `prod`.
    pub environment: &'a str,
    /// The agent.
    pub agent: &'a str,
    /// Whose key asks.
    pub key: &'a str,
    /// The agents behind it, nearest first.
    pub chain: &'a [String],
    /// The user it acts for, where one was named.
    pub user: Option<&'a str>,
    /// The session, where one was named.
    pub session: Option<&'a str>,
    /// The action.
    pub action: &'a str,
    /// The tool, where one was named.
    pub tool: Option<&'a str>,
    /// The server that offers the tool, where one was named.
    pub server: Option<&'a str>,
    /// What the tool's definition hashes to, where that was told.
    pub tool_pin: Option<&'a str>,
    /// SHA-256 (hex) of the canonical arguments, without what the catalogue declares incidental.
    pub args: &'a str,
    /// What the catalogue found in the arguments, where they fit the action.
    pub facts: Option<Value>,
    /// Hashes of the profiles of the agent and of those behind it, in order.
    pub profiles: &'a [String],
}

/// Returns the canonical text of what is asked for.
#[must_use]
pub fn request_text(bound: &Bound<'_>) -> String {
    let mut members = Map::new();
    let mut put = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            members.insert(name.to_owned(), value);
        }
    };
    put("environment", Some(bound.environment.into()));
    put("agent", Some(bound.agent.into()));
    put("key", Some(bound.key.into()));
    put("chain", Some(bound.chain.into()));
    put("user", bound.user.map(Value::from));
    put("session", bound.session.map(Value::from));
    put("action", Some(bound.action.into()));
    put("tool", bound.tool.map(Value::from));
    put("server", bound.server.map(Value::from));
    put("tool_pin", bound.tool_pin.map(Value::from));
    put("args", Some(bound.args.into()));
    put("facts", bound.facts.clone());
    put("profiles", Some(bound.profiles.into()));
    canonical(&Value::Object(members))
}

/// Returns the canonical text an approval is bound to: the keyed hash of the request, and the id and hash of each
/// policy that is lifted.
#[must_use]
pub fn binding_text<'a>(
    request: &str,
    forbids: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let mut forbids: Vec<(&str, &str)> = forbids.into_iter().collect();
    forbids.sort_unstable();
    let forbids = forbids
        .into_iter()
        .map(|(policy, hash)| Value::from(Vec::from([Value::from(policy), Value::from(hash)])));
    let members =
        [("request".to_owned(), Value::from(request)), ("policies".to_owned(), forbids.collect())];
    canonical(&Value::Object(members.into_iter().collect()))
}
