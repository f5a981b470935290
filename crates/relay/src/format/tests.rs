//! How events look, held still by golden files; `UPDATE_GOLDEN=1` writes them.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::{Map, Value, json};
use syndic_governance::SinkFormat;
use syndic_model::{AuditEvent, Check, CheckResult, Severity};

use super::{Placement, id, is_beginning, is_event, shape};

const FORMATS: [(&str, SinkFormat); 3] =
    [("native", SinkFormat::Native), ("ocsf", SinkFormat::Ocsf), ("otel", SinkFormat::Otel)];

fn golden() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("golden")
}

/// A refund that was allowed and worked.
fn ran() -> AuditEvent {
    let Value::Object(metadata) = json!({
        "ticket": "T-7",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "owner": "support operations (support)",
        "mode": "enforce",
        "effect": "allow",
        "enforcement_grade": "in-path",
        "tool_server": "shop",
    }) else {
        panic!("no object")
    };
    AuditEvent {
        event_id: "01970000-0000-7000-8000-0000000000aa".to_owned(),
        timestamp: "2026-11-22T12:00:00.123456789Z".parse().unwrap(),
        agent_name: "customer-support".to_owned(),
        agent_version: "1.4.2".to_owned(),
        session_id: "session-1".to_owned(),
        user_id: Some(json!("user-77")),
        action: "issue_refund".to_owned(),
        tool_name: Some("refunds.create".to_owned()),
        tool_args: Some(json!({"order_id": "A-1", "amount": exact("40.10")})),
        tool_result: Some(json!({"refund": "R-9"})),
        policy_checks: vec![check("tool-access", CheckResult::Passed, Severity::High, None)],
        allowed: true,
        duration_ms: Some(182),
        model: "model-9".to_owned(),
        input_tokens: Some(812),
        output_tokens: Some(64),
        metadata,
    }
}

/// A number as it was written.
fn exact(number: &str) -> Value {
    serde_json::from_str(number).unwrap()
}

fn check(policy: &str, result: CheckResult, severity: Severity, reason: Option<&str>) -> Check {
    let policy = policy.parse().unwrap();
    Check { policy, result, severity, reason: reason.map(str::to_owned), shadow: false }
}

/// The same event with other metadata.
fn with(event: AuditEvent, metadata: Value) -> AuditEvent {
    let Value::Object(more) = metadata else { panic!("no object") };
    let mut metadata = event.metadata;
    metadata.extend(more);
    AuditEvent { metadata, ..event }
}

fn not_run(checks: Vec<Check>, metadata: Value) -> AuditEvent {
    let event = AuditEvent {
        tool_result: None,
        policy_checks: checks,
        allowed: false,
        duration_ms: None,
        input_tokens: None,
        output_tokens: None,
        ..ran()
    };
    with(event, metadata)
}

fn placement() -> Placement {
    Placement {
        index: 42,
        leaf_hash: [0xab; 32],
        origin: "audit.example.org/ledger".to_owned(),
        completes: None,
        failed: false,
    }
}

fn cases() -> Vec<(&'static str, AuditEvent, Placement)> {
    let held = |status: &str| {
        let reason = Some("150.00 USD is over 100.00 USD");
        not_run(
            vec![check("approval-threshold", CheckResult::Held, Severity::Medium, reason)],
            json!({
                "effect": "hold",
                "violation_reason": "approval-threshold: 150.00 USD is over 100.00 USD",
                "approval_id": "01970000-0000-7000-8000-000000000001",
                "approval_status": status,
            }),
        )
    };
    let failed = AuditEvent { tool_result: Some(json!({"error": "no such order"})), ..ran() };
    let over = "5000.00 USD is over 1000.00 USD";
    let mut tried =
        check("quiet-hours", CheckResult::Blocked, Severity::Critical, Some("it is night"));
    tried.shadow = true;
    let blocked = check("transaction-limit", CheckResult::Blocked, Severity::High, Some(over));
    let denied =
        json!({"effect": "deny", "violation_reason": format!("transaction-limit: {over}")});
    let late = AuditEvent { event_id: format!("{}-late", ran().event_id), ..ran() };
    let overdue = AuditEvent { tool_result: None, duration_ms: None, ..ran() };
    let unknown = AuditEvent {
        session_id: "unknown".to_owned(),
        model: "unknown".to_owned(),
        user_id: None,
        tool_name: None,
        tool_args: None,
        tool_result: None,
        policy_checks: Vec::new(),
        metadata: Map::new(),
        ..ran()
    };
    let hostile = AuditEvent {
        agent_name: "agent\"\r\nX-Admin: 1\u{2028}\u{202e}\0".to_owned(),
        action: "{{action}}\n{\"create\":{}}".to_owned(),
        session_id: "\u{85}]}\\".to_owned(),
        tool_args: Some(
            json!({"": "", "\n\u{2029}": {"\0": [null, "\u{7f}\u{feff}"]}, "n": exact("1e400")}),
        ),
        tool_result: Some(json!("</script>\r\n")),
        ..with(ran(), json!({"traceparent": "00-zz", "key \"quoted\"\n": ["\t"]}))
    };
    let redacted = AuditEvent {
        user_id: Some(json!("[user]")),
        tool_args: Some(json!({"order_id": "A-1", "card": "[credit-card]"})),
        ..with(ran(), json!({"redacted": true}))
    };
    vec![
        ("allowed", ran(), placement()),
        ("failed", failed, Placement { failed: true, ..placement() }),
        ("denied", not_run(vec![tried.clone(), blocked.clone()], denied.clone()), placement()),
        ("held-timed-out", held("timeout"), placement()),
        ("held-rejected", held("rejected"), placement()),
        ("approved", with(ran(), json!({"approval_status": "approved"})), placement()),
        (
            "observed",
            with(AuditEvent { policy_checks: vec![tried, blocked], ..ran() }, denied),
            placement(),
        ),
        ("overdue", with(overdue, json!({"overdue": true})), placement()),
        (
            "late",
            with(late, json!({"completes": ran().event_id})),
            Placement { completes: Some(ran().event_id), ..placement() },
        ),
        ("redacted", redacted, placement()),
        ("unknown", unknown, placement()),
        ("hostile", hostile, placement()),
    ]
}

#[test]
fn every_format_holds_still() {
    for (format, which) in FORMATS {
        for (name, event, placement) in cases() {
            let line = shape(which, &event, &placement);
            let read: Value = serde_json::from_str(&line).unwrap();
            let shown = format!("{}\n", serde_json::to_string_pretty(&read).unwrap());
            let file = golden().join(format).join(format!("{name}.json"));
            if std::env::var_os("UPDATE_GOLDEN").is_some() {
                std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                std::fs::write(&file, &shown).unwrap();
            }
            let expected = std::fs::read_to_string(&file).unwrap();
            assert_eq!(shown, expected, "{}", file.display());
        }
    }
}

#[test]
fn what_is_written_is_known_as_such_by_its_beginning_and_as_a_whole() {
    for (_, format) in FORMATS {
        for (name, event, placement) in cases() {
            let line = shape(format, &event, &placement);
            for end in 0..line.len().min(60) {
                assert!(is_beginning(&line.as_bytes()[..end]), "{name}: {line}");
            }
            assert!(is_event(&serde_json::from_str(&line).unwrap()), "{name}: {line}");
        }
    }
    for other in ["{\"my\":1}", "[1]", "note", "{\"event\":1}", "{\"metadata\":{\"name\":1}}"] {
        assert!(!is_beginning(other.as_bytes()), "{other}");
    }
}

#[test]
fn the_native_format_has_the_17_fields_in_order_and_no_others() {
    let fields = [
        "event_id",
        "timestamp",
        "agent_name",
        "agent_version",
        "session_id",
        "user_id",
        "action",
        "tool_name",
        "tool_args",
        "tool_result",
        "policy_checks",
        "allowed",
        "duration_ms",
        "model",
        "input_tokens",
        "output_tokens",
        "metadata",
    ];
    for (name, event, placement) in cases() {
        let line = shape(SinkFormat::Native, &event, &placement);
        let read: Map<String, Value> = serde_json::from_str(&line).unwrap();
        assert!(read.keys().eq(fields), "{name}");
    }
}

#[test]
fn numbers_are_told_as_they_were_written() {
    for (format, which) in FORMATS {
        let tool_args = Some(exact(
            r#"{"amount":100.00004000000000000001,"large":123456789012345678901234567890}"#,
        ));
        let line = shape(which, &AuditEvent { tool_args, ..ran() }, &placement());
        for number in ["100.00004000000000000001", "123456789012345678901234567890"] {
            assert!(line.contains(number), "{format}: {line}");
        }
    }
}

/// What the schema says of OCSF 1.9's classes and objects: names, types, what is required, what numbers there are.
fn ocsf_schema() -> Value {
    let text = std::fs::read_to_string(golden().join("ocsf-schema.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

fn check_ocsf(schema: &Value, kind: &str, at: &str, value: &Value) {
    let object = value.as_object().unwrap_or_else(|| panic!("{at} is no object"));
    let rules = &schema[kind];
    for required in rules["required"].as_array().unwrap() {
        assert!(object.contains_key(required.as_str().unwrap()), "{at} lacks {required}");
    }
    if let Some(any) = rules["at_least_one"].as_array() {
        assert!(any.iter().any(|one| object.contains_key(one.as_str().unwrap())), "{at}: {any:?}");
    }
    for (key, value) in object {
        let at = format!("{at}.{key}");
        let kind = rules["attributes"][key].as_str().unwrap_or_else(|| panic!("there is no {at}"));
        if let Some(numbers) = rules["enums"][key].as_array() {
            assert!(numbers.contains(value), "{at} is {value}");
        }
        match (kind.strip_suffix("[]"), value) {
            (Some(kind), Value::Array(values)) => {
                values.iter().for_each(|value| check_ocsf_value(schema, kind, &at, value));
            }
            (Some(_), _) => panic!("{at} is no list"),
            (None, value) => check_ocsf_value(schema, kind, &at, value),
        }
    }
}

fn check_ocsf_value(schema: &Value, kind: &str, at: &str, value: &Value) {
    let right = match kind {
        "string_t" => value.is_string(),
        "boolean_t" => value.is_boolean(),
        "integer_t" | "long_t" | "timestamp_t" => value.is_i64() || value.is_u64(),
        "datetime_t" => value.as_str().is_some_and(|at| at.parse::<jiff::Timestamp>().is_ok()),
        "json_t" => true,
        "object" => value.is_object(),
        kind => return check_ocsf(schema, kind, at, value),
    };
    assert!(right, "{at} is {value}, not {kind}");
}

#[test]
fn an_ocsf_event_is_as_the_schema_of_api_activity_has_it() {
    let schema = ocsf_schema();
    for (name, event, placement) in cases() {
        let line = shape(SinkFormat::Ocsf, &event, &placement);
        let read: Value = serde_json::from_str(&line).unwrap();
        check_ocsf(&schema, "api_activity", name, &read);
        assert_eq!(read["type_uid"], json!(600_399), "{name}");
    }
}

#[test]
fn ocsf_says_what_the_gate_did_and_what_came_of_it() {
    let expected = [
        ("allowed", 1, 1, 1, 1, false),
        ("failed", 1, 2, 1, 1, false),
        ("denied", 4, 2, 2, 2, true),
        ("held-timed-out", 3, 2, 2, 2, false),
        ("held-rejected", 3, 2, 2, 25, false),
        ("approved", 1, 1, 1, 8, false),
        ("observed", 4, 1, 3, 19, true),
        ("overdue", 1, 0, 1, 1, false),
        ("late", 1, 1, 1, 1, false),
    ];
    let cases = cases();
    for (name, severity, status, action, disposition, alert) in expected {
        let (_, event, placement) = cases.iter().find(|(case, ..)| *case == name).unwrap();
        let read: Value = serde_json::from_str(&shape(SinkFormat::Ocsf, event, placement)).unwrap();
        let found = ["severity_id", "status_id", "action_id", "disposition_id", "is_alert"]
            .map(|key| read[key].clone());
        let expected =
            [json!(severity), json!(status), json!(action), json!(disposition), json!(alert)];
        assert_eq!(found, expected, "{name}");
    }
}

#[test]
fn an_otel_record_is_read_by_the_types_of_the_specification() {
    use opentelemetry_proto::tonic::logs::v1::LogRecord;
    for (name, event, placement) in cases() {
        let line = shape(SinkFormat::Otel, &event, &placement);
        let record: LogRecord =
            serde_json::from_str(&line).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(i128::from(record.time_unix_nano), event.timestamp.as_nanosecond(), "{name}");
        assert!(matches!(record.severity_number, 9 | 13 | 17), "{name}");
        let keys: std::collections::BTreeSet<_> =
            record.attributes.iter().map(|attribute| &attribute.key).collect();
        assert_eq!(keys.len(), record.attributes.len(), "{name}: a key stands there twice");
        assert_eq!(
            record.trace_id.len(),
            if name == "hostile" || name == "unknown" { 0 } else { 16 },
            "{name}"
        );
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..6)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn any_event() -> impl Strategy<Value = AuditEvent> {
    let texts =
        (any::<String>(), any::<String>(), any::<String>(), any::<String>(), any::<String>());
    let parts = (
        prop::option::of(any_json()),
        prop::option::of(any_json()),
        prop::option::of(any_json()),
        prop::collection::hash_map(any::<String>(), any_json(), 0..6),
    );
    let times = -62_135_596_800_i64..253_402_207_200;
    let rest = (any::<bool>(), prop::option::of(any::<u64>()), any::<String>(), times);
    (texts, parts, rest).prop_map(|(texts, parts, (allowed, number, model, second))| AuditEvent {
        event_id: texts.0,
        timestamp: jiff::Timestamp::from_second(second).unwrap(),
        agent_name: texts.1,
        agent_version: texts.2.clone(),
        session_id: texts.3,
        user_id: parts.0,
        action: texts.4,
        tool_name: Some(texts.2),
        tool_args: parts.1,
        tool_result: parts.2,
        policy_checks: vec![check("tool-access", CheckResult::Blocked, Severity::Low, None)],
        allowed,
        duration_ms: number,
        model,
        input_tokens: number,
        output_tokens: number,
        metadata: parts.3.into_iter().collect(),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_event_is_one_json_object_on_one_line(event in any_event(), failed: bool) {
        let schema = ocsf_schema();
        for (_, format) in FORMATS {
            let line = shape(format, &event, &Placement { failed, ..placement() });
            let is_split = line.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']);
            prop_assert!(!is_split);
            let read: Value = serde_json::from_str(&line).unwrap();
            prop_assert_eq!(id(format, &read), Some(event.event_id.as_str()));
            if format == SinkFormat::Ocsf {
                check_ocsf(&schema, "api_activity", "any", &read);
            }
        }
    }
}
