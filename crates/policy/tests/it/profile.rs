//! What profiles compile to.

use syndic_model::{
    Allowed, Capability, Counter, Fact, Limit, Period, Threshold, ThresholdRule, ToolName,
};
use syndic_policy::{Call, Used};

use crate::world::{World, at, call, constant, decide, evaluate};

#[test]
fn the_shipped_agents_do_what_their_profiles_say() {
    let engine = World::shipped().engine();
    let search = r#"{"query": "q"}"#;
    for (agent, action, args, expected) in [
        ("knowledge-base", "search_knowledge_base", search, "allow"),
        (
            "knowledge-base",
            "run_code",
            r#"{"language": "sh", "source": "id"}"#,
            "deny; tool-access: knowledge-base does not declare the action run_code; capability: knowledge-base \
             does not declare the capability execute_code, which run_code needs",
        ),
        ("customer-support", "search_knowledge_base", search, "allow"),
        ("customer-support", "issue_refund", r#"{"order_id": "o", "amount": 100}"#, "allow"),
        (
            "customer-support",
            "issue_refund",
            r#"{"order_id": "o", "amount": 150.50}"#,
            "hold; approval-threshold: 150.5 USD needs approval, as all over 100 USD does; ask support-lead",
        ),
        (
            "customer-support",
            "issue_refund",
            r#"{"order_id": "o", "amount": 100.0001}"#,
            "hold; approval-threshold: 100.0001 USD needs approval, as all over 100 USD does; ask support-lead",
        ),
        (
            "customer-support",
            "execute_transaction",
            r#"{"amount": 1, "recipient": "r"}"#,
            "deny; tool-access: customer-support does not declare the action execute_transaction; capability: \
             customer-support does not declare the capability financial_transaction, which execute_transaction needs",
        ),
        ("financial-advisor", "search_knowledge_base", search, "allow"),
        (
            "financial-advisor",
            "execute_transaction",
            r#"{"amount": 1000, "recipient": "r"}"#,
            "hold; approval-threshold: every action of financial-advisor that does more than read needs approval; \
             ask finance-lead",
        ),
        (
            "financial-advisor",
            "execute_transaction",
            r#"{"amount": 5000, "recipient": "r"}"#,
            "deny; transaction-limit: 5000 USD is over the limit of 1000 USD; approval-threshold: every action of \
             financial-advisor that does more than read needs approval",
        ),
    ] {
        assert_eq!(
            decide(&engine, agent, action, args, &call()),
            expected,
            "{agent} {action} {args}"
        );
    }
}

#[test]
fn a_suspended_agent_does_nothing() {
    let engine = World::shipped().engine();
    let suspended = Call { suspended: true, ..call() };
    let told =
        decide(&engine, "knowledge-base", "search_knowledge_base", r#"{"query": "q"}"#, &suspended);
    assert_eq!(told, "deny; agent-suspended: knowledge-base is suspended");
}

#[test]
fn unknown_agents_and_actions_are_denied() {
    let world = World::shipped();
    let search = r#"{"query": "q"}"#;
    let told = world.decide("nobody", "search_knowledge_base", search);
    assert_eq!(told, "deny; tool-access: no agent `nobody` in the registry");
    let told = world.decide("knowledge-base", "launch", search);
    assert_eq!(told, "refused: tool-access: no action `launch` in the catalogue");
    let other = World::shipped().engine();
    let args = serde_json::value::RawValue::from_string(search.to_owned()).unwrap();
    let args = syndic_model::Arguments::parse(&args).unwrap();
    let examined = other.examine(&"search_knowledge_base".parse().unwrap(), &args).unwrap();
    let found =
        world.engine().evaluate(&"knowledge-base".parse().unwrap(), &examined, None, &call());
    assert_eq!(found.effect, syndic_model::Effect::Deny);
}

#[test]
fn another_currency_is_over_every_limit() {
    let mut world = World::shipped();
    for action in ["issue_refund", "execute_transaction"] {
        world.entry(action).facts.insert(Fact::Currency, constant("EUR".into()));
    }
    let refund =
        world.decide("customer-support", "issue_refund", r#"{"order_id": "o", "amount": 1}"#);
    assert_eq!(
        refund,
        "hold; approval-threshold: 1 EUR needs approval, as all over 100 USD does; ask support-lead"
    );
    let payment = world.decide(
        "financial-advisor",
        "execute_transaction",
        r#"{"amount": 1, "recipient": "r"}"#,
    );
    assert!(
        payment.starts_with(
            "deny; transaction-limit: 1 EUR is not in the currency of the limit of 1000 USD"
        ),
        "{payment}"
    );
}

#[test]
fn a_listed_capability_allows_what_needs_no_other() {
    let mut world = World::shipped();
    world.agent("customer-support").actions =
        vec![Allowed::Capability(Capability::SendExternalMessage)];
    world.agent("customer-support").approval_threshold = Threshold::Never;
    let engine = world.engine();
    for (action, args, allowed) in [
        ("search_knowledge_base", r#"{"query": "q"}"#, true),
        ("send_external_message", r#"{"recipient": "r", "message": "m"}"#, true),
        ("send_contract", r#"{"recipient": "r", "document": "d"}"#, false),
        ("update_ticket", r#"{"ticket_id": "t"}"#, false),
    ] {
        let told = decide(&engine, "customer-support", action, args, &call());
        assert_eq!(told == "allow", allowed, "{action}: {told}");
    }
}

#[test]
fn a_call_runs_through_a_declared_tool() {
    let mut world = World::shipped();
    let check = |world: &World, tool: Option<&str>| {
        let engine = world.engine();
        let args =
            serde_json::value::RawValue::from_string(r#"{"query": "q"}"#.to_owned()).unwrap();
        let args = syndic_model::Arguments::parse(&args).unwrap();
        let examined = engine.examine(&"search_knowledge_base".parse().unwrap(), &args).unwrap();
        let tool: Option<ToolName> = tool.map(|tool| tool.parse().unwrap());
        engine
            .evaluate(&"knowledge-base".parse().unwrap(), &examined, tool.as_ref(), &call())
            .effect
            .as_str()
    };
    for (tools, tool, expected) in [
        (&[][..], None, "allow"),
        (&[], Some("any"), "allow"),
        (&["kb"], None, "allow"),
        (&["kb"], Some("kb"), "allow"),
        (&["kb"], Some("shell"), "deny"),
        (&["kb", "kb2"], Some("kb2"), "allow"),
        (&["kb", "kb2"], None, "deny"),
    ] {
        world.entry("search_knowledge_base").tools =
            tools.iter().map(|tool| tool.parse().unwrap()).collect();
        assert_eq!(check(&world, tool), expected, "{tools:?} {tool:?}");
    }
}

#[test]
fn a_threshold_counts_people_and_recipients() {
    let mut world = World::shipped();
    let rule = |affected_over, recipients_over| ThresholdRule {
        affected_over,
        recipients_over,
        ..ThresholdRule::default()
    };
    world.entry("update_ticket").facts.insert(Fact::AffectedPeople, constant(101.into()));
    world.agent("customer-support").approval_threshold =
        Threshold::Rules(vec![rule(Some(100), Some(0))]);
    let told = world.decide("customer-support", "update_ticket", r#"{"ticket_id": "t"}"#);
    assert_eq!(
        told,
        "hold; approval-threshold: 101 affected people need approval, as all over 100 do; ask support-lead"
    );
    let told = world.decide(
        "customer-support",
        "send_external_message",
        r#"{"recipient": "r", "message": "m"}"#,
    );
    assert_eq!(
        told,
        "hold; approval-threshold: more than 0 recipients need approval; ask support-lead"
    );
}

#[test]
fn an_action_named_like_a_capability_is_not_its_whole_group() {
    let mut world = World::shipped();
    let actions = ["send_external_message", "update_ticket"].map(|action| action.parse().unwrap());
    let rule = ThresholdRule { actions: actions.to_vec(), ..ThresholdRule::default() };
    world.agent("customer-support").approval_threshold = Threshold::Rules(vec![rule]);
    world.agent("customer-support").actions.push(Allowed::Action("send_contract".parse().unwrap()));
    let engine = world.engine();
    for (action, args, effect) in [
        ("send_external_message", r#"{"recipient": "r", "message": "m"}"#, "hold"),
        ("update_ticket", r#"{"ticket_id": "t"}"#, "hold"),
        ("send_contract", r#"{"recipient": "r", "document": "d"}"#, "allow"),
    ] {
        let found = evaluate(&engine, "customer-support", action, args, &call()).unwrap();
        assert_eq!(found.effect.as_str(), effect, "{action}");
    }
}

#[test]
fn a_profile_that_cannot_be_meant_is_an_error() {
    let rule = |change: &dyn Fn(&mut ThresholdRule)| {
        let mut rule = ThresholdRule::default();
        change(&mut rule);
        Threshold::Rules(vec![rule])
    };
    let usd = || Some("1 USD".parse().unwrap());
    let name = "rule 1 of `approval_threshold` of `customer-support`";
    let cases: [(Threshold, String); 6] = [
        (rule(&|_| {}), format!("empty-threshold]: {name} has neither scope nor bound (write `approval_threshold: always` to ask every time)")),
        (
            rule(&|r| r.actions = vec!["issue_refnd".parse().unwrap()]),
            "unknown-action]: `approval_threshold` of `customer-support` names `issue_refnd`, which is not in the catalogue (did you mean `issue_refund`?)".to_owned(),
        ),
        (
            rule(&|r| (r.actions, r.amount_over) = (vec!["update_ticket".parse().unwrap()], usd())),
            format!("threshold-fact]: {name} is bound by `amount_over`, but `update_ticket` need not have `amount` and `currency` (declare the fact in the catalogue, with a `default` where it can be missing)"),
        ),
        (
            rule(&|r| r.recipients_over = Some(1)),
            format!("threshold-fact]: {name} is bound by `recipients_over`, but `send_contract` need not have `recipients` (declare the fact in the catalogue, with a `default` where it can be missing)"),
        ),
        (rule(&|r| r.affected_over = Some(1)), format!("threshold-fact]: {name} is bound by `affected_over`, which no action in its scope has (declare the fact in the catalogue, with a `default` where it can be missing)")),
        (
            rule(&|r| (r.actions, r.capability) = (vec!["update_ticket".parse().unwrap()], Some(Capability::ExecuteCode))),
            format!("empty-threshold]: {name} speaks of no action of the catalogue"),
        ),
    ];
    for (threshold, expected) in cases {
        let mut world = World::shipped();
        world.entry("send_contract").facts.get_mut(&Fact::Recipients).unwrap().optional = true;
        world.agent("customer-support").approval_threshold = threshold;
        let findings = world.findings();
        assert!(
            findings.contains(&format!("agents/customer-support.yaml: error[{expected}")),
            "{expected}\n{findings:#?}"
        );
    }
    let mut world = World::shipped();
    world.agent("customer-support").approvers = None;
    world.agent("knowledge-base").actions.push(Allowed::Action("serch".parse().unwrap()));
    assert_eq!(
        world.findings(),
        [
            "agents/customer-support.yaml: error[no-approvers]: `customer-support` requires human approval and names no `approvers` (name the group that is asked, like `approvers: finance`)",
            "agents/knowledge-base.yaml: error[unknown-action]: `actions` of `knowledge-base` names `serch`, which is not in the catalogue (did you mean `search_knowledge_base`?)",
        ]
    );
}

#[test]
fn every_compiled_policy_is_shown_as_cedar() {
    let shown = World::shipped().engine().show();
    let lines: Vec<String> = shown
        .iter()
        .map(|policy| {
            format!("{} | {} | {} {}", policy.id, policy.origin, policy.effect, policy.scope)
        })
        .collect();
    let expected = [
        "agent-suspended | every profile | forbid principal, action, resource",
        "capability | every profile | forbid principal, action in Action::\"write_data\", resource",
        "capability | every profile | forbid principal, action in Action::\"send_external_message\", resource",
        "capability | every profile | forbid principal, action in Action::\"execute_code\", resource",
        "capability | every profile | forbid principal, action in Action::\"financial_transaction\", resource",
        "transaction-limit | every profile | forbid principal, action in Action::\"financial_transaction\", resource",
        "transaction-limit | every profile | forbid principal, action in Action::\"financial_transaction\", resource",
        "tool-access | profile of customer-support | forbid principal == Agent::\"customer-support\", action, resource",
        "approval-threshold | profile of customer-support | forbid principal == Agent::\"customer-support\", action == Action::\"issue_refund\", resource",
        "tool-access | profile of financial-advisor | forbid principal == Agent::\"financial-advisor\", action, resource",
        "approval-threshold | profile of financial-advisor | forbid principal == Agent::\"financial-advisor\", action in [Action::\"write_data\", Action::\"send_external_message\", Action::\"execute_code\", Action::\"financial_transaction\"], resource",
        "tool-access | profile of knowledge-base | forbid principal == Agent::\"knowledge-base\", action, resource",
        "base | policies/org/0.cedar:1:1 | permit principal, action, resource",
    ];
    assert_eq!(lines, expected);
    let threshold = shown.iter().find(|policy| policy.id.as_str() == "approval-threshold").unwrap();
    assert_eq!(
        threshold.text,
        "@id(\"approval-threshold\")\n@description(\"A human is asked above the profile's approval_threshold.\")\n@severity(\"medium\")\n@reason(\"{facts.amount} {facts.currency} needs approval, as all over 100 USD does\")\n@approval(\"support-lead\")\nforbid(principal == Agent::\"customer-support\", action == Action::\"issue_refund\", resource)\nwhen { context.facts.amount.greaterThan(decimal(\"100.0000\")) || context.facts.currency != \"USD\" };"
    );
}

#[test]
fn passed_checks_are_told_once_each() {
    let engine = World::shipped().engine();
    let found = evaluate(
        &engine,
        "customer-support",
        "issue_refund",
        r#"{"order_id": "o", "amount": 1}"#,
        &call(),
    )
    .unwrap();
    let told: Vec<_> =
        found.checks.iter().map(|check| (check.policy.as_str(), check.result.as_str())).collect();
    let passed = ["agent-suspended", "tool-access", "capability", "approval-threshold", "base"];
    assert_eq!(told, passed.map(|policy| (policy, "passed")));
}

#[test]
fn money_without_an_amount_is_an_error() {
    let mut world = World::shipped();
    world.entry("execute_transaction").facts.remove(&Fact::Currency);
    let amount = at("/amount");
    world.entry("execute_transaction").facts.insert(Fact::Amount, amount);
    assert_eq!(
        world.findings(),
        [
            "actions: error[money-without-amount]: `execute_transaction` moves money and must declare the facts `amount` and `currency` (give both under `facts`, as in `amount: /amount` and `currency: { const: USD }`; neither may be `optional`)"
        ]
    );
}

#[test]
fn limits_compile_to_a_bound_on_what_is_counted() {
    let mut world = World::shipped();
    let limit = Limit {
        actions: Vec::new(),
        capability: None,
        per: Period::Minute,
        calls: None,
        amount: None,
        recipients: None,
        tokens: None,
    };
    let support = world.agent("customer-support");
    support.limits = vec![
        Limit { calls: Some(60), tokens: Some(900), ..limit.clone() },
        Limit {
            actions: vec!["issue_refund".parse().unwrap()],
            per: Period::Day,
            amount: Some("250.5 USD".parse().unwrap()),
            ..limit.clone()
        },
        Limit { per: Period::Session, recipients: Some(2), ..limit },
    ];
    let engine = world.engine();
    let refund = r#"{"order_id": "o", "amount": 50}"#;
    let write = r#"{"recipient": "a@b.test", "message": "m"}"#;
    let plain = Used { calls: 1, ..Used::default() };
    for (action, args, first, second, third, expected) in [
        ("issue_refund", refund, plain, plain, plain, "allow"),
        ("issue_refund", refund, Used { calls: 60, tokens: 899, ..plain }, plain, plain, "allow"),
        (
            "issue_refund",
            refund,
            Used { calls: 61, ..plain },
            plain,
            plain,
            "deny; rate-limit: call 61 within a minute is over the limit of 60",
        ),
        (
            "issue_refund",
            refund,
            Used { tokens: 900, ..plain },
            plain,
            plain,
            "deny; spend-limit: 900 tokens within a minute reach the limit of 900",
        ),
        (
            "issue_refund",
            refund,
            plain,
            Used { amount: "250.5001".parse().unwrap(), ..plain },
            plain,
            "deny; spend-limit: with 50 USD the sum within a day is 250.5001 USD, over the limit of 250.5 USD",
        ),
        (
            "send_external_message",
            write,
            plain,
            Used::OVER,
            Used { recipients: 2, ..plain },
            "allow",
        ),
        (
            "send_external_message",
            write,
            plain,
            plain,
            Used { recipients: 3, ..plain },
            "deny; rate-limit: 3 recipients in this session are over the limit of 2",
        ),
    ] {
        let usage = (1..).map(Counter::Limit).zip([first, second, third]).collect();
        let found =
            decide(&engine, "customer-support", action, args, &Call { usage: &usage, ..call() });
        assert_eq!(found, expected, "{action}");
    }
    let uncounted = decide(&engine, "customer-support", "issue_refund", refund, &call());
    assert!(uncounted.contains("; rate-limit: "), "{uncounted}");
    let agent = "customer-support".parse().unwrap();
    let read = |action: &str| {
        let counters = engine.counters(&agent, &action.parse().unwrap());
        counters.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(read("issue_refund"), "limit_1 limit_2");
    assert_eq!(read("send_external_message"), "limit_1 limit_3");
}

#[test]
fn a_limit_that_cannot_be_counted_is_refused() {
    for (action, amount, recipients, expected) in [
        ("search_knowledge_base", Some("5 USD"), None, "bounds `amount`"),
        ("issue_refund", None, Some(5), "bounds `recipients`"),
        ("issue_refunds", Some("5 USD"), None, "did you mean `issue_refund`?"),
    ] {
        let mut world = World::shipped();
        let support = world.agent("customer-support");
        support.limits = vec![Limit {
            actions: vec![action.parse().unwrap()],
            capability: None,
            per: Period::Day,
            calls: None,
            amount: amount.map(|amount| amount.parse().unwrap()),
            recipients,
            tokens: None,
        }];
        let faults = world.findings();
        assert!(faults.iter().any(|fault| fault.contains(expected)), "{faults:?}");
    }
}
