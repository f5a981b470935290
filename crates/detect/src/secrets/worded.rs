//! Passwords that words lead to, without a separator: `--password …`, `login … password …`, `the password is …`.

use memchr::memmem;

use crate::Entity;
use crate::hit::Hit;

use super::value::{self, Value};

/// Finds the password after the word `password`, in lower or upper case, whose `w` is at `middle`.
pub(super) fn at_word(bytes: &[u8], middle: usize) -> Option<Hit> {
    let start = middle.checked_sub(3)?;
    let rest = match bytes.get(start..=middle)? {
        b"assw" => b"ord",
        b"ASSW" => b"ORD",
        _ => return None,
    };
    let tail = bytes.get(middle + 1..).unwrap_or_default();
    let end = if tail.starts_with(rest) { 7 } else { 5 };
    after(bytes, start.saturating_sub(1), start + end)
}

/// Finds the password after the flag ` -p ` whose letter is at `letter`.
pub(super) fn at_flag(bytes: &[u8], letter: usize) -> Option<Hit> {
    let start = letter.checked_sub(2)?;
    if bytes.get(start..start + 4)? == b" -p " { dashed(bytes, start, start + 4) } else { None }
}

/// Finds the password of `-u user -p password`, as many programs take it; `-p` alone is a port or a path.
fn dashed(bytes: &[u8], start: usize, end: usize) -> Option<Hit> {
    let head = bytes.get(start.saturating_sub(64)..start)?;
    let line = head.rsplit(|byte| *byte == b'\n').next()?;
    let user =
        [&b" -u "[..], b" --username "].iter().any(|flag| memmem::find(line, flag).is_some());
    if !user {
        return None;
    }
    let value = Value { tight: true, ..value::read(bytes, end)? };
    told(bytes, &value)
}

/// Finds the password after the word that spans `start..end`.
fn after(bytes: &[u8], start: usize, end: usize) -> Option<Hit> {
    let head = bytes.get(start.saturating_sub(80)..start)?;
    let rest = bytes.get(end..)?;
    let rest = rest.get(..rest.len().min(160))?;
    if rest.first()? != &b' ' {
        return None;
    }
    let flag = head.ends_with(b" --") || head.ends_with(b" -") || head == b"--";
    let netrc = memmem::rfind(head, b"login ").is_some();
    let verb = [&b" is "[..], b" was ", b" IS "].into_iter().find(|word| rest.starts_with(word));
    let skip = match (flag || netrc, verb) {
        (_, Some(verb)) => verb.len(),
        (true, None) => 1,
        (false, None) => return None,
    };
    let value = value::read(bytes, end + skip)?;
    let value = Value { tight: true, ..value };
    told(bytes, &value)
}

/// The finding of a password that words lead to.
fn told(bytes: &[u8], value: &Value) -> Option<Hit> {
    let text = bytes.get(value.span.clone())?;
    let mut hit = Hit::new(Entity::Secret, "told-password", value.span.clone(), 80);
    hit.context = true;
    value::is_password(text, value).then_some(hit)
}
