//! Phrases: the index finds the events that have all the words, and their parts tell in which order.

use crate::query::{Page, Query};
use crate::read::{ReadError, Stored};
use crate::tokens::texts;
use crate::words::Search;

/// How many events are asked for at once.
const AT_ONCE: usize = 100;

/// How many events are read for one page; what is found by then is the page, and more may follow.
const MOST_READ: usize = 1000;

/// Lists the events of `query` that have the phrases of `search`, reading those that have its words.
pub(crate) fn events(
    query: &Query,
    search: &Search,
    page: impl Fn(&Query) -> Result<Page, ReadError>,
    read: impl Fn(u64) -> Result<Stored, ReadError>,
) -> Result<Page, ReadError> {
    let mut rows = Vec::new();
    let mut count = 0;
    let mut asked = Query { limit: AT_ONCE, ..query.clone() };
    loop {
        let Page { rows: candidates, next, indexed_through } = page(&asked)?;
        let last = candidates.last().map(|row| row.decision);
        for row in candidates {
            count += 1;
            let here = row.decision;
            if search.is_in(texts(&read(here)?.parts).iter().map(String::as_str)) {
                rows.push(row);
            }
            let full = rows.len() >= query.limit || count >= MOST_READ;
            if full && (next.is_some() || last != Some(here)) {
                return Ok(Page { rows, next: Some(here), indexed_through });
            }
        }
        if next.is_none() {
            return Ok(Page { rows, next: None, indexed_through });
        }
        asked.cursor = next;
    }
}
