use syndic::governed;

#[governed(agent = "customer-support")]
fn issue_refund(amount: u32) -> u32 {
    amount
}

#[governed(agent = "customer-support")]
async fn pay_out(amount: u32) -> Result<u32, String> {
    Ok(amount)
}

fn main() {}
