//! The one function to read: what happens to an action, in order.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use syndic_ledger::{DecisionApproval, Idempotency, Receipt, Record};
use syndic_model::{
    ActionRequest, AgentId, AgentProfile, ApprovalState, Caller, Decided, EnforcementGrade,
    EventId, Mode, SessionId, Severity,
};
use syndic_store::Committed;
use thiserror::Error;

use crate::Gate;
use crate::approval::{ApprovalError, Consulted};
use crate::clock::Reading;
use crate::decide::{Situation, Verdict, decide};
use crate::enrich::{Enriched, blocked, enrich};
use crate::events::EventsError;
use crate::gate::{WriteFailed, committed};
use crate::heavy::heavy;
use crate::lineage::Lineage;
use crate::message::unavailable;
use crate::permit::Permit;
use crate::record::Settled;
use crate::recorded::decided;
use crate::state::{Crowded, Open, Repeat, State, awaited};
use crate::tools::unpinned;
use crate::weight::Weight;

/// Says why an action was not even decided.
#[derive(Debug, Error)]
pub enum SubmitError {
    /// Only agents submit.
    #[error("only an agent key submits actions")]
    Role,
    /// An agent acts as itself.
    #[error("this key belongs to agent `{own}` and cannot act as `{named}`")]
    OtherAgent {
        /// The key's agent.
        own: AgentId,
        /// The agent in the request.
        named: AgentId,
    },
    /// A session belongs to the key that opened it.
    #[error("the session belongs to another key; leave `session_id` out or open one of your own")]
    ForeignSession,
    /// The idempotency key was used for something else.
    #[error("`idempotency_key` was used within 24 hours for a different request")]
    OtherBody,
    /// The original is not durable yet.
    #[error("the original of this request is still being decided; try again in a second")]
    StillDeciding,
    /// Too much is open at once.
    #[error(
        "too many sessions or unreported actions are open; report outcomes, or try again later"
    )]
    Crowded,
    /// What it refers to cannot be looked up.
    #[error(transparent)]
    Lookup(#[from] EventsError),
    /// The request for approval it refers to cannot be looked up.
    #[error(transparent)]
    Approval(#[from] ApprovalError),
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl From<Crowded> for SubmitError {
    fn from(_: Crowded) -> Self {
        Self::Crowded
    }
}

/// Under which key an action is asked for, and how unavoidable the gate is on its path.
struct Asked {
    key: String,
    grade: EnforcementGrade,
    idempotency: Option<Idempotency>,
}

/// What was decided under the lock, and the record on its way to disk.
enum Decision {
    New {
        event: EventId,
        at: Timestamp,
        verdict: Verdict,
        approval: Option<DecisionApproval>,
        pending: syndic_store::Pending,
    },
    Repeat(EventId),
    /// Another governance directory came into force since the request was enriched.
    Superseded,
}

impl Gate {
    /// Decides one action, records the decision, and only then answers.
    ///
    /// # Errors
    /// When the request is not one this caller may make, or cannot be taken now. A ledger that cannot be written is
    /// no error here but a denial without a record.
    pub async fn submit(
        &self,
        caller: &Caller,
        request: ActionRequest,
    ) -> Result<Decided, SubmitError> {
        self.calls.arrive();
        let span = self.begin_span(&request);
        let answered = self.submit_untraced(caller, &request).await;
        if answered.is_err() || request.dry_run {
            self.calls.refuse();
        }
        if let Some(span) = span {
            self.end_span(span, &request, &answered);
        }
        answered
    }

    async fn submit_untraced(
        &self,
        caller: &Caller,
        request: &ActionRequest,
    ) -> Result<Decided, SubmitError> {
        let begun = Instant::now();
        let asked = self.admit(caller, request)?;
        let lineage = self.lineage(request).await?;
        let mut decided = self.submit_once(&asked, request, &lineage, begun).await?;
        if decided.is_none() {
            let _none_is_loaded = self.loading.read().await;
            decided = self.submit_once(&asked, request, &lineage, begun).await?;
        }
        if !request.dry_run {
            self.metrics.submitted(begun.elapsed());
        }
        decided.ok_or(WriteFailed::Busy.into())
    }

    /// Answers by the governance directory in force; nothing, where another came into force meanwhile.
    async fn submit_once(
        &self,
        asked: &Asked,
        request: &ActionRequest,
        lineage: &Lineage,
        begun: Instant,
    ) -> Result<Option<Decided>, SubmitError> {
        let governance = self.governance();
        let bytes = request.args.raw().len();
        let mut enriched = heavy(bytes, || enrich(&governance, request, lineage));
        let grade = asked.grade;
        if request.dry_run {
            return Ok(Some(self.rehearse(&enriched, grade)));
        }
        enriched.join(&self.tails);
        let enriched = &enriched;
        let slot = match self.reserve() {
            Ok(slot) => slot,
            Err(WriteFailed::Busy) => return Err(WriteFailed::Busy.into()),
            Err(failed) => return Ok(Some(self.refuse_unrecorded(enriched, grade, failed))),
        };
        match self.decide_in_order(asked, enriched, slot)? {
            Decision::Superseded => Ok(None),
            Decision::Repeat(original) => {
                let decided = self.replayed(original).await?;
                self.calls.refuse();
                Ok(Some(decided))
            }
            Decision::New { event, at, verdict, approval, pending } => {
                let enqueued = Instant::now();
                self.metrics.decided(enqueued.duration_since(begun));
                if self.in_place {
                    self.store.write_here();
                }
                let receipt = committed(pending).await;
                self.metrics.recorded(enqueued.elapsed());
                let approval = self.settle(event, asked, approval.as_ref(), receipt.is_ok());
                let approval = self.with_reason(approval).await?;
                Ok(Some(match receipt {
                    Ok(receipt) => {
                        self.calls.decide();
                        let answer = self.answer((event, at), enriched, verdict, receipt);
                        Decided { approval, ..answer }
                    }
                    Err(failed) => self.refuse_unrecorded(enriched, grade, failed),
                }))
            }
        }
    }

    /// Tells those who repeat the request how its record went; one that was not written leaves nothing behind.
    fn settle(
        &self,
        event: EventId,
        asked: &Asked,
        approval: Option<&DecisionApproval>,
        written: bool,
    ) -> Option<ApprovalState> {
        let repeat = asked.idempotency.as_ref();
        let approval = {
            let mut state = self.state();
            if !written {
                state.take_back(event, repeat.map(|repeat| repeat.key.as_str()));
            }
            approval.and_then(|approval| state.settle_approval(event, approval, written))
        };
        if repeat.is_some() {
            self.settled.notify_waiters();
        }
        approval
    }

    /// Lets an agent act as itself.
    fn admit(&self, caller: &Caller, request: &ActionRequest) -> Result<Asked, SubmitError> {
        match caller {
            Caller::Agent { agent: Some(own), .. } if *own != request.agent => {
                Err(SubmitError::OtherAgent { own: own.clone(), named: request.agent.clone() })
            }
            Caller::Agent { grade, .. } => {
                let key = caller.key_as(&request.agent);
                Ok(Asked { grade: *grade, idempotency: self.idempotency(&key, request), key })
            }
            Caller::Approver { .. } | Caller::Auditor { .. } | Caller::Admin { .. } => {
                Err(SubmitError::Role)
            }
        }
    }

    /// Under one short lock: session, verdict, reservation and the place in the ledger. Decision order is ledger
    /// order.
    fn decide_in_order(
        &self,
        asked: &Asked,
        enriched: &Enriched<'_>,
        slot: syndic_store::Slot,
    ) -> Result<Decision, SubmitError> {
        let request = enriched.request;
        let Asked { key, grade, idempotency } = asked;
        let weight = self.weigh(enriched);
        let anomaly = self.anomaly(enriched, &weight);
        let event = EventId::draw(self.clock.as_ref());
        let mut state = self.state();
        // INVARIANT: no decision by one governance directory stands after the record that loaded the next.
        if !std::ptr::eq(Arc::as_ptr(&self.governance.load()), enriched.governance) {
            return Ok(Decision::Superseded);
        }
        let reading = self.read_clock();
        state.forget(reading.now);
        if let Some(repeat) = idempotency
            && let Some(earlier) = state.repeat(&repeat.key)
        {
            if repeat.body != earlier.body {
                return Err(SubmitError::OtherBody);
            }
            // What people approved since is no repeat of the hold: it is decided again.
            if !state.is_approved(earlier, reading.now) {
                return Ok(Decision::Repeat(earlier.event));
            }
        }
        state.room(key, request.session_id.as_ref(), idempotency.is_some())?;
        if let Some(session) = &request.session_id
            && !state.enter(session, key, reading.now)
        {
            return Err(SubmitError::ForeignSession);
        }
        let unchecked = self.checked.load().refuses(enriched.governance, enriched.actors());
        let situation = situation(&mut state, enriched, &weight, *grade, reading);
        let mut situation = Situation { anomaly, unchecked, ..situation };
        let mut verdict = decide(enriched, &situation);
        let consulted = Consulted { key, enriched };
        let approval = self.consult(&state, consulted, &mut situation, &mut verdict)?;
        if let Some(idempotency) = &idempotency {
            let repeat = Repeat {
                body: idempotency.body.clone(),
                event,
                asked_by: key.clone(),
                approval: approval.as_ref().and_then(awaited),
            };
            state.remember(idempotency.key.clone(), repeat, reading.now);
        }
        let settled = Settled {
            event,
            key,
            environment: situation.environment.as_str(),
            open: &enriched.governance.open_calendars(reading.now),
            enriched,
            situation: &situation,
            verdict: &verdict,
            weight: &weight,
            idempotency: idempotency.clone(),
            approval: approval.clone(),
        };
        let entry = self.entry(&settled);
        if let Record::Decision(decision) = &entry.record {
            let charged = state.count(decision, reading.now);
            state.note_approval(event, decision, reading.now);
            state.tools.note_change(decision);
            let open = Open::of(decision, charged, reading.now);
            if let Some(open) = open.filter(|_| verdict.allowed) {
                state.await_outcome(event, open, reading.now);
            }
        }
        let pending =
            if self.in_place { slot.enqueue_to_write(entry) } else { slot.enqueue(entry) };
        Ok(Decision::New { event, at: reading.now, verdict, approval, pending })
    }

    /// Answers with the permit that the durable record is worth.
    fn answer(
        &self,
        (event, at): (EventId, Timestamp),
        enriched: &Enriched<'_>,
        verdict: Verdict,
        receipt: Committed<Receipt>,
    ) -> Decided {
        if verdict.broke_glass {
            self.tell_broken_glass(event, enriched);
        }
        let verdict_allowed = verdict.allowed;
        if let Some(examined) = enriched.examined.as_ref().filter(|_| verdict.allowed) {
            let governance = enriched.governance;
            self.tails.note(event, governance, enriched.request, examined.facts());
        }
        let permit = Permit::from(receipt);
        let signed = match &enriched.args_digest {
            Some(digest) if verdict.allowed => {
                // The host's own time, not the steady one: who verifies it compares with theirs.
                let now = self.clock.now();
                Some(self.permits.sign(&permit, event, enriched.request, digest.clone(), now))
            }
            _ => None,
        };
        let failed = verdict.failed.clone();
        let mut decided = decided(event, enriched, verdict);
        decided.record = Some(permit.record());
        decided.permit = signed;
        let request = enriched.request;
        // For an agent that is only observed nothing is changed, so nobody has to wait for it.
        decided.filters_output = verdict_allowed
            && decided.mode == Mode::Enforce
            && self.filters(request.agent.as_str(), request.action.as_str());
        self.metrics.observe(&decided, enriched, &failed, Some(at));
        decided
    }

    /// Decides without a trace.
    fn rehearse(&self, enriched: &Enriched<'_>, grade: EnforcementGrade) -> Decided {
        let weight = self.weigh(enriched);
        let anomaly = self.anomaly(enriched, &weight);
        let verdict = {
            let mut state = self.state();
            let reading = self.read_clock();
            let unchecked = self.checked.load().refuses(enriched.governance, enriched.actors());
            let situation = situation(&mut state, enriched, &weight, grade, reading);
            decide(enriched, &Situation { anomaly, unchecked, ..situation })
        };
        decided(EventId::draw(self.clock.as_ref()), enriched, verdict)
    }

    /// Denies because nothing can be recorded: no record, no action.
    fn refuse_unrecorded(
        &self,
        enriched: &Enriched<'_>,
        grade: EnforcementGrade,
        failed: WriteFailed,
    ) -> Decided {
        self.calls.deny_unrecorded();
        let mut decided = self.rehearse(enriched, grade);
        decided.checks.insert(0, blocked("ledger", Severity::Critical, failed.to_string()));
        decided.effect = syndic_model::Effect::Deny;
        decided.allowed = false;
        decided.message = unavailable();
        self.metrics.observe(&decided, enriched, &BTreeSet::new(), None);
        decided
    }
}

/// Reads from the state what a decision depends on.
fn situation<'a>(
    state: &mut State,
    enriched: &Enriched<'a>,
    weight: &Weight,
    grade: EnforcementGrade,
    reading: Reading,
) -> Situation<'a> {
    let Enriched { governance, request, .. } = enriched;
    let session = request.session_id.as_ref();
    let behind = enriched.ancestors.iter().map(|profile| profile.id.as_str());
    let labels = state.labels.of(
        session.map(SessionId::as_str),
        request.agent.as_str(),
        behind,
        reading.now,
    );
    let past = |actor: &AgentProfile| {
        (actor.id.clone(), state.counted.past(governance, actor, weight, reading.now))
    };
    Situation {
        reading,
        environment: governance.settings.environment,
        session,
        grade,
        past: enriched.actors().map(past).collect(),
        suspended: state.stopped(enriched.actors()),
        labels,
        break_glass: state.broken_glass(enriched.actors(), reading),
        anomaly: 0,
        lifts: Vec::new(),
        refused: None,
        unpinned: unpinned(governance, request, &state.tools),
        unchecked: None,
    }
}
