use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_model::ActionSpan;
use syndic_testkit::{Answer, Received, Receiver, TestClock, TestServer};
use tokio::sync::mpsc::error::TryRecvError;

const NOW: &str = "2026-11-23T12:00:00Z";
const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const SPAN: &str = "00f067aa0ba902b7";

fn tells(directory: &Path, collector: &str) {
    let path = directory.join("syndic.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("{text}\ntelemetry: {{ otlp: \"http://{collector}\" }}\n"))
        .unwrap();
}

async fn telling(collector: &Receiver) -> TestServer {
    let address = collector.address.to_string();
    let change = move |directory: &Path| tells(directory, &address);
    TestServer::start_with(Arc::new(TestClock::at(NOW)), change).await
}

fn refund(amount: u32) -> Value {
    json!({
        "agent": "customer-support", "action": "issue_refund", "session_id": "s",
        "args": {"order_id": "A-secret-order", "amount": amount}, "user_id": "person@example.org",
    })
}

async fn ask(server: &TestServer, key: &str, headers: &str, body: &Value) -> Answer {
    let head = format!(
        "POST /v1/actions HTTP/1.1\r\nauthorization: Bearer {key}\r\n{headers}content-type: application/json\r\n"
    );
    let answer = server.send_head(&head, &body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    answer
}

/// Returns the one span of a batch, with its attributes by name.
fn span(received: &Received) -> (Value, Value) {
    let batch = received.json();
    let spans = &batch["resourceSpans"][0]["scopeSpans"][0]["spans"];
    assert_eq!(spans.as_array().unwrap().len(), 1, "{spans}");
    let attributes = spans[0]["attributes"].as_array().unwrap().iter().map(|one| {
        let value = one["value"].as_object().unwrap().values().next().unwrap().clone();
        (one["key"].as_str().unwrap().to_owned(), value)
    });
    (spans[0].clone(), Value::Object(attributes.collect()))
}

#[tokio::test]
async fn an_actions_span_is_a_child_of_its_callers_and_holds_nothing_of_what_was_asked() {
    let mut collector = Receiver::start([]).await;
    let server = telling(&collector).await;
    let key = server.agent_key("customer-support").await;
    let headers = format!("traceparent: 00-{TRACE}-{SPAN}-01\r\ntracestate: rojo=1\r\n");
    let decided = ask(&server, &key, &headers, &refund(45)).await.json();
    let received = collector.next().await;
    assert_eq!(received.path, "/v1/traces");
    let (span, attributes) = span(&received);
    assert_eq!(span["traceId"], TRACE);
    assert_eq!(span["parentSpanId"], SPAN);
    assert_eq!(span["traceState"], "rojo=1");
    assert_eq!(span["name"], "execute_tool issue_refund");
    assert_eq!(attributes["syndic.event_id"], decided["action_id"]);
    assert_eq!(attributes["syndic.policy_revision"], decided["policy_revision"]);
    assert_eq!(attributes["syndic.record"], decided["record"]["index"].to_string());
    assert_eq!(attributes["syndic.verdict"], "allow");
    assert_eq!(attributes["gen_ai.agent.id"], "customer-support");
    for hidden in ["secret-order", "person@example.org"] {
        assert!(!attributes.to_string().contains(hidden), "{hidden} in {attributes}");
    }
    let event = server.events("").await.remove(0);
    assert!(!event.to_string().contains(TRACE), "no trace is recorded: {event}");
    drop(server.stop().await);
}

#[tokio::test]
async fn a_denial_is_no_error_and_what_waits_is_told_at_the_end() {
    let mut collector = Receiver::start([]).await;
    let server = telling(&collector).await;
    let key = server.agent_key("customer-support").await;
    let unheard = json!({"agent": "customer-support", "action": "launch", "args": {}});
    let decided = server.submit(&key, unheard).await;
    // The linger of a second is cut short.
    drop(server.stop().await);
    let (span, attributes) = span(&collector.next().await);
    assert_eq!(span["name"], "execute_tool unknown");
    assert_eq!(span["status"], json!({}));
    assert_eq!(attributes["syndic.action"], "launch");
    assert_eq!(attributes["syndic.verdict"], "deny");
    assert_eq!(attributes["syndic.allowed"], decided["allowed"]);
}

/// Takes the place of the exporter, and returns the span of each answered request, if there is one.
struct Spans(tokio::sync::mpsc::Receiver<ActionSpan>);

impl Spans {
    fn next(&mut self) -> Option<ActionSpan> {
        match self.0.try_recv() {
            Ok(span) => Some(span),
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => panic!("the gate has another exporter"),
        }
    }
}

#[tokio::test]
async fn a_caller_that_is_malformed_begins_a_new_trace_and_one_that_is_not_sampled_has_no_span() {
    let collector = Receiver::start([]).await;
    let server = telling(&collector).await;
    let key = server.agent_key("customer-support").await;
    let mut spans = Spans(server.gate.spans());
    for malformed in ["", "traceparent: 00-0-0-01\r\n", "traceparent: \u{ff}\r\n"] {
        ask(&server, &key, malformed, &refund(1)).await;
        let span = spans.next().unwrap();
        assert!(span.parent.is_none() && span.trace != [0; 16], "{malformed:?}");
    }
    let unsampled = format!("traceparent: 00-{TRACE}-{SPAN}-00\r\n");
    ask(&server, &key, &unsampled, &refund(2)).await;
    assert_eq!(spans.next(), None);
    let mut rehearsal = refund(3);
    rehearsal["dry_run"] = true.into();
    ask(&server, &key, "", &rehearsal).await;
    assert_eq!(spans.next(), None);
}

#[tokio::test]
async fn the_place_that_an_mcp_client_named_counts_where_no_header_does() {
    let collector = Receiver::start([]).await;
    let server = telling(&collector).await;
    let key = server.agent_key("customer-support").await;
    let mut spans = Spans(server.gate.spans());
    let mut asked = refund(1);
    asked["metadata"] = json!({"traceparent": format!("00-{TRACE}-{SPAN}-01")});
    ask(&server, &key, "", &asked).await;
    let parent = spans.next().unwrap().parent.unwrap();
    assert_eq!(syndic_model::Hex(&parent.trace).to_string(), TRACE);
    let nearer = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\n";
    ask(&server, &key, nearer, &asked).await;
    let parent = spans.next().unwrap().parent.unwrap();
    assert_eq!(syndic_model::Hex(&parent.span).to_string(), "b7ad6b7169203331");
}

#[tokio::test]
async fn an_authzen_question_has_a_span_too() {
    let collector = Receiver::start([]).await;
    let server = telling(&collector).await;
    let key = server.agent_key("customer-support").await;
    let mut spans = Spans(server.gate.spans());
    let question = json!({
        "subject": {"type": "agent", "id": "customer-support"},
        "action": {"name": "issue_refund", "properties": {"amount": 5}},
        "resource": {"type": "order", "id": "A-1"},
    });
    let head = format!(
        "POST /access/v1/evaluation HTTP/1.1\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\ntraceparent: 00-{TRACE}-{SPAN}-01\r\n"
    );
    let answer = server.send_head(&head, &question.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(syndic_model::Hex(&spans.next().unwrap().trace).to_string(), TRACE);
}

#[tokio::test]
async fn nothing_is_told_until_a_reload_says_where() {
    let mut collector = Receiver::start([]).await;
    let server = TestServer::start(Arc::new(TestClock::at(NOW))).await;
    let key = server.agent_key("customer-support").await;
    let mut spans = Spans(server.gate.spans());
    ask(&server, &key, "", &refund(1)).await;
    assert_eq!(spans.next(), None);
    tells(server.directory(), &collector.address.to_string());
    let reloaded = server.send("POST", "/v1/policy/reload", &server.admin, "{}").await;
    assert_eq!(reloaded.status, 200, "{}", reloaded.text);
    ask(&server, &key, "", &refund(2)).await;
    assert!(spans.next().is_some());
    assert!(collector.arrived().is_none());
}

#[tokio::test]
async fn decisions_go_on_while_nobody_takes_spans_and_they_are_counted() {
    let collector = Receiver::start([]).await;
    let server = telling(&collector).await;
    let key = server.agent_key("customer-support").await;
    drop(server.gate.spans());
    for _ in 0..3 {
        assert_eq!(server.submit(&key, refund(1)).await["effect"], "allow");
    }
    let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
    assert!(metrics.contains("\nsyndic_trace_dropped_total 3\n"), "{metrics}");
}
