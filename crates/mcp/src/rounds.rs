//! A request that the server answered with questions (2026-07-28): the client asks again with its answers, and is not
//! decided about twice.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use serde_json::value::RawValue;
use syndic_model::Arguments;

use crate::call::{nothing, wanted};
use crate::decider::Decider;
use crate::json::Json;
use crate::message::Request;
use crate::permitted::{Became, Permitted};

/// How many requests of one client may be unfinished, and for how long.
const MOST: usize = 256;
const WITHIN: Duration = Duration::from_secs(10 * 60);

/// The unfinished requests of one client, oldest first. Each is continued once.
#[derive(Debug)]
pub(crate) struct Rounds<D: Decider>(Mutex<VecDeque<Round<D>>>);

#[derive(Debug)]
struct Round<D: Decider> {
    asked: Asked,
    since: Instant,
    permitted: Permitted<D>,
    /// What the server wants to know, and whether the agent may tell is decided too.
    questions: Vec<(String, Permitted<D>)>,
}

/// What makes a request the same one, with the state that the server gave it.
#[derive(Debug, PartialEq, Eq)]
struct Asked {
    method: Box<str>,
    wants: String,
    state: Option<String>,
}

impl<D: Decider> Default for Rounds<D> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<D: Decider> Rounds<D> {
    /// Takes the permit of a request that goes on, and tells what became of the questions it answers.
    pub(crate) fn resume(&self, request: &Request) -> Option<Permitted<D>> {
        let params = request.params.as_ref()?;
        let (state, answers) = (params.member("requestState"), params.member("inputResponses"));
        if state.is_none() && answers.is_none() {
            return None;
        }
        let asked = Asked::by(request, state.and_then(|state| state.read().ok()));
        let round = {
            let mut rounds = self.lock();
            rounds.retain(|round| round.since.elapsed() < WITHIN);
            let place = rounds.iter().position(|round| round.asked == asked)?;
            rounds.remove(place)?
        };
        for (key, question) in round.questions {
            if let Some(answer) = answers.as_ref().and_then(|answers| answers.member(&key)) {
                question.became(Became::Result(answer));
            }
        }
        Some(round.permitted)
    }

    /// Keeps the permit of a request that was answered with questions, for when the client asks again.
    pub(crate) fn interrupt(
        &self,
        request: &Request,
        permitted: Permitted<D>,
        questions: Vec<(String, Permitted<D>)>,
        result: &Json,
    ) {
        let state = result.member("requestState").and_then(|state| state.read().ok());
        let asked = Asked::by(request, state);
        self.keep(Round { asked, since: Instant::now(), permitted, questions });
    }

    fn keep(&self, round: Round<D>) {
        let mut rounds = self.lock();
        if rounds.len() >= MOST {
            rounds.pop_front();
        }
        rounds.push_back(round);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Round<D>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Asked {
    fn by(request: &Request, state: Option<String>) -> Self {
        let wants = request.params.as_ref().map_or_else(nothing, wanted);
        Self { method: request.method.clone(), wants: exact(&wants), state }
    }
}

/// Writes what is wanted so that another order of keys makes no difference.
fn exact(wants: &RawValue) -> String {
    let canonical = Arguments::parse(wants).ok().and_then(|arguments| arguments.canonical());
    canonical.unwrap_or_else(|| wants.get().to_owned())
}

/// Tells whether a result asks questions back.
pub(crate) fn asks_back(result: &Json) -> bool {
    let kind = result.member("resultType").map(|kind| kind.read::<Value>());
    matches!(kind, Some(Ok(Value::String(kind))) if kind == "input_required")
}
