//! Which arguments policy should see, guessed from their names and types.

use std::collections::BTreeSet;

use serde_json::Value;
use syndic_model::{Capability, Fact};

use super::ImportOptions;

const AMOUNTS: &[&str] =
    &["amount", "total_amount", "total", "price", "sum", "value", "payment_amount"];
const CURRENCIES: &[&str] = &["currency", "currency_code"];
const RECIPIENTS: &[&str] = &[
    "to",
    "cc",
    "bcc",
    "recipient",
    "recipients",
    "email",
    "emails",
    "address",
    "addresses",
    "participants",
    "attendees",
    "channel",
    "phone",
    "phone_number",
    "user_email",
    "chat_id",
    "payee",
    "beneficiary",
    "iban",
];
const CONTENTS: &[&str] =
    &["body", "message", "text", "content", "subject", "html", "caption", "comment", "title"];
const COUNTS: &[&str] = &["affected_people", "affected_users", "user_count", "recipient_count"];
const RESOURCES: &[&str] =
    &["id", "path", "file_path", "uri", "url", "file", "filename", "repo", "key", "name"];

/// A fact and where it is taken from, as YAML.
#[derive(Debug)]
pub(super) struct FactGuess {
    pub(super) fact: Fact,
    pub(super) source: String,
    pub(super) evidence: String,
}

/// The arguments of a tool, by name.
#[derive(Debug)]
pub(super) struct Properties<'a> {
    all: Vec<Property<'a>>,
}

#[derive(Debug)]
struct Property<'a> {
    name: &'a str,
    required: bool,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Text,
    Texts,
    Number,
    Whole,
    Other,
}

impl FactGuess {
    /// Tells whether actions of these kinds have such a fact.
    pub(super) fn suits(&self, capabilities: &BTreeSet<Capability>) -> bool {
        let has = |capability| capabilities.contains(&capability);
        match self.fact {
            Fact::Amount | Fact::Currency => !capabilities.iter().all(|c| *c == Capability::Read),
            Fact::Recipients => {
                has(Capability::SendExternalMessage) || has(Capability::FinancialTransaction)
            }
            Fact::Content => has(Capability::SendExternalMessage),
            Fact::AffectedPeople | Fact::Resource => true,
        }
    }
}

impl<'a> Properties<'a> {
    pub(super) fn of(input: &'a Value) -> Self {
        let required = input.get("required").and_then(Value::as_array);
        let is_required = |name: &str| {
            required.is_some_and(|all| all.iter().any(|one| one.as_str() == Some(name)))
        };
        let members = input.get("properties").and_then(Value::as_object).into_iter().flatten();
        let all = members.map(|(name, schema)| Property {
            name,
            required: is_required(name) && !is_nullable(schema),
            shape: shape(schema),
        });
        Self { all: all.collect() }
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all.iter().any(|property| property.name.eq_ignore_ascii_case(name))
    }

    fn named<'s>(&'s self, names: &'s [&str], shapes: &'s [Shape]) -> Vec<&'s Property<'a>> {
        let fits = |property: &&Property<'_>| {
            let name = property.name.to_ascii_lowercase();
            names.contains(&name.as_str()) && shapes.contains(&property.shape)
        };
        self.all.iter().filter(fits).collect()
    }
}

/// Guesses every fact that the arguments may hold.
pub(super) fn facts(
    properties: &Properties<'_>,
    capabilities: &BTreeSet<Capability>,
    options: &ImportOptions,
) -> Vec<FactGuess> {
    let mut found = Vec::new();
    let moves_money = capabilities.contains(&Capability::FinancialTransaction);
    let amounts = properties.named(AMOUNTS, &[Shape::Number, Shape::Whole, Shape::Text]);
    let amount = amounts.iter().find(|property| property.required).or_else(|| amounts.first());
    if let Some(amount) = amount.filter(|amount| amount.name != "value" || moves_money) {
        found.push(one(Fact::Amount, amount, "the amount by its name"));
        let currencies = properties.named(CURRENCIES, &[Shape::Text]);
        found.push(match currencies.first() {
            Some(currency) if currency.required => {
                one(Fact::Currency, currency, "the currency by its name")
            }
            Some(currency) => FactGuess {
                fact: Fact::Currency,
                source: format!(
                    "{{ pointer: {}, default: {} }}",
                    pointer(currency),
                    options.currency
                ),
                evidence: format!(
                    "the currency by its name; {} is assumed where none is named",
                    options.currency
                ),
            },
            None => FactGuess {
                fact: Fact::Currency,
                source: format!("{{ const: {} }}", options.currency),
                evidence: format!(
                    "no argument names the currency; {} is assumed",
                    options.currency
                ),
            },
        });
    }
    found.extend(many(
        Fact::Recipients,
        &properties.named(RECIPIENTS, &[Shape::Text, Shape::Texts]),
    ));
    let counts = properties.named(COUNTS, &[Shape::Whole]);
    found.extend(
        counts
            .first()
            .map(|count| one(Fact::AffectedPeople, count, "a count of people by its name")),
    );
    found.extend(many(Fact::Content, &properties.named(CONTENTS, &[Shape::Text, Shape::Texts])));
    found.extend(resource(properties));
    found
}

/// The first required text that names a thing.
fn resource(properties: &Properties<'_>) -> Option<FactGuess> {
    let names_a_thing = |property: &&Property<'_>| {
        let name = property.name.to_ascii_lowercase();
        property.required
            && property.shape == Shape::Text
            && (RESOURCES.contains(&name.as_str())
                || name.ends_with("_id")
                || property.name.ends_with("Id"))
    };
    let property = properties.all.iter().find(names_a_thing)?;
    Some(one(Fact::Resource, property, "what is acted upon, by its name"))
}

fn one(fact: Fact, property: &Property<'_>, evidence: &str) -> FactGuess {
    let pointer = pointer(property);
    let source = if property.required {
        pointer
    } else {
        format!("{{ pointer: {pointer}, optional: true }}")
    };
    FactGuess {
        fact,
        source,
        evidence: format!("`{}` is {evidence}", property.name.escape_debug()),
    }
}

/// Joins several arguments; one that is always there makes the fact always there.
fn many(fact: Fact, properties: &[&Property<'_>]) -> Option<FactGuess> {
    let first = properties.first()?;
    let pointers: Vec<_> = properties.iter().map(|property| pointer(property)).collect();
    let names: Vec<_> =
        properties.iter().map(|property| format!("`{}`", property.name.escape_debug())).collect();
    let list = format!("[{}]", pointers.join(", "));
    let source = match (properties.iter().any(|property| property.required), properties.len()) {
        (true, 1) => pointer(first),
        (true, _) => list,
        (false, _) => format!("{{ pointers: {list}, optional: true }}"),
    };
    Some(FactGuess { fact, source, evidence: format!("{} by name", names.join(", ")) })
}

/// Writes a pointer (RFC 6901) as YAML.
fn pointer(property: &Property<'_>) -> String {
    let step = property.name.replace('~', "~0").replace('/', "~1");
    let each = if property.shape == Shape::Texts { "/*" } else { "" };
    let text = format!("/{step}{each}");
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-/*~".contains(c);
    if text.chars().all(plain) { text } else { Value::from(text).to_string() }
}

fn shape(schema: &Value) -> Shape {
    let options = ["anyOf", "oneOf"].into_iter().find_map(|key| schema.get(key)?.as_array());
    if let Some(options) = options {
        let mut shapes = options.iter().filter(|option| kind(option) != Some("null")).map(shape);
        let first = shapes.next().unwrap_or(Shape::Other);
        return if shapes.all(|other| other == first) { first } else { Shape::Other };
    }
    match kind(schema) {
        Some("string") => Shape::Text,
        Some("number") => Shape::Number,
        Some("integer") => Shape::Whole,
        Some("array") if schema.get("items").and_then(kind) == Some("string") => Shape::Texts,
        _ => Shape::Other,
    }
}

/// Returns the one type of a schema, `null` beside it aside.
fn kind(schema: &Value) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null");
            kinds.next().filter(|_| kinds.next().is_none())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => None,
    }
}

fn is_nullable(schema: &Value) -> bool {
    let says_null = |kinds: &Value| {
        kinds.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "null"))
    };
    schema.get("type").is_some_and(says_null)
        || ["anyOf", "oneOf"]
            .iter()
            .filter_map(|key| schema.get(key)?.as_array())
            .any(|options| options.iter().any(|option| kind(option) == Some("null")))
}
