//! Reads what is assigned, and judges whether it is a secret.

use std::ops::Range;

use super::format::{B62, LOOSE};
use super::name::Kind;
use super::rarity::{Words, distinct, is_placeholder, is_random, rarity};

/// What stands after a separator.
#[derive(Debug, Clone)]
pub(crate) struct Value {
    pub(crate) span: Range<usize>,
    pub(crate) quoted: bool,
    /// No space stands before it, as in a file of settings and unlike in most code.
    pub(crate) tight: bool,
}

/// The most bytes a value has.
pub(crate) const LONGEST: usize = 512;

/// Reads the value that begins at or shortly after `from`.
pub(crate) fn read(bytes: &[u8], from: usize) -> Option<Value> {
    let rest = bytes.get(from..)?;
    let lead = rest
        .iter()
        .take(12)
        .take_while(|byte| matches!(byte, b' ' | b'\t' | b'=' | b'>' | b':' | b'\\'))
        .count();
    let tight = lead == 0;
    let mut start = from + lead;
    let quote = bytes.get(start).copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
    if let Some(quote) = quote {
        let quotes = bytes.get(start..)?.iter().take(3).take_while(|byte| **byte == quote).count();
        if quotes == 2 {
            return None;
        }
        start += quotes;
        let text = bytes.get(start..)?;
        let text = text.get(..text.len().min(LONGEST + 1))?;
        let length = memchr::memchr2(quote, b'\n', text).unwrap_or(text.len());
        let escaped = usize::from(length > 0 && text.get(length - 1) == Some(&b'\\'));
        let span = start..start + length - escaped;
        return (1..=LONGEST).contains(&span.len()).then_some(Value { span, quoted: true, tight });
    }
    let text = bytes.get(start..)?;
    let length = unquoted(text)?;
    let span = start..start + length;
    let trimmed = trim(bytes, span.clone());
    if bytes.get(trimmed.end..span.end).is_some_and(|cut| cut.starts_with(b"..")) {
        return None;
    }
    (1..=LONGEST).contains(&trimmed.len()).then_some(Value { span: trimmed, quoted: false, tight })
}

/// Counts the bytes of a value without quotes; a long one with a `=` in it is several values, and none.
fn unquoted(text: &[u8]) -> Option<usize> {
    const LONG: usize = 64;
    for (at, byte) in text.iter().take(LONGEST + 1).enumerate() {
        if ends_unquoted(*byte) {
            return Some(at);
        }
        if *byte == b'=' && at > LONG && text.get(at + 1).is_some_and(u8::is_ascii_alphanumeric) {
            return None;
        }
    }
    Some(text.len().min(LONGEST + 1))
}

const fn ends_unquoted(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'\'' | b'`' | b',' | b';' | b'&' | b'<' | b'\\' | 127)
}

/// Cuts what closes something around a value.
fn trim(bytes: &[u8], mut span: Range<usize>) -> Range<usize> {
    let value = bytes.get(span.clone()).unwrap_or_default();
    let opens = value.iter().any(|byte| matches!(byte, b'(' | b'[' | b'{'));
    let closing = value
        .iter()
        .rev()
        .take_while(|byte| {
            matches!(byte, b')' | b']' | b'}') && !opens || matches!(byte, b'.' | b':' | b'|')
        })
        .count();
    span.end -= closing;
    span
}

/// Tells at little cost whether a value may be a secret: whether it is long enough and no word of letters alone.
pub(crate) fn may_be_secret(text: &[u8]) -> bool {
    let sign = |byte: &u8| {
        !(byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'.' | b'-' | b' ' | b':'))
    };
    text.len() >= 5 && (text.len() >= 12 || text.iter().any(sign))
}

/// Says how sure it is, in hundredths, that a value whose name promises `kind` is a secret.
pub(crate) fn judge(kind: Kind, bytes: &[u8], value: &Value) -> Option<u8> {
    let text = bytes.get(value.span.clone())?;
    match kind {
        Kind::Password => is_password(text, value).then_some(80),
        Kind::Token if is_token(text) => Some(82),
        Kind::Token => {
            let digit = text.iter().any(u8::is_ascii_digit);
            let chosen = value.quoted && digit && text.len() >= 8 && text.iter().any(is_sign);
            (chosen && classes(text) >= 3 && is_password(text, value)).then_some(75)
        }
        Kind::Access => (text.len() >= 16 && is_token(text) && !is_digest(text)).then_some(72),
    }
}

/// Tells whether a text is like what machines make: random, of letters and digits, or a UUID.
fn is_token(text: &[u8]) -> bool {
    let body = text.strip_suffix(b"==").or_else(|| text.strip_suffix(b"=")).unwrap_or(text);
    (10..=LONGEST).contains(&body.len())
        && body.iter().all(|byte| LOOSE.has(*byte) || matches!(byte, b'+' | b'/' | b'~'))
        && !body.ends_with(b"...")
        && !is_hash(body)
        && !is_placeholder(body)
        && !is_path(body)
        && !ends_in_version(body)
        && (is_random(body) || is_uuid(body))
}

/// Tells whether a text is one that people choose as a password rather than a word, a reference or code.
pub(crate) fn is_password(text: &[u8], value: &Value) -> bool {
    if !(6..=128).contains(&text.len()) || text.iter().any(|byte| *byte <= b' ' || *byte >= 127) {
        return false;
    }
    if is_code(text) || is_stand_in(text) || is_hash(text) {
        return false;
    }
    let classes = classes(text);
    let digit = text.iter().any(u8::is_ascii_digit);
    let named = is_name(text);
    match (value.quoted, named) {
        (true, true) => digit && classes >= 2 || rarity(text) >= 640,
        (false, true) if !digit => value.tight && classes >= 2 && rarity(text) >= 600,
        (false, true) => {
            let no_identifier = text.contains(&b'-');
            classes >= 3 || (value.tight || no_identifier) && classes >= 2 || rarity(text) >= 560
        }
        (true, false) => classes >= 3 || digit && classes >= 2 || rarity(text) >= 800,
        (false, false) => {
            classes >= 3 || digit && classes >= 2 && value.tight || rarity(text) >= 800
        }
    }
}

/// Tells whether a text is built like names in code: letters, digits, `_`, `.` and `-`, a letter first.
fn is_name(text: &[u8]) -> bool {
    text.first().is_some_and(u8::is_ascii_alphabetic)
        && text.iter().all(|byte| B62.has(*byte) || matches!(byte, b'_' | b'.' | b'-'))
}

/// Counts the kinds of characters: lower case, upper case, digits, signs.
fn classes(text: &[u8]) -> usize {
    let has = |class: fn(&u8) -> bool| usize::from(text.iter().any(class));
    has(u8::is_ascii_lowercase)
        + has(u8::is_ascii_uppercase)
        + has(u8::is_ascii_digit)
        + has(is_sign)
}

/// Tells whether a character is a sign that names, paths and times do without.
const fn is_sign(byte: &u8) -> bool {
    byte.is_ascii_punctuation() && !matches!(byte, b'_' | b'.' | b'-' | b':')
}

/// Tells whether a text is code: a reference to a variable, a call, a template.
pub(crate) fn is_code(text: &[u8]) -> bool {
    #[rustfmt::skip]
    static MARKS: Words = Words::new(&[
        b"${", b"$(", b"{{", b"}}", b"<%", b"%>", b"#{", b"%(", b"%{", b"@{", b"::", b"->", b"=>", b"()",
        b"[\"", b"['", b"process.env", b"os.environ", b"getenv", b"env.", b"env[", b"!=", b"==", b"://",
    ]);
    let wrapped = |open: u8, close: u8| text.first() == Some(&open) && text.last() == Some(&close);
    if wrapped(b'<', b'>')
        || wrapped(b'{', b'}')
        || wrapped(b'[', b']')
        || wrapped(b'%', b'%')
        || wrapped(b'(', b')')
        || wrapped(b'*', b'*')
    {
        return true;
    }
    if MARKS.in_text(text) {
        return true;
    }
    if let Some(name) = text
        .strip_prefix(b"$")
        .or_else(|| text.strip_prefix(b"&"))
        .or_else(|| text.strip_prefix(b"@"))
    {
        return name.iter().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'[' | b']' | b'.' | b'*')
        });
    }
    let call = text.iter().position(|byte| matches!(byte, b'(' | b'['));
    call.is_some_and(|at| at > 0 && text.get(..at).is_some_and(is_name))
}

/// Tells whether a text stands in for a password.
pub(crate) fn is_stand_in(text: &[u8]) -> bool {
    #[rustfmt::skip]
    static WORDS: Words = Words::new(&[
        b"passw", b"passphrase", b"secret", b"example", b"xxx", b"your", b"changeme", b"redacted",
        b"placeholder", b"dummy", b"foobar", b"token", b"string", b"undefined", b"none", b"null", b"required",
        b"value", b"username", b"input", b"param", b"config", b"self.", b"this.", b"qwerty", b"***", b"...",
        b"default", b"fake", b"encrypted", b"hidden", b"utf-8", b"utf8",
    ]);
    distinct(text) < 4 || WORDS.in_text(text) || is_placeholder(text)
}

/// Tells whether a text says by itself that it is a hash: of a password, or of contents.
fn is_hash(text: &[u8]) -> bool {
    #[rustfmt::skip]
    const PREFIXES: &[&[u8]] = &[
        b"$2a$", b"$2b$", b"$2y$", b"$argon2", b"$6$", b"$5$", b"$1$", b"$scrypt", b"pbkdf2", b"{SSHA",
        b"sha1-", b"sha256-", b"sha384-", b"sha512-", b"sha256:", b"sha512:", b"sha1:", b"md5:", b"data:",
        b"h1:",
    ];
    PREFIXES.iter().any(|prefix| text.starts_with(prefix))
}

/// Tells whether a text may be the digest of something: as many hexadecimal digits as digests have.
fn is_digest(text: &[u8]) -> bool {
    is_uuid(text)
        || matches!(text.len(), 16 | 24 | 32 | 40 | 48 | 56 | 64 | 96 | 128)
            && text.iter().all(u8::is_ascii_hexdigit)
}

/// Tells whether a text ends like `-1.2.3`.
fn ends_in_version(text: &[u8]) -> bool {
    let mut pieces = text.rsplit(|byte| matches!(byte, b'.' | b'-'));
    let short =
        |piece: &[u8]| (1..=4).contains(&piece.len()) && piece.iter().all(u8::is_ascii_digit);
    (0..3).all(|_| pieces.next().is_some_and(short))
}

/// Tells whether a text is a UUID (RFC 9562).
pub(crate) fn is_uuid(text: &[u8]) -> bool {
    text.len() == 36
        && text.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

/// Tells whether a text is a path or a dotted name of words: most of its pieces are words.
fn is_path(text: &[u8]) -> bool {
    let pieces = || {
        text.split(|byte| matches!(byte, b'/' | b'.' | b'_' | b'-' | b':'))
            .filter(|piece| !piece.is_empty())
    };
    let words = pieces().filter(|piece| {
        piece.len() >= 3 && piece.iter().all(u8::is_ascii_alphabetic) && rarity(piece) < 480
    });
    let letters: usize = words.map(<[u8]>::len).sum();
    letters * 2 > text.len()
}
