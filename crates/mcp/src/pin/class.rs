//! How much a change of a tool's definition matters.
//!
//! Most changes of published servers are harmless, and a person who is asked about every comma stops reading. So a
//! change has a class, and a mixed change has the highest of its parts:
//!
//! - `text`: words for the model or for people. Nothing about what the tool takes or claims is different.
//! - `schema`: what the tool takes is narrower than what was approved, or written differently.
//! - `capability`: the tool takes something it did not take (a new parameter, optional or not, or a constraint that is
//!   looser or gone), does something else when nothing is said (a default), or claims something else about itself
//!   (annotations, execution).
//!
//! INVARIANT: what is not known to be `text` or `schema` is `capability`.

use std::fmt;
use std::sync::LazyLock;

use serde_json::{Map, Value};
use syndic_model::canonical;

use crate::pin::schema;

/// How much a change matters, least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// Words only.
    Text,
    /// Narrower, or written differently.
    Schema,
    /// Wider, or other claims.
    Capability,
    /// A tool that was not there.
    New,
}

impl Change {
    /// Returns the word in `mcp.change_tool`'s argument `change`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Schema => "schema",
            Self::Capability => "capability",
            Self::New => "new",
        }
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// One place where two definitions differ; at least one side is there.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference<'a> {
    /// A JSON pointer (RFC 6901) into the definition.
    pub place: String,
    /// How much it matters.
    pub class: Change,
    /// What was approved.
    pub before: Option<&'a Value>,
    /// What is offered.
    pub after: Option<&'a Value>,
}

/// Returns every difference between a pinned and an offered definition, in the order of their places, without
/// `_meta`, which no pin covers. It is empty exactly where both have the same canonical text.
#[must_use]
pub fn compare<'a>(pinned: &'a Value, offered: &'a Value) -> Vec<Difference<'a>> {
    let mut found = Found::default();
    match (pinned, offered) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, before, after) in pairs(before, after) {
                member(key, before, after, &mut found);
            }
        }
        _ if same(Some(pinned), Some(offered)) => {}
        _ => found.add("", Change::Capability, Some(pinned), Some(offered)),
    }
    found.differences.sort_by(|a, b| a.place.cmp(&b.place));
    found.differences
}

/// Returns the highest class of a change, `None` where nothing changed.
#[must_use]
pub fn class(differences: &[Difference<'_>]) -> Option<Change> {
    differences.iter().map(|difference| difference.class).max()
}

fn member<'a>(
    key: &str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    found: &mut Found<'a>,
) {
    let place = format!("/{}", token(key));
    match key {
        "_meta" => {}
        // Shown to people only; the model does not read it, and nothing is decided by it.
        "title" | "description" | "icons" => found.add(&place, Change::Text, before, after),
        "annotations" => claims(&place, before, after, hint, found),
        "execution" => claims(&place, before, after, execution, found),
        "inputSchema" => schema::input(&place, before, after, found),
        "outputSchema" => schema::output(&place, before, after, found),
        _ => found.add(&place, Change::Capability, before, after),
    }
}

/// What leaving a claim out means; `None` where that is not known.
type Default = fn(&str) -> Option<Value>;

/// Defaults of `ToolAnnotations`, the same in every revision.
fn hint(name: &str) -> Option<Value> {
    match name {
        "readOnlyHint" | "idempotentHint" => Some(Value::Bool(false)),
        "destructiveHint" | "openWorldHint" => Some(Value::Bool(true)),
        _ => None,
    }
}

/// The default of `ToolExecution` in 2025-11-25.
fn execution(name: &str) -> Option<Value> {
    (name == "taskSupport").then(|| "forbidden".into())
}

/// Compares claims by what they mean: writing a default out is another notation, and any other claim is another claim,
/// whether it says less risk or more.
fn claims<'a>(
    place: &str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    default: Default,
    found: &mut Found<'a>,
) {
    let (Some(old), Some(new)) = (members(before), members(after)) else {
        return found.add(place, Change::Capability, before, after);
    };
    if old.is_empty() && new.is_empty() {
        return found.add(place, Change::Schema, before, after);
    }
    for (key, before, after) in pairs(old, new) {
        let left_out = default(key);
        let meant = |given: Option<&Value>| given.cloned().or_else(|| left_out.clone());
        let class = match key.as_str() {
            "title" => Change::Text,
            _ if left_out.is_some() && meant(before) == meant(after) => Change::Schema,
            _ => Change::Capability,
        };
        found.add(&format!("{place}/{}", token(key)), class, before, after);
    }
}

/// Returns the members of an object; what is absent has none, and what is something else is `None`.
pub(super) fn members(value: Option<&Value>) -> Option<&Map<String, Value>> {
    static NONE: LazyLock<Map<String, Value>> = LazyLock::new(Map::new);
    value.map_or_else(|| Some(&*NONE), Value::as_object)
}

/// Joins two objects by their keys, those of the first in their order and then the others.
pub(super) fn pairs<'a>(
    before: &'a Map<String, Value>,
    after: &'a Map<String, Value>,
) -> impl Iterator<Item = (&'a String, Option<&'a Value>, Option<&'a Value>)> {
    let old = before.iter().map(|(key, value)| (key, Some(value), after.get(key)));
    let new = after.iter().filter(|(key, _)| !before.contains_key(*key));
    old.chain(new.map(|(key, value)| (key, None, Some(value))))
}

/// Writes a key as a token of a JSON pointer.
pub(super) fn token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

pub(super) fn same(before: Option<&Value>, after: Option<&Value>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => before == after || canonical(before) == canonical(after),
        (before, after) => before.is_none() && after.is_none(),
    }
}

/// Differences as they are found.
#[derive(Debug, Default)]
pub(super) struct Found<'a> {
    differences: Vec<Difference<'a>>,
}

impl<'a> Found<'a> {
    /// Notes a difference, if it is one.
    pub(super) fn add(
        &mut self,
        place: &str,
        class: Change,
        before: Option<&'a Value>,
        after: Option<&'a Value>,
    ) {
        if !same(before, after) {
            self.differences.push(Difference { place: place.to_owned(), class, before, after });
        }
    }
}
