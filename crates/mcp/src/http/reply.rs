//! The answer to one HTTP request: whole, or a stream of events as soon as there is something to say before the end.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use hyper::body::Frame;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::sse::{Event, KEEP_ALIVE};
use crate::answer;
use crate::{Asked, Id, Voice};

/// How many events may wait for a client that reads slowly; the server waits with it.
const EVENTS_AHEAD: usize = 32;
const KEEP_ALIVE_EVERY: Duration = Duration::from_secs(15);
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const EVENT_STREAM: HeaderValue = HeaderValue::from_static("text/event-stream");
const ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Answers a request by what `work` puts out; who drops the answer ends the work.
pub(crate) async fn answer_by<W>(headers: &HeaderMap, work: impl FnOnce(Out) -> W) -> Response
where
    W: Future<Output = ()> + Send + 'static,
{
    let (reply, told) = oneshot::channel();
    let out = Out {
        reply: Some(reply),
        events: None,
        head: HeaderMap::new(),
        may: takes_events(headers),
    };
    let work = Work(tokio::spawn(work(out)).abort_handle());
    match told.await {
        Ok(Reply::Whole(response)) => response,
        Ok(Reply::Stream(head, events)) => {
            let mut response = Body::new(Events { events, _work: work }).into_response();
            response.headers_mut().extend(head);
            response
        }
        Err(_) => {
            let text = "syndic failed; nothing was permitted";
            error(StatusCode::INTERNAL_SERVER_ERROR, -32603, text)
        }
    }
}

/// Answers nobody's request in particular with an error.
pub(crate) fn error(status: StatusCode, code: i32, text: &str) -> Response {
    json(status, answer::error(&Id::null(), code, text, None))
}

/// A request that ends where it came in.
#[derive(Debug)]
pub(crate) struct Refused(pub(crate) Box<Response>);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl Refused {
    pub(crate) fn new(status: StatusCode, code: i32, text: &str) -> Self {
        Self(Box::new(error(status, code, text)))
    }

    pub(crate) fn with(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers_mut().insert(name, value);
        self
    }
}

pub(crate) fn json(status: StatusCode, body: Bytes) -> Response {
    (status, [(CONTENT_TYPE, JSON)], body).into_response()
}

fn takes_events(headers: &HeaderMap) -> bool {
    let mut accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.any(|kinds| kinds.contains("text/event-stream") || kinds.contains("*/*"))
}

#[derive(Debug)]
enum Reply {
    Whole(Response),
    Stream(HeaderMap, mpsc::Receiver<Bytes>),
}

/// Where the work puts what the client gets.
#[derive(Debug)]
pub(crate) struct Out {
    reply: Option<oneshot::Sender<Reply>>,
    events: Option<mpsc::Sender<Bytes>>,
    head: HeaderMap,
    may: bool,
}

impl Out {
    /// Adds a header, as long as the answer has not begun.
    pub(crate) fn head(&mut self, name: HeaderName, value: HeaderValue) {
        self.head.insert(name, value);
    }

    /// Puts an event out, and begins the stream where it has not begun.
    pub(crate) async fn event(&mut self, event: &Event) {
        self.put(event.to_bytes()).await;
    }

    /// Begins the stream, so that the client knows that it is heard.
    pub(crate) fn begin(&mut self) {
        if let Some(reply) = self.reply.take() {
            let (send, events) = mpsc::channel(EVENTS_AHEAD);
            let mut head = std::mem::take(&mut self.head);
            head.insert(CONTENT_TYPE, EVENT_STREAM);
            head.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform"));
            head.insert(ACCEL_BUFFERING, HeaderValue::from_static("no"));
            self.events = Some(send);
            // Who is gone hears nothing.
            drop(reply.send(Reply::Stream(head, events)));
        }
    }

    /// Puts out the message that ends the answer.
    pub(crate) async fn finish(&mut self, status: StatusCode, message: Bytes) {
        if self.reply.is_none() {
            return self.event(&Event::message(message)).await;
        }
        self.reply_whole(json(status, message));
    }

    /// Ends the answer without a message.
    pub(crate) fn end(&mut self, status: StatusCode) {
        self.reply_whole(status.into_response());
        self.events = None;
    }

    fn reply_whole(&mut self, mut response: Response) {
        if let Some(reply) = self.reply.take() {
            response.headers_mut().extend(std::mem::take(&mut self.head));
            drop(reply.send(Reply::Whole(response)));
        }
    }

    async fn put(&mut self, bytes: Bytes) {
        self.begin();
        if let Some(events) = &self.events {
            drop(events.send(bytes).await);
        }
    }
}

/// What the proxy itself says to the client while it answers: it goes out as it is said.
#[derive(Debug)]
pub(crate) struct Ear {
    said: Option<mpsc::Receiver<Bytes>>,
    quiet: Interval,
    _here: watch::Sender<bool>,
}

impl Ear {
    /// Makes a voice, and the ear that hears it. A client that takes no events cannot be spoken to.
    pub(crate) fn new(out: &Out, asked: std::sync::Arc<Asked>) -> (Self, Voice) {
        let (say, said) = mpsc::channel(EVENTS_AHEAD);
        let (here, gone) = watch::channel(false);
        let mut quiet = interval(KEEP_ALIVE_EVERY);
        quiet.set_missed_tick_behavior(MissedTickBehavior::Delay);
        quiet.reset();
        let said = out.may.then_some(said);
        (Self { said, quiet, _here: here }, Voice::new(say, asked, gone))
    }

    /// Does `work`, and meanwhile puts out what is said, and a sign of life where a stream is quiet.
    pub(crate) async fn meanwhile<T>(&mut self, out: &mut Out, work: impl Future<Output = T>) -> T {
        let mut work = std::pin::pin!(work);
        loop {
            tokio::select! {
                biased;
                Some(message) = hear(&mut self.said) => {
                    out.event(&Event::message(message)).await;
                    self.quiet.reset();
                }
                done = &mut work => {
                    self.rest(out).await;
                    return done;
                }
                _ = self.quiet.tick(), if out.events.is_some() => out.put(KEEP_ALIVE).await,
            }
        }
    }

    /// Puts out what was said and is not out yet.
    async fn rest(&mut self, out: &mut Out) {
        while let Some(message) = self.said.as_mut().and_then(|said| said.try_recv().ok()) {
            out.event(&Event::message(message)).await;
        }
    }
}

async fn hear(said: &mut Option<mpsc::Receiver<Bytes>>) -> Option<Bytes> {
    match said {
        Some(said) => said.recv().await,
        None => None,
    }
}

/// The work behind an answer; dropped, it ends, and with it what waits for people.
#[derive(Debug)]
struct Work(AbortHandle);

impl Drop for Work {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// The body of a stream.
#[derive(Debug)]
struct Events {
    events: mpsc::Receiver<Bytes>,
    _work: Work,
}

impl hyper::body::Body for Events {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.events.poll_recv(context).map(|bytes| Some(Ok(Frame::data(bytes?))))
    }
}
