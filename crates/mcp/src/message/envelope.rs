//! The outermost members of a message, and what they make of it.

use std::fmt;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Malformed, Message, Notification, Request, Response};
use crate::id::Id;
use crate::json::Json;

/// The members that JSON-RPC names, each once.
#[derive(Default)]
pub(super) struct Envelope<'a> {
    jsonrpc: Option<&'a RawValue>,
    pub(super) id: Option<&'a RawValue>,
    method: Option<&'a RawValue>,
    params: Option<&'a RawValue>,
    result: Option<&'a RawValue>,
    error: Option<&'a RawValue>,
}

/// What an error begins with where a member stands twice.
pub(super) const TWICE: &str = "a member twice";

impl Envelope<'_> {
    pub(super) fn read(&self, raw: &Bytes) -> Result<Message, Malformed> {
        if self.jsonrpc.is_none_or(|version| version.get() != "\"2.0\"") {
            return Err(Malformed::NotRpc("`jsonrpc` is not `\"2.0\"`"));
        }
        let raw = raw.clone();
        let Some(method) = self.method else { return self.response(raw) };
        if self.result.is_some() || self.error.is_some() {
            return Err(Malformed::NotRpc("it has both a method and an answer"));
        }
        let method: Box<str> = serde_json::from_str(method.get())
            .map_err(|_| Malformed::NotRpc("`method` is not a string"))?;
        let params = match self.params {
            None => None,
            Some(params) if params.get() == "null" => None,
            Some(params) if params.get().starts_with('{') => Some(Json::within(&raw, params)),
            Some(_) => return Err(Malformed::NotRpc("`params` is not an object")),
        };
        Ok(match self.id {
            None => Message::Notification(Notification { raw, method, params }),
            Some(id) => {
                let id = Id::of_request(id).ok_or(Malformed::BadId)?;
                Message::Request(Request { raw, id, method, params })
            }
        })
    }

    fn response(&self, raw: Bytes) -> Result<Message, Malformed> {
        let id = self.id.ok_or(Malformed::NotRpc("it has neither a method nor an id"))?;
        let id = Id::of_response(id).ok_or(Malformed::BadId)?;
        let answer = match (self.result, self.error) {
            (Some(result), None) => Ok(Json::within(&raw, result)),
            (None, Some(error)) => Err(Json::within(&raw, error)),
            _ => return Err(Malformed::NotRpc("it has not exactly one of result and error")),
        };
        Ok(Message::Response(Response { raw, id, answer }))
    }
}

impl<'a, 'de: 'a> Deserialize<'de> for Envelope<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Envelope<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut envelope = Envelope::default();
                while let Some(name) = map.next_key::<Member>()? {
                    let slot = match name {
                        Member::Jsonrpc => &mut envelope.jsonrpc,
                        Member::Id => &mut envelope.id,
                        Member::Method => &mut envelope.method,
                        Member::Params => &mut envelope.params,
                        Member::Result => &mut envelope.result,
                        Member::Error => &mut envelope.error,
                        Member::Other => {
                            map.next_value::<IgnoredAny>()?;
                            continue;
                        }
                    };
                    if slot.replace(map.next_value()?).is_some() {
                        return Err(A::Error::custom(TWICE));
                    }
                }
                Ok(envelope)
            }
        }

        deserializer.deserialize_map(Object)
    }
}

enum Member {
    Jsonrpc,
    Id,
    Method,
    Params,
    Result,
    Error,
    Other,
}

impl<'de> Deserialize<'de> for Member {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Member;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_str<E>(self, text: &str) -> Result<Member, E> {
                Ok(match text {
                    "jsonrpc" => Member::Jsonrpc,
                    "id" => Member::Id,
                    "method" => Member::Method,
                    "params" => Member::Params,
                    "result" => Member::Result,
                    "error" => Member::Error,
                    _ => Member::Other,
                })
            }
        }

        deserializer.deserialize_str(Text)
    }
}
