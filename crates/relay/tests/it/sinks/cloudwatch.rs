use std::collections::BTreeMap;
use std::net::TcpListener;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use syndic_model::Circuit;
use syndic_testkit::{Moto, Receiver};

use super::world::{World, denied, id};

const GROUP: &str = "/ai-agents/audit";
const VARIABLES: [(&str, &str); 4] = [
    ("AWS_ACCESS_KEY_ID", "AKIDTEST"),
    ("AWS_SECRET_ACCESS_KEY", "s3cret/Key"),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_EC2_METADATA_DISABLED", "true"),
];
/// What nobody would call an agent who meant well.
const HOSTILE: &str = "x:*\r\nX-Amz-Target: Logs_20140328.DeleteLogGroup";

fn world(port: u16, now: &str) -> World {
    let sink = format!("  aws:\n    cloudwatch: {{ endpoint: \"http://127.0.0.1:{port}\" }}\n");
    World::of(&sink, now, &VARIABLES)
}

/// Moto judges the age of events by the time it is.
#[expect(clippy::disallowed_methods, reason = "a server of somebody else has a clock of its own")]
fn now() -> Timestamp {
    Timestamp::now()
}

/// A port where nobody listens yet.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Returns the events of a stream, each with its time there.
async fn events(moto: &Moto, stream: &str) -> Vec<(i64, Value)> {
    let body = json!({"logGroupName": GROUP, "logStreamName": stream, "startFromHead": true, "limit": 10_000});
    let answer = moto.logs("GetLogEvents", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let answer = answer.json();
    let event = |event: &Value| {
        let message = serde_json::from_str(event["message"].as_str().unwrap()).unwrap();
        (event["timestamp"].as_i64().unwrap(), message)
    };
    answer["events"].as_array().unwrap().iter().map(event).collect()
}

fn ids(events: &[(i64, Value)]) -> Vec<String> {
    events.iter().map(|(_, event)| event["event_id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn cloudwatch_has_every_event_once_after_it_was_down_those_of_fifteen_days_ago_too() {
    let (port, now) = (port(), now());
    let days = SignedDuration::from_hours(15 * 24);
    let mut world = world(port, &(now - days).to_string());
    world.write(&denied(1, "finance")).await;
    world.start();
    world.step(days);
    for n in 2..=300 {
        world.write(&denied(n, ["support", "finance", HOSTILE][n as usize % 3])).await;
    }
    world.wait_for(|state| state.failures > 1).await;
    assert!(world.state().last_failure.unwrap().reason.contains("cannot be reached"));
    let moto = Moto::start_at(port);
    world.caught_up().await;
    let streams =
        ["support", "finance", "x%3A%2A%0D%0AX-Amz-Target%3A Logs_20140328.DeleteLogGroup"];
    let mut all = BTreeMap::new();
    for stream in streams {
        let events = events(&moto, stream).await;
        all.extend(ids(&events).into_iter().map(|id| (id, ())));
        assert_eq!(events.len(), 100, "{stream}");
        for (at, event) in &events {
            assert!((at - now.as_millisecond()).abs() < 60_000, "{event}");
        }
    }
    assert_eq!(all.into_keys().collect::<Vec<_>>(), (1..=300).map(id).collect::<Vec<_>>());
    let old = &events(&moto, "finance").await[0].1;
    assert_eq!(old["event_id"], id(1).as_str());
    let told: Timestamp = old["timestamp"].as_str().unwrap().parse().unwrap();
    assert_eq!(told, now - days, "the message has the time of the decision");
    let groups = moto.logs("DescribeLogGroups", &json!({})).await.json();
    assert_eq!(groups["logGroups"][0]["retentionInDays"], 365);

    // A crash before the cursor was kept: they go again, and are told by their ids.
    let cursor = std::fs::read(world.cursor("aws")).unwrap();
    world.write(&denied(301, "support")).await;
    world.caught_up().await;
    world.stop().await;
    std::fs::write(world.cursor("aws"), cursor).unwrap();
    world.start();
    world.caught_up().await;
    let mut again = ids(&events(&moto, "support").await);
    again.sort();
    again.dedup();
    assert_eq!(again.len(), 101);
    assert_eq!(world.state().dead_letters, 0);
}

#[tokio::test]
async fn cloudwatch_that_refuses_the_credentials_is_asked_once_until_somebody_does_something() {
    let no = "HTTP/1.1 400 no\r\n\r\n{\"__type\":\"UnrecognizedClientException\",\"message\":\"The security token included in the request is invalid.\"}";
    let mut aws = Receiver::start([no, no]).await;
    let mut world = world(aws.address.port(), "2026-11-22T12:00:00Z");
    world.write(&denied(1, "support")).await;
    world.start();
    world.wait_for(|state| state.circuit == Circuit::Open).await;
    let reason = world.state().last_failure.unwrap().reason;
    let expected = "AWS answered 400 to PutLogEvents: UnrecognizedClientException: The security token included in the \
                    request is invalid.; mend the AWS credentials, which are those of the environment";
    assert_eq!(reason, expected);
    for n in 2..=20 {
        world.write(&denied(n, "support")).await;
    }
    aws.next().await;
    assert!(aws.arrived().is_none());
    // Each order is one try: had there been others, they would have come first.
    for failures in 2..=3 {
        world.control().reopen();
        drop(aws.next().await);
        if failures == 2 {
            world.wait_for(|state| state.failures == 2).await;
            assert!(aws.arrived().is_none());
        }
    }
    world.caught_up().await;
    assert_eq!(world.state().taken, 20);
}
