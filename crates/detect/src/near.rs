//! What the words near a value say of it: the nearest keyword wins.

use crate::bytes::{at, before, run};
use crate::kinds::Kinds;
use crate::{Context, keyword};

/// The words near the places of one view of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Near<'a> {
    bytes: &'a [u8],
    key: &'a [u8],
}

impl<'a> Near<'a> {
    /// How many bytes before a value are read.
    const REACH: usize = 72;
    /// How many words before it.
    const WORDS: usize = 9;
    /// How many bytes after it.
    const REACH_AFTER: usize = 28;

    pub(crate) fn new(bytes: &'a [u8], context: &Context<'a>) -> Self {
        Self { bytes, key: context.key.unwrap_or_default().as_bytes() }
    }

    /// Tells what the nearest keyword says of a value at `from..to`: one before it, else one right after it.
    pub(crate) fn around(&self, from: usize, to: usize) -> Kinds {
        let before = self.before(from);
        if before.is_empty() { self.after(to) } else { before }
    }

    /// Tells what the nearest keyword says that stands right before `place`, with a word or two between at most.
    pub(crate) fn close(&self, place: usize) -> Kinds {
        self.within(place, 24)
    }

    /// Tells what the nearest keyword before `place` says; beyond the start of the text stands the key.
    ///
    /// What is assigned (`ssn: …`, `"ssn":"…"`) is told of by its own key and no farther.
    pub(crate) fn before(&self, place: usize) -> Kinds {
        self.within(place, Self::REACH)
    }

    fn within(&self, place: usize, reach: usize) -> Kinds {
        let mut found = Kinds::NONE;
        let whole = walk(self.bytes, place, reach, |from, to| {
            found = word(self.bytes, from, to);
            found.is_empty()
        });
        if whole && !self.key.is_empty() {
            walk(self.key, self.key.len(), Self::REACH, |from, to| {
                found = word(self.key, from, to);
                found.is_empty()
            });
        }
        found
    }

    /// Visits the words before `place`, from the nearest on and then those of the key, while `more` says so.
    pub(crate) fn words_before(&self, place: usize, mut more: impl FnMut(&[u8]) -> bool) {
        let mut go = true;
        let whole = walk(self.bytes, place, Self::REACH, |from, to| {
            go = more(crate::bytes::cut(self.bytes, from, to));
            go
        });
        if whole && go {
            walk(self.key, self.key.len(), Self::REACH, |from, to| {
                more(crate::bytes::cut(self.key, from, to))
            });
        }
    }

    /// Tells what a keyword right after `place` says, in the same clause.
    fn after(&self, place: usize) -> Kinds {
        let end = place.saturating_add(Self::REACH_AFTER).min(self.bytes.len());
        let mut place = place;
        let mut words = 0;
        while place < end && words < 4 {
            let byte = at(self.bytes, place);
            if is_letter(byte) {
                let length = run(self.bytes, place, end - place, is_letter);
                if place + length == end && is_letter(at(self.bytes, end)) {
                    break;
                }
                let found = word(self.bytes, place, place + length);
                // What is assigned next is not said of what stands before it.
                let next = run(self.bytes, place + length, 12, |b| {
                    b == b'"' || b == b'\'' || b.is_ascii_alphanumeric()
                });
                if matches!(at(self.bytes, place + length + next), b':' | b'=') {
                    break;
                }
                if !found.is_empty() {
                    return found;
                }
                place += length;
                words += 1;
            } else if matches!(byte, b' ' | b'(' | b'[' | b'"' | b'\'' | b'-' | b'_' | b'/') {
                place += 1;
            } else {
                break;
            }
        }
        Kinds::NONE
    }
}

/// Visits the words before `place` until `more` says no. Tells whether the start of the text was reached.
#[inline]
fn walk(
    bytes: &[u8],
    place: usize,
    reach: usize,
    mut more: impl FnMut(usize, usize) -> bool,
) -> bool {
    let low = place.saturating_sub(reach);
    let mut to = place;
    let mut words = 0;
    let mut assigned = false;
    while to > low {
        let byte = before(bytes, to);
        if is_letter(byte) {
            let mut from = to - 1;
            while from > low && is_letter(before(bytes, from)) {
                from -= 1;
            }
            if from == low && low > 0 && is_letter(before(bytes, from)) {
                return false;
            }
            if !more(from, to) {
                return false;
            }
            words += 1;
            if words == Near::WORDS {
                return false;
            }
            to = from;
            continue;
        }
        match byte {
            b':' | b'=' => {
                if assigned && words > 0 {
                    return false;
                }
                assigned = true;
            }
            b'\n' | b'{' | b',' | b';' | b'&' if assigned && words > 0 => return false,
            _ => {}
        }
        to -= 1;
    }
    low == 0
}

/// Tells what one word says; of `customerSsn`, what its parts say, the last first.
#[inline]
fn word(bytes: &[u8], from: usize, to: usize) -> Kinds {
    let found = keyword::kinds_at(bytes, from, to);
    if !found.is_empty() || to - from < 4 {
        return found;
    }
    let mut end = to;
    for hump in (from + 1..to).rev() {
        if at(bytes, hump).is_ascii_uppercase() && before(bytes, hump).is_ascii_lowercase() {
            let found = keyword::kinds_at(bytes, hump, end);
            if !found.is_empty() {
                return found;
            }
            end = hump;
        }
    }
    if end == to { Kinds::NONE } else { keyword::kinds_at(bytes, from, end) }
}

/// A letter of a word; what is not ASCII is taken for one.
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}
