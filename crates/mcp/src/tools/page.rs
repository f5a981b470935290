//! One page of a list of tools, as a server wrote it.

use std::ops::Range;

use bytes::{Bytes, BytesMut};
use serde_json::value::RawValue;

use crate::json::{Json, Members};
use crate::strict::{Same, check};

/// One page of a list of tools.
#[derive(Debug)]
pub(crate) struct Page {
    /// The definitions.
    pub(crate) tools: Vec<Json>,
    /// Where the next page begins.
    pub(crate) next: Option<String>,
    /// The list within the page.
    list: Json,
    scope: Option<Json>,
    time_to_live: Option<Json>,
}

impl Page {
    /// Reads a page; nothing, where it may mean two things.
    pub(crate) fn read(result: &Json) -> Option<Self> {
        check(result.text(), Same::Alike).ok()?;
        let members: Members<'_> = result.read().ok()?;
        let member = |name| members.find(name).map(|value| Json::within(result.bytes(), value));
        let list = member("tools")?;
        let tools: Vec<&RawValue> = list.read().ok()?;
        let tools: Vec<_> = tools.iter().map(|tool| Json::within(list.bytes(), tool)).collect();
        let next = match member("nextCursor") {
            Some(next) if next.text() != "null" => Some(next.read().ok()?),
            _ => None,
        };
        let (scope, time_to_live) = (member("cacheScope"), member("ttlMs"));
        Some(Self { tools, next, list, scope, time_to_live })
    }

    /// Returns the message that the page is in without the tools that `hides` names, the others as they were written;
    /// with `cap`, only this agent's, and fresh for so many milliseconds at most.
    pub(crate) fn cut(
        &self,
        message: &Bytes,
        hides: impl Fn(&str) -> bool,
        cap: Option<u64>,
    ) -> Bytes {
        let mut edits = Vec::new();
        let kept = self.tools.iter().filter(|tool| name(tool).is_some_and(|name| !hides(&name)));
        let kept: Vec<_> = kept.map(Json::text).collect();
        if kept.len() < self.tools.len() {
            edits.push((self.list.place_in(message), format!("[{}]", kept.join(","))));
        }
        if let Some(cap) = cap {
            edits.extend(self.private(message, cap));
        }
        splice(message, edits)
    }

    fn private(&self, message: &Bytes, cap: u64) -> Vec<(Range<usize>, String)> {
        let mut edits = Vec::new();
        let mut missing = String::new();
        match &self.scope {
            Some(scope) if scope.text() == "\"private\"" => {}
            Some(scope) => edits.push((scope.place_in(message), "\"private\"".to_owned())),
            None => missing.push_str(",\"cacheScope\":\"private\""),
        }
        match &self.time_to_live {
            Some(time) if time.text().parse::<u64>().is_ok_and(|time| time <= cap) => {}
            Some(time) => edits.push((time.place_in(message), cap.to_string())),
            None => {}
        }
        if !missing.is_empty() {
            let end = self.list.place_in(message).end;
            edits.push((end..end, missing));
        }
        edits
    }
}

/// Returns the name of a tool.
pub(crate) fn name(definition: &Json) -> Option<String> {
    definition.member("name")?.read().ok()
}

/// Replaces parts of a message, which do not overlap.
fn splice(message: &Bytes, mut edits: Vec<(Range<usize>, String)>) -> Bytes {
    if edits.is_empty() {
        return message.clone();
    }
    edits.sort_by_key(|(place, _)| (place.start, place.end));
    let mut spliced = BytesMut::with_capacity(message.len());
    let mut done = 0;
    for (place, text) in edits {
        spliced.extend_from_slice(message.get(done..place.start).unwrap_or_default());
        spliced.extend_from_slice(text.as_bytes());
        done = place.end;
    }
    spliced.extend_from_slice(message.get(done..).unwrap_or_default());
    spliced.freeze()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
    use serde_json::{Value, json};

    use super::{Page, name};
    use crate::message::Message;

    fn page(text: &str) -> Option<(Bytes, Page)> {
        let raw = Bytes::copy_from_slice(text.as_bytes());
        let Ok(Message::Response(response)) = Message::from_server(&raw) else { panic!("{text}") };
        let page = Page::read(&response.answer.ok()?)?;
        Some((raw, page))
    }

    #[test]
    fn a_list_keeps_everything_but_the_tools_that_are_hidden() {
        let text = r#"{"result": {"nextCursor":"p2","tools": [ {"name":"a","icons":[ 1.50 ]},{"name":"b"} , {"execution":{},"name":"c"}],"x-y":1e2},"jsonrpc":"2.0","id":1}"#;
        let (raw, page) = page(text).unwrap();
        assert_eq!(page.next.as_deref(), Some("p2"));
        assert_eq!(page.cut(&raw, |_| false, None), raw);
        let cut = page.cut(&raw, |name| name == "b", None);
        let expected = r#"{"result": {"nextCursor":"p2","tools": [{"name":"a","icons":[ 1.50 ]},{"execution":{},"name":"c"}],"x-y":1e2},"jsonrpc":"2.0","id":1}"#;
        assert_eq!(cut, expected.as_bytes());
    }

    #[test]
    fn a_list_that_is_one_agents_is_not_cached_for_others() {
        for (members, expected) in [
            (
                r#""ttlMs":3600000,"cacheScope":"public","tools":[]"#,
                (json!(60000), json!("private")),
            ),
            (r#""tools":[],"cacheScope":"private","ttlMs":5"#, (json!(5), json!("private"))),
            (r#""tools":[]"#, (Value::Null, json!("private"))),
            (r#""tools":[],"ttlMs":-1"#, (json!(60000), json!("private"))),
        ] {
            let text = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{{members}}}}}"#);
            let (raw, page) = page(&text).unwrap();
            let cut: Value =
                serde_json::from_slice(&page.cut(&raw, |_| false, Some(60_000))).unwrap();
            let result = &cut["result"];
            assert_eq!(
                (result["ttlMs"].clone(), result["cacheScope"].clone()),
                expected,
                "{members}"
            );
        }
    }

    #[test]
    fn a_list_that_may_mean_two_things_is_none() {
        for members in [
            r#""tools":[{"name":"a","name":"b"}]"#,
            r#""tools":[],"tools":[]"#,
            r#""tools":{}"#,
            r#""tools":[],"nextCursor":7"#,
            "",
        ] {
            let text = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{{members}}}}}"#);
            assert!(page(&text).is_none(), "{members}");
        }
    }

    proptest! {
        #[test]
        fn hidden_tools_are_gone_and_others_are_byte_identical(
            tools in prop::collection::vec((0_u8..20, "[ -~]{0,12}", any::<i64>()), 0..12),
            hidden in prop::collection::hash_set(0_u8..20, 0..20),
            spaces in "[ \t]{0,3}",
        ) {
            let texts: Vec<_> = tools.iter().map(|(n, description, number)| {
                let description = Value::from(description.as_str());
                format!(r#"{{"description":{description},{spaces}"name":"t{n}","x":[{number}.0,{spaces}null]}}"#)
            }).collect();
            let list = texts.join(&format!("{spaces},"));
            let text = format!(r#"{{"jsonrpc":"2.0","id":1,"result":{{"tools":[{list}],"_meta":{{"k":[]}}}}}}"#);
            let (raw, read) = page(&text).unwrap();
            let hides = |name: &str| hidden.iter().any(|n| name == format!("t{n}"));
            let (_, cut) = page(std::str::from_utf8(&read.cut(&raw, hides, None)).unwrap()).unwrap();
            let kept: Vec<_> = read.tools.iter().filter(|tool| !hides(&name(tool).unwrap())).collect();
            prop_assert_eq!(cut.tools.iter().collect::<Vec<_>>(), kept);
            prop_assert!(cut.tools.iter().all(|tool| texts.iter().any(|text| text == tool.text())));
        }
    }
}
