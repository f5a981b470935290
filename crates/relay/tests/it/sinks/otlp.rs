use opentelemetry_proto::tonic::collector::logs::v1::ExportLogsServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::logs::v1::LogRecord;
use syndic_testkit::{Received, Receiver};

use super::world::{World, denied, id};

/// Reads a request as a collector does, with the types of the specification.
fn records(received: &Received) -> Vec<LogRecord> {
    assert_eq!(received.path, "/v1/logs");
    assert_eq!(received.headers["content-type"], "application/json");
    let mut request: ExportLogsServiceRequest = serde_json::from_str(&received.body).unwrap();
    request.resource_logs.remove(0).scope_logs.remove(0).log_records
}

fn id_of(record: &LogRecord) -> String {
    let attribute = |KeyValue { key, value, .. }: &KeyValue| match value {
        Some(AnyValue { value: Some(Any::StringValue(text)) }) if key == "log.record.uid" => {
            Some(text.clone())
        }
        _ => None,
    };
    record.attributes.iter().find_map(attribute).unwrap()
}

fn world(collector: &Receiver, more: &str) -> World {
    let url = format!("http://{}", collector.address);
    let sink = format!("  siem:\n    otlp: {{ url: \"{url}\" }}\n{more}");
    World::of(&sink, "2026-11-22T12:00:00Z", &[])
}

#[tokio::test]
async fn otlp_a_collector_that_was_down_gets_every_event_as_a_log_record() {
    let busy = ["HTTP/1.1 503 no\r\n\r\n", "HTTP/1.1 429 no\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n{}"];
    let mut collector = Receiver::start(busy).await;
    let mut world = world(&collector, "");
    for n in 1..=30 {
        world.write(&denied(n, "support\r\nX: 1")).await;
    }
    world.start();
    world.caught_up().await;
    let mut sent = Vec::new();
    while let Some(received) = collector.arrived() {
        sent.push(records(&received));
    }
    let last = sent.last().unwrap();
    assert_eq!(last.iter().map(id_of).collect::<Vec<_>>(), (1..=30).map(id).collect::<Vec<_>>());
    assert_eq!(sent[0].len(), 30, "the same is sent again");
    assert_eq!((sent.len(), world.state().taken), (3, 30));
    assert_eq!(last[0].time_unix_nano, 1_795_348_800_000_000_000);
    assert_eq!((last[0].event_name.as_str(), last[0].severity_number), ("syndic.action", 13));
}

#[tokio::test]
async fn otlp_one_record_that_a_collector_rejects_becomes_a_dead_letter_and_the_rest_arrives() {
    let mut collector = Receiver::start([]).await;
    let part = "HTTP/1.1 200 OK\r\n\r\n{\"partialSuccess\":{\"rejectedLogRecords\":\"1\",\"errorMessage\":\"no\\nroom\"}}";
    // Of four: the half with the third, and then the third.
    for answer in [part, "HTTP/1.1 200 OK\r\n\r\n{}", part, part, "HTTP/1.1 200 OK\r\n\r\n{}"] {
        collector.then(answer);
    }
    let mut world = world(&collector, "    format: native\n");
    for n in 1..=4 {
        world.write(&denied(n, "support")).await;
    }
    world.start();
    world.wait_for(|state| state.dead_letters == 1 && state.taken == 3).await;
    world.caught_up().await;
    let letters = world.dead_letters("siem");
    let reason = "the collector rejected 1 of 1 records: no\\u{a}room";
    assert_eq!((letters.len(), &letters[0]["reason"]), (1, &reason.into()));
    let mut taken = Vec::new();
    while let Some(received) = collector.arrived() {
        taken.push(records(&received).iter().map(id_of).collect::<Vec<_>>());
    }
    assert_eq!(taken[0].len(), 4);
    let alone: Vec<_> = taken.iter().filter(|ids| ids.len() == 1).flatten().collect();
    assert_eq!(letters[0]["id"], alone[0].as_str());
}
