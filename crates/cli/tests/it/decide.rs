use serde_json::Value;

use crate::syndic::Place;

#[test]
fn the_exit_code_tells_the_verdict() {
    let place = Place::governed();
    for (input, code) in [
        (
            r#"{"agent": "knowledge-base", "action": "search_knowledge_base", "args": {"query": "x"}}"#,
            0,
        ),
        (
            r#"{"agent": "financial-advisor", "action": "execute_transaction", "args": {"amount": 5000, "recipient": "x"}}"#,
            10,
        ),
        (r#"{"agent": "nobody", "action": "search_knowledge_base", "args": {"query": "x"}}"#, 10),
        (
            r#"{"agent": "customer-support", "action": "issue_refund", "args": {"order_id": "A-1", "amount": 1e400}}"#,
            10,
        ),
        (
            r#"{"agent": "customer-support", "action": "issue_refund", "args": {"order_id": "A-1", "amount": 150}}"#,
            11,
        ),
        (r#"{"agent": "customer-support", "action": "issue_refund", "args": []}"#, 2),
        (r#"{"agent": "customer-support", "surprise": 1}"#, 2),
        ("not JSON", 2),
        ("", 2),
    ] {
        let ended = place.run_with_input(&["decide"], input);
        assert_eq!(ended.code, Some(code), "{input}: {}{}", ended.stdout, ended.stderr);
    }
    assert_eq!(place.run(&["decide", "no-such-file.json"]).code, Some(2));
}

#[test]
fn a_hold_is_told_with_every_check() {
    let place = Place::governed();
    let input = r#"{"agent": "customer-support", "action": "issue_refund", "args": {"order_id": "A-1", "amount": 150}}"#;
    let stdout = place.run_with_input(&["decide"], input).stdout;
    insta::with_settings!({filters => vec![("revision [0-9a-f]{12}", "revision REVISION")]}, {
        insta::assert_snapshot!(stdout);
    });
}

#[test]
fn json_is_what_the_api_answers() {
    let place = Place::governed();
    let input = r#"{"agent": "financial-advisor", "action": "execute_transaction", "args": {"amount": 5000, "recipient": "x"}}"#;
    let ended = place.run_with_input(&["decide", "--json"], input);
    let answer: Value = serde_json::from_str(&ended.stdout).unwrap();
    assert_eq!((&answer["effect"], &answer["allowed"]), (&"deny".into(), &false.into()));
    assert_eq!((&answer["record"], &answer["permit"]), (&Value::Null, &Value::Null));
    let reasons = answer["reasons"].to_string();
    assert!(reasons.contains("5000") && reasons.contains("1000"), "{reasons}");
    assert!(!place.dir().join(".syndic").exists(), "nothing is recorded");
}
