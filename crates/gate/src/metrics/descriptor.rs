//! Every metric there is: what registers them, lists them and documents them reads this table.

use std::fmt;

/// What a metric is, to who reads it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Descriptor {
    /// Its name; a counter's series add `_total` to it, a histogram's `_bucket`, `_sum` and `_count`.
    pub name: &'static str,
    /// What it does over time.
    pub kind: MetricKind,
    /// What is counted or measured, such as `seconds`; `1` for a switch.
    pub unit: &'static str,
    /// The labels of each of its series, in their order.
    pub labels: &'static [&'static str],
    /// What it says.
    pub meaning: &'static str,
}

/// What a metric does over time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MetricKind {
    /// It only grows, from 0 at each start.
    Counter,
    /// It goes up and down.
    Gauge,
    /// It counts by size.
    Histogram,
}

impl MetricKind {
    /// Returns its name in the `OpenMetrics` format.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

impl fmt::Display for MetricKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Descriptor {
    /// Returns the name to ask Prometheus for; a histogram's own, which has no series.
    #[must_use]
    pub fn asked_as(&self) -> String {
        match self.kind {
            MetricKind::Counter => format!("{}_total", self.name),
            MetricKind::Gauge | MetricKind::Histogram => self.name.to_owned(),
        }
    }
}

macro_rules! metrics {
    ($($id:ident = $kind:ident $name:literal in $unit:literal by [$($label:literal),*]: $meaning:literal;)*) => {
        $(pub(super) const $id: Descriptor = Descriptor {
            name: $name,
            kind: MetricKind::$kind,
            unit: $unit,
            labels: &[$($label),*],
            meaning: $meaning,
        };)*

        /// Every metric, by what it is about.
        pub const METRICS: &[Descriptor] = &[$($id),*];
    };
}

metrics! {
    ACTIONS = Counter "ai_agent_actions" in "actions" by ["agent_name", "action", "allowed"]:
        "Actions that agents asked for";
    VIOLATIONS = Counter "ai_agent_policy_violations" in "violations" by ["agent_name", "policy_name", "severity"]:
        "Policies that stood in the way of an action, enforced or not";
    APPROVALS = Counter "ai_agent_approval_requests" in "requests" by ["agent_name", "status"]:
        "Requests for approval by how they ended: approved, rejected, timeout";

    DECISION_SECONDS = Histogram "syndic_decision_seconds" in "seconds" by []:
        "From an action that is taken in to its decision on the way to the ledger";
    RECORD_SECONDS = Histogram "syndic_record_seconds" in "seconds" by []:
        "From a decision on the way to the ledger to its record on disk";
    SUBMIT_SECONDS = Histogram "syndic_submit_seconds" in "seconds" by []:
        "From an action that is taken in to its answer";
    APPROVAL_WAIT_SECONDS = Histogram "syndic_approval_wait_seconds" in "seconds" by ["status"]:
        "How long requests for approval were open, by how they ended: approved, rejected, timeout";

    SHADOW_VIOLATIONS = Counter "syndic_shadow_violations" in "violations" by ["agent_name", "policy_name", "severity"]:
        "What policies in shadow mode would have stopped";
    EVALUATION_ERRORS = Counter "syndic_evaluation_errors" in "errors" by ["agent_name", "policy_name"]:
        "Policies that could not be evaluated for an action; one that forbids denies then";
    LIMIT_REFUSALS = Counter "syndic_limit_refusals" in "actions" by ["agent_name", "limit"]:
        "Actions that a limit of the profile stood in the way of: rate-limit for calls and recipients, spend-limit for money and tokens";
    MISSING_OUTCOMES = Counter "syndic_missing_outcomes" in "actions" by ["agent_name"]:
        "Allowed actions whose outcome was not reported in time";
    AUDIT_LOST = Counter "syndic_audit_lost" in "events" by ["agent_name"]:
        "Audited functions that ran and could not be recorded";
    FILTERED = Counter "syndic_output_filtered" in "results" by ["agent_name", "action", "result"]:
        "Results of which something was redacted, or nothing went back (withheld)";
    REDACTIONS = Counter "syndic_redactions" in "results" by ["type"]:
        "Results of which a kind of personal data or secret was redacted";
    BREAK_GLASS_LIFTED = Counter "syndic_break_glass_lifted" in "actions" by ["agent_name"]:
        "Actions for which a break-glass lifted a policy";

    APPROVALS_PENDING = Gauge "syndic_approvals_pending" in "requests" by []:
        "Requests for approval that wait for people";
    APPROVALS_OLDEST_AGE = Gauge "syndic_approvals_oldest_age_seconds" in "seconds" by []:
        "How long the oldest request for approval waits; 0 where none does";
    APPROVALS_HALF_OVER = Gauge "syndic_approvals_half_over" in "requests" by ["agent_name"]:
        "Requests for approval that wait for longer than half their time";

    AGENTS = Gauge "syndic_agents" in "agents" by ["risk_level", "mode", "state"]:
        "Agents of the governance directory in force: active within 24 hours, silent for longer, new (never seen), or suspended";
    AGENT_INFO = Gauge "syndic_agent_info" in "1" by ["agent_name", "owner", "risk_level", "mode"]:
        "1 for each agent of the governance directory in force";
    AGENT_SUSPENDED = Gauge "syndic_agent_suspended" in "1" by ["agent_name"]:
        "1 while the agent is suspended";
    AGENT_LAST_SEEN = Gauge "syndic_agent_last_seen_timestamp_seconds" in "seconds" by ["agent_name"]:
        "When the agent last asked for an action, as Unix time; 0 where it never did";
    ANOMALY_SCORE = Gauge "syndic_anomaly_score" in "points of 100" by ["agent_name", "signal"]:
        "How unusual what the agent does is: 0 for as ever, 100 for never seen; signals rate, denials, hours, amount, novelty";
    SESSIONS = Gauge "syndic_sessions" in "sessions" by []:
        "Sessions that are kept in mind";
    BREAK_GLASS_OPEN = Gauge "syndic_break_glass_open" in "agents" by []:
        "Agents for which a break-glass is open";
    BREAK_GLASS_REVIEWS = Gauge "syndic_break_glass_reviews" in "break-glasses" by []:
        "Break-glasses that wait for somebody to sign what was done";

    POLICY_INFO = Gauge "syndic_policy_info" in "1" by ["revision"]:
        "1 for the revision of the governance directory in force";
    POLICY_AGE = Gauge "syndic_policy_age_seconds" in "seconds" by []:
        "How long that revision has been in force; since the start at the latest";
    POLICY_RELOADS = Counter "syndic_policy_reloads" in "reloads" by ["result"]:
        "Reloads of the governance directory by what came of them";
    POLICY_RELOAD_FAILED = Gauge "syndic_policy_reload_failed" in "1" by []:
        "1 while the files of the governance directory do not load";
    POLICY_HELD = Gauge "syndic_policy_held" in "1" by []:
        "1 while the files loosen what is in force and wait to be accepted";

    LEDGER_OPEN = Gauge "syndic_ledger_open" in "1" by []:
        "1 while the ledger can be written; at 0 every action is denied until a restart";
    LEDGER_RECORDS = Gauge "syndic_ledger_records" in "records" by []:
        "Records on disk, from the first one on, those that were dropped too";
    LEDGER_BYTES = Gauge "syndic_ledger_bytes" in "bytes" by []:
        "What the segments of the ledger take on disk";
    LEDGER_SCRUBBED = Gauge "syndic_ledger_scrubbed_records" in "records" by []:
        "Records that were last read again and compared with the checkpoint";
    LEDGER_CONTRADICTED = Gauge "syndic_ledger_contradicted" in "1" by []:
        "1 once a record was found that contradicts the checkpoint; then the ledger is closed";
    CHECKPOINT_AGE = Gauge "syndic_checkpoint_age_seconds" in "seconds" by []:
        "How long there has been a record on disk that no signed checkpoint covers; 0 where there is none";
    WITNESSED_AGE = Gauge "syndic_witnessed_age_seconds" in "seconds" by []:
        "How long there has been a record on disk that no cosigned checkpoint covers; 0 where there is none, or no witness";
    WITNESS_UP = Gauge "syndic_witness_up" in "1" by ["witness"]:
        "1 where a witness cosigned the last time it was asked";
    WITNESS_LAG = Gauge "syndic_witness_lag_seconds" in "seconds" by ["witness"]:
        "How long there has been a checkpoint that a witness has not cosigned; 0 where there is none";
    WITNESS_CONTRADICTS = Gauge "syndic_witness_contradicts" in "1" by ["witness"]:
        "1 where a witness cosigned another history than this one";
    RETENTION_AT_RISK = Gauge "syndic_retention_at_risk" in "1" by []:
        "1 while records are kept for less than 184 days, or dropping old ones fails";

    INCIDENTS_OVERDUE = Gauge "syndic_incidents_overdue" in "incidents" by []:
        "Open incidents that should have been reported by a law's time, and of which nobody recorded that they were";
    DRILL_LAST_PASSED = Gauge "syndic_drill_last_passed" in "1" by ["drill"]:
        "1 where the last run of a drill passed, on every agent it was run on; 0 where one failed";

    RELAY_LAG_RECORDS = Gauge "syndic_relay_lag_records" in "records" by ["relay"]:
        "Records on disk that a follower of the ledger has not read: the search index, notifications, sinks by name";
    RELAY_LAG_SECONDS = Gauge "syndic_relay_lag_seconds" in "seconds" by ["relay"]:
        "How long ago the first record that it has not read was made; 0 where there is none";
    SINK_EVENTS = Counter "syndic_sink_events" in "events" by ["sink"]:
        "Events of the audit trail that a sink took";
    SINK_FAILURES = Counter "syndic_sink_failures" in "tries" by ["sink"]:
        "Tries to send events to a sink that failed, or to read what it is to get";
    SINK_DEAD_LETTERS = Counter "syndic_sink_dead_letters" in "events" by ["sink"]:
        "Events that a sink never takes";
    SINK_UP = Gauge "syndic_sink_up" in "1" by ["sink"]:
        "1 while events go to a sink; 0 while it is left alone until somebody mends it, or fails again and again";
    NOTIFICATION_FAILURES = Counter "syndic_notification_failures" in "tries" by ["channel"]:
        "Tries to tell somebody about a request for approval that failed: email, slack, webhook";
    STREAM_CLIENTS = Gauge "syndic_stream_clients" in "clients" by []:
        "Clients that follow the live stream";
    STREAM_DROPPED = Counter "syndic_stream_dropped" in "clients" by []:
        "Clients of the live stream that were dropped because they read too slowly";
    TRACE_DROPPED = Counter "syndic_trace_dropped" in "spans" by []:
        "Spans of actions that no collector took";

    CLOCK_SANE = Gauge "syndic_clock_sane" in "1" by []:
        "1 while the host's clock has not stepped back";
    START = Gauge "syndic_start_timestamp_seconds" in "seconds" by []:
        "When the ledger was opened, as Unix time: counters count from then on";
    BUILD_INFO = Gauge "syndic_build_info" in "1" by ["version"]:
        "1 for the version of this program";
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{METRICS, MetricKind};

    #[test]
    fn names_say_what_they_measure_and_labels_are_few() {
        let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
        assert_eq!(names.len(), METRICS.len(), "a name twice");
        for metric in METRICS {
            let name = metric.name;
            assert!(name.starts_with("syndic_") || name.starts_with("ai_agent_"), "{name}");
            assert!(!name.ends_with("_total"), "{name}: the format adds it");
            assert_eq!(metric.unit == "seconds", name.ends_with("_seconds"), "{name}");
            assert_eq!(metric.unit == "bytes", name.ends_with("_bytes"), "{name}");
            assert!(metric.labels.len() <= 4 && !metric.meaning.ends_with('.'), "{name}");
            let is_info = name.ends_with("_info");
            assert!(!is_info || metric.kind == MetricKind::Gauge, "{name}");
        }
    }
}
