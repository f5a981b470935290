//! Arguments that do not matter to an approval.

use std::collections::BTreeMap;

use serde_json::Value;
use syndic_model::{Fact, FactSource, Pointer, Step};

use crate::position::At;
use crate::report::Report;
use crate::text::{Text, did_you_mean};

/// How many places an action may name.
const MOST_PLACES: usize = 16;

/// Reads the places, each of which the schema knows and no fact is read from: what a policy sees of an action always
/// matters.
pub(super) fn read(
    At { value, position }: &At<Vec<Text<Pointer>>>,
    schema: Option<&Value>,
    facts: &BTreeMap<Fact, FactSource>,
    report: &mut Report<'_>,
) -> Vec<Pointer> {
    if value.len() > MOST_PLACES {
        let message = format!("there are more than {MOST_PLACES} incidental arguments");
        let hint = "an approval is for an action; leave some out".to_owned();
        report.error(*position, "too-many-places", message, hint);
    }
    let mut places = Vec::new();
    for text in value.iter().take(MOST_PLACES) {
        let Some(place) = report.read(text) else { continue };
        let source = facts
            .iter()
            .find(|(_, source)| source.pointers.iter().any(|pointer| pointer.meets(&place)));
        if let Some((fact, _)) = source {
            let message = format!("`{place}` is where the fact `{fact}` is read: it matters");
            let hint = "leave it out, or read the fact elsewhere".to_owned();
            report.error(text.position, "incidental-fact", message, hint);
        } else if let Some(schema) =
            schema.filter(|schema| !knows(schema, schema, place.steps(), &mut { MOST_VISITS }))
        {
            let names = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
            let names: Vec<String> = names.map(|(name, _)| format!("/{name}")).collect();
            let hint = did_you_mean(&text.raw, names.iter().map(String::as_str));
            let hint = hint.unwrap_or_else(|| "name an argument that `input` describes".to_owned());
            let message = format!("`{place}` is not in `input`");
            report.error(text.position, "unknown-argument", message, hint);
        }
        places.push(place);
    }
    places
}

/// How many schemas are looked at for one place: references may go round in circles.
const MOST_VISITS: usize = 1_000;

/// Tells whether a schema describes what steps lead to.
fn knows(root: &Value, schema: &Value, steps: &[Step], visits: &mut usize) -> bool {
    let Some((step, rest)) = steps.split_first() else { return true };
    let Some(left) = visits.checked_sub(1) else { return false };
    *visits = left;
    let mut below = |schema: &Value, steps| knows(root, schema, steps, visits);
    let direct = match step {
        Step::Key(key) => {
            let member = schema.get("properties").and_then(|properties| properties.get(key));
            let index = key.parse::<usize>().ok();
            let item = index.and_then(|index| schema.get("prefixItems")?.get(index));
            let item = item.or_else(|| index.and_then(|_| schema.get("items")));
            member.into_iter().chain(item).any(|schema| below(schema, rest))
        }
        Step::Each => schema.get("items").is_some_and(|items| below(items, rest)),
    };
    let choices = ["allOf", "anyOf", "oneOf"].into_iter();
    let mut choices = choices.filter_map(|word| schema.get(word)?.as_array()).flatten();
    let referred = schema.get("$ref").and_then(Value::as_str);
    let referred = referred.and_then(|path| root.pointer(path.strip_prefix('#')?));
    direct
        || choices.any(|schema| below(schema, steps))
        || referred.is_some_and(|schema| below(schema, steps))
}
