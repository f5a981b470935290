//! What to write instead of what Cedar's validator refuses, where the text shows what was meant.

use std::str::FromStr as _;

use cedar_policy::ValidationError;
use miette::Diagnostic as _;
use syndic_model::{Fact, Finding, Place};

use crate::finding::{error, near, position};
use crate::parse::offset;

const ENTITY_TYPES: [&str; 4] = ["Agent", "Team", "Tool", "Action"];
const AGENT: [&str; 8] = [
    "id",
    "name",
    "risk_level",
    "team",
    "version",
    "capabilities",
    "max_transaction_amount",
    "currency",
];

/// Tells of a fault in a policy that stands in a file as it is.
#[must_use]
pub fn fault(path: &str, text: &str, fault: &ValidationError) -> Finding {
    let at = offset(fault).unwrap_or_default();
    let around = (text.get(..at).unwrap_or_default(), text.get(at..).unwrap_or_default());
    told(fault, position(path, text, at), around)
}

/// Tells of a fault at its place; `around` is the text before and after it.
pub(crate) fn told(fault: &ValidationError, place: Place, around: (&str, &str)) -> Finding {
    let message = fault.to_string();
    let help = || fault.help().map(|help| help.to_string());
    let hint = named(&message).or_else(|| typed(&message, around.0, around.1)).or_else(help);
    Finding { hint, ..error(code(fault), place, message) }
}

const fn code(fault: &ValidationError) -> &'static str {
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the enum is not exhaustive, and the rest is about types"
    )]
    match fault {
        ValidationError::UnrecognizedEntityType(_) => "unknown-entity-type",
        ValidationError::UnrecognizedActionId(_) => "unknown-action",
        ValidationError::UnsafeAttributeAccess(_) => "unknown-attribute",
        ValidationError::UnsafeOptionalAttributeAccess(_) => "optional-attribute",
        _ => "type-error",
    }
}

/// Reads what the message names: an attribute or an entity type.
fn named(message: &str) -> Option<String> {
    let mut quoted = message.split('`').skip(1).step_by(2).skip(1);
    if message.contains("unrecognized entity type") {
        let name = quoted.next()?;
        let all = "the entity types are `Agent`, `Team`, `Tool` and `Action`";
        return near(name, ENTITY_TYPES).or_else(|| Some(all.to_owned()));
    }
    let attribute = quoted.next().filter(|_| message.contains("not found"))?;
    if message.contains("entity type `Agent`") {
        return near(attribute, AGENT);
    }
    if let Some(fact) = attribute.strip_prefix("facts.").filter(|fact| is_fact(fact)) {
        let action = message.rsplit("Action::").next()?.split('"').nth(1)?;
        return Some(format!(
            "the catalogue gives no `{fact}` for `{action}`: declare it there, or name the actions that have it in the scope"
        ));
    }
    let attribute = attribute.strip_prefix("facts.").unwrap_or(attribute);
    let elsewhere = is_fact(attribute) && !message.contains("`facts.");
    elsewhere.then(|| format!("write `context.facts.{attribute}`"))
}

fn is_fact(name: &str) -> bool {
    Fact::ALL.iter().any(|fact| fact.as_str() == name) || name == "recipient_count"
}

/// Reads the text at the fault.
fn typed(message: &str, before: &str, here: &str) -> Option<String> {
    let word = before.split_whitespace().next_back().unwrap_or_default();
    if message.contains("saw decimal") {
        return compared(here);
    }
    if message.contains("as a decimal value") || before.ends_with("decimal(") {
        let digits = here.trim_start_matches("decimal(").trim_start_matches('"');
        return decimal(digits).map(|number| format!("write `decimal(\"{number}\")`"));
    }
    if message.contains("String") && message.contains("Set<String>") {
        return Some("ask a set with `.contains(\"…\")`".to_owned());
    }
    if message.contains("String") && message.contains("Bool") {
        return Some("leave the quotes out: `true` or `false`, or the value by itself".to_owned());
    }
    if message.contains("AnyEntity") && word == "in" {
        let id = here.strip_prefix('"')?.split('"').next()?;
        let kind = match before.split_whitespace().rev().nth(1)? {
            "action" => "Action",
            _ => "Team",
        };
        return Some(format!("write the entity: `{kind}::\"{id}\"`"));
    }
    None
}

/// Reads `context.facts.amount > 500`, which compares a decimal with a sign.
fn compared(here: &str) -> Option<String> {
    let path = here.find(|c: char| !c.is_ascii_alphanumeric() && !"._\"[]".contains(c))?;
    let rest = here.get(path..)?.trim_start();
    let number = rest.trim_start_matches(['<', '>', '=']);
    let method = match rest.strip_suffix(number)? {
        ">" => "greaterThan",
        ">=" => "greaterThanOrEqual",
        "<" => "lessThan",
        "<=" => "lessThanOrEqual",
        _ => return None,
    };
    decimal(number.trim_start()).map(|number| format!("write `.{method}(decimal(\"{number}\"))`"))
}

/// Writes the number at the start of a text as Cedar reads decimals, with digits on both sides of the point.
fn decimal(text: &str) -> Option<String> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let number = syndic_model::Decimal::from_str(text.get(..end)?).ok()?.to_string();
    Some(if number.contains('.') { number } else { format!("{number}.0") })
}
