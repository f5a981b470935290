//! Watching what happens.

use std::time::Duration;

use syndic::{Governor, Outcome, Switch, Tail, TailError, TailFilter, Told};

use crate::governed::{Governed, refund};

/// Reads on until `most` records were told, each as its kind and what is known of it.
async fn told(tail: &mut Tail, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    while lines.len() < most {
        let told = tokio::time::timeout(Duration::from_secs(30), tail.next()).await.unwrap();
        let Told::Happened(shares) = told else { return lines };
        for happened in shares.iter().flat_map(|share| share.happened()) {
            let known = [&happened.agent, &happened.action, &happened.effect, &happened.status];
            let known: Vec<_> = known.into_iter().flatten().map(AsRef::as_ref).collect();
            lines.push(format!("{} {}", happened.kind, known.join(" ")));
        }
    }
    lines
}

async fn act(governor: &Governor) {
    let decided = governor.submit(refund(45)).await.unwrap();
    governor.report(&decided, Outcome::ok()).await.unwrap();
    governor.submit(refund(150)).await.unwrap();
    governor.suspend(Switch::Agent("financial-advisor".parse().unwrap()), "a drill").await.unwrap();
}

#[tokio::test]
async fn what_happens_is_told_once_in_order_and_with_whom_it_is_about() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let mut all = governor.tail(None, TailFilter::default());
    let about = TailFilter::new(Some("customer-support".to_owned()), ["outcome", "decision"]);
    let mut some = governor.tail(Some(0), about.unwrap());
    act(&governor).await;
    let acted = [
        "decision customer-support issue_refund allow",
        "outcome customer-support issue_refund ok",
        "decision customer-support issue_refund hold",
        "agent_suspended financial-advisor",
    ];
    assert_eq!(told(&mut all, 4).await, acted);
    assert_eq!(told(&mut some, 3).await, acted[..3]);
    governor.close().await;
    let ended = tokio::time::timeout(Duration::from_secs(30), all.next()).await.unwrap();
    assert!(matches!(ended, Told::Ended), "{ended:?}");
}

#[tokio::test]
async fn who_was_away_over_a_restart_goes_on_where_they_were() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    act(&governor).await;
    let came_to = governor.health().records - 2;
    governor.close().await;
    let governor = governed.open().await;
    let mut tail = governor.tail(Some(came_to), TailFilter::default());
    let lines = told(&mut tail, 4).await;
    let since =
        ["agent_suspended financial-advisor", "calls_counted ", "started ", "policy_loaded "];
    assert_eq!(lines, since);
}

#[tokio::test]
async fn a_record_that_is_in_no_ledger_yet_is_missed() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let records = governor.health().records;
    for after in [records, 1_000_000, u64::MAX] {
        let mut tail = governor.tail(Some(after), TailFilter::default());
        let told = tail.next().await;
        assert!(matches!(told, Told::Missed(next) if next == records), "{told:?}");
    }
}

#[test]
fn a_kind_of_record_that_there_is_not_is_refused() {
    assert!(TailFilter::new(None, ["decision", "outcome"]).is_ok());
    assert_eq!(TailFilter::new(None, ["decisions"]), Err(TailError::Kind("decisions".to_owned())));
}
