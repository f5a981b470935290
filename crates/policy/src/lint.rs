//! What loads and is probably not meant, as far as the text of the policies shows it.
//!
//! `syndic check --deep` asks the solver as well (crate `prove`), which sees further.

use std::collections::BTreeMap;

use cedar_policy::{ActionConstraint, PrincipalConstraint, ResourceConstraint};
use syndic_model::{AgentId, Capability, EnforcementGrade, Finding, RiskLevel};

use crate::Sources;
use crate::finding::{Hint as _, note, warning};
use crate::parse::Excerpt;
use crate::recipient::recipients;
use crate::rule::Rule;
use crate::spot::{self, Compared};

/// What `context.call.environment` can be.
pub const ENVIRONMENTS: [&str; 3] = ["dev", "staging", "prod"];
/// What `context.call.detected` can hold.
const LABELS: [&str; 4] = ["email", "iban", "payment_card", "us_ssn"];

type Written<'a> = (&'a Rule, &'a Excerpt<'a>);

/// Looks at policies from files.
pub(crate) fn lint(rules: &[(Rule, Option<Excerpt<'_>>)], sources: &Sources<'_>) -> Vec<Finding> {
    let written: Vec<Written<'_>> =
        rules.iter().filter_map(|(rule, excerpt)| Some((rule, excerpt.as_ref()?))).collect();
    let mut findings = Vec::new();
    for (rule, excerpt) in &written {
        findings.extend(unknown_words(rule, excerpt, sources));
        findings.extend(other_spellings(rule, excerpt));
        findings.extend(can_error(rule, excerpt));
    }
    findings.extend(shadowed(&written));
    findings.extend(same_reasons(&written));
    findings
}

/// Finds comparisons with a word that the value never is.
fn unknown_words(rule: &Rule, excerpt: &Excerpt<'_>, sources: &Sources<'_>) -> Vec<Finding> {
    let told = |compared: &Compared<'_>| {
        let words = words(&compared.path, sources)?;
        let text = compared.text;
        if words.contains(&text) {
            return None;
        }
        let path = compared.path.join(".");
        let message = format!("`{path}` never is `{}`", text.escape_debug());
        let finding = warning("never-matches", excerpt.place(compared.at), message);
        let finding = finding.hint(format!("it is one of {}", words.join(", ")));
        Some(finding.did_you_mean(text, words))
    };
    spot::comparisons(&rule.policy).iter().filter_map(told).collect()
}

/// Finds recipients in a spelling that the facts never have.
fn other_spellings(rule: &Rule, excerpt: &Excerpt<'_>) -> Vec<Finding> {
    let told = |compared: &Compared<'_>| {
        let text = compared.text;
        let spelt = match compared.path.as_slice() {
            ["context", "facts", "recipient_domains"] => {
                text.trim().trim_end_matches('.').to_lowercase()
            }
            ["context", "facts", "recipients"]
            | ["context", "call", "known_recipients"]
            | ["context", "call", "session", "known_recipients"] => {
                recipients(text).into_iter().next().unwrap_or_default()
            }
            _ => return None,
        };
        let path = compared.path.join(".");
        let message = format!("`{path}` never has `{}`", text.escape_debug());
        let finding = warning("never-matches", excerpt.place(compared.at), message);
        (spelt != text).then(|| finding.hint(format!("write `{}`", spelt.escape_debug())))
    };
    spot::comparisons(&rule.policy).iter().filter_map(told).collect()
}

/// Returns the words that a value is one of, where they are known.
fn words<'a>(path: &[&str], sources: &Sources<'a>) -> Option<Vec<&'a str>> {
    Some(match path {
        ["context", "call", "environment"] => ENVIRONMENTS.to_vec(),
        ["context", "call", "detected"] => LABELS.to_vec(),
        ["context", "call", "pii"] if !sources.pii.is_empty() => {
            sources.pii.iter().map(String::as_str).collect()
        }
        ["context", "call", "grade"] => {
            EnforcementGrade::ALL.iter().map(|grade| grade.as_str()).collect()
        }
        ["principal", "risk_level"] => RiskLevel::ALL.iter().map(|level| level.as_str()).collect(),
        ["principal", "capabilities"] => {
            Capability::ALL.iter().map(|capability| capability.as_str()).collect()
        }
        ["principal", "id"] | ["context", "call", "delegation", "agents"] => {
            sources.agents.keys().map(AgentId::as_str).collect()
        }
        ["principal", "team"] => {
            let mut teams: Vec<_> =
                sources.agents.values().map(|agent| agent.owner.team.as_str()).collect();
            teams.sort_unstable();
            teams.dedup();
            teams
        }
        _ => return None,
    })
}

/// Finds what can be too large for 64 bits.
fn can_error(rule: &Rule, excerpt: &Excerpt<'_>) -> Option<Finding> {
    let at = spot::arithmetic(&rule.policy)?;
    let message = format!(
        "policy `{}` can fail to evaluate, and then allows nothing: a number can be too large",
        rule.marks.id,
    );
    let hint = "compare without counting, or bound the numbers in the catalogue's `input`; `syndic check --deep` tells whether they are";
    Some(note("can-error", excerpt.place(at), message).hint(hint))
}

/// Finds permits that permit nothing that another, without conditions, does not.
fn shadowed(written: &[Written<'_>]) -> Vec<Finding> {
    let permits: Vec<&Written<'_>> = written.iter().filter(|(rule, _)| rule.is_permit()).collect();
    let mut findings = Vec::new();
    for (number, (rule, excerpt)) in permits.iter().enumerate() {
        let covers = |(other, (wide, _)): &(usize, &&Written<'_>)| {
            *other != number && covers(wide, rule) && !(*other > number && covers(rule, wide))
        };
        if let Some((_, (wide, _))) = permits.iter().enumerate().find(covers) {
            let message = format!(
                "permit `{}` changes nothing: `{}` permits all of it",
                rule.marks.id, wide.marks.id
            );
            let hint =
                "leave it out, or say it as a forbid: what permits share is permitted by either";
            findings.push(warning("shadowed-permit", excerpt.effect(), message).hint(hint));
        }
    }
    findings
}

/// Tells whether a permit without conditions covers the scope of another.
fn covers(wide: &Rule, narrow: &Rule) -> bool {
    let (wide, narrow) = (&wide.policy, &narrow.policy);
    let core: &cedar_policy_core::ast::Policy = wide.as_ref();
    core.non_scope_constraints().is_none()
        && (wide.principal_constraint() == PrincipalConstraint::Any
            || wide.principal_constraint() == narrow.principal_constraint())
        && (wide.action_constraint() == ActionConstraint::Any
            || wide.action_constraint() == narrow.action_constraint())
        && (wide.resource_constraint() == ResourceConstraint::Any
            || wide.resource_constraint() == narrow.resource_constraint())
}

/// Finds forbids whose reasons are the same to the letter.
fn same_reasons(written: &[Written<'_>]) -> Vec<Finding> {
    let mut taken: BTreeMap<&str, &Rule> = BTreeMap::new();
    let mut findings = Vec::new();
    for (rule, excerpt) in written.iter().filter(|(rule, _)| !rule.is_permit()) {
        let Some(reason) = rule.policy.annotation("reason") else { continue };
        match taken.get(reason) {
            Some(first) => {
                let message =
                    format!("`{}` gives the same reason as `{}`", rule.marks.id, first.marks.id);
                let hint = "say what this one is about: people read the reason, not the id";
                findings.push(
                    note("duplicate-reason", excerpt.annotation("reason"), message).hint(hint),
                );
            }
            None => drop(taken.insert(reason, rule)),
        }
    }
    findings
}
