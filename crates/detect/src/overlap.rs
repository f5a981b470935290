//! Of hits that overlap, one stays.

use std::cmp::Reverse;

use crate::hit::Hit;

/// Puts hits in order and keeps, of those that overlap, the surest, then the longest.
pub(crate) fn settle(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.sort_by_key(|hit| (hit.span.start, Reverse(hit.span.end)));
    let mut kept: Vec<Hit> = Vec::with_capacity(hits.len());
    for hit in hits {
        match kept.last_mut() {
            Some(last) if last.span.end > hit.span.start => {
                if (hit.score, hit.span.len()) > (last.score, last.span.len()) {
                    *last = hit;
                }
            }
            _ => kept.push(hit),
        }
    }
    kept
}
