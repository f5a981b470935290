//! The governor: what a program asks before it acts, and tells afterwards.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use syndic_gate::{
    FilterError, Gate, LookedThrough, Passage, Reported, RotateError, RotatedLogKey, SessionError,
    Switch, SwitchError,
};
use syndic_model::{
    ActionRequest, AgentId, Caller, Decided, EnforcementGrade, EventId, Finding, SessionId,
};
use syndic_relay::{Idle, Notifier, SinkControl, Sinks, Traces, Witnesses};
use thiserror::Error;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::{InvalidRequest, Outcome, Request};

/// Under which name this process asks, and presses the stop button.
pub(crate) const EMBEDDED: &str = "embedded";
/// How long a collector may take for the last spans.
const FLUSH_WITHIN: Duration = Duration::from_secs(3);

/// Decides and records actions in this process, over one governance directory and one data directory.
///
/// Every call runs to its end even when its future is dropped: what is recorded is also counted and applied.
/// Dropping a governor stops what happens by itself and closes the ledger, at the latest when the calls that are under
/// way have ended; [`Governor::close`] waits for that.
pub struct Governor {
    pub(crate) gate: Arc<Gate>,
    /// What was worth knowing about the governance directory when it was read.
    pub(crate) findings: Vec<Finding>,
    /// Held by every call that is under way.
    pub(crate) busy: mpsc::Sender<()>,
    idle: mpsc::Receiver<()>,
    time: Ticking,
    /// Ends by itself once the gate has told of the last action.
    traced: JoinHandle<()>,
    /// Tell when nothing reads the ledger any more to tell people, or witnesses.
    told: [Idle; 3],
    /// Asks something of the sinks of the audit trail.
    pub(crate) sinks: SinkControl,
}

/// Says why an action was not even decided.
#[derive(Debug, Error)]
pub enum SubmitError {
    /// The request has no meaning.
    #[error(transparent)]
    Invalid(#[from] InvalidRequest),
    /// It is not one to make, or cannot be taken now.
    #[error(transparent)]
    Refused(#[from] syndic_gate::SubmitError),
}

/// Says why an outcome was not taken.
#[derive(Debug, Error)]
pub enum ReportError {
    /// There is nothing to report on.
    #[error(
        "the answer has no permit: the action may not run, or this answer repeats the one that has it"
    )]
    NoPermit,
    /// It was not taken.
    #[error(transparent)]
    Refused(#[from] syndic_gate::ReportError),
}

/// Stops the task when it is dropped.
struct Ticking(JoinHandle<()>);

impl Drop for Ticking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl fmt::Debug for Governor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Governor").field("gate", &self.gate).finish_non_exhaustive()
    }
}

impl Governor {
    pub(crate) fn running(gate: Arc<Gate>, findings: Vec<Finding>) -> Self {
        let (busy, idle) = mpsc::channel(1);
        let (kept, watched) = (Arc::downgrade(&gate), Arc::downgrade(&gate));
        let followed = Arc::downgrade(&gate);
        let notifier = notifier(&gate);
        let witnesses = witnesses(&gate);
        let carried = sinks(&gate);
        let sinks = carried.control();
        gate.knock_with(Arc::new(|url| Box::pin(async move { syndic_relay::knock(&url).await })));
        #[cfg(feature = "archive")]
        archive(&gate);
        let told = [notifier.idle.clone(), witnesses.idle.clone(), carried.idle.clone()];
        let time = Ticking(tokio::spawn(async move {
            let ((), (), (), (), (), ()) = tokio::join!(
                Gate::keep_time(kept),
                Gate::watch(watched),
                Gate::follow(followed),
                notifier.run(),
                witnesses.run(),
                carried.run()
            );
        }));
        let traced = tokio::spawn(traces(&gate).run());
        Self { gate, findings, busy, idle, time, traced, told, sinks }
    }

    /// Decides an action, records the decision, and only then answers. Act on `allowed` alone.
    ///
    /// # Errors
    /// When the request has no meaning, or cannot be taken now. A ledger that cannot be written is no error but a
    /// denial without a record.
    pub async fn submit(&self, request: Request) -> Result<Decided, SubmitError> {
        self.decide(request.try_into()?).await
    }

    /// Answers what [`Self::submit`] would, and leaves no trace.
    ///
    /// # Errors
    /// As [`Self::submit`].
    pub async fn dry_run(&self, request: Request) -> Result<Decided, SubmitError> {
        self.decide(ActionRequest { dry_run: true, ..request.try_into()? }).await
    }

    pub(crate) async fn decide(&self, request: ActionRequest) -> Result<Decided, SubmitError> {
        let decided = self.to_the_end(|gate| async move { gate.submit(&caller(), request).await });
        Ok(decided.await?)
    }

    /// Records what became of an allowed action, once.
    ///
    /// # Errors
    /// When the action was not allowed, was reported already, or the outcome cannot be recorded.
    pub async fn report(
        &self,
        decided: &Decided,
        outcome: Outcome,
    ) -> Result<Reported, ReportError> {
        let permit = decided.permit.as_ref().ok_or(ReportError::NoPermit)?;
        self.report_action(decided.action_id, &permit.args_digest, outcome).await
    }

    /// Records what became of an action whose answer is not at hand any more, as after a restart; `args_digest` is
    /// that of the permit.
    ///
    /// # Errors
    /// As [`Self::report`].
    pub async fn report_action(
        &self,
        action: EventId,
        args_digest: &str,
        outcome: Outcome,
    ) -> Result<Reported, ReportError> {
        let report = outcome.report(args_digest.to_owned());
        let reported =
            self.to_the_end(|gate| async move { gate.report(&caller(), action, &report).await });
        Ok(reported.await?)
    }

    /// Finds personal data and secrets in a passage, and redacts them; nothing is recorded.
    ///
    /// # Errors
    /// When it is too costly to look through.
    pub async fn look_through(
        &self,
        agent: &AgentId,
        session: Option<&SessionId>,
        passage: Passage,
    ) -> Result<LookedThrough, FilterError> {
        let (agent, session) = (agent.clone(), session.cloned());
        self.to_the_end(|gate| async move {
            gate.look_through(&caller(), &agent, session.as_ref(), &passage)
        })
        .await
    }

    /// Opens a session of an agent.
    ///
    /// # Errors
    /// When there is no such agent, or it cannot be recorded.
    pub async fn open_session(&self, agent: &AgentId) -> Result<SessionId, SessionError> {
        let agent = agent.clone();
        self.to_the_end(|gate| async move { gate.open_session(&caller(), &agent).await }).await
    }

    /// Stops an agent, or all, from the next decision on, even if the stop cannot be recorded. Answers where it is
    /// recorded.
    ///
    /// # Errors
    /// When there is no such agent or reason, or the stop holds only until restart because it was not recorded.
    pub async fn suspend(
        &self,
        switch: Switch,
        reason: impl Into<String>,
    ) -> Result<u64, SwitchError> {
        let reason = reason.into();
        self.to_the_end(|gate| async move { gate.suspend(&switch, &reason, EMBEDDED).await }).await
    }

    /// Makes another key for the log; the former one signs too until the next time.
    ///
    /// # Errors
    /// When the key cannot be made, or what was done cannot be recorded.
    pub async fn rotate_log_key(&self) -> Result<RotatedLogKey, RotateError> {
        self.to_the_end(|gate| async move { gate.rotate_log_key(EMBEDDED).await }).await
    }

    /// Lets an agent, or all, act again. Answers where it is recorded.
    ///
    /// # Errors
    /// When there is no such agent or reason, all agents are stopped, or it cannot be recorded.
    pub async fn resume(
        &self,
        switch: Switch,
        reason: impl Into<String>,
    ) -> Result<u64, SwitchError> {
        let reason = reason.into();
        self.to_the_end(|gate| async move { gate.resume(&switch, &reason, EMBEDDED).await }).await
    }

    /// Ends calls that are under way, writes what is queued, and gives the data directory back.
    pub async fn close(self) {
        let Self { gate, findings: _, busy, mut idle, mut time, mut traced, told, sinks } = self;
        sinks.stop().await;
        time.0.abort();
        let _stopped = (&mut time.0).await;
        for told in told {
            told.wait().await;
        }
        gate.follow_idle().wait().await;
        drop(busy);
        // Ends when the last call does.
        let _ended = idle.recv().await;
        // What cannot be recorded is not: the ledger says so by itself.
        let _counted = gate.count_calls().await;
        gate.end_spans();
        if tokio::time::timeout(FLUSH_WITHIN, &mut traced).await.is_err() {
            traced.abort();
        }
        // A thread that may wait for the disk; where the runtime shuts down, the gate is dropped there.
        let _closed = tokio::task::spawn_blocking(move || drop(gate)).await;
    }

    /// Runs a call to its end even when nobody waits for it any more.
    pub(crate) async fn to_the_end<T, F>(&self, work: impl FnOnce(Arc<Gate>) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        to_the_end(&self.gate, &self.busy, work).await
    }
}

/// See [`Governor::to_the_end`]. It begins when it is first awaited.
pub(crate) fn to_the_end<T, F>(
    gate: &Arc<Gate>,
    busy: &mpsc::Sender<()>,
    work: impl FnOnce(Arc<Gate>) -> F,
) -> impl Future<Output = T> + Send + 'static
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let (work, busy) = (work(Arc::clone(gate)), busy.clone());
    async move {
        let running = tokio::spawn(async move {
            let answer = work.await;
            drop(busy);
            answer
        });
        match running.await {
            Ok(answer) => answer,
            Err(error) => match error.try_into_panic() {
                // A bug reaches whoever called, as it would without the task.
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is shut down, and with it whoever waits.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

/// Tells people about requests for approval, as the server does.
#[cfg(feature = "archive")]
fn archive(gate: &Arc<Gate>) {
    let governed = Arc::downgrade(gate);
    let governance = move || Some(governed.upgrade()?.governance());
    gate.archive_with(syndic_relay::archiver(Arc::downgrade(&gate.store()), governance));
    drop(tokio::spawn(syndic_relay::probe_archive(gate.governance())));
}

fn notifier(gate: &Arc<Gate>) -> Notifier {
    let [governed, counted, reached] = [(); 3].map(|()| Arc::downgrade(gate));
    Notifier::new(
        Arc::downgrade(&gate.store()),
        &gate.governance().settings.data_dir,
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |channel| {
            if let Some(gate) = counted.upgrade() {
                gate.notification_failed(channel);
            }
        },
        move |next| {
            if let Some(gate) = reached.upgrade() {
                gate.relay_reads_next("notifications", next);
            }
        },
    )
}

/// Has checkpoints cosigned, as the server does.
fn witnesses(gate: &Arc<Gate>) -> Witnesses {
    let (governed, told) = (Arc::downgrade(gate), Arc::downgrade(gate));
    Witnesses::new(
        Arc::downgrade(&gate.store()),
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |states| {
            if let Some(gate) = told.upgrade() {
                gate.witnesses_are(states);
            }
        },
    )
}

/// Carries the audit trail to sinks, as the server does.
fn sinks(gate: &Arc<Gate>) -> Sinks {
    let (governed, told) = (Arc::downgrade(gate), Arc::downgrade(gate));
    Sinks::new(
        Arc::downgrade(&gate.store()),
        &gate.governance().settings.data_dir,
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |states| {
            if let Some(gate) = told.upgrade() {
                gate.sinks_are(states);
            }
        },
    )
}

/// Tells a collector of actions, as the server does.
fn traces(gate: &Arc<Gate>) -> Traces {
    let (governed, counted) = (Arc::downgrade(gate), Arc::downgrade(gate));
    Traces::new(
        gate.spans(),
        gate.clock(),
        move || Some(governed.upgrade()?.governance()),
        move |count| {
            if let Some(gate) = counted.upgrade() {
                gate.spans_dropped(count);
            }
        },
    )
}

/// This process may act as any agent it governs, and nothing keeps it from acting without asking.
pub(crate) fn caller() -> Caller {
    Caller::Agent { key: EMBEDDED.to_owned(), agent: None, grade: EnforcementGrade::Advisory }
}
