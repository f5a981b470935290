//! Other ways to read a text, for what is disguised in it.
//!
//! A cheap check ([`sign`]) tells which blocks show signs of a disguise. Only the text around those is read again:
//! what is encoded decoded, what looks like ASCII as ASCII, what was pulled apart or spelled put together. Each way is
//! a [`view::View`], whose bytes know where they come from, so that what is found in it has its place in the
//! original. What was found in the text as it stands is not reported again.

mod compact;
mod decode;
mod fold;
mod messages;
mod sign;
mod view;

use std::ops::Range;

use compact::compacted;
use decode::decoded;
use fold::folded;
pub(crate) use messages::across;
use sign::{BLOCK, Signs};
pub(crate) use view::{Marks, Unit, View};

use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Context, Entity, OverBudget, Scanner, overlap};

/// How much around a sign is read again, for words that say what a value is.
const MARGIN: usize = 160;
/// What is read again at once, at most.
const REGION: usize = 64 << 10;
/// How much of one region is in the next.
const SHARED: usize = 1 << 10;
/// Shorter texts, keys of JSON most of all, are not disguised.
const SHORTEST: usize = 8;
/// How often what is decoded is decoded again.
const DEPTH: usize = 2;
/// What a disguise takes from the score of what no checksum confirms, in hundredths.
const DOUBT: u8 = 10;

/// How sure a card must be by itself whose digits may as well be of several values.
const SURE: u8 = 75;

/// Adds to `plain`, what was found in the text as it stands, what is disguised in it.
pub(crate) fn look(
    scanner: &Scanner,
    text: &[u8],
    context: &Context<'_>,
    budget: &mut Budget,
    plain: Vec<Hit>,
) -> Result<Vec<Hit>, OverBudget> {
    if text.len() < SHORTEST && text.is_ascii() {
        return Ok(plain);
    }
    let mut disguised = Vec::new();
    let mut region: Option<Region> = None;
    sign::signs(text, |at, signs| {
        region = match region.take() {
            Some(open) if at - open.span.end <= 2 * MARGIN && open.span.len() < REGION => {
                Some(Region { span: open.span.start..at + BLOCK, signs: open.signs.and(signs) })
            }
            Some(full) => {
                full.read(scanner, text, context, budget, &mut disguised)?;
                let near = at - full.span.end <= 2 * MARGIN;
                let start = if near { full.span.end.saturating_sub(SHARED) } else { at };
                Some(Region { span: start..at + BLOCK, signs })
            }
            None => Some(Region { span: at..at + BLOCK, signs }),
        };
        Ok(())
    })?;
    if let Some(last) = region {
        last.read(scanner, text, context, budget, &mut disguised)?;
    }
    Ok(merged(plain, disguised))
}

/// A part of a text that shows signs of a disguise.
struct Region {
    span: Range<usize>,
    signs: Signs,
}

impl Region {
    /// Reads it in every way that its signs ask for.
    fn read(
        &self,
        scanner: &Scanner,
        text: &[u8],
        context: &Context<'_>,
        budget: &mut Budget,
        found: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let span = widened(text, &self.span);
        let bytes = text.get(span.clone()).unwrap_or_default();
        budget.spend(bytes.len())?;
        if self.signs == Signs::NATURAL && !has_value(bytes) {
            return Ok(());
        }
        let plain = View::plain(bytes);
        let mut search = |view: &View| {
            budget.spend(view.len())?;
            search(scanner, text, span.start, view, context, budget, found)
        };
        let mut signs = self.signs;
        let mut read: Option<View> = None;
        for _ in 0..DEPTH {
            let Some(next) = again(read.as_ref().unwrap_or(&plain), signs) else { break };
            signs = sign::all(next.bytes());
            read = Some(next);
        }
        if let Some(view) = read.as_ref().filter(|view| is_worth(view)) {
            search(view)?;
        }
        match compacted(read.as_ref().unwrap_or(&plain), signs) {
            Some(view) => search(&view),
            None => Ok(()),
        }
    }
}

/// Decodes a view that shows `signs`, then reads it as it looks. Nothing if it is read as it stands.
fn again(view: &View, signs: Signs) -> Option<View> {
    let decoded = decoded(view, signs);
    folded(decoded.as_ref().unwrap_or(view)).or(decoded)
}

/// Fewer digits are no value.
const DIGITS: usize = 6;

/// A shorter run of letters and digits is no key.
const KEY: usize = 16;

/// Tells whether there may be a value in a view that is not in the text: what looks like ASCII matters to numbers,
/// addresses, keys and what is assigned, what was encoded to all.
fn is_worth(view: &View) -> bool {
    view.has(Marks::ENCODED) || has_value(view.bytes())
}

/// Tells whether there may be a value, by the signs and digits there are.
fn has_value(bytes: &[u8]) -> bool {
    memchr::memchr2(b'@', b'=', bytes).is_some()
        || bytes.iter().filter(|byte| byte.is_ascii_digit()).count() >= DIGITS
        || has_key(bytes)
}

/// Tells whether letters run on with a digit or a `_` among them, as in keys and hardly in words.
fn has_key(bytes: &[u8]) -> bool {
    let in_key =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-') || *byte >= 0x80;
    let unlike_word = |byte: &u8| byte.is_ascii_digit() || *byte == b'_';
    let mut runs = bytes.split(|byte| !in_key(byte));
    runs.any(|run| run.len() >= KEY && run.iter().any(unlike_word))
}

/// Widens a span by a margin, to a place between words if there is one near, or else between characters.
fn widened(text: &[u8], span: &Range<usize>) -> Range<usize> {
    let blank = |byte: &u8| byte.is_ascii_whitespace();
    let first_of_char = |byte: &u8| (*byte as i8) >= -0x40;
    let start = span.start.saturating_sub(MARGIN);
    let near =
        text.get(start..span.start).unwrap_or_default().get(..MARGIN / 2).unwrap_or_default();
    let start = match near.iter().position(blank).filter(|_| start > 0) {
        Some(at) => start + at + 1,
        None => start + near.iter().position(first_of_char).unwrap_or(0),
    };
    let end = (span.end + MARGIN).min(text.len());
    let from = end.saturating_sub(MARGIN / 2).max(span.end.min(end));
    let near = text.get(from..end).unwrap_or_default();
    let end = match near.iter().rposition(blank).filter(|_| end < text.len()) {
        Some(at) => from + at,
        None if end == text.len() => end,
        None => near.iter().rposition(first_of_char).map_or(end, |at| from + at),
    };
    start..end.max(start)
}

/// Searches a view that begins at `base` of `text`, and tells what is found by its place there.
fn search(
    scanner: &Scanner,
    text: &[u8],
    base: usize,
    view: &View,
    context: &Context<'_>,
    budget: &mut Budget,
    found: &mut Vec<Hit>,
) -> Result<(), OverBudget> {
    let mut hits = Vec::new();
    scanner.scan_view(view.bytes(), context, budget, &mut hits)?;
    for hit in hits {
        let Some(unit) = view.unit(hit.span.clone()) else { continue };
        let place = base + unit.start as usize..base + unit.end as usize;
        let cut = |at: Option<&u8>| at.is_some_and(|byte| !byte.is_ascii_whitespace());
        let before = base.checked_sub(1).and_then(|at| text.get(at));
        let starts_cut = hit.span.start == 0 && cut(before);
        let ends_cut = hit.span.end == view.len() && cut(text.get(place.end));
        if starts_cut || ends_cut {
            continue;
        }
        let evasion = match unit.marks.evasion() {
            None if !unit.marks.has(Marks::NATURAL) && !hit.context => continue,
            evasion => evasion,
        };
        if is_loose(&hit, unit.marks) {
            continue;
        }
        let loose = unit.marks.has(Marks::LOOSE) && !hit.context;
        let doubt = if evasion.is_some() && (loose || !hit.checksum) { DOUBT } else { 0 };
        let score = hit.score.saturating_sub(doubt);
        found.push(Hit { span: place, score, evasion, ..hit });
    }
    Ok(())
}

/// Tells whether the digits of a hit may as well be of several values.
fn is_loose(hit: &Hit, marks: Marks) -> bool {
    let sure = hit.entity == Entity::CreditCard && hit.score >= SURE;
    marks.has(Marks::LOOSE) && !hit.context && !sure
}

/// Joins what was found in the text as it stands with what was found in it disguised. Of the latter what the former
/// covers is left out; of the former what is but a part of the latter.
fn merged(plain: Vec<Hit>, disguised: Vec<Hit>) -> Vec<Hit> {
    if disguised.is_empty() {
        return plain;
    }
    let mut plain = overlap::settle(plain);
    let mut disguised = overlap::settle(disguised);
    let covers = |outer: &Hit, inner: &Hit| {
        outer.span.start <= inner.span.start && inner.span.end <= outer.span.end
    };
    disguised.retain(|hit| {
        let after = plain.partition_point(|known| known.span.start <= hit.span.start);
        let known = after.checked_sub(1).and_then(|at| plain.get(at));
        !known.is_some_and(|known| {
            covers(known, hit) && (known.entity == hit.entity || known.score >= hit.score)
        })
    });
    plain.retain(|known| {
        let after = disguised.partition_point(|hit| hit.span.start <= known.span.start);
        let hit = after.checked_sub(1).and_then(|at| disguised.get(at));
        let small =
            |hit: &Hit| known.entity == hit.entity || hit.span.len() >= 2 * known.span.len();
        !hit.is_some_and(|hit| covers(hit, known) && small(hit))
    });
    plain.append(&mut disguised);
    plain
}

/// What is read as a value at most.
const VALUE: usize = 4 << 10;

/// Returns a value as everybody who means it would write it: without disguise and, where that says nothing, without
/// separators and case.
#[expect(clippy::wildcard_enum_match_arm, reason = "every other kind is a number")]
pub(crate) fn normal(entity: &Entity, value: &str) -> String {
    let mut read = View::plain(value.as_bytes());
    if value.len() <= VALUE {
        for _ in 0..DEPTH {
            let Some(next) = again(&read, Signs::ALL) else { break };
            read = next;
        }
        read = compacted(&read, Signs::ALL).unwrap_or(read);
    }
    let text = String::from_utf8_lossy(read.bytes());
    match entity {
        Entity::EmailAddress
        | Entity::IpAddress
        | Entity::Url
        | Entity::Domain
        | Entity::Person => text.trim().to_lowercase(),
        Entity::Secret | Entity::Crypto | Entity::Custom(_) | Entity::StreetAddress => {
            text.trim().to_owned()
        }
        Entity::DateOfBirth | Entity::Date => text.trim().to_ascii_uppercase(),
        _ => {
            let plain = text.chars().filter(|char| char.is_alphanumeric());
            plain.map(|char| char.to_ascii_uppercase()).collect()
        }
    }
}
