//! What opens, and what does not.

use syndic::{Governor, OpenError, Policy, Severity};

use crate::governed::{Governed, refund};

async fn refused(builder: syndic::Builder) -> String {
    builder.open().await.unwrap_err().to_string()
}

#[tokio::test]
async fn a_data_directory_has_one_governor() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let error = governed.builder().open().await.unwrap_err();
    assert!(matches!(error, OpenError::Gate(_)), "{error}");
    let text = error.to_string();
    assert!(
        text.ends_with(
            "is in use by another process, or by this one already; stop that first, or ask it"
        ),
        "{text}"
    );
    governor.close().await;
    let governor = governed.open().await;
    governor.submit(refund(45)).await.unwrap();
    drop(governor);
    governed.open().await.close().await;
}

#[tokio::test]
async fn records_are_kept_where_they_are_told_but_never_among_what_is_governed() {
    let governed = Governed::shipped();
    let governor = governed.builder().data_dir("../records").open().await.unwrap();
    governor.submit(refund(45)).await.unwrap();
    let records = governed.dir().parent().unwrap().join("records");
    assert!(records.join("segments").is_dir() && !governed.dir().join(".syndic").exists());
    let within = refused(governed.builder().data_dir("policies/records")).await;
    assert_eq!(within, "records cannot be kept inside `policies`; name a data directory elsewhere");
    let around = refused(governed.builder().data_dir("..")).await;
    assert!(around.starts_with("records cannot be kept around"), "{around}");
}

#[tokio::test]
async fn everything_that_is_wrong_with_the_files_is_told() {
    let governed = Governed::shipped();
    let missing = refused(Governor::builder(governed.dir().join("nothing"))).await;
    assert!(missing.contains("is not a governance directory"), "{missing}");
    governed.replace("agents/customer-support.yaml", "risk_level: medium", "risk_level: low");
    governed.write("policies/org/odd.cedar", "permit(principal);");
    let wrong = refused(governed.builder()).await;
    for expected in
        ["has errors:\n", "agents/customer-support.yaml:3:", "policies/org/odd.cedar:1:"]
    {
        assert!(wrong.contains(expected), "{wrong}");
    }
}

#[tokio::test]
async fn a_policy_in_rust_shares_ids_and_agents_with_the_files() {
    let governed = Governed::shipped();
    let policy = |id: &str, applies_to: &str| {
        Policy::native(id, Severity::Low, applies_to, |_, _, _| Ok(()))
    };
    let wrong = governed
        .builder()
        .native(policy("no-pii-external", "all"))
        .native(policy("ledger", "all"))
        .native(policy("x", "custmer-support"));
    let wrong = refused(wrong).await;
    for expected in [
        "native: error[duplicate-id]: `no-pii-external` is already a policy",
        "native: error[reserved-id]: `ledger` is syndic's own policy",
        "native: error[unknown-agent]: policy `x` applies to `custmer-support`",
    ] {
        assert!(wrong.contains(expected), "{wrong}");
    }
    assert!(!governed.dir().join(".syndic").exists(), "nothing was taken");
}
