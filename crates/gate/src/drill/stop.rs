//! The override drill: an agent is stopped, and what it asks for meanwhile is refused.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use syndic_ledger::{AgentSwitched, Record};
use syndic_model::{ActionRequest, AgentId, SessionId};
use tokio::task::JoinSet;

use super::probe::{caller, is_stopped, requests};
use super::{DrillError, Tried, figure};
use crate::Gate;
use crate::gate::{WriteFailed, committed};
use crate::record::plain;
use crate::switch::Switch;

/// How many ask at once while the agent is stopped, and how often before and after.
const ASKING: usize = 4;
const ASKED_BEFORE: u64 = 16;
const ASKED_AFTER: usize = 32;

/// One answer.
#[derive(Debug, Clone, Copy)]
struct Answer {
    begun: Instant,
    ended: Instant,
    stopped: bool,
}

/// What was seen while the agent was stopped.
#[derive(Debug)]
struct Seen {
    answers: Vec<Answer>,
    /// When the stop was asked for, and when it was on disk.
    asked: Instant,
    recorded: Instant,
    /// Of what was asked for after that, how much was refused.
    refused: usize,
    /// Where the one is that was asked for to be recorded, if it was refused.
    record: Option<u64>,
}

impl Gate {
    /// Stops an agent while it is asked for actions that are not recorded, looks when they begin to be refused, asks for
    /// one that is recorded, and lets the agent act again.
    pub(super) async fn drill_override(
        self: &Arc<Self>,
        agent: &AgentId,
        by: &str,
    ) -> Result<Tried, DrillError> {
        if self.state().suspension(agent.as_str()).is_some() {
            return Err(DrillError::Suspended(agent.clone()));
        }
        let request = self.plainest(agent).await?;
        let reason = format!("drill: stopped to measure how fast, by {by}");
        let seen = self.stopped(agent, &request, &reason, by).await;
        self.resume_own(agent, &reason, by).await?;
        Ok(judge(&seen?))
    }

    /// Returns a request that would be allowed now, else any that can be made up.
    async fn plainest(&self, agent: &AgentId) -> Result<ActionRequest, DrillError> {
        let mut any = None;
        for request in requests(&self.governance(), agent) {
            if self.submit(&caller(agent), request.clone()).await?.allowed {
                return Ok(request);
            }
            any.get_or_insert(request);
        }
        any.ok_or(DrillError::NoProbe)
    }

    async fn stopped(
        self: &Arc<Self>,
        agent: &AgentId,
        request: &ActionRequest,
        reason: &str,
        by: &str,
    ) -> Result<Seen, DrillError> {
        let (over, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU64::new(0)));
        let mut asking = JoinSet::new();
        for _ in 0..ASKING {
            let (gate, request) = (Arc::clone(self), request.clone());
            let (over, count) = (Arc::clone(&over), Arc::clone(&count));
            asking.spawn(async move { gate.ask_on(&request, &over, &count).await });
        }
        while count.load(Ordering::Relaxed) < ASKED_BEFORE && !asking.is_empty() {
            tokio::task::yield_now().await;
            if asking.try_join_next().is_some() {
                return Err(DrillError::Interrupted);
            }
        }
        let asked = Instant::now();
        let suspended = self.suspend(&Switch::Agent(agent.clone()), reason, by).await;
        let recorded = Instant::now();
        let later = self.ask_after(agent, request).await;
        over.store(true, Ordering::Relaxed);
        let mut answers = Vec::new();
        while let Some(own) = asking.join_next().await {
            answers.extend(own.map_err(|_| DrillError::Interrupted)??);
        }
        suspended?;
        let (refused, record) = later?;
        Ok(Seen { answers, asked, recorded, refused, record })
    }

    /// Asks again and again until it is over.
    async fn ask_on(
        &self,
        request: &ActionRequest,
        over: &AtomicBool,
        count: &AtomicU64,
    ) -> Result<Vec<Answer>, DrillError> {
        let mut answers = Vec::new();
        while !over.load(Ordering::Relaxed) {
            let begun = Instant::now();
            let decided = self.submit(&caller(&request.agent), request.clone()).await?;
            answers.push(Answer { begun, ended: Instant::now(), stopped: is_stopped(&decided) });
            count.fetch_add(1, Ordering::Relaxed);
            tokio::task::yield_now().await;
        }
        Ok(answers)
    }

    /// Asks after the stop is on disk: the last time for an action that is recorded, and refused like the others.
    async fn ask_after(
        &self,
        agent: &AgentId,
        request: &ActionRequest,
    ) -> Result<(usize, Option<u64>), DrillError> {
        let mut refused = 0;
        for _ in 0..ASKED_AFTER {
            let decided = self.submit(&caller(agent), request.clone()).await?;
            refused += usize::from(is_stopped(&decided));
        }
        if refused < ASKED_AFTER {
            // What is let through is not asked for with a record: it would be permitted.
            return Ok((refused, None));
        }
        let session = format!("drill-{}", self.now().as_millisecond());
        let session_id: Option<SessionId> = session.parse().ok();
        let kept = ActionRequest { dry_run: false, session_id, ..request.clone() };
        let decided = self.submit(&caller(agent), kept).await?;
        Ok((refused, decided.record.filter(|_| is_stopped(&decided))))
    }

    /// Lets the agent act again, unless somebody else stopped it meanwhile.
    async fn resume_own(&self, agent: &AgentId, reason: &str, by: &str) -> Result<(), WriteFailed> {
        let slot = self.reserve()?;
        let pending = {
            let mut state = self.state();
            if state.suspension(agent.as_str()) != Some(reason) {
                return Ok(());
            }
            state.resume(agent.as_str());
            let switched = AgentSwitched {
                agent: agent.to_string(),
                reason: "drill: over".to_owned(),
                by: by.to_owned(),
            };
            slot.enqueue(plain(Record::AgentResumed(switched), self.now()))
        };
        committed(pending).await.map(drop)
    }
}

fn judge(seen: &Seen) -> Tried {
    let since = |at: Instant| figure(at.saturating_duration_since(seen.asked).as_micros());
    let later = || seen.answers.iter().filter(|answer| answer.ended > seen.asked);
    let first_refused = later().filter(|answer| answer.stopped).map(|answer| answer.ended).min();
    let through = || later().filter(|answer| !answer.stopped);
    let last_through = through().map(|answer| answer.ended).max();
    let after = through().filter(|answer| answer.begun > seen.recorded).count();
    let passed = seen.refused == ASKED_AFTER && after == 0 && seen.record.is_some();
    let mut figures = [
        ("probes_count", figure(seen.answers.len())),
        ("stop_to_record_us", since(seen.recorded)),
        ("stop_to_last_let_through_us", last_through.map_or(0, since)),
        ("in_flight_let_through_count", figure(through().count().saturating_sub(after))),
        ("let_through_after_stop_count", figure(after.saturating_add(ASKED_AFTER - seen.refused))),
        ("refused_after_stop_count", figure(seen.refused)),
    ]
    .into_iter()
    .collect::<std::collections::BTreeMap<_, _>>();
    figures.extend(first_refused.map(|at| ("stop_to_first_refusal_us", since(at))));
    figures.extend(seen.record.map(|record| ("refused_record", record)));
    let told = match first_refused {
        Some(at) if passed => format!(
            "what it asked for was refused {} µs after the stop was asked for, and everything after it",
            since(at)
        ),
        _ if passed => "everything it asked for after the stop was refused".to_owned(),
        _ => format!(
            "of {ASKED_AFTER} actions asked for after the stop {} were refused",
            seen.refused
        ),
    };
    Tried { passed, figures, told }
}
