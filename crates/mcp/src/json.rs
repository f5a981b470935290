//! A JSON text inside a message: checked once, never copied.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::id::{Id, IdKey};

/// One JSON value, as the text it arrived in.
///
/// INVARIANT: the bytes are UTF-8 and exactly one JSON value.
#[derive(Clone, PartialEq, Eq)]
pub struct Json(Bytes);

impl Json {
    /// Cuts a value out of the message that it was parsed from.
    pub(crate) fn within(message: &Bytes, value: &RawValue) -> Self {
        Self(message.slice_ref(value.get().as_bytes()))
    }

    /// Writes a value.
    #[must_use]
    pub fn of(value: &serde_json::Value) -> Self {
        Self(Bytes::from(value.to_string()))
    }

    /// Copies a value.
    pub(crate) fn of_raw(value: &RawValue) -> Self {
        Self(Bytes::copy_from_slice(value.get().as_bytes()))
    }

    /// Returns where it stands in the message that it was cut out of.
    pub(crate) fn place_in(&self, message: &Bytes) -> std::ops::Range<usize> {
        let start = (self.0.as_ptr() as usize).saturating_sub(message.as_ptr() as usize);
        start..start + self.0.len()
    }

    /// Returns the text.
    #[must_use]
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("null")
    }

    /// Returns the bytes.
    #[must_use]
    pub const fn bytes(&self) -> &Bytes {
        &self.0
    }

    /// Returns a copy to hand on.
    #[must_use]
    pub fn raw(&self) -> Option<Box<RawValue>> {
        RawValue::from_string(self.text().to_owned()).ok()
    }

    /// Reads it as a type.
    ///
    /// # Errors
    /// When it is not one.
    pub fn read<'a, T: Deserialize<'a>>(&'a self) -> serde_json::Result<T> {
        serde_json::from_str(self.text())
    }

    /// Returns the member of an object.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Self> {
        let members: Members<'_> = self.read().ok()?;
        members.find(name).map(|value| Self::within(&self.0, value))
    }

    /// Reads it as the id of a request.
    #[must_use]
    pub fn id(&self) -> Option<IdKey> {
        let raw: &RawValue = self.read().ok()?;
        Id::of_request(raw).map(|id| id.key().clone())
    }

    /// Tells whether it is an object.
    #[must_use]
    pub fn is_object(&self) -> bool {
        self.0.first() == Some(&b'{')
    }
}

impl fmt::Debug for Json {
    /// Shows how long it is: content is not logged.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Json({} bytes)", self.0.len())
    }
}

/// The members of an object in their order, each value as its text.
pub(crate) struct Members<'a>(pub(crate) Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'a> Members<'a> {
    /// Returns the first member of that name.
    pub(crate) fn find(&self, name: &str) -> Option<&'a RawValue> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| *value)
    }
}

impl<'a, 'de: 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(Key(key)) = map.next_key()? {
                    members.push((key, map.next_value()?));
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(Object)
    }
}

/// A key, borrowed where it has no escapes.
struct Key<'a>(Cow<'a, str>);

impl<'a, 'de: 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl<'de> Visitor<'de> for Text {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }

        deserializer.deserialize_str(Text).map(Self)
    }
}
