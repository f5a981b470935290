//! The certification scenario of the `AuthZEN` Authorization API 1.0, levels Basic and Batch, and what syndic adds.
//!
//! Case names are the scenario's test ids.

use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

const ONE: &str = "/access/v1/evaluation";
const MANY: &str = "/access/v1/evaluations";

/// Starts over the shipped directory with the scenario's fixture beside it.
async fn start() -> (TestServer, String) {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start_with(clock, |dir| {
        let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/authzen");
        copy(Path::new(fixture), dir);
    })
    .await;
    let key = server.agent_key("records").await;
    (server, key)
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&to).unwrap();
            copy(&entry.path(), &to);
        } else if !to.exists() {
            std::fs::copy(entry.path(), &to).unwrap();
        }
    }
}

fn user(id: &str) -> Value {
    json!({"type": "user", "id": id})
}

fn admin() -> Value {
    json!({"type": "user", "id": "bob", "properties": {"role": "admin"}})
}

fn record(number: u8) -> Value {
    json!({"type": "record", "id": format!("record-{number}")})
}

fn archived() -> Value {
    json!({"type": "record", "id": "record-2", "properties": {"status": "archived"}})
}

fn active() -> Value {
    json!({"type": "record", "id": "record-1", "properties": {"status": "active"}})
}

fn asked(subject: Value, action: Value, resource: Value) -> Value {
    let fields = [("subject", subject), ("action", action), ("resource", resource)];
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).into_iter().collect())
}

fn named(name: &str) -> Value {
    json!({"name": name})
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

fn without(mut body: Value, pointer: &str, field: &str) -> Value {
    body.pointer_mut(pointer).unwrap().as_object_mut().unwrap().remove(field);
    body
}

fn decisions(answer: &Value) -> Vec<Value> {
    answer["evaluations"].as_array().unwrap().iter().map(|one| one["decision"].clone()).collect()
}

#[tokio::test]
async fn basic_every_fixture_decision_is_the_one_of_the_scenario() {
    let (server, key) = start().await;
    let soft = |soft: bool| json!({"name": "delete", "properties": {"soft": soft}});
    let read = asked(user("alice"), named("read"), record(1));
    let extra = asked(
        json!({"type": "user", "id": "alice", "properties": {"department": "Sales", "role": "manager"}}),
        json!({"name": "read", "properties": {"method": "GET"}}),
        json!({"type": "record", "id": "record-1", "properties": {"status": "active", "owner": "bob"}}),
    );
    for (case, body, decision) in [
        ("c-2-2-1", read.clone(), true),
        ("c-1-4 rule 2", asked(user("alice"), named("write"), record(1)), true),
        ("c-1-4 rule 3", asked(user("bob"), named("read"), record(1)), true),
        ("c-2-2-2", asked(user("bob"), named("write"), record(1)), false),
        (
            "c-2-2-3",
            with(
                read.clone(),
                "context",
                json!({"time": "2025-06-27T18:03-07:00", "ip": "192.168.1.1"}),
            ),
            true,
        ),
        ("c-2-2-4", asked(user("alice"), named("write"), archived()), false),
        ("c-2-2-5", asked(admin(), named("write"), archived()), true),
        ("c-2-2-6", asked(user("alice"), soft(true), record(1)), true),
        ("c-2-2-7", asked(user("alice"), soft(false), record(1)), false),
        ("c-2-2-8", extra, true),
        (
            "c-2-2-9",
            with(with(read.clone(), "foo", json!("bar")), "futureField", json!({"nested": true})),
            true,
        ),
        ("c-2-6", read.clone(), true),
        ("c-2-6 again", read, true),
    ] {
        let answer = server.send("POST", ONE, &key, &body.to_string()).await;
        assert_eq!(answer.status, 200, "{case}: {}", answer.text);
        assert!(answer.head.contains("content-type: application/json"), "{case}");
        let body = answer.json();
        assert_eq!(body["decision"], json!(decision), "{case}: {body}");
        assert!(body["context"].is_object(), "{case}");
        let record = &body["context"]["governance"]["record"]["index"];
        assert!(record.is_number(), "{case}: every decision is on record: {body}");
    }
}

#[tokio::test]
async fn basic_what_is_no_question_is_a_bad_request() {
    let (server, key) = start().await;
    let read = asked(user("alice"), named("read"), record(1));
    for (case, body) in [
        ("c-2-4-1 subject", without(read.clone(), "", "subject")),
        ("c-2-4-1 action", without(read.clone(), "", "action")),
        ("c-2-4-1 resource", without(read.clone(), "", "resource")),
        ("c-2-4-2 subject.type", without(read.clone(), "/subject", "type")),
        ("c-2-4-2 subject.id", without(read.clone(), "/subject", "id")),
        ("c-2-4-2 action.name", without(read.clone(), "/action", "name")),
        ("c-2-4-2 resource.type", without(read.clone(), "/resource", "type")),
        ("c-2-4-2 resource.id", without(read.clone(), "/resource", "id")),
        ("c-2-4-6 subject", with(read.clone(), "subject", json!("alice"))),
        ("c-2-4-6 action.name", with(read.clone(), "action", json!({"name": 123}))),
        ("context", with(read.clone(), "context", json!("now"))),
        ("properties", with(read.clone(), "action", json!({"name": "read", "properties": [1]}))),
        ("args", with(read.clone(), "context", json!({"args": "x"}))),
    ] {
        for path in [ONE, MANY] {
            let answer = server.send("POST", path, &key, &body.to_string()).await;
            assert_eq!(answer.status, 400, "{case} at {path}: {}", answer.text);
            assert!(answer.head.contains("application/problem+json"), "{case}");
        }
    }
    for (case, text) in [("c-2-4-4", "{\"subject\": "), ("c-2-4-5", ""), ("a list", "[]")] {
        assert_eq!(server.send("POST", ONE, &key, text).await.status, 400, "{case}");
    }
    for kind in ["content-type: text/plain\r\n", ""] {
        let head = format!("POST {ONE} HTTP/1.1\r\nauthorization: Bearer {key}\r\n{kind}");
        let answer = server.send_head(&head, &read.to_string()).await;
        assert_eq!(answer.status, 400, "c-2-4-3 `{kind}`: {}", answer.text);
    }
    assert!(server.events("agent=records").await.is_empty(), "nothing of it was decided");
}

#[tokio::test]
async fn the_request_id_comes_back_with_every_answer() {
    let (server, key) = start().await;
    let read = asked(user("alice"), named("read"), record(1)).to_string();
    for (case, body, status) in [("c-2-5-1", read.as_str(), 200), ("an error", "{", 400)] {
        let head = format!(
            "POST {ONE} HTTP/1.1\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\n\
             x-request-id: bfe9eb29-ab87\r\n"
        );
        let answer = server.send_head(&head, body).await;
        assert_eq!(answer.status, status, "{case}");
        assert!(answer.head.contains("x-request-id: bfe9eb29-ab87"), "{case}: {}", answer.head);
    }
    let absent = server.send("POST", ONE, &key, &read).await;
    assert!(!absent.head.contains("x-request-id"), "c-2-5-2");
}

#[tokio::test]
async fn who_asks_must_be_an_agent_of_ours() {
    let (server, key) = start().await;
    let read = asked(user("alice"), named("read"), record(1));
    let other = with(read.clone(), "context", json!({"agent": "customer-support"}));
    let auditor = server.key(json!({"role": "auditor"})).await;
    for (case, key, body, status) in [
        ("no key", "", &read, 401),
        ("a wrong key", "syndic_00_00", &read, 401),
        ("an admin key", server.admin.as_str(), &read, 403),
        ("an auditor key", auditor.as_str(), &read, 403),
        ("another agent", key.as_str(), &other, 403),
    ] {
        let answer = server.send("POST", ONE, key, &body.to_string()).await;
        assert_eq!(answer.status, status, "{case}: {}", answer.text);
    }
    let batch = json!({"evaluations": [read, other]});
    assert_eq!(server.send("POST", MANY, &server.admin, &batch.to_string()).await.status, 403);
    let answer = server.send("POST", MANY, &key, &batch.to_string()).await.json();
    assert_eq!(decisions(&answer), [true, false], "{answer}");
    assert_eq!(answer["evaluations"][1]["context"]["error"]["status"], json!(403));
}

#[tokio::test]
async fn batch_every_decision_of_the_scenario_stands_in_its_place() {
    let (server, key) = start().await;
    let (alice, bob) = (user("alice"), user("bob"));
    for (case, body, expected) in [
        (
            "c-3-2-1",
            json!({"subject": alice, "action": named("read"),
                "evaluations": [{"resource": record(1)}, {"resource": record(2)}]}),
            json!([true, true]),
        ),
        (
            "c-3-2-2",
            json!({"subject": bob, "resource": record(1),
                "evaluations": [{"action": named("read")}, {"action": named("write")}]}),
            json!([true, false]),
        ),
        (
            "c-3-2-3",
            json!({"subject": alice, "action": named("write"),
                "evaluations": [{"resource": active()}, {"resource": archived()}]}),
            json!([true, false]),
        ),
        (
            "c-3-2-4",
            json!({"action": named("write"), "resource": archived(),
                "evaluations": [{"subject": alice}, {"subject": admin()}]}),
            json!([false, true]),
        ),
        (
            "c-3-2-5",
            json!({"evaluations": [asked(alice.clone(), named("read"), record(1)),
                asked(bob.clone(), named("write"), record(1))]}),
            json!([true, false]),
        ),
        (
            "c-3-2-6",
            json!({"subject": alice, "action": named("read"), "context": {"time": "2025-06-27T18:03-07:00"},
                "evaluations": [{"resource": record(1)}, {"resource": record(2),
                    "context": {"time": "2025-06-27T19:00-07:00", "source": "batch-override"}}]}),
            json!([true, true]),
        ),
        (
            "c-3-2-7",
            json!({"subject": alice, "action": named("write"), "resource": active(),
                "evaluations": [{}, {"resource": archived()}]}),
            json!([true, false]),
        ),
        (
            "c-3-4-1",
            json!({"subject": alice, "action": named("read"),
                "options": {"evaluations_semantic": "execute_all", "another_option": "value"},
                "evaluations": [{"resource": record(1)}, {}]}),
            json!([true, false]),
        ),
        (
            "c-3-4-1, of another shape",
            json!({"subject": alice, "action": named("read"), "resource": record(1),
                "evaluations": [{"action": {"name": 7}}, "?", {}]}),
            json!([false, false, true]),
        ),
    ] {
        let answer = server.send("POST", MANY, &key, &body.to_string()).await;
        assert_eq!(answer.status, 200, "{case}: {}", answer.text);
        let body = answer.json();
        assert_eq!(json!(decisions(&body)), expected, "{case}: {body}");
        assert_eq!(body.get("decision"), None, "c-3-3-4");
    }
    let read = asked(alice, named("read"), record(1));
    for (case, body) in
        [("c-3-4-2", read.clone()), ("c-3-4-3", with(read, "evaluations", json!([])))]
    {
        let answer = server.send("POST", MANY, &key, &body.to_string()).await;
        assert_eq!((answer.status, &answer.json()["decision"]), (200, &json!(true)), "{case}");
        assert_eq!(answer.json().get("evaluations"), None, "{case}");
    }
}

#[tokio::test]
async fn a_semantic_that_stops_leaves_the_rest_undecided() {
    let (server, key) = start().await;
    let three = |first: &str, second: &str| json!([{"action": named(first)}, {"action": named(second)}, {"action": named("read")}]);
    let mut recorded = 0;
    for (semantic, evaluations, expected) in [
        ("execute_all", three("read", "write"), json!([true, false, true])),
        ("deny_on_first_deny", three("read", "write"), json!([true, false])),
        ("deny_on_first_deny", json!([{"action": 1}, {"action": named("read")}]), json!([false])),
        ("permit_on_first_permit", three("write", "read"), json!([false, true])),
    ] {
        let body = json!({"subject": user("bob"), "resource": record(1), "evaluations": evaluations,
            "options": {"evaluations_semantic": semantic}});
        let answer = server.send("POST", MANY, &key, &body.to_string()).await.json();
        assert_eq!(json!(decisions(&answer)), expected, "{semantic}: {answer}");
        recorded += expected.as_array().unwrap().len();
    }
    // One of them was no question, so there is nothing to record.
    assert_eq!(server.events("agent=records").await.len(), recorded - 1);
    for (case, body) in [
        (
            "an unknown semantic",
            json!({"options": {"evaluations_semantic": "any"}, "evaluations": [{}]}),
        ),
        ("too many", json!({"evaluations": vec![json!({}); 101]})),
        ("no list", json!({"evaluations": {}})),
    ] {
        let answer = server.send("POST", MANY, &key, &body.to_string()).await;
        assert_eq!(answer.status, 400, "{case}: {}", answer.text);
    }
}

#[tokio::test]
async fn discovery_names_the_endpoints_that_there_are() {
    let clock = Arc::new(TestClock::at("2026-11-23T12:00:00Z"));
    let server = TestServer::start_with(clock, |dir| {
        let path = dir.join("syndic.yaml");
        let text = std::fs::read_to_string(&path).unwrap();
        let url = "public_url: https://syndic.example.org";
        std::fs::write(&path, text.replace("# public_url: https://syndic.example.org", url))
            .unwrap();
    })
    .await;
    let answer = server.send("GET", "/.well-known/authzen-configuration", "", "").await;
    assert_eq!(answer.status, 200, "c-6: {}", answer.text);
    assert_eq!(
        answer.json(),
        json!({
            "policy_decision_point": "https://syndic.example.org",
            "access_evaluation_endpoint": "https://syndic.example.org/access/v1/evaluation",
            "access_evaluations_endpoint": "https://syndic.example.org/access/v1/evaluations",
        })
    );
}

#[tokio::test]
async fn the_same_action_is_the_same_decision_on_both_ways() {
    let (server, _) = start().await;
    let key = server.agent_key("customer-support").await;
    let question = |args: Value| {
        asked(
            json!({"type": "agent", "id": "customer-support"}),
            json!({"name": "issue_refund", "properties": args}),
            json!({"type": "tool", "id": "issue_refund"}),
        )
    };
    let args = |amount: u32| json!({"order_id": "A-1", "amount": amount});
    for (amount, decision, reason) in [(45, true, "allowed"), (150, false, "approval_required")] {
        let native =
            json!({"agent": "customer-support", "action": "issue_refund", "args": args(amount)});
        let native = server.submit(&key, native).await;
        let body = question(args(amount)).to_string();
        let answer = server.send("POST", ONE, &key, &body).await.json();
        assert_eq!(answer["decision"], json!(decision), "{answer}");
        let context = &answer["context"];
        assert_eq!(context["reason"], json!(reason), "{answer}");
        assert_eq!(context["governance"]["reasons"], native["reasons"]);
        assert_eq!(context["governance"]["effect"], native["effect"]);
        assert_eq!(
            context["governance"]["permit"]["args_digest"], native["permit"]["args_digest"],
            "the permit is for the same arguments"
        );
        assert_eq!(context.get("access_request").is_some(), !decision, "{answer}");
    }
    let given = with(question(json!({})), "context", json!({"args": args(45), "user_id": "u-1"}));
    let answer = server.send("POST", ONE, &key, &given.to_string()).await.json();
    assert_eq!(answer["decision"], json!(true), "{answer}");
    let events = server.events("agent=customer-support").await;
    assert_eq!(events[0]["event_id"], answer["context"]["evaluation_id"]);
    assert_eq!(events[0]["user_id"], json!("u-1"));
    assert_eq!(events[0]["tool_args"], args(45));
}

#[tokio::test]
async fn what_is_not_exact_or_not_asked_for_is_denied_on_the_record() {
    let (server, _) = start().await;
    let key = server.agent_key("customer-support").await;
    let body = |action: &str, resource: &str, context: &str| {
        format!(
            r#"{{"subject": {{"type": "agent", "id": "customer-support"}}, "action": {action},
                "resource": {resource}, "context": {context}}}"#
        )
    };
    let tool = r#"{"type": "tool", "id": "issue_refund"}"#;
    let refund = r#"{"name": "issue_refund", "properties": {"order_id": "A-1", "amount": 45}}"#;
    for (case, body, told) in [
        (
            "a duplicate key",
            body(
                r#"{"name": "issue_refund", "properties": {"order_id": "A", "order_id": "B", "amount": 4}}"#,
                tool,
                "{}",
            ),
            "duplicate key at `/order_id`",
        ),
        (
            "an argument that is given twice",
            body(refund, tool, r#"{"args": {"amount": 4}}"#),
            "duplicate key at `/amount`",
        ),
        (
            "a number that is not exact",
            body(
                r#"{"name": "issue_refund", "properties": {"order_id": "A", "amount": 4.00001}}"#,
                tool,
                "{}",
            ),
            "number at `/amount` is not exact",
        ),
        (
            "a resource that the action does not look at",
            body(refund, r#"{"type": "order", "id": "B-9"}"#, "{}"),
            "breaks `additionalProperties`",
        ),
        (
            "a tool that the action does not have",
            body(refund, r#"{"type": "tool", "id": "shell"}"#, "{}"),
            "tool-access: ",
        ),
        (
            "an unknown action",
            body(r#"{"name": "fly"}"#, r#"{"type": "order", "id": "B-9"}"#, "{}"),
            "`fly` is not in the catalogue",
        ),
        (
            "a delegation that is none",
            body(refund, tool, r#"{"on_behalf_of": "nobody"}"#),
            "`nobody`",
        ),
    ] {
        let answer = server.send("POST", ONE, &key, &body).await;
        assert_eq!(answer.status, 200, "{case}: {}", answer.text);
        let answer = answer.json();
        assert_eq!(answer["decision"], json!(false), "{case}: {answer}");
        let reasons = answer["context"]["reason_admin"]["en"].as_str().unwrap_or_default();
        assert!(reasons.contains(told), "{case}: {answer}");
        assert!(answer["context"]["governance"]["record"]["index"].is_number(), "{case}");
    }
    let name = body(r#"{"name": "to fly"}"#, tool, "{}");
    let answer = server.send("POST", ONE, &key, &name).await.json();
    assert_eq!(answer["decision"], json!(false), "{answer}");
    assert_eq!(answer["context"]["reason"], json!("invalid_request"), "{answer}");
}
