use syndic::{audited, governed, Refused};

struct Connection;

#[audited(agent = "customer-support")]
fn lookup(connection: Connection) {}

#[governed(agent = "customer-support")]
fn refund(connection: Connection) -> Result<(), Refused> {
    Ok(())
}

fn main() {}
