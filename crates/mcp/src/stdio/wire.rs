//! What is open between the client and the server, and where each message goes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::AbortHandle;

use crate::stdio::frames::Frame;
use crate::{
    Asked, ClientSession, Decider, Forwarded, IdKey, Json, Line, Malformed, Message, NoAnswer,
    Notification, Passage, Proxy, Request, Response, Step, Upstream, Voice, answer,
};

/// How many requests of one side may be open.
const OPEN: usize = 1024;

/// What is open between the client and the server.
#[derive(Debug, Clone)]
pub(super) struct Wire<D: Decider>(Arc<Shared<D>>);

#[derive(Debug)]
struct Shared<D: Decider> {
    proxy: Arc<Proxy>,
    session: Arc<ClientSession<D>>,
    /// Requests of the client; `None` once the server is gone.
    requests: Mutex<Option<HashMap<IdKey, Open<D>>>>,
    /// Requests of the server to the client.
    reverse: Mutex<Option<HashMap<IdKey, Open<D>>>>,
    to_client: Pipe,
    to_server: Pipe,
    of_client: Arc<Asked>,
    of_server: Arc<Asked>,
    gone: watch::Receiver<bool>,
    /// One place for every request that is being decided: all free, none is.
    deciding: Arc<Semaphore>,
}

/// A request that has no answer yet.
#[derive(Debug)]
enum Open<D: Decider> {
    Deciding(Option<AbortHandle>),
    Forwarded(Forwarded<D>),
}

type Table<D> = Mutex<Option<HashMap<IdKey, Open<D>>>>;

/// Where messages are written, until that side is closed.
#[derive(Debug)]
struct Pipe(Mutex<Option<mpsc::Sender<Bytes>>>);

impl Pipe {
    async fn send(&self, message: Bytes) -> Result<(), NoAnswer> {
        let sender = lock(&self.0).clone().ok_or(NoAnswer)?;
        sender.send(message).await.map_err(|_| NoAnswer)
    }

    fn close(&self) {
        *lock(&self.0) = None;
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The server behind the pipes, for requests of the proxy's own.
#[derive(Debug, Clone)]
pub(super) struct Behind<D: Decider>(Wire<D>);

impl<D: Decider> Upstream for Behind<D> {
    async fn ask(&self, method: &str, params: &Value) -> Result<Response, NoAnswer> {
        let shared = &self.0.0;
        let waiting = shared.of_server.wait();
        shared.to_server.send(answer::request(&waiting.id, method, params)).await?;
        waiting.answer().await
    }
}

impl<D: Decider> Wire<D> {
    pub(super) fn new(
        proxy: Arc<Proxy>,
        session: Arc<ClientSession<D>>,
        to_client: mpsc::Sender<Bytes>,
        to_server: mpsc::Sender<Bytes>,
        gone: watch::Receiver<bool>,
    ) -> Self {
        Self(Arc::new(Shared {
            proxy,
            session,
            requests: Mutex::new(Some(HashMap::new())),
            reverse: Mutex::new(Some(HashMap::new())),
            to_client: Pipe(Mutex::new(Some(to_client))),
            to_server: Pipe(Mutex::new(Some(to_server))),
            of_client: Arc::default(),
            of_server: Arc::default(),
            gone,
            deciding: Arc::new(Semaphore::new(2 * OPEN)),
        }))
    }

    /// Takes what the client says.
    pub(super) async fn client_says(&self, frame: Frame) {
        let message = match frame {
            Frame::Line(raw) => Message::from_client(&raw).map_err(|bad| bad.answer(&raw)),
            Frame::TooLong(start) => {
                Err(Malformed::TooLong(self.0.proxy.settings().largest_message).answer(&start))
            }
        };
        match message {
            Ok(Message::Request(request)) => self.client_asks(request).await,
            Ok(Message::Notification(notification)) => self.client_notifies(notification).await,
            Ok(Message::Response(response)) => self.client_answers(response).await,
            Err(answer) => self.tell_client(answer).await,
        }
    }

    /// Takes what the server says. What is no message is dropped: nothing unexamined goes on.
    pub(super) async fn server_says(&self, frame: Frame) {
        let raw = match frame {
            Frame::Line(raw) => raw,
            Frame::TooLong(_) => {
                tracing::warn!("a message of the server is too long, and was dropped");
                return;
            }
        };
        match Message::from_server(&raw) {
            Ok(Message::Request(request)) => self.server_asks(request).await,
            Ok(Message::Notification(notification)) => self.server_notifies(notification).await,
            Ok(Message::Response(response)) => self.server_answers(response).await,
            Err(error) => tracing::warn!(%error, "the server wrote what is no message; dropped"),
        }
    }

    /// Closes the server's input once everything that the client asked before is on its way.
    pub(super) async fn client_ended(&self) {
        let shared = &self.0;
        shared.of_client.end();
        if let Ok(places) = u32::try_from(2 * OPEN) {
            drop(shared.deciding.acquire_many(places).await);
        }
        shared.to_server.close();
    }

    /// Answers every open request, since the server never will.
    pub(super) async fn server_ended(&self) {
        let shared = &self.0;
        shared.of_server.end();
        let requests = lock(&shared.requests).take().unwrap_or_default();
        let reverse = lock(&shared.reverse).take().unwrap_or_default();
        for open in requests.into_values().chain(reverse.into_values()) {
            match open {
                Open::Deciding(Some(deciding)) => deciding.abort(),
                Open::Deciding(None) => {}
                Open::Forwarded(forwarded) => {
                    let answer = shared.proxy.lost(forwarded, "the server ended without an answer");
                    self.tell_client(answer).await;
                }
            }
        }
        shared.to_client.close();
        shared.to_server.close();
    }

    async fn client_asks(&self, request: Request) {
        let shared = &self.0;
        if !self.begin(&shared.requests, &request) || shared.of_server.has(&request) {
            let text = "the id is in use by another open request, or too many are open";
            return self.tell_client(answer::error(&request.id, -32600, text, None)).await;
        }
        let key = request.id.key().clone();
        if Proxy::is_plain(&request) {
            if let Some(line) = self.line() {
                let step = shared.proxy.request(&line, &request).await;
                self.step(step, &key).await;
            }
            return;
        }
        let wire = self.clone();
        let place = Arc::clone(&shared.deciding).try_acquire_owned();
        let deciding = tokio::spawn(async move {
            let _place = place;
            let Some(line) = wire.line() else { return };
            let step = wire.0.proxy.request(&line, &request).await;
            wire.step(step, request.id.key()).await;
        });
        self.deciding(&shared.requests, &key, deciding.abort_handle());
    }

    async fn server_asks(&self, request: Request) {
        let shared = &self.0;
        if !self.begin(&shared.reverse, &request) || shared.of_client.has(&request) {
            let text = "the id is in use by another open request, or too many are open";
            return self.tell_server(answer::error(&request.id, -32600, text, None)).await;
        }
        let key = request.id.key().clone();
        let wire = self.clone();
        let place = Arc::clone(&shared.deciding).try_acquire_owned();
        let deciding = tokio::spawn(async move {
            let _place = place;
            let Some(line) = wire.line() else { return };
            let step = wire.0.proxy.asked(&line, &request).await;
            wire.step_back(step, request.id.key()).await;
        });
        self.deciding(&shared.reverse, &key, deciding.abort_handle());
    }

    /// Does what was decided about a request of the client.
    async fn step(&self, step: Step<D>, key: &IdKey) {
        match step {
            Step::Forward(bytes, forwarded) => {
                if self.forwarded(&self.0.requests, key, forwarded) {
                    self.tell_server(bytes).await;
                }
            }
            Step::Answer(bytes) => {
                if self.end(&self.0.requests, key).is_some() {
                    self.tell_client(bytes).await;
                }
            }
        }
    }

    /// Does what was decided about a request of the server.
    async fn step_back(&self, step: Step<D>, key: &IdKey) {
        match step {
            Step::Forward(bytes, forwarded) => {
                if self.forwarded(&self.0.reverse, key, forwarded) {
                    self.tell_client(bytes).await;
                }
            }
            Step::Answer(bytes) => {
                if self.end(&self.0.reverse, key).is_some() {
                    self.tell_server(bytes).await;
                }
            }
        }
    }

    async fn client_notifies(&self, notification: Notification) {
        let shared = &self.0;
        if &*notification.method == CANCELLED {
            if self.cancel(&shared.requests, &notification) {
                self.tell_server(notification.raw).await;
            }
        } else if shared.proxy.notified(&notification) == Passage::Forward {
            self.tell_server(notification.raw).await;
        }
    }

    async fn server_notifies(&self, notification: Notification) {
        let shared = &self.0;
        if &*notification.method == CANCELLED {
            if self.cancel(&shared.reverse, &notification) {
                self.tell_client(notification.raw).await;
            }
        } else if shared.proxy.notified(&notification) == Passage::Forward {
            self.tell_client(notification.raw).await;
        }
    }

    async fn server_answers(&self, response: Response) {
        let shared = &self.0;
        if *response.id.key() == IdKey::Null {
            return self.tell_client(response.raw).await;
        }
        let Err(response) = shared.of_server.take(response) else { return };
        match self.answers(&shared.requests, &response) {
            Some(forwarded) => {
                let Some(line) = self.line() else { return };
                let bytes = shared.proxy.answered(&line, forwarded, response).await;
                self.tell_client(bytes).await;
            }
            None => tracing::warn!("the server answered what nobody asked; dropped"),
        }
    }

    async fn client_answers(&self, response: Response) {
        let shared = &self.0;
        let Err(response) = shared.of_client.take(response) else { return };
        match self.answers(&shared.reverse, &response) {
            Some(forwarded) => {
                let Some(line) = self.line() else { return };
                let bytes = shared.proxy.answered(&line, forwarded, response).await;
                self.tell_server(bytes).await;
            }
            None => tracing::warn!("the client answered what nobody asked; dropped"),
        }
    }

    /// Notes a request as open; not where its id is in use, or too many are.
    fn begin(&self, table: &Table<D>, request: &Request) -> bool {
        let mut table = lock(table);
        let Some(open) = table.as_mut().filter(|open| open.len() < OPEN) else { return false };
        match open.entry(request.id.key().clone()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(Open::Deciding(None));
                true
            }
        }
    }

    fn deciding(&self, table: &Table<D>, key: &IdKey, deciding: AbortHandle) {
        if let Some(Open::Deciding(handle)) =
            lock(table).as_mut().and_then(|open| open.get_mut(key))
        {
            *handle = Some(deciding);
        }
    }

    /// Notes that a request goes on; not where it was cancelled meanwhile, or the server is gone.
    fn forwarded(&self, table: &Table<D>, key: &IdKey, forwarded: Forwarded<D>) -> bool {
        match lock(table).as_mut().and_then(|open| open.get_mut(key)) {
            Some(open) => {
                *open = Open::Forwarded(forwarded);
                true
            }
            None => false,
        }
    }

    fn end(&self, table: &Table<D>, key: &IdKey) -> Option<Open<D>> {
        lock(table).as_mut()?.remove(key)
    }

    /// Takes the request that a response answers; none that did not go on.
    fn answers(&self, table: &Table<D>, response: &Response) -> Option<Forwarded<D>> {
        let mut table = lock(table);
        match table.as_mut()?.entry(response.id.key().clone()) {
            Entry::Occupied(open) if matches!(open.get(), Open::Forwarded(_)) => {
                match open.remove() {
                    Open::Forwarded(forwarded) => Some(forwarded),
                    Open::Deciding(_) => None,
                }
            }
            Entry::Occupied(_) | Entry::Vacant(_) => None,
        }
    }

    /// Takes a request back; tells whether the other side has it.
    fn cancel(&self, table: &Table<D>, notification: &Notification) -> bool {
        let key = notification.params.as_ref().and_then(|params| params.member("requestId"));
        let Some(key) = key.as_ref().and_then(Json::id) else { return false };
        match self.end(table, &key) {
            Some(Open::Forwarded(_)) => true,
            Some(Open::Deciding(deciding)) => {
                if let Some(deciding) = deciding {
                    deciding.abort();
                }
                false
            }
            None => false,
        }
    }

    fn line(&self) -> Option<Line<D, Behind<D>>> {
        let out = lock(&self.0.to_client.0).clone()?;
        let voice = Voice::new(out, Arc::clone(&self.0.of_client), self.0.gone.clone());
        let session = Arc::clone(&self.0.session);
        Some(Line { session, voice, upstream: Behind(self.clone()) })
    }

    /// Who is gone needs no answer.
    async fn tell_client(&self, message: Bytes) {
        drop(self.0.to_client.send(message).await);
    }

    async fn tell_server(&self, message: Bytes) {
        drop(self.0.to_server.send(message).await);
    }
}

const CANCELLED: &str = "notifications/cancelled";
