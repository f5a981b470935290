//! What is measured at the moment of a scrape.

use std::collections::BTreeMap;
use std::fmt;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeLabelSet, NoLabelSet};
use prometheus_client::metrics::MetricType;
use syndic_model::{Circuit, SinkState, WitnessState};

use crate::metrics::descriptor::{self, Descriptor};
use crate::overview::AgentState;

/// How far a follower of the ledger is behind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Lag {
    pub(crate) records: u64,
    pub(crate) seconds: i64,
}

/// One agent of the directory in force.
#[derive(Debug)]
pub(super) struct AgentReading {
    pub(super) owner: String,
    pub(super) risk_level: &'static str,
    pub(super) mode: &'static str,
    pub(super) suspended: bool,
    pub(super) state: AgentState,
    pub(super) last_seen: i64,
    /// Requests for approval that wait for longer than half their time.
    pub(super) half_over: usize,
}

/// See the module. Counts and seconds are whole, switches 0 or 1.
#[derive(Debug)]
pub(super) struct Reading {
    pub(super) single: Vec<(&'static Descriptor, i64)>,
    pub(super) agents: BTreeMap<String, AgentReading>,
    pub(super) witnesses: Vec<WitnessReading>,
    pub(super) relays: BTreeMap<String, Lag>,
    pub(super) sinks: Vec<SinkState>,
    pub(super) drills: BTreeMap<String, bool>,
    pub(super) revision: String,
}

/// One witness.
#[derive(Debug)]
pub(super) struct WitnessReading {
    pub(super) name: String,
    pub(super) up: bool,
    pub(super) lag: i64,
    pub(super) contradicts: bool,
}

impl WitnessReading {
    pub(super) fn of(state: &WitnessState, now: jiff::Timestamp) -> Self {
        Self {
            name: state.name.clone(),
            up: state.is_up(),
            lag: state.lag(now).as_secs(),
            contradicts: state.contradiction.is_some(),
        }
    }
}

/// Writes families of gauges.
struct Gauges<'a>(DescriptorEncoder<'a>);

impl Gauges<'_> {
    fn single(&mut self, metric: &Descriptor, value: i64) -> fmt::Result {
        self.begin(metric)?.encode_gauge(&value)
    }

    fn family<L: EncodeLabelSet>(
        &mut self,
        metric: &Descriptor,
        series: impl IntoIterator<Item = (L, i64)>,
    ) -> fmt::Result {
        let mut family = self.begin(metric)?;
        for (labels, value) in series {
            family.encode_family(&labels)?.encode_gauge(&value)?;
        }
        Ok(())
    }

    /// Writes a family of what somebody else counted.
    fn counters<L: EncodeLabelSet>(
        &mut self,
        metric: &Descriptor,
        series: impl IntoIterator<Item = (L, u64)>,
    ) -> fmt::Result {
        let mut family = self.begin_as(metric, MetricType::Counter)?;
        for (labels, value) in series {
            let mut counter = family.encode_family(&labels)?;
            counter.encode_counter::<NoLabelSet, _, u64>(&value, None)?;
        }
        Ok(())
    }

    fn begin<'s>(
        &'s mut self,
        metric: &'s Descriptor,
    ) -> Result<prometheus_client::encoding::MetricEncoder<'s>, fmt::Error> {
        self.begin_as(metric, MetricType::Gauge)
    }

    fn begin_as<'s>(
        &'s mut self,
        metric: &'s Descriptor,
        kind: MetricType,
    ) -> Result<prometheus_client::encoding::MetricEncoder<'s>, fmt::Error> {
        // The registry ends what it is told with a full stop as well.
        let help = format!("{}.", metric.meaning);
        self.0.encode_descriptor(metric.name, &help, None, kind)
    }
}

impl Collector for Reading {
    fn encode(&self, encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let mut gauges = Gauges(encoder);
        for (metric, value) in &self.single {
            gauges.single(metric, *value)?;
        }
        gauges.family(&descriptor::POLICY_INFO, [([("revision", self.revision.as_str())], 1)])?;
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        gauges.family(&descriptor::BUILD_INFO, [(version, 1)])?;
        self.encode_agents(&mut gauges)?;
        let witnesses = |value: fn(&WitnessReading) -> i64| {
            self.witnesses.iter().map(move |one| ([("witness", one.name.as_str())], value(one)))
        };
        gauges.family(&descriptor::WITNESS_UP, witnesses(|one| i64::from(one.up)))?;
        gauges.family(&descriptor::WITNESS_LAG, witnesses(|one| one.lag))?;
        let contradicts = witnesses(|one| i64::from(one.contradicts));
        gauges.family(&descriptor::WITNESS_CONTRADICTS, contradicts)?;
        let drills = self.drills.iter();
        let drills =
            drills.map(|(drill, passed)| ([("drill", drill.as_str())], i64::from(*passed)));
        gauges.family(&descriptor::DRILL_LAST_PASSED, drills)?;
        let relays = |value: fn(&Lag) -> i64| {
            self.relays.iter().map(move |(name, lag)| ([("relay", name.as_str())], value(lag)))
        };
        let records = relays(|lag| i64::try_from(lag.records).unwrap_or(i64::MAX));
        gauges.family(&descriptor::RELAY_LAG_RECORDS, records)?;
        gauges.family(&descriptor::RELAY_LAG_SECONDS, relays(|lag| lag.seconds))?;
        self.encode_sinks(&mut gauges)
    }
}

impl Reading {
    fn encode_sinks(&self, gauges: &mut Gauges<'_>) -> fmt::Result {
        let sinks = |value: fn(&SinkState) -> u64| {
            self.sinks.iter().map(move |one| ([("sink", one.name.as_str())], value(one)))
        };
        gauges.counters(&descriptor::SINK_EVENTS, sinks(|one| one.taken))?;
        gauges.counters(&descriptor::SINK_FAILURES, sinks(|one| one.failures))?;
        gauges.counters(&descriptor::SINK_DEAD_LETTERS, sinks(|one| one.refused))?;
        let up = self
            .sinks
            .iter()
            .map(|one| ([("sink", one.name.as_str())], i64::from(one.circuit == Circuit::Closed)));
        gauges.family(&descriptor::SINK_UP, up)
    }

    fn encode_agents(&self, gauges: &mut Gauges<'_>) -> fmt::Result {
        let mut counted: BTreeMap<_, i64> = BTreeMap::new();
        for agent in self.agents.values() {
            let state = agent.state.as_str();
            *counted.entry((agent.risk_level, agent.mode, state)).or_default() += 1;
        }
        let counted = counted.into_iter().map(|((risk, mode, state), count)| {
            ([("risk_level", risk), ("mode", mode), ("state", state)], count)
        });
        gauges.family(&descriptor::AGENTS, counted)?;
        let info = self.agents.iter().map(|(name, agent)| {
            let labels = [
                ("agent_name", name.as_str()),
                ("owner", &agent.owner),
                ("risk_level", agent.risk_level),
                ("mode", agent.mode),
            ];
            (labels, 1)
        });
        gauges.family(&descriptor::AGENT_INFO, info)?;
        let agents = |value: fn(&AgentReading) -> i64| {
            self.agents.iter().map(move |(name, one)| ([("agent_name", name.as_str())], value(one)))
        };
        let suspended = agents(|agent| i64::from(agent.suspended));
        gauges.family(&descriptor::AGENT_SUSPENDED, suspended)?;
        gauges.family(&descriptor::AGENT_LAST_SEEN, agents(|agent| agent.last_seen))?;
        let half_over = agents(|agent| i64::try_from(agent.half_over).unwrap_or(i64::MAX));
        gauges.family(&descriptor::APPROVALS_HALF_OVER, half_over)
    }
}
