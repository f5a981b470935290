//! What begins in one message and ends in the next.

use super::view::{Marks, Unit, View};
use crate::hit::Hit;
use crate::limits::Budget;
use crate::{Context, Evasion, OverBudget, Scanner, Tail, overlap};

/// How much of a text may end what began before.
const HEAD: usize = 256;
/// Fewer letters and digits on one side are chance.
const SIDE: usize = 2;

/// Finds what the end of what was sent before and the beginning of `text` hold together, where `known`, which is
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
    if tail.text.is_empty() || head.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let before = tail.text.trim_ascii_end();
    let mut whole = Vec::new();
    budget.spend(before.len())?;
    scanner.scan_view(before.as_bytes(), context, budget, &mut whole)?;
    let mut found = Vec::new();
    for between in ["", " "] {
        let view = joined(&tail.text, between, head);
        let junction = view.len() - head.trim_ascii_start().len();
        budget.spend(view.len())?;
        let mut hits = Vec::new();
        scanner.scan_view(view.bytes(), context, budget, &mut hits)?;
        found.extend(hits.into_iter().filter_map(|hit| {
            let unit = view.unit(junction.max(hit.span.start)..hit.span.end)?;
            let span = unit.start as usize..unit.end as usize;
            let covered = known.iter().any(|k| k.span.start < span.end && span.start < k.span.end);
            // Cut at the end of the beginning, or at the beginning of the end.
            let cut = hit.span.end == view.len() && head.len() < text.len();
            // It was there already, and was sent: what comes after it is no part of it.
            let sent = whole.iter().any(|w| w.entity == hit.entity && hit.span.start < w.span.end);
            if covered || cut || sent || !continues(view.bytes(), &hit, junction) {
                return None;
            }
            let sure = hit.checksum || hit.context || hit.score >= 80;
            let score = hit.score.saturating_sub(if hit.checksum { 0 } else { 10 });
            sure.then_some(Hit { span, score, evasion: Some(Evasion::Messages), ..hit })
        }));
    }
    Ok(overlap::settle(found))
}

/// Puts the end of what was sent before the beginning of what is.
fn joined(tail: &str, between: &str, head: &str) -> View {
    let tail = tail.trim_ascii_end();
    let rest = head.trim_ascii_start();
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let before = Unit { start: 0, end: 0, marks: Marks::PLAIN };
    let mut view = View::with_capacity(tail.len() + between.len() + rest.len());
    view.push_all(tail.as_bytes(), before);
    view.push_all(between.as_bytes(), before);
    for (at, byte) in head.bytes().enumerate().skip(head.len() - rest.len()) {
        view.push(byte, Unit { start: offset(at), end: offset(at + 1), marks: Marks::PLAIN });
    }
    view
}

/// Tells whether enough of a hit is on either side.
fn continues(view: &[u8], hit: &Hit, junction: usize) -> bool {
    let count = |from: usize, to: usize| {
        let side = view.get(from..to).unwrap_or_default();
        side.iter().filter(|byte| byte.is_ascii_alphanumeric()).count()
    };
    hit.span.start < junction
        && hit.span.end > junction
        && count(hit.span.start, junction) >= SIDE
        && count(junction, hit.span.end) >= SIDE
}
