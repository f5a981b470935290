//! What the server says on a stream: every message is examined, and goes on as soon as it has been.

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use axum::http::header::CONTENT_TYPE;
use bytes::Bytes;
use reqwest::Response as FromServer;
use tokio::task::JoinSet;

use super::behind::Behind;
use super::exchange::{CANCELLED, Carried, Exchange};
use super::reply::{Ear, Out};
use super::sse::{Event, EventReader};
use crate::{Daemon, Json, Line, Message, Notification, Passage, Request, Response, Step, answer};

/// How many requests of the server on one stream may be decided at once.
const MOST_ASKING: usize = 64;
/// How long a stream is read on after its answer, so that its connection can be used again.
const DRAINED_WITHIN: Duration = Duration::from_secs(1);

/// Carries one stream of the server to the client.
#[derive(Debug)]
pub(crate) struct Pump<'a> {
    exchange: &'a Exchange,
    line: Line<Daemon, Behind>,
    ear: &'a mut Ear,
    out: &'a mut Out,
    /// Requests of the server that are being decided; what comes of one is an event for the client.
    asking: JoinSet<Event>,
}

/// What comes next on a stream.
enum Next {
    Chunk(Bytes),
    Decided(Event),
    End,
}

/// Tells whether an answer is a stream of events.
pub(crate) fn is_events(answered: &FromServer) -> bool {
    is_of_kind(answered, "text/event-stream")
}

/// Tells whether an answer is JSON.
pub(crate) fn is_json(answered: &FromServer) -> bool {
    is_of_kind(answered, "application/json")
}

fn is_of_kind(answered: &FromServer, kind: &str) -> bool {
    let value = answered.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = value.unwrap_or_default().split(';').next().unwrap_or_default();
    essence.trim().eq_ignore_ascii_case(kind)
}

impl<'a> Pump<'a> {
    pub(crate) fn new(
        exchange: &'a Exchange,
        line: Line<Daemon, Behind>,
        ear: &'a mut Ear,
        out: &'a mut Out,
    ) -> Self {
        Self { exchange, line, ear, out, asking: JoinSet::new() }
    }

    /// Carries the stream to its end: to the answer, where a request of the client waits for one.
    pub(crate) async fn run(mut self, mut answered: FromServer, mut carried: Option<Carried>) {
        let largest = self.exchange.desk.proxy.settings().largest_message;
        let mut reader = EventReader::new(largest);
        let endless = carried.as_ref().is_none_or(|carried| is_endless(&carried.request));
        self.out.begin();
        loop {
            let desk = Arc::clone(&self.exchange.desk);
            let next = next(&mut answered, &mut self.asking);
            let next = async {
                tokio::select! {
                    next = next => next,
                    () = desk.stops(), if endless => Next::End,
                }
            };
            match self.ear.meanwhile(self.out, next).await {
                Next::Decided(event) => self.out.event(&event).await,
                Next::End => break,
                Next::Chunk(chunk) => {
                    let events = match reader.read(&chunk) {
                        Ok(events) => events,
                        Err(error) => {
                            tracing::warn!(%error, "a stream of the server ends here");
                            break;
                        }
                    };
                    for event in events {
                        self.take(event, &mut carried).await;
                    }
                    if carried.as_ref().is_some_and(|carried| !carried.underway.is_open()) {
                        drain(answered);
                        return;
                    }
                }
            }
        }
        if let Some(mut carried) = carried
            && !carried.underway.can_be_taken_up
            && !endless
        {
            let why = "the MCP server broke off its answer";
            self.exchange.lose(&mut carried, why, self.out).await;
        }
    }

    /// Examines one event, and puts out what of it goes on.
    async fn take(&mut self, event: Event, carried: &mut Option<Carried>) {
        let Event { id, name, retry, data } = event;
        let without = Event { id, name, retry, data: None };
        if let Some(carried) = carried
            && without.id.is_some()
            && self.exchange.stateless.is_none()
        {
            carried.underway.can_be_taken_up = true;
        }
        let message = match data {
            None => return self.out.event(&without).await,
            // It only carries an id, to resume after.
            Some(data) if data.is_empty() => {
                return self.out.event(&Event { data: Some(data), ..without }).await;
            }
            Some(data) => Message::from_server(&data),
        };
        let data = match message {
            Ok(Message::Response(response)) => self.answered(response, carried).await,
            Ok(Message::Notification(notification)) => self.notified(notification).await,
            Ok(Message::Request(request)) => return self.asked(request, without),
            Err(error) => {
                tracing::warn!(%error, "the server said what is no message; dropped");
                None
            }
        };
        // Its id goes on even where its message does not, so that resuming begins after it.
        if data.is_some() || without.id.is_some() {
            self.out.event(&Event { data, ..without }).await;
        }
    }

    async fn answered(
        &mut self,
        response: Response,
        carried: &mut Option<Carried>,
    ) -> Option<Bytes> {
        if let Some(carried) = carried
            && carried.underway.is_answered_by(&response)
        {
            let settled = self.exchange.settle(carried, response);
            return self.ear.meanwhile(self.out, settled).await;
        }
        let Some(forwarded) = self.exchange.peer.take_up(response.id.key()) else {
            tracing::warn!("the server answered what nobody asked; dropped");
            return None;
        };
        let settled = self.exchange.desk.proxy.answered(&self.line, forwarded, response);
        Some(self.ear.meanwhile(self.out, settled).await)
    }

    async fn notified(&mut self, notification: Notification) -> Option<Bytes> {
        if &*notification.method == CANCELLED {
            let id = notification.params.as_ref().and_then(|params| params.member("requestId"));
            let id = id.as_ref().and_then(Json::id)?;
            drop(self.exchange.peer.server_asked(&id));
        }
        let decided = self.exchange.desk.proxy.notified(&self.line, &notification);
        let passage = self.ear.meanwhile(self.out, decided).await;
        (passage == Passage::Forward).then_some(notification.raw)
    }

    /// Has a request of the server decided, while the stream goes on.
    fn asked(&mut self, request: Request, event: Event) {
        if self.exchange.stateless.is_some() {
            tracing::warn!("the server asks on a stream, which its revision forbids; dropped");
            return;
        }
        let (desk, peer) = (Arc::clone(&self.exchange.desk), Arc::clone(&self.exchange.peer));
        let (line, headers) = (self.line.clone(), Arc::clone(&self.exchange.headers));
        let crowded = self.asking.len() >= MOST_ASKING;
        self.asking.spawn(async move {
            let refusal = if crowded || peer.asked.has(&request) {
                answer::error(&request.id, -32600, "the id is in use, or too many are open", None)
            } else {
                match desk.proxy.asked(&line, &request).await {
                    Step::Forward(message, forwarded) => {
                        peer.server_asks(request.id.key().clone(), forwarded);
                        return Event { data: Some(message), ..event };
                    }
                    Step::Answer(message) => message,
                }
            };
            if let Err(error) = desk.server.send(Method::POST, &headers, Some(refusal)).await {
                tracing::warn!(%error, "the server does not hear that it is denied");
            }
            event
        });
    }
}

/// Tells whether a request is answered by a stream that ends only when somebody wants it to.
fn is_endless(request: &Request) -> bool {
    &*request.method == "subscriptions/listen"
}

async fn next(answered: &mut FromServer, asking: &mut JoinSet<Event>) -> Next {
    loop {
        tokio::select! {
            chunk = answered.chunk() => return match chunk {
                Ok(Some(chunk)) => Next::Chunk(chunk),
                Ok(None) => Next::End,
                Err(error) => {
                    tracing::debug!(error = %error.without_url(), "a stream of the server broke off");
                    Next::End
                }
            },
            Some(decided) = asking.join_next() => match decided {
                Ok(event) if event != Event::default() => return Next::Decided(event),
                Ok(_) => {}
                Err(error) => tracing::error!(%error, "a request of the server was not decided"),
            },
        }
    }
}

/// Reads a stream to its end, so that its connection can be used again.
fn drain(mut answered: FromServer) {
    drop(tokio::spawn(async move {
        let end = async { while let Ok(Some(_)) = answered.chunk().await {} };
        drop(tokio::time::timeout(DRAINED_WITHIN, end).await);
    }));
}
