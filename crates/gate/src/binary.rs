//! Images, sounds and files in a result of a tool (MCP): base64 of bytes that are no text, in which digits and letters
//! mean nothing.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};
use syndic_detect::Finding;

/// Shorter ones are looked through.
const SHORTEST: usize = 24;

/// Where they stand in a document.
#[derive(Debug, Default)]
pub(crate) struct Binaries(BTreeSet<String>);

impl Binaries {
    pub(crate) fn of(json: &str) -> Self {
        let mut found = Self::default();
        let may_have = ["\"image\"", "\"audio\"", "\"blob\""].iter().any(|one| json.contains(one));
        if may_have && let Ok(value) = serde_json::from_str(json) {
            found.walk(&value, &mut String::new());
        }
        found
    }

    /// Tells whether something was found in one.
    pub(crate) fn has(&self, finding: &Finding) -> bool {
        finding.path.as_deref().is_some_and(|path| self.0.contains(path))
    }

    fn walk(&mut self, value: &Value, place: &mut String) {
        let length = place.len();
        match value {
            Value::Object(members) => {
                if let Some(key) = binary(members) {
                    self.0.insert(format!("{place}/{key}"));
                }
                for (key, value) in members {
                    place.push('/');
                    place.push_str(&key.replace('~', "~0").replace('/', "~1"));
                    self.walk(value, place);
                    place.truncate(length);
                }
            }
            Value::Array(items) => {
                for (index, value) in items.iter().enumerate() {
                    place.push('/');
                    place.push_str(&index.to_string());
                    self.walk(value, place);
                    place.truncate(length);
                }
            }
            Value::String(_) | Value::Number(_) | Value::Bool(_) | Value::Null => {}
        }
    }
}

/// The member that holds bytes, where the object is of those that do.
fn binary(members: &Map<String, Value>) -> Option<&'static str> {
    let kind = members.get("type").and_then(Value::as_str);
    let key = match kind {
        Some("image" | "audio") => "data",
        _ if members.contains_key("uri") => "blob",
        _ => return None,
    };
    let text = members.get(key).and_then(Value::as_str)?;
    let bytes = STANDARD.decode(text).ok().filter(|_| text.len() >= SHORTEST)?;
    // What is text all the same is looked through.
    std::str::from_utf8(&bytes).is_err().then_some(key)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::json;

    use super::Binaries;

    #[test]
    fn bytes_are_left_and_text_in_their_place_is_not() {
        let bytes = STANDARD
            .encode([0x89, b'P', b'N', b'G', 0xff, 0xfe, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
        let text = STANDARD.encode("write to jane.doe@example.org today");
        let result = json!({"content": [
            {"type": "image", "data": bytes, "mimeType": "image/png"},
            {"type": "image", "data": text},
            {"type": "image", "data": "jane.doe@example.org"},
            {"type": "text", "data": bytes},
            {"type": "resource", "resource": {"uri": "file:///a", "blob": bytes}},
        ]});
        let found: Vec<_> = Binaries::of(&result.to_string()).0.into_iter().collect();
        assert_eq!(found, ["/content/0/data", "/content/4/resource/blob"]);
        assert!(Binaries::of("no JSON \"image\"").0.is_empty());
    }
}
