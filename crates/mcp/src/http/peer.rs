//! One client and what is under way with it: a session of it, or everything outside of sessions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::mirrors::Mirrors;
use crate::{Asked, ClientSession, Daemon, Forwarded, IdKey};

/// How much may be open, of each kind.
const OPEN: usize = 1024;
/// For how long the tools that a server showed are taken for those it has.
const FRESH_FOR: Duration = Duration::from_secs(60);

/// One client and what is under way with it.
#[derive(Debug)]
pub(crate) struct Peer {
    /// What it said of itself, and who decides for it.
    pub(crate) session: Arc<ClientSession<Daemon>>,
    /// What the proxy itself asked it.
    pub(crate) asked: Arc<Asked>,
    /// Which headers repeat arguments of the tools that it was shown.
    pub(crate) mirrors: Mirrors,
    /// When its tools were last taken for fresh.
    fresh: Mutex<Instant>,
    /// In a session an id is open once; outside, several clients may share the key and count from one.
    in_session: bool,
    open: Mutex<HashMap<IdKey, Vec<Asking>>>,
    last: AtomicU64,
    /// Requests of the server that the client has not answered.
    of_server: Mutex<HashMap<IdKey, Forwarded<Daemon>>>,
    /// Requests of the client whose stream broke off, and may be taken up again.
    left: Mutex<HashMap<IdKey, Forwarded<Daemon>>>,
}

/// How far a request of the client has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Deciding,
    Forwarded,
    Cancelled,
}

/// One of the requests that are open under an id.
#[derive(Debug)]
struct Asking {
    number: u64,
    stage: watch::Sender<Stage>,
}

/// A request of the client that is open; dropped, it is not any more.
#[derive(Debug)]
pub(crate) struct Open {
    peer: Arc<Peer>,
    id: IdKey,
    number: u64,
    stage: watch::Receiver<Stage>,
}

impl Peer {
    /// Meets the client with this key, by its hash.
    pub(crate) fn new(decider: Daemon, key: &[u8; 32], in_session: bool) -> Self {
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        Self {
            session: Arc::new(ClientSession::new(decider).known_as(key)),
            asked: Arc::default(),
            mirrors: Mirrors::default(),
            fresh: Mutex::new(Instant::now()),
            in_session,
            open: Mutex::default(),
            last: AtomicU64::new(0),
            of_server: Mutex::default(),
            left: Mutex::default(),
        }
    }

    /// Has the tools asked for anew once they are no longer fresh: over HTTP nobody need say that they changed.
    pub(crate) fn refresh(&self) {
        let mut fresh = lock(&self.fresh);
        if fresh.elapsed() > FRESH_FOR {
            *fresh = Instant::now();
            self.session.tools.forget();
        }
    }

    /// Opens a request; not where its id is in use, or too many are open.
    pub(crate) fn open(self: &Arc<Self>, id: &IdKey) -> Option<Open> {
        let mut open = lock(&self.open);
        if open.len() >= OPEN {
            return None;
        }
        let same = open.entry(id.clone()).or_default();
        if (self.in_session && !same.is_empty()) || same.len() >= OPEN {
            return None;
        }
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let (sender, stage) = watch::channel(Stage::Deciding);
        same.push(Asking { number, stage: sender });
        drop(open);
        Some(Open { peer: Arc::clone(self), id: id.clone(), number, stage })
    }

    /// Takes a request back; tells whether the server may have it, and so must be told.
    pub(crate) fn cancel(&self, id: &IdKey) -> bool {
        let open = lock(&self.open);
        match open.get(id).map(Vec::as_slice) {
            Some([only]) => !only.turn(Stage::Cancelled),
            // Which of several clients takes its own back is not known.
            Some(_) => false,
            None => lock(&self.left).contains_key(id),
        }
    }

    /// Notes a request of the server that went to the client.
    pub(crate) fn server_asks(&self, id: IdKey, forwarded: Forwarded<Daemon>) {
        let mut table = lock(&self.of_server);
        if table.len() < OPEN {
            table.insert(id, forwarded);
        }
    }

    /// Takes the request of the server that the client answers.
    pub(crate) fn server_asked(&self, id: &IdKey) -> Option<Forwarded<Daemon>> {
        lock(&self.of_server).remove(id)
    }

    /// Keeps a request whose stream broke off.
    pub(crate) fn leave(&self, id: IdKey, forwarded: Forwarded<Daemon>) {
        let mut table = lock(&self.left);
        if table.len() < OPEN {
            table.insert(id, forwarded);
        }
    }

    /// Takes a request up again, whose answer came on another stream.
    pub(crate) fn take_up(&self, id: &IdKey) -> Option<Forwarded<Daemon>> {
        lock(&self.left).remove(id)
    }
}

impl Open {
    /// Waits until the client takes it back, before it went on.
    pub(crate) async fn cancelled(&mut self) {
        if self.stage.wait_for(|stage| *stage == Stage::Cancelled).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Notes that it goes on; not where it was taken back meanwhile.
    pub(crate) fn goes_on(&self) -> bool {
        let open = lock(&self.peer.open);
        let same = open.get(&self.id).into_iter().flatten();
        same.filter(|asking| asking.number == self.number)
            .any(|asking| asking.turn(Stage::Forwarded))
    }
}

impl Asking {
    /// Ends the deciding; tells whether it had not ended before.
    fn turn(&self, to: Stage) -> bool {
        self.stage.send_if_modified(|stage| {
            let decides = *stage == Stage::Deciding;
            if decides {
                *stage = to;
            }
            decides
        })
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        let mut open = lock(&self.peer.open);
        if let Some(same) = open.get_mut(&self.id) {
            same.retain(|asking| asking.number != self.number);
            if same.is_empty() {
                open.remove(&self.id);
            }
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
