//! Where a notifier begins.

use syndic_ledger::PartName;
use syndic_model::{ApprovalStatus, Clock};
use syndic_store::{ApprovalQuery, ReadError, Store, Stored};

use crate::book::Book;
use crate::cursor::{Cursor, CursorFile};
use crate::follow::{Reader, Stopped};
use crate::in_force::InForce;
use crate::matter::Matter;

/// How many requests are read at once where there is no cursor.
const PAGE: usize = 500;

/// Reads the cursor, or begins at the end of the ledger with the requests that wait.
pub(crate) async fn begin(
    reader: &Reader,
    file: &CursorFile,
    in_force: &InForce,
    clock: &dyn Clock,
) -> Option<Cursor<Vec<Matter>>> {
    let file = file.clone();
    let found = reader.reading(move |store| {
        let cursor = file.read::<Vec<Matter>>();
        // A ledger that is shorter than what was read of it is another one.
        let there = store.first_index()..=store.durable_index();
        if let Some(cursor) = cursor.filter(|cursor| there.contains(&cursor.next_index)) {
            return Ok((cursor, Vec::new()));
        }
        let next_index = store.durable_index();
        Ok((Cursor::new(next_index, Vec::new()), pending(store)?))
    });
    let (cursor, pending) = match found.await {
        Ok(found) => found,
        Err(Stopped::Closed) => return None,
        Err(Stopped::Unreadable(error)) => {
            tracing::error!(%error, "requests that wait already cannot be read; nobody is told of them");
            (Cursor::new(reader.store()?.durable_index(), Vec::new()), Vec::new())
        }
    };
    let mut book = Book::default();
    for stored in pending {
        let acting = acting(&stored, in_force);
        book.take(&stored.leaf, acting, in_force, clock.now());
    }
    let Cursor { next_index, mut state, .. } = cursor;
    state.extend(book.matters.into_values());
    Some(Cursor::new(next_index, state))
}

/// Reads the decisions that opened the requests that wait now.
fn pending(store: &Store) -> Result<Vec<Stored>, ReadError> {
    let mut query = ApprovalQuery {
        status: Some(ApprovalStatus::Pending),
        limit: PAGE,
        ..ApprovalQuery::default()
    };
    let mut pending = Vec::new();
    loop {
        let page = store.approvals(&query)?;
        for row in page.rows {
            pending.push(store.read(row.opened)?);
        }
        query.cursor = page.next;
        if query.cursor.is_none() {
            return Ok(pending);
        }
    }
}

/// Finds the person that the agent of a decision acts for.
pub(crate) fn acting(stored: &Stored, in_force: &InForce) -> Option<String> {
    let text = stored.parts.get(&PartName::User)?.text()?;
    let user: String = serde_json::from_str(text).ok()?;
    in_force.approvers.known_as(&user).map(|person| person.id.to_string())
}
