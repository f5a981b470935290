//! A request that the solver found, in the words of the API.

use cedar_policy::{Authorizer, Decision, EvalResult, PolicySet};
use cedar_policy_symcc::Env;
use serde_json::{Map, Value, json};
use syndic_model::{CatalogueEntry, Counter, Fact, MAX_LIMITS, Step};

/// One request that is allowed where it should not be.
#[derive(Debug, Clone, PartialEq)]
pub struct Witness {
    /// What `syndic decide` takes: agent, action, arguments, and the tool where one is named.
    pub request: Value,
    /// The facts that policies see of it.
    pub facts: Value,
    /// What the host says about the call.
    pub call: Value,
    /// The `@id`s of the policies that refuse it on the other side; none when nothing there permits it.
    pub refused_by: Vec<String>,
}

impl Witness {
    /// Tells what of the call no request says and `policies`, as text, read: what was done before, and the like.
    #[must_use]
    pub fn circumstances(&self, policies: &str) -> Vec<String> {
        let mut told = Vec::new();
        tell(&self.call, "", &mut told);
        let told = told.into_iter().filter(|(path, _)| {
            policies.contains(&format!("context.call.{}", former(path).as_ref().unwrap_or(path)))
        });
        told.map(|(path, what)| match former(&path) {
            Some(former) => format!("{former}{what} as it was counted before"),
            None => format!("{path}{what}"),
        })
        .collect()
    }
}

/// Returns the path in the old directory of a limit that counts something else in the new one.
fn former(path: &str) -> Option<String> {
    let (counter, figure) = path.strip_prefix("usage.")?.split_once('.')?;
    let number: usize = counter.strip_prefix("limit_")?.parse().ok()?;
    let former = Counter::Limit(number.checked_sub(MAX_LIMITS).filter(|number| *number > 0)?);
    Some(format!("usage.{former}.{figure}"))
}

/// Tells the values below `path` that are not those of an agent's first action.
fn tell(value: &Value, path: &str, told: &mut Vec<(String, String)>) {
    let last = path.rsplit('.').next().unwrap_or_default();
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                tell(member, &path, told);
            }
        }
        Value::Array(items) if items.is_empty() => {}
        Value::Array(_) => told.push((path.to_owned(), format!(" is {value}"))),
        Value::Bool(true) => told.push((path.to_owned(), String::new())),
        Value::Number(number) if path.starts_with("usage.") => {
            let first = if last == "calls" { "1" } else { "0" };
            if number.as_str() != first && !number.as_str().starts_with('-') {
                told.push((path.to_owned(), format!(" is {number}")));
            }
        }
        Value::Null | Value::Bool(false) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Reads the solver's answer, unless Cedar itself says otherwise about it.
pub(crate) fn witness(
    found: &Env,
    allowed: &PolicySet,
    by: &PolicySet,
    entry: Option<&CatalogueEntry>,
) -> Option<Witness> {
    let authorizer = Authorizer::new();
    let ask = |set| authorizer.is_authorized(&found.request, set, &found.entities);
    let refusal = ask(by);
    if ask(allowed).decision() != Decision::Allow || refusal.decision() != Decision::Deny {
        return None;
    }
    let named = |id| by.annotation(id, "id").map(str::to_owned).unwrap_or_else(|| id.to_string());
    let mut refused_by: Vec<String> = refusal.diagnostics().reason().map(named).collect();
    refused_by.sort_unstable();
    refused_by.dedup();
    let request = &found.request;
    let part = |name| request.context()?.get(name).map(|value| json(&value));
    let facts = part("facts").unwrap_or_default();
    let mut args = part("input").unwrap_or_else(|| json!({}));
    if let Some(entry) = entry {
        put_facts(&mut args, &facts, entry);
    }
    let mut body = Map::new();
    body.insert("agent".to_owned(), request.principal()?.id().unescaped().into());
    body.insert("action".to_owned(), request.action()?.id().unescaped().into());
    body.insert("args".to_owned(), args);
    let tool = request.resource()?.id().unescaped();
    if tool.parse::<syndic_model::ToolName>().is_ok() {
        body.insert("tool".to_owned(), tool.into());
    }
    let call = part("call").unwrap_or_default();
    Some(Witness { request: Value::Object(body), facts, call, refused_by })
}

/// Writes facts back to where the catalogue reads them, since the solver knows nothing of that.
fn put_facts(args: &mut Value, facts: &Value, entry: &CatalogueEntry) {
    for (fact, source) in &entry.facts {
        let [pointer] = source.pointers.as_slice() else { continue };
        let Some(value) = facts.get(fact.as_str()) else { continue };
        let mut place = &mut *args;
        let mut keys = pointer.steps().iter().peekable();
        while let Some(Step::Key(key)) = keys.next() {
            let Some(members) = place.as_object_mut() else { break };
            match keys.peek() {
                None => {
                    if let Some(value) = single(*fact, value) {
                        members.insert(key.clone(), value);
                    }
                    break;
                }
                Some(Step::Each) => {
                    members.insert(key.clone(), value.clone());
                    break;
                }
                Some(Step::Key(_)) => {
                    place = members.entry(key.clone()).or_insert_with(|| json!({}));
                }
            }
        }
    }
}

/// Returns what stands at a plain pointer: of several recipients the first.
fn single(fact: Fact, value: &Value) -> Option<Value> {
    match fact {
        Fact::Recipients => value.as_array()?.first().cloned(),
        Fact::Amount | Fact::Currency | Fact::AffectedPeople | Fact::Content | Fact::Resource => {
            Some(value.clone())
        }
    }
}

fn json(value: &EvalResult) -> Value {
    match value {
        EvalResult::Bool(value) => Value::from(*value),
        EvalResult::Long(value) => Value::from(*value),
        EvalResult::String(value) => Value::from(value.as_str()),
        EvalResult::EntityUid(uid) => Value::from(uid.to_string()),
        EvalResult::Set(set) => set.iter().map(json).collect(),
        EvalResult::Record(record) => {
            record.iter().map(|(name, value)| (name.clone(), json(value))).collect()
        }
        EvalResult::ExtensionValue(text) => extension(text),
    }
}

/// A decimal is a number again; what has no JSON of its own stays as Cedar writes it.
fn extension(text: &str) -> Value {
    let decimal = text.strip_prefix("decimal(\"").and_then(|rest| rest.strip_suffix("\")"));
    let number = decimal.map(|number| number.trim_end_matches('0').trim_end_matches('.'));
    number.and_then(|number| serde_json::from_str(number).ok()).unwrap_or_else(|| text.into())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::Witness;

    #[test]
    fn circumstances_are_what_no_request_says() {
        let call = json!({"environment": "prod", "suspended": false, "grade": "cooperative",
            "session": {"labels": ["untrusted_content"], "known_recipients": []},
            "usage": {"limit_1": {"calls": 61, "tokens": -1}, "limit_18": {"calls": 7}, "agent": {"day": {"calls": 1, "denials": 3}}}});
        let policies = "context.call.session.labels.isEmpty() context.call.usage.limit_1.calls context.call.usage.limit_2.calls context.call.usage.agent.day.denials";
        let (request, facts, refused_by) = (Value::Null, Value::Null, Vec::new());
        let witness = Witness { request, facts, call, refused_by };
        assert_eq!(
            witness.circumstances(policies),
            [
                "session.labels is [\"untrusted_content\"]",
                "usage.limit_1.calls is 61",
                "usage.limit_2.calls is 7 as it was counted before",
                "usage.agent.day.denials is 3",
            ]
        );
    }
}
