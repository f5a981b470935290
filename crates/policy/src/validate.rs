//! Strict validation of every policy against the generated schema.

use std::collections::{BTreeMap, BTreeSet};

use cedar_policy::{
    Policy, PolicyId as CedarId, PolicySet, Schema, ValidationMode, ValidationWarning, Validator,
};
use miette::Diagnostic;
use syndic_model::{AgentId, CalendarName, Finding, LabelName};

use crate::Sources;
use crate::advice::told;
use crate::finding::{Hint as _, error, file, warning};
use crate::known::Known;
use crate::lint::lint;
use crate::parse::{Excerpt, offset};
use crate::rule::Rule;

/// Validates `rules`; excerpts say where those from files were written.
pub(crate) fn validate(
    schema: &Schema,
    schema_text: &str,
    rules: &[(Rule, Option<Excerpt<'_>>)],
    sources: &Sources<'_>,
    findings: &mut Vec<Finding>,
) {
    let known = Known::new(schema_text);
    let fresh = || rules.iter().map(|(rule, _)| &rule.policy).filter(|policy| !known.knows(policy));
    let set = match PolicySet::from_policies(fresh().cloned()) {
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
    let (mut wrong, mut doubtful) = (BTreeSet::new(), BTreeSet::new());
    for fault in result.validation_errors() {
        let excerpt = by_id.get(fault.policy_id()).and_then(|(_, excerpt)| excerpt.as_ref());
        let at = offset(fault).unwrap_or_default();
        let around = excerpt.map(|excerpt| (excerpt.before(at), excerpt.from(at)));
        findings.push(told(fault, place(fault.policy_id(), fault), around.unwrap_or_default()));
        wrong.insert(fault.policy_id());
    }
    let is_nowhere = |doubt: &&ValidationWarning| {
        matches!(doubt, ValidationWarning::InvalidActionApplication(_))
    };
    let nowhere: BTreeSet<_> =
        result.validation_warnings().filter(is_nowhere).map(ValidationWarning::policy_id).collect();
    for doubt in result.validation_warnings() {
        // A policy that is wrong, or about no action that there is, can never match either.
        let id = doubt.policy_id();
        doubtful.insert(id);
        if !wrong.contains(id) && (is_nowhere(&doubt) || !nowhere.contains(id)) {
            let excerpt = by_id.get(id).and_then(|(_, excerpt)| excerpt.as_ref());
            findings.extend(excerpt.map(|excerpt| doubted(doubt, excerpt)));
        }
    }
    let sound = |policy: &&Policy| !wrong.contains(policy.id()) && !doubtful.contains(policy.id());
    fresh().filter(sound).for_each(|policy| known.remember(policy));
    findings.extend(lint(rules, sources));
    for (rule, excerpt) in rules {
        if let Some(excerpt) = excerpt {
            findings.extend(unknown_agent(rule, excerpt, sources));
            findings.extend(unknown_calendars(rule, excerpt, sources));
            findings.extend(unknown_labels(rule, excerpt, sources));
        }
    }
}

fn doubted(doubt: &ValidationWarning, excerpt: &Excerpt<'_>) -> Finding {
    if let ValidationWarning::InvalidActionApplication(_) = doubt {
        let message = format!("policy `{}` is about no action of the catalogue", doubt.policy_id());
        let hint = "no entry has that name, or that capability: leave the policy out, or add one";
        return warning("never-matches", excerpt.effect(), message).hint(hint);
    }
    if let ValidationWarning::ImpossiblePolicy(_) = doubt {
        let hint = "no request satisfies scope and conditions together; leave the policy out, or mend them";
        return warning("never-matches", excerpt.effect(), doubt.to_string()).hint(hint);
    }
    let place = excerpt.place(offset(doubt).unwrap_or_default());
    let hint = doubt.help().map(|help| help.to_string());
    Finding { hint, ..warning("doubtful", place, doubt.to_string()) }
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
        excerpt.literal(id),
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
        error("unknown-calendar", excerpt.literal(name), message).did_you_mean(name, known)
    })
}

/// A label that no action leaves is on no session, so that a policy about it would say nothing.
fn unknown_labels<'a>(
    rule: &'a Rule,
    excerpt: &'a Excerpt<'_>,
    sources: &'a Sources<'_>,
) -> impl Iterator<Item = Finding> + 'a {
    let left: BTreeSet<&str> = sources
        .catalogue
        .values()
        .flat_map(|entry| entry.labels.iter().map(LabelName::as_str))
        .collect();
    let unknown = rule.reads.labels.iter().filter(|label| !left.contains(label.as_str()));
    let unknown: Vec<_> = unknown.collect();
    unknown.into_iter().map(move |label| {
        let message = format!(
            "policy `{}` asks for the label `{label}`, which no action leaves",
            rule.marks.id
        );
        let finding = warning("unknown-label", excerpt.literal(label), message);
        let hint =
            format!("write `labels: [{label}]` at the entries of the catalogue that leave it");
        finding.hint(hint).did_you_mean(label, left.iter().copied())
    })
}
