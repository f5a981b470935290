//! RSK: risks that are written down. People answer for them, so that a reading only tells what there is.

use syndic_model::HighRisk;

use super::stated::{add, stated};
use super::{Found, NO_RECORD, Probe};
use crate::{Evidence, Figure, Verdict};

pub(super) const PROBES: &[Probe] = &[
    Probe { id: "RSK-01", version: 1, fresh_for_days: 180, rule: Ok(register) },
    Probe {
        id: "RSK-02",
        version: 1,
        fresh_for_days: 30,
        rule: Err(
            "a profile does not say which policy and which test answer to a failure mode, so the share is not known",
        ),
    },
    Probe { id: "RSK-03", version: 1, fresh_for_days: 365, rule: Ok(classification) },
    Probe { id: "RSK-04", version: 1, fresh_for_days: 90, rule: Ok(review) },
];

/// Risk register state.
fn register(evidence: &Evidence<'_>) -> Found {
    if evidence.facts.seen() == 0 {
        return Found::unknown(NO_RECORD);
    }
    let profile = &evidence.setup.profile;
    let (modes, stakeholders) = (profile.failure_modes.len(), profile.stakeholders.len());
    let told = format!(
        "the profile names {modes} failure modes and {stakeholders} stakeholders; people answer for what is done \
         about them"
    );
    let fields = [
        "risk_assessment_completed",
        "risk_assessment_date",
        "residual_risks_documented",
        "failure_modes_documented",
        "stakeholders_identified",
    ];
    let (found, stated) = add(evidence, &fields, Found::new(Verdict::Told, told));
    if stated + modes + stakeholders == 0 {
        return Found::unknown(
            "the profile names no `failure_modes` and no `stakeholders`, and nobody states that risks were assessed",
        );
    }
    found
        .count("failure_modes", modes as u64)
        .count("stakeholders", stakeholders as u64)
        .with("owner", Figure::Text(profile.owner.person.clone()))
}

/// Classification record.
fn classification(evidence: &Evidence<'_>) -> Found {
    if evidence.facts.seen() == 0 {
        return Found::unknown(NO_RECORD);
    }
    let (profile, record) = (&evidence.setup.profile, &evidence.setup.record);
    let class = record.high_risk.map_or("unknown", HighRisk::as_str);
    let told = format!(
        "the profile says risk level {}, the compliance record high-risk class {class}; people answer for both",
        profile.risk_level
    );
    let fields = [
        "risk_level_classified",
        "intended_purpose",
        "prohibited_practices_screened",
        "eu_ai_act_assessed",
        "sector_requirements_reviewed",
    ];
    let roles = record.roles.iter().map(ToString::to_string).collect();
    let (found, _) = add(evidence, &fields, Found::new(Verdict::Told, told));
    found
        .with("risk_level", Figure::Text(profile.risk_level.to_string()))
        .with("high_risk_class", Figure::Text(class.to_owned()))
        .with("roles", Figure::List(roles))
        .with("purpose_hash", Figure::Text(evidence.setup.baseline.purpose.clone()))
        .with("manifest", Figure::Text(evidence.setup.manifest.clone()))
}

/// Post-deployment review.
fn review(evidence: &Evidence<'_>) -> Found {
    stated(
        evidence,
        &["risk_assessment_date", "risk_assessment_completed"],
        "when the risks were assessed last is stated; what was looked at is not measured",
        "nobody states when the risks were assessed last; `syndic attest` puts `risk_assessment_date` on record",
    )
}
