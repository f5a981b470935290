//! Who decides: a daemon, or a gate in this process.

use std::sync::Arc;
use std::time::Duration;

use serde_json::value::RawValue;
use syndic_api::{
    AgentTools, ApprovalBody, ApprovalHint, Decided, FilteredOutput, OfferTools, OutcomeStatus,
    ReportOutcome, SubmitAction, ToolBody,
};
use syndic_client::{Client, ClientError};
use syndic_gate::{Gate, Report};
use syndic_model::{ActionRequest, AgentId, Caller, EnforcementGrade, NameError, read_unambiguous};
use thiserror::Error;

/// Decides, and takes what became of it. Any error means denied.
pub trait Decider: Clone + Send + Sync + 'static {
    /// Asks whether an action may run. Never waits for people.
    fn submit(
        &self,
        action: SubmitAction,
    ) -> impl Future<Output = Result<Decided, Undecided>> + Send;

    /// Reports what became of an allowed action; answers what a filter left of its result, where there is one.
    fn report(
        &self,
        action_id: &str,
        outcome: ReportOutcome,
    ) -> impl Future<Output = Result<Option<FilteredOutput>, Undecided>> + Send;

    /// Tells how a request for approval stands; waits up to `wait`, at most a minute, until it has ended.
    fn approval(
        &self,
        id: &str,
        wait: Duration,
    ) -> impl Future<Output = Result<ApprovalHint, Undecided>> + Send;

    /// Takes a request for approval back.
    fn cancel(&self, id: &str) -> impl Future<Output = Result<(), Undecided>> + Send;

    /// Tells what a server offers an agent, and asks how its tools stand.
    fn offer(
        &self,
        agent: &str,
        offer: OfferTools,
    ) -> impl Future<Output = Result<AgentTools, Undecided>> + Send;

    /// Tells whether people can answer: where nobody serves the pages, a hold is a denial.
    fn reaches_people(&self) -> bool;
}

/// Says why nobody decided: what was asked is denied.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Undecided {
    /// Nobody answers.
    #[error("{0}, so nothing is allowed; start it with `syndic serve`, then try again")]
    Unreachable(String),
    /// It answers that this cannot be asked.
    #[error("syndic refused the request: {text}")]
    Refused {
        /// Its code, such as `bad-request`.
        code: String,
        /// Its words.
        text: String,
    },
}

impl Undecided {
    /// Returns a stable code.
    #[must_use]
    pub fn code(&self) -> &str {
        match self {
            Self::Unreachable(_) => "unreachable",
            Self::Refused { code, .. } => code,
        }
    }

    /// Tells whether trying again can help: `after` or `never`.
    #[must_use]
    pub fn retry(&self) -> &'static str {
        match self {
            Self::Unreachable(_) => "after",
            Self::Refused { code, .. } if code == "busy" || code == "too-slow" => "after",
            Self::Refused { .. } => "never",
        }
    }

    fn refused(code: &str, error: &impl ToString) -> Self {
        Self::Refused { code: code.to_owned(), text: error.to_string() }
    }
}

impl From<ClientError> for Undecided {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Refused(problem) => {
                Self::Refused { code: problem.code().to_owned(), text: problem.detail }
            }
            ClientError::Url(_) | ClientError::Unreachable { .. } | ClientError::Foreign { .. } => {
                Self::Unreachable(error.to_string())
            }
        }
    }
}

impl Decider for Client {
    async fn submit(&self, action: SubmitAction) -> Result<Decided, Undecided> {
        Ok(Self::submit(self, &action).await?)
    }

    async fn report(
        &self,
        action_id: &str,
        outcome: ReportOutcome,
    ) -> Result<Option<FilteredOutput>, Undecided> {
        Ok(Self::report(self, action_id, &outcome).await?.output)
    }

    async fn approval(&self, id: &str, wait: Duration) -> Result<ApprovalHint, Undecided> {
        Ok(hint(Self::approval(self, id, wait).await?))
    }

    async fn cancel(&self, id: &str) -> Result<(), Undecided> {
        Ok(Self::cancel(self, id).await.map(drop)?)
    }

    async fn offer(&self, agent: &str, offer: OfferTools) -> Result<AgentTools, Undecided> {
        Ok(self.offer_tools(agent, &offer).await?)
    }

    fn reaches_people(&self) -> bool {
        true
    }
}

pub(crate) fn hint(body: ApprovalBody) -> ApprovalHint {
    let ApprovalBody { id, status, url, expires_at, retry_after_s, message, reason, .. } = body;
    ApprovalHint { id, status, url, expires_at, retry_after_s, message, reason }
}

/// A gate in this process, which holds the data directory: nobody else can answer what it holds.
#[derive(Debug, Clone)]
pub struct Standalone {
    gate: Arc<Gate>,
    caller: Arc<Caller>,
}

impl Standalone {
    /// Decides by `gate`, for any agent, with the grade that the proxy's place is worth.
    #[must_use]
    pub fn new(gate: Arc<Gate>, grade: EnforcementGrade) -> Self {
        let caller = Caller::Agent { key: "local".to_owned(), agent: None, grade };
        Self { gate, caller: Arc::new(caller) }
    }

    /// Decides by `gate` for one agent alone.
    #[must_use]
    pub fn of(gate: Arc<Gate>, key: String, agent: AgentId, grade: EnforcementGrade) -> Self {
        Self { gate, caller: Arc::new(Caller::Agent { key, agent: Some(agent), grade }) }
    }
}

impl Decider for Standalone {
    async fn submit(&self, action: SubmitAction) -> Result<Decided, Undecided> {
        let request = ActionRequest::try_from(action)
            .map_err(|error| Undecided::refused("bad-request", &error))?;
        let decided = self.gate.submit(&self.caller, request).await;
        let decided = decided.map_err(|error| Undecided::refused("refused", &error))?;
        let approval = decided.approval.as_ref();
        let approval = approval.map(|state| ApprovalHint::new(state, "", decided.allowed));
        Ok(Decided::new(&decided, approval))
    }

    async fn report(
        &self,
        action_id: &str,
        outcome: ReportOutcome,
    ) -> Result<Option<FilteredOutput>, Undecided> {
        let event = action_id.parse().map_err(|_| {
            Undecided::refused("unknown-action-id", &format!("there is no action `{action_id}`"))
        })?;
        let report = Report {
            ok: outcome.status == OutcomeStatus::Ok,
            args_digest: outcome.args_digest,
            result: outcome.result.map(|result| result.get().to_owned()),
            error: outcome.error,
            duration_ms: outcome.duration_ms,
            input_tokens: outcome.input_tokens,
            output_tokens: outcome.output_tokens,
            model: outcome.model,
        };
        let reported = self.gate.report(&self.caller, event, &report).await;
        let reported = reported.map_err(|error| Undecided::refused("refused", &error))?;
        Ok(reported.filtered.map(|filtered| FilteredOutput {
            withheld: filtered.told(),
            result: filtered.result.and_then(|text| RawValue::from_string(text).ok()),
            error: filtered.error,
            redacted: filtered.redacted.into_iter().collect(),
        }))
    }

    async fn approval(&self, id: &str, wait: Duration) -> Result<ApprovalHint, Undecided> {
        let id = approval_id(id)?;
        let state = self.gate.await_answer(id, wait).await;
        let state = state.map_err(|error| Undecided::refused("unknown-approval", &error))?;
        Ok(ApprovalHint::new(&state, "", false))
    }

    async fn cancel(&self, id: &str) -> Result<(), Undecided> {
        let cancelled = self.gate.cancel(&self.caller, approval_id(id)?).await;
        cancelled.map(drop).map_err(|error| Undecided::refused("refused", &error))
    }

    async fn offer(&self, agent: &str, offer: OfferTools) -> Result<AgentTools, Undecided> {
        let invalid = |error: &dyn ToString| Undecided::refused("bad-request", &error.to_string());
        let agent = agent.parse().map_err(|error: NameError| invalid(&error))?;
        let server = offer.server.parse().map_err(|error: NameError| invalid(&error))?;
        let definitions = offer.tools.iter().map(|raw| read_unambiguous(raw));
        let definitions: Vec<_> =
            definitions.collect::<Result<_, _>>().map_err(|error| invalid(&error))?;
        let said = self.gate.offer_tools(&self.caller, &agent, &server, &definitions).await;
        let said = said.map_err(|error| Undecided::refused("refused", &error))?;
        let tools = said.tools.into_iter().map(|tool| ToolBody {
            tool: tool.tool,
            pin: tool.pin.to_string(),
            action: tool.action.map(|action| action.to_string()),
            standing: tool.standing.as_str().to_owned(),
            pinned: tool.pinned,
        });
        Ok(AgentTools {
            mode: said.mode.to_string(),
            policy_revision: said.revision,
            tools: tools.collect(),
            vanished: said.vanished.iter().map(ToString::to_string).collect(),
        })
    }

    fn reaches_people(&self) -> bool {
        false
    }
}

fn approval_id(text: &str) -> Result<syndic_model::ApprovalId, Undecided> {
    text.parse().map_err(|_| {
        Undecided::refused("unknown-approval", &format!("there is no approval `{text}`"))
    })
}
