#![expect(clippy::needless_pass_by_value, reason = "cases are written in place")]

use std::path::Path;

use serde_json::{Value, json};
use syndic_governance::{Import, ImportOptions, ImportStatus, import, init, load, read_tools};

fn options() -> ImportOptions {
    ImportOptions {
        name: "server".parse().unwrap(),
        prefix: None,
        currency: "EUR".parse().unwrap(),
    }
}

fn imported(dir: &Path, tools: Value, options: &ImportOptions) -> Import {
    let import = import(dir, &read_tools(&json!({ "tools": tools })).unwrap(), options).unwrap();
    import.write().unwrap();
    import
}

/// Imports tools into a fresh directory, which must then load, and returns what was guessed of each.
fn guessed(tools: Vec<Value>) -> Vec<String> {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let import = imported(dir.path(), json!(tools), &options());
    let checked = load(dir.path());
    let Some(governance) = checked.governance else {
        panic!("{:#?}\n{}", checked.findings, import.text)
    };
    let guess = |action: &str| {
        let entry = &governance.catalogue[action];
        let words: Vec<_> = entry.capabilities.iter().map(|word| word.as_str()).collect();
        let facts = entry.facts.iter().map(|(fact, source)| {
            let pointers: Vec<_> = source.pointers.iter().map(ToString::to_string).collect();
            let constant = source.constant.iter().map(ToString::to_string);
            let sources: Vec<_> = pointers.into_iter().chain(constant).collect();
            format!(" {fact}={}{}", sources.join("+"), if source.optional { "?" } else { "" })
        });
        format!("{}{}", words.join("+"), facts.collect::<String>())
    };
    assert!(import.entries.iter().all(|entry| entry.status == ImportStatus::New), "{import:#?}");
    import.entries.iter().map(|entry| guess(&entry.action)).collect()
}

fn tool(name: &str, required: &[&str], properties: Value) -> Value {
    let input = json!({ "type": "object", "required": required, "properties": properties });
    json!({ "name": name, "description": "Does it.", "inputSchema": input })
}

#[test]
fn capabilities_and_facts_are_guessed_from_names_types_and_hints() {
    let text = json!({"type": "string"});
    let texts = json!({"type": "array", "items": {"type": "string"}});
    let number = json!({"type": "number"});
    let hinted = |name: &str, hints: Value| {
        let mut tool = tool(name, &[], json!({}));
        tool["annotations"] = hints;
        tool
    };
    let cases = [
        (tool("get_file", &["path"], json!({"path": text})), "read resource=/path"),
        (tool("listFiles", &[], json!({})), "read"),
        (tool("frobnicate", &[], json!({})), "write_data"),
        (
            tool("delete-email", &["email_id"], json!({"email_id": text})),
            "write_data resource=/email_id",
        ),
        (
            tool(
                "send_email",
                &["to", "body"],
                json!({"to": texts, "cc": {"anyOf": [texts, {"type": "null"}]}, "body": text}),
            ),
            "send_external_message recipients=/to/*+/cc/* content=/body",
        ),
        (
            tool(
                "post_message",
                &[],
                json!({"channel": text, "text": {"type": ["string", "null"]}}),
            ),
            "send_external_message recipients=/channel? content=/text?",
        ),
        (
            tool("create_event", &["title"], json!({"title": text, "participants": texts})),
            "write_data+send_external_message recipients=/participants/*? content=/title",
        ),
        (
            tool("transfer_money", &["amount", "iban"], json!({"amount": number, "iban": text})),
            r#"financial_transaction amount=/amount currency="EUR" recipients=/iban"#,
        ),
        (
            tool("pay", &["amount", "currency"], json!({"amount": number, "currency": text})),
            "financial_transaction amount=/amount currency=/currency",
        ),
        (
            tool("pay_invoice", &["invoice_id"], json!({"invoice_id": text})),
            "write_data resource=/invoice_id",
        ),
        (
            tool("pay_any", &[], json!({"amount": number})),
            r#"write_data amount=/amount? currency="EUR""#,
        ),
        (tool("run_query", &["sql"], json!({"sql": text})), "execute_code"),
        (tool("query", &["sql"], json!({"sql": text})), "execute_code"),
        (tool("bash", &["command"], json!({"command": text})), "execute_code"),
        (tool("read", &[], json!({})), "read"),
        (tool("write_data", &[], json!({})), "write_data"),
        (hinted("frob", json!({"readOnlyHint": true})), "read"),
        (hinted("delete_all", json!({"readOnlyHint": true})), "write_data"),
        (hinted("get_it", json!({"readOnlyHint": false, "destructiveHint": true})), "write_data"),
        (hinted("get_that", json!({"readOnlyHint": false})), "write_data"),
        (json!({"name": "get it!", "inputSchema": {"type": "object"}}), "read"),
        (json!({"name": "get_no_schema"}), "read"),
        (json!({"name": "get_bad_schema", "inputSchema": {"type": "text"}}), "read"),
        (
            json!({"name": "get_remote", "inputSchema": {"type": "object", "properties": {"a": {"$ref": "https://example.org/a"}}}}),
            "read",
        ),
        (tool("get_odd", &["a/b_id"], json!({"a/b_id": text})), "read resource=/a~1b_id"),
    ];
    let (tools, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    for ((tool, found), expected) in tools.iter().zip(guessed(tools.clone())).zip(expected) {
        assert_eq!(found, expected, "{tool}");
    }
}

#[test]
fn every_guess_is_marked_with_its_evidence() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let number = json!({"type": "number"});
    let tools = json!([
        tool("transfer", &["amount"], json!({"amount": number})),
        {"name": "evil\n  name: x", "description": "line\nanother # \"quoted\" \u{202e}", "annotations": {"readOnlyHint": true}},
    ]);
    insta::assert_snapshot!(imported(dir.path(), tools, &options()).text);
    assert!(load(dir.path()).governance.is_some());
}

#[test]
fn what_somebody_changed_is_never_written_again() {
    let dir = tempfile::tempdir().unwrap();
    init(dir.path()).unwrap();
    let tools = |word: &str| {
        json!([
            {"name": "get_a", "description": word, "inputSchema": {"type": "object"}},
            {"name": "get_b", "description": word, "inputSchema": {"type": "object"}},
            {"name": "issue_refund", "description": word, "inputSchema": {"type": "object"}},
        ])
    };
    let statuses = |import: &Import| -> Vec<ImportStatus> {
        import.entries.iter().map(|entry| entry.status.clone()).collect()
    };
    let first = imported(dir.path(), tools("once"), &options());
    let elsewhere = ImportStatus::Left("it is declared at actions/support.yaml:45:3".to_owned());
    assert_eq!(statuses(&first), [ImportStatus::New, ImportStatus::New, elsewhere.clone()]);
    let again = imported(dir.path(), tools("once"), &options());
    assert_eq!(
        statuses(&again),
        [ImportStatus::Unchanged, ImportStatus::Unchanged, elsewhere.clone()]
    );
    assert!(!again.differs);

    let path = dir.path().join("actions/server.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replacen("capabilities: [read]", "capabilities: [write_data]", 1))
        .unwrap();
    let changed = ImportStatus::Left("it was changed since it was drafted".to_owned());
    let later = imported(dir.path(), tools("twice"), &options());
    assert_eq!(statuses(&later), [changed, ImportStatus::Refreshed, elsewhere]);
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text.contains("description: once\n") && text.contains("description: twice\n"),
        "{text}"
    );
    assert!(text.contains("capabilities: [write_data]"), "{text}");

    let fewer =
        import(dir.path(), &read_tools(&json!([{"name": "get_a"}])).unwrap(), &options()).unwrap();
    assert_eq!(fewer.gone, ["get_b"]);
    let foreign = ImportOptions { name: "support".parse().unwrap(), ..options() };
    assert!(import(dir.path(), &[], &foreign).is_err());
    let prefixed = ImportOptions {
        name: "other".parse().unwrap(),
        prefix: Some("crm".parse().unwrap()),
        ..options()
    };
    let prefixed = imported(dir.path(), tools("once"), &prefixed);
    assert!(prefixed.text.contains("  crm.issue_refund:\n"), "{}", prefixed.text);
    let governance = load(dir.path()).governance.unwrap();
    assert_eq!(governance.catalogue["crm.issue_refund"].tools[0].as_str(), "issue_refund");
}

#[test]
fn what_is_no_list_of_tools_is_refused() {
    for document in
        [json!({}), json!({"tools": {}}), json!([{"title": "x"}]), json!([1]), json!("x")]
    {
        assert!(read_tools(&document).is_err(), "{document}");
    }
    let many: Vec<_> = (0..1001).map(|n| json!({"name": format!("t{n}")})).collect();
    assert!(read_tools(&json!(many)).is_err());
    assert_eq!(
        read_tools(&json!({"jsonrpc": "2.0", "result": {"tools": [{"name": "a"}]}})).unwrap().len(),
        1
    );
}
