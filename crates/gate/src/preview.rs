//! What would be answered, told from the files alone.

use std::collections::BTreeSet;

use syndic_governance::{Governance, Supposed};
use syndic_model::{ActionRequest, AgentProfile, Clock, Decided, EnforcementGrade, EventId};

use crate::clock::{Reading, SteadyClock};
use crate::decide::{Situation, decide};
use crate::enrich::{Enriched, enrich};
use crate::lineage::Lineage;
use crate::past::Past;
use crate::recorded::decided;
use crate::usage::Counted;
use crate::weight::Weight;

/// Decides `request` with no ledger: no session, no suspension, no parent action, nothing recorded.
#[must_use]
pub fn preview(governance: &Governance, clock: &dyn Clock, request: &ActionRequest) -> Decided {
    suppose(governance, clock, request, &Supposed::default())
}

/// Decides `request` as [`preview`] does, under circumstances given from outside.
#[must_use]
pub fn suppose(
    governance: &Governance,
    clock: &dyn Clock,
    request: &ActionRequest,
    supposed: &Supposed,
) -> Decided {
    supposing(governance, clock, request, supposed, |enriched, situation| {
        decided(EventId::draw(clock), enriched, decide(enriched, situation))
    })
}

/// Puts `request` under circumstances given from outside to `then`.
pub(crate) fn supposing<T>(
    governance: &Governance,
    clock: &dyn Clock,
    request: &ActionRequest,
    supposed: &Supposed,
    then: impl FnOnce(&Enriched<'_>, &Situation<'_>) -> T,
) -> T {
    let lineage = match request.parent_action_id {
        Some(parent) => Lineage::Broken(format!(
            "parent action `{parent}` cannot be looked up without a ledger"
        )),
        None => Lineage::Chain(request.on_behalf_of.iter().cloned().collect()),
    };
    let mut enriched = enrich(governance, request, &lineage);
    let detected = &mut enriched.detected;
    if let Some(kinds) = &supposed.pii {
        detected.pii = kinds.iter().map(ToString::to_string).collect();
    }
    if let Some(secrets) = &supposed.secrets {
        detected.secrets.clone_from(secrets);
    }
    detected.obfuscated = supposed.obfuscated.unwrap_or(detected.obfuscated);
    let stopped = supposed.suspended.unwrap_or(false).then(|| request.agent.clone());
    let reading = supposed
        .now
        .map_or_else(|| SteadyClock::default().read(clock), |now| Reading { now, sane: true });
    let past = |actor: &AgentProfile| (actor.id.clone(), past(&enriched, actor, supposed, reading));
    let situation = Situation {
        reading,
        past: enriched.actors().map(past).collect(),
        labels: supposed.labels.clone().unwrap_or_default(),
        environment: supposed.environment.unwrap_or(governance.settings.environment),
        session: request.session_id.as_ref(),
        grade: supposed.grade.unwrap_or(EnforcementGrade::Cooperative),
        suspended: stopped.into_iter().collect::<BTreeSet<_>>(),
        break_glass: Vec::new(),
        anomaly: supposed.anomaly.unwrap_or_default(),
        lifts: Vec::new(),
        refused: None,
        unpinned: None,
        unchecked: None,
    };
    then(&enriched, &situation)
}

/// Supposes what an actor did before: nothing, but for what is given.
fn past(
    enriched: &Enriched<'_>,
    actor: &AgentProfile,
    supposed: &Supposed,
    reading: Reading,
) -> Past {
    let weight = Weight::new(enriched, |_, name| name.to_owned());
    let nothing = Counted::default().past(enriched.governance, actor, &weight, reading.now);
    let given = |(counter, used)| {
        let given = supposed.usage.iter().find(|(given, _)| *given == counter);
        (counter, given.map_or(used, |(_, given)| given.over(used)))
    };
    Past {
        usage: nothing.usage.counted().map(given).collect(),
        known_recipients: supposed.known_recipients.clone().unwrap_or_default(),
        session_recipients: supposed.session_recipients.clone().unwrap_or_default(),
    }
}
