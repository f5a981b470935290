//! What a redaction wrote, so that it is never taken for a finding.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::{hash, vault};

/// The longest name of a kind in a tag.
pub(super) const LABEL: usize = 40;
/// Digits of a tag's number, and within a name: too few to hide a value in.
const DIGITS: usize = 5;
/// How far from a finding the tag around it may begin.
const AROUND: usize = 80;

/// Tells at little cost whether a redaction may have written something of a text.
pub(crate) fn may_be(text: &[u8]) -> bool {
    static TOKEN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(vault::PREFIX));
    memchr::memchr2(b'*', b'<', text).is_some() || TOKEN.find(text).is_some()
}

/// Tells whether what is found at `span` was written by a redaction.
pub(crate) fn is_own(text: &[u8], span: &Range<usize>) -> bool {
    let Some(found) = text.get(span.clone()) else { return false };
    is_mask(found) || in_tag(text, span) || in_token(text, span)
}

/// Tells whether a finding is a mask: stars alone, stars and at most four characters, or `j***@example.com`.
fn is_mask(found: &[u8]) -> bool {
    let after = match memchr::memrchr(b'*', found) {
        Some(last) if last >= 2 => found.get(last + 1..).unwrap_or_default(),
        Some(_) | None => return false,
    };
    let before = found.split(|byte| *byte == b'*').next().unwrap_or_default();
    let stars = found.iter().filter(|byte| **byte == b'*').count();
    let gaps = found.len() - stars - before.len() - after.len();
    match after.strip_prefix(b"@") {
        Some(_) => before.len() <= 1 && stars == 3 && gaps == 0,
        None => {
            before.is_empty()
                && after.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() <= 4
                && after.iter().all(|byte| byte.is_ascii_alphanumeric() || b" -.".contains(byte))
        }
    }
}

/// Tells whether a finding is within one tag or hash, brackets included.
fn in_tag(text: &[u8], span: &Range<usize>) -> bool {
    let from = span.start.saturating_sub(AROUND);
    let upto = text.get(from..(span.start + 1).min(text.len())).unwrap_or_default();
    let Some(start) = memchr::memrchr(b'<', upto).map(|at| from + at) else {
        return false;
    };
    tag(text.get(start..).unwrap_or_default()).is_some_and(|length| span.end <= start + length)
}

/// Returns the length of the tag or hash that `text` begins with.
pub(crate) fn tag(text: &[u8]) -> Option<usize> {
    let body = text.strip_prefix(b"<")?;
    let upper = |byte: &&u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || **byte == b'_';
    let name = body.get(..body.iter().take(LABEL + DIGITS + 1).take_while(upper).count())?;
    let digits = name.iter().filter(|byte| byte.is_ascii_digit()).count();
    if !name.first()?.is_ascii_uppercase() || digits > DIGITS {
        return None;
    }
    let rest = body.get(name.len()..)?;
    let hash = match rest.strip_prefix(b":") {
        Some(rest) => {
            let hash = rest.get(..hash::LENGTH)?;
            if !hash.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7')) {
                return None;
            }
            1 + hash::LENGTH
        }
        None => 0,
    };
    (rest.get(hash) == Some(&b'>')).then_some(name.len() + hash + 2)
}

/// Tells whether a finding is within one token of a vault.
fn in_token(text: &[u8], span: &Range<usize>) -> bool {
    let part = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    let before = text.get(..span.start).unwrap_or_default().iter().rev().take(vault::LONGEST);
    let start = span.start - before.take_while(|byte| part(byte)).count();
    let after = text.get(start..).unwrap_or_default().iter().take(vault::LONGEST);
    let end = start + after.take_while(|byte| part(byte)).count();
    let run = text.get(start..end).unwrap_or_default();
    let Some(at) = memchr::memmem::find(run, vault::PREFIX.as_bytes()) else { return false };
    let token = run.get(at..).and_then(|token| std::str::from_utf8(token).ok()).unwrap_or_default();
    start + at <= span.start && span.end <= end && vault::is_token(token)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_known_and_what_hides_as_one_is_not() {
        for own in [
            "<EMAIL_ADDRESS_1>",
            "<SECRET>",
            "<US_SSN:abcdefghijklmnopqrst>",
            "*****",
            "***1234",
            "j***@x.com",
        ] {
            assert!(is_own(own.as_bytes(), &(0..own.len())), "{own}");
        }
        for other in [
            "<4111111111111111>",
            "<SSN_123456789>",
            "a*b",
            "hunter***2secret",
            "<a@x.com>",
            "tok_v1_4111111111111111",
        ] {
            assert!(!is_own(other.as_bytes(), &(0..other.len())), "{other}");
        }
    }
}
