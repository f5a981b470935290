//! What would be answered, told from the files alone.

use syndic_governance::Governance;
use syndic_model::{ActionRequest, Clock, Decided, EnforcementGrade, EventId};

use crate::clock::SteadyClock;
use crate::decide::{Situation, decide};
use crate::enrich::enrich;
use crate::lineage::Lineage;

/// Decides `request` with no ledger: no session, no suspension, no parent action, nothing recorded.
#[must_use]
pub fn preview(governance: &Governance, clock: &dyn Clock, request: &ActionRequest) -> Decided {
    let lineage = match request.parent_action_id {
        Some(parent) => Lineage::Broken(format!(
            "parent action `{parent}` cannot be looked up without a ledger"
        )),
        None => Lineage::Chain(request.on_behalf_of.iter().cloned().collect()),
    };
    let enriched = enrich(governance, request, &lineage);
    let situation = Situation {
        reading: SteadyClock::default().read(clock),
        session: request.session_id.as_ref(),
        grade: EnforcementGrade::Cooperative,
        suspended: std::collections::BTreeSet::new(),
    };
    let verdict = decide(governance, &enriched, &situation);
    Decided {
        action_id: EventId::draw(clock),
        effect: verdict.effect,
        allowed: verdict.allowed,
        mode: verdict.mode,
        checks: verdict.checks,
        message: verdict.message,
        risk_level: enriched.profile.map(|profile| profile.risk_level),
        revision: governance.revision.clone(),
        record: None,
        permit: None,
        replayed: false,
    }
}
