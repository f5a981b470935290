//! Credentials in URLs: `https://user:password@host`, of connections to databases too.

use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Entity, OverBudget};

use super::rarity::is_placeholder;
use super::value::is_code;

/// The longest user and password that are looked for.
const LONGEST: usize = 256;
/// Above that of an e-mail address, which a password with a host after it looks like.
const SCORE: u8 = 97;

/// Finds the user and password of the URL whose scheme `colon` ends.
pub(crate) fn credentials(
    bytes: &[u8],
    colon: usize,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let has_scheme =
        colon.checked_sub(1).and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_alphanumeric);
    if !has_scheme || bytes.get(colon + 1..colon + 3) != Some(b"//") {
        return Ok(());
    }
    let start = colon + 3;
    let rest = bytes.get(start..).unwrap_or_default();
    let rest = rest.get(..rest.len().min(LONGEST)).unwrap_or_default();
    let length = rest.iter().take_while(|byte| !ends_authority(**byte)).count();
    budget.spend(length)?;
    let authority = rest.get(..length).unwrap_or_default();
    let Some(at) = memchr::memrchr(b'@', authority) else { return Ok(()) };
    let (user_info, host) = authority.split_at_checked(at).unwrap_or_default();
    let Some(split) = memchr::memchr(b':', user_info) else { return Ok(()) };
    let (user, password) = user_info.split_at_checked(split).unwrap_or_default();
    let password = password.get(1..).unwrap_or_default();
    // A fragment may hold an `@`, behind a host and its port.
    let port = password.split(|byte| *byte == b'#').next().unwrap_or_default();
    if port.len() < password.len() && port.iter().all(u8::is_ascii_digit) {
        return Ok(());
    }
    if host.len() < 2 || password.len() < 3 || is_stand_in(user, password) {
        return Ok(());
    }
    let mut hit = Hit::new(Entity::Secret, "url-credentials", start..start + at, SCORE);
    hit.context = true;
    hits.push(hit);
    Ok(())
}

const fn ends_authority(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'/' | b'?' | b'"' | b'\'' | b'`' | b'\\' | b'<' | b'>' | b'|')
}

/// Tells whether a password is one of documentation.
fn is_stand_in(user: &[u8], password: &[u8]) -> bool {
    const WORDS: &[&[u8]] = &[
        b"password",
        b"passwd",
        b"pass",
        b"pwd",
        b"secret",
        b"foo",
        b"bar",
        b"baz",
        b"test",
        b"example",
        b"user",
        b"username",
        b"token",
        b"changeme",
        b"mypassword",
        b"mypass",
        b"hunter2",
        b"foobar",
        b"admin",
        b"root",
        b"postgres",
        b"guest",
        b"x-oauth-basic",
        b"abc",
        b"123",
        b"1234",
        b"12345",
        b"123456",
        b"rust",
        b"qwerty",
    ];
    user.eq_ignore_ascii_case(password)
        || WORDS.iter().any(|word| password.eq_ignore_ascii_case(word))
        || is_code(password)
        || password.iter().any(|byte| matches!(byte, b'{' | b'}' | b'[' | b'<' | b'*' | b'('))
        || password.iter().all(|byte| password.first() == Some(byte))
        || password.starts_with(b"$")
            && password.iter().skip(1).all(|byte| byte.is_ascii_alphanumeric() || *byte == b'_')
        || password.len() >= 8 && is_placeholder(password)
}
