//! What actions send and bring back is looked through.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

fn message(to: &str, text: &str) -> Value {
    json!({"agent": "customer-support", "action": "send_external_message",
        "args": {"recipient": to, "message": text}})
}

fn replace(directory: &Path, file: &str, from: &str, to: &str) {
    let path = directory.join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from), "{text}");
    fs::write(path, text.replacen(from, to, 1)).unwrap();
}

/// Searches the knowledge base, reports `result`, and returns what the report is answered.
async fn search(server: &TestServer, key: &str, session: &str, result: &Value) -> Value {
    let action = json!({"agent": "knowledge-base", "action": "search_knowledge_base",
        "session_id": session, "args": {"query": "customers"}});
    let decided = server.submit(key, action).await;
    assert_eq!(decided["allowed"], true, "{decided}");
    let outcome = json!({"status": "ok", "args_digest": decided["permit"]["args_digest"],
        "result": result});
    let path = format!("/v1/actions/{}/outcome", decided["action_id"].as_str().unwrap());
    let reported = server.send("POST", &path, key, &outcome.to_string()).await;
    assert_eq!(reported.status, 200, "{}", reported.text);
    reported.json()
}

/// A server whose knowledge base says this of output, with its agent enforced.
async fn filtering(output: &str) -> (TestServer, String) {
    let output = format!(
        "    output: {output}\n    input:\n      type: object\n      additionalProperties: false\n      required: [query]"
    );
    let server = TestServer::start_with(clock(), |dir| {
        let input = "    input:\n      type: object\n      additionalProperties: false\n      required: [query]";
        replace(dir, "actions/support.yaml", input, &output);
    })
    .await;
    let key = server.agent_key("knowledge-base").await;
    (server, key)
}

#[tokio::test]
async fn what_leaves_is_looked_through_whatever_argument_it_stands_in() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    for (text, policy) in [
        ("Your order is on its way.", None),
        ("We have customer@example.com on file.", None),
        ("We have other@example.com on file.", Some("no-pii-external")),
        ("Your card 4111 1111 1111 1111 was charged.", Some("no-pii-external")),
        ("It is 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1.", Some("no-disguise-external")),
        ("It is postgres://app:Hx7Kq2pLw9zR@db.internal/shop.", Some("no-secrets-external")),
    ] {
        let decided = server.submit(&key, message("customer@example.com", text)).await;
        let reasons = decided["reasons"].to_string();
        match policy {
            None => assert_eq!(decided["effect"], "allow", "{text}: {decided}"),
            Some(policy) => assert!(reasons.contains(policy), "{text}: {decided}"),
        }
        assert!(!reasons.contains("4111") && !reasons.contains("other@"), "{reasons}");
    }
}

#[tokio::test]
async fn a_value_that_is_split_over_messages_does_not_leave() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let first = server.submit(&key, message("customer@example.com", "The card is 4111 1111")).await;
    assert_eq!(first["effect"], "allow", "{first}");
    let second = server.submit(&key, message("customer@example.com", "1111 1111 of course")).await;
    assert_eq!(second["effect"], "deny", "{second}");
    let path = format!("/v1/audit/events/{}/explanation", second["action_id"].as_str().unwrap());
    let explained = server.send("GET", &path, &server.admin, "").await;
    assert!(explained.text.contains("no-pii-external"), "{}", explained.text);
    let found = &explained.json()["decision"]["context"]["call"]["found"];
    assert_eq!(found["disguises"], json!(["messages"]), "{}", explained.text);
    assert_eq!(found["began_in"], json!([first["action_id"]]), "the card began there");
    assert!(!found.to_string().contains("4111"), "{found}");
    let other = server.submit(&key, message("other@example.com", "1111 1111 of course")).await;
    assert_eq!(other["effect"], "allow", "half of it went to somebody else: {other}");
    let own = "We have on file: customer@example.com.";
    assert_eq!(server.submit(&key, message("customer@example.com", own)).await["effect"], "allow");
    let next = server.submit(&key, message("customer@example.com", "Hello again")).await;
    assert_eq!(next["effect"], "allow", "{next}");
}

#[tokio::test]
async fn a_value_that_is_split_over_other_arguments_than_the_content_does_not_leave() {
    let server = TestServer::start_with(clock(), |dir| {
        replace(
            dir,
            "actions/support.yaml",
            "        message: ",
            "        subject: { type: string }\n        message: ",
        );
    })
    .await;
    let key = server.agent_key("customer-support").await;
    let send = |subject: &str| {
        json!({"agent": "customer-support", "action": "send_external_message",
            "args": {"recipient": "customer@example.com", "message": "Hello", "subject": subject}})
    };
    for subject in ["4111 1111", "1111 11"] {
        let decided = server.submit(&key, send(subject)).await;
        assert_eq!(decided["effect"], "allow", "{decided}");
    }
    let last = server.submit(&key, send("11 as told")).await;
    assert_eq!(last["effect"], "deny", "{last}");
    assert!(last["reasons"].to_string().contains("no-pii-external"), "{last}");
}

#[tokio::test]
async fn what_a_destination_may_have_is_allowed_to_it_alone() {
    let allow = "\ndetection:\n  allow:\n    - types: [PHONE_NUMBER]\n      to: [\"@partner.example\"]\n      agents: [customer-support]\n";
    let server = TestServer::start_with(clock(), |dir| {
        let path = dir.join("syndic.yaml");
        let text = fs::read_to_string(&path).unwrap();
        fs::write(path, text + allow).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    let text = "Call the customer at +44 20 7946 0958.";
    for (to, effect) in [("desk@partner.example", "allow"), ("desk@other.example", "deny")] {
        let decided = server.submit(&key, message(to, text)).await;
        assert_eq!(decided["effect"], effect, "{to}: {decided}");
    }
}

#[tokio::test]
async fn a_detector_of_ones_own_is_looked_for_too() {
    let detector = "type: EMPLOYEE_NUMBER\nregex: 'EMP-[0-9]{6}'\nexamples:\n  match: [EMP-123456]\n  no_match: [EMP-12]\n";
    let server = TestServer::start_with(clock(), |dir| {
        fs::create_dir_all(dir.join("detectors")).unwrap();
        fs::write(dir.join("detectors/employee.yaml"), detector).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    let decided = server.submit(&key, message("a@example.org", "Ask EMP-417034.")).await;
    assert_eq!(decided["effect"], "deny", "{decided}");
    assert!(decided["reasons"].to_string().contains("EMPLOYEE_NUMBER"), "{decided}");
}

#[tokio::test]
async fn a_result_goes_back_and_on_record_without_what_is_redacted() {
    let (server, key) = filtering("{ redact: [pii] }").await;
    let found = json!({"rows": [{"mail": "jane.doe@example.com", "n": 1}, {"mail": "jane.doe@example.com"}]});
    let first = search(&server, &key, "s-1", &found).await;
    let tag = "<EMAIL_ADDRESS_1>";
    let left = json!({"rows": [{"mail": tag, "n": 1}, {"mail": tag}]});
    assert_eq!(first["output"]["result"], left, "{first}");
    assert_eq!(first["output"]["redacted"], json!(["EMAIL_ADDRESS"]));
    let second = search(&server, &key, "s-1", &json!("ask jane.doe@example.com")).await;
    assert_eq!(second["output"]["result"], json!(format!("ask {tag}")), "a number stays");
    let events = server.events("").await;
    assert_eq!(events[1]["tool_result"], left);
    assert!(!Value::from(events).to_string().contains("jane.doe"));
    let metrics = server.send("GET", "/metrics", &server.admin, "").await.text;
    let counted = r#"syndic_output_filtered_total{agent_name="knowledge-base",action="search_knowledge_base",result="redacted"} 2"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn a_result_with_what_is_blocked_does_not_go_back_at_all() {
    let (server, key) = filtering("{ block: [CREDIT_CARD], max_bytes: 200 }").await;
    for (result, why) in [
        (json!({"card": "4111 1111 1111 1111"}), "CREDIT_CARD"),
        (json!("x".repeat(300)), "max_bytes"),
    ] {
        let reported = search(&server, &key, "s-2", &result).await;
        let withheld = reported["output"]["withheld"].as_str().unwrap();
        assert!(withheld.contains(why), "{reported}");
        assert!(!reported.to_string().contains("4111") && !reported.to_string().contains("xxx"));
    }
    let events = Value::from(server.events("").await).to_string();
    assert!(!events.contains("4111") && !events.contains("xxx"), "{events}");
    let reported = search(&server, &key, "s-2", &json!({"card": "none"})).await;
    assert_eq!(reported["output"]["result"], json!({"card": "none"}), "{reported}");
    assert_eq!(reported["output"]["withheld"], Value::Null);
}

#[tokio::test]
async fn results_that_nobody_filters_are_not_looked_at() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("knowledge-base").await;
    let reported = search(&server, &key, "s-3", &json!("jane.doe@example.com")).await;
    assert_eq!(reported.get("output"), None, "{reported}");
}

#[tokio::test]
async fn a_text_is_looked_through_by_itself() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let ask = async |key: &str, body: Value| {
        server.send("POST", "/v1/filter", key, &body.to_string()).await
    };
    let text = json!({"agent": "customer-support", "text": "write to jane@example.com"});
    let found = ask(&key, text).await.json();
    assert_eq!(found["text"], "write to <EMAIL_ADDRESS_1>", "{found}");
    let finding = &found["findings"][0];
    assert_eq!(
        (&finding["type"], &finding["start"], &finding["end"]),
        (&json!("EMAIL_ADDRESS"), &json!(9), &json!(25))
    );
    let document = json!({"agent": "customer-support", "json": {"to": ["jane@example.com"]}});
    let found = ask(&key, document).await.json();
    assert_eq!(found["json"], json!({"to": ["<EMAIL_ADDRESS_1>"]}), "{found}");
    assert_eq!(found["findings"][0]["path"], "/to/0");
    for (body, status) in [
        (json!({"agent": "customer-support"}), 422),
        (json!({"agent": "customer-support", "text": "", "json": 1}), 422),
        (json!({"agent": "knowledge-base", "text": "x"}), 403),
    ] {
        assert_eq!(ask(&key, body.clone()).await.status, status, "{body}");
    }
    let unknown = ask(&server.admin, json!({"agent": "nobody", "text": "x"})).await;
    assert_eq!(unknown.status, 404, "{}", unknown.text);
    assert!(
        unknown.json()["type"].as_str().unwrap().ends_with("unknown-agent"),
        "{}",
        unknown.text
    );
    let auditor = server.key(json!({"role": "auditor"})).await;
    let body = json!({"agent": "customer-support", "text": "x"});
    assert_eq!(ask(&auditor, body).await.status, 403);
    assert_eq!(server.events("").await.len(), 0, "nothing is recorded");
}

#[tokio::test]
async fn an_image_goes_back_as_it_is_and_what_is_said_of_it_does_not() {
    let (server, key) = filtering("{ redact: [pii] }").await;
    // Bytes that are no text and, written so, look like a card.
    let data = "4111111111111111/////w==";
    let found = json!({"content": [
        {"type": "image", "data": data, "mimeType": "image/png"},
        {"type": "text", "text": "of jane.doe@example.com"},
        {"type": "image", "data": "jane.doe@example.com"},
    ]});
    let answer = search(&server, &key, "s-1", &found).await;
    let content = &answer["output"]["result"]["content"];
    assert_eq!(content[0]["data"], data, "{answer}");
    assert_eq!(content[1]["text"], "of <EMAIL_ADDRESS_1>");
    assert_eq!(content[2]["data"], "<EMAIL_ADDRESS_1>", "an address is no image");
}

#[tokio::test]
async fn a_large_argument_is_looked_through_beside_other_work() {
    let server = TestServer::start(clock()).await;
    let key = server.agent_key("customer-support").await;
    let text = format!("{} 4111 1111 1111 1111", "so it goes. ".repeat(20_000));
    let decided = server.submit(&key, message("customer@example.com", &text)).await;
    assert_eq!(decided["effect"], "deny", "{decided}");
}
