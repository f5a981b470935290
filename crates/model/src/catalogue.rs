//! What can be done: an entry of the action catalogue.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use serde_json::Value;
use thiserror::Error;

use crate::risk::words;
use crate::{ActionName, Capability, LabelName, Output, ToolName};

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
    /// What its result leaves on the session, for policy to see at later actions.
    pub labels: BTreeSet<LabelName>,
    /// Places in its arguments that do not matter to an approval: it holds when they differ.
    pub incidental: Vec<Pointer>,
    /// What of its result goes back.
    pub output: Output,
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

    /// Tells whether one of two pointers leads to, or through, what the other leads to.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        let alike = |(one, other): (&Step, &Step)| match (one, other) {
            (Step::Key(one), Step::Key(other)) => one == other,
            (Step::Each, Step::Each) => true,
            (Step::Each, Step::Key(key)) | (Step::Key(key), Step::Each) => {
                key.parse::<usize>().is_ok()
            }
        };
        self.0.iter().zip(&other.0).all(alike)
    }

    /// Takes what the pointer leads to out of `root`. Elements of an array leave `null`, so that the others stay
    /// where they are; all of them together leave an empty array.
    pub fn take_out(&self, root: &mut Value) {
        take_out(root, &self.0);
    }

    /// Returns every value the pointer finds in `root`; `null` is absent.
    ///
    /// # Errors
    /// When a `*` step reaches elements of which only some have the rest: what they hide would go unseen.
    pub fn find<'a>(&self, root: &'a Value) -> Result<Vec<&'a Value>, Incomplete> {
        walk(root, &self.0).map(Option::unwrap_or_default)
    }

    /// Removes every value the pointer finds in `root`; of an array, an index is not removed but made null, so that
    /// the others keep theirs.
    pub fn remove(&self, root: &mut Value) {
        remove(root, &self.0);
    }
}

fn remove(value: &mut Value, steps: &[Step]) {
    let Some((step, rest)) = steps.split_first() else { return };
    match (value, step) {
        (Value::Object(members), Step::Key(key)) if rest.is_empty() => {
            members.shift_remove(key);
        }
        (Value::Object(members), Step::Key(key)) => {
            if let Some(member) = members.get_mut(key) {
                remove(member, rest);
            }
        }
        (Value::Array(items), Step::Each) if rest.is_empty() => items.clear(),
        (Value::Array(items), Step::Each) => items.iter_mut().for_each(|item| remove(item, rest)),
        (Value::Array(items), Step::Key(key)) => {
            let item = key.parse::<usize>().ok().and_then(|index| items.get_mut(index));
            match item {
                Some(item) if rest.is_empty() => *item = Value::Null,
                Some(item) => remove(item, rest),
                None => {}
            }
        }
        _ => {}
    }
}

/// Some elements of an array have what a pointer names, and others do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("some elements have it and others do not")]
pub struct Incomplete;

/// Returns what `steps` find below `value`; `None` where they lead nowhere, which an empty array does not.
fn walk<'a>(value: &'a Value, steps: &[Step]) -> Result<Option<Vec<&'a Value>>, Incomplete> {
    let Some((step, rest)) = steps.split_first() else {
        return Ok((!value.is_null()).then(|| vec![value]));
    };
    let items = match (value, step) {
        (Value::Array(items), Step::Each) => items,
        (Value::Array(items), Step::Key(key)) => {
            let item = key.parse::<usize>().ok().and_then(|index| items.get(index));
            return item.map_or(Ok(None), |item| walk(item, rest));
        }
        (Value::Object(members), Step::Key(key)) => {
            return members.get(key).map_or(Ok(None), |member| walk(member, rest));
        }
        _ => return Ok(None),
    };
    let found = items.iter().map(|item| walk(item, rest)).collect::<Result<Vec<_>, _>>()?;
    let there = found.iter().flatten().count();
    match there {
        0 if !items.is_empty() => Ok(None),
        _ if there < items.len() => Err(Incomplete),
        _ => Ok(Some(found.into_iter().flatten().flatten().collect())),
    }
}

fn take_out(value: &mut Value, steps: &[Step]) {
    let Some((step, rest)) = steps.split_first() else { return };
    match (value, step) {
        (Value::Array(items), Step::Each) if rest.is_empty() => items.clear(),
        (Value::Array(items), Step::Each) => {
            items.iter_mut().for_each(|item| take_out(item, rest));
        }
        (Value::Array(items), Step::Key(key)) => {
            let item = key.parse::<usize>().ok().and_then(|index| items.get_mut(index));
            match item {
                Some(item) if rest.is_empty() => *item = Value::Null,
                Some(item) => take_out(item, rest),
                None => {}
            }
        }
        (Value::Object(members), Step::Key(key)) if rest.is_empty() => {
            members.shift_remove(key);
        }
        (Value::Object(members), Step::Key(key)) => {
            if let Some(member) = members.get_mut(key) {
                take_out(member, rest);
            }
        }
        _ => {}
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

    use super::{Incomplete, Pointer};

    #[test]
    fn a_pointer_finds_all_that_is_there_or_says_that_it_cannot() {
        let args = json!({"to": ["a", "b"], "items": [{"p": 1}, {"p": 3}], "a/b": 7, "x": null, "none": [],
            "mixed": [{"p": 1}, {"q": 2}], "nulls": ["a", null], "groups": [{"m": [1]}, {"m": []}]});
        for (pointer, found) in [
            ("/to/*", Ok(json!(["a", "b"]))),
            ("/to/0", Ok(json!(["a"]))),
            ("/items/*/p", Ok(json!([1, 3]))),
            ("/items/*/absent", Ok(json!([]))),
            ("/a~1b", Ok(json!([7]))),
            ("/x", Ok(json!([]))),
            ("/none/*", Ok(json!([]))),
            ("/missing/*", Ok(json!([]))),
            ("/to/*/*", Ok(json!([]))),
            ("/groups/*/m/*", Ok(json!([1]))),
            ("/mixed/*/p", Err(Incomplete)),
            ("/nulls/*", Err(Incomplete)),
        ] {
            let pointer: Pointer = pointer.parse().unwrap();
            assert_eq!(pointer.find(&args).map(|found| json!(found)), found, "{pointer}");
        }
        assert!("amount".parse::<Pointer>().is_err());
    }

    #[test]
    fn what_a_pointer_leads_to_is_taken_out_and_nothing_else() {
        for (pointer, left) in [
            ("/note", json!({"to": ["a", "b"], "items": [{"p": 1, "q": 2}, {"p": 3}]})),
            ("/to/*", json!({"to": [], "items": [{"p": 1, "q": 2}, {"p": 3}], "note": "x"})),
            (
                "/to/0",
                json!({"to": [null, "b"], "items": [{"p": 1, "q": 2}, {"p": 3}], "note": "x"}),
            ),
            ("/items/*/p", json!({"to": ["a", "b"], "items": [{"q": 2}, {}], "note": "x"})),
            (
                "/note/x",
                json!({"to": ["a", "b"], "items": [{"p": 1, "q": 2}, {"p": 3}], "note": "x"}),
            ),
            (
                "/to/9",
                json!({"to": ["a", "b"], "items": [{"p": 1, "q": 2}, {"p": 3}], "note": "x"}),
            ),
        ] {
            let mut args =
                json!({"to": ["a", "b"], "items": [{"p": 1, "q": 2}, {"p": 3}], "note": "x"});
            pointer.parse::<Pointer>().unwrap().take_out(&mut args);
            assert_eq!(args, left, "{pointer}");
        }
    }

    #[test]
    fn pointers_meet_where_one_leads_through_the_other() {
        for (one, other, meet) in [
            ("/a", "/a", true),
            ("/a", "/a/b", true),
            ("/a/*/b", "/a/0", true),
            ("/a/*/b", "/a/0/c", false),
            ("/a/*", "/a/b", false),
            ("/a", "/ab", false),
        ] {
            let (one, other): (Pointer, Pointer) = (one.parse().unwrap(), other.parse().unwrap());
            assert_eq!((one.meets(&other), other.meets(&one)), (meet, meet), "{one} {other}");
        }
    }
}
