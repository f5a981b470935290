//! Profiles and catalogue to Cedar: what an agent is becomes what it may do.

use std::collections::BTreeMap;
use std::sync::Arc;

use syndic_model::{ActionName, AgentProfile, Allowed, Capability, Finding, Severity, ToolName};

use crate::draft::{Draft, action_list};
use crate::entry::Entry;
use crate::finding::{Hint as _, error, file};
use crate::reserved::{AGENT_SUSPENDED, CAPABILITY, TOOL_ACCESS, TRANSACTION_LIMIT};
use crate::rule::Rule;
use crate::{Origin, Sources, limits, threshold};

/// The catalogue as far as it compiled.
pub(crate) type Entries = BTreeMap<ActionName, Arc<Entry>>;

/// Compiles everything that is not written in a file.
pub(crate) fn compile(
    sources: &Sources<'_>,
    entries: &Entries,
    findings: &mut Vec<Finding>,
) -> Vec<Rule> {
    let mut drafts = vec![suspended()];
    drafts.extend(
        Capability::ALL.iter().copied().filter_map(|capability| undeclared(capability, entries)),
    );
    if in_use(Capability::FinancialTransaction, entries) {
        drafts.extend(transaction_limit());
    }
    drafts.extend(entries.values().filter_map(|entry| tools(entry)));
    for profile in sources.agents.values() {
        drafts.push(declared_actions(profile, sources, entries, findings));
        drafts.extend(threshold::compile(profile, sources, entries, findings));
        drafts.extend(limits::compile(profile, sources, entries, findings));
    }
    drafts.into_iter().filter_map(|draft| draft.compile(sources, findings)).collect()
}

fn draft<'a>(
    id: &'static str,
    severity: Severity,
    description: &'static str,
    reason: &str,
) -> Draft<'a> {
    Draft {
        id,
        part: "all".to_owned(),
        origin: Origin::EveryProfile,
        description,
        severity,
        reason: reason.to_owned(),
        approval: None,
        principal: None,
        action: String::new(),
        condition: String::new(),
    }
}

fn suspended<'a>() -> Draft<'a> {
    let reason = "{agent.id} is suspended";
    Draft {
        condition: "when { context.call.suspended }".to_owned(),
        ..draft(AGENT_SUSPENDED, Severity::Critical, "A suspended agent does nothing.", reason)
    }
}

fn in_use(capability: Capability, entries: &Entries) -> bool {
    entries.values().any(|entry| entry.declared.capabilities.contains(&capability))
}

/// Reading needs no declaration; everything else does.
fn undeclared<'a>(capability: Capability, entries: &Entries) -> Option<Draft<'a>> {
    if capability == Capability::Read || !in_use(capability, entries) {
        return None;
    }
    let reason = format!(
        "{{agent.id}} does not declare the capability {capability}, which {{action}} needs"
    );
    let description = "An agent has only the capabilities that its profile declares.";
    Some(Draft {
        part: capability.to_string(),
        action: format!("in Action::\"{capability}\""),
        condition: format!("unless {{ principal.capabilities.contains(\"{capability}\") }}"),
        ..draft(CAPABILITY, Severity::High, description, &reason)
    })
}

/// Two policies, because the two reasons differ. An agent that cannot move money is refused by `capability`.
fn transaction_limit<'a>() -> [Draft<'a>; 2] {
    let description = "No transaction is larger than the profile's max_transaction_amount.";
    let limit = |part: &str, reason: &str, bound: &str| Draft {
        part: part.to_owned(),
        action: "in Action::\"financial_transaction\"".to_owned(),
        condition: format!(
            "when {{ principal.capabilities.contains(\"financial_transaction\") }}\nwhen {{ {bound} }}"
        ),
        ..draft(TRANSACTION_LIMIT, Severity::High, description, reason)
    };
    [
        limit(
            "amount",
            "{facts.amount} {facts.currency} is over the limit of {agent.max_transaction_amount}",
            "context.facts.currency == principal.currency && \
             context.facts.amount.greaterThan(principal.max_transaction_amount)",
        ),
        limit(
            "currency",
            "{facts.amount} {facts.currency} is not in the currency of the limit of {agent.max_transaction_amount}",
            "context.facts.currency != principal.currency",
        ),
    ]
}

/// An action with tools runs through these only; naming none is naming another, unless there is just one.
fn tools<'a>(entry: &Entry) -> Option<Draft<'a>> {
    let (name, tools) = (&entry.declared.name, &entry.declared.tools);
    let named = |tool: &ToolName| format!("resource == Tool::\"{tool}\"");
    let any = tools.iter().map(named).collect::<Vec<_>>().join(" || ");
    let list = tools.iter().map(ToolName::as_str).collect::<Vec<_>>().join(", ");
    let reason = format!("{{action}} runs through these tools only: {list}");
    // The list is the catalogue's, but a reason has a longest length.
    let reason = if reason.len() < 400 {
        reason
    } else {
        "{action} does not run through this tool".to_owned()
    };
    (!tools.is_empty()).then(|| Draft {
        part: format!("action:{name}"),
        origin: Origin::Catalogue(name.clone()),
        action: format!("== Action::\"{name}\""),
        condition: format!("unless {{ {any} }}"),
        ..draft(
            TOOL_ACCESS,
            Severity::Critical,
            "An action runs through its declared tools only.",
            &reason,
        )
    })
}

fn declared_actions<'a>(
    profile: &'a AgentProfile,
    sources: &Sources<'_>,
    entries: &Entries,
    findings: &mut Vec<Finding>,
) -> Draft<'a> {
    for action in profile.actions.iter().filter_map(|allowed| match allowed {
        Allowed::Action(action) => Some(action),
        Allowed::Capability(_) => None,
    }) {
        findings.extend(unknown_action(profile, action, "actions", sources));
    }
    let declared: Vec<&ActionName> =
        entries.values().filter(|e| allows(profile, e)).map(|e| &e.declared.name).collect();
    let condition = match declared.as_slice() {
        [] => String::new(),
        [only] => format!("unless {{ action == Action::\"{only}\" }}"),
        // Not `in`: an action may be a group as well.
        several => format!("unless {{ [{}].contains(action) }}", action_list(several)),
    };
    let reason = "{agent.id} does not declare the action {action}";
    Draft {
        part: profile.id.to_string(),
        origin: Origin::Profile(profile.id.clone()),
        principal: Some(&profile.id),
        condition,
        ..draft(
            TOOL_ACCESS,
            Severity::Critical,
            "An agent does only what its profile declares.",
            reason,
        )
    }
}

/// A listed capability allows the actions that need no other than listed ones, and reading.
fn allows(profile: &AgentProfile, entry: &Entry) -> bool {
    let listed = |wanted: Capability| profile.actions.contains(&Allowed::Capability(wanted));
    let any = profile.actions.iter().any(|allowed| matches!(allowed, Allowed::Capability(_)));
    let covered = |capability: &Capability| *capability == Capability::Read || listed(*capability);
    profile.actions.contains(&Allowed::Action(entry.declared.name.clone()))
        || (any && entry.declared.capabilities.iter().all(covered))
}

/// Finds fault with an action that a profile names and the catalogue does not.
pub(crate) fn unknown_action(
    profile: &AgentProfile,
    action: &ActionName,
    field: &str,
    sources: &Sources<'_>,
) -> Option<Finding> {
    if sources.catalogue.contains_key(action) {
        return None;
    }
    let message =
        format!("`{field}` of `{}` names `{action}`, which is not in the catalogue", profile.id);
    let known = sources.catalogue.keys().map(ActionName::as_str);
    Some(
        error("unknown-action", file(format!("agents/{}.yaml", profile.id)), message)
            .did_you_mean(action.as_str(), known),
    )
}
