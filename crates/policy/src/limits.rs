//! `limits` to Cedar: `rate-limit` for calls and recipients, `spend-limit` for money and tokens.

use syndic_model::{ActionName, AgentProfile, Counter, Fact, Finding, Limit, Period, Severity};

use crate::convert::decimal_text;
use crate::draft::{Draft, scopes};
use crate::entry::Entry;
use crate::finding::{Hint as _, error, file};
use crate::profile::{Entries, unknown_action};
use crate::reserved::{RATE_LIMIT, SPEND_LIMIT};
use crate::{Origin, Sources};

/// One measure of a limit, as a policy.
struct Measure {
    id: &'static str,
    field: &'static str,
    facts: &'static [Fact],
    condition: String,
    reason: String,
}

/// Compiles the limits of one profile.
pub(crate) fn compile<'a>(
    profile: &'a AgentProfile,
    sources: &Sources<'_>,
    entries: &Entries,
    findings: &mut Vec<Finding>,
) -> Vec<Draft<'a>> {
    let mut drafts = Vec::new();
    for (number, limit) in (1..).zip(&profile.limits) {
        let named = limit.actions.iter();
        let unknown: Vec<_> =
            named.filter_map(|action| unknown_action(profile, action, "limits", sources)).collect();
        if !unknown.is_empty() {
            findings.extend(unknown);
            continue;
        }
        for measure in measures(number, limit) {
            match covered(limit, &measure, entries) {
                Ok(actions) => drafts.extend(write(profile, number, &measure, &actions)),
                Err(lack) => {
                    let message = format!(
                        "limit {number} in `limits` of `{}` bounds `{}`, {lack}",
                        profile.id, measure.field
                    );
                    let place = file(format!("agents/{}.yaml", profile.id));
                    findings.push(error("limit-fact", place, message).hint(
                        "declare the fact in the catalogue, with a `default` where it can be missing",
                    ));
                }
            }
        }
    }
    drafts
}

fn measures(number: usize, limit: &Limit) -> Vec<Measure> {
    let counter = format!("usage.{}", Counter::Limit(number));
    let used = format!("context.call.{counter}");
    let within = match limit.per {
        Period::Minute => "within a minute",
        Period::Hour => "within an hour",
        Period::Day => "within a day",
        Period::Session => "in this session",
        Period::User => "for this user within a day",
    };
    let long = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let calls = limit.calls.map(|most| Measure {
        id: RATE_LIMIT,
        field: "calls",
        facts: &[],
        condition: format!("{used}.calls > {}", long(most)),
        reason: format!("call {{{counter}.calls}} {within} is over the limit of {most}"),
    });
    let recipients = limit.recipients.map(|most| Measure {
        id: RATE_LIMIT,
        field: "recipients",
        facts: &[Fact::Recipients],
        condition: format!("{used}.recipients > {}", long(most)),
        reason: format!(
            "{{{counter}.recipients}} recipients {within} are over the limit of {most}"
        ),
    });
    let amount = limit.amount.map(|most| Measure {
        id: SPEND_LIMIT,
        field: "amount",
        facts: &[Fact::Amount, Fact::Currency],
        condition: format!(
            "context.facts.currency != \"{0}\" || {used}.amount.greaterThan(decimal(\"{1}\"))",
            most.currency,
            decimal_text(most.amount),
        ),
        reason: format!(
            "with {{facts.amount}} {{facts.currency}} the sum {within} is {{{counter}.amount}} {}, over the limit of {most}",
            most.currency,
        ),
    });
    let tokens = limit.tokens.map(|most| Measure {
        id: SPEND_LIMIT,
        field: "tokens",
        facts: &[],
        condition: format!("{used}.tokens >= {}", long(most)),
        reason: format!("{{{counter}.tokens}} tokens {within} reach the limit of {most}"),
    });
    [calls, recipients, amount, tokens].into_iter().flatten().collect()
}

/// Returns the actions on which a measure can always be tested; says what is lacking where it should be.
fn covered<'e>(
    limit: &Limit,
    measure: &Measure,
    entries: &'e Entries,
) -> Result<Vec<&'e ActionName>, String> {
    let scope = || {
        let counted =
            |entry: &&Entry| limit.counts(&entry.declared.name, &entry.declared.capabilities);
        entries.values().map(AsRef::as_ref).filter(counted)
    };
    let has_all = |entry: &&Entry| measure.facts.iter().all(|fact| entry.always_has(*fact));
    let declares = |entry: &Entry| {
        measure.facts.first().is_some_and(|fact| entry.declared.facts.contains_key(fact))
    };
    let wanted = |entry: &&Entry| !limit.actions.is_empty() || declares(entry);
    if let Some(lacking) = scope().find(|entry| wanted(entry) && !has_all(entry)) {
        let facts: Vec<_> = measure.facts.iter().map(|fact| format!("`{fact}`")).collect();
        return Err(format!(
            "but `{}` need not have {}",
            lacking.declared.name,
            facts.join(" and ")
        ));
    }
    let covered: Vec<_> = scope().filter(has_all).map(|entry| &entry.declared.name).collect();
    if covered.is_empty() {
        Err("which no action in its scope has".to_owned())
    } else {
        Ok(covered)
    }
}

fn write<'a>(
    profile: &'a AgentProfile,
    number: usize,
    measure: &Measure,
    actions: &[&ActionName],
) -> Vec<Draft<'a>> {
    let Measure { id, field, condition, reason, .. } = measure;
    let numbered = scopes(actions).into_iter().enumerate();
    numbered
        .map(|(part, action)| Draft {
            id,
            part: format!("{}:{number}:{field}:{part}", profile.id),
            origin: Origin::Profile(profile.id.clone()),
            description: "What an agent does over time is bounded by its profile's limits.",
            severity: if *id == RATE_LIMIT { Severity::Medium } else { Severity::High },
            reason: reason.clone(),
            approval: None,
            principal: Some(&profile.id),
            action,
            condition: format!("when {{ {condition} }}"),
        })
        .collect()
}
