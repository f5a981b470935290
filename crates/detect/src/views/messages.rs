//! What begins in a message, or in several, and ends in this one.

use super::sign;
use super::view::{Marks, Unit, View};
use super::{again, compacted, is_loose};
use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Context, Evasion, OverBudget, Scanner, Tail, overlap};

/// How much of a text may end what began before.
const HEAD: usize = 256;
/// Fewer letters and digits on one side are chance.
const SIDE: usize = 2;

/// Finds what the ends of what was sent before and the beginning of `text` hold together, where `known`, which is
/// settled, does not cover it.
pub(crate) fn across(
    scanner: &Scanner,
    tail: &Tail,
    text: &str,
    context: &Context<'_>,
    budget: &mut Budget,
    known: &[Hit],
) -> Result<Vec<Hit>, OverBudget> {
    let head = text.get(..text.floor_char_boundary(HEAD)).unwrap_or_default();
    if tail.messages() == 0 || head.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for between in ["", " "] {
        let plain = joined(tail, between, head);
        let read = again(&plain, sign::all(plain.bytes()));
        let compact = {
            let read = read.as_ref().unwrap_or(&plain);
            compacted(read, sign::all(read.bytes()))
        };
        for view in [Some(&plain), read.as_ref(), compact.as_ref()].into_iter().flatten() {
            let joined = Joined { view, tail, cut: head.len() < text.len(), known };
            joined.search(scanner, context, budget, &mut found)?;
        }
    }
    Ok(overlap::settle(found))
}

/// Puts the ends of what was sent before the beginning of what is. A byte of the former says of which message it is:
/// where that begins is how many were sent since.
fn joined(tail: &Tail, between: &str, head: &str) -> View {
    let rest = head.trim_ascii_start();
    let mut view = View::with_capacity(Tail::LENGTH + rest.len());
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    for (nth, part) in tail.parts().enumerate() {
        let back = Unit { start: offset(tail.messages() - nth), end: 0, marks: Marks::PLAIN };
        view.push_all(part.trim_ascii().as_bytes(), back);
        view.push_all(between.as_bytes(), back);
    }
    for (at, byte) in head.bytes().enumerate().skip(head.len() - rest.len()) {
        view.push(byte, Unit { start: offset(at), end: offset(at + 1), marks: Marks::PLAIN });
    }
    view
}

/// Messages in a row, read in one way.
struct Joined<'a> {
    view: &'a View,
    tail: &'a Tail,
    /// The text goes on.
    cut: bool,
    /// What is in the text by itself.
    known: &'a [Hit],
}

impl Joined<'_> {
    /// Finds what begins before the text and ends in it.
    fn search(
        &self,
        scanner: &Scanner,
        context: &Context<'_>,
        budget: &mut Budget,
        found: &mut Vec<Hit>,
    ) -> Result<(), OverBudget> {
        let view = self.view;
        let Some(junction) = (0..view.len()).find(|at| self.is_of_text(*at)) else {
            return Ok(());
        };
        let mut hits = Vec::new();
        budget.spend(view.len())?;
        scanner.scan_view(view.bytes(), context, budget, &mut hits)?;
        hits.retain(|hit| self.continues(hit, junction));
        if hits.is_empty() {
            return Ok(());
        }
        let mut whole = Vec::new();
        let before = view.bytes().get(..junction).unwrap_or_default();
        budget.spend(before.len())?;
        scanner.scan_view(before, context, budget, &mut whole)?;
        // It was there already, and was sent: what comes after it is no part of it.
        hits.retain(|hit| {
            !whole.iter().any(|w| w.entity == hit.entity && hit.span.start < w.span.end)
        });
        found.extend(hits.into_iter().filter_map(|hit| self.placed(hit, junction)));
        Ok(())
    }

    fn is_of_text(&self, at: usize) -> bool {
        self.view.unit(at..at + 1).is_some_and(|unit| unit.end > 0)
    }

    /// Tells whether enough of a hit is on either side.
    fn continues(&self, hit: &Hit, junction: usize) -> bool {
        let count = |from: usize, to: usize| {
            let side = self.view.bytes().get(from..to).unwrap_or_default();
            side.iter().filter(|byte| byte.is_ascii_alphanumeric()).count()
        };
        hit.span.start < junction
            && hit.span.end > junction
            && count(hit.span.start, junction) >= SIDE
            && count(junction, hit.span.end) >= SIDE
    }

    /// Gives a hit its place in the text.
    fn placed(&self, hit: Hit, junction: usize) -> Option<Hit> {
        let unit = self.view.unit(junction..hit.span.end)?;
        let first = self.view.unit(hit.span.start..hit.span.start + 1)?;
        let whole = self.view.unit(hit.span.clone())?;
        let span = unit.start as usize..unit.end as usize;
        let covered = self.known.iter().any(|k| k.span.start < span.end && span.start < k.span.end);
        // Cut at the end of the beginning, or told by nothing but digits that may be of several values.
        let cut = hit.span.end == self.view.len() && self.cut;
        let sure = hit.checksum || hit.context || hit.score >= 80;
        if covered || cut || !sure || is_loose(&hit, whole.marks) {
            return None;
        }
        let score = hit.score.saturating_sub(if hit.checksum { 0 } else { 10 });
        let back = (first.start as usize).min(self.tail.messages());
        Some(Hit { span, score, evasion: Some(Evasion::Messages), back, ..hit })
    }
}
