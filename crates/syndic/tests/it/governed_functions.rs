//! Functions that are governed: asked first, run with a permit alone, reported.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;
use syndic::{
    ApprovalFilter, ApprovalStatus, AuditEvent, Governor, Refused, Vote, audited, governed, scope,
};

use crate::governed::{Governed, events};

static RAN: AtomicUsize = AtomicUsize::new(0);

/// The error of a program.
#[derive(Debug)]
enum Failed {
    Refused(Refused),
    Bank(&'static str),
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        Self::Refused(refused)
    }
}

impl std::fmt::Display for Failed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Refused(refused) => write!(f, "refused: {refused}"),
            Self::Bank(why) => f.write_str(why),
        }
    }
}

#[audited(agent = "customer-support")]
fn price(amount: u32) -> u32 {
    amount
}

#[governed(agent = "customer-support")]
async fn issue_refund(order_id: &str, amount: u32) -> Result<String, Failed> {
    RAN.fetch_add(1, Ordering::Relaxed);
    tokio::task::yield_now().await;
    if order_id == "A-0" {
        return Err(Failed::Bank("the bank is closed"));
    }
    assert_ne!(order_id, "A-666", "cursed");
    Ok(format!("{} for {order_id}", price(amount)))
}

#[governed(agent = "customer-support", action = "issue_refund", wait = "1m", skip(_note))]
async fn refund_after_approval(order_id: &str, amount: u32, _note: &str) -> Result<u32, Refused> {
    assert!(!order_id.is_empty());
    Ok(amount)
}

#[governed(agent = "customer-support", action = "issue_refund", result = false)]
fn refund_blocking(order_id: String, amount: u32) -> Result<u32, Refused> {
    assert!(!order_id.is_empty());
    Ok(price(amount))
}

async fn newest(governor: &Governor, count: usize) -> Vec<AuditEvent> {
    loop {
        let events = events(governor).await;
        if events.len() >= count {
            return events;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_governed_function_runs_with_a_permit_and_its_end_is_reported() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let within = || scope().governor(&governor).user("user-4411");
    let ran = within().run(issue_refund("A-1", 45)).await.unwrap();
    assert_eq!(ran, "45 for A-1");
    let failed = within().run(issue_refund("A-0", 45)).await.unwrap_err();
    assert!(matches!(failed, Failed::Bank(_)));
    let panicking = tokio::spawn(within().run(issue_refund("A-666", 45)));
    assert!(panicking.await.unwrap_err().is_panic());
    let events = newest(&governor, 4).await;
    assert_eq!(governor.health().open_actions, 0);
    let told: Vec<_> = events
        .iter()
        .rev()
        .map(|event| (&*event.action, event.tool_result.clone().unwrap(), event.allowed))
        .collect();
    assert_eq!(
        told,
        [
            ("issue_refund", json!("45 for A-1"), true),
            ("price", json!(45), true),
            ("issue_refund", json!({"error": "the bank is closed"}), true),
            (
                "issue_refund",
                json!({"error": "panicked: assertion `left != right` failed: cursed\n  left: \"A-666\"\n right: \"A-666\""}),
                true
            ),
        ]
    );
    let [priced, refunded] = [&events[2], &events[3]];
    assert_eq!(priced.metadata["parent_action_id"], json!(refunded.event_id));
    assert_eq!(refunded.tool_args, Some(json!({"order_id": "A-1", "amount": 45})));
    assert_eq!(
        (&refunded.user_id, &priced.user_id),
        (&Some(json!("user-4411")), &Some(json!("user-4411")))
    );
}

#[tokio::test]
async fn a_governed_function_that_is_denied_or_held_does_not_run() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let before = RAN.load(Ordering::Relaxed);
    let held = scope().governor(&governor).run(issue_refund("A-1", 4500)).await.unwrap_err();
    let Failed::Refused(refused) = held else { panic!("{held}") };
    assert!(refused.action_id.is_some() && refused.approval.is_some(), "{refused:?}");
    let unknown = scope().governor(&governor).run(not_in_the_catalogue()).await.unwrap_err();
    assert!(unknown.to_string().contains("not_in_the_catalogue"), "{unknown}");
    let session = scope().governor(&governor).session("not a session").run(issue_refund("A-1", 1));
    assert!(session.await.unwrap_err().to_string().contains("session"));
    let nobody = issue_refund("A-1", 1).await.unwrap_err();
    assert!(nobody.to_string().contains("no governor is installed"), "{nobody}");
    assert_eq!(RAN.load(Ordering::Relaxed), before);
    assert!(events(&governor).await.iter().all(|event| !event.allowed));
}

#[governed(agent = "customer-support")]
async fn not_in_the_catalogue() -> Result<(), Refused> {
    RAN.fetch_add(1, Ordering::Relaxed);
    Ok(())
}

#[tokio::test]
async fn a_governed_function_waits_for_people_where_it_says_for_how_long() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let asked = scope().governor(&governor).run(refund_after_approval("A-1", 150, "a note"));
    let approved = async {
        loop {
            let pending = ApprovalFilter {
                status: Some(ApprovalStatus::Pending),
                limit: 1,
                ..ApprovalFilter::default()
            };
            if let Some(view) = governor.approvals(pending).await.unwrap().approvals.first() {
                let person = "support-lead-1".parse().unwrap();
                return governor.resolve(view.id, &person, Vote::Approve, None).await.unwrap();
            }
            tokio::task::yield_now().await;
        }
    };
    let (ran, _) = tokio::join!(asked, approved);
    assert_eq!(ran.unwrap(), 150);
    assert_eq!(governor.health().open_actions, 0);
}

#[tokio::test]
async fn a_governed_function_that_blocks_does_so_on_the_only_thread_of_a_runtime() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let within = || scope().governor(&governor);
    assert_eq!(within().run_blocking(|| refund_blocking("A-1".to_owned(), 45)).unwrap(), 45);
    let denied = within().run_blocking(|| refund_blocking("A-1".to_owned(), 4500)).unwrap_err();
    assert!(denied.approval.is_some(), "{denied}");
    let events = newest(&governor, 3).await;
    let told: Vec<_> =
        events.iter().rev().map(|event| (&*event.action, &event.tool_result)).collect();
    assert_eq!(
        told,
        [("issue_refund", &None), ("price", &Some(json!(45))), ("issue_refund", &None)]
    );
    assert_eq!(governor.health().open_actions, 0);
}
