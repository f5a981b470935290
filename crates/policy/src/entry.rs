//! One action of the catalogue, compiled: its schema check, its facts, its input.

use std::collections::BTreeMap;
use std::sync::Arc;

use cedar_policy_core::ast::Value as Cedar;
use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::Value;
use smol_str::SmolStr;
use syndic_model::{
    ActionName, Arguments, Capability, CatalogueEntry, Check, CheckResult, Fact, FactSource,
    Finding, Severity,
};

use crate::Facts;
use crate::convert::{convert, decimal, record, texts};
use crate::entities::Inputs;
use crate::extract::{always_present, extract, try_fixed};
use crate::finding::{Hint as _, error, file, note};
use crate::input::{Shape, Typed, remote_references, typed};
use crate::paths::Paths;
use crate::recipient::domain;
use crate::reserved::{SCHEMA, TOOL_ACCESS, reserved};

/// How many errors of one examination are told.
const MAX_REASONS: usize = 5;

/// Where findings about the catalogue point; which file holds an entry is the reader's knowledge.
pub(crate) const CATALOGUE: &str = "actions";

/// An entry of the catalogue, ready to examine arguments.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) declared: CatalogueEntry,
    pub(crate) input: Shape,
    validator: Validator,
}

/// An action whose arguments are what the catalogue says they are.
#[derive(Debug, Clone)]
pub struct Examined {
    pub(crate) entry: Arc<Entry>,
    pub(crate) facts: Facts,
    /// What policies read of `input` and `facts`.
    pub(crate) context: BTreeMap<SmolStr, Cedar>,
    /// The arguments themselves, where a policy written in Rust may look at them.
    pub(crate) args: Option<Arc<Value>>,
}

/// Arguments that are not what the catalogue says they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The check that blocks; its reason names pointers and rules, never values.
    pub check: Check,
}

impl Examined {
    /// Returns the action.
    #[must_use]
    pub fn action(&self) -> &ActionName {
        &self.entry.declared.name
    }

    /// Returns the facts found.
    #[must_use]
    pub const fn facts(&self) -> &Facts {
        &self.facts
    }
}

impl Refusal {
    /// Refuses an action that is not in the catalogue.
    pub(crate) fn unknown_action(action: &ActionName) -> Self {
        Self {
            check: blocked(
                TOOL_ACCESS,
                Severity::Critical,
                format!("no action `{action}` in the catalogue"),
            ),
        }
    }

    fn arguments(mut reasons: Vec<String>) -> Self {
        reasons.truncate(MAX_REASONS);
        Self { check: blocked(SCHEMA, Severity::Medium, reasons.join("; ")) }
    }
}

/// Makes a check of the engine's own that stands in the way.
pub(crate) fn blocked(policy: &'static str, severity: Severity, reason: String) -> Check {
    Check {
        policy: reserved(policy),
        result: CheckResult::Blocked,
        severity,
        reason: Some(reason),
        shadow: false,
    }
}

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["string", "number", "integer", "boolean", "array", "object", "null"];

impl Entry {
    /// Compiles an entry; `None` if it cannot be meant.
    pub(crate) fn compile(
        declared: &CatalogueEntry,
        findings: &mut Vec<Finding>,
    ) -> Option<Arc<Self>> {
        let before = findings.len();
        let name = &declared.name;
        findings.extend(faults(declared));
        if findings.len() > before {
            return None;
        }
        let validator = jsonschema::options()
            .with_draft(jsonschema::Draft::Draft202012)
            .should_validate_formats(false)
            .build(&declared.input)
            .map_err(|fault| {
                let message = format!(
                    "the input schema of `{name}` is invalid at `{}`",
                    fault.instance_path()
                );
                let finding = error("invalid-schema", file(CATALOGUE), message);
                let word = fault.instance().as_str().unwrap_or_default();
                let of_type = fault.instance_path().to_string().ends_with("/type");
                findings.push(if of_type { finding.did_you_mean(word, TYPES) } else { finding });
            })
            .ok()?;
        let Typed { shape, untyped } = typed(&declared.input);
        findings.extend(untyped.into_iter().map(|pointer| {
            let message =
                format!("policies cannot read `{pointer}` of `{name}`: Cedar has no type for it");
            note("untyped-input", file(CATALOGUE), message)
        }));
        Some(Arc::new(Self { declared: declared.clone(), input: shape, validator }))
    }

    /// Checks arguments against the schema, finds the facts, and converts `input` and what policies read of them.
    pub(crate) fn examine(
        self: &Arc<Self>,
        args: &Arguments,
        input: &Inputs,
        reads: &Paths,
    ) -> Result<Examined, Refusal> {
        let value = args.value().map_err(|fault| Refusal::arguments(vec![fault.to_string()]))?;
        if !self.validator.is_valid(value) {
            let errors = self.validator.iter_errors(value).take(MAX_REASONS);
            return Err(Refusal::arguments(errors.map(|error| described(&error)).collect()));
        }
        if let Some(name) = misspelt(&self.declared.input, value) {
            let reason = format!("a key differs from `{name}` in case alone");
            return Err(Refusal::arguments(vec![reason]));
        }
        let mut facts = Facts::default();
        let sources = &self.declared.facts;
        let faults = sources
            .iter()
            .filter_map(|(fact, source)| extract(*fact, source, value, &mut facts).err());
        let faults: Vec<String> = faults.collect();
        if !faults.is_empty() {
            return Err(Refusal::arguments(faults));
        }
        let mut context = BTreeMap::new();
        if reads.of_attribute("input").is_some() {
            let input = convert(&input.read, value)
                .or_else(|fault| convert(&input.obeyed, value).map_err(|_| fault))
                .map_err(|fault| Refusal::arguments(vec![fault.to_string()]))?;
            context.insert("input".into(), input);
        }
        if let Some(read) = reads.of_attribute("facts") {
            let facts = told(&facts, read)
                .ok_or_else(|| Refusal::arguments(vec!["facts cannot be converted".to_owned()]))?;
            context.insert("facts".into(), facts);
        }
        Ok(Examined { entry: Arc::clone(self), facts, context, args: None })
    }

    /// Tells whether policies always find `fact` on this action.
    pub(crate) fn always_has(&self, fact: Fact) -> bool {
        self.declared.facts.get(&fact).is_some_and(always_present)
    }
}

/// Finds what makes an entry unusable before its schema is compiled.
fn faults(declared: &CatalogueEntry) -> Vec<Finding> {
    let name = &declared.name;
    let fault = |code, message: String| error(code, file(CATALOGUE), message);
    let mut findings = Vec::new();
    // An action may be named like a capability it has: it is then the group of that capability as well.
    let named_like = Capability::ALL.iter().find(|capability| capability.as_str() == name.as_str());
    if named_like.is_some_and(|capability| !declared.capabilities.contains(capability)) {
        let message = format!("`{name}` is named like a capability that it does not have");
        findings.push(fault("reserved-action", message).hint("rename it, or add the capability"));
    }
    if declared.capabilities.is_empty() {
        findings.push(fault("no-capability", format!("`{name}` declares no capability")));
    }
    let kind = declared.input.get("type").and_then(Value::as_str);
    if !declared.input.is_object() || kind.is_some_and(|kind| kind != "object") {
        findings.push(fault("input-not-object", format!("the input of `{name}` is not an object")));
    }
    findings.extend(remote_references(&declared.input).into_iter().map(|reference| {
        fault(
            "remote-ref",
            format!("`{name}` refers to `{reference}`, which is outside its schema"),
        )
        .hint("copy the definition into `$defs` and refer to `#/$defs/…`")
    }));
    let moves_money = declared.capabilities.contains(&Capability::FinancialTransaction);
    let required = |fact| declared.facts.get(&fact).is_some_and(|source| !source.optional);
    if moves_money && !(required(Fact::Amount) && required(Fact::Currency)) {
        let message =
            format!("`{name}` moves money and must declare the facts `amount` and `currency`");
        findings.push(fault("money-without-amount", message).hint(
            "give both under `facts`, as in `amount: /amount` and `currency: { const: USD }`; neither may be `optional`",
        ));
    }
    findings.extend(
        declared
            .facts
            .iter()
            .filter_map(|(fact, source)| fact_fault(*fact, source))
            .map(|message| fault("fact-value", format!("`{name}`: {message}"))),
    );
    findings
}

fn fact_fault(fact: Fact, source: &FactSource) -> Option<String> {
    if source.pointers.is_empty() && source.constant.is_none() {
        return Some(format!("fact `{fact}` has neither a pointer nor a constant"));
    }
    try_fixed(fact, source).err()
}

/// Finds a declared name that a key of the arguments is but for its case: some tools, those in Go among them, take the
/// one for the other, and no fact was read of it.
fn misspelt<'a>(input: &'a Value, args: &Value) -> Option<&'a str> {
    let declared = input.get("properties")?.as_object()?;
    let mut others = args.as_object()?.keys().filter(|key| !declared.contains_key(*key));
    others.find_map(|key| {
        let folded = fold(key);
        declared.keys().find(|name| fold(name) == folded).map(String::as_str)
    })
}

/// The long s is an `s` to readers that do not mind case, and the sign of Kelvin a `k`.
fn fold(key: &str) -> String {
    key.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect()
}

/// Says which rule a value breaks and where; keys come from the caller, so they are cut short.
fn described(error: &ValidationError<'_>) -> String {
    let pointer: String =
        error.instance_path().as_str().chars().take(120).flat_map(char::escape_debug).collect();
    let pointer = if pointer.is_empty() { "/" } else { &pointer };
    let rule = error.kind().keyword();
    if let ValidationErrorKind::Required { property } = error.kind() {
        return format!(
            "`{pointer}` breaks `required`: `{}` is missing",
            property.as_str().unwrap_or_default()
        );
    }
    format!("`{pointer}` breaks `{rule}`")
}

/// Makes the record `context.facts`, of what is read.
pub(crate) fn told(facts: &Facts, read: &Paths) -> Option<Cedar> {
    let Facts { amount, currency, recipients, affected_people, content, resource } = facts;
    let is_read = |name: &str| read.of_attribute(name).is_some();
    let text = |text: &str| Some(Cedar::from(text));
    let count = |count: u64| i64::try_from(count).ok().map(Cedar::from);
    let mut fields = Vec::new();
    let mut add = |name: &'static str, value: &dyn Fn() -> Option<Cedar>| {
        if is_read(name) {
            fields.push((name, value()?));
        }
        Some(())
    };
    if let Some(amount) = amount {
        add("amount", &|| decimal(*amount))?;
    }
    if let Some(currency) = currency {
        add("currency", &|| text(currency.as_str()))?;
    }
    if let Some(all) = recipients {
        add("recipients", &|| Some(texts(all.iter().map(String::as_str))))?;
        add("recipient_count", &|| count(u64::try_from(all.len()).ok()?))?;
        add("recipient_domains", &|| Some(texts(all.iter().map(|one| domain(one)))))?;
    }
    if let Some(people) = affected_people {
        add("affected_people", &|| count(*people))?;
    }
    if let Some(content) = content {
        add("content", &|| text(content))?;
    }
    if let Some(resource) = resource {
        add("resource", &|| text(resource))?;
    }
    Some(record(fields))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use cedar_policy::{Context, EntityUid, RestrictedExpression, Schema};
    use cedar_policy_core::ast;
    use serde_json::json;
    use serde_json::value::RawValue;
    use syndic_model::{Arguments, Capability, CatalogueEntry, Fact, FactSource, Output};

    use super::Entry;
    use crate::entities::Inputs;
    use crate::paths::Paths;

    #[test]
    fn what_is_converted_is_what_the_schema_says() {
        let source = |pointer: &str, optional| FactSource {
            pointers: vec![pointer.parse().unwrap()],
            constant: None,
            default: None,
            optional,
        };
        let declared = CatalogueEntry {
            name: "pay".parse().unwrap(),
            description: String::new(),
            capabilities: [Capability::WriteData].into(),
            tools: Vec::new(),
            input: json!({"type": "object", "required": ["n", "to"], "properties": {
                "n": {"type": "number"}, "i": {"type": ["integer", "null"]}, "to": {"type": "array", "items": {"type": "string"}},
                "deep": {"type": "object", "properties": {"a b": {"enum": ["x", "y"]}, "untyped": {}}, "required": ["a b"]},
            }}),
            facts: BTreeMap::from([
                (Fact::Amount, source("/n", false)),
                (Fact::AffectedPeople, source("/i", true)),
                (Fact::Recipients, source("/to/*", false)),
                (Fact::Content, source("/deep/a b", true)),
                (Fact::Resource, source("/deep/a b", true)),
                (
                    Fact::Currency,
                    FactSource {
                        pointers: Vec::new(),
                        constant: Some(json!("USD")),
                        ..source("/n", false)
                    },
                ),
            ]),
            labels: BTreeSet::new(),
            incidental: Vec::new(),
            output: Output::default(),
        };
        let entry = Entry::compile(&declared, &mut Vec::new()).unwrap();
        let text =
            crate::schema::text(&BTreeMap::from([(declared.name.clone(), Arc::clone(&entry))]), 0);
        let (schema, _) = Schema::from_cedarschema_str(&text).unwrap();
        let action: EntityUid = "Action::\"pay\"".parse().unwrap();
        let used = r#"{"calls": 1, "denials": 0, "amount": decimal("0.0"), "recipients": 0, "affected_people": 0, "tokens": 0}"#;
        let windows = format!(r#"{{"minute": {used}, "hour": {used}, "day": {used}}}"#);
        let used = format!(
            r#"{{"agent": {windows}, "action": {windows}, "session": {windows}, "user": {windows}}}"#
        );
        let call: RestrictedExpression = r#"{"now": datetime("2026-03-02T12:00:00.000Z"), "local": {"weekday": 1, "minutes": 720}, "open": [], "environment": "prod", "suspended": false, "pii": ["EMAIL_ADDRESS"], "secrets": [], "obfuscated": false, "detected": ["email"], "anomaly": 0, "grade": "in-path", "session": {"labels": [], "known_recipients": []}, "known_recipients": [], "delegation": {"depth": 0, "agents": []}, "usage": USED}"#.replace("USED", &used).parse().unwrap();
        for args in [
            r#"{"n": 1.5, "to": ["a"]}"#,
            r#"{"n": 1e2, "to": ["a", "b"], "i": null, "more": {}}"#,
            r#"{"n": 0, "to": ["a"], "i": 3.0, "deep": {"a b": "x", "untyped": 1}}"#,
        ] {
            let args = Arguments::parse(&RawValue::from_string(args.to_owned()).unwrap()).unwrap();
            let examined =
                entry.examine(&args, &Inputs::whole(&entry.input), &Paths::Whole).unwrap();
            let call = Context::from_pairs([("call".to_owned(), call.clone())]).unwrap();
            let context: Context = ast::Context::Value(Arc::new(examined.context)).into();
            context
                .merge(call)
                .unwrap()
                .validate(&schema, &action)
                .unwrap_or_else(|fault| panic!("{fault} in {}", args.raw()));
        }
    }
}
