//! The files, read anew.

use std::time::Duration;

use syndic::{EnforcementGrade, KeyRequest, Policy, ReloadError, Role, Severity};

use crate::governed::{Governed, refund, told};

#[tokio::test]
async fn a_reload_brings_the_files_and_keeps_what_is_written_in_rust() {
    let governed = Governed::shipped();
    let place = tempfile::tempdir().unwrap();
    let small = Policy::native("small", Severity::Low, "all", |_, _, context| {
        match context.facts().amount {
            Some(amount) if amount.ten_thousandths() > 600_000 => Err("too large".to_owned()),
            _ => Ok(()),
        }
    });
    let builder = governed.builder().native(small).data_dir(place.path().join("records"));
    let governor = builder.open().await.unwrap();
    let request = KeyRequest {
        role: Role::Admin,
        agent: None,
        person: None,
        grade: EnforcementGrade::Cooperative,
        days: 1,
    };
    let key = governor.create_key(request).await.unwrap().key;
    let former = governor.governance().revision.clone();
    governed.replace("agents/customer-support.yaml", "100 USD", "50 USD");
    let reloaded = governor.reload(&key, None).await.unwrap();
    assert_ne!(reloaded.revision, former);
    assert_eq!(governor.governance().revision, reloaded.revision);
    let (held, denied) = (governor.submit(refund(55)), governor.submit(refund(70)));
    assert!(told(&held.await.unwrap()).starts_with("hold"));
    assert!(told(&denied.await.unwrap()).contains("small: too large"));
    assert!(matches!(governor.reload("syndic_no_key", None).await, Err(ReloadError::Key(_))));
    governed.write("agents/customer-support.yaml", "name: 1");
    assert!(matches!(governor.reload(&key, None).await, Err(ReloadError::Refused(_))));
    assert!(governor.policy_standing().failed.is_some());
    assert_eq!(governor.governance().revision, reloaded.revision);
}

#[tokio::test(start_paused = true)]
async fn in_dev_a_file_that_changes_comes_into_force_by_itself() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    // The watch looks at the files first when it is first polled.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let former = governor.governance().revision.clone();
    governed.replace("agents/customer-support.yaml", "100 USD", "50 USD");
    while governor.governance().revision == former {
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert!(told(&governor.submit(refund(70)).await.unwrap()).starts_with("hold"));
}
