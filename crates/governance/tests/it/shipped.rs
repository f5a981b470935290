//! What `init` and `new_agent` write.

use std::fs;

use syndic_governance::{Environment, InitError, NewAgentError, init, load, new_agent};
use syndic_model::{Capability, Effect, Mode, RiskLevel, Threshold};

use crate::fixture::{decide, decide_at, replace, shown};

#[test]
fn a_fresh_directory_has_no_findings_and_the_three_agents() {
    let dir = tempfile::tempdir().unwrap();
    let written = init(dir.path()).unwrap();
    assert!(written.contains(&dir.path().join(".gitignore")));
    let checked = load(dir.path());
    assert_eq!(shown(&checked), Vec::<String>::new());
    let governance = checked.governance.unwrap();
    assert_eq!(governance.settings.environment, Environment::Dev);
    assert_eq!(governance.settings.listen.to_string(), "127.0.0.1:7860");
    assert_eq!(governance.settings.data_dir, dir.path().join(".syndic"));
    use Capability::{FinancialTransaction, SendExternalMessage, WriteData};
    for (id, name, risk, capabilities, max, approval) in [
        ("knowledge-base", "Knowledge Base Q&A", RiskLevel::Low, vec![], "0 USD", false),
        (
            "customer-support",
            "Customer Support Agent",
            RiskLevel::Medium,
            vec![WriteData, SendExternalMessage],
            "0 USD",
            true,
        ),
        (
            "financial-advisor",
            "Financial Advisory Agent",
            RiskLevel::High,
            vec![WriteData, SendExternalMessage, FinancialTransaction],
            "1000 USD",
            true,
        ),
    ] {
        let agent = &governance.agents[id];
        assert_eq!(
            (agent.name.as_str(), agent.risk_level, agent.mode),
            (name, risk, Mode::Enforce)
        );
        assert_eq!(agent.capabilities.iter().copied().collect::<Vec<_>>(), capabilities, "{id}");
        assert_eq!(agent.max_transaction_amount.to_string(), max, "{id}");
        assert_eq!(agent.requires_human_approval, approval, "{id}");
        assert_eq!(agent.approval_threshold != Threshold::Never, approval, "{id}");
    }
    assert_eq!(governance.catalogue.len(), 7);
}

#[test]
fn the_shipped_agents_do_what_their_table_says() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let governance = load(dir.path()).governance.unwrap();
    let message = r#"{"recipient": "a@example.org", "message": "your order is on its way"}"#;
    let move_money = |amount: u32| format!(r#"{{"amount": {amount}, "recipient": "bank"}}"#);
    let refund = |amount: u32| format!(r#"{{"amount": {amount}, "order_id": "o-1"}}"#);
    let contract = r#"{"recipient": "a@example.org", "document": "terms"}"#;
    let code = r#"{"language": "sh", "source": "true"}"#;
    for (agent, action, args, detected, expected) in [
        ("knowledge-base", "search_knowledge_base", r#"{"query": "q"}"#, &[][..], Effect::Allow),
        ("knowledge-base", "send_external_message", message, &[], Effect::Deny),
        ("customer-support", "send_external_message", message, &[], Effect::Allow),
        ("customer-support", "send_external_message", message, &["US_SSN"], Effect::Deny),
        ("customer-support", "send_external_message", message, &["EMAIL_ADDRESS"], Effect::Deny),
        ("customer-support", "update_ticket", r#"{"ticket_id": "t-1"}"#, &[], Effect::Allow),
        ("customer-support", "issue_refund", &refund(100), &[], Effect::Allow),
        ("customer-support", "issue_refund", &refund(150), &[], Effect::Hold),
        ("customer-support", "execute_transaction", &move_money(1), &[], Effect::Deny),
        ("customer-support", "send_contract", contract, &[], Effect::Deny),
        ("financial-advisor", "execute_transaction", &move_money(500), &[], Effect::Hold),
        ("financial-advisor", "execute_transaction", &move_money(5000), &[], Effect::Deny),
        ("financial-advisor", "send_contract", contract, &[], Effect::Allow),
        ("financial-advisor", "send_contract", contract, &["IBAN_CODE"], Effect::Deny),
        ("financial-advisor", "run_code", code, &[], Effect::Deny),
    ] {
        let effect = decide(&governance, agent, action, args, detected);
        assert_eq!(effect, expected, "{agent} {action} {args} {detected:?}");
    }
}

#[test]
fn nothing_is_written_over_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("syndic.yaml"), "mine").unwrap();
    assert!(
        matches!(init(dir.path()), Err(InitError::Exists { path }) if path.ends_with("syndic.yaml"))
    );
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
}

#[test]
fn a_drafted_agent_has_no_findings_and_observes() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let path = new_agent(dir.path(), &"a.b:c_D-9".parse().unwrap()).unwrap();
    assert!(path.ends_with("agents/a.b:c_D-9.yaml"));
    let checked = load(dir.path());
    assert_eq!(shown(&checked), Vec::<String>::new());
    let governance = checked.governance.unwrap();
    let agent = &governance.agents["a.b:c_D-9"];
    assert_eq!((agent.mode, agent.risk_level), (Mode::Observe, RiskLevel::Low));
    let again = new_agent(dir.path(), &agent.id);
    assert!(matches!(again, Err(NewAgentError::Exists { .. })));
}

#[test]
fn the_revision_changes_with_any_file_and_with_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let revision = || load(dir.path()).governance.unwrap().revision;
    let first = revision();
    assert_eq!(first.len(), 12);
    fs::write(dir.path().join("notes.txt"), "not governance").unwrap();
    assert_eq!(revision(), first);
    let policy = dir.path().join("policies/org/baseline.cedar");
    let text = fs::read_to_string(&policy).unwrap();
    fs::write(policy, format!("{text}\n")).unwrap();
    assert_ne!(revision(), first);
}

#[test]
fn the_advisor_moves_money_and_sends_contracts_in_business_hours_only() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let governance = load(dir.path()).governance.unwrap();
    let contract = r#"{"recipient": "a@example.org", "document": "terms"}"#;
    let message = r#"{"recipient": "a@example.org", "message": "hello"}"#;
    let transaction = r#"{"amount": 500, "recipient": "bank"}"#;
    for (now, contracts, transactions) in [
        ("2026-11-23T08:59:59.999Z", Effect::Deny, Effect::Deny),
        ("2026-11-23T09:00:00Z", Effect::Allow, Effect::Hold),
        ("2026-11-23T16:59:59.999Z", Effect::Allow, Effect::Hold),
        ("2026-11-23T17:00:00Z", Effect::Deny, Effect::Deny),
        ("2026-11-22T09:00:00Z", Effect::Allow, Effect::Hold),
        ("2026-07-01T08:59:59Z", Effect::Deny, Effect::Deny),
        ("2026-07-01T16:59:59Z", Effect::Allow, Effect::Hold),
    ] {
        for (action, args, expected) in [
            ("send_contract", contract, contracts),
            ("execute_transaction", transaction, transactions),
            ("send_external_message", message, Effect::Allow),
        ] {
            let effect = decide_at(&governance, now, "financial-advisor", action, args, &[]);
            assert_eq!(effect, expected, "{action} at {now}");
        }
    }
}

#[test]
fn business_hours_elsewhere_follow_the_change_of_clocks() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let calendar = "calendars/business-hours.yaml";
    replace(dir.path(), calendar, "time_zone: UTC", "time_zone: Europe/Zurich");
    replace(dir.path(), calendar, "holidays: []", "holidays: [2026-12-25]");
    let governance = load(dir.path()).governance.unwrap();
    let contract = r#"{"recipient": "a@example.org", "document": "terms"}"#;
    for (now, expected) in [
        ("2026-03-28T07:59:59Z", Effect::Deny),
        ("2026-03-28T08:00:00Z", Effect::Allow),
        ("2026-03-29T07:00:00Z", Effect::Allow),
        ("2026-03-29T15:00:00Z", Effect::Deny),
        ("2026-10-25T07:30:00Z", Effect::Deny),
        ("2026-10-25T15:59:59Z", Effect::Allow),
        ("2026-12-25T12:00:00Z", Effect::Deny),
    ] {
        let found =
            decide_at(&governance, now, "financial-advisor", "send_contract", contract, &[]);
        assert_eq!(found, expected, "{now}");
    }
}

#[test]
fn the_words_that_policies_are_warned_about_are_those_there_are() {
    for word in syndic_policy::ENVIRONMENTS {
        assert_eq!(word.parse::<Environment>().unwrap().as_str(), word);
    }
}
