//! Policies as they are for one agent: what they read of the principal is replaced by what its profile says.
//!
//! So an agent can be compared with itself under another profile, which no one request could hold both of.

use std::collections::BTreeMap;

use cedar_policy::{Policy, PolicyId as CedarId, PolicySet, Schema};
use serde_json::{Value, json};
use syndic_model::{AgentProfile, Capability, CatalogueEntry, Counter, Limit, MAX_LIMITS};

use crate::host;
use crate::schema::{Named, narrowed};

/// Returns `policies` as they are for `agent`; those that speak of others are left out.
///
/// A limit has the number that it has in the `later` profile, or one of its own where that counts nothing alike.
pub(crate) fn policies<'a>(
    policies: impl Iterator<Item = &'a Policy>,
    agent: &AgentProfile,
    later: &AgentProfile,
) -> Result<Vec<Policy>, String> {
    let limits = renumbered(agent, later);
    let mut all = Vec::new();
    for policy in policies {
        let mut json = policy.to_json().map_err(|fault| fault.to_string())?;
        if !scope(&mut json, agent) {
            continue;
        }
        if let Some(conditions) = json.get_mut("conditions") {
            replace(conditions, agent);
            renumber(conditions, &limits);
        }
        let read = Policy::from_json(Some(policy.id().clone()), json);
        all.push(read.map_err(|fault| fault.to_string())?);
    }
    Ok(all)
}

/// Says which number each limit of `agent` has for `later`.
fn renumbered(agent: &AgentProfile, later: &AgentProfile) -> BTreeMap<String, String> {
    let counts = |limit: &Limit| {
        let currency = limit.amount.map(|amount| amount.currency);
        (limit.actions.clone(), limit.capability, limit.per, currency)
    };
    let name = |number: usize| Counter::Limit(number).to_string();
    let all = agent.limits.iter().enumerate().map(|(place, limit)| {
        let alike = |other: &Limit| counts(other) == counts(limit);
        let same = later.limits.get(place).filter(|other| alike(other)).map(|_| place);
        let found = same.or_else(|| later.limits.iter().position(alike));
        (name(place + 1), name(found.unwrap_or(place + MAX_LIMITS) + 1))
    });
    all.collect()
}

fn renumber(expression: &mut Value, limits: &BTreeMap<String, String>) {
    if let Some(attribute) = expression.pointer_mut("/./attr")
        && let Some(number) = attribute.as_str().and_then(|attribute| limits.get(attribute))
    {
        *attribute = number.as_str().into();
    }
    match expression {
        Value::Array(items) => items.iter_mut().for_each(|item| renumber(item, limits)),
        Value::Object(members) => members.values_mut().for_each(|member| renumber(member, limits)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Puts what the host makes sure of beside policies of an agent, as forbids, and what makes a request plain.
pub(crate) fn asked<'a>(
    policies: impl Iterator<Item = &'a Policy>,
    agent: &AgentProfile,
    entry: &CatalogueEntry,
    plain: Option<Vec<String>>,
) -> Result<PolicySet, String> {
    let mut all: Vec<Policy> = policies.cloned().collect();
    let mut holds = vec![format!("principal == Agent::\"{}\"", agent.id)];
    holds.extend(host::facts(entry));
    holds.extend(plain.into_iter().flatten());
    for (number, condition) in holds.iter().enumerate() {
        let text = format!("forbid(principal, action, resource) unless {{ {condition} }};");
        let id = CedarId::new(format!("host{number}"));
        all.push(Policy::parse(Some(id), text).map_err(|fault| fault.to_string())?);
    }
    PolicySet::from_policies(all).map_err(|fault| fault.to_string())
}

/// Answers a scope that names a team; `false` leaves the policy out, since it speaks of others.
fn scope(policy: &mut Value, agent: &AgentProfile) -> bool {
    let Some(principal) = policy.get_mut("principal") else { return true };
    let asked = principal.get("in").and_then(|within| within.get("entity"));
    let asked = asked.or_else(|| principal.get("entity"));
    match asked.and_then(team) {
        None => true,
        Some(team) if team == agent.owner.team.as_str() => {
            *principal = json!({ "op": "All" });
            true
        }
        Some(_) => false,
    }
}

fn replace(expression: &mut Value, agent: &AgentProfile) {
    if let Some(known) = known(expression, agent) {
        *expression = known;
        return;
    }
    match expression {
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, agent)),
        Value::Object(members) => members.values_mut().for_each(|member| replace(member, agent)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn known(expression: &Value, agent: &AgentProfile) -> Option<Value> {
    let is_principal =
        |side: &Value| side.get("left").is_some_and(|left| left["Var"] == "principal");
    if let Some(access) = expression.get(".").filter(|access| is_principal(access)) {
        return attribute(access.get("attr")?.as_str()?, agent);
    }
    let within = expression.get("in").filter(|within| is_principal(within))?.get("right")?;
    let teams: Vec<&Value> = match within.get("Set").and_then(Value::as_array) {
        Some(several) => several.iter().collect(),
        None => vec![within],
    };
    let teams: Vec<&str> =
        teams.into_iter().map(|one| team(one.get("Value")?)).collect::<Option<_>>()?;
    Some(json!({ "Value": teams.contains(&agent.owner.team.as_str()) }))
}

fn attribute(name: &str, agent: &AgentProfile) -> Option<Value> {
    let AgentProfile {
        id, name: named, risk_level, version, max_transaction_amount, owner, ..
    } = agent;
    let text = match name {
        "id" => id.as_str(),
        "name" => named,
        "risk_level" => risk_level.as_str(),
        "team" => owner.team.as_str(),
        "version" => version,
        "currency" => max_transaction_amount.currency.as_str(),
        "capabilities" => {
            let can = Capability::ALL.iter().filter(|capability| agent.can(**capability));
            let can: Vec<Value> = can.map(|one| json!({ "Value": one.as_str() })).collect();
            return Some(json!({ "Set": can }));
        }
        "max_transaction_amount" => {
            let limit = host::decimal(max_transaction_amount.amount);
            return Some(json!({ "decimal": [{ "Value": limit }] }));
        }
        _ => return None,
    };
    Some(json!({ "Value": text }))
}

/// Returns the id of a team in Cedar's JSON of an entity, bare or escaped.
fn team(entity: &Value) -> Option<&str> {
    let entity = entity.get("__entity").unwrap_or(entity);
    if entity.get("type")? == "Team" { entity.get("id")?.as_str() } else { None }
}

/// Puts two generated schemas together: the actions of both, and of those in both the new one; and the
/// counters that are `named`.
pub(crate) fn merged_schema(old: &str, new: &str, named: &Named) -> Result<Schema, String> {
    let (_, before) = blocks(old);
    let (head, after) = blocks(new);
    let mut actions: BTreeMap<&str, &str> = before.into_iter().collect();
    actions.extend(after);
    let actions: String = actions.values().map(|block| format!("\naction {block}")).collect();
    let head = narrowed(head, named);
    Schema::from_cedarschema_str(&format!("{head}{actions}"))
        .map(|(schema, _)| schema)
        .map_err(|fault| fault.to_string())
}

/// Cuts a generated schema into what precedes its actions and the actions, by name.
fn blocks<'a>(schema: &'a str) -> (&'a str, Vec<(&'a str, &'a str)>) {
    let mut parts = schema.split("\naction ");
    let head = parts.next().unwrap_or_default();
    let named = |block: &'a str| (block.split('"').nth(1).unwrap_or_default(), block);
    (head, parts.map(named).collect())
}
