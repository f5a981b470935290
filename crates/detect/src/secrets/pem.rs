//! Private keys in PEM (RFC 7468) and of `OpenPGP`.

use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Entity, OverBudget};

static BEGIN: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"-----BEGIN"));
/// The most bytes of a key.
const LONGEST: usize = 16 << 10;
/// The fewest characters of base64 that a key is taken for one with.
const SHORTEST: usize = 40;

/// Finds private keys, whole ones and ones cut off. Reads each byte once: a body ends where the next line of dashes
/// begins.
pub(crate) fn find(
    bytes: &[u8],
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let mut from = 0;
    while let Some(at) = bytes.get(from..).and_then(|rest| BEGIN.find(rest)) {
        let start = from + at;
        from = start + 10;
        budget.spend(32)?;
        let Some(body) = header_end(bytes, start) else { continue };
        let rest = bytes.get(body..).unwrap_or_default();
        let rest = rest.get(..rest.len().min(LONGEST)).unwrap_or_default();
        let (length, digits) = body_length(rest);
        budget.spend(length)?;
        let mut end = body + length;
        from = end;
        if digits < SHORTEST {
            continue;
        }
        if bytes.get(end..).is_some_and(|rest| rest.starts_with(b"-----END")) {
            let footer = bytes.get(end + 8..).unwrap_or_default();
            let dashes =
                footer.get(..footer.len().min(64)).and_then(|line| memmem::find(line, b"-----"));
            end += dashes.map_or(8, |at| 8 + at + 5);
        }
        hits.push(Hit::new(Entity::Secret, "private-key", start..end, 99));
    }
    Ok(())
}

/// Returns where the header ends that begins at `start`, if it is one of a private key.
fn header_end(bytes: &[u8], start: usize) -> Option<usize> {
    let line = bytes.get(start + 10..)?;
    let line = line.get(..line.len().min(80))?;
    let label = line.get(..memmem::find(line, b"-----")?)?;
    memmem::find(label, b"PRIVATE KEY")?;
    Some(start + 10 + label.len() + 5)
}

/// Counts the bytes of a body and, of those, the ones that are base64.
fn body_length(rest: &[u8]) -> (usize, usize) {
    let mut digits = 0;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => digits += 1,
            b'-' if rest.get(at..).is_some_and(|rest| rest.starts_with(b"-----")) => {
                return (at, digits);
            }
            b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b'"' | b'\'' | b',' | b':' | b'-' | b'.'
            | b'(' | b')' | b'#' | b'*' | b'>' => {}
            _ => return (at, digits),
        }
    }
    (rest.len(), digits)
}
