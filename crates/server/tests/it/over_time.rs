//! What depends on what was done before: limits, sessions, recipients.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use jiff::SignedDuration;
use serde_json::{Value, json};
use syndic_testkit::{TestClock, TestServer};

fn clock() -> Arc<TestClock> {
    Arc::new(TestClock::at("2026-11-23T12:00:00Z"))
}

#[expect(clippy::unwrap_used, reason = "a test stops where its directory cannot be changed")]
fn change(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(path, text.replace(from, to)).unwrap();
}

/// Gives customer support other limits.
fn limits(directory: &Path, limits: &str) {
    let profile = directory.join("agents/customer-support.yaml");
    change(&profile, "limits:\n  - per: minute\n    calls: 60\n", &format!("limits: [{limits}]\n"));
    change(&profile, "amount_over: 100 USD", "amount_over: 100000 USD");
}

fn refund(amount: u32, session: Option<&str>) -> Value {
    json!({"agent": "customer-support", "action": "issue_refund", "session_id": session,
        "args": {"order_id": "A-1", "amount": amount}})
}

fn message(to: &str, session: Option<&str>) -> Value {
    json!({"agent": "customer-support", "action": "send_external_message", "session_id": session,
        "args": {"recipient": to, "message": "Your order is on its way."}})
}

fn told(decided: &Value) -> String {
    let reasons: Vec<_> =
        decided["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    format!("{} {}", decided["effect"].as_str().unwrap_or_default(), reasons.join("; "))
}

#[tokio::test]
async fn six_times_900_are_refused_by_the_sum_of_a_day_and_a_restart_forgets_nothing() {
    let clock = clock();
    let cap = "{actions: [issue_refund], per: day, amount: 5000 USD}";
    let mut server = TestServer::start_with(clock.clone(), |dir| limits(dir, cap)).await;
    let key = server.agent_key("customer-support").await;
    for n in 0..5 {
        assert_eq!(told(&server.submit(&key, refund(900, None)).await), "allow ", "{n}");
        clock.step(SignedDuration::from_mins(10));
    }
    let over = "deny spend-limit: with 900 USD the sum within a day is 5400 USD, over the limit of 5000 USD";
    assert_eq!(told(&server.submit(&key, refund(900, None)).await), over);
    server = server.restart(clock.clone()).await;
    assert_eq!(told(&server.submit(&key, refund(900, None)).await), over);
    assert_eq!(told(&server.submit(&key, refund(500, None)).await), "allow ");
    clock.step(SignedDuration::from_hours(24));
    assert_eq!(told(&server.submit(&key, refund(900, None)).await), "allow ");
}

#[tokio::test(flavor = "multi_thread")]
async fn parallel_submits_never_overshoot() {
    let cap = "{per: hour, calls: 120}, {actions: [issue_refund], per: day, amount: 1000 USD}";
    let server = Arc::new(TestServer::start_with(clock(), |dir| limits(dir, cap)).await);
    let key = server.agent_key("customer-support").await;
    let submit = |_| {
        let (server, key) = (Arc::clone(&server), key.clone());
        tokio::spawn(async move { server.submit(&key, refund(30, None)).await })
    };
    let all: Vec<_> = (0..200).map(submit).collect();
    let (mut allowed, mut rate, mut spend) = (0, 0, 0);
    for one in all {
        let decided = one.await.unwrap();
        allowed += u32::from(decided["allowed"] == true);
        rate += u32::from(told(&decided).contains("rate-limit"));
        spend += u32::from(told(&decided).contains("spend-limit"));
    }
    assert_eq!((allowed, rate, spend), (33, 80, 167));
}

#[tokio::test]
async fn denials_count_as_calls_and_the_window_rolls() {
    let clock = clock();
    let server =
        TestServer::start_with(clock.clone(), |dir| limits(dir, "{per: minute, calls: 3}")).await;
    let key = server.agent_key("customer-support").await;
    let unknown = json!({"agent": "customer-support", "action": "format_disk", "args": {}});
    for _ in 0..3 {
        assert!(told(&server.submit(&key, unknown.clone()).await).starts_with("deny tool-access"));
        clock.step(SignedDuration::from_secs(20));
    }
    let refused = server.submit(&key, refund(1, None)).await;
    assert_eq!(told(&refused), "deny rate-limit: call 4 within a minute is over the limit of 3");
    assert_eq!(refused["model_message"]["retry"], "after");
    clock.step(SignedDuration::from_secs(62));
    assert_eq!(told(&server.submit(&key, refund(1, None)).await), "allow ");
}

#[tokio::test]
async fn a_limit_per_session_counts_apart_and_its_ceiling_together() {
    let caps = "{per: session, calls: 2}, {per: day, calls: 5}";
    let server = TestServer::start_with(clock(), |dir| limits(dir, caps)).await;
    let key = server.agent_key("customer-support").await;
    let mut answers = Vec::new();
    for session in ["a", "a", "a", "b", "b", "c"] {
        let decided = server.submit(&key, refund(1, Some(session))).await;
        answers.push(decided["effect"].as_str().unwrap_or_default().to_owned());
    }
    assert_eq!(answers, ["allow", "allow", "deny", "allow", "allow", "deny"]);
}

#[tokio::test]
async fn tokens_count_when_they_are_reported() {
    let server =
        TestServer::start_with(clock(), |dir| limits(dir, "{per: hour, tokens: 100}")).await;
    let key = server.agent_key("customer-support").await;
    let decided = server.submit(&key, refund(1, None)).await;
    let path = format!("/v1/actions/{}/outcome", decided["action_id"].as_str().unwrap());
    let outcome = json!({"status": "ok", "args_digest": decided["permit"]["args_digest"],
        "input_tokens": 60, "output_tokens": 40});
    let answer = server.send("POST", &path, &key, &outcome.to_string()).await;
    assert!(answer.status < 300, "{}", answer.text);
    let refused = server.submit(&key, refund(1, None)).await;
    assert_eq!(
        told(&refused),
        "deny spend-limit: 100 tokens within an hour reach the limit of 100"
    );
}

#[tokio::test]
async fn whoever_delegates_is_charged_too() {
    let server =
        TestServer::start_with(clock(), |dir| limits(dir, "{per: minute, calls: 2}")).await;
    let search = json!({"agent": "knowledge-base", "action": "search_knowledge_base",
        "args": {"query": "q"}, "on_behalf_of": "customer-support"});
    let other = server.agent_key("knowledge-base").await;
    for _ in 0..2 {
        assert_eq!(told(&server.submit(&other, search.clone()).await), "allow ");
    }
    assert!(told(&server.submit(&other, search).await).contains("rate-limit"));
    let key = server.agent_key("customer-support").await;
    assert!(told(&server.submit(&key, refund(1, None)).await).contains("rate-limit"));
}

/// Lets the search bring in content from outside, and refuses money and messages after it.
#[expect(clippy::unwrap_used, reason = "a test stops where its directory cannot be changed")]
fn untrusted(directory: &Path) {
    change(
        &directory.join("actions/support.yaml"),
        "  search_knowledge_base:\n",
        "  search_knowledge_base:\n    labels: [untrusted_content]\n",
    );
    let policy = r#"
        @id("no-message-after-untrusted")
        @description("What came from outside may carry instructions.")
        @severity("high")
        @reason("content from outside was read in this session")
        forbid (principal, action in Action::"send_external_message", resource)
        when { context.call.session.labels.contains("untrusted_content") };
    "#;
    fs::write(directory.join("policies/org/untrusted.cedar"), policy).unwrap();
}

/// Sends a message in a session, or in none, and returns the effect.
async fn ask(server: &TestServer, key: &str, session: Option<&str>) -> String {
    let decided = server.submit(key, message("ann@shop.test", session)).await;
    decided.get("effect").and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_new_session_sheds_no_label_and_an_old_one_keeps_its_own() {
    let clock = clock();
    let mut server = TestServer::start_with(clock.clone(), untrusted).await;
    let key = server.agent_key("customer-support").await;
    assert_eq!(ask(&server, &key, Some("old")).await, "allow");
    let search = json!({"agent": "customer-support", "action": "search_knowledge_base",
        "args": {"query": "q"}, "session_id": "reads"});
    let read = server.submit(&key, search).await;
    assert_eq!(read["effect"], "allow", "{read}");
    for (session, expected) in
        [(Some("reads"), "deny"), (Some("new"), "deny"), (None, "deny"), (Some("old"), "allow")]
    {
        assert_eq!(ask(&server, &key, session).await, expected, "{session:?}");
    }
    server = server.restart(clock.clone()).await;
    assert_eq!(ask(&server, &key, Some("reads")).await, "deny");
    clock.step(SignedDuration::from_mins(31));
    for (session, expected) in [(Some("reads"), "deny"), (Some("later"), "allow"), (None, "allow")]
    {
        assert_eq!(ask(&server, &key, session).await, expected, "{session:?}");
    }
}

#[tokio::test]
async fn a_recipient_is_new_once() {
    let clock = clock();
    let policy = r#"
        @id("new-recipient")
        @description("Whom an agent never wrote to, it asks about first.")
        @severity("medium")
        @reason("a recipient is new to this agent")
        @mode("shadow")
        forbid (principal, action in Action::"send_external_message", resource)
        unless { context.call.known_recipients.containsAll(context.facts.recipients) };
    "#;
    let mut server = TestServer::start_with(clock.clone(), |dir| {
        fs::write(dir.join("policies/org/new-recipient.cedar"), policy).unwrap();
    })
    .await;
    let key = server.agent_key("customer-support").await;
    let mut new = Vec::new();
    for (n, to) in ["ann@shop.test", "Ann <ANN@shop.test>", "bob@shop.test", "ann@shop.test"]
        .into_iter()
        .enumerate()
    {
        if n == 3 {
            server = server.restart(clock.clone()).await;
        }
        let decided = server.submit(&key, message(to, None)).await;
        new.push(decided.to_string().contains("a recipient is new"));
    }
    assert_eq!(new, [true, false, true, false]);
}

/// Says what the files in force have against an action, and what would let it pass.
#[expect(clippy::indexing_slicing, reason = "JSON answers null where it has nothing")]
async fn ways(server: &TestServer, decided: &Value) -> Vec<String> {
    let id = decided["action_id"].as_str().unwrap_or_default();
    let path = format!("/v1/audit/events/{id}/explanation");
    let answer = server.send("GET", &path, &server.admin, "").await;
    let told: Value = serde_json::from_str(&answer.text).unwrap_or_default();
    let obstacles = told["now"]["obstacles"].as_array().cloned().unwrap_or_default();
    let way = |obstacle: &Value| {
        let way = obstacle["change"].as_str().or_else(|| obstacle["advice"].as_str());
        let policy = obstacle["check"]["policy"].as_str().unwrap_or_default();
        format!("{policy}: {}", way.unwrap_or_default())
    };
    obstacles.iter().map(way).collect()
}

#[tokio::test]
async fn an_explanation_says_how_much_room_a_limit_has_left_and_when_it_has_room_again() {
    let sum = "{actions: [issue_refund], per: day, amount: 1000 USD}";
    let both = format!("{{per: minute, calls: 3}}, {sum}");
    let server = TestServer::start_with(clock(), |dir| limits(dir, &both)).await;
    let key = server.agent_key("customer-support").await;
    for _ in 0..2 {
        assert_eq!(told(&server.submit(&key, refund(400, None)).await), "allow ");
    }
    let sum_is_over = server.submit(&key, refund(300, None)).await;
    assert_eq!(ways(&server, &sum_is_over).await, ["spend-limit: an amount of at most 200"]);
    let called_too_often = server.submit(&key, refund(100, None)).await;
    let rested = "rate-limit: asking at Monday 2026-11-23 12:02 UTC, when what was used until then no longer counts";
    assert_eq!(ways(&server, &called_too_often).await, [rested]);
    // Other files: the sum is the first limit now, and of the users nothing was recorded.
    let profile = server.directory().join("agents/customer-support.yaml");
    change(
        &profile,
        &both,
        &format!(
            "{sum}, {{per: minute, calls: 3}}, {{per: user, calls: 9}}, {{per: day, calls: 9}}"
        ),
    );
    let reloaded = server.send("POST", "/v1/policy/reload", &server.admin, "{}").await;
    assert_eq!(reloaded.status, 200, "{}", reloaded.text);
    let lacking = "what this limit counts was not recorded then; `syndic replay` counts it anew";
    let mut now = ways(&server, &sum_is_over).await;
    now.sort();
    now.dedup();
    assert_eq!(
        now,
        [format!("rate-limit: {lacking}"), "spend-limit: an amount of at most 200".to_owned()]
    );
}

/// Adds the pack, and lets searches bring in content from outside and notes on tickets show personal data.
#[expect(clippy::unwrap_used, reason = "a test stops where its directory cannot be changed")]
fn information_flow(directory: &Path) {
    syndic_governance::pack("information-flow").unwrap().add(directory).unwrap();
    for (action, label) in
        [("search_knowledge_base", "untrusted_content"), ("update_ticket", "sensitive_data")]
    {
        let entry = format!("  {action}:\n");
        let labelled = format!("{entry}    labels: [{label}]\n");
        change(&directory.join("actions/support.yaml"), &entry, &labelled);
    }
}

/// What is asked in a session: a search, a ticket, money, or a message to whom the word names.
fn step(agent: &str, session: &str, what: &str) -> Value {
    let (action, args) = match what {
        "search" => ("search_knowledge_base", json!({"query": "q"})),
        "ticket" => ("update_ticket", json!({"ticket_id": "T-1"})),
        "refund" => ("issue_refund", json!({"order_id": "A-1", "amount": 45})),
        "pay" => ("execute_transaction", json!({"amount": 10, "recipient": "CH-broker"})),
        to => ("send_external_message", json!({"recipient": to, "message": "On its way."})),
    };
    json!({"agent": agent, "action": action, "session_id": session, "args": args})
}

#[tokio::test]
async fn what_was_read_decides_who_is_written_to_and_whether_money_moves() {
    let clock = clock();
    let server = TestServer::start_with(clock.clone(), information_flow).await;
    let (support, finance) = ("customer-support", "financial-advisor");
    let keys = [server.agent_key(support).await, server.agent_key(finance).await];
    for (agent, session, what, expected) in [
        (support, "other", "bob@shop.test", "allow"),
        (support, "s", "ann@shop.test", "allow"),
        (support, "s", "search", "allow"),
        (support, "s", "Ann <ANN@shop.test>", "allow"),
        (support, "s", "bob@shop.test", "hold untrusted-message"),
        (support, "s", "eve@evil.test", "deny untrusted-message untrusted-new-recipient"),
        (
            support,
            "s",
            "ann@shop.test, eve@evil.test",
            "deny untrusted-message untrusted-new-recipient",
        ),
        (support, "s", "eve@evil.test <>", "deny untrusted-message untrusted-new-recipient"),
        (support, "new", "ann@shop.test", "hold untrusted-message"),
        (support, "new", "eve@evil.test", "deny untrusted-message untrusted-new-recipient"),
        (support, "s", "refund", "allow"),
        (support, "s", "ticket", "allow"),
        (support, "s", "ann@shop.test", "hold sensitive-message"),
        (finance, "f", "pay", "hold approval-threshold"),
        (finance, "f", "search", "allow"),
        (finance, "f", "pay", "deny approval-threshold untrusted-money untrusted-new-recipient"),
    ] {
        let key = &keys[usize::from(agent == finance)];
        let decided = server.submit(key, step(agent, session, what)).await;
        assert_eq!(violated(&decided), expected, "{session}: {what}");
    }
    clock.step(SignedDuration::from_mins(31));
    for (session, to, expected) in
        [("s", "ann@shop.test", "hold sensitive-message"), ("later", "eve@evil.test", "allow")]
    {
        let decided = server.submit(&keys[0], step(support, session, to)).await;
        assert_eq!(violated(&decided), expected, "{session}: {to}");
    }
}

/// The effect, and the policies that stand in the way, by id.
fn violated(decided: &Value) -> String {
    let reasons = decided["reasons"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut policies: Vec<_> =
        reasons.filter_map(|reason| reason.split_once(':')).map(|(policy, _)| policy).collect();
    policies.sort_unstable();
    policies.insert(0, decided["effect"].as_str().unwrap_or_default());
    policies.join(" ")
}
