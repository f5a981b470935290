//! The id of a request: what it means, and the text it came in.

use std::fmt;

use serde_json::value::RawValue;

/// The largest integer that every JSON reader keeps exact.
const LARGEST: i64 = 1 << 53;

/// An id with the text it came in, which answers repeat.
#[derive(Clone)]
pub struct Id {
    key: IdKey,
    text: Box<str>,
}

/// What an id means: `1` and `"1"` differ, `"a"` and `"\u0061"` do not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum IdKey {
    /// `null`: an error that answers no request in particular.
    Null,
    /// An integer.
    Number(i64),
    /// A text.
    Text(Box<str>),
}

impl Id {
    /// The id of an answer to nobody in particular.
    #[must_use]
    pub fn null() -> Self {
        Self { key: IdKey::Null, text: "null".into() }
    }

    /// Makes an id of our own.
    #[must_use]
    pub fn own(text: &str) -> Self {
        let quoted = serde_json::Value::from(text).to_string();
        Self { key: IdKey::Text(text.into()), text: quoted.into() }
    }

    /// Reads the id of a request; nothing, where two readers may understand two ids.
    pub(crate) fn of_request(raw: &RawValue) -> Option<Self> {
        let text = raw.get();
        let key = match text.as_bytes().first()? {
            b'"' => IdKey::Text(serde_json::from_str(text).ok()?),
            b'-' | b'0'..=b'9' => {
                let number: i64 = text.parse().ok()?;
                let plain = (-LARGEST..=LARGEST).contains(&number) && text != "-0";
                plain.then_some(IdKey::Number(number))?
            }
            _ => return None,
        };
        Some(Self { key, text: text.into() })
    }

    /// Reads the id of an answer, which some write as `1.0` where they were asked with `1`.
    pub(crate) fn of_response(raw: &RawValue) -> Option<Self> {
        if raw.get() == "null" {
            return Some(Self::null());
        }
        if let Some(id) = Self::of_request(raw) {
            return Some(id);
        }
        let whole = raw.get().strip_suffix(".0")?.parse().ok()?;
        Some(Self { key: IdKey::Number(whole), text: raw.get().into() })
    }

    /// Returns what it means.
    #[must_use]
    pub const fn key(&self) -> &IdKey {
        &self.key
    }

    /// Returns its JSON text.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::value::RawValue;

    use super::{Id, IdKey};

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn a_request_has_an_id_that_everybody_reads_alike() {
        for (text, key) in [
            ("0", Some(IdKey::Number(0))),
            ("-7", Some(IdKey::Number(-7))),
            ("\"0\"", Some(IdKey::Text("0".into()))),
            ("\"\"", Some(IdKey::Text("".into()))),
            (r#""\u0061""#, Some(IdKey::Text("a".into()))),
            ("null", None),
            ("true", None),
            ("{}", None),
            ("1.0", None),
            ("1e0", None),
            ("-0", None),
            ("9007199254740993", None),
            (r#""\ud800""#, None),
        ] {
            let id = Id::of_request(&raw(text));
            assert_eq!(id.as_ref().map(Id::key), key.as_ref(), "{text}");
            assert!(id.is_none_or(|id| id.text() == text));
        }
    }

    #[test]
    fn an_answer_may_write_an_integer_as_a_fraction() {
        assert_eq!(Id::of_response(&raw("1.0")).unwrap().key(), &IdKey::Number(1));
        assert_eq!(Id::of_response(&raw("null")).unwrap().key(), &IdKey::Null);
        assert!(Id::of_response(&raw("1.5")).is_none());
    }
}
