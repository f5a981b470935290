//! Questions in what a server answers (2026-07-28): each is an action of the agent's, whatever it stands beside.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::json;

use crate::call::{nothing, wanted};
use crate::decider::Decider;
use crate::denial::Denial;
use crate::json::{Json, Members};
use crate::ladder::task_id;
use crate::line::{Line, Upstream};
use crate::message::Request;
use crate::method;
use crate::permitted::{Became, Permitted};
use crate::proxy::Proxy;
use crate::strict::{Same, check};

/// Where questions stand.
const QUESTIONS: &str = "inputRequests";
/// How many questions one answer may ask.
const MOST: usize = 64;
/// How many questions of tasks are remembered.
const MOST_TOLD: usize = 1024;

/// Questions of the server's tasks that one client was let hear, oldest first: it hears them whenever it looks.
#[derive(Debug)]
pub(crate) struct Told<D: Decider>(Mutex<VecDeque<Question<D>>>);

#[derive(Debug)]
struct Question<D: Decider> {
    task: String,
    key: String,
    asks: Json,
    /// Until it is answered.
    permitted: Option<Permitted<D>>,
}

/// Returns the questions that an object asks, by name.
pub(crate) fn read(object: &Json) -> Result<Vec<(String, Json)>, Denial> {
    if !object.is_object() {
        return Ok(Vec::new());
    }
    let members: Members<'_> = object.read().map_err(|_| Denial::unclear())?;
    let mut named = members.0.iter().filter(|(name, _)| name.eq_ignore_ascii_case(QUESTIONS));
    let all = match (named.next(), named.next()) {
        (None, _) => return Ok(Vec::new()),
        (Some((name, all)), None) if name == QUESTIONS => all.get(),
        (Some(_), _) => return Err(Denial::unclear()),
    };
    if all == "null" {
        return Ok(Vec::new());
    }
    check(all, Same::Alike).map_err(|_| Denial::unclear())?;
    let all: Members<'_> = serde_json::from_str(all).map_err(|_| Denial::unclear())?;
    if all.0.len() > MOST {
        return Err(Denial::unclear());
    }
    Ok(all.0.iter().map(|(key, asks)| (key.to_string(), Json::of_raw(asks))).collect())
}

/// Tells whether an object beyond doubt asks nothing.
pub(crate) fn asks_nothing(object: &Json) -> bool {
    read(object).is_ok_and(|questions| questions.is_empty())
}

impl Proxy {
    /// Decides about every question in the server's answer to a request; returns those that the client answers when
    /// it asks again.
    pub(crate) async fn questions<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        answer: &Result<Json, Json>,
    ) -> Result<Vec<(String, Permitted<D>)>, Denial> {
        let Ok(result) = answer else { return Ok(Vec::new()) };
        let all = read(result)?;
        if all.is_empty() {
            return Ok(Vec::new());
        }
        let task = result.member("taskId").and_then(|task| task.read().ok());
        let task = task.or_else(|| task_id(request));
        let told = &line.session.told;
        let mut permitted = Vec::new();
        for (key, asks) in all {
            if task.as_ref().is_none_or(|task| !told.has(task, &key, &asks)) {
                let question = self.question(line, request, &asks).await?;
                permitted.push((key, asks, question));
            }
        }
        let Some(task) = task else {
            return Ok(permitted.into_iter().map(|(key, _, question)| (key, question)).collect());
        };
        for (key, asks, question) in permitted {
            let task = task.clone();
            told.keep(Question { task, key, asks, permitted: Some(question) });
        }
        Ok(Vec::new())
    }

    async fn question<D: Decider, U: Upstream>(
        &self,
        line: &Line<D, U>,
        request: &Request,
        asks: &Json,
    ) -> Result<Permitted<D>, Denial> {
        let method = asks.member("method").map(|method| method.read::<String>());
        let Some(Ok(method)) = method else { return Err(Denial::unclear()) };
        let args = asks.member("params").as_ref().map_or_else(nothing, wanted);
        let action = self.action(method::action(&method), args);
        self.ask(line, request, &line.session.speaker(request), action).await
    }
}

/// Reports questions that no later request answers.
pub(crate) fn passed_on<D: Decider>(questions: Vec<(String, Permitted<D>)>) {
    for (_, question) in questions {
        question.became(Became::Result(Json::of(&json!({"asked": true}))));
    }
}

impl<D: Decider> Default for Told<D> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<D: Decider> Told<D> {
    /// Takes the answers in a `tasks/update`; not where one of them answers what nobody was let ask.
    pub(crate) fn takes(&self, request: &Request) -> bool {
        let params = request.params.as_ref();
        let Some(answers) = params.and_then(|params| params.member("inputResponses")) else {
            return true;
        };
        let (Some(task), Ok(members)) = (task_id(request), answers.read::<Members<'_>>()) else {
            return false;
        };
        let mut told = self.lock();
        let is_told = |key: &str| told.iter().any(|told| told.task == task && told.key == key);
        if !members.0.iter().all(|(key, _)| is_told(key)) {
            return false;
        }
        for (key, answer) in &members.0 {
            for question in told.iter_mut().filter(|told| told.task == task && told.key == *key) {
                if let Some(permitted) = question.permitted.take() {
                    permitted.became(Became::Result(Json::of_raw(answer)));
                }
            }
        }
        true
    }

    fn has(&self, task: &str, key: &str, asks: &Json) -> bool {
        let same = |told: &Question<D>| told.task == task && told.key == key && told.asks == *asks;
        self.lock().iter().any(same)
    }

    fn keep(&self, question: Question<D>) {
        let mut told = self.lock();
        if told.len() >= MOST_TOLD {
            told.pop_front();
        }
        told.push_back(question);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Question<D>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{asks_nothing, read};
    use crate::json::Json;

    fn json(text: &str) -> Json {
        Json::of_raw(serde_json::from_str(text).unwrap())
    }

    #[test]
    fn questions_that_may_mean_two_things_are_refused() {
        for text in [
            r#"{"inputRequests":[{"method":"roots/list"}]}"#,
            r#"{"inputRequests":"roots/list"}"#,
            r#"{"inputRequests":{},"inputRequests":{"a":{"method":"roots/list"}}}"#,
            r#"{"InputRequests":{"a":{"method":"roots/list"}}}"#,
            r#"{"inputRequests":{"a":{"method":"roots/list","method":"sampling/createMessage"}}}"#,
            r#"{"\ud800":1,"inputRequests":{"a":{"method":"roots/list"}}}"#,
        ] {
            assert!(read(&json(text)).is_err(), "{text}");
            assert!(!asks_nothing(&json(text)), "{text}");
        }
        let text = r#"{"status":"working","input\u0052equests":{"a":{"method":"roots/list"}}}"#;
        assert_eq!(read(&json(text)).unwrap().len(), 1);
        for text in ["{}", r#"{"inputRequests":null}"#, r#"{"inputRequests":{}}"#, "[]"] {
            assert!(asks_nothing(&json(text)), "{text}");
        }
    }
}
