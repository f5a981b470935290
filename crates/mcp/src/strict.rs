//! What JSON's grammar lets pass and two readers may understand differently: a key twice in one object. Some readers,
//! among them Go's, take keys that differ in case alone for the same.

use std::borrow::Cow;

/// How deeply what a client sends may nest.
const MAX_DEPTH: usize = 128;

/// Says why a text may mean two things.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ambiguous {
    /// A key twice in one object.
    DuplicateKey,
    /// Keys of one object that differ in case alone.
    AlikeKeys,
    /// A key with an escape that is no character.
    NotUnicode,
    /// Deeper than a reader must follow.
    TooDeep,
}

/// Which keys are the same to a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Same {
    /// Those that are equal.
    Equal,
    /// Those that differ in case alone too.
    Alike,
}

/// Walks through a text that is known to be one JSON value, and refuses what may be read in two ways.
pub(crate) fn check(text: &str, same: Same) -> Result<(), Ambiguous> {
    let bytes = text.as_bytes();
    let mut keys: Vec<Cow<'_, str>> = Vec::new();
    // For every object or list that is open: where its keys begin; a list has none.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut expects_key = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'{' | b'[' => {
                expects_key = byte == b'{';
                open.push(expects_key.then_some(keys.len()));
                if open.len() > MAX_DEPTH {
                    return Err(Ambiguous::TooDeep);
                }
            }
            b'}' | b']' => {
                if let Some(Some(start)) = open.pop() {
                    distinct(&mut keys, start, same)?;
                }
                expects_key = false;
            }
            b',' => expects_key = open.last().is_some_and(Option::is_some),
            b'"' => {
                let end = string_end(bytes, at);
                if expects_key {
                    keys.push(key(text.get(at..end).unwrap_or_default())?);
                    expects_key = false;
                }
                at = end;
                continue;
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

fn distinct(keys: &mut Vec<Cow<'_, str>>, start: usize, same: Same) -> Result<(), Ambiguous> {
    let own = keys.get_mut(start..).unwrap_or_default();
    if any_twice(own) {
        return Err(Ambiguous::DuplicateKey);
    }
    if same == Same::Alike && own.len() > 1 {
        own.iter_mut().filter(|key| has_case(key)).for_each(|key| *key = fold(key).into());
        if any_twice(own) {
            return Err(Ambiguous::AlikeKeys);
        }
    }
    keys.truncate(start);
    Ok(())
}

fn any_twice(keys: &mut [Cow<'_, str>]) -> bool {
    keys.sort_unstable();
    keys.windows(2).any(|pair| pair.first() == pair.last())
}

fn has_case(key: &str) -> bool {
    key.bytes().any(|byte| byte.is_ascii_uppercase() || !byte.is_ascii())
}

/// Returns what a key is to readers that do not mind case: the long s is an `s` to them, the sign of Kelvin a `k`.
pub(crate) fn fold(key: &str) -> String {
    key.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Returns where the string that begins at `start` has ended, its quotes included.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        match memchr::memchr2(b'"', b'\\', rest) {
            Some(found) if rest.get(found) == Some(&b'\\') => at += found + 2,
            Some(found) => return at + found + 1,
            None => return bytes.len(),
        }
    }
}

fn key(quoted: &str) -> Result<Cow<'_, str>, Ambiguous> {
    if quoted.contains('\\') {
        return serde_json::from_str(quoted).map(Cow::Owned).map_err(|_| Ambiguous::NotUnicode);
    }
    Ok(Cow::Borrowed(quoted.trim_matches('"')))
}

#[cfg(test)]
mod tests {
    use super::{Ambiguous, Same, check};

    #[test]
    fn a_key_stands_once_in_an_object() {
        for (text, expected) in [
            (r#"{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}"#, Ok(())),
            (r#"{"a":"a","b":"a"}"#, Ok(())),
            (r#"["a","a"]"#, Ok(())),
            (r#"{"a":1,"a":2}"#, Err(Ambiguous::DuplicateKey)),
            (r#"{"a":1,"b":[1,{"x":"\"a\"","y":0}],"a":2}"#, Err(Ambiguous::DuplicateKey)),
            (r#"{"o":[{"name":1,"n\u0061me":2}]}"#, Err(Ambiguous::DuplicateKey)),
            (r#"{"a\\":1,"a":2}"#, Ok(())),
            (r#"{"\ud800":1}"#, Err(Ambiguous::NotUnicode)),
            (r#"{"":1,"":2}"#, Err(Ambiguous::DuplicateKey)),
        ] {
            assert_eq!(check(text, Same::Equal), expected, "{text}");
        }
    }

    #[test]
    fn keys_that_differ_in_case_alone_are_the_same_to_some_readers() {
        for text in [
            r#"{"arguments":1,"Arguments":2}"#,
            "{\"arguments\":1,\"argument\u{17f}\":2}",
            "{\"o\":[{\"\u{212a}ey\":1,\"key\":2}]}",
        ] {
            assert_eq!(check(text, Same::Alike), Err(Ambiguous::AlikeKeys), "{text}");
            assert_eq!(check(text, Same::Equal), Ok(()), "{text}");
        }
        assert_eq!(check(r#"{"a":{"B":1},"b":1,"A2":1}"#, Same::Alike), Ok(()));
    }

    #[test]
    fn nesting_has_an_end() {
        let nested = |depth| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert_eq!(check(&nested(128), Same::Equal), Ok(()));
        assert_eq!(check(&nested(129), Same::Equal), Err(Ambiguous::TooDeep));
    }
}
