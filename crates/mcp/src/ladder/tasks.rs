//! Requests about tasks, ours and the server's.

use bytes::Bytes;
use serde_json::json;

use crate::answer;
use crate::decider::Decider;
use crate::ladder::task::Tasks;
use crate::line::Line;
use crate::message::Request;
use crate::proxy::Proxy;

/// The extension's name in capabilities.
const EXTENSION: &str = "io.modelcontextprotocol/tasks";
/// The specification's code for a client that does not say it can do what it asks for.
const MISSING_CAPABILITY: i32 = -32021;
const INVALID_PARAMS: i32 = -32602;

/// Returns the task that a request is about.
pub(crate) fn task_id(request: &Request) -> Option<String> {
    request.params.as_ref()?.member("taskId")?.read().ok()
}

impl Proxy {
    /// Answers a request about a task of ours; nothing, where it is about none.
    pub(crate) fn own_task<D: Decider, U>(
        &self,
        line: &Line<D, U>,
        request: &Request,
    ) -> Option<Bytes> {
        if !request.method.starts_with("tasks/") {
            return None;
        }
        let id = task_id(request).filter(|id| Tasks::claims(id))?;
        if !line.session.speaker(request).takes_tasks() {
            let data = json!({"requiredCapabilities": {"extensions": {EXTENSION: {}}}});
            let text = "Missing required client capability";
            return Some(answer::error(&request.id, MISSING_CAPABILITY, text, Some(&data)));
        }
        let Some(task) = self.tasks.find(&line.session.principal, &id) else {
            let text = "there is no such task, or it has expired";
            return Some(answer::error(&request.id, INVALID_PARAMS, text, None));
        };
        let result = match &*request.method {
            "tasks/get" => task.now(),
            // It asks for nothing, so there is nothing to take.
            "tasks/update" => json!({"resultType": "complete"}),
            "tasks/cancel" => {
                task.cancel();
                json!({"resultType": "complete"})
            }
            _ => return Some(answer::error(&request.id, -32601, "no such method", None)),
        };
        Some(answer::result(&request.id, &result))
    }
}
