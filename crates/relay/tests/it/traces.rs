use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;
use syndic_governance::{Environment, Sample, Telemetry};
use syndic_model::{ActionSpan, Effect, MessageCode, Mode, RiskLevel, SpanAnswer};
use syndic_relay::{Exported, Pace, Traces};
use syndic_testkit::{Received, Receiver, TestClock};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

const EVENT: &str = "01970000-0000-7000-8000-000000000001";
const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

struct World {
    spans: mpsc::Sender<ActionSpan>,
    exported: Arc<Mutex<Option<Exported>>>,
    dropped: Arc<AtomicU64>,
    running: JoinHandle<()>,
}

impl World {
    fn start(exported: Exported) -> Self {
        let (spans, taken) = mpsc::channel(64);
        let exported = Arc::new(Mutex::new(Some(exported)));
        let dropped = Arc::new(AtomicU64::new(0));
        let (in_force, counted) = (Arc::clone(&exported), Arc::clone(&dropped));
        let traces = Traces {
            spans: taken,
            in_force: Box::new(move || in_force.lock().unwrap().clone()),
            dropped: Box::new(move |count| {
                counted.fetch_add(count, Ordering::SeqCst);
            }),
            clock: Arc::new(TestClock::at("2026-11-22T12:00:00Z")),
            pace: Pace { first: Duration::from_millis(1), most: Duration::from_millis(5) },
            linger: Duration::from_millis(1),
        };
        Self { spans, exported, dropped, running: tokio::spawn(traces.run()) }
    }

    async fn tell(&self, span: ActionSpan) {
        self.spans.send(span).await.unwrap();
    }

    /// Waits until so many spans were dropped.
    async fn drops(&self, count: u64) {
        while self.dropped.load(Ordering::SeqCst) < count {
            tokio::task::yield_now().await;
        }
        assert_eq!(self.dropped.load(Ordering::SeqCst), count);
    }

    /// Ends the spans, waits for the last, and returns how many were dropped.
    async fn end(self) -> u64 {
        drop(self.spans);
        self.running.await.unwrap();
        self.dropped.load(Ordering::SeqCst)
    }
}

fn exported(address: impl std::fmt::Display, headers_file: Option<&Path>) -> Exported {
    Exported {
        telemetry: Telemetry {
            url: format!("http://{address}/v1/traces"),
            headers_file: headers_file.map(Path::to_owned),
            service_name: "syndic-desk".to_owned(),
            sample: Sample::ALL,
        },
        environment: Environment::Staging,
    }
}

fn denied() -> ActionSpan {
    ActionSpan {
        trace: [0x4b; 16],
        span: [7; 8],
        parent: None,
        begun: "2026-11-22T12:00:00Z".parse().unwrap(),
        took: Duration::from_micros(1_500),
        agent: "customer-support".parse().unwrap(),
        agent_name: Some("Customer Support Agent".to_owned()),
        agent_version: None,
        action: "issue_refund".parse().unwrap(),
        is_known: true,
        tool: None,
        session: Some("session-1".parse().unwrap()),
        model: None,
        answered: Ok(SpanAnswer {
            event: EVENT.parse().unwrap(),
            effect: Effect::Deny,
            allowed: false,
            mode: Mode::Enforce,
            risk_level: Some(RiskLevel::Medium),
            revision: "0123456789ab".to_owned(),
            code: MessageCode::NotPermitted,
            policies: vec!["tool-access".parse().unwrap()],
            record: Some(7),
            approval: None,
            replayed: false,
        }),
    }
}

/// Reads a batch as a collector does, with the types of the specification.
fn read(received: &Received) -> ExportTraceServiceRequest {
    assert_eq!(received.path, "/v1/traces");
    assert_eq!(received.headers["content-type"], "application/json");
    serde_json::from_str(&received.body).unwrap()
}

fn spans(received: &Received) -> Vec<Span> {
    let mut read = read(received);
    read.resource_spans.remove(0).scope_spans.remove(0).spans
}

fn shown(attributes: &[KeyValue]) -> Vec<String> {
    attributes
        .iter()
        .map(|KeyValue { key, value, .. }| match value.clone().unwrap() {
            AnyValue { value: Some(Any::StringValue(text)) } => format!("{key}: {text}"),
            AnyValue { value: Some(Any::BoolValue(value)) } => format!("{key}: {value}"),
            AnyValue { value: Some(Any::IntValue(value)) } => format!("{key}: {value}"),
            AnyValue { value: Some(Any::ArrayValue(all)) } => {
                format!("{key}: {} in a list", all.values.len())
            }
            AnyValue { value } => panic!("{key} is {value:?}"),
        })
        .collect()
}

#[tokio::test]
async fn a_collector_reads_who_asked_for_what_and_what_was_answered() {
    let mut collector = Receiver::start([]).await;
    let world = World::start(exported(collector.address, None));
    world.tell(denied()).await;
    let received = collector.next().await;
    let batch = read(&received);
    let resource = batch.resource_spans[0].resource.clone().unwrap();
    let resource = shown(&resource.attributes);
    assert_eq!(resource[0], "service.name: syndic-desk");
    assert_eq!(resource[2], "deployment.environment.name: staging");
    let [span] = spans(&received).try_into().unwrap();
    assert_eq!(span.name, "execute_tool issue_refund");
    assert_eq!((span.trace_id, span.span_id), (vec![0x4b; 16], vec![7; 8]));
    assert_eq!((span.parent_span_id.len(), span.trace_state.as_str()), (0, ""));
    assert_eq!(span.end_time_unix_nano - span.start_time_unix_nano, 1_500_000);
    assert_eq!(span.start_time_unix_nano, 1_795_348_800_000_000_000);
    assert_eq!(span.status.unwrap().code, StatusCode::Unset as i32, "a denial is no error");
    assert_eq!(
        shown(&span.attributes),
        [
            "gen_ai.operation.name: execute_tool",
            "gen_ai.tool.name: issue_refund",
            "gen_ai.agent.id: customer-support",
            "gen_ai.agent.name: Customer Support Agent",
            "gen_ai.conversation.id: session-1",
            "syndic.action: issue_refund",
            "syndic.verdict: deny",
            "syndic.allowed: false",
            "syndic.mode: enforce",
            "syndic.code: not_permitted",
            "syndic.risk_level: medium",
            "syndic.policy_revision: 0123456789ab",
            &format!("syndic.event_id: {EVENT}"),
            "syndic.policies: 1 in a list",
            "syndic.record: 7",
        ]
    );
    assert_eq!(world.end().await, 0);
}

#[tokio::test]
async fn a_span_stands_below_its_callers_and_an_unknown_action_names_none() {
    let mut collector = Receiver::start([]).await;
    let world = World::start(exported(collector.address, None));
    let parent = PARENT.parse::<syndic_model::TraceParent>().unwrap().with_state("rojo=1");
    let trace = parent.trace;
    let answered = Err("busy");
    let span = ActionSpan { trace, parent: Some(parent), is_known: false, answered, ..denied() };
    world.tell(span).await;
    let [span] = spans(&collector.next().await).try_into().unwrap();
    assert_eq!(span.trace_id, trace);
    assert_eq!(span.parent_span_id, [0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]);
    assert_eq!(span.trace_state, "rojo=1");
    assert_eq!(span.flags, 0x301);
    assert_eq!(span.name, "execute_tool unknown");
    assert_eq!(span.status.unwrap().code, StatusCode::Error as i32);
    assert_eq!(shown(&span.attributes).last().unwrap(), "error.type: busy");
}

#[tokio::test]
async fn a_busy_collector_is_asked_again_and_loses_nothing() {
    let busy = ["HTTP/1.1 503 no\r\n\r\n", "HTTP/1.1 429 no\r\n\r\n"];
    let mut collector = Receiver::start(busy).await;
    let world = World::start(exported(collector.address, None));
    world.tell(denied()).await;
    let first = collector.next().await;
    for _ in busy {
        assert_eq!(collector.next().await.body, first.body);
    }
    assert_eq!(world.end().await, 0);
}

#[tokio::test]
async fn what_a_collector_refuses_is_counted_and_not_sent_again() {
    let part = "HTTP/1.1 200 OK\r\n\r\n{\"partialSuccess\":{\"rejectedSpans\":\"1\"}}";
    let mut collector = Receiver::start(["HTTP/1.1 400 no\r\n\r\n", part]).await;
    let world = World::start(exported(collector.address, None));
    for dropped in 1..=2 {
        world.tell(denied()).await;
        drop(collector.next().await);
        world.drops(dropped).await;
    }
    world.tell(denied()).await;
    drop(collector.next().await);
    assert_eq!(world.end().await, 2);
    assert!(collector.arrived().is_none());
}

#[tokio::test]
async fn spans_for_a_collector_that_is_down_are_counted_and_the_next_one_gets_the_next() {
    let down = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let world = World::start(exported(down, None));
    world.tell(denied()).await;
    world.drops(1).await;
    let mut collector = Receiver::start([]).await;
    *world.exported.lock().unwrap() = Some(exported(collector.address, None));
    world.tell(denied()).await;
    assert_eq!(spans(&collector.next().await).len(), 1);
    *world.exported.lock().unwrap() = None;
    world.tell(denied()).await;
    world.drops(2).await;
    assert_eq!(world.end().await, 2);
}

#[tokio::test]
async fn headers_are_read_for_every_batch_and_never_told() {
    let mut collector = Receiver::start([]).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("headers");
    let world = World::start(exported(collector.address, Some(&file)));
    world.tell(denied()).await;
    world.drops(1).await;
    for key in ["Bearer one", "Bearer two"] {
        std::fs::write(&file, format!("Authorization: {key}\n")).unwrap();
        world.tell(denied()).await;
        assert_eq!(collector.next().await.headers["authorization"], key);
    }
    assert_eq!(world.end().await, 1);
}
