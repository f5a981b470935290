//! `agents/<id>.yaml`, read.

mod limits;
mod threshold;

use std::collections::BTreeSet;

use syndic_model::{
    ActionName, AgentId, AgentProfile, Allowed, Capability, Currency, Decimal, GroupName, Money,
    Owner, RiskLevel, TeamName,
};

use crate::approvers::Roster;
use crate::catalogue::Catalogue;
use crate::kinds::Kinds;
use crate::output;
use crate::position::{At, Position, START};
use crate::report::Report;
use crate::settings::{Defaults, TimeZoneName};
use crate::text::{Limit, Text, did_you_mean};
use crate::wire::{AgentFile, OwnerFields};

/// What a profile is read in the light of.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) defaults: &'a Defaults,
    pub(crate) catalogue: &'a Catalogue,
    pub(crate) roster: &'a Roster,
    pub(crate) kinds: &'a Kinds,
}

impl Around<'_> {
    /// Reads the id of an action that exists.
    fn read_action(&self, text: &Text<ActionName>, report: &mut Report<'_>) -> Option<ActionName> {
        let action = report.read(text)?;
        let places = &self.catalogue.places;
        // Where a file of the catalogue did not read, its actions are not unknown.
        if !places.contains_key(&action) && self.catalogue.whole {
            let words = Capability::ALL.iter().map(|word| word.as_str());
            let hint = did_you_mean(&text.raw, places.keys().map(ActionName::as_str).chain(words));
            let hint = hint.unwrap_or_else(|| "declare it in `actions/`".to_owned());
            report.error(
                text.position,
                "unknown-action",
                format!("action `{action}` is in no catalogue"),
                hint,
            );
        }
        Some(action)
    }
}

const NO_MONEY: Money = Money { amount: Decimal::ZERO, currency: Currency::USD };

/// Reads a profile; everything that is wrong with it is a finding, and a profile comes back only without any error
/// that would leave a part of it unknown.
pub(crate) fn read(
    id: AgentId,
    file: &AgentFile,
    around: Around<'_>,
    report: &mut Report<'_>,
) -> Option<AgentProfile> {
    let defaults = around.defaults;
    check_id(&id, file, report);
    let name = report
        .require(file.name.as_ref(), START, "name", "give the agent a name for people: `name: …`")
        .cloned();
    let owner = read_owner(file, report);
    let risk_level = read_risk_level(file, report);
    let limit = file
        .max_transaction_amount
        .as_ref()
        .map_or(Some(NO_MONEY), |text| report.read(text).map(|Limit(money)| money));
    let approval_threshold = threshold::read(file, &around, report);
    let actions = read_allow_list(file, &around, report);
    let limits = limits::read(file, &around, report);
    check_lengths(file, report);
    let mode = file.mode.as_ref().map_or(Some(defaults.mode), |text| report.read(text));
    let time_zone = match &file.time_zone {
        Some(text) => report.read(text).map(|TimeZoneName(zone)| zone),
        None => Some(defaults.time_zone.clone()),
    };
    let approvers = read_approvers(file, &around, report);
    Some(AgentProfile {
        id,
        name: name?,
        risk_level: risk_level?,
        capabilities: capabilities(file).map(|(_, capability)| capability).collect(),
        max_transaction_amount: limit?,
        requires_human_approval: file.requires_human_approval.unwrap_or_default(),
        approval_threshold: approval_threshold?,
        owner: owner?,
        purpose: file.purpose.clone().unwrap_or_default(),
        version: file.version.clone().unwrap_or_else(|| "unknown".to_owned()),
        model: file.model.clone().or_else(|| defaults.model.clone()),
        time_zone: time_zone?,
        mode: mode?,
        approvers: approvers?,
        actions,
        limits,
        stakeholders: file.stakeholders.clone().unwrap_or_default(),
        failure_modes: file.failure_modes.clone().unwrap_or_default(),
        data_access: file.data_access.clone().unwrap_or_default(),
        incident_plan: file.incident_plan.clone(),
        output: output::read(file.output.as_ref(), around.kinds, report),
    })
}

/// Reads the group that is asked; `None` if it cannot be told.
fn read_approvers(
    file: &AgentFile,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<Option<GroupName>> {
    let Some(text) = &file.approvers else { return Some(around.defaults.approvers.clone()) };
    let group = report.read(text)?;
    around.roster.check_group(text, &group, report);
    Some(Some(group))
}

fn check_id(id: &AgentId, file: &AgentFile, report: &mut Report<'_>) {
    let Some(text) = &file.id else { return };
    if text.raw != id.as_str() {
        let message =
            format!("the file is `{id}.yaml`, and says its id is `{}`", text.raw.escape_debug());
        report.error(
            text.position,
            "id-mismatch",
            message,
            "leave `id` out: the file's name says it".to_owned(),
        );
    }
}

/// Bounds what stands in clear in every record of the agent.
fn check_lengths(file: &AgentFile, report: &mut Report<'_>) {
    let owner = file.owner.as_ref().map(|owner| &owner.value);
    let person = owner.and_then(|owner| owner.person.as_ref());
    for (field, text, most) in [
        ("version", &file.version, 64),
        ("model", &file.model, 128),
        ("owner.person", &person.cloned(), 200),
    ] {
        if text.as_ref().is_some_and(|text| text.len() > most) {
            let message = format!("`{field}` has more than {most} bytes");
            report.error(
                START,
                "too-long",
                message,
                "it stands in every record: shorten it".to_owned(),
            );
        }
    }
}

fn read_owner(file: &AgentFile, report: &mut Report<'_>) -> Option<Owner> {
    let hint = "somebody answers for every agent: `owner: {person: …, team: …, contact: …}`";
    let At { value, position } = report.require(file.owner.as_ref(), START, "owner", hint)?;
    let OwnerFields { person, team, contact } = value;
    let person = report.require(person.as_ref(), *position, "owner.person", "a name or a role");
    let contact = report.require(
        contact.as_ref(),
        *position,
        "owner.contact",
        "an address, a channel or a link",
    );
    let team = report.require(team.as_ref(), *position, "owner.team", "team policies apply by it");
    let team: Option<TeamName> = team.and_then(|text| report.read(text));
    Some(Owner { person: person?.clone(), team: team?, contact: contact?.clone() })
}

/// Reads the declared risk, and refuses less than the capabilities imply.
fn read_risk_level(file: &AgentFile, report: &mut Report<'_>) -> Option<RiskLevel> {
    let hint = "one of low, medium, high, critical";
    let text = report.require(file.risk_level.as_ref(), START, "risk_level", hint)?;
    let declared: RiskLevel = report.read(text)?;
    let riskiest = capabilities(file).max_by_key(|(_, capability)| capability.least_risk());
    if let Some((field, capability)) =
        riskiest.filter(|(_, capability)| capability.least_risk() > declared)
    {
        let least = capability.least_risk();
        let message =
            format!("`{declared}` is less risk than `{field}` implies: it is at least `{least}`");
        report.error(
            text.position,
            "risk-too-low",
            message,
            format!("write `risk_level: {least}`"),
        );
    }
    Some(declared)
}

/// Returns the declared capabilities, each with its field.
fn capabilities(file: &AgentFile) -> impl Iterator<Item = (&'static str, Capability)> {
    [
        (file.can_write_data, "can_write_data", Capability::WriteData),
        (
            file.can_send_external_messages,
            "can_send_external_messages",
            Capability::SendExternalMessage,
        ),
        (file.can_execute_code, "can_execute_code", Capability::ExecuteCode),
        (
            file.can_make_financial_transactions,
            "can_make_financial_transactions",
            Capability::FinancialTransaction,
        ),
    ]
    .into_iter()
    .filter(|(declared, ..)| *declared == Some(true))
    .map(|(_, field, capability)| (field, capability))
}

fn declares(file: &AgentFile, capability: Capability) -> bool {
    capability == Capability::Read || capabilities(file).any(|(_, declared)| declared == capability)
}

fn check_declared(
    file: &AgentFile,
    capability: Capability,
    position: Position,
    report: &mut Report<'_>,
) {
    if !declares(file, capability) {
        let message = format!("the profile does not declare `{capability}`");
        let hint = format!("declare it, or leave `{capability}` out here");
        report.error(position, "undeclared-capability", message, hint);
    }
}

/// Reads the allow-list. A word that names an action and a capability means the action, which is less.
fn read_allow_list(file: &AgentFile, around: &Around<'_>, report: &mut Report<'_>) -> Vec<Allowed> {
    let mut seen = BTreeSet::new();
    let texts = file.actions.as_deref().unwrap_or_default();
    if texts.is_empty() {
        let hint = "list what it may do, like `actions: [read]`";
        report.warn(
            START,
            "allows-nothing",
            "the agent may do nothing: `actions` names nothing",
            hint,
        );
    }
    for text in texts {
        if !seen.insert(text.raw.as_str()) {
            report.warn(
                text.position,
                "listed-twice",
                format!("`{}` is listed twice", text.raw),
                "keep one of them",
            );
        }
    }
    texts.iter().filter_map(|text| read_allowed(file, text, around, report)).collect()
}

fn read_allowed(
    file: &AgentFile,
    text: &Text<ActionName>,
    around: &Around<'_>,
    report: &mut Report<'_>,
) -> Option<Allowed> {
    if let Ok(capability) = text.raw.parse()
        && !around.catalogue.places.contains_key(text.raw.as_str())
    {
        check_declared(file, capability, text.position, report);
        return Some(Allowed::Capability(capability));
    }
    let action = around.read_action(text, report)?;
    let entry = around.catalogue.entries.get(&action);
    let needed = entry.iter().flat_map(|entry| &entry.capabilities);
    if let Some(missing) = needed.copied().find(|needed| !declares(file, *needed)) {
        let message = format!("`{action}` needs `{missing}`, which the profile does not declare");
        report.warn(
            text.position,
            "never-permitted",
            message,
            "declare it, or leave the action out",
        );
    }
    Some(Allowed::Action(action))
}
