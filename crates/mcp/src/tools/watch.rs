//! Telling a client that a tool it was not shown may be used now.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::json;
use tokio::task::AbortHandle;

use crate::decider::Decider;
use crate::ladder::look;
use crate::line::{Line, Upstream};
use crate::message::Request;
use crate::proxy::Proxy;
use crate::session::Era;

/// How many requests for approval are watched at once.
const MOST: usize = 64;
/// How long one question after the end of a request waits.
const EACH: Duration = Duration::from_secs(30);

/// The requests for approval of changed tools whose end somebody waits for.
#[derive(Debug, Default)]
pub(crate) struct Watches(Arc<Mutex<Watched>>);

#[derive(Debug, Default)]
struct Watched {
    approvals: HashSet<String>,
    watching: Vec<AbortHandle>,
}

impl Watches {
    /// Ends every watch.
    pub(crate) fn end(&self) {
        for watching in lock(&self.0).watching.drain(..) {
            watching.abort();
        }
    }
}

impl Proxy {
    /// Has the client told once people accepted a change. Without it, it finds out by asking again.
    pub(super) fn watch<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        approvals: Vec<String>,
    ) {
        let speaker = line.session.speaker(request);
        // From 2026-07-28 on only who subscribed is told, and before it nobody who has not said hello.
        let told = speaker.era == Era::Legacy && !speaker.revision.is_empty();
        for approval in approvals {
            let mut watched = lock(&self.watches.0);
            watched.watching.retain(|watching| !watching.is_finished());
            let full = watched.watching.len() >= MOST;
            if full || !watched.approvals.insert(approval.clone()) {
                continue;
            }
            let (decider, voice) = (line.session.decider.clone(), line.voice.faint());
            let (session, all) = (Arc::downgrade(&line.session), Arc::clone(&self.watches.0));
            let watching = tokio::spawn(async move {
                let accepted = is_accepted(&decider, &approval).await;
                lock(&all).approvals.remove(&approval);
                let Some(session) = session.upgrade().filter(|_| accepted) else { return };
                session.tools.forget();
                if told {
                    voice.notify("notifications/tools/list_changed", &json!({})).await;
                }
            });
            watched.watching.push(watching.abort_handle());
        }
    }
}

async fn is_accepted<D: Decider>(decider: &D, approval: &str) -> bool {
    loop {
        match look(decider, approval, EACH).await {
            Ok(hint) if hint.status == "pending" => {}
            Ok(hint) => return hint.status == "approved",
            Err(_) => return false,
        }
    }
}

fn lock(watched: &Mutex<Watched>) -> MutexGuard<'_, Watched> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}
