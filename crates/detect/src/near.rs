//! What the words near a value say of it: the nearest keyword wins.

use std::cell::Cell;

use crate::Context;
use crate::bytes::{at, before, cut, run, run_back};
use crate::classes::{BLOCK, Letters, letters};
use crate::keyword::Word;
use crate::kinds::Kinds;

/// The words near the places of one view of a text.
#[derive(Debug, Clone)]
pub(crate) struct Near<'a> {
    bytes: &'a [u8],
    key: &'a [u8],
    /// What was answered last, of which place, and how far from it: several verifiers ask of the same.
    last: Cell<(usize, Kinds, usize)>,
    last_after: Cell<(usize, Kinds)>,
}

impl<'a> Near<'a> {
    /// How many bytes before a value are read.
    const REACH: usize = BLOCK;
    /// How many words before it.
    const WORDS: usize = 7;
    /// How many bytes after it.
    const REACH_AFTER: usize = 28;

    pub(crate) fn new(bytes: &'a [u8], context: &Context<'a>) -> Self {
        let none = (usize::MAX, Kinds::NONE);
        let key = context.key.unwrap_or_default().as_bytes();
        Self {
            bytes,
            key,
            last: Cell::new((usize::MAX, Kinds::NONE, 0)),
            last_after: Cell::new(none),
        }
    }

    /// Tells what the nearest keyword says of a value at `from..to`: one before it, else one right after it.
    pub(crate) fn around(&self, from: usize, to: usize) -> Kinds {
        let before = self.before(from);
        if !before.is_empty() {
            let named = at(self.bytes, to) == b' ' && at(self.bytes, to + 1) == b'(';
            return if named { before.with(self.after(to).without(Kinds::OTHER)) } else { before };
        }
        if self.last_after.get().0 != to {
            // What is not of a person says so before its value, not behind it.
            self.last_after.set((to, self.after(to).without(Kinds::OTHER)));
        }
        self.last_after.get().1
    }

    /// Tells what the nearest keyword says that stands right before `place`, with a word or two between at most.
    pub(crate) fn close(&self, place: usize) -> Kinds {
        const REACH: usize = 24;
        match self.last.get() {
            (known, kinds, distance) if known == place => {
                if distance <= REACH {
                    kinds
                } else {
                    Kinds::NONE
                }
            }
            _ => self.within(place, REACH).0,
        }
    }

    /// Tells what the nearest keyword says that stands not far before a date at `place`, and how far.
    pub(crate) fn before_date(&self, place: usize) -> (Kinds, usize) {
        self.within(place, 40)
    }

    /// Tells what the nearest keyword before `place` says; beyond the start of the text stands the key.
    ///
    /// What is assigned (`ssn: …`, `"ssn":"…"`) is told of by its own key and no farther; what one says in a chat, by
    /// the line before too.
    pub(crate) fn before(&self, place: usize) -> Kinds {
        if self.last.get().0 != place {
            let (mut kinds, mut distance) = self.within(place, Self::REACH);
            if kinds.is_empty()
                && before(self.bytes, place) == b' '
                && before(self.bytes, place.saturating_sub(1)) == b':'
                && let Some(line) = spoken(self.bytes, place.saturating_sub(2))
            {
                (kinds, distance) = self.within(line, Self::REACH);
                distance += place - line;
            }
            self.last.set((place, kinds, distance));
        }
        self.last.get().1
    }

    /// What the nearest keyword says that begins at most `reach` before `place`, and how far before. Of keywords that
    /// follow each other, as in `social security` and `Medicare card`, what both agree on, or else what both say.
    fn within(&self, place: usize, reach: usize) -> (Kinds, usize) {
        let mut found = (Kinds::NONE, 0);
        let mut start = 0;
        let whole = walk(self.bytes, place, reach, |from, to, humps| {
            let may_say = humps || Word::may_be(self.bytes, from, to);
            let said = if may_say { word(self.bytes, from, to) } else { Kinds::NONE };
            if !found.0.is_empty() {
                if to + 1 == start && !said.meets(Kinds::OTHER) {
                    found.0 = found.0.narrowed(said);
                }
                return false;
            }
            (found, start) = ((said, place - from), from);
            said.is_empty() || !said.meets(Kinds::OTHER)
        });
        if found.0.meets(Kinds::OTHER) && self.is_on_another_line(place - found.1, place) {
            return (Kinds::NONE, 0);
        }
        if whole && found.0.is_empty() && !self.key.is_empty() {
            walk(self.key, self.key.len(), Self::REACH, |from, to, _| {
                found = (word(self.key, from, to), place);
                found.0.is_empty()
            });
        }
        found
    }

    fn is_on_another_line(&self, from: usize, to: usize) -> bool {
        cut(self.bytes, from, to).contains(&b'\n')
    }

    /// Visits the words before `place`, from the nearest on and then those of the key, while `more` says so.
    pub(crate) fn words_before(&self, place: usize, mut more: impl FnMut(&[u8]) -> bool) {
        let mut go = true;
        let whole = walk(self.bytes, place, Self::REACH, |from, to, _| {
            go = more(cut(self.bytes, from, to));
            go
        });
        if whole && go {
            walk(self.key, self.key.len(), Self::REACH, |from, to, _| {
                more(cut(self.key, from, to))
            });
        }
    }

    /// Tells what a keyword right after `place` says, in the same clause.
    fn after(&self, place: usize) -> Kinds {
        if !is_letter(at(self.bytes, place + 1))
            && !matches!(at(self.bytes, place + 1), b'(' | b'[' | b'"' | b'\'')
        {
            return Kinds::NONE;
        }
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

/// Visits the words before `place`, and whether there is upper case within, until `more` says no. Tells whether the start of the text was reached.
#[inline]
fn walk(
    bytes: &[u8],
    place: usize,
    reach: usize,
    mut more: impl FnMut(usize, usize, bool) -> bool,
) -> bool {
    let padded;
    let whole = place.checked_sub(BLOCK).and_then(|from| bytes.get(from..)?.first_chunk());
    let window = match whole {
        Some(window) => window,
        None => {
            padded = padded_window(bytes, place);
            &padded
        }
    };
    // Bit n of the window is of the byte at `place + n - BLOCK`.
    let Letters { letter, upper, assign, clause } = letters(window);
    let low = BLOCK - reach.min(BLOCK).min(place);
    let reached = !below(low);
    let (mut left, mut top) = (letter & reached, BLOCK);
    // What assigns and is not passed yet.
    let mut signs = assign & reached;
    let (mut words, mut assigned) = (0, false);
    loop {
        let end = BLOCK - left.leading_zeros() as usize;
        let assigns = signs != 0 && BLOCK - signs.leading_zeros() as usize > end;
        if words > 0 && assigned && (assigns || clause & below(top) & !below(end.max(low)) != 0) {
            return false;
        }
        if assigns {
            assigned = true;
            signs &= below(end);
        }
        if left == 0 {
            return place <= reach.min(BLOCK);
        }
        let word = left << (BLOCK - end);
        let length = word.leading_ones() as usize;
        let start = end - length;
        let from = place + start - BLOCK;
        let is_cut = start == low && is_letter(before(bytes, from));
        // All letters but the first.
        let humps = length > 1 && (upper << (BLOCK - end)) >> (BLOCK + 1 - length) != 0;
        if is_cut || !more(from, place + end - BLOCK, humps) || words == Near::WORDS {
            return false;
        }
        words += 1;
        top = start;
        left &= below(start);
    }
}

/// The bytes before `place`, which are fewer than a block, the last in the last place.
#[cold]
fn padded_window(bytes: &[u8], place: usize) -> [u8; BLOCK] {
    let mut window = [0; BLOCK];
    let front = bytes.get(..place).unwrap_or_default();
    let start = BLOCK - front.len().min(BLOCK);
    if let Some(end) = window.get_mut(start..) {
        end.copy_from_slice(front);
    }
    window
}

/// The bits before `bit`.
const fn below(bit: usize) -> u64 {
    if bit >= BLOCK { !0 } else { !(!0 << bit) }
}

/// Where the line ends that is answered by one which begins with who speaks, as in `Me: …`: a name that ends at `end`.
#[cold]
fn spoken(bytes: &[u8], end: usize) -> Option<usize> {
    const SPEAKERS: [&[u8]; 10] = [
        b"me",
        b"you",
        b"user",
        b"customer",
        b"client",
        b"visitor",
        b"caller",
        b"guest",
        b"kunde",
        b"cliente",
    ];
    let from = end.checked_sub(run_back(bytes, end, 9, is_letter))?;
    let known = SPEAKERS.iter().any(|name| name.eq_ignore_ascii_case(cut(bytes, from, end)));
    if known && before(bytes, from) == b'\n' { from.checked_sub(1) } else { None }
}

/// Tells what one word says.
pub(crate) fn says(text: &[u8]) -> Kinds {
    word(text, 0, text.len())
}

/// Tells what one word says; of `customerSsn`, what its parts say, the last first.
#[inline]
fn word(bytes: &[u8], from: usize, to: usize) -> Kinds {
    let word = Word::of(bytes, from, to);
    let found = word.kinds();
    if found.is_empty() && word.has_hump() { parts(bytes, from, to) } else { found }
}

#[cold]
fn parts(bytes: &[u8], from: usize, to: usize) -> Kinds {
    let mut end = to;
    for hump in (from + 1..to).rev() {
        if at(bytes, hump).is_ascii_uppercase() && before(bytes, hump).is_ascii_lowercase() {
            let found = Word::of(bytes, hump, end).kinds();
            if !found.is_empty() {
                return found;
            }
            end = hump;
        }
    }
    if end == to { Kinds::NONE } else { Word::of(bytes, from, end).kinds() }
}

/// A letter of a word; what is not ASCII is taken for one.
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}
