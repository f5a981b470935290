//! Which characters of ordinary writing may matter. Most do not: what is found in `café – ouvert` is the same in
//! `cafe - ouvert`. A text is read again only for those that may be of a value, or of the words that tell what one is.

use std::ops::Range;

use super::{Fold, char_at, fold};
use crate::bytes::{at, before, cut, run, run_back};
use crate::pii::dates;
use crate::{near, secrets};

/// How far a run of letters, or of what addresses and keys are made of, is followed.
const WORD: usize = 24;
const RUN: usize = 48;

/// Tells whether the character at `span`, which is read as `ascii`, may change what is found, and up to where the
/// answer is the same.
pub(super) fn matters(text: &[u8], span: Range<usize>, ascii: u8) -> (bool, usize) {
    if ascii.is_ascii_alphabetic() {
        let from = span.start - run_back(text, span.start, WORD, is_letter);
        let to = span.end + run(text, span.end, WORD, is_letter);
        return (is_in_value(text, from..to) || tells(cut(text, from, to)), to);
    }
    let (last, next) = (before(text, span.start), at(text, span.end));
    let separates = |byte: u8| matches!(byte, b':' | b'=' | b'@' | b'(' | b')' | b'+');
    let digit = |place: usize| at(text, place).is_ascii_digit();
    let beside = |place: usize| digit(place) || digit(place + 1) || digit(place + 2);
    let alpha = |byte: u8| byte.is_ascii_alphabetic();
    let start = || span.start - run_back(text, span.start, WORD, alpha);
    let end = || span.end + run(text, span.end, WORD, alpha);
    let matters = separates(last)
        || separates(next)
        || last.is_ascii_digit()
        || beside(span.end)
        || alpha(last) && tells(cut(text, start(), span.start))
        || alpha(next) && tells(cut(text, span.end, end()))
        || matches!(ascii, b'"' | b'\'') && !alpha(last) && is_after_password(text, span.start);
    (matters, span.end)
}

/// Tells whether a word is of an address, a key or a code: whether what is joined to it has an `@`, a `_` or a digit.
fn is_in_value(text: &[u8], word: Range<usize>) -> bool {
    let joins = |byte: u8| {
        is_letter(byte)
            || byte.is_ascii_digit()
            || matches!(byte, b'@' | b'.' | b'_' | b'-' | b'+' | b'%')
    };
    let of_value = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b'@' | b'_' | b'+' | b'%');
    let from = word.start - run_back(text, word.start, RUN, joins);
    let to = word.end + run(text, word.end, RUN, joins);
    cut(text, from, word.start).iter().any(of_value) || cut(text, word.end, to).iter().any(of_value)
}

/// Tells whether a word, read as it looks, tells what a value near it is, or is a month.
fn tells(word: &[u8]) -> bool {
    if word.len() < 2 {
        return false;
    }
    let mut plain = [0; 2 * WORD + 4];
    let (mut length, mut place) = (0, 0);
    while let Some(&byte) = word.get(place) {
        let char = if byte.is_ascii() { None } else { char_at(word, place) };
        let (read, step) = match char.map(|char| (fold(char), char.len_utf8())) {
            Some((Fold::To { ascii, .. }, length)) => (ascii, length),
            _ => (byte, 1),
        };
        if let Some(slot) = plain.get_mut(length) {
            *slot = read;
            length += 1;
        }
        place += step;
    }
    let plain = cut(&plain, 0, length);
    !near::says(plain).is_empty() || secrets::is_name(plain) || dates::is_month(plain)
}

/// Tells whether the word `password` stands shortly before `place`.
fn is_after_password(text: &[u8], place: usize) -> bool {
    const REACH: usize = 32;
    let window = cut(text, place.saturating_sub(REACH), place);
    window.windows(4).any(|four| four.eq_ignore_ascii_case(b"assw"))
}

/// A letter of a word; what is not ASCII is taken for one.
const fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}
