use serde_json::Value;
use syndic_testkit::Receiver;

use super::world::{World, denied, id};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

fn world(receiver: &Receiver, variables: &[(&str, &str)]) -> World {
    let url = format!("http://{}/audit", receiver.address);
    let sink =
        format!("  hook:\n    webhook: {{ url: \"{url}\", secret_env: AUDIT_HOOK_SECRET }}\n");
    World::of(&sink, "2026-11-22T12:00:00Z", variables)
}

#[tokio::test]
async fn webhook_every_event_arrives_signed_and_in_order_and_one_that_is_refused_is_a_dead_letter()
{
    let ok = "HTTP/1.1 200 OK\r\n\r\n";
    let answers = [ok, "HTTP/1.1 503 no\r\n\r\n", ok, "HTTP/1.1 422 no\r\n\r\n", ok];
    let mut receiver = Receiver::start(answers).await;
    let mut world = world(&receiver, &[("AUDIT_HOOK_SECRET", SECRET)]);
    for n in 1..=20 {
        world.write(&denied(n, "support\r\nwebhook-id: 1")).await;
    }
    world.start();
    world.wait_for(|state| state.dead_letters == 1 && state.taken == 19).await;
    let mut seen = Vec::new();
    while let Some(received) = receiver.arrived() {
        let theirs = standardwebhooks::Webhook::new(SECRET).unwrap();
        let (id, body) = (&received.headers["webhook-id"], received.body.as_bytes());
        assert_eq!(
            received.headers["webhook-signature"],
            theirs.sign(id, 1_795_348_800, body).unwrap()
        );
        let message: Value = received.json();
        assert_eq!(
            (&message["type"], &message["data"]["event_id"]),
            (&"audit.event".into(), &id.as_str().into())
        );
        assert_eq!(message["data"]["agent_name"], "support\r\nwebhook-id: 1");
        seen.push(id.clone());
    }
    // The second was not taken the first time, and kept its id.
    let mut expected: Vec<_> = (1..=20).map(id).collect();
    expected.insert(1, id(2));
    assert_eq!(seen, expected);
    assert_eq!(world.dead_letters("hook")[0]["id"], id(3).as_str());
    assert_eq!(world.dead_letters("hook")[0]["reason"], "the webhook answered 422");
}

#[tokio::test]
async fn webhook_without_its_secret_nothing_is_sent_and_it_is_said_what_is_missing() {
    let mut receiver = Receiver::start([]).await;
    let mut world = world(&receiver, &[]);
    world.write(&denied(1, "support")).await;
    world.start();
    world.wait_for(|state| state.failures > 0).await;
    let reason = world.state().last_failure.unwrap().reason;
    assert_eq!(reason, "`AUDIT_HOOK_SECRET`, named by `secret_env`, is not set");
    assert!(receiver.arrived().is_none());
}
