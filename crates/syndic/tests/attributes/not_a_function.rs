use syndic::audited;

#[audited(agent = "customer-support")]
struct Order {
    id: String,
}

fn main() {}
