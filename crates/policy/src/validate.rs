//! Strict validation of every policy against the generated schema.

use std::collections::BTreeMap;

use cedar_policy::{
    PolicyId as CedarId, PolicySet, Schema, ValidationError, ValidationMode, Validator,
};
use miette::Diagnostic;
use syndic_model::{AgentId, CalendarName, Finding, Level, Place};

use crate::Sources;
use crate::finding::{Hint as _, error, file, warning};
use crate::parse::{Excerpt, offset};
use crate::rule::Rule;

/// Validates `rules`; excerpts say where those from files were written.
pub(crate) fn validate(
    schema: &Schema,
    rules: &[(Rule, Option<Excerpt<'_>>)],
    sources: &Sources<'_>,
    findings: &mut Vec<Finding>,
) {
    let set = match PolicySet::from_policies(rules.iter().map(|(rule, _)| rule.policy.clone())) {
        Ok(set) => set,
        Err(fault) => {
            return findings.push(error("policy-set", file("policies"), fault.to_string()));
        }
    };
    let by_id: BTreeMap<&CedarId, _> =
        rules.iter().map(|rule| (rule.0.policy.id(), rule)).collect();
    let place = |id: &CedarId, diagnostic: &dyn Diagnostic| match by_id.get(id) {
        Some((_, Some(excerpt))) => excerpt.place(offset(diagnostic).unwrap_or_default()),
        Some((rule, None)) => rule.origin.place(),
        None => file("policies"),
    };
    let result = Validator::new(schema.clone()).validate(&set, ValidationMode::Strict);
    for fault in result.validation_errors() {
        findings.push(described(Level::Error, code(fault), place(fault.policy_id(), fault), fault));
    }
    for doubt in result.validation_warnings() {
        let written = by_id.get(doubt.policy_id()).is_some_and(|(_, excerpt)| excerpt.is_some());
        if written {
            findings.push(described(
                Level::Warning,
                "doubtful",
                place(doubt.policy_id(), doubt),
                doubt,
            ));
        }
    }
    for (rule, excerpt) in rules {
        if let Some(excerpt) = excerpt {
            findings.extend(unknown_agent(rule, excerpt, sources));
            findings.extend(unknown_calendars(rule, excerpt, sources));
        }
    }
}

fn described(
    level: Level,
    code: &'static str,
    place: Place,
    diagnostic: &(impl Diagnostic + ToString),
) -> Finding {
    let hint = diagnostic.help().map(|help| help.to_string());
    Finding { level, code, place, message: diagnostic.to_string(), hint }
}

fn code(fault: &ValidationError) -> &'static str {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the enum is not exhaustive, and the rest is about types"
    )]
    match fault {
        ValidationError::UnrecognizedEntityType(_) => "unknown-entity-type",
        ValidationError::UnrecognizedActionId(_) => "unknown-action",
        ValidationError::UnsafeAttributeAccess(_) => "unknown-attribute",
        ValidationError::UnsafeOptionalAttributeAccess(_) => "optional-attribute",
        _ => "type-error",
    }
}

/// A policy for an agent that does not exist says nothing, and a typo would go unseen.
fn unknown_agent(rule: &Rule, excerpt: &Excerpt<'_>, sources: &Sources<'_>) -> Option<Finding> {
    let named = rule.policy.entity_literals();
    let unknown = named.iter().find(|uid| {
        uid.type_name().to_string() == "Agent" && !sources.agents.contains_key(uid.id().unescaped())
    })?;
    let id = unknown.id().unescaped();
    let finding = warning(
        "unknown-agent",
        excerpt.place(0),
        format!("policy `{}` names the unknown agent `{id}`", rule.marks.id),
    );
    Some(finding.did_you_mean(id, sources.agents.keys().map(AgentId::as_str)))
}

/// A calendar that does not exist is never open, so that a policy for its hours would say nothing.
fn unknown_calendars<'a>(
    rule: &'a Rule,
    excerpt: &'a Excerpt<'_>,
    sources: &'a Sources<'_>,
) -> impl Iterator<Item = Finding> + 'a {
    let unknown =
        rule.reads.calendars.iter().filter(|name| !sources.calendars.contains(name.as_str()));
    unknown.map(|name| {
        let message = format!("policy `{}` names the unknown calendar `{name}`", rule.marks.id);
        let known = sources.calendars.iter().map(CalendarName::as_str);
        error("unknown-calendar", excerpt.place(0), message).did_you_mean(name, known)
    })
}
