//! Digits in groups that nobody writes them in: a card's in pairs, with two signs between them, or a group on each
//! line; and accounts alike.

use std::ops::Range;

use crate::bytes::{at, before, cut, run, run_back};
use crate::checksum::luhn;
use crate::classes::{self, BLOCK, BLOCKS, Traces};
use crate::pii::{card, iban};
use crate::views::view::{Marks, Unit, View};

/// How many signs and blanks stand between two groups at most.
const GAP: usize = 4;
/// More groups are a list.
const GROUPS: usize = 24;
/// More digits in one group are none.
const GROUP: usize = 19;
/// How far before one of its groups a run begins at most.
const BACK: usize = 48;
/// How many words before digits an account may begin.
const WORDS: usize = 3;

/// Tells whether digits before and from `place` on, where a group begins, are to be joined, or are of an account that
/// is, and where they end. Where there are not `many` digits near, one sign that is usual says that they are not.
pub(in crate::views) fn stands(bytes: &[u8], place: usize, many: bool) -> Option<(bool, usize)> {
    if !many && parts(before(bytes, place)) && !separates(before(bytes, place.saturating_sub(1))) {
        return None;
    }
    let between = gap_before(bytes, place)?;
    let lone = |digit: usize| {
        !at(bytes, digit + 1).is_ascii_digit() && !before(bytes, digit).is_ascii_digit()
    };
    if lone(place) && lone(place - between - 1) {
        // Single digits are put together as all single characters are.
        return None;
    }
    let mut first = place;
    while let Some(group) = group_before(bytes, first, |byte| byte.is_ascii_digit()) {
        if place - group > BACK {
            break;
        }
        first = group;
    }
    let run = Run::read(bytes, first, digits_at(bytes, first));
    let mut found = false;
    run.values(bytes, &mut |_: &Value<'_>| {
        found = true;
        false
    });
    let mut word = first;
    for _ in 0..WORDS {
        if found {
            break;
        }
        let Some(group) = group_before(bytes, word, |byte| byte.is_ascii_alphanumeric()) else {
            break;
        };
        word = group;
        found = iban::begins(bytes, word) && account(bytes, word).is_some();
    }
    Some((found, run.end().max(place + 1)))
}

/// Tells whether two digits at `place` have one usual sign before and another behind, as no number of few digits has.
pub(in crate::views) fn is_parted_twice(bytes: &[u8], place: usize) -> bool {
    at(bytes, place + 2) != before(bytes, place) && parts(at(bytes, place + 2))
}

/// Tells whether a sign is what usually stands between groups.
const fn parts(byte: u8) -> bool {
    matches!(byte, b' ' | b'-' | b'.')
}

/// How many separators stand before `place`.
fn gap_before(bytes: &[u8], place: usize) -> Option<usize> {
    let length = run_back(bytes, place, GAP + 1, separates);
    (1..=GAP).contains(&length).then_some(length)
}

/// Where the group of characters that are `like` begins that ends before the separators before `place`.
fn group_before(bytes: &[u8], place: usize, like: impl Fn(u8) -> bool) -> Option<usize> {
    let end = place - gap_before(bytes, place)?;
    let from = end - run_back(bytes, end, GROUP, like);
    (from < end && !before(bytes, from).is_ascii_alphanumeric()).then_some(from)
}

fn digits_at(bytes: &[u8], from: usize) -> usize {
    run(bytes, from, GROUP + 1, |byte| byte.is_ascii_digit())
}

const fn separates(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b'-' | b'_' | b'/' | b',' | b'.' | b'|' | b'*' | b';'
    )
}

/// Joins such groups. Nothing if there are none.
pub(super) fn joined(view: &View) -> Option<View> {
    let bytes = view.bytes();
    let mut out = View::with_capacity(bytes.len());
    let mut copied = 0;
    each(bytes, |value| {
        let Some(first) = value.groups.first().filter(|first| first.start >= copied) else {
            return;
        };
        out.copy(view, copied..first.start);
        for (nth, group) in value.groups.iter().enumerate() {
            for place in group.clone() {
                let Some(unit) = view.unit_and_before(place..place + 1) else { continue };
                let gap = if nth > 0 && place == group.start { value.marks } else { Marks::PLAIN };
                out.push(at(bytes, place), Unit { marks: unit.marks.and(gap), ..unit });
            }
            copied = group.end;
        }
    });
    if copied == 0 {
        return None;
    }
    out.copy(view, copied..bytes.len());
    Some(out)
}

/// Groups that are one value.
struct Value<'a> {
    groups: &'a [Range<usize>],
    /// What is said of each group but the first.
    marks: Marks,
}

/// Visits the values, in order.
fn each(bytes: &[u8], mut then: impl FnMut(&Value<'_>)) {
    let mut traces = [Traces::default(); BLOCKS];
    let (mut base, mut place, mut was) = (0, 0, 0);
    for chunk in bytes.chunks(BLOCK * BLOCKS) {
        classes::traces(chunk, &mut traces);
        for now in traces.iter().take(chunk.len().div_ceil(BLOCK)) {
            // Words that begin with a digit, or whose third character is one or in the next block.
            let third = now.digit >> 2 | !0 << (BLOCK - 2);
            let mut firsts = now.word & !(now.word << 1 | was >> (BLOCK - 1)) & (now.digit | third);
            while firsts != 0 {
                let first = base + firsts.trailing_zeros() as usize;
                if first >= place {
                    place = value_from(bytes, first, &mut then);
                }
                firsts &= firsts - 1;
            }
            was = now.word;
            base += BLOCK;
        }
    }
}

/// Visits the values of which the first group is the word at `place`. Returns where they end.
fn value_from(bytes: &[u8], place: usize, then: &mut impl FnMut(&Value<'_>)) -> usize {
    if iban::begins(bytes, place)
        && let Some(groups) = account(bytes, place)
    {
        then(&Value { groups: &groups, marks: Marks::AFTER_SPACE });
        return groups.last().map_or(place, |last| last.end);
    }
    let digits = digits_at(bytes, place);
    if !(1..=GROUP).contains(&digits) || at(bytes, place + digits).is_ascii_alphanumeric() {
        return place;
    }
    let run = Run::read(bytes, place, digits);
    run.values(bytes, &mut |value: &Value<'_>| {
        then(value);
        true
    });
    run.end()
}

/// How many bytes stand between what ends at `place` and a letter or digit. Nothing if those are no separators.
fn gap(bytes: &[u8], place: usize) -> Option<usize> {
    let length = run(bytes, place, GAP, separates);
    (length > 0 && at(bytes, place + length).is_ascii_alphanumeric()).then_some(length)
}

/// Reads an account that begins at `from` and is not as it is usually written.
fn account(bytes: &[u8], from: usize) -> Option<Vec<Range<usize>>> {
    let whole = iban::length_at(bytes, from)?;
    let (mut groups, mut characters) = (Vec::new(), Vec::new());
    let (mut place, mut unusual) = (from, false);
    loop {
        let left = whole - characters.len();
        let length = run(bytes, place, left + 1, |byte| byte.is_ascii_alphanumeric());
        if length > left {
            return None;
        }
        groups.push(place..place + length);
        characters.extend_from_slice(cut(bytes, place, place + length));
        place += length;
        if characters.len() == whole {
            break;
        }
        let gap = gap(bytes, place)?;
        unusual |= gap > 1 || !matches!(at(bytes, place), b' ' | b'-');
        place += gap;
    }
    (unusual && iban::is_right(&characters)).then_some(groups)
}

/// Groups of digits that follow each other.
struct Run {
    groups: [Range<usize>; GROUPS],
    /// What stands before each.
    gaps: [u32; GROUPS],
    count: usize,
    digits: usize,
}

impl Run {
    /// Reads what begins with a group of `length` digits.
    fn read(bytes: &[u8], from: usize, length: usize) -> Self {
        let mut run =
            Self { groups: [const { 0..0 }; GROUPS], gaps: [0; GROUPS], count: 0, digits: 0 };
        let (mut start, mut length, mut between) = (from, length, 0);
        for (group, before) in run.groups.iter_mut().zip(&mut run.gaps) {
            *group = start..start + length;
            *before = between;
            run.count += 1;
            run.digits += length;
            let Some(gap) = gap(bytes, group.end) else { break };
            start = group.end + gap;
            between = cut(bytes, group.end, start)
                .iter()
                .fold(0, |between, byte| between << 8 | u32::from(*byte));
            length = digits_at(bytes, start);
            let whole = !at(bytes, start + length).is_ascii_alphanumeric();
            if !whole || !(1..=GROUP).contains(&length) {
                break;
            }
        }
        run
    }

    fn groups(&self) -> &[Range<usize>] {
        self.groups.get(..self.count).unwrap_or_default()
    }

    /// What stands between its groups.
    fn gaps(&self) -> &[u32] {
        self.gaps.get(1..self.count).unwrap_or_default()
    }

    fn end(&self) -> usize {
        self.groups().last().map_or(0, |last| last.end)
    }

    /// Visits the values among its groups, while `more` says so.
    fn values(&self, bytes: &[u8], more: &mut impl FnMut(&Value<'_>) -> bool) {
        // Single digits are put together as all single characters are.
        if self.digits < FEWEST as usize || self.count < 2 || self.digits == self.count {
            return;
        }
        let mut first = 0;
        while first + 1 < self.count {
            let (value, next) = self.value_at(bytes, first);
            if let Some(value) = value
                && !more(&value)
            {
                return;
            }
            first += next;
        }
    }

    /// The value that begins with the group `first`, and how many groups on the next may.
    fn value_at(&self, bytes: &[u8], first: usize) -> (Option<Value<'_>>, usize) {
        let groups = self.groups();
        let begins = first == 0 || self.turns(first, first);
        // Within a part only a form begins, with a group of four or three.
        if !begins && !matches!(groups.get(first).map_or(0, Range::len), 3 | 4) {
            return (None, 1);
        }
        let (mut count, mut shape, mut found) = (0, 0_u64, None);
        for (nth, group) in groups.iter().enumerate().skip(first) {
            count += group.len();
            if count > MOST || !begins && nth > first + FORM {
                break;
            }
            shape = shape << 8 | group.len() as u64;
            if nth == first || count < FEWEST as usize {
                continue;
            }
            let formed = card::is_grouped(shape) || shape == SOCIAL;
            let part = begins && (nth + 1 == groups.len() || self.turns(first, nth + 1));
            let value = groups.get(first..=nth).unwrap_or_default();
            let gaps = self.gaps().get(first..nth).unwrap_or_default();
            if !(formed || part) || is_usual(value, gaps, shape) {
                continue;
            }
            let marks = if is_card(bytes, value) {
                let cells = gaps.iter().any(|gap| is_of_cells(*gap));
                match is_listed(groups, first, nth) {
                    true if cells => continue,
                    false if card::is_grouped(shape) && !cells => Marks::PLAIN,
                    _ => Marks::LOOSE,
                }
            } else if shape == SOCIAL || part && is_even(value, gaps) {
                Marks::LOOSE
            } else {
                continue;
            };
            let sure = !marks.has(Marks::LOOSE);
            let marks = marks.and(Marks::AFTER_SPACE);
            found = Some((Value { groups: value, marks }, value.len()));
            if sure {
                break;
            }
        }
        found.map_or((None, 1), |(value, next)| (Some(value), next))
    }

    /// Tells whether the separators change at the group `at` of a part that begins with `first`.
    fn turns(&self, first: usize, at: usize) -> bool {
        let inner = self.gaps.get(if at > first { first + 1 } else { at + 1 });
        self.gaps.get(at) != inner
    }
}

/// Tells whether groups are the digits of a card.
fn is_card(bytes: &[u8], value: &[Range<usize>]) -> bool {
    let mut digits = [0; MOST];
    let mut count = 0;
    for byte in value.iter().flat_map(|group| cut(bytes, group.start, group.end)) {
        let Some(to) = digits.get_mut(count) else { return false };
        *to = byte & 0xf;
        count += 1;
    }
    let digits = digits.get(..count).unwrap_or_default();
    luhn(digits) && card::is_issued(digits)
}

/// No form has more groups after the first.
const FORM: usize = 4;
/// Fewer digits are nothing that is known by itself.
pub(in crate::views) const FEWEST: u32 = 9;
/// Fewer are no card.
pub(in crate::views) const FEWEST_OF_CARD: u32 = 12;
/// More are nothing.
const MOST: usize = 19;

/// Tells whether a group beside is as long as those within: it is a list.
fn is_listed(groups: &[Range<usize>], first: usize, last: usize) -> bool {
    let length = |nth: Option<usize>| nth.and_then(|nth| groups.get(nth)).map(Range::len);
    let within = length(Some(first));
    length(first.checked_sub(1)) == within || length(Some(last + 1)) == within
}

/// Tells whether some sign is what stands between cells of a table, too.
fn is_of_cells(gap: u32) -> bool {
    gap.to_be_bytes().iter().any(|byte| matches!(byte, b'\n' | b'\t' | b',' | b';' | b'|'))
}

const BLANK: u32 = b' ' as u32;
const HYPHEN: u32 = b'-' as u32;
const DOT: u32 = b'.' as u32;
const COMMA: u32 = b',' as u32;
const UNDERSCORE: u32 = b'_' as u32;
const COMMA_BLANK: u32 = COMMA << 8 | BLANK;

/// Tells whether it is grouped as the text as it stands is read: with one usual sign between the groups of a form, or
/// in thousands.
fn is_usual(value: &[Range<usize>], gaps: &[u32], shape: u64) -> bool {
    let Some((first, rest)) = gaps.split_first() else { return true };
    let thousands = || value.iter().skip(1).all(|group| group.len() == 3);
    let read = || card::is_grouped(shape) || shape == SOCIAL;
    rest.iter().all(|gap| gap == first)
        && match *first {
            BLANK | HYPHEN => read() || thousands(),
            DOT => read() || thousands() || value.len() == 4,
            COMMA | UNDERSCORE | COMMA_BLANK => thousands(),
            _ => false,
        }
}

/// Tells whether its groups are what is told apart by nothing but the separators: of one length but for the last,
/// with the same between them, which is not that of lists.
fn is_even(value: &[Range<usize>], gaps: &[u32]) -> bool {
    let ([first, .., last], Some((gap, rest))) = (value, gaps.split_first()) else { return false };
    let listed = gap.to_be_bytes().iter().any(|byte| matches!(byte, b',' | b';'));
    !listed
        && !matches!(*gap, BLANK | HYPHEN | DOT)
        && first.len() > 1
        && last.len() <= first.len()
        && rest.iter().all(|one| one == gap)
        && value.iter().rev().skip(1).all(|group| group.len() == first.len())
}

/// `078-05-1120`.
const SOCIAL: u64 = 0x03_02_04;
