//! Functions that are audited: every call is one event.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::fs;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use syndic::{
    AsRefused, AuditEvent, AuditedCall, Ended, EventFilter, Governor, Policy, Redaction, Refused,
    Severity, audited, scope,
};

use crate::governed::{Governed, refund};

/// The events of what was audited, oldest first, once there are `count`.
async fn events(governor: &Governor, count: usize) -> Vec<AuditEvent> {
    let filter = EventFilter { limit: 100, oldest_first: true, ..EventFilter::default() };
    loop {
        let mut events = governor.events(filter.clone()).await.unwrap().events;
        events.retain(|event| event.metadata.contains_key("audited"));
        if events.len() >= count {
            assert_eq!(events.len(), count);
            return events;
        }
        tokio::task::yield_now().await;
    }
}

#[audited(agent = "customer-support", version = "2.4.0")]
fn lookup_order(order_id: &str, amount: u32) -> Result<String, Refused> {
    if amount > 100 {
        return Err(
            Refused::new("too much", format!("{amount} is over 100")).severity(Severity::Critical)
        );
    }
    Ok(format!("{order_id}: {amount}"))
}

#[tokio::test]
async fn an_audited_call_is_one_event_with_all_seventeen_fields() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let within = scope().governor(&governor).session("chat-17").user("user-4411");
    let within = within.trace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let answered = within.metadata("ticket", 7).run_blocking(|| lookup_order("A-1", 45));
    assert_eq!(answered.unwrap(), "A-1: 45");
    let event = events(&governor, 1).await.remove(0);
    let metadata = Value::Object(event.metadata.clone());
    assert_eq!(
        metadata,
        json!({
            "ticket": 7,
            "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "owner": "head of support (support)",
            "audited": "ok",
            "effect": "allow",
            "enforcement_grade": "advisory",
        }),
    );
    assert_eq!((&*event.agent_name, &*event.agent_version), ("customer-support", "2.4.0"));
    assert_eq!((&*event.action, event.tool_name), ("lookup_order", None));
    assert_eq!((&*event.session_id, event.user_id), ("chat-17", Some(json!("user-4411"))));
    assert_eq!(event.tool_args, Some(json!({"order_id": "A-1", "amount": 45})));
    assert_eq!(event.tool_result, Some(json!("A-1: 45")));
    assert!(event.allowed && event.policy_checks.is_empty() && event.duration_ms.is_some());
    assert_eq!(event.timestamp, governed.now());
}

#[tokio::test]
async fn an_audited_call_that_something_forbids_is_recorded_as_not_allowed() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let refused = scope().governor(&governor).run_blocking(|| lookup_order("A-1", 101));
    assert_eq!(refused.unwrap_err().to_string(), "too much: 101 is over 100");
    let event = events(&governor, 1).await.remove(0);
    assert!(!event.allowed);
    let check = event.policy_checks.first().unwrap();
    assert_eq!((check.policy.as_str(), check.result.as_str()), ("too-much", "blocked"));
    assert_eq!(
        (check.severity, check.reason.as_deref()),
        (Severity::Critical, Some("101 is over 100"))
    );
    assert_eq!(event.metadata["violation_reason"], "101 is over 100");
    assert_eq!(event.metadata["effect"], "deny");
    assert_eq!(event.tool_result, Some(json!({"error": "too much: 101 is over 100"})));
    let metrics = governor.metrics_text();
    for expected in [
        r#"ai_agent_actions_total{agent_name="customer-support",action="lookup_order",allowed="false"} 1"#,
        r#"ai_agent_policy_violations_total{agent_name="customer-support",policy_name="unknown",severity="critical"} 1"#,
        r#"syndic_audit_lost_total{agent_name="customer-support"} 0"#,
    ] {
        assert!(metrics.contains(expected), "{expected}\n{metrics}");
    }
}

/// An error of a program, with a cause.
#[derive(Debug)]
struct Outer(Refused);

impl fmt::Display for Outer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the desk is closed")
    }
}

impl Error for Outer {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&self.0)
    }
}

/// An error of a program that says so itself.
#[derive(Debug)]
struct Limit;

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("over the limit")
    }
}

impl AsRefused for Limit {
    fn as_refused(&self) -> Option<Refused> {
        Some(Refused::new("desk-limit", "40 a day"))
    }
}

/// An error with nothing at all.
struct Mute;

#[derive(Debug)]
struct OnlyDebug;

#[audited(agent = "customer-support")]
fn by_source() -> Result<(), Outer> {
    Err(Outer(Refused::new("hours", "it is night")))
}

#[audited(agent = "customer-support")]
fn by_trait() -> Result<(), Limit> {
    Err(Limit)
}

#[audited(agent = "customer-support")]
fn boxed() -> Result<(), Box<dyn Error + Send + Sync>> {
    Err(Box::new(Outer(Refused::new("hours", "it is night"))))
}

#[audited(agent = "customer-support")]
fn plainly() -> Result<(), std::num::ParseIntError> {
    "x".parse::<u8>().map(drop)
}

#[audited(agent = "customer-support")]
fn in_words() -> Result<(), String> {
    Err("no such order".to_owned())
}

#[audited(agent = "customer-support")]
fn for_developers() -> Result<(), OnlyDebug> {
    Err(OnlyDebug)
}

#[audited(agent = "customer-support")]
fn mutely() -> Result<(), Mute> {
    Err(Mute)
}

#[tokio::test]
async fn an_audited_error_is_recorded_by_what_its_type_can_say_and_passed_on() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    scope().governor(&governor).run_blocking(|| {
        assert!(by_source().is_err() && by_trait().is_err() && boxed().is_err());
        assert!(plainly().is_err() && in_words().is_err() && for_developers().is_err());
        assert!(mutely().is_err());
    });
    let told: Vec<_> = events(&governor, 7)
        .await
        .into_iter()
        .map(|event| {
            let policy = event.policy_checks.first().map(|check| check.policy.to_string());
            let error = event.tool_result.unwrap()["error"].as_str().unwrap().to_owned();
            (event.action, error, policy.unwrap_or_default())
        })
        .collect();
    let told: Vec<_> =
        told.iter().map(|(action, error, policy)| (&**action, &**error, &**policy)).collect();
    assert_eq!(
        told,
        [
            ("by_source", "the desk is closed", "hours"),
            ("by_trait", "over the limit", "desk-limit"),
            ("boxed", "the desk is closed", "hours"),
            ("plainly", "invalid digit found in string", ""),
            ("in_words", "no such order", ""),
            ("for_developers", "OnlyDebug", ""),
            ("mutely", "it::audited::Mute", ""),
        ]
    );
}

#[audited(agent = "customer-support", action = "crash", tool = "billing/refund", model = "m-1")]
async fn crashes(after: u8) -> u8 {
    tokio::task::yield_now().await;
    assert!(after > 9, "only {after}");
    after
}

#[audited(agent = "customer-support")]
async fn never_ends() {
    std::future::pending::<()>().await;
}

#[tokio::test]
async fn an_audited_panic_is_recorded_and_goes_on_and_a_dropped_future_is_recorded_as_cancelled() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let panicking = scope().governor(&governor).run(crashes(3));
    let panic = tokio::spawn(panicking).await.unwrap_err();
    assert!(panic.is_panic());
    let ending = Box::pin(scope().governor(&governor).run(never_ends()));
    let () = tokio::select! {
        biased;
        () = ending => {}
        () = tokio::task::yield_now() => {}
    };
    let events = events(&governor, 2).await;
    let told: Vec<_> = events
        .iter()
        .map(|event| {
            let error = event.tool_result.as_ref().unwrap()["error"].clone();
            (&*event.action, event.metadata["audited"].clone(), error, event.allowed)
        })
        .collect();
    assert_eq!(
        told,
        [
            ("crash", json!("panic"), json!("panicked: only 3"), true),
            ("never_ends", json!("cancelled"), json!("cancelled"), true),
        ]
    );
    assert_eq!(
        (events[0].tool_name.as_deref(), &*events[0].model),
        (Some("billing/refund"), "m-1")
    );
}

struct Desk {
    open: bool,
    served: Vec<String>,
}

impl Desk {
    #[audited(agent = "customer-support")]
    async fn serve(&mut self, name: &str) -> &str {
        self.served.push(name.to_owned());
        self.served.last().unwrap()
    }

    #[audited(agent = "customer-support")]
    fn is_open(&self) -> bool {
        self.open
    }

    #[audited(agent = "customer-support")]
    fn newest(&mut self) -> Option<&mut String> {
        self.served.last_mut()
    }

    #[audited(agent = "customer-support")]
    fn closed(self, _why: impl fmt::Debug) -> Self {
        Self { open: false, ..self }
    }
}

#[audited(agent = "customer-support", skip(secret, other), redact(card))]
fn many<T: fmt::Debug, U>(
    secret: &str,
    card: &str,
    (first, mut second): (u8, u8),
    shown: T,
    other: U,
    map: &BTreeMap<String, f64>,
) -> (T, U) {
    second += first;
    assert!(!secret.is_empty() && !card.is_empty() && second > 0 && !map.is_empty());
    (shown, other)
}

#[audited(agent = "customer-support", skip_all, result = false)]
fn quiet(secret: &str) -> String {
    secret.to_owned()
}

#[audited(agent = "customer-support")]
fn long(chars: usize) -> String {
    "é".repeat(chars)
}

#[audited(agent = "customer-support", result_chars = 3)]
fn short() -> Vec<u8> {
    vec![1, 2, 3]
}

#[audited(agent = "customer-support")]
fn opaque() -> impl Iterator<Item = u8> {
    [1].into_iter()
}

#[tokio::test]
async fn audited_methods_generics_and_patterns_are_recorded_by_name() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let desk = Desk { open: true, served: Vec::new() };
    let desk = scope().governor(&governor).run(async {
        let mut desk = desk;
        assert_eq!(desk.serve("clerk").await, "clerk");
        assert!(desk.is_open());
        desk.newest().unwrap().push('!');
        desk.closed("late")
    });
    let desk = desk.await;
    assert!(!desk.open && desk.served == ["clerk!"]);
    scope().governor(&governor).run_blocking(|| {
        let map = [("a".to_owned(), 1.5)].into();
        many("s", "4111", (1, 2), Some(3), OnlyDebug, &map);
        quiet("hidden");
        long(500);
        long(501);
        short();
        assert_eq!(opaque().count(), 1);
    });
    let told: Vec<_> = events(&governor, 10)
        .await
        .into_iter()
        .map(|event| {
            format!(
                "{} {} {}",
                event.action,
                event.tool_args.unwrap(),
                event.tool_result.map_or_else(|| "-".to_owned(), |result| result.to_string()),
            )
        })
        .collect();
    let [five_hundred, cut] = [&told[6], &told[7]];
    assert_eq!(five_hundred, cut.replace("501", "500").as_str());
    assert_eq!(five_hundred.matches('é').count(), 500);
    let told: Vec<_> = told.iter().filter(|told| !told.starts_with("long")).collect();
    assert_eq!(
        told,
        [
            r#"serve {"name":"clerk"} "clerk""#,
            "is_open {} true",
            r#"newest {} "clerk""#,
            r#"closed {"_why":"\"late\""} -"#,
            r#"many {"card":"[redacted]","first":1,"second":2,"shown":"Some(3)","map":{"a":1.5}} -"#,
            "quiet {} -",
            r#"short {} "[1,""#,
            r#"opaque {} "IntoIter([1])""#,
        ]
    );
}

#[test]
fn an_audited_function_runs_without_a_runtime_and_without_a_governor() {
    assert_eq!(long(2), "éé");
    let governed = Governed::shipped();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let governor = runtime.block_on(governed.open());
    assert_eq!(scope().governor(&governor).run_blocking(|| long(1)), "é");
    // Durable before the result went back.
    let before = governor.health().records;
    scope().governor(&governor).run_blocking(|| long(1));
    assert_eq!(governor.health().records, before + 1);
    let caught = std::panic::catch_unwind(AssertUnwindSafe(|| {
        scope().governor(&governor).run_blocking(|| many("", "", (0, 0), 0, 0, &BTreeMap::new()))
    }));
    assert!(caught.is_err());
    assert_eq!(governor.health().records, before + 2);
    runtime.block_on(governor.close());
}

#[test]
fn an_audited_function_is_recorded_on_the_only_thread_of_a_runtime_whose_turn_is_used_up() {
    let governed = Governed::shipped();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let governor = governed.open().await;
        scope().governor(&governor).run_blocking(|| {
            (0..200).for_each(|_| drop(short()));
        });
        assert!(governor.health().records >= 200);
        governor.close().await;
    });
}

#[tokio::test]
async fn an_audited_program_has_one_governor_until_it_is_closed() {
    let (governed, other) = (Governed::shipped(), Governed::shipped());
    let (governor, second) = (governed.open().await, other.open().await);
    governor.install().unwrap();
    assert!(second.install().unwrap_err().to_string().contains("has a governor already"));
    long(1);
    assert_eq!(events(&governor, 1).await[0].action, "long");
    scope().governor(&second).run_blocking(|| long(1));
    assert_eq!(events(&second, 1).await.len() + events(&governor, 1).await.len(), 2);
    governor.close().await;
    long(1);
    second.install().unwrap();
    long(1);
    events(&second, 2).await;
}

#[tokio::test]
async fn an_audited_agent_that_nobody_registered_is_recorded_without_an_owner() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let call = AuditedCall {
        agent: "made-up".parse().unwrap(),
        agent_version: None,
        action: "write_note".parse().unwrap(),
        tool: None,
        args: r#"{"note":"the cat sat"}"#.to_owned(),
        ended: Ended::Ok(None),
        duration: std::time::Duration::from_millis(1500),
        session: Some("Über 17".to_owned()),
        user: None,
        model: None,
        input_tokens: Some(7),
        output_tokens: None,
        metadata: [("owner".to_owned(), json!("nobody"))].into_iter().collect(),
        parent: None,
    };
    governor.audit(call).await.unwrap();
    let event = events(&governor, 1).await.remove(0);
    assert_eq!((&event.metadata["owner"], &*event.agent_version), (&Value::Null, "unknown"));
    assert_eq!((event.duration_ms, event.input_tokens), (Some(1500), Some(7)));
    assert_eq!(event.session_id.len(), 32, "a pseudonym: {}", event.session_id);
    let metrics = governor.metrics_text();
    let counted =
        r#"ai_agent_actions_total{agent_name="unknown",action="write_note",allowed="true"} 1"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[tokio::test]
async fn an_audited_event_is_found_proved_told_and_erased_like_any_other() {
    let governed = Governed::shipped();
    let governor = governed.open().await;
    let within = scope().governor(&governor).user("user-4411").session("chat-17");
    within.run_blocking(|| lookup_order("A-1001", 145)).unwrap_err();
    governor.submit(refund(45)).await.unwrap();
    let event = events(&governor, 1).await.remove(0);
    let id = event.event_id.parse().unwrap();
    let filters = [
        EventFilter { q: Some("A-1001".parse().unwrap()), ..EventFilter::default() },
        EventFilter { q: Some("145 over".parse().unwrap()), ..EventFilter::default() },
        EventFilter { user: Some("user-4411".to_owned()), ..EventFilter::default() },
        EventFilter { session: Some("chat-17".parse().unwrap()), ..EventFilter::default() },
        EventFilter { policy: Some("too-much".parse().unwrap()), ..EventFilter::default() },
        EventFilter { allowed: Some(false), ..EventFilter::default() },
        EventFilter { action: Some("lookup_order".parse().unwrap()), ..EventFilter::default() },
    ];
    for filter in filters {
        let told = format!("{filter:?}");
        let page = governor.events(EventFilter { limit: 10, ..filter }).await.unwrap();
        let found: Vec<_> = page.events.iter().map(|found| &found.event_id).collect();
        assert_eq!(found, [&event.event_id], "{told}");
    }
    assert_eq!(governor.event(id).await.unwrap().unwrap().action, "lookup_order");
    assert!(governor.prove(id).await.unwrap().contains("lookup_order"));
    let all = EventFilter { limit: 10, ..EventFilter::default() };
    let decisions = governor.decisions(all).await.unwrap().decisions;
    assert_eq!(decisions.len(), 2, "who asks for everything is told of both");
    let explained = governor.explain(id).await.unwrap_err().to_string();
    assert!(explained.contains("it was audited, not decided"), "{explained}");
    let redaction = Redaction {
        user: "user-4411".to_owned(),
        reason: "they asked for it".to_owned(),
        override_retention: true,
        dry_run: false,
    };
    governor.redact(redaction).await.unwrap();
    let event = governor.event(id).await.unwrap().unwrap();
    assert_eq!((event.tool_args, event.tool_result, event.user_id), (None, None, None));
    assert_eq!(event.metadata["redacted"], true);
    assert_eq!(event.policy_checks[0].policy.as_str(), "too-much");
}

#[tokio::test]
async fn an_audited_function_may_be_called_by_a_policy_written_in_rust() {
    let governed = Governed::shipped();
    let asked = Policy::native("asks", Severity::Low, "customer-support", |_, _, _| {
        let governor = LENT.lock().unwrap().take().unwrap();
        scope().governor(&governor).run_blocking(|| long(1));
        *LENT.lock().unwrap() = Some(governor);
        Ok(())
    });
    let governor = governed.with(asked).await;
    // The policy needs the governor that it is a part of.
    let gate = Arc::new(governor);
    *LENT.lock().unwrap() = Some(Arc::clone(&gate));
    assert!(gate.submit(refund(45)).await.unwrap().allowed);
    events(&gate, 1).await;
}

static LENT: Mutex<Option<Arc<Governor>>> = Mutex::new(None);

#[tokio::test]
async fn an_audited_event_goes_to_the_sinks_of_the_audit_trail() {
    let governed = Governed::shipped();
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join("audit.jsonl");
    let settings = fs::read_to_string(governed.dir().join("syndic.yaml")).unwrap();
    let sinks = format!("\nsinks:\n  trail:\n    file: {{ path: \"{}\" }}\n", path.display());
    governed.write("syndic.yaml", &(settings + &sinks));
    let governor = governed.open().await;
    scope().governor(&governor).run_blocking(|| lookup_order("A-1", 45)).unwrap();
    let text = loop {
        match fs::read_to_string(&path) {
            Ok(text) if text.ends_with('\n') => break text,
            Ok(_) | Err(_) => tokio::task::yield_now().await,
        }
    };
    let told: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&told["action"], &told["metadata"]["audited"]),
        (&json!("lookup_order"), &json!("ok"))
    );
    governor.close().await;
}
