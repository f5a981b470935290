//! What a policy reads of the context, found in its JSON form.

use std::collections::BTreeSet;

use cedar_policy::Policy;
use cedar_policy_core::{ast, est};
use serde_json::{Map, Value};

use crate::paths::Paths;

/// Where the time is.
const TIMES: [&[&str]; 3] = [&["call", "now"], &["call", "local"], &["call", "open"]];

/// What the loader wants to know about the conditions of a policy.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Reads {
    /// It reads `context.call.now`, `.local` or `.open`, or a value that contains one.
    pub(crate) time: bool,
    /// The calendars it asks for.
    pub(crate) calendars: BTreeSet<String>,
    /// The labels of sessions it asks for.
    pub(crate) labels: BTreeSet<String>,
    /// It asks whether a fact is there.
    pub(crate) has_on_fact: bool,
    /// All that it reads.
    pub(crate) paths: Paths,
}

/// Reads the conditions of a policy; one that cannot be read may read everything.
pub(crate) fn reads(policy: &Policy) -> Reads {
    let policy: &ast::Policy = policy.as_ref();
    // Made from Cedar's tree: `Policy::to_json` would parse the text again.
    let Ok(json) = serde_json::to_value(est::Policy::from(policy.clone())) else {
        return Reads { time: true, has_on_fact: true, paths: Paths::Whole, ..Reads::default() };
    };
    let mut reads = Reads::default();
    if let Some(conditions) = json.get("conditions") {
        reads.walk(conditions);
        reads.paths = Paths::of(conditions);
    }
    reads
}

impl Reads {
    fn walk(&mut self, node: &Value) {
        if let Some(path) = path(node) {
            self.time |= TIMES.iter().any(|time| time.starts_with(&path) || path.starts_with(time));
            return;
        }
        match node {
            Value::Object(members) => match members.get("has").filter(|_| members.len() == 1) {
                Some(has) => self.presence(has),
                None => {
                    members.values().for_each(|member| self.walk(member));
                    self.calendars.extend(asked(members, &["call", "open"]));
                    self.labels.extend(asked(members, &["call", "session", "labels"]));
                }
            },
            Value::Array(items) => items.iter().for_each(|item| self.walk(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    fn presence(&mut self, has: &Value) {
        self.has_on_fact |= asks_for_fact(has);
        if let Some(left) = has.get("left").filter(|left| path(left).is_none()) {
            self.walk(left);
        }
    }
}

/// Returns the texts that a set of the context is asked for.
fn asked(members: &Map<String, Value>, set: &[&str]) -> Vec<String> {
    let asked =
        ["contains", "containsAny", "containsAll"].iter().find_map(|word| members.get(*word));
    let of_set = |left: &Value| path(left).is_some_and(|path| path == set);
    match asked.filter(|asked| asked.get("left").is_some_and(of_set)) {
        Some(asked) => asked.get("right").map(texts).unwrap_or_default(),
        None => Vec::new(),
    }
}

fn texts(node: &Value) -> Vec<String> {
    match node {
        Value::String(text) => vec![text.clone()],
        Value::Array(items) => items.iter().flat_map(texts).collect(),
        Value::Object(members) => members.values().flat_map(texts).collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
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
pub(crate) fn path(node: &Value) -> Option<Vec<&str>> {
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
            ("context.call.local.weekday > 5", "time"),
            (r#"context.call.open.contains("office")"#, "time office"),
            (r#"context["call"].open.containsAny(["a", "b"])"#, "time a b"),
            (r#"context.call.session.labels.contains("untrusted_content")"#, "untrusted_content"),
            ("context == context", "time"),
            ("context.call.session has id && context.call.session.id == \"s\"", ""),
            ("context.facts has amount", "has_on_fact"),
            ("context has facts.amount", "has_on_fact"),
            ("context[\"facts\"] has amount", "has_on_fact"),
            (
                "(if context.call.suspended then context.facts else context.facts) has amount",
                "has_on_fact",
            ),
            ("[\"context.call.now\"].contains(context.call.grade)", ""),
        ] {
            let text = format!("forbid(principal, action, resource) unless {{ {condition} }};");
            let policy = Policy::parse(None, text).unwrap();
            let found = reads(&policy);
            let marks = [("time", found.time), ("has_on_fact", found.has_on_fact)];
            let marks = marks.iter().filter(|mark| mark.1).map(|mark| mark.0);
            let named = found.calendars.iter().chain(&found.labels).map(String::as_str);
            let told: Vec<&str> = marks.chain(named).collect();
            assert_eq!(told.join(" "), expected, "{condition}");
        }
    }
}
