//! Functions that are audited and governed, and the events of them.
//!
//! `cargo run -p syndic --example audited`

#![expect(clippy::print_stdout, reason = "it shows what it does")]

use std::error::Error;

use syndic::{EventFilter, Governor, Refused, audited, governed};

/// What orders a support agent may look at.
struct Orders {
    region: &'static str,
}

impl Orders {
    /// Arguments are recorded under their names; `self` is not.
    #[audited(agent = "customer-support", version = "2.4.0")]
    async fn lookup_order(&self, order_id: &str) -> Result<String, Refused> {
        if !order_id.starts_with(self.region) {
            return Err(Refused::new("own-region", format!("`{order_id}` is of another region")));
        }
        Ok(format!("{order_id}: two chairs, delivered"))
    }
}

/// The card stays out of the record.
#[audited(agent = "customer-support", action = "price_refund", redact(card))]
fn price(amount: u32, card: &str) -> Result<u32, String> {
    if card.len() < 12 { Err("no such card".to_owned()) } else { Ok(amount - amount / 20) }
}

/// Runs only with a permit.
#[governed(agent = "customer-support")]
async fn issue_refund(order_id: &str, amount: u32) -> Result<String, Refused> {
    let paid = price(amount, "4111111111111111").map_err(|error| Refused::new("price", error))?;
    Ok(format!("{paid} paid back for {order_id}"))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let dir = place.path().join("governance");
    syndic::init(&dir)?;
    let governor = Governor::open(&dir).await?;
    governor.install()?;

    syndic::scope().user("user-4411").run(work()).await;

    println!("\nthe audit trail, oldest first:");
    let filter = EventFilter { limit: 10, oldest_first: true, ..EventFilter::default() };
    let mut page = governor.events(filter.clone()).await?;
    while page.events.len() < 6 {
        tokio::task::yield_now().await;
        page = governor.events(filter.clone()).await?;
    }
    for event in page.events {
        let kind = if event.metadata.contains_key("audited") { "audited" } else { "decided" };
        let args = event.tool_args.map(|args| args.to_string()).unwrap_or_default();
        println!("  {kind} {} {args} allowed {}", event.action, event.allowed);
        if let Some(reason) = event.metadata.get("violation_reason").and_then(|told| told.as_str())
        {
            println!("    {reason}");
        }
    }
    governor.close().await;
    Ok(())
}

async fn work() {
    let orders = Orders { region: "A-" };
    println!("{:?}", orders.lookup_order("A-7732").await);
    println!("{:?}", orders.lookup_order("X-1").await);
    println!("{:?}", price(45, "4111"));
    println!("{:?}", issue_refund("A-7732", 45).await);
    println!("{:?}", issue_refund("A-7732", 4500).await.map_err(|refused| refused.to_string()));
}
