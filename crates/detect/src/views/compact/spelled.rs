//! Numbers as words, read as digits.

use std::ops::Range;

use super::words::{Word, word};
use crate::views::view::{Marks, Unit, View};

/// Fewer words are not a number that somebody spells.
const FEWEST: usize = 5;
/// Fewer digits are no value.
const DIGITS: usize = 7;

/// Tells whether the word at `at` is one of several for digits in a row.
pub(in crate::views) fn stands(bytes: &[u8], at: usize) -> bool {
    let near = bytes.get(..(at + 64).min(bytes.len())).unwrap_or_default();
    let back = |at: usize| {
        let before = near.get(..at).unwrap_or_default().iter().rev().take(12);
        at - before.take_while(|byte| byte.is_ascii_alphabetic()).count()
    };
    let is_number = |span: Range<usize>| {
        let word = near.get(span).and_then(word);
        word.is_some_and(|word| !matches!(word, Word::Sign(_)))
    };
    let Some((first, mut next)) = next_word(near, back(at)) else { return false };
    if !is_number(first.clone()) {
        return false;
    }
    let mut count = 1;
    while let Some((span, end)) = next_word(near, next).filter(|(span, _)| is_number(span.clone()))
    {
        count += 1;
        next = end.max(span.end);
        if count >= IN_A_ROW {
            return true;
        }
    }
    let mut start = first.start;
    loop {
        let gap = near.get(..start).unwrap_or_default().iter().rev().take(3);
        let end = start - gap.take_while(|byte| !byte.is_ascii_alphanumeric()).count();
        start = back(end);
        if start == end || !is_number(start..end) {
            return false;
        }
        count += 1;
        if count >= IN_A_ROW {
            return true;
        }
    }
}

/// Fewer words for digits in a row are prose.
const IN_A_ROW: usize = 3;

/// Returns the next run of letters and digits, and its end.
fn next_word(bytes: &[u8], from: usize) -> Option<(Range<usize>, usize)> {
    let start = from + bytes.get(from..)?.iter().position(u8::is_ascii_alphanumeric)?;
    let length = bytes.get(start..)?.iter().take_while(|byte| byte.is_ascii_alphanumeric()).count();
    Some((start..start + length, start + length))
}

/// Reads numbers that are words. Nothing if there are none.
pub(super) fn joined(view: &View) -> Option<View> {
    let bytes = view.bytes();
    let mut out = View::with_capacity(bytes.len());
    let (mut copied, mut at) = (0, 0);
    while let Some((first, next)) = next_word(bytes, at) {
        at = next;
        if !begins(bytes, &first, next) {
            continue;
        }
        let run = run(bytes, first.start);
        at = run.end.max(at);
        let end = run.end;
        if let Some(number) = run.number() {
            // `+ four four …`
            let plus = bytes.get(..first.start).is_some_and(|before| before.ends_with(b"+ "));
            out.copy(view, copied..first.start - usize::from(plus));
            copied = end;
            for (digit, span) in number {
                if let Some(unit) = view.unit(span) {
                    out.push(digit, Unit { marks: unit.marks.and(Marks::SPELLED), ..unit });
                }
            }
        }
    }
    if copied == 0 {
        return None;
    }
    out.copy(view, copied..bytes.len());
    Some(out)
}

/// Tells whether a number may begin with a word that ends at `next`: itself of one, or the first of two letters before.
fn begins(bytes: &[u8], word: &Range<usize>, next: usize) -> bool {
    match read(bytes, word) {
        None => false,
        Some(Part::Letter(_)) => {
            let second = next_word(bytes, next);
            let third = second.as_ref().and_then(|(_, next)| next_word(bytes, *next));
            let is_letter =
                |span: &Range<usize>| matches!(read(bytes, span), Some(Part::Letter(_)));
            let is_number = |span: &Range<usize>| matches!(read(bytes, span), Some(Part::Word(_)));
            second.is_some_and(|(span, _)| is_letter(&span))
                && third.is_some_and(|(span, _)| is_number(&span))
        }
        Some(Part::Word(_) | Part::Figures) => true,
    }
}

/// A part of a number.
enum Part {
    Word(Word),
    /// A capital by itself.
    Letter(u8),
    /// Digits as they are.
    Figures,
}

/// Reads one word of a number.
fn read(bytes: &[u8], span: &Range<usize>) -> Option<Part> {
    let letters = bytes.get(span.clone())?;
    if letters.len() <= 4 && letters.iter().all(u8::is_ascii_digit) {
        return Some(Part::Figures);
    }
    match letters {
        [b'o' | b'O'] => return Some(Part::Word(Word::Digit(b'0'))),
        [letter @ b'A'..=b'Z'] => return Some(Part::Letter(*letter)),
        _ => {}
    }
    word(letters).map(Part::Word)
}

/// Words of a number that follow each other.
#[derive(Default)]
struct Run {
    digits: Vec<(u8, Range<usize>)>,
    words: usize,
    end: usize,
}

impl Run {
    /// Returns what it says if that can be a value.
    fn number(self) -> Option<Vec<(u8, Range<usize>)>> {
        (self.words >= FEWEST && self.digits.len() >= DIGITS).then_some(self.digits)
    }

    fn push(&mut self, digit: u8, span: &Range<usize>) {
        self.digits.push((digit, span.clone()));
    }
}

/// Reads the number whose first word begins at `from`.
fn run(bytes: &[u8], from: usize) -> Run {
    let mut run = Run { end: from, ..Run::default() };
    let mut times: Option<(u8, Range<usize>)> = None;
    let mut tens = false;
    let mut at = from;
    while let Some((span, next)) = next_word(bytes, at) {
        let gap = bytes.get(at..span.start).unwrap_or_default();
        let Some(part) = (gap.len() <= 3).then(|| read(bytes, &span)).flatten() else { break };
        let before = std::mem::take(&mut tens);
        match part {
            Part::Figures => {
                for place in span.clone() {
                    run.push(bytes.get(place).copied().unwrap_or(b'0'), &(place..place + 1));
                }
            }
            Part::Letter(letter) => {
                if gap.len() > 1 {
                    break;
                }
                run.push(letter, &span);
            }
            Part::Word(Word::Digit(digit)) => {
                let (times, whole) = match times.take() {
                    Some((times, first)) => (times, first.start..span.end),
                    None => (1, span.clone()),
                };
                if before && run.digits.last().is_some_and(|(last, _)| *last == b'0') {
                    run.digits.pop();
                }
                for _ in 0..times {
                    run.push(digit, &whole);
                }
            }
            Part::Word(Word::Teen(digits)) => {
                digits.iter().for_each(|digit| run.push(*digit, &span));
            }
            Part::Word(Word::Tens(digit)) => {
                run.push(digit, &span);
                run.push(b'0', &span);
                tens = true;
            }
            Part::Word(Word::Times(by)) => times = Some((by, span.clone())),
            Part::Word(Word::Zeros(zeros)) if !run.digits.is_empty() => {
                (0..zeros).for_each(|_| run.push(b'0', &span));
            }
            Part::Word(Word::Zeros(_)) => break,
            Part::Word(Word::Sign(sign)) => {
                if run.digits.is_empty() && sign != b'+' {
                    break;
                }
                run.push(sign, &span);
            }
        }
        run.words += usize::from(matches!(part, Part::Word(_)));
        run.end = next;
        at = next;
    }
    // A sign at the end belongs to what follows.
    while run.digits.last().is_some_and(|(last, _)| !last.is_ascii_alphanumeric()) {
        if let Some((_, span)) = run.digits.pop() {
            run.end = run.end.min(span.start);
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(of: &str) -> String {
        let view = View::plain(of.as_bytes());
        let out = joined(&view).unwrap_or(view);
        String::from_utf8_lossy(out.bytes()).into_owned()
    }

    #[test]
    fn spelled_numbers_are_read() {
        let cases = [
            ("my ssn is one two three, four five, six seven eight nine.", "my ssn is 123456789."),
            ("four double one one, ONE one ONE one", "41111111"),
            ("call eight hundred five five five oh one nine nine", "call 8005550199"),
            ("forty-one eleven eleven eleven eleven", "4111111111"),
            ("one two seven dot zero dot zero dot one", "127.0.0.1"),
            ("plus four four two oh seven nine four six", "+4420794 6".replace(' ', "").as_str()),
            ("IBAN D E six eight seven eight two seven", "IBAN DE687827"),
            ("+ four four two oh seven nine four six", "+44207946"),
            ("one of the two or three", "one of the two or three"),
        ]
        .map(|(of, expected)| (of.to_owned(), expected.to_owned()));
        for (of, expected) in cases {
            assert_eq!(text(&of), expected, "{of}");
        }
    }
}
