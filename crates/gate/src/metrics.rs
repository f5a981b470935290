//! What is counted and measured, as Prometheus reads it.
//!
//! The table in `descriptor` is what there is. Names outside the registry become `unknown`, and what a reload takes away
//! is forgotten, so that the number of series is bounded by the governance directory.

mod agents;
mod descriptor;
mod durations;
mod reading;
mod recall;
mod scrape;
mod shelf;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use jiff::Timestamp;
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::{Metric, Registry};
use syndic_governance::Governance;
use syndic_ledger::Acted;
use syndic_model::{AgentId, ApprovalStatus, CheckResult, Decided, PolicyId, Severity};

use crate::enrich::Enriched;
use crate::metrics::agents::{Agents, Found, OfAgent, UNKNOWN};
use crate::metrics::durations::{Durations, OF_A_PERSON, OF_AN_ACTION};
use crate::metrics::reading::Reading;
use crate::reload::{ReloadError, Reloaded};

pub(crate) use reading::Lag;
pub(crate) use recall::Recall;

pub use descriptor::{Descriptor, METRICS, MetricKind};

/// One label and its value.
type Label = [(&'static str, String); 1];

/// What is counted.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    agents: ArcSwap<Agents>,
    decision: Durations,
    record: Durations,
    submit: Durations,
    approval_wait: Family<Label, Durations, fn() -> Durations>,
    redactions: Family<Label, Counter>,
    reloads: Family<Label, Counter>,
    notification_failures: Family<Label, Counter>,
    stream_clients: Gauge,
    stream_dropped: Counter,
    traces_dropped: Counter,
}

impl Metrics {
    pub(crate) fn new(governance: &Governance) -> Self {
        let mut registry = Registry::default();
        let mut all = Registering(&mut registry);
        let waits: fn() -> Durations = || Durations::new(&OF_A_PERSON);
        let counted = Self {
            agents: ArcSwap::from_pointee(Agents::default().follow(&[governance])),
            decision: all.add(&descriptor::DECISION_SECONDS, Durations::new(&OF_AN_ACTION)),
            record: all.add(&descriptor::RECORD_SECONDS, Durations::new(&OF_AN_ACTION)),
            submit: all.add(&descriptor::SUBMIT_SECONDS, Durations::new(&OF_AN_ACTION)),
            approval_wait: all
                .add(&descriptor::APPROVAL_WAIT_SECONDS, Family::new_with_constructor(waits)),
            redactions: all.add(&descriptor::REDACTIONS, Family::default()),
            reloads: all.add(&descriptor::POLICY_RELOADS, Family::default()),
            notification_failures: all.add(&descriptor::NOTIFICATION_FAILURES, Family::default()),
            stream_clients: all.add(&descriptor::STREAM_CLIENTS, Gauge::default()),
            stream_dropped: all.add(&descriptor::STREAM_DROPPED, Counter::default()),
            traces_dropped: all.add(&descriptor::TRACE_DROPPED, Counter::default()),
            registry,
        };
        counted.begin(governance);
        counted
    }

    /// Begins at 0 what alerts look at, so that the first increase is one.
    fn begin(&self, governance: &Governance) {
        for kind in &governance.kinds {
            drop(self.redactions.get_or_create(&[("type", kind.entity().to_string())]));
        }
        for status in ["approved", "rejected", "timeout"] {
            drop(self.approval_wait.get_or_create(&[("status", status.to_owned())]));
        }
        for channel in ["email", "slack", "webhook"] {
            drop(self.notification_failures.get_or_create(&channel_label(channel)));
        }
        for result in ["loaded", "unchanged", "invalid", "held", "refused", "failed"] {
            drop(self.reloads.get_or_create(&result_label(result)));
        }
    }

    /// Counts for the agents of all `directories` from now on, and forgets what is in none of them.
    pub(crate) fn follow(&self, directories: &[&Governance]) {
        directories.iter().for_each(|governance| self.begin(governance));
        self.agents.rcu(|agents| agents.follow(directories));
    }

    /// Tells how long it took to decide an action and to hand it to the ledger.
    pub(crate) fn decided(&self, took: Duration) {
        self.decision.observe(took);
    }

    /// Tells how long a decision took from then until it was on disk.
    pub(crate) fn recorded(&self, took: Duration) {
        self.record.observe(took);
    }

    /// Tells how long an action took as a whole.
    pub(crate) fn submitted(&self, took: Duration) {
        self.submit.observe(took);
    }

    /// Counts one answered action; `failed` are the policies that could not be evaluated for it.
    pub(crate) fn observe(
        &self,
        decided: &Decided,
        enriched: &Enriched<'_>,
        failed: &BTreeSet<PolicyId>,
        at: Option<Timestamp>,
    ) {
        let agents = self.agents.load();
        let agent = agents.of(enriched.profile.map_or(UNKNOWN, |profile| profile.id.as_str()));
        let action = if enriched.action_known { enriched.request.action.as_str() } else { UNKNOWN };
        agent.action(action, decided.allowed);
        let found = || decided.checks.iter().filter(|check| check.result != CheckResult::Passed);
        for check in found() {
            let policy = check.policy.as_str();
            agent.found(Found { policy, severity: check.severity, shadow: check.shadow });
        }
        agent.limited(|limit| found().any(|check| !check.shadow && check.policy.as_str() == limit));
        failed.iter().for_each(|policy| agent.failed(policy.as_str()));
        at.into_iter().for_each(|at| agent.seen(at));
    }

    /// Returns what is counted for an agent.
    pub(crate) fn agent(&self, agent: &str) -> Arc<OfAgent> {
        self.agents.load().shared(agent)
    }

    /// Counts one audited function that ran, and returns what counts it if it is lost.
    pub(crate) fn audited(&self, event: &Acted<'_>) -> Arc<OfAgent> {
        let agents = self.agents.load();
        let agent = agents.shared(event.agent);
        agent.action(agents.audited(event.action), event.allowed);
        for violation in event.violations {
            let policy = agents.policy(&violation.policy);
            let severity = violation.severity.parse().unwrap_or(Severity::Critical);
            agent.found(Found { policy, severity, shadow: false });
        }
        agent
    }

    /// Takes note of when an agent asked for an action, as the ledger tells it.
    pub(crate) fn seen(&self, agent: &str, at: Timestamp) {
        if agent != UNKNOWN {
            self.agents.load().of(agent).seen(at);
        }
    }

    /// Tells of each registered agent when it last asked for an action, in seconds of Unix time.
    pub(crate) fn each_seen(&self, mut tell: impl FnMut(&str, i64)) {
        for (name, agent) in self.agents.load().registered() {
            tell(name, agent.last_seen());
        }
    }

    /// Counts one result that a filter changed, or would have, and what it redacted.
    pub(crate) fn filtered<'a>(
        &self,
        agent: &str,
        action: &str,
        withheld: bool,
        redacted: impl Iterator<Item = &'a String>,
    ) {
        self.agents.load().of(agent).filtered(action, withheld);
        for kind in redacted {
            self.redactions.get_or_create(&[("type", kind.clone())]).inc();
        }
    }

    /// Counts a request for approval that has ended; one that was cancelled is no answer of anybody.
    pub(crate) fn approval(&self, agent: &str, status: ApprovalStatus, waited: Duration) {
        if matches!(status, ApprovalStatus::Cancelled | ApprovalStatus::Pending) {
            return;
        }
        self.agents.load().of(agent).approval(status);
        let label = [("status", status.as_str().to_owned())];
        self.approval_wait.get_or_create(&label).observe(waited);
    }

    pub(crate) fn outcome_missing(&self, agent: &str) {
        self.agents.load().of(agent).missing();
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
        self.reloads.get_or_create(&result_label(result)).inc();
    }

    pub(crate) fn notification_failed(&self, channel: &'static str) {
        self.notification_failures.get_or_create(&channel_label(channel)).inc();
    }

    /// Counts an action for which a break-glass lifted something.
    pub(crate) fn lifted(&self, agent: &AgentId) {
        self.agents.load().of(agent.as_str()).lifted();
    }

    /// Tells how unusual what an agent does is by one signal, of 100.
    pub(crate) fn anomaly(&self, agent: &str, signal: &str, score: u8) {
        self.agents.load().of(agent).score(signal, score);
    }

    /// Tells how many clients follow the live stream.
    pub(crate) fn stream_clients(&self, count: usize) {
        self.stream_clients.set(i64::try_from(count).unwrap_or(i64::MAX));
    }

    /// Counts a client of the live stream that read too slowly.
    pub(crate) fn stream_dropped(&self) {
        self.stream_dropped.inc();
    }

    /// Counts spans that were not delivered.
    pub(crate) fn traces_dropped(&self, count: u64) {
        self.traces_dropped.inc_by(count);
    }

    /// Writes everything, with what was just read.
    fn render(&self, reading: Reading) -> String {
        let mut text = String::new();
        let mut now = Registry::default();
        now.register_collector(Box::new(reading));
        // Writing to a string cannot fail.
        let _ = encode_registry(&mut text, &self.registry);
        let _ = encode_registry(&mut text, &now);
        self.agents.load().render(&mut text);
        let _ = encode_eof(&mut text);
        text
    }
}

fn channel_label(channel: &str) -> Label {
    [("channel", channel.to_owned())]
}

fn result_label(result: &str) -> Label {
    [("result", result.to_owned())]
}

/// Makes metrics that are told of.
struct Registering<'a>(&'a mut Registry);

impl Registering<'_> {
    fn add<M: Metric + Clone>(&mut self, descriptor: &Descriptor, metric: M) -> M {
        self.0.register(descriptor.name, descriptor.meaning, metric.clone());
        metric
    }
}
