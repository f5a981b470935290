//! What connects the core with a transport: the client's side, and the server's.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::{Value, json};
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};

use crate::answer;
use crate::decider::Decider;
use crate::id::{Id, IdKey};
use crate::message::{Request, Response};
use crate::session::ClientSession;

/// A client on one side and its server on the other, while one message is handled.
#[derive(Debug)]
pub struct Line<D: Decider, U> {
    /// The client.
    pub session: Arc<ClientSession<D>>,
    /// How to speak to it meanwhile.
    pub voice: Voice,
    /// How to ask the server.
    pub upstream: U,
}

impl<D: Decider, U: Clone> Clone for Line<D, U> {
    fn clone(&self) -> Self {
        Self {
            session: Arc::clone(&self.session),
            voice: self.voice.clone(),
            upstream: self.upstream.clone(),
        }
    }
}

/// The server, for requests of the proxy's own.
pub trait Upstream: Clone + Send + Sync + 'static {
    /// Sends a request and waits for its response. The id is the transport's to choose.
    fn ask(
        &self,
        method: &str,
        params: &Value,
    ) -> impl Future<Output = Result<Response, NoAnswer>> + Send;
}

/// The client, while a request of it waits: over stdio its input, over HTTP the stream that answers the request.
#[derive(Debug, Clone)]
pub struct Voice {
    out: mpsc::Sender<Bytes>,
    asked: Arc<Asked>,
    gone: watch::Receiver<bool>,
}

/// Nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the other side is gone")]
pub struct NoAnswer;

impl Voice {
    /// Speaks into `out`; answers come by way of `asked`, and `gone` tells when no more come.
    #[must_use]
    pub const fn new(
        out: mpsc::Sender<Bytes>,
        asked: Arc<Asked>,
        gone: watch::Receiver<bool>,
    ) -> Self {
        Self { out, asked, gone }
    }

    /// Tells whether the client will say nothing more.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        *self.gone.borrow() || self.gone.has_changed().is_err()
    }

    /// Waits until the client will say nothing more.
    pub async fn gone(&self) {
        // An error means that the transport is gone, and the client with it.
        drop(self.gone.clone().wait_for(|gone| *gone).await);
    }

    /// Returns a voice that is heard only as long as the client is there, and keeps nothing open.
    pub(crate) fn faint(&self) -> FaintVoice {
        FaintVoice(self.out.downgrade())
    }

    /// Sends a notification.
    ///
    /// # Errors
    /// When the client is gone.
    pub async fn notify(&self, method: &str, params: &Value) -> Result<(), NoAnswer> {
        self.out.send(answer::notification(method, params)).await.map_err(|_| NoAnswer)
    }

    /// Asks the client something, as a server may until 2025-11-25. Dropping it gives the answer up.
    ///
    /// # Errors
    /// When the client is gone.
    pub async fn ask(&self, method: &str, params: &Value) -> Result<Response, NoAnswer> {
        let waiting = self.asked.wait();
        self.out.send(answer::request(&waiting.id, method, params)).await.map_err(|_| NoAnswer)?;
        let mut question = Question { voice: self, id: Some(waiting.id.clone()) };
        let answer = waiting.answer().await;
        question.id = None;
        answer
    }
}

/// See [`Voice::faint`].
#[derive(Debug)]
pub(crate) struct FaintVoice(mpsc::WeakSender<Bytes>);

impl FaintVoice {
    /// Sends a notification, where anybody still listens.
    pub(crate) async fn notify(&self, method: &str, params: &Value) {
        if let Some(out) = self.0.upgrade() {
            drop(out.send(answer::notification(method, params)).await);
        }
    }
}

/// A question to the client; dropped before its answer came, the client is told that nobody waits for it.
struct Question<'a> {
    voice: &'a Voice,
    id: Option<Id>,
}

impl Drop for Question<'_> {
    fn drop(&mut self) {
        let Some(id) = self.id.take() else { return };
        let id: Value = serde_json::from_str(id.text()).unwrap_or_default();
        let notification =
            answer::notification("notifications/cancelled", &json!({"requestId": id}));
        // Where there is no room for it, the client learns by the answer to its request.
        drop(self.voice.out.try_send(notification));
    }
}

/// Requests of the proxy's own that wait for an answer from one side.
#[derive(Debug)]
pub struct Asked {
    waiting: Mutex<HashMap<IdKey, oneshot::Sender<Response>>>,
    last: AtomicU64,
    /// Makes ids that nobody else chooses: the answer to another's request would be taken for ours.
    mark: u64,
}

impl Default for Asked {
    fn default() -> Self {
        let mark = RandomState::new().build_hasher().finish();
        Self { waiting: Mutex::default(), last: AtomicU64::default(), mark }
    }
}

/// A request of the proxy's own; dropped, nobody waits for its answer any more.
#[derive(Debug)]
pub struct Waiting<'a> {
    /// The id to send it with.
    pub id: Id,
    answer: Option<oneshot::Receiver<Response>>,
    asked: &'a Asked,
}

impl Asked {
    /// Prepares to wait for an answer.
    pub fn wait(&self) -> Waiting<'_> {
        let number = self.last.fetch_add(1, Ordering::Relaxed);
        let id = Id::own(&format!("syndic-{:016x}-{number}", self.mark));
        let (send, answer) = oneshot::channel();
        self.waiting().insert(id.key().clone(), send);
        Waiting { id, answer: Some(answer), asked: self }
    }

    /// Takes a response that answers one of these requests; gives any other back.
    ///
    /// # Errors
    /// The response, where it is somebody else's.
    pub fn take(&self, response: Response) -> Result<(), Response> {
        match self.waiting().remove(response.id.key()) {
            Some(waiting) => {
                drop(waiting.send(response));
                Ok(())
            }
            None => Err(response),
        }
    }

    /// Tells whether the other side may not use the id of this request, since it is one of ours.
    #[must_use]
    pub fn has(&self, request: &Request) -> bool {
        self.waiting().contains_key(request.id.key())
    }

    /// Gives up every wait, since the other side is gone.
    pub fn end(&self) {
        self.waiting().clear();
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<IdKey, oneshot::Sender<Response>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting<'_> {
    /// Waits.
    ///
    /// # Errors
    /// When the other side is gone.
    pub async fn answer(mut self) -> Result<Response, NoAnswer> {
        match self.answer.take() {
            Some(answer) => answer.await.map_err(|_| NoAnswer),
            None => Err(NoAnswer),
        }
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.asked.waiting().remove(self.id.key());
    }
}
