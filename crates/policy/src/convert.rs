//! Arguments to Cedar values, by the types made at load.

use std::fmt;
use std::sync::LazyLock;

use cedar_policy_core::ast::{ExtensionFunction, Value as Cedar};
use cedar_policy_core::extensions::Extensions;
use jiff::Timestamp;
use serde_json::{Number, Value};
use syndic_model::{Decimal, LocalTime};

use crate::input::{Field, Shape};

/// A value that is not of its type; holds the pointer, never the value.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unconvertible {
    pointer: String,
    wanted: &'static str,
}

impl fmt::Display for Unconvertible {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not {}", self.pointer, self.wanted)
    }
}

/// Converts a value that its JSON Schema has accepted.
///
/// `null` is absent, properties without a type are left out, and every string is plain data: there is no
/// spelling of an argument that becomes an entity or a function call.
pub(crate) fn convert(shape: &Shape, value: &Value) -> Result<Cedar, Unconvertible> {
    walk(shape, value, &mut Vec::new())
}

fn walk<'a>(
    shape: &'a Shape,
    value: &Value,
    at: &mut Vec<&'a str>,
) -> Result<Cedar, Unconvertible> {
    match (shape, value) {
        (Shape::String, Value::String(text)) => Ok(text.as_str().into()),
        (Shape::Bool, Value::Bool(bool)) => Ok((*bool).into()),
        (Shape::Long, Value::Number(number)) => whole(number)
            .map(Cedar::from)
            .ok_or_else(|| unconvertible(at, "a whole number below 2^63")),
        (Shape::Decimal, Value::Number(number)) => {
            let read = number.as_str().parse().ok().and_then(decimal);
            read.ok_or_else(|| unconvertible(at, "an exact decimal number"))
        }
        (Shape::Set(shape), Value::Array(items)) => {
            at.push("*");
            let present = items.iter().filter(|item| !item.is_null());
            let set: Vec<_> =
                present.map(|item| walk(shape, item, at)).collect::<Result<_, _>>()?;
            at.pop();
            Ok(Cedar::set(set, None))
        }
        (Shape::Record(fields), Value::Object(members)) => {
            let mut present = Vec::with_capacity(fields.len());
            for Field { name, required, shape } in fields {
                at.push(name);
                match members.get(name).filter(|member| !member.is_null()) {
                    Some(member) => present.push((name.as_str(), walk(shape, member, at)?)),
                    None if *required => return Err(unconvertible(at, "present")),
                    None => {}
                }
                at.pop();
            }
            Ok(record(present))
        }
        _ => Err(unconvertible(at, "of the type the catalogue gives it")),
    }
}

fn unconvertible(at: &[&str], wanted: &'static str) -> Unconvertible {
    Unconvertible { pointer: format!("/{}", at.join("/")), wanted }
}

/// Reads a JSON number as an integer: `3`, `3.0` and `3e0` are the same.
pub(crate) fn whole(number: &Number) -> Option<i64> {
    number.as_i64().or_else(|| {
        let count = number.as_str().parse::<Decimal>().ok()?.ten_thousandths();
        (count % 10_000 == 0).then_some(count / 10_000)
    })
}

pub(crate) fn record<'a>(fields: impl IntoIterator<Item = (&'a str, Cedar)>) -> Cedar {
    Cedar::record(fields, None)
}

pub(crate) fn texts<'a>(all: impl IntoIterator<Item = &'a str>) -> Cedar {
    Cedar::set_of_lits(all.into_iter().map(Into::into), None)
}

/// Makes Cedar's `decimal`.
pub(crate) fn decimal(value: Decimal) -> Option<Cedar> {
    call(*DECIMAL, decimal_text(value))
}

/// Makes Cedar's `datetime`, which counts milliseconds.
pub(crate) fn datetime(value: Timestamp) -> Option<Cedar> {
    call(*DATETIME, value.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
}

/// Looked up once, by names that take as long to parse as their arguments.
static DECIMAL: LazyLock<Option<&ExtensionFunction>> = LazyLock::new(|| function("decimal"));
static DATETIME: LazyLock<Option<&ExtensionFunction>> = LazyLock::new(|| function("datetime"));

fn function(name: &str) -> Option<&'static ExtensionFunction> {
    Extensions::all_available().func(&name.parse().ok()?).ok()
}

fn call(function: Option<&ExtensionFunction>, text: String) -> Option<Cedar> {
    Cedar::try_from(function?.call(&[text.into()]).ok()?).ok()
}

/// Writes a decimal in the grammar of Cedar's `decimal("…")`.
pub(crate) fn decimal_text(value: Decimal) -> String {
    let count = value.ten_thousandths();
    format!("{}.{:04}", count / 10_000, count % 10_000)
}

/// Makes the record `context.call.local`.
pub(crate) fn local(time: LocalTime) -> Cedar {
    record([("weekday", time.weekday.into()), ("minutes", time.minutes.into())])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::sync::Arc;

    use cedar_policy::{Context, RestrictedExpression};
    use cedar_policy_core::ast::{self, Value as Cedar};
    use serde_json::{Value, json};

    use super::convert;
    use crate::input::typed;

    /// Evaluated, so that equal values are equal however they are written.
    fn value(expression: RestrictedExpression) -> Context {
        Context::from_pairs([("value".to_owned(), expression)]).unwrap()
    }

    fn converted(value: Cedar) -> Context {
        ast::Context::Value(Arc::new(BTreeMap::from([("value".into(), value)]))).into()
    }

    #[test]
    fn arguments_become_exact_values_and_nothing_else() {
        let schema = json!({"type": "object", "required": ["n"], "properties": {
            "n": {"type": "number"}, "i": {"type": "integer"}, "s": {"type": "string"}, "t": {"type": "array", "items": {"type": "string"}},
            "r": {"type": "object", "properties": {"__entity": {"type": "string"}, "type": {"type": "string"}}},
        }});
        for (args, expected) in [
            (r#"{"n": 150.50}"#, r#"{"n": decimal("150.5000")}"#),
            (r#"{"n": 1e2}"#, r#"{"n": decimal("100.0000")}"#),
            (
                r#"{"n": 1, "i": 9223372036854775807}"#,
                r#"{"n": decimal("1.0000"), "i": 9223372036854775807}"#,
            ),
            (r#"{"n": 1, "i": 3.0}"#, r#"{"n": decimal("1.0000"), "i": 3}"#),
            (r#"{"n": 1, "i": 3.5}"#, "`/i` is not a whole number below 2^63"),
            (r#"{"n": 9223372036854775807}"#, "`/n` is not an exact decimal number"),
            (
                r#"{"n": 1, "s": null, "extra": {"__extn": {"fn": "ip", "arg": "::"}}}"#,
                r#"{"n": decimal("1.0000")}"#,
            ),
            (r#"{"n": 1, "t": ["a", null, "b"]}"#, r#"{"n": decimal("1.0000"), "t": ["a", "b"]}"#),
            (r#"{"n": null}"#, "`/n` is not present"),
            (
                r#"{"n": 1, "s": {"__entity": {"type": "Agent", "id": "root"}}}"#,
                "`/s` is not of the type the catalogue gives it",
            ),
            (
                r#"{"n": 1, "r": {"__entity": "x", "type": "Agent"}}"#,
                r#"{"n": decimal("1.0000"), "r": {"__entity": "x", "type": "Agent"}}"#,
            ),
        ] {
            let args: Value = serde_json::from_str(args).unwrap();
            let found = convert(&typed(&schema).shape, &args)
                .map(converted)
                .map_err(|error| error.to_string());
            let expected = expected.parse().map(value).map_err(|_| expected.to_owned());
            assert_eq!(found, expected, "{args}");
        }
    }
}
