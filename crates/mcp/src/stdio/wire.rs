//! What is open between the client and the server, and where each message goes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use crate::background::Background;
use crate::part::id_of_part;
use crate::stdio::frames::Frame;
use crate::{
    Asked, ClientSession, Decider, Forwarded, Id, IdKey, Json, Line, Malformed, Message, NoAnswer,
    Notification, Passage, Proxy, Request, Response, Step, Upstream, Voice, answer,
};

/// How many requests of one side may be open.
const OPEN: usize = 1024;

/// How long answers of a server that has ended may take.
const LAST_ANSWERS: Duration = Duration::from_secs(5);

const CANCELLED: &str = "notifications/cancelled";

/// What is open between the client and the server.
#[derive(Debug)]
pub(super) struct Wire<D: Decider>(Arc<Shared<D>>);

#[derive(Debug)]
struct Shared<D: Decider> {
    proxy: Arc<Proxy>,
    session: Arc<ClientSession<D>>,
    client: End<D>,
    server: End<D>,
    gone: watch::Receiver<bool>,
    under_way: Background,
}

/// One of the two that speak with each other.
#[derive(Debug)]
struct End<D: Decider> {
    /// Its requests that have no answer yet; `None` once the server is gone.
    requests: Mutex<Option<HashMap<IdKey, Open<D>>>>,
    /// Where it is told something, until it is closed.
    out: Mutex<Option<mpsc::Sender<Bytes>>>,
    /// What the proxy asks it.
    asked: Arc<Asked>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Client,
    Server,
}

/// A request that has no answer yet.
#[derive(Debug)]
enum Open<D: Decider> {
    Deciding(Option<JoinHandle<()>>),
    Forwarded(Forwarded<D>),
}

/// The server behind the pipes, for requests of the proxy's own.
#[derive(Debug)]
pub(super) struct Behind<D: Decider>(Wire<D>);

impl<D: Decider> Clone for Wire<D> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<D: Decider> Clone for Behind<D> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<D: Decider> Upstream for Behind<D> {
    async fn ask(&self, method: &str, params: &Value) -> Result<Response, NoAnswer> {
        let waiting = self.0.0.server.asked.wait();
        self.0.tell(Side::Server, answer::request(&waiting.id, method, params)).await?;
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
        let (client, server) = (End::new(to_client), End::new(to_server));
        let under_way = Background::at_most(4 * OPEN);
        Self(Arc::new(Shared { proxy, session, client, server, gone, under_way }))
    }

    /// Takes what the client says.
    pub(super) async fn client_says(&self, frame: Frame) {
        let message = match frame {
            Frame::Line(raw) => Message::from_client(&raw).map_err(|bad| bad.answer(&raw)),
            Frame::TooLong(start, end) => {
                let id = id_of_part(&start, &end).unwrap_or_else(Id::null);
                let longest = self.0.proxy.settings().largest_message;
                let text = Malformed::TooLong(longest).to_string();
                Err(answer::error(&id, -32600, &text, None))
            }
        };
        match message {
            Ok(message) => self.says(Side::Client, message).await,
            Err(answer) => self.say(Side::Client, answer).await,
        }
    }

    /// Takes what the server says. What is no message is dropped: nothing unexamined goes on.
    pub(super) async fn server_says(&self, frame: Frame) {
        let raw = match frame {
            Frame::Line(raw) => raw,
            Frame::TooLong(start, end) => return self.drop_answer(&start, &end).await,
        };
        match Message::from_server(&raw) {
            Ok(message) => self.says(Side::Server, message).await,
            Err(error) => tracing::warn!(%error, "the server wrote what is no message; dropped"),
        }
    }

    /// Answers the request whose response is longer than is taken.
    async fn drop_answer(&self, start: &Bytes, end: &Bytes) {
        let longest = self.0.proxy.settings().largest_message;
        tracing::warn!("a message of the server is longer than {longest} bytes; dropped");
        let id = id_of_part(start, end);
        if let Some(forwarded) = id.and_then(|id| self.0.client.take_forwarded(id.key())) {
            let why = format!("the server's answer is longer than {longest} bytes");
            self.say(Side::Client, self.0.proxy.lost(forwarded, &why)).await;
        }
    }

    /// Closes the server's input once everything that the client asked before is on its way.
    pub(super) async fn client_ended(&self) {
        let shared = &self.0;
        shared.client.asked.end();
        shared.proxy.left(&shared.session);
        shared.under_way.none().await;
        shared.server.close();
    }

    /// Answers every open request, since the server never will.
    pub(super) async fn server_ended(&self) {
        let shared = &self.0;
        shared.server.close();
        shared.server.asked.end();
        for open in shared.server.take_all().into_iter().chain(shared.client.take_all()) {
            match open {
                Open::Deciding(Some(deciding)) => deciding.abort(),
                Open::Deciding(None) => {}
                Open::Forwarded(forwarded) => {
                    let answer = shared.proxy.lost(forwarded, "the server ended without an answer");
                    self.say(Side::Client, answer).await;
                }
            }
        }
        // What the server answered last may still be looked at.
        shared.under_way.finish(LAST_ANSWERS).await;
        shared.client.close();
    }

    async fn says(&self, side: Side, message: Message) {
        match message {
            Message::Request(request) => self.asks(side, request).await,
            Message::Notification(notification) => self.notifies(side, notification).await,
            Message::Response(response) => self.answers(side, response).await,
        }
    }

    async fn asks(&self, side: Side, request: Request) {
        let shared = &self.0;
        if self.end(side.other()).asked.has(&request) || !self.end(side).begin(&request) {
            let text = "the id is in use by another open request, or too many are open";
            return self.say(side, answer::error(&request.id, -32600, text, None)).await;
        }
        let key = request.id.key().clone();
        let Some(line) = self.line() else { return };
        if side == Side::Client && Proxy::is_plain(&request) {
            let step = shared.proxy.request(&line, &request).await;
            return self.follow(side, step, &key).await;
        }
        let wire = self.clone();
        let deciding = self.0.under_way.start("a message", async move {
            let step = match side {
                Side::Client => wire.0.proxy.request(&line, &request).await,
                Side::Server => wire.0.proxy.asked(&line, &request).await,
            };
            wire.follow(side, step, request.id.key()).await;
        });
        match deciding {
            Some(deciding) => self.end(side).deciding(&key, deciding),
            None => drop(self.end(side).take(&key)),
        }
    }

    /// Does what was decided about a request of `side`.
    async fn follow(&self, side: Side, step: Step<D>, key: &IdKey) {
        match step {
            Step::Forward(bytes, forwarded) => {
                if self.end(side).forwarded(key, forwarded) {
                    self.say(side.other(), bytes).await;
                }
            }
            Step::Answer(bytes) => {
                if self.end(side).take(key).is_some() {
                    self.say(side, bytes).await;
                }
            }
        }
    }

    async fn notifies(&self, side: Side, notification: Notification) {
        if &*notification.method == CANCELLED {
            if self.end(side).cancel(&notification) {
                self.say(side.other(), notification.raw).await;
            }
            return;
        }
        let Some(line) = self.line() else { return };
        let wire = self.clone();
        let known = Proxy::knows(&notification);
        let passes = async move {
            if wire.0.proxy.notified(&line, &notification).await == Passage::Forward {
                wire.say(side.other(), notification.raw).await;
            }
        };
        if known {
            passes.await;
        } else {
            self.0.under_way.spawn("a message", passes);
        }
    }

    async fn answers(&self, side: Side, response: Response) {
        if side == Side::Server && *response.id.key() == IdKey::Null {
            return self.say(Side::Client, response.raw).await;
        }
        let Err(response) = self.end(side).asked.take(response) else { return };
        let asker = side.other();
        let Some(forwarded) = self.end(asker).take_forwarded(response.id.key()) else {
            tracing::warn!("an answer to what nobody asked was dropped");
            return;
        };
        let Some(line) = self.line() else { return };
        let takes_time = forwarded.takes_time(&response);
        let wire = self.clone();
        let answer = async move {
            let bytes = wire.0.proxy.answered(&line, forwarded, response).await;
            wire.say(asker, bytes).await;
        };
        if takes_time {
            self.0.under_way.spawn("a message", answer);
        } else {
            answer.await;
        }
    }

    fn line(&self) -> Option<Line<D, Behind<D>>> {
        let out = lock(&self.0.client.out).clone()?;
        let voice = Voice::new(out, Arc::clone(&self.0.client.asked), self.0.gone.clone());
        let session = Arc::clone(&self.0.session);
        Some(Line { session, voice, upstream: Behind(self.clone()) })
    }

    fn end(&self, side: Side) -> &End<D> {
        match side {
            Side::Client => &self.0.client,
            Side::Server => &self.0.server,
        }
    }

    async fn tell(&self, side: Side, message: Bytes) -> Result<(), NoAnswer> {
        let out = lock(&self.end(side).out).clone().ok_or(NoAnswer)?;
        out.send(message).await.map_err(|_| NoAnswer)
    }

    /// Tells a side something; one that is gone needs to know nothing.
    async fn say(&self, side: Side, message: Bytes) {
        drop(self.tell(side, message).await);
    }
}

impl Side {
    const fn other(self) -> Self {
        match self {
            Self::Client => Self::Server,
            Self::Server => Self::Client,
        }
    }
}

impl<D: Decider> End<D> {
    fn new(out: mpsc::Sender<Bytes>) -> Self {
        Self {
            requests: Mutex::new(Some(HashMap::new())),
            out: Mutex::new(Some(out)),
            asked: Arc::default(),
        }
    }

    fn close(&self) {
        *lock(&self.out) = None;
    }

    /// Notes a request as open; not where its id is in use, or too many are.
    fn begin(&self, request: &Request) -> bool {
        let mut requests = lock(&self.requests);
        let Some(open) = requests.as_mut().filter(|open| open.len() < OPEN) else { return false };
        match open.entry(request.id.key().clone()) {
            Entry::Occupied(_) => false,
            Entry::Vacant(vacant) => {
                vacant.insert(Open::Deciding(None));
                true
            }
        }
    }

    fn deciding(&self, key: &IdKey, deciding: JoinHandle<()>) {
        if let Some(Open::Deciding(handle)) =
            lock(&self.requests).as_mut().and_then(|open| open.get_mut(key))
        {
            *handle = Some(deciding);
        }
    }

    /// Notes that a request goes on; not where it was cancelled meanwhile, or the server is gone.
    fn forwarded(&self, key: &IdKey, forwarded: Forwarded<D>) -> bool {
        match lock(&self.requests).as_mut().and_then(|open| open.get_mut(key)) {
            Some(open) => {
                *open = Open::Forwarded(forwarded);
                true
            }
            None => false,
        }
    }

    fn take(&self, key: &IdKey) -> Option<Open<D>> {
        lock(&self.requests).as_mut()?.remove(key)
    }

    fn take_all(&self) -> Vec<Open<D>> {
        let requests = lock(&self.requests).take();
        requests.map(|open| open.into_values().collect()).unwrap_or_default()
    }

    /// Takes a request that is to be answered; none that did not go on.
    fn take_forwarded(&self, key: &IdKey) -> Option<Forwarded<D>> {
        let mut requests = lock(&self.requests);
        match requests.as_mut()?.entry(key.clone()) {
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
    fn cancel(&self, notification: &Notification) -> bool {
        let key = notification.params.as_ref().and_then(|params| params.member("requestId"));
        let Some(key) = key.as_ref().and_then(Json::id) else { return false };
        match self.take(&key) {
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
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
