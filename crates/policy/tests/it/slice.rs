//! Slicing changes nothing about an answer.

use std::collections::BTreeSet;
use std::str::FromStr as _;

use cedar_policy::{
    Authorizer, Context, Entities, EntityUid, Policy, PolicyId, PolicySet, Request, Schema,
};
use syndic_model::CheckResult;
use syndic_policy::Engine;

use crate::world::{World, call, evaluate, forbid};

const ARGS: &[(&str, &str)] = &[
    ("search_knowledge_base", r#"{"query": "q"}"#),
    ("issue_refund", r#"{"order_id": "o", "amount": 150}"#),
    ("execute_transaction", r#"{"amount": 5000, "recipient": "r"}"#),
    ("send_external_message", r#"{"recipient": "r", "message": "m"}"#),
    ("run_code", r#"{"language": "sh", "source": "id"}"#),
];

fn world() -> World {
    let mut world = World::shipped();
    world
        .forbid("by-type", "", "(principal is Agent, action in Action::\"write_data\", resource)")
        .forbid("by-team", "", "(principal in Team::\"finance\", action, resource)")
        .forbid("by-both", "", "(principal is Agent in Team::\"support\", action in [Action::\"issue_refund\", Action::\"execute_code\"], resource)")
        .forbid("by-agent", "", "(principal in Agent::\"knowledge-base\", action == Action::\"run_code\", resource)")
        .forbid("by-tool", "", "(principal, action, resource == Tool::\"shell\")")
        .forbid("by-level", "@applies_to(\"high, knowledge-base\")", "(principal, action, resource)")
        .team("support", &forbid("of-team", "", "(principal, action in Action::\"financial_transaction\", resource) unless { context.facts.amount.lessThan(decimal(\"1.0\")) }"));
    world
}

/// The whole set, asked through Cedar alone: texts, schema and JSON, with none of the engine's shortcuts.
fn determining(
    engine: &Engine,
    world: &World,
    agent: &str,
    action: &str,
    args: &str,
) -> BTreeSet<String> {
    let (schema, _) = Schema::from_cedarschema_str(engine.schema_text()).unwrap();
    let shown = engine.show();
    let numbered = shown.iter().enumerate().filter(|(_, policy)| policy.effect == "forbid");
    let set = PolicySet::from_policies(numbered.map(|(i, policy)| {
        Policy::parse(Some(PolicyId::new(i.to_string())), &policy.text).unwrap()
    }))
    .unwrap();
    let entities: Vec<_> = world.agents.values().flat_map(|profile| {
        let capabilities: Vec<_> = profile.capabilities.iter().map(|capability| capability.as_str()).collect();
        let limit = format!("{}.0", profile.max_transaction_amount.amount);
        let team = serde_json::json!({"type": "Team", "id": profile.owner.team.as_str()});
        [
            serde_json::json!({"uid": {"type": "Agent", "id": profile.id.as_str()}, "parents": [team], "attrs": {
                "id": profile.id.as_str(), "name": profile.name, "risk_level": profile.risk_level.as_str(), "team": profile.owner.team.as_str(),
                "version": profile.version, "capabilities": capabilities, "max_transaction_amount": limit, "currency": "USD",
            }}),
            serde_json::json!({"uid": team, "parents": [], "attrs": {}}),
        ]
    }).collect();
    let mut unique = BTreeSet::new();
    let entities: Vec<_> =
        entities.into_iter().filter(|entity| unique.insert(entity["uid"].to_string())).collect();
    let entities =
        Entities::from_json_value(serde_json::Value::Array(entities), Some(&schema)).unwrap();
    let args: serde_json::Value = serde_json::from_str(args).unwrap();
    let mut input = args.clone();
    let mut facts = serde_json::Map::new();
    if let Some(amount) = args.get("amount") {
        input["amount"] = format!("{amount}.0").into();
        facts.extend([
            ("amount".to_owned(), format!("{amount}.0").into()),
            ("currency".to_owned(), "USD".into()),
        ]);
    }
    if let Some(message) = args.get("message") {
        facts.extend([
            ("recipients".to_owned(), serde_json::json!([args["recipient"]])),
            ("recipient_count".to_owned(), 1.into()),
            ("recipient_domains".to_owned(), serde_json::json!(["x.test"])),
            ("content".to_owned(), message.clone()),
        ]);
    }
    let used = serde_json::json!({"calls": 1, "denials": 0, "amount": "0.0", "recipients": 0, "affected_people": 0, "tokens": 0});
    let windows = serde_json::json!({"minute": used, "hour": used, "day": used});
    let call = serde_json::json!({"now": "2026-03-02T12:00:00.000Z", "local": {"weekday": 1, "minutes": 720}, "open": [], "environment": "prod", "suspended": false, "pii": [], "secrets": [], "obfuscated": false, "detected": [], "anomaly": 0, "grade": "in-path",
        "session": {"labels": [], "known_recipients": []}, "known_recipients": [], "delegation": {"depth": 0, "agents": []},
        "usage": {"agent": windows, "action": windows, "session": windows, "user": windows}});
    let context = serde_json::json!({"input": input, "facts": facts, "call": call});
    let action = EntityUid::from_str(&format!("Action::\"{action}\"")).unwrap();
    let context = Context::from_json_value(context, Some((&schema, &action))).unwrap();
    let principal = EntityUid::from_str(&format!("Agent::\"{agent}\"")).unwrap();
    let request = Request::new(
        principal,
        action,
        EntityUid::from_str("Tool::\"\"").unwrap(),
        context,
        Some(&schema),
    )
    .unwrap();
    let response = Authorizer::new().is_authorized(&request, &set, &entities);
    assert_eq!(response.diagnostics().errors().count(), 0);
    response
        .diagnostics()
        .reason()
        .map(|id| shown[id.to_string().parse::<usize>().unwrap()].id.to_string())
        .collect()
}

#[test]
fn a_slice_answers_like_the_whole_set() {
    let world = world();
    let engine = world.engine();
    let mut seen = BTreeSet::new();
    for agent in world.agents.keys() {
        for (action, args) in ARGS {
            let found = evaluate(&engine, agent.as_str(), action, args, &call()).unwrap();
            let told: BTreeSet<String> = found
                .violations()
                .filter(|check| check.result != CheckResult::Passed)
                .map(|check| check.policy.to_string())
                .collect();
            assert_eq!(
                told,
                determining(&engine, &world, agent.as_str(), action, args),
                "{agent} {action}"
            );
            seen.extend(told);
        }
    }
    let shown: BTreeSet<String> =
        engine.show().iter().map(|policy| policy.id.to_string()).collect();
    let silent: Vec<_> = shown.difference(&seen).map(String::as_str).collect();
    assert_eq!(
        silent,
        ["agent-suspended", "base", "by-tool"],
        "every other policy speaks at least once"
    );
}
