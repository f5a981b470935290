use proptest::prelude::*;
use serde_json::{Map, Value};
use syndic_compliance::canonical;

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn the_vectors_of_rfc_8785_come_out_byte_for_byte() {
    let cases = [
        (
            r#"{ "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/", "literals": [null, true, false] }"#,
            r#"{"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"}"#,
        ),
        (
            r#"{
                "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
                "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
                "\u00f6": "Latin Small Letter O With Diaeresis"
            }"#,
            "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\u{80}\":\"Control\",\
             \"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\
             \"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
        ),
        (
            r#"{ "1": {"f": {"f": "hi", "F": 5}, "\n": 56}, "10": {}, "": "empty", "a": {}, "111": [{"e": "yes", "E": "no"}], "A": {} }"#,
            r#"{"":"empty","1":{"\n":56,"f":{"F":5,"f":"hi"}},"10":{},"111":[{"E":"no","e":"yes"}],"A":{},"a":{}}"#,
        ),
        (r#"[ 56, {"d": true, "10": null, "1": []} ]"#, r#"[56,{"1":[],"10":null,"d":true}]"#),
        (r#"{"Unnormalized Unicode": "A\u030a"}"#, "{\"Unnormalized Unicode\":\"A\u{30a}\"}"),
        (r#""\b\t\f\u007f\u001F\u2028""#, "\"\\b\\t\\f\u{7f}\\u001f\u{2028}\""),
        (
            "[0, -1, 9007199254740991, -9007199254740991]",
            "[0,-1,9007199254740991,-9007199254740991]",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(canonical(&read(text)).unwrap(), expected);
    }
}

#[test]
fn a_number_that_is_not_whole_is_refused_at_its_place() {
    for number in ["1.0", "1e3", "-0", "0.1", "9007199254740992", "-9007199254740992", "1E400"] {
        let value = read(&format!(r#"{{"a/b": [1, {{"~": {number}}}]}}"#));
        let told = canonical(&value).unwrap_err().to_string();
        assert!(told.contains("at `/a~1b/1/~0`"), "{told}");
    }
}

#[test]
fn what_nests_too_deeply_is_refused() {
    let nested =
        |levels: usize| (0..levels).fold(Value::from(1), |inner, _| Value::Array(vec![inner]));
    assert!(canonical(&nested(64)).is_ok());
    assert!(canonical(&nested(65)).is_err());
    assert!(canonical(&nested(2_000)).is_err());
}

/// Values that have a canonical form.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

proptest! {
    #[test]
    fn the_canonical_form_says_the_same_and_is_its_own(value in values()) {
        let text = canonical(&value).unwrap();
        let again = read(&text);
        prop_assert_eq!(&again, &value);
        prop_assert_eq!(canonical(&again).unwrap(), text);
    }
}
