use proptest::prelude::*;
use serde_json::{Map, Value, json};
use syndic_mcp::pin::{Change, class, compare};
use syndic_model::canonical;

/// Compares input schemas of the same tool; `what` is `class place, …`.
#[track_caller]
fn check(before: Value, after: Value, what: &str) {
    let tool = |schema: Value| json!({ "name": "pay", "inputSchema": schema });
    check_tools(&tool(before), &tool(after), what);
}

#[track_caller]
fn check_tools(before: &Value, after: &Value, what: &str) {
    let differences = compare(before, after);
    let found: Vec<String> =
        differences.iter().map(|found| format!("{} {}", found.class, found.place)).collect();
    assert_eq!(found.join(", "), what, "{before} -> {after}");
}

#[test]
fn what_nothing_reads_is_no_change() {
    check_tools(
        &json!({ "name": "pay", "inputSchema": { "type": "object", "maximum": 1 }, "_meta": { "a": 1 } }),
        &json!({ "_meta": { "b": 2 }, "inputSchema": { "maximum": 1.0, "type": "object" }, "name": "pay" }),
        "",
    );
}

#[test]
fn words_are_text_wherever_they_stand() {
    let tool = |word: &str| {
        json!({
            "name": "pay", "title": word, "description": word,
            "annotations": { "title": word },
            "inputSchema": { "description": word, "properties": {
                "description": { "type": "string", "title": word, "examples": [word] },
                "to": { "not": { "description": word } },
            } },
            "outputSchema": { "properties": { "id": { "description": word } } },
        })
    };
    let (before, after) = (tool("a"), tool("b"));
    let differences = compare(&before, &after);
    assert_eq!(differences.len(), 8, "{differences:?}");
    assert_eq!(class(&differences), Some(Change::Text));
}

#[test]
fn a_new_parameter_is_a_capability_whether_or_not_it_must_be_given() {
    let one = json!({ "properties": { "to": { "type": "string" } }, "required": ["to"] });
    check(
        one.clone(),
        json!({ "properties": { "to": { "type": "string" }, "bcc": { "type": "string" } }, "required": ["to"] }),
        "capability /inputSchema/properties/bcc",
    );
    check(
        one.clone(),
        json!({ "properties": { "to": { "type": "string" }, "bcc": {} }, "required": ["to", "bcc"] }),
        "capability /inputSchema/properties/bcc, schema /inputSchema/required",
    );
    check(
        one,
        json!({ "properties": { "to": { "type": "string" } } }),
        "capability /inputSchema/required",
    );
}

#[test]
fn a_parameter_that_goes_is_narrower_unless_only_its_constraint_goes() {
    let with = |schema: Value| json!({ "properties": { "to": schema } });
    let place = "/inputSchema/properties/to";
    check(
        with(json!({ "type": "string", "title": "To" })),
        json!({ "properties": {} }),
        &format!("schema {place}"),
    );
    check(
        with(json!({ "maximum": 5 })),
        json!({ "properties": {} }),
        &format!("capability {place}"),
    );
    check(
        json!({ "properties": { "to": { "maximum": 5 } }, "additionalProperties": false }),
        json!({ "properties": {}, "additionalProperties": false }),
        &format!("schema {place}"),
    );
}

#[test]
fn a_looser_constraint_is_a_capability_and_a_tighter_one_is_schema() {
    for (loose, tight) in [
        (json!({ "maximum": 1000 }), json!({ "maximum": 100 })),
        (json!({}), json!({ "maxLength": 10 })),
        (json!({ "minimum": -5 }), json!({ "minimum": 0.5 })),
        (json!({ "enum": ["a", "b"] }), json!({ "enum": ["b"] })),
        (json!({}), json!({ "enum": ["b"] })),
        (json!({ "type": ["string", "null"] }), json!({ "type": "string" })),
        (json!({ "type": "number" }), json!({ "type": "integer" })),
        (json!({}), json!({ "type": "string" })),
        (json!({ "items": {} }), json!({ "items": { "type": "string" } })),
        (json!({ "items": { "type": "string" } }), json!({ "items": false })),
        (json!({}), json!({ "additionalProperties": false })),
        (
            json!({ "additionalProperties": true }),
            json!({ "additionalProperties": { "type": "string" } }),
        ),
        (json!({}), json!({ "pattern": "^a" })),
        (json!({}), json!({ "format": "email" })),
        (json!({ "uniqueItems": false }), json!({ "uniqueItems": true })),
        (
            json!({ "anyOf": [{ "type": "string" }, {}] }),
            json!({ "anyOf": [{ "type": "string" }] }),
        ),
        (json!({}), json!({ "anyOf": [{ "type": "string" }] })),
        (json!({ "allOf": [{}] }), json!({ "allOf": [{ "type": "string" }, {}] })),
        (json!({}), json!({ "required": ["x"] })),
        (
            json!({ "$defs": { "a": { "maximum": 2 } } }),
            json!({ "$defs": { "a": { "maximum": 1 } } }),
        ),
    ] {
        for (before, after, class) in
            [(&loose, &tight, Change::Schema), (&tight, &loose, Change::Capability)]
        {
            let tool = |schema: &Value| json!({ "inputSchema": { "properties": { "x": schema } } });
            let (pinned, offered) = (tool(before), tool(after));
            let found = compare(&pinned, &offered);
            assert_eq!(self::class(&found), Some(class), "{before} -> {after}: {found:?}");
        }
    }
}

#[test]
fn another_notation_is_schema() {
    for (before, after) in [
        (json!({}), json!(true)),
        (json!({ "type": "string" }), json!({ "type": ["string"] })),
        (json!({ "enum": ["a", "b"] }), json!({ "enum": ["b", "a"] })),
        (json!({}), json!({ "required": [] })),
        (json!({}), json!({ "properties": {} })),
        (json!({}), json!({ "$schema": "https://json-schema.org/draft/2020-12/schema" })),
        (json!({}), json!({ "$defs": { "unused": {} } })),
        (json!({}), json!({ "deprecated": true })),
    ] {
        for (before, after) in [(&before, &after), (&after, &before)] {
            let tool = |schema: &Value| json!({ "inputSchema": { "properties": { "x": schema } } });
            let (pinned, offered) = (tool(before), tool(after));
            let found = compare(&pinned, &offered);
            assert_eq!(class(&found), Some(Change::Schema), "{before} -> {after}: {found:?}");
        }
    }
}

#[test]
fn what_cannot_be_told_apart_counts_as_a_capability() {
    for (before, after) in [
        (json!({ "pattern": "^a$" }), json!({ "pattern": "^ab$" })),
        (json!({ "const": 1 }), json!({ "const": 2 })),
        (json!({}), json!({ "default": "attacker" })),
        (json!({ "default": 1 }), json!({})),
        (json!({ "type": "string" }), json!({ "$ref": "#/$defs/a" })),
        (json!({ "$ref": "#/$defs/a" }), json!({ "$ref": "#/$defs/b" })),
        (json!({}), json!({ "x-mcp-header": "To" })),
        (json!({ "maximum": 1 }), json!({ "maximum": "2" })),
        (json!({ "type": "string" }), json!("string")),
        (json!({ "required": ["a"] }), json!({ "required": "a" })),
        (json!({ "oneOf": [{}] }), json!({ "oneOf": [{ "type": "string" }] })),
        // Under a negation, narrower is wider.
        (json!({ "not": { "maximum": 5 } }), json!({ "not": { "maximum": 4 } })),
        (
            json!({ "not": { "$ref": "#/$defs/a" }, "$defs": { "a": { "maximum": 2 } } }),
            json!({ "not": { "$ref": "#/$defs/a" }, "$defs": { "a": { "maximum": 1 } } }),
        ),
    ] {
        let tool = |schema: &Value| json!({ "inputSchema": { "properties": { "x": schema } } });
        let (pinned, offered) = (tool(&before), tool(&after));
        let found = compare(&pinned, &offered);
        assert_eq!(class(&found), Some(Change::Capability), "{before} -> {after}: {found:?}");
    }
}

#[test]
fn an_output_nobody_is_held_to_is_never_a_capability() {
    let tool = |schema: Value| json!({ "outputSchema": schema });
    check_tools(
        &tool(json!({ "properties": { "a": { "type": "string" } } })),
        &tool(json!({ "properties": { "a": {}, "b": {} }, "x": 1 })),
        "schema /outputSchema/properties/a/type, schema /outputSchema/properties/b, schema /outputSchema/x",
    );
}

#[test]
fn another_claim_is_a_capability_and_a_default_written_out_is_not() {
    let tool = |annotations: Value| json!({ "annotations": annotations });
    for (before, after, what) in [
        (json!({}), json!({ "readOnlyHint": true }), "capability /annotations/readOnlyHint"),
        (json!({ "readOnlyHint": true }), json!({}), "capability /annotations/readOnlyHint"),
        (json!({}), json!({ "readOnlyHint": false }), "schema /annotations/readOnlyHint"),
        (json!({ "destructiveHint": true }), json!({}), "schema /annotations/destructiveHint"),
        (json!({}), json!({ "destructiveHint": false }), "capability /annotations/destructiveHint"),
        (json!({}), json!({ "safeHint": true }), "capability /annotations/safeHint"),
        (json!({}), json!("safe"), "capability /annotations"),
    ] {
        check_tools(&tool(before), &tool(after), what);
    }
    check_tools(&json!({}), &json!({ "annotations": {} }), "schema /annotations");
    check_tools(
        &json!({ "execution": { "taskSupport": "forbidden" } }),
        &json!({ "execution": { "taskSupport": "optional" } }),
        "capability /execution/taskSupport",
    );
    check_tools(&json!({ "name": "a" }), &json!({ "name": "b" }), "capability /name");
    check_tools(&json!({}), &json!({ "handler": "x" }), "capability /handler");
    check_tools(&json!([]), &json!({}), "capability ");
}

#[test]
fn a_mixed_change_has_the_highest_class() {
    let before = json!({ "description": "a", "inputSchema": {} });
    let after =
        json!({ "description": "b", "inputSchema": { "properties": { "x": {} } }, "title": "t" });
    assert_eq!(class(&compare(&before, &after)), Some(Change::Capability));
    assert_eq!(class(&compare(&before, &before)), None);
}

#[test]
fn a_schema_deeper_than_the_eye_sees_is_compared_all_the_same() {
    let deep = |inner: Value| (0..90).fold(inner, |inner, _| json!({ "items": inner }));
    let before = json!({ "inputSchema": deep(json!({ "maximum": 5 })) });
    let after = json!({ "inputSchema": deep(json!({ "maximum": 4 })) });
    assert_eq!(class(&compare(&before, &after)), Some(Change::Capability));
}

/// Definitions with the words that mean something.
fn definition() -> impl Strategy<Value = Value> {
    let key = prop::sample::select(vec![
        "name",
        "description",
        "inputSchema",
        "outputSchema",
        "annotations",
        "execution",
        "properties",
        "required",
        "type",
        "enum",
        "maximum",
        "items",
        "anyOf",
        "oneOf",
        "not",
        "$defs",
        "additionalProperties",
        "readOnlyHint",
        "taskSupport",
        "a",
        "b/~",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0..3).prop_map(Value::from),
        prop::sample::select(vec!["a", "string", "forbidden"]).prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::vec((key.clone(), inner), 0..5).prop_map(|members| {
                let members = members.into_iter().map(|(key, value)| (key.to_owned(), value));
                Value::Object(members.collect::<Map<String, Value>>())
            }),
        ]
    })
}

proptest! {
    /// No difference between two pins is without a place and a class.
    #[test]
    fn nothing_is_different_and_unseen(before in definition(), after in definition()) {
        let same = canonical(&before) == canonical(&after);
        prop_assert_eq!(compare(&before, &after).is_empty(), same);
    }

    /// The two sides of a difference are what stands at its place.
    #[test]
    fn a_place_is_where_it_says(before in definition(), after in definition()) {
        for found in compare(&before, &after) {
            prop_assert_eq!(found.before, before.pointer(&found.place));
            prop_assert_eq!(found.after, after.pointer(&found.place));
        }
    }
}
