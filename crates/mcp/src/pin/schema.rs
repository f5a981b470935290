//! How much a change of a JSON Schema matters: does it take what it did not take?
//!
//! Keyword by keyword (JSON Schema 2020-12), by what each of them can be seen to do alone. What would need a proof,
//! such as a type that was written out and is now a reference, counts as wider.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use serde_json::{Map, Value};
use syndic_model::canonical;

use crate::pin::class::{Change, Found, members, pairs, same, token};

/// Deeper than this nothing is told apart.
const MOST_DEPTH: usize = 64;

/// Compares what a tool takes.
pub(super) fn input<'a>(
    place: &str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    found: &mut Found<'a>,
) {
    let negates = [before, after].into_iter().flatten().any(|schema| negates(schema, 0));
    let walk = Walk { input: true, negated: false, negates, depth: 0 };
    walk.schema(place, before, after, found);
}

/// Compares what a tool says it answers. Nobody is held to that, so no change of it is a capability.
pub(super) fn output<'a>(
    place: &str,
    before: Option<&'a Value>,
    after: Option<&'a Value>,
    found: &mut Found<'a>,
) {
    let walk = Walk { input: false, negated: false, negates: false, depth: 0 };
    walk.schema(place, before, after, found);
}

/// Where a keyword stands.
#[derive(Debug, Clone, Copy)]
struct Walk {
    input: bool,
    /// Whether narrower here may be wider for the whole.
    negated: bool,
    /// Whether something of the whole negates, so that a definition may be used there.
    negates: bool,
    depth: usize,
}

type Side<'a> = Option<&'a Value>;

impl Walk {
    fn class(self, narrower: bool) -> Change {
        if !self.input || (narrower && !self.negated) { Change::Schema } else { Change::Capability }
    }

    const fn below(self, negated: bool) -> Self {
        Self { negated: self.negated || negated, depth: self.depth + 1, ..self }
    }

    /// Compares two schemas; one that is left out takes everything.
    fn schema<'a>(self, place: &str, before: Side<'a>, after: Side<'a>, found: &mut Found<'a>) {
        if same(before, after) {
            return;
        }
        match (keywords(before), keywords(after)) {
            (Some(old), Some(new)) if self.depth < MOST_DEPTH => {
                if old.is_empty() && new.is_empty() {
                    // `true`, `{}` and nothing are the same.
                    return found.add(place, Change::Schema, before, after);
                }
                if before.is_none() || after.is_none() {
                    let narrower = before.is_none();
                    return found.add(place, self.class(narrower), before, after);
                }
                let closed = new.get("additionalProperties") == Some(&Value::Bool(false));
                for (key, before, after) in pairs(old, new) {
                    self.keyword(place, key, (before, after), closed, found);
                }
            }
            _ => {
                let narrower = after == Some(&Value::Bool(false));
                found.add(place, self.class(narrower), before, after);
            }
        }
    }

    fn keyword<'a>(
        self,
        place: &str,
        key: &str,
        (before, after): (Side<'a>, Side<'a>),
        closed: bool,
        found: &mut Found<'a>,
    ) {
        if same(before, after) {
            return;
        }
        let place = format!("{place}/{}", token(key));
        let class = match key {
            "title" | "description" | "$comment" | "examples" => Change::Text,
            "$schema" | "deprecated" | "readOnly" | "writeOnly" => Change::Schema,
            "maximum" | "exclusiveMaximum" | "maxLength" | "maxItems" | "maxProperties" => {
                self.class(is_bounded(before, after, Ordering::Less))
            }
            "minimum" | "exclusiveMinimum" | "minLength" | "minItems" | "minProperties" => {
                self.class(is_bounded(before, after, Ordering::Greater))
            }
            "pattern" | "format" | "const" | "multipleOf" | "contentEncoding"
            | "contentMediaType" => self.class(before.is_none()),
            "uniqueItems" => self.class(before != Some(&Value::Bool(true))),
            "enum" => self.class(is_subset(list(after), list(before))),
            "type" => self.class(is_subset(types(after), types(before))),
            // A list that is not there requires nothing.
            "required" => {
                let names =
                    |side: Side<'_>| side.map_or_else(|| Some(BTreeSet::new()), |_| list(side));
                self.class(names(after).is_some_and(|more| is_subset(names(before), Some(more))))
            }
            "properties" => return self.properties(&place, before, after, closed, found),
            "patternProperties" => {
                return self.named(&place, before, after, false, Change::Capability, found);
            }
            "$defs" | "definitions" => {
                // What is defined does nothing until it is referred to, and another reference is wider.
                return self.named(&place, before, after, self.negates, Change::Schema, found);
            }
            "items"
            | "additionalProperties"
            | "unevaluatedProperties"
            | "unevaluatedItems"
            | "additionalItems"
            | "propertyNames" => {
                return self.below(false).schema(&place, before, after, found);
            }
            "allOf" => return self.listed(&place, before, after, More::Narrower, found),
            "anyOf" => return self.listed(&place, before, after, More::Wider, found),
            "oneOf" | "prefixItems" => {
                return self.listed(&place, before, after, More::Unknown, found);
            }
            "not" | "if" | "then" | "else" if before.is_some() && after.is_some() => {
                return self.below(true).schema(&place, before, after, found);
            }
            _ => self.class(false),
        };
        found.add(&place, class, before, after);
    }

    /// Compares parameters: a new one is wider, whether or not it must be given, since it is one more thing the tool
    /// can be told, and one more place to put what the tool should not be told.
    fn properties<'a>(
        self,
        place: &str,
        before: Side<'a>,
        after: Side<'a>,
        closed: bool,
        found: &mut Found<'a>,
    ) {
        let (Some(old), Some(offered)) = (members(before), members(after)) else {
            return found.add(place, self.class(false), before, after);
        };
        if old.is_empty() && offered.is_empty() {
            return found.add(place, Change::Schema, before, after);
        }
        for (key, before, after) in pairs(old, offered) {
            let place = format!("{place}/{}", token(key));
            match (before, after) {
                (Some(_), Some(_)) => self.below(false).schema(&place, before, after, found),
                (None, _) => found.add(&place, self.class(false), before, after),
                // Taken out of an open object it can still be given, and is held to nothing.
                (Some(schema), None) => {
                    let narrower = closed || !constrains(schema);
                    found.add(&place, self.class(narrower), before, after);
                }
            }
        }
    }

    /// Compares schemas by their names.
    fn named<'a>(
        self,
        place: &str,
        before: Side<'a>,
        after: Side<'a>,
        negated: bool,
        one_side: Change,
        found: &mut Found<'a>,
    ) {
        let (Some(old), Some(new)) = (members(before), members(after)) else {
            return found.add(place, self.class(false), before, after);
        };
        if old.is_empty() && new.is_empty() {
            return found.add(place, Change::Schema, before, after);
        }
        for (key, before, after) in pairs(old, new) {
            let place = format!("{place}/{}", token(key));
            if before.is_some() && after.is_some() {
                self.below(negated).schema(&place, before, after, found);
            } else {
                let class = if self.input { one_side } else { Change::Schema };
                found.add(&place, class, before, after);
            }
        }
    }

    /// Compares schemas by their positions.
    fn listed<'a>(
        self,
        place: &str,
        before: Side<'a>,
        after: Side<'a>,
        more: More,
        found: &mut Found<'a>,
    ) {
        let (Some(old), Some(new)) =
            (before.and_then(Value::as_array), after.and_then(Value::as_array))
        else {
            let narrower = before.is_none() && more != More::Unknown;
            return found.add(place, self.class(narrower), before, after);
        };
        for index in 0..old.len().max(new.len()) {
            let place = format!("{place}/{index}");
            let (before, after) = (old.get(index), new.get(index));
            let narrower = match (before, after) {
                (Some(_), Some(_)) => {
                    let walk = self.below(more == More::Unknown);
                    walk.schema(&place, before, after, found);
                    continue;
                }
                (None, _) => more == More::Narrower,
                (_, None) => more == More::Wider,
            };
            found.add(&place, self.class(narrower), before, after);
        }
    }
}

/// What one more schema in a list does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    Narrower,
    Wider,
    Unknown,
}

/// Returns the keywords of a schema; `None` for `false` and for what is no schema.
fn keywords(schema: Option<&Value>) -> Option<&Map<String, Value>> {
    match schema {
        Some(Value::Bool(true)) => members(None),
        other => members(other),
    }
}

/// Tells whether a bound is new, or tighter: `tighter` is how the new one compares with the old one.
fn is_bounded(before: Side<'_>, after: Side<'_>, tighter: Ordering) -> bool {
    let number = |side: Side<'_>| side.and_then(Value::as_f64);
    match (before, after) {
        (None, Some(_)) => true,
        (Some(_), Some(_)) => match (number(before), number(after)) {
            (Some(old), Some(new)) => new.partial_cmp(&old) == Some(tighter),
            _ => false,
        },
        (_, None) => false,
    }
}

/// Tells whether `fewer` is there and has nothing that `more` lacks; where `more` is not there, anything is fewer.
fn is_subset(fewer: Option<BTreeSet<String>>, more: Option<BTreeSet<String>>) -> bool {
    fewer.is_some_and(|fewer| more.is_none_or(|more| fewer.is_subset(&more)))
}

/// Returns the values of a list as canonical texts.
fn list(side: Side<'_>) -> Option<BTreeSet<String>> {
    Some(side?.as_array()?.iter().map(canonical).collect())
}

/// Returns the types, a number being an integer too.
fn types(side: Side<'_>) -> Option<BTreeSet<String>> {
    let given = side?;
    let mut types = list(side).unwrap_or_else(|| BTreeSet::from([canonical(given)]));
    if types.contains("\"number\"") {
        types.insert("\"integer\"".to_owned());
    }
    Some(types)
}

/// Tells whether a parameter's schema says more than its type and words.
fn constrains(schema: &Value) -> bool {
    let plain = ["title", "description", "$comment", "examples", "default", "deprecated"];
    schema.as_object().is_none_or(|members| {
        members.iter().any(|(key, value)| match key.as_str() {
            "type" => matches!(value.as_str(), None | Some("object" | "array")),
            other => !plain.contains(&other),
        })
    })
}

/// Tells whether a schema has a keyword under which narrower may be wider.
fn negates(schema: &Value, depth: usize) -> bool {
    if depth > MOST_DEPTH {
        return true;
    }
    match schema {
        Value::Object(members) => members.iter().any(|(key, value)| {
            matches!(key.as_str(), "not" | "if" | "oneOf" | "contains" | "dependentSchemas")
                || negates(value, depth + 1)
        }),
        Value::Array(items) => items.iter().any(|item| negates(item, depth + 1)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
    }
}
