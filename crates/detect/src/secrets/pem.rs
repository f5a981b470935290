//! Private keys in PEM (RFC 7468) and of `OpenPGP`.

use memchr::memmem;

use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Entity, OverBudget};

const BEGIN: &[u8] = b"-----BEGIN";
/// The most bytes of a key.
const LONGEST: usize = 16 << 10;
/// The fewest characters of base64 that a key is taken for one with.
const SHORTEST: usize = 40;

/// Finds the private key whose header begins at `start`, whole or cut off, and returns where to go on. Each byte is
/// read once: a body ends where the next line of dashes begins.
pub(super) fn at(
    bytes: &[u8],
    start: usize,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<usize, OverBudget> {
    if !bytes.get(start..).is_some_and(|rest| rest.starts_with(BEGIN)) {
        return Ok(start);
    }
    budget.spend(32)?;
    let Some(body) = header_end(bytes, start) else { return Ok(start + BEGIN.len()) };
    let rest = bytes.get(body..).unwrap_or_default();
    let rest = rest.get(..rest.len().min(LONGEST)).unwrap_or_default();
    let read = Body::read(rest);
    budget.spend(read.length)?;
    let after = body + read.length;
    let end = if bytes.get(after..).is_some_and(|rest| rest.starts_with(b"-----END")) {
        if read.digits < SHORTEST {
            return Ok(after);
        }
        let footer = bytes.get(after + 8..).unwrap_or_default();
        let footer = footer.get(..footer.len().min(64)).unwrap_or_default();
        after + 8 + memmem::find(footer, b"-----").map_or(0, |at| at + 5)
    } else {
        if read.longest < SHORTEST {
            return Ok(after);
        }
        body + read.end
    };
    hits.push(Hit::new(Entity::Secret, "private-key", start..end, 99));
    Ok(after)
}

/// Returns where the header ends that begins at `start`, if it is one of a private key.
fn header_end(bytes: &[u8], start: usize) -> Option<usize> {
    let line = bytes.get(start + 10..)?;
    let line = line.get(..line.len().min(80))?;
    let label = line.get(..memmem::find(line, b"-----")?)?;
    memmem::find(label, b"PRIVATE KEY")?;
    Some(start + 10 + label.len() + 5)
}

/// What follows a header.
#[derive(Debug, Default)]
struct Body {
    /// Up to the next dashes, or what is neither base64 nor between its lines.
    length: usize,
    /// The characters of base64.
    digits: usize,
    /// The most of them in a row.
    longest: usize,
    /// Where the last row ends that is no word of prose.
    end: usize,
}

/// A row of base64 that is so long is no word.
const ROW: usize = 16;

impl Body {
    fn read(rest: &[u8]) -> Self {
        let mut body = Self::default();
        let mut row = 0;
        for (at, byte) in rest.iter().enumerate() {
            body.length = at;
            match byte {
                b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' | b'=' => {
                    row += 1;
                    body.digits += 1;
                    body.longest = body.longest.max(row);
                    if row >= ROW {
                        body.end = at + 1;
                    }
                    continue;
                }
                b'-' if rest.get(at..).is_some_and(|rest| rest.starts_with(b"-----")) => {
                    return body;
                }
                b' ' | b'\t' | b'\r' | b'\n' | b'\\' | b'"' | b'\'' | b',' | b':' | b'-' | b'.'
                | b'(' | b')' | b'#' | b'*' | b'>' => row = 0,
                _ => return body,
            }
        }
        body.length = rest.len();
        body
    }
}
