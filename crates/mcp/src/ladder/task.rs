//! Tasks of our own: calls that wait for people, and run once they have agreed.
//!
//! The extension `io.modelcontextprotocol/tasks` of 2026-07-28. A task's id is all that it takes to look at it, so it
//! is random, and good for the client alone that got it.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use syndic_model::Clock;
use tokio::task::AbortHandle;

use crate::background::Background;
use crate::json::Json;

/// What every id of ours begins with.
const OURS: &str = "syndic-task-";
/// How many tasks there may be.
const MOST: usize = 1024;
/// How long a task is kept.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// How often a client should look.
const POLL_MS: u32 = 2000;

/// The tasks of every client.
pub(crate) struct Tasks {
    clock: Arc<dyn Clock>,
    open: Mutex<HashMap<String, Arc<Task>>>,
    workers: Background,
}

/// One task.
pub(crate) struct Task {
    id: String,
    principal: String,
    begun: Timestamp,
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

struct State {
    stage: Stage,
    updated: Timestamp,
    message: String,
}

/// How far a task is.
enum Stage {
    /// People are asked. Ended, it takes the request for approval back.
    Waiting(Option<AbortHandle>),
    /// The server works on it; that cannot be taken back.
    Running,
    Completed(Json),
    Failed(Json),
    Cancelled,
}

impl Tasks {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, open: Mutex::default(), workers: Background::at_most(MOST) }
    }

    /// Tells whether an id claims to be ours.
    pub(crate) fn claims(id: &str) -> bool {
        id.starts_with(OURS)
    }

    /// Begins a task for a client; none, where there are too many.
    pub(crate) fn begin(&self, principal: &str, message: &str) -> Option<Arc<Task>> {
        let now = self.clock.now();
        let mut open = self.open();
        if open.len() >= MOST {
            open.retain(|_, task| now.duration_since(task.begun) < KEPT);
        }
        if open.len() >= MOST {
            let ended = open.iter().filter(|(_, task)| task.is_over());
            let oldest = ended.min_by_key(|(_, task)| task.begun).map(|(id, _)| id.clone())?;
            open.remove(&oldest);
        }
        let mut random = [0; 24];
        self.clock.fill(&mut random);
        let id = random.iter().fold(OURS.to_owned(), |mut id, byte| {
            let _ = write!(id, "{byte:02x}");
            id
        });
        let stage = Stage::Waiting(None);
        let task = Arc::new(Task {
            id: id.clone(),
            principal: principal.to_owned(),
            begun: now,
            clock: Arc::clone(&self.clock),
            state: Mutex::new(State { stage, updated: now, message: message.to_owned() }),
        });
        open.insert(id, Arc::clone(&task));
        Some(task)
    }

    /// Finds a task of a client.
    pub(crate) fn find(&self, principal: &str, id: &str) -> Option<Arc<Task>> {
        let now = self.clock.now();
        let task = self.open().get(id).cloned()?;
        (task.principal == principal && now.duration_since(task.begun) < KEPT).then_some(task)
    }

    /// Ends every task that waits, since nobody will look at it any more.
    pub(crate) fn end(&self) {
        for (_, task) in self.open().drain() {
            task.cancel();
        }
    }

    /// Ends every task of a client that waits, since it is gone.
    pub(crate) fn leave(&self, principal: &str) {
        let of: Vec<_> =
            self.open().values().filter(|task| task.principal == principal).cloned().collect();
        for task in of {
            task.cancel();
        }
    }

    /// Has a task worked on.
    pub(super) fn work(&self, task: &Task, work: impl Future<Output = ()> + Send + 'static) {
        match self.workers.start("a task", work) {
            Some(worker) => task.works(worker.abort_handle()),
            None => task.cancel(),
        }
    }

    /// Waits until nobody works on a task, and what a task that was ended held is given back.
    pub(crate) async fn none_works(&self) {
        self.workers.none().await;
    }

    fn open(&self) -> MutexGuard<'_, HashMap<String, Arc<Task>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Tasks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tasks({})", self.open().len())
    }
}

impl Task {
    /// Answers the call that it is for.
    pub(crate) fn created(&self) -> Value {
        self.told("task")
    }

    /// Answers `tasks/get`.
    pub(crate) fn now(&self) -> Value {
        self.told("complete")
    }

    fn told(&self, result_type: &str) -> Value {
        let state = self.state();
        let mut told = json!({
            "resultType": result_type,
            "taskId": self.id,
            "status": state.stage.status(),
            "statusMessage": state.message,
            "createdAt": self.begun,
            "lastUpdatedAt": state.updated,
            "ttlMs": i64::try_from(KEPT.as_millis()).unwrap_or(i64::MAX),
            "pollIntervalMs": POLL_MS,
        });
        let content = match &state.stage {
            Stage::Completed(result) => Some(("result", result)),
            Stage::Failed(error) => Some(("error", error)),
            Stage::Waiting(_) | Stage::Running | Stage::Cancelled => None,
        };
        if let (Some((name, json)), Some(members)) = (content, told.as_object_mut()) {
            members.insert(name.to_owned(), json.read().unwrap_or_default());
        }
        told
    }

    /// Says who works on it while it waits; ends them, where it was cancelled before.
    fn works(&self, handle: AbortHandle) {
        match &mut self.state().stage {
            Stage::Waiting(worker) => *worker = Some(handle),
            Stage::Cancelled => handle.abort(),
            Stage::Running | Stage::Completed(_) | Stage::Failed(_) => {}
        }
    }

    /// Begins to run it; not where it was cancelled.
    pub(super) fn run(&self) -> bool {
        let waits = matches!(self.state().stage, Stage::Waiting(_));
        waits && self.turn(Stage::Running, "approved, and running")
    }

    pub(super) fn complete(&self, result: Json, message: &str) {
        self.turn(Stage::Completed(result), message);
    }

    pub(super) fn fail(&self, error: Json, message: &str) {
        self.turn(Stage::Failed(error), message);
    }

    /// Cancels it while it waits for people: it never runs.
    pub(crate) fn cancel(&self) {
        let waiting = match &mut self.state().stage {
            Stage::Waiting(worker) => Some(worker.take()),
            Stage::Running | Stage::Completed(_) | Stage::Failed(_) | Stage::Cancelled => None,
        };
        if let Some(worker) = waiting {
            self.turn(Stage::Cancelled, "cancelled; it has not run");
            if let Some(worker) = worker {
                worker.abort();
            }
        }
    }

    fn is_over(&self) -> bool {
        self.state().stage.is_over()
    }

    /// Turns to another stage; not from the last one.
    fn turn(&self, stage: Stage, message: &str) -> bool {
        let now = self.clock.now();
        let mut state = self.state();
        if state.stage.is_over() {
            return false;
        }
        *state = State { stage, updated: now, message: message.to_owned() };
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage {
    const fn status(&self) -> &'static str {
        match self {
            Self::Waiting(_) | Self::Running => "working",
            Self::Completed(_) => "completed",
            Self::Failed(_) => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    const fn is_over(&self) -> bool {
        matches!(self, Self::Completed(_) | Self::Failed(_) | Self::Cancelled)
    }
}
