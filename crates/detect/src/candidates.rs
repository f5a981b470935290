//! One pass over a text: where a byte's class says that something may stand, a verifier is asked.
//!
//! The pass is the crate's hot path. Each event is found by bits of [`Masks`], costs a bounded number of steps, and
//! moves a mark past what was looked at, so that nothing is looked at twice.

use crate::OverBudget;
use crate::bytes::{at, before, cut, run, run_back};
use crate::classes::{BLOCK, BLOCKS, Masks, classify};
use crate::hit::Hit;
use crate::limits::Budget;
use crate::pii::{Text, crypto, dates, email, iban, identifier, ip, mac, named, number, web};
use crate::secrets::{self, Leads};

/// Finds what one view of a text holds. Hits may overlap and be of what is not looked for.
pub(crate) fn verify(
    text: &Text<'_>,
    budget: &mut Budget,
    hits: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let mut pass = Pass { text, word_done: 0, hex_done: 0, run: 0 };
    let mut leads = Leads::default();
    let mut masks = [Masks::default(); BLOCKS];
    let mut base = 0;
    for chunk in text.bytes.chunks(BLOCK * BLOCKS) {
        budget.spend(chunk.len())?;
        classify(chunk, &mut masks);
        for block in masks.iter().take(chunk.len().div_ceil(BLOCK)) {
            pass.tokens(block, base, budget, hits)?;
            pass.words(block, base, hits);
            pass.signs(block, base, budget, hits)?;
            leads.block(text.bytes, (block, base), budget, hits)?;
            base += BLOCK;
        }
        budget.admit(hits.len())?;
    }
    pass.last_token(budget, hits)
}

/// How far the pass is.
struct Pass<'a> {
    text: &'a Text<'a>,
    /// Before it, every word with a digit is dealt with.
    word_done: usize,
    /// Before it, every colon between hexadecimal digits is dealt with.
    hex_done: usize,
    /// How long the run of token characters is that ends with the last block.
    run: usize,
}

/// The bits from `bit` on.
const fn from_bit(bit: usize) -> u64 {
    if bit >= BLOCK { 0 } else { !0 << bit }
}

/// The shortest run that may be a token of some vendor.
const TOKEN: usize = 16;

impl Pass<'_> {
    /// Asks of maximal runs of token characters whether they are secrets.
    #[inline]
    fn tokens(
        &mut self,
        block: &Masks,
        base: usize,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let token = block.token;
        let lead = token.trailing_ones() as usize;
        if self.run > 0 {
            if lead == BLOCK {
                self.run += BLOCK;
                return Ok(());
            }
            if self.run + lead >= TOKEN {
                self.token(base - self.run, base + lead, budget, hits)?;
            }
        }
        let inner = if self.run > 0 { token & from_bit(lead) } else { token };
        self.run = token.leading_ones() as usize;
        // The bits where a run of 16 begins.
        let mut long = inner & inner >> 1;
        long &= long >> 2;
        long &= long >> 4;
        long &= long >> 8;
        while long != 0 {
            let start = long.trailing_zeros() as usize;
            let length = (inner >> start).trailing_ones() as usize;
            if start + length == BLOCK {
                break;
            }
            self.token(base + start, base + start + length, budget, hits)?;
            long &= from_bit(start + length);
        }
        Ok(())
    }

    fn last_token(&self, budget: &mut Budget, hits: &mut Vec<Hit>) -> Result<(), OverBudget> {
        let end = self.text.bytes.len();
        if self.run >= TOKEN { self.token(end - self.run, end, budget, hits) } else { Ok(()) }
    }

    fn token(
        &self,
        from: usize,
        to: usize,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        if to - from == 17 && at(self.text.bytes, from + 2) == b'-' {
            mac::verify_pairs(self.text, from, hits);
        }
        if to - from == 36 {
            web::uuid_end(self.text, from, hits);
        }
        secrets::in_token(self.text.bytes, from..to, budget, hits)
    }

    /// Asks of words with a digit in them what they are.
    #[inline]
    fn words(&mut self, block: &Masks, base: usize, hits: &mut Vec<Hit>) {
        let mut digits = block.digit & from_bit(self.word_done.saturating_sub(base));
        while digits != 0 {
            let bit = digits.trailing_zeros() as usize;
            let (from, to) = self.word_at(block, base, bit);
            let digits_first = match from.checked_sub(base) {
                Some(first) if to <= base + BLOCK => {
                    (block.digit >> first).trailing_ones() as usize
                }
                _ => run(self.text.bytes, from, WORD, |byte| byte.is_ascii_digit()),
            };
            self.word_done = word(self.text, from, to, digits_first, hits).max(to);
            digits &= from_bit(self.word_done - base);
        }
    }

    /// The word around the byte at `bit`: a maximal run of letters and digits, or the part that is looked at.
    #[inline]
    fn word_at(&self, block: &Masks, base: usize, bit: usize) -> (usize, usize) {
        let alike = |byte: u8| byte.is_ascii_alphanumeric();
        let left = !block.word & !from_bit(bit);
        let right = (block.word >> bit).trailing_ones() as usize;
        let from = match left {
            0 => base - run_back(self.text.bytes, base, WORD, alike),
            _ => base + BLOCK - left.leading_zeros() as usize,
        };
        let to = match bit + right {
            BLOCK => base + BLOCK + run(self.text.bytes, base + BLOCK, WORD, alike),
            end => base + end,
        };
        (from, to)
    }

    /// Asks what hangs on `@`, `:` and `=`.
    #[inline]
    fn signs(
        &mut self,
        block: &Masks,
        base: usize,
        budget: &mut Budget,
        hits: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let mut ats = block.at;
        while ats != 0 {
            email::verify(self.text.bytes, base + ats.trailing_zeros() as usize, hits);
            ats &= ats - 1;
        }
        let mut separators = block.colon | block.equals;
        while separators != 0 {
            let place = base + separators.trailing_zeros() as usize;
            if at(self.text.bytes, place) == b':' && place >= self.hex_done {
                self.hex_done = hexes(self.text, place, hits);
            }
            web::verify_url(self.text, place, hits);
            secrets::assigned(self.text.bytes, place, budget, hits)?;
            separators &= separators - 1;
        }
        Ok(())
    }
}

/// How many bytes beyond a block's edge a word is followed.
const WORD: usize = 96;

/// Says what the word with a digit in it is, that begins with `digits` of them. Returns where to go on.
fn word(text: &Text<'_>, from: usize, to: usize, digits: usize, hits: &mut Vec<Hit>) -> usize {
    let length = to - from;
    if length > WORD {
        return to;
    }
    if digits < length {
        return mixed_word(text, from, to, digits, hits);
    }
    let (last, next) = (before(text.bytes, from), at(text.bytes, to));
    let alone = !matches!(next, b' ' | b'-' | b'.' | b'/' | b')' | b'(' | b'+' | b',')
        && !matches!(last, b'+' | b'(');
    match (alone, length) {
        (true, 1 | 2) => to,
        (true, 3..=6) => named::verify(text, from, to, hits).unwrap_or(to),
        _ => digit_word(text, from, to, hits),
    }
}

/// A word of digits alone that goes on, or is long: part of a date, an address or a number.
fn digit_word(text: &Text<'_>, from: usize, to: usize, hits: &mut Vec<Hit>) -> usize {
    let (bytes, length) = (text.bytes, to - from);
    let (last, next) = (before(bytes, from), at(bytes, to));
    if matches!((length, next), (1..=3, b'.'))
        && let Some(end) = ip::verify_v4(text, from, hits)
    {
        return end;
    }
    if number::is_continued_left(bytes, from) || (last != b'+' && begins_list(bytes, length, to)) {
        return to;
    }
    let found = match (length, next) {
        (2, b'-') if is_pair(bytes, to + 1) => {
            mac::verify_pairs(text, from, hits).or_else(|| dates::verify(text, from, to, hits))
        }
        (4, b'.') => {
            mac::verify_dotted(text, from, hits).or_else(|| dates::verify(text, from, to, hits))
        }
        (1..=4, _) => dates::verify(text, from, to, hits),
        (6, b'-' | b'+') => identifier::verify_signed_hetu(text, from, hits),
        (8, b'-') => web::uuid_end(text, from, hits)
            .or_else(|| identifier::verify_hyphened_nif(text, from, to, hits)),
        _ => None,
    };
    if let Some(end) = found {
        return end;
    }
    if length == 7
        && last == b'-'
        && let Some(end) = identifier::verify_hyphened_nie(text, from, hits)
    {
        return end;
    }
    if matches!(length, 2 | 6)
        && matches!(last, b' ' | b'-')
        && before(bytes, from - 1).is_ascii_alphabetic()
        && let Some(end) = identifier::verify_spaced_nino(text, from, hits)
    {
        return end;
    }
    let goes_on = matches!(next, b' ' | b'-' | b'.' | b'/') && at(bytes, to + 1).is_ascii_digit();
    if length >= 7 || goes_on || matches!(next, b')' | b'(') || matches!(last, b'+' | b'(') {
        return number::verify(text, from, hits);
    }
    named::verify(text, from, to, hits).unwrap_or(to)
}

/// Tells whether a digit alone and another one follow each other, as in no number.
fn begins_list(bytes: &[u8], length: usize, to: usize) -> bool {
    let single = at(bytes, to + 1).is_ascii_digit() && !at(bytes, to + 2).is_ascii_alphanumeric();
    length == 1 && at(bytes, to) == b' ' && single
}

/// A word of letters and digits.
fn mixed_word(
    text: &Text<'_>,
    from: usize,
    to: usize,
    digits: usize,
    hits: &mut Vec<Hit>,
) -> usize {
    let (bytes, length, next) = (text.bytes, to - from, at(text.bytes, to));
    let found = match (length, next) {
        (2, b'-') => mac::verify_pairs(text, from, hits),
        (4, b'.') => mac::verify_dotted(text, from, hits),
        (4, b'-') => identifier::verify_grouped_mbi(text, from, hits),
        (8, b'-') => web::uuid_end(text, from, hits)
            .or_else(|| identifier::verify_hyphened_nif(text, from, to, hits)),
        (3 | 4, b' ' | b',') if digits > 0 => ordinal_day(text, from, digits, hits),
        _ => None,
    };
    if let Some(end) = found {
        return end;
    }
    if digits == 0
        && iban::begins(bytes, from)
        && (length == 4 || length >= 15)
        && let Some(end) = iban::verify(bytes, from, hits)
    {
        return end;
    }
    if (26..=62).contains(&length) && crypto::verify(text, from, to, hits) {
        return to;
    }
    if (8..=18).contains(&length) && identifier::verify(text, from, to, hits) {
        return to;
    }
    if matches!((length, digits), (4, 0) | (7, 6) | (3, 2))
        && let Some(end) = spaced_nino(text, from, digits, hits)
    {
        return end;
    }
    if digits > 6 && length - digits <= 10 {
        // A number with an extension: `555-0132x12`.
        return to;
    }
    let upper = || !cut(bytes, from, to).iter().any(u8::is_ascii_lowercase);
    if (4..=18).contains(&length) && upper() {
        return named::verify(text, from, to, hits).unwrap_or(to);
    }
    to
}

/// `26th of March 1956`, `March 26th, 1956`.
fn ordinal_day(text: &Text<'_>, from: usize, digits: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let suffix = cut(text.bytes, from + digits, from + digits + 2);
    let ordinal =
        [&b"st"[..], b"nd", b"rd", b"th"].iter().any(|known| known.eq_ignore_ascii_case(suffix));
    if ordinal { dates::verify(text, from, from + digits, hits) } else { None }
}

/// `AB12 34 56 C`, `AB 123456C`, `AB 12 34 56C`.
fn spaced_nino(text: &Text<'_>, from: usize, digits: usize, hits: &mut Vec<Hit>) -> Option<usize> {
    let first = if digits == 0 { from + 2 } else { from };
    let apart = digits > 0 && before(text.bytes, from) != b' ';
    if apart { None } else { identifier::verify_spaced_nino(text, first, hits) }
}

fn is_pair(bytes: &[u8], from: usize) -> bool {
    at(bytes, from).is_ascii_hexdigit() && at(bytes, from + 1).is_ascii_hexdigit()
}

/// Says what the run of hexadecimal digits around the colon at `colon` is. Returns where it ends.
fn hexes(text: &Text<'_>, colon: usize, hits: &mut Vec<Hit>) -> usize {
    let bytes = text.bytes;
    let (last, next) = (before(bytes, colon), at(bytes, colon + 1));
    if next != b':' && !(next.is_ascii_hexdigit() && last.is_ascii_hexdigit()) {
        return colon + 1;
    }
    let from = colon - run_back(bytes, colon, 5, |byte| byte.is_ascii_hexdigit());
    let outer = before(bytes, from);
    if outer.is_ascii_alphanumeric() || matches!(outer, b':' | b'_') || colon - from > 4 {
        return colon + 1;
    }
    let address = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.');
    let to = colon + run(bytes, colon, ADDRESS + 1, address);
    let after = at(bytes, to);
    if after.is_ascii_alphanumeric() || after == b'_' || to - from > ADDRESS {
        return to;
    }
    let mac = if colon - from == 2 { mac::verify_pairs(text, from, hits) } else { None };
    mac.or_else(|| ip::verify_v6(text, from, to, hits)).unwrap_or(to)
}

/// The longest address with an embedded one of version 4 and a sign behind it.
const ADDRESS: usize = 47;
