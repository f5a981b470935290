//! One JSON-RPC message, read strictly from bytes, its parts cut out of them without a copy.

mod envelope;

use std::borrow::Cow;

use bytes::Bytes;
use thiserror::Error;

use self::envelope::{Envelope, TWICE};
use crate::answer::{self, NO_SERVER};
use crate::id::Id;
use crate::json::{Json, Members};
use crate::strict::{Ambiguous, Same, check, fold};

/// One message.
#[derive(Debug, Clone)]
pub enum Message {
    /// Wants an answer.
    Request(Request),
    /// Wants none.
    Notification(Notification),
    /// Is one.
    Response(Response),
}

/// A message that wants an answer.
#[derive(Debug, Clone)]
pub struct Request {
    /// The whole message as it arrived.
    pub raw: Bytes,
    /// Its id, never null.
    pub id: Id,
    /// Its method.
    pub method: Box<str>,
    /// Its parameters, an object.
    pub params: Option<Json>,
}

/// A message that wants no answer.
#[derive(Debug, Clone)]
pub struct Notification {
    /// The whole message as it arrived.
    pub raw: Bytes,
    /// Its method.
    pub method: Box<str>,
    /// Its parameters, an object.
    pub params: Option<Json>,
}

/// A message that answers one.
#[derive(Debug, Clone)]
pub struct Response {
    /// The whole message as it arrived.
    pub raw: Bytes,
    /// The id of what it answers; null where that could not be read.
    pub id: Id,
    /// The result, or the error.
    pub answer: Result<Json, Json>,
}

/// Says why bytes are no message that may go on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Malformed {
    /// Not UTF-8.
    #[error("the message is not UTF-8")]
    NotUtf8,
    /// Not JSON.
    #[error("the message is not JSON: {0}")]
    NotJson(String),
    /// Longer than is taken.
    #[error("the message is longer than {0} bytes")]
    TooLong(usize),
    /// Several messages in a list.
    #[error("batches are not taken; send one message at a time")]
    Batch,
    /// Nested too deeply.
    #[error("the message nests too deeply")]
    TooDeep,
    /// A key twice in one object, which two readers may understand differently.
    #[error("an object of the message has a key twice")]
    DuplicateKey,
    /// Keys of one object that some readers take for one.
    #[error("keys of an object of the message differ in case alone")]
    AlikeKeys,
    /// A key that some readers take for one of the protocol's.
    #[error("a key of the message is the protocol's but for its case")]
    Misspelt,
    /// A key that is no text.
    #[error("a key of the message is not Unicode")]
    KeyNotUnicode,
    /// Not a message of JSON-RPC 2.0.
    #[error("the message is not JSON-RPC 2.0: {0}")]
    NotRpc(&'static str),
    /// An id that two readers may understand differently.
    #[error("an id is a string, or an integer that every reader keeps exact")]
    BadId,
}

impl Malformed {
    /// Returns the code of JSON-RPC for it.
    #[must_use]
    pub const fn code(&self) -> i32 {
        match self {
            Self::NotUtf8 | Self::NotJson(_) => -32700,
            Self::TooLong(_)
            | Self::Batch
            | Self::TooDeep
            | Self::DuplicateKey
            | Self::AlikeKeys
            | Self::Misspelt
            | Self::KeyNotUnicode
            | Self::NotRpc(_)
            | Self::BadId => -32600,
        }
    }

    /// Answers whoever sent it; to its own id, where `raw` has one that is beyond doubt.
    #[must_use]
    pub fn answer(&self, raw: &Bytes) -> Bytes {
        let id = match self {
            Self::DuplicateKey
            | Self::AlikeKeys
            | Self::Misspelt
            | Self::KeyNotUnicode
            | Self::TooDeep
            | Self::NotRpc(_) => std::str::from_utf8(raw)
                .ok()
                .and_then(|text| serde_json::from_str::<Envelope<'_>>(text).ok())
                .and_then(|envelope| Id::of_request(envelope.id?)),
            Self::NotUtf8 | Self::NotJson(_) | Self::TooLong(_) | Self::Batch | Self::BadId => None,
        };
        answer::error(&id.unwrap_or_else(Id::null), self.code(), &self.to_string(), None)
    }
}

impl Message {
    /// Reads what a client sent: it decides what happens, so nothing in it may mean two things.
    ///
    /// # Errors
    /// When it does, or is no message.
    pub fn from_client(raw: &Bytes) -> Result<Self, Malformed> {
        let message = Self::read(raw)?;
        check(message.text(), Same::Alike)?;
        message.is_spelt()?;
        Ok(message)
    }

    /// Reads what a server sent. In the place of an answer that may mean two things comes an error to the same id:
    /// whoever waits for it waits no longer.
    ///
    /// # Errors
    /// When it is no message.
    pub fn from_server(raw: &Bytes) -> Result<Self, Malformed> {
        let read = Self::read(raw).and_then(|message| {
            check(message.text(), Same::Equal)?;
            Ok(message)
        });
        read.or_else(|error| Self::instead(raw, error))
    }

    fn instead(raw: &Bytes, error: Malformed) -> Result<Self, Malformed> {
        let id = std::str::from_utf8(raw).ok().and_then(|text| {
            let members: Members<'_> = serde_json::from_str(text).ok()?;
            let asks = members.find("method").is_some();
            let mut ids = members.0.iter().filter(|(key, _)| key == "id").map(|(_, id)| *id);
            let id = ids.next().filter(|id| !asks && id.get() != "null")?;
            if ids.next().is_some() { None } else { Id::of_response(id) }
        });
        let Some(id) = id else { return Err(error) };
        let text = format!("the server's answer is refused: {error}");
        Self::read(&answer::error(&id, NO_SERVER, &text, None))
    }

    /// Refuses what some readers take for a member of the protocol's that this one does not see.
    fn is_spelt(&self) -> Result<(), Malformed> {
        let spelt = |text: &str, names: &[&str]| {
            let members: Members<'_> =
                serde_json::from_str(text).map_err(|_| Malformed::KeyNotUnicode)?;
            let mut keys = members.0.iter().map(|(key, _)| &**key);
            let odd = |key: &str| !names.contains(&key) && names.contains(&&*fold_plain(key));
            if keys.any(odd) { Err(Malformed::Misspelt) } else { Ok(()) }
        };
        spelt(self.text(), ENVELOPE)?;
        let (Self::Request(Request { params, .. })
        | Self::Notification(Notification { params, .. })) = self
        else {
            return Ok(());
        };
        params.as_ref().map_or(Ok(()), |params| spelt(params.text(), PARAMS))
    }

    fn text(&self) -> &str {
        std::str::from_utf8(self.raw()).unwrap_or_default()
    }

    fn read(raw: &Bytes) -> Result<Self, Malformed> {
        let text = std::str::from_utf8(raw).map_err(|_| Malformed::NotUtf8)?;
        if text.trim_start().starts_with('[') {
            return Err(Malformed::Batch);
        }
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| {
            if error.is_data() && error.to_string().starts_with(TWICE) {
                return Malformed::DuplicateKey;
            }
            if error.is_data() {
                return Malformed::NotRpc("it is not an object");
            }
            Malformed::NotJson(error.to_string())
        })?;
        envelope.read(raw)
    }

    /// Returns the whole message.
    #[must_use]
    pub const fn raw(&self) -> &Bytes {
        match self {
            Self::Request(request) => &request.raw,
            Self::Notification(notification) => &notification.raw,
            Self::Response(response) => &response.raw,
        }
    }
}

impl From<Ambiguous> for Malformed {
    fn from(ambiguous: Ambiguous) -> Self {
        match ambiguous {
            Ambiguous::DuplicateKey => Self::DuplicateKey,
            Ambiguous::AlikeKeys => Self::AlikeKeys,
            Ambiguous::NotUnicode => Self::KeyNotUnicode,
            Ambiguous::TooDeep => Self::TooDeep,
        }
    }
}

/// Members of a message, and of its parameters, by which it is decided what happens.
const ENVELOPE: &[&str] = &["jsonrpc", "id", "method", "params", "result", "error"];
const PARAMS: &[&str] =
    &["name", "arguments", "uri", "cursor", "ref", "argument", "task", "_meta", "notifications"];

/// Folds a key, unless nothing folds to another.
fn fold_plain(key: &str) -> Cow<'_, str> {
    if key.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase()) {
        return key.into();
    }
    fold(key).into()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::{any, prop, prop_assert, proptest};

    use super::{Malformed, Message};

    fn client(text: &str) -> Result<Message, Malformed> {
        Message::from_client(&Bytes::copy_from_slice(text.as_bytes()))
    }

    #[test]
    fn a_message_is_a_request_a_notification_or_a_response() {
        let Ok(Message::Request(request)) =
            client(r#" {"jsonrpc":"2.0","id":0,"method":"tools\/call","params":{"name":"x"}}"#)
        else {
            panic!("a request")
        };
        assert_eq!(&*request.method, "tools/call");
        assert_eq!(request.id.text(), "0");
        assert_eq!(request.params.unwrap().text(), r#"{"name":"x"}"#);
        assert!(matches!(
            client(r#"{"jsonrpc":"2.0","method":"notifications/initialized","params":null}"#),
            Ok(Message::Notification(notification)) if notification.params.is_none()
        ));
        assert!(matches!(
            client(r#"{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}"#),
            Ok(Message::Response(response)) if response.id.text() == "null" && response.answer.is_err()
        ));
        assert!(matches!(
            client(r#"{"result":{},"jsonrpc":"2.0","id":"a"}"#),
            Ok(Message::Response(response)) if response.answer.is_ok()
        ));
    }

    #[test]
    fn what_may_mean_two_things_is_refused_and_says_so_to_whom_it_can() {
        for (text, code, id) in [
            ("", -32700, "null"),
            ("garbage", -32700, "null"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping"} {}"#, -32700, "null"),
            (r#"[{"jsonrpc":"2.0","id":1,"method":"ping"}]"#, -32600, "null"),
            ("7", -32600, "null"),
            (r#"{"jsonrpc":"2.0","id":null,"method":"ping"}"#, -32600, "null"),
            (r#"{"jsonrpc":"2.0","id":1.5,"method":"ping"}"#, -32600, "null"),
            (r#"{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}"#, -32600, "null"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}"#, -32600, "null"),
            (r#"{"jsonrpc":"1.0","id":1,"method":"ping"}"#, -32600, "1"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","params":[1]}"#, -32600, "1"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":{"b":1,"b":2}}}"#, -32600, "1"),
            (r#"{"jsonrpc":"2.0","id":"x","method":"m","extra":{"b":1,"b":2}}"#, -32600, "\"x\""),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","result":{}}"#, -32600, "1"),
            (r#"{"jsonrpc":"2.0","id":1}"#, -32600, "1"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"ping","Method":"x"}"#, -32600, "1"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"Arguments":{}}}"#, -32600, "1"),
            (r#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"x":{"a":1,"A":2}}}"#, -32600, "1"),
            (r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, -32600, "1"),
        ] {
            let malformed = client(text).unwrap_err();
            assert_eq!(malformed.code(), code, "{text}");
            let answer = malformed.answer(&Bytes::copy_from_slice(text.as_bytes()));
            let answer: serde_json::Value = serde_json::from_slice(&answer).unwrap();
            assert_eq!(answer["id"].to_string(), id, "{text}");
            assert_eq!(answer["error"]["code"], code, "{text}");
        }
        let mut bytes = br#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":"\xff"}}"#.to_vec();
        bytes[50] = 0xff;
        assert_eq!(Message::from_client(&bytes.into()).unwrap_err(), Malformed::NotUtf8);
    }

    #[test]
    fn in_the_place_of_an_answer_that_may_mean_two_things_comes_an_error() {
        for (text, whole) in [
            (r#"{"jsonrpc":"2.0","id":1,"result":{"a":1,"A":2}}"#, true),
            (r#"{"jsonrpc":"2.0","id":1,"result":{"isError":false,"isError":true}}"#, false),
            (r#"{"jsonrpc":"2.0","id":1,"result":{"x":[{"a":1,"a":1}]}}"#, false),
            (r#"{"jsonrpc":"2.0","id":1,"result":{},"result":{}}"#, false),
            (r#"{"jsonrpc":"2.0","id":1,"result":{},"error":{}}"#, false),
            (r#"{"jsonrpc":"2.0","id":1}"#, false),
        ] {
            let raw = Bytes::copy_from_slice(text.as_bytes());
            let Ok(Message::Response(response)) = Message::from_server(&raw) else {
                panic!("{text}")
            };
            assert_eq!((response.id.text(), response.answer.is_ok()), ("1", whole), "{text}");
        }
        for text in [
            r#"{"jsonrpc":"2.0","id":1,"id":2,"result":{}}"#,
            r#"{"jsonrpc":"2.0","id":1,"method":"m","params":{"a":1,"a":1}}"#,
            r#"{"jsonrpc":"2.0","method":"m","params":{"a":1,"a":1}}"#,
        ] {
            assert!(
                Message::from_server(&Bytes::copy_from_slice(text.as_bytes())).is_err(),
                "{text}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let raw = Bytes::from(bytes);
            if let Err(malformed) = Message::from_client(&raw) {
                prop_assert!(serde_json::from_slice::<serde_json::Value>(&malformed.answer(&raw)).is_ok());
            }
        }

        #[test]
        fn what_passes_is_one_json_object_unchanged(
            parts in prop::collection::vec(
                prop::sample::select(vec![
                    "{", "}", "[", "]", ":", ",", "\"id\"", "\"method\"", "\"jsonrpc\"", "\"2.0\"", "1", "null",
                    "\"params\"", "\"result\"", "\\", "\"", " ", "\r", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\"",
                ]),
                0..24,
            )
        ) {
            let text = parts.concat();
            if let Ok(message) = client(&text) {
                let value: serde_json::Value = serde_json::from_str(&text).unwrap();
                prop_assert!(value.is_object());
                prop_assert!(message.raw() == text.as_bytes());
            }
        }
    }
}
