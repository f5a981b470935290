//! All agents at a glance, and whether governance itself is well.

use std::collections::{BTreeMap, HashMap};

use jiff::{SignedDuration, Timestamp};
use syndic_ledger::ChecklistCount;
use syndic_model::{AgentId, AgentProfile, Mode, Owner, RiskLevel};

use crate::Gate;
use crate::activity::AgentActivity;
use crate::assessed::Glance;
use crate::health::{GovernanceHealth, Vitals};
use crate::live::Live;
use crate::state::EVERY_AGENT;
use crate::unusual::AnomalyView;

/// After how long an agent that was active is silent.
const SILENT_AFTER: SignedDuration = SignedDuration::from_hours(24);
/// For how long a message that was given up says that a channel fails.
const FAILING_FOR: SignedDuration = SignedDuration::from_hours(24);
/// How many agents are looked up while nothing else can use the views.
const AT_ONCE: usize = 256;

/// All agents at a glance, and whether governance itself is well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// When it was made.
    pub at: Timestamp,
    /// How many records what is counted has seen; after a start, it catches up in the background.
    pub counted_through: u64,
    /// Whether governance itself is well.
    pub governance: GovernanceHealth,
    /// How many requests for approval wait, of whichever agent.
    pub approvals_pending: usize,
    /// Every agent of the files in force, by id.
    pub agents: Vec<AgentOverview>,
}

/// One agent at a glance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentOverview {
    /// Who.
    pub agent: AgentId,
    /// Its name for people.
    pub name: String,
    /// Who answers for it.
    pub owner: Owner,
    /// How much it can do wrong.
    pub risk_level: RiskLevel,
    /// Whether verdicts are enforced.
    pub mode: Mode,
    /// Whether it acts.
    pub state: AgentState,
    /// Why it is stopped, if it is.
    pub suspended: Option<String>,
    /// How many of its requests for approval wait.
    pub approvals_pending: usize,
    /// What it did in 24 hours.
    pub activity: AgentActivity,
    /// How unusual that is, where it is.
    pub anomaly: Option<AnomalyView>,
    /// When it was assessed last, where it was.
    pub assessed: Option<Timestamp>,
    /// How far its checklist was then, where it was looked at.
    pub checklist: Option<ChecklistCount>,
}

/// Whether an agent acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum AgentState {
    /// It was heard of within 24 hours.
    Active,
    /// Somebody stopped it.
    Suspended,
    /// It was heard of, and not within 24 hours.
    Silent,
    /// It was not heard of in the last 35 days.
    New,
}

impl AgentState {
    /// Returns its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Silent => "silent",
            Self::New => "new",
        }
    }

    pub(crate) fn of(suspended: bool, last_seen: Option<Timestamp>, now: Timestamp) -> Self {
        match last_seen {
            _ if suspended => Self::Suspended,
            None => Self::New,
            Some(last) if now.duration_since(last) > SILENT_AFTER => Self::Silent,
            Some(_) => Self::Active,
        }
    }
}

/// What the state says about agents, taken in one short look.
struct AgentsNow {
    suspended: BTreeMap<String, String>,
    pending: HashMap<String, usize>,
    assessed: BTreeMap<String, Glance>,
    all_pending: usize,
}

impl AgentsNow {
    /// Tells why an agent is stopped, by itself or with all others.
    fn suspension(&self, agent: &str) -> Option<&String> {
        self.suspended.get(agent).or_else(|| self.suspended.get(EVERY_AGENT))
    }
}

impl Gate {
    /// Tells how all agents are, and whether governance itself is well.
    #[must_use]
    pub fn overview(&self) -> Overview {
        let (governance, standing) = (self.governance(), self.agents_stand());
        let now = self.now();
        let profiles: Vec<&AgentProfile> = governance.agents.values().collect();
        let agents = agents_told(&self.live, &profiles, &standing, now);
        Overview {
            at: now,
            counted_through: self.live.through(),
            governance: self.governance_health(),
            approvals_pending: standing.all_pending,
            agents,
        }
    }

    /// Tells whether governance itself is well, and if not, what to do.
    #[must_use]
    pub fn governance_health(&self) -> GovernanceHealth {
        self.vitals().judge()
    }

    fn agents_stand(&self) -> AgentsNow {
        let state = self.state();
        AgentsNow {
            suspended: state.suspensions().clone(),
            pending: state.approvals.waiting.by_agent().clone(),
            assessed: state.assurance.assessed.glances(),
            all_pending: state.approvals.pending_count(),
        }
    }

    fn vitals(&self) -> Vitals {
        let health = self.health();
        let statistics = self.store.statistics();
        let now = self.now();
        let since = now.checked_sub(FAILING_FOR).unwrap_or(Timestamp::MIN);
        let failing = self
            .live
            .views()
            .activity
            .failing(since)
            .map(|(channel, sent)| (channel.to_owned(), sent.failure.clone().unwrap_or_default()))
            .collect();
        let (half_over, all_suspended) = {
            let state = self.state();
            let all_suspended = state.suspensions().get(EVERY_AGENT).cloned();
            (state.approvals.half_over(now), all_suspended)
        };
        Vitals {
            now,
            ledger_closed: !health.ledger_open,
            contradicted: statistics.contradicted,
            index_stopped: !health.index_follows,
            unsealed: SignedDuration::try_from(self.unsealed_for()).unwrap_or(SignedDuration::MAX),
            witnesses: health.witnesses,
            sinks: self.sinks(),
            policy: self.policy_standing(),
            clock_wrong: !health.clock_sane,
            break_glass_open: health.break_glass_open,
            break_glass_reviews: health.break_glass_reviews,
            half_over,
            retention: self.retention_trouble(),
            failing,
            all_suspended,
            failed_drills: self.failed_drills(),
            overdue_incidents: self
                .overdue_incidents()
                .into_iter()
                .map(|(incident, clock)| {
                    let basis = format!("{}, as `{}`", clock.basis, clock.class);
                    (incident.opened.id, clock.due, basis)
                })
                .collect(),
        }
    }
}

fn agents_told(
    live: &Live,
    profiles: &[&AgentProfile],
    standing: &AgentsNow,
    now: Timestamp,
) -> Vec<AgentOverview> {
    let mut told = Vec::with_capacity(profiles.len());
    for some in profiles.chunks(AT_ONCE) {
        let views = live.views();
        told.extend(some.iter().map(|profile| {
            let activity = views.activity.of(profile.id.as_str(), now);
            let anomaly = views.unusual.told(profile, now);
            AgentOverview { anomaly, ..agent_told(profile, activity, standing, now) }
        }));
    }
    told
}

fn agent_told(
    profile: &AgentProfile,
    activity: AgentActivity,
    standing: &AgentsNow,
    now: Timestamp,
) -> AgentOverview {
    let id = profile.id.as_str();
    let suspended = standing.suspension(id).cloned();
    let Glance { at, checklist } = standing.assessed.get(id).copied().unwrap_or_default();
    AgentOverview {
        agent: profile.id.clone(),
        name: profile.name.clone(),
        owner: profile.owner.clone(),
        risk_level: profile.risk_level,
        mode: profile.mode,
        state: AgentState::of(suspended.is_some(), activity.last_seen, now),
        suspended,
        approvals_pending: standing.pending.get(id).copied().unwrap_or_default(),
        activity,
        anomaly: None,
        assessed: at,
        checklist,
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::AgentState;

    #[test]
    fn an_agent_is_new_then_active_then_silent_and_suspended_whatever_it_was() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let seen = |time: &str| Some(format!("2026-11-{time}Z").parse::<Timestamp>().unwrap());
        for (last, suspended, word) in [
            (None, false, "new"),
            (seen("23T12:00:00"), false, "active"),
            (seen("22T12:00:00"), false, "active"),
            (seen("22T11:59:59"), false, "silent"),
            (seen("23T12:00:00"), true, "suspended"),
            (None, true, "suspended"),
        ] {
            assert_eq!(AgentState::of(suspended, last, now).as_str(), word, "{last:?} {suspended}");
        }
    }
}
