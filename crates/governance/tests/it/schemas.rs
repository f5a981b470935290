//! The JSON Schemas for editors agree with the reader.

use serde_json::Value;
use syndic_governance::{read_cases, schemas};

use crate::fixture::FILES;

fn validator(name: &str) -> jsonschema::Validator {
    let (_, schema) = schemas().into_iter().find(|(schema, _)| *schema == name).unwrap();
    jsonschema::options().build(&schema).unwrap()
}

fn yaml(text: &str) -> Value {
    serde_saphyr::from_str(text).unwrap()
}

pub(crate) fn errors(schema: &str, text: &str) -> Vec<String> {
    validator(schema)
        .iter_errors(&yaml(text))
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect()
}

fn schema_of(path: &str) -> Option<&'static str> {
    match path.split('/').next() {
        Some("syndic.yaml") => Some("syndic.schema.json"),
        Some("agents") => Some("agent.schema.json"),
        Some("actions") => Some("actions.schema.json"),
        Some("policies") if path.ends_with(".yaml") => Some("tests.schema.json"),
        Some("approvers") => Some("approvers.schema.json"),
        Some("calendars") => Some("calendar.schema.json"),
        _ => None,
    }
}

#[test]
fn what_the_reader_accepts_the_schemas_accept() {
    let dir = tempfile::tempdir().unwrap();
    syndic_governance::init(dir.path()).unwrap();
    let checked = syndic_governance::load(dir.path());
    let mut files = checked.sources;
    files.extend(read_cases(dir.path(), &checked.governance.unwrap()).sources);
    files.extend(FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())));
    files.extend(syndic_governance::load(&crate::examples::agentdojo()).sources);
    assert!(files.len() > 16);
    for (path, text) in files {
        if let Some(schema) = schema_of(&path) {
            assert_eq!(errors(schema, &text), Vec::<String>::new(), "{path}");
        }
    }
}

#[test]
fn what_an_editor_can_know_is_wrong_the_schemas_refuse() {
    for (schema, text) in [
        ("syndic.schema.json", "environment: production"),
        ("syndic.schema.json", "environmnt: dev"),
        ("agent.schema.json", "name: x"),
        (
            "agent.schema.json",
            "{name: x, risk_level: hihg, owner: {person: a, team: b, contact: c}}",
        ),
        (
            "agent.schema.json",
            "{name: x, risk_level: low, owner: {person: a, team: b c, contact: c}}",
        ),
        ("agent.schema.json", "{name: x, risk_level: low, owner: {person: a, team: b}}"),
        (
            "agent.schema.json",
            "{name: x, risk_level: low, owner: {person: a, team: b, contact: c}, max_transaction_amount: 5}",
        ),
        ("tests.schema.json", "tests: [{name: x, given: {agnt: a}}]"),
        ("tests.schema.json", "tests: [{name: x, expect: {effect: denied}}]"),
        ("tests.schema.json", "tests: [{given: {agent: a}}]"),
        ("actions.schema.json", "actions: {a: {description: x, capabilities: [reed], input: {}}}"),
        ("actions.schema.json", "actions: {a: {description: x, capabilities: [read]}}"),
        (
            "actions.schema.json",
            "actions: {a: {description: x, capabilities: [read], input: {}, facts: {amount: amount}}}",
        ),
    ] {
        assert_ne!(errors(schema, text), Vec::<String>::new(), "{text}");
    }
}
