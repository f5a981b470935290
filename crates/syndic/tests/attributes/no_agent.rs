use syndic::{audited, governed, Refused};

#[audited(version = "1.0")]
fn lookup(order_id: &str) {}

#[governed]
fn refund(order_id: &str) -> Result<(), Refused> {
    Ok(())
}

#[audited(agent = "customer support")]
fn look_again(order_id: &str) {}

fn main() {}
