//! A scrape: what is measured now, beside what was counted.

use std::collections::BTreeMap;
use std::sync::PoisonError;

use jiff::Timestamp;
use syndic_governance::RETENTION_FLOOR_DAYS;

use crate::Gate;
use crate::metrics::descriptor::{
    APPROVALS_OLDEST_AGE, APPROVALS_PENDING, BREAK_GLASS_OPEN, BREAK_GLASS_REVIEWS, CHECKPOINT_AGE,
    CLOCK_SANE, Descriptor, INCIDENTS_OVERDUE, LEDGER_BYTES, LEDGER_CONTRADICTED, LEDGER_OPEN,
    LEDGER_RECORDS, LEDGER_SCRUBBED, POLICY_AGE, POLICY_HELD, POLICY_RELOAD_FAILED,
    RETENTION_AT_RISK, SESSIONS, START, WITNESSED_AGE,
};
use crate::metrics::reading::{AgentReading, Lag, Reading, WitnessReading};
use crate::overview::AgentState;

impl Gate {
    /// Returns the metrics in the `OpenMetrics` text format. Reads records from the disk where something is behind, so
    /// it is not for asynchronous code.
    #[must_use]
    pub fn metrics_text(&self) -> String {
        self.metrics.render(self.measure())
    }

    /// Tells how many clients follow the live stream.
    pub fn stream_clients(&self, count: usize) {
        self.metrics.stream_clients(count);
    }

    /// Counts a client of the live stream that was dropped because it read too slowly.
    pub fn stream_dropped(&self) {
        self.metrics.stream_dropped();
    }

    fn measure(&self) -> Reading {
        let (health, now) = (self.health(), self.now());
        let statistics = self.store.statistics();
        let governance = self.governance();
        let waits = health.oldest_approval.map_or(0, |oldest| seconds_since(oldest, now));
        let (held, failed) = {
            let standing = self.standing();
            (standing.held.is_some(), standing.failed.is_some())
        };
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let count = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let kept_short = governance.settings.audit.retention_days < RETENTION_FLOOR_DAYS;
        let retention_at_risk = kept_short || self.retention_trouble().is_some();
        let unsealed = i64::try_from(self.unsealed_for().as_secs()).unwrap_or(i64::MAX);
        let single: Vec<(&'static Descriptor, i64)> = vec![
            (&APPROVALS_PENDING, count(health.approvals_pending)),
            (&APPROVALS_OLDEST_AGE, waits),
            (&SESSIONS, count(health.sessions)),
            (&BREAK_GLASS_OPEN, count(health.break_glass_open.len())),
            (&BREAK_GLASS_REVIEWS, count(health.break_glass_reviews)),
            (&POLICY_AGE, seconds_since(self.in_force_since(), now)),
            (&POLICY_RELOAD_FAILED, i64::from(failed)),
            (&POLICY_HELD, i64::from(held)),
            (&LEDGER_OPEN, i64::from(health.ledger_open)),
            (&LEDGER_RECORDS, number(statistics.records)),
            (&LEDGER_BYTES, number(statistics.stored)),
            (&LEDGER_SCRUBBED, number(statistics.scrubbed)),
            (&LEDGER_CONTRADICTED, i64::from(statistics.contradicted.is_some())),
            (&CHECKPOINT_AGE, unsealed),
            (&WITNESSED_AGE, self.witnessed_age(now)),
            (&RETENTION_AT_RISK, i64::from(retention_at_risk)),
            (&INCIDENTS_OVERDUE, count(self.overdue_incidents().len())),
            (&START, self.opened.as_second()),
            (&CLOCK_SANE, i64::from(health.clock_sane)),
        ];
        Reading {
            single,
            agents: self.measure_agents(now),
            witnesses: health.witnesses.iter().map(|one| WitnessReading::of(one, now)).collect(),
            relays: self.relay_lags(now),
            sinks: self.sinks(),
            drills: self.drills_passed(),
            revision: governance.revision.clone(),
        }
    }

    fn measure_agents(&self, now: Timestamp) -> BTreeMap<String, AgentReading> {
        let mut half_over: BTreeMap<_, _> =
            self.state().approvals.half_over(now).into_iter().collect();
        let mut agents: BTreeMap<String, AgentReading> = self
            .agents()
            .into_iter()
            .map(|view| {
                let profile = view.profile;
                let reading = AgentReading {
                    owner: profile.owner.team.to_string(),
                    risk_level: profile.risk_level.as_str(),
                    mode: profile.mode.as_str(),
                    suspended: view.suspended.is_some(),
                    state: AgentState::of(view.suspended.is_some(), None, now),
                    last_seen: 0,
                    half_over: half_over.remove(profile.id.as_str()).unwrap_or_default(),
                };
                (profile.id.to_string(), reading)
            })
            .collect();
        let recalled = self.recall.lock().unwrap_or_else(PoisonError::into_inner).look(self);
        if let Err(error) = recalled {
            tracing::warn!(%error, "when agents were last seen cannot be told");
        }
        self.metrics.each_seen(|name, at| {
            let Some(agent) = agents.get_mut(name) else { return };
            let seen = Timestamp::from_second(at).ok().filter(|_| at > 0);
            agent.state = AgentState::of(agent.suspended, seen, now);
            agent.last_seen = at;
        });
        agents
    }

    /// Tells how long there has been a record that no cosigned checkpoint covers; 0 where nobody cosigns.
    fn witnessed_age(&self, now: Timestamp) -> i64 {
        if self.witnesses().is_empty() {
            return 0;
        }
        let cosigned = self.store.cosigned().map_or(0, |cosigned| cosigned.head.size);
        self.lag(cosigned, now).seconds
    }

    pub(crate) fn relay_lags(&self, now: Timestamp) -> BTreeMap<String, Lag> {
        let mut next = self.relays().clone();
        next.extend(self.sinks().into_iter().map(|sink| (sink.name, sink.next_index)));
        next.insert("index".to_owned(), self.store.statistics().indexed_through);
        next.into_iter().map(|(name, next)| (name, self.lag(next, now))).collect()
    }

    /// Tells how far who reads record `next` next is behind.
    fn lag(&self, next: u64, now: Timestamp) -> Lag {
        let records = self.store.durable_index().saturating_sub(next);
        if records == 0 {
            return Lag::default();
        }
        let first = self.store.leaves(next.max(self.store.first_index()), 1);
        let made = first.ok().and_then(|leaves| Some(leaves.first()?.at));
        // What cannot be read is as old as what was last signed, at least.
        let made = made.unwrap_or_else(|| self.store.checkpoint().at);
        Lag { records, seconds: seconds_since(made, now) }
    }
}

fn seconds_since(at: Timestamp, now: Timestamp) -> i64 {
    now.duration_since(at).as_secs().max(0)
}
