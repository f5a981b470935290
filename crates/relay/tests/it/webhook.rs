use std::collections::BTreeMap;

use serde_json::json;
use syndic_model::Channel;
use syndic_relay::{Config, Endpoint};
use syndic_testkit::{Received, Receiver};

use super::world::{REQUEST, World, held, one};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

async fn world(url: &str, secret: Option<&str>) -> World {
    let endpoint = Endpoint { url: url.to_owned(), secret: secret.map(str::to_owned) };
    let webhooks = BTreeMap::from([("ops".to_owned(), Ok(endpoint))]);
    let config = Config { webhooks, ..Config::default() };
    let mut world = World::new(one(&[Channel::Webhook("ops".to_owned())]), config);
    world.start();
    world.caught_up().await;
    world
}

fn url(receiver: &Receiver) -> String {
    format!("http://{}/hook", receiver.address)
}

/// Verifies as a receiver does, with the specification's own library; the time is the clock's.
fn signature_of(received: &Received) -> String {
    let theirs = standardwebhooks::Webhook::new(SECRET).unwrap();
    let timestamp = received.headers["webhook-timestamp"].parse().unwrap();
    theirs.sign(&received.headers["webhook-id"], timestamp, received.body.as_bytes()).unwrap()
}

#[tokio::test]
async fn an_event_is_signed_and_has_no_token() {
    let mut receiver = Receiver::start([]).await;
    let world = world(&url(&receiver), Some(SECRET)).await;
    world.open(held()).await;
    let event = receiver.next().await;
    assert_eq!(event.headers["webhook-signature"], signature_of(&event));
    assert_eq!(event.headers["webhook-timestamp"], "1795348800");
    let body = event.json();
    assert_eq!(body["type"], "approval.requested");
    assert_eq!(body["data"]["id"], REQUEST);
    assert_eq!(body["data"]["status"], "pending");
    assert_eq!(body["data"]["amount"], "150.00 USD");
    assert_eq!(
        body["data"]["reasons"],
        json!(["approval-threshold: 150.00 USD is over 100.00 USD"])
    );
    assert_eq!(body["data"]["url"], format!("https://syndic.example.org/approvals/{REQUEST}"));
    assert!(!event.body.contains("token") && !event.body.contains("4111"));
    world.vote("approved").await;
    let end = receiver.next().await;
    assert_eq!(end.headers["webhook-signature"], signature_of(&end));
    assert_ne!(end.headers["webhook-id"], event.headers["webhook-id"]);
    assert_eq!(end.json()["type"], "approval.ended");
    assert_eq!(end.json()["data"]["status"], "approved");
    assert_eq!(end.json()["data"]["decided_by"], "support-lead-1");
}

#[tokio::test]
async fn a_busy_receiver_is_tried_again_with_the_same_id() {
    let busy = ["HTTP/1.1 503 no\r\n\r\n", "HTTP/1.1 429 no\r\n\r\n", "HTTP/1.1 408 no\r\n\r\n"];
    let mut receiver = Receiver::start(busy).await;
    let world = world(&url(&receiver), Some(SECRET)).await;
    let mut from = world.store.durable_index();
    world.open(held()).await;
    let first = receiver.next().await;
    for _ in busy {
        let next = receiver.next().await;
        assert_eq!(next.headers["webhook-id"], first.headers["webhook-id"]);
        assert_eq!(next.json(), first.json());
    }
    let busy = world.outcome(&mut from).await;
    assert!(!busy.ok && busy.attempts == 3, "{busy:?}");
    let taken = world.outcome(&mut from).await;
    assert!(taken.ok && taken.attempts == 4, "{taken:?}");
}

#[tokio::test]
async fn a_refusal_or_a_redirect_is_given_up() {
    for answer in ["HTTP/1.1 400 no\r\n\r\n", "HTTP/1.1 307 elsewhere\r\nlocation: /other\r\n\r\n"]
    {
        let mut receiver = Receiver::start([answer]).await;
        let world = world(&url(&receiver), Some(SECRET)).await;
        let mut from = world.store.durable_index();
        world.open(held()).await;
        let outcome = world.outcome(&mut from).await;
        assert!(!outcome.ok && outcome.attempts == 1, "{outcome:?}");
        assert_eq!(receiver.next().await.path, "/hook");
        assert!(receiver.arrived().is_none());
    }
}

#[tokio::test]
async fn where_clouds_keep_credentials_nothing_is_sent() {
    let world = world("http://169.254.169.254/latest", Some(SECRET)).await;
    let mut from = world.store.durable_index();
    world.open(held()).await;
    let outcome = world.outcome(&mut from).await;
    assert!(!outcome.ok && outcome.attempts == 1, "{outcome:?}");
    assert!(outcome.error.unwrap().contains("link-local"));
}

#[tokio::test]
async fn without_a_secret_an_event_has_no_signature_and_with_a_bad_one_none_is_sent() {
    let mut receiver = Receiver::start([]).await;
    let unsigned = world(&url(&receiver), None).await;
    unsigned.open(held()).await;
    assert!(!receiver.next().await.headers.contains_key("webhook-signature"));
    let bad = world(&url(&receiver), Some("hunter2")).await;
    let mut from = bad.store.durable_index();
    bad.open(held()).await;
    let error = bad.outcome(&mut from).await.error.unwrap();
    assert!(error.contains("whsec_") && !error.contains("hunter2"), "{error}");
}
