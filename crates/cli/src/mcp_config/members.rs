//! JSON read for its places: the members of an object and the elements of a list, each with its own text.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::value::RawValue;
use thiserror::Error;

/// Says where a configuration is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("line {line}, column {column}: {message}")]
pub(crate) struct NotJson {
    line: usize,
    column: usize,
    message: String,
}

/// The members of an object in their order, each value as the text it stands in.
#[derive(Debug)]
pub(crate) struct Members<'a>(pub(crate) Vec<(String, &'a str)>);

impl NotJson {
    /// Finds the line and column of `part`, which is a part of `text`.
    pub(crate) fn at(text: &str, part: &str, message: impl Into<String>) -> Self {
        let before = text.get(..offset(text, part)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        Self { line, column, message: message.into() }
    }
}

impl<'a> Members<'a> {
    /// Reads the object `part` of `text`; a name that stands twice is refused, for who knows which one a client takes.
    pub(crate) fn read(text: &str, part: &'a str) -> Result<Self, NotJson> {
        serde_json::from_str(part).map_err(|error| place(text, part, &error))
    }

    pub(crate) fn find(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
    }
}

/// Reads the list `part` of `text`.
pub(crate) fn elements<'a>(text: &str, part: &'a str) -> Result<Vec<&'a str>, NotJson> {
    let elements: Vec<&RawValue> =
        serde_json::from_str(part).map_err(|error| place(text, part, &error))?;
    Ok(elements.into_iter().map(RawValue::get).collect())
}

/// Returns where `part`, a part of `text`, begins in it.
pub(crate) fn offset(text: &str, part: &str) -> usize {
    part.as_ptr().addr().saturating_sub(text.as_ptr().addr())
}

/// An error tells the place within what was read, which may be a part of the file.
fn place(text: &str, part: &str, error: &serde_json::Error) -> NotJson {
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let start = NotJson::at(text, part, "");
    let first = error.line() <= 1;
    let column =
        if first { start.column + error.column().saturating_sub(1) } else { error.column() };
    NotJson { line: start.line + error.line().saturating_sub(1), column, message }
}

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reading;
        impl<'de> Visitor<'de> for Reading {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let (mut members, mut seen) = (Vec::new(), BTreeSet::new());
                while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
                    if !seen.insert(name.clone()) {
                        return Err(A::Error::custom(format!("`{name}` stands twice")));
                    }
                    members.push((name, value.get()));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Reading)
    }
}

#[cfg(test)]
mod tests {
    use super::{Members, elements, offset};

    #[test]
    fn every_value_is_known_by_its_own_text_and_place() {
        let text = "{\n  \"a\": [1, \"t\\u0077o\"], \"b\" : { } }";
        let members = Members::read(text, text).unwrap();
        let list = members.find("a").unwrap();
        assert_eq!((list, offset(text, list)), ("[1, \"t\\u0077o\"]", 9));
        assert_eq!(elements(text, list).unwrap(), ["1", "\"t\\u0077o\""]);
        assert_eq!(members.find("b"), Some("{ }"));
    }

    #[test]
    fn what_is_no_json_is_told_at_its_place() {
        for (text, told) in [
            ("{\n  // a comment\n}", "line 2, column 3: key must be a string"),
            ("{\"a\": 1,}", "line 1, column 9: trailing comma"),
            ("{\"a\": 1, \"a\": 2}", "line 1, column 16: `a` stands twice"),
            ("[]", "line 1, column 1: invalid type: sequence, expected an object"),
            ("", "line 1, column 1: EOF while parsing a value"),
        ] {
            assert_eq!(Members::read(text, text).unwrap_err().to_string(), told, "{text}");
        }
        let text = "{\n  \"a\": {\"b\": 1, \"b\": 2}}";
        let inner = Members::read(text, text).unwrap().find("a").unwrap();
        let error = Members::read(text, inner).unwrap_err().to_string();
        assert!(error.starts_with("line 2, column 2"), "{error}");
    }
}
