//! The server, for requests of the proxy's own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, HeaderValue, Method};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Value, json};

use super::agree::{METHOD, NAME};
use super::desk::Desk;
use super::mirrors::PARAM;
use super::pump::is_events;
use super::sse::EventReader;
use super::upstream::{LAST_EVENT, whole};
use crate::{Id, Message, NoAnswer, Response, Upstream, answer};

/// The server, as one client's message reaches it.
#[derive(Debug, Clone)]
pub(crate) struct Behind {
    pub(crate) desk: Arc<Desk>,
    /// The headers of the client's message: they name session and revision.
    pub(crate) headers: Arc<HeaderMap>,
    /// The stateless revision it speaks.
    pub(crate) stateless: Option<Arc<str>>,
    /// Why it could not be asked.
    pub(crate) trouble: Arc<OnceLock<String>>,
}

impl Upstream for Behind {
    async fn ask(&self, method: &str, params: &Value) -> Result<Response, NoAnswer> {
        static LAST: AtomicU64 = AtomicU64::new(0);
        let id = Id::own(&format!("syndic-http-{}", LAST.fetch_add(1, Ordering::Relaxed)));
        let message = answer::request(&id, method, &self.introduced(params));
        let headers = self.headers(method, params);
        let sent = self.desk.server.send(Method::POST, &headers, Some(message)).await;
        let answered = sent.map_err(|error| {
            tracing::warn!(%error, method, "the server did not answer");
            drop(self.trouble.set(error.to_string()));
            NoAnswer
        })?;
        if !is_events(&answered) {
            let body = whole(answered, self.desk.proxy.settings().largest_message).await;
            return own(&id, &body.map_err(|_| NoAnswer)?).ok_or(NoAnswer);
        }
        let mut answered = answered;
        let mut reader = EventReader::new(self.desk.proxy.settings().largest_message);
        while let Ok(Some(chunk)) = answered.chunk().await {
            let events = reader.read(&chunk).map_err(|_| NoAnswer)?;
            let mut data = events.into_iter().filter_map(|event| event.data);
            if let Some(response) = data.find_map(|data| own(&id, &data)) {
                return Ok(response);
            }
        }
        Err(NoAnswer)
    }
}

/// Reads a message as the response to `id`; whatever else comes meanwhile is nobody's.
fn own(id: &Id, data: &Bytes) -> Option<Response> {
    match Message::from_server(data) {
        Ok(Message::Response(response)) if response.id.key() == id.key() => Some(response),
        Ok(_) | Err(_) => None,
    }
}

impl Behind {
    /// Says in the parameters who asks, where the revision wants every request to.
    fn introduced(&self, params: &Value) -> Value {
        let mut params = params.clone();
        if let (Some(version), Some(members)) = (&self.stateless, params.as_object_mut()) {
            members.entry("_meta").or_insert_with(|| {
                json!({
                    "io.modelcontextprotocol/protocolVersion": &**version,
                    "io.modelcontextprotocol/clientCapabilities": {},
                    "io.modelcontextprotocol/clientInfo":
                        {"name": "syndic", "version": env!("CARGO_PKG_VERSION")},
                })
            });
        }
        params
    }

    /// Takes the client's headers, and says in them what this message says.
    fn headers(&self, method: &str, params: &Value) -> HeaderMap {
        // A call that runs later is the client's own, and so are the headers that repeat its arguments.
        let repeats = |name: &str| name.starts_with(PARAM) && method != "tools/call";
        let of_message = |name: &str| repeats(name) || name == LAST_EVENT.as_str();
        let kept = self.headers.iter().filter(|(name, _)| !of_message(name.as_str()));
        let mut headers: HeaderMap =
            kept.map(|(name, value)| (name.clone(), value.clone())).collect();
        headers.remove(METHOD);
        headers.remove(NAME);
        if self.stateless.is_some() {
            let name = ["name", "uri"].iter().find_map(|key| params.get(key)?.as_str());
            headers.extend(HeaderValue::from_str(method).ok().map(|method| (METHOD, method)));
            headers.extend(name.and_then(encoded).map(|name| (NAME, name)));
        }
        headers
    }
}

/// Writes a value as a header can hold it.
fn encoded(value: &str) -> Option<HeaderValue> {
    let plain = value.bytes().all(|byte| matches!(byte, b' '..=b'~'))
        && value.trim() == value
        && !value.starts_with("=?base64?");
    let value =
        if plain { value.to_owned() } else { format!("=?base64?{}?=", STANDARD.encode(value)) };
    HeaderValue::from_str(&value).ok()
}
