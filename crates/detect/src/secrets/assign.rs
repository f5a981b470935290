//! What is assigned to a name: `password = …`, `"client_secret": "…"`, `Authorization: Bearer …`, `-u user:…`.

use std::ops::Range;

use crate::bytes::{before, is_name, run_back};
use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Entity, OverBudget};

use super::keyed;
use super::kubernetes;
use super::name::{self, Kind, Name};
use super::telling::name_before;
use super::value::{self, Value};
use super::{index, rarity, url};

/// Finds the secret assigned at `separator`.
pub(crate) fn at(
    bytes: &[u8],
    separator: usize,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let before = separator.checked_sub(1).and_then(|at| bytes.get(at)).copied().unwrap_or(b' ');
    let after = bytes.get(separator + 1).copied().unwrap_or(b' ');
    if bytes.get(separator) == Some(&b':') {
        match (before, after) {
            (_, b'/') => return url::credentials(bytes, separator, budget, hits),
            (b':', _) | (_, b':' | b'=') => return Ok(()),
            _ => {}
        }
        if after > b' ' && after != b'"' && (before != b'"' || opens(bytes, separator)) {
            logged_in(bytes, separator, hits);
        }
    } else if after == b'=' || matches!(before, b'=' | b'!' | b'<' | b'>') {
        return Ok(());
    }
    let Some(key) = telling_key_before(bytes, separator) else { return Ok(()) };
    let name = bytes.get(key.clone()).unwrap_or_default();
    if name == b"kind" {
        return kubernetes::find(bytes, key.start, separator, budget, hits);
    }
    let kinds = name::may_have_kind(name);
    if !kinds && !keyed::may_begin(name) {
        return Ok(());
    }
    let Some(value) = value::read(bytes, separator + 1) else { return Ok(()) };
    let text = bytes.get(value.span.clone()).unwrap_or_default();
    if !value::may_be_secret(text) && !is_scheme(text) {
        return Ok(());
    }
    budget.spend(64 + value.span.len())?;
    hits.extend(judge(bytes, name, value));
    Ok(())
}

/// Judges a value by the name it is assigned to.
pub(crate) fn judge(bytes: &[u8], key: &[u8], value: Value) -> Option<Hit> {
    let name = Name::new(key);
    let text = bytes.get(value.span.clone())?;
    let found = |pattern, span, score| {
        let mut hit = Hit::new(Entity::Secret, pattern, span, score);
        hit.context = true;
        Some(hit)
    };
    if keyed::may_begin(key)
        && let Some(keyed) = keyed::named(&name, text)
    {
        return found(keyed, value.span, 82);
    }
    let kind = name.kind()?;
    let value = if kind == Kind::Token { without_scheme(bytes, value) } else { value };
    let score = value::judge(kind, bytes, &value)?;
    if kind != Kind::Password && index::is_cut(bytes, &value.span) {
        return None;
    }
    let pattern = match kind {
        Kind::Password => "assigned-password",
        Kind::Token | Kind::Access => "assigned-token",
    };
    found(pattern, value.span, score)
}

/// Tells whether a word is the scheme of an `Authorization` header.
fn is_scheme(word: &[u8]) -> bool {
    [&b"bearer"[..], b"basic", b"token"].iter().any(|scheme| word.eq_ignore_ascii_case(scheme))
}

/// Leaves out the scheme of an `Authorization` header.
fn without_scheme(bytes: &[u8], value: Value) -> Value {
    const SCHEMES: &[&[u8]] =
        &[b"bearer ", b"basic ", b"token ", b"api-token ", b"apikey ", b"bot "];
    let rest = bytes.get(value.span.start..).unwrap_or_default();
    let scheme = SCHEMES.iter().find(|scheme| {
        rest.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
    });
    match scheme.map(|scheme| scheme.len()) {
        Some(length) if value.quoted => {
            Value { span: value.span.start + length..value.span.end, ..value }
        }
        Some(length) => value::read(bytes, value.span.start + length).unwrap_or(value),
        None => value,
    }
}

/// Returns where the name stands that `separator` assigns to, if it may matter.
fn telling_key_before(bytes: &[u8], separator: usize) -> Option<Range<usize>> {
    let space = |byte| matches!(byte, b' ' | b'\t');
    let (mut end, last) = (separator, before(bytes, separator));
    if last == b'"' && is_name(before(bytes, separator - 1)) {
        end -= 1;
    } else if !is_name(last) || last == b'.' {
        end -= run_back(bytes, end, 4, |byte| matches!(byte, b':' | b'?' | b'+' | b'.'));
        end -= run_back(bytes, end, 8, space);
        end -= run_back(bytes, end, 4, |byte| {
            matches!(byte, b'"' | b'\'' | b'`' | b']' | b'\\' | b'*')
        });
    }
    let (mut start, mut tells) = name_before(bytes, end);
    if start == end {
        return None;
    }
    let word = bytes.get(start..end)?;
    if bytes.get(separator) == Some(&b'=') && is_type(word) {
        let between = |byte| matches!(byte, b' ' | b':' | b'&' | b'\'');
        end = start - run_back(bytes, start, 16, between);
        let lifetime = b"static";
        if bytes.get(end.saturating_sub(lifetime.len())..end) == Some(lifetime) {
            end -= lifetime.len();
            end -= run_back(bytes, end, 8, between);
        }
        (start, tells) = name_before(bytes, end);
    }
    (tells && start < end).then_some(start..end)
}

/// Tells whether a word between a name and `=` is a type.
fn is_type(word: &[u8]) -> bool {
    matches!(
        word,
        b"str" | b"string" | b"String" | b"Str" | b"text" | b"bytes" | b"char" | b"any" | b"const"
    )
}

/// Tells whether the quote before a colon opens something: `-u ":password"`.
fn opens(bytes: &[u8], separator: usize) -> bool {
    separator.checked_sub(2).and_then(|at| bytes.get(at)) == Some(&b' ')
}

/// Finds the password of `-u user:password`, as curl takes it.
fn logged_in(bytes: &[u8], separator: usize, hits: &mut Vec<Hit>) {
    let head = bytes.get(separator.saturating_sub(56)..separator).unwrap_or_default();
    let mut dashes = memchr::memrchr_iter(b'-', head);
    if !dashes.any(|at| head.get(at + 1) == Some(&b'u')) {
        return;
    }
    let user = head.iter().rev().take_while(|byte| **byte > b' ' && **byte != b'=').count();
    if head.get(head.len() - user..).is_some_and(|user| user.contains(&b'/')) {
        return;
    }
    let flag = head.get(..head.len() - user).unwrap_or_default().trim_ascii_end();
    let flag = flag.strip_suffix(b"=").unwrap_or(flag);
    if !(flag.ends_with(b" -u") || flag.ends_with(b"--user")) {
        return;
    }
    let Some(mut value) = read_login(bytes, separator + 1) else { return };
    value.quoted = true;
    let text = bytes.get(value.span.clone()).unwrap_or_default();
    if value::is_password(text, &value) {
        hits.push(Hit::new(Entity::Secret, "login-password", value.span, 82));
    }
}

fn read_login(bytes: &[u8], from: usize) -> Option<Value> {
    let text = bytes.get(from..)?;
    let quote = text.first().copied().filter(|byte| matches!(byte, b'"' | b'\'')).map_or(0, |_| 1);
    let start = from + quote;
    let length = bytes
        .get(start..)?
        .iter()
        .take(128)
        .take_while(|byte| **byte > b' ' && !matches!(byte, b'"' | b'\''))
        .count();
    Some(Value { span: start..start + length, quoted: true, tight: true })
}

/// Finds what follows a name without a separator: `Bearer …`, `--token …`, `"X_TOKEN", "…"`, `<token>…`.
pub(crate) fn led(bytes: &[u8], token: Range<usize>) -> Option<Hit> {
    let quotes = |byte| matches!(byte, b'"' | b'\'' | b'`' | b'\\');
    let open = token.start - run_back(bytes, token.start, 2, quotes);
    let gap = open - run_back(bytes, open, 24, |byte| byte.is_ascii_whitespace());
    let value = Value { span: token.clone(), quoted: open < token.start, tight: false };
    let name_to = |end: usize| end - run_back(bytes, end, name::LONGEST, is_name)..end;
    let key = match bytes.get(gap.checked_sub(1)?)? {
        b',' | b'|' => {
            let end = gap - 1 - run_back(bytes, gap - 1, 4, |byte| matches!(byte, b' ' | b'|'));
            let end = end - run_back(bytes, end, 2, quotes);
            (end < gap - 1).then(|| name_to(end))?
        }
        b'>' => name_to(gap - 1),
        byte if gap < open && is_name(*byte) => {
            let key = name_to(gap);
            let word = bytes.get(key.clone())?;
            let scheme =
                [&b"bearer"[..], b"basic"].iter().any(|scheme| word.eq_ignore_ascii_case(scheme));
            if scheme {
                if !is_random(bytes, &token) {
                    return None;
                }
                let mut hit = Hit::new(Entity::Secret, "authorization-header", token, 84);
                hit.context = true;
                return value::judge(Kind::Token, bytes, &value).map(|_| hit);
            }
            word.starts_with(b"-").then_some(key)?
        }
        _ => return None,
    };
    let name = bytes.get(key)?;
    let named = name::may_have_kind(name) || keyed::may_begin(name);
    if named && is_random(bytes, &token) { judge(bytes, name, value) } else { None }
}

/// Tells whether what stands at `token` is random, or a UUID.
fn is_random(bytes: &[u8], token: &Range<usize>) -> bool {
    let text = bytes.get(token.clone()).unwrap_or_default();
    text.len() <= value::LONGEST && (rarity::is_random(text) || value::is_uuid(text))
}

/// Judges a text that stands, as a whole, under a key.
pub(crate) fn whole(
    bytes: &[u8],
    key: &[u8],
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    budget.spend(64)?;
    let text = bytes.trim_ascii();
    let start = bytes.len() - bytes.trim_ascii_start().len();
    if (1..=value::LONGEST).contains(&text.len()) {
        budget.spend(text.len())?;
        let value = Value { span: start..start + text.len(), quoted: true, tight: false };
        hits.extend(judge(bytes, key, value));
    }
    Ok(())
}
