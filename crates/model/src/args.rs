//! The arguments of an action: read once, strictly.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Number, Value};
use thiserror::Error;

use crate::Decimal;

/// How deeply arguments may nest.
pub const MAX_DEPTH: usize = 32;

/// Arguments as they arrived, and what they mean if they mean something exact.
#[derive(Debug, Clone)]
pub struct Arguments {
    raw: Box<str>,
    value: Result<Arc<Value>, Fault>,
}

/// Arguments that cannot even be recorded as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ArgumentsError {
    /// Only objects are arguments.
    #[error("`args` is not a JSON object")]
    NotAnObject,
    /// Deeper than [`MAX_DEPTH`].
    #[error("`args` nests deeper than {MAX_DEPTH} levels")]
    TooDeep,
}

/// What makes arguments mean nothing exact. Names the place, never the value.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Fault {
    /// An object has a key twice.
    #[error("duplicate key at `{0}`")]
    DuplicateKey(String),
    /// A number below zero.
    #[error("negative number at `{0}`")]
    NegativeNumber(String),
    /// A number that would have to be rounded.
    #[error("number at `{0}` is not exact: at most four digits after the point, below 2^63")]
    InexactNumber(String),
    /// A text with an escape that is no character, such as half of a surrogate pair.
    #[error("text at `{0}` is not Unicode")]
    NotUnicode(String),
    /// A key that the JSON library keeps for itself.
    #[error("reserved key at `{0}`")]
    ReservedKey(String),
}

impl Arguments {
    /// Reads arguments from JSON text.
    ///
    /// # Errors
    /// When the text is not an object, or nests too deeply. Everything else that is wrong with it is kept as a
    /// [`Fault`], to be denied on the record.
    pub fn parse(raw: &RawValue) -> Result<Self, ArgumentsError> {
        let raw = raw.get();
        if !raw.starts_with('{') {
            return Err(ArgumentsError::NotAnObject);
        }
        let value = match read(raw, &At::Root, Numbers::Exact, 0) {
            Ok(value) => Ok(Arc::new(value)),
            Err(Stop::TooDeep) => return Err(ArgumentsError::TooDeep),
            Err(Stop::Fault(fault)) => Err(fault),
        };
        Ok(Self { raw: raw.into(), value })
    }

    /// Returns the text as it arrived.
    #[must_use]
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// Returns the value, if it is exact.
    ///
    /// # Errors
    /// The fault that makes it unusable.
    pub fn value(&self) -> Result<&Value, &Fault> {
        self.value.as_deref()
    }

    /// Returns the value to keep, if it is exact.
    #[must_use]
    pub fn shared(&self) -> Option<Arc<Value>> {
        self.value.as_ref().ok().map(Arc::clone)
    }

    /// Returns the canonical text of the value, which the arguments digest covers: RFC 8785, except that an
    /// integer or decimal beyond what a double holds is written out exactly.
    #[must_use]
    pub fn canonical(&self) -> Option<String> {
        self.value.as_ref().ok().map(|value| canonical(value))
    }
}

/// Reads any JSON value in which no key is given twice, with its numbers as they are written.
///
/// # Errors
/// What makes it ambiguous, or that it nests deeper than [`MAX_DEPTH`].
pub fn read_unambiguous(raw: &RawValue) -> Result<Value, Ambiguous> {
    read(raw.get(), &At::Root, Numbers::Any, 0).map_err(|stop| match stop {
        Stop::TooDeep => Ambiguous::TooDeep,
        Stop::Fault(fault) => Ambiguous::Fault(fault),
    })
}

/// Says why a JSON value means nothing certain.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Ambiguous {
    /// Deeper than [`MAX_DEPTH`].
    #[error("it nests deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// Something in it means nothing certain.
    #[error(transparent)]
    Fault(Fault),
}

/// Returns the canonical text of a value, in the way of [`Arguments::canonical`].
#[must_use]
pub fn canonical(value: &Value) -> String {
    let mut text = String::new();
    write_canonical(value, &mut text);
    text
}

/// Where the reader is; kept on the stack so that the path costs nothing until it is needed.
enum At<'a> {
    Root,
    Key(&'a Self, &'a str),
    Index(&'a Self, usize),
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Key(parent, key) => {
                write!(
                    f,
                    "{parent}/{}",
                    key.chars().take(64).flat_map(char::escape_debug).collect::<String>()
                )
            }
            Self::Index(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}

/// Which numbers are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Numbers {
    Exact,
    Any,
}

enum Stop {
    TooDeep,
    Fault(Fault),
}

/// Reads one value level by level, each from its own text, so that a number is told from an object by its first
/// character and not by the JSON library's marker key.
fn read(raw: &str, at: &At<'_>, numbers: Numbers, depth: usize) -> Result<Value, Stop> {
    if depth > MAX_DEPTH {
        return Err(Stop::TooDeep);
    }
    let malformed = |_| Stop::Fault(Fault::NotUnicode(at.to_string()));
    match raw.as_bytes().first() {
        Some(b'{') => {
            let Members(members) = serde_json::from_str(raw).map_err(malformed)?;
            let mut object = Map::with_capacity(members.len());
            for (key, raw) in members {
                let at = At::Key(at, &key);
                if key.starts_with("$serde_json::private::") {
                    return Err(Stop::Fault(Fault::ReservedKey(at.to_string())));
                }
                let value = read(raw.get(), &at, numbers, depth + 1)?;
                if object.contains_key(key.as_ref()) {
                    return Err(Stop::Fault(Fault::DuplicateKey(at.to_string())));
                }
                object.insert(key.into_owned(), value);
            }
            Ok(Value::Object(object))
        }
        Some(b'[') => {
            let items: Vec<&RawValue> = serde_json::from_str(raw).map_err(malformed)?;
            let items = items.iter().enumerate();
            let read = |(i, raw): (usize, &&RawValue)| {
                read(raw.get(), &At::Index(at, i), numbers, depth + 1)
            };
            items.map(read).collect()
        }
        Some(b'-' | b'0'..=b'9') if numbers == Numbers::Exact => {
            read_number(raw, at).map_err(Stop::Fault)
        }
        _ => serde_json::from_str(raw).map_err(malformed),
    }
}

fn read_number(raw: &str, at: &At<'_>) -> Result<Value, Fault> {
    if raw.starts_with('-') {
        return Err(Fault::NegativeNumber(at.to_string()));
    }
    if raw.parse::<i64>().is_err() && raw.parse::<Decimal>().is_err() {
        return Err(Fault::InexactNumber(at.to_string()));
    }
    serde_json::from_str::<Number>(raw)
        .map(Value::Number)
        .map_err(|_| Fault::InexactNumber(at.to_string()))
}

/// The members of an object in order, duplicates included.
struct Members<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;

        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some((Key(key), value)) = map.next_entry()? {
                    members.push((key, value));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Collect)
    }
}

#[derive(serde::Deserialize)]
struct Key<'a>(#[serde(borrow)] Cow<'a, str>);

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            write_list(out, '{', '}', members, |(key, value), out| {
                out.push_str(&Value::from(key.as_str()).to_string());
                out.push(':');
                write_canonical(value, out);
            });
        }
        Value::Array(items) => write_list(out, '[', ']', items, write_canonical),
        Value::Number(number) => {
            let text = number.to_string();
            match text.parse::<Decimal>() {
                Ok(decimal) => out.push_str(&decimal.to_string()),
                Err(_) => out.push_str(&text),
            }
        }
        Value::String(_) | Value::Bool(_) | Value::Null => out.push_str(&value.to_string()),
    }
}

fn write_list<I: IntoIterator>(
    out: &mut String,
    open: char,
    close: char,
    items: I,
    write: impl Fn(I::Item, &mut String),
) {
    out.push(open);
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(item, out);
    }
    out.push(close);
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{Arguments, ArgumentsError};

    fn parse(text: &str) -> Result<Arguments, ArgumentsError> {
        Arguments::parse(&RawValue::from_string(text.to_owned()).unwrap())
    }

    #[test]
    fn arguments_are_exact_or_carry_their_fault() {
        for (text, expected) in [
            (r#"{"b":1.50,"a":[1e2,"x",null,true]}"#, r#"{"a":[100,"x",null,true],"b":1.5}"#),
            (r#"{"id":9223372036854775807}"#, r#"{"id":9223372036854775807}"#),
            (r#"{"é":1,"\u20ac":2,"😀":3,"\r":4}"#, "{\"\\r\":4,\"é\":1,\"€\":2,\"😀\":3}"),
            (r#"{"a":1,"a":2}"#, "duplicate key at `/a`"),
            (r#"{"a":{"b":[{"c":1,"\u0063":1}]}}"#, "duplicate key at `/a/b/0/c`"),
            (r#"{"amount":-0.01}"#, "negative number at `/amount`"),
            (
                r#"{"amount":100.00004000000000000001}"#,
                "number at `/amount` is not exact: at most four digits after the point, below 2^63",
            ),
            (
                r#"{"amount":1e400}"#,
                "number at `/amount` is not exact: at most four digits after the point, below 2^63",
            ),
            (
                r#"{"n":9223372036854775808}"#,
                "number at `/n` is not exact: at most four digits after the point, below 2^63",
            ),
            (r#"{"a":"\ud800"}"#, "text at `/a` is not Unicode"),
            (
                r#"{"n":{"$serde_json::private::Number":"-1"}}"#,
                "reserved key at `/n/$serde_json::private::Number`",
            ),
        ] {
            let arguments = parse(text).unwrap();
            let read =
                arguments.canonical().unwrap_or_else(|| arguments.value().unwrap_err().to_string());
            assert_eq!(read, expected, "{text}");
        }
    }

    #[test]
    fn only_an_object_of_bounded_depth_is_arguments() {
        assert_eq!(parse("[1]").unwrap_err(), ArgumentsError::NotAnObject);
        let deep = |n: usize| format!("{{\"a\":{}{}}}", "[".repeat(n), "]".repeat(n));
        assert!(parse(&deep(32)).is_ok());
        assert_eq!(parse(&deep(33)).unwrap_err(), ArgumentsError::TooDeep);
        assert_eq!(parse(&deep(10_000)).unwrap_err(), ArgumentsError::TooDeep);
    }
}
