//! What is unusual for an agent: learned from the ledger as it grows, read by decisions, told when it begins and ends.
//!
//! Baselines are a view: they are made again at each start from the records of the last 35 days, and until those are
//! read nothing is unusual. A decision reads its agent's baseline under a lock of that agent's own, never across IO.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};

use arc_swap::ArcSwapOption;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use parking_lot::{Mutex, RwLock};
use syndic_anomaly::{Act, Alarm, Baseline, Change, Moment, Settings, Signal};
use syndic_governance::Governance;
use syndic_ledger::{Anomaly, Counted, Leaf, Record};
use syndic_model::{AgentProfile, LocalTime};

use crate::Gate;
use crate::enrich::Enriched;
use crate::gate::WriteFailed;
use crate::weight::Weight;

/// How many alarms of one agent are recorded in an hour.
const MOST_AN_HOUR: usize = 6;
/// How many changes wait at most while the ledger cannot take them.
const MOST_UNWRITTEN: usize = 1_024;
/// Agents that do nothing are looked at so much less often.
const EVERY: u64 = 10;
/// What stands for every action that is in no catalogue: an agent makes up its name.
const UNDECLARED: &str = "undeclared";

/// What is usual for each agent.
#[derive(Debug, Default)]
pub(crate) struct Unusual {
    governance: ArcSwapOption<Governance>,
    agents: RwLock<HashMap<Arc<str>, Arc<Mutex<Watched>>>>,
    /// All that happened has been learned from.
    is_current: AtomicBool,
    looks: AtomicU64,
    unwritten: Mutex<VecDeque<Unwritten>>,
}

/// A change that is to be recorded.
#[derive(Debug)]
struct Unwritten {
    agent: Arc<str>,
    change: Change,
}

#[derive(Debug)]
struct Watched {
    baseline: Baseline,
    alarm: Alarm,
    /// It did something since it was last looked at.
    acted: bool,
    scores: [u8; 5],
}

/// What is unusual for an agent now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnomalyView {
    /// How unusual, from 0 to 100.
    pub score: u8,
    /// `rate`, `denials`, `hours`, `amount` or `novelty`; `learning` while what is usual is still being learned.
    pub signal: &'static str,
    /// What is unusual, in numbers; or how far learning has come.
    pub told: String,
}

impl Gate {
    /// Tells what is unusual for an agent now, or how far learning what is usual has come. Nothing where nothing is,
    /// or where the agent never did anything.
    #[must_use]
    pub fn unusual(&self, agent: &str) -> Option<AnomalyView> {
        self.unusual.told(self.governance().agents.get(agent)?, self.now())
    }

    /// Tells how unusual an action is for the agent that asks, from 0 to 100.
    pub(crate) fn anomaly(&self, enriched: &Enriched<'_>, weight: &Weight) -> u8 {
        let settings = enriched.governance.settings.anomaly;
        let Some(profile) = enriched.profile.filter(|_| settings.enabled) else { return 0 };
        if !self.unusual.is_current.load(Ordering::Acquire) {
            return 0;
        }
        let Some(watched) = self.unusual.watched(profile.id.as_str()) else { return 0 };
        let request = enriched.request;
        let action = if enriched.action_known { request.action.as_str() } else { UNDECLARED };
        let act = act(moment(self.now(), &profile.time_zone), action, &weight.counted);
        watched.lock().baseline.assess_act(&act).score()
    }

    /// Records what became unusual, or usual again, and shows how unusual everything is; nothing before all that
    /// happened has been learned from. The follower calls it whenever it has caught up.
    pub(crate) async fn tell_unusual(gate: &Weak<Self>) {
        let Some(gate) = gate.upgrade() else { return };
        gate.unusual.is_current.store(true, Ordering::Release);
        let now = gate.now();
        gate.unusual.look(now, |agent, signal, score| {
            gate.metrics.anomaly(agent, signal.as_str(), score);
        });
        loop {
            let Some(Unwritten { agent, change }) = gate.unusual.unwritten.lock().pop_front()
            else {
                return;
            };
            let Change { signal, raised, score, told } = &change;
            let record = Record::Anomaly(Anomaly {
                agent: agent.to_string(),
                signal: signal.to_string(),
                status: if *raised { "raised" } else { "over" }.to_owned(),
                score: *score,
                told: told.clone(),
            });
            match gate.write(record, now).await {
                Ok(_) if *raised => {
                    tracing::warn!(%agent, %signal, score, "unusual behaviour: {told}");
                }
                Ok(_) => tracing::info!(%agent, %signal, "usual again"),
                Err(WriteFailed::Busy) => {
                    gate.unusual.unwritten.lock().push_front(Unwritten { agent, change });
                    return;
                }
                Err(WriteFailed::Refused | WriteFailed::Closed) => return,
            }
        }
    }
}

impl Unusual {
    /// Takes over what another governance directory says: who there is, where they are, and when to tell.
    pub(crate) fn govern(&self, governance: Arc<Governance>) {
        let settings = governance.settings.anomaly;
        let mut agents = self.agents.write();
        agents.retain(|agent, _| governance.agents.contains_key(&**agent));
        for watched in agents.values() {
            let mut watched = watched.lock();
            watched.baseline.configure(Settings { warm_up_days: settings.warm_up_days });
            watched.alarm.configure(settings.threshold);
        }
        self.governance.store(Some(governance));
    }

    /// Learns from a record, once and in order.
    pub(crate) fn apply(&self, leaf: &Leaf) {
        if let Record::Decision(decision) = &leaf.record {
            self.with(&decision.agent, |watched, zone| {
                let action = if decision.undeclared { UNDECLARED } else { &decision.action };
                let act = act(moment(leaf.at, zone), action, &decision.counted);
                watched.baseline.observe(&Act { denied: decision.effect == "deny", ..act });
                watched.acted = true;
            });
        } else if let Record::Anomaly(anomaly) = &leaf.record
            // Later ones are this gate's own.
            && !self.is_current.load(Ordering::Acquire)
            && let Some(signal) = Signal::ALL.into_iter().find(|one| one.as_str() == anomaly.signal)
        {
            self.with(&anomaly.agent, |watched, _| {
                watched.alarm.resume(signal, anomaly.status == "raised");
                watched.acted = true;
            });
        }
    }

    /// See [`Gate::unusual`].
    pub(crate) fn told(&self, profile: &AgentProfile, now: Timestamp) -> Option<AnomalyView> {
        let enabled = self.governance.load().as_ref()?.settings.anomaly.enabled;
        let watched = self.watched(profile.id.as_str()).filter(|_| enabled)?;
        let watched = watched.lock();
        let assessment = watched.baseline.assess(moment(now, &profile.time_zone));
        if !assessment.is_learning() && assessment.score() == 0 {
            return None;
        }
        let signal = assessment.worst().map_or("learning", |worst| worst.signal().as_str());
        Some(AnomalyView { score: assessment.score(), signal, told: assessment.to_string() })
    }

    fn watched(&self, agent: &str) -> Option<Arc<Mutex<Watched>>> {
        self.agents.read().get(agent).cloned()
    }

    /// Does something with what is known of an agent of the registry.
    fn with(&self, agent: &str, then: impl FnOnce(&mut Watched, &TimeZone)) {
        let governance = self.governance.load();
        let Some(governance) = governance.as_ref() else { return };
        let Some(profile) = governance.agents.get(agent) else { return };
        let watched = self.watched(agent).unwrap_or_else(|| {
            let settings = governance.settings.anomaly;
            let new = Watched {
                baseline: Baseline::new(Settings { warm_up_days: settings.warm_up_days }),
                alarm: Alarm::new(settings.threshold, MOST_AN_HOUR),
                acted: false,
                scores: [0; 5],
            };
            let mut agents = self.agents.write();
            Arc::clone(agents.entry(agent.into()).or_insert_with(|| Arc::new(Mutex::new(new))))
        });
        then(&mut watched.lock(), &profile.time_zone);
    }

    /// Looks at everybody who did something, now and then at everybody, and takes note of what changed.
    fn look(&self, now: Timestamp, shown: impl Fn(&str, Signal, u8)) {
        let governance = self.governance.load();
        let Some(governance) = governance.as_ref() else { return };
        let all = self.looks.fetch_add(1, Ordering::Relaxed).is_multiple_of(EVERY);
        let agents: Vec<_> = {
            let agents = self.agents.read();
            agents.iter().map(|(agent, watched)| (Arc::clone(agent), Arc::clone(watched))).collect()
        };
        for (agent, watched) in agents {
            let Some(profile) = governance.agents.get(&*agent) else { continue };
            let mut watched = watched.lock();
            let Watched { baseline, alarm, acted, scores } = &mut *watched;
            let is_lively = scores.iter().any(|score| *score > 0)
                || Signal::ALL.into_iter().any(|signal| alarm.is_raised(signal));
            if !(*acted || all && is_lively) {
                continue;
            }
            *acted = false;
            let enabled = governance.settings.anomaly.enabled;
            let assessment = baseline.assess(moment(now, &profile.time_zone));
            for (signal, shown_before) in Signal::ALL.into_iter().zip(scores) {
                let score = if enabled { assessment.of(signal) } else { 0 };
                if score != *shown_before {
                    *shown_before = score;
                    shown(&agent, signal, score);
                }
            }
            let changes = if enabled { alarm.step(now, &assessment) } else { Vec::new() };
            let mut unwritten = self.unwritten.lock();
            for change in changes {
                if unwritten.len() < MOST_UNWRITTEN {
                    unwritten.push_back(Unwritten { agent: Arc::clone(&agent), change });
                }
            }
        }
    }
}

fn moment(at: Timestamp, zone: &TimeZone) -> Moment {
    Moment::new(at, LocalTime::at(at, zone))
}

/// Makes of what an action weighs what a baseline looks at.
fn act<'a>(at: Moment, action: &'a str, counted: &'a Counted) -> Act<'a> {
    let amount = counted.amount.as_ref().and_then(|amount| amount.parse().ok());
    let amount = amount.zip(counted.currency.as_deref());
    Act { at, action, denied: false, amount, recipients: &counted.recipients }
}
