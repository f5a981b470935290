//! What a policy reads of the context, found in its JSON form.

use std::collections::BTreeSet;

use cedar_policy::Policy;
use serde_json::Value;

/// What the loader wants to know about the conditions of a policy.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Reads {
    /// It reads `context.call.now`, or a value that contains it.
    pub(crate) time: bool,
    /// It asks whether a fact is there.
    pub(crate) has_on_fact: bool,
    /// It uses `context.input` as a value.
    pub(crate) whole_input: bool,
    /// The attributes of `context.input` that it reads or asks for.
    pub(crate) inputs: BTreeSet<String>,
}

/// Reads the conditions of a policy; one that cannot be read may read everything.
pub(crate) fn reads(policy: &Policy) -> Reads {
    let Ok(json) = policy.to_json() else {
        return Reads { time: true, has_on_fact: true, whole_input: true, inputs: BTreeSet::new() };
    };
    let mut reads = Reads::default();
    if let Some(conditions) = json.get("conditions") {
        reads.walk(conditions);
    }
    reads
}

impl Reads {
    fn walk(&mut self, node: &Value) {
        if let Some(path) = path(node) {
            self.time |= ["call", "now"].starts_with(&path) || path.starts_with(&["call", "now"]);
            self.whole_input |= ["input"].starts_with(&path);
            return self.input(&path);
        }
        match node {
            Value::Object(members) => match members.get("has").filter(|_| members.len() == 1) {
                Some(has) => self.presence(has),
                None => members.values().for_each(|member| self.walk(member)),
            },
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn presence(&mut self, has: &Value) {
        self.has_on_fact |= asks_for_fact(has);
        match has.get("left").map(|left| (path(left), left)) {
            Some((Some(mut path), _)) => {
                match has.get("attr") {
                    Some(Value::Array(steps)) => {
                        path.extend(steps.iter().filter_map(Value::as_str));
                    }
                    attribute => path.extend(attribute.and_then(Value::as_str)),
                }
                self.input(&path);
            }
            Some((None, left)) => self.walk(left),
            None => {}
        }
    }

    fn input(&mut self, path: &[&str]) {
        if let ["input", name, ..] = path {
            self.inputs.insert((*name).to_owned());
        }
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
    use cedar_policy::Policy;

    use super::reads;

    #[test]
    fn conditions_are_read_through_every_spelling() {
        for (condition, expected) in [
            ("context.call.suspended", ""),
            (r#"context.call.now > datetime("2026-01-01")"#, "time"),
            (r#"context["call"]["now"].toTime() >= duration("9h")"#, "time"),
            ("context.call == context.call", "time"),
            ("context == context", "time whole_input"),
            ("context.call has session && context.call.session.id == \"s\"", ""),
            ("context.facts has amount", "has_on_fact"),
            ("context has facts.amount", "has_on_fact"),
            ("context[\"facts\"] has amount", "has_on_fact"),
            (
                "(if context.call.suspended then context.facts else context.facts) has amount",
                "has_on_fact",
            ),
            ("[\"context.call.now\"].contains(context.call.grade)", ""),
            ("context.input has note", "note"),
            ("context has input.note.x", "note"),
            ("context.input.a.b has c && context[\"input\"][\"d e\"] == 1", "a d e"),
            ("context.input == context.input", "whole_input"),
            ("(if true then context.input else context.input) has a", "whole_input"),
            ("context has input", ""),
        ] {
            let text = format!("forbid(principal, action, resource) unless {{ {condition} }};");
            let policy = Policy::parse(None, text).unwrap();
            let found = reads(&policy);
            let marks = [
                ("time", found.time),
                ("has_on_fact", found.has_on_fact),
                ("whole_input", found.whole_input),
            ];
            let marks = marks.iter().filter(|mark| mark.1).map(|mark| mark.0);
            let told: Vec<&str> = marks.chain(found.inputs.iter().map(String::as_str)).collect();
            assert_eq!(told.join(" "), expected, "{condition}");
        }
    }
}
