//! A call of an audited function, from before its body until its event is in the ledger.

use std::mem;
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use syndic_gate::{AuditedCall, Ended, Gate, Lost};
use syndic_model::{ActionName, AgentId, ToolName};

use super::args::Args;
use super::caught::{Panicked, caught, ended};
use crate::blocking::block_on;
use crate::governor::EMBEDDED;
use crate::scope::{Held, Scope, traceparent};

/// What an attribute says of a function, and what is known of it since.
#[derive(Debug)]
pub struct Callee {
    pub(crate) named: Named,
    names: OnceLock<Option<Names>>,
    warned: AtomicBool,
}

/// What an attribute says of a function.
#[derive(Debug)]
pub struct Named {
    /// Who acts.
    pub agent: &'static str,
    /// Its version.
    pub version: Option<&'static str>,
    /// What it does.
    pub action: &'static str,
    /// Through which tool.
    pub tool: Option<&'static str>,
    /// The model.
    pub model: Option<&'static str>,
    /// After how many characters a result is cut.
    pub result_chars: usize,
    /// For how many seconds people are waited for.
    pub wait_s: u64,
}

#[derive(Debug)]
struct Names {
    agent: AgentId,
    action: ActionName,
    tool: Option<ToolName>,
}

/// A call that is recorded when it ends; when it is dropped before, as cancelled.
#[derive(Debug)]
#[must_use]
pub struct Call(Option<Recording>);

#[derive(Debug)]
struct Recording {
    held: Held,
    callee: &'static Callee,
    scope: Option<Arc<Scope>>,
    args: String,
    begun: Instant,
}

impl Callee {
    /// Keeps what an attribute says; the attribute has checked the names.
    #[must_use]
    pub const fn new(named: Named) -> Self {
        Self { named, names: OnceLock::new(), warned: AtomicBool::new(false) }
    }

    pub(crate) const fn result_chars(&self) -> usize {
        self.named.result_chars
    }

    pub(crate) const fn wait(&self) -> Duration {
        Duration::from_secs(self.named.wait_s)
    }

    fn names(&self) -> Option<&Names> {
        let parse = || {
            Some(Names {
                agent: self.named.agent.parse().ok()?,
                action: self.named.action.parse().ok()?,
                tool: self.named.tool.map(str::parse).transpose().ok()?,
            })
        };
        self.names.get_or_init(parse).as_ref()
    }

    /// Warns, once, that calls leave no trace.
    fn warn(&self) {
        if !self.warned.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                agent = self.named.agent,
                action = self.named.action,
                "an audited function runs and nothing records it: no governor is installed"
            );
        }
    }
}

impl Call {
    /// Begins a call; `arguments` are written down where somebody records them.
    pub fn begin(callee: &'static Callee, arguments: impl FnOnce(&mut Args)) -> Self {
        let scope = Scope::current();
        let Some(held) = Scope::in_force(scope.as_deref()) else {
            callee.warn();
            return Self(None);
        };
        // What a program's own `Serialize` or `Debug` does must not keep the function from running.
        let args = caught(|| {
            let mut args = Args::default();
            arguments(&mut args);
            args
        });
        let args = args.unwrap_or_default().finish();
        Self(Some(Recording { held, callee, scope, args, begun: Instant::now() }))
    }

    /// Says how the call ended, where somebody records it.
    pub fn ended<T>(
        &self,
        out: &Result<T, Panicked>,
        describe: impl FnOnce(&T) -> Ended,
    ) -> Option<Ended> {
        self.0.as_ref().map(|_| ended(out, describe))
    }

    /// Records the call. Blocks while the ledger's queue is full, and until the event is durable where it must be.
    pub fn end(mut self, ended: Option<Ended>) {
        if let Some((recording, ended)) = self.0.take().zip(ended) {
            recording.record_blocking(ended, true);
        }
    }

    /// Records the call as [`Self::end`], and waits where that blocks.
    pub async fn end_async(mut self, ended: Option<Ended>) {
        let Some(ended) = ended else {
            self.0 = None;
            return;
        };
        // Dropped while it waits, it is still recorded, with how it ended.
        let mut ending = Ending { call: self, ended };
        let Some((gate, agent)) = ending.call.whom() else { return };
        let room = gate.room_for_audited(&agent).await;
        let Some(recording) = ending.call.0.take() else { return };
        let Ok(slot) = room else { return };
        let ended = mem::replace(&mut ending.ended, Ended::Cancelled);
        let Recording { held, callee, scope, args, begun } = recording;
        let Some(call) = audited(callee, scope.as_deref(), args, begun, ended) else { return };
        let pending = gate.audit(slot, EMBEDDED, call);
        drop(gate);
        // A loss is counted and logged there.
        let _lost = Gate::audited_durably(pending).await;
        drop(held);
    }

    fn whom(&self) -> Option<(Arc<Gate>, AgentId)> {
        let recording = self.0.as_ref()?;
        Some((Arc::clone(&recording.held.gate), recording.callee.names()?.agent.clone()))
    }
}

/// An end that waits for room in the ledger's queue.
struct Ending {
    call: Call,
    ended: Ended,
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(recording) = self.call.0.take() {
            let ended = mem::replace(&mut self.ended, Ended::Cancelled);
            recording.record_blocking(ended, false);
        }
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        if let Some(recording) = self.0.take() {
            recording.record_blocking(Ended::Cancelled, false);
        }
    }
}

impl Recording {
    /// Records it in this thread; nobody waits for the disk where no result goes back.
    fn record_blocking(self, ended: Ended, durably: bool) {
        let Self { held, callee, scope, args, begun } = self;
        let Some(call) = audited(callee, scope.as_deref(), args, begun, ended) else { return };
        let gate = &held.gate;
        let recorded = async {
            let slot = gate.room_for_audited(&call.agent).await?;
            let pending = gate.audit(slot, EMBEDDED, call);
            if durably { Gate::audited_durably(pending).await } else { Ok::<(), Lost>(()) }
        };
        // A loss is counted and logged there.
        let _lost = block_on(recorded);
    }
}

fn audited(
    callee: &Callee,
    scope: Option<&Scope>,
    args: String,
    begun: Instant,
    ended: Ended,
) -> Option<AuditedCall> {
    let names = callee.names()?;
    let mut metadata = scope.map(Scope::told_metadata).unwrap_or_default();
    if let Some(place) = Scope::place(scope) {
        metadata.insert("traceparent".to_owned(), traceparent(&place).into());
    }
    Some(AuditedCall {
        agent: names.agent.clone(),
        agent_version: callee.named.version.map(str::to_owned),
        action: names.action.clone(),
        tool: names.tool.clone(),
        args,
        ended,
        duration: begun.elapsed(),
        session: scope.and_then(Scope::told_session),
        user: scope.and_then(Scope::told_user),
        model: callee.named.model.map(str::to_owned),
        input_tokens: None,
        output_tokens: None,
        metadata,
        parent: scope.and_then(Scope::parent),
    })
}
