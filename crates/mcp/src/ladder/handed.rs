//! What a client hands back when it retries a request that was held (2026-07-28).

use bytes::Bytes;
use serde_json::Value;

use crate::json::{Json, Members};
use crate::ladder::APPROVAL;
use crate::ladder::seal::Seals;
use crate::message::Request;

/// What a client handed back.
#[derive(Debug, Clone)]
pub(crate) struct Handed {
    /// Sealed by us, or by somebody who says so.
    pub(super) state: String,
    /// What the person at the client did with the page.
    pub(super) word: Word,
}

/// What a person said who was asked to open a page. Opening it decides nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    /// They opened it, or nothing is said.
    Opened,
    /// They said no.
    Declined,
    /// They closed the question.
    Dismissed,
}

impl Word {
    /// Reads an `ElicitResult`.
    pub(super) fn of(result: &Json) -> Self {
        let action = result.member("action").and_then(|action| action.read::<String>().ok());
        match action.as_deref() {
            Some("decline") => Self::Declined,
            Some("cancel") => Self::Dismissed,
            _ => Self::Opened,
        }
    }
}

impl Handed {
    /// Takes what is ours off a request: the server gets what it would have got without us. Nothing, where nothing is.
    pub(crate) fn take(request: &Request) -> Option<(Self, Request)> {
        let params = request.params.as_ref()?;
        let state: String = params.member("requestState")?.read().ok()?;
        if !Seals::claims(&state) {
            return None;
        }
        let answer = params.member("inputResponses").and_then(|answers| answers.member(APPROVAL));
        let word = answer.as_ref().map_or(Word::Opened, Word::of);
        Some((Self { state, word }, without_answers(request)?))
    }
}

/// Writes a request without the members that answer us, and all others as they were.
fn without_answers(request: &Request) -> Option<Request> {
    let params: Members<'_> = request.params.as_ref()?.read().ok()?;
    let kept =
        params.0.iter().filter(|(name, _)| !matches!(&**name, "requestState" | "inputResponses"));
    let params = object(kept.map(|(name, value)| (&**name, value.get())));
    let text = std::str::from_utf8(&request.raw).ok()?;
    let message: Members<'_> = serde_json::from_str(text).ok()?;
    let members = message.0.iter().map(|(name, value)| {
        (&**name, if name == "params" { params.as_str() } else { value.get() })
    });
    let raw = Bytes::from(object(members));
    let params = Bytes::from(params);
    let params = Json::within(&params, serde_json::from_slice(&params).ok()?);
    Some(Request { raw, params: Some(params), ..request.clone() })
}

fn object<'a>(members: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let members: Vec<String> =
        members.map(|(name, value)| format!("{}:{value}", Value::from(name))).collect();
    format!("{{{}}}", members.join(","))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::{prop_assert, proptest};
    use serde_json::{Value, json};

    use super::{Handed, Word};
    use crate::message::{Message, Request};

    fn request(text: &str) -> Option<Request> {
        match Message::from_client(&Bytes::copy_from_slice(text.as_bytes())) {
            Ok(Message::Request(request)) => Some(request),
            _ => None,
        }
    }

    #[test]
    fn what_is_ours_is_taken_off_and_the_rest_stays_as_it_was_written() {
        let text = r#"{"id":0,"params": {"a":1.50,"requestState":"syndic.x.y","name":"\u0070ay","inputResponses":{"approval":{"action":"decline"}}},"method":"tools/call","jsonrpc":"2.0"}"#;
        let (handed, stripped) = Handed::take(&request(text).unwrap()).unwrap();
        assert_eq!(handed.state, "syndic.x.y");
        assert_eq!(handed.word, Word::Declined);
        let raw = r#"{"id":0,"params":{"a":1.50,"name":"\u0070ay"},"method":"tools/call","jsonrpc":"2.0"}"#;
        assert_eq!(stripped.raw, raw);
        assert_eq!(stripped.params.unwrap().text(), r#"{"a":1.50,"name":"\u0070ay"}"#);
    }

    #[test]
    fn what_the_server_sealed_is_its_own() {
        for state in [json!("x"), json!(""), json!("Syndic.a.b"), json!(7), Value::Null] {
            let text = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"requestState": state}});
            assert!(Handed::take(&request(&text.to_string()).unwrap()).is_none(), "{text}");
        }
    }

    #[test]
    fn no_answer_or_an_odd_one_opens_nothing_and_ends_nothing() {
        for (answers, word) in [
            (json!({"approval": {"action": "accept"}}), Word::Opened),
            (json!({"approval": {"action": "cancel"}}), Word::Dismissed),
            (json!({"approval": {"action": 7}}), Word::Opened),
            (json!({"approval": "decline"}), Word::Opened),
            (json!({"other": {"action": "decline"}}), Word::Opened),
            (json!([]), Word::Opened),
        ] {
            let text = json!({"jsonrpc": "2.0", "id": 1, "method": "m",
                "params": {"requestState": "syndic.", "inputResponses": answers}});
            let (handed, _) = Handed::take(&request(&text.to_string()).unwrap()).unwrap();
            assert_eq!(handed.word, word, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_goes_on_is_the_same_without_our_members(
            state in "syndic\\.\\PC{0,20}|\\PC{0,10}",
            name in "\\PC{0,8}",
            value in "\\PC{0,8}",
        ) {
            let text = json!({"jsonrpc": "2.0", "id": 1, "method": "m",
                "params": {"requestState": state, "x": [{&name: value}], "inputResponses": {&name: 1}}});
            if let Some((_, stripped)) = request(&text.to_string()).as_ref().and_then(Handed::take) {
                let mut expected = text;
                let params = expected["params"].as_object_mut().unwrap();
                params.remove("requestState");
                params.remove("inputResponses");
                let raw: Value = serde_json::from_slice(&stripped.raw).unwrap();
                prop_assert!(raw == expected);
            }
        }
    }
}
