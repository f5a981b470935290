//! What a governance directory says about one agent, as the rules want it.

use std::collections::{BTreeMap, BTreeSet};

use syndic_compliance::{Control, Retention, Setup, TestRun};
use syndic_governance::{Governance, RETENTION_FLOOR_DAYS};
use syndic_ledger::{Baseline, VerifierKey};
use syndic_model::{AgentId, PolicyId, StatementField};

use super::{baseline, policy_before_promotion};

/// The annotation by which a policy says which controls it is about.
const CONTROLS: &str = "controls";

/// Says what a governance directory, of any revision, says about an agent; `None` where it has none of that id.
pub(super) fn setup(
    governance: &Governance,
    agent: &AgentId,
    spoke_of: BTreeMap<StatementField, Vec<Baseline>>,
    tests: Option<TestRun>,
) -> Option<Setup> {
    let profile = governance.agents.get(agent)?;
    let settings = &governance.settings;
    let witnesses = settings.audit.witnesses.iter();
    Some(Setup {
        record: governance.compliance.get(agent).cloned().unwrap_or_default(),
        spoke_of,
        mode: profile.mode,
        catalogue: governance.catalogue.clone(),
        agents: governance.agents.keys().map(ToString::to_string).collect(),
        environment: settings.environment.as_str().to_owned(),
        manifest: governance.manifest.clone(),
        baseline: baseline(governance, profile),
        policy_before_promotion: policy_before_promotion(governance, profile),
        policies: policies(governance, agent),
        tests,
        retention: Retention {
            days: settings.audit.retention_days,
            floor_days: RETENTION_FLOOR_DAYS,
        },
        sinks: settings.sinks.iter().map(|sink| sink.name.clone()).collect(),
        witnesses: witnesses.map(|witness| witness_name(&witness.vkey)).collect(),
        pins: pins(governance),
        kinds: governance.kinds.iter().map(ToString::to_string).collect(),
        channels: channels(governance),
        profile: profile.clone(),
    })
}

/// Lists the policies in force by id. One that is compiled for several agents is about this one if any of them is.
fn policies(governance: &Governance, agent: &AgentId) -> Vec<Control> {
    let engine = &governance.engine;
    let concerning = engine.show_for(agent).unwrap_or_default();
    let concerning: BTreeSet<PolicyId> = concerning.into_iter().map(|shown| shown.id).collect();
    let mut all: BTreeMap<PolicyId, Control> = BTreeMap::new();
    for shown in engine.show() {
        let annotations = shown.annotations.iter().filter(|(name, _)| name == CONTROLS);
        let controls = annotations.flat_map(|(_, text)| text.split(','));
        let controls = controls.map(|control| control.trim().to_owned());
        let control = all.entry(shown.id.clone()).or_insert_with(|| Control {
            id: shown.id.to_string(),
            controls: Vec::new(),
            shadow: true,
            applies: concerning.contains(&shown.id),
        });
        control.shadow &= shown.shadow;
        control.controls.extend(controls.filter(|control| !control.is_empty()));
    }
    let sorted = all.into_values().map(|mut control| {
        control.controls.sort_unstable();
        control.controls.dedup();
        control
    });
    sorted.collect()
}

/// Counts the tools that are pinned, by server.
fn pins(governance: &Governance) -> BTreeMap<String, u64> {
    let counted = governance.pins.iter();
    counted.map(|(server, tools)| (server.to_string(), tools.len() as u64)).collect()
}

fn channels(governance: &Governance) -> Vec<String> {
    let notify = &governance.settings.notify;
    let smtp = notify.smtp.iter().map(|_| "email".to_owned());
    let slack = notify.slack.iter().map(|_| "slack".to_owned());
    let webhooks = notify.webhooks.keys().map(|name| format!("webhook `{name}`"));
    smtp.chain(slack).chain(webhooks).collect()
}

fn witness_name(vkey: &str) -> String {
    vkey.parse::<VerifierKey>().map_or_else(|_| vkey.to_owned(), |key| key.name().to_owned())
}
