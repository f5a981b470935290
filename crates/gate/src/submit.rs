//! The one function to read: what happens to an action, in order.

use syndic_ledger::Receipt;
use syndic_model::{ActionRequest, AgentId, Caller, Decided, EnforcementGrade, EventId, Severity};
use syndic_store::Committed;
use thiserror::Error;

use crate::Gate;
use crate::decide::{Situation, Verdict, decide};
use crate::enrich::{Enriched, blocked, enrich};
use crate::events::EventsError;
use crate::gate::{WriteFailed, committed};
use crate::message::unavailable;
use crate::permit::Permit;
use crate::record::Settled;
use crate::state::{Crowded, Open, Repeat};

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
    /// It cannot be recorded.
    #[error(transparent)]
    Write(#[from] WriteFailed),
}

impl From<Crowded> for SubmitError {
    fn from(_: Crowded) -> Self {
        Self::Crowded
    }
}

/// What was decided under the lock, and the record on its way to disk.
enum Decision {
    New { event: EventId, verdict: Verdict, pending: syndic_store::Pending },
    Repeat(EventId),
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
        let grade = admit(caller, &request)?;
        let lineage = self.lineage(&request).await?;
        let enriched = enrich(self.governance(), &request, &lineage);
        if request.dry_run {
            return Ok(self.rehearse(&enriched, grade));
        }
        let slot = match self.reserve() {
            Ok(slot) => slot,
            Err(WriteFailed::Busy) => return Err(WriteFailed::Busy.into()),
            Err(failed) => return Ok(self.refuse_unrecorded(&enriched, grade, failed)),
        };
        match self.decide_in_order(caller, grade, &enriched, slot)? {
            Decision::Repeat(original) => self.replayed(original).await,
            Decision::New { event, verdict, pending } => match committed(pending).await {
                Ok(receipt) => Ok(self.answer(event, &enriched, verdict, receipt)),
                Err(failed) => {
                    self.state().take_back(event);
                    Ok(self.refuse_unrecorded(&enriched, grade, failed))
                }
            },
        }
    }

    /// Under one short lock: session, verdict, reservation and the place in the ledger. Decision order is ledger
    /// order.
    fn decide_in_order(
        &self,
        caller: &Caller,
        grade: EnforcementGrade,
        enriched: &Enriched<'_>,
        slot: syndic_store::Slot,
    ) -> Result<Decision, SubmitError> {
        let request = enriched.request;
        let idempotency = self.idempotency(caller.key(), request);
        let event = EventId::draw(self.clock.as_ref());
        let mut state = self.state();
        let reading = state.clock.read(self.clock.as_ref());
        state.forget(reading.now);
        if let Some(earlier) =
            idempotency.as_ref().and_then(|idempotency| state.repeat(&idempotency.key))
        {
            let same =
                idempotency.as_ref().is_some_and(|idempotency| idempotency.body == earlier.body);
            return if same {
                Ok(Decision::Repeat(earlier.event))
            } else {
                Err(SubmitError::OtherBody)
            };
        }
        state.room(idempotency.is_some())?;
        if let Some(session) = &request.session_id
            && !state.enter(session, caller.key(), reading.now)
        {
            return Err(SubmitError::ForeignSession);
        }
        let suspended =
            state.stopped(enriched.profile.into_iter().chain(enriched.ancestors.iter().copied()));
        let situation =
            Situation { reading, session: request.session_id.as_ref(), grade, suspended };
        let verdict = decide(self.governance(), enriched, &situation);
        if let Some(idempotency) = &idempotency {
            let repeat = Repeat { body: idempotency.body.clone(), event };
            state.remember(idempotency.key.clone(), repeat, reading.now);
        }
        let settled = Settled {
            event,
            caller,
            environment: self.governance().settings.environment.as_str(),
            enriched,
            situation: &situation,
            verdict: &verdict,
            idempotency,
        };
        let entry = self.entry(&settled);
        if let (true, Some(args_digest)) = (verdict.allowed, &enriched.args_digest) {
            let subject = entry.subject;
            let open =
                Open { key: caller.key().to_owned(), args_digest: args_digest.clone(), subject };
            state.await_outcome(event, open, reading.now);
        }
        let pending = slot.enqueue(entry);
        Ok(Decision::New { event, verdict, pending })
    }

    /// Answers with the permit that the durable record is worth.
    fn answer(
        &self,
        event: EventId,
        enriched: &Enriched<'_>,
        verdict: Verdict,
        receipt: Committed<Receipt>,
    ) -> Decided {
        let permit = Permit::from(receipt);
        let signed = match &enriched.args_digest {
            Some(digest) if verdict.allowed => {
                let now = self.now();
                Some(self.permits.sign(&permit, event, enriched.request, digest.clone(), now))
            }
            _ => None,
        };
        let mut decided = self.describe(event, enriched, verdict);
        decided.record = Some(permit.record());
        decided.permit = signed;
        self.metrics.observe(&decided, enriched);
        decided
    }

    /// Decides without a trace.
    fn rehearse(&self, enriched: &Enriched<'_>, grade: EnforcementGrade) -> Decided {
        let verdict = {
            let mut state = self.state();
            let reading = state.clock.read(self.clock.as_ref());
            let suspended = state
                .stopped(enriched.profile.into_iter().chain(enriched.ancestors.iter().copied()));
            let session = enriched.request.session_id.as_ref();
            decide(self.governance(), enriched, &Situation { reading, session, grade, suspended })
        };
        self.describe(EventId::draw(self.clock.as_ref()), enriched, verdict)
    }

    /// Denies because nothing can be recorded: no record, no action.
    fn refuse_unrecorded(
        &self,
        enriched: &Enriched<'_>,
        grade: EnforcementGrade,
        failed: WriteFailed,
    ) -> Decided {
        let mut decided = self.rehearse(enriched, grade);
        decided.checks.insert(0, blocked("ledger", Severity::Critical, failed.to_string()));
        decided.effect = syndic_model::Effect::Deny;
        decided.allowed = false;
        decided.message = unavailable();
        self.metrics.observe(&decided, enriched);
        decided
    }

    fn describe(&self, event: EventId, enriched: &Enriched<'_>, verdict: Verdict) -> Decided {
        Decided {
            action_id: event,
            effect: verdict.effect,
            allowed: verdict.allowed,
            mode: verdict.mode,
            checks: verdict.checks,
            message: verdict.message,
            risk_level: enriched.profile.map(|profile| profile.risk_level),
            revision: self.governance().revision.clone(),
            record: None,
            permit: None,
            replayed: false,
        }
    }
}

/// Lets an agent act as itself, and says how unavoidable the gate is on its path.
fn admit(caller: &Caller, request: &ActionRequest) -> Result<EnforcementGrade, SubmitError> {
    match caller {
        Caller::Agent { agent: Some(own), .. } if *own != request.agent => {
            Err(SubmitError::OtherAgent { own: own.clone(), named: request.agent.clone() })
        }
        Caller::Agent { grade, .. } => Ok(*grade),
        Caller::Approver { .. } | Caller::Auditor { .. } | Caller::Admin { .. } => {
            Err(SubmitError::Role)
        }
    }
}
