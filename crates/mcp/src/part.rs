//! A message of which only the beginning and the end are there.

use serde_json::value::RawValue;

use crate::id::Id;

/// Finds the id of a message by its beginning, or by its end, where some writers put it. Good enough to tell whoever
/// waits that the message does not come, and for nothing else.
pub(crate) fn id_of_part(start: &[u8], end: &[u8]) -> Option<Id> {
    id_in_start(&String::from_utf8_lossy(start))
        .or_else(|| id_in_end(&String::from_utf8_lossy(end)))
}

/// Reads members from the beginning until one is not whole.
fn id_in_start(text: &str) -> Option<Id> {
    let mut rest = text.trim_start().strip_prefix('{')?;
    loop {
        let (key, after) = value(rest)?;
        let (found, after) = value(after.trim_start().strip_prefix(':')?)?;
        if key.get() == "\"id\"" {
            return Id::of_request(found);
        }
        rest = after.trim_start().strip_prefix(',')?;
    }
}

fn id_in_end(text: &str) -> Option<Id> {
    let (_, last) = text.rsplit_once("\"id\":")?;
    let (found, after) = value(last)?;
    let after = after.trim();
    (after == "}" || after == r#","jsonrpc":"2.0"}"#).then(|| Id::of_request(found)).flatten()
}

/// Reads the value that a text begins with.
fn value(text: &str) -> Option<(&RawValue, &str)> {
    let mut values = serde_json::Deserializer::from_str(text).into_iter::<&RawValue>();
    let value = values.next()?.ok()?;
    Some((value, text.get(values.byte_offset()..)?))
}

#[cfg(test)]
mod tests {
    use super::id_of_part;

    #[test]
    fn an_id_is_found_at_either_end() {
        for (start, end, id) in [
            (r#"{"jsonrpc":"2.0","id":7,"result":{"a":"#, "xxx", Some("7")),
            (
                r#"{"jsonrpc":"2.0","method":"tools/call","id":"a","params":{"a":"#,
                "xxx",
                Some("\"a\""),
            ),
            (r#"{"result":{"content":[{"id":1,"#, r#""}]},"jsonrpc":"2.0","id":9}"#, Some("9")),
            (r#"{"result":{"#, r#"},"id":9,"jsonrpc":"2.0"}"#, Some("9")),
            (r#"{"result":{"#, r#"{"id":9}]}"#, None),
            ("garbage", "\"id\":", None),
            ("", "", None),
        ] {
            let found = id_of_part(start.as_bytes(), end.as_bytes());
            assert_eq!(found.as_ref().map(|id| id.text()), id, "{start}");
        }
    }
}
