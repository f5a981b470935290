//! The one function to read: what happens to a request of a client, in order.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use syndic_gate::SystemClock;
use syndic_model::Clock;

use crate::answer::{self, NO_SERVER};
use crate::background::Background;
use crate::decider::Decider;
use crate::denial::Denial;
use crate::ladder::{Handed, Seals, Tasks, Turn, begun, task_id};
use crate::line::{Line, Upstream};
use crate::message::{Notification, Request, Response};
use crate::method::{self, Way, way};
use crate::permitted::{Became, Passes, Permitted};
use crate::questions::{asks_nothing, passed_on};
use crate::rounds::asks_back;
use crate::session::{ClientSession, Speaker};
use crate::settings::Settings;
use crate::tools::{Seen, Watches};

/// The specification's code for an error inside.
const INTERNAL: i32 = -32603;
/// How many decisions and reports may be under way.
const UNDER_WAY: usize = 1024;

/// The proxy between one server and its clients, whatever carries the messages.
#[derive(Debug)]
pub struct Proxy {
    pub(crate) settings: Settings,
    pub(crate) background: Background,
    pub(crate) seals: Seals,
    pub(crate) tasks: Tasks,
    pub(crate) seen: Seen,
    pub(crate) watches: Watches,
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
    request: Request,
    what: What<D>,
}

#[derive(Debug)]
enum What<D: Decider> {
    Plain,
    Initialize,
    /// About a task of the server.
    Task(String),
    Tools,
    Act(Permitted<D>),
}

impl Proxy {
    /// Stands between the server and clients of the agent that `settings` name.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self::with_clock(settings, Arc::new(SystemClock))
    }

    /// Stands there with a clock of its own.
    #[must_use]
    pub fn with_clock(settings: Settings, clock: Arc<dyn Clock>) -> Self {
        let (seals, tasks) = (Seals::new(Arc::clone(&clock)), Tasks::new(clock));
        Self {
            settings,
            background: Background::at_most(UNDER_WAY),
            seals,
            tasks,
            seen: Seen::default(),
            watches: Watches::default(),
        }
    }

    /// Returns how it was started.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Tells whether a request goes on at once, without anything to wait for.
    #[must_use]
    pub fn is_plain(request: &Request) -> bool {
        matches!(way(request), Way::Pass | Way::Initialize | Way::ListTools)
            && &*request.method != "tasks/update"
    }

    /// Decides about a request of a client. Dropped while it waits, the client does not want it any more, and a
    /// request for approval is taken back.
    pub async fn request<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
    ) -> Step<D> {
        if let Some(answer) = self.own_task(line, request) {
            return Step::Answer(answer);
        }
        if &*request.method == "tasks/update" && !line.session.told.takes(request) {
            // What answers a question that the client was not let hear is an action of its own.
            let action = method::action(&request.method);
            return step(
                request,
                self.act(line, request, action, Turn::First).await.map(What::Act),
            );
        }
        let taken = Handed::take(request);
        let (turn, request) = match &taken {
            Some((handed, request)) => (Turn::Again(handed), request),
            None => (Turn::First, request),
        };
        let what = match way(request) {
            Way::Pass if request.method.starts_with("tasks/") => {
                Ok(task_id(request).map_or(What::Plain, What::Task))
            }
            Way::Pass => Ok(What::Plain),
            Way::Initialize => {
                line.session.introduce(request.params.as_ref());
                Ok(What::Initialize)
            }
            Way::ListTools => Ok(What::Tools),
            Way::CallTool => match line.session.rounds.resume(request) {
                Some(permitted) => Ok(What::Act(permitted)),
                None => self.call(line, request, turn).await.map(What::Act),
            },
            Way::Act(action) => match line.session.rounds.resume(request) {
                Some(permitted) => Ok(What::Act(permitted)),
                None => self.act(line, request, action, turn).await.map(What::Act),
            },
            Way::Subscribe(resources) => {
                self.subscribe(line, request, &resources).await.map(|()| What::Plain)
            }
        };
        step(request, what)
    }

    /// Turns the server's response into what the client gets, and reports the outcome.
    pub async fn answered<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        forwarded: Forwarded<D>,
        response: Response,
    ) -> Bytes {
        let Forwarded { request, what } = forwarded;
        let questions = match self.questions(line, &request, &response.answer).await {
            Ok(questions) => questions,
            Err(denial) => {
                if let What::Act(permitted) = what {
                    let why = "stopped: the server asked for what the agent may not give";
                    permitted.became(Became::Error(why.to_owned()));
                }
                return denial.answer(&request, &line.session.speaker(&request));
            }
        };
        match (what, &response.answer) {
            (What::Tools, _) => {
                passed_on(questions);
                return self.listed(line, &request, response).await;
            }
            (What::Task(task), answer) => {
                let ended = line.session.underway.saw(&task, &request.method, answer);
                let Some((permitted, became)) = ended else {
                    passed_on(questions);
                    return response.raw;
                };
                let place = became.json().map(|json| json.place_in(&response.raw));
                passed_on(questions);
                let passes = permitted.passes(became).await;
                return passed(passes, &request, &line.session.speaker(&request), response, place);
            }
            (What::Initialize, Ok(result)) => line.session.agree(result),
            (What::Act(permitted), Ok(result)) if asks_back(result) => {
                line.session.rounds.interrupt(&request, permitted, questions, result);
                return response.raw;
            }
            (What::Act(permitted), Ok(result)) if let Some(task) = begun(result) => {
                line.session.underway.keep(task, permitted);
            }
            (What::Act(permitted), answer) => {
                let became = Became::of(answer);
                let place = became.json().map(|json| json.place_in(&response.raw));
                passed_on(questions);
                let passes = permitted.passes(became).await;
                return passed(passes, &request, &line.session.speaker(&request), response, place);
            }
            (What::Plain, _) | (What::Initialize, Err(_)) => {}
        }
        passed_on(questions);
        response.raw
    }

    /// Answers a request whose response never comes.
    pub fn lost<D: Decider>(&self, forwarded: Forwarded<D>, why: &str) -> Bytes {
        let answer = answer::error(&forwarded.request.id, NO_SERVER, why, None);
        if let What::Act(permitted) = forwarded.what {
            permitted.became(Became::Error(format!("whether it ran is not known: {why}")));
        }
        answer
    }

    /// Decides about a request of the server to the client, which is an action of the agent's too.
    pub async fn asked<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
    ) -> Step<D> {
        let what = match &*request.method {
            // Tasks are what came of an action that was decided.
            "ping" | "tasks/get" | "tasks/result" | "tasks/list" | "tasks/cancel" => {
                Ok(What::Plain)
            }
            method => {
                self.act(line, request, method::action(method), Turn::Back).await.map(What::Act)
            }
        };
        step(request, what)
    }

    /// Decides about a notification, of either side: one that the specification names goes on, any other is an action.
    pub async fn notified<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        notification: &Notification,
    ) -> Passage {
        if &*notification.method == "notifications/tools/list_changed" {
            line.session.tools.forget();
        }
        if !notification.params.as_ref().is_none_or(asks_nothing) {
            tracing::warn!("a question in `{}` is not passed on", notification.method);
            return Passage::Drop;
        }
        if Self::knows(notification) || self.notify(line, notification).await {
            return Passage::Forward;
        }
        Passage::Drop
    }

    /// Tells whether a notification goes on at once, without anything to wait for.
    #[must_use]
    pub fn knows(notification: &Notification) -> bool {
        method::is_known_notification(&notification.method)
    }

    /// Waits until every outcome is reported, at most `within`.
    pub async fn finish(&self, within: Duration) {
        self.tasks.end();
        self.watches.end();
        let over = async {
            self.tasks.none_works().await;
            self.background.none().await;
        };
        if tokio::time::timeout(within, over).await.is_err() {
            tracing::warn!("some outcomes could not be reported in time");
        }
    }

    /// Takes back what waits for people for a client that is gone.
    pub fn left<D: Decider>(&self, session: &ClientSession<D>) {
        self.tasks.leave(&session.principal);
    }
}

impl<D: Decider> Forwarded<D> {
    /// Tells whether [`Proxy::answered`] may take its time: where it does, other messages must go on meanwhile.
    #[must_use]
    pub fn takes_time(&self, response: &Response) -> bool {
        match (&self.what, &response.answer) {
            (What::Tools, _) => true,
            (_, Ok(result)) => !asks_nothing(result),
            (_, Err(_)) => false,
        }
    }
}

fn step<D: Decider>(request: &Request, what: Result<What<D>, Bytes>) -> Step<D> {
    match what {
        Ok(what) => {
            Step::Forward(request.raw.clone(), Forwarded { request: request.clone(), what })
        }
        Err(answer) => Step::Answer(answer),
    }
}

/// Writes what goes on to the client; `place` is where the result stands in the response.
fn passed(
    passes: Passes,
    request: &Request,
    speaker: &Speaker,
    response: Response,
    place: Option<Range<usize>>,
) -> Bytes {
    match passes {
        Passes::AsItIs => response.raw,
        Passes::Result(result) => {
            let place = place.unwrap_or_default();
            let before = response.raw.get(..place.start).unwrap_or_default();
            let after = response.raw.get(place.end..).unwrap_or_default();
            [before, result.bytes(), after].concat().into()
        }
        Passes::Error(error) => answer::error(&request.id, INTERNAL, &error, None),
        Passes::Withheld(why) => Denial::withheld(why).answer(request, speaker),
    }
}
