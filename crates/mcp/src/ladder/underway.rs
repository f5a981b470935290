//! Calls that the server made tasks of: what became of each is known when its task ends.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::decider::Decider;
use crate::json::Json;
use crate::permitted::{Became, Permitted};

/// How many are kept; of older ones it is not known what became of them.
const MOST: usize = 1024;

/// The tasks of one client that the server works on, oldest first.
#[derive(Debug)]
pub(crate) struct Underway<D: Decider>(Mutex<VecDeque<(String, Permitted<D>)>>);

impl<D: Decider> Default for Underway<D> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// Returns the task that a call became, by the extension of 2026-07-28 or as of 2025-11-25.
pub(crate) fn begun(result: &Json) -> Option<String> {
    let kind = result.member("resultType").and_then(|kind| kind.read::<String>().ok());
    let task = match kind.as_deref() {
        Some("task") => result.member("taskId")?,
        Some(_) => return None,
        None => result.member("task")?.member("taskId")?,
    };
    task.read().ok()
}

impl<D: Decider> Underway<D> {
    pub(crate) fn keep(&self, task: String, permitted: Permitted<D>) {
        let mut tasks = self.lock();
        if tasks.len() >= MOST {
            tasks.pop_front();
        }
        tasks.push_back((task, permitted));
    }

    /// Reads the answer to a request about a task: what became of it, where the answer tells.
    pub(crate) fn saw(
        &self,
        task: &str,
        method: &str,
        answer: &Result<Json, Json>,
    ) -> Option<(Permitted<D>, Became)> {
        let became = became(method, answer)?;
        let mut tasks = self.lock();
        let place = tasks.iter().position(|(id, _)| id == task)?;
        tasks.remove(place).map(|(_, permitted)| (permitted, became))
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(String, Permitted<D>)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn became(method: &str, answer: &Result<Json, Json>) -> Option<Became> {
    match (method, answer) {
        ("tasks/result", answer) => Some(Became::of(answer)),
        ("tasks/get", Ok(task)) => {
            let status: String = task.member("status")?.read().ok()?;
            match status.as_str() {
                // As of 2025-11-25 the result comes by `tasks/result`.
                "completed" => task.member("result").map(|result| Became::of(&Ok(result))),
                "failed" => {
                    let why = task.member("error").or_else(|| task.member("statusMessage"));
                    Some(Became::Error(why.map_or_else(|| status, |why| why.text().to_owned())))
                }
                "cancelled" => Some(Became::Error("the task was cancelled".to_owned())),
                _ => None,
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{became, begun};
    use crate::json::Json;
    use crate::permitted::Became;

    #[test]
    fn a_call_became_a_task_where_its_result_says_so() {
        for (result, task) in [
            (json!({"resultType": "task", "taskId": "t", "status": "working"}), Some("t")),
            (json!({"task": {"taskId": "t", "status": "working"}}), Some("t")),
            (json!({"resultType": "complete", "taskId": "t", "task": {"taskId": "t"}}), None),
            (json!({"content": []}), None),
            (json!({"resultType": "task", "taskId": 7}), None),
            (json!([]), None),
        ] {
            assert_eq!(begun(&Json::of(&result)).as_deref(), task, "{result}");
        }
    }

    #[test]
    fn the_end_of_a_task_tells_what_became_of_its_call() {
        let tell = |method: &str, answer| match became(method, &answer) {
            Some(Became::Result(_)) => "ok",
            Some(Became::Failed(_)) => "failed",
            Some(Became::Error(_)) => "error",
            None => "open",
        };
        for (method, task, told) in [
            ("tasks/get", json!({"status": "working"}), "open"),
            ("tasks/get", json!({"status": "input_required"}), "open"),
            ("tasks/get", json!({"status": "completed", "result": {"content": []}}), "ok"),
            ("tasks/get", json!({"status": "completed", "result": {"isError": true}}), "failed"),
            ("tasks/get", json!({"status": "completed"}), "open"),
            ("tasks/get", json!({"status": "failed", "error": {"code": 1}}), "error"),
            ("tasks/get", json!({"status": "cancelled"}), "error"),
            ("tasks/get", json!({"status": 7}), "open"),
            ("tasks/cancel", json!({"status": "cancelled"}), "open"),
            ("tasks/result", json!({"content": []}), "ok"),
        ] {
            assert_eq!(tell(method, Ok(Json::of(&task))), told, "{method} {task}");
        }
        assert_eq!(tell("tasks/get", Err(Json::of(&json!({"code": -32602})))), "open");
        assert_eq!(tell("tasks/result", Err(Json::of(&json!({"code": -32602})))), "error");
    }
}
