//! What is wrong with governance itself, each with what mends it: from what is measured, without looking any further.

use jiff::{SignedDuration, Timestamp};
use syndic_model::{Circuit, SinkState, WitnessState};

use crate::standing::Standing;

/// How long a record may be without a checkpoint over it; half a second is usual.
const CHECKPOINT_WITHIN: SignedDuration = SignedDuration::from_mins(1);
/// How long a checkpoint may be without a witness's signature.
const WITNESSED_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// How long a sink may fail before somebody must look.
const SINK_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// How governance is altogether.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthState {
    /// Nothing is known to be wrong.
    Healthy,
    /// Something needs a person; what agents ask for is decided and recorded.
    Degraded,
    /// Nothing can be recorded, so everything is denied.
    Down,
}

/// How soon somebody must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum HealthSeverity {
    /// Today.
    Warning,
    /// Now.
    Critical,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthFinding {
    /// A stable id.
    pub id: &'static str,
    /// How soon somebody must look.
    pub severity: HealthSeverity,
    /// What is wrong, and what that means.
    pub told: String,
    /// What to do; commands in backticks.
    pub remedy: String,
}

/// How governance is, and what is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GovernanceHealth {
    /// Altogether.
    pub state: HealthState,
    /// Critical ones first.
    pub findings: Vec<HealthFinding>,
}

/// What findings are made from.
#[derive(Debug, Clone, Default)]
pub(crate) struct Vitals {
    pub(crate) now: Timestamp,
    pub(crate) ledger_closed: bool,
    /// The first record that contradicts the checkpoint.
    pub(crate) contradicted: Option<u64>,
    pub(crate) index_stopped: bool,
    /// How long there has been a durable record that no checkpoint covers.
    pub(crate) unsealed: SignedDuration,
    pub(crate) witnesses: Vec<WitnessState>,
    pub(crate) sinks: Vec<SinkState>,
    pub(crate) policy: Standing,
    pub(crate) clock_wrong: bool,
    pub(crate) break_glass_open: Vec<String>,
    pub(crate) break_glass_reviews: usize,
    /// Requests that half of their time is over for, by agent.
    pub(crate) half_over: Vec<(String, usize)>,
    /// Why old records are not dropped.
    pub(crate) retention: Option<String>,
    /// Channels whose last message was given up, and why.
    pub(crate) failing: Vec<(String, String)>,
    /// Why all agents are stopped.
    pub(crate) all_suspended: Option<String>,
    /// Drills whose last run failed, and what happened.
    pub(crate) failed_drills: Vec<(String, String)>,
    /// Incidents that should have been reported, each with by when and why.
    pub(crate) overdue_incidents: Vec<(String, Timestamp, String)>,
}

impl HealthState {
    /// Returns its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Healthy => "healthy",
            Self::Degraded => "degraded",
            Self::Down => "down",
        }
    }
}

impl HealthSeverity {
    /// Returns its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

impl Vitals {
    /// Tells everything that is wrong.
    pub(crate) fn judge(&self) -> GovernanceHealth {
        let mut findings = Vec::new();
        self.records(&mut findings);
        self.witnesses(&mut findings);
        self.sinks(&mut findings);
        self.files(&mut findings);
        self.people(&mut findings);
        self.drills(&mut findings);
        self.incidents(&mut findings);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
        let state = match (self.ledger_closed, findings.is_empty()) {
            (true, _) => HealthState::Down,
            (false, true) => HealthState::Healthy,
            (false, false) => HealthState::Degraded,
        };
        GovernanceHealth { state, findings }
    }

    fn records(&self, findings: &mut Vec<HealthFinding>) {
        if let Some(record) = self.contradicted {
            findings.push(critical(
                "ledger-contradicted",
                format!("record {record} is not what was signed: it was changed or lost on disk, and the ledger is closed"),
                "keep a copy of the data directory, look at it with `syndic audit verify`, and restore a backup with `syndic restore`",
            ));
        } else if self.ledger_closed {
            findings.push(critical(
                "ledger-closed",
                "the ledger cannot be written: every action is denied until a restart".to_owned(),
                "free disk space or mend the disk, see `syndic doctor`, then start syndic again",
            ));
        }
        if self.index_stopped {
            findings.push(critical(
                "index-stopped",
                "the search index stopped: repeats, late outcomes and audit events fail until a restart".to_owned(),
                "see `syndic doctor`, then start syndic again; the index is made anew where it must be",
            ));
        }
        if self.unsealed > CHECKPOINT_WITHIN && !self.ledger_closed {
            findings.push(critical(
                "checkpoint-stale",
                format!(
                    "records have been without a signed checkpoint for {}",
                    long(self.unsealed)
                ),
                "see `syndic doctor`, and start syndic again where the disk is well",
            ));
        }
        if self.clock_wrong {
            findings.push(critical(
                "clock",
                "the host's clock stepped back: policies that read the time deny until it has caught up".to_owned(),
                "set the host's clock right and keep it so with NTP; `syndic status` tells when it is sane",
            ));
        }
        if let Some(why) = &self.retention {
            findings.push(warning(
                "retention",
                format!("records whose time has come are not dropped: {why}"),
                "`syndic audit prune --dry-run` tells what is due; `syndic audit prune` drops it"
                    .to_owned(),
            ));
        }
    }

    fn witnesses(&self, findings: &mut Vec<HealthFinding>) {
        for witness in &self.witnesses {
            let lag = witness.lag(self.now);
            if let Some(contradiction) = &witness.contradiction {
                findings.push(critical(
                    "witness-contradicts",
                    format!("witness {} cosigned another history than this one: records were changed or lost: {contradiction}", witness.name),
                    "keep a copy of the data directory, and find out with `syndic audit verify` and the witness which history is true",
                ));
            } else if let Some(failure) =
                witness.failure.as_ref().filter(|_| lag > WITNESSED_WITHIN)
            {
                findings.push(warning(
                    "witness-silent",
                    format!(
                        "witness {} has not cosigned for {}: {failure}",
                        witness.name,
                        long(lag)
                    ),
                    "`syndic doctor` asks every witness and says what it answers".to_owned(),
                ));
            }
        }
    }

    fn sinks(&self, findings: &mut Vec<HealthFinding>) {
        for sink in &self.sinks {
            let Some(failure) = &sink.last_failure else { continue };
            let (name, reason) = (&sink.name, &failure.reason);
            let failing = sink.failing_for(self.now);
            if sink.circuit == Circuit::Open {
                findings.push(critical(
                    "sink-stopped",
                    format!("the audit trail does not go to sink {name} until somebody mends it: {reason}"),
                    "mend what it says, then `syndic policy reload`, or wait five minutes; `syndic relay status` tells how far it is. Nothing is lost: the ledger has every record",
                ));
            } else if failing > SINK_WITHIN {
                findings.push(warning(
                    "sink-behind",
                    format!("sink {name} has failed for {}: {reason}", long(failing)),
                    "`syndic relay status` tells how far it is; it is tried again by itself, and nothing is lost".to_owned(),
                ));
            }
        }
    }

    fn files(&self, findings: &mut Vec<HealthFinding>) {
        if let Some(failed) = &self.policy.failed {
            let since = failed.at.strftime("%Y-%m-%d %H:%M:%S");
            let errors = count(failed.errors, "error", "errors");
            findings.push(critical(
                "policy-invalid",
                format!(
                    "the files do not load since {since} UTC, and the revision before stays in force: {errors}, the first: {}",
                    failed.first
                ),
                "`syndic check` shows every error with its place; then `syndic policy reload`",
            ));
        }
        if let Some(held) = &self.policy.held {
            let told = format!(
                "revision {} of the files loosens {} and is not in force",
                held.revision,
                count(held.loosened.len(), "thing", "things")
            );
            let remedy = match &held.proposed_by {
                Some(key) => format!(
                    "key {key} proposed it; another administrator accepts it with `syndic policy reload --accept-loosening {}`, or the files are changed back",
                    held.revision
                ),
                None => "an administrator proposes it with `syndic policy reload`, or the files are changed back".to_owned(),
            };
            findings.push(warning("policy-held", told, remedy));
        }
        if !self.policy.restart_needed.is_empty() {
            findings.push(warning(
                "restart-needed",
                format!(
                    "{} changed, and what was before still holds",
                    self.policy.restart_needed.join(", ")
                ),
                "start syndic again".to_owned(),
            ));
        }
    }

    fn incidents(&self, findings: &mut Vec<HealthFinding>) {
        for (id, due, basis) in &self.overdue_incidents {
            let due = due.strftime("%Y-%m-%d %H:%M:%S");
            findings.push(critical(
                "incident-overdue",
                format!("incident {id} should have been reported by {due} UTC ({basis}), and no report that counts for it is on record"),
                "report it where the duty binds, and record it: `syndic incident update ID --note TEXT --reported TIME`, with `--class` where it is in a class of another law by now; `syndic incident show ID` tells the rest",
            ));
        }
    }

    fn drills(&self, findings: &mut Vec<HealthFinding>) {
        for (drill, told) in &self.failed_drills {
            findings.push(critical(
                "drill-failed",
                format!("what must hold when something goes wrong does not: the drill {drill} failed: {told}"),
                "mend what it says, then run it again: `syndic drill`; `syndic drill list` shows the last run of each",
            ));
        }
    }

    fn people(&self, findings: &mut Vec<HealthFinding>) {
        if let Some(reason) = &self.all_suspended {
            findings.push(critical(
                "all-suspended",
                format!("all agents are suspended: {reason}"),
                "`syndic agents resume --all --reason TEXT` lifts it",
            ));
        }
        if !self.break_glass_open.is_empty() {
            findings.push(critical(
                "break-glass-open",
                format!(
                    "a break-glass is open for {}: what it lifts is not stopped",
                    some(&self.break_glass_open)
                ),
                "`syndic break-glass list` tells who opened it, why, and until when",
            ));
        }
        if self.break_glass_reviews > 0 {
            findings.push(warning(
                "break-glass-review",
                format!("{} used and not reviewed", count(self.break_glass_reviews, "break-glass was", "break-glasses were")),
                "`syndic break-glass list` shows them; `syndic break-glass review ID --note TEXT` signs one".to_owned(),
            ));
        }
        let half_over: usize = self.half_over.iter().map(|(_, count)| count).sum();
        if half_over > 0 {
            let agents: Vec<_> = self.half_over.iter().map(|(agent, _)| agent.clone()).collect();
            let wait = count(half_over, "request for approval has", "requests for approval have");
            findings.push(warning(
                "approvals-old",
                format!("{wait} waited for more than half the time there is, of {}", some(&agents)),
                "`syndic approvals list` shows them; do the people of the group get its messages? `syndic doctor` asks".to_owned(),
            ));
        }
        for (channel, why) in &self.failing {
            findings.push(critical(
                "notification-failing",
                format!("the last message by {channel} did not arrive, so people may not know what waits for them: {why}"),
                "`syndic doctor` looks at `notify` of syndic.yaml and the variables it names; `syndic approvals list` shows what waits",
            ));
        }
    }
}

fn critical(id: &'static str, told: String, remedy: &str) -> HealthFinding {
    HealthFinding { id, severity: HealthSeverity::Critical, told, remedy: remedy.to_owned() }
}

const fn warning(id: &'static str, told: String, remedy: String) -> HealthFinding {
    HealthFinding { id, severity: HealthSeverity::Warning, told, remedy }
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Names the first three.
fn some(names: &[String]) -> String {
    let named: Vec<_> = names.iter().take(3).map(String::as_str).collect();
    match names.len().saturating_sub(named.len()) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

fn long(time: SignedDuration) -> String {
    match time.as_secs() {
        seconds @ ..120 => format!("{seconds} s"),
        seconds @ ..7_200 => format!("{} min", seconds / 60),
        seconds @ ..172_800 => format!("{} h", seconds / 3_600),
        seconds => format!("{} days", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests;
