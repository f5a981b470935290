//! What an agent may do, and who is asked.

use std::collections::BTreeSet;

use syndic_model::{Allowed, CatalogueEntry, Limit, OutputKind, Threshold, ThresholdRule};

use super::super::basis::Basis;
use super::super::{Shown, Source};
use super::list;

pub(in crate::dossier) fn mode(basis: &Basis<'_>) -> Option<Shown> {
    basis.profile("mode", basis.setup.mode.to_string())
}

/// By which paths its actions came, and how far those can be left out.
pub(in crate::dossier) fn paths(basis: &Basis<'_>) -> Option<Shown> {
    let grades = list(&basis.report.agent.grades);
    basis.shown("enforcement grades of its paths", grades, Source::Report)
}

pub(in crate::dossier) fn capabilities(basis: &Basis<'_>) -> Option<Shown> {
    let profile = &basis.setup.profile;
    let mut told = format!("read, {}", list(&profile.capabilities));
    if profile.capabilities.is_empty() {
        told.truncate("read".len());
    }
    basis.profile(
        "capabilities",
        format!("{told}; at most {} in one transaction", profile.max_transaction_amount),
    )
}

/// The tools and actions that are granted.
pub(in crate::dossier) fn actions(basis: &Basis<'_>) -> Option<Shown> {
    let lines = basis.setup.profile.actions.iter().map(|allowed| match allowed {
        Allowed::Capability(capability) => format!("every action of `{capability}` alone"),
        Allowed::Action(name) => match basis.setup.catalogue.get(name) {
            Some(entry) => action(entry),
            None => format!("`{name}`, which the catalogue does not have"),
        },
    });
    basis.profile("actions and tools that are granted", lines.collect::<Vec<_>>().join("\n"))
}

fn action(entry: &CatalogueEntry) -> String {
    let mut told = format!("`{}`: {}", entry.name, list(&entry.capabilities));
    if !entry.tools.is_empty() {
        told = format!("{told}; by {}", list(&entry.tools));
    }
    told
}

/// What is read out of the arguments of its actions.
pub(in crate::dossier) fn inputs(basis: &Basis<'_>) -> Option<Shown> {
    let granted = basis.setup.profile.actions.iter().filter_map(|allowed| match allowed {
        Allowed::Action(name) => basis.setup.catalogue.get(name),
        Allowed::Capability(_) => None,
    });
    let lines = granted.filter_map(|entry| {
        let arguments = entry.input.get("properties")?.as_object()?.keys();
        let arguments = list(arguments);
        (!arguments.is_empty()).then(|| format!("`{}` takes {arguments}", entry.name))
    });
    let told = lines.collect::<Vec<_>>().join("\n");
    basis.file("arguments of its actions", told, "actions/".to_owned())
}

pub(in crate::dossier) fn limits(basis: &Basis<'_>) -> Option<Shown> {
    let lines = basis.setup.profile.limits.iter().map(limit);
    basis.profile("limits", lines.collect::<Vec<_>>().join("\n"))
}

fn limit(limit: &Limit) -> String {
    let measures = [
        limit.calls.map(|calls| format!("{calls} calls")),
        limit.amount.map(|amount| amount.to_string()),
        limit.recipients.map(|recipients| format!("{recipients} recipients")),
        limit.tokens.map(|tokens| format!("{tokens} tokens")),
    ];
    let scope = match (limit.actions.as_slice(), limit.capability) {
        ([], None) => "of all actions".to_owned(),
        ([], Some(capability)) => format!("of actions that {capability}"),
        (actions, _) => format!("of {}", list(actions)),
    };
    format!("at most {} by {} {scope}", list(measures.into_iter().flatten()), limit.per)
}

/// When a human is asked.
pub(in crate::dossier) fn threshold(basis: &Basis<'_>) -> Option<Shown> {
    let profile = &basis.setup.profile;
    let told = match &profile.approval_threshold {
        _ if !profile.requires_human_approval => "no human is asked by the profile".to_owned(),
        Threshold::Never => "never".to_owned(),
        Threshold::Always => "for every action that is not a plain read".to_owned(),
        Threshold::Rules(rules) => rules.iter().map(rule).collect::<Vec<_>>().join("\n"),
    };
    basis.profile("when a human is asked", told)
}

fn rule(rule: &ThresholdRule) -> String {
    let bounds = [
        rule.amount_over.map(|amount| format!("above {amount}")),
        rule.affected_over.map(|people| format!("where more than {people} people are affected")),
        rule.recipients_over.map(|number| format!("with more than {number} recipients")),
    ];
    let bounds = bounds.into_iter().flatten().collect::<Vec<_>>().join(" or ");
    let scope = match (rule.actions.as_slice(), rule.capability) {
        ([], None) => "any action".to_owned(),
        ([], Some(capability)) => format!("actions that {capability}"),
        (actions, _) => list(actions),
    };
    format!("{scope} {bounds}").trim_end().to_owned()
}

pub(in crate::dossier) fn approvers(basis: &Basis<'_>) -> Option<Shown> {
    let group = basis.setup.profile.approvers.as_ref().map(ToString::to_string);
    basis.profile("who is asked", group.unwrap_or_default())
}

/// What of the results of its tools does not go back to it.
pub(in crate::dossier) fn output(basis: &Basis<'_>) -> Option<Shown> {
    let output = &basis.setup.profile.output;
    let kinds = |kinds: &BTreeSet<OutputKind>| {
        list(kinds.iter().map(|kind| match kind {
            OutputKind::Pii => "personal data",
            OutputKind::Secrets => "secrets",
            OutputKind::Kind(name) => name.as_str(),
        }))
    };
    let parts = [
        (!output.redact.is_empty()).then(|| format!("taken out: {}", kinds(&output.redact))),
        (!output.block.is_empty())
            .then(|| format!("not given back with: {}", kinds(&output.block))),
        output.max_bytes.map(|bytes| format!("at most {bytes} bytes")),
    ];
    let told = parts.into_iter().flatten().collect::<Vec<_>>().join("; ");
    basis.profile("results of its tools", told)
}
