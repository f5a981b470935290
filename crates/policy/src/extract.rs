//! Facts out of arguments, as the catalogue declares them.

use serde_json::Value;
use syndic_model::{Decimal, Fact, FactSource};

use crate::Facts;
use crate::convert::whole;
use crate::recipient::recipients;

/// How many values the pointers of one fact may find.
const MAX_FINDS: usize = 10_000;

/// Tells whether a fact is there in every examined action.
pub(crate) const fn always_present(source: &FactSource) -> bool {
    !source.optional || source.default.is_some() || source.constant.is_some()
}

/// Puts one fact into `facts`; the error names fact and rule, never a value.
pub(crate) fn extract(
    fact: Fact,
    source: &FactSource,
    args: &Value,
    facts: &mut Facts,
) -> Result<(), String> {
    if let Some(constant) = &source.constant {
        return set(fact, &items(constant), facts);
    }
    let mut found = Vec::new();
    for pointer in &source.pointers {
        let finds = pointer.find(args);
        found.extend(finds.map_err(|error| format!("fact `{fact}` at `{pointer}`: {error}"))?);
    }
    if found.len() > MAX_FINDS {
        return Err(format!("fact `{fact}` has more than {MAX_FINDS} values"));
    }
    match (&source.default, found.is_empty()) {
        (_, false) => set(fact, &found, facts),
        (Some(default), true) => set(fact, &items(default), facts),
        (None, true) if source.optional => Ok(()),
        (None, true) => {
            let pointers: Vec<_> =
                source.pointers.iter().map(|pointer| format!("`{pointer}`")).collect();
            Err(format!("fact `{fact}` finds nothing at {}", pointers.join(", ")))
        }
    }
}

/// Tries a fact's fixed values, for the loader.
pub(crate) fn try_fixed(fact: Fact, source: &FactSource) -> Result<(), String> {
    let fixed = [&source.constant, &source.default].into_iter().flatten();
    fixed.into_iter().try_for_each(|value| set(fact, &items(value), &mut Facts::default()))
}

/// A list in the catalogue is several values, which is how `default: []` says "nobody".
fn items(value: &Value) -> Vec<&Value> {
    value.as_array().map_or_else(|| vec![value], |items| items.iter().collect())
}

fn set(fact: Fact, values: &[&Value], facts: &mut Facts) -> Result<(), String> {
    let set = match fact {
        Fact::Amount => amount(values).map(|amount| facts.amount = Some(amount)),
        Fact::Currency => one(values)
            .and_then(|text| text.parse().ok())
            .map(|currency| facts.currency = Some(currency)),
        Fact::Recipients => {
            let texts: Option<Vec<_>> =
                values.iter().map(|value| value.as_str().map(recipients)).collect();
            texts.map(|all| facts.recipients = Some(all.into_iter().flatten().collect()))
        }
        Fact::AffectedPeople => people(values).map(|people| facts.affected_people = Some(people)),
        Fact::Content => {
            let texts: Option<Vec<&str>> = values.iter().map(|value| value.as_str()).collect();
            texts.map(|texts| facts.content = Some(texts.join("\n")))
        }
        Fact::Resource => one(values).map(|text| facts.resource = Some(text.to_owned())),
    };
    set.ok_or_else(|| format!("fact `{fact}` is not {}", wanted(fact)))
}

const fn wanted(fact: Fact) -> &'static str {
    match fact {
        Fact::Amount => "an exact amount, or its sum is too large",
        Fact::Currency => "one currency of three capital letters",
        Fact::Recipients => "a list of texts",
        Fact::AffectedPeople => "a whole number of people",
        Fact::Content => "text",
        Fact::Resource => "one text",
    }
}

/// Adds amounts; a text counts if it is an exact decimal.
fn amount(values: &[&Value]) -> Option<Decimal> {
    let mut amounts = values.iter().map(|value| match value {
        Value::Number(number) => number.as_str().parse::<Decimal>().ok(),
        Value::String(text) => text.parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    });
    let first = amounts.next()??;
    amounts.try_fold(first, |sum, amount| sum.checked_add(amount?))
}

fn people(values: &[&Value]) -> Option<u64> {
    let mut counts = values.iter().map(|value| match value {
        Value::Number(number) => whole(number).filter(|count| *count >= 0),
        Value::Null | Value::Bool(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            None
        }
    });
    let first = counts.next()??;
    let sum = counts.try_fold(first, |sum, count| sum.checked_add(count?))?;
    u64::try_from(sum).ok()
}

/// Returns the text that all values are: two different ones are not one fact.
fn one<'a>(values: &[&'a Value]) -> Option<&'a str> {
    let (first, rest) = values.split_first()?;
    let text = first.as_str()?;
    rest.iter().all(|value| value.as_str() == Some(text)).then_some(text)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use syndic_model::{Fact, FactSource};

    use super::extract;
    use crate::Facts;

    fn source(pointers: &[&str]) -> FactSource {
        let pointers = pointers.iter().map(|text| text.parse().unwrap()).collect();
        FactSource { pointers, constant: None, default: None, optional: false }
    }

    fn check(fact: Fact, source: &FactSource, args: &str) -> String {
        let args: Value = serde_json::from_str(args).unwrap();
        let mut facts = Facts::default();
        match extract(fact, source, &args, &mut facts) {
            Err(error) => error,
            Ok(()) => match fact {
                Fact::Amount => facts.amount.map(|a| a.to_string()),
                Fact::Currency => facts.currency.map(|c| c.to_string()),
                Fact::Recipients => facts.recipients.map(|r| format!("{r:?}")),
                Fact::AffectedPeople => facts.affected_people.map(|n| n.to_string()),
                Fact::Content => facts.content,
                Fact::Resource => facts.resource,
            }
            .unwrap_or_else(|| "absent".to_owned()),
        }
    }

    #[test]
    fn a_fact_is_found_whole_or_refused() {
        let items = source(&["/items/*/price", "/fee"]);
        let to = source(&["/to", "/cc/*"]);
        for (fact, source, args, expected) in [
            (
                Fact::Amount,
                &items,
                r#"{"items": [{"price": 1.25}, {"price": "2.5"}], "fee": 1}"#,
                "4.75",
            ),
            (
                Fact::Amount,
                &items,
                r#"{"items": []}"#,
                "fact `amount` finds nothing at `/items/*/price`, `/fee`",
            ),
            (
                Fact::Amount,
                &items,
                r#"{"fee": "secret"}"#,
                "fact `amount` is not an exact amount, or its sum is too large",
            ),
            (
                Fact::Amount,
                &items,
                r#"{"fee": "-1"}"#,
                "fact `amount` is not an exact amount, or its sum is too large",
            ),
            (
                Fact::Amount,
                &items,
                r#"{"items": [{"price": 922337203685477}], "fee": 1}"#,
                "fact `amount` is not an exact amount, or its sum is too large",
            ),
            (Fact::Recipients, &to, r#"{"to": "b", "cc": ["a"]}"#, r#"{"a", "b"}"#),
            (
                Fact::Recipients,
                &to,
                r#"{"to": "b", "cc": ["a", null]}"#,
                "fact `recipients` at `/cc/*`: some elements have it and others do not",
            ),
            (
                Fact::Amount,
                &items,
                r#"{"items": [{"price": 50}, {"cost": 5000}], "fee": 1}"#,
                "fact `amount` at `/items/*/price`: some elements have it and others do not",
            ),
            (Fact::Recipients, &to, r#"{"to": ["b"]}"#, "fact `recipients` is not a list of texts"),
            (Fact::Content, &to, r#"{"to": "b", "cc": ["a"]}"#, "b\na"),
            (Fact::Resource, &to, r#"{"to": "b", "cc": ["b"]}"#, "b"),
            (Fact::Resource, &to, r#"{"to": "b", "cc": ["a"]}"#, "fact `resource` is not one text"),
            (
                Fact::Currency,
                &to,
                r#"{"to": "usd"}"#,
                "fact `currency` is not one currency of three capital letters",
            ),
            (Fact::AffectedPeople, &to, r#"{"to": 3, "cc": [4]}"#, "7"),
            (
                Fact::AffectedPeople,
                &to,
                r#"{"to": 3.5}"#,
                "fact `affected_people` is not a whole number of people",
            ),
        ] {
            assert_eq!(check(fact, source, args), expected, "{fact} {args}");
        }
    }

    #[test]
    fn absence_is_what_the_catalogue_says_it_is() {
        let to = source(&["/to"]);
        let optional = FactSource { optional: true, ..to.clone() };
        let nobody = FactSource { default: Some(json!([])), ..to.clone() };
        let fixed = FactSource { constant: Some(json!("USD")), ..source(&[]) };
        assert_eq!(
            check(Fact::Recipients, &to, r#"{"to": null}"#),
            "fact `recipients` finds nothing at `/to`"
        );
        assert_eq!(check(Fact::Recipients, &optional, "{}"), "absent");
        assert_eq!(check(Fact::Recipients, &nobody, "{}"), "{}");
        assert_eq!(check(Fact::Currency, &fixed, "{}"), "USD");
    }
}
