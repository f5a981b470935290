//! For whom functions run, and which governor records them: of a task, else of the process.

use std::future::Future;
use std::sync::{Arc, OnceLock, PoisonError, RwLock, Weak};

use serde_json::{Map, Value};
use syndic_gate::Gate;
use syndic_model::{EventId, TraceParent};
use thiserror::Error;
use tokio::sync::mpsc;

use crate::Governor;

tokio::task_local! {
    static SCOPE: Arc<Scope>;
}

static INSTALLED: RwLock<Option<Handle>> = RwLock::new(None);
static TRACED_BY: OnceLock<fn() -> Option<TraceParent>> = OnceLock::new();

/// A governor that may be closed meanwhile.
#[derive(Debug, Clone)]
pub(crate) struct Handle {
    gate: Weak<Gate>,
    busy: mpsc::WeakSender<()>,
}

/// A governor that waits to be closed until this is gone.
#[derive(Debug, Clone)]
pub(crate) struct Held {
    /// Before `busy`: who waits for that takes the gate to be free.
    pub(crate) gate: Arc<Gate>,
    pub(crate) busy: mpsc::Sender<()>,
}

/// There is a governor of the process already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error(
    "this process has a governor already; close that first, or name another by `syndic::scope().governor(…)`"
)]
pub struct AlreadyInstalled;

/// The session, the user and the trace that functions run for; see [`scope`].
#[derive(Debug, Clone, Default)]
#[must_use = "nothing runs within it until `run`"]
pub struct Scope {
    session: Option<Arc<str>>,
    user: Option<Arc<str>>,
    trace: Option<TraceParent>,
    metadata: Map<String, Value>,
    parent: Option<EventId>,
    governor: Option<Handle>,
}

/// Says for whom functions run that are audited or governed, within [`Scope::run`] or [`Scope::run_blocking`]: what is
/// not said is that of the scope around. A task that is spawned begins without one.
///
/// ```
/// # async fn answer() {}
/// # async fn served() {
/// syndic::scope().session("chat-17").user("user-4411").run(answer()).await;
/// # }
/// ```
pub fn scope() -> Scope {
    Scope::current().as_deref().cloned().unwrap_or_default()
}

/// Takes the place in a trace from `current`, wherever no scope says it: a function that a program with a tracing
/// library has. It can be set once; whether it was is told.
///
/// ```
/// # struct Context; struct SpanContext;
/// # fn current_span() -> SpanContext { SpanContext }
/// # impl SpanContext {
/// #     fn is_valid(&self) -> bool { false }
/// #     fn trace_id(&self) -> Id<16> { Id([0; 16]) }
/// #     fn span_id(&self) -> Id<8> { Id([0; 8]) }
/// #     fn trace_flags(&self) -> Flags { Flags }
/// # }
/// # struct Id<const N: usize>([u8; N]);
/// # impl<const N: usize> Id<N> { fn to_bytes(&self) -> [u8; N] { self.0 } }
/// # struct Flags;
/// # impl Flags { fn to_u8(&self) -> u8 { 0 } }
/// // With tracing-opentelemetry, `current_span` is
/// // `tracing::Span::current().context().span().span_context().clone()`.
/// syndic::trace_by(|| {
///     let span = current_span();
///     span.is_valid().then(|| syndic::TraceParent {
///         trace: span.trace_id().to_bytes(),
///         span: span.span_id().to_bytes(),
///         flags: span.trace_flags().to_u8(),
///         state: None,
///     })
/// });
/// ```
pub fn trace_by(current: fn() -> Option<TraceParent>) -> bool {
    TRACED_BY.set(current).is_ok()
}

impl Scope {
    /// Names the session.
    pub fn session(self, session: impl AsRef<str>) -> Self {
        Self { session: Some(session.as_ref().into()), ..self }
    }

    /// Names the user; what is personal in the record can then be erased with the user's.
    pub fn user(self, user: impl AsRef<str>) -> Self {
        Self { user: Some(user.as_ref().into()), ..self }
    }

    /// Says the place in a trace, as `traceparent` does (W3C Trace Context). A text that is none says nothing.
    pub fn trace(self, parent: impl AsRef<str>) -> Self {
        Self { trace: parent.as_ref().parse().ok(), ..self }
    }

    /// Adds something to the metadata of events.
    pub fn metadata(mut self, key: impl Into<String>, value: impl Into<Value>) -> Self {
        self.metadata.insert(key.into(), value.into());
        self
    }

    /// Has another governor than the process's record what runs within.
    pub fn governor(self, governor: &Governor) -> Self {
        Self { governor: Some(governor.handle()), ..self }
    }

    pub(crate) fn within(self, action: EventId) -> Self {
        Self { parent: Some(action), ..self }
    }

    /// Runs a future within the scope.
    pub async fn run<F: Future>(self, future: F) -> F::Output {
        SCOPE.scope(Arc::new(self), future).await
    }

    /// Runs a function within the scope.
    pub fn run_blocking<T>(self, run: impl FnOnce() -> T) -> T {
        SCOPE.sync_scope(Arc::new(self), run)
    }

    /// Returns the innermost scope around, if there is one.
    pub(crate) fn current() -> Option<Arc<Self>> {
        SCOPE.try_with(Arc::clone).ok()
    }

    pub(crate) fn told_session(&self) -> Option<String> {
        self.session.as_deref().map(str::to_owned)
    }

    pub(crate) fn told_user(&self) -> Option<String> {
        self.user.as_deref().map(str::to_owned)
    }

    pub(crate) fn told_metadata(&self) -> Map<String, Value> {
        self.metadata.clone()
    }

    pub(crate) const fn parent(&self) -> Option<EventId> {
        self.parent
    }

    /// Returns the governor that is in force: the scope's, else the process's; nothing where it was closed.
    pub(crate) fn in_force(current: Option<&Self>) -> Option<Held> {
        match current.and_then(|scope| scope.governor.as_ref()) {
            Some(handle) => handle.held(),
            None => INSTALLED.read().unwrap_or_else(PoisonError::into_inner).as_ref()?.held(),
        }
    }

    /// Returns the place in a trace: the scope's, else what the program's own function tells.
    pub(crate) fn place(current: Option<&Self>) -> Option<TraceParent> {
        let said = current.and_then(|scope| scope.trace.clone());
        said.or_else(|| TRACED_BY.get().and_then(|current| current()))
    }
}

/// Writes a place in a trace as W3C Trace Context does.
pub(crate) fn traceparent(place: &TraceParent) -> String {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    format!("00-{}-{}-{:02x}", hex(&place.trace), hex(&place.span), place.flags)
}

impl Handle {
    pub(crate) fn new(gate: &Arc<Gate>, busy: &mpsc::Sender<()>) -> Self {
        Self { gate: Arc::downgrade(gate), busy: busy.downgrade() }
    }

    fn held(&self) -> Option<Held> {
        let busy = self.busy.upgrade()?;
        Some(Held { gate: self.gate.upgrade()?, busy })
    }

    /// Makes it the process's, unless there is one that is not closed.
    pub(crate) fn install(self) -> Result<(), AlreadyInstalled> {
        let mut installed = INSTALLED.write().unwrap_or_else(PoisonError::into_inner);
        if installed.as_ref().is_some_and(|other| other.gate.strong_count() > 0) {
            return Err(AlreadyInstalled);
        }
        *installed = Some(self);
        Ok(())
    }
}
