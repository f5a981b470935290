//! One method for each route of the API.

use std::time::Duration;

use serde_json::Value;
use syndic_api::{
    AddHold, AgentBody, AgentLimits, AgentPolicies, AgentTools, Agents, ApprovalBody,
    ApprovalStatistics, Approvals, AskBreakGlass, AssessmentBody, Assessments, BackupBody, Backups,
    BreakGlassBody, BreakGlasses, CastVote, ChecklistBody, CloseIncident, CompactionBody,
    CreateKey, CreatedKey, Decided, Decisions, DrillBody, Drills, Event, Events, Explanation,
    FilterText, FilteredText, IncidentBody, IncidentBundle, Incidents, JudgedChecklistBody, Keys,
    MakeBackup, MakeStatement, OfferTools, OfferedTools, OpenIncident, OpenSession, OpenedSession,
    Overview, Policies, PolicyBody, PolicyRevisions, PromoteAgent, PromotedAgent, ProvenReport,
    PruneSegments, PruningBody, RedactUser, RedactedUser, ReleaseHold, ReloadPolicy,
    ReloadedPolicy, ReplaySink, ReplayedSink, ReportOutcome, Reported, RetentionHoldBody,
    RetentionHolds, ReviewBreakGlass, RevisionDiff, RevisionFiles, RotatedLogKey, RunDrill,
    SessionBody, SignInCode, Sinks, StatementBody, Statements, Status, SubmitAction, SwitchAgent,
    Switched, UpdateIncident, WithdrawStatement,
};

use crate::{ApprovalFilter, Client, ClientError, EventFilter, ReportFilter, Stream};

/// Segments are archived before they are dropped, and there may be many.
const PRUNE_TIMEOUT: Duration = Duration::from_secs(3600);

/// A backup is read and written before it is verified.
const DRILL_TIMEOUT: Duration = Duration::from_secs(3600);

type Answer<T> = Result<T, ClientError>;

/// # Errors
/// Every call fails when nobody answers, when the daemon refuses with a problem document, or when something else
/// than syndic answers.
impl Client {
    /// Asks whether an action may run.
    pub async fn submit(&self, action: &SubmitAction) -> Answer<Decided> {
        self.post(&["v1", "actions"], action).await
    }

    /// Asks whether an action may run, and waits up to `wait`, at most a minute, where people must approve.
    pub async fn submit_waiting(&self, action: &SubmitAction, wait: Duration) -> Answer<Decided> {
        self.post_waiting(&["v1", "actions"], action, wait).await
    }

    /// Lists requests for approval, newest first.
    pub async fn approvals(&self, filter: &ApprovalFilter) -> Answer<Approvals> {
        self.find(&["v1", "approvals"], &filter.query()).await
    }

    /// Shows one request for approval; waits up to `wait`, at most a minute, until it has ended.
    pub async fn approval(&self, id: &str, wait: Duration) -> Answer<ApprovalBody> {
        self.get_waiting(&["v1", "approvals", id], wait).await
    }

    /// Votes on a request for approval, as the person of the key.
    pub async fn vote(&self, id: &str, vote: &CastVote) -> Answer<ApprovalBody> {
        self.post(&["v1", "approvals", id, "votes"], vote).await
    }

    /// Takes a request for approval back, by the agent key that asked.
    pub async fn cancel(&self, id: &str) -> Answer<ApprovalBody> {
        self.take_back(&["v1", "approvals", id]).await
    }

    /// Reports what became of an allowed action.
    pub async fn report(&self, action_id: &str, outcome: &ReportOutcome) -> Answer<Reported> {
        self.post(&["v1", "actions", action_id, "outcome"], outcome).await
    }

    /// Finds personal data and secrets in a text, and redacts them.
    pub async fn filter(&self, text: &FilterText) -> Answer<FilteredText> {
        self.post(&["v1", "filter"], text).await
    }

    /// Tells what a server offers an agent, and asks how its tools stand.
    pub async fn offer_tools(&self, agent: &str, offer: &OfferTools) -> Answer<AgentTools> {
        self.post(&["v1", "agents", agent, "tools"], offer).await
    }

    /// Lists what servers offered agents last.
    pub async fn offered_tools(&self) -> Answer<OfferedTools> {
        self.get(&["v1", "tools"]).await
    }

    /// Opens a session.
    pub async fn open_session(&self, session: &OpenSession) -> Answer<OpenedSession> {
        self.post(&["v1", "sessions"], session).await
    }

    /// Tells how much people were asked in the last `days`, and how they answered.
    pub async fn approval_statistics(&self, days: u16) -> Answer<ApprovalStatistics> {
        self.find(&["v1", "approvals", "statistics"], &[("days", days.to_string())]).await
    }

    /// Proves every record that an action has so far: the text of a proof file.
    pub async fn proof(&self, action_id: &str) -> Answer<String> {
        self.text(&["v1", "audit", "events", action_id, "proof"]).await
    }

    /// Draws records by a seed and proves each, over the first `over` or all: the text of a proof file.
    pub async fn sample(&self, seed: &str, n: u16, over: Option<u64>) -> Answer<String> {
        let query = [("seed", seed.to_owned()), ("n", n.to_string())];
        let query = query.into_iter().chain(over.map(|over| ("over", over.to_string())));
        self.find_text(&["v1", "audit", "sample"], &query.collect::<Vec<_>>()).await
    }

    /// Makes another key for the log.
    pub async fn rotate_log_key(&self) -> Answer<RotatedLogKey> {
        self.post(&["v1", "log", "rotations"], &()).await
    }

    /// Begins to copy the data directory to a directory of the daemon's machine.
    pub async fn make_backup(&self, backup: &MakeBackup) -> Answer<BackupBody> {
        self.post(&["v1", "backups"], backup).await
    }

    /// Tells how the sinks of the audit trail are.
    pub async fn sinks(&self) -> Answer<Sinks> {
        self.get(&["v1", "sinks"]).await
    }

    /// Has a sink go on from an earlier record.
    pub async fn replay_sink(&self, sink: &str, from: &ReplaySink) -> Answer<ReplayedSink> {
        self.post(&["v1", "sinks", sink, "replay"], from).await
    }

    /// Lists the backups that were asked for since the daemon started, newest first.
    pub async fn backups(&self) -> Answer<Backups> {
        self.get(&["v1", "backups"]).await
    }

    /// Lists the registered agents.
    pub async fn agents(&self) -> Answer<Agents> {
        self.get(&["v1", "agents"]).await
    }

    /// Shows one agent.
    pub async fn agent(&self, id: &str) -> Answer<AgentBody> {
        self.get(&["v1", "agents", id]).await
    }

    /// Shows the policies in force that can speak about an agent.
    pub async fn agent_policies(&self, id: &str) -> Answer<AgentPolicies> {
        self.get(&["v1", "agents", id, "policies"]).await
    }

    /// Tells how much of its limits an agent has used.
    pub async fn agent_limits(&self, id: &str) -> Answer<AgentLimits> {
        self.get(&["v1", "agents", id, "limits"]).await
    }

    /// Lists the policies in force, with what each stopped in 24 hours.
    pub async fn policies(&self) -> Answer<Policies> {
        self.get(&["v1", "policies"]).await
    }

    /// Shows one policy in force with its text.
    pub async fn policy(&self, name: &str) -> Answer<PolicyBody> {
        self.get(&["v1", "policies", name]).await
    }

    /// Lists what was in force, newest first.
    pub async fn revisions(&self) -> Answer<PolicyRevisions> {
        self.get(&["v1", "policies", "revisions"]).await
    }

    /// Returns the files of a revision that was in force.
    pub async fn revision_files(&self, revision: &str) -> Answer<RevisionFiles> {
        self.get(&["v1", "policies", "revisions", revision]).await
    }

    /// Tells how the files of a revision differ from those of another, or of the one before.
    pub async fn revision_diff(
        &self,
        revision: &str,
        against: Option<&str>,
    ) -> Answer<RevisionDiff> {
        let query: Vec<_> =
            against.map(|against| ("against", against.to_owned())).into_iter().collect();
        self.find(&["v1", "policies", "revisions", revision, "diff"], &query).await
    }

    /// Tells how all agents are, and whether governance itself is well.
    pub async fn overview(&self) -> Answer<Overview> {
        self.get(&["v1", "overview"]).await
    }

    /// Tells of every agent when it was assessed last and what came of it.
    pub async fn assessments(&self) -> Answer<Assessments> {
        self.get(&["v1", "assessments"]).await
    }

    /// Tells of one agent when it was assessed and what came of it.
    pub async fn assessment(&self, id: &str) -> Answer<AssessmentBody> {
        self.get(&["v1", "agents", id, "assessments"]).await
    }

    /// Stops an agent; `*` stops all of them.
    pub async fn suspend(&self, id: &str, switch: &SwitchAgent) -> Answer<Switched> {
        self.post(&["v1", "agents", id, "suspend"], switch).await
    }

    /// Lets an agent act again; `*` lifts the stop of all of them.
    pub async fn resume(&self, id: &str, switch: &SwitchAgent) -> Answer<Switched> {
        self.post(&["v1", "agents", id, "resume"], switch).await
    }

    /// Records who signs that an agent's verdicts be enforced.
    pub async fn promote(&self, id: &str, promote: &PromoteAgent) -> Answer<PromotedAgent> {
        self.post(&["v1", "agents", id, "promote"], promote).await
    }

    /// Records what somebody answers for about an agent.
    pub async fn attest(&self, id: &str, statement: &MakeStatement) -> Answer<StatementBody> {
        self.post(&["v1", "agents", id, "statements"], statement).await
    }

    /// Withdraws what is stated about a field of an agent.
    pub async fn withdraw_statement(
        &self,
        id: &str,
        withdraw: &WithdrawStatement,
    ) -> Answer<StatementBody> {
        self.post(&["v1", "agents", id, "statements", "withdraw"], withdraw).await
    }

    /// Lists what is stated about an agent.
    pub async fn statements(&self, id: &str) -> Answer<Statements> {
        self.get(&["v1", "agents", id, "statements"]).await
    }

    /// Tries something out, and tells what came of it.
    pub async fn drill(&self, drill: &RunDrill) -> Answer<DrillBody> {
        self.post_within(&["v1", "drills"], drill, DRILL_TIMEOUT).await
    }

    /// Lists the newest run of each drill.
    pub async fn drills(&self) -> Answer<Drills> {
        self.get(&["v1", "drills"]).await
    }

    /// Opens an incident.
    pub async fn open_incident(&self, open: &OpenIncident) -> Answer<IncidentBody> {
        self.post(&["v1", "incidents"], open).await
    }

    /// Lists every incident.
    pub async fn incidents(&self) -> Answer<Incidents> {
        self.get(&["v1", "incidents"]).await
    }

    /// Shows one incident.
    pub async fn incident(&self, id: &str) -> Answer<IncidentBody> {
        self.get(&["v1", "incidents", id]).await
    }

    /// Records what more is known of an incident.
    pub async fn update_incident(&self, id: &str, update: &UpdateIncident) -> Answer<IncidentBody> {
        self.post(&["v1", "incidents", id, "updates"], update).await
    }

    /// Records that an incident is over.
    pub async fn close_incident(&self, id: &str, close: &CloseIncident) -> Answer<IncidentBody> {
        self.post(&["v1", "incidents", id, "close"], close).await
    }

    /// Tells an incident with all that happened to the agent, and proofs of it.
    pub async fn incident_bundle(&self, id: &str) -> Answer<IncidentBundle> {
        self.get(&["v1", "incidents", id, "bundle"]).await
    }

    /// Reports what the evidence shows of an agent's duties: a signed report of the schema `syndic/report/v1`.
    pub async fn compliance_report(&self, id: &str, about: &ReportFilter) -> Answer<Value> {
        self.find(&["v1", "agents", id, "compliance"], &about.query()).await
    }

    /// Puts together the technical file of Annex IV: a dossier of the schema `syndic/dossier/v1`.
    pub async fn compliance_dossier(&self, id: &str, about: &ReportFilter) -> Answer<Value> {
        self.find(&["v1", "agents", id, "compliance", "dossier"], &about.query()).await
    }

    /// Reports as [`Self::compliance_report`], with proofs of the records that the report cites.
    pub async fn proven_report(&self, id: &str, about: &ReportFilter) -> Answer<ProvenReport> {
        self.find(&["v1", "agents", id, "compliance", "proofs"], &about.query()).await
    }

    /// Looks at every item of an agent's checklist; nothing is recorded.
    pub async fn checklist(&self, id: &str) -> Answer<ChecklistBody> {
        self.get(&["v1", "agents", id, "checklist"]).await
    }

    /// Judges by its checklist whether an agent may be deployed, and has it recorded.
    pub async fn judge_checklist(&self, id: &str) -> Answer<JudgedChecklistBody> {
        self.post(&["v1", "agents", id, "checklist"], &()).await
    }

    /// Shows the catalogue that reports are judged by.
    pub async fn compliance_catalogue(&self) -> Answer<Value> {
        self.get(&["v1", "compliance", "catalogue"]).await
    }

    /// Erases what was recorded of a user.
    pub async fn redact(&self, redact: &RedactUser) -> Answer<RedactedUser> {
        self.post(&["v1", "audit", "redactions"], redact).await
    }

    /// Asks for a break-glass.
    pub async fn ask_break_glass(&self, wish: &AskBreakGlass) -> Answer<BreakGlassBody> {
        self.post(&["v1", "break-glass"], wish).await
    }

    /// Lists every break-glass that matters.
    pub async fn break_glasses(&self) -> Answer<BreakGlasses> {
        self.get(&["v1", "break-glass"]).await
    }

    /// Opens a break-glass that somebody else asked for.
    pub async fn open_break_glass(&self, id: &str) -> Answer<BreakGlassBody> {
        self.post(&["v1", "break-glass", id, "open"], &Value::Null).await
    }

    /// Signs what was done under a break-glass.
    pub async fn review_break_glass(
        &self,
        id: &str,
        review: &ReviewBreakGlass,
    ) -> Answer<BreakGlassBody> {
        self.post(&["v1", "break-glass", id, "review"], review).await
    }

    /// Holds records back from being dropped and erased.
    pub async fn hold_records(&self, hold: &AddHold) -> Answer<RetentionHoldBody> {
        self.post(&["v1", "audit", "holds"], hold).await
    }

    /// Lists what is held back.
    pub async fn retention_holds(&self) -> Answer<RetentionHolds> {
        self.get(&["v1", "audit", "holds"]).await
    }

    /// Releases a hold.
    pub async fn release_hold(&self, id: &str, release: &ReleaseHold) -> Answer<RetentionHoldBody> {
        self.post(&["v1", "audit", "holds", id, "release"], release).await
    }

    /// Starts compacting, or joins it, and waits a little for its end.
    pub async fn compact(&self) -> Answer<CompactionBody> {
        self.post(&["v1", "audit", "compactions"], &Value::Null).await
    }

    /// Tells how the last compaction stands.
    pub async fn compaction(&self) -> Answer<CompactionBody> {
        self.get(&["v1", "audit", "compactions"]).await
    }

    /// Drops records whose time has come, or tells what would be dropped.
    pub async fn prune(&self, prune: &PruneSegments) -> Answer<PruningBody> {
        self.post_within(&["v1", "audit", "prunes"], prune, PRUNE_TIMEOUT).await
    }

    /// Reads audit events, newest first.
    pub async fn events(&self, filter: &EventFilter) -> Answer<Events> {
        self.find(&["v1", "audit", "events"], &filter.query()).await
    }

    /// Reads the event of one action.
    pub async fn event(&self, action_id: &str) -> Answer<Event> {
        self.get(&["v1", "audit", "events", action_id]).await
    }

    /// Tells why an action was decided as it was.
    pub async fn explanation(&self, action_id: &str) -> Answer<Explanation> {
        self.get(&["v1", "audit", "events", action_id, "explanation"]).await
    }

    /// Reads decisions with what they were decided on.
    pub async fn decisions(&self, filter: &EventFilter) -> Answer<Decisions> {
        self.find(&["v1", "audit", "decisions"], &filter.query()).await
    }

    /// Lists the keys.
    pub async fn keys(&self) -> Answer<Keys> {
        self.get(&["v1", "keys"]).await
    }

    /// Makes a key, which is shown this once.
    pub async fn create_key(&self, key: &CreateKey) -> Answer<CreatedKey> {
        self.post(&["v1", "keys"], key).await
    }

    /// Ends a key at once.
    pub async fn revoke_key(&self, id: &str) -> Answer<()> {
        self.delete(&["v1", "keys", id]).await
    }

    /// Has the governance directory read anew and put in force.
    pub async fn reload_policy(&self, reload: &ReloadPolicy) -> Answer<ReloadedPolicy> {
        self.post(&["v1", "policy", "reload"], reload).await
    }

    /// Tells how the daemon is.
    pub async fn status(&self) -> Answer<Status> {
        self.get(&["v1", "status"]).await
    }

    /// Tells whose key this is, and what they may do.
    pub async fn session(&self) -> Answer<SessionBody> {
        self.get(&["v1", "session"]).await
    }

    /// Makes a code that signs one browser in as this key.
    pub async fn sign_in_code(&self) -> Answer<SignInCode> {
        self.post(&["v1", "session", "codes"], &serde_json::json!({})).await
    }

    /// Watches records as they become durable, after the record `after` or from now on: about one agent, of some kinds,
    /// or all.
    pub async fn stream(
        &self,
        after: Option<u64>,
        agent: Option<&str>,
        kinds: &[&str],
    ) -> Answer<Stream> {
        let mut query = vec![("kinds", kinds.join(","))];
        query.extend(after.map(|after| ("after", after.to_string())));
        query.extend(agent.map(|agent| ("agent", agent.to_owned())));
        self.stream_of(&["v1", "stream"], &query).await
    }

    /// Reads the counters in Prometheus' text format.
    pub async fn metrics(&self) -> Answer<String> {
        self.text(&["metrics"]).await
    }

    /// Reads the newest checkpoint of the log.
    pub async fn log_checkpoint(&self) -> Answer<String> {
        self.text(&["log", "checkpoint"]).await
    }

    /// Reads the keys that verify checkpoints, one a line, the current one first.
    pub async fn log_keys(&self) -> Answer<String> {
        self.text(&["log", "vkey"]).await
    }

    /// Reads a tile of hashes or a bundle of leaves by its path, like `0/x001/234` or `entries/000.p/7`.
    pub async fn log_tile(&self, path: &str) -> Answer<Vec<u8>> {
        let path: Vec<_> = ["log", "tile"].into_iter().chain(path.split('/')).collect();
        self.bytes(&path).await
    }

    /// Reads the public keys that permits are verified with (RFC 7517).
    pub async fn jwks(&self) -> Answer<Value> {
        self.get(&[".well-known", "jwks.json"]).await
    }
}
