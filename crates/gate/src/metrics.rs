//! The counters of product R8. Names outside the registry become `unknown`, so that their number is bounded.

use jiff::{SignedDuration, Timestamp};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry};
use syndic_model::{AgentId, ApprovalStatus, CheckResult, Decided, WitnessState};

use crate::enrich::Enriched;
use crate::reload::{ReloadError, Reloaded};

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ViolationLabels {
    agent_name: String,
    policy_name: String,
    severity: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ApprovalLabels {
    agent_name: String,
    status: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct AgentLabels {
    agent_name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReloadLabels {
    result: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChannelLabels {
    channel: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ActionLabels {
    agent_name: String,
    action: String,
    allowed: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FilterLabels {
    agent_name: String,
    action: String,
    result: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct WitnessLabels {
    witness: String,
}

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    violations: Family<ViolationLabels, Counter>,
    shadow_violations: Family<ViolationLabels, Counter>,
    approvals: Family<ApprovalLabels, Counter>,
    approvals_pending: Gauge,
    approvals_oldest_age: Gauge,
    actions: Family<ActionLabels, Counter>,
    missing_outcomes: Counter,
    reloads: Family<ReloadLabels, Counter>,
    held: Gauge,
    notification_failures: Family<ChannelLabels, Counter>,
    break_glass_open: Gauge,
    break_glass_reviews: Gauge,
    break_glass_lifted: Family<AgentLabels, Counter>,
    witness_up: Family<WitnessLabels, Gauge>,
    witness_lag: Family<WitnessLabels, Gauge>,
    witness_contradicts: Family<WitnessLabels, Gauge>,
    scrubbed: Gauge,
    contradicted: Gauge,
    filtered: Family<FilterLabels, Counter>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::default();
        let mut all = Registering(&mut registry);
        Self {
            violations: all.add("ai_agent_policy_violations", "Violations of policies"),
            shadow_violations: all.add("syndic_shadow_violations", "What policies in shadow mode would have stopped"),
            approvals: all.add("ai_agent_approval_requests", "Approval requests by how they ended"),
            approvals_pending: all.add("syndic_approvals_pending", "Requests for approval that wait for people"),
            approvals_oldest_age: all.add("syndic_approvals_oldest_age_seconds", "How long the oldest request for approval waits; 0 where none does"),
            actions: all.add("ai_agent_actions", "Actions that agents asked for"),
            missing_outcomes: all.add("syndic_missing_outcomes", "Allowed actions with no outcome in time"),
            reloads: all.add("syndic_policy_reloads", "Reloads of the governance directory by what came of them"),
            held: all.add("syndic_policy_held", "1 while the files loosen what is in force and wait to be accepted"),
            notification_failures: all.add("syndic_notification_failures", "Tries to tell somebody about a request for approval that failed"),
            break_glass_open: all.add("syndic_break_glass_open", "Agents for which a break-glass is open"),
            break_glass_reviews: all.add("syndic_break_glass_reviews", "Break-glasses that wait for somebody to sign what was done"),
            break_glass_lifted: all.add("syndic_break_glass_lifted", "Actions for which a break-glass lifted a policy"),
            witness_up: all.add("syndic_witness_up", "1 where a witness cosigned the last time it was asked"),
            witness_lag: all.add("syndic_witness_lag_seconds", "How long there has been a checkpoint that a witness has not cosigned; 0 where there is none"),
            witness_contradicts: all.add("syndic_witness_contradicts", "1 where a witness cosigned another history than this one"),
            scrubbed: all.add("syndic_ledger_scrubbed_records", "Records that were last read again and compared with the checkpoint"),
            contradicted: all.add("syndic_ledger_contradicted", "1 once a record was found that contradicts the checkpoint; then the ledger is closed"),
            filtered: all.add("syndic_output_filtered", "Results of which something was redacted or nothing went back"),
            registry,
        }
    }

    /// Counts one result that a filter changed, or would have.
    pub(crate) fn filtered(&self, agent: &str, action: &str, withheld: bool) {
        let result = if withheld { "withheld" } else { "redacted" };
        let labels = FilterLabels {
            agent_name: agent.to_owned(),
            action: action.to_owned(),
            result: result.to_owned(),
        };
        self.filtered.get_or_create(&labels).inc();
    }

    /// Counts one answered action.
    pub(crate) fn observe(&self, decided: &Decided, enriched: &Enriched<'_>) {
        let request = enriched.request;
        let agent_name = match enriched.profile {
            Some(profile) => profile.id.to_string(),
            None => "unknown".to_owned(),
        };
        let action =
            if enriched.action_known { request.action.to_string() } else { "unknown".to_owned() };
        for check in decided.checks.iter().filter(|check| check.result != CheckResult::Passed) {
            let violations = if check.shadow { &self.shadow_violations } else { &self.violations };
            let labels = ViolationLabels {
                agent_name: agent_name.clone(),
                policy_name: check.policy.to_string(),
                severity: check.severity.to_string(),
            };
            violations.get_or_create(&labels).inc();
        }
        self.actions
            .get_or_create(&ActionLabels {
                agent_name,
                action,
                allowed: decided.allowed.to_string(),
            })
            .inc();
    }

    /// Counts a request for approval that has ended; one that was cancelled is no answer of anybody.
    pub(crate) fn approval(&self, agent: &str, status: ApprovalStatus) {
        if status != ApprovalStatus::Cancelled {
            let labels =
                ApprovalLabels { agent_name: agent.to_owned(), status: status.as_str().to_owned() };
            self.approvals.get_or_create(&labels).inc();
        }
    }

    pub(crate) fn outcome_missing(&self) {
        self.missing_outcomes.inc();
    }

    pub(crate) fn reloaded(&self, result: &Result<Reloaded, ReloadError>) {
        let result = match result {
            Ok(reloaded) if reloaded.record.is_none() => "unchanged",
            Ok(_) => "loaded",
            Err(ReloadError::Invalid(_)) => "invalid",
            Err(ReloadError::Loosens(_)) => "held",
            Err(
                ReloadError::Restart(_)
                | ReloadError::OwnProposal(_)
                | ReloadError::YoungKey(_)
                | ReloadError::OtherRevision { .. }
                | ReloadError::NotProposed(_)
                | ReloadError::NotWatched,
            ) => "refused",
            Err(ReloadError::Keep(_) | ReloadError::Write(_)) => "failed",
        };
        self.reloads.get_or_create(&ReloadLabels { result }).inc();
    }

    pub(crate) fn notification_failed(&self, channel: &'static str) {
        self.notification_failures.get_or_create(&ChannelLabels { channel }).inc();
    }

    /// Counts an action for which a break-glass lifted something.
    pub(crate) fn lifted(&self, agent: &AgentId) {
        let labels = AgentLabels { agent_name: agent.to_string() };
        self.break_glass_lifted.get_or_create(&labels).inc();
    }

    pub(crate) fn pending(&self, count: usize, oldest: Option<SignedDuration>) {
        self.approvals_pending.set(i64::try_from(count).unwrap_or(i64::MAX));
        self.approvals_oldest_age.set(oldest.map_or(0, |age| age.as_secs().max(0)));
    }

    pub(crate) fn break_glass(&self, open: usize, reviews: usize) {
        self.break_glass_open.set(i64::try_from(open).unwrap_or(i64::MAX));
        self.break_glass_reviews.set(i64::try_from(reviews).unwrap_or(i64::MAX));
    }

    /// Tells how the witnesses are, and no more of those that are none any more.
    pub(crate) fn witnesses(&self, states: &[WitnessState], now: Timestamp) {
        for family in [&self.witness_up, &self.witness_lag, &self.witness_contradicts] {
            family.clear();
        }
        for state in states {
            let labels = WitnessLabels { witness: state.name.clone() };
            let contradicts = state.contradiction.is_some();
            self.witness_up.get_or_create(&labels).set(i64::from(state.is_up()));
            self.witness_lag.get_or_create(&labels).set(state.lag(now).as_secs());
            self.witness_contradicts.get_or_create(&labels).set(i64::from(contradicts));
        }
    }

    pub(crate) fn scrubbed(&self, records: u64, contradicted: bool) {
        self.scrubbed.set(i64::try_from(records).unwrap_or(i64::MAX));
        self.contradicted.set(i64::from(contradicted));
    }

    pub(crate) fn hold(&self, held: bool) {
        self.held.set(i64::from(held));
    }

    pub(crate) fn render(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Makes metrics that are told of.
struct Registering<'a>(&'a mut Registry);

impl Registering<'_> {
    fn add<M: Metric + Clone + Default>(&mut self, name: &str, help: &str) -> M {
        let metric = M::default();
        self.0.register(name, help, metric.clone());
        metric
    }
}
