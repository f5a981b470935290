//! Three actions, governed in this process: one runs, one a Cedar policy denies, one a policy written in Rust.
//!
//!     cargo run -p syndic --example embedded

#![expect(clippy::print_stdout, reason = "an example shows what happens")]

use std::error::Error;

use syndic::{Decided, EventFilter, Governor, Origin, Outcome, Policy, Request, Severity};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // A fresh governance directory, as `syndic init` writes it; yours lies in a repository.
    let place = tempfile::tempdir()?;
    let dir = place.path().join("governance");
    syndic::init(&dir)?;

    // A policy in Rust sees the agent, the action, and the context that Cedar policies see.
    let blocked_orders = Policy::native(
        "blocked-orders",
        Severity::High,
        "customer-support",
        |_agent, _action, context| match context.get("input.order_id")? {
            Some(order) if order.as_text().is_some_and(|id| id.starts_with("X-")) => {
                Err("orders that begin with X- are under investigation".to_owned())
            }
            _ => Ok(()),
        },
    )
    .description("Orders under investigation are left alone");

    let governor = Governor::builder(&dir).native(blocked_orders).open().await?;
    let native = governor.policies().into_iter().find(|policy| policy.origin == Origin::Native);
    println!("in force: {} policies", governor.policies().len());
    println!(
        "of them in Rust: {}\n",
        native.map_or_else(String::new, |policy| policy.id.to_string())
    );

    let refund = |order: &str| {
        Request::new("customer-support", "issue_refund").arg("order_id", order).arg("amount", 45)
    };
    let decided = governor.submit(refund("A-7732")).await?;
    tell("a refund of 45 for A-7732", &decided);
    if decided.allowed {
        // Here the tool runs. What became of it is recorded too.
        governor.report(&decided, Outcome::ok().result("refunded")).await?;
    }

    let leak = Request::new("customer-support", "send_external_message")
        .arg("recipient", "customer@example.com")
        .arg("message", "Your card 4111 1111 1111 1111 was charged.");
    tell("a message that names a card", &governor.submit(leak).await?);
    tell("a refund of 45 for X-1", &governor.submit(refund("X-1")).await?);

    let page = governor.events(EventFilter { limit: 10, ..EventFilter::default() }).await?;
    println!("the audit trail, newest first:");
    for event in page.events {
        let ended = if event.tool_result.is_some() { ", outcome reported" } else { "" };
        println!("  {} {}: allowed {}{ended}", event.agent_name, event.action, event.allowed);
    }
    governor.close().await;
    Ok(())
}

fn tell(what: &str, decided: &Decided) {
    let record = decided.record.map_or_else(|| "none".to_owned(), |index| index.to_string());
    println!("{what}: {}, record {record}", decided.effect);
    for reason in decided.reasons() {
        println!("  {reason}");
    }
    println!();
}
