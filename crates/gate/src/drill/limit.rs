//! The limit drill: in a copy an agent asks until a limit over time is reached, and what is above is refused by it.

mod way;

use std::sync::Arc;

use jiff::Timestamp;
use syndic_model::{AgentId, AgentProfile, CheckResult, Clock, Decided, Decimal, Limit};
use tokio::task::JoinSet;

use self::way::{Way, way};
use super::probe::caller;
use super::scratch::Scratch;
use super::{DrillError, Tried, figure};
use crate::Gate;
use crate::limits::{LimitMeasure, measures};
use crate::report::Report;

/// The most actions that are asked for to reach one limit, and how many at once.
const MOST_ASKED: u64 = 2_000;
const AT_ONCE: u64 = 64;
/// The policies that limits are compiled to.
const LIMITS: [&str; 2] = ["rate-limit", "spend-limit"];

/// One measure of one limit of an agent.
#[derive(Debug, Clone)]
struct Bound {
    agent: AgentId,
    /// The limit's number in the profile, from 1.
    number: usize,
    limit: Limit,
    measure: LimitMeasure,
    most: Decimal,
}

/// What came of trying one.
#[derive(Debug)]
enum Came {
    Held,
    /// What is above it was not refused by it, or something below it was.
    Broke(String),
    Untried(String),
}

/// A clock that stands still, so that no window moves on meanwhile.
struct Standing {
    at: Timestamp,
    clock: Arc<dyn Clock>,
}

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.at
    }

    fn fill(&self, bytes: &mut [u8]) {
        self.clock.fill(bytes);
    }
}

impl Gate {
    /// Tries every limit of an agent, or of all, each of an agent in another copy: none is reached on the way to another.
    pub(super) async fn drill_limit(&self, agent: Option<&AgentId>) -> Result<Tried, DrillError> {
        let governance = self.governance();
        let named = |profile: &&AgentProfile| agent.is_none_or(|one| *one == profile.id);
        let agents: Vec<Vec<Bound>> =
            governance.agents.values().filter(named).map(bounds).collect();
        let copies = agents.iter().map(Vec::len).max().unwrap_or_default();
        if copies == 0 {
            return Err(DrillError::NoLimit(agent.cloned()));
        }
        let clock: Arc<dyn Clock> =
            Arc::new(Standing { at: self.now(), clock: Arc::clone(&self.clock) });
        let mut came = Vec::new();
        for copy in 0..copies {
            let scratch = Scratch::begin(&governance, &clock).await?;
            for bound in agents.iter().filter_map(|bounds| bounds.get(copy)) {
                came.push((bound, try_out(&scratch.gate, bound).await));
            }
            scratch.end().await?;
        }
        let came = came.into_iter().map(|(bound, came)| Ok((bound, came?)));
        judge(&came.collect::<Result<Vec<_>, DrillError>>()?)
    }
}

fn bounds(profile: &AgentProfile) -> Vec<Bound> {
    let limits = (1..).zip(&profile.limits);
    let bounds = limits.flat_map(|(number, limit)| {
        measures(limit).map(move |(measure, most)| Bound {
            agent: profile.id.clone(),
            number,
            limit: limit.clone(),
            measure,
            most,
        })
    });
    bounds.collect()
}

impl Bound {
    /// Returns the most there is, where it is a number of things.
    fn count(&self) -> u64 {
        u64::try_from(self.most.ten_thousandths() / 10_000).unwrap_or(u64::MAX)
    }

    /// Tells whether this limit stood in the way, whatever else did.
    fn refuses(&self, decided: &Decided) -> bool {
        let most = match self.limit.amount {
            Some(amount) if matches!(self.measure, LimitMeasure::Amount(_)) => amount.to_string(),
            _ => self.most.to_string(),
        };
        let ending = format!("the limit of {most}");
        decided.checks.iter().any(|check| {
            LIMITS.contains(&check.policy.as_str())
                && check.result == CheckResult::Blocked
                && check.reason.as_ref().is_some_and(|reason| reason.ends_with(&ending))
        })
    }
}

impl std::fmt::Display for Bound {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { agent, number, limit, measure, most } = self;
        let unit = measure.unit();
        write!(f, "limit {number} of {agent} ({most} {unit} per {per})", per = limit.per)
    }
}

async fn try_out(gate: &Arc<Gate>, bound: &Bound) -> Result<Came, DrillError> {
    let Some(way) = way(gate, bound).await? else {
        let why = "no action that it counts is allowed with arguments that can be made up";
        return Ok(Came::Untried(why.to_owned()));
    };
    if way.within > MOST_ASKED {
        let why = format!("it takes {} actions to reach it, more than {MOST_ASKED}", way.within);
        return Ok(Came::Untried(why));
    }
    let (mut early, mut other) = (0_u64, None);
    for first in (0..way.within).step_by(usize::try_from(AT_ONCE).unwrap_or(1)) {
        let last = first.saturating_add(AT_ONCE).min(way.within);
        for decided in at_once(gate, bound, &way, first..last).await? {
            early += u64::from(bound.refuses(&decided));
            if !decided.allowed {
                other = other.or_else(|| decided.reasons().into_iter().next());
            }
        }
    }
    let also_denied = matches!(bound.measure, LimitMeasure::Calls);
    Ok(match other {
        _ if early > 0 => {
            Came::Broke(format!("it stood in the way of {early} actions that are within it"))
        }
        Some(other) if !also_denied => {
            Came::Untried(format!("before it is reached, another policy refuses: {other}"))
        }
        Some(_) | None => {
            above(bound, &gate.submit(&caller(&bound.agent), way.at(way.within)).await?)
        }
    })
}

/// Asks for several actions that are within a limit.
async fn at_once(
    gate: &Arc<Gate>,
    bound: &Bound,
    way: &Way,
    asked: std::ops::Range<u64>,
) -> Result<Vec<Decided>, DrillError> {
    let mut asking = JoinSet::new();
    for index in asked {
        let (gate, caller, request) = (Arc::clone(gate), caller(&bound.agent), way.at(index));
        asking.spawn(async move { gate.submit(&caller, request).await });
    }
    let mut answers = Vec::new();
    while let Some(decided) = asking.join_next().await {
        let decided = decided.map_err(|_| DrillError::Interrupted)??;
        if let (Some(tokens), Some(permit)) = (way.tokens, &decided.permit) {
            let report = Report {
                ok: true,
                args_digest: permit.args_digest.clone(),
                result: None,
                error: None,
                duration_ms: None,
                input_tokens: Some(tokens),
                output_tokens: None,
                model: None,
            };
            gate.report(&caller(&bound.agent), decided.action_id, &report).await?;
        }
        answers.push(decided);
    }
    Ok(answers)
}

/// Judges what became of an action that is above a limit.
fn above(bound: &Bound, decided: &Decided) -> Came {
    match (decided.allowed, bound.refuses(decided)) {
        (false, true) => Came::Held,
        (true, true) => Came::Broke(
            "what is above it was let through, since the agent is only observed".to_owned(),
        ),
        (true, false) => Came::Broke("what is above it was let through".to_owned()),
        (false, false) => Came::Broke(format!(
            "what is above it was refused, though not by it: {}",
            decided.reasons().join(", ")
        )),
    }
}

fn judge(came: &[(&Bound, Came)]) -> Result<Tried, DrillError> {
    let (mut held, mut broke, mut untried) = (0_u64, Vec::new(), Vec::new());
    for (bound, came) in came {
        match came {
            Came::Held => held += 1,
            Came::Broke(why) => broke.push(format!("{bound}: {why}")),
            Came::Untried(why) => untried.push(format!("{bound}: {why}")),
        }
    }
    if untried.len() == came.len() {
        return Err(DrillError::NoLimitTried(untried.join("; ")));
    }
    let tried = came.len().saturating_sub(untried.len());
    let figures = [
        ("limits_count", figure(came.len())),
        ("tried_count", figure(tried)),
        ("held_count", held),
        ("untried_count", figure(untried.len())),
    ];
    let mut told = match broke.as_slice() {
        [] => {
            format!("{held} of {tried} limits held: what is above was refused, and nothing within")
        }
        broke => {
            format!("{} of {tried} limits did not hold: {}", broke.len(), broke.join("; "))
        }
    };
    if !untried.is_empty() {
        told = format!("{told}; not tried: {}", untried.join("; "));
    }
    Ok(Tried { passed: broke.is_empty(), figures: figures.into_iter().collect(), told })
}
