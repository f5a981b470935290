//! The records of the ledger, version 1: what is in clear in a leaf.
//!
//! A leaf never holds content: arguments, results, users, metadata and the evaluated context are sealed parts
//! beside it, bound by blinded digests. What projections need is here, so that a view never depends on a part.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::approval::{
    ApprovalEnded, ApprovalNotified, ApprovalViewed, ApprovalVoted, BreakGlassAsked,
    BreakGlassOpened, BreakGlassReviewed, DecisionApproval,
};
use crate::assurance::{
    CallsCounted, ChecklistJudged, DrillRan, IncidentClosed, IncidentOpened, IncidentUpdated,
    ReportMade, StatementMade, StatementWithdrawn,
};
use crate::audited::Audited;
use crate::custody::{
    LogContinued, LogKeyRotated, RetentionHoldAdded, RetentionHoldReleased, SegmentsPruned,
    UserRedacted,
};

/// The version this library writes.
pub const VERSION: u8 = 1;

/// One line of the tree, decoded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// The format's version.
    pub v: u8,
    /// Position in the tree, from 0.
    pub i: u64,
    /// When it was decided (RFC 3339, UTC).
    pub at: Timestamp,
    /// It was acknowledged before it was synced (`durability: buffered`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub buffered: bool,
    /// The key its parts are sealed under, where it has parts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<u64>,
    /// Blinded digest of each part: base64url of SHA-256 over nonce and text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub parts: BTreeMap<PartName, String>,
    /// What happened.
    pub record: Record,
}

/// The erasable parts a record can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PartName {
    /// Arguments as they arrived.
    Args,
    /// The user in clear.
    User,
    /// The caller's metadata.
    Metadata,
    /// Facts and call as policy saw them.
    Context,
    /// Every check with its reason.
    Checks,
    /// A tool's result.
    Result,
    /// A tool's error.
    Error,
    /// Why a person voted as they did.
    Reason,
    /// Definitions of tools.
    Tools,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    /// A process took the data directory.
    Started(Started),
    /// A governance directory came into force.
    PolicyLoaded(PolicyLoaded),
    /// A governance directory that loosens something waits for a second administrator.
    PolicyProposed(PolicyProposed),
    /// Somebody signed that an agent's verdicts be enforced.
    AgentPromoted(AgentPromoted),
    /// An action was decided.
    Decision(Box<Decision>),
    /// What became of an allowed action.
    Outcome(Outcome),
    /// No outcome came in time.
    OutcomeMissing(OutcomeMissing),
    /// A function ran that is audited: a whole event.
    Audited(Box<Audited>),
    /// A session was opened by request.
    SessionOpened(SessionOpened),
    /// An agent was stopped.
    AgentSuspended(AgentSwitched),
    /// An agent may act again.
    AgentResumed(AgentSwitched),
    /// A key was made.
    KeyCreated(KeyCreated),
    /// A key was withdrawn.
    KeyRevoked(KeyRevoked),
    /// A person voted on a held action.
    ApprovalVoted(ApprovalVoted),
    /// A request for approval ended without an answer.
    ApprovalEnded(ApprovalEnded),
    /// Somebody was told about a request for approval, or could not be.
    ApprovalNotified(ApprovalNotified),
    /// Somebody looked at a request for approval, for the first time.
    ApprovalViewed(ApprovalViewed),
    /// Somebody asked that an agent may do what policies marked `@break_glass` stop.
    BreakGlassAsked(BreakGlassAsked),
    /// A second person agreed.
    BreakGlassOpened(BreakGlassOpened),
    /// Somebody else looked at what was done, and signed.
    BreakGlassReviewed(BreakGlassReviewed),
    /// A server offered an agent other tools than before.
    ToolsOffered(ToolsOffered),
    /// What an agent does became unusual, or is usual again.
    Anomaly(Anomaly),
    /// The log has another key.
    LogKeyRotated(LogKeyRotated),
    /// What was recorded of a user cannot be read any more.
    UserRedacted(UserRedacted),
    /// Records are held back from being dropped or erased.
    RetentionHoldAdded(RetentionHoldAdded),
    /// They are not any more.
    RetentionHoldReleased(RetentionHoldReleased),
    /// Old segments were dropped.
    SegmentsPruned(SegmentsPruned),
    /// A restored ledger went on as another log.
    LogContinued(LogContinued),
    /// A sink does not take an event, and it became a dead letter.
    SinkRejected(SinkRejected),
    /// A person answers for something about an agent.
    StatementMade(Box<StatementMade>),
    /// A statement is taken back.
    StatementWithdrawn(StatementWithdrawn),
    /// Something was tried out on the running system.
    DrillRan(DrillRan),
    /// What was counted beside the ledger.
    CallsCounted(CallsCounted),
    /// A report about an agent was made.
    ReportMade(ReportMade),
    /// Whether an agent may be deployed was judged.
    ChecklistJudged(ChecklistJudged),
    /// Something went wrong that may have to be reported.
    IncidentOpened(Box<IncidentOpened>),
    /// More is known about it.
    IncidentUpdated(IncidentUpdated),
    /// It is over.
    IncidentClosed(IncidentClosed),
}

/// See [`Record::Started`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Started {
    /// The program's version.
    pub version: String,
    /// `full` or `buffered`.
    pub durability: String,
}

/// See [`Record::PolicyLoaded`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyLoaded {
    /// The first twelve digits of `manifest`.
    pub revision: String,
    /// SHA-256 (hex) over a line for each file, `<hash>  <path>`, in the order of the paths.
    pub manifest: String,
    /// How many files it has.
    pub count: u64,
    /// SHA-256 (hex) of each file by path; left out where they are too many for a leaf, and then in the manifest only.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, String>,
    /// The ids of the policies written in Rust that are in force beside them, at most 256; their code is the program's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub native: Vec<String>,
    /// `dev`, `staging` or `prod`.
    pub environment: String,
    /// The key that asked for it; `start`, or `watch` where a file changed.
    pub by: String,
    /// The key that had proposed it, where it loosens something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proposed_by: Option<String>,
}

/// See [`Record::PolicyProposed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyProposed {
    /// The first twelve digits of `manifest`.
    pub revision: String,
    /// As in [`PolicyLoaded::manifest`].
    pub manifest: String,
    /// The manifest of what is in force and was compared with.
    pub against: String,
    /// The key that proposed it.
    pub by: String,
    /// What it loosens, for people, at most 32.
    pub loosens: Vec<String>,
    /// How many that is altogether.
    pub count: u64,
}

/// See [`Record::AgentPromoted`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentPromoted {
    /// The agent.
    pub agent: String,
    /// Who signs, as they named themselves.
    pub signed_by: String,
    /// The key that did it.
    pub by: String,
    /// From when on traffic was looked at.
    pub since: Timestamp,
    /// How many actions that was.
    pub actions: u64,
    /// How many of them would have been denied.
    pub denied: u64,
    /// How many of them would have been held.
    pub held: u64,
}

/// See [`Record::Decision`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The action's id; also the id of its audit event.
    pub id: String,
    /// Who asked.
    pub agent: String,
    /// Its version.
    pub agent_version: String,
    /// What for.
    pub action: String,
    /// It is in no catalogue.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undeclared: bool,
    /// Through which tool.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The server that offers the tool, claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// What the tool's definition hashed to, claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_pin: Option<String>,
    /// The session, claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Keyed pseudonym of the user, claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_ref: Option<String>,
    /// The model, claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The key that asked.
    pub asked_by: String,
    /// How unavoidable the gate is on this path.
    pub grade: String,
    /// The agent's risk level; `unknown` for an unknown agent.
    pub risk: String,
    /// `observe` or `enforce`.
    pub mode: String,
    /// Who answers for the agent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    /// `allow`, `deny` or `hold`.
    pub effect: String,
    /// Whether it may run.
    pub allowed: bool,
    /// The checks that stand in the way, most severe first, at most 32.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub violations: Vec<Violation>,
    /// The governance directory it was decided on.
    pub revision: String,
    /// What limits count.
    #[serde(default, skip_serializing_if = "Counted::is_empty")]
    pub counted: Counted,
    /// What its result leaves on the session, where it is allowed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub labels: Vec<String>,
    /// Keyed hash of the digest of the canonical arguments, which an outcome must name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub args_digest: Option<String>,
    /// The agents it acts for, nearest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chain: Vec<String>,
    /// The action it is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<String>,
    /// Where a repeat is recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency: Option<Idempotency>,
    /// What it has to do with a request for approval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<DecisionApproval>,
    /// The ids of the break-glasses under which something was lifted: the agent's, and those of the agents behind it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub break_glass: Vec<String>,
}

/// See [`Record::ToolsOffered`]; the definitions are a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToolsOffered {
    /// To whom.
    pub agent: String,
    /// By which server, claimed.
    pub server: String,
    /// How many.
    pub count: u64,
    /// SHA-256 (hex) over their pins in the order of the tools' names, a line for each.
    pub digest: String,
    /// The key that said so.
    pub by: String,
}

/// See [`Record::Anomaly`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Anomaly {
    /// The agent.
    pub agent: String,
    /// `rate`, `denials`, `hours`, `amount` or `novelty`.
    pub signal: String,
    /// `raised` or `over`.
    pub status: String,
    /// How unusual, from 0 to 100.
    pub score: u8,
    /// What is unusual, in numbers; empty where nothing is any more. It never holds an argument but an amount.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub told: String,
}

/// One check that stood in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Violation {
    /// The policy.
    pub policy: String,
    /// `blocked` or `held`.
    pub result: String,
    /// How bad.
    pub severity: String,
    /// Evaluated, not enforced.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shadow: bool,
}

/// What limits count; amounts exact, recipients as keyed hashes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    /// Decimal text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// Three letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// Keyed hashes, at most 256.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    /// How many people are affected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub affected_people: Option<u64>,
}

impl Counted {
    /// Tells whether there is nothing to count.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a repeat is recognised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idempotency {
    /// Keyed hash of the asking key and its idempotency key.
    pub key: String,
    /// Keyed hash of the request.
    pub body: String,
}

/// See [`Record::Outcome`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The action.
    pub id: String,
    /// `ok` or `error`.
    pub status: String,
    /// How long the tool ran.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u64>,
    /// Tokens read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_tokens: Option<u64>,
    /// Tokens written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_tokens: Option<u64>,
    /// The model, claimed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// It came after it had been recorded as missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// What of the result was filtered out before it went back and on record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub filtered: Option<OutputFiltered>,
}

/// See [`Outcome::filtered`]. It never holds a value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutputFiltered {
    /// The kinds that were redacted.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub redacted: BTreeSet<String>,
    /// Why nothing went back: kinds, `max_bytes`, or `unscanned`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub withheld: BTreeSet<String>,
    /// The agent was only observed: nothing was changed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub observed: bool,
}

/// See [`Record::OutcomeMissing`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeMissing {
    /// The action.
    pub id: String,
}

/// See [`Record::SessionOpened`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionOpened {
    /// The session.
    pub session: String,
    /// Its agent.
    pub agent: String,
    /// The key it belongs to.
    pub opened_by: String,
}

/// See [`Record::AgentSuspended`] and [`Record::AgentResumed`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AgentSwitched {
    /// The agent; `*` for all.
    pub agent: String,
    /// Why, in the words of the person who did it.
    pub reason: String,
    /// The key that did it.
    pub by: String,
}

/// See [`Record::KeyCreated`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyCreated {
    /// The key's id, which is part of it and no secret.
    pub id: String,
    /// SHA-256 (hex) of the whole key, which has 256 random bits.
    pub hash: String,
    /// `agent`, `approver`, `auditor` or `admin`.
    pub role: String,
    /// The agent or person it is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holder: Option<String>,
    /// The enforcement grade it is bound to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// When it ends.
    pub expires: Timestamp,
    /// The key that made it; `bootstrap` for the first, `local` from the command line.
    pub by: String,
}

/// See [`Record::KeyRevoked`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRevoked {
    /// The key.
    pub id: String,
    /// The key that did it.
    pub by: String,
}

/// See [`Record::SinkRejected`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SinkRejected {
    /// The sink, as `syndic.yaml` calls it.
    pub sink: String,
    /// The record that completed the event.
    pub index: u64,
    /// The event's id.
    pub id: String,
    /// What the sink said.
    pub reason: String,
}
