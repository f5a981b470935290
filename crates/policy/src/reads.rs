//! What a policy reads of the context, found in its JSON form.

use serde_json::Value;

/// What the loader wants to know about the conditions of a policy.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reads {
    /// It reads `context.call.now`, or a value that contains it.
    pub(crate) time: bool,
    /// It asks whether a fact is there.
    pub(crate) has_on_fact: bool,
}

/// Reads a policy as [`cedar_policy::Policy::to_json`] writes it.
pub(crate) fn reads(policy: &Value) -> Reads {
    let mut reads = Reads::default();
    if let Some(conditions) = policy.get("conditions") {
        walk(conditions, &mut reads);
    }
    reads
}

fn walk(node: &Value, reads: &mut Reads) {
    if let Some(path) = path(node) {
        reads.time |= ["call", "now"].starts_with(&path) || path.starts_with(&["call", "now"]);
        return;
    }
    match node {
        Value::Object(members) => {
            let has = members.get("has").filter(|_| members.len() == 1);
            reads.has_on_fact |= has.is_some_and(asks_for_fact);
            // Presence alone is no reading.
            if has.and_then(|has| has.get("left")).is_none_or(|left| path(left).is_none()) {
                members.values().for_each(|member| walk(member, reads));
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, reads)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// `context.facts has x`, `context has facts.x`, and any `has` on an expression that may yield the facts.
fn asks_for_fact(has: &Value) -> bool {
    let Some(left) = has.get("left") else { return false };
    match path(left) {
        Some(path) => match path.first() {
            Some(first) => *first == "facts",
            None => {
                matches!(has.get("attr"), Some(Value::Array(steps)) if steps.first().is_some_and(|s| s == "facts"))
            }
        },
        None => mentions_facts(left),
    }
}

fn mentions_facts(node: &Value) -> bool {
    match (path(node), node) {
        (Some(path), _) => path.first().is_none_or(|first| *first == "facts"),
        (None, Value::Object(members)) => members.values().any(mentions_facts),
        (None, Value::Array(items)) => items.iter().any(mentions_facts),
        (None, _) => false,
    }
}

/// Returns the attributes from `context` to this expression, if it is nothing but attribute access.
fn path(node: &Value) -> Option<Vec<&str>> {
    let members = node.as_object().filter(|members| members.len() == 1)?;
    if let Some(variable) = members.get("Var") {
        return (variable == "context").then(Vec::new);
    }
    let access = members.get(".")?;
    let mut path = path(access.get("left")?)?;
    path.push(access.get("attr")?.as_str()?);
    Some(path)
}

#[cfg(test)]
mod tests {
    use super::{Reads, reads};

    #[test]
    fn conditions_are_read_through_every_spelling() {
        let (neither, time, has) = ((false, false), (true, false), (false, true));
        for (condition, expected) in [
            ("context.call.suspended", neither),
            (r#"context.call.now > datetime("2026-01-01")"#, time),
            (r#"context["call"]["now"].toTime() >= duration("9h")"#, time),
            ("context.call == context.call", time),
            ("context == context", time),
            ("context.call has session && context.call.session.id == \"s\"", neither),
            ("context.input has note", neither),
            ("context.facts has amount", has),
            ("context has facts.amount", has),
            ("context[\"facts\"] has amount", has),
            ("(if context.call.suspended then context.facts else context.facts) has amount", has),
            ("[\"context.call.now\"].contains(context.call.grade)", neither),
        ] {
            let text = format!("forbid(principal, action, resource) unless {{ {condition} }};");
            let policy = cedar_policy::Policy::parse(None, text).unwrap().to_json().unwrap();
            let Reads { time, has_on_fact } = reads(&policy);
            assert_eq!((time, has_on_fact), expected, "{condition}");
        }
    }
}
