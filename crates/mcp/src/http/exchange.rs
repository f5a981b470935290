//! What happens to one message of a client: decided, then carried to the server, and its answer back.

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use bytes::Bytes;
use reqwest::Response as FromServer;

use super::agree::Disagreement;
use super::behind::Behind;
use super::caller::Caller;
use super::claims::mirrored;
use super::desk::Desk;
use super::mirrors::PARAM;
use super::peer::Peer;
use super::pump::{Pump, is_events, is_json};
use super::reply::{Ear, Out};
use super::routes::HEADER_MISMATCH;
use super::upstream::{SESSION, whole};
use crate::answer::{self, NO_SERVER};
use crate::{
    Daemon, Forwarded, Id, IdKey, Json, Line, Message, Notification, Passage, Request, Response,
    Step,
};

pub(crate) const CANCELLED: &str = "notifications/cancelled";

/// One message of a client, and all it takes to carry it.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) desk: Arc<Desk>,
    pub(crate) caller: Arc<Caller>,
    /// The session it belongs to, or what the key has outside of sessions.
    pub(crate) peer: Arc<Peer>,
    /// Its headers, as far as they may matter to the server.
    pub(crate) headers: Arc<HeaderMap>,
    /// The stateless revision it speaks.
    pub(crate) stateless: Option<Arc<str>>,
}

/// A request that went to the server; where its stream breaks off and may be taken up again, it is kept.
#[derive(Debug)]
pub(crate) struct Underway {
    peer: Arc<Peer>,
    id: IdKey,
    forwarded: Option<Forwarded<Daemon>>,
    pub(crate) can_be_taken_up: bool,
}

impl Drop for Underway {
    fn drop(&mut self) {
        if self.can_be_taken_up
            && let Some(forwarded) = self.forwarded.take()
        {
            self.peer.leave(self.id.clone(), forwarded);
        }
    }
}

impl Underway {
    pub(crate) fn take(&mut self) -> Option<Forwarded<Daemon>> {
        self.forwarded.take()
    }

    pub(crate) fn is_open(&self) -> bool {
        self.forwarded.is_some()
    }

    /// Tells whether a response answers this: by its id, or as an error about a request whose id was not read.
    pub(crate) fn is_answered_by(&self, response: &Response) -> bool {
        self.is_open()
            && (*response.id.key() == self.id
                || *response.id.key() == IdKey::Null && response.answer.is_err())
    }
}

impl Exchange {
    /// Carries a request.
    pub(crate) async fn ask(mut self, request: Request, mut out: Out) {
        let begins = &*request.method == "initialize" && self.stateless.is_none();
        if begins {
            self.peer = Arc::new(Peer::new(self.caller.decider.clone(), &self.caller.key, true));
        }
        let Some(mut open) = self.peer.open(request.id.key()) else {
            let text = "the id is in use by another open request, or too many are open";
            let refusal = answer::error(&request.id, -32600, text, None);
            return out.finish(StatusCode::BAD_REQUEST, refusal).await;
        };
        let (mut ear, voice) = Ear::new(&out, Arc::clone(&self.peer.asked));
        let line = self.line(voice);
        let step = tokio::select! {
            step = ear.meanwhile(&mut out, self.decide(&line, &request)) => step,
            () = open.cancelled() => return out.end(StatusCode::ACCEPTED),
        };
        let step = match step {
            Ok(step) => step,
            Err(differs) => {
                let text = differs.to_string();
                let refusal = answer::error(&request.id, HEADER_MISMATCH, &text, None);
                return out.finish(StatusCode::BAD_REQUEST, refusal).await;
            }
        };
        match (step, line.upstream.trouble.get()) {
            // Without the server's tools nothing was decided, and the client is told why.
            (Step::Answer(_), Some(why)) => {
                let message = answer::error(&request.id, NO_SERVER, why, None);
                out.finish(StatusCode::BAD_GATEWAY, message).await;
            }
            (Step::Answer(message), None) => out.finish(StatusCode::OK, message).await,
            (Step::Forward(message, forwarded), _) if open.goes_on() => {
                let underway = Underway {
                    peer: Arc::clone(&self.peer),
                    id: request.id.key().clone(),
                    forwarded: Some(forwarded),
                    can_be_taken_up: false,
                };
                let carried = Carried { line, request, underway };
                self.carry(message, carried, begins, &mut ear, &mut out).await;
            }
            (Step::Forward(..), _) => out.end(StatusCode::ACCEPTED),
        }
    }

    /// Decides about a request. Which headers repeat arguments, only the tool's definition says.
    async fn decide(
        &self,
        line: &Line<Daemon, Behind>,
        request: &Request,
    ) -> Result<Step<Daemon>, Disagreement> {
        if &*request.method == "tools/call" {
            self.peer.refresh();
            let stateless = self.stateless.is_some();
            let repeats = |name: &HeaderName| name.as_str().starts_with(PARAM);
            if (stateless || self.headers.keys().any(repeats))
                && let Ok(known) = self.desk.proxy.tools(line, request).await
            {
                let of_tool = |tool: &str| self.peer.mirrors.of(&known, tool);
                mirrored(&self.headers, request.params.as_ref(), of_tool, stateless)?;
            }
        }
        Ok(self.desk.proxy.request(line, request).await)
    }

    async fn carry(
        &self,
        message: Bytes,
        mut carried: Carried,
        begins: bool,
        ear: &mut Ear,
        out: &mut Out,
    ) {
        let sending = self.desk.server.send(Method::POST, &self.headers, Some(message));
        let answered = match ear.meanwhile(out, sending).await {
            Ok(answered) => answered,
            Err(error) => return self.lose(&mut carried, &error.to_string(), out).await,
        };
        if begins && !self.begin_session(&answered, &carried, out) {
            let why = "the MCP server gave a session id that is not its to give";
            return self.lose(&mut carried, why, out).await;
        }
        self.forget_session(answered.status());
        if is_events(&answered) && answered.status().is_success() {
            let line = carried.line.clone();
            return Pump::new(self, line, ear, out).run(answered, Some(carried)).await;
        }
        if is_json(&answered) {
            return self.whole(answered, carried, ear, out).await;
        }
        let status = answered.status();
        if status.is_client_error() {
            // Clients find out by the status alone which revision a server speaks; its words are nobody's.
            self.give_up(&mut carried, &format!("the MCP server answered with status {status}"));
            return out.end(status);
        }
        let why = format!("the MCP server answered with status {status} and no message");
        self.lose(&mut carried, &why, out).await;
    }

    /// Hands on an answer that is one message.
    async fn whole(
        &self,
        answered: FromServer,
        mut carried: Carried,
        ear: &mut Ear,
        out: &mut Out,
    ) {
        let status = answered.status();
        let body = match whole(answered, self.desk.proxy.settings().largest_message).await {
            Ok(body) => body,
            Err(error) => return self.lose(&mut carried, &error.to_string(), out).await,
        };
        match Message::from_server(&body) {
            Ok(Message::Response(response)) if carried.underway.is_answered_by(&response) => {
                let settled = self.settle(&mut carried, response);
                if let Some(message) = ear.meanwhile(out, settled).await {
                    out.finish(status, message).await;
                }
            }
            Ok(_) => self.lose(&mut carried, "the MCP server answered something else", out).await,
            Err(error) => {
                let why = format!("the MCP server's answer is no message: {error}");
                self.lose(&mut carried, &why, out).await;
            }
        }
    }

    /// Makes of the server's response what the client gets.
    pub(crate) async fn settle(&self, carried: &mut Carried, response: Response) -> Option<Bytes> {
        let Carried { line, request, underway } = carried;
        let forwarded = underway.take()?;
        if let Ok(result) = &response.answer
            && &*request.method == "initialize"
        {
            // What a client says of itself, where the server opens no session for it.
            let peer = &self.caller.peer;
            peer.session.introduce(request.params.as_ref());
            peer.session.agree(result);
        }
        Some(self.desk.proxy.answered(line, forwarded, response).await)
    }

    /// Answers a request whose response never comes.
    pub(crate) async fn lose(&self, carried: &mut Carried, why: &str, out: &mut Out) {
        if let Some(answer) = self.give_up(carried, why) {
            out.finish(StatusCode::BAD_GATEWAY, answer).await;
        }
    }

    fn give_up(&self, carried: &mut Carried, why: &str) -> Option<Bytes> {
        tracing::warn!(why, "a request got no answer");
        carried.underway.take().map(|forwarded| self.desk.proxy.lost(forwarded, why))
    }

    /// Carries a notification, and takes back what it takes back.
    pub(crate) async fn notify(self, notification: Notification, mut out: Out) {
        let goes_on = if &*notification.method == CANCELLED {
            let id = notification.params.as_ref().and_then(|params| params.member("requestId"));
            let id = id.as_ref().and_then(Json::id);
            id.is_some_and(|id| self.peer.cancel(&id))
        } else {
            let (mut ear, voice) = Ear::new(&out, Arc::clone(&self.peer.asked));
            let line = self.line(voice);
            let decided = self.desk.proxy.notified(&line, &notification);
            ear.meanwhile(&mut out, decided).await == Passage::Forward
        };
        if goes_on {
            return self.tell(notification.raw, out).await;
        }
        out.end(StatusCode::ACCEPTED);
    }

    /// Carries what wants no answer: a notification, or the client's answer to the server.
    async fn tell(self, message: Bytes, mut out: Out) {
        match self.desk.server.send(Method::POST, &self.headers, Some(message)).await {
            Ok(answered) if answered.status().is_success() => out.end(StatusCode::ACCEPTED),
            Ok(answered) => self.refusal(answered, &mut out).await,
            Err(error) => {
                let message = answer::error(&Id::null(), NO_SERVER, &error.to_string(), None);
                out.finish(StatusCode::BAD_GATEWAY, message).await;
            }
        }
    }

    /// Carries the client's answer to a request of the server.
    pub(crate) async fn answer(
        self,
        forwarded: Forwarded<Daemon>,
        response: Response,
        mut out: Out,
    ) {
        let (mut ear, voice) = Ear::new(&out, Arc::clone(&self.peer.asked));
        let line = self.line(voice);
        let settled = self.desk.proxy.answered(&line, forwarded, response);
        let message = ear.meanwhile(&mut out, settled).await;
        self.tell(message, out).await;
    }

    /// Hears what the server says of its own accord.
    pub(crate) async fn hear(self, mut out: Out) {
        let (mut ear, voice) = Ear::new(&out, Arc::clone(&self.peer.asked));
        match self.desk.server.send(Method::GET, &self.headers, None).await {
            Ok(answered) if answered.status().is_success() && is_events(&answered) => {
                out.begin();
                let line = self.line(voice);
                Pump::new(&self, line, &mut ear, &mut out).run(answered, None).await;
            }
            Ok(answered) if answered.status().is_success() => {
                out.end(StatusCode::METHOD_NOT_ALLOWED);
            }
            Ok(answered) => self.refusal(answered, &mut out).await,
            Err(error) => {
                let message = answer::error(&Id::null(), NO_SERVER, &error.to_string(), None);
                out.finish(StatusCode::BAD_GATEWAY, message).await;
            }
        }
    }

    /// Ends a session.
    pub(crate) async fn leave(self, mut out: Out) {
        match self.desk.server.send(Method::DELETE, &self.headers, None).await {
            Ok(answered) => {
                let status = answered.status();
                if status.is_success() {
                    self.forget_session(StatusCode::NOT_FOUND);
                }
                self.refusal(answered, &mut out).await;
            }
            Err(error) => {
                let message = answer::error(&Id::null(), NO_SERVER, &error.to_string(), None);
                out.finish(StatusCode::BAD_GATEWAY, message).await;
            }
        }
    }

    /// Hands on a status, and of the body what is an error by the protocol.
    async fn refusal(&self, answered: FromServer, out: &mut Out) {
        let status = answered.status();
        self.forget_session(status);
        if status.is_success() || !is_json(&answered) {
            return out.end(status);
        }
        let body = whole(answered, self.desk.proxy.settings().largest_message).await;
        match body.map(|body| Message::from_server(&body)) {
            Ok(Ok(Message::Response(response))) if response.answer.is_err() => {
                out.finish(status, response.raw).await;
            }
            Ok(_) | Err(_) => out.end(status),
        }
    }

    /// Notes the session that the server opens with its answer to `initialize`.
    fn begin_session(&self, answered: &FromServer, carried: &Carried, out: &mut Out) -> bool {
        let Some(id) = answered.headers().get(SESSION) else { return true };
        let peer = &carried.underway.peer;
        let opened = id.to_str().is_ok_and(|id| self.desk.sessions.open(id, self.caller.key, peer));
        if opened {
            out.head(SESSION, id.clone());
        }
        opened
    }

    /// Forgets a session that the server does not know any more.
    fn forget_session(&self, status: StatusCode) {
        let id = self.headers.get(SESSION).and_then(|id| id.to_str().ok());
        if let (StatusCode::NOT_FOUND, None, Some(id)) = (status, &self.stateless, id) {
            self.desk.sessions.close(id);
        }
    }

    pub(crate) fn line(&self, voice: crate::Voice) -> Line<Daemon, Behind> {
        let upstream = Behind {
            desk: Arc::clone(&self.desk),
            headers: Arc::clone(&self.headers),
            stateless: self.stateless.clone(),
            trouble: Arc::default(),
        };
        Line { session: Arc::clone(&self.peer.session), voice, upstream }
    }
}

/// A request on its way, with what connects it to the client.
#[derive(Debug)]
pub(crate) struct Carried {
    pub(crate) line: Line<Daemon, Behind>,
    pub(crate) request: Request,
    pub(crate) underway: Underway,
}
