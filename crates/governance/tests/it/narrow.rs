//! Narrower policies from what was approved again and again.

use serde_json::json;
use syndic_governance::{ApprovedAction, ApprovedKind, NotNarrowed, load, narrower, read_cases};

use crate::fixture::{load_changed, write};

fn approved(amount: &str, recipients: &[&str]) -> ApprovedAction {
    ApprovedAction {
        args: json!({"amount": 150, "to": recipients}),
        amount: Some(amount.parse().unwrap()),
        currency: Some("USD".parse().unwrap()),
        recipients: Some(recipients.iter().map(|one| (*one).to_owned()).collect()),
    }
}

const HOLDS: &str = "\
@id(\"outside\") @description(\"a; b\") @severity(\"low\") @reason(\"r\") @approval(\"desk-leads\")
forbid (principal, action, resource) // not; here
when { action in Action::\"financial_transaction\" };
";

fn draft(
    policies: &[&str],
    all: &[ApprovedAction],
) -> Result<(Vec<(String, String)>, usize), NotNarrowed> {
    let (dir, checked) = load_changed(|dir| write(dir, "policies/org/outside.cedar", HOLDS));
    let governance = checked.governance.unwrap();
    let (agent, action) = ("clerk".parse().unwrap(), "pay".parse().unwrap());
    let policies: Vec<_> = policies.iter().map(|one| (*one).to_owned()).collect();
    let kind = ApprovedKind { agent: &agent, action: &action, policies: &policies, approved: all };
    let draft = narrower(&governance, &kind)?;
    for (path, text) in &draft.files {
        write(dir.path(), path, text);
    }
    let written = load(dir.path()).governance.unwrap();
    let cases = read_cases(dir.path(), &written);
    assert!(cases.findings.is_empty(), "{:#?}", cases.findings);
    Ok((draft.changes, cases.cases.len()))
}

#[test]
fn a_threshold_is_raised_to_what_was_approved_and_no_further() {
    let seen = [approved("120", &["a@b.org"]), approved("150.5", &["a@b.org"])];
    let (changes, tests) = draft(&["approval-threshold"], &seen).unwrap();
    let change = "-    amount_over: 100 USD\n+    amount_over: 150.5 USD\n";
    assert_eq!(changes, [("agents/clerk.yaml".to_owned(), change.to_owned())]);
    assert_eq!(tests, 1);
}

#[test]
fn a_policy_excepts_this_agent_and_action_within_what_was_approved() {
    let seen = [approved("120", &["a@b.org"]), approved("150", &["c@d.org"])];
    let (changes, _) = draft(&["outside"], &seen).unwrap();
    insta::assert_snapshot!(changes[0].1, @r#"
     when { action in Action::"financial_transaction" }
    +unless {
    +  principal == Agent::"clerk" &&
    +  action == Action::"pay" &&
    +  context.facts.currency == "USD" &&
    +  context.facts.amount.lessThanOrEqual(decimal("150.0")) &&
    +  ["b.org", "d.org"].containsAll(context.facts.recipient_domains)
    +}
    "#);
    let (changes, _) = draft(&["approval-threshold", "outside"], &seen).unwrap();
    assert_eq!(changes.len(), 2);
}

#[test]
fn what_cannot_be_told_apart_is_not_narrowed() {
    let seen = [approved("150", &["a@b.org"])];
    assert_eq!(draft(&["gone"], &seen).unwrap_err(), NotNarrowed::NoFile("gone".to_owned()));
    let bare = ApprovedAction { amount: None, recipients: None, ..approved("1", &[]) };
    let wrong = draft(&["outside"], std::slice::from_ref(&bare)).unwrap_err();
    assert_eq!(wrong, NotNarrowed::NothingCommon("outside".to_owned()));
    let wrong = draft(&["approval-threshold"], &[bare]).unwrap_err();
    assert_eq!(wrong, NotNarrowed::NoAmount("clerk".parse().unwrap()));
}
