use syndic::audited;

#[audited(agent = "customer-support", redacted(card))]
fn pay(card: &str) {}

#[audited(agent = "customer-support", redact(cart))]
fn refund(card: &str) {}

#[audited(agent = "customer-support", result_chars = "many")]
fn lookup(order_id: &str) {}

fn main() {}
