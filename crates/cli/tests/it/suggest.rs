//! `syndic approvals stats` and `suggest`, after people agreed again and again.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;

use serde_json::{Value, json};
use syndic_api::SubmitAction;
use syndic_client::Client;

use crate::serve::agent_key;
use crate::syndic::Place;

#[tokio::test]
async fn what_was_approved_again_and_again_is_drafted_as_a_narrower_threshold() {
    let place = Place::governed();
    let serving = place.serve();
    let client = Client::tcp(&serving.url, Some(agent_key(&place))).unwrap();
    let lead = ["keys", "create", "--role", "approver", "--approver", "support-lead-1"];
    let lead = place.admin(&lead)["key"].as_str().unwrap().to_owned();
    std::fs::write(place.path("lead.key"), lead).unwrap();
    std::fs::set_permissions(place.path("lead.key"), Permissions::from_mode(0o600)).unwrap();
    for amount in [120, 150, 130] {
        let args = json!({"order_id": "A-1", "amount": amount});
        let refund = json!({"agent": "customer-support", "action": "issue_refund", "args": args});
        let refund: SubmitAction = serde_json::from_str(&refund.to_string()).unwrap();
        let id = client.submit(&refund).await.unwrap().approval.unwrap().id;
        let vote = ["approvals", "approve", &id, "--yes", "--key-file", "../lead.key"];
        assert_eq!(place.run(&vote).code, Some(0));
    }

    let stats = place.admin(&["approvals", "stats"]);
    let group = &stats["groups"][0];
    assert_eq!(group["group"], "support-lead", "{stats}");
    assert_eq!((&group["requests"], &group["approved"]), (&json!(3), &json!(3)), "{stats}");
    let told = place.run(&["approvals", "stats", "--key-file", "../admin.key"]);
    assert!(told.stdout.starts_with("3 of 3 actions were held, 100 of 100"), "{}", told.stdout);

    let suggest = |more: &[&str]| {
        place.run(&[&["approvals", "suggest", "--key-file", "../admin.key"], more].concat())
    };
    let early = suggest(&[]);
    assert_eq!(early.stderr, "nothing was approved 50 times in a row\n", "{}", early.stdout);
    let profile = place.dir().join("agents/customer-support.yaml");
    let before = std::fs::read_to_string(&profile).unwrap();
    insta::assert_snapshot!(suggest(&["--after", "3"]).stdout, @r#"
    customer-support issue_refund: approved 3 times in a row, held by approval-threshold

    --- agents/customer-support.yaml
    -    amount_over: 100 USD
    +    amount_over: 150 USD

    +++ policies/tests/approved-customer-support-issue_refund.yaml
    # Drafted by `syndic approvals suggest` from 3 approvals in a row. The arguments are those of one of them:
    # replace what is personal.
    tests:
      - name: customer-support does issue_refund as it was approved
        given:
          agent: customer-support
          action: issue_refund
          args: {"order_id": A-1, "amount": 150}
        expect: { effect: allow }

    A draft is no more than what people agreed to: read it, and after taking it run the tests (`syndic test`) and the invariants
    (`syndic prove`). `--write` takes the first draft only.
    "#);
    assert_eq!(std::fs::read_to_string(&profile).unwrap(), before, "nothing is written unasked");
    let drafted: Value =
        serde_json::from_str(&suggest(&["--after", "3", "--json"]).stdout).unwrap();
    assert_eq!(drafted["suggestions"][0]["approved_in_a_row"], 3, "{drafted}");
    drop(serving);

    let serving = place.serve();
    let written = suggest(&["--after", "3", "--write"]);
    assert!(written.stdout.contains("wrote agents/customer-support.yaml"), "{}", written.stdout);
    assert!(written.stdout.ends_with("  syndic test\n  syndic prove\n"), "{}", written.stdout);
    drop(serving);
    assert_eq!(place.run(&["check"]).code, Some(0));
    // Those of the shipped tests that speak of 100 USD say what changed.
    let tested = place.run(&["test"]).stdout;
    assert!(tested.contains("just over it"), "{tested}");
    assert!(!tested.contains("as it was approved: "), "{tested}");
}
