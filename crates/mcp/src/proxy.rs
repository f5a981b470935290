//! The one function to read: what happens to a request of a client, in order.

use std::time::Duration;

use bytes::Bytes;

use crate::answer::{self, NO_SERVER};
use crate::background::Background;
use crate::decider::Decider;
use crate::id::Id;
use crate::line::{Line, Upstream};
use crate::message::{Notification, Request, Response};
use crate::method::{Way, is_known_notification, way};
use crate::permitted::{Became, Permitted};
use crate::settings::Settings;

/// The proxy between one server and its clients, whatever carries the messages.
#[derive(Debug)]
pub struct Proxy {
    pub(crate) settings: Settings,
    pub(crate) background: Background,
}

/// What happens to a request.
#[derive(Debug)]
pub enum Step<D: Decider> {
    /// These bytes go to the server; its response goes to [`Proxy::answered`].
    Forward(Bytes, Forwarded<D>),
    /// These bytes go back to whoever asked.
    Answer(Bytes),
}

/// What happens to a notification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Passage {
    /// It goes on.
    Forward,
    /// It does not.
    Drop,
}

/// A request that went on, until its response comes. Dropped without one, its action is reported as not known.
#[derive(Debug)]
pub struct Forwarded<D: Decider> {
    id: Id,
    what: What<D>,
}

#[derive(Debug)]
enum What<D: Decider> {
    Plain,
    Initialize,
    Tools,
    Call(Permitted<D>),
    Act(Permitted<D>),
}

impl Proxy {
    /// Stands between the server and clients of the agent that `settings` name.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { settings, background: Background::default() }
    }

    /// Returns how it was started.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Tells whether a request goes on at once, without anything to wait for.
    #[must_use]
    pub fn is_plain(request: &Request) -> bool {
        match way(&request.method) {
            Way::Pass | Way::Initialize | Way::ListTools => true,
            Way::CallTool | Way::Act(_) => false,
        }
    }

    /// Decides about a request of a client. Dropped while it waits, the client does not want it any more, and a
    /// request for approval is taken back.
    pub async fn request<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
    ) -> Step<D> {
        match way(&request.method) {
            Way::Pass => forward(request, What::Plain),
            Way::Initialize => {
                line.session.introduce(request.params.as_ref());
                forward(request, What::Initialize)
            }
            Way::ListTools => forward(request, What::Tools),
            Way::CallTool => match self.call(line, request).await {
                Ok(permitted) => forward(request, What::Call(permitted)),
                Err(answer) => Step::Answer(answer),
            },
            Way::Act(action) => match self.act(line, request, action).await {
                Ok(permitted) => forward(request, What::Act(permitted)),
                Err(answer) => Step::Answer(answer),
            },
        }
    }

    /// Turns the server's response into what the client gets, and reports the outcome.
    pub async fn answered<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        forwarded: Forwarded<D>,
        response: Response,
    ) -> Bytes {
        match forwarded.what {
            What::Plain => {}
            What::Initialize => {
                if let Ok(result) = &response.answer {
                    line.session.agree(result);
                }
            }
            What::Tools => {}
            What::Call(permitted) | What::Act(permitted) => match &response.answer {
                Ok(result) if says_error(result) => permitted.became(Became::Failed(result)),
                Ok(result) => permitted.became(Became::Result(result)),
                Err(error) => permitted.became(Became::Error(error.text().to_owned())),
            },
        }
        response.raw
    }

    /// Answers a request whose response never comes.
    pub fn lost<D: Decider>(&self, forwarded: Forwarded<D>, why: &str) -> Bytes {
        let answer = answer::error(&forwarded.id, NO_SERVER, why, None);
        match forwarded.what {
            What::Plain | What::Initialize | What::Tools => {}
            What::Call(permitted) | What::Act(permitted) => {
                permitted.became(Became::Error(format!("whether it ran is not known: {why}")));
            }
        }
        answer
    }

    /// Decides about a request of the server to the client, which is an action of the agent's too.
    pub async fn asked<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
    ) -> Step<D> {
        match &*request.method {
            "ping" => forward(request, What::Plain),
            method => {
                let action = crate::method::action(method);
                match self.act(line, request, action).await {
                    Ok(permitted) => forward(request, What::Act(permitted)),
                    Err(answer) => Step::Answer(answer),
                }
            }
        }
    }

    /// Decides about a notification, of either side.
    #[must_use]
    pub fn notified(&self, notification: &Notification) -> Passage {
        if is_known_notification(&notification.method) { Passage::Forward } else { Passage::Drop }
    }

    /// Waits until every outcome is reported, at most `within`.
    pub async fn finish(&self, within: Duration) {
        self.background.finish(within).await;
    }
}

fn forward<D: Decider>(request: &Request, what: What<D>) -> Step<D> {
    Step::Forward(request.raw.clone(), Forwarded { id: request.id.clone(), what })
}

fn says_error(result: &crate::json::Json) -> bool {
    result.member("isError").is_some_and(|it| it.text() == "true")
}
