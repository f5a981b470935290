//! What is looked at before an agent is deployed (product R10).

use serde::{Deserialize, Serialize};
use syndic_model::{AgentProfile, Mode, OperatorRole, RiskLevel, Threshold};

use crate::containment::Containment;
use crate::field::ITEM_PREFIX;
use crate::gap::distinct;
use crate::ground::Ground;
use crate::remedy::{attest, of_reading};
use crate::statement::statements;
use crate::weigh::Measured;
use crate::{
    Catalogue, ChecklistEntry, ChecklistRule, ChecklistSection, Evidence, Reading, Setup, Standing,
    Verdict, measure,
};

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// The machine shows it.
    Done,
    /// Somebody answers for it.
    Attested,
    /// Somebody answers for it that it does not apply, with a reason.
    NotApplicable,
    /// It is still to be done.
    Open,
}

impl ItemState {
    /// Returns the word for it in documents.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Attested => "attested",
            Self::NotApplicable => "not_applicable",
            Self::Open => "open",
        }
    }
}

/// An item of the checklist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChecklistItem {
    /// Its name, such as `rate-limiting`; a statement about it alone names `checklist:rate-limiting`.
    pub id: String,
    /// `risk`, `policy`, `technical`, `monitoring` or `compliance`.
    pub section: String,
    /// What is looked at.
    pub title: String,
    /// Where it stands.
    pub state: ItemState,
    /// The agent's risk level requires it.
    pub required: bool,
    /// Why, for people.
    pub why: String,
    /// Who answers for it, where it is `attested` or `not_applicable`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The ids of the probes that were looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub probes: Vec<String>,
    /// What would close it, where it is open: commands to run and files to edit.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub closes: Vec<String>,
}

/// The checklist of an agent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Checklist {
    /// The agent's id.
    pub agent: String,
    /// Its risk level, which says what is required.
    pub risk_level: String,
    /// Nothing that is required is open.
    pub passed: bool,
    /// The items that are required and open.
    pub open_required: Vec<String>,
    /// All items, in the checklist's order.
    pub items: Vec<ChecklistItem>,
}

/// Looks at every item of the catalogue's checklist.
///
/// Each rule of an item has to hold: by readings that are all met, by the files of the governance directory, or by
/// somebody's word. What a reading shows not to be so, no word and no file makes so; what it does not know, they may. What the risk level requires:
///
/// | risk level | required |
/// | --- | --- |
/// | `low` | the sections `risk` and `policy`, and `audit-logging` |
/// | `medium` | those, and the section `technical`; `approval-gate` and `stop-button-tested` only where it does more than read |
/// | `high`, `critical` | everything |
#[must_use]
pub fn checklist(evidence: &Evidence<'_>, catalogue: &Catalogue) -> Checklist {
    let readings = measure(evidence);
    let statements = statements(evidence);
    let setup = evidence.setup;
    let ground = Ground {
        agent: setup.profile.id.as_str(),
        catalogue,
        readings: &readings,
        statements: &statements,
        containment: Containment::now(setup.mode, &evidence.grades()),
        roles: OperatorRole::ALL,
        high_risk: setup.record.high_risk,
        placed_on: setup.record.placed_on,
        as_of: evidence.day(),
        retention_days: setup.retention.days.to_string(),
        policies: setup.policies_by_control(),
    };
    let items: Vec<_> =
        catalogue.checklist.iter().map(|entry| item(entry, &ground, setup)).collect();
    let open = items.iter().filter(|item| item.required && item.state == ItemState::Open);
    let open_required: Vec<_> = open.map(|item| item.id.clone()).collect();
    Checklist {
        agent: ground.agent.to_owned(),
        risk_level: setup.profile.risk_level.to_string(),
        passed: open_required.is_empty(),
        open_required,
        items,
    }
}

fn item(entry: &ChecklistEntry, ground: &Ground<'_>, setup: &Setup) -> ChecklistItem {
    let about = format!("{ITEM_PREFIX}{}", entry.id);
    let rules: Vec<_> = entry
        .rules
        .iter()
        .enumerate()
        .map(|(place, asked)| rule(asked, from_files(&entry.id, place, setup), ground))
        .collect();
    let ruled_out =
        ground.statement(&about).filter(|said| said.standing == Standing::NotApplicable);
    let vouched = ground.statement(&about).filter(|said| said.standing == Standing::Holds);
    let failed = rules.iter().any(|rule| rule.failed);
    let state = match (ruled_out, vouched) {
        (Some(_), _) => ItemState::NotApplicable,
        (None, Some(_)) if !failed => ItemState::Attested,
        _ => together(&rules),
    };
    let own = ruled_out.or(vouched);
    let mut why: Vec<_> = own.map(|said| said.why.clone()).into_iter().collect();
    why.extend(rules.iter().map(|rule| rule.why.clone()));
    let by =
        own.map(|said| said.by.clone()).or_else(|| rules.iter().find_map(|rule| rule.by.clone()));
    let closes = rules.iter().filter(|rule| rule.state == ItemState::Open);
    let mut closes: Vec<_> = closes.flat_map(|rule| rule.closes.iter().cloned()).collect();
    if closes.is_empty() && !failed {
        closes.push(attest(ground.agent, &about));
    }
    ChecklistItem {
        id: entry.id.clone(),
        section: entry.section.to_string(),
        title: entry.item.clone(),
        state,
        required: is_required(entry, &setup.profile),
        why: why.join("; "),
        by: by.filter(|_| matches!(state, ItemState::Attested | ItemState::NotApplicable)),
        probes: distinct(entry.probes().map(str::to_owned)),
        closes: if state == ItemState::Open { distinct(closes.into_iter()) } else { Vec::new() },
    }
}

/// Says where an item stands by its rules: as the weakest of those that apply.
fn together(rules: &[Looked]) -> ItemState {
    let any = |state: ItemState| rules.iter().any(|rule| rule.state == state);
    if any(ItemState::Open) {
        ItemState::Open
    } else if any(ItemState::Attested) {
        ItemState::Attested
    } else if any(ItemState::Done) {
        ItemState::Done
    } else {
        ItemState::NotApplicable
    }
}

/// What came of a rule of an item.
struct Looked {
    state: ItemState,
    /// A reading or a person says that it is not so.
    failed: bool,
    why: String,
    by: Option<String>,
    closes: Vec<String>,
}

fn rule(asked: &ChecklistRule, files: Option<String>, ground: &Ground<'_>) -> Looked {
    let probes: Vec<_> = asked.probes.iter().filter(|probe| !is_young(probe, ground)).collect();
    let weighed = ground.weigh(&probes);
    let measured = weighed.say();
    let field = asked.statement.as_deref();
    let said = field.and_then(|field| ground.statement(field));
    let standing = said.map(|said| said.standing);
    let failed = measured == Measured::Failed || standing == Some(Standing::Denied);
    let state = match (measured, standing) {
        _ if failed => ItemState::Open,
        (_, Some(Standing::NotApplicable)) => ItemState::NotApplicable,
        (_, Some(Standing::Holds)) => ItemState::Attested,
        (Measured::Met, _) => ItemState::Done,
        (Measured::Nothing | Measured::Some, _) if files.is_some() => ItemState::Done,
        _ => ItemState::Open,
    };
    let mut why: Vec<_> = files.into_iter().collect();
    why.extend(weighed.told());
    why.extend(said.map(|said| said.why.clone()));
    let probes = weighed.lacking().filter_map(|reading| of_reading(reading, ground.agent));
    let mut closes: Vec<_> = probes.collect();
    closes.extend(field.map(|field| attest(ground.agent, field)));
    Looked {
        state,
        failed,
        why: if why.is_empty() { "there is nothing to go by".to_owned() } else { why.join("; ") },
        by: said.map(|said| said.by.clone()),
        closes,
    }
}

/// Tells whether a probe lacks nothing but the age of the records: an agent is deployed before they are six months old,
/// and what a checklist asks is that none is dropped earlier.
fn is_young(probe: &str, ground: &Ground<'_>) -> bool {
    let partial = |reading: &Reading| reading.probe == probe && reading.verdict == Verdict::Partial;
    probe == "LOG-01" && ground.readings.iter().any(partial)
}

/// Returns what the files of the governance directory show of a rule, which stands at a place among those of its item.
fn from_files(item: &str, place: usize, setup: &Setup) -> Option<String> {
    let profile = &setup.profile;
    let listed = |what: &str, number: usize| {
        (number > 0).then(|| format!("the profile names {number} {what}"))
    };
    match (item, place) {
        ("risk-level-classified", 0) => Some(format!(
            "the profile declares `{}`, and loads only where that is no less than its capabilities imply",
            profile.risk_level
        )),
        ("failure-modes-documented", 0) => listed("failure modes", profile.failure_modes.len()),
        ("stakeholders-identified", 0) => listed("stakeholders", profile.stakeholders.len()),
        ("owner-named", 0) => Some(format!(
            "{} of {} answers for it ({})",
            profile.owner.person, profile.owner.team, profile.owner.contact
        )),
        ("allowed-tools", 0) => listed("allowed actions or capabilities", profile.actions.len()),
        ("action-limits", 0) => listed("limits", profile.limits.len()),
        ("approval-requirements", 0) => Some(match &profile.approval_threshold {
            Threshold::Never => "the profile says that nobody is asked".to_owned(),
            Threshold::Always => {
                "the profile says that a person is asked of whatever is no plain read".to_owned()
            }
            Threshold::Rules(rules) => {
                format!("the profile has {} rules of when a person is asked", rules.len())
            }
        }),
        ("data-access-restrictions", 0) => {
            listed("kinds of data it may reach", profile.data_access.len())
        }
        ("policy-engine-tested", 0) => setup
            .tests
            .as_ref()
            .filter(|run| run.failed == 0 && run.passed > 0 && setup.mode == Mode::Enforce)
            .map(|run| format!("{} policy tests pass", run.passed)),
        ("mode-promoted", 0) => {
            (setup.mode == Mode::Enforce).then(|| "its verdicts are enforced".to_owned())
        }
        ("eu-ai-act-assessed", 0) => {
            setup.record.high_risk.map(|class| format!("its class is on record: `{class}`"))
        }
        ("incident-response-plan", 0) => {
            profile.incident_plan.as_ref().map(|_| "the profile has a plan".to_owned())
        }
        _ => None,
    }
}

fn is_required(entry: &ChecklistEntry, profile: &AgentProfile) -> bool {
    let acts = !profile.capabilities.is_empty();
    let basic = matches!(entry.section, ChecklistSection::Risk | ChecklistSection::Policy)
        || entry.id == "audit-logging";
    let on_acts = matches!(entry.id.as_str(), "approval-gate" | "stop-button-tested");
    match profile.risk_level {
        RiskLevel::Low => basic,
        RiskLevel::Medium => {
            basic || entry.section == ChecklistSection::Technical && (acts || !on_acts)
        }
        RiskLevel::High | RiskLevel::Critical => true,
    }
}
