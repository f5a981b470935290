//! Arguments to Cedar values, by the types made at load.

use std::fmt;

use cedar_policy::RestrictedExpression as Expression;
use serde_json::{Number, Value};
use syndic_model::Decimal;

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
pub(crate) fn convert(shape: &Shape, value: &Value) -> Result<Expression, Unconvertible> {
    walk(shape, value, &mut Vec::new())
}

fn walk<'a>(
    shape: &'a Shape,
    value: &Value,
    at: &mut Vec<&'a str>,
) -> Result<Expression, Unconvertible> {
    match (shape, value) {
        (Shape::String, Value::String(text)) => Ok(Expression::new_string(text.clone())),
        (Shape::Bool, Value::Bool(bool)) => Ok(Expression::new_bool(*bool)),
        (Shape::Long, Value::Number(number)) => whole(number)
            .map(Expression::new_long)
            .ok_or_else(|| unconvertible(at, "a whole number below 2^63")),
        (Shape::Decimal, Value::Number(number)) => {
            let read = number.as_str().parse().map(decimal);
            read.map_err(|_| unconvertible(at, "an exact decimal number"))
        }
        (Shape::Set(shape), Value::Array(items)) => {
            at.push("*");
            let present = items.iter().filter(|item| !item.is_null());
            let set: Vec<_> =
                present.map(|item| walk(shape, item, at)).collect::<Result<_, _>>()?;
            at.pop();
            Ok(Expression::new_set(set))
        }
        (Shape::Record(fields), Value::Object(members)) => {
            let mut record = Vec::with_capacity(fields.len());
            for Field { name, required, shape } in fields {
                at.push(name);
                match members.get(name).filter(|member| !member.is_null()) {
                    Some(member) => record.push((name.clone(), walk(shape, member, at)?)),
                    None if *required => return Err(unconvertible(at, "present")),
                    None => {}
                }
                at.pop();
            }
            Expression::new_record(record).map_err(|_| unconvertible(at, "a record"))
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

/// Makes Cedar's `decimal`, which wants a digit after the point.
pub(crate) fn decimal(value: Decimal) -> Expression {
    Expression::new_decimal(decimal_text(value))
}

/// Writes a decimal in the grammar of Cedar's `decimal("…")`.
pub(crate) fn decimal_text(value: Decimal) -> String {
    let count = value.ten_thousandths();
    format!("{}.{:04}", count / 10_000, count % 10_000)
}

#[cfg(test)]
mod tests {
    use cedar_policy::{Context, RestrictedExpression};
    use serde_json::{Value, json};

    use super::convert;
    use crate::input::typed;

    /// Evaluated, so that equal values are equal however they are written.
    fn value(expression: RestrictedExpression) -> Context {
        Context::from_pairs([("value".to_owned(), expression)]).unwrap()
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
            let found =
                convert(&typed(&schema).shape, &args).map(value).map_err(|error| error.to_string());
            let expected = expected.parse().map(value).map_err(|_| expected.to_owned());
            assert_eq!(found, expected, "{args}");
        }
    }
}
