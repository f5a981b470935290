//! Which attributes of the context policies read, found in their JSON form.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::reads::path;

/// The part of a value that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Paths {
    /// All of it.
    Whole,
    /// That it is there, and these attributes of it.
    Within(BTreeMap<String, Self>),
}

impl Default for Paths {
    fn default() -> Self {
        Self::nothing()
    }
}

impl Paths {
    pub(crate) const fn nothing() -> Self {
        Self::Within(BTreeMap::new())
    }

    /// Reads the conditions of a policy; `context` by itself, however deep inside, is all of it.
    pub(crate) fn of(conditions: &Value) -> Self {
        let mut paths = Self::nothing();
        paths.walk(conditions);
        paths
    }

    /// Makes the part that `path` leads to, all of it.
    pub(crate) fn to(path: &[&str]) -> Self {
        let mut paths = Self::nothing();
        paths.read(path, &Self::Whole);
        paths
    }

    /// Returns what is read of an attribute, or `None` if nobody cares whether it is there.
    pub(crate) fn of_attribute(&self, name: &str) -> Option<&Self> {
        match self {
            Self::Whole => Some(self),
            Self::Within(attributes) => attributes.get(name),
        }
    }

    pub(crate) fn join(&mut self, other: &Self) {
        match (self, other) {
            (Self::Whole, _) => {}
            (this, Self::Whole) => *this = Self::Whole,
            (Self::Within(these), Self::Within(others)) => {
                for (name, other) in others {
                    these.entry(name.clone()).or_insert_with(Self::nothing).join(other);
                }
            }
        }
    }

    fn walk(&mut self, node: &Value) {
        if let Some(path) = path(node) {
            return self.read(&path, &Self::Whole);
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
        let Some(left) = has.get("left") else { return *self = Self::Whole };
        let Some(mut path) = path(left) else { return self.walk(left) };
        match has.get("attr") {
            Some(Value::Array(steps)) => path.extend(steps.iter().filter_map(Value::as_str)),
            attribute => path.extend(attribute.and_then(Value::as_str)),
        }
        self.read(&path, &Self::nothing());
    }

    fn read(&mut self, path: &[&str], what: &Self) {
        match (path.split_first(), self) {
            (None, this) => this.join(what),
            (_, Self::Whole) => {}
            (Some((first, rest)), Self::Within(attributes)) => {
                let attribute = attributes.entry((*first).to_owned()).or_insert_with(Self::nothing);
                attribute.read(rest, what);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use cedar_policy::Policy;

    use super::Paths;

    fn told(paths: &Paths, at: &str, to: &mut Vec<String>) {
        match paths {
            Paths::Whole => to.push(format!("{at}*")),
            Paths::Within(attributes) if attributes.is_empty() => to.push(at.to_owned()),
            Paths::Within(attributes) => {
                for (name, read) in attributes {
                    told(read, &format!("{at}/{name}"), to);
                }
            }
        }
    }

    #[test]
    fn what_is_read_is_found_through_every_spelling() {
        for (condition, expected) in [
            ("true", ""),
            ("context.call.suspended", "/call/suspended*"),
            ("context[\"call\"][\"now\"].toTime() >= duration(\"9h\")", "/call/now*"),
            ("context == context", "*"),
            ("context.call == context.call && context.call.suspended", "/call*"),
            ("context.input has note && context.input.note like \"a*\"", "/input/note*"),
            ("context.input has a", "/input/a"),
            ("context has input.note.x", "/input/note/x"),
            ("context.input.a has b && context.input.a.c == 1", "/input/a/b /input/a/c*"),
            ("(if true then context.input else context.input) has a", "/input*"),
            ("(if true then context else context).input has a", "*"),
            ("{\"has\": context.facts.amount, \"Var\": \"context\"} has a", "/facts/amount*"),
            ("[\"context.call.now\"].contains(context.call.grade)", "/call/grade*"),
            ("principal in [principal] && resource is Tool", ""),
        ] {
            let text = format!("forbid(principal, action, resource) unless {{ {condition} }};");
            let json = Policy::parse(None, text).unwrap().to_json().unwrap();
            let mut found = Vec::new();
            told(&Paths::of(&json["conditions"]), "", &mut found);
            assert_eq!(found.join(" "), expected, "{condition}");
        }
    }
}
