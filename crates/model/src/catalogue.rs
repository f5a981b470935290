//! What can be done: an entry of the action catalogue.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use thiserror::Error;

use crate::risk::words;
use crate::{ActionName, Capability, ToolName};

words! {
    /// What a catalogue entry can extract from arguments for policy to see.
    Fact, "fact", "amount, currency, recipients, affected_people, content, resource":
    /// How much money: an exact decimal.
    Amount = "amount",
    /// In which currency: three letters (ISO 4217).
    Currency = "currency",
    /// Who receives it: a set of strings.
    Recipients = "recipients",
    /// How many people are affected: a whole number.
    AffectedPeople = "affected_people",
    /// Text that leaves the organisation: read by detection, never shown in a reason.
    Content = "content",
    /// What is acted upon: one string.
    Resource = "resource",
}

/// Where a fact comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct FactSource {
    /// Places in the arguments; their finds are joined. Empty when `constant` is set.
    pub pointers: Vec<Pointer>,
    /// A fixed value instead.
    pub constant: Option<Value>,
    /// The value when nothing is found; the fact is then always present.
    pub default: Option<Value>,
    /// Absence is no denial; the fact is then absent.
    pub optional: bool,
}

/// An entry of the catalogue.
#[derive(Debug, Clone, PartialEq)]
pub struct CatalogueEntry {
    /// Its id.
    pub name: ActionName,
    /// What it does, for people.
    pub description: String,
    /// What kind of thing it does; at least one.
    pub capabilities: BTreeSet<Capability>,
    /// The tools that run it; empty when a call may name any.
    pub tools: Vec<ToolName>,
    /// JSON Schema 2020-12 of its arguments; an object.
    pub input: Value,
    /// What policy sees of its arguments.
    pub facts: BTreeMap<Fact, FactSource>,
}

/// A JSON pointer (RFC 6901) in which a `*` step means every element of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer(Vec<Step>);

/// One step of a [`Pointer`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A member of an object, or an index of an array.
    Key(String),
    /// Every element of an array.
    Each,
}

/// Says why a text is not a pointer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is not a JSON pointer: it starts with `/`, like `/amount` or `/items/*/price`")]
pub struct PointerError(String);

impl Pointer {
    /// Returns the steps from the root.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// Returns every value the pointer finds in `root`; `null` is absent.
    #[must_use]
    pub fn find<'a>(&self, root: &'a Value) -> Vec<&'a Value> {
        let mut found = vec![root];
        for step in &self.0 {
            found = found.into_iter().flat_map(|value| children(value, step)).collect();
        }
        found.retain(|value| !value.is_null());
        found
    }
}

fn children<'a>(value: &'a Value, step: &Step) -> Vec<&'a Value> {
    match (value, step) {
        (Value::Array(items), Step::Each) => items.iter().collect(),
        (Value::Array(items), Step::Key(key)) => {
            key.parse::<usize>().ok().and_then(|index| items.get(index)).into_iter().collect()
        }
        (Value::Object(members), Step::Key(key)) => members.get(key).into_iter().collect(),
        _ => Vec::new(),
    }
}

impl FromStr for Pointer {
    type Err = PointerError;

    fn from_str(text: &str) -> Result<Self, PointerError> {
        let Some(rest) = text.strip_prefix('/') else {
            return Err(PointerError(text.chars().take(80).collect()));
        };
        let step = |part: &str| match part {
            "*" => Step::Each,
            _ => Step::Key(part.replace("~1", "/").replace("~0", "~")),
        };
        Ok(Self(rest.split('/').map(step).collect()))
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|step| match step {
            Step::Each => f.write_str("/*"),
            Step::Key(key) => write!(f, "/{}", key.replace('~', "~0").replace('/', "~1")),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Pointer;

    #[test]
    fn a_pointer_finds_what_is_there_and_nothing_else() {
        let args = json!({"to": ["a", null, "b"], "items": [{"p": 1}, {"q": 2}, {"p": 3}], "a/b": 7, "x": null});
        for (pointer, found) in [
            ("/to/*", json!(["a", "b"])),
            ("/to/0", json!(["a"])),
            ("/items/*/p", json!([1, 3])),
            ("/a~1b", json!([7])),
            ("/x", json!([])),
            ("/missing/*", json!([])),
            ("/to/*/*", json!([])),
        ] {
            let pointer: Pointer = pointer.parse().unwrap();
            assert_eq!(json!(pointer.find(&args)), found, "{pointer}");
        }
        assert!("amount".parse::<Pointer>().is_err());
    }
}
